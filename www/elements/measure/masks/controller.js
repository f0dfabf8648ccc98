/**
 * What "two masks" does: a truth and a prediction from files, or as the page gives them, and what the metrics say of them.
 */
import { errorsOf } from '../../../lib/error-map.js'
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { Confusion, MOST_CLASSES, VOID } from '../../../lib/metrics.js'
import { classesOf } from '../../../lib/palettes.js'
import { codingOf } from '../folder/coding.js'
import { asClasses, binaryIn, isTwoByTruth, together } from './agree.js'
import { askAmong, askOf } from './ask-colours.js'
import { besideOf } from './read.js'

/** @typedef {'truth' | 'prediction'} Which */
/** @typedef {import('./read.js').LabelMap} LabelMap */
/** @typedef {import('../score.js').Score} Score */
/** What is not labelled, as people choose it: a value 0 to 255, or 'none'. @typedef {string} Unlabelled */
/** What 255 means in a truth of 0 and 255 alone; null: it wasn't said. @typedef {'void' | 'class' | null} Two */
/**
 * `name` of the file; '' and null for the page's own; `values`: those that occur in the file; `coding`: as what they were
 * read; `isBeside`: whether its colours were taken for classes because of the truth beside it.
 * @typedef {{map: LabelMap, name: string, file: File | null, values: readonly number[], coding?: Coding,
 *   isBeside?: boolean}} Given
 */
/** @typedef {import('./ask-colours.js').Ask} Ask */
/** @typedef {import('./colours.js').How} How */
/** @typedef {import('../folder/coding.js').Coding} Coding */
/** @typedef {import('../../../lib/metrics.js').Metrics} Metrics */
/**
 * What came of the two, and as what they were compared; `isMatched`: whether classes are those of one colour; `isTwo`:
 * whether the prediction's 255 is the second class, as the truth has 0 and 1.
 * @typedef {Score & {classes: {id: number, name: string, color: string}[], maps: Parameters<typeof errorsOf>[0],
 *   isMatched: boolean, isTwo: boolean}} Measured
 */
/** The class whose errors are shown. @typedef {{id: number, where: Uint8Array<ArrayBuffer>}} Errors */
/** What doesn't fit: a sentence's key and what it says. @typedef {{key: string, details: Record<string, string | number>}} Misfit */
/** @typedef {Masks['state']} State */
/** @typedef {Masks['actions']} Actions */

/**
 * A label map as a page gives it.
 * @typedef {{width: number, height: number, labels?: Uint8Array, values?: Uint8Array, data?: Uint8Array}} PlainMap
 */

/** What a link needn't tell. */
export const USUAL = { void: '255', two: '' }

/** @type {readonly Which[]} */
const SIDES = ['truth', 'prediction']

/** @type {readonly ('void' | 'class')[]} */
const TWO = ['void', 'class']

/** Those that have words of their own. @type {readonly Unlabelled[]} */
export const UNLABELLED = ['255', '0', 'none']

export class Masks {
  #changed
  #runner
  #fail
  /** @type {{truth: Given | null, prediction: Given | null}} */
  #given = { truth: null, prediction: null }
  /** The truth of pixels that are left out; null: none are. @type {number | null} */
  #void = VOID
  /** @type {Two} */
  #two = null
  /** What a link says of it, for any truth that comes. @type {Two} */
  #linked = null
  /** Files whose colours are no one data set's. @type {Record<Which, Ask | null>} */
  #asks = { truth: null, prediction: null }
  /** The data set that colours of several ones are of; '': nothing says so. */
  #palette = ''
  /** How many classes there are, where the page said so. @type {number | null} */
  #classes = null
  /** @type {Measured | null} */
  #measured = null
  /** null: those of all classes. @type {Errors | null} */
  #errors = null
  /** @type {Misfit | null} */
  #misfit = null
  /** How often something else was asked for: only the latest is shown. */
  #turn = 0
  /** How often a file was chosen for either: only the latest counts. @type {Record<Which, number>} */
  #reads = { truth: 0, prediction: 0 }

