/**
 * A photo moved within its frame, and what becomes of a classifier's heat map then. A convolution that sees its input
 * moved gives its output moved: through five poolings of stride 2 that holds for multiples of 32 pixels, wherever a cell
 * sees neither the photo's edge nor the frame's. A label of the whole photo has no place that could move.
 *
 * Source: Long, Shelhamer & Darrell, CVPR 2015, section 3 ("translation invariance").
 */
import { AROUND, planeOf, squareOf } from './windows.js'

/** @typedef {import('./windows.js').Cells} Cells */
/** @typedef {import('./windows.js').Cell} Cell */
/** Pixels of the working size, to the right and down. @typedef {{x: number, y: number}} Shift */
/** A class's highest cell, from 0; x, y: its middle, pixels of the working size. @typedef {Cell & Shift} Peak */

/** What is uncovered is middle grey, as where a square of the photo is covered (GREY in src/image.rs). 0–255. */
export const GREY = 128

/** @param {Shift} shift */
export const isMoved = ({ x, y }) => x !== 0 || y !== 0

/**
 * @param {Float32Array} pixels [height, width, 3], RGB, 0–255
 * @param {{width: number, height: number}} size
 * @param {Shift} shift
 * @returns {Float32Array<ArrayBuffer>} as large: what is moved out of the frame is lost
 */
export function movedPixels(pixels, { width, height }, { x, y }) {
  const moved = new Float32Array(pixels.length).fill(GREY)
  const [from, to] = [Math.max(0, -x), Math.min(width, width - x)]
  for (let row = Math.max(0, -y); row < Math.min(height, height - y) && from < to; row++) {
    const at = (row * width + from) * 3
    moved.set(pixels.subarray(at, (row * width + to) * 3), at + (y * width + x) * 3)
  }
  return moved
}

/**
 * The same share of a frame of another size, to the nearest pixel.
 * @param {Shift} shift
 * @param {{width: number, height: number}} from
 * @param {{width: number, height: number}} to
 * @returns {Shift}
 */
export function scaledShift({ x, y }, from, to) {
  // Without the 0 that has a sign.
  const scaled = (/** @type {number} */ by, /** @type {number} */ share) => Math.round(by * share) || 0
  return { x: scaled(x, to.width / from.width), y: scaled(y, to.height / from.height) }
}

/**
 * @param {Cells} map
 * @param {number} id a class
 * @param {'probability' | 'score'} value by which it is highest
 * @returns {Peak}
 */
export function peakOf(map, id, value) {
  const { cell } = planeOf(map, id, value)
  const { left, top, side } = squareOf(map, cell)
  return { ...cell, x: left + side / 2, y: top + side / 2 }
}

/**
 * How a peak moved. `by`: pixels; `cells`: the same in cells; `where`: `exact`, as far as the photo; `near`, within less
 * than a cell of that; `elsewhere`; or `gone`: where the photo went no window of the frame has its middle.
 * @typedef {{by: Shift, cells: {columns: number, rows: number}, where: 'exact' | 'near' | 'elsewhere' | 'gone'}} Movement
 */

/**
 * @param {Peak} before
 * @param {Peak} after
 * @param {Shift} shift of the photo
 * @param {Pick<Cells, 'width' | 'height' | 'stride'>} map
 * @returns {Movement}
 */
export function movementOf(before, after, shift, { width, height, stride }) {
  const by = { x: after.x - before.x, y: after.y - before.y }
  const cells = { columns: after.column - before.column, rows: after.row - before.row }
  const off = Math.max(Math.abs(by.x - shift.x), Math.abs(by.y - shift.y))
  const isWithin = (/** @type {number} */ cell, /** @type {number} */ pixels, /** @type {number} */ count) =>
    cell + pixels / stride > -1 && cell + pixels / stride < count
  const isGone = !isWithin(before.column, shift.x, width) || !isWithin(before.row, shift.y, height)
  return { by, cells, where: off === 0 ? 'exact' : isGone ? 'gone' : off < stride ? 'near' : 'elsewhere' }
}

/**
 * What is the same in both maps, by right: cells moved with the photo, of which neither sees an edge that moved against
 * the photo. Along an axis on which nothing was moved the edges are where they were.
 * `count` of `all` cells; `largest`: by how much a score of theirs differs at most; `most`: their largest score.
 * @typedef {{count: number, all: number, largest: number, most: number}} Kept
 */

/**
 * @param {Cells} before
 * @param {Cells} after of the same photo, moved
 * @param {Shift} shift
 * @returns {Kept | null} null where the shift isn't of whole cells, so that no cell is of the same pixels
 */
export function keptOf(before, after, { x, y }) {
  const { width, height, stride, work } = after
  if (x % stride !== 0 || y % stride !== 0) return null
  const columns = sameCells(width, x, work.width, after)
  const rows = sameCells(height, y, work.height, after)
  const classes = after.scores.length / (width * height)
  let [largest, most] = [0, 0]
  for (const row of rows) {
    for (const column of columns) {
      const at = (row * width + column) * classes
      const was = ((row - y / stride) * width + column - x / stride) * classes
      for (let id = 0; id < classes; id++) {
        largest = Math.max(largest, Math.abs(after.scores[at + id] - before.scores[was + id]))
        most = Math.max(most, Math.abs(after.scores[at + id]))
      }
    }
  }
  return { count: rows.length * columns.length, all: width * height, largest, most }
}

/**
 * Along one axis.
 * @param {number} cells
 * @param {number} by pixels
 * @param {number} pixels of the frame
 * @param {Pick<Cells, 'window' | 'stride'>} map
 * @returns {number[]} the cells that see photo alone, before as after
 */
function sameCells(cells, by, pixels, { window, stride }) {
  const all = Array.from({ length: cells }, (_, cell) => cell)
  if (by === 0) return all
  const [from, to] = [Math.max(0, by), Math.min(pixels, pixels + by)]
  return all.filter(cell => stride * cell - AROUND >= from && stride * cell + window + AROUND <= to)
}
