/** What the small net holds: how it is dropped out, which mask is shown, and what comes of it. */
import { expectedOf, forward, keptOf, meanOfMasks, parametersOf, smallNet } from '../../../lib/dropout.js'

/** Inputs, hidden units, outputs. */
const SIZES = /** @type {const} */ ([6, 8, 3])
/** Of the weights: with these most hidden units are above zero, and a softmax shows that it isn't linear. */
const WEIGHTS = 32
const NET = smallNet(WEIGHTS, SIZES)
const PARAMETERS = parametersOf(NET)
/** The most masks that a mean is taken over. */
export const MOST_MASKS = 2000
/** The largest probability that can be set, and the step to it. */
export const MOST_P = 0.9
export const STEP_P = 0.05
/** The largest seed that can be typed. */
export const MOST_SEED = 9999

const USUAL = { p: 0.5, mode: 'training', mask: 1, seed: 1 }

/**
 * What the panel shows, for whoever embeds it. Numbers as computed, in the order of the units.
 * @typedef {object} Told
 * @property {number} p the probability that a hidden unit is dropped
 * @property {boolean} training false: evaluation, in which nothing is dropped
 * @property {number} seed of the masks
 * @property {number} mask which one, from 1; so many are in `mean`
 * @property {boolean[]} kept the hidden units; all of them in evaluation
 * @property {number[]} hidden their activations after dropout
 * @property {number[]} outputs of this pass, before any softmax
 * @property {number[]} mean of the outputs over the masks drawn so far
 * @property {number[]} evaluation the outputs of evaluation
 * @property {number[]} expected of the outputs, over all masks
 * @property {number} parameters weights and biases, with and without dropout
 */

/** @typedef {Units['state']} State */
/** @typedef {Units['actions']} Actions */

export class Units {
  #changed
  #p = USUAL.p
  #seed = USUAL.seed
  #mask = USUAL.mask
  #isTraining = true
  /** @type {{key: string, mean: import('../../../lib/dropout.js').Means, expected: import('../../../lib/dropout.js').Means} | null} */
  #known = null
  usual = USUAL

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.#changed = changed
  }

  get values() {
    return { p: this.#p, mode: this.#isTraining ? 'training' : 'evaluation', mask: this.#mask, seed: this.#seed }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values(said) {
    const whole = (/** @type {'mask' | 'seed'} */ key, /** @type {number} */ least, /** @type {number} */ most) => {
      const value = Number(said[key])
      return Number.isInteger(value) && value >= least && value <= most ? value : USUAL[key]
    }
    const p = Number(said['p'])
    this.#p = p >= 0 && p <= MOST_P ? p : USUAL.p
    this.#isTraining = said['mode'] !== 'evaluation'
    this.#mask = whole('mask', 1, MOST_MASKS)
    this.#seed = whole('seed', 0, MOST_SEED)
    this.#changed()
  }

  /** All that the template reads. */
  get state() {
    const [p, seed, mask] = [this.#p, this.#seed, this.#mask]
    const units = NET.hidden.bias.length
    const kept = this.#isTraining ? keptOf({ seed, pass: mask - 1, layer: 0, p }, units) : Array(units).fill(true)
    return {
      p, seed, mask, kept, isTraining: this.#isTraining, net: NET, parameters: PARAMETERS,
      pass: forward(NET, this.#isTraining ? kept : null, p), plain: forward(NET, null, p), ...this.#means,
    }
  }

  get #means() {
    const [p, seed, mask] = [this.#p, this.#seed, this.#mask]
    const key = [p, seed, mask].join()
    if (this.#known?.key !== key) {
      this.#known = { key, mean: meanOfMasks(NET, { seed, p }, mask), expected: expectedOf(NET, p) }
    }
    const { mean, expected } = this.#known
    return { mean, expected }
  }

  /** @returns {Told} */
  get told() {
    const { p, seed, mask, kept, isTraining, pass, plain, mean, expected, parameters } = this.state
    return {
      p, training: isTraining, seed, mask, kept: [...kept], hidden: [...pass.hidden], outputs: [...pass.outputs],
      mean: mean.outputs, evaluation: [...plain.outputs], expected: expected.outputs, parameters,
    }
  }

  /** What the template does. */
  actions = {
    /** @param {number} p */
    setP: p => {
      this.#p = p
      this.#changed()
    },
    /** @param {boolean} isTraining */
    setTraining: isTraining => {
      this.#isTraining = isTraining
      this.#changed()
    },
    /** @param {number} seed */
    setSeed: seed => {
      if (Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED) {
        this.#seed = seed
        this.#mask = 1
      }
      this.#changed()
    },
    /** @param {number} by so many masks more; the one shown is the last of them */
    draw: by => {
      this.#mask = Math.min(this.#mask + by, MOST_MASKS)
      this.#isTraining = true
      this.#changed()
    },
    first: () => {
      this.#mask = 1
      this.#changed()
    },
  }
}