  /**
   * @param {{changed: () => void, fail: (failure: import('../../common/ui/failure.js').Failure | null) => void}} host
   * @param {import('../runner.js').Runner} runner
   */
  constructor({ changed, fail }, runner) {
    this.#changed = changed
    this.#fail = fail
    this.#runner = runner
  }

  get usual() {
    return USUAL
  }

  get values() {
    return { void: this.#void === null ? 'none' : String(this.#void),
      two: (this.#isTwo ? this.#two : this.#linked) ?? '' }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values(said) {
    const two = TWO.find(each => each === said['two']) ?? null
    this.#linked = two
    void this.#ask({ void: valueOf(unlabelledIn(String(said['void']))), two })
  }

  get state() {
    return {
      ...this.#given, asks: SIDES.map(which => ({ which, ask: this.#asks[which] ?? this.#among(which) })),
        unlabelled: this.values.void, asksTwo: this.#asksTwo, two: this.#given.truth?.file && this.#isTwo
          ? this.#two : null, isClass: this.#isClass || this.#measured?.isTwo === true, misfit: this.#misfit,
      measured: this.#measured, errors: this.#errors, values: this.#given.truth?.values ?? [],
    }
  }

  /** What is to be said of one side's colours, where it takes the other to see that. @param {Which} which @returns {Ask | null} */
  #among(which) {
    const given = this.#given[which]
    return this.#misfit?.key === 'error.pair_palette' && given?.file ? askAmong(given.map, given.file) : null
  }

  /** Whether it isn't known what the 255 of a truth of 0 and 255 means. */
  get #asksTwo() {
    return this.#two === null && this.#isTwo
  }

