/**
 * `<fcn-heatmap>`: from a label to a heat map. A classifier's label of a whole photo, its fully connected
 * layers as convolutions, and what it then says of every window of a larger photo (Long, Shelhamer & Darrell,
 * CVPR 2015, section 3.1 and figure 2).
 *
 *     <script type="module" src="https://…/elements/fcn-heatmap.js"></script>
 *     <fcn-heatmap lang="ko"></fcn-heatmap>
 *
 * Attributes: `model` (address of a classifier's model.json), `size` (model | native | long side in pixels),
 * `view` (heat | winner), `value` (probability | score), `opacity` (0..1), `backend` (auto | webgpu | cpu), `lang`
 * (en | ko), `samples` (address of a samples.json), `sample` (id of the one to begin with), `upsample` (address of
 * where a reader sees how such a map is enlarged). All of it as data: heatmap/docs.json.
 * Events: `fcn-result`, `fcn-error` (detail {code, message}).
 */
/// <reference path="./heatmap/tags.d.ts" preserve="true" />
import { LitElement } from '../vendor/lit.js'
import { className, pickLanguage, translator } from '../lib/i18n.js'
import { best, planeOf, ranking, scoresOf, winners } from '../lib/windows.js'
import { percent } from '../lib/format.js'
import './heatmap/board.js'
import './common/photo/camera.js'
import { Desk } from './heatmap/controller.js'
import { paint } from './heatmap/paint.js'
import { heatmapStyles } from './heatmap/styles.js'
import { template } from './heatmap/template.js'
import { HEATMAP_TEXTS } from './heatmap/texts.js'
import { bringSample, bringSource } from './common/photo/source.js'
import { Intake } from './common/photo/intake.js'
import { areWeights, lackWeights } from './common/model/own.js'
import { baseStyles, segmentStyles } from './segment/styles.js'

/** @typedef {import('../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../engine/page/source.js').PhotoSource} PhotoSource */
/** @typedef {import('../engine/protocol.js').Size} Size */
/** @typedef {import('../lib/windows.js').Cell} Cell */
/** @typedef {import('./heatmap/controller.js').Scene} Scene */
/** @typedef {import('./heatmap/paint.js').Painted} Painted */
/** @typedef {import('./common/photo/intake.js').Sample} Sample */

/** An element moved within the page leaves and comes back at once; this long it keeps its engine. Milliseconds. */
const GRACE = 500
/** Out of sight for this long, it lets its engine go. Milliseconds. */
const UNSEEN = 60_000

export class FcnHeatmap extends LitElement {
  /** @override */
  static properties = {
    model: {}, size: {}, view: {}, value: {}, opacity: { type: Number }, backend: {}, lang: {}, samples: {}, sample: {}, upsample: {},
    scene: { state: true }, pending: { state: true }, failure: { state: true }, progress: { state: true }, chosen: { state: true },
    cell: { state: true }, byKeys: { state: true }, isDropping: { state: true }, saying: { state: true }, gallery: { state: true }, isCardOpen: { state: true },
  }

  /** @override */
  static styles = [baseStyles, segmentStyles, heatmapStyles]

  #desk = new Desk(this)
  #intake = new Intake(this)
  /** What is worked out of a map, once. @type {WeakMap<Heatmap, {ranking: ReturnType<typeof ranking>, winners: Uint16Array}>} */
  #known = new WeakMap()
  /** The colours painted last, so that a move of the cursor paints none. @type {{map: Heatmap, key: string, painted: Painted} | null} */
  #painted = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving
  /** @type {IntersectionObserver | null} */
  #sight = null

