/**
 * A transposed convolution, computed in the three ways in which it can be seen: stamps that
 * add up (scatter), a sliding window (gather), and a matrix product. They agree to the last
 * bit but for the order of additions; `tests/js` checks that on random layers.
 *
 * Maps are `Float64Array`s stored row by row; an empty sum is 0.
 */
import { area, cellAt, geometry } from './geometry.js'

/** @typedef {import('./geometry.js').Layer} Layer */
/** @typedef {import('./geometry.js').Pair} Pair */

/**
 * One product in the sum that makes an output cell: input cell times kernel cell.
 * @typedef {object} Tap
 * @property {number} input position in the input map
 * @property {number} kernel position in the kernel
 */

/**
 * Adds one stamp: an input value times the kernel, at input position * stride.
 * @param {Layer} layer
 * @param {ArrayLike<number>} weights kernel, row by row
 * @param {number} value of the input cell
 * @param {number} index of the input cell
 * @param {Float64Array} canvas is changed; canvas size, see {@link geometry}
 * @param {number} width columns of the canvas
 */
export function stamp(layer, weights, value, index, canvas, width) {
  const [rows, cols] = layer.kernel
  const [r, c] = cellAt(index, layer.input)
  const top = r * layer.stride[0]
  const left = c * layer.stride[1]
  for (let a = 0; a < rows; a++) {
    const row = (top + a * layer.dilation[0]) * width + left
    for (let b = 0; b < cols; b++) canvas[row + b * layer.dilation[1]] += value * weights[a * cols + b]
  }
}

/**
 * The canvas after the first `count` stamps, untrimmed.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {ArrayLike<number>} weights
 * @param {number} [count] default: all of them
 * @returns {Float64Array} canvas size
 */
export function scatter(layer, input, weights, count = area(layer.input)) {
  const { canvas: size } = geometry(layer)
  const canvas = new Float64Array(area(size))
  for (let i = 0; i < count; i++) stamp(layer, weights, input[i], i, canvas, size[1])
  return canvas
}

/**
 * How many stamps lie on each cell after the first `count`. A zero weight counts: it lands too.
 * @param {Layer} layer
 * @param {number} [count] default: all of them
 * @returns {Float64Array} canvas size
 */
export function overlaps(layer, count = area(layer.input)) {
  const ones = new Float64Array(Math.max(area(layer.kernel), area(layer.input))).fill(1)
  return scatter(layer, ones, ones, count)
}

/**
 * Cuts the border that padding trims off a canvas.
 * @param {Layer} layer
 * @param {Float64Array} canvas
 * @returns {Float64Array} output size
 */
export function trim(layer, canvas) {
  const { canvas: size, output } = geometry(layer)
  const result = new Float64Array(area(output))
  for (let r = 0; r < output[0]; r++) {
    const from = (r + layer.padding[0]) * size[1] + layer.padding[1]
    result.set(canvas.subarray(from, from + output[1]), r * output[1])
  }
  return result
}

/**
 * The transposed convolution, by stamps.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {ArrayLike<number>} weights
 * @returns {Float64Array} output size
 */
export function convTranspose(layer, input, weights) {
  return trim(layer, scatter(layer, input, weights))
}

/**
 * Which products meet in a canvas cell, in the order of the input.
 * @param {Layer} layer
 * @param {number} row of the canvas: output row + padding
 * @param {number} col of the canvas: output column + padding
 * @returns {Tap[]}
 */
export function tapsAt(layer, row, col) {
  const rows = axisTaps(row, layer, 0)
  const cols = axisTaps(col, layer, 1)
  /** @type {Tap[]} */
  const taps = []
  for (const [i, a] of rows) {
    for (const [j, b] of cols) taps.push({ input: i * layer.input[1] + j, kernel: a * layer.kernel[1] + b })
  }
  return taps
}

/**
 * Solves i*stride + a*dilation = position.
 * @param {number} position in the canvas
 * @param {Layer} layer
 * @param {0 | 1} axis
 * @returns {Pair[]} pairs of input and kernel positions, inputs ascending
 */
function axisTaps(position, layer, axis) {
  const s = layer.stride[axis]
  const d = layer.dilation[axis]
  /** @type {Pair[]} */
  const found = []
  for (let i = 0; i < layer.input[axis]; i++) {
    const rest = position - i * s
    if (rest < 0) break
    if (rest % d === 0 && rest / d < layer.kernel[axis]) found.push([i, rest / d])
  }
  return found
}

/** What a cell of the gathered map is. 3: a value cropped away because padding > span - 1. */
export const KIND = Object.freeze({ value: 0, inserted: 1, border: 2 })

/**
 * The map over which the flipped kernel slides: zeros between the values, a border of zeros.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @returns {{values: Float64Array, kinds: Uint8Array, sources: Int32Array}} gathered size;
 *   `sources`: position in the input, or -1
 */
export function spread(layer, input) {
  const { gathered, before, stretched } = geometry(layer)
  const values = new Float64Array(area(gathered))
  const kinds = new Uint8Array(area(gathered))
  const sources = new Int32Array(area(gathered)).fill(-1)
  for (let r = 0, at = 0; r < gathered[0]; r++) {
    for (let c = 0; c < gathered[1]; c++, at++) {
      const y = r - before[0]
      const x = c - before[1]
      if (y < 0 || x < 0 || y >= stretched[0] || x >= stretched[1]) {
        kinds[at] = KIND.border
      } else if (y % layer.stride[0] || x % layer.stride[1]) {
        kinds[at] = KIND.inserted
      } else {
        sources[at] = y / layer.stride[0] * layer.input[1] + x / layer.stride[1]
        values[at] = input[sources[at]]
      }
    }
  }
  return { values, kinds, sources }
}

