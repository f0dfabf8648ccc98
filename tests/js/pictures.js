/** Pictures built byte by byte, and GIFs by an encoder. */
import { GIFEncoder } from '../../www/vendor/gifenc.js'

/**
 * @param {(string | number[] | Uint8Array)[]} parts strings are Latin-1
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytes(...parts) {
  return Uint8Array.from(parts.flatMap(part => typeof part === 'string' ? [...part].map(c => c.charCodeAt(0))
    : [...part]))
}

/** @param {number} value @returns {number[]} big-endian */
export const u32 = value => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255]
/** @param {number} value @returns {number[]} big-endian */
export const u16 = value => [value >> 8, value & 255]
/** @param {number} value @returns {number[]} */
export const u32le = value => u32(value).reverse()

/** @param {string} type @param {number[]} body @returns {Uint8Array<ArrayBuffer>} */
export const pngChunk = (type, body) => bytes(u32(body.length), type, body, u32(0))
/** @param {number} width @param {number} height @returns {Uint8Array<ArrayBuffer>} */
export const png = (width, height) => bytes('\x89PNG\r\n\x1a\n',
  pngChunk('IHDR', [...u32(width), ...u32(height), 8, 6, 0, 0, 0]),
  pngChunk('IDAT', [1, 2, 3]), pngChunk('IEND', []))

/** @param {number} marker @param {number[]} body @returns {number[]} */
export const segment = (marker, body) => [0xff, marker, ...u16(body.length + 2), ...body]
export const SOF = segment(0xc0, [8, ...u16(48), ...u16(64), 1, 1, 0x11, 0])
export const SOS = segment(0xda, [1, 1, 0, 0, 63, 0])
/** @param {number[][]} parts @returns {Uint8Array<ArrayBuffer>} */
export const jpeg = (...parts) => bytes([0xff, 0xd8], ...parts)

/** @param {string[]} brands @returns {Uint8Array<ArrayBuffer>} */
export const ftyp = (...brands) => bytes(u32(12 + 4 * brands.length), 'ftyp', brands[0] ?? '',
  u32(0), ...brands.slice(1))

/** 24 bits a pixel, each row filled up to 4 bytes. @param {number} width @param {number} height @returns {Uint8Array<ArrayBuffer>} */
export const bmp = (width, height) => {
  const length = Math.ceil(width * 3 / 4) * 4 * Math.min(Math.abs(height | 0), 100)
  return bytes('BM', u32le(54 + length), u32(0), u32le(54), u32le(40), u32le(width), u32le(height),
    [1, 0, 24, 0], new Uint8Array(24), new Uint8Array(length))
}

/** 256 greys. */
const GREYS = Array.from({ length: 256 }, (_, i) => /** @type {[number, number, number]} */ ([i, i, i]))

/**
 * @param {number} width
 * @param {number} height
 * @param {((i: number) => number)[]} pictures grey, 0–255, of each pixel; all of a film
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function gif(width, height, ...pictures) {
  const encoder = GIFEncoder()
  for (const grey of pictures) {
    encoder.writeFrame(Uint8Array.from({ length: width * height }, (_, i) => grey(i)),
      width, height, { palette: GREYS })
  }
  encoder.finish()
  return Uint8Array.from(encoder.bytes())
}
