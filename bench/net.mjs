/**
 * The nets that every engine runs: FCN-8s with VGG16's topology in three widths, fc6 1×1, 21
 * classes, as tensors from a seed; and two shipped nets, on EfficientNet-Lite2 and on a slim VGG16. Each as one list of
 * operations. No Node, no DOM: the runner writes files from it, the page builds the tfjs nets from it.
 */
import { liteOperations } from './lite.mjs'

/** What a manifest's `config` says; `depth` of EfficientNet-Lite alone. @typedef {{width: number, depth?: number, fc6_kernel: number, fc_channels: number, classes: number, variants: string[], per_class_upsampling?: boolean}} Config */

/** @typedef {'slim' | 'half' | 'full' | 'everyday' | 'everyday-slim'} Model full: VGG16's own width; the last two: shipped, with their weights */

/** The nets that are written as TFLite, too. @type {readonly Model[]} */
export const TFLITE = ['slim', 'everyday', 'everyday-slim']

/** Those with the weights of www/models/. @type {readonly Model[]} */
export const SHIPPED = ['everyday', 'everyday-slim']

/** @type {Record<Model, Config>} */
export const CONFIGS = {
  slim: { width: 16, fc6_kernel: 1, fc_channels: 256, classes: 21, variants: ['fcn8s'] },
  half: { width: 32, fc6_kernel: 1, fc_channels: 512, classes: 21, variants: ['fcn8s'] },
  full: { width: 64, fc6_kernel: 1, fc_channels: 4096, classes: 21, variants: ['fcn8s'] },
  everyday: { width: 1.1, depth: 1.2, fc6_kernel: 3, fc_channels: 256, classes: 14, variants: ['fcn8s'],
    per_class_upsampling: true },
  'everyday-slim': { width: 16, fc6_kernel: 3, fc_channels: 192, classes: 14, variants: ['fcn8s'],
    per_class_upsampling: true },
}

/** Sides of the square picture have to be multiples of this, so that no engine pads. Pixels. */
export const STRIDE = 32

/** Per channel (RGB): input = (value / 255 - mean) / std. */
export const MEAN = [0.485, 0.456, 0.406]
export const STD = [0.229, 0.224, 0.225]

/** The shipped net's, as its model.json has them. */
const LITE_SCALES = { mean: Array(3).fill(127 / 255), std: Array(3).fill(128 / 255) }

/** @param {Model} model */
export const scalesOf = model => model === 'everyday' ? LITE_SCALES : { mean: MEAN, std: STD }

export const INPUT = 'image'
export const OUTPUT = 'scores'

const BLOCKS = [[1, 2], [2, 2], [4, 3], [8, 3], [8, 3]] // times the width, convolutions

/**
 * One operation. `inputs` and `output` name maps; `layer` names the tensors `layer.weight`
 * [out, in, k, k] (`up`: [in, out, k, k]) and `layer.bias` [out].
 * @typedef {object} Operation
 * @property {'conv' | 'pool' | 'up' | 'add'} kind pool: 2×2 stride 2, maximum; up: transposed convolution, k = 2·stride,
 *   padding stride/2, no bias
 * @property {string[]} inputs
 * @property {string} output
 * @property {string} layer '' for pool and add
 * @property {number} kernel pixels
 * @property {number} stride
 * @property {number} padding pixels on each side
 * @property {number} [after] pixels below and to the right, where they are others
 * @property {boolean} relu
 * @property {number} [most] what the activation ends at: 6 for ReLU6
 * @property {boolean} [isDepthwise] each channel by itself: weight [out, 1, k, k], of `up` too
 * @property {number} [out] channels it makes, where the layer's name doesn't tell
 */

/** @typedef {{name: string, shape: number[], data: Float32Array}} Tensor */

/**
 * A net as operations, in an order in which each finds its inputs made.
 * @param {Config} config
 * @returns {Operation[]}
 */
export function operations(config) {
  if (config.depth !== undefined) return liteOperations({ ...config, depth: config.depth })
  const perClass = config.per_class_upsampling ? { isDepthwise: true, out: config.classes } : {}
  /** @type {Operation[]} */
  const list = []
  /** @param {string} layer @param {string} input @param {number} kernel @param {boolean} relu */
  const conv = (layer, input, kernel, relu) => {
    list.push({ kind: 'conv', inputs: [input], output: layer, layer, kernel, stride: 1,
      padding: (kernel - 1) / 2, relu })
    return layer
  }
  /** @param {string} layer @param {string} input @param {number} stride @param {string} [output] */
  const up = (layer, input, stride, output = layer) => {
    list.push({ kind: 'up', inputs: [input], output, layer, kernel: 2 * stride, stride,
      padding: stride / 2, relu: false, ...perClass })
    return output
  }
  /** @param {string} a @param {string} b @param {string} output */
  const add = (a, b, output) => {
    list.push({ kind: 'add', inputs: [a, b], output, layer: '', kernel: 0, stride: 1, padding: 0, relu: false })
    return output
  }

  let x = INPUT
  BLOCKS.forEach(([, depth], block) => {
    for (let i = 1; i <= depth; i++) x = conv(`conv${block + 1}_${i}`, x, 3, true)
    list.push({ kind: 'pool', inputs: [x], output: `pool${block + 1}`, layer: '', kernel: 2,
      stride: 2, padding: 0, relu: false })
    x = `pool${block + 1}`
  })
  x = conv('fc7', conv('fc6', x, config.fc6_kernel, true), 1, true)
  x = add(up('upscore2', conv('score_fr', x, 1, false), 2), conv('score_pool4', 'pool4', 1, false), 'fuse_pool4')
  x = add(up('upscore_pool4', x, 2), conv('score_pool3', 'pool3', 1, false), 'fuse_pool3')
  up('upscore8', x, 8, OUTPUT)
  return list
}

