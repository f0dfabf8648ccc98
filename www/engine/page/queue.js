/**
 * Runs jobs one after another. A job that is aborted rejects at once, in its turn or before; the
 * next one starts when the aborted one has really let go.
 */

/**
 * @template T
 * @param {Promise<T>} promise may never settle
 * @param {AbortSignal} stop a job's: it goes with the job, and the listener with it
 * @returns {Promise<T>} rejects with the signal's reason as soon as it is stopped
 */
export function untilStopped(promise, stop) {
  return new Promise((resolve, reject) => {
    if (stop.aborted) reject(stop.reason)
    stop.addEventListener('abort', () => reject(stop.reason), { once: true })
    promise.then(resolve, reject)
  })
}

export class Queue {
  /** Settles when everything queued so far has. @type {Promise<unknown>} */
  #tail = Promise.resolve()
  /** How to end each unfinished job. @type {Set<(why: unknown) => void>} */
  #unfinished = new Set()
  /** @type {{why: unknown} | null} */
  #ended = null

  /**
   * @template T
   * @param {AbortSignal | undefined} signal the caller's; its reason is what the job rejects with
   * @param {(stop: AbortSignal) => Promise<T>} task called when its turn comes
   * @returns {Promise<T>}
   */
  add(signal, task) {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended.why)
      if (signal?.aborted) return reject(signal.reason)
      const stopper = new AbortController()
      /** @param {unknown} why */
      const end = why => {
        reject(why)
        stopper.abort()
      }
      const onAbort = () => end(signal?.reason)
      signal?.addEventListener('abort', onAbort)
      this.#unfinished.add(end)
      const turn = this.#tail.then(async () => {
        stopper.signal.throwIfAborted()
        return await task(stopper.signal)
      })
      this.#tail = turn.then(resolve, reject).finally(() => {
        signal?.removeEventListener('abort', onAbort)
        this.#unfinished.delete(end)
      })
    })
  }

  /**
   * Rejects all that waits or runs, and everything added later.
   * @param {unknown} why
   */
  end(why) {
    this.#ended = { why }
    for (const endJob of this.#unfinished) endJob(why)
  }
}
