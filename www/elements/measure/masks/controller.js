/**
 * What "two masks" does: a truth and a prediction from files, or as the page gives them, and what the metrics say of them.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { boundaryOf, meanBoundary, usualTolerance } from '../../../lib/boundary.js'
import { Confusion, MOST_CLASSES, VOID } from '../../../lib/metrics.js'

/** @typedef {'truth' | 'prediction'} Which */
/** @typedef {import('./read.js').LabelMap} LabelMap */
/** What is not labelled: a value, or none. @typedef {'255' | '0' | 'none'} Unlabelled */
/** @typedef {{map: LabelMap, name: string}} Given */
/** @typedef {import('../../../lib/metrics.js').Metrics} Metrics */
/** @typedef {Masks['state']} State */
/** @typedef {Masks['actions']} Actions */

/**
 * A label map as a page gives it.
 * @typedef {{width: number, height: number, labels?: Uint8Array, values?: Uint8Array, data?: Uint8Array}} PlainMap
 */

/** What a link needn't tell. */
export const USUAL = { void: '255' }

/** @type {readonly Unlabelled[]} */
export const UNLABELLED = ['255', '0', 'none']

export class Masks {
  #changed
  #fail
  /** @type {{truth: Given | null, prediction: Given | null}} */
  #given = { truth: null, prediction: null }
  /** @type {Unlabelled} */
  #void = '255'
  /** What 255 means in a truth of 0 and 255 alone, once it was said. @type {'void' | 'class' | null} */
  #two = null
  /** How many classes there are, where the page said so. @type {number | null} */
  #classes = null
  /** @type {{key: readonly unknown[], measured: Measured | null} | null} */
  #known = null

  /** @param {{changed: () => void, fail: (failure: import('../../common/ui/failure.js').Failure) => void}} host */
  constructor({ changed, fail }) {
    this.#changed = changed
    this.#fail = fail
  }

  get usual() {
    return USUAL
  }

  get values() {
    return { void: this.#void }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values(said) {
    this.#void = UNLABELLED.find(each => each === said['void']) ?? '255'
    this.#changed()
  }

  get state() {
    const { truth, prediction } = this.#given
    return {
      ...this.#given, unlabelled: this.#void, asksTwo: this.#asksTwo, two: this.#two,
      differs: truth && prediction && !isOfOneSize(truth.map, prediction.map) ? { truth: truth.map, prediction: prediction.map } : null,
      measured: this.#measured,
    }
  }

  /** Whether it isn't known what the 255 of a truth of 0 and 255 means. */
  get #asksTwo() {
    const { truth } = this.#given
    return truth !== null && this.#two === null && isTwo(truth.map.values)
  }