  constructor() {
    super()
    this.model = ''
    /** @type {Size | string} */
    this.size = 'model'
    /** @type {'heat' | 'winner'} */
    this.view = 'heat'
    /** @type {'probability' | 'score'} */
    this.value = 'probability'
    /** Of the map over the photo, 0..1. */
    this.opacity = 0.7
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.samples = ''
    this.sample = ''
    this.upsample = ''

    /** @type {Scene | null} */
    this.scene = null
    /** The scene whose label is being computed. @type {Scene | null} */
    this.pending = null
    /** @type {import('./segment/words.js').Failure | null} */
    this.failure = null
    /** @type {import('./common/session.js').Progress | null} */
    this.progress = null
    /** The class whose heat map is shown; null: the best one. @type {number | null} */
    this.chosen = null
    /** The window under the cursor; null: the chosen class's best. @type {Cell | null} */
    this.cell = null
    this.byKeys = false
    this.isDropping = false
    /** For screen readers. */
    this.saying = ''
    /** @type {Sample[]} */
    this.gallery = []
    /** The classifier's card; it is loaded when it is first opened. */
    this.isCardOpen = false
    /** Whether a photo was asked for; then no sample comes by itself. */
    this.wasUsed = false
  }

  // ---- public ----

  /** The engine, while there is one. */
  get engine() {
    return this.#desk.engine
  }

  /** The latest label and map shown. @returns {{label: Heatmap, map: Heatmap} | null} */
  get result() {
    const { label = null, map = null } = this.scene ?? {}
    return label && map ? { label, map } : null
  }

  /**
   * Computes a photo's label and heat map and shows them. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<{label: Heatmap, map: Heatmap}>} rejects with an FcnError {code, message}
   */
  async show(source) {
    await this.#desk.show(async () => await bringSource(source))
    return /** @type {{label: Heatmap, map: Heatmap}} */ (this.result)
  }

  /** @param {readonly File[]} files a classifier's; failures are shown, not thrown */
  async openClassifier(files) {
    if (lackWeights(files)) return this.fail('weights_alone')
    await this.#desk.open(files)
    if (this.scene || this.failure) return
    // Nothing to try it on yet but the sample.
    this.wasUsed = false
    this.#intake.begin()
  }

  /** Ends what is under way; what was shown before stays. */
  cancel() {
    this.#desk.cancel()
  }

  // ---- for the template ----

  /** @returns {import('../lib/i18n.js').Language} */
  get language() {
    const near = /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang
    return pickLanguage([this.lang, near, ...navigator.languages])
  }

  get t() {
    return translator(HEATMAP_TEXTS, this.language)
  }

  get desk() {
    return this.#desk
  }

  get canRetry() {
    return this.#desk.canRetry
  }

  retry() {
    this.#desk.retry()
  }

  /** The long side to work at, as the engine takes it. @returns {Size} */
  get longSide() {
    if (this.size === 'model' || this.size === 'native') return this.size
    const pixels = Number(this.size)
    return Number.isFinite(pixels) && pixels >= 1 ? Math.round(pixels) : 'model'
  }

  /** @param {Heatmap} map */
  knownOf(map) {
    let known = this.#known.get(map)
    if (!known) this.#known.set(map, known = { ranking: ranking(map), winners: winners(map) })
    return known
  }

  /** The class whose heat map is shown. @param {Heatmap} map */
  classShown(map) {
    const [first] = this.knownOf(map).ranking
    return this.chosen !== null && this.chosen < map.classes.length ? this.chosen : first.id
  }

  /** The window that is shown. @param {Heatmap} map @returns {Cell} */
  cellShown(map) {
    const { cell } = this
    if (cell && cell.column < map.width && cell.row < map.height) return cell
    return planeOf(map, this.classShown(map), this.value).cell
  }

  /** The class whose cells are shown, if one class's are. @param {Heatmap} map */
  classOnMap(map) {
    return this.view === 'heat' ? this.classShown(map) : null
  }

