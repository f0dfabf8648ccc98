/**
 * What "one photo" does: brings a photo and a net, has the masks of all its heads computed, and holds them against a truth:
 * the sample's, a file's, or one that is painted here.
 */
import { toFcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { download } from '../../common/ui/download.js'
import { nothingYet } from '../../common/control.js'
import { quietly, race } from '../../common/jobs.js'
import { EVERYDAY } from '../../common/model/list.js'
import { lackWeights } from '../../common/model/own.js'
import { PhotoControl } from '../../common/one-photo.js'
import { Intake } from '../../common/photo/intake.js'
import { askAmong, askOf } from '../masks/ask-colours.js'
import { valueOf } from '../masks/controller.js'
import { answered, paintedTruth, reread, scored, truthFrom, truthOf, truthOfShapes, unclear } from './truth.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../../engine/engine.js').Result} Result */
/** @typedef {import('../../common/photo/source.js').Photo} Photo */
/** @typedef {import('../../common/photo/intake.js').Sample} Sample */
/** The element, with what an embedder sets. @typedef {HTMLElement & import('../../common/control.js').Host & {model: string, sample: string, language: import('../../../lib/i18n.js').Language}} Host */
/** @typedef {import('./truth.js').Truth} Truth */
/** @typedef {import('./truth.js').Scored} Scored */
/** @typedef {import('../runner.js').Runner} Runner */
/** @typedef {import('../masks/ask-colours.js').Ask} Ask */
/** @typedef {import('../paint/controller.js').Painter} Painter */

/**
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {import('../../common/photo/image-tasks.js').Shown} picture
 * @property {Net} net
 * @property {readonly Result[]} results of each head, coarse to fine
 * @property {Truth | null} truth
 * @property {Scored | null} scored
 * @property {ReturnType<typeof unclear>} unclear what must be said of the truth first
 */

/** @typedef {ReturnType<typeof atFirst>} Shown */
/** @typedef {OnePhoto['state']} State */
/** @typedef {OnePhoto['actions']} Actions */

function atFirst() {
  return {
    ...nothingYet(),
    /** @type {Scene | null} */
    scene: null,
    /** @type {{photo: Photo} | null} */
    pending: null,
    /** The head shown; '': the finest. */
    variant: '',
    /** The class whose errors are shown, by name; '': all. */
    errors: '',
    /** What must be said of a truth's colours. @type {Ask | null} */
    ask: null,
    /** While a truth is painted, and how that is drawn. @type {{painter: Painter, draw: typeof import('../paint/template.js').painter} | null} */
    painting: null,
  }
}

/** @extends {PhotoControl<Shown, Scene>} */
export class OnePhoto extends PhotoControl {
  #host
  #intake
  #isWanted = false
  #runner
  /** How often a truth was chosen: only the latest is shown. */
  #turn = 0
  /** What came with photos of a folder. @type {WeakMap<Photo, {truth: Truth, size: 'model' | number}>} */
  #given = new WeakMap()
  /** What was painted while another was measured; null: nothing; undefined: none is measured. @type {Truth | null | undefined} */
  #waiting
  /** The truth that the masks shown are being held against. @type {Truth | null} */
  #holding = null
  /** A person's own truths, by photo: they are there again when it is shown again. @type {Map<string, Truth>} */
  #own = new Map()
  /** The sample that a link names. */
  #linked = ''

  /** @param {Host} host @param {Runner} runner @param {import('../../common/fragment.js').Values} said by a link */
  constructor(host, runner, said) {
    super(host, atFirst(), { gives: 'masks', usual: EVERYDAY })
    this.#host = host
    this.#intake = new Intake(host, this)
    this.#runner = runner
    this.values = said
  }

