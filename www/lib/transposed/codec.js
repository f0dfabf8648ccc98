/**
 * Layers and maps as short texts, for attributes and for the fragment of a link.
 *
 * A pair: `2`, or `3x2` (rows x columns).
 * A map: a size with a fill (`3x3`, `7x7:blob`), or its values (`1,2;3,4`: cells parted by
 * commas or spaces, rows by semicolons), or, for large ones, `64x64:f32:` and base64url.
 */
import { LIMITS, area } from './geometry.js'

/** @typedef {import('./geometry.js').Pair} Pair */
/** @typedef {import('./fill.js').Fill} Fill */

/**
 * A map as it was asked for: a fill, or values (row by row).
 * @typedef {{size: Pair, fill: Fill, values: null} | {size: Pair, fill: null, values: Float64Array}} MapSource
 */

/** From this many cells on, values are written as base64. */
const LONG = 144

/** Values beyond this are taken for a slip of the hand; they would also not fit a cell. */
export const GREATEST_VALUE = 1e6

/**
 * Reads a number as people write it: `-1.5`, `−1,5`, `1/4`, `1e-3`.
 * @param {string} text
 * @returns {number | null} null when it isn't a number, or one too large
 */
export function parseNumber(text) {
  const plain = text.trim().replace(/[\u2212\u2013]/g, '-').replace(',', '.')
  const parts = plain.split('/')
  if (parts.length > 2 || !parts.every(part => /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(part))) return null
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0])
  return Number.isFinite(value) && Math.abs(value) <= GREATEST_VALUE ? value : null
}

/**
 * @param {string} text `2` or `3x2`
 * @returns {Pair | null} whole numbers, not checked against any limit; null when unreadable
 */
export function parsePair(text) {
  const match = /^\s*(-?\d{1,9})(?:\s*[x\u00d7*,]\s*(-?\d{1,9}))?\s*$/i.exec(text)
  if (!match) return null
  const rows = Number(match[1])
  return [rows, match[2] === undefined ? rows : Number(match[2])]
}

/**
 * @param {Pair} pair
 * @returns {string} `2` when both are equal, else `3x2`
 */
export function formatPair([rows, cols]) {
  return rows === cols ? `${rows}` : `${rows}x${cols}`
}

/**
 * @param {string} text see the head of this file
 * @param {readonly Fill[]} fills the fills that this map may have; the first is the default
 * @returns {MapSource | null} null when unreadable
 */
export function parseMap(text, fills) {
  const long = /^\s*(\d+x\d+):f32:([\w-]*)\s*$/i.exec(text)
  if (long) {
    const size = parsePair(long[1])
    const values = size && fromBase64(long[2])
    return size && values && values.length === area(size) ? { size, fill: null, values } : null
  }
  if (!/[;]/.test(text)) {
    const match = /^\s*(-?\d+(?:\s*[x\u00d7]\s*-?\d+)?)(?:[\s:]+([a-z]+))?\s*$/i.exec(text)
    const size = match && parsePair(match[1])
    const fill = match && /** @type {Fill | undefined} */ (match[2]?.toLowerCase() ?? fills[0])
    if (size && fill) return fills.includes(fill) ? { size, fill, values: null } : null
  }
  const rows = text.split(';').map(row => row.trim().split(/[\s,]+/)).filter(row => row[0] !== '')
  if (rows.length === 0 || rows.some(row => row.length !== rows[0].length)) return null
  const numbers = rows.flat().map(parseNumber)
  if (numbers.some(number => number === null)) return null
  return { size: [rows.length, rows[0].length], fill: null,
    values: Float64Array.from(/** @type {number[]} */ (numbers)) }
}

/**
 * @param {MapSource} source
 * @returns {string} that {@link parseMap} reads back; large maps are rounded to 32-bit floats
 */
export function formatMap({ size, fill, values }) {
  if (fill) return fill === 'sample' ? `${size[0]}x${size[1]}` : `${size[0]}x${size[1]}:${fill}`
  if (values.length > LONG) return `${size[0]}x${size[1]}:f32:${toBase64(values)}`
  const rows = Array.from({ length: size[0] },
    (_, r) => Array.from(values.subarray(r * size[1], (r + 1) * size[1]), short).join(','))
  // The last semicolon tells the 1x1 map "5;" and the row "1" from sizes.
  return rows.length === 1 && size[1] === 1 ? `${rows[0]};` : rows.join(';')
}

/** @param {number} value @returns {string} */
function short(value) {
  return String(Number(value.toPrecision(7)))
}

/** @param {Float64Array} values @returns {string} base64url of little-endian 32-bit floats */
function toBase64(values) {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  values.forEach((value, i) => view.setFloat32(i * 4, value, true))
  let binary = ''
  for (let i = 0; i < view.byteLength; i++) binary += String.fromCharCode(view.getUint8(i))
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

/** @param {string} text base64url @returns {Float64Array | null} null: cut short, or not finite */
function fromBase64(text) {
  let binary
  try {
    binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  } catch {
    return null
  }
  if (binary.length % 4) return null
  const bytes = Uint8Array.from(binary, char => char.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const values = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
  return values.every(Number.isFinite) ? values : null
}

/**
 * Turns nested arrays, as a program gives them, into a map.
 * @param {unknown} rows number[][]
 * @param {'input' | 'kernel'} role whose limits hold
 * @returns {MapSource | null} null: not a rectangle of finite numbers, or larger than the limit
 */
export function fromRows(rows, role) {
  if (!Array.isArray(rows) && !ArrayBuffer.isView(rows)) return null
  const lists = Array.from(/** @type {ArrayLike<unknown>} */ (rows), row =>
    Array.isArray(row) || ArrayBuffer.isView(row)
      ? Array.from(/** @type {ArrayLike<unknown>} */ (/** @type {unknown} */ (row))) : [])
  const [, most] = LIMITS[role]
  const cols = lists[0]?.length ?? 0
  if (lists.length === 0 || cols === 0 || lists.length > most || cols > most) return null
  if (lists.some(list => list.length !== cols)) return null
  const values = lists.flat()
  if (!values.every(value => typeof value === 'number' && Number.isFinite(value))) return null
  return { size: [lists.length, cols], fill: null, values: Float64Array.from(/** @type {number[]} */ (values)) }
}

/**
 * @param {ArrayLike<number>} values row by row
 * @param {Pair} size
 * @returns {number[][]}
 */
export function toRows(values, [rows, cols]) {
  return Array.from({ length: rows }, (_, r) => Array.from({ length: cols }, (_, c) => values[r * cols + c]))
}
