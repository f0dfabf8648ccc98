/**
 * `<fcn-upsample-learn>`: the panel of `<fcn-upsample>` in which the kernel learns by gradient descent. Its script
 * comes when the panel is opened; it needs neither engine nor wasm.
 */
import { nothing } from '../../../vendor/lit.js'
import { translator } from '../../../lib/i18n.js'
import { FcnElement, define } from '../../common/ui/element.js'
import { paint } from '../drawing/scene.js'
import { curveOf, sceneOf } from './boards.js'
import { Controller } from './controller.js'
import { learnStyles } from './styles.js'
import { template } from './template.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../drawing/colours.js').Palette} Palette */

/** @type {import('../../common/ui/element.js').TextFiles<Translate>} */
const TEXTS = {
  en: async () => ({ texts: translator((await import('./texts.en.js')).texts) }),
  ko: async () => ({ texts: translator((await import('./texts.ko.js')).texts) }),
}

export class FcnUpsampleLearn extends FcnElement {
  /** @override */
  static properties = {
    figure: { attribute: false }, palette: { attribute: false }, width: { attribute: false }, em: { attribute: false },
  }

  /** @override */
  static styles = [learnStyles]

  #controller = new Controller(this)

  constructor() {
    super(TEXTS)
    /** @type {import('./controller.js').Figure | null} */
    this.figure = null
    /** The figure's colours, and the room it has. @type {Palette | null} */
    this.palette = null
    this.width = 640
    this.em = 16
  }

  /** @returns {import('./training.js').Learning | null} */
  get learning() {
    return this.#controller.learning
  }

  /** @override */
  connected() {
    this.#controller.connect(/** @type {ShadowRoot} */ (this.getRootNode()).host)
  }

  /** @override */
  released() {
    this.#controller.dispose()
  }

  /** @override */
  render() {
    const { state, actions } = this.#controller
    return this.texts && state ? template(state, actions) : nothing
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed)
    const { state } = this.#controller
    if (!state?.boards || !this.palette) return
    const { boards, former, training: { losses, best, settings } } = state
    const look = { palette: this.palette, width: this.width, em: this.em }
    const least = settings.map ? 0 : best?.loss ?? 0
    for (const place of this.renderRoot.querySelectorAll('[data-board]')) {
      const name = /** @type {import('./boards.js').BoardName | 'curve'} */ (place.getAttribute('data-board'))
      const scene = name === 'curve' ? curveOf(losses, former, least, look) : sceneOf(name, boards[name], look)
      paint(/** @type {HTMLElement} */ (place), scene)
    }
  }
}

define('fcn-upsample-learn', FcnUpsampleLearn)