  get #isTwo() {
    const { truth } = this.#given
    if (!truth) return false
    const { isBinary, hasVoid } = binaryIn(truth.map)
    return isBinary && hasVoid
  }

  /** Whether 255 is counted as a class of its own. */
  get #isClass() {
    return this.#two === 'class' && this.#isTwo
  }

  actions = {
    /** @param {Which} which @param {File} file */
    take: (which, file) => void this.take({ [which]: file }),
    /** @param {Which} which @param {How} how its colours are taken */
    setColours: (which, how) => {
      const file = this.#asks[which]?.file ?? this.#given[which]?.file
      if (file) void this.take({ [which]: file }, { colours: how, two: this.#two })
    },
    /** @param {Unlabelled} unlabelled */
    setVoid: unlabelled => void this.#ask({ void: valueOf(unlabelled) }),
    /** @param {'void' | 'class'} two */
    setTwo: two => void this.#ask({ two, ...two === 'void' ? { void: VOID } : {} }),
    /** @param {number | null} id the class whose errors are shown; null: all */
    setErrors: id => {
      this.#errors = id === null || !this.#measured ? null : { id, where: errorsOf(this.#measured.maps, id) }
      this.#changed()
    },
    swap: () => {
      const { truth, prediction } = this.#given
      for (const which of SIDES) this.#reads[which]++
      this.#asks = { truth: this.#asks.prediction, prediction: this.#asks.truth }
      void this.#ask({ given: { truth: prediction, prediction: truth }, two: null, classes: null })
    },
    clear: () => {
      for (const which of SIDES) this.#reads[which]++
      this.#asks = { truth: null, prediction: null }
      void this.#ask({ given: { truth: null, prediction: null }, two: null, classes: null })
    },
  }

  /**
   * @param {{truth?: File, prediction?: File}} given failures are shown, not thrown; what was there stays then
   * @param {{unlabelled?: Unlabelled, two?: Two, colours?: How | null, palette?: string,
   *   codings?: Partial<Record<Which, Coding>> | null}} [how] palette: of colours of several data sets; codings: of the values
   */
  async take(given, { unlabelled, two = this.#linked, colours = null, palette = '', codings: said = null } = {}) {
    // Colours that were asked about may be those of the truth's palette, and those that were are it no longer.
    const { prediction } = this.#given
    const asked = given.truth && (this.#asks.prediction?.file ?? (prediction?.isBeside ? prediction.file : null))
    const codings = said ?? this.#codingsOf(given)
    const files = { ...asked && { prediction: asked }, ...this.#uncoded(given, codings), ...given }
    const sides = SIDES.filter(which => files[which])
    const reads = sides.map(which => ++this.#reads[which])
    const isLatest = () => sides.every((which, i) => this.#reads[which] === reads[i])
    this.#fail(null)
    /** @type {Partial<{truth: Given | null, prediction: Given | null}>} */
    const taken = {}
    /** @type {Partial<Record<Which, Ask | null>>} */
    const asks = {}
    for (const which of sides) {
      const file = /** @type {File} */ (files[which])
      asks[which] = null
      try {
        const beside = which === 'prediction' ? besideOf((taken.truth ?? this.#given.truth)?.map) : null
        const how = given[which] && colours ? colours : beside
        const map = await this.#runner.run('colours', { file, how, coding: codings[which] })
        const values = [...new Set(map.readings[0].values)].sort((a, b) => a - b)
        const isBeside = beside !== null && how === beside && map.kind === 'colour'
        taken[which] = { map, name: file.name, file, values, coding: codings[which] ?? '', isBeside }
      } catch (error) {
        const failure = toFcnError(error)
        const { code, message, details } = failure
        asks[which] = askOf(failure, file)
        taken[which] = null
        if (!asks[which]) {
          if (isLatest()) this.#fail({ code, message, details: { ...details, file: file.name } })
          return
        }
      }
      if (!isLatest()) return
    }
    this.#asks = { ...this.#asks, ...asks }
    await this.#ask({ given: taken, classes: null, palette, ...taken.truth ? { two } : {},
      ...unlabelled ? { void: valueOf(unlabelled) } : {} })
  }

  /**
   * Beside a file whose ids were read as others, another one's are, too, where its name says what they are.
   * @param {{truth?: File, prediction?: File}} given
   * @returns {Partial<Record<Which, Coding>>}
   */
  #codingsOf(given) {
    if (!SIDES.some(which => !given[which] && this.#given[which]?.coding)) return {}
    return Object.fromEntries(SIDES.flatMap(which => {
      const file = given[which]
      return file ? [[which, codingOf([file.name])]] : []
    }))
  }

  /**
   * The other side's file to be read as it is, where nothing says that the new one's ids are coded alike.
   * @param {{truth?: File, prediction?: File}} given
   * @param {Partial<Record<Which, Coding>>} codings
   * @returns {{truth?: File, prediction?: File}}
   */
  #uncoded(given, codings) {
    return Object.fromEntries(SIDES.flatMap(which => {
      const [other, here] = [SIDES.find(each => each !== which) ?? which, this.#given[which]]
      return !given[which] && here?.coding && here.file && given[other] && !codings[other] ? [[which, here.file]] : []
    }))
  }

  /** Files that were dropped: one, or the truth and the prediction. @param {readonly File[]} files */
  async takeFiles(files) {
    const [first, second] = files
    if (files.length > 2) return this.#fail({ code: 'invalid_input', message: `${files.length} files`,
      details: { kind: 'many_files' } })
    if (second) await this.take({ truth: first, prediction: second })
    else if (first) await this.take({ [this.#given.truth && !this.#given.prediction ? 'prediction' : 'truth']: first })
  }

  /**
   * @param {PlainMap} truth
   * @param {PlainMap} prediction
   * @param {{classes?: number, void?: number | null}} how
   * @returns {Promise<Metrics>}
   * @throws {FcnError} invalid_input
   */
  async measure(truth, prediction, { classes, void: unlabelled = VOID }) {
    const [a, b] = [mapOf(truth, 'truth'), mapOf(prediction, 'prediction')]
    const maps = together(a, b)
    const matrix = new Confusion(classes ?? Math.min(classesIn(maps.truth, maps.prediction, unlabelled), MOST_CLASSES))
    matrix.add(maps.truth, maps.prediction, unlabelled)
    await this.#ask({
      given: { truth: { map: a, name: '', file: null, values: [] },
        prediction: { map: b, name: '', file: null, values: [] } },
        classes: classes ?? null, two: 'void', void: unlabelled,
    })
    return matrix.metrics
  }

  /** What the metrics say of the two masks. @returns {Metrics | null} */
  get metrics() {
    return this.#measured?.metrics ?? null
  }

  /**
   * Something is to be another way: all is computed anew.
   * @param {{given?: Partial<{truth: Given | null, prediction: Given | null}>, void?: number | null, two?: Two,
   *   classes?: number | null, palette?: string}} wish
   */
  async #ask({ given = {}, ...wish }) {
    const turn = ++this.#turn
    this.#given = { ...this.#given, ...given }
    if (wish.void !== undefined) this.#void = wish.void
    if (wish.two !== undefined) this.#two = wish.two
    if (wish.classes !== undefined) this.#classes = wish.classes
    if (wish.palette !== undefined) this.#palette = wish.palette
    this.#measured = this.#misfit = this.#errors = null
    this.#changed()
    const { truth, prediction } = this.#given
    if (!truth || !prediction || this.#asksTwo) return
    try {
      const measured = await this.#compute(truth.map, prediction.map)
      if (turn === this.#turn) this.#measured = measured
    } catch (error) {
      const { code, details = {} } = toFcnError(error)
      if (turn === this.#turn) this.#misfit = misfitOf(code, details)
    }
    if (turn === this.#turn) this.#changed()
  }

  /** @param {LabelMap} truthMap @param {LabelMap} predictionMap @returns {Promise<Measured>} */
  async #compute(truthMap, predictionMap) {
    const maps = together(truthMap, predictionMap, this.#palette)
    const isClass = this.#isClass
    const isTwo = this.#two === null && isTwoByTruth(maps, predictionMap)
    const truth = isClass ? asClasses(maps.truth) : maps.truth
    const prediction = isClass || isTwo ? asClasses(maps.prediction) : maps.prediction
    // A palette's second class isn't what 255 stands for.
    const palette = isClass ? null : maps.palette
    const unlabelled = isClass ? null : this.#void
    const wanted = this.#classes ?? Math.max(palette?.classes.length ?? 0, classesIn(truth, prediction, unlabelled))
    const classes = Math.min(wanted, MOST_CLASSES)
    const score = await this.#runner.run('score', { truth, prediction, width: truthMap.width, classes, unlabelled })
    return { ...score, classes: classesOf(palette, classes), maps: { truth, prediction, unlabelled },
      isMatched: maps.isMatched, isTwo }
  }
}

/** @param {Unlabelled} unlabelled @returns {number | null} null: none */
export const valueOf = unlabelled => unlabelled === 'none' ? null : Number(unlabelled)

/** @param {string} text as anybody may have written it @returns {Unlabelled} */
const unlabelledIn = text => text === 'none' || (/^\d{1,3}$/.test(text) && Number(text) <= VOID) ? text : USUAL.void

/** @param {string} code @param {Record<string, unknown>} details @returns {Misfit} */
function misfitOf(code, details) {
  const { kind, whose } = details
  const key = typeof kind === 'string' ? `error.${kind}` : whose === 'truth' || whose === 'prediction'
    ? `masks.stray.${whose}` : `error.${code}`
  const said = Object.entries(details).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [/** @type {const} */ ([name, value])] : [])
  return { key, details: Object.fromEntries(said) }
}

/**
 * One more than the largest id that counts, and at least two; 255 in a prediction is nobody's class: it is told.
 * @param {Uint8Array} truth
 * @param {Uint8Array} prediction
 * @param {number | null} unlabelled
 */
function classesIn(truth, prediction, unlabelled) {
  let most = 1
  for (let at = 0; at < truth.length; at++) {
    if (truth[at] === unlabelled) continue
    most = Math.max(most, truth[at])
    if (prediction[at] !== VOID) most = Math.max(most, prediction[at])
  }
  return most + 1
}

/** @param {PlainMap} map @param {Which} whose @returns {LabelMap} */
function mapOf(map, whose) {
  const values = map?.labels ?? map?.values ?? map?.data
  const { width, height } = map ?? {}
  if (!(values instanceof Uint8Array) || !Number.isInteger(width) || !Number.isInteger(height) || width < 1
    || values.length !== width * height) {
    throw new FcnError('invalid_input',
      `the ${whose} is { width, height, labels }, with labels a Uint8Array of width × height values`)
  }
  return { width, height, kind: 'indexed', readings: [{ values: Uint8Array.from(values), palette: null }] }
}
