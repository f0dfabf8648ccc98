/**
 * What "one photo" does: brings a photo and a net, has the masks of all its heads computed, and holds them against a truth,
 * the sample's or a person's own.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { fetchFile } from '../../../lib/fetching.js'
import { VOID } from '../../../lib/metrics.js'
import { Control } from '../../common/control.js'
import { quietly, race } from '../../common/jobs.js'
import { EVERYDAY } from '../../common/model/list.js'
import { lackWeights } from '../../common/model/own.js'
import { Intake } from '../../common/photo/intake.js'
import { asClasses, binary } from '../masks/agree.js'
import { classMap, mapped } from './class-map.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../../engine/engine.js').Result} Result */
/** @typedef {import('../../common/photo/source.js').Photo} Photo */
/** @typedef {import('../../common/photo/intake.js').Sample} Sample */
/** The element, with what an embedder sets. @typedef {HTMLElement & import('../../common/control.js').Host & {model: string, sample: string, language: import('../../../lib/i18n.js').Language}} Host */
/** A truth as it was given; `names` of its classes by value, null: the values are the model's own ids. @typedef {{name: string, width: number, height: number, values: Uint8Array<ArrayBuffer>, names: readonly string[] | null, credit: string}} Truth */
/** How well one head did. @typedef {import('../score.js').Score & {variant: string}} Score */
/** @typedef {import('../runner.js').Runner} Runner */
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
  #runner
  /** How often a truth was chosen: only the latest is shown. */
  #turn = 0

  /** @param {Host} host @param {Runner} runner */
  constructor(host, runner) {
    super(host, atFirst(), { gives: 'masks', usual: EVERYDAY })
    this.#host = host
    this.#intake = new Intake(host, this)
    this.#runner = runner
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

  /** The sample to begin with: the one named, or the first that has a truth. */
  get sample() {
    if (!this.#isWanted) return ''
    const { sample } = this.#host
    return sample || (this.shown.gallery.find(({ truth }) => truth)?.id ?? '')
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
    /** What 255 means in a truth of 0 and 255 alone. @param {'void' | 'class'} two */
    setTwo: two => {
      const { truth } = this.shown.scene ?? {}
      if (truth) void this.#hold(two === 'class' ? { ...truth, values: asClasses(truth.values) } : { ...truth, names: truth.names ?? [] })
    },
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
      const { photo, picture } = await this.picture(bring, signal, photo => { this.#photo = photo })
      const net = await race(this.net.start(), signal)
      const results = await net.segmentAll(photo.source, { signal, onProgress: progress => this.tellProgress(progress) })
      this.net.accept()
      // A person's own truth stays with its photo.
      const own = former?.photo === photo ? former.truth : null
      const found = await race(this.#truthFor(photo, own, results, signal), signal)
      /** @type {Scene} */
      const scene = { photo, picture, net, results, truth: found.truth, scored: found.scored }
      this.#turn++
      this.member.session.photo = photo
      this.show({ scene })
      // The masks are there, whatever is wrong with the truth.
      if (found.failure) this.failures.tell(found.failure, null)
      return scene
    }, failure => {
      const photo = this.#photo
      this.offerAgain(failure, () => this.run(photo ? async () => photo : bring), photo)
    })
  }

  /** @override */
  jobEnded() {
    this.#photo = null
    super.jobEnded()
  }

  /**
   * @param {Photo} photo
   * @param {Truth | null} own a person's own, from before
   * @param {readonly Result[]} results
   * @param {AbortSignal} signal
   * @returns {Promise<{truth: Truth | null, scored: Scored | null, failure: FcnError | null}>}
   */
  async #truthFor({ sample }, own, results, signal) {
    try {
      const truth = own ?? await truthOf(sample, new URL(this.#host.samples, this.#host.baseURI), this.#runner, signal)
      return { truth, scored: truth ? await scored(results, truth, this.#runner) : null, failure: null }
    } catch (error) {
      return { truth: null, scored: null, failure: toFcnError(error) }
    }
  }

  /** @param {File} file */
  async #takeTruth(file) {
    const turn = ++this.#turn
    try {
      const { width, height, readings } = await this.#runner.run('read', file)
      if (readings.length > 1) {
        const list = readings.map(({ palette }) => palette?.title ?? '').join(', ')
        throw new FcnError('invalid_input', 'colours of several palettes', { kind: 'pair_palette', list })
      }
      const [{ values, palette }] = readings
      if (turn !== this.#turn) return
      await this.#hold({ width, height, values, name: file.name, names: palette?.classes.map(({ name }) => name) ?? null, credit: '' })
    } catch (error) {
      if (turn === this.#turn) this.failures.tell(toFcnError(error), null)
    }
  }

  /** Holds the masks that are shown against a truth. @param {Truth} truth */
  async #hold(truth) {
    const { scene } = this.shown
    if (!scene) return
    const turn = ++this.#turn
    this.failures.dismiss()
    try {
      const result = await scored(scene.results, truth, this.#runner)
      if (turn === this.#turn) this.show({ scene: { ...scene, truth, scored: result } })
    } catch (error) {
      if (turn === this.#turn) this.failures.tell(toFcnError(error), null)
    }
  }
}

/**
 * The truth that is shipped with a sample.
 * @param {Sample | null} sample
 * @param {URL} list the samples.json
 * @param {Runner} runner
 * @param {AbortSignal} signal
 * @returns {Promise<Truth | null>}
 */
async function truthOf(sample, list, runner, signal) {
  if (!sample?.truth) return null
  const { file, classes, credit } = sample.truth
  const response = await fetchFile(new URL(file, list).href, signal)
  const { width, height, readings: [{ values }] } = await runner.run('read', await response.blob())
  return { width, height, values, name: file, names: classes, credit }
}

/**
 * What the heads' masks are worth; null where it isn't known what the truth's 255 means.
 * @param {readonly Result[]} results
 * @param {Truth} truth
 * @param {Runner} runner
 * @throws {FcnError} invalid_input where the sizes differ, or the truth has values that are no class of the model
 */
async function scored(results, truth, runner) {
  const [{ width, height, classes }] = results
  if (truth.width !== width || truth.height !== height) {
    throw new FcnError('invalid_input', 'the truth has another size than the photo',
      { kind: 'truth_size', truth: `${truth.width}×${truth.height}`, photo: `${width}×${height}` })
  }
  const { isBinary, hasVoid } = binary(truth.values)
  if (!truth.names && isBinary && hasVoid) return null
  // Without names, or with none given, the values are the model's ids.
  const isPlain = !truth.names?.length
  const names = isPlain ? classes.map(({ name }) => name) : truth.names ?? []
  const map = isPlain ? classes.map(({ id }) => id) : classMap(names, classes)
  const stray = truth.values.find(value => value !== VOID && value >= names.length)
  if (stray !== undefined) throw new FcnError('invalid_input', `the truth has the value ${stray}`, { kind: 'truth_value', value: stray, classes: names.length })
  const { values, left } = mapped(truth.values, map)
  const given = { truth: values, width, classes: classes.length, unlabelled: VOID }
  const scores = await Promise.all(results.map(async ({ variant, labels }) => ({ variant, ...await runner.run('score', { ...given, prediction: labels }) })))
  const used = new Set(truth.values)
  return {
    scores, tolerance: scores[0].tolerance, left,
    /** Classes of the truth that the model hasn't got. */
    missing: names.filter((_, value) => used.has(value) && map[value] === null),
    /** Those that are part of another class. */
    joined: names.flatMap((name, value) => {
      const id = map[value]
      return used.has(value) && id !== null && classes[id].name !== name ? [{ name, as: classes[id] }] : []
    }),
  }
}
