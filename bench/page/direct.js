/**
 * This project's wasm without its engine: on the page's thread, where it can be watched stage by
 * stage, and told to run Burn's own kernels instead of ours.
 */

/**
 * @typedef {object} Direct
 * @property {string} adapter
 * @property {() => number} wasmBytes size of the wasm's memory
 * @property {(rgba: Uint8ClampedArray<ArrayBuffer>, syncEvery: number, onStage: (name: string) => void) => Promise<Uint8Array>} pass
 *   one pass, to labels; `syncEvery` as for `Net.run`
 */

/**
 * @param {import('./page.js').Case} what
 * @param {{plain: boolean}} kernels plain: Burn's own
 * @returns {Promise<Direct | null>} null: this build can't run Burn's own
 */
export async function openDirect({ model, size }, { plain }) {
  const dist = new URL('../../dist/', import.meta.url).href
  /** @type {typeof import('../../www/pkg/fcn_lab.js') & {setPlainKernels?: (plain: boolean) => void}} */
  const pkg = await import(`${dist}pkg/fcn_lab.js`)
  if (plain && !pkg.setPlainKernels) return null
  /** @type {typeof import('../../www/engine/worker/gpu/gpu.js')} */
  const { GpuWatch } = await import(new URL('../../source/engine/worker/gpu/gpu.js', import.meta.url).href)
  const { memory } = await pkg.default()
  pkg.start()
  /** @type {Error | null} */
  let trouble = null
  const { requestDevice } = GPUAdapter.prototype
  const watch = new GpuWatch(error => { trouble = error })
  await pkg.openGpu()
  // The peers' devices are none of its business.
  GPUAdapter.prototype.requestDevice = requestDevice
  if (!watch.facts) throw new Error('no WebGPU device was opened')
  const { software, name } = watch.facts
  pkg.setManyRegisters(software)
  // As the engine does; what it leaves in memory is part of what a pass needs.
  await pkg.selfCheck()
  if (plain) pkg.setPlainKernels?.(true)

  const [manifest, weights] = await Promise.all(['model.json', 'weights.safetensors'].map(async file => {
    const response = await fetch(new URL(`./net/${model}/${file}`, import.meta.url))
    return new Uint8Array(await response.arrayBuffer())
  }))
  const net = new pkg.Net(manifest, weights, 'webgpu')
  return {
    adapter: name,
    wasmBytes: () => memory.buffer.byteLength,
    async pass(rgba, syncEvery, onStage) {
      const photo = new pkg.Photo(size, size, size, size)
      photo.pushRows(/** @type {Uint8Array} */ (/** @type {unknown} */ (rgba)))
      const [scores] = await net.run(photo, ['fcn8s'], syncEvery, (_, stage) => {
        onStage(stage)
        return true
      }, true)
      const labels = await scores.labels(size, size, 0, size)
      scores.free()
      if (trouble) throw trouble
      return labels
    },
  }
}
