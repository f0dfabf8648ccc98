/**
 * What "one photo" does: brings a photo and a net, has the masks of all its heads computed, and holds them against a truth,
 * the sample's or a person's own.
 */
import { boundaryOf, meanBoundary, usualTolerance } from '../../../lib/boundary.js'
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { fetchFile } from '../../../lib/fetching.js'
import { Confusion, VOID } from '../../../lib/metrics.js'
import { pause } from '../../../lib/pause.js'
import { Control } from '../../common/control.js'
import { quietly, race } from '../../common/jobs.js'
import { EVERYDAY } from '../../common/model/list.js'
import { lackWeights } from '../../common/model/own.js'
import { Intake } from '../../common/photo/intake.js'
import { readLabelMap } from '../masks/read.js'
import { classMap, mapped } from './class-map.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../../engine/engine.js').Result} Result */
/** @typedef {import('../../../lib/metrics.js').Metrics} Metrics */
/** @typedef {import('../../common/photo/source.js').Photo} Photo */
/** @typedef {import('../../common/photo/intake.js').Sample} Sample */
/** The element, with what an embedder sets. @typedef {HTMLElement & import('../../common/control.js').Host & {model: string, sample: string, language: import('../../../lib/i18n.js').Language}} Host */
/** A truth as it was given; `names` of its classes by value, null: the values are the model's own ids. @typedef {{name: string, width: number, height: number, values: Uint8Array, names: readonly string[] | null, credit: string}} Truth */
/** How well one head did. @typedef {{variant: string, metrics: Metrics, boundary: number | null, labels: Uint8Array, where: Uint8Array}} Score */
/** @typedef {Awaited<ReturnType<typeof scored>>} Scored */

/**
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {import('../../common/photo/image-tasks.js').Shown} picture
 * @property {Net} net
 * @property {readonly Result[]} results of each head, coarse to fine
 * @property {Truth | null} truth
 * @property {Scored | null} scored
 */

/** @typedef {ReturnType<typeof atFirst>} Shown */
/** @typedef {OnePhoto['state']} State */
/** @typedef {OnePhoto['actions']} Actions */

function atFirst() {
  return {
    /** @type {Scene | null} */
    scene: null,
    /** @type {{photo: Photo} | null} */
    pending: null,
    /** @type {import('../../common/ui/failure.js').Failure | null} */
    failure: null,
    /** @type {import('../../common/jobs.js').Progress | null} */
    progress: null,
    /** @type {Sample[]} */
    gallery: [],
    isDropping: false,
    /** The head shown; '': the finest. */
    variant: '',
  }
}

/** @extends {Control<Shown, Photo, Scene>} */
export class OnePhoto extends Control {
  #host
  #intake
  /** The present job's. @type {Photo | null} */
  #photo = null
  #isWanted = false

  /** @param {Host} host */
  constructor(host) {
    super(host, atFirst(), { gives: 'masks', usual: EVERYDAY })
    this.#host = host
    this.#intake = new Intake(host, this)
  }

  connect() {
    void this.member.session
    this.#intake.connect()
    void this.#intake.loadGallery()
  }

  /** Another panel is shown. */
  disconnect() {
    this.#intake.disconnect()
  }

  /** @override */
  dispose() {
    this.disconnect()
    super.dispose()
  }

  /** @override */
  get sources() {
    const { scene } = this.shown
    return [scene?.photo.source, scene?.picture.bitmap, this.#photo?.source, this.failures.subject?.source]
  }

  get intake() {
    return this.#intake
  }

  /** @override */
  get modelWished() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : ''
  }

  /** The panel is on the page for the first time. */
  want() {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#intake.begin()
  }

