/**
 * Looks over Burn's shoulder at the WebGPU device it uses. Runs in the worker.
 *
 * Burn opens its device deep inside the wasm and hands nothing out, but three things have to be
 * known here: which adapter it is (for the badge), its limits (a buffer above them is an error),
 * and above all whether the GPU complained. In wasm, Burn goes on silently after a shader that
 * fails validation, and the numbers are garbage (tracel-ai/cubecl#1641). So
 * `GPUAdapter.prototype.requestDevice` is wrapped, once, before Burn calls it.
 */
import { FcnError } from '../../../lib/errors.js'
import { pause } from '../../../lib/pause.js'

/** @typedef {import('../../protocol.js').AdapterFacts} AdapterFacts */

/** Names that graphics drivers which are really programs on the CPU go by. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|basic render/i
/** Shader compilers write long messages; this much is kept. Characters. */
const MESSAGE_LENGTH = 600

/** The device as far as the engine is concerned. */
export class GpuWatch {
  /** @type {GPUDevice | null} */
  #device = null
  /** @type {AdapterFacts | null} */
  #facts = null
  #onTrouble

  /**
   * Waits for somebody to ask for a device.
   * @param {(error: FcnError) => void} onTrouble device_lost or gpu_error: whatever is being
   *   computed is void, and so is the device
   */
  constructor(onTrouble) {
    this.#onTrouble = onTrouble
    const watch = this
    const requestDevice = GPUAdapter.prototype.requestDevice
    /**
     * @this {GPUAdapter}
     * @param {GPUDeviceDescriptor} [descriptor]
     */
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor)
      watch.#attach(this, device)
      return device
    }
  }

  /** Facts about the adapter; null until a device was opened. */
  get facts() {
    return this.#facts
  }

  /** The largest buffer a shader can be given, bytes; 0 until a device was opened. */
  get largestBinding() {
    const limits = this.#facts?.limits
    return limits ? Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) : 0
  }

  /** Resolves when the GPU is done with all it was given, and its complaints have been heard. */
  async settle() {
    await this.#device?.queue.onSubmittedWorkDone()
    await pause()
  }

  /**
   * @param {GPUAdapter} adapter
   * @param {GPUDevice} device
   */
  #attach(adapter, device) {
    this.#device = device
    this.#facts = factsOf(adapter, device)
    device.addEventListener('uncapturederror', event => {
      const message = event.error.message.slice(0, MESSAGE_LENGTH)
      this.#onTrouble(new FcnError('gpu_error', undefined, { reason: message }))
    })
    device.lost.then(({ reason, message }) => {
      this.#onTrouble(new FcnError('device_lost', undefined, { reason: `${reason}: ${message}`.slice(0, MESSAGE_LENGTH) }))
    })
  }
}

/**
 * Whether WebGPU offers an adapter in this worker. Asked before Burn does, since Burn panics where
 * there is none.
 * @returns {Promise<void>}
 * @throws {FcnError} no_webgpu
 */
export async function findAdapter() {
  if (!('gpu' in navigator) || !navigator.gpu) {
    throw new FcnError('no_webgpu', 'This browser has no WebGPU here.')
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)
  if (!adapter) throw new FcnError('no_webgpu', 'WebGPU is there, but it offers no graphics adapter.')
}

/**
 * @param {GPUAdapter} adapter
 * @param {GPUDevice} device
 * @returns {AdapterFacts}
 */
function factsOf(adapter, device) {
  // `info` is younger than WebGPU itself, and isFallbackAdapter has moved there from the adapter.
  const info = /** @type {Partial<GPUAdapterInfo> | undefined} */ (adapter.info)
  const { vendor = '', architecture = '', description = '' } = info ?? {}
  const fallback = info?.isFallbackAdapter ?? ('isFallbackAdapter' in adapter && adapter.isFallbackAdapter === true)
  return {
    name: description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU',
    vendor,
    architecture,
    description,
    software: fallback || SOFTWARE.test(`${vendor} ${architecture} ${description}`),
    limits: {
      maxStorageBufferBindingSize: device.limits.maxStorageBufferBindingSize,
      maxBufferSize: device.limits.maxBufferSize,
    },
  }
}

/** @type {AdapterFacts} */
export const CPU_FACTS = {
  name: 'CPU', vendor: '', architecture: '', description: '', software: false,
  limits: { maxStorageBufferBindingSize: 0, maxBufferSize: 0 },
}
