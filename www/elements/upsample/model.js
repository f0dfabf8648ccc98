/**
 * What `<fcn-upsample>` shows, without a pixel or a word of it: the layer asked for and the
 * latest possible one, the maps, the cursor, and everything computed from them on demand.
 */
import { FIELDS, area, cellAt, check, geometry } from '../../lib/transposed/geometry.js'
import { convMatrix, flip, overlaps, scatter, spread, stamp, trim } from '../../lib/transposed/compute.js'
import { filled, resized } from '../../lib/transposed/fill.js'
import { currentSpot, linksOf, spotAt } from './spots.js'

/** @typedef {import('../../lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('../../lib/transposed/geometry.js').Problem} Problem */
/** @typedef {import('../../lib/transposed/codec.js').MapSource} MapSource */
/** @typedef {import('./spots.js').Spot} Spot */
/** @typedef {'stamp' | 'gather' | 'matrix' | 'all'} View */
/** What one step finishes: the stamp of an input cell, or an output cell. @typedef {'input' | 'output'} Walk */

export const VIEWS = /** @type {readonly View[]} */ (['stamp', 'gather', 'matrix', 'all'])

/** Cells of C up to which it is computed and drawn; beyond, the figure says so instead. */
export const MATRIX_LIMIT = 400_000

export class Model {
  /** What was asked for; may be impossible. @type {Layer} */
  draft = { input: [3, 3], kernel: [3, 3], stride: [1, 1], padding: [0, 0], outputPadding: [0, 0], dilation: [1, 1] }
  /** The latest possible layer; what is drawn. @type {Layer} */
  layer = structuredClone(this.draft)
  /** @type {Problem[]} */
  problems = []
  /** @type {View} */
  view = 'stamp'
  /** null: what suits the view. @type {Walk | null} */
  walk = null
  /** Where a person points. @type {Spot | null} */
  hover = null

  #step = 0
  /** @type {MapSource} */
  #input = { size: [3, 3], fill: 'sample', values: null }
  /** @type {MapSource} */
  #weights = { size: [3, 3], fill: 'sample', values: null }
  /** Maps asked for together with a layer that is still to be found possible. @type {MapSource | null} */
  #askedInput = null
  /** @type {MapSource | null} */
  #askedWeights = null
  #dirty = false
  /** @type {Map<string, unknown>} */
  #cache = new Map()
  /** @type {{count: number, sums: Float64Array, counts: Float64Array} | null} */
  #walked = null
  /** @type {{key: string, of: Float64Array, spot: Spot} | null} */
  #current = null

  /**
   * Asks for other sizes, in cells.
   * @param {Partial<Layer>} parts
   */
  ask(parts) {
    for (const field of FIELDS) {
      const pair = parts[field]
      if (pair) this.draft[field] = [...pair]
    }
    this.#dirty = true
  }

  /** @param {MapSource} source */
  askInput(source) {
    this.#askedInput = source
    this.ask({ input: source.size })
  }

  /** @param {MapSource} source */
  askWeights(source) {
    this.#askedWeights = source
    this.ask({ kernel: source.size })
  }

