/**
 * What `<fcn-segment>` does: brings photos, has their masks computed, keeps what is shown. One job at a time; a newer
 * one ends the older, and whatever fails leaves the former result.
 */
import { isMostly } from '../../lib/unsure.js'
import { WHOLE } from '../../lib/viewport.js'
import { Control } from '../common/control.js'
import { isPicture } from '../common/files/held.js'
import { quietly, race } from '../common/jobs.js'
import { EVERYDAY } from '../common/model/list.js'
import { notesOf } from '../common/model/assumed.js'
import { OwnWeights, areNamedWeights } from '../common/model/own.js'
import { areasText } from '../common/stage/classes.js'
import { progressText } from '../common/ui/progress.js'
import { Job, classesOf, sizeOf } from './job.js'
import { LinkState } from './link-state.js'
import { Many } from './many.js'
import { ModelChoice } from './model-choice.js'
import { Moving } from './moving.js'
import { Saving } from './save.js'
import { atFirst } from './shown.js'
import { Uncertainty } from './uncertainty.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../common/photo/source.js').Photo} Photo */
/** @typedef {import('../common/jobs.js').Progress} Progress */
/** @typedef {import('./links.js').Attributes} Attributes */

/**
 * The element.
 * @typedef {import('../common/control.js').Host & {language: import('../../lib/i18n.js').Language,
 *   getAttribute: (name: string) => string | null, checkVisibility?: () => boolean}} Host getAttribute: as it was written
 */

/** @typedef {import('./shown.js').Shown} Shown */
/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** @extends {Control<Shown, Photo, Result>} */
export class Controller extends Control {
  #host
  #saving
  #link
  #choice
  /** @type {Job | null} the present job */
  #job = null
  /** Another net came during a job: the mask on the stage is the former one's. */
  #isStale = false
  #phase = ''
  #unsure = new Uncertainty(() => this.#host.requestUpdate())
  #many = new Many(this)
  #moving = new Moving(this)

  /** @param {Host & Attributes} host */
  constructor(host) {
    super(host, atFirst(), { gives: 'masks', usual: EVERYDAY })
    this.#host = host
    this.#link = new LinkState(host, this)
    this.#saving = new Saving(this)
    this.own = new OwnWeights(this.net, this)
    this.#choice = new ModelChoice(host, this.net, this)
  }

  // ---- life ----

  /** The element is on the page. */
  connect() {
    void this.member.session
    void this.own.refresh()
    this.#many.connect()
    this.#moving.connect()
  }

  /** @override */
  dispose() {
    this.own.dispose()
    this.#job = null
    this.#many.dispose()
    this.#moving.dispose()
    super.dispose()
  }

  /** @override */
  get sources() {
    const { scene } = this.shown
    const job = this.#job
    return [
      scene?.photo.source, scene?.picture?.bitmap, job?.photo?.source, job?.picture?.bitmap,
      this.failures.subject?.source, ...this.#saving.sources,
    ]
  }

  // ---- what is shown ----

  /** The mask shown where only one is. */
  get current() {
    const { scene } = this.shown
    return scene?.masks.get(this.#variantShown) ?? scene?.masks.values().next().value ?? null
  }

  /** @returns {string[]} coarse to fine */
  get #variants() {
    return this.net.net?.manifest.config.variants ?? ['fcn32s', 'fcn16s', 'fcn8s']
  }

