/** The pictures of "learn the kernel": maps as grids of cells, and the loss as a curve. */
import { cellAt } from '../../../lib/transposed/geometry.js'
import { patchOf } from '../../../lib/transposed/learning.js'
import { css, formatNumber, valueColour } from '../drawing/colours.js'
import { NOTHING, raised } from './saying.js'
import { MARGIN, grid, ring } from '../drawing/grid.js'

/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('../drawing/colours.js').Palette} Palette */
/** @typedef {import('../drawing/scene.js').Scene} Scene */
/** @typedef {import('../drawing/scene.js').Shape} Shape */
/** @typedef {import('./training.js').Training} Training */

/** @typedef {'map' | 'target' | 'prediction' | 'error' | 'kernel'} MapName */
/** @typedef {MapName | 'value' | 'under' | 'patch' | 'sum' | 'gradient'} BoardName */

/**
 * A map to be drawn. `ring`: around which cells, `step` apart.
 * @typedef {object} Board
 * @property {Float64Array} values
 * @property {Pair} size
 * @property {number} largest magnitude that gets the full colour
 * @property {{cell: Pair, span: Pair, step: Pair}} [ring]
 */

/** Room, CSS pixels. @typedef {{palette: Palette, width: number, em: number}} Look */

/** @param {Float64Array[]} maps */
function largestOf(...maps) {
  return maps.reduce((most, map) => map.reduce((up, value) => Math.max(up, Math.abs(value)), most), NOTHING)
}

/**
 * @param {Training} training
 * @param {number} cell the input cell that is looked at
 * @returns {Record<BoardName, Board>}
 */
export function boardsOf({ layer, output, input, kernel, target, now }, cell) {
  const { under, patch } = patchOf(layer, input, now.error, cell)
  const sum = new Float64Array(kernel.length)
  for (let index = 0; index <= cell; index++) {
    patchOf(layer, input, now.error, index).patch.forEach((value, at) => { sum[at] += value })
  }
  const maps = largestOf(input, target)
  const slopes = largestOf(now.kernel, patch, sum)
  const at = cellAt(cell, layer.input)
  const corner = /** @type {Pair} */ ([0, 1].map(axis => at[axis] * layer.stride[axis] - layer.padding[axis]))
  return {
    map: { values: input, size: layer.input, largest: maps, ring: { cell: at, span: [1, 1], step: [1, 1] } },
    target: { values: target, size: output, largest: maps },
    prediction: { values: now.output, size: output, largest: maps },
    error: {
      values: now.error, size: output, largest: maps,
      ring: { cell: corner, span: layer.kernel, step: layer.dilation },
    },
    kernel: { values: kernel, size: layer.kernel, largest: Math.max(1, largestOf(kernel)) },
    value: { values: input.slice(cell, cell + 1), size: [1, 1], largest: maps },
    under: { values: under, size: layer.kernel, largest: maps },
    patch: { values: patch, size: layer.kernel, largest: slopes },
    sum: { values: sum, size: layer.kernel, largest: slopes },
    gradient: { values: now.kernel, size: layer.kernel, largest: slopes },
  }
}

/** Boards that are as large as the output. */
const LARGE = ['target', 'prediction', 'error']

/** Boards whose numbers become as small as the error, and have a power of ten in common. */
const SMALL = ['under', 'patch', 'sum', 'gradient']

/**
 * The power of ten that a board's numbers have in common.
 * @param {BoardName} name
 * @param {Board} board
 * @returns {number} 0: they are written out
 */
export function powerOf(name, { values }) {
  const largest = largestOf(values)
  return !SMALL.includes(name) || largest >= 0.1 || largest < NOTHING ? 0 : Math.floor(Math.log10(largest))
}

/** @param {number} value @param {number} digits @returns {string} with so many decimals at most: small ones are 0 */
function short(value, digits) {
  const shown = Number(value.toFixed(digits))
  if (Math.abs(shown) < 1e4) return formatNumber(shown === 0 ? 0 : shown, digits)
  // What has diverged is written by its power.
  return value.toExponential(0).replace('e+', 'e').replace('-', '−')
}

/**
 * @param {BoardName} name
 * @param {Board} board
 * @param {Look} look
 * @returns {number} side of a cell, CSS pixels
 */
export function cellSide(name, { size }, { width, em }) {
  const isNarrow = width < 40 * em
  if (name === 'value') return 2.6 * em
  // Two side by side, or the first four of them.
  const most = LARGE.includes(name) ? 16 * em : name === 'map' ? 12 * em : 11 * em
  const side = isNarrow ? (width - em) / 2 : Math.min(most, (width - 3 * em) / 4)
  const fitting = (side - 2 * MARGIN) / Math.max(...size)
  return Math.min(3 * em, fitting >= 4 ? Math.floor(fitting) : fitting)
}

/**
 * @param {BoardName} name
 * @param {Board} board
 * @param {Look} look
 * @returns {Scene}
 */
export function sceneOf(name, board, look) {
  const { values, size, largest } = board
  const { palette } = look
  const cell = cellSide(name, board, look)
  const at = { w: cell, h: cell, x: MARGIN, y: MARGIN }
  const digits = LARGE.includes(name) ? 1 : 2
  const unit = 10 ** powerOf(name, board)
  const shapes = grid({
    size, ...at, ground: index => valueColour(palette, values[index], largest),
    label: index => short(values[index] / unit, digits),
  }, palette)
  if (board.ring) shapes.push(...rings(board.ring, size, at, palette))
  return { width: Math.ceil(size[1] * cell + 2 * MARGIN), height: Math.ceil(size[0] * cell + 2 * MARGIN), shapes }
}

