/**
 * Colours of `<fcn-upsample>`: of numbers, of overlap counts, of text on them; and how numbers
 * are written.
 */

/** Red, green, blue, 0..255. @typedef {[number, number, number]} Rgb */

/**
 * @typedef {object} Palette
 * @property {Rgb} sheet
 * @property {Rgb} ink
 * @property {Rgb} soft
 * @property {Rgb} line
 * @property {Rgb} cursor
 * @property {Rgb} positive
 * @property {Rgb} negative
 * @property {Rgb} heat
 */

/** Names of the palette, as the element's style sheet has them (`--_sheet` and so on). */
export const COLOURS = /** @type {const} */ (['sheet', 'ink', 'soft', 'line', 'cursor', 'positive', 'negative', 'heat'])

/** @param {Rgb} rgb @returns {string} */
export function css([r, g, b]) {
  return `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`
}

/**
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} part 0..1
 * @returns {Rgb}
 */
export function mix(from, to, part) {
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, from[2] + (to[2] - from[2]) * part]
}

/**
 * The colour of a number: sheet at 0, blue above, orange below.
 * @param {Palette} palette
 * @param {number} value
 * @param {number} largest magnitude that gets the full colour
 * @returns {Rgb}
 */
export function valueColour(palette, value, largest) {
  const part = Math.min(1, Math.abs(value) / largest)
  return mix(palette.sheet, value < 0 ? palette.negative : palette.positive, part * 0.9)
}

/**
 * The colour of a number of stamps.
 * @param {Palette} palette
 * @param {number} count
 * @param {number} most
 * @returns {Rgb}
 */
export function heatColour(palette, count, most) {
  return mix(palette.sheet, palette.heat, count / most * 0.85)
}

/** @param {Rgb} rgb @returns {number} relative luminance, WCAG 2 */
function luminance(rgb) {
  const [r, g, b] = rgb.map(value => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/**
 * @param {Rgb} ground
 * @returns {string} near-black or white, whichever is easier to read on it
 */
export function textOn(ground) {
  return luminance(ground) > 0.21 ? '#101216' : '#ffffff'
}

/**
 * A number as it fits a cell or a sum: at most `digits` decimals, more when it would vanish.
 * @param {number} value
 * @param {number} [digits]
 * @returns {string} with a true minus sign
 */
export function formatNumber(value, digits = 2) {
  if (value === 0) return '0'
  let shown = Number(value.toFixed(digits))
  if (shown === 0) shown = Number(value.toPrecision(1))
  const text = Math.abs(shown) >= 1e5 ? shown.toExponential(1) : Math.abs(shown) < 1e-4
    ? shown.toExponential(0) : String(shown)
  return text.replace('-', '\u2212').replace('-', '\u2212')
}

/**
 * Whether {@link formatNumber} left something out.
 * @param {number} value
 * @param {number} [digits]
 */
export function isRounded(value, digits = 2) {
  return Math.abs(Number(formatNumber(value, digits).replaceAll('\u2212', '-')) - value) > 1e-9
}

const BYTES = new Uint8ClampedArray(4)
const WORD = new Uint32Array(BYTES.buffer)

/** A colour as one word of an opaque RGBA bitmap, whatever the machine's byte order. @param {Rgb} rgb */
export function pack(rgb) {
  BYTES[0] = rgb[0]
  BYTES[1] = rgb[1]
  BYTES[2] = rgb[2]
  BYTES[3] = 255
  return WORD[0]
}

/** Shades on either side of 0. */
export const SHADES = 255

/**
 * Packed colours by shade: of values from -largest to largest (index 0 to 2*SHADES), and of
 * counts (index 0 to SHADES); as they are, and faded for cells that are trimmed.
 * @typedef {{values: Uint32Array, counts: Uint32Array, fadedValues: Uint32Array, fadedCounts: Uint32Array, sheet: number}} Ramps
 */

/** @type {WeakMap<Palette, Ramps>} */
const rampsOf = new WeakMap()

/** @param {Palette} palette @returns {Ramps} */
export function ramps(palette) {
  const found = rampsOf.get(palette)
  if (found) return found
  const faded = (/** @type {Rgb} */ rgb) => pack(mix(palette.sheet, rgb, 0.4))
  const values = Array.from({ length: 2 * SHADES + 1 }, (_, i) => valueColour(palette, i - SHADES, SHADES))
  const counts = Array.from({ length: SHADES + 1 }, (_, i) => heatColour(palette, i, SHADES))
  const made = {
    values: Uint32Array.from(values, pack), counts: Uint32Array.from(counts, pack),
    fadedValues: Uint32Array.from(values, faded), fadedCounts: Uint32Array.from(counts, faded),
      sheet: pack(palette.sheet),
  }
  rampsOf.set(palette, made)
  return made
}
