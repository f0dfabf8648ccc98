/**
 * The work of one `<fcn-heatmap>`: brings photos, keeps an engine with a classifier, has label and map
 * computed. One job at a time; a newer one ends the older, and whatever fails leaves the former result.
 *
 * The engine is its own, so that a classifier never stands in for the net of another view. It is let go
 * when the element hasn't been seen for a while, and started again when something is to be computed.
 */
import { Engine } from '../../engine/engine.js'
import { FcnError, toFcnError } from '../../lib/errors.js'
import { Bitmaps } from '../common/photo/bitmaps.js'
import { race } from '../common/session.js'
import { Studio } from '../common/photo/image-client.js'

/** @typedef {import('../fcn-heatmap.js').FcnHeatmap} FcnHeatmap */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../segment/scene.js').Photo} Photo */
/** @typedef {import('../common/photo/image-tasks.js').Shown} Shown */

/**
 * What is shown.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {Shown} picture for the screen
 * @property {Heatmap | null} label of the photo squeezed into one window; null while it is computed
 * @property {Heatmap | null} map of the photo at the size asked for; null while it is computed
 */

/** The site's own classifier. */
export const LABELS = new URL('../../models/everyday-labels/model.json', import.meta.url).href
/** The size at which there is but one window, pixels. */
export const ONE_WINDOW = 224

export class Desk {
  #host
  #studio = new Studio()
  #bitmaps = new Bitmaps()
  /** @type {Engine | null} */
  #engine = null
  /** A person's own classifier. @type {readonly File[] | null} */
  #files = null
  /** The same of the latest one that could be had. @type {readonly File[] | null} */
  #had = null
  /** What is known of a person's own classifier, for its card. @type {import('../fcn-model-card.js').Own | null} */
  #own = null
  /** What the engine's model was loaded from. @type {string | readonly File[] | null} */
  #loaded = null
  /** @type {AbortController | null} */
  #job = null
  /** Whether nobody looks, so that the job at hand is the last. */
  #isTired = false
  /** The latest job's photo while it is on its way. @type {((signal: AbortSignal) => Promise<void>) | null} */
  #bringing = null
  /** What "Try again" does. @type {((signal: AbortSignal) => Promise<void>) | null} */
  #again = null

  /** @param {FcnHeatmap} host */
  constructor(host) {
    this.#host = host
  }

  get engine() {
    return this.#engine
  }

  get isBusy() {
    return this.#job !== null
  }

  get hasOwn() {
    return this.#files !== null
  }

  get own() {
    return this.#own
  }

