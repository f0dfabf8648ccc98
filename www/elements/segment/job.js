/**
 * One photo's way to its mask. Settings may change on the way: then the computing begins again, the
 * photo stays, and whoever waits for the mask gets the one of the new settings.
 */

/** @typedef {import('./scene.js').Photo} Photo */

export class Job {
  #end = new AbortController()
  #round = new AbortController()
  /** What the present round computes; null while the photo is brought. @type {string | null} */
  #settings = null
  /** @type {Photo | null} */
  photo = null
  /** The photo for the screen. @type {import('../common/photo/image-tasks.js').Shown | null} */
  picture = null

  /** Aborted when the job is over: stopped, or a newer one came. */
  get signal() {
    return this.#end.signal
  }

  get isOver() {
    return this.#end.signal.aborted
  }

  /** What the latest round computes. */
  get settings() {
    return this.#settings
  }

  /**
   * A round of computing begins.
   * @param {string} settings of which its masks will be
   * @returns {AbortSignal} aborted when the job is over or other settings are wanted
   */
  begin(settings) {
    this.#settings = settings
    this.#round = new AbortController()
    if (this.isOver) this.#round.abort()
    return this.#round.signal
  }

  /**
   * Ends the round if it computes something else. Before the first round there is nothing to end:
   * settings are read when a round begins.
   * @param {string} settings wanted now
   */
  want(settings) {
    if (this.#settings !== null && this.#settings !== settings) this.#round.abort()
  }

  end() {
    this.#end.abort()
    this.#round.abort()
  }
}
