/**
 * The page's side of the worker. Where a worker can't be had (another origin, a strict policy) the same is done on the
 * page, with a pause after each pair.
 */
import { FcnError } from '../../../lib/errors.js'
import { pause } from '../../../lib/pause.js'

/** @typedef {import('./task.js').Input} Input */
/** @typedef {import('./task.js').Output} Output */

export class Runner {
  /** @type {Worker | null} */
  #worker = null
  #isBroken = false
  #latest = 0
  /** @type {{id: number, resolve: (output: Output) => void, reject: (error: unknown) => void} | null} */
  #waiting = null

  /** @param {Input} input one at a time @returns {Promise<Output>} rejects with FcnError */
  async run(input) {
    const worker = this.#open()
    if (worker) {
      try {
        return await new Promise((resolve, reject) => {
          const id = ++this.#latest
          this.#waiting = { id, resolve, reject }
          worker.postMessage({ id, input })
        })
      } catch (error) {
        if (!this.#isBroken) throw error
      }
    }
    const { measurePair } = await import('./task.js')
    await pause()
    return await measurePair(input)
  }

  close() {
    this.#worker?.terminate()
    this.#worker = null
    this.#waiting?.reject(new FcnError('aborted'))
    this.#waiting = null
  }

  #open() {
    if (this.#worker || this.#isBroken) return this.#worker
    const url = new URL('./worker.js', import.meta.url)
    try {
      if (url.origin !== location.origin) throw new Error('of another origin')
      const worker = this.#worker = new Worker(url, { type: 'module' })
      worker.onmessage = ({ data: { id, output, error } }) => {
        const waiting = this.#waiting
        if (waiting?.id !== id) return
        this.#waiting = null
        if (error) waiting?.reject(FcnError.from(error))
        else waiting?.resolve(output)
      }
      worker.onerror = event => {
        event.preventDefault()
        this.#isBroken = true
        this.close()
      }
    } catch {
      this.#isBroken = true
    }
    return this.#worker
  }
}
