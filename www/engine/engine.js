/**
 * The engine: a photo in, a mask out, computed in a worker by Burn on WebGPU or on the CPU.
 *
 *     const engine = await Engine.create({ backend: 'auto' })
 *     const net = await engine.load('models/everyday/model.json', { onProgress, signal })
 *     const { width, height, labels, classes } = await net.segment(file, { signal })
 *     net.dispose()
 *     engine.dispose()
 *
 * Several nets live in one engine. Calls may overlap; they are done one after another. When the
 * worker crashes or its GPU is lost, a new one is started, each net loaded again when it is next
 * used, and the interrupted job run once more. When the GPU fails a second time, or gave wrong
 * numbers at its self-check, `auto` goes on with the CPU and says why in `adapter.reason`; `webgpu`
 * rejects. A job that the CPU can't do either proves nothing against the GPU: the next one is tried
 * there again. This file stays light: photos are decoded and weights are loaded in the worker.
 */
import { FcnError } from '../lib/errors.js'
import { checkBackend, checkPairs, checkSaid, checkTransposed, checkWanted, modelSource } from './page/arguments.js'
import { Calls } from './page/calls.js'
import { Host, disposed } from './page/host.js'
import { Net as Handle } from './page/net.js'
import { Queue } from './page/queue.js'
import { MODEL_MARK } from '../lib/marks.js'

export { snapshot } from './page/source.js'

/** @typedef {import('./protocol.js').Backend} Backend */
/** @typedef {import('./protocol.js').Manifest} Manifest */
/** @typedef {import('./protocol.js').ModelClass} ModelClass */
/** @typedef {import('./protocol.js').LoadProgress} LoadProgress */
/** @typedef {import('./protocol.js').SegmentProgress} SegmentProgress */
/** @typedef {import('./protocol.js').Size} Size */
/** @typedef {import('./protocol.js').Transposed} Transposed */
/** @typedef {import('./protocol.js').UpsamplingLayer} UpsamplingLayer */
/** @typedef {import('./page/source.js').PhotoSource} PhotoSource */
/** @typedef {import('./page/host.js').Adapter} Adapter */
/** @typedef {import('./page/net.js').Net} Net */
/** @typedef {import('./page/calls.js').Result} Result */
/** @typedef {import('./page/calls.js').Trace} Trace */
/** @typedef {import('./page/calls.js').Heatmap} Heatmap */
/** @typedef {import('./page/calls.js').Inspected} Inspected */
/** @typedef {import('./page/calls.js').Tailed} Tailed */
/** @typedef {import('./page/calls.js').Autopsy} Autopsy */
/** @typedef {import('./page/calls.js').Uncertainty} Uncertainty */
/** @typedef {import('./protocol.js').Stage} Stage */
/** @typedef {import('./protocol.js').Sheet} Sheet */
/** @typedef {import('./protocol.js').Made} Made */
/** @typedef {import('./protocol.js').FeatureMap} FeatureMap */
/** @typedef {import('./page/calls.js').SegmentOptions} SegmentOptions */
/** @typedef {import('./page/calls.js').MaskOptions} MaskOptions */
/** @typedef {import('./page/watch.js').WatchOptions} WatchOptions */
/** @typedef {import('./page/watch.js').Seen} Seen */

/**
 * @typedef {object} LoadOptions
 * @property {(progress: LoadProgress) => void} [onProgress] bytes
 * @property {AbortSignal} [signal]
 * @property {import('./protocol.js').Gives} [gives] what it is wanted for: 'masks', 'labels', or 'any' (default);
 *   another model is refused before its weights are fetched
 * @property {import('./protocol.js').Said} [assume] of a checkpoint, what its tensors don't tell, instead of what is
 *   assumed: see the net's `assumptions`
 */

/**
 * Events: `restart` (detail {code, message}), `backend` (detail {backend, adapter}), `model` (a load
 * has succeeded; detail {url, manifest, net}).
 */
