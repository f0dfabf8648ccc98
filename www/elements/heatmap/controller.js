/**
 * What `<fcn-heatmap>` does: brings photos, keeps a classifier in use, has label and map computed. One job at a time; a
 * newer one ends the older, and whatever fails leaves the former result.
 *
 * The classifier is a net of its own beside those of the page's other elements. Its memory is given back when the
 * element hasn't been seen for a while; it is loaded again when something is to be computed.
 */
import { toFcnError } from '../../lib/errors.js'
import { className } from '../../lib/i18n.js'
import { best, scoresOf } from '../../lib/windows.js'
import { Control, nothingYet } from '../common/control.js'
import { quietly, race } from '../common/jobs.js'
import { lackWeights } from '../common/model/own.js'
import { Intake } from '../common/photo/intake.js'
import { Sight } from '../common/sight.js'
import { carryOut, seenOf } from './job.js'
import { isSize, read, written } from './link.js'
import { Reader, numberText, told } from './reading.js'
import { labelText, peakText } from './sentences.js'

/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../../engine/protocol.js').Size} Size */
/** @typedef {import('../../lib/windows.js').Cell} Cell */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../../lib/shift.js').Shift} Shift */
/** @typedef {import('./job.js').Scene} Scene */
/** @typedef {import('./job.js').Task} Task */

/**
 * What an embedder sets; the attributes of the element.
 * @typedef {object} Attributes
 * @property {string} model
 * @property {Size | string} size
 * @property {import('./reading.js').View} view
 * @property {import('./reading.js').Value} value
 * @property {number} opacity of the map over the photo, 0..1
 * @property {'auto' | 'webgpu' | 'cpu'} backend
 * @property {string} samples
 * @property {string} sample
 * @property {string} upsample
 */

/** The element. @typedef {HTMLElement & import('../common/control.js').Host & {language: import('../../lib/i18n.js').Language}} Host */

/**
 * What is known of the classifier used last.
 * @typedef {{manifest: import('../../engine/protocol.js').Manifest, notes: readonly string[],
 *   assumptions: readonly import('../../engine/protocol.js').Assumption[]}} Known
 */

/** What is shown beside the attributes. @typedef {ReturnType<typeof atFirst>} Shown */
/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** The site's own classifier. */
const LABELS = new URL('../../models/everyday-labels/model.json', import.meta.url).href
/** A slider has to rest this long before the net is asked. Milliseconds. */
const REST = 200
/** @type {Shift} */
const STILL = { x: 0, y: 0 }

function atFirst() {
  return {
    ...nothingYet(),
    /** @type {Scene | null} */
    scene: null,
    /** The scene whose label is being computed. @type {Scene | null} */
    pending: null,
    /** The class whose heat map is shown; null: the best one. @type {number | null} */
    chosen: null,
    /** The window under the cursor; null: the chosen class's best. @type {Cell | null} */
    cell: null,
    /** How far the photo is to be moved in its frame, pixels of the working size. */
    shift: STILL,
    /** For screen readers. */
    saying: '',
    isCardOpen: false,
  }
}

/** @extends {Control<Shown, Task, {label: Heatmap, map: Heatmap}>} */
export class Controller extends Control {
  #host
  #fetchCard
  #reader = new Reader()
  /** What the present job does. @type {Task | null} */
  #task = null
  /** @type {Known | null} */
  #known = null
  /** The same of a person's own, for its card. @type {Known & {files: readonly File[]} | null} */
  #own = null
  /** What a link says of the next map. @type {{chosen: number | null, cell: Cell | null, shift: Shift} | null} */
  #linked = null
  /** Another sample to begin with, from a link. @type {string | null} */
  #sample = null
  /** Whether nobody looks, so that the job at hand is the last. */
  #isTired = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting
  #sight

  /**
   * @param {Host & Attributes} host
   * @param {() => Promise<unknown>} fetchCard fetches the model card's script
   */
  constructor(host, fetchCard) {
    super(host, atFirst(), { gives: 'labels', usual: LABELS })
    this.#host = host
    this.#fetchCard = fetchCard
    this.intake = new Intake(host, this)
    this.#sight = new Sight(host, { seen: () => { this.#isTired = false }, unseen: () => this.#rest() })
  }

  // ---- life ----

