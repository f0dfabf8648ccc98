/**
 * The helper worker: looking at, decoding, shrinking and encoding pictures away from the page's
 * thread. One message in ({id, task, input}), one out ({id, output} or {id, error}).
 */
import { inspect } from '../../../engine/formats/decode.js'
import { FcnError } from '../../../lib/errors.js'
import { makePicture, shownPhoto } from './image-tasks.js'

/** @typedef {import('./image-tasks.js').Picture} Picture */
/** @typedef {import('./image-tasks.js').Size} Size */

/**
 * @typedef {{id: number} & ({task: 'look', input: Blob}
 *   | {task: 'show', input: {source: Blob | ImageBitmap, size: Size | null}}
 *   | {task: 'make', input: Picture})} Order
 */

/** @param {MessageEvent<Order>} event */
self.onmessage = async ({ data }) => {
  const { id } = data
  const source = data.task === 'look' ? null : data.input.source
  try {
    if (data.task === 'look') {
      self.postMessage({ id, output: await inspect(data.input) })
    } else if (data.task === 'show') {
      const output = await shownPhoto(data.input.source, data.input.size)
      self.postMessage({ id, output }, { transfer: [output.bitmap] })
    } else {
      self.postMessage({ id, output: await makePicture(data.input) })
    }
  } catch (error) {
    self.postMessage({ id, error: error instanceof FcnError ? error.plain()
      : error instanceof Error ? error.message : String(error) })
  } finally {
    // What came is a copy, of which only this worker knows.
    if (source && !(source instanceof Blob)) source.close()
  }
}
