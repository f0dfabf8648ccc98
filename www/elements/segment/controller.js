/**
 * The work of one element: brings photos, has them computed, puts the results on the stage, saves
 * them. One job at a time; a newer one ends the older, and whatever fails leaves the former result.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { WHOLE } from '../../lib/viewport.js'
import { automatic } from '../common/model/list.js'
import { Bitmaps } from '../common/photo/bitmaps.js'
import { bringSample, bringSource } from '../common/photo/source.js'
import { compute } from './compute.js'
import { Job } from './job.js'
import { Runner, race } from '../common/session.js'
import { saveAs } from './save.js'
import { classesOf } from './scene.js'
import { Studio } from '../common/photo/image-client.js'
import { areasText, progressText } from './words.js'

/** @typedef {import('../fcn-segment.js').FcnSegment} FcnSegment */
/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/page/source.js').PhotoSource} PhotoSource */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */

/** @typedef {import('./scene.js').Photo} Photo */
/** @typedef {import('./scene.js').Scene} Scene */

/** How long "saved" is shown; it is also said to screen readers. Milliseconds. */
const NOTICE = 6000

export class Desk {
  #host
  #studio = new Studio()
  #runner
  /** @type {Job | null} the present job */
  #job = null
  /** @type {(() => void) | null} what "Try again" does */
  #again = null
  /** @type {Photo | null} to what it does it */
  #failed = null
  /** The photos that pictures are being made of. @type {Set<Photo>} */
  #saving = new Set()
  #bitmaps = new Bitmaps()
  /** Another model came during a job: the mask on the stage is the former one's. */
  #isStale = false
  /** How often a model was chosen: the same one again is another wish. */
  #choices = 0
  #phase = ''

