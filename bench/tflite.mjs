/**
 * A net as a TFLite model for LiteRT.js: NHWC, f32, activations fused, as Google's converter writes one. Numbers of fields,
 * operators and options are those of TensorFlow Lite's schema.fbs.
 */
import { Builder } from 'flatbuffers'
import { INPUT, OUTPUT } from './net.mjs'

/** @typedef {import('./net.mjs').Operation} Operation */
/** @typedef {import('./net.mjs').Tensor} Tensor */
/** Offset of what was written. @typedef {number} Written */

const FLOAT32 = 0
const INT32 = 2
/** Padding, and what an activation is. */
const SAME = 0
const ACTIVATIONS = { none: 0, relu: 1, relu6: 3 }
/** BuiltinOperator, and the BuiltinOptions that it takes. */
const OPERATORS = { add: [0, 11], conv: [3, 1], depthwise: [4, 2], pool: [17, 5], up: [67, 49] }
const KINDS = /** @type {(keyof typeof OPERATORS)[]} */ (Object.keys(OPERATORS))
/** Weights lie at multiples of so many bytes. */
const ALIGNED = 16

/** @param {Operation} operation @returns {keyof typeof OPERATORS} */
const kindOf = ({ kind, isDepthwise }) => kind === 'conv' && isDepthwise ? 'depthwise' : kind

/**
 * @param {readonly Operation[]} operations
 * @param {readonly Tensor[]} list
 * @param {number} size side of the picture, pixels
 * @returns {Buffer} [1, size, size, 3] normalised -> scores [1, size, size, classes]
 */
export function tflite(operations, list, size) {
  const builder = new Builder(1 << 26)
  const weights = new Map(list.map(tensor => [tensor.name, tensor]))
  /** @type {{name: string, shape: number[], type: number, data: Uint8Array | null}[]} */
  const tensors = []
  /** @param {string} name @param {number[]} shape @param {Uint8Array | null} [data] @param {number} [type] */
  const tensor = (name, shape, data = null, type = FLOAT32) => tensors.push({ name, shape, type, data }) - 1
  /** Channels and side of a map. @type {Map<string, {at: number, channels: number, side: number}>} */
  const maps = new Map([[INPUT, { at: tensor(INPUT, [1, size, size, 3]), channels: 3, side: size }]])
  const operators = operations.map(operation => {
    const { inputs, output, layer, kind, stride, isDepthwise } = operation
    const from = inputs.map(name => maps.get(name) ?? { at: 0, channels: 0, side: 0 })
    const weight = weights.get(`${layer}.weight`)
    const channels = operation.out ?? (weight ? weight.shape[kind === 'up' ? 1 : 0] : from[0].channels)
    const side = kind === 'up' ? from[0].side * stride : Math.ceil(from[0].side / stride)
    const taken = from.map(({ at }) => at)
    if (weight) {
      const [shape, data] = kind === 'up' ? transposed(weight, channels) : arranged(weight, isDepthwise ?? false)
      const at = tensor(`${layer}.weight`, shape, bytes(data))
      if (kind === 'up') taken.unshift(tensor(`${layer}.size`, [4],
        bytes(Int32Array.of(1, side, side, channels)), INT32), at)
      else taken.push(at)
    }
    const bias = weights.get(`${layer}.bias`)
    if (bias) taken.push(tensor(`${layer}.bias`, bias.shape, bytes(bias.data)))
    const at = tensor(output, [1, side, side, channels])
    maps.set(output, { at, channels, side })
    return { operation, taken, at }
  })

  // The first buffer is the one of tensors without data.
  const buffers = [null, ...tensors.map(({ data }) => data)].map(data => {
    const written = data ? alignedBytes(builder, data) : 0
    builder.startObject(1)
    if (data) builder.addFieldOffset(0, written, 0)
    return builder.endObject()
  })
  const codes = KINDS.map(kind => table(builder, 4, () => {
    builder.addFieldInt8(0, OPERATORS[kind][0], 0)
    builder.addFieldInt32(2, 1, 1)
    builder.addFieldInt32(3, OPERATORS[kind][0], 0)
  }))
  const written = tensors.map(({ name, shape, type }, at) => {
    const [named, shaped] = [builder.createString(name), ints(builder, shape)]
    return table(builder, 6, () => {
      builder.addFieldOffset(0, shaped, 0)
      builder.addFieldInt8(1, type, 0)
      builder.addFieldInt32(2, at + 1, 0)
      builder.addFieldOffset(3, named, 0)
    })
  })
  const steps = operators.map(({ operation, taken, at }) => {
    const kind = kindOf(operation)
    const [options, takes, makes] = [optionsOf(builder, operation), ints(builder, taken), ints(builder, [at])]
    return table(builder, 5, () => {
      builder.addFieldInt32(0, KINDS.indexOf(kind), 0)
      builder.addFieldOffset(1, takes, 0)
      builder.addFieldOffset(2, makes, 0)
      builder.addFieldInt8(3, OPERATORS[kind][1], 0)
      builder.addFieldOffset(4, options, 0)
    })
  })
  const parts = [offsets(builder, written), ints(builder, [maps.get(INPUT)?.at ?? 0]),
    ints(builder, [maps.get(OUTPUT)?.at ?? 0]), offsets(builder, steps)]
  const graph = table(builder, 5, () => parts.forEach((part, field) => builder.addFieldOffset(field, part, 0)))
  const [allCodes, graphs, allBuffers] = [offsets(builder, codes), offsets(builder, [graph]), offsets(builder, buffers)]
  const model = table(builder, 5, () => {
    builder.addFieldInt32(0, 3, 0)
    builder.addFieldOffset(1, allCodes, 0)
    builder.addFieldOffset(2, graphs, 0)
    builder.addFieldOffset(4, allBuffers, 0)
  })
  builder.finish(model, 'TFL3')
  return Buffer.from(builder.asUint8Array())
}

