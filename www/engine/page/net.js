/**
 * A net that an engine has loaded: a photo in, and masks, maps or labels out. Several live in one
 * engine; they share its worker and its GPU, and compute one after another.
 */
import { FcnError } from '../../lib/errors.js'
import { checkGives, isClassifier } from '../formats/manifest.js'
import { checkMaps, checkSize, checkVariants } from './arguments.js'
import { untilStopped } from './queue.js'
import { snapshot } from './source.js'

/** @typedef {import('../protocol.js').Backend} Backend */
/** @typedef {import('../protocol.js').Manifest} Manifest */
/** @typedef {import('../protocol.js').ModelClass} ModelClass */
/** @typedef {import('../protocol.js').Size} Size */
/** @typedef {import('./link.js').Link} Link */
/** @typedef {import('./source.js').PhotoSource} PhotoSource */

/**
 * One mask, with what is needed to read it.
 * @typedef {import('../protocol.js').Mask & {classes: ModelClass[], backend: Backend}} Result
 */
/**
 * Maps of a pass, with what is needed to read them.
 * @typedef {Omit<import('../protocol.js').Traced, 'outcome'> & {classes: ModelClass[], backend: Backend}} Trace
 */
/**
 * Scores of windows, with what is needed to read them.
 * @typedef {import('../protocol.js').HeatmapCells & {classes: ModelClass[], backend: Backend}} Heatmap
 */

/**
 * @typedef {object} SegmentOptions
 * @property {Size} [size] long side to work at: 'model' (default), 'native', or pixels
 * @property {AbortSignal} [signal]
 * @property {(progress: import('../protocol.js').SegmentProgress) => void} [onProgress] `index` of `total` steps are
 *   done
 */

/**
 * @typedef {object} MaskOptions
 * @property {boolean} [scores] whether `scores` are read back with the mask; default false: see `engine.scores`
 */

/**
 * What is known of a loaded net.
 * @typedef {object} Facts
 * @property {number} id what the worker is told it by
 * @property {string | URL | File | readonly File[]} from what `engine.load` was given
 * @property {string | null} url the model.json's; null when it came from files
 * @property {Manifest} manifest
 * @property {readonly string[]} notes what a checkpoint's tensors don't tell, and what is assumed
 * @property {AbortController} ended aborted when the net is disposed of
 */

/** Where the scores behind a result are. @typedef {{link: Link, net: number, pass: number}} Pass */

/**
 * What an engine's nets share.
 * @typedef {object} Shared
 * @property {import('./queue.js').Queue} queue
 * @property {import('./host.js').Host} host
 * @property {WeakMap<Result, Pass>} passes
 */

/** What can be asked of a net. */
export class Calls {
  #shared
  #find

  /**
   * @param {Shared} shared
   * @param {() => Facts} find the net that is meant, asked when a call's turn has come; may throw
   */
  constructor(shared, find) {
    this.#shared = shared
    this.#find = find
  }

  /**
   * Computes a photo's mask, of the photo's own size in display orientation.
   * @param {PhotoSource} source stays usable; a video gives the frame of this moment
   * @param {SegmentOptions & MaskOptions & {variant?: string}} [options] variant: default the model's last, finest
   * @returns {Promise<Result>}
   * @throws {FcnError} or the signal's reason
   */
  async segment(source, { variant, ...options } = {}) {
    /** @param {Manifest} manifest */
    const variants = ({ config }) => [variant ?? config.variants.at(-1) ?? '']
    const [result] = await this.segmentAll(source, { ...options, variants })
    return result
  }

