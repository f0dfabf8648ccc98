/**
 * A person's own weights: chosen or dropped, loaded in place of the shown model, kept for the next
 * visit if the person says so, and removed again.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { canKeep, keep, listKept, removeKept, takeKept } from './shelf.js'

/** @typedef {import('../fcn-segment.js').FcnSegment} FcnSegment */

/** Names of files that hold a model rather than a photo. */
const WEIGHTS = /\.(safetensors|pth|pt|bin|ckpt|pkl)$/i
const BESIDE = /\.(json|txt)$/i

/**
 * Whether these are a model's files and not a photo.
 * @param {readonly File[]} files
 */
export function areWeights(files) {
  return files.some(({ name }) => WEIGHTS.test(name)) && files.every(({ name }) => WEIGHTS.test(name) || BESIDE.test(name))
}

export class OwnWeights {
  #host
  /** @type {AbortController | null} */
  #job = null
  /** What the engine's model was loaded from, and the name under which it is kept. @type {{files: File[], keptAs: string | null, manifest: import('../../engine/protocol.js').Manifest} | null} */
  #opened = null
  /** @type {readonly import('./shelf.js').Kept[]} */
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
    const opened = this.#opened
    return opened && opened.keptAs === null && canKeep() && opened.manifest === this.#host.engine?.model?.manifest ? opened.files : null
  }

  /** Reads what is kept. */
  async refresh() {
    this.kept = await listKept()
    this.#host.requestUpdate()
  }

  /**
   * Loads a model from files; failures are shown, not thrown, and leave the former model.
   * @param {readonly File[]} files
   * @param {string | null} [keptAs]
   */
  async open(files, keptAs = null) {
    this.asked = files
    await this.#run(async ({ signal }) => {
      const engine = await this.#host.readyEngine(signal)
      await engine.load(files.length === 1 ? files[0] : files, { signal, gives: 'masks', onProgress: progress => { if (!signal.aborted) this.#host.progress = progress } })
      this.asked = []
      const { manifest, notes = [] } = engine.model ?? {}
      this.#opened = manifest ? { files: [...files], keptAs, manifest } : null
      if (notes.length) this.#host.notice = { key: 'own.notes', values: { notes: notes.join('; ') } }
    }, () => void this.open(files, keptAs))
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

  /** @param {string} name of kept weights */
  async openKept(name) {
    try {
      await this.open(await takeKept(name), name)
    } catch (error) {
      const { code, message } = toFcnError(error)
      this.#host.failWith(code, message)
    }
  }

  /** @param {string} name of kept weights; the model in use stays in use */
  async remove(name) {
    await removeKept(name)
    if (this.#opened?.keptAs === name) this.#opened = null
    await this.refresh()
  }

  cancel() {
    this.#job?.abort()
  }

  /** Something else was asked for: what is under way ends without a word. */
  supersede() {
    const job = this.#job
    this.#job = null
    job?.abort()
  }

  /** @param {(job: AbortController) => Promise<void>} work @param {(() => void) | null} [again] */
  async #run(work, again = null) {
    this.#job?.abort()
    const job = this.#job = new AbortController()
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
        this.#job = null
        host.endProgress()
      }
    }
  }
}
