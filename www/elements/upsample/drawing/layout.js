/**
 * How large every board of `<fcn-upsample>` is drawn, for the room there is: on the page, and
 * in an exported picture.
 */
import { largestOf } from '../../../lib/feature-maps.js'
import { roundTrip, roundTripMatrix } from '../../../lib/transposed/compute.js'
import { area } from '../../../lib/transposed/geometry.js'
import { gatherBoard, mapBoard, outputBoard, plainScene } from './boards.js'
import { convolutionBoard, matrixBoard } from './matrix-boards.js'

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('./grid.js').Board} Board */
/** @typedef {import('./grid.js').Look} Look */
/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */

/** Maps up to this many cells a side are typed into; larger ones are pictures. */
const TYPED_SIDE = 12

/** Outputs whose Ct*C is still drawn (it has their square). */
const PRODUCT_LIMIT = 900

/** @typedef {'input' | 'kernel' | 'output' | 'spread' | 'flipped' | 'transposed' | 'convolution'} BoardName */

/**
 * @typedef {object} Layout
 * @property {number} inputCell CSS pixels a side
 * @property {number} kernelCell
 * @property {Map<BoardName, Board>} boards those that the view shows
 * @property {boolean} matrixTooLarge
 */

/** @param {Pair} size */
export function isTyped(size) {
  return Math.max(...size) <= TYPED_SIDE
}

/**
 * @param {number} wanted
 * @returns {number} whole pixels, unless cells are so small that rounding would distort the map
 */
function snapped(wanted) {
  return wanted >= 4 ? Math.floor(wanted) : Math.max(wanted, 0.25)
}

/**
 * @param {Model} model
 * @param {Look} look
 * @param {{width: number, em: number}} room CSS pixels
 * @param {boolean} [drawTyped] whether maps small enough to be typed into are drawn all the same
 * @returns {Layout}
 */
export function layOut(model, look, { width, em }, drawTyped = false) {
  const { input, kernel } = model.layer
  const { canvas, gathered } = model.geometry
  const sideCell = (/** @type {Pair} */ size) => {
    const typed = isTyped(size)
    const wanted = typed ? Math.max(2.5 * em, 24) : 12 * em / Math.max(...size)
    const fitting = (width - 8) / size[1]
    return snapped(typed ? Math.max(24, Math.min(wanted, fitting)) : Math.min(wanted, fitting))
  }
  const inputCell = sideCell(input)
  const kernelCell = sideCell(kernel)
  const most = { cell: 2.9 * em, height: Math.max(20 * em, 300) * 1.6 }
  const fit = (/** @type {Pair} */ [rows, cols], /** @type {number} */ room, cell = most.cell) =>
    snapped(Math.min(cell, (room - 8) / cols, most.height / rows))
  const beside = fit(canvas, width - input[1] * inputCell - kernel[1] * kernelCell - 7 * em)
  const below = fit(canvas, width)
  const outputCell = width >= 40 * em && beside >= 0.72 * below ? beside : below

  /** @type {Map<BoardName, Board>} */
  const boards = new Map()
  if (drawTyped || !isTyped(input)) boards.set('input', mapBoard(model, 'input', inputCell, look))
  if (drawTyped || !isTyped(kernel)) boards.set('kernel', mapBoard(model, 'kernel', kernelCell, look))
  boards.set('output', outputBoard(model, outputCell, look))
  if (model.view === 'gather' || model.view === 'all') {
    const flippedCell = snapped(Math.min(2.4 * em, 11 * em / Math.max(...kernel)))
    const besideKernel = fit(gathered, width - kernel[1] * flippedCell - 4 * em)
    const alone = fit(gathered, width)
    boards.set('spread', gatherBoard(model, width >= 40 * em && besideKernel >= 0.72 * alone
      ? besideKernel : alone, look))
    boards.set('flipped', mapBoard(model, 'flipped', flippedCell, look))
  }
  let matrixTooLarge = false
  if (model.view === 'matrix' || model.view === 'all') {
    const transposed = matrixBoard(model, width, 53 * em, look)
    const rest = width - (transposed?.scene.width ?? 0) - 2 * em
    const convolution = convolutionBoard(model, rest >= 28 * em ? rest : width, 16 * em, look)
    if (transposed && convolution) boards.set('transposed', transposed).set('convolution', convolution)
    matrixTooLarge = !transposed
  }
  return { inputCell, kernelCell, boards, matrixTooLarge }
}

/**
 * The pictures that show why the transpose isn't an inverse: Ct*C beside the identity, and a
 * map on its way there and back.
 * @param {Model} model
 * @param {Look} look
 * @param {{width: number, em: number}} room CSS pixels
 * @returns {{name: 'product' | 'identity' | 'start' | 'small' | 'back', scene: import('./scene.js').Scene}[]}
 */
export function layOutRoundTrip(model, look, { width, em }) {
  const { output } = model.geometry
  const outputs = area(output)
  const start = model.output
  const { small, back } = roundTrip(model.layer, start, model.weights)
  const room = Math.min(width, 22 * em)
  const cell = (/** @type {Pair} */ size, cap = 2.4 * em) =>
    snapped(Math.min(cap, (room - 8) / size[1], 18 * em / size[0]))
  /** @type {ReturnType<typeof layOutRoundTrip>} */
  const scenes = []
  if (outputs <= PRODUCT_LIMIT) {
    const size = /** @type {Pair} */ ([outputs, outputs])
    const identity = new Float64Array(outputs * outputs)
    for (let o = 0; o < outputs; o++) identity[o * (outputs + 1)] = 1
    // A bitmap whatever the size: here the pattern tells, not the numbers.
    const small = Math.min(cell(size), 16)
    const product = roundTripMatrix(model.layer, model.weights)
    scenes.push({ name: 'product', scene: plainScene(product, size, small, look, Math.max(1e-9, largestOf(product))) })
    scenes.push({ name: 'identity', scene: plainScene(identity, size, small, look, 1) })
  }
  scenes.push({ name: 'start', scene: plainScene(start, output, cell(output), look) })
  scenes.push({ name: 'small', scene: plainScene(small, model.layer.input, cell(model.layer.input), look) })
  scenes.push({ name: 'back', scene: plainScene(back, output, cell(output), look) })
  return scenes
}