export class Engine extends EventTarget {
  #host
  #queue = new Queue()
  /** Where the scores behind a result are. @type {WeakMap<Result, import('./page/calls.js').Pass>} */
  #passes = new WeakMap()
  #latestId = 0
  /** The net loaded last, and what is known of it. @type {{net: Net, facts: import('./page/calls.js').Facts} | null} */
  #latest = null
  /** Frees the nets whose handles nobody holds any more. @type {FinalizationRegistry<number>} */
  #handles = new FinalizationRegistry(id => this.#free(id))
  /** The shorthands below: calls to the net loaded last, when their turn has come. */
  #calls
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
      await engine.#queue.add(signal, async () => await engine.#host.open())
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
    this.#host = new Host(backend, (type, detail) => this.#tell(type, detail))
    this.#calls = new Calls(this.#shared, () => {
      if (!this.#latest) throw new FcnError('no_model')
      return this.#latest.facts
    })
  }

  /** @returns {import('./page/calls.js').Shared} */
  get #shared() {
    return { queue: this.#queue, host: this.#host, passes: this.#passes }
  }

  /** What really runs. @returns {Backend} */
  get backend() {
    return this.#host.backend
  }

  /** For the badge. @returns {Adapter | null} null only before the engine was started */
  get adapter() {
    return this.#host.adapter
  }

  /**
   * The net loaded last. `url` is null when it came from files; `notes`: what a checkpoint's tensors don't tell, and
   * what is assumed.
   * @returns {{url: string | null, manifest: Manifest, notes: readonly string[]} | null}
   */
  get model() {
    if (!this.#latest) return null
    const { url, manifest, notes } = this.#latest.facts
    return { url, manifest, notes }
  }

  /**
   * Loads a net beside those that are there; when this fails, nothing has changed. A net's memory is given back by its
   * `dispose`, or some time after its handle was forgotten; the net loaded last stays.
   * @param {string | URL | File | readonly File[]} from a model.json's address (relative to the
   *   page); the two files [model.json, weights]; or a checkpoint (safetensors, or what torch.save wrote, whatever its
   *   name) that is known by its tensors, alone or with the names of its classes (.txt, a line each, or .json, a list).
   *   A checkpoint is read in pieces.
   * @param {LoadOptions} [options]
   * @returns {Promise<Net>}
   * @throws {FcnError} invalid_input, manifest_invalid, unknown_architecture, http_error, network_error,
   *   weights_size_mismatch, hash_mismatch, weights_unrecognised, not_finite, is_classifier, not_classifier … or the
   *   signal's reason
   */
  async load(from, { onProgress, signal, gives = 'any', assume = {} } = {}) {
    const source = modelSource(from, checkSaid(assume))
    const wanted = checkWanted(gives)
    return await this.#queue.add(signal, async stop => {
      const id = ++this.#latestId
      const { manifest, manifestBytes, notes, assumptions = [], isCheckpoint, weights } = await this.#host.attempt(stop,
        async link =>
        await this.#host.load(link, id, source, wanted, {
          signal: stop,
          onProgress: progress => !stop.aborted && 'loaded' in progress && onProgress?.(progress),
        }))
      if (stop.aborted) {
        // Too late for the worker to stop.
        await this.#host.forget(id)
        throw new FcnError('aborted')
      }
      const url = source.from === 'url' ? source.url : null
      if (url) performance.mark(MODEL_MARK, { detail: url })
      this.#host.keep(id, isCheckpoint ? source : { from: 'kept', manifest: manifestBytes, url, weights })
      const facts = { id, from, url, manifest, notes, assumptions, ended: new AbortController() }
      const net = new Handle(this.#shared, facts, () => this.#free(id))
      this.#handles.register(net, id)
      this.#latest = { net, facts }
      this.#tell('model', { url, manifest, net })
      return net
    })
  }

  /**
   * Shorthand for `segment` of the net loaded last, and so for the next five.
   * @param {PhotoSource} source
   * @param {SegmentOptions & MaskOptions & {variant?: string}} [options]
   */
  async segment(source, options) {
    return await this.#calls.segment(source, options)
  }

  /**
   * @param {PhotoSource} source
   * @param {SegmentOptions & MaskOptions
   *   & {variants?: readonly string[] | ((manifest: Manifest) => readonly string[])}} [options]
   */
  async segmentAll(source, options) {
    return await this.#calls.segmentAll(source, options)
  }

  /**
   * @param {MediaStream | HTMLVideoElement} source
   * @param {WatchOptions} options
   */
  async watch(source, options) {
    await this.#calls.watch(source, options)
  }

  /**
   * @param {PhotoSource} source
   * @param {SegmentOptions & {maps: readonly string[]}} options
   */
  async trace(source, options) {
    return await this.#calls.trace(source, options)
  }

  /**
   * @param {PhotoSource} source
   * @param {import('./page/calls.js').HeatmapOptions} [options]
   */
  async heatmap(source, options) {
    return await this.#calls.heatmap(source, options)
  }

  /**
   * @param {string} name
   * @param {{signal?: AbortSignal}} [options]
   */
  async upsamplingLayer(name, options) {
    return await this.#calls.upsamplingLayer(name, options)
  }

  /**
   * Reads the class scores behind a mask, once, into its `scores`: until its net computes the next photo or is disposed
   * of. They are at the working size; `lib/probe.js` of the sources makes probabilities of them.
   * @param {Result} result of any net of this engine
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<import('./protocol.js').ScoreMap | null>} null when they are gone, and above 64 MiB
   */
  async scores(result, { signal } = {}) {
    if (result.scores !== undefined) return result.scores
    const made = this.#passes.get(result)
    if (!made) throw new FcnError('invalid_input', 'scores: expected a result of this engine.')
    const { net, pass } = made
    const { variant } = result
    const { scores } = await this.#queue.add(signal, async stop => await this.#host.attempt(stop, async link => {
      // Somebody else may have asked meanwhile; and another worker knows nothing of them.
      if (result.scores !== undefined) return { scores: result.scores }
      if (link !== made.link) return { scores: null }
      return await link.ask({ type: 'scores', net, pass, variant }, { signal: stop })
    }))
    result.scores ??= scores
    return result.scores
  }

  /**
   * The engine's transposed convolution of one map, without bias: what `<fcn-upsample>` is checked
   * against. It is what the nets run: on the CPU Burn's, or our own where the horizontal stride is a multiple of
   * eight; on WebGPU our own. Needs no model.
   * @param {Transposed} layer
   * @param {ArrayLike<number>} values of the input, row by row
   * @param {ArrayLike<number>} weights of the kernel, row by row
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<{values: Float32Array<ArrayBuffer>, backend: Backend}>} the output, row by row
   * @throws {FcnError} invalid_input
   */
  async convTranspose2d(layer, values, weights, { signal } = {}) {
    const settings = checkTransposed(layer)
    return await this.#queue.add(signal, async stop => {
      const reply = await this.#host.attempt(stop, async link => await link.ask({
        type: 'transposed', settings, values: Float32Array.from(values), weights: Float32Array.from(weights),
      }, { signal: stop }))
      return { values: reply.values, backend: this.backend }
    })
  }

  /**
   * How label maps agree with their truths: confusion matrix, accuracies, IoU. Needs no model.
   * @param {readonly {truth: Uint8Array, prediction: Uint8Array}[]} pairs of one size each, a byte a pixel
   * @param {number} classes 1 to 255
   * @param {{void?: 255, signal?: AbortSignal}} [options] void: the truth of pixels that are left out
   * @returns {Promise<import('./protocol.js').Measures>} of all pairs together
   * @throws {FcnError} invalid_input for maps of different lengths, or a value that is no class
   */
  async measure(pairs, classes, { void: unlabelled = 255, signal } = {}) {
    const checked = checkPairs(pairs, classes, unlabelled)
    return await this.#queue.add(signal, async stop => await this.#host.attempt(stop, async link =>
      await link.ask({ type: 'measure', classes, pairs: checked }, { signal: stop })))
  }

  /** Ends the worker and frees all it holds; whatever waits is rejected with `aborted`. */
  dispose() {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#host.end()
    this.#latest = null
    this.#queue.end(disposed())
  }

  /**
   * Frees a net, when the jobs before have ended.
   * @param {number} id
   */
  #free(id) {
    if (this.#latest?.facts.id === id) this.#latest = null
    // It rejects only where the engine was disposed of, and everything freed.
    this.#queue.add(undefined, async () => await this.#host.forget(id)).catch(() => {})
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    if (!this.#isDisposed) this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
