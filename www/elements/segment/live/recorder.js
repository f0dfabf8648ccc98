/** Photo and mask of a live picture as a clip (WebM), as long as it goes on. */
import { lookupTable } from '../../../lib/colors.js'
import { faintClasses } from '../../common/stage/classes.js'
import { download } from '../../common/ui/download.js'

/** @typedef {import('../../../engine/engine.js').Result} Result */

const TYPE = 'video/webm'
/** Of the mask. */
const OPACITY = 0.6

export class Recorder {
  #canvas = document.createElement('canvas')
  #mask = document.createElement('canvas')
  /** @type {MediaRecorder | null} */
  #recorder = null
  /** @type {Blob[]} */
  #parts = []

  static get isPossible() {
    return typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(TYPE)
  }

  /** @param {ImageBitmap} frame @param {Result} result its mask, of its size */
  add(frame, { width, height, labels, classes }) {
    const [canvas, mask] = [this.#canvas, this.#mask]
    if (!this.#recorder) Object.assign(canvas, { width, height })
    Object.assign(mask, { width, height })
    const table = lookupTable(classes, { faint: faintClasses(classes) })
    const pixels = Uint32Array.from(labels, id => table[id])
    mask.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0)
    const context = canvas.getContext('2d')
    if (!context) return
    context.globalAlpha = 1
    context.drawImage(frame, 0, 0, canvas.width, canvas.height)
    context.globalAlpha = OPACITY
    context.drawImage(mask, 0, 0, canvas.width, canvas.height)
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