  /** The variant wished for; of a net without it, its finest. */
  get #variantShown() {
    const { variant } = this.#host
    return this.#variants.includes(variant) ? variant : this.#variants.at(-1) ?? variant
  }

  /** Three variants are compared; what is said of them counts to three. */
  get #canCompare() {
    return this.#variants.length === 3
  }

  /** All that the template reads. */
  get state() {
    const { variant, size, compare, view, patterns, unsure, samples, opacity, split, baseURI, language, t } = this.#host
    const { engine, own } = this
    const isComparing = compare && this.shown.scene?.masks.size === 3
    return {
      variant, size, compare, view, patterns, unsure, samples, opacity, split, baseURI, language, t,
      ...this.shown,
      engine, own, isComparing,
      /** The net in use. */
      net: this.net.net,
      takesMany: true,
      many: this.#many.panel,
      moving: this.#moving.panel,
      modelUrl: this.net.url,
      modelChoice: this.#choice.chosen,
      current: this.current,
      variants: this.#variants,
      variantShown: this.#variantShown,
      canCompare: this.#canCompare && !this.#moving.isOn,
      canRetry: this.failures.canRetry,
      /** Where a classifier's files can be opened instead. */
      canOpenLabels: Boolean(own.asked.length && this.member.joined?.opener('labels')),
      /** Where a mask isn't to be believed, if that is asked for and known. @param {Result} result */
      unsureOf: (/** @type {Result} */ result) => unsure ? this.#unsure.of(result) : null,
      /** Whether most of it isn't to be believed, once that is known. @param {Result} result */
      isMostlyUnsure: (/** @type {Result} */ result) => isMostly(this.#unsure.of(result)),
    }
  }

  get job() {
    return this.#job
  }

  /** @override @param {Partial<Shown>} change */
  show(change) {
    if (change.gallery) this.#link.check(change.gallery)
    super.show(change)
  }

  /** @param {string} selector */
  #find(selector) {
    const { renderRoot } = this.#host
    return renderRoot instanceof ShadowRoot ? renderRoot.querySelector(selector) : null
  }

  /** What the template does. */
  actions = {
    /** @param {Partial<Attributes>} change */
    set: change => void Object.assign(this.#host, change),
    /** @param {Partial<Shown>} change */
    show: change => this.show(change),
    openCamera: () => this.openCamera(),
    /** @param {number} factor about the middle of what is shown */
    zoomBy: factor =>
      /** @type {import('../common/stage/pane.js').FcnSegmentPane | null} */ (this.#find('fcn-segment-pane'))?.zoomBy(factor),
    /**
     * Where the divider cuts the picture, 0..1: its thumb is 32 px wide and stays within the stage.
     * @param {number} split
     */
    splitShare: split => {
      const width = this.#find('.stage')?.clientWidth ?? 0
      return width > 64 ? (16 + split * (width - 32)) / width : split
    },
    /** @param {string} variant a variant's name, or 'all' */
    choose: variant => void Object.assign(this.#host, variant === 'all' ? { compare: true }
      : { compare: false, variant }),
    /** @param {string} choice */
    chooseModel: choice => this.#choice.choose(choice),
    /** @param {PhotoSource} source */
    take: async source => await this.take(source),
    /** @param {Sample} sample */
    showSample: async sample => await this.showSample(sample),
    /** @param {import('./save.js').Kind} kind @param {boolean} toClipboard */
    save: (kind, toClipboard) => this.#save(kind, toClipboard),
    cancel: () => this.cancel(),
    retry: () => this.failures.retry(),
    dismiss: () => this.dismiss(),
    /** @param {string} code */
    fail: code => this.fail(code),
    /** @param {MediaStream} stream a camera's */
    watch: stream => void this.#moving.start(stream),
    openLabels: () => {
      const { asked } = this.own
      this.dismiss()
      this.member.session.opener('labels')?.(asked)
    },
  }

  // ---- links ----

  get fragment() {
    return this.#link.fragment
  }

  set fragment(text) {
    this.#link.fragment = text
    this.#host.requestUpdate()
  }

  // ---- photos ----

  /** The sample to begin with. */
  get sample() {
    return this.#link.sample
  }

  /** @override @param {PhotoSource} source */
  async take(source) {
    this.#link.expect()
    if (source instanceof Blob && source.type.startsWith('video/')) return await this.#moving.start(source)
    await super.take(source)
  }

  /** @override @param {Sample} sample */
  async showSample(sample) {
    this.#link.expect(sample.id)
    await super.showSample(sample)
  }

  /** @override @param {readonly File[]} files a user's: a photo, several of them, or a model's files */
  async takeFiles(files) {
    const areSeveral = files.filter(({ name }) => isPicture(name)).length > 1
    if (areSeveral && !areNamedWeights(files)) await this.takeFolder(files)
    else await super.takeFiles(files)
  }

  /** @param {readonly File[]} files all of a folder's */
  async takeFolder(files) {
    await this.#many.takeFiles(files)
    await this.#showMany()
  }

  /** @param {DataTransfer} transfer what was dropped, folders perhaps */
  async takeDropped(transfer) {
    if (await this.#many.takeDropped(transfer)) await this.#showMany()
  }

  /** On a small screen their panel may be out of sight. */
  async #showMany() {
    await this.#host.updateComplete
    this.#find('.batch')?.scrollIntoView({ block: 'nearest' })
  }

  // ---- what many photos and moving ones need ----

  /** @param {AbortSignal} signal @returns {Promise<import('../../engine/engine.js').Net>} the net in use, started */
  async useNet(signal) {
    const net = await race(this.net.start(), signal)
    this.net.accept()
    return net
  }

  get wished() {
    const { variant, size } = this.#settings
    return { variant, size, model: this.#choice.key }
  }

  /** @param {File} file one of many photos: the figure may be out of sight */
  showOne(file) {
    void this.take(file)
    this.#find('.stage')?.scrollIntoView({ block: 'nearest' })
  }

  /** Ends the photo's job: a moving picture takes the stage. */
  clear() {
    this.jobs.drop()
    this.#job = null
    this.show({ pending: null, progress: null })
    this.sweep()
  }

  get isSeen() {
    return this.#host.checkVisibility?.() ?? true
  }

  /** @param {import('./job.js').Scene} scene a frame of a moving picture, whose bitmap is the figure's from now on */
  showFrame(scene) {
    const { scene: former } = this.shown
    this.wasUsed = true
    this.member.session.bitmaps.keep(scene.photo.source)
    this.show({ scene })
    if (classesOf(former) !== classesOf(scene)) this.#forgetClasses()
    this.sweep()
  }

  /** @param {ImageBitmap} bitmap a frame as any photo; it is the figure's from now on */
  async freeze(bitmap) {
    this.member.session.bitmaps.keep(bitmap)
    await quietly(this.#run({ source: bitmap, name: 'frame', sample: null }, { isFrame: true }))
  }

  get images() {
    return this.member.session.images
  }

  /** @param {string} key of a text, for screen readers @param {Record<string, string | number>} [values] */
  say(key, values) {
    this.show({ saying: this.#host.t(key, values) })
  }

  /** @override @param {readonly File[]} files */
  async openModel(files) {
    await this.own.open(files)
  }

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring */
  async run(bring) {
    return await this.#run(bring)
  }

  /** Computes what the chosen variant needs and the scene lacks. */
  complete() {
    if (this.#moving.isOn) return this.#moving.changed()
    const { scene } = this.shown
    const { compare, variant } = this.#settings
    const lacks = !scene || (compare ? scene.masks.size < this.#variants.length : !scene.masks.has(variant))
    if (this.#job || lacks) this.recompute()
    else this.#sayFound()
  }

  /** The same photo with other settings: that of the present job, which then computes anew, else the one shown. */
  recompute() {
    if (this.#moving.isOn) return this.#moving.changed()
    const { scene } = this.shown
    if (this.#job) this.#job.want(this.#settings.key)
    else if (scene) void quietly(this.#run(scene.photo, { keep: true }))
  }

  /** What masks depend on, besides the photo. @returns {import('./job.js').Settings} */
  get #settings() {
    const { variant, size, compare } = this.#host
    const key = [this.#choice.key, compare ? 'all' : variant, size].join()
    return { key, compare: compare && this.#canCompare, variant, size: sizeOf(size) }
  }

  /**
   * @param {Photo | ((signal: AbortSignal) => Promise<Photo>)} from a photo, or how to get it
   * @param {{keep?: boolean, quiet?: boolean, isFrame?: boolean}} [options] keep: the photo on the stage again, its picture is
   *   there; quiet: a message that is shown stays; isFrame: of the moving picture, which is paused
   * @returns {Promise<Result>} rejects with FcnError
   */
  async #run(from, { keep = false, quiet = false, isFrame = false } = {}) {
    if (!isFrame && !keep) this.#moving.stop()
    this.wasUsed = true
    const former = this.shown.scene
    const { session } = this.member
    /** @type {Job} */
    let job
    return await this.jobs.run(async signal => {
      job = this.#job = new Job(signal, keep ? former?.picture : null)
      job.isAgain = keep
      if (typeof from !== 'function') job.photo = from
      if (!quiet) this.dismiss()
      this.#phase = ''
      this.show({ progress: { phase: 'photo' } })
      const { photo, scene, results } = await job.compute(from, {
        session,
        settings: () => this.#settings,
        isPresent: () => job === this.#job,
        pend: pending => this.show({ pending }),
        net: async () => await this.net.start(),
        netNow: () => this.net.net,
        onProgress: progress => this.tellProgress(progress),
      })
      this.net.accept()
      this.#isStale = false
      const { joined } = this.member
      if (joined) joined.photo = photo
      this.show(keep ? { scene } : { scene, window: WHOLE, cursor: null })
      // Class ids of another net mean other classes.
      if (!keep || classesOf(former) !== results[0].classes) this.#forgetClasses()
      this.#link.take(photo.sample?.id ?? '')
      job.isDone = true
      void this.#readScores(results)
      return this.#finish(results)
    }, failure => {
      // Nothing was there before: better a photo without a mask than nothing.
      const { pending } = this.shown
      if (!former && pending?.picture) this.show({ scene: pending })
      const { photo } = job
      this.offerAgain(failure, () => this.#run(photo ?? from, { keep }), photo)
    })
  }

  /** @override */
  jobEnded() {
    const job = this.#job
    this.#job = null
    super.jobEnded()
    if (job?.isDone) {
      // What changed at the very end, too late for this job.
      if (job.key !== this.#settings.key) this.recompute()
    } else if (this.#isStale && job && !job.isAgain && !job.signal.aborted) {
      this.#refresh({ quiet: true })
    }
  }

  /** Reads the scores of results, which a mask doesn't need and the readout does. @param {readonly Result[]} results */
  async #readScores(results) {
    // The mask stands without them.
    for (const result of results) result.scores ??= await this.engine?.scores(result).catch(() => null) ?? null
    this.#host.requestUpdate()
  }

  /** The photo on the stage again, with the net that came meanwhile. @param {{quiet?: boolean}} [options] */
  #refresh({ quiet = false } = {}) {
    this.#isStale = false
    if (this.#moving.isOn) return this.#moving.changed()
    const { scene } = this.shown
    if (scene?.masks.size) void quietly(this.#run(scene.photo, { keep: true, quiet }))
  }

  /** @param {Result[]} results */
  #finish(results) {
    const result = this.current?.result ?? results[results.length - 1]
    this.#sayFound()
    this.#host.emit('fcn-result', { result, results })
    return result
  }

  /** What the mask shown has found, for screen readers. */
  #sayFound() {
    const { current } = this
    const { t, language } = this.#host
    if (current) this.show({
      saying: t('done', { areas: areasText(current.areas, current.result.classes, language, 4) }) })
  }

  #forgetClasses() {
    this.show({ off: new Set(), lit: null })
  }

  // ---- engine and net ----

  /** Engine and net, started when they aren't yet. */
  async start() {
    try {
      await this.net.start()
      return /** @type {import('../../engine/engine.js').Engine} */ (this.engine)
    } finally {
      this.endProgress()
    }
  }

  /** The model in use or on its way, as one of those to choose from. */
  get modelChoice() {
    return this.#choice.chosen
  }

  /** The model's address has changed. */
  changeModel() {
    this.own.supersede()
    this.net.reload()
    this.recompute()
  }

  /** Reads the models to choose from. */
  async loadOffers() {
    // Of a link that came before a person opened weights of their own.
    await this.#choice.load(() => { if (!this.own.isOpening && !this.net.own) this.#link.takeModel() })
  }

  /** @override */
  get modelWished() {
    return this.#choice.address
  }

  /** @override */
  netReady() {
    const { engine } = this
    const { url, manifest, notes } = this.net.net ?? {}
    this.#host.emit('fcn-ready', { backend: engine?.backend, adapter: engine?.adapter,
      model: { url, manifest, notes } })
    this.#host.requestUpdate()
  }

  /** What is shown is no longer what the net says. @override */
  netChanged() {
    this.#many.panel?.netChanged(this.net.net)
    this.#forgetClasses()
    if (this.#job) this.#isStale = true
    else this.#refresh()
  }

  /** @override @param {Event} event */
  engineEvent(event) {
    const { backend } = /** @type {CustomEvent} */ (event).detail
    if (event.type === 'restart') this.show({ notice: { key: 'notice.restart' } })
    else if (backend === 'cpu') this.show({ notice: { key: 'notice.backend' } })
    else super.engineEvent(event)
  }

  // ---- progress, failures ----

  /** @override @param {Progress} progress */
  tellProgress(progress) {
    const { t, language } = this.#host
    if (this.#job || progress.phase === 'engine' || progress.phase === 'keep'
      || 'loaded' in progress) this.show({ progress })
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase
      this.show({ saying: progressText(progress, t, language).title })
    }
    this.#host.emit('fcn-progress', progress)
  }

  /** What is assumed of a person's own weights. @param {import('../../engine/engine.js').Net} net */
  note(net) {
    this.show({ notice: { key: 'own.notes', values: { notes: notesOf(net, this.#host).join('; ') } } })
  }

  /** @override */
  cancel() {
    super.cancel()
    this.own.cancel()
  }

  /** @param {import('./save.js').Kind} kind @param {boolean} toClipboard instead of a file */
  #save(kind, toClipboard) {
    const { scene, off } = this.shown
    const { current } = this
    const { t, view, opacity } = this.#host
    if (!scene || !current) return
    void this.#saving.save(kind, {
      photo: scene.photo, ...current, off, opacity: view === 'mask' ? 1 : opacity, t, toClipboard,
      model: this.net.net?.manifest.name ?? null, images: this.member.session.images,
    }, () => this.#save(kind, toClipboard))
  }
}