  /**
   * Several variants' masks of one photo, from one pass through the backbone.
   * @param {PhotoSource} source
   * @param {SegmentOptions & MaskOptions
   *   & {variants?: readonly string[] | ((manifest: Manifest) => readonly string[])}} [options]
   *   variants: default all of the model's
   * @returns {Promise<Result[]>} in the order asked for
   * @throws {FcnError} no_model, is_classifier …, or the signal's reason
   */
  async segmentAll(source, { variants = manifest => manifest.config.variants, scores = false, ...options } = {}) {
    const { reply, classes, pass: from } = await this.#pass(source, options, (manifest, size) => {
      checkGives(manifest, 'masks')
      const names = checkVariants(manifest, typeof variants === 'function' ? variants(manifest) : variants)
      return { type: 'segment', size, scores: Boolean(scores), variants: names }
    })
    if (reply.outcome !== 'masks') throw new FcnError('crashed')
    const { masks, pass } = reply
    return masks.map(mask => {
      const result = { ...mask, classes, backend: this.#shared.host.backend }
      this.#shared.passes.set(result, { ...from, pass })
      return result
    })
  }

  /**
   * The net from the inside: maps of single stages of a photo's pass (`score_fr`, `pool4`,
   * `upscore32` …; the manifest's heads decide which there are).
   * @param {PhotoSource} source
   * @param {SegmentOptions & {maps: readonly string[]}} options maps: names of stages
   * @returns {Promise<Trace>} maps in the order of the pass, each [channels, height, width]
   * @throws {FcnError} no_model, invalid_input for a stage that this model hasn't got …, or the signal's reason
   */
  async trace(source, { maps, ...options }) {
    const names = checkMaps(maps)
    const { reply, classes } = await this.#pass(source, options, (_, size) => ({ type: 'trace', size, maps: names }))
    if (reply.outcome !== 'maps') throw new FcnError('crashed')
    const { outcome: _, ...trace } = reply
    return { ...trace, classes, backend: this.#shared.host.backend }
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
    return { ...map, classes, backend: this.#shared.host.backend }
  }

  /**
   * A transposed convolution of the net, with its kernels.
   * @param {string} name upscore2, upscore_pool4, upscore32, upscore16 or upscore8
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<import('../protocol.js').UpsamplingLayer>}
   * @throws {FcnError} no_model; invalid_input where this model hasn't got that layer
   */
  async upsamplingLayer(name, { signal } = {}) {
    return await this.#shared.queue.add(signal, async (stop, end) =>
      await this.#ask(stop, end, ({ id: net }) => async link =>
        await link.ask({ type: 'layer', net, name: String(name) }, { signal: stop })))
  }

  /**
   * One photo through the net.
   * @param {PhotoSource} source
   * @param {SegmentOptions} options
   * @param {(manifest: Manifest, size: Size) => import('../protocol.js').PassWish} wish may throw
   * @returns {Promise<{reply: import('../protocol.js').Passed, classes: ModelClass[], pass: Omit<Pass, 'pass'>}>}
   */
  async #pass(source, { size = 'model', signal, onProgress }, wish) {
    const wanted = checkSize(size)
    signal?.throwIfAborted()
    // Taken now, not when its turn comes: a video goes on, a canvas is drawn over.
    const shot = snapshot(source)
    // It may fail long before its turn comes, when nobody listens yet.
    shot.catch(() => {})
    try {
      return await this.#shared.queue.add(signal, async (stop, end) => {
        // An <img> whose server has gone silent never settles.
        const photo = await untilStopped(shot, stop)
        /** @type {{reply: import('../protocol.js').Passed, classes: ModelClass[], pass: Omit<Pass, 'pass'>} | null} */
        let passed = null
        await this.#ask(stop, end, ({ id: net, manifest }) => {
          const request = wish(manifest, wanted)
          return async link => {
            const { photo: copy, transfer } = await photo.copy()
            const reply = await link.ask({ ...request, net, photo: copy, gpuLimit: this.#shared.host.gpuLimit }, {
              transfer,
              signal: stop,
              onProgress: progress => !stop.aborted && 'stage' in progress && onProgress?.(progress),
            })
            passed = { reply, classes: manifest.classes, pass: { link, net } }
            return reply
          }
        })
        if (!passed) throw new FcnError('crashed')
        return passed
      })
    } finally {
      shot.then(photo => photo.release(), () => {})
    }
  }

  /**
   * Asks a worker that holds the net; ends with the net.
   * @template {import('../protocol.js').Replies[keyof import('../protocol.js').Replies]} T
   * @param {AbortSignal} stop
   * @param {(why: unknown) => void} end
   * @param {(net: Facts) => (link: Link) => Promise<T>} prepare what to ask; may throw
   * @returns {Promise<T>}
   */
  async #ask(stop, end, prepare) {
    const { host } = this.#shared
    const net = this.#find()
    const ask = prepare(net)
    const ended = net.ended.signal
    const onEnd = () => end(ended.reason)
    ended.addEventListener('abort', onEnd)
    try {
      return await host.attempt(stop, async link => {
        await host.give(link, net.id, stop)
        return await ask(link)
      })
    } finally {
      ended.removeEventListener('abort', onEnd)
    }
  }
}

/** A handle on a loaded net; `engine.load` makes it. */
export class Net extends Calls {
  #facts
  #shared
  #free

  /**
   * @param {Shared} shared
   * @param {Facts} facts
   * @param {() => void} free gives its memory back; must not hold on to the handle
   */
  constructor(shared, facts, free) {
    super(shared, () => {
      facts.ended.signal.throwIfAborted()
      return facts
    })
    this.#shared = shared
    this.#facts = facts
    this.#free = free
  }

  /** The model.json's address; null when it came from files. */
  get url() {
    return this.#facts.url
  }

  /** What it was loaded from, as it was given to `engine.load`. */
  get from() {
    return this.#facts.from
  }

  /** Whether it makes a class a pixel or a classifier's labels. @returns {'masks' | 'labels'} */
  get gives() {
    return isClassifier(this.manifest) ? 'labels' : 'masks'
  }

  get manifest() {
    return this.#facts.manifest
  }

  /** What a checkpoint's tensors don't tell, and what is assumed; English. */
  get notes() {
    return this.#facts.notes
  }

  get classes() {
    return this.#facts.manifest.classes
  }

  get isDisposed() {
    return this.#facts.ended.signal.aborted || this.#shared.host.isEnded
  }

  /** Gives the net's memory back; its calls that run, wait or come later are rejected with `aborted`. */
  dispose() {
    if (this.isDisposed) return
    this.#facts.ended.abort(new FcnError('aborted', 'The net was disposed of.'))
    this.#free()
  }
}
