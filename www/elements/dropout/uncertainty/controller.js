/**
 * Brings a photo and a net, has passes with dropout made, and keeps what they say. One job at a time; a newer one ends the
 * older, and whatever fails leaves the former result.
 */
import { EDGE_REACH, PAPER_DROPOUT, atEdges, trainedDropout } from '../../../lib/dropout.js'
import { differing } from '../../../lib/planes.js'
import { nothingYet } from '../../common/control.js'
import { quietly } from '../../common/jobs.js'
import { VGG } from '../../common/model/list.js'
import { lackWeights } from '../../common/model/own.js'
import { PhotoControl } from '../../common/one-photo.js'
import { Intake } from '../../common/photo/intake.js'
import { Sight } from '../../common/sight.js'
import { USUAL } from '../usual.js'

/** @typedef {import('../../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../../../engine/engine.js').Uncertainty} Uncertainty */
/** @typedef {import('../../../engine/protocol.js').Size} Size */
/** @typedef {import('../../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../../common/photo/source.js').Photo} Photo */

/** The element, with what an embedder sets. @typedef {import('../../common/control.js').Host & {model: string, size: Size | string, sample: string}} Host */
/** Which map is shown beside the mask. @typedef {'spread' | 'mean' | 'entropy'} MapName */
/** How the passes are made; `rate`: null for what the net was trained with. @typedef {{passes: number, rate: number | null, masks: number}} How */
/** What the template reads. @typedef {Uncertain['state']} State */
/** What the template does. @typedef {Uncertain['actions']} Actions */

/** @type {readonly MapName[]} */
export const MAPS = ['spread', 'mean', 'entropy']
/** The most passes that can be set here, the largest probability, and the largest seed. */
export const MOST = { passes: 200, rate: 0.9, masks: 9999 }

/**
 * A photo with what came of it.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {import('../../common/photo/image-tasks.js').Shown} picture for the screen
 * @property {import('../../../engine/engine.js').Net} net
 * @property {How} how as it was asked for
 * @property {Size} size
 * @property {Uncertainty} found
 * @property {number} changed pixels that evaluation gives another class than the mean of the passes does
 * @property {ReturnType<typeof atEdges>} edges the spread at the boundaries of classes, and elsewhere
 */

function atFirst() {
  return {
    ...nothingYet(),
    /** @type {Scene | null} */
    scene: null,
    /** The photo on its way. @type {{photo: Photo} | null} */
    pending: null,
  }
}

/** @extends {PhotoControl<ReturnType<typeof atFirst>, Scene>} */
export class Uncertain extends PhotoControl {
  #host
  #intake
  /** A sample to begin with, from a link. */
  #linked = ''
  #isWanted = false
  #sight
  /** @type {How} */
  #how = { passes: USUAL.passes, rate: null, masks: USUAL.masks }
  /** @type {MapName} */
  #map = 'spread'
  /** In shares of the photo. */
  #point = { x: USUAL.x, y: USUAL.y }

  /** @param {HTMLElement & Host} host */
  constructor(host) {
    super(host, atFirst(), { gives: 'masks', usual: VGG })
    this.#host = host
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
  }

  /** @override */
  dispose() {
    this.#intake.disconnect()
    this.#sight.disconnect()
    super.dispose()
  }

  /** @override */
  get sources() {
    const { scene } = this.shown
    return [scene?.photo.source, scene?.picture.bitmap, this.coming?.source, this.failures.subject?.source]
  }

