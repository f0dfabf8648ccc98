/**
 * Reads a label map from a PNG as people have them: values of an indexed picture (as PASCAL VOC writes them) or of a grey
 * one are the ids; colours are looked up in the palettes of known data sets.
 */
import { decode } from '../../../vendor/fast-png.js'
import { FcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { PALETTES, hex } from '../../../lib/palettes.js'
import { besideIn, readingsOf } from './colours.js'

/** @typedef {import('../../../lib/palettes.js').Palette} Palette */
/** @typedef {import('./colours.js').Reading} Reading */
/** @typedef {import('./colours.js').How} How */
/** @typedef {import('./colours.js').Values} Values */

/**
 * @typedef {object} LabelMap
 * @property {number} width pixels
 * @property {number} height
 * @property {'indexed' | 'grey' | 'colour'} kind what the file holds
 * @property {readonly Reading[]} readings ids [height, width]; of colours one for each palette that has all of them,
 *   otherwise one, with the palette whose colours it has at their own ids
 * @property {boolean} [isWide] whether it is grey in three channels: its values may be colours (`readingsOfGrey`)
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** What is needed of a file; notes and profiles may be of any size. */
const NEEDED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])
/** More than any label map has, and few enough to be measured. */
const MOST_PIXELS = 40_000_000

/** @param {string} kind @param {string} message @param {Record<string, unknown>} [details] */
const refused = (kind, message, details = {}) => new FcnError('invalid_input', message, { kind, ...details })

/**
 * @param {Blob} file
 * @param {How | null} [how] colours are taken that are no known data set's; null: not at all
 * @returns {Promise<LabelMap>}
 * @throws {FcnError} invalid_input; `details.kind`: file_gone, not_png, broken_png, label_large, label_interlaced,
 *   label_16_bit, label_alpha, label_photo, label_own or label_colours
 */
export async function readFile(file, how = null) {
  // A file may have gone, a folder can't be read.
  const bytes = await file.arrayBuffer().catch(() => { throw refused('file_gone', 'the file can no longer be read') })
  return await readLabelMap(new Uint8Array(bytes), how)
}

/** How a prediction is read beside a truth. @param {LabelMap | null | undefined} truth @returns {How | null} */
export function besideOf(truth) {
  const colors = truth?.kind === 'indexed' ? truth.readings[0].colors : null
  return colors ? { beside: colors } : null
}

/**
 * @param {Uint8Array} bytes of a file
 * @param {How | null} [how]
 * @returns {Promise<LabelMap>}
 * @throws {FcnError} as {@link readFile}
 */
export async function readLabelMap(bytes, how = null) {
  const plain = await checked(bytes)
  /** @type {import('../../../vendor/fast-png.js').DecodedPng} */
  let png
  try {
    png = decode(plain, { checkCrc: true })
  } catch (error) {
    throw refused('broken_png', error instanceof Error ? error.message : String(error))
  }
  const { width, height, channels, palette } = png
  const size = { width, height }
  if (channels === 1) {
    const values = valuesIn(png)
    const colors = palette?.map(color => hex([...color].slice(0, 3)))
    return { ...size, kind: colors ? 'indexed' : 'grey', readings: [colors
      ? { values, palette: paletteOf(colors, values), colors: slotsIn(colors, values) } : { values, palette: null }] }
  }
  if (channels === 2) return { ...size, kind: 'grey', readings: [{ values: greyIn(png), palette: null }] }
  const grey = !how || besideIn(how) ? wideIn(png) : null
  if (grey) return { ...size, kind: 'grey', isWide: true, readings: [{ values: grey, palette: null }] }
  return { ...size, kind: 'colour', readings: readingsOf(png, how) }
}

/**
 * The file without what isn't needed, once it is known how large it becomes: a small file may hold gigabytes of nothing.
 * @param {Uint8Array} bytes
 */
