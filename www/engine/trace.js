/**
 * The net from the inside: maps of single stages, kernels, one layer by itself. Runs in the worker;
 * everything it makes in wasm it frees.
 */
import { passing, prepare } from './segment.js'

/** @typedef {import('./segment.js').Machine} Machine */
/** @typedef {import('./protocol.js').UpsamplingLayer} UpsamplingLayer */

/**
 * @param {Machine} machine
 * @param {Omit<import('./protocol.js').Trace, 'type'>} job its bitmap, if it is one, is closed here
 * @param {AbortSignal} signal
 * @param {(progress: import('./protocol.js').SegmentProgress) => void} tell
 * @returns {Promise<import('./protocol.js').Traced | 'fits_gpu'>}
 */
export async function trace(machine, job, signal, tell) {
  const ready = await prepare(machine, job, signal, tell)
  if (ready === 'fits_gpu') return ready
  const { photo, width, height, workWidth, workHeight } = ready
  const { net, syncEvery } = machine
  const maps = await passing(photo, () => net.mapStages(job.maps), signal, tell,
    onStage => net.maps(photo, job.maps, syncEvery(photo), onStage))
  try {
    await machine.settle()
    signal.throwIfAborted()
    return {
      outcome: 'maps', photo: { width, height }, work: { width: workWidth, height: workHeight },
      maps: maps.map(map => {
        const { name, channels, height, width } = map
        return { name, channels, height, width, data: owned(map.data()) }
      }),
    }
  } finally {
    for (const map of maps) map.free()
  }
}

/**
 * @param {Machine} machine
 * @param {string} name
 * @returns {Promise<UpsamplingLayer>}
 */
export async function layer({ net, settle }, name) {
  const found = await net.upsamplingLayer(name)
  try {
    await settle()
    return { name, ...found.settings(), weights: owned(found.data()) }
  } finally {
    found.free()
  }
}

/**
 * @param {Pick<Machine, 'wasm' | 'settle'>} machine
 * @param {import('./protocol.js').Backend} backend
 * @param {Omit<import('./protocol.js').TransposedRequest, 'type'>} job
 * @returns {Promise<{values: Float32Array<ArrayBuffer>}>}
 */
export async function transposed({ wasm, settle }, backend, { settings, values, weights }) {
  const result = await wasm.convTranspose2d(backend, settings, values, weights)
  await settle()
  return { values: owned(result) }
}

/**
 * wasm-bindgen hands out copies that are JavaScript's own, which its types don't tell.
 * @param {Float32Array} values
 * @returns {Float32Array<ArrayBuffer>}
 */
export function owned(values) {
  return /** @type {Float32Array<ArrayBuffer>} */ (values)
}
