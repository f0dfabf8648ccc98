/**
 * Brings a photo and a net, runs the one through the other, and keeps the pass open for the panels' questions. One photo
 * at a time; a newer one ends the older, and whatever fails leaves the former one.
 */
import { Failures } from '../common/failures.js'
import { Jobs, quietly, race } from '../common/jobs.js'
import { Member } from '../common/member.js'
import { NetInUse } from '../common/model/in-use.js'
import { VGG } from '../common/model/list.js'
import { areWeights, lackWeights } from '../common/model/own.js'
import { openCamera } from '../common/photo/gallery.js'
import { Intake } from '../common/photo/intake.js'
import { bringSample, bringSource } from '../common/photo/source.js'
import { ModelWish } from './model-wish.js'
import { FcnError, toFcnError } from '../../lib/errors.js'

/** @typedef {import('../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../../engine/engine.js').SegmentOptions} SegmentOptions */
/** @typedef {import('../../engine/protocol.js').Size} Size */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../common/photo/source.js').Photo} Photo */
/** @typedef {import('./scene.js').Net} Net */
/** @typedef {import('./scene.js').Scene} Scene */

/**
 * The element, with what an embedder sets.
 * @typedef {object} Host
 * @property {string} model
 * @property {string} models
 * @property {Size | string} size
 * @property {'auto' | 'webgpu' | 'cpu'} backend
 * @property {string} samples
 * @property {string} sample
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 * @property {Promise<unknown>} updateComplete
 */

/** Out of sight for this long, it gives the memory of the photo's maps back. Milliseconds. */
const UNSEEN = 60_000

/** @typedef {ReturnType<typeof atFirst>} Shown */

function atFirst() {
  return {
    /** @type {Scene | null} */
    scene: null,
    /** The photo on its way. @type {{photo: Photo} | null} */
    pending: null,
    /** @type {import('../common/ui/failure.js').Failure | null} */
    failure: null,
    /** @type {import('../common/jobs.js').Progress | null} */
    progress: null,
    /** @type {Sample[]} */
    gallery: [],
    isDropping: false,
  }
}

export class Opening {
  #host
  #opened
  #net
  #member
  #intake
  /** @type {Failures<Photo>} */
  #failures
  #jobs = new Jobs(() => this.#jobEnded())
  /** Ends the questions about a photo when another one comes. */
  #asking = new AbortController()
  #questions = 0
  #shown = atFirst()
  /** The present job's. @type {Photo | null} */
  #photo = null
  /** A person's own files that the net is from. @type {readonly File[] | null} */
  #own = null
  #wish
  /** Another sample to begin with, from a link. */
  #linked = ''
  /** Whether a panel is shown that needs a photo. */
  #isWanted = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #unseen
  #sight = new IntersectionObserver(entries => this.#seen(entries.at(-1)?.isIntersecting === true))
  wasUsed = false

