/** The numbers of many pictures: pooled, as papers have it, and the mean of each one's own, the worst first. */
import { meanOf } from '../../../lib/metrics.js'

/** @typedef {import('./save.js').Row} Row */

/**
 * @param {import('../../../lib/metrics.js').Metrics} metrics of all pixels together
 * @param {import('./save.js').Result['classes']} classes
 * @param {readonly Row[]} rows
 * @returns {import('./save.js').Result}
 */
export function summaryOf(metrics, classes, rows) {
  const known = rows.filter(row => row.metrics)
  const iou = (/** @type {Row} */ { metrics }) => metrics?.meanIoU ?? 2
  return {
    metrics, classes, perPhoto: meanOf(known.map(row => row.metrics?.meanIoU ?? null)),
    worst: known.sort((a, b) => iou(a) - iou(b) || (a.name < b.name ? -1 : 1)),
  }
}

/** Names that are written out, of those of many photos. */
export const NAMES = 5

/** @param {readonly string[]} names @returns {string} the first of them, told that there are more */
export const firstOf = names => names.slice(0, NAMES).join(', ') + (names.length > NAMES ? ', …' : '')

/** At most so often is shown how far it is. Milliseconds. */
const SHOW_EVERY = 150

/** @param {() => void} show @returns {() => void} to be called at every step; what came last is always shown */
export function paced(show) {
  let shown = 0
  /** @type {ReturnType<typeof setTimeout> | null} */
  let later = null
  return () => {
    later ??= setTimeout(() => {
      later = null
      shown = performance.now()
      show()
    }, Math.max(0, shown + SHOW_EVERY - performance.now()))
  }
}
