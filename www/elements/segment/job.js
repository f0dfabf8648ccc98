/**
 * One photo's way to its masks: the copy for the screen, the net, the areas. Settings may change on the way: then the
 * net runs again, the photo stays, and whoever waits for the mask gets the one of the new settings.
 */
import { areas, disagreement } from '../../lib/areas.js'
import { FcnError } from '../../lib/errors.js'
import { race } from '../common/jobs.js'

/** @typedef {import('../../engine/engine.js').Net} Net */
/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/protocol.js').Size} Size */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {import('../common/photo/image-tasks.js').Shown} Shown */
/** @typedef {import('../common/photo/source.js').Photo} Photo */

/** A photo with more pixels isn't decoded for the screen while the engine decodes it too. */
const LARGE = 32e6

/**
 * What is on the stage: a photo, the copy of it for the screen, and what is known of its pixels.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {Shown | null} picture for the screen
 * @property {Map<string, {result: Result, areas: Area[]}>} masks by variant
 * @property {number[] | null} differ shares of the photo with 1, 2, 3 different answers
 */

/**
 * What is to be computed; the key tells one set of settings from another.
 * @typedef {{key: string, variant: string, compare: boolean, size: Size}} Settings
 */

/**
 * What a job works with.
 * @typedef {object} Tools
 * @property {() => Settings} settings those wanted at this moment
 * @property {Pick<import('../common/session.js').Session, 'images' | 'bitmaps'>} session the page's, of when it began
 * @property {() => boolean} isPresent whether the job isn't over yet
 * @property {(scene: Scene) => void} pend shows the photo, whose mask is still to come
 * @property {(signal: AbortSignal) => Promise<Net>} net engine and net, started
 * @property {() => Net | null} netNow the net in use at this moment
 * @property {(progress: import('../../engine/protocol.js').SegmentProgress) => void} onProgress
 */

export class Job {
  #round = new AbortController()
  /** What the present round computes; null while the photo is brought. @type {Settings | null} */
  #settings = null
  /** @type {Photo | null} */
  photo = null
  /** Whether the photo was on the stage already. */
  isAgain = false
  isDone = false

  /**
   * @param {AbortSignal} signal aborted when the job is over: stopped, or a newer one came
   * @param {Shown | null} [picture] the photo for the screen, if it is there
   */
  constructor(signal, picture = null) {
    this.signal = signal
    this.picture = picture
    signal.addEventListener('abort', () => this.#round.abort(), { once: true })
  }

  /** Tells what the latest round computes. */
  get key() {
    return this.#settings?.key ?? null
  }

  /**
   * Ends the round if it computes something else. Before the first round there is nothing to end: settings are read
   * when a round begins.
   * @param {string} key of the settings wanted now
   */
  want(key) {
    if (this.#settings && this.#settings.key !== key) this.#round.abort()
  }

  /**
   * @param {Photo | ((signal: AbortSignal) => Promise<Photo>)} from a photo, or how to get it
   * @param {Tools} tools
   * @returns {Promise<{photo: Photo, scene: Scene, results: Result[]}>} of the settings wanted when it is done
   */
  async compute(from, tools) {
    const { settings, net, netNow, onProgress } = tools
    const photo = typeof from === 'function' ? await race(this.#bring(from, tools), this.signal) : from
    const show = (/** @type {import('../common/photo/image-tasks.js').Size | null} */ size) =>
      this.#show(photo, size, tools)
    const file = !this.picture && photo.source instanceof Blob ? photo.source : null
    const size = file && await race(tools.session.images.look(file), this.signal)
    // A file whose header doesn't tell its size is decoded for the screen once the engine took it.
    let showing = file && !size ? null : show(size)
    if (showing && size && size.width * size.height > LARGE) await race(showing.then(() => {}, () => {}), this.signal)
    for (;;) {
      if (this.signal.aborted) throw new FcnError('aborted')
      const wanted = this.#settings = settings()
      const { signal } = this.#round = new AbortController()
      /** @type {Net | null} */
      let used = null
      try {
        used = await race(net(signal), signal)
        const results = await masks(used, photo.source, wanted, { signal, onProgress })
        // An error of the engine is the better explained one, so it comes first.
        showing ??= show(size)
        const { bitmap } = await race(showing, signal).catch(error => {
          throw error instanceof FcnError ? error : new FcnError('decode_failed')
        })
        const scene = await sceneOf(photo, bitmap, results, signal)
        // Another net came by hand meanwhile: once more, with that.
        if (results[0].classes === netNow()?.manifest.classes) return { photo, scene, results }
      } catch (error) {
        // Other settings, or a net that was given up for another: once more, with those.
        if (this.signal.aborted || !(signal.aborted || used?.isDisposed)) throw error
      }
    }
  }

  /** @param {(signal: AbortSignal) => Promise<Photo>} bring @param {Tools} tools */
  async #bring(bring, { session: { bitmaps }, isPresent }) {
    const photo = this.photo = await bring(this.signal)
    bitmaps.keep(photo.source)
    // Too late: nobody waits for it any more.
    if (!isPresent()) bitmaps.sweep()
    return photo
  }

  /**
   * The photo for the screen, shown as soon as it is there.
   * @param {Photo} photo
   * @param {import('../common/photo/image-tasks.js').Size | null} size
   * @param {Tools} tools
   */
  #show(photo, size, { session: { images, bitmaps }, isPresent, pend }) {
    const showing = this.picture ? Promise.resolve(this.picture) : images.show(photo.source, size).then(picture => {
      this.picture = picture
      bitmaps.keep(picture.bitmap)
      if (isPresent()) pend({ photo, picture, masks: new Map(), differ: null })
      else bitmaps.sweep()
      return picture
    })
    // Whoever waits for it hears of failures; a job that failed already doesn't wait.
    showing.catch(() => {})
    return showing
  }
}

/**
 * @param {Net} net
 * @param {Blob | ImageBitmap} source
 * @param {Settings} settings a net without the variant gives its finest
 * @param {{signal: AbortSignal, onProgress: (progress: import('../../engine/protocol.js').SegmentProgress) => void}} how
 * @returns {Promise<Result[]>}
 */
async function masks(net, source, { variant, compare, size }, how) {
  const options = { ...how, size }
  if (compare) return await net.segmentAll(source, options)
  const has = net.manifest.config.variants.includes(variant)
  return [await net.segment(source, { ...options, variant: has ? variant : undefined })]
}

/**
 * @param {Photo} photo
 * @param {ImageBitmap} bitmap the photo for the screen
 * @param {Result[]} results
 * @param {AbortSignal} signal
 * @returns {Promise<Scene>}
 */
async function sceneOf(photo, bitmap, results, signal) {
  /** @type {Scene['masks']} */
  const masks = new Map()
  for (const result of results) masks.set(result.variant, { result, areas: await areas(result.labels, signal) })
  const differ = results.length > 1 ? await disagreement(results.map(({ labels }) => labels), signal) : null
  // Which way up the photo is, only decoding tells.
  const { width, height } = results[0]
  return { photo, picture: { bitmap, width, height }, masks, differ }
}

/** @param {Scene | null} scene */
export function classesOf(scene) {
  return scene?.masks.values().next().value?.result.classes
}

/** @param {Size | string} size attribute or property @returns {Size} */
export function sizeOf(size) {
  if (size === 'model' || size === 'native') return size
  const pixels = Number(size)
  return Number.isFinite(pixels) && pixels >= 1 ? Math.round(pixels) : 'model'
}
