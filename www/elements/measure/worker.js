/** Reads and compares label maps away from the page's thread: one message in ({id, task, input}), one out ({id, output} or {id, error}). */
import { toFcnError } from '../../lib/errors.js'
import { TASKS } from './tasks.js'

/** @param {MessageEvent<{id: number, task: keyof import('./tasks.js').Tasks, input: any}>} event */
self.onmessage = async ({ data: { id, task, input } }) => {
  try {
    self.postMessage({ id, output: await /** @type {(input: any) => Promise<unknown>} */ (TASKS[task])(input) })
  } catch (error) {
    self.postMessage({ id, error: toFcnError(error).plain() })
  }
}
