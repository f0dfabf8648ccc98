/**
 * What "your own photo" does: runs the net on a photo, puts the net's own score map and upsampling kernel into the
 * figure, which stamps them like any other numbers, and has the figure's sums compared with the engine's and the net's.
 *
 * The net is the one in use on the page; where there is none, the lecture's is loaded for the first photo and its
 * memory given back when the panel leaves the page.
 */
import { FcnError } from '../../../lib/errors.js'
import { fetchJson } from '../../../lib/fetching.js'
import { percent } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { Jobs, quietly, race } from '../../common/jobs.js'
import { NetInUse } from '../../common/model/in-use.js'
import { VGG } from '../../common/model/list.js'
import { bringSample, bringSource } from '../../common/photo/source.js'
import { Session } from '../../common/session.js'
import { progressText } from '../../common/ui/progress.js'
import { burnText } from './agreement.js'
import { SIZE, classesBySize, compare, layersOf, mapsFor, stateOf } from './maps.js'

/** @typedef {import('../../../engine/engine.js').PhotoSource} PhotoSource */
/** @typedef {import('../../common/photo/source.js').Photo} Photo */
/** @typedef {import('../../common/jobs.js').Progress} Progress */
/** @typedef {import('./maps.js').Layer} Layer */

/**
 * The figure around the panel. It fires `fcn-change`.
 * @typedef {object} Figure
 * @property {string} fragment
 * @property {number[][]} input
 * @property {number[][]} weights
 * @property {number[][]} output
 * @property {import('../drawing/grid.js').Backdrop | null} backdrop
 */

/**
 * The panel.
 * @typedef {object} Host
 * @property {Figure | null} figure
 * @property {import('../../../lib/i18n.js').Language} language
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {() => void} requestUpdate
 * @property {(type: string, detail: object) => void} emit
 */

/**
 * A photo that went through the net.
 * @typedef {object} Own
 * @property {NetInUse} use where the net is from
 * @property {import('../../../engine/engine.js').Net} net
 * @property {import('../../../engine/engine.js').Trace} trace
 * @property {Layer[]} layers
 * @property {HTMLCanvasElement} picture of the photo
 * @property {import('../../common/photo/intake.js').Sample | null} sample whose credit is due
 * @property {Map<string, import('../../../engine/engine.js').UpsamplingLayer>} kernels those fetched so far
 */

/**
 * What the figure shows.
 * @typedef {object} Showing
 * @property {Layer} layer
 * @property {number} from class of the input map
 * @property {number} to class of the output
 * @property {string} state layer and maps, as in the figure's fragment
 * @property {import('./maps.js').Comparison | null} comparison
 */

/** What is shown. @typedef {ReturnType<typeof atFirst>} Shown */
/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** The other nets crop after enlarging, or don't enlarge by transposed convolutions. */
const SUITABLE = ['fcn-vgg16', 'fcn-efficientnet-lite']

const SAMPLES = new URL('../../../samples/samples.json', import.meta.url)

/** Photo pixels to one of the net's, in the picture that shows through. */
const PICTURE_SCALE = 2

function atFirst() {
  return {
    /** @type {Own | null} */
    own: null,
    /** @type {Showing | null} */
    showing: null,
    /** @type {Progress | null} */
    progress: null,
    /** @type {import('../../common/ui/failure.js').Failure | null} */
    failure: null,
    /** Whether the figure has come to show other numbers. */
    isEdited: false,
    seesPhoto: true,
    /** For screen readers. */
    saying: '',
  }
}

