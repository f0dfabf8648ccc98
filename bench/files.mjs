/**
 * The bench's nets as files: safetensors and a manifest for this project's engine, ONNX for
 * onnxruntime-web, TFLite for LiteRT.js. The first two are simple enough to write by hand; no Python is needed.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { CONFIGS, INPUT, MEAN, OUTPUT, SHIPPED, STD, operations, tensors } from './net.mjs'
import { tflite } from './tflite.mjs'

/** @typedef {import('./net.mjs').Tensor} Tensor */
/** @typedef {import('./net.mjs').Config} Config */

/**
 * @param {Float32Array} data
 * @returns {Buffer} the numbers' bytes, little-endian; not a copy
 */
function bytesOf(data) {
  if (os.endianness() !== 'LE') throw new Error('the bench writes its files on little-endian machines only')
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

/**
 * @param {Tensor[]} list
 * @returns {Buffer} a safetensors file: length of the header, header as JSON, data
 */
export function safetensors(list) {
  /** @type {Record<string, {dtype: string, shape: number[], data_offsets: [number, number]}>} */
  const header = {}
  let offset = 0
  for (const { name, shape, data } of list) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset += data.length * 4] }
  }
  let json = JSON.stringify(header)
  json = json.padEnd(Math.ceil(json.length / 8) * 8) // keeps the data aligned
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, Buffer.from(json), ...list.map(({ data }) => bytesOf(data))])
}

/**
 * @param {string} name
 * @param {Config} config
 * @param {Buffer} weights the safetensors file
 * @returns {string} model.json
 */
export function manifest(name, config, weights) {
  return JSON.stringify({
    format: 1,
    name,
    title: { en: 'Benchmark net', ko: '성능 측정용 신경망' },
    architecture: 'fcn-vgg16',
    config,
    classes: Array.from({ length: config.classes }, (_, id) => ({
      id,
      name: `class ${id}`,
      color: `#${(id * 0x0b3f61 & 0xffffff).toString(16).padStart(6, '0')}`,
    })),
    input: { order: 'RGB', mean: MEAN, std: STD, pad_multiple: 32, pad_color: [124, 116, 104],
      long_side: 4096, max_long_side: 4096 },
    files: [{ path: 'weights.safetensors', bytes: weights.length,
      sha256: createHash('sha256').update(weights).digest('hex') }],
  }, null, 1)
}

/**
 * Protocol-buffer fields, by wire type. A message is the concatenation of its fields, kept in pieces
 * so that weights aren't copied at every level; field numbers below are those of onnx.proto3.
 * @typedef {Buffer[]} Pieces
 */
const proto = {
  /** @param {number} value whole, >= 0 @returns {number[]} base 128, low digits first */
  digits(value) {
    const out = []
    for (; value > 127; value = Math.floor(value / 128)) out.push(value % 128 + 128)
    out.push(value)
    return out
  },
  /** @param {number} field @param {number} value @returns {Pieces} */
  int: (field, value) => [Buffer.from([...proto.digits(field * 8), ...proto.digits(value)])],
  /** @param {number} field @param {Buffer | string} content text or bytes @returns {Pieces} */
  bytes: (field, content) => proto.message(field, [typeof content === 'string' ? Buffer.from(content) : content]),
  /** @param {number} field @param {...Pieces} fields of the message @returns {Pieces} */
  message(field, ...fields) {
    const pieces = fields.flat()
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    return [Buffer.from([...proto.digits(field * 8 + 2), ...proto.digits(length)]), ...pieces]
  },
}

const FLOAT = 1 // TensorProto.DataType
const INT = 2 // AttributeProto.AttributeType
const INTS = 7

/**
 * @param {number} field
 * @param {string} name
 * @param {number[]} shape
 */
const valueInfo = (field, name, shape) => {
  const dimensions = shape.map(size => proto.message(1, proto.int(1, size)))
  return proto.message(field, proto.bytes(1, name),
    proto.message(2, proto.message(1, proto.int(1, FLOAT), proto.message(2, ...dimensions))))
}

/**
 * @param {string} type
 * @param {string[]} inputs
 * @param {string} output
 * @param {Record<string, number[] | number>} [attributes]
 */
const node = (type, inputs, output, attributes = {}) => proto.message(
  1, ...inputs.map(name => proto.bytes(1, name)), proto.bytes(2, output), proto.bytes(3, `${type}:${output}`),
    proto.bytes(4, type),
  ...Object.entries(attributes).map(([name, values]) => typeof values === 'number'
    ? proto.message(5, proto.bytes(1, name), proto.int(3, values), proto.int(20, INT))
    : proto.message(5, proto.bytes(1, name), ...values.map(value => proto.int(8, value)), proto.int(20, INTS))),
)