  /** The element is on the page. */
  connect() {
    void this.member.session
    this.intake.connect()
    this.#sight.connect()
  }

  /** @override */
  dispose() {
    this.intake.disconnect()
    this.#sight.disconnect()
    clearTimeout(this.#resting)
    this.#task = null
    super.dispose()
  }

  /** Nobody looks: the classifier's memory is given back, once it isn't needed; what is shown stays. */
  #rest() {
    this.#isTired = this.jobs.isBusy
    if (!this.#isTired) this.net.release()
  }

  /** @override */
  get sources() {
    const { scene } = this.shown
    return [scene, this.#task, this.failures.subject].flatMap(each => [each?.photo?.source, each?.picture?.bitmap])
  }

  // ---- what is shown ----

  /** The latest label and map shown. @returns {{label: Heatmap, map: Heatmap} | null} */
  get result() {
    const { label = null, map = null } = this.#seen ?? {}
    return label && map ? { label, map } : null
  }

  /** What is read off label and map, and off those of the photo before it was moved. */
  get told() {
    const { scene } = this.shown
    const shown = this.#reading?.shown
    return scene && shown !== undefined ? told(scene, shown, this.#host.value) : null
  }

  /** What is shown, moved if it is. */
  get #seen() {
    const { scene } = this.shown
    return scene && seenOf(scene)
  }

  /** All that the template reads. */
  get state() {
    const { view, value, opacity, samples, upsample, baseURI, language, t } = this.#host
    return {
      view, value, opacity, samples, upsample, baseURI, language, t,
      ...this.shown,
      engine: this.engine,
      /** The classifier in use, or the one that was. */
      known: this.#known, own: this.#own,
      /** The address wished for. */
      model: this.modelWished || LABELS,
      /** The long side to work at, as the engine takes it. */
      longSide: this.#longSide,
      /** How the map is looked at. */
      reading: this.#reading,
      /** What became of label and peak where the photo was moved. */
      move: this.#move,
      canRetry: this.failures.canRetry,
    }
  }

  get #reading() {
    const { scene, chosen, cell } = this.shown
    const { map } = this.#seen ?? {}
    const { view, value } = this.#host
    if (!map) return null
    // Where the photo was moved, it is still the same class that is looked at.
    const usual = scene?.moved && scene.map ? this.#reader.usual(scene.map) : null
    return this.#reader.read(map, { view, value, chosen: chosen ?? usual, cell })
  }

  get #move() {
    const { scene } = this.shown
    const reading = this.#reading
    return scene && reading && this.#reader.move(scene, reading.shown, this.#host.value)
  }

