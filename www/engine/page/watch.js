/**
 * A net over a moving picture: always the newest frame. What came while a frame was computed is passed over, so the delay is
 * one pass, whatever the device gives.
 */
import { FcnError } from '../../lib/errors.js'
import { Frames } from './frames.js'

/** @typedef {import('../protocol.js').Mask & {classes: import('../protocol.js').ModelClass[], backend: import('../protocol.js').Backend}} Result */
/** @typedef {import('../protocol.js').Size} Size */

/** Frames are shrunk to this long side before they are masked, pixels: a mask of every camera pixel would cost more than the net. */
const LONGEST = 640
/** The rate is told over so many frames. */
const RECENT = 10

/**
 * A frame and its mask.
 * @typedef {object} Seen
 * @property {ImageBitmap} frame the receiver's, who closes it
 * @property {Result} result the mask, of the frame's size
 * @property {number} delay milliseconds from when the frame was there to its mask
 * @property {number | null} rate masks a second, over the latest ones; null for the first
 */

/**
 * @typedef {object} WatchOptions
 * @property {string} [variant] default the model's last, finest
 * @property {Size} [size] long side to work at: 'model' (default), 'native' (the frame's), or pixels
 * @property {number} [longest] frames are shrunk to this long side, pixels; default 640
 * @property {number} [steady] 0 (default) to less than 1: how much of the mask is the former frames': scores are averaged,
 *   score = steady · former + (1 − steady) · new, so a mask flickers less and follows motion later
 * @property {AbortSignal} [signal] ends it
 * @property {(seen: Seen) => unknown} onFrame called for each frame; a promise is waited for
 */

/**
 * @param {{segment: (source: ImageBitmap, options: object) => Promise<Result>}} net
 * @param {MediaStream | HTMLVideoElement} source
 * @param {WatchOptions} options
 * @returns {Promise<void>} when the video or the stream has ended
 * @throws {FcnError} video_failed, invalid_input, what `segment` throws, or the signal's reason
 */
export async function watch(net, source, options) {
  const { variant, size, longest = LONGEST, steady = 0, signal, onFrame } = options ?? {}
  if (typeof onFrame !== 'function') throw new FcnError('invalid_input',
    'onFrame is a function that each frame is given to')
  if (typeof source !== 'object' || source === null) throw new FcnError('invalid_input',
    'source is a MediaStream or a <video>')
  if (!(steady >= 0 && steady < 1)) throw new FcnError('invalid_input', `steady is ${steady}: 0 to less than 1`)
  if (!(longest >= 1)) throw new FcnError('invalid_input', `longest is ${longest}: a long side in pixels`)
  const frames = new Frames(source)
  const memory = steady > 0 ? new Memory(steady) : null
  /** @type {number[]} */
  const ends = []
  try {
    for (let came = await frames.next(signal); came !== null; came = await frames.next(signal)) {
      const frame = await frames.picture(longest)
      if (!frame) continue
      try {
        const result = await net.segment(frame, { variant, size, signal, scores: memory !== null })
        memory?.take(result)
        const now = performance.now()
        ends.push(now)
        if (ends.length > RECENT) ends.shift()
        const rate = ends.length > 1 ? 1000 * (ends.length - 1) / (now - ends[0]) : null
        await onFrame({ frame, result, delay: now - came, rate })
      } catch (error) {
        frame.close()
        throw error
      }
    }
  } finally {
    frames.end()
  }
}

/** The scores of the frames so far, averaged with a weight that falls from frame to frame. */
export class Memory {
  #steady
  /** @type {import('../protocol.js').ScoreMap | null} */
  #mean = null

  /** @param {number} steady 0..1 */
  constructor(steady) {
    this.#steady = steady
  }

  /** Puts the averaged scores, and the best classes by them, in the place of a result's own. @param {Result} result */
  take(result) {
    const { scores, labels, width, height } = result
    if (!scores) return
    const mean = this.#mean
    const isAlike = mean?.width === scores.width && mean.height === scores.height && mean.channels === scores.channels
    if (mean && isAlike) {
      const [kept, added] = [this.#steady, 1 - this.#steady]
      for (let i = 0; i < scores.data.length; i++) scores.data[i] = kept * mean.data[i] + added * scores.data[i]
    }
    this.#mean = scores
    if (!mean || !isAlike) return
    const best = bestOf(scores)
    const columns = Uint32Array.from({ length: width }, (_, x) => nearest(x, width, scores.width))
    for (let y = 0; y < height; y++) {
      const row = nearest(y, height, scores.height) * scores.width
      for (let x = 0; x < width; x++) labels[y * width + x] = best[row + columns[x]]
    }
  }
}

/** @param {number} at pixel @param {number} size pixels @param {number} cells @returns {number} the cell that it lies in */
const nearest = (at, size, cells) => Math.min(cells - 1, Math.floor((at + 0.5) * cells / size))

/** @param {import('../protocol.js').ScoreMap} scores @returns {Uint8Array} the class with the highest score, the first of equals */
function bestOf({ width, height, channels, data }) {
  const best = new Uint8Array(width * height)
  for (let i = 0; i < best.length; i++) {
    const from = i * channels
    let top = 0
    for (let c = 1; c < channels; c++) if (data[from + c] > data[from + top]) top = c
    best[i] = top
  }
  return best
}
