/** One pair of label maps: read, compared, counted. Runs in the worker, or on the page where there is none. */
import { FcnError } from '../../../lib/errors.js'
import { Confusion, MOST_CLASSES, VOID } from '../../../lib/metrics.js'
import { readLabelMap } from '../masks/read.js'

/**
 * `unlabelled`: the truth of pixels that are left out; `isTwo`: 255 is the second class, in both.
 * @typedef {{truth: Blob, prediction: Blob, unlabelled: number | null, isTwo: boolean}} Input
 */

/**
 * @typedef {object} Output
 * @property {number} classes rows of the matrix: one more than the largest id that occurs
 * @property {Float64Array} counts row-major: truth, prediction
 * @property {number} void pixels that were left out
 * @property {boolean} isTwo whether the truth has only 0 and 255, and 255 at all
 * @property {string} palette whose colours the truth has; '' for nobody's
 */

/**
 * @param {Input} input
 * @returns {Promise<Output>}
 * @throws {FcnError} invalid_input, with `details.kind`
 */
export async function measurePair({ truth: truthFile, prediction: predictionFile, unlabelled, isTwo }) {
  const [truth, prediction] = (await Promise.all([truthFile, predictionFile].map(async file => new Uint8Array(await bytesOf(file))))).map(readLabelMap)
  if (truth.width !== prediction.width || truth.height !== prediction.height) {
    const size = (/** @type {{width: number, height: number}} */ { width, height }) => `${width}×${height}`
    throw new FcnError('invalid_input', `${size(truth)} and ${size(prediction)} pixels`,
      { kind: 'pair_sizes', truth: size(truth), prediction: size(prediction) })
  }
  const values = [truth.values, prediction.values].map(map => isTwo ? map.map(value => value === VOID ? 1 : value) : map)
  const matrix = new Confusion(MOST_CLASSES)
  try {
    matrix.add(values[0], values[1], isTwo ? null : unlabelled)
  } catch (error) {
    const { details = {} } = /** @type {FcnError} */ (error)
    throw new FcnError('invalid_input', String(/** @type {Error} */ (error).message), { ...details, kind: 'pair_value' })
  }
  const { counts, classes } = trimmed(matrix.counts)
  return {
    counts, classes, void: matrix.void, palette: truth.palette?.name ?? '',
    isTwo: truth.values.includes(VOID) && truth.values.every(value => value === 0 || value === VOID),
  }
}

/** A file may have gone, or may not be read any more. @param {Blob} file */
async function bytesOf(file) {
  try {
    return await file.arrayBuffer()
  } catch {
    throw new FcnError('invalid_input', 'the file can no longer be read', { kind: 'pair_gone' })
  }
}

/** The matrix without the classes after the last that occurs: of many pictures all of it would be much. @param {number[]} all */
function trimmed(all) {
  let classes = 1
  all.forEach((count, at) => {
    if (count > 0) classes = Math.max(classes, Math.floor(at / MOST_CLASSES) + 1, at % MOST_CLASSES + 1)
  })
  const counts = Float64Array.from({ length: classes * classes }, (_, at) => all[Math.floor(at / classes) * MOST_CLASSES + at % classes])
  return { classes, counts }
}