/**
 * The kernel turned by half a turn, as it slides when gathering.
 * @param {ArrayLike<number>} weights
 * @returns {Float64Array}
 */
export function flip(weights) {
  return Float64Array.from(weights).reverse()
}

/**
 * The transposed convolution, by sliding the flipped kernel over the spread input.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {ArrayLike<number>} weights
 * @returns {Float64Array} output size
 */
export function gather(layer, input, weights) {
  const { gathered } = geometry(layer)
  /** @type {Layer} */
  const forward = { ...layer, input: gathered, stride: [1, 1], padding: [0, 0] }
  return convolve(forward, spread(layer, input).values, flip(weights))
}

/**
 * The ordinary ("forward") convolution of deep learning, without flipping the kernel.
 * `layer.input` is the size of the map convolved; output padding plays no part.
 * @param {Layer} layer
 * @param {ArrayLike<number>} map
 * @param {ArrayLike<number>} weights
 * @returns {Float64Array} floor((in + 2*padding - span) / stride) + 1 rows and columns
 */
export function convolve(layer, map, weights) {
  const { input: n, kernel: k, stride: s, padding: p, dilation: d } = layer
  const rows = Math.floor((n[0] + 2 * p[0] - d[0] * (k[0] - 1) - 1) / s[0]) + 1
  const cols = Math.floor((n[1] + 2 * p[1] - d[1] * (k[1] - 1) - 1) / s[1]) + 1
  const result = new Float64Array(rows * cols)
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++, at++) {
      let sum = 0
      for (let a = 0; a < k[0]; a++) {
        const y = r * s[0] + a * d[0] - p[0]
        if (y < 0 || y >= n[0]) continue
        for (let b = 0; b < k[1]; b++) {
          const x = c * s[1] + b * d[1] - p[1]
          if (x >= 0 && x < n[1]) sum += map[y * n[1] + x] * weights[a * k[1] + b]
        }
      }
      result[at] = sum
    }
  }
  return result
}

/**
 * The matrix C of the ordinary convolution with the same kernel, stride, padding and dilation,
 * which maps the (large) output back to the (small) input's size. The transposed convolution
 * multiplies by its transpose, hence the name.
 * @param {Layer} layer
 * @param {ArrayLike<number>} weights
 * @returns {Float64Array} C[i*outputs + o]: row = input cell, column = output cell
 */
export function convMatrix(layer, weights) {
  const { output } = geometry(layer)
  const outputs = area(output)
  const matrix = new Float64Array(area(layer.input) * outputs)
  for (let i = 0; i < area(layer.input); i++) {
    for (const { output: o, kernel } of footprint(layer, i)) matrix[i * outputs + o] = weights[kernel]
  }
  return matrix
}

/**
 * Where the stamp of an input cell lands on the output; trimmed cells are left out.
 * @param {Layer} layer
 * @param {number} index of the input cell
 * @returns {{output: number, kernel: number}[]}
 */
export function footprint(layer, index) {
  const { output } = geometry(layer)
  const [r, c] = cellAt(index, layer.input)
  const cells = []
  for (let a = 0; a < layer.kernel[0]; a++) {
    const y = r * layer.stride[0] + a * layer.dilation[0] - layer.padding[0]
    if (y < 0 || y >= output[0]) continue
    for (let b = 0; b < layer.kernel[1]; b++) {
      const x = c * layer.stride[1] + b * layer.dilation[1] - layer.padding[1]
      if (x >= 0 && x < output[1]) cells.push({ output: y * output[1] + x, kernel: a * layer.kernel[1] + b })
    }
  }
  return cells
}

/**
 * Transpose of C times C: what the convolution followed by the transposed one does to a map.
 * It isn't the identity, so the transposed convolution doesn't undo the convolution.
 * @param {Layer} layer
 * @param {ArrayLike<number>} weights
 * @returns {Float64Array} outputs x outputs
 */
export function roundTripMatrix(layer, weights) {
  const outputs = area(geometry(layer).output)
  const product = new Float64Array(outputs * outputs)
  for (let i = 0; i < area(layer.input); i++) {
    const cells = footprint(layer, i)
    for (const a of cells) {
      for (const b of cells) product[a.output * outputs + b.output] += weights[a.kernel] * weights[b.kernel]
    }
  }
  return product
}

/**
 * A map of output size, convolved to the input's size and transposed-convolved back.
 * @param {Layer} layer
 * @param {ArrayLike<number>} map output size
 * @param {ArrayLike<number>} weights
 * @returns {{small: Float64Array, back: Float64Array}}
 */
export function roundTrip(layer, map, weights) {
  const small = new Float64Array(area(layer.input))
  for (let i = 0; i < small.length; i++) {
    for (const { output, kernel } of footprint(layer, i)) small[i] += map[output] * weights[kernel]
  }
  return { small, back: convTranspose(layer, small, weights) }
}
