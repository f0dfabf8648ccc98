/**
 * Watches the WebGPU device that Burn uses, and tells which adapter there is. Runs in the worker.
 *
 * Burn opens its device inside the wasm and doesn't give it out, but three things have to be known
 * here: which adapter it is (for the badge), its limits (a buffer above them is an error), and above
 * all whether the GPU reported an error. In wasm, Burn goes on silently after a shader that fails
 * validation, and the numbers are garbage (tracel-ai/cubecl#1641). So
 * `GPUAdapter.prototype.requestDevice` is wrapped, once, before Burn calls it.
 */
import { FcnError } from '../../../lib/errors.js'
import { pause } from '../../../lib/pause.js'

/** @typedef {import('../../protocol.js').AdapterFacts} AdapterFacts */
/** @typedef {Omit<AdapterFacts, 'limits'>} AdapterNames */

/**
 * What WebGPU promises of every adapter, and kernels count on. One with less (a browser's compatibility mode, a
 * driver's fault) may run none of a kernel, and say nothing of it.
 */
const PROMISED = /** @type {const} */ ({
  maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupSizeX: 256, maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64, maxComputeWorkgroupsPerDimension: 65535, maxComputeWorkgroupStorageSize: 16384,
  maxStorageBuffersPerShaderStage: 8,
})
/** Names of graphics drivers that are really programs on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|basic render/i
/** Convolutions of a timed round: 0.9 billion operations, each multiplication and each addition counted. */
const CONVOLUTIONS = 4
/**
 * A slower round means an adapter slower than one CPU core, which does about 15 billion operations a second in wasm; a
 * GPU built into a processor does several times as many. Milliseconds.
 */
const SLOW_ROUND = 60
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

  /** @throws {FcnError} adapter_limits */
  checkLimits() {
    if (this.#device) checkLimits(this.#device.limits)
  }

  /** The largest buffer a shader can be given, bytes; 0 until a device was opened. */
  get largestBinding() {
    const limits = this.#facts?.limits
    return limits ? Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) : 0
  }

  /** Resolves when the GPU is done with all it was given, and its errors have been reported. */
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
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
    this.#facts = { ...namesOf(adapter), limits: { maxStorageBufferBindingSize, maxBufferSize } }
    device.addEventListener('uncapturederror', event => {
      const message = event.error.message.slice(0, MESSAGE_LENGTH)
      this.#onTrouble(new FcnError('gpu_error', undefined, { reason: message }))
    })
    device.lost.then(({ reason, message }) => {
      const why = `${reason}: ${message}`.slice(0, MESSAGE_LENGTH)
      this.#onTrouble(new FcnError('device_lost', undefined, { reason: why }))
    })
  }
}

/**
 * The adapter that WebGPU offers in this worker. Asked for before Burn does, since Burn panics where
 * there is none.
 * @returns {Promise<AdapterNames>}
 * @throws {FcnError} no_webgpu, adapter_limits
 */
export async function findAdapter() {
  if (!('gpu' in navigator) || !navigator.gpu) {
    const [kind, message] = isSecureContext ? ['missing', 'This browser has no WebGPU here.']
      : ['insecure', 'Browsers have WebGPU only for pages that came over HTTPS, or from localhost.']
    throw new FcnError('no_webgpu', message, { kind: `no_webgpu.${kind}` })
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)
  if (!adapter) throw new FcnError('no_webgpu', 'WebGPU is there, but it offers no graphics adapter.')
  checkLimits(adapter.limits)
  return namesOf(adapter)
}

/**
 * @param {GPUSupportedLimits} limits
 * @throws {FcnError} adapter_limits
 */
function checkLimits(limits) {
  for (const [name, promised] of Object.entries(PROMISED)) {
    const limit = limits[/** @type {keyof typeof PROMISED} */ (name)]
    if (limit >= promised) continue
    throw new FcnError('adapter_limits',
      `The GPU's limits are below what WebGPU promises: ${name} is ${limit}, not ${promised}. Use the CPU.`,
      { kind: 'adapter_limits.adapter', name })
  }
}

/**
 * @param {GPUAdapter} adapter
 * @returns {AdapterNames}
 */
export function namesOf(adapter) {
  // `info` is younger than WebGPU itself, and isFallbackAdapter has moved there from the adapter.
  const info = /** @type {Partial<GPUAdapterInfo> | undefined} */ (adapter.info)
  const { vendor = '', architecture = '', description = '' } = info ?? {}
  const name = description.trim() || [vendor, architecture].filter(Boolean).join(' ').trim()
  const fallback = info?.isFallbackAdapter ?? ('isFallbackAdapter' in adapter && adapter.isFallbackAdapter === true)
  return {
    name: name || 'WebGPU',
    vendor,
    architecture,
    description,
    software: fallback || SOFTWARE.test(`${vendor} ${architecture} ${description}`),
  }
}

/**
 * Whether the browser tells nothing of an adapter.
 * @param {AdapterNames} names
 */
export function isUnnamed({ vendor, architecture, description }) {
  return !`${vendor}${architecture}${description}`.trim()
}

/**
 * Whether an adapter, by its own time, is a program on the CPU: no GPU needs so long. The self-check
 * itself can't tell: its net is so small that compiling and waiting take most of its time.
 * @param {import('../passes/segment.js').Wasm} wasm
 * @param {Pick<GpuWatch, 'settle'>} watch
 * @returns {Promise<boolean>}
 */
export async function isSlow(wasm, watch) {
  let least = Infinity
  for (let round = 0; round < 3; round++) {
    const from = performance.now()
    await wasm.tuneRound(false, CONVOLUTIONS)
    await watch.settle()
    // The first round compiles; of the others, one may come at a busy moment.
    if (round > 0) least = Math.min(least, performance.now() - from)
  }
  return least > SLOW_ROUND
}

/** @type {AdapterFacts} */
export const CPU_FACTS = {
  name: 'CPU', vendor: '', architecture: '', description: '', software: false,
  limits: { maxStorageBufferBindingSize: 0, maxBufferSize: 0 },
}
