/**
 * Which pixels mattered: a grey square is moved over the photo, and each time the net is asked again (Zeiler & Fergus,
 * "Visualizing and Understanding Convolutional Networks", ECCV 2014). The change of a score, as a map.
 */
import { cellUnder, seenBox } from '../../../lib/planes.js'

/** @typedef {import('../scene.js').Scene} Scene */
/** @typedef {import('../scene.js').Panel} Panel */
/** @typedef {import('../../../engine/protocol.js').Square} Square */
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
 * @property {string} stage whose map the score is of
 * @property {number} base the score without a square
 * @property {Float32Array} changes [rows, columns] how much less it is with a square there; NaN: not yet known
 * @property {number} done squares
 */

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
      isRunning: this.#stop !== null, seen: run ? seenOf(run) : null, stage: split?.own.stage ?? '',
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
    const { scene, pixel, classId, stage } = this.state
    if (!scene || classId === null || this.#stop) return
    const stop = this.#stop = new AbortController()
    const target = scene.net.gives === 'labels' ? 'pixel' : this.#target
    this.#panel.changed()
    const at = target === 'pixel' ? { at: pixel } : {}
    await this.#cover({ scene, target, pixel, classId, stage }, async square => {
      if (stop.signal.aborted) return null
      return await this.#panel.ask(async (net, source, options) =>
        await net.covered(source, { ...options, ...at, classId, square }))
    })
    this.#stop = null
    this.#panel.changed()
  }

  /**
   * @param {Pick<Run, 'scene' | 'target' | 'pixel' | 'classId' | 'stage'>} wish
   * @param {(square?: Square) => Promise<number | null>} score without a square, of the photo itself; null: no more is asked
   */
  async #cover(wish, score) {
    const { width, height } = wish.scene.inspected.work
    const side = Math.max(1, Math.ceil(Math.max(width, height) / this.#squares))
    const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)]
    const base = await score()
    if (base === null) return
    const run = { ...wish, side, columns, rows, base, changes: new Float32Array(rows * columns).fill(NaN), done: 0 }
    this.#run = run
    for (const at of run.changes.keys()) {
      const [left, top] = [at % columns * side, Math.floor(at / columns) * side]
      const covered = await score({ left, top, width: side, height: side })
      if (covered === null) return
      run.changes[at] = base - covered
      run.done++
      this.#panel.changed()
    }
  }
}

/**
 * Of the squares within the pixel's receptive field, how many changed the score by more than a tenth of the largest
 * change: the effective receptive field is far smaller than the one on paper (Luo et al., NeurIPS 2016).
 * @param {Run} run
 * @returns {{within: number, mattered: number} | null} null where there is no such field
 */
function seenOf(run) {
  const { scene: { inspected: { work } }, side, columns, changes, done } = run
  const seen = fieldOf(run)
  if (!seen || done < changes.length) return null
  const { left, top, width, height } = seen
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

/**
 * The square of the photo that the score can depend on.
 * @param {Pick<Run, 'scene' | 'target' | 'pixel' | 'stage'>} of
 * @returns {import('../../../lib/planes.js').Box | null} null where it is the mean over the photo
 */
export function fieldOf({ scene, target, pixel, stage }) {
  const { inspected: { stages, work }, net } = scene
  const found = stages.find(({ name }) => name === stage)
  if (target !== 'pixel' || !found) return null
  const { shape: [, height, width] } = found
  const middle = { x: (pixel.x + 0.5) / work.width, y: (pixel.y + 0.5) / work.height }
  // A classifier's cells are windows, the nearest of which is taken.
  const cell = net.gives === 'labels' ? cellUnder(found, { height, width }, work, middle)
    : { row: pixel.y, column: pixel.x }
  return seenBox(found, cell, work)
}
