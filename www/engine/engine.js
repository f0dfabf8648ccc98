/**
 * The engine: a photo in, a mask out, computed in a worker by Burn on WebGPU or on the CPU.
 *
 *     const engine = await Engine.create({ backend: 'auto' })
 *     await engine.load('models/everyday/model.json', { onProgress, signal })
 *     const { width, height, labels, classes } = await engine.segment(file, { signal })
 *     engine.dispose()
 *
 * Calls may overlap; they are done one after another. When the worker crashes or its GPU is lost, a
 * new one is started, the model loaded again, and the interrupted job run once more. When the GPU
 * fails a second time, or gave wrong numbers at its self-check, `auto` goes on with the CPU and
 * says why in `adapter.reason`; `webgpu` rejects. A job that the CPU can't do either proves nothing
 * against the GPU: the next one is tried there again. This file stays light: pixels and weights
 * never pass through the page's thread.
 */
import { FcnError, toFcnError } from '../lib/errors.js'
import { checkBackend, checkSize, checkVariants, modelSource } from './arguments.js'
import { Link } from './link.js'
import { Queue, untilStopped } from './queue.js'
import { snapshot } from './source.js'

/** @typedef {import('./protocol.js').Backend} Backend */
/** @typedef {import('./protocol.js').AdapterFacts} AdapterFacts */
/** @typedef {import('./protocol.js').Manifest} Manifest */
/** @typedef {import('./protocol.js').ModelClass} ModelClass */
/** @typedef {import('./protocol.js').ModelSource} ModelSource */
/** @typedef {import('./protocol.js').LoadProgress} LoadProgress */
/** @typedef {import('./protocol.js').SegmentProgress} SegmentProgress */
/** @typedef {import('./protocol.js').Replies} Replies */
/** @typedef {import('./protocol.js').Size} Size */
/** @typedef {import('./source.js').PhotoSource} PhotoSource */

/** What really runs; `reason` says why it isn't WebGPU, where that was asked for. @typedef {AdapterFacts & {reason: {code: import('../lib/errors.js').ErrorCode, message: string} | null}} Adapter */

/** One mask, with what is needed to read it. @typedef {import('./protocol.js').Mask & {classes: ModelClass[], backend: Backend}} Result */

/**
 * @typedef {object} LoadOptions
 * @property {(progress: LoadProgress) => void} [onProgress] bytes
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} SegmentOptions
 * @property {Size} [size] long side to work at: 'model' (default), 'native', or pixels
 * @property {AbortSignal} [signal]
 * @property {(progress: SegmentProgress) => void} [onProgress] `index` of `total` steps are done
 */

/** The worker allows itself a minute; this is for one that no longer turns. Milliseconds. */
const OPEN_LIMIT = 90_000
/** Errors that leave the worker in doubt. @type {readonly string[]} */
const FATAL = ['crashed', 'device_lost', 'gpu_error']

/** Events: `restart` (detail {code, message}), `backend` (detail {backend, adapter}), `model`. */
export class Engine extends EventTarget {
  #wanted
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
  /** @type {{url: string | null, manifest: Manifest, kept: ModelSource} | null} */
  #model = null
  #queue = new Queue()
  #isDisposed = false

  /**
   * Starts an engine: compiles the program, opens and checks the back end.
   * @param {{backend?: 'auto' | Backend, signal?: AbortSignal}} [options]
   * @returns {Promise<Engine>}
   * @throws {FcnError} invalid_input, wasm_blocked, wasm_failed; with 'webgpu' also no_webgpu,
   *   self_check_failed …
   */
  static async create({ backend = 'auto', signal } = {}) {
    const engine = new Engine(backend)
    try {
      await engine.#queue.add(signal, async () => await engine.#open())
      return engine
    } catch (error) {
      engine.dispose()
      throw error
    }
  }

  /**
   * Use `Engine.create`.
   * @param {'auto' | Backend} backend
   * @throws {FcnError} invalid_input
   */
  constructor(backend) {
    super()
    checkBackend(backend)
    this.#wanted = backend
  }

  /** What really runs. @returns {Backend} */
  get backend() {
    return this.#backend ?? 'cpu'
  }

  /** For the badge. @returns {Adapter | null} null only before the engine was started */
  get adapter() {
    const trouble = this.#gpuTrouble
    return this.#facts && { ...this.#facts, reason: trouble && { code: trouble.code, message: trouble.message } }
  }

  /** The loaded model; `url` is null when it came from files. @returns {{url: string | null, manifest: Manifest} | null} */
  get model() {
    return this.#model && { url: this.#model.url, manifest: this.#model.manifest }
  }

