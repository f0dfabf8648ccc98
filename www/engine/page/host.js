/**
 * Keeps a worker for the engine: starts it, opens its back end, gives it the model again after a
 * restart, and asks it, with the second chances that engine.js describes.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { Link } from './link.js'

/** @typedef {import('../protocol.js').Backend} Backend */
/** @typedef {import('../protocol.js').AdapterFacts} AdapterFacts */
/** @typedef {import('../protocol.js').ModelSource} ModelSource */
/** @typedef {import('../protocol.js').Replies} Replies */

/** What really runs; `reason` says why it isn't WebGPU, where that was asked for. @typedef {AdapterFacts & {reason: {code: import('../../lib/errors.js').ErrorCode, message: string} | null}} Adapter */

/** The worker allows itself a minute; this is for one that no longer turns. Milliseconds. */
const OPEN_LIMIT = 90_000
/** Errors that leave the worker in doubt. @type {readonly string[]} */
const FATAL = ['crashed', 'device_lost', 'gpu_error']

export class Host {
  #wanted
  #onEvent
  /** @type {Link | null} */
  #link = null
  #isOpen = false
  #hasModel = false
  /** Compiled once, given to every later worker. @type {WebAssembly.Module | null} */
  #module = null
  /** @type {Backend | null} */
  #backend = null
  /** @type {AdapterFacts | null} */
  #facts = null
  /** Why the GPU isn't used any more. @type {FcnError | null} */
  #gpuTrouble = null
  /** What a new worker is given. @type {ModelSource | null} */
  #model = null
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
    return this.#facts && { ...this.#facts, reason: trouble && { code: trouble.code, message: trouble.message } }
  }

  /** The GPU's limit in bytes, where that alone is why the CPU is used. */
  get gpuLimit() {
    const limit = this.#gpuTrouble?.code === 'adapter_limits' ? this.#gpuTrouble.details.limit : null
    return typeof limit === 'number' ? limit : null
  }

  /**
   * The worker holds another model now, or is to be given the former one before the next job.
   * @param {ModelSource | null} model null: the former one
   */
  keep(model) {
    this.#hasModel = model !== null
    if (model) this.#model = model
  }

  /** Ends the worker for good. */
  end() {
    this.#isEnded = true
    this.#drop()
    this.#model = null
    this.#module = null
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
        // Whoever stopped the job: a worker in doubt must not get the next one.
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
   * A worker that is open; the present one, or a new one. It need not hold the model: one that
   * can't be had again must not stand in the way of loading another.
   * @returns {Promise<Link>}
   */
  async open() {
    while (!this.#link || !this.#isOpen) {
      if (this.#isEnded) throw disposed()
      const before = this.#gpuTrouble
      try {
        await this.#start()
      } catch (error) {
        this.#drop()
        // New trouble with the GPU: once more, on the CPU.
        if (this.#gpuTrouble === before) throw error
      }
    }
    return this.#link
  }

  /**
   * Sees to it that the worker holds the model.
   * @param {Link} link
   * @param {AbortSignal} stop
   */
  async giveModel(link, stop) {
    if (!this.#model || this.#hasModel) return
    await link.ask({ type: 'load', source: this.#model, gives: 'any' }, { signal: stop })
    this.#hasModel = true
  }

  async #start() {
    const link = this.#link = new Link(error => {
      if (link === this.#link) this.#lose(error)
    })
    const { module } = await link.ask({ type: 'boot', module: this.#module })
    this.#module = module
    let backend = this.#target()
    /** @type {AdapterFacts} */
    let facts
    try {
      const limits = backend === 'webgpu' ? { limit: OPEN_LIMIT, stuck: new FcnError('self_check_failed') } : {}
      facts = (await link.ask({ type: 'open', backend }, limits)).adapter
    } catch (error) {
      if (this.#isEnded || backend === 'cpu' || this.#wanted === 'webgpu') throw error
      this.#gpuTrouble = toFcnError(error)
      // Where there simply is no adapter, nothing was touched and this worker will do.
      if (this.#gpuTrouble.code !== 'no_webgpu') throw error
      backend = 'cpu'
      facts = (await link.ask({ type: 'open', backend })).adapter
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
    this.#hasModel = false
  }
}

export function disposed() {
  return new FcnError('aborted', 'The engine was disposed of.')
}
