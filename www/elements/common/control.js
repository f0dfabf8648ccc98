/**
 * What the controllers of all elements have in common that put a photo through a net: they join the page's session, bring
 * photos and nets, run one job at a time, of which a newer one ends the older, and show what failed. What is marked as
 * protected is for the elements' own controllers.
 */
import { Failures } from './failures.js'
import { FcnError } from '../../lib/errors.js'
import { Jobs, quietly, race } from './jobs.js'
import { Member } from './member.js'
import { NetInUse } from './model/in-use.js'
import { areNamedWeights, areWeights } from './model/own.js'
import { openCamera } from './photo/gallery.js'
import { bringSample, bringSource } from './photo/source.js'

/** @typedef {import('../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('./jobs.js').Progress} Progress */
/** @typedef {import('./photo/intake.js').Sample} Sample */
/** @typedef {import('./photo/source.js').Photo} Photo */

/**
 * The element.
 * @typedef {object} Host
 * @property {string} baseURI
 * @property {string} samples address of a samples.json
 * @property {import('./session.js').Backend} backend
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 * @property {Promise<unknown>} updateComplete
 * @property {Element | DocumentFragment} renderRoot
 */

/**
 * What every element shows beside its attributes. `scene`: a photo with what came of it; `pending`: the one on its way.
 * @typedef {object} CommonShown
 * @property {object | null} scene
 * @property {object | null} pending
 * @property {import('./ui/failure.js').Failure | null} failure
 * @property {Progress | null} progress
 * @property {Sample[]} gallery
 * @property {boolean} isDropping whether a file is held over it
 */

/**
 * What is shown before anything has come, but for the photo's scenes, which are an element's own.
 * @returns {Omit<CommonShown, 'scene' | 'pending'>}
 */
export const nothingYet = () => ({ failure: null, progress: null, gallery: [], isDropping: false })

/**
 * @template {CommonShown} Shown
 * @template Subject what a failed job worked on
 * @template Result what a photo gives
 */
export class Control {
  #host
  #shown
  /** @protected */
  net
  /** @protected */
  member
  /** @protected @type {Failures<Subject>} */
  failures
  /** @protected */
  jobs = new Jobs(() => this.jobEnded())
  /** Whether a photo was asked for; then no sample comes by itself. */
  wasUsed = false

