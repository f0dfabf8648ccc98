/**
 * From a photo to the scene with its masks: a look at the file's header, the copy for the screen,
 * the engine, the areas. Settings may change on the way: then the computing begins again, the photo
 * stays, and whoever waits for the mask gets the one of the new settings.
 */
import { areas, disagreement } from '../../lib/areas.js'
import { FcnError } from '../../lib/errors.js'
import { race } from '../common/session.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {import('../common/photo/image-tasks.js').Shown} Shown */
/** @typedef {import('../common/photo/source.js').Photo} Photo */
/** @typedef {import('../../engine/protocol.js').Size} Size */

/** A photo with more pixels isn't decoded for the screen while the engine decodes it too. */
const LARGE = 32e6

/**
 * What is shown: a photo, and what is known of it.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {Shown | null} picture for the screen
 * @property {Map<string, {result: Result, areas: Area[]}>} masks by variant
 * @property {number[] | null} differ shares of the photo with 1, 2, 3 different answers
 */

export class Job {
  #end = new AbortController()
  #round = new AbortController()
  /** What the present round computes; null while the photo is brought. @type {string | null} */
  #settings = null
  /** @type {Photo | null} */
  photo = null
  /** The photo for the screen. @type {Shown | null} */
  picture = null

  /** Aborted when the job is over: stopped, or a newer one came. */
  get signal() {
    return this.#end.signal
  }

  get isOver() {
    return this.#end.signal.aborted
  }

  /** What the latest round computes. */
  get settings() {
    return this.#settings
  }

  /**
   * A round of computing begins.
   * @param {string} settings of which its masks will be
   * @returns {AbortSignal} aborted when the job is over or other settings are wanted
   */
  begin(settings) {
    this.#settings = settings
    this.#round = new AbortController()
    if (this.isOver) this.#round.abort()
    return this.#round.signal
  }

  /**
   * Ends the round if it computes something else. Before the first round there is nothing to end:
   * settings are read when a round begins.
   * @param {string} settings wanted now
   */
  want(settings) {
    if (this.#settings !== null && this.#settings !== settings) this.#round.abort()
  }

  end() {
    this.#end.abort()
    this.#round.abort()
  }
}

/**
 * @typedef {object} Tools
 * @property {import('../common/session.js').Runner} runner
 * @property {import('../common/photo/image-client.js').Studio} studio
 * @property {() => {key: string, variant: string, compare: boolean, size: Size | string}} settings
 *   wanted at this moment; the key tells one set from another
 * @property {(size: import('../common/photo/image-tasks.js').Size | null) => Promise<Shown>} show brings the photo for the screen
 */

/**
 * @param {Job} job
 * @param {Photo} photo
 * @param {Tools} tools
 * @returns {Promise<{scene: Scene, results: Result[]}>} of the settings wanted when it is done
 */
export async function compute(job, photo, { runner, studio, settings, show }) {
  const file = !job.picture && photo.source instanceof Blob ? photo.source : null
  const size = file && await race(studio.look(file), job.signal)
  // A file whose header doesn't tell its size is decoded for the screen once the engine took it.
  let showing = file && !size ? null : show(size)
  if (showing && size && size.width * size.height > LARGE) await race(showing.then(() => {}, () => {}), job.signal)
  for (;;) {
    if (job.isOver) throw new FcnError('aborted')
    const { key, ...wanted } = settings()
    const signal = job.begin(key)
    try {
      const results = await runner.segment(photo.source, wanted.variant, wanted.compare, sizeOf(wanted.size), signal)
      // An error of the engine is the better explained one, so it comes first.
      showing ??= show(size)
      const { bitmap } = await race(showing, signal).catch(error => {
        throw error instanceof FcnError ? error : new FcnError('decode_failed')
      })
      const scene = await sceneOf(photo, bitmap, results, signal)
      // Another model was loaded by hand meanwhile: once more, with that.
      if (results[0].classes === runner.engine?.model?.manifest.classes) return { scene, results }
    } catch (error) {
      if (!signal.aborted || job.isOver) throw error
    }
  }
}

/** @param {Size | string} size attribute or property @returns {Size} */
function sizeOf(size) {
  if (size === 'model' || size === 'native') return size
  const pixels = Number(size)
  return Number.isFinite(pixels) && pixels >= 1 ? Math.round(pixels) : 'model'
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
