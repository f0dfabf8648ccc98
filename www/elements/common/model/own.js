/**
 * A person's own weights: chosen or dropped, loaded in place of the shown model, kept for the next
 * visit if the person says so, and removed again.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { canKeep, keep, listKept, removeKept, takeKept } from './storage.js'

/** @typedef {import('../../fcn-segment.js').FcnSegment} FcnSegment */

/**
 * A model from files. `isGone`: the files were removed meanwhile.
 * @typedef {{files: readonly File[], keptAs: string | null, isGone: boolean, manifest: import('../../../engine/protocol.js').Manifest, notes: readonly string[]}} Opened
 */

/** Names of files that hold a model rather than a photo. */
const WEIGHTS = /\.(safetensors|pth|pt|bin|ckpt|pkl)$/i
const BESIDE = /\.(json|txt)$/i

/** What leads the name of kept weights where models are chosen. */
const KEPT = 'kept:'

/**
 * Whether these are a model's files, or what belongs to them, and not a photo.
 * @param {readonly File[]} files
 */
export function areWeights(files) {
  return files.length > 0 && files.every(({ name }) => WEIGHTS.test(name) || BESIDE.test(name))
}

/**
 * Whether these only belong to weights, which are missing.
 * @param {readonly File[]} files
 */
export function lackWeights(files) {
  return files.every(({ name }) => BESIDE.test(name))
}

/** The choice of whatever model the page would begin with. */
export const PAGE_MODEL = 'page'

/** Kept weights as a choice among addresses of models. @param {string} name */
export const choiceOf = name => KEPT + name

/** @param {string} choice @returns {string | null} null for an address */
export const nameOf = choice => choice.startsWith(KEPT) ? choice.slice(KEPT.length) : null

export class OwnWeights {
  #host
  /** @type {AbortController | null} */
  #job = null
  /** What the latest own model was loaded from, and the name under which it is kept. @type {Opened | null} */
  #opened = null
  /** The kept weights that are on their way. @type {string | null} */
  #opening = null
  /** @type {readonly import('./storage.js').Kept[]} */
  kept = []
  /** The files asked for last, until they are open. @type {readonly File[]} */
  asked = []
  /** Whether this part of the panel is unfolded. */
  isOpen = false

  /** @param {FcnSegment} host */
  constructor(host) {
    this.#host = host
  }

  /** What could be kept now: files of the model in use that aren't kept yet. */
  get keepable() {
    const { inUse } = this
    return inUse && inUse.keptAs === null && !inUse.isGone && canKeep() ? inUse.files : null
  }

  /** The own model that the engine has, if it has one. */
  get inUse() {
    return this.#opened && this.#opened.manifest === this.#host.engine?.model?.manifest ? this.#opened : null
  }

  /** The name of the kept weights that are on their way, else in use. */
  get chosen() {
    return this.#opening ?? this.inUse?.keptAs ?? null
  }

  /** Reads what is kept. */
  async refresh() {
    this.kept = await listKept()
    this.#host.requestUpdate()
  }

  /**
   * Loads a model from files; failures are shown, not thrown, and leave the former model.
   * @param {readonly File[]} files
   */
  async open(files) {
    if (lackWeights(files)) this.#host.fail('weights_alone')
    else await this.#run(async ({ signal }) => await this.#load(files, null, signal), () => void this.open(files))
  }

  /** @param {string} name of kept weights; failures are shown, not thrown */
  async openKept(name) {
    await this.#run(async ({ signal }) => {
      this.#opening = name
      this.#host.requestUpdate()
      await this.#load(await takeKept(name), name, signal)
    }, () => void this.openKept(name))
    // They may be gone.
    await this.refresh()
  }

  /** @param {readonly File[]} files @param {string | null} keptAs @param {AbortSignal} signal */
  async #load(files, keptAs, signal) {
    this.asked = files
    const engine = await this.#host.readyEngine(signal)
    await engine.load(files.length === 1 ? files[0] : files, { signal, gives: 'masks', onProgress: progress => { if (!signal.aborted) this.#host.progress = progress } })
    this.asked = []
    const { manifest, notes = [] } = engine.model ?? {}
    this.#opened = manifest ? { files: [...files], keptAs, isGone: false, manifest, notes } : null
    if (notes.length) this.#host.notice = { key: 'own.notes', values: { notes: notes.join('; ') } }
  }

  /** Keeps the files of the model in use for the next visit. */
  async keep() {
    const files = this.keepable
    if (!files) return
    await this.#run(async ({ signal }) => {
      this.#host.progress = { phase: 'keep' }
      const opened = this.#opened
      if (opened) opened.keptAs = await keep(opened.manifest.name, files, signal)
    })
    await this.refresh()
  }

  /** @param {string} name of kept weights; the model in use stays in use */
  async remove(name) {
    await removeKept(name)
    if (this.#opened?.keptAs === name) Object.assign(this.#opened, { keptAs: null, isGone: true })
    await this.refresh()
  }

  cancel() {
    this.#job?.abort()
  }

  /** Something else was asked for: what is under way ends without a word. */
  supersede() {
    const job = this.#job
    this.#job = this.#opening = null
    this.asked = []
    job?.abort()
  }

  /** @param {(job: AbortController) => Promise<void>} work @param {(() => void) | null} [again] */
  async #run(work, again = null) {
    this.#job?.abort()
    const job = this.#job = new AbortController()
    this.#opening = null
    this.asked = []
    const host = this.#host
    host.failure = null
    try {
      await work(job)
    } catch (error) {
      if (job === this.#job) {
        const failure = job.signal.aborted ? new FcnError('aborted') : toFcnError(error)
        host.failWith(failure.code, failure.message, failure.details, again)
      }
    } finally {
      if (job === this.#job) {
        this.#job = this.#opening = null
        host.endProgress()
        host.requestUpdate()
      }
    }
  }
}
