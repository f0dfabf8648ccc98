/**
 * Keeps a worker for the engine: starts it, opens its back end, gives it the nets again after a
 * restart, each when it is next used, and asks it, with the second chances that engine.js describes.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { Link } from './link.js'

/** @typedef {import('../protocol.js').Backend} Backend */
/** @typedef {import('../protocol.js').AdapterFacts} AdapterFacts */
/** @typedef {import('../protocol.js').ModelSource} ModelSource */
/** @typedef {import('../protocol.js').Replies} Replies */

/** @typedef {import('../../lib/errors.js').ErrorCode} ErrorCode */

/**
 * What really runs; `reason` says why it isn't WebGPU, where that was asked for.
 * `kind`: which case of the code, if it has several.
 * @typedef {AdapterFacts & {reason: {code: ErrorCode, message: string, kind?: string} | null}} Adapter
 */

/** The worker allows itself a minute; this is for one that no longer turns. Milliseconds. */
const OPEN_LIMIT = 90_000
/** Reasons not to open the GPU, found before that. @type {readonly string[]} */
const UNOPENED = ['no_webgpu', 'software_adapter', 'adapter_limits']
/** Errors after which the worker isn't to be trusted. @type {readonly string[]} */
const FATAL = ['crashed', 'device_lost', 'gpu_error']

export class Host {
  #wanted
  #onEvent
  /** @type {Link | null} */
  #link = null
  #isOpen = false
  /** Compiled once, given to every later worker. @type {WebAssembly.Module | null} */
  #module = null
  /** @type {Backend | null} */
  #backend = null
  /** @type {AdapterFacts | null} */
  #facts = null
  /** Why the GPU isn't used any more. @type {FcnError | null} */
  #gpuTrouble = null
  /** What a new worker is given, by the nets' ids. @type {Map<number, ModelSource>} */
  #nets = new Map()
  #isEnded = false

  /**
   * @param {'auto' | Backend} wanted
   * @param {(type: 'restart' | 'backend', detail: object) => void} onEvent
   */
  constructor(wanted, onEvent) {
    this.#wanted = wanted
    this.#onEvent = onEvent
  }

  /** What really runs. @returns {Backend} */
  get backend() {
    return this.#backend ?? 'cpu'
  }

