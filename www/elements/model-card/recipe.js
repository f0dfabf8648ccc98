/**
 * How a net is built and how it was trained, in the terms of its model.json: `config`, and the `recipe` that this
 * project's training leaves there. Checked field by field like the rest of a card (card.js).
 */
import { isClassifier } from '../common/model/list.js'
import { list, number, record } from '../../lib/fields.js'

/**
 * Channels of the first layers, or, where there is a `depth`, both as factors on EfficientNet-Lite0's channels and
 * blocks; side of fc6's kernel, cells; channels of fc6 and fc7; the long side at which photos are worked on unless
 * another is chosen, pixels.
 * @typedef {object} Net
 * @property {string} architecture
 * @property {number | null} width
 * @property {number | null} depth
 * @property {number | null} fc6
 * @property {number | null} fc
 * @property {number | null} longSide
 */

/**
 * @typedef {object} Training
 * @property {{steps: number, batch: number, crop: number}[]} stages photos cut to `crop` pixels square, `batch` a step
 * @property {number | null} step of which the weights are
 * @property {number | null} minutes
 * @property {number | null} rate the highest learning rate
 * @property {number | null} decay of weights
 * @property {number | null} longSide of the photos, at most, pixels
 */

/** @param {import('../../engine/protocol.js').Manifest} manifest @returns {Net} */
export function readNet(manifest) {
  const { width, depth, fc6_kernel: fc6, fc_channels: fc } = manifest.config
  // A classifier's fc6 takes the whole map that 224 pixels leave: its file needn't say so.
  const side = isClassifier(manifest) ? 7 : number(fc6)
  const { architecture, input } = manifest
  return {
    architecture, width: number(width), depth: number(depth), fc6: side, fc: number(fc),
    longSide: number(record(input)['long_side']),
  }
}

/** @param {unknown} recipe @returns {Training} */
export function readTraining(recipe) {
  const all = record(recipe)
  const schedule = record(all['schedule'])
  return {
    stages: list(schedule['stages']).flatMap(entry => {
      const [steps, batch, crop] = ['steps', 'batch', 'crop'].map(key => number(record(entry)[key]))
      return steps === null || batch === null || crop === null ? [] : [{ steps, batch, crop }]
    }),
    step: number(all['step']), minutes: number(all['minutes']), longSide: number(all['long_side']),
    rate: number(schedule['lr']), decay: number(schedule['weight_decay']),
  }
}
