/**
 * The page's side of the helper worker. Where a worker can't be had (another origin, a strict
 * policy), the same work is done on the page, in strips with pauses between them.
 */
import { pause } from '../../lib/areas.js'
import { makePicture, shownPhoto } from './photo.js'

/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./photo.js').Shown} Shown */
/** @typedef {{id: number, output?: unknown, error?: string}} Reply */

/** The worker goes when it had nothing to do for this long, with the pixels it holds. Milliseconds. */
const IDLE = 20_000

export class Studio {
  /** @type {Worker | null} */
  #worker = null
  #isBroken = false
  #latest = 0
  /** @type {Map<number, {resolve: (output: unknown) => void, reject: (error: Error) => void}>} */
  #waiting = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle

  /**
   * A copy of the photo for the screen.
   * @param {Blob | ImageBitmap} source stays usable
   * @returns {Promise<Shown>} rejects when the browser can't decode it
   */
  async show(source) {
    return /** @type {Shown} */ (await this.#do('show', source, async () => await shownPhoto(source)))
  }

  /**
   * @param {Picture} picture
   * @returns {Promise<Blob>}
   */
  async make(picture) {
    return /** @type {Blob} */ (await this.#do('make', picture, async () => await makePicture(picture, pause)))
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
   * @param {'show' | 'make'} task
   * @param {Blob | ImageBitmap | Picture} input
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
    const url = new URL('./photo-worker.js', import.meta.url)
    if (url.origin !== location.origin || typeof OffscreenCanvas === 'undefined') {
      this.#isBroken = true
      return null
    }
    try {
      const worker = new Worker(new URL('./photo-worker.js', import.meta.url), { type: 'module' })
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
    else waiting?.reject(new Error(error))
  }
}
