/**
 * A part of `<fcn-upsample>` that is folded away until somebody opens it: its script comes then, and what it holds
 * stays. Folded away, it costs nothing.
 */
import { html, nothing } from '../../vendor/lit.js'

/** @template Module what its script gives */
export class Slot {
  #load
  #changed
  /** @type {Module | null} */
  #module = null
  #hasFailed = false
  /** @type {Promise<void> | null} */
  #coming = null

  /**
   * @param {() => Promise<Module>} load
   * @param {() => void} changed called when there is something new to show
   */
  constructor(load, changed) {
    this.#load = load
    this.#changed = changed
  }

  /** Fetches the script, once. */
  async load() {
    this.#hasFailed = false
    this.#coming ??= this.#load().then(module => { this.#module = module }, () => {
      this.#coming = null
      this.#hasFailed = true
    })
    await this.#coming
    this.#changed()
  }

  /**
   * @param {boolean} isOpen
   * @param {import('./texts.en.js').Words} words
   * @param {(module: Module) => unknown} content
   */
  show(isOpen, words, content) {
    if (isOpen && !this.#coming && !this.#hasFailed) void this.load()
    if (this.#module) return content(this.#module)
    if (!this.#hasFailed) return nothing
    return html`<div class="problem" role="alert"><p>${words.part.failed}</p>
      <div class="bar"><button type="button" @click=${() => void this.load()}>${words.part.again}</button></div></div>`
  }
}
