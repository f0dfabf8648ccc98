/**
 * Class colours and patterns: what a mask looks like.
 *
 * A pattern is a second sign beside the colour, for eyes that can't tell two colours apart: a small
 * tile of ink in which every class differs from its neighbours in the list.
 */

/** @typedef {{id: number, color: string}} Coloured */

/** Side of a pattern tile in its own cells. */
export const TILE = 8

/**
 * '#rrggbb' → [r, g, b], 0..255. Anything else is mid grey.
 * @param {string} color
 * @returns {[number, number, number]}
 */
export function rgb(color) {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)
  const value = hex ? parseInt(hex[1], 16) : 0x808080
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/**
 * Relative luminance (WCAG), 0 black to 1 white.
 * @param {readonly number[]} color [r, g, b], 0..255
 */
export function luminance(color) {
  const [r, g, b] = color.map(c => c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/**
 * The ink of a class's pattern: black or white, whichever shows on its colour.
 * @param {readonly number[]} color
 * @returns {[number, number, number]}
 */
export function inkOn(color) {
  return luminance(color) > 0.2 ? [20, 20, 20] : [255, 255, 255]
}

/** Whether ink lies on cell (x, y), by pattern. Index 0 is plain. @type {readonly ((x: number, y: number) => boolean)[]} */
const PATTERNS = [
  () => false,
  (x, y) => (x + y) % 8 < 2,
  (x, y) => x % 4 < 2 && y % 4 < 2,
  (x, y) => (x - y + 8) % 8 < 2,
  (x, y) => y % 8 < 2 || x % 8 < 2,
  (x, y) => (x - 3) ** 2 + (y - 3) ** 2 < 6,
  (x, y) => y % 4 < 1,
  (x, y) => x % 4 < 1,
  (x, y) => y % 8 < 3,
  (x, y) => x % 8 < 1 && y % 8 < 1,
  (x, y) => (x + y) % 8 < 1 || (x - y + 8) % 8 < 1,
  (x, y) => (x + y) % 4 < 1,
  (x, y) => x % 8 < 3,
  (x, y) => y % 8 === (x < 4 ? x : 7 - x) || y % 8 === (x < 4 ? x : 7 - x) + 1,
  (x, y) => (x - y + 8) % 4 < 1,
  (x, y) => (y < 4 ? x < 4 : x >= 4),
]

/**
 * @param {number} id class
 * @returns {Uint8Array} TILE × TILE, 1 where there is ink
 */
export function patternTile(id) {
  const inked = PATTERNS[id % PATTERNS.length]
  return Uint8Array.from({ length: TILE * TILE }, (_, i) => inked(i % TILE, Math.floor(i / TILE)) ? 1 : 0)
}

/** All 256 tiles, one after another. */
const TILES = new Uint8Array(256 * TILE * TILE)
for (let id = 0; id < 256; id++) TILES.set(patternTile(id), id * TILE * TILE)
export { TILES }

/**
 * Pixels to write for each class, in canvas byte order (RGBA in memory), with and without ink.
 * @param {readonly Coloured[]} classes
 * @param {object} [look]
 * @param {ReadonlySet<number>} [look.hidden] classes that aren't drawn
 * @param {number | null} [look.lit] the one class to be seen; the others fade
 * @param {ReadonlySet<number>} [look.faint] classes drawn weakly (the background, over a photo)
 * @returns {Uint32Array} [512]: id → colour, 256 + id → ink
 */
export function lookupTable(classes, { hidden = new Set(), lit = null, faint = new Set() } = {}) {
  const bytes = new Uint8ClampedArray(512 * 4)
  for (const { id, color } of classes) {
    if (hidden.has(id)) continue
    const alpha = (lit !== null && id !== lit ? 0.18 : 1) * (faint.has(id) ? 0.3 : 1) * 255
    const base = rgb(color)
    bytes.set([...base, alpha], id * 4)
    bytes.set([...inkOn(base), alpha], (256 + id) * 4)
  }
  return new Uint32Array(bytes.buffer)
}

/** @type {WeakMap<readonly Coloured[], Uint32Array>} */
const tables = new WeakMap()

/** The same table each time for the same list, so that what was painted with it is known again. @param {readonly Coloured[]} classes @returns {Uint32Array} as `lookupTable` */
export function tableOf(classes) {
  const table = tables.get(classes) ?? lookupTable(classes)
  tables.set(classes, table)
  return table
}

/**
 * The palette of an indexed PNG.
 * @param {readonly Coloured[]} classes
 * @returns {Uint8Array} [3 * (largest id + 1)]
 */
export function paletteBytes(classes) {
  const last = Math.max(0, ...classes.map(({ id }) => id))
  const out = new Uint8Array(3 * (last + 1))
  for (const { id, color } of classes) out.set(rgb(color), id * 3)
  return out
}
