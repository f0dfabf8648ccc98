/**
 * The nets that the worker holds, with what is known of each from its latest pass. Whatever is taken
 * out is freed.
 */
import { FcnError } from '../../lib/errors.js'
import { freeQuietly } from './free.js'
import { close } from './opened.js'

/**
 * @typedef {object} Held
 * @property {number} id
 * @property {import('./passes/segment.js').Net} net
 * @property {import('../protocol.js').Manifest} manifest
 * @property {number} pace how long the latest pass took, milliseconds a pixel of the working size; 0: there was none
 * @property {number} pass the latest pass, by number
 * @property {import('./passes/segment.js').Scores[]} scores of the latest pass
 * @property {import('./opened.js').Keeper} kept the pass opened last
 */

export class Nets {
  /** @type {Map<number, Held>} */
  #nets = new Map()

  /**
   * @param {number} id
   * @param {Held['net']} net
   * @param {Held['manifest']} manifest
   */
  add(id, net, manifest) {
    this.#nets.set(id, { id, net, manifest, pace: 0, pass: 0, scores: [], kept: { opened: null } })
  }

  /**
   * @param {number} id
   * @returns {Held}
   * @throws {FcnError} no_model
   */
  get(id) {
    const held = this.find(id)
    if (!held) throw new FcnError('no_model')
    return held
  }

  /** @param {number} id */
  find(id) {
    return this.#nets.get(id)
  }

  /** @param {number} id */
  drop(id) {
    const held = this.find(id)
    if (!held) return
    this.#nets.delete(id)
    freeScores(held)
    close(held.kept)
    held.net.free()
  }
}

/**
 * Whoever wants the latest pass's scores comes too late: the next one needs their memory.
 * @param {Held} held
 */
export function freeScores(held) {
  held.scores.forEach(freeQuietly)
  held.scores = []
}
