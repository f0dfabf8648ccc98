/**
 * Dropout (Srivastava et al., JMLR 2014): its masks, the same as those of src/models/dropout.rs, and a small fully
 * connected net to see it at work.
 *
 * In training a unit is zeroed with probability p, and the others are divided by 1 − p (the inverted form, PyTorch's);
 * in evaluation nothing happens. No parameter goes: the weights of a dropped unit are there, and used by the next mask.
 */
import { number, record } from './fields.js'

/** Passes as usual. */
export const PASSES = 20
/** How far from a boundary between classes a pixel is still at it. Pixels of the working size. */
export const EDGE_REACH = 3
/** After fc6 and fc7 in the paper's nets. */
export const PAPER_DROPOUT = 0.5

/**
 * The share that a net's training dropped out, where its model.json tells it.
 * @param {unknown} manifest
 * @returns {number | null} between 0 and 1; null where it isn't told, or nothing was dropped
 */
export function trainedDropout(manifest) {
  const share = number(record(record(record(manifest)['recipe'])['net'])['dropout'])
  return share !== null && share > 0 && share < 1 ? share : null
}

// ---- masks ----

/** 2³² over the golden ratio. */
const GOLDEN = 0x9e3779b9

/** Every bit of the result depends on every bit of `x`. @param {number} x @returns {number} 0..2³²−1 */
function mix(x) {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/**
 * The number that decides about a unit. All four are whole, 0..2³²−1.
 * @param {number} seed
 * @param {number} pass
 * @param {number} layer
 * @param {number} unit
 * @returns {number} 0..2³²−1
 */
export function draw(seed, pass, layer, unit) {
  const start = mix((seed + GOLDEN) | 0)
  return [pass, layer, unit].reduce((hash, word) => mix(((hash + GOLDEN) | 0) ^ mix((word + GOLDEN) | 0)), start)
}

/**
 * Which units of a layer are kept in a pass.
 * @param {{seed: number, pass: number, layer: number, p: number}} of
 * @param {number} units
 * @returns {boolean[]}
 */
export function keptOf({ seed, pass, layer, p }, units) {
  return Array.from({ length: units }, (_, unit) => draw(seed, pass, layer, unit) >= p * 2 ** 32)
}

// ---- a small net ----

/**
 * A fully connected layer.
 * @typedef {object} Dense
 * @property {readonly (readonly number[])[]} weights [outputs][inputs]
 * @property {readonly number[]} bias
 */

/**
 * Inputs, a layer with ReLU whose units may be dropped, and a linear readout.
 * @typedef {object} SmallNet
 * @property {readonly number[]} inputs what goes in
 * @property {Dense} hidden
 * @property {Dense} readout
 */

/**
 * What a pass made.
 * @typedef {object} Pass
 * @property {readonly number[]} activations of the hidden layer, after ReLU, before dropout
 * @property {readonly number[]} hidden after dropout: 0 where dropped, else divided by 1 − p
 * @property {readonly number[]} outputs scores, before any softmax
 * @property {readonly number[]} probabilities their softmax
 */

/** @param {number} seed @param {number} layer @param {number} at @returns {number} −1..1 */
const weightOf = (seed, layer, at) => draw(seed, layer, 0, at) / 2 ** 31 - 1

/**
 * Numbers to a tenth, so that a reader can follow.
 * @param {number} seed
 * @param {readonly [number, number, number]} sizes inputs, hidden units, outputs
 * @returns {SmallNet}
 */
export function smallNet(seed, [inputs, hidden, outputs]) {
  const tenths = (/** @type {number} */ value) => Math.round(10 * value) / 10
  /** @param {number} layer @param {number} from @param {number} to @returns {Dense} */
  const dense = (layer, from, to) => ({
    weights: Array.from({ length: to }, (_, row) =>
      Array.from({ length: from }, (_, column) => tenths(weightOf(seed, layer, row * from + column)))),
    bias: Array.from({ length: to }, (_, row) => tenths(weightOf(seed, layer, from * to + row) / 2)),
  })
  return {
    inputs: Array.from({ length: inputs }, (_, at) => tenths((weightOf(seed, 0, at) + 1) / 2)),
    hidden: dense(1, inputs, hidden), readout: dense(2, hidden, outputs),
  }
}

/** @param {SmallNet} net @returns {number} weights and biases: dropout has none and takes none */
export function parametersOf({ hidden, readout }) {
  return [hidden, readout].reduce((sum, { weights, bias }) =>
    sum + weights.reduce((sum, row) => sum + row.length, 0) + bias.length, 0)
}

/**
 * @param {SmallNet} net
 * @param {readonly boolean[] | null} kept of the hidden units; null: evaluation
 * @param {number} p below 1
 * @returns {Pass}
 */
export function forward({ inputs, hidden: layer, readout }, kept, p) {
  const activations = dense(layer, inputs).map(value => Math.max(value, 0))
  const hidden = kept ? activations.map((value, unit) => kept[unit] ? value / (1 - p) : 0) : activations
  const outputs = dense(readout, hidden)
  return { activations, hidden, outputs, probabilities: softmax(outputs) }
}

/** @param {Dense} layer @param {readonly number[]} inputs */
function dense({ weights, bias }, inputs) {
  return weights.map((row, at) => row.reduce((sum, weight, from) => sum + weight * inputs[from], bias[at]))
}

/** @param {readonly number[]} scores @returns {number[]} */
export function softmax(scores) {
  const most = Math.max(...scores)
  const parts = scores.map(score => Math.exp(score - most))
  const sum = parts.reduce((sum, part) => sum + part, 0)
  return parts.map(part => part / sum)
}

/** Means over masks. @typedef {{hidden: number[], outputs: number[], probabilities: number[]}} Means */

/**
 * The mean over the first masks of a seed.
 * @param {SmallNet} net
 * @param {{seed: number, p: number}} of
 * @param {number} masks how many, from 1
 * @returns {Means}
 */
export function meanOfMasks(net, { seed, p }, masks) {
  const units = net.hidden.bias.length
  const weighted = Array.from({ length: masks }, (_, pass) =>
    /** @type {const} */ ([keptOf({ seed, pass, layer: 0, p }, units), 1 / masks]))
  return meanOf(net, p, weighted)
}

/**
 * The expectation: the mean over all masks, each as often as it comes. Of the hidden units and of the linear outputs it is
 * what evaluation gives; of the probabilities it isn't, for a softmax isn't linear.
 * @param {SmallNet} net
 * @param {number} p
 * @returns {Means}
 */
export function expectedOf(net, p) {
  const units = net.hidden.bias.length
  const all = Array.from({ length: 2 ** units }, (_, mask) => {
    const kept = Array.from({ length: units }, (_, unit) => (mask >> unit & 1) === 1)
    return /** @type {const} */ ([kept, kept.reduce((share, is) => share * (is ? 1 - p : p), 1)])
  })
  return meanOf(net, p, all)
}

/**
 * @param {SmallNet} net
 * @param {number} p
 * @param {readonly (readonly [kept: readonly boolean[], share: number])[]} masks
 * @returns {Means}
 */
function meanOf(net, p, masks) {
  const means = {
    hidden: net.hidden.bias.map(() => 0), outputs: net.readout.bias.map(() => 0),
      probabilities: net.readout.bias.map(() => 0),
  }
  for (const [kept, share] of masks) {
    const pass = forward(net, kept, p)
    for (const name of /** @type {const} */ (['hidden', 'outputs', 'probabilities'])) {
      pass[name].forEach((value, at) => { means[name][at] += share * value })
    }
  }
  return means
}

// ---- where a net is unsure ----

/**
 * A map's mean at the edges of a label map and elsewhere. At an edge: at most `reach` rows and columns from a pixel that
 * has a neighbour (above, below, left or right) of another class.
 * @param {{labels: ArrayLike<number>, values: ArrayLike<number>, width: number}} maps [height, width]
 * @param {number} reach pixels
 * @returns {{near: Part, far: Part}}
 */
export function atEdges({ labels, values, width }, reach) {
  const isNear = widened(widened(edgesOf(labels, width), { step: 1, line: width }, reach),
    { step: width, line: 0 }, reach)
  const [near, far] = [{ pixels: 0, sum: 0 }, { pixels: 0, sum: 0 }]
  for (let at = 0; at < labels.length; at++) {
    const part = isNear[at] ? near : far
    part.pixels++
    part.sum += values[at]
  }
  return { near: meanIn(near), far: meanIn(far) }
}

/** `mean`: null where there is no such pixel. @typedef {{pixels: number, mean: number | null}} Part */

/** @param {{pixels: number, sum: number}} part @returns {Part} */
const meanIn = ({ pixels, sum }) => ({ pixels, mean: pixels ? sum / pixels : null })

/** @param {ArrayLike<number>} labels @param {number} width @returns {Uint8Array} 1 beside another class */
function edgesOf(labels, width) {
  const edges = new Uint8Array(labels.length)
  for (let at = 0; at < labels.length; at++) {
    if (at % width < width - 1 && labels[at] !== labels[at + 1]) edges[at] = edges[at + 1] = 1
    if (at + width < labels.length && labels[at] !== labels[at + width]) edges[at] = edges[at + width] = 1
  }
  return edges
}

/**
 * Spreads what is set, along one axis.
 * @param {Uint8Array} set
 * @param {{step: number, line: number}} axis from a cell to the next; how long a line is, 0: no matter
 * @param {number} reach cells
 */
function widened(set, { step, line }, reach) {
  const wide = new Uint8Array(set.length)
  for (let at = 0; at < set.length; at++) {
    if (!set[at]) continue
    for (let by = -reach; by <= reach; by++) {
      const to = at + by * step
      const isInside = to >= 0 && to < set.length && (!line || Math.floor(to / line) === Math.floor(at / line))
      if (isInside) wide[to] = 1
    }
  }
  return wide
}
