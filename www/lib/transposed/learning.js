/**
 * How a transposed convolution learns: the squared error between what it makes of a map and what it should make, the
 * exact gradient of that error, and the steps that follow it downhill.
 *
 *     loss = mean over output cells of (output − target)²
 *     gradient of kernel[a, b] = 2/N · Σ over input cells of input[i, j] · error[i·s − p + a·d, j·s − p + b·d]
 *     gradient of input[i, j]  = 2/N · Σ over kernel cells of kernel[a, b] · error[i·s − p + a·d, j·s − p + b·d]
 *
 * with N output cells and error = output − target; a cell that padding trims has no error. `tests/js` holds both to
 * PyTorch's autograd (mse_loss of conv_transpose2d) and to finite differences.
 */
import { area, cellAt, geometry } from './geometry.js'
import { footprint } from './compute.js'

/** @typedef {import('./geometry.js').Layer} Layer */
/** @typedef {import('./geometry.js').Pair} Pair */
/**
 * How a map is enlarged: `smooth` is bilinear, `blocky` nearest.
 * @typedef {'smooth' | 'blocky' | 'checkerboard'} Enlargement
 */

/**
 * Where learning stands, and which way is down. Maps are row by row.
 * @typedef {object} Descent
 * @property {number} loss mean of the squared errors
 * @property {Float64Array} output
 * @property {Float64Array} error output − target, output size
 * @property {Float64Array} kernel gradient of the kernel
 * @property {Float64Array} input gradient of the input
 */

/**
 * mulberry32: the same numbers from the same seed, everywhere.
 * @param {number} seed whole
 * @returns {() => number} from 0 up to, not including, 1
 */
