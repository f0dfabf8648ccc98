/**
 * A transposed convolution that learns: its map, its target, where it started, where it is after how many steps of
 * gradient descent, and what may be said of that. No pixel and no word of it.
 */
import {
  bestKernel, curvature, descent, enlarged, enlargingKernel, largestStableRate, meetingsOf, pooled, randomMap,
  randomness, stepped,
} from '../../../lib/transposed/learning.js'
import { area, check, geometry } from '../../../lib/transposed/geometry.js'
import { toRows } from '../../../lib/transposed/codec.js'
import { MOST_STEPS } from './settings.js'

/** @typedef {import('../../../lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('../../../lib/transposed/learning.js').Descent} Descent */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * Why nothing can be learned: too much to draw, no output, no photo, a photo of one grey.
 * @typedef {'large' | 'empty' | 'photo' | 'flat'} Obstacle
 */

/**
 * The largest differences of a cell from kernels that are known; `best`: null where several do equally well.
 * @typedef {{bilinear: number, nearest: number, best: number | null}} Distance
 */

/**
 * What a program is told.
 * @typedef {object} Learning
 * @property {number} steps
 * @property {number} loss mean of the squared errors
 * @property {number} rate
 * @property {number | null} limit the rate above which the kernel diverges; null while the map is learned too
 * @property {number[][]} kernel
 * @property {Distance} distance
 * @property {boolean} diverged
 * @property {boolean} settled whether further steps change nothing worth showing
 */

/** Kernel cells, output cells and products up to which a step is quick and the pictures can be read. */
const MOST = { kernel: 400, output: 128 * 128, products: 60_000 }

/** Side of the map: long enough for one best kernel, and where it is a photo, for seeing something. */
const [LEAST_SIDE, MOST_SIDE] = [6, 12]

/** The loss has diverged when it is this many times what it was, or what a kernel of zeros has. */
const BEYOND = 1e6

/** It has settled when the slope, times the largest stable rate, moves no cell by more. */
const STILL = 1e-6

export class Training {
  /** @type {Obstacle | null} */
  obstacle = null
  /** Losses from the start on. @type {number[]} */
  losses = []
  hasDiverged = false

  /**
   * @param {Layer} layer the figure's; the map's size is chosen here
   * @param {Settings} settings
   * @param {((size: Pair) => Float64Array | null) | null} photo gives a photo's greys, 0 on average; null: of one grey
   */
  constructor(layer, settings, photo) {
    this.settings = settings
    const isPhoto = settings.target === 'photo'
    const side = (/** @type {0 | 1} */ axis) => isPhoto ? MOST_SIDE
      : Math.min(MOST_SIDE, Math.max(LEAST_SIDE, 2 * Math.ceil(layer.kernel[axis] / layer.stride[axis]) + 2))
    /** @type {Layer} */
    this.layer = { ...structuredClone(layer), input: [side(0), side(1)] }
    this.output = geometry(this.layer).output
    /** @type {Float64Array} */
    this.input = new Float64Array()
    /** @type {Float64Array} */
    this.kernel = new Float64Array()
    /** @type {Float64Array} */
    this.target = new Float64Array()
    this.meetings = meetingsOf({ ...this.layer, input: [0, 0] })
    this.rate = settings.rate ?? 1
    this.limit = Infinity
    /** @type {ReturnType<typeof bestKernel>} */
    this.best = null
    /** @type {Descent} */
    this.now = { loss: 0, output: this.target, error: this.target, kernel: this.kernel, input: this.input }
    this.obstacle = this.#prepare(photo)
  }

  /** @param {((size: Pair) => Float64Array | null) | null} photo @returns {Obstacle | null} */
  #prepare(photo) {
    const { layer, settings } = this
    const cells = area(layer.kernel)
    if (this.output.some(side => side < 1)) return 'empty'
    const isLarge = cells > MOST.kernel || area(this.output) > MOST.output || cells * area(layer.input) > MOST.products
    if (isLarge || check(layer).length) return 'large'
    if (settings.target === 'photo') {
      if (!photo) return 'photo'
      const greys = photo(this.output)
      if (!greys) return 'flat'
      this.target = greys
      this.input = pooled(layer, greys)
    } else {
      this.input = randomMap(layer.input, settings.seed)
      this.target = enlarged(layer, this.input, settings.target)
    }
    // Another seed than the map's, or its first numbers would be the kernel's.
    const random = randomness(settings.seed + 0x5eed)
    this.kernel = settings.start === 'bilinear' ? enlargingKernel(layer, 'smooth')
      : Float64Array.from({ length: cells }, () => settings.start === 'zeros' ? 0 : random() - 0.5)
    this.meetings = meetingsOf(layer)
    const matrix = curvature(layer, this.input)
    this.limit = largestStableRate(matrix)
    this.best = bestKernel(layer, this.input, this.target, matrix)
    this.rate = settings.rate ?? this.#usualRate()
    this.#look()
    return null
  }

  /** Half of what is just stable: the steepest part of the error is gone at once. */
  #usualRate() {
    // With both learned, the steepest direction is at most as steep as both together.
    const ofMap = this.settings.map ? 2 / largestStableRate(curvature(this.layer, this.kernel, 'input')) : 0
    const steepest = 2 / this.limit + ofMap
    return steepest === 0 ? 1 : Number((1 / steepest).toPrecision(1))
  }

  #look() {
    this.now = descent(this.layer, this.input, this.kernel, this.target, this.meetings)
    this.losses.push(this.now.loss)
    const zero = this.target.reduce((sum, value) => sum + value * value, 0) / this.target.length
    this.hasDiverged = !(this.now.loss <= BEYOND * Math.max(this.losses[0], zero))
  }

  /** How many steps have been gone. */
  get steps() {
    return Math.max(0, this.losses.length - 1)
  }

  /** Whether another step may be gone. */
  get canStep() {
    return !this.obstacle && !this.hasDiverged && this.steps < MOST_STEPS
  }

  /** Whether the slope is so small that further steps change nothing worth showing. */
  get hasSettled() {
    const scale = this.limit === Infinity ? 1 : this.limit
    const { kernel, input } = this.now
    const isStill = (/** @type {Float64Array} */ gradient) => gradient.every(value => Math.abs(value) * scale <= STILL)
    return isStill(kernel) && (!this.settings.map || isStill(input))
  }

  step() {
    if (!this.canStep) return
    const { kernel, input } = this.now
    this.kernel = stepped(this.kernel, kernel, this.rate)
    if (this.settings.map) this.input = stepped(this.input, input, this.rate)
    this.#look()
  }

  /** The largest differences from the kernels that are known. @returns {Distance} */
  get distance() {
    const { kernel, layer } = this
    const from = (/** @type {Float64Array} */ other) =>
      kernel.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at])), 0)
    return {
      bilinear: from(enlargingKernel(layer, 'smooth')), nearest: from(enlargingKernel(layer, 'blocky')),
      best: this.best && !this.settings.map ? from(this.best.kernel) : null,
    }
  }

  /** @returns {Learning | null} null: there is nothing to learn from */
  get learning() {
    if (this.obstacle) return null
    const { steps, rate, distance } = this
    return {
      steps, loss: this.now.loss, rate, limit: this.settings.map ? null : this.limit,
      kernel: toRows(this.kernel, this.layer.kernel), distance, diverged: this.hasDiverged, settled: this.hasSettled,
    }
  }
}
