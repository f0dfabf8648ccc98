/**
 * Reads a label map from a PNG as people have them: values of an indexed picture (as PASCAL VOC writes them) or of a grey
 * one are the ids; colours are looked up in a palette.
 */
import { decode } from '../../../vendor/fast-png.js'
import { FcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { PALETTES, hex } from '../../../lib/palettes.js'

/** @typedef {import('../../../lib/palettes.js').Palette} Palette */

/**
 * @typedef {object} LabelMap
 * @property {number} width pixels
 * @property {number} height
 * @property {Uint8Array<ArrayBuffer>} values [height, width]
 * @property {'indexed' | 'grey' | 'colour'} kind what the file holds
 * @property {Palette | null} palette whose colours the file has; null where they are nobody's
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47]
/** As many as a photo may have. */
const MOST_PIXELS = 100_000_000
/** Colours of a file that are named in an error. */
const NAMED = 3

/**
 * @param {Uint8Array} bytes of a file
 * @returns {LabelMap}
 * @throws {FcnError} invalid_input; `details.kind`: not_png, broken_png, label_16_bit, label_grey_alpha or label_colours
 */
export function readLabelMap(bytes) {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw refused('not_png', 'a label map is a PNG')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Asked before anything is unpacked: a small file may claim any size.
  if (bytes.length > 24 && view.getUint32(16) * view.getUint32(20) > MOST_PIXELS) throw refused('label_large', 'too many pixels')
  /** @type {ReturnType<typeof decode>} */
  let png
  try {
    png = decode(bytes)
  } catch (error) {
    throw refused('broken_png', error instanceof Error ? error.message : String(error))
  }
  const { width, height, channels, palette } = png
  const size = { width, height }
  if (channels === 1) {
    const values = valuesIn(png)
    const colors = palette?.map(color => hex([...color].slice(0, 3)))
    return { ...size, values, kind: colors ? 'indexed' : 'grey', palette: colors ? paletteOf(colors, values) : null }
  }
  if (channels === 2) return { ...size, values: greyIn(png), kind: 'grey', palette: null }
  return { ...size, ...coloured(png), kind: 'colour' }
}

/** @param {string} kind @param {string} message @param {Record<string, unknown>} [details] */
const refused = (kind, message, details = {}) => new FcnError('invalid_input', message, { kind, ...details })

/** @param {import('../../../vendor/fast-png.js').DecodedPng} png of one channel */
function valuesIn({ width, height, depth, data }) {
  if (depth === 16) return bytesOf(data)
  if (depth === 8) return Uint8Array.from(data)
  // Packed: each row begins with a byte of its own.
  const stride = Math.ceil(width * depth / 8)
  const values = new Uint8Array(width * height)
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      const bit = column * depth
      values[at] = (data[row * stride + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
    }
  }
  return values
}

/** Sixteen bits a pixel, if they hold no more than eight would. @param {ArrayLike<number>} data */
function bytesOf(data) {
  let most = 0
  for (let i = 0; i < data.length; i++) most = Math.max(most, data[i])
  if (most > 255) throw refused('label_16_bit', `a label map has values up to 255, this one up to ${most}`, { most })
  return Uint8Array.from(data)
}

/** Grey with an alpha that says nothing. @param {import('../../../vendor/fast-png.js').DecodedPng} png */
function greyIn({ data, depth }) {
  const opaque = 2 ** depth - 1
  const grey = new Uint16Array(data.length / 2)
  for (let at = 0; at < grey.length; at++) {
    grey[at] = data[2 * at]
    if (data[2 * at + 1] !== opaque) throw refused('label_grey_alpha', 'a label map is not transparent')
  }
  return bytesOf(grey)
}

/**
 * Whose colours an indexed file has: all that occur must be some palette's, at their own numbers.
 * @param {readonly string[]} colors by value
 * @param {Uint8Array} values
 */
function paletteOf(colors, values) {
  const found = new Set(values)
  const isOf = (/** @type {Palette} */ { classes, unlabelled }) => [...found].every(value =>
    value === VOID ? unlabelled.includes(colors[value] ?? '') || !colors[value] : classes[value]?.color === colors[value])
  return found.size > 1 ? PALETTES.find(isOf) ?? null : null
}

/**
 * Colours looked up in the palette that has most of them.
 * @param {import('../../../vendor/fast-png.js').DecodedPng} png
 * @returns {{values: Uint8Array<ArrayBuffer>, palette: Palette}}
 */
function coloured({ width, height, channels, depth, data }) {
  const shift = depth === 16 ? 8 : 0
  /** Pixels by colour. @type {Map<number, number>} */
  const counts = new Map()
  const colors = new Uint32Array(width * height)
  for (let at = 0; at < colors.length; at++) {
    const from = at * channels
    const color = ((data[from] >> shift) << 16) | ((data[from + 1] >> shift) << 8) | (data[from + 2] >> shift)
    colors[at] = color
    counts.set(color, (counts.get(color) ?? 0) + 1)
  }
  const fits = PALETTES.map(palette => {
    const ids = new Map([
      ...palette.unlabelled.map(color => /** @type {[number, number]} */ ([parse(color), VOID])),
      ...palette.classes.map(({ id, color }) => /** @type {[number, number]} */ ([parse(color), id])),
    ])
    const missed = [...counts].filter(([color]) => !ids.has(color))
    return { palette, ids, missed, pixels: missed.reduce((sum, [, count]) => sum + count, 0) }
  }).sort((a, b) => a.pixels - b.pixels)
  const [best] = fits
  if (best.pixels > 0) {
    const list = best.missed.sort((a, b) => b[1] - a[1]).slice(0, NAMED).map(([color]) => `#${color.toString(16).padStart(6, '0')}`)
    throw refused('label_colours', `${best.pixels} of ${colors.length} pixels have none of ${best.palette.title}'s colours`, {
      palette: best.palette.title, pixels: best.pixels, all: colors.length, colours: counts.size, list: list.join(', '),
    })
  }
  return { values: Uint8Array.from(colors, color => best.ids.get(color) ?? VOID), palette: best.palette }
}

/** @param {string} color '#rrggbb' */
const parse = color => parseInt(color.slice(1), 16)