export function randomness(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * @param {Pair} size
 * @param {number} seed
 * @returns {Float64Array} values from −1 to 1, to one decimal, so that they fit cells
 */
export function randomMap(size, seed) {
  const random = randomness(seed)
  return Float64Array.from({ length: area(size) }, () => Math.round(20 * random() - 10) / 10)
}

/**
 * One axis of an enlargement: how much of an input cell lands at an offset from its stamp's first row or column.
 * An input cell lies in the middle of its stamp; `stride` cells from there lies its neighbour.
 * @param {Layer} layer
 * @param {0 | 1} axis
 * @param {Enlargement} enlargement
 * @returns {(offset: number) => number}
 */
function profile(layer, axis, enlargement) {
  const stride = layer.stride[axis]
  const middle = layer.dilation[axis] * (layer.kernel[axis] - 1) / 2
  if (enlargement === 'smooth') return offset => Math.max(0, 1 - Math.abs(offset - middle) / stride)
  // The cells nearest to this input cell; one that lies halfway goes to the later input cell.
  const first = Math.ceil(middle - stride / 2)
  const isNear = (/** @type {number} */ offset) => offset >= first && offset < first + stride
  if (enlargement === 'blocky') return offset => isNear(offset) ? 1 : 0
  return offset => isNear(offset) ? 1 - 2 * ((offset - first) % 2) : 0
}

/**
 * The kernel with which a layer enlarges so, as far as its cells reach. With kernel 2s and stride s, the smooth one is
 * the bilinear kernel of FCN.
 * @param {Layer} layer
 * @param {Enlargement} enlargement
 * @returns {Float64Array} kernel size
 */
export function enlargingKernel(layer, enlargement) {
  const [rows, cols] = [profile(layer, 0, enlargement), profile(layer, 1, enlargement)]
  return Float64Array.from({ length: area(layer.kernel) }, (_, at) => {
    const [a, b] = cellAt(at, layer.kernel)
    return rows(a * layer.dilation[0]) * cols(b * layer.dilation[1])
  })
}

/**
 * A map enlarged to the layer's output size, by a kernel as long as it takes: a shorter one can't reach it. What lies
 * outside the map counts as 0, as it does for the layer itself.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {Enlargement} enlargement
 * @returns {Float64Array} output size
 */
export function enlarged(layer, input, enlargement) {
  const { output } = geometry(layer)
  const [rows, cols] = [profile(layer, 0, enlargement), profile(layer, 1, enlargement)]
  const result = new Float64Array(area(output))
  for (let at = 0; at < result.length; at++) {
    const [r, c] = cellAt(at, output)
    for (let index = 0; index < input.length; index++) {
      const [i, j] = cellAt(index, layer.input)
      const share = rows(r + layer.padding[0] - i * layer.stride[0])
      if (share !== 0) result[at] += share * cols(c + layer.padding[1] - j * layer.stride[1]) * input[index]
    }
  }
  return result
}

/**
 * A large map made small: each input cell is the mean of the output cells nearest to it.
 * @param {Layer} layer
 * @param {ArrayLike<number>} target output size
 * @returns {Float64Array} input size; 0 where no output cell is near
 */
export function pooled(layer, target) {
  const { output } = geometry(layer)
  const [rows, cols] = [profile(layer, 0, 'blocky'), profile(layer, 1, 'blocky')]
  return Float64Array.from({ length: area(layer.input) }, (_, index) => {
    const [i, j] = cellAt(index, layer.input)
    let [sum, count] = [0, 0]
    for (let r = 0; r < output[0]; r++) {
      if (rows(r + layer.padding[0] - i * layer.stride[0]) === 0) continue
      for (let c = 0; c < output[1]; c++) {
        if (cols(c + layer.padding[1] - j * layer.stride[1]) === 0) continue
        sum += target[r * output[1] + c]
        count++
      }
    }
    return count ? sum / count : 0
  })
}

/**
 * Every product that a layer computes: which input cell meets which kernel cell at which output cell.
 * @typedef {{input: Int32Array, kernel: Int32Array, output: Int32Array}} Meetings
 */

/**
 * @param {Layer} layer
 * @returns {Meetings} in the order of the input
 */
export function meetingsOf(layer) {
  const all = Array.from({ length: area(layer.input) }, (_, index) =>
    footprint(layer, index).map(cell => ({ ...cell, input: index }))).flat()
  return {
    input: Int32Array.from(all, ({ input }) => input), kernel: Int32Array.from(all, ({ kernel }) => kernel),
    output: Int32Array.from(all, ({ output }) => output),
  }
}

/**
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {ArrayLike<number>} kernel
 * @param {ArrayLike<number>} target output size
 * @param {Meetings} [meetings] the layer's, where many steps are gone
 * @returns {Descent}
 */
export function descent(layer, input, kernel, target, meetings = meetingsOf(layer)) {
  const { input: cells, kernel: taps, output: places } = meetings
  const output = new Float64Array(target.length)
  for (let m = 0; m < places.length; m++) output[places[m]] += input[cells[m]] * kernel[taps[m]]
  const error = output.map((value, at) => value - target[at])
  const ofKernel = new Float64Array(kernel.length)
  const ofInput = new Float64Array(input.length)
  const scale = 2 / output.length
  for (let m = 0; m < places.length; m++) {
    const slope = scale * error[places[m]]
    ofKernel[taps[m]] += slope * input[cells[m]]
    ofInput[cells[m]] += slope * kernel[taps[m]]
  }
  return { loss: meanSquare(error), output, error, kernel: ofKernel, input: ofInput }
}

/** @param {ArrayLike<number>} values */
function meanSquare(values) {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at] * values[at]
  return sum / values.length
}

/**
 * What one input cell adds to the gradient of the kernel: its value times the error under its stamp. Over all input
 * cells these sum to the gradient.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {ArrayLike<number>} error output size
 * @param {number} index of the input cell
 * @returns {{under: Float64Array, patch: Float64Array}} kernel size; `under`: the error there, 0 where padding trims
 */
export function patchOf(layer, input, error, index) {
  const under = new Float64Array(area(layer.kernel))
  for (const { output: at, kernel: tap } of footprint(layer, index)) under[tap] = error[at]
  return { under, patch: under.map(value => 2 / error.length * input[index] * value) }
}

/**
 * A step downhill.
 * @param {ArrayLike<number>} values
 * @param {ArrayLike<number>} gradient
 * @param {number} rate
 * @returns {Float64Array}
 */
export function stepped(values, gradient, rate) {
  return Float64Array.from(values, (value, at) => value - rate * gradient[at])
}

/**
 * How much of the loss's slope each cell gains as another moves: the loss's matrix of second derivatives by the kernel
 * while the map is held, or by the map while the kernel is held. It doesn't depend on what is moved: the loss is
 * quadratic in either.
 * @param {Layer} layer
 * @param {ArrayLike<number>} held the map's values, or the kernel's
 * @param {'kernel' | 'input'} [by] what is moved
 * @returns {Float64Array} H[a * cells + b]
 */
