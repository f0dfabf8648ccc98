/**
 * `<fcn-inside>`: the net opened on one's own photo: its stages and their maps, the tail with its skips, why a pixel got
 * its class, which pixels mattered. Where the cells of every map lie and what they see (Long, Shelhamer & Darrell, CVPR
 * 2015; Dumoulin & Visin, arXiv 1603.07285; Araujo, Norris & Sim, Distill 2019), and what layers that a person pastes
 * make of a map. One panel is shown at a time.
 *
 *     <script type="module" src="https://…/elements/fcn-inside.js"></script>
 *     <fcn-inside panel="ruler" lang="ko"></fcn-inside>
 *
 * Attributes: `panel` (stages | tail | pixel | occlusion | ruler | calculator), `model` (address of a model.json),
 * `models` (address of a list of them), `size` (model | native | long side in
 * pixels), `backend` (auto | webgpu | cpu), `samples` (address of a samples.json), `sample` (id of the one to begin
 * with), `upsample` (address of where a reader sees a transposed convolution step by step), `lang` (en | ko). All of it
 * as data: inside/docs.json. Events: `fcn-change`, `fcn-error` (detail {code, message}).
 */
/// <reference path="./inside/tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { FcnElement, define } from './common/ui/element.js'
import { settable } from './common/ui/settable.js'
import { withCommon } from './common/ui/texts.js'
import { Controller } from './inside/controller.js'
import { styles } from './inside/styles.js'
import { template } from './inside/template.js'

/** @typedef {import('../engine/protocol.js').Size} Size */

const TEXTS = withCommon({ en: () => import('./inside/texts.en.js'), ko: () => import('./inside/texts.ko.js') })

export class FcnInside extends FcnElement {
  /** @override */
  static properties = {
    panel: {}, model: {}, models: {}, size: {}, backend: {}, samples: {}, sample: {}, upsample: {},
  }

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  #controller = new Controller(this)
  #widths = new ResizeObserver(([entry]) => this.#controller.setWidth(Math.floor(entry.contentRect.width)))

  constructor() {
    super(TEXTS)
    /** @type {import('./inside/controller.js').PanelName | ''} */
    this.panel = ''
    this.model = ''
    this.models = ''
    /** @type {Size | string} */
    this.size = 'model'
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.samples = ''
    this.sample = ''
    this.upsample = ''
  }

  /** The panel shown and what is set in each, as `key=value&…`, without what is as usual: for links. @override */
  get fragment() {
    return this.#controller.fragment
  }

  /** @override */
  set fragment(text) {
    this.#controller.fragment = text
  }

  /**
   * What the panel shown says. Stages: each one's parameters and multiply-adds. Tail: the skips' gains, and how many of the
   * working size's pixels have another class than with both whole. Ruler: its settings, the size that comes out of the head
   * (`enlarged`) and the pixel of it at which the photo begins (`crop`). Null for other panels, and until it is there.
   * @returns {import('./inside/controller.js').Reading | null}
   */
  get reading() {
    return this.#controller.reading
  }

  /**
   * What the layer calculator makes of the layers in it, in the order of the text. `line` counts from 1; `shape`:
   * channels, rows, columns of what comes out, or how many numbers in a row; null: nothing does. `problem`: why PyTorch
   * stops there, in the element's language once its texts came; null: it goes on.
   * @returns {{name: string, label: string, line: number, shape: number[] | null,
   *   problem: {code: string, message: string} | null}[]}
   */
  get layers() {
    return this.#controller.layers
  }

  /**
   * Takes files as if they were dropped here: a photo, or a model's files. Failures are shown, not thrown.
   * @param {readonly File[]} files
   */
  async takeFiles(files) {
    await this.#controller.takeFiles(files)
  }

  /** @override */
  connected() {
    this.#widths.observe(this)
    this.#controller.connect()
  }

  /** @override */
  released() {
    this.#widths.disconnect()
    this.#controller.dispose()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed)
    if (this.texts) this.#controller.drawn()
  }

  /** @override */
  render() {
    return this.texts ? template(this.#controller.state, this.#controller.actions) : nothing
  }
}

define('fcn-inside', FcnInside)
