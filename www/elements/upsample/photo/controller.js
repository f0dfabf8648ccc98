/**
 * What "your own photo" does: runs the net on a photo, puts the net's own score map and upsampling kernel into the
 * figure, which stamps them like any other numbers, and has the figure's sums compared with the engine's and the net's.
 *
 * The net is the one in use on the page; where there is none, the lecture's is loaded for the first photo and its
 * memory given back when the panel leaves the page.
 */
import { FcnError } from '../../../lib/errors.js'
import { percent } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { Failures } from '../../common/failures.js'
import { Jobs, quietly, race } from '../../common/jobs.js'
import { Member } from '../../common/member.js'
import { NetInUse } from '../../common/model/in-use.js'
import { VGG } from '../../common/model/list.js'
import { bringSource } from '../../common/photo/source.js'
import { progressText } from '../../common/ui/progress.js'
import { burnText } from './agreement.js'
import { firstSample, tracePhoto } from './job.js'
import { classesBySize, compare, stateOf } from './maps.js'

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

/** `use`: where the net is from. @typedef {import('./job.js').Traced & {use: NetInUse}} Own */

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
  #net = new NetInUse(signal => this.#member.session.start(signal), {
    gives: 'masks', model: () => '', usual: VGG,
  })
  #member = new Member(this, this.#net, {
    on: { net: () => this.#netChanged(), photo: () => this.#host.requestUpdate() },
  })
  #failures
  #listening = new AbortController()
  /** The present job's. @type {Photo | null} */
  #photo = null

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    this.#failures = new Failures(host, change => this.#show(change))
  }

  // ---- life ----

  /** The panel is on the page. @param {EventTarget | undefined} figure around it */
  connect(figure) {
    const { signal } = this.#listening = new AbortController()
    void this.#member.session
    figure?.addEventListener('fcn-change', () => this.#figureChanged(), { signal })
  }

  /** The panel has left the page. */
  dispose() {
    this.#listening.abort()
    this.#stop()
    // Its net is gone: what was computed with it can't be gone on with.
    this.#forget()
    this.#net.release()
    this.#member.leave()
  }

  /** The bitmaps that are needed now. */
  get sources() {
    return [this.#photo?.source]
  }

  // ---- what is shown ----

  /** All that the template reads. */
  get state() {
    const { t, language } = this.#host
    const session = this.#member.joined
    return {
      t, language, ...this.#shown,
      adapter: session?.engine?.adapter ?? null,
      /** Whether another element of the page has a photo, or may come to have one. */
      canLend: Boolean(session?.photo || session?.inUse('masks', this.#net)),
      canRetry: this.#failures.canRetry,
      nameOf: (/** @type {number} */ id) => this.#nameOf(id),
    }
  }

  /** What the template does. */
  actions = {
    /** @param {File} file */
    take: file => void quietly(this.stamp(file)),
    lend: () => void quietly(this.#bring(async () => {
      const { photo } = this.#member.session
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
    retry: () => this.#failures.retry(),
    dismiss: () => this.#failures.dismiss(),
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
      const { bitmaps } = this.#member.session
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
    this.#failures.dismiss()
    this.#show({ saying: '' })
    await this.#jobs.run(work, failure => {
      this.#show({ saying: '' })
      this.#failures.tell(failure, again)
    })
  }

  #ended() {
    this.#photo = null
    this.#show({ progress: null })
    this.#member.sweep()
  }

  /** Stopped by this panel: that needs no telling. */
  #stop() {
    this.#jobs.drop()
    this.#ended()
  }

  /** The net, started. @param {AbortSignal} signal */
  async #start(signal) {
    const use = this.#member.session.inUse('masks', this.#net) ?? this.#net
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
  async #readWith(use, net, photo, signal) {
    const own = await tracePhoto(net, photo, () => this.#shown.showing?.layer.name, {
      images: this.#member.session.images, t: this.#host.t, signal, onProgress: progress => this.#tell(progress),
    })
    // From here on it is this photo's turn: numbers and words change together.
    this.#forget()
    this.#show({ own: { use, ...own } })
    const { t, language } = this.#host
    const [largest] = classesBySize(own.trace, own.layers)
    await this.#stampClass(own.layer, largest.id, largest.id, signal)
    this.#show({ saying: t('done', { class: this.#nameOf(largest.id), share: percent(largest.share, language) }) })
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
    const { engine } = this.#member.session
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
 * The layer and its maps, without view, step and the like.
 * @param {string} fragment
 * @returns {string}
 */
function mapsIn(fragment) {
  const isMap = /^(input|kernel|stride|padding|output-padding|dilation)=/
  return fragment.split('&').filter(part => isMap.test(part)).join('&')
}