  /** What the metrics say, once both maps are there and fit. @returns {Measured | null} */
  get #measured() {
    const { truth, prediction } = this.#given
    const key = [truth, prediction, this.#void, this.#two, this.#classes]
    if (this.#known?.key.every((part, i) => part === key[i])) return this.#known.measured
    const measured = truth && prediction && !this.#asksTwo && isOfOneSize(truth.map, prediction.map)
      ? this.#compute(truth.map, prediction.map) : null
    this.#known = { key, measured }
    return measured
  }

  actions = {
    /** @param {Which} which @param {File} file */
    take: async (which, file) => await this.take(which, file),
    /** @param {Unlabelled} unlabelled */
    setVoid: unlabelled => {
      this.#void = unlabelled
      this.#changed()
    },
    /** @param {'void' | 'class'} two */
    setTwo: two => {
      this.#two = two
      this.#changed()
    },
    swap: () => {
      const { truth, prediction } = this.#given
      this.#give({ truth: prediction, prediction: truth })
    },
    clear: () => this.#give({ truth: null, prediction: null }),
  }

  /** @param {Which} which @param {File} file failures are shown, not thrown */
  async take(which, file) {
    try {
      const { readLabelMap } = await import('./read.js')
      const map = readLabelMap(new Uint8Array(await file.arrayBuffer()))
      this.#give({ [which]: { map, name: file.name } })
    } catch (error) {
      const { code, message, details } = toFcnError(error)
      this.#fail({ code, message, details: { ...details, file: file.name } })
    }
  }

  /** Files that were dropped: the first is the truth, unless that is there already. @param {readonly File[]} files */
  async takeFiles(files) {
    const [first, second] = files
    if (second) {
      await this.take('truth', first)
      await this.take('prediction', second)
    } else if (first) {
      await this.take(this.#given.truth && !this.#given.prediction ? 'prediction' : 'truth', first)
    }
  }

  /**
   * @param {PlainMap} truth
   * @param {PlainMap} prediction
   * @param {{classes?: number, void?: number | null}} how
   * @returns {Metrics}
   * @throws {FcnError} invalid_input
   */
  measure(truth, prediction, { classes, void: unlabelled = VOID }) {
    const maps = { truth: mapOf(truth, 'truth'), prediction: mapOf(prediction, 'prediction') }
    if (!isOfOneSize(maps.truth, maps.prediction)) {
      const { truth: a, prediction: b } = maps
      throw new FcnError('invalid_input', `the truth has ${a.width}×${a.height} pixels, the prediction ${b.width}×${b.height}`)
    }
    const matrix = new Confusion(classes ?? classesIn(maps.truth.values, maps.prediction.values, unlabelled))
    matrix.add(maps.truth.values, maps.prediction.values, unlabelled)
    this.#classes = classes ?? null
    this.#two = unlabelled === VOID ? 'void' : 'class'
    this.#void = unlabelled === null ? 'none' : unlabelled === 0 ? '0' : '255'
    this.#give({ truth: { map: maps.truth, name: '' }, prediction: { map: maps.prediction, name: '' } })
    return matrix.metrics
  }

  /** What the metrics say of what is shown. @returns {Metrics | null} */
  get metrics() {
    return this.#measured?.metrics ?? null
  }

  /** @param {Partial<{truth: Given | null, prediction: Given | null}>} given */
  #give(given) {
    if ('truth' in given && given.truth !== this.#given.truth && given.truth?.name) this.#two = null
    this.#given = { ...this.#given, ...given }
    this.#changed()
  }

  /** @param {LabelMap} truth @param {LabelMap} prediction */
  #compute(truth, prediction) {
    // 255 as a class of its own: the second one.
    const asClass = this.#two === 'class' && isTwo(truth.values)
    const plain = (/** @type {Uint8Array} */ values) => asClass ? values.map(value => value === VOID ? 1 : value) : values
    const [a, b] = [plain(truth.values), plain(prediction.values)]
    const unlabelled = asClass || this.#void === 'none' ? null : Number(this.#void)
    return measure(a, b, { width: truth.width, unlabelled, classes: this.#classes, palette: truth.palette ?? prediction.palette })
  }
}

/** @typedef {ReturnType<typeof measure>} Measured */

/**
 * @param {Uint8Array} truth
 * @param {Uint8Array} prediction
 * @param {{width: number, unlabelled: number | null, classes: number | null, palette: import('../../../lib/palettes.js').Palette | null}} how
 */
function measure(truth, prediction, { width, unlabelled, classes, palette }) {
  const known = palette && !classes ? palette.classes.length : 0
  const count = classes ?? Math.max(known, classesIn(truth, prediction, unlabelled))
  const problem = count > MOST_CLASSES ? 'none' : stray(truth, prediction, unlabelled, count)
  if (problem) return { problem: problem === 'none' ? null : problem, metrics: null, classes: [], boundary: null, tolerance: 0, where: null }
  const matrix = new Confusion(count)
  matrix.add(truth, prediction, unlabelled)
  const isVoid = Uint8Array.from(truth, label => Number(label === unlabelled))
  const tolerance = usualTolerance(width, truth.length / width)
  const { metrics } = matrix
  const edges = metrics.iou.flatMap((iou, id) => iou === null ? [] : [boundaryOf({ truth, prediction, width }, { id, tolerance, isVoid })])
  const where = Uint8Array.from(truth, (label, at) => isVoid[at] ? 2 : Number(label !== prediction[at]))
  return {
    problem: null, metrics, tolerance, where,
    boundary: meanBoundary(edges),
    classes: Array.from({ length: count }, (_, id) => palette?.classes[id] ?? { id, name: String(id), color: '#808080' }),
  }
}

/** Values that can't be classes: 255 in a prediction that is no class. */
function stray(/** @type {Uint8Array} */ truth, /** @type {Uint8Array} */ prediction, /** @type {number | null} */ unlabelled, /** @type {number} */ classes) {
  for (let at = 0; at < truth.length; at++) {
    if (truth[at] === unlabelled) continue
    if (truth[at] >= classes) return { whose: /** @type {Which} */ ('truth'), value: truth[at], classes }
    if (prediction[at] >= classes) return { whose: /** @type {Which} */ ('prediction'), value: prediction[at], classes }
  }
  return null
}

/** One more than the largest id that counts, and at least two. @param {Uint8Array} truth @param {Uint8Array} prediction @param {number | null} unlabelled */
function classesIn(truth, prediction, unlabelled) {
  let most = 1
  for (let at = 0; at < truth.length; at++) {
    if (truth[at] === unlabelled) continue
    most = Math.max(most, truth[at])
    // 255 is nobody's class: it is told, not counted.
    if (prediction[at] !== VOID) most = Math.max(most, prediction[at])
  }
  return most + 1
}

/** @param {Uint8Array} values */
function isTwo(values) {
  let hasVoid = false
  for (const value of values) {
    if (value !== 0 && value !== VOID) return false
    hasVoid ||= value === VOID
  }
  return hasVoid
}

/** @param {{width: number, height: number}} a @param {{width: number, height: number}} b */
const isOfOneSize = (a, b) => a.width === b.width && a.height === b.height

/** @param {PlainMap} map @param {Which} whose @returns {LabelMap} */
function mapOf(map, whose) {
  const values = map?.labels ?? map?.values ?? map?.data
  const { width, height } = map ?? {}
  if (!(values instanceof Uint8Array) || !Number.isInteger(width) || !Number.isInteger(height) || width < 1 || values.length !== width * height) {
    throw new FcnError('invalid_input', `the ${whose} is { width, height, labels }, with labels a Uint8Array of width × height values`)
  }
  return { width, height, values: Uint8Array.from(values), kind: 'indexed', palette: null }
}
