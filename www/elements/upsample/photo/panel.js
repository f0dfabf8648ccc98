/**
 * `<fcn-upsample-photo>`: the panel of `<fcn-upsample>` for one's own photo. Runs the net on it and
 * puts the net's own score map and upsampling kernel into the figure, which stamps them like any
 * other numbers; then says how the figure's sums compare with the engine's and with the net's.
 *
 * Loaded by slot.js when the panel is opened. An engine comes from the figure's `lender`, or
 * is started here when the first photo is chosen and ended with the panel.
 */
import { LitElement } from '../../../vendor/lit.js'
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { percent } from '../../../lib/format.js'
import { className, pickLanguage, translator } from '../../../lib/i18n.js'
import { automatic } from '../../common/model/list.js'
import { bringSource } from '../../common/photo/source.js'
import { Runner, race } from '../../common/session.js'
import { Studio } from '../../common/photo/image-client.js'
import { TEXTS } from '../../segment/texts.js'
import { progressText } from '../../segment/words.js'
import { SIZE, classesBySize, compare, layersOf, mapsFor, stateOf } from './maps.js'
import { photoStyles } from './styles.js'
import { PHOTO_TEXTS } from './texts.js'
import { burnText, template } from './template.js'

/** @typedef {import('../../fcn-upsample.js').FcnUpsample} FcnUpsample */
/** @typedef {import('../../../engine/engine.js').Engine} Engine */
/** @typedef {import('../../../engine/page/source.js').PhotoSource} PhotoSource */
/** @typedef {import('./maps.js').Layer} Layer */

/** An element moved within the page leaves and comes back at once; this long it keeps its engine. Milliseconds. */
const GRACE = 500

/** Photo pixels to one of the net's, in the picture that shows through. */
const PICTURE_SCALE = 2

/**
 * A photo that went through the net.
 * @typedef {object} Own
 * @property {Engine} engine
 * @property {import('../../../engine/engine.js').Trace} trace
 * @property {Layer[]} layers
 * @property {string} model its name
 * @property {HTMLCanvasElement} picture of the photo
 * @property {import('../../common/photo/intake.js').Sample | null} sample whose credit is due
 * @property {Map<string, import('../../../engine/engine.js').UpsamplingLayer>} kernels those fetched so far
 */

/** What the figure shows. @typedef {{layer: Layer, from: number, to: number, state: string, comparison: import('./maps.js').Comparison | null}} Showing */

export class FcnUpsamplePhoto extends LitElement {
  /** @override */
  static properties = {
    lang: {}, figure: { attribute: false }, own: { state: true }, showing: { state: true }, progress: { state: true }, failure: { state: true },
    isEdited: { state: true }, seesPhoto: { state: true }, saying: { state: true },
  }

  /** @override */
  static styles = photoStyles

