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
 * against the GPU: the next one is tried there again. This file stays light: photos are decoded and
 * weights are loaded in the worker.
 */
import { FcnError } from '../lib/errors.js'
import { checkBackend, checkMaps, checkPairs, checkSize, checkTransposed, checkVariants, checkWanted, modelSource } from './page/arguments.js'
import { Host, disposed } from './page/host.js'
import { checkGives } from './formats/manifest.js'
import { Queue, untilStopped } from './page/queue.js'
import { snapshot } from './page/source.js'

/** @typedef {import('./protocol.js').Backend} Backend */
/** @typedef {import('./protocol.js').Manifest} Manifest */
/** @typedef {import('./protocol.js').ModelClass} ModelClass */
/** @typedef {import('./protocol.js').LoadProgress} LoadProgress */
/** @typedef {import('./protocol.js').SegmentProgress} SegmentProgress */
/** @typedef {import('./protocol.js').Size} Size */
/** @typedef {import('./protocol.js').Transposed} Transposed */
/** @typedef {import('./page/source.js').PhotoSource} PhotoSource */
/** @typedef {import('./page/host.js').Adapter} Adapter */

/** One mask, with what is needed to read it. @typedef {import('./protocol.js').Mask & {classes: ModelClass[], backend: Backend}} Result */

/** Maps of a pass, with what is needed to read them. @typedef {Omit<import('./protocol.js').Traced, 'outcome'> & {classes: ModelClass[], backend: Backend}} Trace */

/** Scores of windows, with what is needed to read them. @typedef {import('./protocol.js').HeatmapCells & {classes: ModelClass[], backend: Backend}} Heatmap */

/** @typedef {import('./protocol.js').UpsamplingLayer} UpsamplingLayer */

/**
 * @typedef {object} LoadOptions
 * @property {(progress: LoadProgress) => void} [onProgress] bytes
 * @property {AbortSignal} [signal]
 * @property {import('./protocol.js').Gives} [gives] what it is wanted for: 'masks', 'labels', or 'any' (default); another
 *   model is refused before its weights are fetched
 */

/**
 * @typedef {object} SegmentOptions
 * @property {Size} [size] long side to work at: 'model' (default), 'native', or pixels
 * @property {AbortSignal} [signal]
 * @property {(progress: SegmentProgress) => void} [onProgress] `index` of `total` steps are done
 */

/**
 * @typedef {object} MaskOptions
 * @property {boolean} [scores] whether `scores` are read back with the mask; default false: see {@link Engine.scores}
 */

/** Events: `restart` (detail {code, message}), `backend` (detail {backend, adapter}), `model`. */
export class Engine extends EventTarget {
  #host
  /** @type {{url: string | null, manifest: Manifest, notes: readonly string[]} | null} */
  #model = null
  #queue = new Queue()
  /** Where the scores of a result are. @type {WeakMap<Result, {link: import('./page/link.js').Link, pass: number}>} */
  #left = new WeakMap()
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
   * The loaded model. `url` is null when it came from files; `notes`: what a checkpoint's tensors don't tell, and what is
   * assumed. @returns {{url: string | null, manifest: Manifest, notes: readonly string[]} | null}
   */
  get model() {
    return this.#model && { ...this.#model }
  }

