/**
 * Brings a photo and a net, runs the one through the other, and keeps the pass open for the panels' questions. One photo
 * at a time; a newer one ends the older, and whatever fails leaves the former one.
 */
import { toFcnError } from '../../lib/errors.js'
import { nothingYet } from '../common/control.js'
import { quietly } from '../common/jobs.js'
import { VGG } from '../common/model/list.js'
import { lackWeights } from '../common/model/own.js'
import { PhotoControl } from '../common/one-photo.js'
import { Intake } from '../common/photo/intake.js'
import { Sight } from '../common/sight.js'
import { ModelWish } from './model-wish.js'

/** @typedef {import('../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../../engine/engine.js').SegmentOptions} SegmentOptions */
/** @typedef {import('../../engine/protocol.js').Size} Size */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../common/photo/source.js').Photo} Photo */
/** @typedef {import('./scene.js').Net} Net */
/** @typedef {import('./scene.js').Scene} Scene */

/** The element, with what an embedder sets. @typedef {import('../common/control.js').Host & {model: string, models: string, size: Size | string, sample: string}} Host */
/** @typedef {ReturnType<typeof atFirst>} Shown */

function atFirst() {
  return {
    ...nothingYet(),
    /** @type {Scene | null} */
    scene: null,
    /** The photo on its way. @type {{photo: Photo} | null} */
    pending: null,
  }
}

/** @extends {PhotoControl<Shown, Scene>} */
export class Opening extends PhotoControl {
  #host
  #opened
  #intake
  /** Ends the questions about a photo when another one comes. */
  #asking = new AbortController()
  #questions = 0
  /** A person's own files that the net is from. @type {readonly File[] | null} */
  #own = null
  #wish
  /** Another sample to begin with, from a link. */
  #linked = ''
  /** Whether a panel is shown that needs a photo. */
  #isWanted = false
  #sight

  /**
   * @param {HTMLElement & Host} host
   * @param {() => void} opened another photo's pass is open
   */
  constructor(host, opened) {
    super(host, atFirst(), { gives: 'any', usual: VGG })
    this.#host = host
    this.#opened = opened
    this.#wish = new ModelWish(host)
    this.#intake = new Intake(host, this)
    // The photo's maps are large.
    this.#sight = new Sight(host, { unseen: () => void this.shown.scene?.net.closePhoto().catch(() => {}) })
  }

  // ---- life ----

  connect() {
    void this.member.session
    this.#intake.connect()
    this.#sight.connect()
    void this.#intake.loadGallery()
    void this.#loadOffers()
  }

  /** @override */
  dispose() {
    this.#intake.disconnect()
    this.#sight.disconnect()
    this.#endQuestions()
    super.dispose()
  }

  /** @override */
  get sources() {
    const { scene } = this.shown
    return [scene?.photo.source, scene?.picture.bitmap, this.coming?.source, this.failures.subject?.source]
  }

  // ---- what is shown ----

  get scene() {
    return this.shown.scene
  }

  get state() {
    const { samples, baseURI, size } = this.#host
    return {
      ...this.shown, samples, baseURI, size: String(size), canRetry: this.failures.canRetry,
      engine: this.member.joined?.engine ?? null, net: this.net.net, isOwn: this.#own !== null,
      offers: this.#wish.offers, modelUrl: this.net.url ?? (this.#wish.address || VGG),
    }
  }

  get intake() {
    return this.#intake
  }

  actions = {
    /** @param {Sample} sample */
    showSample: sample => void this.showSample(sample),
    /** @param {PhotoSource} source */
    take: source => void this.take(source),
    openCamera: () => this.openCamera(),
    cancel: () => {
      // What is asked about the photo that is shown goes on while another one is given up.
      if (!this.jobs.isBusy) this.#endQuestions()
      this.cancel()
    },
    retry: () => this.failures.retry(),
    dismiss: () => this.failures.dismiss(),
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
    /** @param {import('../../engine/protocol.js').Said} said of a person's own net */
    assume: said => void this.#open(this.net.assuming(said), this.#own),
  }

  // ---- photos ----