  /**
   * What a link tells: the sample, if it isn't the usual one, the head that is looked at, and the class whose errors are
   * shown; never a person's own photo.
   * @returns {import('../../common/fragment.js').Values}
   */
  get values() {
    const { scene, variant, errors } = this.shown
    const id = scene ? this.atHand?.sample?.id ?? '' : this.#linked
    return { sample: id === this.#first ? '' : id, head: variant, errors }
  }

  set values(said) {
    this.#linked = String(said['sample'])
    this.show({ variant: String(said['head']), errors: String(said['errors']) })
    const { scene, gallery } = this.shown
    // A person's own photo stays where a link names none.
    const wished = this.#linked || (scene?.photo.sample || this.jobs.isBusy ? this.#first : '')
    const sample = gallery.find(({ id }) => id === wished)
    if (sample && (scene || this.jobs.isBusy) && this.atHand?.sample?.id !== sample.id) void this.showSample(sample)
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
    return [scene?.photo.source, scene?.picture.bitmap, this.coming?.source, this.failures.subject?.source]
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

  /** The sample to begin with: the link's, the one named, or the first that has a truth. */
  get sample() {
    if (!this.#isWanted) return ''
    return this.shown.gallery.some(({ id }) => id === this.#linked) ? this.#linked : this.#first
  }

  get #first() {
    return this.#host.sample || (this.shown.gallery.find(({ truth }) => truth)?.id ?? '')
  }

  get state() {
    const { samples, baseURI, language, t } = this.#host
    const { scene, variant } = this.shown
    const scores = scene?.scored?.scores ?? []
    return {
      ...this.shown, samples, baseURI, language, t, canRetry: this.failures.canRetry, engine: this.engine,
        net: this.net.net,
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
    /** @param {number | null} id the class whose errors are shown; null: all */
    chooseErrors: id =>
      this.show({ errors: this.shown.scene?.results[0].classes.find(one => one.id === id)?.name ?? '' }),
    /** @param {File} file a truth */
    takeTruth: file => void this.#takeTruth(file),
    /** What 255 means in a truth of 0 and 255 alone. @param {'void' | 'class'} two */
    setTwo: two => this.#change(truth => answered(truth, two)),
    /** Whose ids its values are. @param {import('./class-map.js').IdsOf} ids */
    setIds: ids => this.#change(truth => reread(truth, { ids })),
    /** Which of its values means that a pixel isn't labelled. @param {import('../masks/controller.js').Unlabelled} unlabelled */
    setVoid: unlabelled => this.#change(truth => reread(truth, { unlabelled: valueOf(unlabelled) })),
    /** What a class of the truth is counted as. @param {number} value @param {number | null} id */
    mapClass: (value, id) => this.#change(truth => ({ ...truth, byHand: new Map([...truth.byHand, [value, id]]) })),
    /** How colours are taken that nobody knows. @param {import('../masks/colours.js').How} how */
    setColours: how => void this.#takeColours(how),
    dropTruth: () => void this.#dropTruth(),
    paint: () => void this.#paint(),
    stopPainting: () => {
      this.shown.painting?.painter.finish()
      this.show({ painting: null })
    },
    savePainted: () => void this.#savePainted(),
    /** @param {string} variant whose mask the painting begins with */
    paintFrom: variant => {
      const result = this.shown.scene?.results.find(each => each.variant === variant)
      if (result) this.shown.painting?.painter.actions.set(result.labels)
    },
  }

  /** Photo and truth at once: of two files the one that can be no photo, or is a PNG beside one that is none. @override @param {readonly File[]} files */
  async takeFiles(files) {
    const truth = truthAmong(files, this.shown.scene !== null)
    const photo = files.find(file => file !== truth)
    if (!truth) return await super.takeFiles(files)
    if (photo) {
      const scene = await this.open(photo).catch(() => null)
      // A newer photo may have come in between: it isn't that one's.
      if (!scene || this.shown.scene?.photo !== scene.photo) return
    }
    if (!this.failures.subject) await this.#takeTruth(truth)
  }

  /**
   * Shows a photo of a folder, with the net, the size and the head that it was measured with there.
   * @param {{photo: File, truth: {name: string, width: number, height: number, values: Uint8Array<ArrayBuffer>}, net: Net,
   *   size: 'model' | number, variant: string}} pair truth: values are the net's ids
   */
  async showPair({ photo: source, truth: { name, values, ...size }, net, size: longSide, variant }) {
    const photo = { source, name: source.name, sample: null }
    this.#given.set(photo, { truth: { ...paintedTruth(values, size, net.classes), name }, size: longSide })
    this.forgetLoad()
    this.net.adopt(net)
    this.show({ variant })
    await quietly(this.run(async () => photo))
  }

  /** @override @param {readonly File[]} files */
  async openModel(files) {
    if (lackWeights(files)) return this.fail('weights_alone')
    await this.bringNet(async signal => await this.net.open(files, null, signal), () => void this.openModel(files))
  }

  /** @override */
  netChanged() {
    this.#host.requestUpdate()
    const { scene } = this.shown
    // It came by hand: what is shown isn't its any more.
    if (!this.jobs.isBusy && scene && scene.net !== this.net.net) this.again()
  }

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring @param {Sample} [sample] */
  async run(bring, sample) {
    this.#isWanted = true
    this.wasUsed = true
    return await this.jobs.run(async signal => {
      const { photo, picture } = await this.photoFor(bring, sample, signal)
      const net = await this.netFor(signal)
      const results = await net.segmentAll(photo.source, { signal, size: this.#given.get(photo)?.size,
        onProgress: progress => this.tellProgress(progress) })
      this.net.accept()
      // A person's own truth stays with its photo: the latest, for it may be painted meanwhile.
      let own, found
      do {
        own = this.#ownFor(photo)
        found = await race(this.#truthFor(photo, own, results, signal), signal)
      } while (own !== this.#ownFor(photo))
      if (own && own === this.#holding) this.#keep(photo, own)
      /** @type {Scene} */
      const scene = { photo, picture, net, results, truth: found.truth, scored: found.scored, unclear: found.unclear }
      this.#begin()
      this.member.session.photo = photo
      // Another net may have other classes than those that are being painted.
      const former = this.shown.scene
      const stays = former?.photo === photo && isAlike(former.results[0].classes, results[0].classes)
      this.show({ scene, ask: null, ...stays ? {} : { painting: null } })
      // The masks are there, whatever is wrong with the truth.
      if (found.failure) this.failures.tell(found.failure, null)
      return scene
    }, failure => this.photoFailed(failure))
  }

  /** What was chosen before is of no use any more. @returns {number} how often a truth was chosen */
  #begin() {
    this.#holding = null
    return ++this.#turn
  }

  /** @param {Photo} photo @returns {Truth | null} its person's own truth, or what came with it */
  #ownFor(photo) {
    const { scene } = this.shown
    return (scene?.photo === photo ? this.#holding ?? scene.truth : null) ?? this.#given.get(photo)?.truth
      ?? this.#own.get(keyOf(photo)) ?? null
  }

  /**
   * @param {Photo} photo
   * @param {Truth | null} own a person's own, from before
   * @param {readonly Result[]} results
   * @param {AbortSignal} signal
   * @returns {Promise<Pick<Scene, 'truth' | 'scored' | 'unclear'> & {failure: import('../../../lib/errors.js').FcnError | null}>}
   */
  async #truthFor({ sample }, own, results, signal) {
    try {
      const truth = own ?? await truthOf(sample, new URL(this.#host.samples, this.#host.baseURI), this.#runner, signal)
      const found = truth ? await scored(results, truth, this.#runner) : null
      return { truth, scored: found, unclear: truth && !found ? unclear(truth, results[0].classes) : null,
        failure: null }
    } catch (error) {
      return { truth: null, scored: null, unclear: null, failure: toFcnError(error) }
    }
  }

  /** @param {File} file */
  async #takeTruth(file) {
    const { scene } = this.shown
    if (!scene) return
    const [{ width, height }] = scene.results
    await this.#read(file, async () => isJson(file)
      ? truthOfShapes(await this.#runner.run('annotations', { file, photo: { width, height, name: scene.photo.name } }),
        file.name)
      : await this.#runner.run('read', file))
  }

  /** @param {import('../masks/colours.js').How} how */
  async #takeColours(how) {
    const file = this.shown.ask?.file
    if (file) await this.#read(file, async () => await this.#runner.run('colours', { file, how }))
  }

  /** @param {File} file @param {() => Promise<Truth | import('../masks/read.js').LabelMap>} read */
  async #read(file, read) {
    const turn = this.#begin()
    this.failures.dismiss()
    this.show({ ask: null })
    try {
      const found = await read()
      const ask = 'readings' in found ? askAmong(found, file) : null
      if (turn !== this.#turn) return
      if (ask) return this.show({ ask })
      // What was being painted is another truth.
      this.show({ painting: null })
      await this.#hold('readings' in found ? truthFrom(found, file.name) : found)
    } catch (error) {
      if (turn !== this.#turn) return
      const failure = toFcnError(error)
      const ask = askOf(failure, file)
      if (ask) this.show({ ask })
      else this.failures.tell(failure, null)
    }
  }

  /** @param {(truth: Truth) => Truth} change */
  #change(change) {
    const truth = this.#holding ?? this.shown.scene?.truth
    if (truth) void this.#hold(change(truth))
  }

  /** Holds the masks that are shown against a truth. @param {Truth} truth */
  async #hold(truth) {
    const { scene } = this.shown
    if (!scene) return
    const turn = this.#begin()
    this.failures.dismiss()
    this.#holding = truth
    try {
      const result = await scored(scene.results, truth, this.#runner)
      if (turn !== this.#turn) return
      this.#keep(scene.photo, truth)
      this.show({ ask: null, scene: { ...scene, truth, scored: result,
        unclear: result ? null : unclear(truth, scene.results[0].classes) } })
    } catch (error) {
      if (turn === this.#turn) this.failures.tell(toFcnError(error), null)
    } finally {
      if (turn === this.#turn) this.#holding = null
    }
  }

  /** One is measured at a time, and of those that come meanwhile the latest. @param {Truth} truth painted */
  #holdLatest(truth) {
    if (this.#waiting !== undefined) return void (this.#waiting = truth)
    this.#waiting = null
    void (async () => {
      for (let next = /** @type {Truth | null} */ (truth); next; next = this.#waiting ?? null) {
        this.#waiting = null
        await this.#hold(next)
      }
      this.#waiting = undefined
    })()
  }

  /** @param {Photo} photo @param {Truth} truth */
  #keep(photo, truth) {
    const key = keyOf(photo)
    this.#own.delete(key)
    if (!truth.isShipped && key) this.#own.set(key, truth)
    // The one used longest ago goes.
    const [oldest] = this.#own.keys()
    if (this.#own.size > MOST_OWN) this.#own.delete(oldest)
  }

  /** The sample's own truth again, or none. */
  async #dropTruth() {
    const { scene } = this.shown
    if (!scene) return
    const turn = this.#begin()
    this.#own.delete(keyOf(scene.photo))
    this.show({ ask: null, painting: null })
    const found = await this.#truthFor(scene.photo, null, scene.results, new AbortController().signal)
    if (turn !== this.#turn || !this.shown.scene) return
    this.show({ scene: { ...this.shown.scene, truth: found.truth, scored: found.scored, unclear: found.unclear } })
  }

  // ---- painting ----

  /** Begins with the truth that is there, as the model's classes. */
  async #paint() {
    const { scene } = this.shown
    if (!scene) return
    try {
      const { Painter, painter: draw } = await import('../paint/panel.js')
      const { results: [{ width, height, classes }], scored } = this.shown.scene ?? scene
      if (this.shown.scene?.photo !== scene.photo) return
      const values = scored?.target ?? new Uint8Array(width * height).fill(VOID)
      const painter = new Painter({
        changed: () => this.#host.requestUpdate(),
        done: values => this.#holdLatest(paintedTruth(values, { width, height }, classes)),
      }, { width, height }, classes, values)
      this.show({ painting: { painter, draw } })
    } catch {
      this.fail('panel_failed', () => void this.#paint())
    }
  }

  async #savePainted() {
    const { scene, painting } = this.shown
    if (!scene || !painting) return
    const { width, height } = painting.painter.state
    const { classes } = scene.results[0]
    try {
      // 255 has a colour of its own: grey, as no class.
      const palette = [...classes, { id: VOID, name: '', color: '#808080' }]
      const blob = await this.member.session.images.make({
        kind: 'labels', width, height, labels: painting.painter.values, classes: palette,
          source: null, opacity: 1, hidden: [], faint: [],
      })
      download(blob, `${scene.photo.name.replace(/\.[^.]*$/, '')}-truth.png`)
    } catch (error) {
      this.failures.tell(toFcnError(error), null)
    }
  }
}

/** @param {readonly {name: string}[]} a @param {readonly {name: string}[]} b */
const isAlike = (a, b) => a.length === b.length && a.every(({ name }, id) => name === b[id].name)

/** Own truths that are kept; each has a byte a pixel. */
const MOST_OWN = 8

/** What tells a photo from others; '' where nothing does. @param {Photo} photo */
const keyOf = ({ sample, source }) =>
  sample?.id ?? (source instanceof File ? `${source.name} ${source.size} ${source.lastModified}` : '')

/** @param {File} file */
const isJson = ({ name }) => /\.json$/i.test(name)

/**
 * @param {readonly File[]} files
 * @param {boolean} hasPhoto whether one is shown
 * @returns {File | null} the truth among files that were dropped: polygons beside a photo or for the one shown, or a PNG
 *   beside a photo that is none
 */
function truthAmong(files, hasPhoto) {
  const [only] = files
  if (files.length === 1) return hasPhoto && isJson(only) ? only : null
  if (files.length !== 2) return null
  const isPng = (/** @type {File} */ { name }) => /\.png$/i.test(name)
  const isPhoto = (/** @type {File} */ { name }) => /\.(jpe?g|webp|avif|png)$/i.test(name)
  const [json] = files.filter(isJson)
  if (json) return files.some(file => file !== json && isPhoto(file)) ? json : null
  const pngs = files.filter(isPng)
  return pngs.length === 1 && files.every(isPhoto) ? pngs[0] : null
}
