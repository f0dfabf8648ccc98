/**
 * Where the cells of a map lie on the input of a net, and what of it they see, along one dimension.
 *
 * Two numbers follow a map through a net: the jump j, input pixels from one cell to the next, and the start s, where
 * the middle of cell 0 lies, in input pixels (pixel 0 lies at 0). At the input j = 1 and s = 0. Then
 *
 *     convolution, pool   s += j·(d·(k − 1)/2 − p)      j *= t
 *     transposed          j /= t                        s −= j·(d·(k − 1)/2 − p)
 *
 * for kernel k, stride t, dilation d and padding p before the first cell. The receptive field r, the pixels that a cell
 * can depend on, begins with 1 and grows by d·(k − 1)·j through convolutions and pools. Below a transposed convolution
 * it depends on the cell: stamps of a kernel of k cells, t apart, overlap in some cells more than in others. So it is
 * found by walking back from the cells.
 *
 * Sizes are those of PyTorch's layers. Sources: Dumoulin & Visin, "A guide to convolution arithmetic for deep
 * learning", arXiv 1603.07285 (2016); Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural
 * Networks", Distill 2019; the crops of Long, Shelhamer & Darrell's nets (CVPR 2015) follow from them.
 */
import { fraction, minus, over, plus, times } from './fraction.js'

/** @typedef {import('./fraction.js').Fraction} Fraction */

/**
 * A convolution or a pool along one dimension; all in cells. `ceil`: whether a pool's size is rounded up.
 * @typedef {{kind: 'window', kernel: number, stride: number, before: number, after: number, dilation: number,
 *   ceil: boolean}} Window
 */
/**
 * A transposed convolution; `before` and `after` are trimmed, `more` is output padding.
 * @typedef {{kind: 'stamp', kernel: number, stride: number, before: number, after: number, dilation: number,
 *   more: number}} Stamp
 */
/** @typedef {Window | Stamp} Layer */
/** Where a map's cells lie. @typedef {{jump: Fraction, start: Fraction}} Place */
/** First and last of neighbouring cells. @typedef {readonly [number, number]} Run */

/** The input: every pixel is a cell. @type {Place} */
export const INPUT = { jump: fraction(1), start: fraction(0) }

/** Cells that are followed one by one; of more, only the first and the last are. */
const FOLLOWED = 4096
/** Cells looked at to find the largest field below transposed convolutions, times the layers walked through. */
const WALKED = 400_000

/**
 * @param {number} kernel
 * @param {Partial<Omit<Window, 'kind' | 'kernel'>> & {padding?: number}} [more] padding: on both sides
 * @returns {Window}
 */
export function windowed(kernel, { padding = 0, ...more } = {}) {
  return { kind: 'window', kernel, stride: 1, before: padding, after: padding, dilation: 1, ceil: false, ...more }
}

/**
 * @param {number} kernel
 * @param {Partial<Omit<Stamp, 'kind' | 'kernel'>> & {padding?: number}} [more] padding: on both sides
 * @returns {Stamp}
 */
export function stamped(kernel, { padding = 0, ...more } = {}) {
  return { kind: 'stamp', kernel, stride: 1, before: padding, after: padding, dilation: 1, more: 0, ...more }
}

/** @param {Layer} layer @returns {number} cells from the first tap of its kernel to the last, both counted */
export function span({ kernel, dilation }) {
  return dilation * (kernel - 1) + 1
}

/**
 * @param {Layer} layer
 * @param {number} n cells that go in, 1 or more
 * @returns {number} cells that come out; 0 or less: none
 */
export function sizeAfter(layer, n) {
  const { stride, before, after } = layer
  if (layer.kind === 'stamp') return (n - 1) * stride - before - after + span(layer) + layer.more
  const room = n + before + after - span(layer)
  if (room < 0) return 0
  const size = layer.ceil ? Math.ceil(room / stride) + 1 : Math.floor(room / stride) + 1
  // A window that would begin in the padding behind the last cell is left out.
  return layer.ceil && (size - 1) * stride >= n + before ? size - 1 : size
}

/**
 * @param {Place} place of the map that goes in
 * @param {Layer} layer
 * @returns {Place} of the map that comes out
 */
export function placeAfter({ jump, start }, layer) {
  const { stride, before } = layer
  const shift = fraction(span(layer) - 1 - 2 * before, 2)
  if (layer.kind === 'window') return { jump: times(jump, fraction(stride)), start: plus(start, times(jump, shift)) }
  const finer = over(jump, fraction(stride))
  return { jump: finer, start: minus(start, times(finer, shift)) }
}

