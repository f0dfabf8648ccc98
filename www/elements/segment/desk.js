/**
 * The work of one element: brings photos, has them computed, puts the results on the stage, saves
 * them. One job at a time; a newer one ends the older, and whatever fails leaves the former result.
 */
import { snapshot } from '../../engine/source.js'
import { areas, disagreement } from '../../lib/areas.js'
import { FcnError, toFcnError } from '../../lib/errors.js'
import { WHOLE } from '../../lib/viewport.js'
import { Runner, race } from './runner.js'
import { areasJson, baseName, download, pictureOf } from './save.js'
import { Studio } from './studio.js'
import { areasText, progressText } from './words.js'

/** @typedef {import('../fcn-segment.js').FcnSegment} FcnSegment */
/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/source.js').PhotoSource} PhotoSource */
/** @typedef {import('../../engine/protocol.js').Size} Size */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {import('./intake.js').Sample} Sample */

/** A photo as the element keeps it. @typedef {{source: Blob | ImageBitmap, name: string, sample: Sample | null}} Photo */

/**
 * What is shown: a photo, and what is known of it.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {import('./photo.js').Shown | null} picture for the screen
 * @property {Map<string, {result: Result, areas: Area[]}>} masks by variant
 * @property {number[] | null} differ shares of the photo with 1, 2, 3 different answers
 */

const MODEL = new URL('../../models/everyday/model.json', import.meta.url).href
/** How long "saved" is shown; it is also said to screen readers. Milliseconds. */
const NOTICE = 6000

export class Desk {
  #host
  #studio = new Studio()
  #runner
  /** @type {AbortController | null} the present job */
  #job = null
  /** @type {(() => void) | null} what "Try again" does */
  #again = null
  #phase = ''