  /**
   * @param {HTMLElement & {readonly renderRoot: ParentNode} & Host} host
   * @param {() => void} opened another photo's pass is open
   */
  constructor(host, opened) {
    this.#host = host
    this.#opened = opened
    this.#wish = new ModelWish(host)
    this.#intake = new Intake(host, this)
    this.#net = new NetInUse(signal => this.#member.session.start(signal), {
      gives: 'any', model: () => this.#wish.address, usual: VGG, onProgress: progress => this.#tell(progress),
    })
    this.#net.addEventListener('change', () => this.#netChanged())
    const update = () => host.requestUpdate()
    this.#member = new Member(this, this.#net, {
      backend: () => host.backend, on: { restart: update, backend: update },
    })
    this.#failures = new Failures(host, change => this.show(change))
  }

  // ---- life ----

  connect() {
    void this.#member.session
    this.#intake.connect()
    this.#sight.observe(this.#host)
    void this.#intake.loadGallery()
    void this.#loadOffers()
  }

  dispose() {
    this.#intake.disconnect()
    this.#sight.disconnect()
    clearTimeout(this.#unseen)
    this.#jobs.drop()
    this.#endQuestions()
    this.show({ pending: null, progress: null })
    if (!this.#shown.scene) this.wasUsed = false
    this.#member.leave()
  }

  /** @param {boolean} isSeen */
  #seen(isSeen) {
    clearTimeout(this.#unseen)
    if (!isSeen) this.#unseen = setTimeout(() => void this.#shown.scene?.net.closePhoto().catch(() => {}), UNSEEN)
  }

  /** The bitmaps that are needed now. */
  get sources() {
    const { scene } = this.#shown
    return [scene?.photo.source, scene?.picture.bitmap, this.#photo?.source, this.#failures.subject?.source]
  }

  // ---- what is shown ----

  get scene() {
    return this.#shown.scene
  }

  get state() {
    const { samples, baseURI, size } = this.#host
    return {
      ...this.#shown, samples, baseURI, size: String(size), canRetry: this.#failures.canRetry,
      engine: this.#member.joined?.engine ?? null, net: this.#net.net, isOwn: this.#own !== null,
      offers: this.#wish.offers, modelUrl: this.#net.url ?? (this.#wish.address || VGG),
    }
  }

  /** @param {Partial<Shown>} change */
  show(change) {
    Object.assign(this.#shown, change)
    this.#host.requestUpdate()
  }

  get intake() {
    return this.#intake
  }

  actions = {
    /** @param {Sample} sample */
    showSample: sample => void this.showSample(sample),
    /** @param {PhotoSource} source */
    take: source => void this.take(source),
    openCamera: () => void openCamera(this.#host.renderRoot).catch(() => this.fail('camera_failed')),
    cancel: () => {
      this.#net.cancel()
      this.#jobs.stop()
      this.#endQuestions()
    },
    retry: () => this.#failures.retry(),
    dismiss: () => this.#failures.dismiss(),
    /** @param {string} code */
    fail: code => this.fail(code),
    /** @param {string} size */
    setSize: size => {
      this.#host.size = size
      this.again()
    },
    /** @param {string} url of a model.json */
    chooseModel: url => {
      this.#host.model = url
      this.changeModel()
    },
    /** @param {readonly File[]} files a model's */
    openModel: files => void this.openModel(files),
  }

  // ---- photos ----

  get samples() {
    return this.#host.samples
  }

  /** The sample to begin with; none while no panel needs a photo. */
  get sample() {
    if (!this.#isWanted) return ''
    return this.#shown.gallery.find(({ id }) => id === this.#linked)?.id ?? this.#host.sample
  }

  /** The sample shown, for links; '' for the usual one, or a person's own photo. */
  get sampleTold() {
    const id = (this.#photo ?? this.#shown.scene?.photo)?.sample?.id ?? this.#linked
    return id === this.#host.sample ? '' : id
  }

  /** @param {string} id from a link; '' for the usual one */
  set sampleTold(id) {
    const { gallery, scene } = this.#shown
    this.#linked = id
    const wanted = id || this.#host.sample
    const other = gallery.find(sample => sample.id === wanted)
    if (scene && other && scene.photo.sample && scene.photo.sample.id !== wanted) void this.showSample(other)
    else this.#intake.begin()
  }

  get gallery() {
    return this.#shown.gallery
  }

  /** A panel is shown that needs a photo: the one at hand on the page, or the sample. */
  want() {
    if (this.#isWanted) return
    this.#isWanted = true
    const { photo } = this.#member.session
    if (photo && !this.wasUsed && !this.#linked) void quietly(this.#run(async () => photo))
    else this.#intake.begin()
  }

  /** @param {PhotoSource} source a user's; failures are shown, not thrown */
  async take(source) {
    await quietly(this.open(source))
  }

  /** @param {PhotoSource} source @returns {Promise<Scene>} rejects with FcnError */
  async open(source) {
    this.#isWanted = true
    return await this.#run(async () => await bringSource(source))
  }

  /** @param {readonly File[]} files a user's: a photo, or a model's files */
  async takeFiles(files) {
    if (areWeights(files)) await this.openModel(files)
    else if (files[0]) await this.take(files[0])
  }

  /** @param {Sample} sample */
  async showSample(sample) {
    const { samples, baseURI } = this.#host
    await quietly(this.#run(async signal => await bringSample(sample, new URL(samples, baseURI), signal)))
  }

  /** The photo at hand once more: size or model have changed. */
  again() {
    const photo = this.#photo ?? this.#shown.scene?.photo
    if (photo) void quietly(this.#run(async () => photo))
  }

  // ---- the net ----

  get model() {
    return this.#wish
  }

  /** Another of the site's models, or the same again. */
  changeModel() {
    this.#own = null
    this.#net.forget()
    this.again()
  }

  /** @returns {Size} */
  get size() {
    const size = String(this.#host.size)
    if (size === 'native') return size
    return /^[1-9]\d{0,4}$/.test(size) ? Number(size) : 'model'
  }

  /** @param {readonly File[]} files failures are shown, not thrown */
  async openModel(files) {
    if (lackWeights(files)) return this.fail('weights_alone')
    const photo = this.#photo ?? this.#shown.scene?.photo ?? null
    const isOpen = await this.#jobs.run(async signal => {
      this.#failures.dismiss()
      await this.#net.open(files, null, signal)
      this.#own = files
      return true
    }, failure => this.#failures.tell(failure, () => void this.openModel(files))).catch(() => false)
    if (isOpen && photo) await quietly(this.#run(async () => photo))
    else if (isOpen) this.#intake.begin()
  }

  #netChanged() {
    this.#host.requestUpdate()
    // It came by hand: what is shown isn't its any more.
    if (!this.#jobs.isBusy && this.#shown.scene && this.#shown.scene.net !== this.#net.net) this.again()
  }

  async #loadOffers() {
    try {
      if (await this.#wish.load()) this.changeModel()
      this.#host.requestUpdate()
    } catch {
      this.fail('models_failed', () => void this.#loadOffers())
    }
  }

  // ---- jobs ----

  /**
   * @param {(signal: AbortSignal) => Promise<Photo>} bring
   * @returns {Promise<Scene>} its failure is shown, and thrown
   */
  async #run(bring) {
    this.wasUsed = true
    return await this.#jobs.run(async signal => {
      this.#failures.dismiss()
      this.show({ progress: { phase: 'photo' } })
      const { images, bitmaps } = this.#member.session
      const photo = this.#photo = await race(bring(signal), signal)
      bitmaps.keep(photo.source)
      this.#linked = ''
      this.show({ pending: { photo } })
      const size = photo.source instanceof Blob ? await race(images.look(photo.source), signal) : null
      const picture = await race(images.show(photo.source, size).catch(error => {
        throw error instanceof FcnError ? error : new FcnError('decode_failed')
      }), signal)
      bitmaps.keep(picture.bitmap)
      const net = await race(this.#net.start(), signal)
      const { size: side } = this
      const inspected = await net.inspect(photo.source, { size: side, signal, onProgress: progress => this.#tell(progress) })
      this.#net.accept()
      this.#endQuestions()
      const scene = { photo, picture, net, inspected, size: side }
      this.#member.session.photo = photo
      this.show({ scene })
      this.#opened()
      return scene
    }, failure => {
      const photo = this.#photo
      this.#failures.tell(failure, () => {
        this.#net.retry()
        void quietly(this.#run(photo ? async () => photo : bring))
      }, photo)
    })
  }

  #jobEnded() {
    this.#photo = null
    this.show({ progress: null, pending: null })
    this.#member.sweep(this.#host.updateComplete)
  }

  /** @param {import('../common/jobs.js').Progress} progress */
  #tell(progress) {
    if (this.#jobs.isBusy) this.show({ progress })
  }

  /**
   * A question about the photo's pass.
   * @template T
   * @param {(net: Net, source: Blob | ImageBitmap, options: SegmentOptions) => Promise<T>} question
   * @returns {Promise<T | null>} null when it failed, which is shown, or when another photo came
   */
  ask = async question => {
    const { scene } = this.#shown
    if (!scene) return null
    const { signal } = this.#asking
    // A map that wasn't kept is computed again.
    const onProgress = (/** @type {import('../common/jobs.js').Progress} */ progress) =>
      this.#jobs.isBusy || signal.aborted || this.show({ progress })
    this.#questions++
    try {
      const answer = await question(scene.net, scene.photo.source, { size: scene.size, signal, onProgress })
      return signal.aborted ? null : answer
    } catch (error) {
      const failure = toFcnError(error)
      if (!signal.aborted && failure.code !== 'aborted') {
        this.#failures.tell(failure, () => this.again(), scene.photo)
      }
      return null
    } finally {
      this.#questions--
      if (!this.#questions && !this.#jobs.isBusy && this.#shown.progress) this.show({ progress: null })
    }
  }

  /** Nobody waits for their answers any more. */
  #endQuestions() {
    this.#asking.abort()
    this.#asking = new AbortController()
  }

  /** @param {string} code a failure of the element's own @param {(() => void) | null} [again] what "Try again" does */
  fail(code, again = null) {
    this.#failures.fail(code, again)
  }
}