  /** What lies over the photo. @param {Heatmap} map @returns {Painted} */
  colorsOf(map) {
    const key = [this.classOnMap(map), this.value].join()
    if (this.#painted?.map !== map || this.#painted.key !== key) this.#painted = { map, key, painted: paint(map, this.classOnMap(map), this.value, this.knownOf(map).winners) }
    return this.#painted.painted
  }

  /** @param {number} value a score or a probability, as `value` says */
  numberText(value) {
    return this.value === 'probability' ? percent(value, this.language) : value.toFixed(2)
  }

  /** @param {number} id @param {Heatmap} map */
  nameOf(id, map) {
    return className(map.classes[id], this.language)
  }

  /** @param {number} id */
  choose(id) {
    Object.assign(this, { chosen: id, cell: null, view: 'heat' })
  }

  /** @param {CustomEvent<{cell: Cell, byKeys: boolean}>} event */
  point = ({ detail: { cell, byKeys } }) => {
    const { map } = this.scene ?? {}
    if (!map) return
    const now = this.cellShown(map)
    this.byKeys = byKeys
    if (now.column === cell.column && now.row === cell.row && this.cell) return
    this.cell = cell
    if (byKeys) {
      const found = best(scoresOf(map, cell), 3, this.classOnMap(map)).map(({ id, [this.value]: value }) => `${this.nameOf(id, map)} ${this.numberText(value)}`)
      this.saying = this.t('window.said', { row: cell.row + 1, column: cell.column + 1, what: this.t(`value.${this.value}`), found: found.join(', ') })
    }
  }

  /** @param {Scene} scene */
  showScene(scene) {
    const isOther = scene.photo !== this.scene?.photo || scene.label?.classes !== this.scene?.label?.classes
    if (scene.label?.classes !== this.scene?.label?.classes) this.chosen = null
    if (isOther || scene.map) this.cell = null
    this.scene = scene
    const { label, map } = scene
    if (!label || !map) return
    this.saying = this.t('done', { label: this.nameOf(best(label.scores, 1)[0].id, label), columns: map.width, rows: map.height })
    this.#emit('fcn-result', { label, map })
  }

  /** @param {PhotoSource} source a user's; failures are shown, not thrown */
  async take(source) {
    await this.show(source).catch(() => {})
  }

  /** @param {readonly File[]} files a user's: a photo, or a classifier's files */
  async takeFiles(files) {
    if (areWeights(files)) await this.openClassifier(files)
    else if (files[0]) await this.take(files[0])
  }

  /** @param {Sample} sample */
  async showSample(sample) {
    const list = new URL(this.samples, this.baseURI)
    await this.#desk.show(async signal => await bringSample(sample, list, signal)).catch(() => {})
  }

  /**
   * @param {string} code a failure: the texts have its sentence
   * @param {(() => void)} [again] not offered here but where the photo's job failed
   * @param {{message: string, details?: Record<string, unknown>}} [more]
   */
  fail(code, again, { message, details = {} } = { message: this.t(`error.${code}`) }) {
    this.failure = { code, message, details }
    this.#emit('fcn-error', { code, message })
  }

  /** Opens the classifier's card and goes there. */
  async openCard() {
    this.isCardOpen = true
    await this.updateComplete
    const summary = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.about summary'))
    summary?.focus({ preventScroll: true })
    summary?.scrollIntoView()
  }

  openCamera() {
    void this.renderRoot.querySelector('fcn-segment-camera')?.open()
  }

  // ---- life ----

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    clearTimeout(this.#leaving)
    this.#intake.connect()
    this.#sight = new IntersectionObserver(entries => {
      clearTimeout(this.#leaving)
      this.#desk.wake()
      if (!entries.at(-1)?.isIntersecting) this.#leaving = setTimeout(() => this.#desk.rest(), UNSEEN)
    })
    this.#sight.observe(this)
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#intake.disconnect()
    this.#sight?.disconnect()
    clearTimeout(this.#leaving)
    this.#leaving = setTimeout(() => this.#desk.dispose(), GRACE)
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    // The charts are larger than everything else here: they come when they are wanted.
    if (changed.has('isCardOpen') && this.isCardOpen) void import('./fcn-model-card.js').catch(() => this.fail('card_failed'))
    if (changed.has('samples')) void this.#intake.loadGallery()
    const became = (/** @type {string} */ name) => changed.has(name) && changed.get(name) !== undefined
    if (became('model')) this.#desk.changeModel()
    else if (became('size')) void this.#desk.resize()
  }

  /** @override */
  render() {
    return template(this, this.#intake)
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}

if (!customElements.get('fcn-heatmap')) customElements.define('fcn-heatmap', FcnHeatmap)
