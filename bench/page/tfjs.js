/** tfjs on the bench's nets, built from its fused operations; bundled by run.mjs. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-webgpu'
import { CONFIGS, INPUT, OUTPUT, SHIPPED, operations, tensors } from '../net.mjs'
import { labelsOfPixels, pixels } from './prepare.js'

/**
 * @param {import('./page.js').Case} what
 * @returns {Promise<import('./page.js').Contender | null>}
 */
export async function open({ model, size }) {
  // Their weights lie in a file, and they upsample each class by itself.
  if (SHIPPED.includes(model)) return null
  if (!await tf.setBackend('webgpu')) throw new Error('tfjs finds no WebGPU')
  await tf.ready()
  const weights = new Map(tensors(CONFIGS[model]).map(({ name, shape, data }) => {
    const tensor = tf.tensor(data, shape)
    // conv: [out, in, k, k] -> [k, k, in, out]; up: [in, out, k, k] -> [k, k, out, in]
    return [name, shape.length === 4 ? tf.tidy(() => tf.transpose(tensor, [2, 3, 1, 0])) : tensor]
  }))
  /** @param {string} name @returns {tf.Tensor} */
  const weight = name => /** @type {tf.Tensor} */ (weights.get(name))
  const net = operations(CONFIGS[model])
  return {
    engine: 'tfjs',
    backend: tf.getBackend(),
    version: tf.version_core,
    note: '',
    async labels(rgba) {
      const scores = tf.tidy(() => {
        /** @type {Map<string, tf.Tensor4D>} */
        const maps = new Map([[INPUT, tf.tensor4d(pixels(rgba, model), [1, size, size, 3])]])
        for (const { kind, inputs, output, layer, kernel, stride, padding, relu } of net) {
          const [x, y] = inputs.map(name => /** @type {tf.Tensor4D} */ (maps.get(name)))
          maps.set(output, run(x, y))
          /** @param {tf.Tensor4D} a @param {tf.Tensor4D} b @returns {tf.Tensor4D} */
          function run(a, b) {
            if (kind === 'add') return tf.add(a, b)
            if (kind === 'pool') return tf.maxPool(a, kernel, stride, 'valid')
            const filter = /** @type {tf.Tensor4D} */ (weight(`${layer}.weight`))
            if (kind === 'up') {
              const [, h, w] = a.shape
              return tf.conv2dTranspose(a, filter, [1, h * stride, w * stride, filter.shape[2]], stride, 'same')
            }
            const bias = weight(`${layer}.bias`)
            return tf.fused.conv2d({ x: a, filter, strides: stride, pad: padding, bias,
              activation: relu ? 'relu' : 'linear' })
          }
        }
        return /** @type {tf.Tensor4D} */ (maps.get(OUTPUT))
      })
      const data = await scores.data()
      scores.dispose()
      return labelsOfPixels(data, size * size)
    },
  }
}