  /** The sample to begin with: one that has a truth. */
  get sample() {
    if (!this.#isWanted) return ''
    const { gallery } = this.shown
    const named = gallery.find(({ id }) => id === this.#host.sample)
    return (named?.truth ? named : gallery.find(({ truth }) => truth))?.id ?? this.#host.sample
  }

  get state() {
    const { samples, baseURI, language, t } = this.#host
    const { scene, variant } = this.shown
    const scores = scene?.scored?.scores ?? []
    return {
      ...this.shown, samples, baseURI, language, t, canRetry: this.failures.canRetry, engine: this.engine, net: this.net.net,
      score: scores.find(each => each.variant === variant) ?? scores.at(-1) ?? null,
    }
  }

  actions = {
    /** @param {Sample} sample */
    showSample: sample => void this.showSample(sample),
    openCamera: () => this.openCamera(),
    cancel: () => this.cancel(),
    retry: () => this.failures.retry(),
    dismiss: () => this.failures.dismiss(),
    /** @param {import('../../../engine/engine.js').PhotoSource} source */
    take: source => void this.take(source),
    /** @param {string} code */
    fail: code => this.fail(code),
    /** @param {string} variant */
    choose: variant => this.show({ variant }),
    /** @param {File} file a truth */
    takeTruth: file => void this.#takeTruth(file),
  }

  /** @override @param {readonly File[]} files */
  async openModel(files) {
    if (lackWeights(files)) return this.fail('weights_alone')
    const photo = this.shown.scene?.photo
    const isOpen = await this.jobs.run(async signal => {
      this.failures.dismiss()
      await this.net.open(files, null, signal)
      return true
    }, failure => this.failures.tell(failure, () => void this.openModel(files))).catch(() => false)
    if (isOpen && photo) await quietly(this.run(async () => photo))
  }

  /** @override */
  netChanged() {
    this.#host.requestUpdate()
    const { scene } = this.shown
    // It came by hand: what is shown isn't its any more.
    if (!this.jobs.isBusy && scene && scene.net !== this.net.net) void quietly(this.run(async () => scene.photo))
  }

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring */
  async run(bring) {
    this.#isWanted = true
    this.wasUsed = true
    const former = this.shown.scene
    return await this.jobs.run(async signal => {
      this.failures.dismiss()
      this.show({ progress: { phase: 'photo' } })
      const { images, bitmaps } = this.member.session
      const photo = this.#photo = await race(bring(signal), signal)
      bitmaps.keep(photo.source)
      this.show({ pending: { photo } })
      const size = photo.source instanceof Blob ? await race(images.look(photo.source), signal) : null
      const picture = await race(images.show(photo.source, size).catch(error => {
        throw error instanceof FcnError ? error : new FcnError('decode_failed')
      }), signal)
      bitmaps.keep(picture.bitmap)
      const net = await race(this.net.start(), signal)
      const results = await net.segmentAll(photo.source, { signal, onProgress: progress => this.tellProgress(progress) })
      this.net.accept()
      // A person's own truth stays with its photo.
      const own = former?.photo === photo ? former.truth : null
      const truth = own ?? await race(truthOf(photo.sample, new URL(this.#host.samples, this.#host.baseURI), signal), signal)
      /** @type {Scene} */
      const scene = { photo, picture, net, results, truth, scored: truth ? await race(scored(results, truth), signal) : null }
      this.member.session.photo = photo
      this.show({ scene })
      return scene
    }, failure => {
      const photo = this.#photo
      this.failures.tell(failure, () => {
        this.net.retry()
        void quietly(this.run(photo ? async () => photo : bring))
      }, photo)
    })
  }

  /** @override */
  jobEnded() {
    this.#photo = null
    super.jobEnded()
  }

  /** @param {File} file */
  async #takeTruth(file) {
    const { scene } = this.shown
    if (!scene) return
    try {
      const map = readLabelMap(new Uint8Array(await file.arrayBuffer()))
      const truth = { ...map, name: file.name, names: map.palette?.classes.map(({ name }) => name) ?? null, credit: '' }
      const result = await scored(scene.results, truth)
      if (this.shown.scene === scene) this.show({ scene: { ...scene, truth, scored: result }, failure: null })
    } catch (error) {
      this.failures.tell(toFcnError(error), null)
    }
  }
}

/**
 * The truth that is shipped with a sample.
 * @param {Sample | null} sample
 * @param {URL} list the samples.json
 * @param {AbortSignal} signal
 * @returns {Promise<Truth | null>}
 */
async function truthOf(sample, list, signal) {
  if (!sample?.truth) return null
  const { file, classes, credit } = sample.truth
  const response = await fetchFile(new URL(file, list).href, signal)
  const map = readLabelMap(new Uint8Array(await response.arrayBuffer()))
  return { ...map, name: file, names: classes, credit }
}

/**
 * What the heads' masks are worth.
 * @param {readonly Result[]} results
 * @param {Truth} truth
 * @throws {FcnError} invalid_input where the sizes differ, or the truth has values that are no class of the model
 */
async function scored(results, truth) {
  const [{ width, height, classes }] = results
  if (truth.width !== width || truth.height !== height) {
    throw new FcnError('invalid_input', 'the truth has another size than the photo',
      { kind: 'truth_size', truth: `${truth.width}×${truth.height}`, photo: `${width}×${height}` })
  }
  const names = truth.names ?? classes.map(({ name }) => name)
  const map = truth.names ? classMap(names, classes) : classes.map(({ id }) => id)
  const stray = truth.values.find(value => value !== VOID && value >= names.length)
  if (stray !== undefined) throw new FcnError('invalid_input', `the truth has the value ${stray}`, { kind: 'truth_value', value: stray, classes: names.length })
  const { values, left } = mapped(truth.values, map)
  const isVoid = Uint8Array.from(values, value => Number(value === VOID))
  const tolerance = usualTolerance(width, height)
  /** @type {Score[]} */
  const scores = []
  for (const { variant, labels } of results) {
    const matrix = new Confusion(classes.length)
    matrix.add(values, labels)
    const { metrics } = matrix
    /** @type {import('../../../lib/boundary.js').Boundary[]} */
    const edges = []
    for (const [id, iou] of metrics.iou.entries()) {
      if (iou === null) continue
      edges.push(boundaryOf({ truth: values, prediction: labels, width }, { id, tolerance, isVoid }))
      // One class of a photo is a few milliseconds.
      await pause()
    }
    scores.push({
      variant, metrics, boundary: meanBoundary(edges), labels,
      where: Uint8Array.from(values, (label, at) => label === VOID ? 2 : Number(label !== labels[at])),
    })
  }
  const used = new Set(truth.values)
  return {
    scores, tolerance, left,
    /** Classes of the truth that the model hasn't got. */
    missing: names.filter((_, value) => used.has(value) && map[value] === null),
    /** Those that are part of another class. */
    joined: names.flatMap((name, value) => {
      const id = map[value]
      return used.has(value) && id !== null && classes[id].name !== name ? [{ name, as: classes[id] }] : []
    }),
  }
}
