/** A prediction's score: the metrics, how well its edges lie, and where it is wrong. */
import { boundaryOf, meanBoundary, usualTolerance } from '../../lib/boundary.js'
import { errorsOf } from '../../lib/error-map.js'
import { Confusion } from '../../lib/metrics.js'

/** `unlabelled`: the truth of pixels that are left out; null: none are. @typedef {{truth: Uint8Array, prediction: Uint8Array, width: number, classes: number, unlabelled: number | null}} Given */

/**
 * @typedef {object} Score
 * @property {import('../../lib/metrics.js').Metrics} metrics
 * @property {number | null} boundary
 * @property {number} tolerance of the boundary score, pixels
 * @property {Uint8Array<ArrayBuffer>} where an error map of all classes
 */

/**
 * @param {Given} given
 * @returns {Score}
 * @throws {import('../../lib/errors.js').FcnError} invalid_input for a value that is no class
 */
export function scoreOf({ truth, prediction, width, classes, unlabelled }) {
  const matrix = new Confusion(classes)
  matrix.add(truth, prediction, unlabelled)
  const isVoid = Uint8Array.from(truth, label => Number(label === unlabelled))
  const tolerance = usualTolerance(width, truth.length / width)
  const { metrics } = matrix
  const edges = metrics.iou.flatMap((iou, id) => iou === null ? []
    : [boundaryOf({ truth, prediction, width }, { id, tolerance, isVoid })])
  return {
    metrics, tolerance, boundary: meanBoundary(edges),
    where: errorsOf({ truth, prediction, unlabelled }),
  }
}