  /** The sample to begin with; none while no panel needs a photo. */
  get sample() {
    if (!this.#isWanted) return ''
    return this.shown.gallery.find(({ id }) => id === this.#linked)?.id ?? this.#host.sample
  }

  /** The sample shown, for links; '' for the usual one, or a person's own photo. */
  get sampleTold() {
    const id = this.atHand?.sample?.id ?? this.#linked
    return id === this.#host.sample ? '' : id
  }

  /** @param {string} id from a link; '' for the usual one */
  set sampleTold(id) {
    const { gallery, scene } = this.shown
    this.#linked = id
    const wanted = id || this.#host.sample
    const other = gallery.find(sample => sample.id === wanted)
    const { sample = null } = scene ? this.atHand ?? {} : {}
    if (other && sample && sample.id !== wanted) void this.showSample(other)
    else this.#intake.begin()
  }

  /** A panel is shown that needs a photo: the one at hand on the page, or the sample. */
  want() {
    if (this.#isWanted) return
    this.#isWanted = true
    const { photo } = this.member.session
    if (photo && !this.wasUsed && !this.#linked) void quietly(this.run(async () => photo))
    else this.#intake.begin()
  }

  // ---- the net ----

  get model() {
    return this.#wish
  }

  /** @override */
  get modelWished() {
    return this.#wish.address
  }

  /** Another of the site's models, or the same again. */
  changeModel() {
    this.#own = null
    this.forgetLoad()
    this.net.forget()
    this.net.reload()
    this.again()
  }

  /** @returns {Size} */
  get size() {
    const size = String(this.#host.size)
    if (size === 'native') return size
    return /^[1-9]\d{0,4}$/.test(size) ? Number(size) : 'model'
  }

  /** @override @param {readonly File[]} files */
  async openModel(files) {
    if (lackWeights(files)) return this.fail('weights_alone')
    await this.#open(async signal => await this.net.open(files, null, signal), files)
  }

  /** @param {(signal: AbortSignal) => Promise<unknown>} bring a person's own net @param {readonly File[] | null} files it is of */
  async #open(bring, files) {
    const isAlone = await this.bringNet(async signal => {
      await bring(signal)
      this.#own = files
    }, () => void this.#open(bring, files))
    if (isAlone) this.#intake.begin()
  }

  /** @override */
  netChanged() {
    this.#host.requestUpdate()
    // It came by hand: what is shown isn't its any more.
    if (!this.jobs.isBusy && this.shown.scene && this.shown.scene.net !== this.net.net) this.again()
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

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring @param {Sample} [sample] */
  async run(bring, sample) {
    this.#isWanted = true
    this.wasUsed = true
    return await this.jobs.run(async signal => {
      const { photo, picture } = await this.photoFor(bring, sample, signal, () => { this.#linked = '' })
      const net = await this.netFor(signal)
      const { size: side } = this
      const inspected = await net.inspect(photo.source, { size: side, signal,
        onProgress: progress => this.tellProgress(progress) })
      this.net.accept()
      this.#endQuestions()
      const scene = { photo, picture, net, inspected, size: side }
      this.member.session.photo = photo
      this.show({ scene })
      this.#opened()
      return scene
    }, failure => this.photoFailed(failure))
  }

  /**
   * A question about the photo's pass.
   * @template T
   * @param {(net: Net, source: Blob | ImageBitmap, options: SegmentOptions) => Promise<T>} question
   * @returns {Promise<T | null>} null when it failed, which is shown, or when another photo came
   */
  ask = async question => {
    const { scene } = this.shown
    if (!scene) return null
    const { signal } = this.#asking
    // A map that wasn't kept is computed again.
    const onProgress = (/** @type {import('../common/jobs.js').Progress} */ progress) =>
      this.jobs.isBusy || signal.aborted || this.show({ progress })
    this.#questions++
    try {
      const answer = await question(scene.net, scene.photo.source, { size: scene.size, signal, onProgress })
      return signal.aborted ? null : answer
    } catch (error) {
      const failure = toFcnError(error)
      if (!signal.aborted && failure.code !== 'aborted') {
        this.failures.tell(failure, () => this.again(), scene.photo)
      }
      return null
    } finally {
      this.#questions--
      if (!this.#questions) this.endProgress()
    }
  }

  /** Nobody waits for their answers any more. */
  #endQuestions() {
    this.#asking.abort()
    this.#asking = new AbortController()
  }
}
