/**
 * What can be asked of a net: a photo in, and masks, maps, labels or answers about its pass out.
 */
import { PAPER_DROPOUT, trainedDropout } from '../../lib/dropout.js'
import { FcnError } from '../../lib/errors.js'
import { checkGives } from '../formats/manifest.js'
import {
  checkMaps, checkNumber, checkPair, checkShift, checkSize, checkStage, checkVariants, checkWhole,
} from './arguments.js'
import { untilStopped } from './queue.js'
import { keyOf, snapshot } from './source.js'

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

/** @typedef {import('../protocol.js').Answers} Answers */
/** Nothing is covered. */
const NO_SQUARE = { left: 0, top: 0, width: 0, height: 0 }

/**
 * What a script forgot altogether is missing one by one, and each has an error that names it.
 * @template T
 * @param {T} options
 * @returns {T}
 */
const given = options => options ?? /** @type {T} */ ({})

/**
 * What is told of a photo's pass; `photo`, `work`: the photo's own size and the size that it was scaled to, pixels.
 * @typedef {Answers['inspect'] & {backend: Backend, photo: {width: number, height: number},
 *   work: {width: number, height: number}}} Inspected
 */
/**
 * A mask, and the tail's maps of one class, each [1, height, width], coarse to fine, scores at the end; a skip's is what
 * was added, scaled.
 * @typedef {Result & {maps: import('../protocol.js').FeatureMap[]}} Tailed
 */
/**
 * A score split. `parts`: what each score map gave, by name (`score_fr`, `pool4`, `pool3`), summing to the score but for
 * rounding; `cells`: the same by cell; `sources`: one step further back, by the channels of `input`.
 * @typedef {Omit<Answers['autopsy'], 'parts'> & {parts: Record<string, number>,
 *   cells: {map: string, row: number, column: number, share: number}[],
 *   sources: {map: string, stage: string, input: string, bias: number, channels: number[]}[]}} Autopsy
 */

/**
 * Where a net is unsure; see `engine.uncertainty`. `photo`: the photo's own size, pixels; `width`, `height` are of the size
 * that it was scaled to.
 * @typedef {Answers['uncertainty'] & {photo: {width: number, height: number}, classes: ModelClass[], backend: Backend}}
 *   Uncertainty
 */

/**
 * @typedef {object} SegmentOptions
 * @property {Size} [size] long side to work at: 'model' (default), 'native', or pixels
 * @property {AbortSignal} [signal]
 * @property {(progress: import('../protocol.js').SegmentProgress) => void} [onProgress] `index` of `total` steps are
 *   done
 */