  /**
   * @param {Host} host
   * @param {Shown} shown at first
   * @param {Pick<import('./model/in-use.js').Wishes, 'gives' | 'usual'>} net
   */
  constructor(host, shown, { gives, usual }) {
    this.#host = host
    this.#shown = shown
    this.net = new NetInUse(signal => this.member.session.start(signal), {
      gives, usual,
      model: () => this.modelWished,
      onProgress: progress => this.tellProgress(progress),
      onReady: () => this.netReady(),
      onEnded: () => this.endProgress(),
    })
    this.net.addEventListener('change', () => this.netChanged())
    const onEngine = (/** @type {Event} */ event) => this.engineEvent(event)
    this.member = new Member(this, this.net, {
      backend: () => host.backend, on: { restart: onEngine, backend: onEngine },
    })
    this.failures = new Failures(host, change => this.#show(change))
  }

  // ---- what an element says itself ----

  /** Address of the model wished for, absolute; '' for the usual one. @protected @returns {string} */
  get modelWished() {
    return ''
  }

  /** The bitmaps that are needed now. @returns {readonly (import('./photo/bitmaps.js').Source)[]} */
  get sources() {
    return []
  }

  /** Another net is in use. @protected */
  netChanged() {}

  /** Engine and net stand. @protected */
  netReady() {}

  /** @protected @param {Event} _event the engine's `restart` or `backend` */
  engineEvent(_event) {
    this.#host.requestUpdate()
  }

  /**
   * Puts a photo through the net.
   * @protected
   * @param {(signal: AbortSignal) => Promise<Photo>} _bring
   * @param {Sample} [_sample] that it is
   * @returns {Promise<Result>} its failure is shown, and thrown
   */
  run(_bring, _sample) {
    throw new Error('an element without a job')
  }

  /** @protected @param {readonly File[]} _files a user's model; failures are shown, not thrown */
  async openModel(_files) {}

  // ---- life ----

  /** The element has left the page. It may come back: what is shown stays. */
  dispose() {
    this.jobs.drop()
    this.#show({ pending: null, progress: null })
    // A sample that was under way begins again then.
    if (!this.#shown.scene) this.wasUsed = false
    this.member.leave()
  }

  /** The newest job has ended, well or not. @protected */
  jobEnded() {
    this.#show({ progress: null, pending: null })
    this.sweep()
  }

  /** Closes the bitmaps that nobody uses, once the element shows what is there now. */
  sweep() {
    this.member.sweep(this.#host.updateComplete)
  }

  // ---- what is shown ----

  get engine() {
    return this.member.joined?.engine ?? null
  }

  get shown() {
    return this.#shown
  }

  requestUpdate() {
    this.#host.requestUpdate()
  }

  /** @param {Partial<Shown>} change */
  show(change) {
    Object.assign(this.#shown, change)
    this.#host.requestUpdate()
  }

  /** @param {Partial<CommonShown>} change */
  #show(change) {
    this.show(/** @type {Partial<Shown>} */ (change))
  }

  /** @protected @param {Progress} progress */
  tellProgress(progress) {
    if (this.jobs.isBusy) this.#show({ progress })
  }

  /** Nothing beside the photo's job is under way any more. */
  endProgress() {
    if (!this.jobs.isBusy) this.#show({ progress: null })
  }

  // ---- photos ----

  get samples() {
    return this.#host.samples
  }

  get gallery() {
    return this.#shown.gallery
  }

  /** @param {PhotoSource} source @returns {Promise<Result>} its failure is shown, and thrown */
  async open(source) {
    return await this.run(async () => await bringSource(source))
  }

  /** @param {PhotoSource} source a user's; failures are shown, not thrown */
  async take(source) {
    await quietly(this.open(source))
  }

  /** @param {readonly File[]} files a user's: a photo, or a model's files */
  async takeFiles(files) {
    // A name that says so is enough, and takes no waiting.
    if (areNamedWeights(files) || await areWeights(files)) await this.openModel(files)
    else if (files[0]) await this.take(files[0])
  }

  /** @param {Sample} sample */
  async showSample(sample) {
    const { samples, baseURI } = this.#host
    const list = new URL(samples, baseURI)
    await quietly(this.run(async signal => await bringSample(sample, list, signal), sample))
  }

  /**
   * Brings a photo, and makes its picture for the screen.
   * @protected
   * @param {(signal: AbortSignal) => Promise<Photo>} bring
   * @param {AbortSignal} signal
   * @param {(photo: Photo) => void} brought called before it is decoded
   * @returns {Promise<{photo: Photo, picture: import('./photo/image-tasks.js').Shown}>} rejects with FcnError
   */
  async picture(bring, signal, brought) {
    const { images, bitmaps } = this.member.session
    const photo = await race(bring(signal), signal)
    brought(photo)
    bitmaps.keep(photo.source)
    this.#show({ pending: { photo } })
    const size = photo.source instanceof Blob ? await race(images.look(photo.source), signal) : null
    const picture = await race(images.show(photo.source, size).catch(error => {
      throw error instanceof FcnError ? error : new FcnError('decode_failed')
    }), signal)
    bitmaps.keep(picture.bitmap)
    return { photo, picture }
  }

  openCamera() {
    void openCamera(this.#host.renderRoot).catch(() => this.fail('camera_failed'))
  }

  // ---- failures ----

  /**
   * Shows a failure.
   * @param {import('./ui/failure.js').Failure} failure
   * @param {(() => void) | null} again what "Try again" does
   */
  failWith(failure, again) {
    this.failures.tell(failure, again)
  }

  dismiss() {
    this.failures.dismiss()
  }

  /**
   * Shows why a job failed, with a way to do it again, the net's loading too where that was what failed.
   * @protected
   * @param {import('./ui/failure.js').Failure} failure
   * @param {() => Promise<unknown>} again shows its failure itself
   * @param {Subject | null} subject
   */
  offerAgain(failure, again, subject) {
    this.failures.tell(failure, () => {
      this.net.retry()
      void quietly(again())
    }, subject)
  }

  /** @param {string} code a failure of the element's own @param {(() => void) | null} [again] what "Try again" does */
  fail(code, again = null) {
    this.failures.fail(code, again)
  }

  /** Ends what is under way; what was shown before stays. */
  cancel() {
    this.net.cancel()
    this.jobs.stop()
  }
}
