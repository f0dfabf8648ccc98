/**
 * `<fcn-upsample-photo>`: the panel of `<fcn-upsample>` for one's own photo. Runs the net on it and
 * puts the net's own score map and upsampling kernel into the figure, which stamps them like any
 * other numbers; then says how the figure's sums compare with Burn's and with the net's.
 *
 * Loaded by own-photo.js when the panel is opened. An engine comes from the figure's `lender`, or
 * is started here when the first photo is chosen and ended with the panel.
 */
import { LitElement, html, live, nothing } from '../../vendor/lit.js'
import { FcnError, toFcnError } from '../../lib/errors.js'
import { percent } from '../../lib/format.js'
import { className, pickLanguage, translator } from '../../lib/i18n.js'
import { bringSource } from '../segment/bring.js'
import { shownPhoto } from '../segment/photo.js'
import { Runner, race } from '../segment/runner.js'
import { TEXTS } from '../segment/texts.js'
import { failureText, progressText, variantName } from '../segment/words.js'
import { formatNumber } from './colours.js'
import { SIZE, classesBySize, compare, layersOf, mapOf, mapsFor, stateOf } from './own-maps.js'
import { PHOTO_TEXTS } from './photo-texts.js'
import { photoStyles } from './photo-styles.js'

/** @typedef {import('../fcn-upsample.js').FcnUpsample} FcnUpsample */
/** @typedef {import('../../engine/engine.js').Engine} Engine */
/** @typedef {import('../../engine/source.js').PhotoSource} PhotoSource */
/** @typedef {import('./own-maps.js').Layer} Layer */

const MODEL = new URL('../../models/everyday/model.json', import.meta.url).href
const SAMPLE = new URL('../../samples/pavilion.jpg', import.meta.url).href

/** An element moved within the page leaves and comes back at once; this long it keeps its engine. Milliseconds. */
const GRACE = 500

/** Photo pixels to one of the net's, in the picture that shows through. */
const PICTURE_SCALE = 2

/** Largest difference from Burn's result, relative to the largest value: sums of f32 in another order. */
const TOLERANCE = 1e-5

/**
 * A photo that went through the net.
 * @typedef {object} Own
 * @property {Engine} engine
 * @property {import('../../engine/engine.js').Trace} trace
 * @property {Layer[]} layers
 * @property {string} model its name
 * @property {HTMLCanvasElement} picture of the photo
 * @property {Map<string, import('../../engine/engine.js').UpsamplingLayer>} kernels those fetched so far
 */

