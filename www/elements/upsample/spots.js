/**
 * The places of `<fcn-upsample>` that its one cursor can be at, and what each comes from and goes to.
 */
import { cellAt } from '../../lib/transposed/geometry.js'
import { tapsAt } from '../../lib/transposed/compute.js'

/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */

/**
 * What is asked of the figure's model.
 * @typedef {object} Model
 * @property {number} step
 * @property {'input' | 'output'} walkBy
 * @property {import('../../lib/transposed/geometry.js').Layer} layer
 * @property {import('../../lib/transposed/geometry.js').Geometry} geometry
 * @property {Float64Array} weights
 * @property {{weights: number}} largest
 * @property {{counts: Float64Array}} walked
 * @property {Spot} current
 * @property {(index: number) => Pair} canvasCell
 */

/**
 * A place pointed at. At most one of the two is given by the person; the other may be missing.
 * @typedef {object} Spot
 * @property {number | null} input position in the input
 * @property {Pair | null} cell row and column of the canvas (output + padding)
 * @property {number | null} tap position in the kernel
 */

/**
 * `stamp`: the input cell whose whole stamp is meant.
 * @typedef {{inputs: Set<number>, taps: Set<number>, cell: Pair | null, stamp: number | null}} Links
 */

/**
 * The place of the current step: the input cell that has just been stamped and the output
 * cell worth a look, or the output cell just finished and one that went into it.
 * @param {Model} model
 * @returns {Spot}
 */
export function currentSpot(model) {
  if (model.step === 0) return { input: null, cell: null, tap: null }
  if (model.walkBy === 'output') {
    const cell = model.canvasCell(model.step - 1)
    const [tap] = tapsAt(model.layer, ...cell)
    return { input: tap?.input ?? null, cell, tap: tap?.kernel ?? null }
  }
  const input = model.step - 1
  const { counts } = model.walked
  const { canvas, output } = model.geometry
  const { stride, padding, dilation, kernel } = model.layer
  const [r, c] = cellAt(input, model.layer.input)
  let best = -1
  /** @type {Spot} */
  const spot = { input, cell: null, tap: null }
  // Where most stamps meet there is most to learn; among equals, where this one weighs most.
  for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
    const row = r * stride[0] + Math.floor(tap / kernel[1]) * dilation[0]
    const col = c * stride[1] + tap % kernel[1] * dilation[1]
    if (row < padding[0] || col < padding[1] || row >= padding[0] + output[0] || col >= padding[1] + output[1]) continue
    const score = counts[row * canvas[1] + col] + 0.5 * Math.abs(model.weights[tap]) / model.largest.weights
    if (score <= best) continue
    best = score
    spot.cell = [row, col]
    spot.tap = tap
  }
  return spot
}

/**
 * @param {Model} model
 * @param {Spot} spot
 * @returns {Links}
 */
export function linksOf(model, spot) {
  const { cell, input, tap } = spot
  if (cell && (input === null || model.walkBy === 'output')) {
    const taps = tapsAt(model.layer, ...cell)
    const [inputs, kernels] = [taps.map(each => each.input), taps.map(each => each.kernel)]
    return { inputs: new Set(inputs), taps: new Set(kernels), cell, stamp: null }
  }
  const [inputs, taps] = [input === null ? [] : [input], tap === null ? [] : [tap]]
  return { inputs: new Set(inputs), taps: new Set(taps), cell, stamp: input }
}

/**
 * @param {Model} model
 * @param {{input?: number, cell?: Pair, tap?: number}} at
 * @returns {Spot}
 */
export function spotAt(model, { input = undefined, cell = undefined, tap = undefined }) {
  if (tap === undefined) return { input: input ?? null, cell: cell ?? null, tap: null }
  // A kernel cell by itself goes nowhere; with the current step it does.
  const { current } = model
  if (model.walkBy === 'output') {
    const match = current.cell && tapsAt(model.layer, ...current.cell).find(each => each.kernel === tap)
    return { input: match?.input ?? null, cell: match ? current.cell : null, tap }
  }
  if (current.input === null) return { input: null, cell: null, tap }
  const { stride, dilation, kernel } = model.layer
  const [r, c] = cellAt(current.input, model.layer.input)
  const [a, b] = cellAt(tap, kernel)
  return { input: current.input, cell: [r * stride[0] + a * dilation[0], c * stride[1] + b * dilation[1]], tap }
}
