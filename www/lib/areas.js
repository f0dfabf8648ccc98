/**
 * How much of a picture each class covers, and where masks disagree.
 */

/** Pixels counted between two looks at the clock: about a millisecond's work. */
const SLICE = 1 << 20

/**
 * @typedef {object} Area
 * @property {number} id
 * @property {number} pixels
 * @property {number} share 0..1 of the picture
 */

/** Lets the page breathe. @returns {Promise<void>} */
export function pause() {
  return new Promise(resolve => setTimeout(resolve))
}

/**
 * Counts in slices, so that a 100 megapixel mask doesn't hold the page up.
 * @param {Uint8Array} labels
 * @param {AbortSignal} [signal]
 * @returns {Promise<Area[]>} classes that occur, largest first
 */
export async function areas(labels, signal) {
  const counts = new Float64Array(256)
  for (let start = 0; start < labels.length; start += SLICE) {
    if (start) await pause()
    signal?.throwIfAborted()
    const end = Math.min(start + SLICE, labels.length)
    for (let i = start; i < end; i++) counts[labels[i]]++
  }
  const out = []
  for (let id = 0; id < 256; id++) {
    if (counts[id]) out.push({ id, pixels: counts[id], share: counts[id] / labels.length })
  }
  return out.sort((a, b) => b.pixels - a.pixels || a.id - b.id)
}

/**
 * How many different answers the masks give for one pixel.
 * @param {readonly Uint8Array[]} masks of the same size
 * @param {number} at index of the pixel
 * @returns {number} 1 when all agree
 */
export function answers(masks, at) {
  let count = 0
  for (let i = 0; i < masks.length; i++) {
    let isNew = 1
    for (let j = 0; j < i; j++) if (masks[j][at] === masks[i][at]) isNew = 0
    count += isNew
  }
  return count
}

/**
 * Shares of the picture on which the masks give one, two, three … different answers.
 * @param {readonly Uint8Array[]} masks of the same size
 * @param {AbortSignal} [signal]
 * @returns {Promise<number[]>} [masks.length], 0..1
 */
export async function disagreement(masks, signal) {
  const counts = new Array(masks.length).fill(0)
  const total = masks[0]?.length ?? 0
  const slice = SLICE >> 2
  for (let start = 0; start < total; start += slice) {
    if (start) await pause()
    signal?.throwIfAborted()
    const end = Math.min(start + slice, total)
    for (let i = start; i < end; i++) counts[answers(masks, i) - 1]++
  }
  return counts.map(count => total ? count / total : 0)
}