  /** The address of the classifier wished for, where it isn't a person's own. */
  get address() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : LABELS
  }

  /** @param {(signal: AbortSignal) => Promise<Photo>} bring failures are shown, and thrown */
  async show(bring) {
    /** @type {Photo | null} what "Try again" needs not bring again */
    let photo = null
    /** @param {AbortSignal} signal */
    const work = async signal => {
      this.#bringing = work
      this.#host.progress = { phase: 'photo' }
      photo ??= await race(bring(signal), signal)
      this.#bitmaps.keep(photo.source)
      const picture = await this.#picture(photo, signal)
      this.#host.pending = { photo, picture, label: null, map: null }
      this.#bringing = null
      await this.#compute({ photo, picture, label: null }, signal)
    }
    await this.#run(work)
  }

  /** The photo at hand at another size. */
  async resize() {
    // A photo on its way is computed at the size of when it is there.
    if (this.#bringing) return
    const scene = this.#host.pending ?? this.#host.scene
    if (scene) await this.#run(async signal => await this.#compute(scene, signal)).catch(() => {})
  }

  /** Another classifier; the former one stays if it can't be had. @param {readonly File[] | null} files null: the site's */
  async open(files) {
    const bringing = this.#bringing
    const scene = this.#host.pending ?? this.#host.scene
    await this.#run(async signal => {
      this.#files = files
      try {
        await this.#ready(signal)
      } catch (error) {
        // A newer job that has begun meanwhile has its own wish.
        if (this.#files === files) this.#files = this.#had
        throw error
      }
      // Meanwhile another address may have been set.
      if (this.#files === files) this.#had = files
      if (bringing) await bringing(signal)
      else if (scene) await this.#compute({ ...scene, label: null }, signal)
    }).catch(() => {})
  }

  /** The classifier's address has changed: it takes the place of a person's own. Without a photo nothing is fetched yet. */
  changeModel() {
    const { pending, scene } = this.#host
    if (!this.#bringing && (this.isBusy || pending || scene)) void this.open(null)
    else this.#files = this.#had = null
  }

  cancel() {
    this.#job?.abort()
  }

  retry() {
    const again = this.#again
    this.#host.failure = null
    if (again) void this.#run(again).catch(() => {})
  }

  get canRetry() {
    return this.#again !== null
  }

  /** Somebody looks again. */
  wake() {
    this.#isTired = false
  }

  /** Nobody looks: what holds memory goes, what is shown stays. */
  rest() {
    this.#isTired = this.isBusy
    if (this.isBusy) return
    this.#studio.close()
    this.#engine?.dispose()
    this.#engine = null
    this.#loaded = null
  }

  /** The element has left the page. */
  dispose() {
    const job = this.#job
    this.#job = this.#bringing = null
    job?.abort()
    Object.assign(this.#host, { pending: null, progress: null })
    // A sample that was under way begins again when the element comes back.
    if (!this.#host.scene) this.#host.wasUsed = false
    this.rest()
  }

  /** @param {(signal: AbortSignal) => Promise<void>} work */
  async #run(work) {
    const host = this.#host
    host.wasUsed = true
    this.#job?.abort()
    const job = this.#job = new AbortController()
    host.failure = null
    this.#again = null
    try {
      await work(job.signal)
    } catch (error) {
      const failure = job.signal.aborted ? new FcnError('aborted') : toFcnError(error)
      if (job === this.#job) {
        this.#again = work
        host.fail(failure.code, undefined, failure)
      }
      throw failure
    } finally {
      if (job === this.#job) {
        this.#job = this.#bringing = null
        Object.assign(host, { progress: null, pending: null })
      }
      this.#sweep()
      if (this.#isTired) this.rest()
    }
  }

  /** @param {Photo} photo @param {AbortSignal} signal */
  async #picture({ source }, signal) {
    const size = source instanceof Blob ? await race(this.#studio.look(source), signal) : null
    const picture = await race(this.#studio.show(source, size), signal).catch(error => {
      throw error instanceof FcnError ? error : new FcnError('decode_failed')
    })
    this.#bitmaps.keep(picture.bitmap)
    return picture
  }

  /**
   * @param {Pick<Scene, 'photo' | 'picture' | 'label'>} scene a label that is there already stays
   * @param {AbortSignal} signal
   */
  async #compute({ photo, picture, label }, signal) {
    const host = this.#host
    const engine = await this.#ready(signal)
    const options = { signal, onProgress: (/** @type {import('../common/session.js').Progress} */ progress) => { host.progress = progress } }
    if (!label) {
      label = await engine.heatmap(photo.source, { ...options, size: ONE_WINDOW })
      host.pending = null
      host.showScene({ photo, picture, label, map: null })
    }
    const map = await engine.heatmap(photo.source, { ...options, size: host.longSide })
    host.showScene({ photo, picture, label, map })
  }

  /** The engine with the classifier that is wanted. @param {AbortSignal} signal @returns {Promise<Engine>} */
  async #ready(signal) {
    const host = this.#host
    if (!this.#engine) {
      host.progress = { phase: 'engine' }
      if (typeof Worker === 'undefined' || typeof WebAssembly === 'undefined') throw new FcnError('wasm_failed')
      const engine = await Engine.create({ backend: host.backend, signal })
      if (signal.aborted) {
        engine.dispose()
        throw new FcnError('aborted')
      }
      for (const name of ['restart', 'backend', 'model']) engine.addEventListener(name, () => host.requestUpdate())
      this.#engine = engine
    }
    const wish = this.#files ?? this.address
    if (this.#loaded !== wish) {
      const onProgress = (/** @type {import('../../engine/protocol.js').LoadProgress} */ progress) => { host.progress = progress }
      await this.#engine.load(wish, { signal, gives: 'labels', onProgress })
      this.#loaded = wish
      const { manifest, notes = [] } = this.#engine.model ?? {}
      this.#own = manifest && typeof wish !== 'string' ? { manifest, files: wish, notes } : null
    }
    return this.#engine
  }

  /** Closes the bitmaps that are in nobody's hands, once the element shows what is there now. */
  #sweep() {
    const sweep = () => {
      // A job under way, or to be tried again, may hold a photo that isn't shown.
      if (this.#job || this.#again) return
      const { scene } = this.#host
      this.#bitmaps.sweep(scene ? [scene.photo.source, scene.picture.bitmap] : [])
    }
    this.#host.updateComplete.then(sweep, sweep)
  }
}
