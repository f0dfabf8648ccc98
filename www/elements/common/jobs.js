/**
 * Jobs of one element, one at a time: a newer job ends the older one, and only the newest one's failure is told.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'

/**
 * What a long job tells on its way.
 * @typedef {{phase: 'photo' | 'engine' | 'keep'}
 *   | import('../../engine/protocol.js').LoadProgress
 *   | import('../../engine/protocol.js').SegmentProgress} Progress
 */

export class Jobs {
  #ended
  /** @type {AbortController | null} */
  #newest = null

  /** @param {() => void} ended the newest job has ended, well or not */
  constructor(ended) {
    this.#ended = ended
  }

  get isBusy() {
    return this.#newest !== null
  }

  /**
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} work the signal is aborted when the job is stopped or a newer one comes
   * @param {(failure: FcnError) => void} failed called for the newest job alone; `aborted` where it was stopped
   * @returns {Promise<T>}
   * @throws {FcnError} `aborted` also when a newer job came
   */
  async run(work, failed) {
    this.#newest?.abort()
    const job = this.#newest = new AbortController()
    try {
      return await work(job.signal)
    } catch (error) {
      const failure = job.signal.aborted ? new FcnError('aborted') : toFcnError(error)
      if (job === this.#newest) failed(failure)
      throw failure
    } finally {
      if (job === this.#newest) {
        this.#newest = null
        this.#ended()
      }
    }
  }

  /** Stops the job at hand; that is told like a failure. */
  stop() {
    this.#newest?.abort()
  }

  /** Ends the job at hand without a word: something else was asked for, or the element has left. */
  drop() {
    const job = this.#newest
    this.#newest = null
    job?.abort()
  }
}

/**
 * A promise that needn't be waited for any longer once the signal is aborted.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function race(promise, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new FcnError('aborted'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** @param {Promise<unknown>} job whose failure is already shown */
export async function quietly(job) {
  await job.catch(() => {})
}