/** @param {Place} place @param {number} cell @returns {Fraction} where its middle lies, in input pixels */
export function middle({ jump, start }, cell) {
  return plus(start, times(jump, fraction(cell)))
}

/**
 * @param {Place} one
 * @param {Place} other
 * @returns {Fraction} the cell of the other map that lies where cell 0 of the one does
 */
export function cellAtStart(one, other) {
  return over(minus(one.start, other.start), other.jump)
}

/**
 * @param {Layer} layer
 * @param {readonly Run[]} runs cells that come out
 * @param {number} [size] of the map that goes in; left out: as if it had no end
 * @returns {Run[]} cells that go into these, in order
 */
export function cellsBefore(layer, runs, size) {
  const all = joined(runs.flatMap(run => layer.kind === 'window' ? behindWindow(layer, run) : behindStamp(layer, run)))
  if (size === undefined) return all
  const within = all.map(([from, to]) => /** @type {Run} */ ([Math.max(from, 0), Math.min(to, size - 1)]))
  return within.filter(([from, to]) => from <= to)
}

/** @param {Window} layer @param {Run} run @returns {Run[]} */
function behindWindow(layer, [from, to]) {
  const { kernel, stride, before, dilation } = layer
  const first = from * stride - before
  const last = to * stride - before + span(layer) - 1
  const isWhole = dilation === 1 && (stride <= kernel || from === to)
  if (isWhole || (to - from + 1) * kernel > FOLLOWED) return [[first, last]]
  /** @type {Run[]} */
  const taps = []
  for (let cell = from; cell <= to; cell++) {
    for (let k = 0; k < kernel; k++) {
      const tap = cell * stride - before + k * dilation
      taps.push([tap, tap])
    }
  }
  return taps
}

/** @param {Stamp} layer @param {Run} run @returns {Run[]} */
function behindStamp(layer, [from, to]) {
  const { kernel, stride, before, dilation } = layer
  const first = Math.ceil((from + before - span(layer) + 1) / stride)
  const last = Math.floor((to + before) / stride)
  if (first > last) return []
  if (dilation === 1 || (to - from + 1) * kernel > FOLLOWED) return [[first, last]]
  /** @type {Run[]} */
  const cells = []
  for (let cell = from; cell <= to; cell++) {
    for (let k = 0; k < kernel; k++) {
      const stamp = (cell + before - k * dilation) / stride
      if (Number.isInteger(stamp)) cells.push([stamp, stamp])
    }
  }
  return cells
}

/** @param {readonly Run[]} runs @returns {Run[]} in order, those that touch made one */
export function joined(runs) {
  /** @type {[number, number][]} */
  const found = []
  for (const [from, to] of [...runs].sort(([a], [b]) => a - b)) {
    const last = found[found.length - 1]
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else found.push([from, to])
  }
  return found
}

/**
 * @param {readonly Layer[]} layers
 * @param {number} cell of the last map
 * @param {readonly number[]} [sizes] of what goes into each layer; left out: as if no map had an end
 * @returns {Run | null} first and last input pixel that it depends on; null: on none
 */
export function fieldOf(layers, cell, sizes) {
  /** @type {Run[]} */
  let runs = [[cell, cell]]
  for (let i = layers.length - 1; i >= 0; i--) runs = cellsBefore(layers[i], runs, sizes?.[i])
  const last = runs[runs.length - 1]
  return last ? [runs[0][0], last[1]] : null
}

/**
 * @param {readonly Layer[]} layers
 * @returns {number | null} r: the most pixels that a cell of the last map depends on, were the maps without end, from
 *   the first of them to the last; 0: on none; null: too many cells would have to be looked at
 */
export function receptiveField(layers) {
  let r = 1
  let jump = 1
  // Cells after which the pattern of stamps begins anew.
  let period = 1
  for (const layer of layers) {
    if (layer.kind === 'stamp') period *= layer.stride
    r += (span(layer) - 1) * jump
    jump *= layer.stride
  }
  if (layers.every(({ kind }) => kind === 'window')) return r
  if (period * layers.length > WALKED) return null
  r = 0
  let looked = 0
  for (let cell = 0; cell < period; cell++) {
    /** @type {Run[]} */
    let runs = [[cell, cell]]
    for (const layer of [...layers].reverse()) {
      // A dilated layer makes a run of each of its taps: pasted layers may have any number of them.
      looked += runs.length * (layer.dilation > 1 ? layer.kernel : 1)
      if (looked > WALKED) return null
      runs = cellsBefore(layer, runs)
    }
    const last = runs[runs.length - 1]
    if (last) r = Math.max(r, last[1] - runs[0][0] + 1)
  }
  return r
}
