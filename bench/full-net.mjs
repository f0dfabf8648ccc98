/**
 * FCN-8s as the paper's authors ran it, with weights from a seed: the layers and names of
 * wkentaro/pytorch-fcn's `FCN8s`, f32, 538 MB of safetensors.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

export const CLASSES = 21
const SEED = 20_261_125

/** Output and input channels of VGG16's convolutions. @type {[string, number, number][]} */
const CONVOLUTIONS = [
  ['conv1_1', 64, 3], ['conv1_2', 64, 64], ['conv2_1', 128, 64], ['conv2_2', 128, 128],
  ['conv3_1', 256, 128], ['conv3_2', 256, 256], ['conv3_3', 256, 256],
  ['conv4_1', 512, 256], ['conv4_2', 512, 512], ['conv4_3', 512, 512],
  ['conv5_1', 512, 512], ['conv5_2', 512, 512], ['conv5_3', 512, 512],
]

/** Every tensor's name and shape, in the order of the file. @returns {[string, number[]][]} */
export function layout() {
  /** @type {[string, number[]][]} */
  const convolutions = [
    ...CONVOLUTIONS.map(([name, out, input]) => /** @type {[string, number[]]} */ ([name, [out, input, 3, 3]])),
    ['fc6', [4096, 512, 7, 7]], ['fc7', [4096, 4096, 1, 1]], ['score_fr', [CLASSES, 4096, 1, 1]],
    ['score_pool4', [CLASSES, 512, 1, 1]], ['score_pool3', [CLASSES, 256, 1, 1]],
  ]
  return [
    ...convolutions.flatMap(([name, shape]) =>
      /** @type {[string, number[]][]} */ ([[`${name}.weight`, shape], [`${name}.bias`, [shape[0]]]])),
    ...[['upscore2', 4], ['upscore_pool4', 4], ['upscore8', 16]].map(([name, kernel]) =>
      /** @type {[string, number[]]} */ ([`${name}.weight`, [CLASSES, CLASSES, Number(kernel), Number(kernel)]])),
  ]
}

/** @param {number[]} shape */
const count = shape => shape.reduce((product, size) => product * size, 1)

/** The beginning of the safetensors file. @returns {Buffer} */
export function header() {
  let offset = 0
  const entries = layout().map(([name, shape]) =>
    [name, { dtype: 'F32', shape, data_offsets: [offset, offset += 4 * count(shape)] }])
  let json = JSON.stringify(Object.fromEntries(entries))
  json = json.padEnd(Math.ceil(json.length / 8) * 8) // keeps the data aligned
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, Buffer.from(json)])
}

/** Values at once: 4 MiB. */
const PIECE = 2 ** 20

/**
 * The values in the order of the file: He's bounds for convolutions, so that activations stay of
 * order one; small biases; bilinear kernels on the diagonal of classes for upsampling.
 * @returns {Generator<Float32Array>} pieces
 */
export function* values() {
  let state = SEED
  for (const [name, shape] of layout()) {
    if (name.startsWith('upscore')) {
      yield bilinear(shape[0], shape[2])
      continue
    }
    const bound = shape.length === 1 ? 0.1 : Math.sqrt(6 / count(shape.slice(1)))
    for (let left = count(shape); left > 0; left -= PIECE) {
      const piece = new Float32Array(Math.min(left, PIECE))
      for (let i = 0; i < piece.length; i++) {
        // As in src/weights/noise.rs: a linear congruential generator, its upper 24 bits.
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        piece[i] = ((state >>> 8) / 2 ** 23 - 1) * bound
      }
      yield piece
    }
  }
}

/** @param {number} classes @param {number} kernel even @returns {Float32Array} [classes, classes, kernel, kernel] */
function bilinear(classes, kernel) {
  const factor = kernel / 2
  const weights = new Float32Array(classes * classes * kernel * kernel)
  for (let c = 0; c < classes; c++) {
    for (let i = 0; i < kernel * kernel; i++) {
      const [a, b] = [Math.floor(i / kernel), i % kernel].map(at => 1 - Math.abs(at - (factor - 0.5)) / factor)
      weights[(c * classes + c) * kernel * kernel + i] = a * b
    }
  }
  return weights
}

/** @param {string} path of the file to write @returns {Promise<number>} its size in bytes */
export async function writeFullNet(path) {
  const file = createWriteStream(path)
  // Errors, such as of a full disk, reach whoever waits for the end.
  const closed = once(file, 'close')
  closed.catch(() => {})
  file.write(header())
  for (const piece of values()) {
    if (!file.write(new Uint8Array(piece.buffer))) await Promise.race([once(file, 'drain'), closed])
  }
  file.end()
  await closed
  return file.bytesWritten
}
