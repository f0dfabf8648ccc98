/** What a net costs, counted from its operations. No Node, no DOM. */
import { CONFIGS, INPUT, OUTPUT, channelsOut, operations } from './net.mjs'

/**
 * A stage of this project's pass.
 * @typedef {object} Stage
 * @property {string} name as `Net.run` reports it
 * @property {[number, number, number]} map channels, rows, columns of what it makes
 * @property {number} macs multiply-and-adds of its convolutions, as the textbook has them
 */

/** Output -> stage, where they differ. */
const STAGE = new Map([[OUTPUT, 'upscore8']])

/**
 * @param {import('./net.mjs').Model} model
 * @param {number} size side of the picture, pixels
 * @returns {Stage[]} in the order of the pass
 */
export function stages(model, size) {
  const config = CONFIGS[model]
  /** @type {Map<string, [number, number, number]>} */
  const maps = new Map([[INPUT, [3, size, size]]])
  /** @type {Map<string, Stage>} */
  const found = new Map()
  for (const operation of operations(config)) {
    const { kind, inputs, output, kernel, stride } = operation
    const [into, rows, columns] = /** @type {[number, number, number]} */ (maps.get(inputs[0]))
    const out = channelsOut(config, operation, into)
    const factor = kind === 'up' ? stride : 1 / stride
    /** @type {[number, number, number]} */
    const map = [out, rows * factor, columns * factor]
    maps.set(output, map)
    // A transposed convolution stamps its kernel once an input pixel, the others gather once an output pixel.
    const places = kind === 'up' ? rows * columns : map[1] * map[2]
    const macs = kind === 'conv' || kind === 'up' ? (operation.isDepthwise ? 1 : into) * out * kernel * kernel * places
      : 0
    const name = STAGE.get(output) ?? output
    const stage = found.get(name)
    if (stage) stage.macs += macs
    else found.set(name, { name, map, macs })
  }
  return [...found.values()]
}

/**
 * @param {import('./net.mjs').Model} model
 * @param {number} size pixels
 * @returns {number} multiply-and-adds of a pass
 */
export const macsOf = (model, size) => stages(model, size).reduce((sum, { macs }) => sum + macs, 0)

/** @param {import('./net.mjs').Config} config @returns {number} weights and biases */
function parameters(config) {
  /** @type {Map<string, number>} map -> channels */
  const channels = new Map([[INPUT, 3]])
  return operations(config).reduce((sum, operation) => {
    const { kind, inputs, output, kernel, isDepthwise } = operation
    const into = channels.get(inputs[0]) ?? 0
    const out = channelsOut(config, operation, into)
    channels.set(output, out)
    return kind === 'conv' || kind === 'up'
      ? sum + (isDepthwise ? 1 : into) * out * kernel * kernel + (kind === 'conv' ? out : 0) : sum
  }, 0)
}

/**
 * What a pass cannot do without, in f32: its weights and the two largest maps.
 * @param {import('./net.mjs').Model} model
 * @param {number} size pixels
 * @returns {{weights: number, maps: number}} bytes
 */
export function bytesOf(model, size) {
  const weights = 4 * parameters(CONFIGS[model])
  const maps = stages(model, size).map(({ map: [c, h, w] }) => 4 * c * h * w).sort((a, b) => b - a)
  return { weights, maps: maps[0] + maps[1] }
}