/**
 * A ring around the cells that are meant, as far as they lie on the board; dilated ones one by one.
 * @param {NonNullable<Board['ring']>} meant
 * @param {Pair} size
 * @param {{w: number, h: number, x: number, y: number}} at
 * @param {Palette} palette
 * @returns {Shape[]}
 */
function rings({ cell: [row, col], span: [rows, cols], step }, size, at, palette) {
  const line = css(palette.cursor)
  if (step[0] === 1 && step[1] === 1) {
    const [top, left] = [Math.max(0, row), Math.max(0, col)]
    const [bottom, right] = [Math.min(size[0], row + rows), Math.min(size[1], col + cols)]
    return bottom > top && right > left ? [ring([top, left], [bottom - top, right - left], at, line, 3)] : []
  }
  return Array.from({ length: rows * cols }, (_, index) => /** @type {Pair} */ (
    [row + Math.floor(index / cols) * step[0], col + index % cols * step[1]]))
    .filter(([r, c]) => r >= 0 && c >= 0 && r < size[0] && c < size[1])
    .map(cell => ring(cell, [1, 1], at, line, 2))
}

/** Points of a curve that are drawn at most. */
const MOST_POINTS = 240

/**
 * The loss by steps, on a logarithmic scale: of this run, of the one before as a broken line, and what no kernel goes
 * below as a thin one.
 * @param {readonly number[]} losses
 * @param {readonly number[]} former
 * @param {number} least
 * @param {Look} look
 * @returns {Scene}
 */
export function curveOf(losses, former, least, { palette, width: room, em }) {
  const width = Math.min(room, 34 * em)
  const height = 12 * em
  const [left, right, top, bottom] = [4 * em, width - 0.6 * em, 0.6 * em, height - 1.7 * em]
  const log = (/** @type {number} */ loss) => Math.log10(Math.max(NOTHING, Math.min(loss, 1e300)))
  const all = [...losses, ...former].filter(Number.isFinite).map(log)
  const [low, high] = [Math.floor(Math.min(...all, 0) - 1e-9), Math.ceil(Math.max(...all, -1) + 1e-9)]
  const most = Math.max(10, losses.length - 1, former.length - 1)
  const x = (/** @type {number} */ step) => left + (right - left) * step / most
  const y = (/** @type {number} */ power) => bottom - (bottom - top) * (power - low) / (high - low)
  const every = Math.ceil((high - low) / 5)
  const size = 0.8 * em
  const soft = css(palette.soft)
  /** @type {Shape[]} */
  const shapes = []
  const across = (/** @type {number} */ at, /** @type {string} */ line, /** @type {number} */ stroke) =>
    shapes.push({ kind: 'lines', points: [left, y(at), right, y(at)], line, width: stroke })
  /** @param {number} at @param {number} height @param {string} text @param {'start' | 'end'} anchor */
  const write = (at, height, text, anchor) =>
    shapes.push({ kind: 'text', x: at, y: height, text, size, fill: soft, anchor })
  for (let power = low; power <= high; power += every) {
    across(power, css(palette.line), 1)
    write(left - 0.4 * em, y(power) + size / 3, powerOfTen(power), 'end')
  }
  write(left, bottom + 1.3 * em, '0', 'start')
  write(right, bottom + 1.3 * em, String(most), 'end')
  if (least > NOTHING) across(log(least), soft, 1.5)
  /** @param {readonly number[]} values @param {boolean} isBroken */
  const path = (values, isBroken) => {
    const every = Math.max(1, Math.ceil(values.length / MOST_POINTS))
    const places = values.flatMap((value, step) => {
      const isDrawn = (step % every === 0 || step === values.length - 1) && Number.isFinite(value)
      return isDrawn ? [[x(step), y(log(value))]] : []
    })
    return places.slice(1).flatMap(([toX, toY], i) => {
      const [fromX, fromY] = places[i]
      return isBroken ? dashes(fromX, fromY, toX, toY) : [fromX, fromY, toX, toY]
    })
  }
  if (former.length > 1) shapes.push({ kind: 'lines', points: path(former, true), line: soft, width: 2 })
  const line = css(palette.positive)
  if (losses.length > 1) shapes.push({ kind: 'lines', points: path(losses, false), line, width: 2.5 })
  const last = losses.length - 1
  const dot = { x: x(last), y: y(log(Number.isFinite(losses[last]) ? losses[last] : 1e300)) }
  shapes.push({ kind: 'rect', x: dot.x - 4, y: Math.max(top, dot.y) - 4, w: 8, h: 8, fill: css(palette.cursor) })
  return { width, height, shapes }
}

/** A stroke in pieces of a few pixels. @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function dashes(x1, y1, x2, y2) {
  const pieces = Math.max(1, Math.round(Math.hypot(x2 - x1, y2 - y1) / 6))
  return Array.from({ length: pieces }, (_, i) => [i / pieces, (i + 0.55) / pieces])
    .flatMap(([from, to]) => [x1 + (x2 - x1) * from, y1 + (y2 - y1) * from, x1 + (x2 - x1) * to, y1 + (y2 - y1) * to])
}

/** @param {number} power */
function powerOfTen(power) {
  if (power >= -2 && power <= 3) return String(Number((10 ** power).toPrecision(1)))
  return raised(power)
}