  /** What the template does. */
  actions = {
    /** @param {Partial<Attributes>} change */
    set: change => void Object.assign(this.#host, change),
    /** @param {number} id a class */
    choose: id => {
      this.show({ chosen: id, cell: null })
      this.#host.view = 'heat'
    },
    /** @param {Cell} cell @param {boolean} byKeys */
    point: (cell, byKeys) => this.#point(cell, byKeys),
    /** Moves the photo in its frame. @param {Partial<Shift>} by */
    shift: by => {
      const shift = { ...this.shown.shift, ...by }
      this.show({ shift })
      if (this.#linked) this.#linked.shift = shift
      clearTimeout(this.#resting)
      this.#resting = setTimeout(() => void this.#moveIt(), REST)
    },
    /** @param {readonly File[]} files */
    openClassifier: files => void this.openModel(files),
    /** @param {import('../../engine/protocol.js').Said} said */
    assume: said => void this.#load(null, said),
    useSite: () => {
      this.net.forget()
      void this.#load(null)
    },
    /** @param {Sample} sample */
    showSample: sample => void this.showSample(sample),
    /** @param {PhotoSource} source */
    take: source => void this.take(source),
    cancel: () => this.cancel(),
    retry: () => this.failures.retry(),
    dismiss: () => this.failures.dismiss(),
    /** @param {string} code */
    fail: code => this.fail(code),
    openCamera: () => this.openCamera(),
    /** @param {boolean} isOpen */
    unfoldCard: isOpen => this.#unfoldCard(isOpen),
    /** Opens the classifier's card and goes there. */
    openCard: async () => {
      this.#unfoldCard(true)
      await this.#host.updateComplete
      const summary = /** @type {HTMLElement | null} */ (this.#host.renderRoot.querySelector('.about summary'))
      summary?.focus({ preventScroll: true })
      summary?.scrollIntoView()
    },
  }

  /** The charts are larger than everything else here: they come when they are wanted. @param {boolean} isOpen */
  #unfoldCard(isOpen) {
    if (isOpen === this.shown.isCardOpen) return
    this.show({ isCardOpen: isOpen })
    if (isOpen) this.#fetchCard().catch(() => this.fail('card_failed'))
  }

  /** @param {Cell} cell @param {boolean} byKeys */
  #point(cell, byKeys) {
    const { map } = this.#seen ?? {}
    const reading = this.#reading
    if (!map || !reading) return
    const { cell: now, onMap } = reading
    if (this.shown.cell && now.column === cell.column && now.row === cell.row) return
    this.show({ cell })
    if (!byKeys) return
    const { t, value, language } = this.#host
    const found = best(scoresOf(map, cell), 3, onMap).map(({ id, [value]: number }) =>
      `${className(map.classes[id], language)} ${numberText(number, value, language)}`).join(', ')
    this.show({ saying: t('window.said', { ...cell, what: t(`value.${value}`), found }) })
  }

  /** @param {Scene} scene */
  #showScene(scene) {
    const former = this.shown.scene
    const isOtherNet = former !== null && scene.label?.classes !== former.label?.classes
    const { label, map } = seenOf(scene)
    if (isOtherNet) this.show({ chosen: null })
    if (isOtherNet || map || scene.photo !== former?.photo) this.show({ cell: null })
    this.show({ scene })
    if (!label || !map) return
    if (this.#linked) this.show(this.#linked)
    this.#linked = null
    const { t, language } = this.#host
    const name = className(label.classes[best(label.scores, 1)[0].id], language)
    const move = this.#move
    this.show({
      saying: move ? `${labelText(move, map, this.#host)} ${peakText(move, map, this.#host)}`
        : t('done', { label: name, columns: map.width, rows: map.height }),
    })
    this.#host.emit('fcn-result', { label, map })
  }

  // ---- as a link says it ----

  get fragment() {
    const { size, view, value, opacity, sample: usual } = this.#host
    const { chosen, cell, shift } = this.#linked ?? this.shown
    const sample = this.#sample ?? this.#sampleShown?.id ?? usual
    return written({ sample, size: String(size), view, value, opacity, chosen, cell, shift }, usual)
  }

  set fragment(text) {
    const host = this.#host
    const { sample, chosen, cell, shift, ...attributes } = read(text, host.sample)
    const isSame = attributes.size === String(host.size)
    Object.assign(host, attributes)
    this.#linked = { chosen, cell, shift }
    // A job that is under way moves the photo by this at its end.
    this.show({ shift })
    const { scene, gallery } = this.shown
    const shown = this.#sampleShown
    const other = shown && shown.id !== sample && gallery.find(({ id }) => id === sample)
    if (other) {
      void this.showSample(other)
    } else if (!this.#task && !scene) {
      this.#sample = sample
      this.intake.begin()
    } else if (!this.#task && scene?.map && isSame) {
      const { x, y } = scene.moved?.shift ?? STILL
      if (shift.x !== x || shift.y !== y) {
        void this.#moveIt()
        return
      }
      this.show(this.#linked)
      this.#linked = null
    }
  }

  /** The sample that is shown, or on its way. */
  get #sampleShown() {
    const { photo, sample = photo?.sample } = this.#task ?? {}
    return sample ?? (photo ? null : this.shown.scene?.photo.sample)
  }

  // ---- photos ----

  /** The sample to begin with. */
  get sample() {
    const { gallery } = this.shown
    return gallery.find(({ id }) => id === this.#sample)?.id ?? this.#host.sample
  }

  async loadGallery() {
    await this.intake.loadGallery()
  }

  /** @override @param {NonNullable<Task['bring']>} bring @param {Sample} [sample] */
  async run(bring, sample) {
    // Another photo begins where it is, unless a link says otherwise.
    this.show({ shift: this.#linked?.shift ?? STILL })
    await this.#run({ bring, load: this.#loadWith(), ...sample ? { sample } : {} })
    return /** @type {{label: Heatmap, map: Heatmap}} */ (this.result)
  }

  /** The classifier on its way comes with the photo chosen meanwhile; if it fails, that is told, and the photo goes through the one in use. */
  #loadWith() {
    const { load } = this.#task ?? {}
    if (!load) return null
    return async (/** @type {AbortSignal} */ signal) => {
      try {
        await load(signal)
      } catch (error) {
        if (signal.aborted) throw error
        this.failures.tell(toFcnError(error), () =>
          void quietly(this.#run({ ...this.shown.scene, label: null, map: null, load })))
      }
    }
  }

  /** The photo at hand at another size. */
  async resize() {
    // Photo or classifier are on their way: the size is read when they are there.
    if (this.#task && (this.#task.load || !this.#task.picture)) return
    const scene = this.shown.pending ?? this.shown.scene
    if (scene) await quietly(this.#run({ ...scene, map: null }))
  }

  /** The photo at hand, moved as it is wished. What of it is done already stays. */
  async #moveIt() {
    clearTimeout(this.#resting)
    const task = this.#task
    // Photo or classifier are on their way: the wish is read when they are there.
    if (task && (task.load || !task.picture)) return
    const { pending, scene } = this.shown
    const { label = null, map = null, ...from } = task ?? pending ?? scene ?? {}
    if (from.photo) await quietly(this.#run({ ...from, label, map }))
  }

  // ---- the classifier ----

  /** @override */
  get modelWished() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : ''
  }

  /** @returns {Size} */
  get #longSide() {
    const { size } = this.#host
    if (size === 'model' || size === 'native') return size
    return isSize(String(size)) ? Math.round(Number(size)) : 'model'
  }

  /** @override @param {readonly File[]} files */
  async openModel(files) {
    if (lackWeights(files)) return this.fail('weights_alone')
    if (!await this.#load(files) || this.shown.scene) return
    // Nothing of its own to try it on yet but the sample.
    const { photo } = this.member.session
    if (photo && !this.sample) return await quietly(this.#run({ photo }))
    this.wasUsed = false
    this.intake.begin()
  }

  /** The address of the classifier has changed. Without a photo nothing is fetched yet. */
  changeModel() {
    this.net.reload()
    const isBringing = this.#task && !this.#task.picture && !this.#task.load
    if (!isBringing && (this.#task || this.shown.scene)) void this.#load(null)
  }

  /**
   * Another classifier for what is shown, or is on its way.
   * @param {readonly File[] | null} files null: the one wished for
   * @param {import('../../engine/protocol.js').Said | null} [said] what is assumed of the one in use instead
   * @returns {Promise<boolean>} whether that ended well, and nothing else was asked for meanwhile
   */
  async #load(files, said = null) {
    const { pending, scene } = this.shown
    const task = this.#task && !this.#task.picture ? this.#task : pending ?? scene
    const assumed = said && this.net.assuming(said)
    return await this.#run({
      ...task, label: null, map: null,
      load: assumed ?? (async signal =>
        await (files ? this.net.open(files, null, signal) : race(this.net.start(), signal))),
    }).then(() => true, () => false)
  }

  /** @override */
  netChanged() {
    const { net, own } = this.net
    this.#known = net && { manifest: net.manifest, notes: net.notes, assumptions: net.assumptions }
    this.#own = this.#known && own && { ...this.#known, files: own.files }
    this.#host.requestUpdate()
    // It came by hand: what is shown is no longer what it says.
    if (!this.jobs.isBusy && this.shown.scene) void this.#load(null)
  }

  // ---- jobs ----

  /** @param {Task} task its failure is shown, and thrown */
  async #run(task) {
    this.wasUsed = true
    await this.jobs.run(async signal => {
      this.failures.dismiss()
      this.#task = task
      await carryOut(task, signal, {
        session: () => this.member.session,
        net: async () => await this.net.start(),
        longSide: () => this.#longSide,
        shift: () => this.shown.shift,
        tell: progress => this.tellProgress(progress),
        brought: () => { this.#sample = null },
        pend: pending => { if (this.#task === task) this.show({ pending }) },
        show: scene => this.#showScene(scene),
      })
      this.net.accept()
    }, failure => this.offerAgain(failure, () => this.#run(task), task))
  }

  /** @override */
  jobEnded() {
    this.#task = null
    super.jobEnded()
    if (this.#isTired) this.#rest()
  }
}
