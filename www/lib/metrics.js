/**
 * How well a label map agrees with the truth, as src/metrics.rs has it, for pages without wasm: confusion matrix, pixel and
 * mean accuracy, IoU. Long, Shelhamer & Darrell, CVPR 2015, section 5. n_ij are the pixels of class i that were labelled
 * j, t_i = Σ_j n_ij the pixels of class i. Counts are whole numbers, exact up to 2⁵³.
 */
import { FcnError } from './errors.js'

/** The value of a truth that means "not labelled", unless something else is said. */
export const VOID = 255
/** A map's values are bytes, and one of them may mean void. */
export const MOST_CLASSES = 255

/**
 * `null`: there is none, for nothing is labelled or, in `iou`, the class occurs in neither.
 * @typedef {object} Metrics
 * @property {number | null} pixelAccuracy 0..1, and so are the next
 * @property {number | null} meanAccuracy
 * @property {(number | null)[]} iou by class
 * @property {number | null} meanIoU
 * @property {number | null} frequencyWeightedIoU
 * @property {number[]} confusion pixels, row-major: truth, prediction
 * @property {number} void pixels that were left out
 */

export class Confusion {
  #classes
  #counts
  #void = 0

  /**
   * @param {number} classes
   * @throws {FcnError} invalid_input
   */
  constructor(classes) {
    if (!Number.isInteger(classes) || classes < 1 || classes > MOST_CLASSES) {
      throw new FcnError('invalid_input', `a confusion matrix needs 1 to ${MOST_CLASSES} classes, not ${classes}`)
    }
    this.#classes = classes
    this.#counts = new Float64Array(classes * classes)
  }

  get classes() {
    return this.#classes
  }