/**
 * `shift`: the photo moved within its frame, by whole pixels of the working size, to the right and down; what is
 * uncovered is middle grey.
 * @typedef {SegmentOptions & {shift?: {x: number, y: number}}} HeatmapOptions
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
 * @property {readonly import('../protocol.js').Assumption[]} assumptions the same as data
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
   * The masks of a moving picture: always of the newest frame; what came while one was computed is passed over. A hidden tab
   * shows no frames, so nothing is computed there.
   * @param {MediaStream | HTMLVideoElement} source a video is not started or stopped; a stream's tracks stay the caller's
   * @param {import('./watch.js').WatchOptions} options onFrame: called with {frame, result, delay, rate}
   * @returns {Promise<void>} when the video or the stream has ended
   * @throws {FcnError} video_failed, and what `segment` throws; or the signal's reason
   */
  async watch(source, options) {
    const { watch } = await import('./watch.js')
    await watch(this, source, options)
  }

  /**
   * The net from the inside: maps of single stages of a photo's pass (`score_fr`, `pool4`,
   * `upscore32` …; the manifest's heads decide which there are).
   * @param {PhotoSource} source
   * @param {SegmentOptions & {maps: readonly string[]}} options maps: names of stages
   * @returns {Promise<Trace>} maps in the order of the pass, each [channels, height, width]
   * @throws {FcnError} no_model, invalid_input for a stage that this model hasn't got …, or the signal's reason
   */
  async trace(source, options) {
    const { maps, ...rest } = given(options)
    const names = checkMaps(maps)
    const { reply, classes } = await this.#pass(source, rest, (_, size) => ({ type: 'trace', size, maps: names }))
    if (reply.outcome !== 'maps') throw new FcnError('crashed')
    const { outcome: _, ...trace } = reply
    return { ...trace, classes, backend: this.#shared.host.backend }
  }

  /**
   * The stages of a pass with all heads, on paper: shapes, parameters, multiply-and-adds, receptive fields.
   * @param {{size: readonly [number, number], signal?: AbortSignal}} options size: the photo's height and width, pixels
   * @returns {Promise<import('../protocol.js').Stage[]>} the input first
   * @throws {FcnError} no_model; invalid_input for a size that the net can't take
   */
  async stages(options) {
    const { size, signal } = given(options)
    const checked = checkPair(size)
    const { stages } = await this.#shared.queue.add(signal, async (stop, end) =>
      await this.#ask(stop, end, ({ id: net }) => async link =>
        await link.ask({ type: 'stages', net, size: checked }, { signal: stop })))
    return stages
  }

  /**
   * Runs a photo through the net, with all heads, and keeps its maps for the questions below: of the same `Blob` or
   * `ImageBitmap` at the same size they cost no second pass. `closePhoto` gives the memory back.
   * @param {PhotoSource} source
   * @param {SegmentOptions} [options]
   * @returns {Promise<Inspected>} the stages with what each took, milliseconds
   * @throws {FcnError} no_model …, or the signal's reason; so do the questions below
   */
  async inspect(source, options = {}) {
    const { answer, photo, work } = await this.#inside(source, options, () => ({ ask: 'inspect' }))
    return { .../** @type {Answers['inspect']} */ (answer), photo, work, backend: this.#shared.host.backend }
  }

  /**
   * The mask with the two skips scaled: only the tail is computed. 1 and 1 give the pass's own; pool3 0 morphs FCN-8s
   * towards FCN-16s, both 0 towards FCN-32s.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {variant?: string, pool4?: number, pool3?: number, classId?: number, scores?: boolean,
   *   mask?: 'photo' | 'work'}} [options] classId: of that class the maps of the tail come too; mask: of the photo's
   *   size (default) or of the working size; scores: whether they come with it
   * @returns {Promise<Tailed>}
   * @throws {FcnError} invalid_input; is_classifier
   */
  async tail(source, { variant, pool4 = 1, pool3 = 1, classId, scores = false, mask = 'photo', ...options } = {}) {
    const gains = { pool4: checkNumber('pool4', pool4), pool3: checkNumber('pool3', pool3) }
    const { answer, classes } = await this.#inside(source, options, manifest => {
      checkGives(manifest, 'masks')
      return {
        ask: 'tail', ...gains, variant: oneVariant(manifest, variant), isWork: mask === 'work', scores: Boolean(scores),
        classId: classId === undefined ? null : checkWhole('classId', classId, manifest.classes.length - 1),
      }
    })
    return { .../** @type {Answers['tail']} */ (answer), classes, backend: this.#shared.host.backend }
  }

  /**
   * A pixel's score of a class as an exact sum: over the cells of the score maps that reach it, and one step further
   * back over channels. Of a classifier: the score of the window whose middle is nearest.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {x: number, y: number, classId: number, variant?: string}} options x, y: in pixels of the
   *   working size
   * @returns {Promise<Autopsy>}
   * @throws {FcnError} invalid_input for a pixel or a class that there isn't
   */
  async autopsy(source, options) {
    const { x, y, classId, variant, ...rest } = given(options)
    const at = { x: checkWhole('x', x), y: checkWhole('y', y) }
    const { answer } = await this.#inside(source, rest, manifest => ({
      ask: 'autopsy', ...at, variant: oneVariant(manifest, variant),
      classId: checkWhole('classId', classId, manifest.classes.length - 1),
    }))
    const split = /** @type {Answers['autopsy']} */ (answer)
    const { parts } = split
    return {
      ...split,
      parts: Object.fromEntries(parts.map(({ name, share }) => [name, share])),
      cells: parts.flatMap(({ name, cells }) => cells.map(cell => ({ map: name, ...cell }))),
      sources: parts.map(({ name, stage, input, bias, channels }) => ({ map: name, stage, input, bias, channels })),
    }
  }

  /**
   * Where the net is unsure: Monte-Carlo dropout (Gal & Ghahramani, ICML 2016). Backbone and fc6 run once; then so many
   * passes from fc7 on drop other channels of fc6 and fc7 each time, as training did. `mean` and `spread` are of the class
   * that wins on the average. The same seed gives the same masks on every back end.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {passes?: number, seed?: number, p?: number, variant?: string}} [options] passes: 1 to 1000,
   *   default 20; seed: a whole number below 2³², default 1; p: from 0 to below 1, default what the net was trained with
   *   (its manifest's `recipe.net.dropout`, unless that is 0), else the paper's 0.5
   * @returns {Promise<Uncertainty>} at the working size
   * @throws {FcnError} no_dropout for a net without fc6 and fc7; invalid_input; is_classifier
   */
  async uncertainty(source, { passes = 20, seed = 1, p, variant, ...options } = {}) {
    const how = { passes: checkWhole('passes', passes), seed: checkWhole('seed', seed, 2 ** 32 - 1) }
    const { answer, photo, classes } = await this.#inside(source, options, manifest => {
      checkGives(manifest, 'masks')
      const share = checkNumber('p', p ?? trainedDropout(manifest) ?? PAPER_DROPOUT)
      return { ask: 'uncertainty', ...how, p: share, variant: oneVariant(manifest, variant) }
    })
    return { .../** @type {Answers['uncertainty']} */ (answer), photo, classes, backend: this.#shared.host.backend }
  }

  /**
   * A score as it is where a square of the photo is covered with middle grey, at the working size; of the photo itself
   * where none is. What the pass that stays open holds is not touched.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {classId: number, at?: {x: number, y: number}, variant?: string,
   *   square?: import('../protocol.js').Square}} options at: the pixel whose score it is (of a classifier: of the window
   *   whose middle is nearest), default the mean over all; square: default none, and what lies beyond the photo is cut
   *   off; both in pixels of the working size
   * @returns {Promise<number>}
   * @throws {FcnError} invalid_input for a pixel or a class that there isn't
   */
  async covered(source, options) {
    const { classId, at, variant, square = NO_SQUARE, ...rest } = given(options)
    const { left, top, width, height } = square
    const checked = {
      at: at ? { x: checkWhole('x', at.x), y: checkWhole('y', at.y) } : null,
      square: {
        left: checkWhole('left', left), top: checkWhole('top', top),
        width: checkWhole('width', width), height: checkWhole('height', height),
      },
    }
    const { answer } = await this.#inside(source, rest, manifest => ({
      ask: 'covered', ...checked, variant: oneVariant(manifest, variant),
      classId: checkWhole('classId', classId, manifest.classes.length - 1),
    }))
    return /** @type {Answers['covered']} */ (answer).score
  }

  /**
   * All that a stage computed.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {stage: string}} options stage: `input` for what went in, normalised and padded
   * @returns {Promise<import('../protocol.js').FeatureMap>}
   * @throws {FcnError} invalid_input for a stage that this model hasn't got
   */
  async values(source, options) {
    const { stage, ...rest } = given(options)
    const question = { stage: checkStage(stage) }
    const { answer } = await this.#inside(source, rest, () => ({ ask: 'values', ...question }))
    return /** @type {Answers['values']} */ (answer)
  }

  /**
   * A stage's channels, made small.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {stage: string, side?: number}} options side: the most rows and columns of a small map, up
   *   to 256
   * @returns {Promise<import('../protocol.js').Sheet>}
   * @throws {FcnError} invalid_input for a stage that this model hasn't got
   */
  async sheet(source, options) {
    const { stage, side = 64, ...rest } = given(options)
    const question = { stage: checkStage(stage), side: checkWhole('side', side) }
    const { answer } = await this.#inside(source, rest, () => ({ ask: 'sheet', ...question }))
    return /** @type {Answers['sheet']} */ (answer)
  }

  /**
   * One channel of a stage.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {stage: string, channel: number}} options
   * @returns {Promise<import('../protocol.js').FeatureMap>}
   * @throws {FcnError} invalid_input for a stage or channel that this model hasn't got
   */
  async channel(source, options) {
    const { stage, channel, ...rest } = given(options)
    const question = { stage: checkStage(stage), channel: checkWhole('channel', channel) }
    const { answer } = await this.#inside(source, rest, () => ({ ask: 'channel', ...question }))
    return /** @type {Answers['channel']} */ (answer)
  }

  /**
   * One cell of a stage as its layer made it: window, kernel, bias, what follows; or the cells that stamp it.
   * @param {PhotoSource} source
   * @param {SegmentOptions & {stage: string, channel: number, row: number, column: number}} options
   * @returns {Promise<import('../protocol.js').Made>}
   * @throws {FcnError} invalid_input for a cell that there isn't, or a stage that several layers make
   */
  async cell(source, options) {
    const { stage, channel, row, column, ...rest } = given(options)
    const question = { stage: checkStage(stage), channel: checkWhole('channel', channel), row: checkWhole('row', row),
      column: checkWhole('column', column) }
    const { answer } = await this.#inside(source, rest, () => ({ ask: 'cell', ...question }))
    return /** @type {Answers['cell']} */ (answer)
  }

  /** Gives the memory of the photo that was inspected last back; the next question computes its pass again. */
  async closePhoto() {
    await this.#shared.queue.add(undefined, async (stop, end) =>
      await this.#ask(stop, end, ({ id: net }) =>
        async link => await link.ask({ type: 'close', net }, { signal: stop })))
  }

  /**
   * A classifier's scores of every 224×224 window of a photo, 32 pixels apart. Needs a classifier (`vgg16-classifier` or another VGG's).
   * @param {PhotoSource} source
   * @param {HeatmapOptions} [options] size: up to 224, the whole photo is squeezed into one window: its label
   * @returns {Promise<Heatmap>}
   * @throws {FcnError} no_model, not_classifier …, or the signal's reason
   */
  async heatmap(source, { shift, ...options } = {}) {
    const { reply, classes } = await this.#pass(source, options, (manifest, size) => {
      checkGives(manifest, 'labels')
      return { type: 'heatmap', size, shift: checkShift(shift) }
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
   * A question about a photo's pass.
   * @param {PhotoSource} source
   * @param {SegmentOptions} options
   * @param {(manifest: Manifest) => import('../protocol.js').Question} wish may throw
   */
  async #inside(source, options, wish) {
    const key = keyOf(source)
    const { reply, classes } = await this.#pass(source, options, (manifest, size) =>
      ({ type: 'inside', size, key, question: wish(manifest) }))
    if (reply.outcome !== 'inside') throw new FcnError('crashed')
    return { ...reply, classes }
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

/**
 * @param {Manifest} manifest
 * @param {string | undefined} variant default: the last, finest
 * @returns {string}
 * @throws {FcnError} unknown_variant
 */
function oneVariant(manifest, variant) {
  const [one = ''] = checkVariants(manifest, [variant ?? manifest.config.variants.at(-1) ?? ''])
  return one
}
