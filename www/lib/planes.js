/**
 * One channel of a map as colours: from nothing to much, or, where values have two signs, from one hue through white to
 * another. And where its cells lie on the photo.
 */
import { heatColor } from './windows.js'

/** Along one axis. @typedef {{size: number, jump: number, start: number}} Receptive */
/** Where a map's cells look: down, and across. @typedef {{receptive: Receptive, across: Receptive}} Looking */
/** In shares of the photo's width and height, which it may reach beyond. @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{width: number, height: number}} Size */

/** The two hues of a scale with two signs: an orange against a purple, told apart by lightness too. */
const BELOW = [201, 95, 2]
const ABOVE = [66, 2, 78]

/**
 * @param {number} share −1 to 1
 * @returns {[number, number, number]} RGB, 0..255
 */
export function signedColor(share) {
  const part = Math.min(Math.abs(share), 1)
  const hue = share < 0 ? BELOW : ABOVE
  const mix = (/** @type {number} */ i) => Math.round(250 + (hue[i] - 250) * part)
  return [mix(0), mix(1), mix(2)]
}

/** The same as a CSS gradient, left to right. */
export const SIGNED_GRADIENT = `linear-gradient(90deg, ${[-1, -0.5, 0, 0.5, 1].map(share =>
  `rgb(${signedColor(share).join(' ')})`).join(', ')})`

/**
 * @param {ArrayLike<number>} values
 * @returns {{least: number, most: number}} 0 and 0 of none
 */
export function rangeOf(values) {
  if (values.length === 0) return { least: 0, most: 0 }
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i])
    most = Math.max(most, values[i])
  }
  return { least, most }
}

/** How many shades a scale has. */
const SHADES = 256

/** @param {(share: number) => readonly number[]} colorOf share 0 to 1 @returns {Uint8Array} [SHADES, 3] */
function shades(colorOf) {
  return Uint8Array.from(Array.from({ length: SHADES }, (_, i) => colorOf(i / (SHADES - 1))).flat())
}

/** @type {Uint8Array | null} */
let heat = null
/** @type {Uint8Array | null} */
let signed = null

/** What was painted last of some values. @type {WeakMap<object, {least: number, most: number, colors: Uint8ClampedArray<ArrayBuffer>}>} */
const painted = new WeakMap()

/**
 * Values as colours. Where some are negative, 0 is white and both signs share one scale. The same values painted again
 * cost nothing, as long as they aren't written to.
 * @param {Float32Array} values
 * @param {{least: number, most: number}} range what the palest and the darkest colour stand for
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA; nothing is seen of what isn't a number
 */
export function colorsOf(values, { least, most }) {
  const known = painted.get(values)
  if (known?.least === least && known.most === most) return known.colors
  const isSigned = least < 0
  const table = isSigned ? signed ??= shades(share => signedColor(2 * share - 1)) : heat ??= shades(heatColor)
  const [low, high] = isSigned ? [-Math.max(-least, most), Math.max(-least, most)] : [least, most]
  const scale = high > low ? (SHADES - 1) / (high - low) : 0
  const colors = new Uint8ClampedArray(4 * values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) continue
    const at = 3 * Math.min(Math.max(Math.round((value - low) * scale), 0), SHADES - 1)
    colors[4 * i] = table[at]
    colors[4 * i + 1] = table[at + 1]
    colors[4 * i + 2] = table[at + 2]
    colors[4 * i + 3] = 255
  }
  painted.set(values, { least, most, colors })
  return colors
}

/**
 * A map's place on the photo.
 * @param {Looking} looking its cells
 * @param {Size} map cells
 * @param {Size} work the photo's working size, pixels
 * @returns {Box}
 */
export function placeOf({ receptive, across }, map, work) {
  const from = (/** @type {Receptive} */ { jump, start }) => start - jump / 2
  return boxOf(from(across), from(receptive), across.jump * map.width, receptive.jump * map.height, work)
}

