/**
 * The helper worker: decoding, shrinking and encoding pictures away from the page's thread.
 * One message in ({id, task, input}), one out ({id, output} or {id, error}).
 */
import { makePicture, shownPhoto } from './photo.js'

/** @typedef {{id: number} & ({task: 'show', input: Blob | ImageBitmap} | {task: 'make', input: import('./photo.js').Picture})} Order */

/** @param {MessageEvent<Order>} event */
self.onmessage = async ({ data }) => {
  try {
    if (data.task === 'show') {
      const output = await shownPhoto(data.input)
      if (!(data.input instanceof Blob)) data.input.close()
      self.postMessage({ id: data.id, output }, { transfer: [output.bitmap] })
    } else {
      const output = await makePicture(data.input)
      if (data.input.source && !(data.input.source instanceof Blob)) data.input.source.close()
      self.postMessage({ id: data.id, output })
    }
  } catch (error) {
    self.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) })
  }
}