  /**
   * Loads a model in place of the former one, which stays when this fails.
   * @param {string | URL | File | readonly File[]} from a model.json's address (relative to the
   *   page); the two files [model.json, weights]; or a checkpoint (.safetensors, .pth, .pt) that is known by its tensors,
   *   alone or with the names of its classes (.txt, a line each, or .json, a list). A checkpoint is read in pieces.
   * @param {LoadOptions} [options]
   * @returns {Promise<void>}
   * @throws {FcnError} invalid_input, manifest_invalid, unknown_architecture, http_error, network_error,
   *   weights_size_mismatch, hash_mismatch, weights_unrecognised, not_finite, is_classifier, not_classifier … or the signal's reason
   */
  async load(from, { onProgress, signal, gives = 'any' } = {}) {
    const source = modelSource(from)
    const wanted = checkWanted(gives)
    await this.#queue.add(signal, async stop => {
      const loaded = await this.#host.attempt(stop, async link => await link.ask({ type: 'load', source, gives: wanted }, {
        signal: stop,
        onProgress: progress => !stop.aborted && isLoad(progress) && onProgress?.(progress),
      }))
      // Too late for the worker to stop: it gets the former model back before the next job.
      if (stop.aborted) return this.#host.keep(null)
      const url = source.from === 'url' ? source.url : null
      this.#model = { url, manifest: loaded.manifest, notes: loaded.notes }
      this.#host.keep(loaded.isCheckpoint ? source : { from: 'kept', manifest: loaded.manifestBytes, url, weights: loaded.weights })
      this.#tell('model', { url, manifest: loaded.manifest })
    })
  }

  /**
   * Computes a photo's mask, of the photo's own size in display orientation.
   * @param {PhotoSource} source stays usable; a video gives the frame of this moment
   * @param {SegmentOptions & MaskOptions & {variant?: string}} [options] variant: default the model's last, finest
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
   * @param {SegmentOptions & MaskOptions & {variants?: readonly string[] | ((manifest: Manifest) => readonly string[])}} [options]
   *   variants: default all of the model's
   * @returns {Promise<Result[]>} in the order asked for
   * @throws {FcnError} is_classifier …, or the signal's reason
   */
  async segmentAll(source, { variants = manifest => manifest.config.variants, scores = false, ...options } = {}) {
    const { reply, classes, link } = await this.#pass(source, options, (manifest, size) => {
      checkGives(manifest, 'masks')
      return { type: 'segment', size, scores: Boolean(scores), variants: checkVariants(manifest, typeof variants === 'function' ? variants(manifest) : variants) }
    })
    if (reply.outcome !== 'masks') throw new FcnError('crashed')
    const { masks, pass } = reply
    return masks.map(mask => {
      const result = { ...mask, classes, backend: this.backend }
      this.#left.set(result, { link, pass })
      return result
    })
  }

  /**
   * Reads the class scores behind a mask, once, into its `scores`: while no other photo has gone through the net, nor
   * another model come. They are at the working size; `lib/probe.js` makes probabilities of them.
   * @param {Result} result
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<import('./protocol.js').ScoreMap | null>} null when they are gone, and above 64 MiB
   */
  async scores(result, { signal } = {}) {
    if (result.scores !== undefined) return result.scores
    const left = this.#left.get(result)
    if (!left) throw new FcnError('invalid_input', 'scores: expected a result of this engine.')
    const { scores } = await this.#queue.add(signal, async stop => await this.#host.attempt(stop, async link =>
      // Somebody else has asked meanwhile; and another worker knows nothing of them.
      result.scores !== undefined ? { scores: result.scores } : link === left.link ? await link.ask({ type: 'scores', pass: left.pass, variant: result.variant }, { signal: stop }) : { scores: null }))
    result.scores ??= scores
    return result.scores
  }

  /**
   * The net from the inside: maps of single stages of a photo's pass (`score_fr`, `pool4`,
   * `upscore32` …; the manifest's heads decide which there are).
   * @param {PhotoSource} source
   * @param {SegmentOptions & {maps: readonly string[]}} options maps: names of stages
   * @returns {Promise<Trace>} maps in the order of the pass, each [channels, height, width]
   * @throws {FcnError} invalid_input for a stage that this model hasn't got …, or the signal's reason
   */
  async trace(source, { maps, ...options }) {
    const names = checkMaps(maps)
    const { reply, classes } = await this.#pass(source, options, (_, size) => ({ type: 'trace', size, maps: names }))
    if (reply.outcome !== 'maps') throw new FcnError('crashed')
    const { outcome: _, ...trace } = reply
    return { ...trace, classes, backend: this.backend }
  }

  /**
   * A classifier's scores of every 224×224 window of a photo, 32 pixels apart. Needs a `vgg16-classifier`.
   * @param {PhotoSource} source
   * @param {SegmentOptions} [options] size: up to 224, the whole photo is squeezed into one window: its label
   * @returns {Promise<Heatmap>}
   * @throws {FcnError} no_model, not_classifier …, or the signal's reason
   */
  async heatmap(source, options = {}) {
    const { reply, classes } = await this.#pass(source, options, (manifest, size) => {
      checkGives(manifest, 'labels')
      return { type: 'heatmap', size }
    })
    if (reply.outcome !== 'heatmap') throw new FcnError('crashed')
    const { outcome: _, ...map } = reply
    return { ...map, classes, backend: this.backend }
  }

  /**
   * A transposed convolution of the loaded net, with its kernels.
   * @param {string} name upscore2, upscore_pool4, upscore32, upscore16 or upscore8
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<UpsamplingLayer>}
   * @throws {FcnError} no_model; invalid_input where this model hasn't got that layer
   */
  async upsamplingLayer(name, { signal } = {}) {
    return await this.#queue.add(signal, async stop => {
      if (!this.#model) throw new FcnError('no_model')
      return await this.#host.attempt(stop, async link => {
        await this.#host.giveModel(link, stop)
        return await link.ask({ type: 'layer', name: String(name) }, { signal: stop })
      })
    })
  }

  /**
   * The engine's transposed convolution of one map, without bias: what `<fcn-upsample>` is checked
   * against. It is what the nets run: on the CPU Burn's, or our own where the stride across is whole eights; on WebGPU our
   * own. Needs no model.
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
   * @param {readonly {truth: Uint8Array, prediction: Uint8Array}[]} pairs of one size each, a byte a pixel; a truth
   *   of 255 is left out
   * @param {number} classes 1 to 255
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<import('./protocol.js').Measures>} of all pairs together
   * @throws {FcnError} invalid_input for maps of different lengths, or a value that is no class
   */
  async measure(pairs, classes, { signal } = {}) {
    const checked = checkPairs(pairs, classes)
    return await this.#queue.add(signal, async stop =>
      await this.#host.attempt(stop, async link => await link.ask({ type: 'measure', classes, pairs: checked }, { signal: stop })))
  }

  /** Ends the worker and frees all it holds; whatever waits is rejected with `aborted`. */
  dispose() {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#host.end()
    this.#model = null
    this.#queue.end(disposed())
  }

  /**
   * One photo through the loaded net.
   * @param {PhotoSource} source
   * @param {SegmentOptions} options
   * @param {(manifest: Manifest, size: Size) => import('./protocol.js').PassWish} wish
   * @returns {Promise<{reply: import('./protocol.js').Passed, classes: ModelClass[], link: import('./page/link.js').Link}>}
   */
  async #pass(source, { size = 'model', signal, onProgress }, wish) {
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
        const request = wish(manifest, wanted)
        /** @type {import('./page/link.js').Link | undefined} */
        let asked
        const reply = await this.#host.attempt(stop, async link => {
          asked = link
          await this.#host.giveModel(link, stop)
          const { photo: copy, transfer } = await photo.copy()
          return await link.ask({ ...request, photo: copy, gpuLimit: this.#host.gpuLimit }, {
            transfer,
            signal: stop,
            onProgress: progress => !stop.aborted && !isLoad(progress) && onProgress?.(progress),
          })
        })
        if (!asked) throw new FcnError('crashed')
        return { reply, classes: manifest.classes, link: asked }
      })
    } finally {
      shot.then(photo => photo.release(), () => {})
    }
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    if (!this.#isDisposed) this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/**
 * @param {import('./protocol.js').Progress} progress
 * @returns {progress is LoadProgress}
 */
function isLoad(progress) {
  return 'loaded' in progress
}
