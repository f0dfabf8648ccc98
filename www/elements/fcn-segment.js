/**
 * `<fcn-segment>`: a photo in, its semantic segmentation over it, with a legend, a cursor that
 * reads single pixels, the three FCN variants side by side, and files to take away.
 *
 *     <script type="module" src="https://…/elements/fcn-segment.js"></script>
 *     <fcn-segment lang="ko"></fcn-segment>
 *
 * Attributes: `model` (address of a model.json; left out: the one that suits what computes), `models` (address of a
 * models.json to choose from), `variant` (fcn32s | fcn16s | fcn8s), `size` (model |
 * native | long side in pixels), `backend` (auto | webgpu | cpu), `lang` (en | ko), `compare`,
 * `view` (overlay | split | mask), `patterns`, `unsure`, `samples` (address of a samples.json), `sample` (id of
 * the one to begin with). Slot `poster`: a picture until the photo is there.
 * All of it as data: segment/docs.json.
 * Events: `fcn-ready`, `fcn-progress`, `fcn-result`, `fcn-error` (detail {code, message}).
 */
/// <reference path="./segment/tags.d.ts" preserve="true" />
import { LitElement } from '../vendor/lit.js'
import { pickLanguage, translator } from '../lib/i18n.js'
import { WHOLE } from '../lib/viewport.js'
import { readModels } from './common/model/list.js'
import './common/photo/camera.js'
import './common/stage/pane.js'
import { Desk, quietly } from './segment/controller.js'
import { Doubts } from './segment/doubts.js'
import { Intake } from './common/photo/intake.js'
import { OwnWeights, PAGE_MODEL, areWeights, choiceOf, nameOf } from './common/model/own.js'
import { race } from './common/session.js'
import { baseStyles, segmentStyles } from './segment/styles.js'
import { template } from './segment/template.js'
import { TEXTS } from './segment/texts.js'

/** @typedef {import('../engine/engine.js').Result} Result */
/** @typedef {import('../engine/page/source.js').PhotoSource} PhotoSource */
/** @typedef {import('../engine/protocol.js').Size} Size */
/** @typedef {import('./segment/words.js').Failure} Failure */
/** @typedef {import('./common/photo/intake.js').Sample} Sample */

/** @typedef {import('./segment/controller.js').Scene} Scene */

/** An element moved within the page leaves and comes back at once; this long it keeps its engine. Milliseconds. */
const GRACE = 500
/** Width from which there are two columns, rem; as in styles.js. */
const NARROW = 56

export class FcnSegment extends LitElement {
  /** @override */
  static properties = {
    model: {}, models: {}, variant: {}, size: {}, backend: {}, lang: {}, compare: { type: Boolean }, view: {},
    patterns: { type: Boolean }, unsure: { type: Boolean }, samples: {}, sample: {},
    opacity: { type: Number }, split: { type: Number },
    scene: { state: true }, pending: { state: true }, failure: { state: true }, progress: { state: true },
    off: { state: true }, lit: { state: true }, cursor: { state: true }, window: { state: true },
    byKeys: { state: true }, isDropping: { state: true }, saying: { state: true }, notice: { state: true }, gallery: { state: true }, offers: { state: true },
    isNarrow: { state: true },
  }

  /** @override */
  static styles = [baseStyles, segmentStyles]