  /** @type {AbortController | null} */
  #job = null
  /** @type {(() => Promise<void>) | null} what "Try again" does */
  #again = null
  /** @type {AbortController | null} */
  #connection = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving
  #studio = new Studio()
  /** Engines whose models are followed. @type {WeakSet<Engine>} */
  #followed = new WeakSet()
  #runner = new Runner({
    model: () => '', address: (_, engine) => automatic(engine), backend: () => 'auto', onReady: () => {}, onEvent: () => {},
    onProgress: progress => this.#tell(progress),
  })

  constructor() {
    super()
    this.lang = ''
    /** @type {FcnUpsample | null} */
    this.figure = null
    /** @type {Own | null} */
    this.own = null
    /** @type {Showing | null} */
    this.showing = null
    /** @type {import('../../common/session.js').Progress | null} */
    this.progress = null
    /** @type {import('../../segment/words.js').Failure | null} */
    this.failure = null
    /** Whether the figure has come to show other numbers. */
    this.isEdited = false
    this.seesPhoto = true
    /** For screen readers. */
    this.saying = ''
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    clearTimeout(this.#leaving)
    this.#connection = new AbortController()
    const host = /** @type {ShadowRoot} */ (this.getRootNode()).host
    host?.addEventListener('fcn-change', () => this.#figureChanged(), { signal: this.#connection.signal })
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#connection?.abort()
    this.#leaving = setTimeout(() => {
      this.#job?.abort()
      this.#runner.dispose()
      this.#studio.close()
      // Its engine is gone: what was computed with it can't be gone on with.
      this.#forget()
    }, GRACE)
  }

  /**
   * Runs the net on a photo and shows the largest class. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<void>} rejects with an FcnError
   */
  async stamp(source) {
    await this.bring(() => bringSource(source))
  }

  /** @param {(signal: AbortSignal) => Promise<import('../../segment/scene.js').Photo>} take */
  async bring(take) {
    await this.#try(async signal => {
      this.#tell({ phase: 'photo' })
      const coming = take(signal)
      // Whoever it comes to, it is let go of here.
      const close = (/** @type {import('../../segment/scene.js').Photo} */ { source }) => { if (!(source instanceof Blob)) source.close() }
      try {
        await this.#read(await race(coming, signal), signal)
      } finally {
        coming.then(close, () => {})
      }
    }, () => this.bring(take))
  }

  /**
   * One job at a time; its failure is shown and thrown.
   * @param {(signal: AbortSignal) => Promise<void>} work
   * @param {() => Promise<void>} again
   */
  async #try(work, again) {
    this.#job?.abort()
    const job = this.#job = new AbortController()
    this.failure = null
    this.saying = ''
    try {
      await work(job.signal)
    } catch (error) {
      const failure = toFcnError(job.signal.aborted ? new FcnError('aborted') : error)
      // Stopped by this panel: that needs no telling. Stopped by somebody else: it does.
      if (this.#job === job && !job.signal.aborted) {
        this.failure = failure
        this.#again = again
        this.saying = ''
      }
      throw failure
    } finally {
      if (this.#job === job) {
        this.#job = null
        this.progress = null
      }
    }
  }

  /** @param {import('../../common/session.js').Progress} progress */
  #tell(progress) {
    // The engine may go on reporting for a moment after a stop.
    if (!this.#job) return
    if (progress.phase !== this.progress?.phase) this.saying = progressText(progress, translator(TEXTS, this.language), this.language).title
    this.progress = progress
  }

  /** Nothing is known of any photo any more; the numbers in the figure stay, as the person's own. */
  #forget() {
    const { figure, own } = this
    if (figure && own && figure.backdrop?.picture === own.picture) figure.backdrop = null
    this.own = null
    this.showing = null
  }

  /**
   * @param {import('../../segment/scene.js').Photo} photo
   * @param {AbortSignal} signal
   */
  async #read({ source: photo, sample }, signal) {
    this.#tell({ phase: 'engine' })
    const engine = await race(this.figure?.lender?.engine(progress => this.#tell(progress)) ?? this.#runner.start(), signal)
    const manifest = engine.model?.manifest
    // Other nets crop after enlarging, or don't enlarge by transposed convolutions.
    const layers = manifest?.architecture === 'fcn-vgg16' ? layersOf(manifest.config.variants) : []
    if (!manifest || layers.length === 0) throw new FcnError('no_model', this.t('unsuitable'), { own: true })
    const trace = await engine.trace(photo, { maps: mapsFor(layers), size: SIZE, signal, onProgress: progress => this.#tell(progress) })
    const picture = await this.#pictureOf(photo, trace.work, signal)
    const model = manifest.title?.[this.language] ?? manifest.name
    const layer = layers.find(({ name }) => name === this.showing?.layer.name) ?? layers[0]
    const kernels = new Map([[layer.name, await engine.upsamplingLayer(layer.name, { signal })]])
    signal.throwIfAborted()
    // From here on it is this photo's turn: numbers and words change together.
    this.#forget()
    this.own = { engine, trace, layers, model, picture, sample, kernels }
    this.#followModel(engine)
    const [largest] = classesBySize(trace, layers)
    await this.#show(layer, largest.id, largest.id, signal)
    this.saying = this.t('done', { class: this.nameOf(largest.id), share: percent(largest.share, this.language) })
  }

  /** Another model makes other kernels: maps of the former one don't go with them. @param {Engine} engine */
  #followModel(engine) {
    if (this.#followed.has(engine)) return
    this.#followed.add(engine)
    engine.addEventListener('model', () => { if (this.own?.engine === engine) this.#forget() })
  }

  /**
   * The photo, small, to show through the output.
   * @param {Blob | ImageBitmap} photo
   * @param {{width: number, height: number}} work size that the net saw, pixels
   * @param {AbortSignal} signal
   * @returns {Promise<HTMLCanvasElement>}
   */
  async #pictureOf(photo, { width, height }, signal) {
    const size = photo instanceof Blob ? await race(this.#studio.look(photo), signal) : null
    const showing = this.#studio.show(photo, size)
    const close = (/** @type {import('../../common/photo/image-tasks.js').Shown} */ { bitmap }) => { if (bitmap !== photo) bitmap.close() }
    try {
      const { bitmap } = await race(showing, signal)
      const canvas = document.createElement('canvas')
      canvas.width = width * PICTURE_SCALE
      canvas.height = height * PICTURE_SCALE
      const context = canvas.getContext('2d')
      if (context) {
        context.imageSmoothingQuality = 'high'
        context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
      }
      return canvas
    } finally {
      showing.then(close, () => {})
    }
  }

  /**
   * Puts a map and a kernel into the figure, then compares.
   * @param {Layer} layer
   * @param {number} from class of the input map
   * @param {number} to class of the output
   * @param {AbortSignal} signal
   */
  async #show(layer, from, to, signal) {
    const { own, figure } = this
    if (!own || !figure) return
    const kernels = own.kernels.get(layer.name) ?? await own.engine.upsamplingLayer(layer.name, { signal })
    own.kernels.set(layer.name, kernels)
    signal.throwIfAborted()
    // What is said below belongs to the former numbers; the new ones come in one go.
    this.showing = null
    figure.fragment = stateOf(own.trace, layer, kernels, from, to)
    const showing = this.showing = { layer, from, to, state: mapsIn(figure.fragment), comparison: /** @type {Showing['comparison']} */ (null) }
    this.isEdited = false
    this.showThrough()
    const comparison = await compare(own.engine, own.trace, layer, kernels, to, figure, signal)
    if (this.showing !== showing) return
    this.showing = { ...showing, comparison }
    const names = { layer: layer.name, from: this.nameOf(from), class: this.nameOf(to) }
    this.saying = `${this.t('shown', names)} ${burnText(this, comparison, names)}`
  }

  /** @param {Layer} layer @param {number} from @param {number} to */
  async choose(layer, from, to) {
    await this.#try(async signal => {
      this.#tell({ phase: 'run', stage: layer.name, index: 0, total: 0 })
      await this.#show(layer, from, to, signal)
    }, async () => await this.choose(layer, from, to)).catch(() => {})
  }

  /** The photo under the output, while the figure shows its numbers. */
  showThrough() {
    const { figure, own, showing } = this
    if (!figure || !own || !showing) return
    const { height, width } = own.trace.work
    const { stride } = showing.layer
    figure.backdrop = this.seesPhoto && !this.isEdited ? { picture: own.picture, cells: [height / stride, width / stride] } : null
  }

  /** The figure has changed: are these still the photo's numbers, and is a photo still wanted? */
  #figureChanged() {
    const { figure, showing } = this
    if (!figure) return
    const isOpen = /(^|&)photo=/.test(figure.fragment)
    if (!isOpen) this.#job?.abort()
    // What the lender has may be another photo by now.
    if (isOpen) this.requestUpdate()
    if (!showing) return
    const isEdited = mapsIn(figure.fragment) !== showing.state
    if (isEdited === this.isEdited) return
    this.isEdited = isEdited
    this.showThrough()
  }

  /** @returns {import('../../../lib/i18n.js').Language} */
  get language() {
    return pickLanguage([this.lang])
  }

  get t() {
    return translator(PHOTO_TEXTS, this.language)
  }

  /** @param {number} id */
  nameOf(id) {
    const found = this.own?.trace.classes.find(each => each.id === id)
    return found ? className(found, this.language) : String(id)
  }

  /** @override */
  render() {
    return template(this)
  }

  retry() {
    void this.#again?.().catch(() => {})
  }

  cancel() {
    this.#job?.abort()
    // A lent engine is being started for others, too.
    if (!this.figure?.lender) this.#runner.cancel()
    this.saying = translator(TEXTS, this.language)('stopped')
  }
}

/**
 * The layer and its maps, without view, step and the like.
 * @param {string} fragment
 * @returns {string}
 */
function mapsIn(fragment) {
  return fragment.split('&').filter(part => /^(input|kernel|stride|padding|output-padding|dilation)=/.test(part)).join('&')
}

if (!customElements.get('fcn-upsample-photo')) customElements.define('fcn-upsample-photo', FcnUpsamplePhoto)
