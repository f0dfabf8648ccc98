/**
 * The failure that an element shows and tells its page, and what "Try again" does about it.
 */

/** @typedef {import('./ui/failure.js').Failure} Failure */

/**
 * The element.
 * @typedef {object} Host
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 */

/** @template T what a failed job worked on */
export class Failures {
  #host
  #show
  /** @type {(() => void) | null} */
  #again = null
  /** What "Try again" works on. @type {T | null} */
  subject = null

  /** @param {Host} host @param {(change: {failure: Failure | null}) => void} show */
  constructor(host, show) {
    this.#host = host
    this.#show = show
  }

  get canRetry() {
    return this.#again !== null
  }

  /**
   * Shows a failure, and fires `fcn-error`.
   * @param {Failure} failure message: for developers
   * @param {(() => void) | null} again what "Try again" does
   * @param {T | null} [subject] that it needs
   */
  tell({ code, message, details = {} }, again, subject = null) {
    this.#again = again
    this.subject = subject
    this.#show({ failure: { code, message, details } })
    this.#host.emit('fcn-error', { code, message })
  }

  /** @param {string} code of the element's own: the texts have its sentence @param {(() => void) | null} [again] */
  fail(code, again = null) {
    this.tell({ code, message: this.#host.t(`error.${code}`) || code }, again)
  }

  dismiss() {
    this.#again = this.subject = null
    this.#show({ failure: null })
  }

  retry() {
    const again = this.#again
    this.#show({ failure: null })
    again?.()
  }
}
