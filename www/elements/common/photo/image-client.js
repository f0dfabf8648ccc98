/**
 * The page's side of the helper worker. Where a worker can't be had (another origin, a strict
 * policy), the same work is done on the page, in strips with pauses between them.
 */
import { inspect } from '../../../engine/formats/decode.js'
import { pause } from '../../../lib/areas.js'
import { FcnError } from '../../../lib/errors.js'

/** @typedef {import('./image-tasks.js').Picture} Picture */
/** @typedef {import('./image-tasks.js').Shown} Shown */
/** @typedef {import('./image-tasks.js').Size} Size */
/** @typedef {import('./image-worker.js').Order} Order */
/** @typedef {{id: number, output?: unknown, error?: string | import('../../../lib/errors.js').PlainError}} Reply */

/** The worker goes when it had nothing to do for this long, with the pixels it holds. Milliseconds. */
const IDLE = 20_000

export class ImageClient {
  /** @type {Worker | null} */
  #worker = null
  #isBroken = false
  #latest = 0
  /** @type {Map<number, {resolve: (output: unknown) => void, reject: (error: Error) => void}>} */
  #waiting = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle

  /**
   * A photo's size by its header, before anybody decodes it.
   * @param {Blob} blob
   * @returns {Promise<Size | null>} pixels as stored; null: not known before it is decoded
   * @throws {FcnError} for what the engine would refuse without decoding
   */
  async look(blob) {
    return /** @type {Size | null} */ (await this.#do('look', blob, async () => await inspect(blob)))
  }

  /**
   * A copy of the photo for the screen.
   * @param {Blob | ImageBitmap} source stays usable
   * @param {Size | null} size from `look`
   * @returns {Promise<Shown>} rejects when the browser can't decode it
   */
  async show(source, size) {
    return /** @type {Shown} */ (await this.#do('show', { source, size }, async () => (
      await (await import('./image-tasks.js')).shownPhoto(source, size))))
  }

  /**
   * @param {Picture} picture
   * @returns {Promise<Blob>}
   */
  async make(picture) {
    return /** @type {Blob} */ (await this.#do('make', picture, async () => (
      await (await import('./image-tasks.js')).makePicture(picture, pause))))
  }

  /** Ends the worker; waiting work is rejected. */
  close() {
    clearTimeout(this.#idle)
    this.#worker?.terminate()
    this.#worker = null
    for (const { reject } of this.#waiting.values()) reject(new Error('closed'))
    this.#waiting.clear()
  }

  /**
   * @param {Order['task']} task
   * @param {Order['input']} input
   * @param {() => Promise<unknown>} here the same work on the page
   */
  async #do(task, input, here) {
    const worker = this.#open()
    if (!worker) return await here()
    clearTimeout(this.#idle)
    try {
      const id = ++this.#latest
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject })
        worker.postMessage({ id, task, input })
      })
    } catch (error) {
      if (this.#isBroken) return await here()
      throw error
    } finally {
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.close(), IDLE)
    }
  }

  #open() {
    if (this.#worker || this.#isBroken) return this.#worker
    const url = new URL('./image-worker.js', import.meta.url)
    if (url.origin !== location.origin || typeof OffscreenCanvas === 'undefined') {
      this.#isBroken = true
      return null
    }
    try {
      const worker = new Worker(url, { type: 'module' })
      worker.onmessage = ({ data }) => this.#hear(data)
      worker.onerror = event => {
        event.preventDefault()
        this.#isBroken = true
        this.close()
      }
      this.#worker = worker
    } catch {
      this.#isBroken = true
    }
    return this.#worker
  }

  /** @param {Reply} reply */
  #hear({ id, output, error }) {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(output)
    else waiting?.reject(typeof error === 'string' ? new Error(error) : FcnError.from(error))
  }
}
