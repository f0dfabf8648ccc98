/**
 * Whether an element is looked at: once it has been out of sight for a while, it can give memory back.
 */

/** Milliseconds. */
const UNSEEN = 60_000

export class Sight {
  #element
  #on
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #observer = new IntersectionObserver(entries => this.#look(entries.at(-1)?.isIntersecting === true))

  /**
   * @param {Element} element
   * @param {{seen?: () => void, unseen: () => void}} on seen: it has come into sight, or just left it; unseen: it was out
   *   of sight for a minute
   */
  constructor(element, on) {
    this.#element = element
    this.#on = on
  }

  connect() {
    this.#observer.observe(this.#element)
  }

  disconnect() {
    this.#observer.disconnect()
    clearTimeout(this.#timer)
  }

  /** @param {boolean} isSeen */
  #look(isSeen) {
    clearTimeout(this.#timer)
    this.#on.seen?.()
    if (!isSeen) this.#timer = setTimeout(this.#on.unseen, UNSEEN)
  }
}