/**
 * A cell's place: as far as the middle between it and its neighbours.
 * @param {Looking} looking
 * @param {{row: number, column: number}} cell
 * @param {Size} work
 * @returns {Box}
 */
export function cellBox({ receptive, across }, { row, column }, work) {
  const from = (/** @type {Receptive} */ { jump, start }, /** @type {number} */ cell) => start + (cell - 0.5) * jump
  return boxOf(from(across, column), from(receptive, row), across.jump, receptive.jump, work)
}

/**
 * The square of the photo that a cell sees.
 * @param {Looking} looking
 * @param {{row: number, column: number}} cell
 * @param {Size} work
 * @returns {Box} the whole photo where a cell sees everything
 */
export function seenBox({ receptive, across }, { row, column }, work) {
  if (!Number.isFinite(receptive.size)) return { left: 0, top: 0, width: 1, height: 1 }
  const from = (/** @type {Receptive} */ { size, jump, start }, /** @type {number} */ cell) =>
    start + cell * jump - size / 2
  return boxOf(from(across, column), from(receptive, row), across.size, receptive.size, work)
}

/**
 * From coordinates, in which 0 is the middle of the first pixel.
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @param {Size} work
 */
function boxOf(left, top, width, height, work) {
  return {
    left: (left + 0.5) / work.width, top: (top + 0.5) / work.height,
    width: width / work.width, height: height / work.height,
  }
}

/**
 * The cell under a point of the photo.
 * @param {Looking} looking
 * @param {Size} map cells
 * @param {Size} work pixels
 * @param {{x: number, y: number}} point in shares of the photo, 0..1
 * @returns {{row: number, column: number}} the nearest one
 */
export function cellUnder({ receptive, across }, map, work, { x, y }) {
  /** @param {Receptive} along @param {number} share @param {number} pixels @param {number} cells */
  const at = ({ jump, start }, share, pixels, cells) =>
    Math.min(Math.max(Math.round((share * pixels - 0.5 - start) / jump), 0), cells - 1)
  return { row: at(receptive, y, work.height, map.height), column: at(across, x, work.width, map.width) }
}

/** What `counted` said last of some labels. @type {WeakMap<Uint8Array, [id: number, pixels: number][]>} */
const counts = new WeakMap()

/** @param {Uint8Array} labels @returns {[id: number, pixels: number][]} those that occur, the most frequent first */
export function counted(labels) {
  const known = counts.get(labels)
  if (known) return known
  const all = new Uint32Array(256)
  for (const label of labels) all[label]++
  const found = [...all.entries()].filter(([, pixels]) => pixels > 0).sort((a, b) => b[1] - a[1] || a[0] - b[0])
  counts.set(labels, found)
  return found
}

/** @type {WeakMap<Uint8Array, {than: Uint8Array, count: number, where: Uint8Array}>} */
const differences = new WeakMap()

/**
 * How many values differ, and where.
 * @param {Uint8Array} a
 * @param {Uint8Array} b of the same length
 */
export function differing(a, b) {
  const known = differences.get(a)
  if (known?.than === b) return known
  let count = 0
  const where = new Uint8Array(a.length)
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      where[i] = 1
      count++
    }
  }
  const found = { than: b, count, where }
  differences.set(a, found)
  return found
}

/** What was painted last of some labels. @type {WeakMap<Uint8Array, {table: Uint32Array, colors: Uint8ClampedArray<ArrayBuffer>}>} */
const masks = new WeakMap()

/**
 * Labels as colours.
 * @param {Uint8Array} labels
 * @param {Uint32Array} table `lookupTable`, kept by the caller
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function maskColors(labels, table) {
  const known = masks.get(labels)
  if (known?.table === table) return known.colors
  const pixels = new Uint32Array(labels.length)
  for (let i = 0; i < labels.length; i++) pixels[i] = table[labels[i]]
  const colors = new Uint8ClampedArray(pixels.buffer)
  masks.set(labels, { table, colors })
  return colors
}
