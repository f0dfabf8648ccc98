/**
 * Taking a figure along: copying its link and code, saving its pictures.
 */

/** @typedef {import('./texts.en.js').Words} Words */

export class Taking {
  isOpen = false
  isBusy = false
  message = ''

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.changed = changed
  }

  /** @param {string} text @param {Words} words */
  async copy(text, words) {
    try {
      await navigator.clipboard.writeText(text)
      this.#tell(words.share.copied)
    } catch {
      this.#tell(words.share.notCopied)
    }
  }

  /**
   * @param {'png' | 'svg' | 'gif'} kind
   * @param {import('./control.js').Control} control
   * @param {import('./drawing/colours.js').Palette} palette
   * @param {Words} words
   */
  async save(kind, control, palette, words) {
    this.isBusy = true
    try {
      const { save } = await import('./drawing/export.js')
      const onProgress = (/** @type {number} */ part) => this.#tell(words.share.drawing(part))
      const name = await save(kind, control, { palette, words, onProgress })
      this.#tell(words.share.saved(name))
    } catch (error) {
      this.#tell(words.share.failed(error instanceof Error ? error.message : String(error)))
    }
    this.isBusy = false
    this.changed()
  }

  /** @param {string} message */
  #tell(message) {
    this.message = message
    this.changed()
  }
}