export class Controller {
  #host
  #shown = atFirst()
  #jobs = new Jobs(() => this.#ended())
  /** The net of its own. */
  #net = new NetInUse(signal => this.#session.start(signal), { gives: 'masks', model: () => '', suits: () => VGG })
  /** @type {{session: Session, leave: () => void} | null} while it uses one */
  #joined = null
  /** @type {AbortController | null} */
  #listening = null
  /** What "Try again" does. @type {(() => void) | null} */
  #again = null
  /** The present job's. @type {Photo | null} */
  #photo = null

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
  }

  // ---- life ----

  get #session() {
    if (!this.#joined) {
      const session = Session.of()
      session.bitmaps.addUser(this)
      this.#joined = { session, leave: session.join(this.#net) }
    }
    return this.#joined.session
  }

  /** The panel is on the page. @param {EventTarget | undefined} figure around it */
  connect(figure) {
    const { signal } = this.#listening = new AbortController()
    this.#session.addEventListener('net', () => this.#netChanged(), { signal })
    this.#session.addEventListener('photo', () => this.#host.requestUpdate(), { signal })
    figure?.addEventListener('fcn-change', () => this.#figureChanged(), { signal })
  }

  /** The panel has left the page. */
  dispose() {
    this.#listening?.abort()
    this.#stop()
    // Its net is gone: what was computed with it can't be gone on with.
    this.#forget()
    this.#net.release()
    this.#joined?.leave()
    this.#joined = null
  }

  /** The bitmaps that are needed now. */
  get sources() {
    return [this.#photo?.source]
  }

  // ---- what is shown ----

  /** All that the template reads. */
  get state() {
    const { t, language } = this.#host
    const session = this.#joined?.session
    return {
      t, language, ...this.#shown,
      adapter: session?.engine?.adapter ?? null,
      /** Whether another element of the page has a photo, or may come to have one. */
      canLend: Boolean(session?.photo || session?.inUse('masks', this.#net)),
      canRetry: this.#again !== null,
      nameOf: (/** @type {number} */ id) => this.#nameOf(id),
    }
  }

  /** What the template does. */
  actions = {
    /** @param {File} file */
    take: file => void quietly(this.stamp(file)),
    lend: () => void quietly(this.#bring(async () => {
      const { photo } = this.#session
      if (!photo) throw new FcnError('decode_failed', this.#host.t('error.no_photo'), { kind: 'no_photo' })
      return photo
    })),
    useSample: () => void quietly(this.#bring(firstSample)),
    /** @param {Layer} layer @param {number} from @param {number} to */
    choose: (layer, from, to) => void quietly(this.#choose(layer, from, to)),
    /** @param {boolean} seesPhoto */
    see: seesPhoto => {
      this.#show({ seesPhoto })
      this.#showThrough()
    },
    retry: () => {
      const again = this.#again
      this.#show({ failure: null })
      again?.()
    },
    dismiss: () => this.#show({ failure: null }),
    cancel: () => {
      this.#stop()
      this.#net.cancel()
      this.#show({ saying: this.#host.t('stopped') })
    },
  }

  /** @param {Partial<Shown>} change */
  #show(change) {
    Object.assign(this.#shown, change)
    this.#host.requestUpdate()
  }

  /** @param {Progress} progress */
  #tell(progress) {
    // The engine may go on reporting for a moment after a stop.
    if (!this.#jobs.isBusy) return
    const { t, language } = this.#host
    const isOther = progress.phase !== this.#shown.progress?.phase
    this.#show(isOther ? { progress, saying: progressText(progress, t, language).title } : { progress })
  }

  /** @param {number} id */
  #nameOf(id) {
    const found = this.#shown.own?.trace.classes.find(each => each.id === id)
    return found ? className(found, this.#host.language) : String(id)
  }

  // ---- jobs ----

  /**
   * Runs the net on a photo and shows the largest class. A newer call ends an older one.
   * @param {PhotoSource} source
   * @returns {Promise<void>} rejects with an FcnError
   */
  async stamp(source) {
    await this.#bring(async () => await bringSource(source))
  }

  /** @param {(signal: AbortSignal) => Promise<Photo>} take */
  async #bring(take) {
    await this.#run(async signal => {
      this.#tell({ phase: 'photo' })
      const { bitmaps } = this.#session
      const photo = await race(take(signal).then(taken => {
        bitmaps.keep(taken.source)
        return taken
      }), signal)
      this.#photo = photo
      await this.#read(photo, signal)
    }, () => void quietly(this.#bring(take)))
  }

  /** @param {Layer} layer @param {number} from @param {number} to */
  async #choose(layer, from, to) {
    await this.#run(async signal => {
      this.#tell({ phase: 'run', stage: layer.name, index: 0, total: 0 })
      await this.#stampClass(layer, from, to, signal)
    }, () => void quietly(this.#choose(layer, from, to)))
  }

  /**
   * One job at a time; its failure is shown and thrown.
   * @param {(signal: AbortSignal) => Promise<void>} work
   * @param {() => void} again
   */
  async #run(work, again) {
    this.#again = null
    this.#show({ failure: null, saying: '' })
    await this.#jobs.run(work, failure => {
      this.#again = again
      this.#show({ failure, saying: '' })
      this.#host.emit('fcn-error', { code: failure.code, message: failure.message })
    })
  }

  #ended() {
    this.#photo = null
    this.#show({ progress: null })
    this.#joined?.session.bitmaps.sweep()
  }

  /** Stopped by this panel: that needs no telling. */
  #stop() {
    this.#jobs.drop()
    this.#ended()
  }

  /** The net, started. @param {AbortSignal} signal */
  async #start(signal) {
    const use = this.#session.inUse('masks', this.#net) ?? this.#net
    if (use !== this.#net) this.#net.release()
    const tell = (/** @type {Event} */ event) => this.#tell(/** @type {CustomEvent<Progress>} */ (event).detail)
    use.addEventListener('progress', tell)
    try {
      return { use, net: await race(use.start(), signal) }
    } finally {
      use.removeEventListener('progress', tell)
    }
  }

  /** @param {Photo} photo @param {AbortSignal} signal */
  async #read(photo, signal) {
    for (;;) {
      this.#tell({ phase: 'engine' })
      const { use, net } = await this.#start(signal)
      try {
        return await this.#readWith(use, net, photo, signal)
      } catch (error) {
        // Another net came meanwhile: once more, with that.
        if (signal.aborted || !net.isDisposed) throw error
      }
    }
  }

  /** @param {NetInUse} use @param {Own['net']} net @param {Photo} photo @param {AbortSignal} signal */
  async #readWith(use, net, { source, sample }, signal) {
    const { architecture, config } = net.manifest
    const layers = SUITABLE.includes(architecture) ? layersOf(config.variants) : []
    if (layers.length === 0) throw new FcnError('no_model', this.#host.t('error.unsuitable'), { kind: 'unsuitable' })
    const onProgress = (/** @type {Progress} */ progress) => this.#tell(progress)
    const trace = await net.trace(source, { maps: mapsFor(layers), size: SIZE, signal, onProgress })
    const picture = await this.#pictureOf(source, trace.work, signal)
    const layer = layers.find(({ name }) => name === this.#shown.showing?.layer.name) ?? layers[0]
    const kernels = new Map([[layer.name, await net.upsamplingLayer(layer.name, { signal })]])
    signal.throwIfAborted()
    // From here on it is this photo's turn: numbers and words change together.
    this.#forget()
    this.#show({ own: { use, net, trace, layers, picture, sample, kernels } })
    const { t, language } = this.#host
    const [largest] = classesBySize(trace, layers)
    await this.#stampClass(layer, largest.id, largest.id, signal)
    this.#show({ saying: t('done', { class: this.#nameOf(largest.id), share: percent(largest.share, language) }) })
  }

  /**
   * The photo, small, to show through the output.
   * @param {Blob | ImageBitmap} source
   * @param {{width: number, height: number}} work size that the net saw, pixels
   * @param {AbortSignal} signal
   * @returns {Promise<HTMLCanvasElement>}
   */
  async #pictureOf(source, { width, height }, signal) {
    const { images } = this.#session
    const size = source instanceof Blob ? await race(images.look(source), signal) : null
    const showing = images.show(source, size)
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
      showing.then(({ bitmap }) => { if (bitmap !== source) bitmap.close() }, () => {})
    }
  }

  /**
   * Puts a map and a kernel into the figure, then compares.
   * @param {Layer} layer
   * @param {number} from class of the input map
   * @param {number} to class of the output
   * @param {AbortSignal} signal
   */
  async #stampClass(layer, from, to, signal) {
    const { own } = this.#shown
    const { figure, t } = this.#host
    const { engine } = this.#session
    if (!own || !figure || !engine) return
    const kernels = own.kernels.get(layer.name) ?? await own.net.upsamplingLayer(layer.name, { signal })
    own.kernels.set(layer.name, kernels)
    signal.throwIfAborted()
    // What is said below belongs to the former numbers; the new ones come in one go.
    this.#show({ showing: null })
    figure.fragment = stateOf(own.trace, layer, kernels, from, to)
    const showing = { layer, from, to, state: mapsIn(figure.fragment), comparison: null }
    this.#show({ showing, isEdited: false })
    this.#showThrough()
    const comparison = await compare(engine, own.trace, layer, kernels, to, figure, signal)
    if (this.#shown.showing !== showing) return
    this.#show({ showing: { ...showing, comparison } })
    const names = { layer: layer.name, from: this.#nameOf(from), class: this.#nameOf(to) }
    this.#show({ saying: `${t('shown', names)} ${burnText(this.state, comparison, names)}` })
  }

  // ---- what changes around it ----

  /** Nothing is known of any photo any more; the numbers in the figure stay, as the person's own. */
  #forget() {
    const { figure } = this.#host
    const { own } = this.#shown
    if (figure && own && figure.backdrop?.picture === own.picture) figure.backdrop = null
    this.#show({ own: null, showing: null })
  }

  /** Another net makes other kernels: maps of the former one don't go with them. */
  #netChanged() {
    const { own } = this.#shown
    if (own && own.use.net !== own.net) this.#forget()
    this.#host.requestUpdate()
  }

  /** The photo under the output, while the figure shows its numbers. */
  #showThrough() {
    const { figure } = this.#host
    const { own, showing, seesPhoto, isEdited } = this.#shown
    if (!figure || !own || !showing) return
    const { height, width } = own.trace.work
    const { stride } = showing.layer
    figure.backdrop = seesPhoto && !isEdited ? { picture: own.picture, cells: [height / stride, width / stride] } : null
  }

  /** The figure has changed: are these still the photo's numbers, and is a photo still wanted? */
  #figureChanged() {
    const { figure } = this.#host
    const { showing } = this.#shown
    if (!figure) return
    if (this.#jobs.isBusy && !/(^|&)photo=/.test(figure.fragment)) this.#stop()
    if (!showing) return
    const isEdited = mapsIn(figure.fragment) !== showing.state
    if (isEdited === this.#shown.isEdited) return
    this.#show({ isEdited })
    this.#showThrough()
  }
}

/**
 * The first of the site's samples.
 * @param {AbortSignal} signal
 * @returns {Promise<Photo>}
 */
async function firstSample(signal) {
  /** @typedef {import('../../common/photo/intake.js').Sample} Sample */
  const { samples } = /** @type {{samples: Sample[]}} */ (await fetchJson(SAMPLES, signal))
  return await bringSample(samples[0], SAMPLES, signal)
}

/**
 * The layer and its maps, without view, step and the like.
 * @param {string} fragment
 * @returns {string}
 */
function mapsIn(fragment) {
  const isMap = /^(input|kernel|stride|padding|output-padding|dilation)=/
  return fragment.split('&').filter(part => isMap.test(part)).join('&')
}