/** @param {Builder} builder @param {number} fields @param {() => void} fill @returns {Written} */
function table(builder, fields, fill) {
  builder.startObject(fields)
  fill()
  return builder.endObject()
}

/** @param {Builder} builder @param {Operation} operation @returns {Written} */
function optionsOf(builder, operation) {
  const { stride, kernel, relu, most } = operation
  const activation = relu ? most ? ACTIVATIONS.relu6 : ACTIVATIONS.relu : ACTIVATIONS.none
  const kind = kindOf(operation)
  if (kind === 'add') return table(builder, 2, () => builder.addFieldInt8(0, activation, 0))
  return table(builder, 7, () => {
    builder.addFieldInt8(0, SAME, 0)
    builder.addFieldInt32(1, stride, 0)
    builder.addFieldInt32(2, stride, 0)
    if (kind === 'depthwise') builder.addFieldInt32(3, 1, 0)
    if (kind === 'pool') for (const field of [3, 4]) builder.addFieldInt32(field, kernel, 0)
    builder.addFieldInt8({ conv: 3, up: 3, depthwise: 4, pool: 5 }[kind], activation, 0)
    if (kind === 'conv' || kind === 'depthwise') for (const field of kind === 'conv' ? [4, 5]
      : [5, 6]) builder.addFieldInt32(field, 1, 1)
  })
}

/** @param {Builder} builder @param {readonly number[]} values @returns {Written} */
function ints(builder, values) {
  builder.startVector(4, values.length, 4)
  for (const value of [...values].reverse()) builder.addInt32(value)
  return builder.endVector()
}

/** @param {Builder} builder @param {readonly Written[]} values @returns {Written} */
function offsets(builder, values) {
  builder.startVector(4, values.length, 4)
  for (const value of [...values].reverse()) builder.addOffset(value)
  return builder.endVector()
}

/** @param {Builder} builder @param {Uint8Array} data @returns {Written} */
function alignedBytes(builder, data) {
  builder.prep(ALIGNED, data.length)
  return builder.createByteVector(data)
}

/** @param {Float32Array | Int32Array} data */
const bytes = data => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** [out, in, k, k] as [out, k, k, in]; a depthwise [channels, 1, k, k] as [1, k, k, channels]. @param {Tensor} tensor @param {boolean} isDepthwise @returns {[number[], Float32Array]} */
function arranged({ shape: [out, into, rows, columns], data }, isDepthwise) {
  const arranged = new Float32Array(data.length)
  for (let o = 0, from = 0; o < out; o++) {
    for (let i = 0; i < into; i++) {
      for (let place = 0; place < rows * columns; place++, from++) {
        arranged[isDepthwise ? place * out + o : (o * rows * columns + place) * into + i] = data[from]
      }
    }
  }
  return [isDepthwise ? [1, rows, columns, out] : [out, rows, columns, into], arranged]
}

/** [in, out or 1, k, k] as [out, k, k, in]: TFLite has no groups here, so that of each class by itself has zeros elsewhere. @param {Tensor} tensor @param {number} classes @returns {[number[], Float32Array]} */
function transposed({ shape: [into, outs, rows, columns], data }, classes) {
  const arranged = new Float32Array(classes * rows * columns * into)
  for (let i = 0, from = 0; i < into; i++) {
    for (let o = 0; o < outs; o++) {
      const out = outs === 1 ? i : o
      for (let place = 0; place < rows * columns; place++,
        from++) arranged[(out * rows * columns + place) * into + i] = data[from]
    }
  }
  return [[classes, rows, columns, into], arranged]
}