  /** @param {FcnSegment} host */
  constructor(host) {
    this.#host = host
    this.#runner = new Runner({
      model: () => this.#model,
      address: (wish, engine) => wish || automatic(engine),
      backend: () => host.backend,
      onProgress: progress => this.#tellProgress(progress),
      onReady: () => {
        const { engine } = this
        this.#emit('fcn-ready', { backend: engine?.backend, adapter: engine?.adapter, model: engine?.model })
        host.requestUpdate()
      },
      onEvent: event => this.#engineEvent(event),
    })
  }

  get engine() {
    return this.#runner.engine
  }

  /** Address of the model that is on its way, else of the one that is there; null for one from files, or none. */
  get modelUrl() {
    return this.#runner.loading ?? this.engine?.model?.url ?? null
  }

  get canRetry() {
    return this.#again !== null
  }

  /** Engine and model, started when they aren't yet. */
  async start() {
    try {
      return await this.#runner.start()
    } finally {
      this.endProgress()
    }
  }

  /** Nothing beside the photo's job is under way any more. */
  endProgress() {
    if (!this.#job) this.#host.progress = null
  }

  /**
   * @param {PhotoSource} source
   * @returns {Promise<Result>} rejects with FcnError
   */
  async segment(source) {
    return await this.#run(async () => await bringSource(source))
  }

  /** @param {Sample} sample */
  async showSample(sample) {
    const { samples, baseURI } = this.#host
    await quietly(this.#run(async signal => await bringSample(sample, new URL(samples, baseURI), signal)))
  }

  /** Computes what the chosen variant needs and the scene lacks. */
  complete() {
    const { scene, variants } = this.#host
    const { compare, variant } = this.#settings
    const lacks = !scene || (compare ? scene.masks.size < variants.length : !scene.masks.has(variant))
    if (this.#job || lacks) this.recompute()
    else this.#sayFound()
  }

  /**
   * The same photo with other settings: that of the present job, which then computes anew, else
   * the one on the stage.
   */
  recompute() {
    const { scene } = this.#host
    if (this.#job) this.#job.want(this.#settings.key)
    else if (scene) void quietly(this.#run(scene.photo, { keep: true }))
  }

  /** What masks depend on, besides the photo. */
  get #settings() {
    const { variant, size } = this.#host
    const compare = this.#host.compare && this.#host.canCompare
    return { key: [this.#model, this.#choices, this.#host.compare ? 'all' : variant, size].join(), compare, variant, size }
  }

  /** The address wished for; '' leaves the choice to us. */
  get #model() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : ''
  }

  /** A model in place of whatever is loaded, by hand or not. @param {string} url */
  chooseModel(url) {
    this.#runner.forget()
    this.#choices++
    if (this.#model === url) this.recompute()
    else this.#host.model = url
  }

  /** The model's address has changed. */
  changeModel() {
    this.#runner.reload()
    this.recompute()
  }

  cancel() {
    this.#runner.cancel()
    this.#job?.end()
  }

  retry() {
    const again = this.#again
    this.#host.failure = null
    again?.()
  }

  /** The element has left the page. It may come back: what is on the stage stays. */
  dispose() {
    const job = this.#job
    this.#job = null
    job?.end()
    this.#runner.dispose()
    this.#studio.close()
    Object.assign(this.#host, { pending: null, progress: null })
    // A sample that was under way begins again then.
    if (!this.#host.scene) this.#host.wasUsed = false
    this.#sweep()
  }

  /**
   * Shows a failure, and fires `fcn-error`.
   * @param {string} code an engine's, or one of the element's own
   * @param {string} message for developers
   * @param {{details?: Record<string, unknown>, again?: (() => void) | null, photo?: Photo | null}} [more]
   *   what "Try again" does, and the photo that it needs
   */
  fail(code, message, { details = {}, again = null, photo = null } = {}) {
    this.#host.failure = { code, message, details }
    this.#again = again
    this.#failed = photo
    this.#emit('fcn-error', { code, message })
  }

  /**
   * @param {'labels' | 'colors' | 'overlay' | 'areas'} kind
   * @param {boolean} toClipboard instead of a file
   */
  async save(kind, toClipboard) {
    const host = this.#host
    const { scene, current, t } = host
    if (!scene || !current) return
    const { photo } = scene
    this.#saving.add(photo)
    try {
      host.saying = t('making')
      host.saying = await saveAs(host, photo, current, kind, { toClipboard, studio: this.#studio })
      const notice = host.notice = { key: 'text', values: { text: host.saying } }
      setTimeout(() => { if (host.notice === notice) host.notice = null }, NOTICE)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const isDenied = toClipboard && error instanceof DOMException && error.name === 'NotAllowedError'
      if (isDenied) this.fail('clipboard_denied', message)
      else this.fail('save_failed', message, { again: () => void this.save(kind, toClipboard) })
    } finally {
      this.#saving.delete(photo)
      this.#sweep()
    }
  }

  /**
   * @param {Photo | ((signal: AbortSignal) => Promise<Photo>)} from a photo, or how to get it
   * @param {{keep?: boolean, quiet?: boolean}} [options] keep: the photo on the stage again, its
   *   picture is there; quiet: a message that is shown stays
   * @returns {Promise<Result>} rejects with FcnError
   */
  async #run(from, { keep = false, quiet = false } = {}) {
    const host = this.#host
    host.wasUsed = true
    this.#job?.end()
    const job = this.#job = new Job()
    if (!quiet) {
      host.failure = null
      this.#again = this.#failed = null
    }
    this.#phase = ''
    host.progress = { phase: 'photo' }
    const former = host.scene
    let isDone = false
    try {
      if (keep) job.picture = former?.picture ?? null
      if (typeof from !== 'function') job.photo = from
      const photo = typeof from === 'function' ? await race(this.#bring(job, from), job.signal) : from
      const { scene, results } = await compute(job, photo, {
        runner: this.#runner, studio: this.#studio, settings: () => this.#settings, show: size => this.#show(job, photo, size),
      })
      host.scene = scene
      isDone = true
      this.#isStale = false
      if (!keep) Object.assign(host, { window: WHOLE, cursor: null })
      // Class ids of another model mean other classes.
      if (!keep || classesOf(former) !== results[0].classes) this.#forgetClasses()
      void this.#runner.readScores(results).then(() => host.requestUpdate())
      return this.#finish(results)
    } catch (error) {
      const failure = job.isOver ? new FcnError('aborted') : toFcnError(error)
      if (job === this.#job) {
        // Nothing was there before: better a photo without a mask than nothing.
        if (!former && host.pending?.picture) host.scene = host.pending
        const { photo } = job
        const again = () => {
          this.#runner.retry()
          void quietly(this.#run(photo ?? from, { keep }))
        }
        this.fail(failure.code, failure.message, { details: failure.details, again, photo })
      }
      throw failure
    } finally {
      if (job === this.#job) {
        this.#job = null
        host.progress = null
        host.pending = null
        // What changed at the very end, too late for this job.
        if (isDone && job.settings !== this.#settings.key) this.recompute()
        if (this.#isStale && !keep && !job.isOver) this.#refresh({ quiet: true })
      }
      this.#sweep()
    }
  }

  /** @param {Job} job @param {(signal: AbortSignal) => Promise<Photo>} bring */
  async #bring(job, bring) {
    const photo = await bring(job.signal)
    job.photo = photo
    this.#bitmaps.keep(photo.source)
    // Too late: nobody waits for it any more.
    if (job !== this.#job) this.#sweep()
    return photo
  }

  /**
   * The photo for the screen, shown as soon as it is there.
   * @param {Job} job
   * @param {Photo} photo
   * @param {import('../common/photo/image-tasks.js').Size | null} size
   */
  #show(job, photo, size) {
    const showing = job.picture ? Promise.resolve(job.picture) : this.#studio.show(photo.source, size).then(picture => {
      job.picture = picture
      this.#bitmaps.keep(picture.bitmap)
      if (job === this.#job) this.#host.pending = { photo, picture, masks: new Map(), differ: null }
      else this.#sweep()
      return picture
    })
    // Whoever waits for it hears of failures; a job that failed already doesn't wait.
    showing.catch(() => {})
    return showing
  }

  /** The photo on the stage again, with the model that came meanwhile. @param {{quiet?: boolean}} [options] */
  #refresh({ quiet = false } = {}) {
    this.#isStale = false
    const { scene } = this.#host
    if (scene?.masks.size) void quietly(this.#run(scene.photo, { keep: true, quiet }))
  }

  /** Closes the bitmaps that are in nobody's hands, once the stage shows what is there now. */
  #sweep() {
    const sweep = () => {
      const { scene } = this.#host
      const job = this.#job
      this.#bitmaps.sweep([
        scene?.photo.source, scene?.picture?.bitmap, job?.photo?.source, job?.picture?.bitmap, this.#failed?.source,
        ...[...this.#saving].map(photo => photo.source),
      ])
    }
    this.#host.updateComplete.then(sweep, sweep)
  }

  /** @param {Result[]} results */
  #finish(results) {
    const result = this.#host.current?.result ?? results[results.length - 1]
    this.#sayFound()
    this.#emit('fcn-result', { result, results })
    return result
  }

  /** What the mask shown has found, for screen readers. */
  #sayFound() {
    const { current, t, language } = this.#host
    if (current) this.#host.saying = t('done', { areas: areasText(current.areas, current.result.classes, language, 4) })
  }

  #forgetClasses() {
    Object.assign(this.#host, { off: new Set(), lit: null })
  }

  /** @param {import('../common/session.js').Progress} progress */
  #tellProgress(progress) {
    const host = this.#host
    if (this.#job || progress.phase === 'engine' || 'loaded' in progress) host.progress = progress
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase
      host.saying = progressText(progress, host.t, host.language).title
    }
    this.#emit('fcn-progress', progress)
  }

  /** @param {CustomEvent} event */
  #engineEvent(event) {
    const host = this.#host
    if (event.type === 'restart') host.notice = { key: 'notice.restart' }
    if (event.type === 'backend' && event.detail.backend === 'cpu') host.notice = { key: 'notice.backend' }
    // Another model: what is shown is no longer what it says.
    if (event.type === 'model') {
      this.#forgetClasses()
      if (this.#job) this.#isStale = true
      else this.#refresh()
    }
    host.requestUpdate()
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.#host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}

/** @param {Promise<unknown>} job whose failure is already shown */
export async function quietly(job) {
  await job.catch(() => {})
}
