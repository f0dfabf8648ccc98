/** Photo and mask of a live picture as a clip (WebM), as long as it goes on. */
import { maskCanvas } from '../../common/stage/mask-canvas.js'
import { download } from '../../common/ui/download.js'

/** @typedef {import('../../../engine/engine.js').Result} Result */

const TYPE = 'video/webm'
/** Of the mask. */
const OPACITY = 0.6

export class Recorder {
  #canvas = document.createElement('canvas')
  /** @type {MediaRecorder | null} */
  #recorder = null
  /** @type {Blob[]} */
  #parts = []

  static get isPossible() {
    return typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(TYPE)
  }

  /** @param {ImageBitmap} frame @param {Result} result its mask, of its size */
  add(frame, result) {
    const canvas = this.#canvas
    if (!this.#recorder) Object.assign(canvas, { width: result.width, height: result.height })
    const context = canvas.getContext('2d')
    if (!context) return
    context.globalAlpha = 1
    context.drawImage(frame, 0, 0, canvas.width, canvas.height)
    context.globalAlpha = OPACITY
    context.drawImage(maskCanvas(result), 0, 0, canvas.width, canvas.height)
    if (!this.#recorder) this.#begin()
  }

  #begin() {
    const recorder = this.#recorder = new MediaRecorder(this.#canvas.captureStream(), { mimeType: TYPE })
    recorder.ondataavailable = ({ data }) => { if (data.size) this.#parts.push(data) }
    recorder.start(1000)
  }

  /** Ends it and hands the clip over. */
  async save() {
    const recorder = this.#recorder
    if (!recorder) return
    // One that failed has ended by itself.
    if (recorder.state !== 'inactive') {
      await new Promise(resolve => {
        recorder.onstop = resolve
        recorder.stop()
      })
    }
    for (const track of recorder.stream.getTracks()) track.stop()
    if (this.#parts.length) download(new Blob(this.#parts, { type: TYPE }), 'live.webm')
  }
}
