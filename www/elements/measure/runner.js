/**
 * The page's side of the worker. Where a worker can't be had (a strict policy) the same is done on the page, with a pause
 * before each task.
 */
import { FcnError } from '../../lib/errors.js'
import { moduleWorker } from '../../lib/module-worker.js'
import { pause } from '../../lib/pause.js'

/** @typedef {import('./tasks.js').Tasks} Tasks */
/** @typedef {{id: number, resolve: (output: any) => void, reject: (error: unknown) => void}} Waiting */

/** The worker goes when it had nothing to do for this long. Milliseconds. */
const IDLE = 20_000

export class Runner {
  /** @type {Worker | null} */
  #worker = null
  #isBroken = false
  /** Whether the worker has answered: before, it may turn out that there is none, and what it was given is needed here. */
  #isProven = false
  #latest = 0
  /** @type {Map<number, Waiting>} */
  #waiting = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle

  /**
   * @template {keyof Tasks} T
   * @param {T} task
   * @param {Tasks[T][0]} input
   * @param {Transferable[]} [transfer] what of the input the caller needs no longer
   * @returns {Promise<Tasks[T][1]>} rejects with FcnError; `aborted` when it was closed
   */
  async run(task, input, transfer = []) {
    const worker = this.#open()
    if (worker) {
      clearTimeout(this.#idle)
      const given = this.#isProven ? transfer : []
      try {
        return await new Promise((resolve, reject) => {
          const id = ++this.#latest
          this.#waiting.set(id, { id, resolve, reject })
          worker.postMessage({ id, task, input }, given)
        })
      } catch (error) {
        if (!this.#isBroken || given.length) throw error
      } finally {
        clearTimeout(this.#idle)
        if (!this.#waiting.size && this.#worker) this.#idle = setTimeout(() => this.close(), IDLE)
      }
    }
    const { TASKS } = await import('./tasks.js')
    await pause()
    return await /** @type {(input: Tasks[T][0]) => Promise<Tasks[T][1]>} */ (TASKS[task])(input)
  }

  close() {
    clearTimeout(this.#idle)
    this.#worker?.terminate()
    this.#worker = null
    for (const { reject } of this.#waiting.values()) reject(new FcnError('aborted'))
    this.#waiting.clear()
  }

  #open() {
    if (this.#worker || this.#isBroken) return this.#worker
    const url = new URL('./worker.js', import.meta.url)
    try {
      const worker = this.#worker = moduleWorker(url)
      worker.onmessage = ({ data: { id, output, error } }) => {
        this.#isProven = true
        const waiting = this.#waiting.get(id)
        this.#waiting.delete(id)
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
