/**
 * Where the masks of one element aren't to be believed.
 */
import { unsureMap } from '../../lib/unsure.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../lib/unsure.js').Unsure} Unsure */

/** Computed when first asked for. */
export class Uncertainty {
  /** null: on its way. @type {WeakMap<Result, Unsure | null>} */
  #known = new WeakMap()

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.changed = changed
  }

  /**
   * @param {Result} result
   * @returns {Unsure | null} null while it isn't known, and for results without scores
   */
  of(result) {
    const known = this.#known.get(result)
    if (known === undefined && result.scores) {
      this.#known.set(result, null)
      void unsureMap(result.scores).then(found => {
        this.#known.set(result, found)
        this.changed()
      })
    }
    return known ?? null
  }
}
