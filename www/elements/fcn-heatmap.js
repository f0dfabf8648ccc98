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
 * Events: `fcn-result`, `fcn-change`, `fcn-error` (detail {code, message}).
 */
/// <reference path="./heatmap/tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { FcnElement, define } from './common/ui/element.js'
import { SHARE, settable } from './common/ui/settable.js'
import { withCommon } from './common/ui/texts.js'
import './heatmap/board.js'
import { Controller } from './heatmap/controller.js'
import { USUAL } from './heatmap/link.js'
import { styles } from './heatmap/styles.js'
import { template } from './heatmap/template.js'

/** @typedef {import('../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../engine/protocol.js').Size} Size */

const TEXTS = withCommon({ en: () => import('./heatmap/texts.en.js'), ko: () => import('./heatmap/texts.ko.js') })

export class FcnHeatmap extends FcnElement {
  /** @override */
  static properties = {
    model: {}, size: {}, view: {}, value: {}, opacity: SHARE, backend: {},
    samples: {}, sample: {}, upsample: {},
  }

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  #controller

  constructor() {
    super(TEXTS)
    this.model = ''
    /** @type {Size | string} */
    this.size = 'model'
    /** @type {'heat' | 'winner'} */
    this.view = 'heat'
    /** @type {'probability' | 'score'} */
    this.value = 'probability'
    /** Of the map over the photo, 0..1. */
    this.opacity = USUAL.opacity
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.samples = ''
    this.sample = ''
    this.upsample = ''
    this.#controller = new Controller(this, () => import('./fcn-model-card.js'))
  }

  /** The engine, while there is one. The elements of a page share it. */
  get engine() {
    return this.#controller.engine
  }

  /** The latest label and map shown. @returns {{label: Heatmap, map: Heatmap} | null} */
  get result() {
    return this.#controller.result
  }

  /**
   * What is read off label and map, and off those of the photo before it was moved (`before`); null before there are any.
   * `label`, `class`: names as the model has them; `probability`: 0..1; `peak`: the cell with the most of `class`, rows and
   * columns from 0, x and y of its middle in pixels of the working size; `shift`: pixels to the right and down.
   * @returns {import('./heatmap/reading.js').Told | null}
   */
  get reading() {
    return this.#controller.told
  }

  /** What is shown, as `key=value&…`, without what is as usual: for links. @override */
  get fragment() {
    return this.#controller.fragment
  }

  /** @override */
  set fragment(text) {
    this.#controller.fragment = text
  }

  /**
   * Computes a photo's label and heat map and shows them. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<{label: Heatmap, map: Heatmap}>} rejects with an FcnError {code, message}
   */
  async show(source) {
    return await this.#controller.open(source)
  }

  /**
   * Takes files as if they were dropped here: a photo, or a classifier's files. Failures are shown, not thrown.
   * @param {readonly File[]} files
   */
  async takeFiles(files) {
    await this.#controller.takeFiles(files)
  }

  /** @param {readonly File[]} files a classifier's; failures are shown, not thrown */
  async openClassifier(files) {
    await this.#controller.openModel(files)
  }

  /** Ends what is under way; what was shown before stays. */
  cancel() {
    this.#controller.cancel()
  }

  /** @override */
  connected() {
    // Before its first update what was set on it may not have come to it.
    if (this.hasUpdated) this.#controller.connect()
  }

  /** @override */
  firstUpdated() {
    this.#controller.connect()
  }

  /** @override */
  released() {
    this.#controller.dispose()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed)
    if (changed.has('samples')) void this.#controller.loadGallery()
    const became = (/** @type {string} */ name) => changed.has(name) && changed.get(name) !== undefined
    if (became('model')) this.#controller.changeModel()
    else if (became('size')) void this.#controller.resize()
  }

  /** @override */
  render() {
    return this.texts ? template(this.#controller.state, this.#controller.actions, this.#controller.intake) : nothing
  }
}

define('fcn-heatmap', FcnHeatmap)
