/**
 * "Your own photo" in `<fcn-upsample>`: folded away, it costs nothing. Its panel (panel.js), and
 * with it the engine, comes when somebody opens it; wasm and weights only when a photo is chosen.
 */
import { html, nothing } from '../../../vendor/lit.js'

/** @typedef {import('../texts.en.js').Words} Words */

/** The figure around the panel, see photo/controller.js. @typedef {import('./controller.js').Figure} Figure */
/** @typedef {import('../../../engine/engine.js').PhotoSource} PhotoSource */
/**
 * The panel; `stamp`: once its script is there.
 * @typedef {Element & {stamp?: (source: PhotoSource) => Promise<void>}} Panel
 */

export class OwnPhoto {
  /** Once opened, the panel stays, with what it holds. */
  #isWanted = false
  #hasFailed = false
  /** @type {Promise<void> | null} */
  #script = null

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.changed = changed
  }

  /** Fetches the panel's script, once. */
  async load() {
    this.#isWanted = true
    this.#hasFailed = false
    this.#script ??= import('./panel.js').then(() => {}, () => {
      this.#script = null
      this.#hasFailed = true
    })
    await this.#script
    this.changed()
  }

  /**
   * @param {Figure} figure
   * @param {boolean} isOpen
   * @param {Words} words
   * @param {string} language
   * @param {(isOpen: boolean) => void} toggle
   */
  template(figure, isOpen, words, language, toggle) {
    if (isOpen && !this.#isWanted) void this.load()
    const panel = !this.#isWanted ? nothing : this.#hasFailed
      ? html`<div class="problem" role="alert"><p>${words.photo.failed}</p>
          <div class="bar"><button type="button" @click=${() => void this.load()}>${words.photo.again}</button></div></div>`
      : html`<fcn-upsample-photo lang=${language} .figure=${figure}></fcn-upsample-photo>`
    return html`<details part="photo" ?open=${isOpen} @toggle=${(/** @type {Event} */ event) =>
      toggle(/** @type {HTMLDetailsElement} */ (event.currentTarget).open)}>
      <summary>${words.photo.title}</summary>${panel}</details>`
  }

  /**
   * The panel, once it stands.
   * @param {ParentNode} root
   * @returns {Panel | null}
   */
  panel(root) {
    return root.querySelector('fcn-upsample-photo')
  }
}
