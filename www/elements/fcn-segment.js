/**
 * `<fcn-segment>`: a photo in, its semantic segmentation over it, with a legend, a cursor that
 * reads single pixels, the three FCN variants side by side, and files to take away.
 *
 *     <script type="module" src="https://…/elements/fcn-segment.js"></script>
 *     <fcn-segment lang="ko"></fcn-segment>
 *
 * Attributes: `model` (address of a model.json; left out: everyday), `models` (address of a
 * models.json to choose from), `variant` (fcn32s | fcn16s | fcn8s), `size` (model |
 * native | long side in pixels), `backend` (auto | webgpu | cpu), `lang` (en | ko), `compare`,
 * `view` (overlay | split | mask), `patterns`, `unsure`, `samples` (address of a samples.json), `sample` (id of
 * the one to begin with). Slot `poster`: a picture until the photo is there.
 * All of it as data: segment/docs.json.
 * Events: `fcn-ready`, `fcn-progress`, `fcn-result`, `fcn-change`, `fcn-error` (detail {code, message}).
 */
/// <reference path="./segment/tags.d.ts" preserve="true" />
import './common/stage/pane.js'
import { Intake } from './common/photo/intake.js'
import { FcnElement, SWITCH, define } from './common/ui/element.js'
import { SHARE, settable } from './common/ui/settable.js'
import { withCommon } from './common/ui/texts.js'
import { Controller } from './segment/controller.js'
import { styles } from './segment/styles.js'
import { poster, template } from './segment/template.js'

/** @typedef {import('../engine/engine.js').Result} Result */
/** @typedef {import('../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../engine/protocol.js').Size} Size */

/** Width from which there are two columns, rem; as in styles.js. */
const NARROW = 56

const TEXTS = withCommon({ en: () => import('./segment/texts.en.js'), ko: () => import('./segment/texts.ko.js') })

export class FcnSegment extends FcnElement {
  /** @override */
  static properties = {
    model: {}, models: {}, variant: {}, size: {}, backend: {}, compare: SWITCH, view: {},
    patterns: SWITCH, unsure: SWITCH, samples: {}, sample: {}, opacity: SHARE, split: SHARE,
  }

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  #controller
  #intake
  #widths = new ResizeObserver(([entry]) => {
    const isNarrow = entry.contentRect.width < NARROW * parseFloat(getComputedStyle(document.documentElement).fontSize)
    this.#controller.show({ isNarrow })
  })

  constructor() {
    super(TEXTS)
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
    this.#controller = new Controller(this)
    this.#intake = new Intake(this, this.#controller)
  }

  /** The engine, once it was started; see `start()`. The elements of a page share it. */
  get engine() {
    return this.#controller.engine
  }

  /** The latest mask shown. @returns {Result | null} */
  get result() {
    return this.#controller.current?.result ?? null
  }

  /** Starts engine and model now instead of when first needed. */
  async start() {
    return await this.#controller.start()
  }

  /**
   * Segments a photo and shows it. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<Result>} rejects with an FcnError {code, message}; 'aborted' when a newer photo came
   */
  async segment(source) {
    return await this.#controller.open(source)
  }

  /**
   * Takes files as if they were dropped here: a photo, several, or a model's files. Failures are shown, not thrown.
   * @param {readonly File[]} files
   */
  async takeFiles(files) {
    await this.#controller.takeFiles(files)
  }

  /** Ends what is under way; what was shown before stays. */
  cancel() {
    this.#controller.cancel()
  }

  /** What is shown, as `key=value&…`, without what is as usual: for links. @override */
  get fragment() {
    return this.#controller.fragment
  }

  /** @override */
  set fragment(text) {
    this.#controller.fragment = text
  }

  /** @override */
  connected() {
    this.#intake.connect()
    this.#widths.observe(this)
    // Before its first update what was set on it may not have come to it.
    if (this.hasUpdated) this.#controller.connect()
  }

  /** @override */
  firstUpdated() {
    this.#controller.connect()
  }

  /** @override */
  released() {
    this.#intake.disconnect()
    this.#widths.disconnect()
    this.#controller.dispose()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed)
    if (changed.has('samples')) void this.#intake.loadGallery()
    if (changed.has('models')) void this.#controller.loadOffers()
    // A choice that failed isn't the one shown; a select keeps what a person chose in it.
    const models = /** @type {HTMLSelectElement | null} */ (this.renderRoot.querySelector('select.model'))
    if (models) models.value = this.#controller.modelChoice
    /** @param {string} name */
    const became = name => changed.has(name) && changed.get(name) !== undefined
    if (became('model')) this.#controller.changeModel()
    else if (became('size')) this.#controller.recompute()
    else if (became('variant') || became('compare')) this.#controller.complete()
  }

  /** @override */
  render() {
    return this.texts ? template(this.#controller.state, this.#controller.actions, this.#intake) : poster()
  }
}

define('fcn-segment', FcnSegment)
