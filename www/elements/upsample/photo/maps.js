/**
 * From a photo to what `<fcn-upsample>` can stamp: which layers there are, the maps and kernels of
 * one, and how the figure's sums compare with the net's and with the engine's layer.
 */
import { isMixed, kernelOf, largestDifference, largestOf, planeOf, winningShares } from '../../../lib/feature-maps.js'
import { formatMap, formatPair } from '../../../lib/transposed/codec.js'

/** @typedef {import('../../../engine/engine.js').Engine} Engine */
/** @typedef {import('../../../engine/engine.js').Trace} Trace */
/** @typedef {import('../../../engine/engine.js').UpsamplingLayer} UpsamplingLayer */

/** Long side at which the net sees the photo: with 224 pixels, the numbers of the lecture. */
export const SIZE = 224

/**
 * FCN's upsampling layers, in the order in which the figure offers them. `stride`: pixels of the
 * photo to a cell of the layer's output. `skip`: what the net adds to it.
 */
const LAYERS = /** @type {const} */ ([
  { name: 'upscore32', input: 'score_fr', heads: ['fcn32s'], stride: 1, skip: '' },
  { name: 'upscore2', input: 'score_fr', heads: ['fcn16s', 'fcn8s'], stride: 16, skip: 'score_pool4' },
  { name: 'upscore16', input: 'fuse_pool4', heads: ['fcn16s'], stride: 1, skip: '' },
  { name: 'upscore_pool4', input: 'fuse_pool4', heads: ['fcn8s'], stride: 8, skip: 'score_pool3' },
  { name: 'upscore8', input: 'fuse_pool3', heads: ['fcn8s'], stride: 1, skip: '' },
])

/** @typedef {(typeof LAYERS)[number]} Layer */

/** @param {readonly string[]} variants of a model @returns {Layer[]} */
export function layersOf(variants) {
  return LAYERS.filter(({ heads }) => heads.some(head => variants.includes(head)))
}

/** @param {readonly Layer[]} layers @returns {string[]} names of the maps that these layers read and make */
export function mapsFor(layers) {
  return [...new Set(layers.flatMap(({ name, input }) => [input, name]))]
}

/**
 * @param {Trace} trace
 * @param {string} name
 */
export function mapOf(trace, name) {
  const map = trace.maps.find(each => each.name === name)
  if (!map) throw new Error(`the pass gave no map "${name}"`)
  return map
}

/**
 * Classes by the share of the photo that the net's finest head gives them.
 * @param {Trace} trace
 * @param {readonly Layer[]} layers those of the net; the finest is the last
 * @returns {{id: number, share: number}[]} largest share first
 */
export function classesBySize(trace, layers) {
  const finest = layers.findLast(({ stride }) => stride === 1)
  if (!finest) return []
  const shares = winningShares(mapOf(trace, finest.name), trace.work.height, trace.work.width)
  return shares.map((share, id) => ({ id, share })).sort((a, b) => b.share - a.share || a.id - b.id)
}

/**
 * What the figure is to show, as text for its `fragment`.
 * @param {Trace} trace
 * @param {Layer} layer
 * @param {UpsamplingLayer} kernels
 * @param {number} from class of the input map
 * @param {number} to class of the output
 * @returns {string}
 */
export function stateOf(trace, layer, kernels, from, to) {
  const map = mapOf(trace, layer.input)
  const input = formatMap({ size: [map.height, map.width], fill: null, values: Float64Array.from(planeOf(map, from)) })
  const kernel = formatMap({ size: kernels.kernel, fill: null, values: Float64Array.from(kernelOf(kernels, from, to)) })
  const [stride, padding] = [formatPair(kernels.stride), formatPair(kernels.padding)]
  return `input=${input}&kernel=${kernel}&stride=${stride}&padding=${padding}&photo=1`
}

/**
 * How what the figure shows compares with others' numbers.
 * @typedef {object} Comparison
 * @property {import('../../../engine/protocol.js').Backend} backend where the engine computed
 * @property {number} burn largest difference from the engine's layer
 * @property {number} largest magnitude in the figure's output
 * @property {number} net largest difference from the net's own map of the class
 * @property {number} netLargest largest magnitude there
 * @property {boolean} mixed whether kernels of other classes add to that
 */

/**
 * @param {Engine} engine
 * @param {Trace} trace
 * @param {Layer} layer
 * @param {UpsamplingLayer} kernels
 * @param {number} to
 * @param {{input: number[][], weights: number[][], output: number[][]}} figure
 * @param {AbortSignal} signal
 * @returns {Promise<Comparison>}
 */
export async function compare(engine, trace, layer, kernels, to, { input, weights, output }, signal) {
  const { values, backend } = await engine.convTranspose2d({
    input: [input.length, input[0].length], kernel: kernels.kernel, stride: kernels.stride, padding: kernels.padding,
    outputPadding: [0, 0], dilation: [1, 1],
  }, input.flat(), weights.flat(), { signal })
  const shown = output.flat()
  const own = planeOf(mapOf(trace, layer.name), to)
  return {
    backend, burn: largestDifference(values, shown), largest: largestOf(shown),
    net: largestDifference(own, shown), netLargest: largestOf(own), mixed: isMixed(kernels, to),
  }
}
