/**
 * A truth that a person paints over a photo: brush and eraser, polygon, fill, and what was done undone. It knows no screen;
 * points are in pixels of the photo, the middle of the first one at (0.5, 0.5).
 */
import { fillArea, fillPolygons, stroke } from '../../../lib/labelling.js'
import { VOID } from '../../../lib/metrics.js'

/** @typedef {import('../../../lib/labelling.js').Point} Point */
/** @typedef {import('../../../lib/labelling.js').Area} Area */
/** @typedef {'brush' | 'polygon' | 'fill' | 'eraser'} Tool */
/** One step: the pixels of an area before and after. @typedef {{area: Area, before: Uint8Array, after: Uint8Array}} Step */

/** @type {readonly Tool[]} */
export const TOOLS = ['brush', 'polygon', 'fill', 'eraser']
/** Radii of the brush, pixels of the photo. */
export const RADII = { least: 1, most: 200 }
/** What may be undone is given up from the oldest on when it takes more. Bytes. */
const MOST_UNDO = 96_000_000

export class Painting {
  /** @type {Tool} */
  tool = 'brush'
  /** The class that is painted. */
  id = 0
  /** Of the brush, pixels of the photo. */
  radius
  /** Of the polygon that is being drawn. @type {readonly Point[]} */
  corners = []
  /** Another object after each change: what shows it sees so. @type {{labels: Uint8Array<ArrayBuffer>}} */
  layer
  #map
  /** @type {Step[]} */
  #done = []
  /** @type {Step[]} */
  #undone = []
  /** The stroke under way: what was there before, what it may have changed, where it was last. @type {{before: Uint8Array, area: Area, last: Point} | null} */
  #stroke = null

  /** @param {Uint8Array} values of which it begins, [height, width] @param {{width: number, height: number}} size */
  constructor(values, { width, height }) {
    this.#map = { values: Uint8Array.from(values), width, height }
    this.layer = { labels: this.#map.values }
    this.radius = Math.max(RADII.least, Math.min(RADII.most, Math.round(Math.max(width, height) / 60)))
  }

  get width() {
    return this.#map.width
  }

  get height() {
    return this.#map.height
  }

  /** A copy: what is painted later isn't in it. @returns {Uint8Array<ArrayBuffer>} */
  get values() {
    return this.#map.values.slice()
  }

  get canUndo() {
    return this.#done.length > 0
  }

  get canRedo() {
    return this.#undone.length > 0
  }

  get isPainting() {
    return this.#stroke !== null
  }

  /** @param {Point} at @returns {number} the class there, or void */
  at([x, y]) {
    const { values, width, height } = this.#map
    const [column, row] = [Math.floor(x), Math.floor(y)]
    return column >= 0 && row >= 0 && column < width && row < height ? values[row * width + column] : VOID
  }

  /** Begins with the tool at a point. @param {Point} at @returns {boolean} whether a step is done with it */
  begin(at) {
    if (this.tool === 'polygon') {
      this.corners = [...this.corners, at]
      return false
    }
    if (this.tool === 'fill') return this.#step(() => fillArea(this.#map, Math.floor(at[0]),
      Math.floor(at[1]), this.id))
    this.#stroke = { before: this.values, area: { left: 0, top: 0, width: 0, height: 0 }, last: at }
    this.move(at)
    return false
  }

  /** Goes on with a stroke. @param {Point} at */
  move(at) {
    const under = this.#stroke
    if (!under) return
    const area = stroke(this.#map, under.last, at, this.radius, this.tool === 'eraser' ? VOID : this.id)
    this.#stroke = { ...under, area: union(under.area, area), last: at }
    this.#changed()
  }

  /** @returns {boolean} whether a step was done */
  end() {
    const under = this.#stroke
    this.#stroke = null
    return under !== null && this.#keep(under.area, under.before)
  }

  /** What the last press began wasn't meant: a stroke, or a corner; the corners before it stay. */
  retract() {
    if (this.#stroke) this.cancel()
    else this.dropCorner()
  }

  /** A stroke that wasn't meant, and a polygon that isn't whole. */
  cancel() {
    if (this.#stroke) {
      this.#map.values.set(this.#stroke.before)
      this.#stroke = null
      this.#changed()
    }
    this.corners = []
  }

  /** The polygon is whole. @returns {boolean} whether it had an inside */
  close() {
    const { corners } = this
    this.corners = []
    return this.#step(() => fillPolygons(this.#map, [corners], this.id))
  }

  /** @returns {boolean} whether there was one */
  dropCorner() {
    if (!this.corners.length) return false
    this.corners = this.corners.slice(0, -1)
    return true
  }

  /** All is another map. @param {Uint8Array | null} values null: nothing is labelled @returns {boolean} */
  set(values) {
    const { width, height } = this.#map
    return this.#step(() => {
      if (values) this.#map.values.set(values)
      else this.#map.values.fill(VOID)
      return { left: 0, top: 0, width, height }
    })
  }

  /** @returns {boolean} */
  undo() {
    return this.#move(this.#done, this.#undone, 'before')
  }

  /** @returns {boolean} */
  redo() {
    return this.#move(this.#undone, this.#done, 'after')
  }

  /** @param {Step[]} from @param {Step[]} to @param {'before' | 'after'} which */
  #move(from, to, which) {
    this.cancel()
    const step = from.pop()
    if (!step) return false
    to.push(step)
    const { left, top, width, height } = step.area
    for (let row = 0; row < height; row++) {
      this.#map.values.set(step[which].subarray(row * width, (row + 1) * width), (top + row) * this.#map.width + left)
    }
    this.#changed()
    return true
  }

  /** @param {() => Area} change */
  #step(change) {
    const before = this.values
    const area = change()
    this.#changed()
    return this.#keep(area, before)
  }

  /** @param {Area} area @param {Uint8Array} whole the map before @returns {boolean} whether anything is another */
  #keep(area, whole) {
    const [before, after] = [this.#part(area, whole), this.#part(area, this.#map.values)]
    if (before.every((value, at) => value === after[at])) return false
    this.#done.push({ area, before, after })
    this.#undone = []
    let bytes = this.#done.reduce((sum, step) => sum + 2 * step.before.length, 0)
    while (bytes > MOST_UNDO && this.#done.length > 1) bytes -= 2 * (this.#done.shift()?.before.length ?? 0)
    return true
  }

  /** @param {Area} area @param {Uint8Array} values */
  #part({ left, top, width, height }, values) {
    const part = new Uint8Array(width * height)
    for (let row = 0; row < height; row++) {
      const from = (top + row) * this.#map.width + left
      part.set(values.subarray(from, from + width), row * width)
    }
    return part
  }

  #changed() {
    this.layer = { labels: this.#map.values }
  }
}

/** @param {Area} a @param {Area} b @returns {Area} that holds both */
function union(a, b) {
  if (!a.width || !a.height) return b
  if (!b.width || !b.height) return a
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)]
  return {
    left, top, width: Math.max(a.left + a.width, b.left + b.width) - left,
      height: Math.max(a.top + a.height, b.top + b.height) - top,
  }
}
