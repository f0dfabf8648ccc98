/**
 * Label maps against their truths, by src/metrics.rs. Runs in the worker.
 */
import { freeQuietly } from '../free.js'

/** @typedef {import('../../protocol.js').Measures} Measures */

/**
 * @param {import('./segment.js').Wasm} wasm
 * @param {Omit<import('../../protocol.js').Measure, 'type'>} job
 * @returns {Measures}
 */
export function measure(wasm, { classes, pairs }) {
  const matrix = new wasm.Confusion(classes)
  try {
    for (const { truth, prediction } of pairs) matrix.add(truth, prediction)
    return {
      classes,
      confusion: [...matrix.counts()],
      pixelAccuracy: matrix.pixelAccuracy ?? null,
      meanAccuracy: matrix.meanAccuracy ?? null,
      iou: Array.from(matrix.iou(), value => Number.isNaN(value) ? null : value),
      meanIou: matrix.meanIou ?? null,
      frequencyWeightedIou: matrix.frequencyWeightedIou ?? null,
    }
  } finally {
    freeQuietly(matrix)
  }
}
