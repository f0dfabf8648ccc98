/**
 * "Take it along" in `<fcn-upsample>`: its link, its layer as code, its pictures. Fetched when somebody opens it.
 */
import { html } from '../../vendor/lit.js'
import { code } from './code.js'

/** @typedef {import('./controls.js').Context} Context */
/** @typedef {Context & {palette: import('./drawing/colours.js').Palette, link: string}} Shared */

export class Sharing {
  #changed
  #isBusy = false
  #message = ''

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.#changed = changed
  }

  /** @param {Shared} context */
  show(context) {
    const { control, words, link } = context
    const { pytorch, burn } = code(control.model.told.layer)
    const copy = (/** @type {string} */ name, /** @type {string} */ text) =>
      html`<button type="button" @click=${() => this.#copy(text, context)}>${name}</button>`
    return html`<div class="stack">
      <div class="bar">
        ${copy(words.share.link, link)}${copy(words.share.pytorch, pytorch)}${copy(words.share.burn, burn)}
        ${/** @type {const} */ (['png', 'svg', 'gif']).map(kind => html`<button type="button"
          ?disabled=${this.#isBusy || control.covered} @click=${() =>
            this.#save(kind, context)}>${words.share[kind]}</button>`)}
      </div>
      <p role="status">${this.#message}</p>
      <div class="code" role="group" tabindex="0" aria-label="PyTorch"><code>${pytorch}</code></div>
      <div class="code" role="group" tabindex="0" aria-label="Burn"><code>${burn}</code></div>
      <div class="code" role="group" tabindex="0" aria-label=${words.share.linkText}><code>${
        link.length > 2000 ? `${link.slice(0, 2000)}…` : link}</code></div>
    </div>`
  }

  /** @param {string} text @param {Shared} context */
  async #copy(text, { words }) {
    try {
      await navigator.clipboard.writeText(text)
      this.#tell(words.share.copied)
    } catch {
      this.#tell(words.share.notCopied)
    }
  }

  /** @param {'png' | 'svg' | 'gif'} kind @param {Shared} context */
  async #save(kind, { control, palette, words }) {
    this.#isBusy = true
    try {
      const { save } = await import('./drawing/export.js')
      const onProgress = (/** @type {number} */ part) => this.#tell(words.share.drawing(part))
      const name = await save(kind, control, { palette, words, onProgress })
      this.#tell(words.share.saved(name))
    } catch (error) {
      this.#tell(words.share.failed(error instanceof Error ? error.message : String(error)))
    }
    this.#isBusy = false
    this.#changed()
  }

  /** @param {string} message */
  #tell(message) {
    this.#message = message
    this.#changed()
  }
}