  /** The panel is shown: the photo at hand on the page, or the sample. */
  want() {
    if (this.#isWanted) return
    this.#isWanted = true
    const { photo } = this.member.session
    if (photo && !this.wasUsed && !this.#linked) void quietly(this.run(async () => photo))
    else this.#intake.begin()
  }

  // ---- what is shown ----

  get intake() {
    return this.#intake
  }

  get state() {
    const { samples, baseURI } = this.#host
    const { scene } = this.shown
    const net = this.net.net
    const trained = net ? trainedDropout(net.manifest) : null
    return {
      ...this.shown, samples, baseURI, canRetry: this.failures.canRetry,
      engine: this.member.joined?.engine ?? null, net, trained,
      how: this.#how, rate: this.#how.rate ?? trained ?? PAPER_DROPOUT,
      map: this.#map, pixel: scene ? this.#pixelOf(scene) : null,
      isBusy: this.jobs.isBusy, isOther: scene !== null && !isSame(scene.how, this.#how),
    }
  }

  /** @param {Scene} scene */
  #pixelOf({ found: { width, height } }) {
    const at = (/** @type {number} */ share, /** @type {number} */ size) => Math.min(Math.floor(share * size), size - 1)
    return { x: at(this.#point.x, width), y: at(this.#point.y, height) }
  }

  actions = {
    /** @param {Sample} sample */
    showSample: sample => void this.showSample(sample),
    /** @param {PhotoSource} source */
    take: source => void this.take(source),
    openCamera: () => this.openCamera(),
    cancel: () => this.cancel(),
    retry: () => this.failures.retry(),
    dismiss: () => this.failures.dismiss(),
    /** @param {string} code */
    fail: code => this.fail(code),
    /** @param {Partial<How>} change */
    set: change => {
      this.#how = { ...this.#how, ...change }
      this.requestUpdate()
    },
    run: () => this.again(),
    /** @param {MapName} map */
    setMap: map => {
      this.#map = map
      this.requestUpdate()
    },
    /** @param {{x: number, y: number}} point in shares of the photo */
    point: ({ x, y }) => {
      this.#point = { x, y }
      this.requestUpdate()
    },
    /** @param {{columns: number, rows: number}} by pixels of the working size */
    move: ({ columns, rows }) => {
      const { scene } = this.shown
      if (!scene) return
      const { found: { width, height } } = scene
      const { x, y } = this.#pixelOf(scene)
      const to = (/** @type {number} */ at, /** @type {number} */ size) =>
        (Math.min(Math.max(at, 0), size - 1) + 0.5) / size
      this.actions.point({ x: to(x + columns, width), y: to(y + rows, height) })
    },
  }

  // ---- as a link says it ----

  get values() {
    const { passes, rate, masks } = this.#how
    const round = (/** @type {number} */ share) => Math.round(1e4 * share) / 1e4
    return {
      sample: this.#sampleTold, size: String(this.#host.size), rate: rate === null ? '' : String(rate), passes, masks,
      map: this.#map, x: round(this.#point.x), y: round(this.#point.y),
    }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values(said) {
    const whole = (/** @type {'passes' | 'masks'} */ key, /** @type {number} */ least) => {
      const value = Number(said[key])
      return Number.isInteger(value) && value >= least && value <= MOST[key] ? value : USUAL[key]
    }
    const share = (/** @type {'x' | 'y'} */ key) => Math.min(Math.max(Number(said[key]) || 0, 0), 1)
    const rate = Number(said['rate'])
    const how = {
      passes: whole('passes', 1), masks: whole('masks', 0),
      rate: said['rate'] !== '' && rate >= 0 && rate <= MOST.rate ? rate : null,
    }
    const isOther = !isSame(how, this.#how) || String(said['size']) !== String(this.#host.size)
    this.#how = how
    this.#map = MAPS.find(each => each === said['map']) ?? 'spread'
    this.#point = { x: share('x'), y: share('y') }
    this.#host.size = String(said['size'])
    if (!this.#takeSample(String(said['sample'])) && isOther) this.again()
    this.requestUpdate()
  }

  /** The sample to begin with; none while the panel isn't shown. */
  get sample() {
    if (!this.#isWanted) return ''
    return this.shown.gallery.find(({ id }) => id === this.#linked)?.id ?? this.#host.sample
  }

  /** The sample shown; '' for the usual one, or a person's own photo. */
  get #sampleTold() {
    const id = this.atHand?.sample?.id ?? this.#linked
    return id === this.#host.sample ? '' : id
  }

  /** @param {string} id from a link; '' for the usual one @returns {boolean} whether another one is on its way */
  #takeSample(id) {
    const { gallery, scene } = this.shown
    this.#linked = id
    const wanted = id || this.#host.sample
    const other = gallery.find(sample => sample.id === wanted)
    const { sample = null } = scene ? this.atHand ?? {} : {}
    const isOther = Boolean(other && sample && sample.id !== wanted)
    if (isOther && other) void this.showSample(other)
    else this.#intake.begin()
    return isOther
  }

  // ---- the net ----

  /** @override */
  get modelWished() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : ''
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
    const isAlone = await this.bringNet(async signal => await this.net.open(files, null, signal),
      () => void this.openModel(files))
    if (isAlone) this.#intake.begin()
  }

  /** @override */
  netChanged() {
    this.requestUpdate()
    // It came by hand: what is shown isn't its any more.
    if (!this.jobs.isBusy && this.shown.scene && this.shown.scene.net !== this.net.net) this.again()
  }

  // ---- jobs ----

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring @param {Sample} [sample] */
  async run(bring, sample) {
    this.#isWanted = true
    this.wasUsed = true
    return await this.jobs.run(async signal => {
      const { photo, picture } = await this.photoFor(bring, sample, signal, () => { this.#linked = '' })
      // As it is set now.
      const how = this.#how
      const net = await this.netFor(signal)
      const { size } = this
      const onProgress = (/** @type {import('../../common/jobs.js').Progress} */ progress) =>
        this.tellProgress(progress)
      const wish = { size, signal, onProgress, passes: how.passes, seed: how.masks }
      const found = await net.uncertainty(photo.source, how.rate === null ? wish : { ...wish, p: how.rate })
      const plain = await net.uncertainty(photo.source, { size, signal, passes: 1, p: 0 })
      this.net.accept()
      const { labels, spread, width } = found
      const scene = {
        photo, picture, net, how, size, found, changed: differing(labels, plain.labels).count,
        edges: atEdges({ labels, values: spread, width }, EDGE_REACH),
      }
      this.member.session.photo = photo
      this.show({ scene })
      this.#host.emit('fcn-result', found)
      return scene
    }, failure => this.photoFailed(failure))
  }
}

/** @param {How} a @param {How} b */
const isSame = (a, b) => a.passes === b.passes && a.rate === b.rate && a.masks === b.masks
