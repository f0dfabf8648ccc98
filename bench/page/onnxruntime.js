/**
 * onnxruntime-web on the bench's ONNX files. Each back end has its own build, the one its makers
 * ship for it; the build finds its wasm file beside itself.
 */
import { INPUT, OUTPUT } from '../net.mjs'
import { THREADS, labelsOfPlanes, planes, threadsTold } from './prepare.js'

/**
 * @param {'webgpu' | 'wasm'} backend
 * @param {import('./page.js').Case} what
 * @returns {Promise<import('./page.js').Contender>}
 */
export async function open(backend, { model, size }) {
  /** @type {typeof import('onnxruntime-web')} */
  const ort = await import(`./ort/ort.${backend}.bundle.min.mjs`)
  ort.env.wasm.numThreads = THREADS
  const session = await ort.InferenceSession.create(`./net/${model}/${size}.onnx`, { executionProviders: [backend] })
  return {
    engine: 'onnxruntime-web',
    backend,
    version: ort.env.versions.web ?? ort.env.versions.common,
    note: backend === 'wasm' ? threadsTold(THREADS) : '',
    async labels(rgba) {
      const input = new ort.Tensor('float32', planes(rgba, model), [1, 3, size, size])
      const { [OUTPUT]: scores } = await session.run({ [INPUT]: input })
      const labels = labelsOfPlanes(/** @type {Float32Array} */ (await scores.getData()), size * size)
      scores.dispose()
      return labels
    },
  }
}
