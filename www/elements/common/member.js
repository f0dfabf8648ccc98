/**
 * An element's part in the page's session: it joins when the session is first needed, so that `backend` may be set
 * before, and leaves when the element leaves the page.
 */
import { Session } from './session.js'

/** @typedef {import('./session.js').Backend} Backend */

/**
 * @typedef {object} Wishes
 * @property {() => Backend} [backend] read when the element joins
 * @property {Record<string, (event: Event) => void>} on what it does at the session's events, by type
 */

export class Member {
  #user
  #net
  #wishes
  /** @type {Session | null} */
  #session = null
  #listening = new AbortController()
  #leave = () => {}

  /**
   * @param {import('./photo/bitmaps.js').User} user the element's controller
   * @param {import('./model/in-use.js').NetInUse} net
   * @param {Wishes} wishes
   */
  constructor(user, net, wishes) {
    this.#user = user
    this.#net = net
    this.#wishes = wishes
  }

  /** The page's session, joined now at the latest. */
  get session() {
    if (this.#session) return this.#session
    const { backend, on } = this.#wishes
    const session = this.#session = Session.of(backend?.())
    session.bitmaps.addUser(this.#user)
    const { signal } = this.#listening = new AbortController()
    for (const [type, listener] of Object.entries(on)) session.addEventListener(type, listener, { signal })
    this.#leave = session.join(this.#net)
    return session
  }

  /** The session if the element has joined it. */
  get joined() {
    return this.#session
  }

  /** The element has left the page. */
  leave() {
    this.#listening.abort()
    this.#leave()
    this.#session = null
  }

  /** Closes the bitmaps that nobody uses. @param {Promise<unknown>} [update] after which the element shows no other */
  sweep(update = Promise.resolve()) {
    const sweep = () => this.#session?.bitmaps.sweep()
    update.then(sweep, sweep)
  }
}
