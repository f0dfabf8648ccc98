/**
 * Reading maps and kernels of a net: planes, shares of classes, differences.
 *
 * A feature map is [channels, height, width], a layer's weights are [inputs, outputs, rows,
 * columns] (PyTorch's layout of transposed convolutions), both row-major.
 */

/** @typedef {{channels: number, height: number, width: number, data: Float32Array}} FeatureMap */
/** @typedef {{inputs: number, outputs: number, kernel: [number, number], weights: Float32Array}} Kernels */

/**
 * One channel of a map.
 * @param {FeatureMap} map
 * @param {number} channel
 * @returns {Float32Array} [height, width], a view
 */
export function planeOf({ height, width, data }, channel) {
  return data.subarray(channel * height * width, (channel + 1) * height * width)
}

/**
 * The kernel from one channel to another.
 * @param {Kernels} layer
 * @param {number} from input channel
 * @param {number} to output channel
 * @returns {Float32Array} [rows, columns], a view
 */
export function kernelOf({ outputs, kernel: [rows, columns], weights }, from, to) {
  const at = (from * outputs + to) * rows * columns
  return weights.subarray(at, at + rows * columns)
}

/**
 * Whether any other channel's kernel adds to an output channel.
 * @param {Kernels} layer
 * @param {number} to output channel
 * @returns {boolean}
 */
export function isMixed(layer, to) {
  for (let from = 0; from < layer.inputs; from++) {
    if (from !== to && kernelOf(layer, from, to).some(weight => weight !== 0)) return true
  }
  return false
}

/**
 * The share of cells on which each channel is the largest, counted in the top left part.
 * @param {FeatureMap} map
 * @param {number} rows
 * @param {number} columns
 * @returns {number[]} by channel, together 1
 */
export function winningShares(map, rows, columns) {
  const { channels, height, width, data } = map
  const wins = new Array(channels).fill(0)
  const bottom = Math.min(height, Math.max(1, Math.round(rows)))
  const right = Math.min(width, Math.max(1, Math.round(columns)))
  for (let r = 0; r < bottom; r++) {
    for (let c = 0; c < right; c++) {
      let best = 0
      for (let channel = 1; channel < channels; channel++) {
        if (data[(channel * height + r) * width + c] > data[(best * height + r) * width + c]) best = channel
      }
      wins[best]++
    }
  }
  return wins.map(count => count / (bottom * right))
}

/**
 * @param {ArrayLike<number>} values
 * @returns {number} largest magnitude
 */
export function largestOf(values) {
  let most = 0
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]))
  return most
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @returns {number} largest |a − b|; Infinity for other lengths or numbers that aren't
 */
export function largestDifference(a, b) {
  if (a.length !== b.length) return Infinity
  let most = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i])
    // Written so that NaN counts.
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference
  }
  return most
}