/**
 * Channels that an operation makes.
 * @param {Config} config
 * @param {Operation} operation
 * @param {number} into channels that it takes
 */
export function channelsOut({ width, fc_channels, classes }, { layer, out }, into) {
  if (out !== undefined) return out
  const block = /^conv(\d)_/.exec(layer)
  if (block) return width * BLOCKS[Number(block[1]) - 1][0]
  return layer === '' ? into : layer.startsWith('fc') ? fc_channels : classes
}

/**
 * Random weights: He initialisation, bilinear upsampling. The same in every engine of JavaScript,
 * because only exact operations are used (a square root, no logarithm or cosine).
 * @param {Config} config
 * @param {number} [seed]
 * @returns {Tensor[]} in the order of {@link operations}
 */
export function tensors(config, seed = 20261123) {
  const random = generator(seed)
  /** @type {Map<string, number>} map -> channels */
  const channels = new Map([[INPUT, 3]])
  /** @type {Tensor[]} */
  const made = []
  for (const operation of operations(config)) {
    const { kind, inputs, output, layer, kernel, relu } = operation
    const into = channels.get(inputs[0]) ?? 0
    const out = channelsOut(config, operation, into)
    channels.set(output, out)
    if (kind === 'conv') {
      const fanIn = into * kernel * kernel
      // Uniform in ±bound has the variance bound²/3: 2 / fanIn under a ReLU, else 1 / fanIn.
      const bound = Math.sqrt((relu ? 6 : 3) / fanIn)
      const weight = new Float32Array(out * fanIn)
      for (let i = 0; i < weight.length; i++) weight[i] = (2 * random() - 1) * bound
      // Each filter sums to zero: it answers to differences, and no class wins everywhere.
      for (let i = 0; i < weight.length; i += fanIn) {
        let sum = 0
        for (let j = i; j < i + fanIn; j++) sum += weight[j]
        for (let j = i; j < i + fanIn; j++) weight[j] -= sum / fanIn
      }
      made.push({ name: `${layer}.weight`, shape: [out, into, kernel, kernel], data: weight })
      made.push({ name: `${layer}.bias`, shape: [out],
        data: Float32Array.from({ length: out }, () => 0.2 * random() - 0.1) })
    } else if (kind === 'up') {
      made.push({ name: `${layer}.weight`, shape: [out, out, kernel, kernel], data: bilinear(out, kernel) })
    }
  }
  return made
}

/**
 * Upsampling that treats each class by itself: a bilinear kernel on the class diagonal.
 * @param {number} classes
 * @param {number} kernel even
 * @returns {Float32Array} [classes, classes, kernel, kernel]
 */
function bilinear(classes, kernel) {
  const factor = kernel / 2
  const row = Array.from({ length: kernel }, (_, i) => 1 - Math.abs(i - (factor - 0.5)) / factor)
  const weight = new Float32Array(classes * classes * kernel * kernel)
  for (let c = 0; c < classes; c++) {
    const start = (c * classes + c) * kernel * kernel
    row.forEach((a, i) => row.forEach((b, j) => { weight[start + i * kernel + j] = a * b }))
  }
  return weight
}

/**
 * The test picture: soft blobs of colour with fine noise, opaque.
 * @param {number} size side, pixels
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA, size × size
 */
export function picture(size) {
  const random = generator(7)
  const cell = 28
  const across = Math.ceil(size / cell) + 1
  const grid = Array.from({ length: across * across * 3 }, random)
  const rgba = new Uint8ClampedArray(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [i, j] = [Math.floor(y / cell), Math.floor(x / cell)]
      const [v, u] = [y / cell - i, x / cell - j]
      for (let c = 0; c < 3; c++) {
        /** @param {number} row @param {number} column */
        const at = (row, column) => grid[(row * across + column) * 3 + c]
        const top = at(i, j) * (1 - u) + at(i, j + 1) * u
        const bottom = at(i + 1, j) * (1 - u) + at(i + 1, j + 1) * u
        rgba[(y * size + x) * 4 + c] = 255 * (top * (1 - v) + bottom * v) + 40 * (random() - 0.5)
      }
      rgba[(y * size + x) * 4 + 3] = 255
    }
  }
  return rgba
}

/**
 * Uniform numbers in [0, 1) from a seed (a 32-bit multiply-and-mix counter).
 * @param {number} seed
 * @returns {() => number}
 */
function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let x = state
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
  }
}
