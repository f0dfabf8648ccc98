/**
 * `<fcn-model-card model models lang>`: what a model was trained on, on what terms, how well it does, how it
 * learned, and where it fails. All of it is read from the model's model.json.
 *
 * `model`: address of a model.json; left out: the model in use on the page, else the site's everyday model. `models`:
 * address of a models.json, whose models can then be chosen from. Property `own`: a person's own model, whose card is
 * shown while `model` is ''. All of it as data: model-card/docs.json. Events: `fcn-change`, `fcn-error`.
 */
/// <reference path="./model-card/tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { FcnElement, define } from './common/ui/element.js'
import { settable } from './common/ui/settable.js'
import { withCommon } from './common/ui/texts.js'
import { Controller } from './model-card/controller.js'
import { styles } from './model-card/styles.js'
import { template } from './model-card/template.js'

const TEXTS = withCommon({ en: () => import('./model-card/texts.en.js'), ko: () => import('./model-card/texts.ko.js') })

export class FcnModelCard extends FcnElement {
  /** @override */
  static properties = { model: {}, models: {}, own: { attribute: false } }

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  #controller = new Controller(this)
  #widths = new ResizeObserver(([entry]) => this.#controller.setWidth(Math.round(entry.contentRect.width)))

  constructor() {
    super(TEXTS)
    this.model = ''
    this.models = ''
    /** @type {import('./model-card/controller.js').Own | null} */
    this.own = null
  }

  /** The model that the reader chose, as `key=value&…`: for links. @override */
  get fragment() {
    return this.#controller.fragment
  }

  /** @override */
  set fragment(text) {
    this.#controller.fragment = text
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
  willUpdate(changed) {
    if (changed.has('models')) void this.#controller.loadOffers()
    if (changed.has('model') && changed.get('model') !== undefined) this.#controller.setModel()
    this.#controller.bring()
  }

  /** @override */
  render() {
    return this.texts ? template(this.#controller.state, this.#controller.actions) : nothing
  }
}

define('fcn-model-card', FcnModelCard)