  /** Pixels, row-major: truth, prediction. */
  get counts() {
    return [...this.#counts]
  }

  /** Pixels that were left out, as their truth isn't known. */
  get void() {
    return this.#void
  }

  /**
   * Counts the pixels of one picture.
   * @param {Uint8Array} truth
   * @param {Uint8Array} prediction of the same length
   * @param {number | null} [unlabelled] the truth of pixels that are left out; null: none are
   * @throws {FcnError} invalid_input for other lengths, or a value that is no class, with its place; nothing is counted then
   */
  add(truth, prediction, unlabelled = VOID) {
    if (truth.length !== prediction.length) {
      throw new FcnError('invalid_input', `the truth has ${truth.length} pixels, the prediction ${prediction.length}`)
    }
    const classes = this.#classes
    const fresh = new Float64Array(this.#counts.length)
    let left = 0
    for (let at = 0; at < truth.length; at++) {
      const [row, column] = [truth[at], prediction[at]]
      if (row === unlabelled) left++
      else if (row < classes && column < classes) fresh[row * classes + column]++
      else {
        const [whose, value] = row >= classes ? ['truth', row] : ['prediction', column]
        throw new FcnError('invalid_input', `pixel ${at} of the ${whose} is ${value}; there are ${classes} classes`,
          { at, whose, value, classes })
      }
    }
    this.#void += left
    for (let i = 0; i < fresh.length; i++) this.#counts[i] += fresh[i]
  }

  /** Adds what another matrix of as many classes has counted. @param {Confusion} other */
  plus(other) {
    this.addCounts(other.counts, other.void)
  }

  /**
   * Adds what was counted elsewhere.
   * @param {ArrayLike<number>} counts row-major, of as many classes
   * @param {number} left pixels that were left out
   */
  addCounts(counts, left) {
    if (counts.length !== this.#counts.length) throw new FcnError('invalid_input', 'matrices of different classes')
    for (let i = 0; i < counts.length; i++) this.#counts[i] += counts[i]
    this.#void += left
  }

  /** @returns {Metrics} */
  get metrics() {
    return metricsOf(this.#counts, this.#classes, this.#void)
  }
}

/**
 * What a class's pixels are in a matrix.
 * @param {ArrayLike<number>} counts row-major
 * @param {number} classes
 * @param {number} id
 * @returns {{hit: number, truth: number, predicted: number, union: number}} pixels
 */
export function classCounts(counts, classes, id) {
  let [truth, predicted] = [0, 0]
  for (let other = 0; other < classes; other++) {
    truth += counts[id * classes + other]
    predicted += counts[other * classes + id]
  }
  const hit = counts[id * classes + id]
  return { hit, truth, predicted, union: truth + predicted - hit }
}

/**
 * @param {ArrayLike<number>} counts row-major: truth, prediction
 * @param {number} classes
 * @param {number} left pixels that were left out
 * @returns {Metrics}
 */
export function metricsOf(counts, classes, left = 0) {
  const each = Array.from({ length: classes }, (_, id) => classCounts(counts, classes, id))
  const all = each.reduce((sum, { truth }) => sum + truth, 0)
  const iou = each.map(({ hit, union }) => ratio(hit, union))
  const weighted = each.reduce((sum, { truth }, id) => iou[id] === null ? sum : sum + truth * iou[id], 0)
  return {
    pixelAccuracy: ratio(each.reduce((sum, { hit }) => sum + hit, 0), all),
    meanAccuracy: meanOf(each.map(({ hit, truth }) => ratio(hit, truth))),
    iou, meanIoU: meanOf(iou),
    frequencyWeightedIoU: all > 0 ? weighted / all : null,
    confusion: Array.from(counts), void: left,
  }
}

/**
 * What numbers may hide. `only`: the one class of the truth that is counted, where pixels were left out: nothing is asked of
 * any other. `gap`: of an accuracy of twice the mIoU or more; `accuracy` is that of the `largest` class of the truth
 * everywhere, and `missed` are those of its `classes` of which no pixel is found.
 * @param {Metrics} metrics
 * @returns {{only: number | null, gap: {largest: number, accuracy: number, classes: number, missed: number} | null}}
 */
export function cautionsOf({ confusion, iou, pixelAccuracy, meanIoU, void: left }) {
  const each = iou.map((_, id) => ({ id, ...classCounts(confusion, iou.length, id) })).filter(({ truth }) => truth > 0)
  const only = left > 0 && each.length === 1 ? each[0].id : null
  // Of a truth of one class mIoU is low for what was predicted beside it.
  if (!pixelAccuracy || meanIoU === null || meanIoU * 2 > pixelAccuracy || each.length < 2) return { only, gap: null }
  const largest = each.reduce((most, one) => one.truth > most.truth ? one : most)
  const accuracy = largest.truth / each.reduce((sum, { truth }) => sum + truth, 0)
  return { only, gap: { largest: largest.id, accuracy, classes: each.length,
    missed: each.filter(({ hit }) => hit === 0).length } }
}

/**
 * How many classes there are up to the last that occurs; 0: none does.
 * @param {ArrayLike<number>} counts row-major
 * @param {number} classes
 */
export function classesUsed(counts, classes) {
  let used = 0
  for (let at = 0; at < counts.length; at++) if (counts[at] > 0) used = Math.max(used,
    Math.floor(at / classes) + 1, at % classes + 1)
  return used
}

/**
 * The counts as a matrix of more or of fewer classes has them; what lies outside is dropped.
 * @param {ArrayLike<number>} counts row-major
 * @param {number} from its classes
 * @param {number} to
 */
export function withClasses(counts, from, to) {
  const resized = new Float64Array(to * to)
  const shared = Math.min(from, to)
  for (let row = 0; row < shared; row++) for (let column = 0; column
    < shared; column++) resized[row * to + column] = counts[row * from + column]
  return resized
}

/** @param {number} part @param {number} all */
const ratio = (part, all) => all > 0 ? part / all : null

/** The mean of those that there are. @param {readonly (number | null)[]} values */
export function meanOf(values) {
  const known = values.filter(value => value !== null)
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null
}