  /**
   * Loads a model in place of the former one, which stays when this fails.
   * @param {string | URL | File | readonly File[]} from a model.json's address (relative to the
   *   page), or the two files [model.json, weights.safetensors]
   * @param {LoadOptions} [options]
   * @returns {Promise<void>}
   * @throws {FcnError} invalid_input, manifest_invalid, unknown_architecture, http_error, network_error,
   *   weights_size_mismatch, hash_mismatch, not_finite … or the signal's reason
   */
  async load(from, { onProgress, signal } = {}) {
    const source = modelSource(from)
    await this.#queue.add(signal, async stop => {
      const loaded = await this.#attempt(stop, async link => await link.ask({ type: 'load', source }, {
        signal: stop,
        onProgress: progress => !stop.aborted && isLoad(progress) && onProgress?.(progress),
      }))
      if (stop.aborted) {
        // Too late for the worker to stop: it gets the former model back before the next job.
        this.#hasModel = false
        return
      }
      const url = source.from === 'url' ? source.url : null
      this.#model = { url, manifest: loaded.manifest, kept: { from: 'kept', manifest: loaded.manifestBytes, url, weights: loaded.weights } }
      this.#hasModel = true
      this.#tell('model', { url, manifest: loaded.manifest })
    })
  }

  /**
   * Computes a photo's mask, of the photo's own size in display orientation.
   * @param {PhotoSource} source stays usable; a video gives the frame of this moment
   * @param {SegmentOptions & {variant?: string}} [options] variant: default the model's last, finest
   * @returns {Promise<Result>}
   * @throws {FcnError} or the signal's reason
   */
  async segment(source, { variant, ...options } = {}) {
    const [result] = await this.segmentAll(source, { ...options, variants: manifest => [variant ?? manifest.config.variants.at(-1) ?? ''] })
    return result
  }

  /**
   * Several variants' masks of one photo, from one pass through the backbone.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {variants?: readonly string[] | ((manifest: Manifest) => readonly string[])}} [options]
   *   variants: default all of the model's
   * @returns {Promise<Result[]>} in the order asked for
   * @throws {FcnError} or the signal's reason
   */
  async segmentAll(source, { variants = manifest => manifest.config.variants, size = 'model', signal, onProgress } = {}) {
    const wanted = checkSize(size)
    signal?.throwIfAborted()
    // Taken now, not when its turn comes: a video goes on, a canvas is drawn over.
    const shot = snapshot(source)
    // It may fail long before its turn comes, when nobody listens yet.
    shot.catch(() => {})
    try {
      return await this.#queue.add(signal, async stop => {
        // An <img> whose server has gone silent never settles.
        const photo = await untilStopped(shot, stop)
        if (!this.#model) throw new FcnError('no_model')
        const { manifest } = this.#model
        const names = checkVariants(manifest, typeof variants === 'function' ? variants(manifest) : variants)
        const reply = await this.#attempt(stop, async link => {
          await this.#giveModel(link, stop)
          const { photo: copy, transfer } = await photo.copy()
          return await link.ask({ type: 'segment', photo: copy, variants: names, size: wanted, gpuLimit: this.#limit() }, {
            transfer,
            signal: stop,
            onProgress: progress => !stop.aborted && !isLoad(progress) && onProgress?.(progress),
          })
        })
        if (reply.outcome !== 'masks') throw new FcnError('crashed')
        const { classes } = manifest
        return reply.masks.map(mask => ({ ...mask, classes, backend: this.backend }))
      })
    } finally {
      shot.then(photo => photo.release(), () => {})
    }
  }

  /** Ends the worker and frees all it holds; whatever waits is rejected with `aborted`. */
  dispose() {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#drop()
    this.#model = null
    this.#module = null
    this.#queue.end(disposed())
  }

  /**
   * Asks an open worker, with the second chances that the file's head describes.
   * @template {Replies[keyof Replies]} T
   * @param {AbortSignal} stop
   * @param {(link: Link) => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async #attempt(stop, ask) {
    let failures = 0
    let switches = 0
    /** Whether the GPU was given up for this very job. */
    let blamesGpu = false
    for (;;) {
      try {
        stop.throwIfAborted()
        const link = await this.#open()
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
  async #open() {
    while (!this.#link || !this.#isOpen) {
      if (this.#isDisposed) throw disposed()
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
  async #giveModel(link, stop) {
    if (!this.#model || this.#hasModel) return
    await link.ask({ type: 'load', source: this.#model.kept }, { signal: stop })
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
      if (this.#isDisposed || backend === 'cpu' || this.#wanted === 'webgpu') throw error
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
    if (changed) this.#tell('backend', { backend, adapter: this.adapter })
  }

  /** @returns {Backend} what to try */
  #target() {
    return this.#wanted === 'cpu' || this.#gpuTrouble ? 'cpu' : 'webgpu'
  }

  /** The GPU's limit in bytes, where that alone is why the CPU is used. */
  #limit() {
    const limit = this.#gpuTrouble?.code === 'adapter_limits' ? this.#gpuTrouble.details.limit : null
    return typeof limit === 'number' ? limit : null
  }

  /**
   * The worker is not to be trusted any more.
   * @param {FcnError} why
   */
  #lose(why) {
    const wasOpen = this.#isOpen
    this.#drop()
    if (wasOpen && why.code !== 'aborted') this.#tell('restart', { code: why.code, message: why.message })
  }

  #drop() {
    this.#link?.end()
    this.#link = null
    this.#isOpen = false
    this.#hasModel = false
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    if (!this.#isDisposed) this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

function disposed() {
  return new FcnError('aborted', 'The engine was disposed of.')
}

/**
 * @param {import('./protocol.js').Progress} progress
 * @returns {progress is LoadProgress}
 */
function isLoad(progress) {
  return 'loaded' in progress
}
