/**
 * The words of `<fcn-upsample>` in the language of its surroundings, fetched when they are needed.
 */
import { languageOf, loadWords, wordsOf } from './explain.js'

/** @typedef {import('./en.js').Words} Words */
/** @typedef {import('./explain.js').Language} Language */

export class Speech {
  /** @type {Words | null} */
  #spoken = null
  /** The language whose words didn't come. */
  #unheard = ''
  /** While words are on their way. @type {Promise<void> | null} */
  loading = null

  /**
   * @param {Element} host
   * @param {() => void} arrived called when words have come
   */
  constructor(host, arrived) {
    this.host = host
    this.arrived = arrived
  }

  /** @returns {Language} */
  get language() {
    const { host } = this
    const lang = host.getAttribute('lang') ?? host.closest('[lang]')?.getAttribute('lang') ?? document.documentElement.lang
    return languageOf(lang || navigator.language)
  }

  /** Words in the present language; in the former one while the new ones are on their way. */
  get words() {
    const { language } = this
    const words = wordsOf(language)
    if (words) this.#spoken = words
    else if (this.#unheard !== language) this.loading ??= this.#hear(language)
    return this.#spoken
  }

  /** @param {Language} language */
  async #hear(language) {
    try {
      await loadWords(language)
      this.#unheard = ''
    } catch {
      // Not to be asked for again and again; another language may still come.
      this.#unheard = language
    }
    this.loading = null
    this.arrived()
  }
}
