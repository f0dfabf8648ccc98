/**
 * How often the net is right where it says that it is so sure: a reliability diagram (Guo et al., "On Calibration of
 * Modern Neural Networks", ICML 2017).
 */
import { list, number, record } from '../../lib/fields.js'

/** Pixels whose class had about this probability, and how many of them were right; 0..1. @typedef {{pixels: number, probability: number, right: number}} Bin */
/** `error`: the mean distance of the two, weighted by pixels (ECE). @typedef {{split: string, head: string, error: number, bins: Bin[]}} Reliability */

/**
 * What a model.json says of it: of the finest head, on photos that it wasn't fitted on where there are such.
 * @param {unknown} calibration
 * @param {readonly string[]} variants
 * @returns {Reliability | null} null where nothing is said, or nothing that makes sense
 */
export function readReliability(calibration, variants) {
  const head = variants.at(-1) ?? ''
  for (const split of ['test', 'val']) {
    const { ece, bins } = record(record(record(calibration)[split])[head])
    const error = number(ece)
    const found = list(bins).flatMap(entry => {
      const { pixels, probability, right } = record(entry)
      const [count, sure, share] = [number(pixels), number(probability), number(right)]
      const isShare = (/** @type {number | null} */ value) => value !== null && value >= 0 && value <= 1
      return count && sure !== null && share !== null && isShare(sure) && isShare(share)
        ? [{ pixels: count, probability: sure, right: share }] : []
    })
    if (error !== null && found.length > 1) return { split, head, error, bins: found }
  }
  return null
}