  #desk = new Desk(this)
  #intake = new Intake(this)
  /** A person's own weights. */
  own = new OwnWeights(this)
  #doubts = new Doubts(() => this.requestUpdate())
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving
  #widths = new ResizeObserver(([entry]) => {
    this.isNarrow = entry.contentRect.width < NARROW * parseFloat(getComputedStyle(document.documentElement).fontSize)
  })

  constructor() {
    super()
    this.model = ''
    this.models = ''
    this.variant = 'fcn8s'
    /** @type {Size | string} */
    this.size = 'model'
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.compare = false
    /** @type {'overlay' | 'split' | 'mask'} */
    this.view = 'overlay'
    this.patterns = false
    this.unsure = false
    this.samples = ''
    this.sample = ''
    /** Of the mask over the photo, 0..1. */
    this.opacity = 0.6
    /** Where the mask begins in the split view, 0..1. */
    this.split = 0.5

    /** @type {Scene | null} */
    this.scene = null
    /** The scene that is being computed; takes the place of `scene` when it is done. @type {Scene | null} */
    this.pending = null
    /** @type {Failure | null} */
    this.failure = null
    /** @type {import('./common/session.js').Progress | null} */
    this.progress = null
    /** Classes switched off. @type {ReadonlySet<number>} */
    this.off = new Set()
    /** The class pointed at in the legend. @type {number | null} */
    this.lit = null
    /** @type {import('./common/stage/pane.js').Point | null} */
    this.cursor = null
    /** @type {import('../lib/viewport.js').View} */
    this.window = WHOLE
    this.byKeys = false
    this.isDropping = false
    /** For screen readers. */
    this.saying = ''
    /** @type {{key: string, values?: Record<string, string>} | null} */
    this.notice = null
    /** @type {Sample[]} */
    this.gallery = []
    /** The models to choose from. @type {import('./common/model/list.js').Offer[]} */
    this.offers = []
    /** One column: then photos come in right under the stage. */
    this.isNarrow = false
    /** Where the page shows classifiers, which make no masks. @type {((files: readonly File[]) => void) | null} */
    this.classifiers = null
    /** Whether a photo was asked for; then no sample comes by itself. */
    this.wasUsed = false
  }

  // ---- public ----

  /** The engine, once it was started; see `start()`. */
  get engine() {
    return this.#desk.engine
  }

  /** The latest mask shown. @returns {Result | null} */
  get result() {
    return this.current?.result ?? null
  }

  /** Starts engine and model now instead of when first needed. */
  async start() {
    return await this.#desk.start()
  }

  /**
   * Segments a photo and shows it. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<Result>} rejects with an FcnError {code, message}; 'aborted' when a newer photo came
   */
  async segment(source) {
    return await this.#desk.segment(source)
  }

  /** Ends what is under way; what was shown before stays. */
  cancel() {
    this.#desk.cancel()
    this.own.cancel()
  }

  // ---- for the template ----

  /** @returns {import('../lib/i18n.js').Language} */
  get language() {
    const near = /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang
    return pickLanguage([this.lang, near, ...navigator.languages])
  }

  get t() {
    return translator(TEXTS, this.language)
  }

  /** The mask shown where only one is. */
  get current() {
    const { scene } = this
    return scene?.masks.get(this.variantShown) ?? scene?.masks.values().next().value ?? null
  }

  /** @returns {string[]} coarse to fine */
  get variants() {
    return this.engine?.model?.manifest.config.variants ?? ['fcn32s', 'fcn16s', 'fcn8s']
  }

  /** Three variants are compared; what is said of them counts to three. */
  get canCompare() {
    return this.variants.length === 3
  }

  /** The variant wished for; of a model without it, its finest. */
  get variantShown() {
    return this.variants.includes(this.variant) ? this.variant : this.variants.at(-1) ?? this.variant
  }

  /**
   * Where a mask isn't to be believed, if that is asked for and known.
   * @param {Result} result
   * @returns {import('../lib/unsure.js').Unsure | null} null too while it is being computed
   */
  unsureOf(result) {
    return this.unsure ? this.#doubts.of(result) : null
  }

  get isComparing() {
    return this.compare && this.scene?.masks.size === 3
  }

  get modelUrl() {
    return this.#desk.modelUrl
  }

  get canRetry() {
    return this.#desk.canRetry
  }

  retry() {
    this.#desk.retry()
  }

  /** @param {PhotoSource} source a user's; failures are shown, not thrown */
  async take(source) {
    await quietly(this.segment(source))
  }

  /** @param {readonly File[]} files a user's: a photo, or a model's files */
  async takeFiles(files) {
    if (areWeights(files)) await this.own.open(files)
    else if (files[0]) await this.take(files[0])
  }

  /** An engine to load a model into, whatever became of its own. @param {AbortSignal} signal */
  async readyEngine(signal) {
    try {
      return this.engine ?? await race(this.start(), signal)
    } catch (error) {
      if (this.engine && !signal.aborted) return this.engine
      throw error
    }
  }

  /** @param {Sample} sample */
  async showSample(sample) {
    await this.#desk.showSample(sample)
  }

  /** @param {string} variant a variant's name, or 'all' */
  choose(variant) {
    this.compare = variant === 'all'
    if (!this.compare) this.variant = variant
  }

  /** The model in use or on its way, as one of those to choose from; '' for none of them. */
  get modelChoice() {
    const { own, offers, modelUrl } = this
    if (own.chosen !== null) return choiceOf(own.chosen)
    if (!offers.length) return modelUrl === null ? '' : PAGE_MODEL
    return offers.some(({ url }) => url === modelUrl) ? modelUrl ?? '' : ''
  }

  /** @param {string} choice address of a model.json, kept weights, or the page's model */
  chooseModel(choice) {
    const kept = nameOf(choice)
    if (kept !== null) {
      void this.own.openKept(kept)
      return
    }
    this.own.supersede()
    const url = choice === PAGE_MODEL ? this.model && new URL(this.model, this.baseURI).href : choice
    this.#desk.chooseModel(url)
  }

  /** @param {'labels' | 'colors' | 'overlay' | 'areas'} kind @param {boolean} [toClipboard] */
  async save(kind, toClipboard = false) {
    await this.#desk.save(kind, toClipboard)
  }

  /** @param {string} code a failure of the element's own: TEXTS has its sentence @param {() => void} [again] */
  fail(code, again) {
    this.#desk.fail(code, this.t(`error.${code}`), { again })
  }

  /**
   * @param {string} code @param {string} message for developers @param {Record<string, unknown>} [details]
   * @param {(() => void) | null} [again] what "Try again" does
   */
  failWith(code, message, details = {}, again = null) {
    this.#desk.fail(code, message, { details, again })
  }

  /** What was under way beside the photo's job has ended. */
  endProgress() {
    this.#desk.endProgress()
  }

  openCamera() {
    const camera = /** @type {import('./common/photo/camera.js').FcnSegmentCamera | null} */ (this.renderRoot.querySelector('fcn-segment-camera'))
    void camera?.open()
  }

  /** @param {number} factor about the middle of what is shown */
  zoomBy(factor) {
    const pane = /** @type {import('./common/stage/pane.js').FcnSegmentPane | null} */ (this.renderRoot.querySelector('fcn-segment-pane'))
    pane?.zoomBy(factor)
  }

  // ---- life ----

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    clearTimeout(this.#leaving)
    this.#intake.connect()
    void this.own.refresh()
    this.#widths.observe(this)
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#intake.disconnect()
    this.#widths.disconnect()
    this.#leaving = setTimeout(() => this.#desk.dispose(), GRACE)
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    if (changed.has('samples')) void this.#intake.loadGallery()
    if (changed.has('models')) void this.#loadOffers()
    // A choice that failed isn't the one shown; a select keeps what a person chose in it.
    const models = /** @type {HTMLSelectElement | null} */ (this.renderRoot.querySelector('select.model'))
    if (models) models.value = this.modelChoice
    /** @param {string} name */
    const became = name => changed.has(name) && changed.get(name) !== undefined
    if (became('model')) this.#desk.changeModel()
    else if (became('size')) this.#desk.recompute()
    else if (became('variant') || became('compare')) this.#desk.complete()
  }

  async #loadOffers() {
    const { models } = this
    try {
      const offers = models ? await readModels(new URL(models, this.baseURI).href) : []
      if (models === this.models) this.offers = offers
    } catch {
      if (models === this.models) this.fail('models_failed', () => void this.#loadOffers())
    }
  }

  /** @override */
  render() {
    return template(this, this.#intake)
  }
}

if (!customElements.get('fcn-segment')) customElements.define('fcn-segment', FcnSegment)