async function checked(bytes) {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw refused('not_png', 'a label map is a PNG')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** @type {Uint8Array[]} */
  const kept = [bytes.subarray(0, 8)]
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const data = []
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const end = at + 12 + length
    if (end > bytes.length) throw refused('broken_png', 'a chunk reaches beyond the file')
    if (NEEDED.has(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IDAT') data.push(bytes.slice(at + 8, end - 4))
    if (type === 'IEND') break
    at = end
  }
  const head = kept[1]
  if (!head || head.length < 25 || String.fromCharCode(...head.subarray(4, 8)) !== 'IHDR') throw refused('broken_png',
    'no header')
  const header = new DataView(head.buffer, head.byteOffset)
  const [width, height] = [header.getUint32(8), header.getUint32(12)]
  const [depth, color, interlace] = [head[16], head[17], head[20]]
  if (!width || !height) throw refused('broken_png', 'no pixels')
  if (width * height > MOST_PIXELS) throw refused('label_large', `${width}×${height} pixels`)
  if (interlace && depth < 8) throw refused('label_interlaced', 'interlaced, and several pixels a byte')
  const channels = color === 2 ? 3 : color === 4 ? 2 : color === 6 ? 4 : 1
  // Interlaced, a picture has up to seven filter bytes a row more.
  const most = height * (Math.ceil(width * channels * depth / 8) + 1) + (interlace ? 8 * (width + height) + 64 : 0)
  await checkInflated(data, most)
  const whole = new Uint8Array(kept.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of kept) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** @param {Uint8Array<ArrayBuffer>[]} data @param {number} most bytes */
async function checkInflated(data, most) {
  const reader = new Blob(data).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  let length = 0
  for (;;) {
    const { done, value } = await reader.read().catch(error => { throw refused('broken_png', String(error)) })
    if (done) return
    length += value.length
    if (length > most) {
      void reader.cancel().catch(() => {})
      throw refused('broken_png', 'more data than its size can hold')
    }
  }
}

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
    if (data[2 * at + 1] !== opaque) throw refused('label_alpha', 'a label map is not transparent')
  }
  return bytesOf(grey)
}

/**
 * Grey as programs write it into three channels, with nothing transparent.
 * @param {import('../../../vendor/fast-png.js').DecodedPng} png of three or four channels
 * @returns {Uint8Array<ArrayBuffer> | null} null: it has colours
 */
function wideIn({ data, depth, channels }) {
  const opaque = 2 ** depth - 1
  const grey = new Uint8Array(data.length / channels)
  for (let at = 0, from = 0; at < grey.length; at++, from += channels) {
    const value = data[from]
    const isGrey = value === data[from + 1] && value === data[from + 2] && value <= 255
    if (!isGrey || (channels === 4 && data[from + 3] !== opaque)) return null
    grey[at] = value
  }
  return grey
}

/** @param {number} value */
const greyOf = value => hex([value, value, value])

/**
 * The colours of an indexed file by value, '' for slots that stand for no class: unused, and filled by a program with
 * black or with their own grey.
 * @param {readonly string[]} colors
 * @param {Uint8Array} values
 * @returns {string[] | undefined} undefined: its palette is that of a grey picture
 */
function slotsIn(colors, values) {
  if (colors.length > 1 && colors.every((color, value) => color === greyOf(value))) return undefined
  const used = new Set(values)
  return colors.map((color, value) =>
    value && !used.has(value) && [greyOf(0), greyOf(value)].includes(color) ? '' : color)
}

/**
 * Whose colours an indexed file has: all that occur must be some palette's, at their own numbers.
 * @param {readonly string[]} colors by value
 * @param {Uint8Array} values
 */
function paletteOf(colors, values) {
  const found = new Set(values)
  const isOf = (/** @type {Palette} */ { classes, unlabelled }) => [...found].every(value =>
    value === VOID ? unlabelled.includes(colors[value] ?? '') || !colors[value]
      : classes[value]?.color === colors[value])
  return found.size > 1 ? PALETTES.find(isOf) ?? null : null
}
