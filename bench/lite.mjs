/**
 * The shipped net's operations: FCN-8s on EfficientNet-Lite, as src/models/efficientnet_lite.rs and fcn_efficientnet_lite.rs
 * have it. No Node, no DOM.
 */

/** @typedef {import('./net.mjs').Operation} Operation */
/** @typedef {import('./net.mjs').Config & {depth: number}} LiteConfig */

const STEM = 32
/** Blocks, kernel, stride of the first block, expansion, channels of Lite0. */
const STAGES = [[1, 3, 1, 1, 16], [2, 3, 2, 6, 24], [2, 5, 2, 6, 40], [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112], [4, 5, 2, 6, 192], [1, 3, 1, 6, 320]]

/** The nearest multiple of 8, but not a tenth less. @param {number} channels */
function rounded(channels) {
  const found = Math.max(8, Math.floor((channels + 4) / 8) * 8)
  return found < 0.9 * channels ? found + 8 : found
}

/**
 * @param {LiteConfig} config
 * @returns {Operation[]} in an order in which each finds its inputs made
 */
export function liteOperations({ width, depth, fc6_kernel, fc_channels, classes }) {
  /** @type {Operation[]} */
  const list = []
  /** @param {string} layer @param {string} input @param {Partial<Operation>} how */
  const conv = (layer, input, { kernel = 1, stride = 1, ...how }) => {
    // TensorFlow's "same": at stride 2 what is odd comes after the map.
    list.push({ kind: 'conv', inputs: [input], output: layer, layer, kernel, stride,
      padding: Math.floor((kernel - stride) / 2), after: Math.floor((kernel - 1) / 2), relu: false, ...how })
    return layer
  }
  const relu6 = { relu: true, most: 6 }
  /** @param {string} layer @param {string} input @param {number} stride @param {string} [output] */
  const up = (layer, input, stride, output = layer) => {
    list.push({ kind: 'up', inputs: [input], output, layer, kernel: 2 * stride, stride,
      padding: stride / 2, relu: false, out: classes, isDepthwise: true })
    return output
  }
  /** @param {string} a @param {string} b @param {string} output @param {number} out */
  const add = (a, b, output, out) => {
    list.push({ kind: 'add', inputs: [a, b], output, layer: '', kernel: 0, stride: 1, padding: 0, relu: false, out })
    return output
  }

  let x = conv('conv_stem', 'image', { kernel: 3, stride: 2, out: STEM, ...relu6 })
  let [channels, stride, index] = [STEM, 2, 0]
  /** The last map of each stride. @type {Record<number, string>} */
  const pools = {}
  STAGES.forEach(([count, kernel, first, expansion, lite0], stage) => {
    const out = rounded(lite0 * width)
    const blocks = stage === 0 || stage === STAGES.length - 1 ? count : Math.ceil(count * depth)
    for (let i = 0; i < blocks; i++, index++) {
      const [name, step, wide] = [`blocks.${index}`, i === 0 ? first : 1, channels * expansion]
      let y = expansion > 1 ? conv(`${name}.expand`, x, { out: wide, ...relu6 }) : x
      y = conv(`${name}.depthwise`, y, { kernel, stride: step, out: wide, isDepthwise: true, ...relu6 })
      y = conv(`${name}.project`, y, { out })
      x = step === 1 && channels === out ? add(x, y, name, out) : y
      channels = out
      stride *= step
      pools[stride] = x
    }
  })
  x = conv('fc7', conv('fc6', x, { kernel: fc6_kernel, out: fc_channels, relu: true }),
    { out: fc_channels, relu: true })
  x = add(up('upscore2', conv('score_fr', x, { out: classes }), 2), conv('score_pool4', pools[16], { out: classes }),
    'fuse_pool4', classes)
  x = add(up('upscore_pool4', x, 2), conv('score_pool3', pools[8], { out: classes }), 'fuse_pool3', classes)
  up('upscore8', x, 8, 'scores')
  return list
}
