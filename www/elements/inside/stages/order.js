/** The channels of a stage in the order in which they are shown: those that answer most to the photo first. */

/** @typedef {import('../../../engine/engine.js').Sheet} Sheet */

/** @param {Sheet} sheet @param {number} channel @returns {{least: number, mean: number, most: number}} over its whole map */
export function rangeIn({ range }, channel) {
  const [least, mean, most] = range.subarray(3 * channel, 3 * channel + 3)
  return { least, mean, most }
}

/** @param {Sheet} sheet @returns {number[]} by mean value, the largest first; of equal ones the lower number */
export function ordered(sheet) {
  const means = Array.from({ length: sheet.channels }, (_, channel) => rangeIn(sheet, channel).mean)
  return means.map((_, channel) => channel).sort((a, b) => means[b] - means[a] || a - b)
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