/**
 * @param {Config} config
 * @param {Tensor[]} list
 * @param {number} size side of the picture, pixels
 * @returns {Buffer} an ONNX model: [1, 3, size, size] normalised -> scores [1, classes, size, size]
 */
export function onnx(config, list, size) {
  const nodes = operations(config).flatMap(({ kind, inputs, output, layer, kernel, stride,
    padding, after = padding, relu, most, isDepthwise, out }) => {
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride],
      pads: [padding, padding, after, after], group: isDepthwise ? out ?? 1 : 1 }
    switch (kind) {
      case 'pool': return [node('MaxPool', inputs, output, { kernel_shape: attributes.kernel_shape,
        strides: attributes.strides, pads: attributes.pads })]
      case 'add': return [node('Add', inputs, output)]
      case 'up': return [node('ConvTranspose', [...inputs, `${layer}.weight`], output, attributes)]
      case 'conv': {
        const linear = relu ? `${output}:linear` : output
        const conv = node('Conv', [...inputs, `${layer}.weight`, `${layer}.bias`], linear, attributes)
        if (!relu) return [conv]
        return [conv, most ? node('Clip', [linear, 'zero', 'six'], output) : node('Relu', [linear], output)]
      }
    }
  })
  const limits = [['zero', 0], ['six', 6]].map(([name, value]) => proto.message(
    5, proto.int(2, FLOAT), proto.bytes(8, String(name)), proto.bytes(9, bytesOf(Float32Array.of(Number(value))))))
  const initializers = list.map(({ name, shape, data }) => proto.message(
    5, ...shape.map(size => proto.int(1, size)), proto.int(2, FLOAT), proto.bytes(8, name),
      proto.bytes(9, bytesOf(data))))
  return Buffer.concat([
    proto.int(1, 8), // ir_version
    proto.message(7, ...nodes, proto.bytes(2, 'fcn8s'), ...initializers, ...limits,
      valueInfo(11, INPUT, [1, 3, size, size]), valueInfo(12, OUTPUT, [1, config.classes, size, size])),
    proto.message(8, proto.bytes(1, ''), proto.int(2, 13)), // operator set
  ].flat())
}

/** Where the shipped nets lie. */
const MODELS = new URL('../www/models/', import.meta.url)

/**
 * The tensors of a safetensors file of 16 or 32 bits.
 * @param {Buffer} file
 * @returns {Tensor[]}
 */
function readTensors(file) {
  const length = Number(file.readBigUInt64LE())
  /** @type {Record<string, {dtype: string, shape: number[], data_offsets: [number, number]}>} */
  const header = JSON.parse(file.toString('utf8', 8, 8 + length))
  return Object.entries(header).filter(([name]) =>
    name !== '__metadata__').map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    const bytes = file.subarray(8 + length + from, 8 + length + to)
    const data = dtype === 'F16'
      ? Float32Array.from({ length: bytes.length / 2 }, (_, i) => fromHalf(bytes.readUInt16LE(2 * i)))
      : Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
    return { name, shape, data }
  })
}

/** @param {number} bits of an IEEE 754 half, finite */
function fromHalf(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction / 1024 * 2 ** -14)
}

/**
 * The files of a net, one at a time, so that the largest isn't held twice.
 * @param {import('./net.mjs').Model} model
 * @param {{onnx: number[], tflite: number[]}} sizes sides of the picture that files are wanted for, pixels
 * @returns {Generator<[string, Buffer]>} name and content
 */
export function* netFiles(model, sizes) {
  const config = CONFIGS[model]
  const shipped = SHIPPED.includes(model) ? new URL(`${model}/`, MODELS) : null
  const weights = shipped ? readFileSync(new URL('weights.safetensors', shipped)) : safetensors(tensors(config))
  yield ['weights.safetensors', weights]
  // The shipped ones work at up to 1,024 pixels anyway.
  yield ['model.json', shipped ? readFileSync(new URL('model.json', shipped))
    : Buffer.from(manifest(model, config, weights))]
  if (!sizes.onnx.length && !sizes.tflite.length) return
  const used = new Set(operations(config).flatMap(({ layer }) => [`${layer}.weight`, `${layer}.bias`]))
  const list = readTensors(weights).filter(({ name }) => used.has(name))
  for (const size of sizes.onnx) yield [`${size}.onnx`, onnx(config, list, size)]
  for (const size of sizes.tflite) yield [`${size}.tflite`, tflite(operations(config), list, size)]
}