/** What the figure shows. @typedef {{layer: Layer, from: number, to: number, state: string, comparison: import('./own-maps.js').Comparison | null}} Showing */

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
  #runner = new Runner({
    model: () => MODEL, backend: () => 'auto', onReady: () => {}, onEvent: () => {},
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
    /** @type {import('../segment/runner.js').Progress | null} */
    this.progress = null
    /** @type {import('../segment/words.js').Failure | null} */
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
    host?.addEventListener('fcn-change', () => this.#compareShown(), { signal: this.#connection.signal })
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#connection?.abort()
    this.#leaving = setTimeout(() => {
      this.#job?.abort()
      this.#runner.dispose()
      // Its engine is gone: what was computed with it can't be gone on with.
      this.own = null
    }, GRACE)
  }

  /**
   * Runs the net on a photo and shows the largest class. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<void>} rejects with an FcnError
   */
  async stamp(source) {
    await this.#bring(() => source)
  }

  /** @param {() => PhotoSource | Promise<PhotoSource>} take */
  async #bring(take) {
    await this.#try(async signal => {
      this.#tell({ phase: 'photo' })
      const photo = await race(Promise.resolve(take()).then(bringSource), signal)
      await this.#read(photo.source, signal)
    }, () => this.#bring(take))
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
      if (this.#job === job && failure.code !== 'aborted') {
        this.failure = failure
        this.#again = again
      }
      throw failure
    } finally {
      if (this.#job === job) {
        this.#job = null
        this.progress = null
      }
    }
  }

  /** @param {import('../segment/runner.js').Progress} progress */
  #tell(progress) {
    // The engine may go on reporting for a moment after a stop.
    if (this.#job) this.progress = progress
  }

  /**
   * @param {Blob | ImageBitmap} photo
   * @param {AbortSignal} signal
   */
  async #read(photo, signal) {
    this.#tell({ phase: 'engine' })
    const engine = await race(this.figure?.lender?.engine() ?? this.#runner.start(), signal)
    const manifest = engine.model?.manifest
    const layers = layersOf(manifest?.config.variants ?? [])
    if (!manifest || layers.length === 0) throw new FcnError('no_model', this.#t('unsuitable'))
    const trace = await engine.trace(photo, { maps: mapsFor(layers), size: SIZE, signal, onProgress: progress => this.#tell(progress) })
    const { bitmap } = await race(shownPhoto(photo), signal)
    const picture = pictureOf(bitmap, trace.work)
    bitmap.close()
    const model = manifest.title?.[this.#language] ?? manifest.name
    this.own = { engine, trace, layers, model, picture, kernels: new Map() }
    const layer = layers.find(({ name }) => name === this.showing?.layer.name) ?? layers[0]
    const [largest] = classesBySize(trace, layer)
    await this.#show(layer, largest.id, largest.id, signal)
    this.saying = this.#t('done', { class: this.#className(largest.id), share: percent(largest.share, this.#language) })
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
    this.#showThrough()
    const comparison = await compare(own.engine, own.trace, layer, kernels, to, figure, signal)
    if (this.showing === showing) this.showing = { ...showing, comparison }
  }

  /** @param {Layer} layer @param {number} from @param {number} to */
  async #choose(layer, from, to) {
    await this.#try(async signal => await this.#show(layer, from, to, signal), async () => await this.#choose(layer, from, to)).catch(() => {})
  }

  /** The photo under the output, while the figure shows its numbers. */
  #showThrough() {
    const { figure, own, showing } = this
    if (!figure || !own || !showing) return
    const { height, width } = own.trace.work
    const { stride } = showing.layer
    figure.backdrop = this.seesPhoto && !this.isEdited ? { picture: own.picture, cells: [height / stride, width / stride] } : null
  }

  /** The figure has changed: are these still the photo's numbers? */
  #compareShown() {
    const { figure, showing } = this
    if (!figure || !showing) return
    const isEdited = mapsIn(figure.fragment) !== showing.state
    if (isEdited === this.isEdited) return
    this.isEdited = isEdited
    this.#showThrough()
  }

  /** @returns {import('../../lib/i18n.js').Language} */
  get #language() {
    return pickLanguage([this.lang])
  }

  get #t() {
    return translator(PHOTO_TEXTS, this.#language)
  }

  /** @param {number} id */
  #className(id) {
    const found = this.own?.trace.classes.find(each => each.id === id)
    return found ? className(found, this.#language) : String(id)
  }

  /** @override */
  render() {
    const t = this.#t
    const { progress, own, showing } = this
    const lent = this.figure?.lender?.photo() ?? null
    // Failures are shown by the panel itself.
    const from = (/** @type {() => PhotoSource | Promise<PhotoSource>} */ take) => () => void this.#bring(take).catch(() => {})
    return html`
      <p>${t('intro', { size: SIZE })}</p>
      <div class="row">
        <label class="button"><input type="file" accept="image/*" class="sr" @change=${(/** @type {Event} */ event) => {
          const input = /** @type {HTMLInputElement} */ (event.currentTarget)
          const file = input.files?.[0]
          // The same file chosen again is to be a choice as well.
          input.value = ''
          if (file) from(() => file)()
        }}>${t('choose')}</label>
        ${lent ? html`<button type="button" @click=${from(() => lent)}>${t('lent')}</button>` : nothing}
        <button type="button" @click=${from(sample)}>${t('sample')}</button>
      </div>
      ${progress ? this.#renderProgress(progress) : nothing}
      ${this.failure ? html`<div class="problem" role="alert"><p>${failureText(this.failure, translator(TEXTS, this.#language), this.#language)}</p>
        <div class="row"><button type="button" @click=${() => void this.#again?.().catch(() => {})}>${t('again')}</button></div></div>` : nothing}
      ${own && showing ? this.#renderShowing(own, showing) : nothing}
      <p class="sr" role="status" aria-live="polite">${this.saying}</p>`
  }

  /** @param {import('../segment/runner.js').Progress} progress */
  #renderProgress(progress) {
    const { title, detail, value } = progressText(progress, translator(TEXTS, this.#language), this.#language)
    return html`<div class="row busy"><label>${title} <progress max="1" .value=${live(value ?? 0)} ?data-unknown=${value === null}></progress></label><span class="num">${detail}</span>
      <button type="button" @click=${() => this.#job?.abort()}>${this.#t('cancel')}</button></div>`
  }

  /** @param {Own} own @param {Showing} showing */
  #renderShowing(own, { layer, from, to, comparison }) {
    const t = this.#t
    const order = classesBySize(own.trace, layer)
    const sizes = (/** @type {string} */ name) => { const { height, width } = mapOf(own.trace, name); return `${height}×${width}` }
    const option = (/** @type {number} */ id, /** @type {number} */ chosen, /** @type {string} */ text) => html`<option value=${id} .selected=${live(id === chosen)}>${text}</option>`
    const number = (/** @type {Event} */ event) => Number(/** @type {HTMLSelectElement} */ (event.currentTarget).value)
    return html`
      <div class="row">
        <label>${t('layer')} <select @change=${(/** @type {Event} */ event) => void this.#choose(own.layers[number(event)], to, to)}>
          ${own.layers.map((each, i) => option(i, own.layers.indexOf(layer), t('option', {
            name: each.name, input: each.input, from: sizes(each.input), factor: mapOf(own.trace, each.name).height / mapOf(own.trace, each.input).height,
            head: each.heads.map(variantName).join(', '),
          })))}</select></label>
        <label>${t('class')} <select @change=${(/** @type {Event} */ event) => void this.#choose(layer, number(event), number(event))}>
          ${order.map(({ id, share }) => option(id, to, t('share', { name: this.#className(id), share: percent(share, this.#language) })))}</select></label>
        <label>${t('from')} <select @change=${(/** @type {Event} */ event) => void this.#choose(layer, number(event), to)}>
          ${order.map(({ id }) => option(id, from, this.#className(id)))}</select></label>
        <label><input type="checkbox" .checked=${live(this.seesPhoto)} @change=${(/** @type {Event} */ event) => {
          this.seesPhoto = /** @type {HTMLInputElement} */ (event.currentTarget).checked
          this.#showThrough()
        }}>${t('through')}</label>
      </div>
      ${this.isEdited ? html`<div class="row"><span>${t('edited')}</span> <button type="button" @click=${() => void this.#choose(layer, from, to)}>${t('back')}</button></div>`
        : html`<p>${this.#sourceText(own, layer, from, to)} ${t('scrub', { class: this.#className(to) })}</p>
          ${comparison ? this.#renderComparison(own, layer, from, to, comparison) : nothing}`}`
  }

  /** @param {Own} own @param {Layer} layer @param {number} from @param {number} to */
  #sourceText(own, layer, from, to) {
    const { height, width } = mapOf(own.trace, layer.input)
    const kernels = own.kernels.get(layer.name)
    return this.#t('source', {
      input: layer.input, class: this.#className(from === to ? to : from), rows: height, columns: width, width: own.trace.work.width, height: own.trace.work.height,
      layer: layer.name, model: own.model, from: this.#className(from), kernel: kernels?.kernel.join('×') ?? '', stride: kernels?.stride[0] ?? '', padding: kernels?.padding[0] ?? '',
    })
  }

  /** @param {Own} own @param {Layer} layer @param {number} from @param {number} to @param {import('./own-maps.js').Comparison} comparison */
  #renderComparison(own, layer, from, to, { backend, burn, largest, net, netLargest, mixed }) {
    const t = this.#t
    const agrees = burn <= TOLERANCE * Math.max(largest, 1)
    const { adapter } = own.engine
    const names = { class: this.#className(to), from: this.#className(from), layer: layer.name, largest: near(largest) }
    const inNet = from !== to ? t('cross', { ...names, net: near(netLargest) })
      : mixed ? t('part', { ...names, difference: near(net), largest: near(netLargest) }) : t('whole', { ...names, difference: near(net) })
    return html`
      <p class=${agrees ? 'good' : 'problem'}>${t(agrees ? 'burn' : 'burnWrong', {
        ...names, difference: near(burn), backend: backend === 'webgpu' ? `WebGPU, ${adapter?.name ?? ''}${adapter?.software ? `, ${translator(TEXTS, this.#language)('badge.software')}` : ''}` : 'CPU',
      })}</p>
      <p>${inNet}${layer.skip ? ` ${t('then', { skip: layer.skip })}` : nothing}</p>`
  }
}

/** @param {number} value @returns {string} two digits of it: `7.1`, `9·10⁻⁷` */
function near(value) {
  const rounded = Number(value.toPrecision(2))
  if (rounded === 0 || Math.abs(rounded) >= 1e-3) return formatNumber(rounded, 4)
  const [digits, power] = rounded.toExponential().split('e-')
  return `${digits.replace('-', '\u2212')}·10⁻${Array.from(power, digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`
}

/** @returns {Promise<Blob>} the sample photo */
async function sample() {
  const response = await fetch(SAMPLE)
  if (!response.ok) throw new FcnError('http_error', undefined, { status: response.status, url: SAMPLE })
  return await response.blob()
}

/**
 * @param {ImageBitmap} bitmap
 * @param {{width: number, height: number}} work size that the net saw, pixels
 * @returns {HTMLCanvasElement}
 */
function pictureOf(bitmap, { width, height }) {
  const canvas = document.createElement('canvas')
  canvas.width = width * PICTURE_SCALE
  canvas.height = height * PICTURE_SCALE
  const context = canvas.getContext('2d')
  if (context) {
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  }
  return canvas
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