  /** @returns {Adapter | null} null only before the first worker was opened */
  get adapter() {
    const trouble = this.#gpuTrouble
    if (!this.#facts) return null
    const kind = trouble?.details['kind']
    return {
      ...this.#facts,
      reason: trouble && { code: trouble.code, message: trouble.message, ...typeof kind === 'string' && { kind } },
    }
  }

  /** The GPU's limit in bytes, where that alone is why the CPU is used. */
  get gpuLimit() {
    const limit = this.#gpuTrouble?.code === 'adapter_limits' ? this.#gpuTrouble.details.limit : null
    return typeof limit === 'number' ? limit : null
  }

  /** Whether the worker was ended for good. */
  get isEnded() {
    return this.#isEnded
  }

  /** Ends the worker for good. */
  end() {
    this.#isEnded = true
    this.#drop()
    this.#nets.clear()
    this.#module = null
  }

  /**
   * Has a worker load a net.
   * @param {Link} link
   * @param {number} id
   * @param {ModelSource} source
   * @param {import('../protocol.js').Gives} gives
   * @param {import('./link.js').Ask} options
   */
  async load(link, id, source, gives, options) {
    const loaded = await link.ask({ type: 'load', net: id, source, gives }, options)
    link.nets.add(id)
    return loaded
  }

  /**
   * Sees to it that later workers can be given a net that was loaded.
   * @param {number} id
   * @param {ModelSource} source
   */
  keep(id, source) {
    this.#nets.set(id, source)
  }

  /**
   * Sees to it that a worker holds a net.
   * @param {Link} link
   * @param {number} id
   * @param {AbortSignal} stop
   */
  async give(link, id, stop) {
    const source = this.#nets.get(id)
    if (source && !link.nets.has(id)) await this.load(link, id, source, 'any', { signal: stop })
  }

  /**
   * Forgets a net, and frees it in the worker if that holds it. Never rejects.
   * @param {number} id
   */
  async forget(id) {
    this.#nets.delete(id)
    const link = this.#link
    if (!link?.nets.delete(id)) return
    // A worker that can't free what it holds isn't to be trusted.
    await link.ask({ type: 'drop', net: id }).catch(error => this.#lose(toFcnError(error)))
  }

  /**
   * Asks an open worker, with the second chances that the file's head describes.
   * @template {Replies[keyof Replies]} T
   * @param {AbortSignal} stop
   * @param {(link: Link) => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async attempt(stop, ask) {
    let failures = 0
    let switches = 0
    /** Whether the GPU was given up for this very job. */
    let blamesGpu = false
    for (;;) {
      try {
        stop.throwIfAborted()
        const link = await this.open()
        stop.throwIfAborted()
        const reply = await ask(link)
        if (!('outcome' in reply) || reply.outcome !== 'fits_gpu') return reply
        // An earlier photo was too large for the GPU, this one isn't.
        this.#gpuTrouble = null
        this.#drop()
      } catch (error) {
        const failure = toFcnError(error)
        const isFatal = FATAL.includes(failure.code)
        const mayLeave = this.#wanted === 'auto' && this.#gpuTrouble === null
        // Even if the job was stopped: a worker that isn't to be trusted must not get the next one.
        if (isFatal) this.#lose(failure)
        if (!stop.aborted && mayLeave && failure.code === 'adapter_limits' && ++switches < 2) {
          this.#gpuTrouble = failure
          this.#drop()
        } else if (!stop.aborted && isFatal && (++failures < 2 || mayLeave)) {
          if (failures < 2) continue
          this.#gpuTrouble = failure
          blamesGpu = true
          failures = 1 // and one try on the CPU
        } else {
          if (blamesGpu) {
            // The CPU did no better, so the job may be to blame, not the GPU.
            this.#gpuTrouble = null
            this.#drop()
          }
          throw stop.aborted ? new FcnError('aborted') : failure
        }
      }
    }
  }

  /**
   * A worker that is open; the present one, or a new one. It need not hold any net: one that can't
   * be had again must not stand in the way of others.
   * @returns {Promise<Link>}
   */
  async open() {
    for (let isFresh = false; !this.#link || !this.#isOpen;) {
      if (this.#isEnded) throw disposed()
      const before = this.#gpuTrouble
      try {
        await this.#start()
      } catch (error) {
        this.#drop()
        // New trouble with the GPU: once more, on the CPU.
        if (this.#gpuTrouble !== before) continue
        if (isFresh || toFcnError(error).details['kind'] !== 'wasm_failed.mixed') throw error
        // The cache had parts of two versions, and has been told: once more.
        this.#module = null
        isFresh = true
      }
    }
    return this.#link
  }

  async #start() {
    const link = this.#link = new Link(error => {
      if (link === this.#link) this.#lose(error)
    })
    const { module } = await link.ask({ type: 'boot', module: this.#module })
    this.#module = module
    let backend = this.#target()
    const takesSoftware = this.#wanted === 'webgpu'
    /** @type {AdapterFacts} */
    let facts
    try {
      const limits = backend === 'webgpu' ? { limit: OPEN_LIMIT, stuck: new FcnError('self_check_failed') } : {}
      facts = (await link.ask({ type: 'open', backend, takesSoftware }, limits)).adapter
    } catch (error) {
      const failure = withPage(toFcnError(error))
      if (this.#isEnded || backend === 'cpu' || this.#wanted === 'webgpu') throw failure
      this.#gpuTrouble = failure
      // Where the GPU wasn't even opened, this worker will do.
      if (link.dead || !UNOPENED.includes(this.#gpuTrouble.code)) throw error
      backend = 'cpu'
      facts = (await link.ask({ type: 'open', backend, takesSoftware })).adapter
    }
    this.#isOpen = true
    const changed = this.#backend !== null && this.#backend !== backend
    this.#backend = backend
    this.#facts = facts
    if (changed) this.#onEvent('backend', { backend, adapter: this.adapter })
  }

  /** @returns {Backend} what to try */
  #target() {
    return this.#wanted === 'cpu' || this.#gpuTrouble ? 'cpu' : 'webgpu'
  }

  /**
   * The worker is not to be trusted any more.
   * @param {FcnError} why
   */
  #lose(why) {
    const wasOpen = this.#isOpen
    this.#drop()
    if (wasOpen && why.code !== 'aborted') this.#onEvent('restart', { code: why.code, message: why.message })
  }

  #drop() {
    this.#link?.end()
    this.#link = null
    this.#isOpen = false
  }
}

/**
 * A worker may lack the WebGPU that its page has.
 * @param {FcnError} failure
 */
function withPage(failure) {
  if (failure.details['kind'] !== 'no_webgpu.missing' || !globalThis.navigator?.gpu) return failure
  return new FcnError('no_webgpu',
    'This browser has WebGPU for pages, but not for workers, and the net runs in one.', { kind: 'no_webgpu.worker' })
}

export function disposed() {
  return new FcnError('aborted', 'The engine was disposed of.')
}
