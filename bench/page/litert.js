/** LiteRT.js on the bench's TFLite files. Its wasm files lie beside the page. */
import { Tensor, loadAndCompile, loadLiteRt } from '@litertjs/core'
import packageJson from '@litertjs/core/package.json' with { type: 'json' }
import { TFLITE } from '../net.mjs'
import { THREADS, labelsOfPixels, pixels, threadsTold } from './prepare.js'

/** @type {Promise<unknown> | null} */
let runtime = null

/**
 * @param {'webgpu' | 'wasm'} accelerator
 * @param {import('./page.js').Case} what
 * @returns {Promise<import('./page.js').Contender | null>}
 */
export async function open(accelerator, { model, size }) {
  if (!TFLITE.includes(model)) return null
  // Of the slim nets its WebGPU makes other labels than its wasm from the same file: on the software adapter 23 % of slim's,
  // 3 % of everyday-slim's.
  if (accelerator === 'webgpu' && model !== 'everyday') return null
  await (runtime ??= loadLiteRt(new URL('./litert/', import.meta.url).href, { threads: THREADS > 1 }))
  const compiled = await loadAndCompile(new URL(`./net/${model}/${size}.tflite`, import.meta.url).href, {
    // In half precision, its usual one on a GPU, 6 % of the labels are others.
    accelerator, cpuOptions: { numThreads: THREADS }, ...accelerator === 'webgpu'
      ? { gpuOptions: { precision: 'fp32' } } : {},
  })
  return {
    engine: 'litert',
    backend: accelerator,
    version: packageJson.version,
    note: accelerator === 'wasm' ? threadsTold(THREADS) : compiled.isFullyAccelerated ? '' : 'partly on the CPU',
    async labels(rgba) {
      const input = new Tensor(pixels(rgba, model), [1, size, size, 3])
      const [scores] = await compiled.run([input])
      const read = accelerator === 'webgpu' ? await scores.moveTo('wasm') : scores
      const labels = labelsOfPixels(/** @type {Float32Array} */ (read.toTypedArray()), size * size)
      read.delete()
      return labels
    },
  }
}
