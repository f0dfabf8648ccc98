/** The channels of a stage in the order in which they are shown: those that answer most to the photo first. */

/** @typedef {import('../../../engine/engine.js').Sheet} Sheet */

/** @param {Sheet} sheet @param {number} channel @returns {{least: number, mean: number, most: number}} over its whole map */
export function rangeIn({ range }, channel) {
  const [least, mean, most] = range.subarray(3 * channel, 3 * channel + 3)
  return { least, mean, most }
}

/** One order a sheet, so that a sheet sees when nothing changed. @type {WeakMap<Sheet, number[]>} */
const orders = new WeakMap()

/** @param {Sheet} sheet @returns {number[]} by mean value, the largest first; of equal ones the lower number */
export function ordered(sheet) {
  const known = orders.get(sheet)
  if (known) return known
  const means = Array.from({ length: sheet.channels }, (_, channel) => rangeIn(sheet, channel).mean)
  const order = means.map((_, channel) => channel).sort((a, b) => means[b] - means[a] || a - b)
  orders.set(sheet, order)
  return order
}

/**
 * What the palest and the darkest colour of a channel stand for.
 * @param {Sheet} sheet
 * @param {number} channel
 * @param {'each' | 'one'} scale
 */
export function scaleOf(sheet, channel, scale) {
  if (scale === 'each') return rangeIn(sheet, channel)
  const all = Array.from({ length: sheet.channels }, (_, channel) => rangeIn(sheet, channel))
  return { least: Math.min(...all.map(({ least }) => least)), most: Math.max(...all.map(({ most }) => most)) }
}
