/** Compares pairs of label maps away from the page's thread: one message in ({id, input}), one out ({id, output} or {id, error}). */
import { toFcnError } from '../../../lib/errors.js'
import { measurePair } from './task.js'

/** @param {MessageEvent<{id: number, input: import('./task.js').Input}>} event */
self.onmessage = async ({ data: { id, input } }) => {
  try {
    self.postMessage({ id, output: await measurePair(input) })
  } catch (error) {
    self.postMessage({ id, error: toFcnError(error).plain() })
  }
}