  /** @param {FcnSegment} host */
  constructor(host) {
    this.#host = host
    this.#runner = new Runner({
      model: () => host.model ? new URL(host.model, host.baseURI).href : MODEL,
      backend: () => host.backend,
      onProgress: progress => this.#tellProgress(progress),
      onReady: () => {
        const { engine } = this
        this.#emit('fcn-ready', { backend: engine?.backend, adapter: engine?.adapter, model: engine?.model })
        host.requestUpdate()
      },
      onEvent: event => this.#engineEvent(event),
    })
  }

  get engine() {
    return this.#runner.engine
  }

  get canRetry() {
    return this.#again !== null
  }

  /** Engine and model, started when they aren't yet. */
  async start() {
    try {
      return await this.#runner.start()
    } finally {
      if (!this.#job) this.#host.progress = null
    }
  }

  /**
   * @param {PhotoSource} source
   * @returns {Promise<Result>} rejects with FcnError
   */
  async segment(source) {
    const name = source instanceof File ? source.name : 'photo'
    return await this.#run(async () => {
      const shot = await snapshot(source)
      const { photo } = await shot.copy()
      shot.release()
      return { source: photo, name, sample: null }
    })
  }

  /** @param {Sample} sample */
  async showSample(sample) {
    const { samples, baseURI } = this.#host
    await quietly(this.#run(async signal => {
      const url = new URL(sample.file, new URL(samples, baseURI)).href
      /** @type {Response} */
      let response
      try {
        response = await fetch(url, { signal })
      } catch {
        throw new FcnError(signal.aborted ? 'aborted' : 'network_error', undefined, { url })
      }
      if (!response.ok) throw new FcnError('http_error', undefined, { status: response.status, url })
      return { source: await response.blob(), name: sample.file, sample }
    }))
  }

  /** Computes what the chosen variant needs and the scene lacks. */
  complete() {
    const { scene, compare, variant, variants } = this.#host
    const lacks = !scene || (compare ? scene.masks.size < variants.length : !scene.masks.has(variant))
    if (this.#job || lacks) this.recompute()
  }

  /** The same photo again, with other settings. */
  recompute() {
    const { pending, scene } = this.#host
    const photo = (pending ?? scene)?.photo
    if (photo) void quietly(this.#run(async () => photo, photo === scene?.photo))
  }

  /** The model's address has changed. */
  changeModel() {
    this.#runner.reload()
    if (this.#host.scene || this.#job) this.recompute()
  }

  cancel() {
    this.#runner.cancel()
    this.#job?.abort()
  }

  retry() {
    const again = this.#again
    this.#host.failure = null
    again?.()
  }

  dispose() {
    this.#job?.abort()
    this.#runner.dispose()
    this.#studio.close()
  }

  /**
   * Shows a failure, and fires `fcn-error`.
   * @param {string} code an engine's, or one of the element's own
   * @param {string} message for developers
   * @param {{details?: Record<string, unknown>, again?: (() => void) | null}} [more]
   */
  fail(code, message, { details = {}, again = null } = {}) {
    this.#host.failure = { code, message, details }
    this.#again = again
    this.#emit('fcn-error', { code, message })
  }

  /**
   * @param {'labels' | 'colors' | 'overlay' | 'areas'} kind
   * @param {boolean} toClipboard instead of a file
   */
  async save(kind, toClipboard) {
    const host = this.#host
    const { scene, current, t } = host
    if (!scene || !current) return
    const { result } = current
    try {
      host.saying = t('making')
      const made = kind === 'areas'
        ? Promise.resolve(new Blob([areasJson(result, current.areas, { photo: scene.photo.name, model: this.engine?.model?.manifest.name ?? null })],
          { type: toClipboard ? 'text/plain' : 'application/json' }))
        : this.#studio.make(pictureOf(kind, result, scene.photo.source, host.view === 'mask' ? 1 : host.opacity, host.off))
      if (toClipboard) {
        // The promise goes in as it is: browsers want the call within the click.
        await navigator.clipboard.write([new ClipboardItem({ [kind === 'areas' ? 'text/plain' : 'image/png']: made })])
        host.saying = t('copied')
      } else {
        const file = `${baseName(scene.photo.name)}-${kind}.${kind === 'areas' ? 'json' : 'png'}`
        download(await made, file)
        host.saying = t('saved', { file })
      }
      const notice = host.notice = { key: 'text', values: { text: host.saying } }
      setTimeout(() => { if (host.notice === notice) host.notice = null }, NOTICE)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const isDenied = toClipboard && error instanceof DOMException && error.name === 'NotAllowedError'
      if (isDenied) this.fail('clipboard_denied', message)
      else this.fail('save_failed', message, { again: () => void this.save(kind, toClipboard) })
    }
  }

  /**
   * @param {(signal: AbortSignal) => Promise<Photo>} bring
   * @param {boolean} [keep] the photo on the stage again; its picture is there
   * @returns {Promise<Result>} rejects with FcnError
   */
  async #run(bring, keep = false) {
    const host = this.#host
    host.wasUsed = true
    this.#job?.abort()
    const job = this.#job = new AbortController()
    const { signal } = job
    host.failure = null
    this.#phase = ''
    host.progress = { phase: 'photo' }
    const former = host.scene
    try {
      const photo = await race(bring(signal), signal)
      /** @type {Scene} */
      const pending = { photo, picture: keep ? former?.picture ?? null : null, masks: new Map(), differ: null }
      const picture = pending.picture ? Promise.resolve(pending.picture) : this.#studio.show(photo.source)
      picture.then(shown => {
        pending.picture = shown
        if (job === this.#job && !keep) host.pending = pending
      }, () => {})
      // An error of the engine is the better explained one, so it comes first.
      const results = await this.#runner.segment(photo.source, host.variant, host.compare, sizeOf(host.size), signal)
      pending.picture = await race(picture, signal).catch(error => {
        throw error instanceof FcnError ? error : new FcnError('decode_failed')
      })
      await fill(pending, results, signal)
      host.scene = pending
      if (!keep) this.#forgetView()
      // Bitmaps hold megabytes outside the garbage collector's sight.
      if (former?.picture && former.picture !== pending.picture) {
        const { bitmap } = former.picture
        void host.updateComplete.then(() => bitmap.close())
      }
      return this.#finish(results)
    } catch (error) {
      const failure = signal.aborted ? new FcnError('aborted') : toFcnError(error)
      if (job === this.#job) {
        // Nothing was there before: better a photo without a mask than nothing.
        if (!former && host.pending?.picture) host.scene = host.pending
        const again = () => void quietly(this.#run(bring, keep))
        this.fail(failure.code, failure.message, { details: failure.details, again })
      }
      throw failure
    } finally {
      if (job === this.#job) {
        this.#job = null
        host.progress = null
        host.pending = null
      }
    }
  }

  /** @param {Result[]} results */
  #finish(results) {
    const { current, t, language } = this.#host
    const result = current?.result ?? results[results.length - 1]
    this.#host.saying = t('done', { areas: areasText(current?.areas ?? [], result.classes, language, 4) })
    this.#emit('fcn-result', { result, results })
    return result
  }

  #forgetView() {
    Object.assign(this.#host, { window: WHOLE, cursor: null, off: new Set(), lit: null })
  }

  /** @param {import('./runner.js').Progress} progress */
  #tellProgress(progress) {
    const host = this.#host
    if (this.#job || progress.phase === 'engine' || 'loaded' in progress) host.progress = progress
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase
      host.saying = progressText(progress, host.t, host.language).title
    }
    this.#emit('fcn-progress', progress)
  }

  /** @param {CustomEvent} event */
  #engineEvent(event) {
    const host = this.#host
    if (event.type === 'restart') host.notice = { key: 'notice.restart' }
    if (event.type === 'backend' && event.detail.backend === 'cpu') host.notice = { key: 'notice.backend' }
    // Another model was loaded by hand: what is shown is no longer what it says.
    if (event.type === 'model' && host.scene?.masks.size && !this.#job) this.recompute()
    host.requestUpdate()
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.#host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}

/**
 * @param {Scene} scene
 * @param {Result[]} results
 * @param {AbortSignal} signal
 */
async function fill(scene, results, signal) {
  for (const result of results) {
    scene.masks.set(result.variant, { result, areas: await areas(result.labels, signal) })
  }
  if (results.length > 1) scene.differ = await disagreement(results.map(({ labels }) => labels), signal)
}

/** @param {Promise<unknown>} job whose failure is already shown */
export async function quietly(job) {
  await job.catch(() => {})
}

/** @param {Size | string} size attribute or property @returns {Size} */
function sizeOf(size) {
  if (size === 'model' || size === 'native') return size
  const pixels = Number(size)
  return Number.isFinite(pixels) && pixels >= 1 ? Math.round(pixels) : 'model'
}