  /** Takes over the draft when it is possible; otherwise notes why not. Cheap when nothing changed. */
  settle() {
    if (!this.#dirty) return
    this.#dirty = false
    this.problems = check(this.draft)
    if (this.problems.length) return
    const finished = this.#step > 0 && this.#step >= this.steps
    this.layer = structuredClone(this.draft)
    this.#input = this.#askedInput ?? this.#input
    this.#weights = this.#askedWeights ?? this.#weights
    this.#askedInput = this.#askedWeights = null
    this.#forget()
    this.hover = null
    this.#step = finished ? this.steps : Math.min(this.#step, this.steps)
  }

  /** Gives up an impossible draft. */
  revert() {
    this.draft = structuredClone(this.layer)
    this.#askedInput = this.#askedWeights = null
    this.problems = []
    this.#dirty = false
  }

  /**
   * @template T
   * @param {string} key
   * @param {() => T} make
   * @returns {T}
   */
  #kept(key, make) {
    if (!this.#cache.has(key)) this.#cache.set(key, make())
    return /** @type {T} */ (this.#cache.get(key))
  }

  get geometry() {
    return this.#kept('geometry', () => geometry(this.layer))
  }

  /** Input values, row by row. */
  get input() {
    return this.#kept('input', () => materialise(this.#input, this.layer.input, 'input'))
  }

  /** Kernel, row by row. */
  get weights() {
    return this.#kept('weights', () => materialise(this.#weights, this.layer.kernel, 'kernel'))
  }

  get flipped() {
    return this.#kept('flipped', () => flip(this.weights))
  }

  /** The finished canvas, border included. */
  get canvas() {
    return this.#kept('canvas', () => scatter(this.layer, this.input, this.weights))
  }

  /** Stamps on each canvas cell when all have landed. */
  get overlaps() {
    return this.#kept('overlaps', () => overlaps(this.layer))
  }

  /** The finished output, row by row. */
  get output() {
    return this.#kept('output', () => trim(this.layer, this.canvas))
  }

  get spread() {
    return this.#kept('spread', () => spread(this.layer, this.input))
  }

  /** C, or null when it is too large. */
  get matrix() {
    return this.#kept('matrix', () => area(this.layer.input) * area(this.geometry.output) > MATRIX_LIMIT
      ? null : convMatrix(this.layer, this.weights))
  }

  /** Largest magnitudes, for colours that mean the same on every step; at least a little. */
  get largest() {
    const of = (/** @type {ArrayLike<number>} */ map) => {
      let most = 1e-9
      for (let i = 0; i < map.length; i++) most = Math.max(most, Math.abs(map[i]))
      return most
    }
    return this.#kept('largest', () => ({ input: of(this.input), weights: of(this.weights),
      canvas: of(this.canvas), overlaps: of(this.overlaps) }))
  }

  /** Sums and stamp counts after the current number of stamps, computed from where it was left. */
  get walked() {
    const count = this.walkBy === 'input' ? this.#step : area(this.layer.input)
    const { canvas: size } = this.geometry
    if (!this.#walked || this.#walked.count > count) {
      this.#walked = { count, sums: scatter(this.layer, this.input, this.weights, count),
        counts: overlaps(this.layer, count) }
    }
    const ones = this.#kept('ones', () => new Float64Array(area(this.layer.kernel)).fill(1))
    for (; this.#walked.count < count; this.#walked.count++) {
      stamp(this.layer, this.weights, this.input[this.#walked.count], this.#walked.count, this.#walked.sums, size[1])
      stamp(this.layer, ones, 1, this.#walked.count, this.#walked.counts, size[1])
    }
    return this.#walked
  }

  /** @returns {Walk} */
  get walkBy() {
    return this.walk ?? (this.view === 'stamp' || this.view === 'all' ? 'input' : 'output')
  }

  get steps() {
    return area(this.walkBy === 'input' ? this.layer.input : this.geometry.output)
  }

  get step() {
    return this.#step
  }

  set step(step) {
    const whole = Number.isFinite(step) ? Math.trunc(step) : step > 0 ? this.steps : 0
    this.#step = Math.min(Math.max(whole, 0), this.steps)
  }

  /**
   * Changes view or walk; the cursor stays where it is as far as the new walk knows the place.
   * @param {View} view
   * @param {Walk | null} [walk] default: as before
   */
  show(view, walk = this.walk) {
    const before = this.walkBy
    const finished = this.#step >= this.steps
    const spot = this.current
    this.view = view
    this.walk = walk
    if (this.walkBy === before || this.#step === 0) return
    if (finished) this.#step = this.steps
    else if (this.walkBy === 'input') this.#step = (spot.input ?? 0) + 1
    else if (spot.cell) this.#step = this.outputIndex(spot.cell) + 1
    else this.#step = 0
  }

  /**
   * @param {Pair} cell of the canvas
   * @returns {number} position in the output, or -1 when padding trims the cell
   */
  outputIndex([row, col]) {
    const { output } = this.geometry
    const r = row - this.layer.padding[0]
    const c = col - this.layer.padding[1]
    return r < 0 || c < 0 || r >= output[0] || c >= output[1] ? -1 : r * output[1] + c
  }

  /**
   * @param {number} index in the output
   * @returns {Pair} cell of the canvas
   */
  canvasCell(index) {
    const [r, c] = cellAt(index, this.geometry.output)
    return [r + this.layer.padding[0], c + this.layer.padding[1]]
  }

  /**
   * The place of the current step: the input cell that has just been stamped and the output
   * cell worth a look, or the output cell just finished and one that went into it.
   * @returns {Spot}
   */
  get current() {
    const key = `${this.walkBy} ${this.#step}`
    if (this.#current?.key !== key || this.#current.of !== this.canvas) this.#current = {
      key, of: this.canvas, spot: currentSpot(this) }
    return this.#current.spot
  }

  /** Where to look: where the person points, else the current step. */
  get focus() {
    return this.hover ?? this.current
  }

  /**
   * What a spot comes from and goes to.
   * @param {Spot} spot
   * @returns {import('./spots.js').Links}
   */
  links(spot) {
    return linksOf(this, spot)
  }

  /**
   * Points at an input cell, a canvas cell, both (a cell of the matrix), or a kernel cell.
   * @param {{input?: number, cell?: Pair, tap?: number} | null} at null: points nowhere
   * @returns {boolean} whether that changed anything
   */
  point(at) {
    const spot = at && spotAt(this, at)
    if (JSON.stringify(spot) === JSON.stringify(this.hover)) return false
    this.hover = spot
    return true
  }

  /**
   * @param {'input' | 'kernel'} role
   * @param {number} index
   * @param {number} value
   */
  edit(role, index, value) {
    const values = Float64Array.from(role === 'input' ? this.input : this.weights)
    values[index] = value
    const size = this.layer[role]
    if (role === 'input') this.#input = { size, fill: null, values }
    else this.#weights = { size, fill: null, values }
    this.#forget()
  }

  #forget() {
    this.#cache.clear()
    this.#walked = null
  }

  /** What the maps that are drawn are filled with; null: values of their own. */
  get fills() {
    return { input: this.#input.fill, kernel: this.#weights.fill }
  }

  /** What a link tells: the layer that is drawn, or the one asked for, where that is only too large to be drawn. */
  get told() {
    const isDrawn = !this.problems.length || this.problems.some(({ code }) => code !== 'figure_too_large')
    const layer = isDrawn ? this.layer : this.draft
    const input = !isDrawn && this.#askedInput || this.#input
    const weights = !isDrawn && this.#askedWeights || this.#weights
    return { layer, isDrawn, input: source(input, layer.input, 'input'),
      kernel: source(weights, layer.kernel, 'kernel') }
  }
}

/**
 * @param {MapSource} from
 * @param {Pair} size
 * @param {'input' | 'kernel'} role
 * @returns {Float64Array}
 */
function materialise(from, size, role) {
  if (from.fill) return filled(from.fill, size, role)
  return resized(from.values, from.size, size, filled('sample', size, role))
}

/**
 * @param {MapSource} from
 * @param {Pair} size
 * @param {'input' | 'kernel'} role
 * @returns {MapSource} as it can be written down
 */
function source(from, size, role) {
  return from.fill ? { ...from, size } : { size, fill: null, values: materialise(from, size, role) }
}
