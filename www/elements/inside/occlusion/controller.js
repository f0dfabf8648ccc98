/**
 * Which pixels mattered: a grey square is moved over the photo, and each time the net is asked again (Zeiler & Fergus,
 * "Visualizing and Understanding Convolutional Networks", ECCV 2014). The change of a score, as a map.
 */
import { FcnError } from '../../../lib/errors.js'
import { seenBox } from '../../../lib/planes.js'

/** @typedef {import('../scene.js').Scene} Scene */
/** @typedef {import('../scene.js').Panel} Panel */
/** @typedef {import('../../../engine/engine.js').Net} Net */
/** The score that is watched: of one pixel, or the mean over all. @typedef {'pixel' | 'photo'} Target */
/** How many squares lie along the long side. */
export const SQUARES = /** @type {const} */ ([4, 6, 8, 12, 16])

/**
 * What came of it, so far.
 * @typedef {object} Run
 * @property {Scene} scene
 * @property {Target} target
 * @property {{x: number, y: number}} pixel of the working size
 * @property {number} classId
 * @property {number} side of the square, pixels of the working size
 * @property {number} columns
 * @property {number} rows
 * @property {number} base the score without a square
 * @property {Float32Array} changes [rows, columns] how much less it is with a square there; NaN: not yet known
 * @property {number} done squares
 */

/** Middle grey: little of a photo is like it. */
const GREY = '#808080'

/** @typedef {Occlusion['state']} State */
/** @typedef {Occlusion['actions']} Actions */

export class Occlusion {
  #panel
  #why
  #squares = 8
  /** @type {Target} */
  #target = 'pixel'
  /** @type {Run | null} */
  #run = null
  /** @type {AbortController | null} */
  #stop = null

  /**
   * @param {Panel} panel
   * @param {import('../pixel/controller.js').Why} why whose pixel and class are asked about
   */
  constructor(panel, why) {
    this.#panel = panel
    this.#why = why
  }

  get values() {
    return { squares: this.#squares, score: this.#target }
  }


  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values({ squares, score }) {
    this.#squares = SQUARES.find(each => each === Number(squares)) ?? 8
    this.#target = score === 'photo' ? 'photo' : 'pixel'
  }

  get state() {
    const scene = this.#panel.scene()
    const { split, pixel, mask } = this.#why.state
    const run = this.#run?.scene === scene ? this.#run : null
    return {
      scene, mask, pixel, classId: split?.classId ?? null, squares: this.#squares, target: this.#target, run,
      isRunning: this.#stop !== null, seen: run ? seenOf(run) : null,
    }
  }

  actions = {
    /** @param {{x: number, y: number, isPress: boolean}} point */
    point: point => this.#why.actions.point(point),
    /** @param {{columns: number, rows: number}} by */
    move: by => this.#why.actions.move(by),
    /** @param {string} name */
    choose: name => this.#why.actions.choose(name),
    /** @param {number} squares */
    setSquares: squares => {
      this.#squares = squares
      this.#panel.changed()
    },
    /** @param {Target} target */
    setTarget: target => {
      this.#target = target
      this.#panel.changed()
    },
    start: () => void this.#start(),
    cancel: () => this.#stop?.abort(),
  }

  /** The panel is on the page. */
  shown() {
    this.#why.shown()
  }

  /** The panel has left the page, or another photo comes. */
  hidden() {
    this.#stop?.abort()
  }

  async #start() {
    const { scene, pixel, classId } = this.state
    if (!scene || classId === null || this.#stop) return
    const stop = this.#stop = new AbortController()
    const target = scene.net.gives === 'labels' ? 'pixel' : this.#target
    this.#panel.changed()
    await this.#panel.ask(async net => await this.#cover(net, { scene, target, pixel, classId }, stop.signal))
    this.#stop = null
    this.#panel.changed()
  }

  /**
   * @param {Net} net
   * @param {Pick<Run, 'scene' | 'target' | 'pixel' | 'classId'>} wish
   * @param {AbortSignal} signal
   */
  async #cover(net, wish, signal) {
    const { work } = wish.scene.inspected
    const { width, height } = work
    const side = Math.max(1, Math.ceil(Math.max(width, height) / this.#squares))
    const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)]
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new FcnError('decode_failed')
    const whole = await createImageBitmap(wish.scene.picture.bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' })
    const draw = () => {
      context.fillStyle = '#fff'
      context.fillRect(0, 0, width, height)
      context.drawImage(whole, 0, 0)
    }
    try {
      draw()
      const base = await scoreOf(net, canvas, wish, signal)
      const run = { ...wish, side, columns, rows, base, changes: new Float32Array(rows * columns).fill(NaN), done: 0 }
      this.#run = run
      for (const at of run.changes.keys()) {
        draw()
        context.fillStyle = GREY
        context.fillRect(at % columns * side, Math.floor(at / columns) * side, side, side)
        run.changes[at] = base - await scoreOf(net, canvas, wish, signal)
        run.done++
        this.#panel.changed()
      }
    } finally {
      whole.close()
    }
  }
}

/**
 * The score that is watched.
 * @param {Net} net
 * @param {OffscreenCanvas} canvas of the working size
 * @param {Pick<Run, 'target' | 'pixel' | 'classId'>} wish
 * @param {AbortSignal} signal
 */
async function scoreOf(net, canvas, { target, pixel: { x, y }, classId }, signal) {
  if (net.gives === 'labels') return (await net.autopsy(canvas, { x, y, classId, size: 'native', signal })).score
  const { scores } = await net.segment(canvas, { scores: true, size: 'native', signal })
  if (!scores) throw new FcnError('size_too_large', undefined, { maxLongSide: Math.floor(Math.max(canvas.width, canvas.height) / 2) })
  const { data, channels, width } = scores
  if (target === 'pixel') return data[(y * width + x) * channels + classId]
  let sum = 0
  for (let i = classId; i < data.length; i += channels) sum += data[i]
  return sum * channels / data.length
}

/**
 * Of the squares within the pixel's receptive field, how many changed the score by more than a tenth of the largest
 * change: the effective receptive field is far smaller than the one on paper (Luo et al., NeurIPS 2016).
 * @param {Run} run
 * @returns {{within: number, mattered: number} | null} null where there is no such field
 */
function seenOf({ scene, target, pixel, side, columns, changes, done }) {
  const last = scene.inspected.stages.at(-1)
  if (target !== 'pixel' || !last || done < changes.length) return null
  const { work } = scene.inspected
  const { left, top, width, height } = scene.net.gives === 'labels'
    ? { left: 0, top: 0, width: 1, height: 1 } : seenBox(last.receptive, { row: pixel.y, column: pixel.x }, work)
  const most = changes.reduce((most, change) => Math.max(most, Math.abs(change)), 0)
  let [within, mattered] = [0, 0]
  changes.forEach((change, at) => {
    const [x, y] = [at % columns * side / work.width, Math.floor(at / columns) * side / work.height]
    const meets = x < left + width && x + side / work.width > left && y < top + height && y + side / work.height > top
    if (!meets) return
    within++
    if (Math.abs(change) > most / 10) mattered++
  })
  return { within, mattered }
}
