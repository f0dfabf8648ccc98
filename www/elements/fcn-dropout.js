/**
 * `<fcn-dropout>`: dropout (Srivastava et al., JMLR 2014). A small net with units dropped: what training computes and what
 * evaluation does, and that no parameter goes. And dropout left on over one's own photo, many passes, as a map of where the
 * net is unsure (Gal & Ghahramani, ICML 2016). One panel is shown at a time; the first needs nothing.
 *
 *     <script type="module" src="https://…/elements/fcn-dropout.js"></script>
 *     <fcn-dropout panel="units" lang="ko"></fcn-dropout>
 *
 * Attributes: `panel` (units | uncertainty), `model` (address of a model.json), `size` (model | native | long side in
 * pixels), `backend` (auto | webgpu | cpu), `samples` (address of a samples.json), `sample` (id of the one to begin
 * with), `lang` (en | ko). All of it as data: dropout/docs.json. Events: `fcn-result`, `fcn-change`, `fcn-error` (detail
 * {code, message}).
 */
/// <reference path="./dropout/tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { FcnElement, define } from './common/ui/element.js'
import { settable } from './common/ui/settable.js'
import { withCommon } from './common/ui/texts.js'
import { Controller } from './dropout/controller.js'
import { styles } from './dropout/styles.js'
import { template } from './dropout/template.js'

/** @typedef {import('../engine/protocol.js').Size} Size */

const TEXTS = withCommon({ en: () => import('./dropout/texts.en.js'), ko: () => import('./dropout/texts.ko.js') })

export class FcnDropout extends FcnElement {
  /** @override */
  static properties = { panel: {}, model: {}, size: {}, backend: {}, samples: {}, sample: {} }

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  #controller = new Controller(this)

  constructor() {
    super(TEXTS)
    /** @type {import('./dropout/controller.js').PanelName | ''} */
    this.panel = ''
    this.model = ''
    /** @type {Size | string} */
    this.size = 'model'
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.samples = ''
    this.sample = ''
  }

  /** What the small net shows. @returns {import('./dropout/units/controller.js').Told} */
  get units() {
    return this.#controller.units
  }

  /** The latest uncertainty shown. @returns {import('../engine/engine.js').Uncertainty | null} */
  get uncertainty() {
    return this.#controller.uncertainty
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
   * Takes files as if they were dropped here: a photo, or a model's files. Failures are shown, not thrown.
   * @param {readonly File[]} files
   */
  async takeFiles(files) {
    await this.#controller.takeFiles(files)
  }

  /** @override */
  connected() {
    this.#controller.connect()
  }

  /** @override */
  released() {
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

define('fcn-dropout', FcnDropout)
