/** PNGs as any program may have written them. */
import { deflateSync } from 'node:zlib'
import { crc32 } from '../../www/lib/png.js'

/** @param {string} type @param {Uint8Array} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/**
 * @param {number} width
 * @param {readonly (readonly number[])[]} rows bytes of each row
 * @param {{type: 0 | 2 | 3 | 4 | 6, depth?: number, palette?: readonly (readonly number[])[] | null}} how
 */
export function pngBytes(width, rows, { type, depth = 8, palette }) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([depth, type, 0, 0, 0], 8)
  return new Uint8Array(Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header),
    ...palette ? [chunk('PLTE', Buffer.from(palette.flat()))] : [],
    chunk('IDAT', deflateSync(Buffer.concat(rows.map(row => Buffer.from([0].concat(row)))))),
      chunk('IEND', Buffer.alloc(0)),
  ]))
}