export function curvature(layer, held, by = 'kernel') {
  const cells = area(layer[by])
  const outputs = area(geometry(layer).output)
  const meetings = meetingsOf(layer)
  const other = meetings[by === 'kernel' ? 'input' : 'kernel']
  /** What meets at each output cell. @type {{cell: number, value: number}[][]} */
  const meeting = Array.from({ length: outputs }, () => [])
  meetings[by].forEach((cell, m) => meeting[meetings.output[m]].push({ cell, value: held[other[m]] }))
  const matrix = new Float64Array(cells * cells)
  for (const all of meeting) {
    for (const one of all) {
      for (const { cell, value } of all) matrix[one.cell * cells + cell] += 2 / outputs * one.value * value
    }
  }
  return matrix
}

/** Rounds of the power iteration at most, and the relative change at which it ends. */
const [ROUNDS, SETTLED] = [2000, 1e-13]

/**
 * The learning rate up to which gradient descent comes down: 2/λ, λ being the largest eigenvalue of the matrix of
 * second derivatives. Above it each step overshoots by more than it mends, and the loss grows without end.
 * @param {Float64Array} matrix from {@link curvature}
 * @returns {number} Infinity where the loss doesn't depend on what is moved
 */
export function largestStableRate(matrix) {
  const cells = Math.round(Math.sqrt(matrix.length))
  const random = randomness(1)
  // Most cells don't meet at any output cell: their entries are 0, and left out.
  const entries = Array.from({ length: cells }, (_, a) => {
    const row = matrix.subarray(a * cells, (a + 1) * cells)
    return Array.from(row.keys()).filter(b => row[b] !== 0)
  })
  let vector = Float64Array.from({ length: cells }, () => random() - 0.5)
  let largest = 0
  for (let round = 0; round < ROUNDS; round++) {
    const next = vector.map((_, a) => entries[a].reduce((sum, b) => sum + matrix[a * cells + b] * vector[b], 0))
    const length = lengthOf(next)
    if (length === 0) break
    const before = largest
    largest = length / lengthOf(vector)
    vector = next.map(value => value / length)
    if (Math.abs(largest - before) <= SETTLED * largest) break
  }
  return 2 / largest
}

/** @param {Float64Array} vector */
function lengthOf(vector) {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
}

/** A pivot this small beside the matrix's largest entry is taken for 0: another kernel does as well. */
const FLAT = 1e-10

/**
 * The kernel with the least loss, by Cholesky's decomposition of the normal equations.
 * @param {Layer} layer
 * @param {ArrayLike<number>} input
 * @param {ArrayLike<number>} target output size
 * @param {Float64Array} matrix from {@link curvature}
 * @returns {{kernel: Float64Array, loss: number} | null} null: there isn't a single one
 */
export function bestKernel(layer, input, target, matrix) {
  const cells = area(layer.kernel)
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const lower = new Float64Array(cells * cells)
  for (let r = 0; r < cells; r++) {
    for (let c = 0; c <= r; c++) {
      let rest = matrix[r * cells + c]
      for (let k = 0; k < c; k++) rest -= lower[r * cells + k] * lower[c * cells + k]
      if (r === c && rest <= FLAT * largest) return null
      lower[r * cells + c] = r === c ? Math.sqrt(rest) : rest / lower[c * cells + c]
    }
  }
  // The slope at the kernel of zeros is what the best one has to take away.
  const slope = descent(layer, input, new Float64Array(cells), target).kernel
  const half = new Float64Array(cells)
  for (let r = 0; r < cells; r++) {
    let rest = -slope[r]
    for (let k = 0; k < r; k++) rest -= lower[r * cells + k] * half[k]
    half[r] = rest / lower[r * cells + r]
  }
  const kernel = new Float64Array(cells)
  for (let r = cells - 1; r >= 0; r--) {
    let rest = half[r]
    for (let k = r + 1; k < cells; k++) rest -= lower[k * cells + r] * kernel[k]
    kernel[r] = rest / lower[r * cells + r]
  }
  return { kernel, loss: descent(layer, input, kernel, target).loss }
}
