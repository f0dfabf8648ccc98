/**
 * Label maps against their truths, by src/metrics.rs. Runs in the worker.
 */
import { freeQuietly } from '../free.js'

/** @typedef {import('../../protocol.js').Measures} Measures */

/** The truth of a pixel that is left out, as in src/labels.rs. */
const VOID = 255

/**
 * @param {import('./segment.js').Wasm} wasm
 * @param {Omit<import('../../protocol.js').Measure, 'type'>} job
 * @returns {Measures}
 */
export function measure(wasm, { classes, pairs }) {
  const matrix = new wasm.Confusion(classes)
  try {
    for (const { truth, prediction } of pairs) matrix.add(truth, prediction)
    const [meanIou, frequencyWeightedIou] = [matrix.meanIou ?? null, matrix.frequencyWeightedIou ?? null]
    return {
      classes,
      confusion: [...matrix.counts()],
      pixelAccuracy: matrix.pixelAccuracy ?? null,
      meanAccuracy: matrix.meanAccuracy ?? null,
      iou: Array.from(matrix.iou(), value => Number.isNaN(value) ? null : value),
      meanIou, meanIoU: meanIou,
      frequencyWeightedIou, frequencyWeightedIoU: frequencyWeightedIou,
      void: pairs.reduce((sum, { truth }) => sum + countVoid(truth), 0),
    }
  } finally {
    freeQuietly(matrix)
  }
}

/** @param {Uint8Array} truth */
function countVoid(truth) {
  return truth.reduce((count, label) => label === VOID ? count + 1 : count, 0)
}
