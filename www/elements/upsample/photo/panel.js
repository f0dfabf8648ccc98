/**
 * `<fcn-upsample-photo>`: the panel of `<fcn-upsample>` for one's own photo. Its script comes when the panel is
 * opened; wasm and a model come when the first photo is chosen.
 */
import { nothing } from '../../../vendor/lit.js'
import { FcnElement, define } from '../../common/ui/element.js'
import { failureStyles } from '../../common/ui/failure.js'
import { progressStyles } from '../../common/ui/progress.js'
import { withCommon } from '../../common/ui/texts.js'
import { tokens } from '../../common/ui/tokens.js'
import { Controller } from './controller.js'
import { photoStyles } from './styles.js'
import { template } from './template.js'

const TEXTS = withCommon({ en: () => import('./texts.en.js'), ko: () => import('./texts.ko.js') })

export class FcnUpsamplePhoto extends FcnElement {
  /** @override */
  static properties = { figure: { attribute: false } }

  /** @override */
  static styles = [tokens, failureStyles, progressStyles, photoStyles]

  #controller = new Controller(this)

  constructor() {
    super(TEXTS)
    /** @type {import('./controller.js').Figure | null} */
    this.figure = null
  }

  /**
   * Runs the net on a photo and shows the largest class. A newer call ends an older one.
   * @param {import('../../../engine/engine.js').PhotoSource} source
   * @returns {Promise<void>} rejects with an FcnError
   */
  async stamp(source) {
    await this.#controller.stamp(source)
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
    return this.texts ? template(this.#controller.state, this.#controller.actions) : nothing
  }
}

define('fcn-upsample-photo', FcnUpsamplePhoto)
