/**
 * Paints masks at the size at which they are seen, not at the photo's: cost goes with the screen.
 */
import { answers } from './areas.js'
import { TILE, TILES } from './colors.js'

/**
 * @typedef {object} Window
 * @property {number} width pixels of the canvas
 * @property {number} height
 * @property {number} scale canvas pixels a photo pixel
 * @property {number} left where the photo's left edge lies on the canvas
 * @property {number} top
 */

/** @typedef {{width: number, height: number}} Size */

/**
 * The photo column (row) under each canvas column (row); -1 beside the photo.
 * @param {number} count canvas pixels
 * @param {number} start
 * @param {number} scale
 * @param {number} limit photo pixels
 */
function sources(count, start, scale, limit) {
  const out = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const at = Math.floor((i + 0.5 - start) / scale)
    out[i] = at >= 0 && at < limit ? at : -1
  }
  return out
}

/**
 * @param {Uint32Array} out [height, width] canvas pixels, fully overwritten
 * @param {Window} window
 * @param {Uint8Array} labels [photo.height, photo.width]
 * @param {Size} photo
 * @param {Uint32Array} table `lookupTable`
 * @param {number} [cell] canvas pixels a cell of the pattern; 0: no patterns
 */
export function paintMask(out, window, labels, photo, table, cell = 0) {
  const { width, height } = window
  const columns = sources(width, window.left, window.scale, photo.width)
  const rows = sources(height, window.top, window.scale, photo.height)
  out.fill(0)
  for (let y = 0; y < height; y++) {
    if (rows[y] < 0) continue
    const from = rows[y] * photo.width
    const to = y * width
    if (cell === 0) {
      for (let x = 0; x < width; x++) if (columns[x] >= 0) out[to + x] = table[labels[from + columns[x]]]
      continue
    }
    const tileRow = Math.floor(y / cell) % TILE * TILE
    for (let x = 0; x < width; x++) {
      if (columns[x] < 0) continue
      const id = labels[from + columns[x]]
      const inked = TILES[id * TILE * TILE + tileRow + Math.floor(x / cell) % TILE]
      out[to + x] = table[id + 256 * inked]
    }
  }
}

/**
 * Paints over a mask where the net is unsure: thin slanting lines, nothing between them.
 * @param {Uint32Array} out [height, width] canvas pixels
 * @param {Window} window
 * @param {import('./unsure.js').Unsure} unsure
 * @param {Size} photo
 * @param {readonly [number, number]} colors canvas pixels: between the lines, on them
 * @param {number} cell canvas pixels a line is wide
 */
export function paintUnsure(out, window, unsure, photo, [ground, line], cell) {
  const { width, height } = window
  const columns = sources(width, window.left, window.scale * photo.width / unsure.width, unsure.width)
  const rows = sources(height, window.top, window.scale * photo.height / unsure.height, unsure.height)
  for (let y = 0; y < height; y++) {
    if (rows[y] < 0) continue
    const from = rows[y] * unsure.width
    for (let x = 0; x < width; x++) {
      if (columns[x] >= 0 && unsure.map[from + columns[x]]) out[y * width + x] = Math.floor((x + y) / cell) % 6 === 0
        ? line : ground
    }
  }
}

/**
 * Where masks of one photo differ.
 * @param {Uint32Array} out
 * @param {Window} window
 * @param {readonly Uint8Array[]} masks
 * @param {Size} photo
 * @param {readonly number[]} colors canvas pixel by number of different answers; index 1: agreement
 * @param {number} [cell] canvas pixels of hatch on the highest disagreement; 0: none
 */
export function paintDisagreement(out, window, masks, photo, colors, cell = 0) {
  const { width, height } = window
  const columns = sources(width, window.left, window.scale, photo.width)
  const rows = sources(height, window.top, window.scale, photo.height)
  out.fill(0)
  for (let y = 0; y < height; y++) {
    if (rows[y] < 0) continue
    for (let x = 0; x < width; x++) {
      if (columns[x] < 0) continue
      const count = answers(masks, rows[y] * photo.width + columns[x])
      const hatched = cell > 0 && count > 2 && Math.floor((x + y) / cell) % 4 < 2
      out[y * width + x] = colors[hatched ? 0 : Math.min(count, colors.length - 1)]
    }
  }
}
