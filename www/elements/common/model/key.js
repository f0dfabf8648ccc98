/** What tells a net from others, whichever handle it goes by. */

/** @typedef {import('../../../engine/engine.js').Net} Net */

/** The person's files that a net came from, if it did. @param {Net} net @returns {File[]} */
export const filesOf = ({ from }) => [from].flat().filter(file => file instanceof File)

/** @param {Net} net @returns {string} the same for the same weights, read in the same way */
export const keyOfNet = net => JSON.stringify([
  net.manifest.name, net.manifest.files.map(({ sha256 }) => sha256),
  filesOf(net).map(({ name, size, lastModified }) => [name, size, lastModified]),
  net.assumptions.map(({ about, value }) => [about, value]),
])
