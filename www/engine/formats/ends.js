/**
 * Whether a picture's pixels are all there. Browsers show a truncated JPEG or PNG half grey without an error, so we
 * look first. What viewers do without decides nothing: a missing mark at the end, a length in a header, bytes after
 * the picture.
 *
 * Formats: ITU T.81 annex B, W3C PNG, ISO/IEC 14496-12 and 23008-12, RFC 9649, GIF89a. The others are taken as whole.
 */
import { pngChunk } from '../../lib/png.js'
import { gifIsCut, gifMended } from './gif.js'
import { pixelsEnd } from './jpeg.js'

/** A PNG's chunks, by their four letters. */
const [IDAT, IEND] = [0x49444154, 0x49454e44]
/** No PNG that is taken (see MAX_PIXELS in decode.js) unpacks to more. Bytes. */
const MAX_UNPACKED = 1e9
/** So much is unpacked at a time: at most a thousand times as much comes of it. Bytes. */
const PACKED_STEP = 1 << 14

/**
 * @param {string} format from `sniff`
 * @param {Uint8Array<ArrayBuffer>} bytes the whole file
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>}
 * @throws the signal's reason
 */
export async function isTruncated(format, bytes, signal) {
  const view = viewOf(bytes)
  switch (format) {
    case 'jpeg': return !jpegEnds(bytes) && pixelsEnd(bytes) === null
    case 'png': return !pngEnds(bytes) && await pngPixels(bytes, signal) === null
    case 'webp': return webpEnd(bytes) === null
    case 'bmp': return bmpLength(view) > bytes.length
    case 'gif': return gifIsCut(bytes)
    case 'avif':
    case 'heic': return lacksBoxes(bytes)
    default: return false
  }
}

/**
 * The same picture as browsers take it that refuse a file without its end; with all its pixels.
 * @param {string} format from `sniff`
 * @param {Uint8Array<ArrayBuffer>} bytes the whole file
 * @returns {Promise<Uint8Array<ArrayBuffer>[] | null>} null where there is nothing to mend
 */
export async function mend(format, bytes) {
  if (format === 'jpeg' && !jpegEnds(bytes)) {
    const end = pixelsEnd(bytes)
    return end === null ? null : [bytes.subarray(0, end), Uint8Array.of(0xff, 0xd9)]
  }
  if (format === 'png' && !pngEnds(bytes)) {
    const pixels = await pngPixels(bytes)
    if (!pixels) return null
    return [bytes.subarray(0, pixels.start), pngChunk('IDAT', pixels.data), pngChunk('IEND', new Uint8Array(0))]
  }
  if (format === 'gif') return gifMended(bytes)
  const end = format === 'webp' ? webpEnd(bytes) : null
  if (end === null) return null
  const head = bytes.slice(0, 12)
  viewOf(head).setUint32(4, end - 8, true)
  return [head, bytes.subarray(12, end)]
}

/**
 * Walks a JPEG's segments to the end-of-image marker. A search for FF D9 won't do: the thumbnail
 * inside the metadata has one of its own.
 * @param {Uint8Array} bytes
 */
function jpegEnds(bytes) {
  let at = 2
  for (;;) {
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 1 >= bytes.length) return false
    const marker = bytes[at + 1]
    if (marker === 0xd9) return true
    if (marker === 0xff) {
      at += 1 // fill byte
    } else if (marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2 // stuffed byte in the coded data, or a marker without a body
    } else {
      // A segment with a length; after a scan's header the coded data follows, in which every FF
      // is stuffed or a restart marker, so the same loop goes through it.
      if (at + 3 >= bytes.length) return false
      at += 2 + Math.max(2, bytes[at + 2] * 256 + bytes[at + 3])
    }
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Generator<{type: number, start: number, end: number}>} where each one's content is, as it is announced
 */
function* pngChunks(bytes) {
  const view = viewOf(bytes)
  for (let start = 16; start <= bytes.length;) {
    const end = start + view.getUint32(start - 8)
    yield { type: view.getUint32(start - 4), start, end }
    start = end + 12
  }
}

/** @param {Uint8Array} bytes */
function pngEnds(bytes) {
  for (const { type, start } of pngChunks(bytes)) if (type === IEND) return start + 4 <= bytes.length
  return false
}

/**
 * A PNG's compressed pixels, if they can be unpacked to their end, or to more than the picture can need.
 * @param {Uint8Array} bytes
 * @param {AbortSignal} [signal]
 * @returns {Promise<{start: number, data: Uint8Array<ArrayBuffer>} | null>} start: of the first chunk with pixels
 */
async function pngPixels(bytes, signal) {
  const packed = new Uint8Array(bytes.length)
  let first = 0
  let length = 0
  for (const { type, start, end } of pngChunks(bytes)) {
    if (type !== IDAT) continue
    const part = bytes.subarray(start, end)
    packed.set(part, length)
    length += part.length
    first ||= start - 8
  }
  const data = packed.subarray(0, length)
  return first && await unpacks(data, pngUnpacked(bytes), signal) ? { start: first, data } : null
}

/**
 * @param {Uint8Array} bytes
 * @returns {number} the most bytes that a PNG's pixels can be, unpacked
 */
function pngUnpacked(bytes) {
  if (bytes.length < 26) return 0
  const view = viewOf(bytes)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const channels = [1, 0, 3, 1, 2, 0, 4][bytes[25]] || 4
  // A byte before each row; interlaced, there are up to twice as many rows, each with up to a byte to fill it up.
  return Math.min(height * (Math.ceil(width * channels * bytes[24] / 8) + 4) + 64, MAX_UNPACKED)
}

/**
 * @param {Uint8Array<ArrayBuffer>} packed by zlib
 * @param {number} most bytes; what unpacks to more isn't followed
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>} whether it comes to its end, or to more than `most`
 */
async function unpacks(packed, most, signal) {
  let at = 0
  const source = new ReadableStream({
    pull(controller) {
      if (at < packed.length) controller.enqueue(packed.slice(at, at += PACKED_STEP))
      else controller.close()
    },
  })
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader()
  try {
    for (let left = most; left >= 0;) {
      signal?.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) break
      left -= value.length
    }
    return true
  } catch {
    signal?.throwIfAborted()
    return false
  } finally {
    reader.cancel().catch(() => {})
  }
}

/**
 * Walks a WebP's chunks.
 * @param {Uint8Array} bytes
 * @returns {number | null} where the last whole chunk ends; null: the picture (of a film, the first) isn't whole
 */
function webpEnd(bytes) {
  const view = viewOf(bytes)
  let hasPicture = false
  let at = 12
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at + 4, true)
    const end = at + 8 + length
    if (end > bytes.length) break
    hasPicture ||= ['VP8 ', 'VP8L', 'ANMF'].includes(latin1(bytes, at, at + 4))
    // The byte that makes the length even may be missing at the very end.
    at = Math.min(end + length % 2, bytes.length)
  }
  return hasPicture ? at : null
}

/**
 * @param {DataView} view
 * @returns {number} how many bytes reach to a BMP's last pixel; 0 where that depends on them
 */
function bmpLength(view) {
  const header = view.byteLength >= 18 ? view.getUint32(14, true) : 0
  const isOld = header === 12
  if (view.byteLength < 18 + (isOld ? 8 : 16)) return Infinity
  const pixels = view.getUint32(10, true)
  const [width, height, bits] = isOld
    ? [view.getUint16(18, true), view.getUint16(20, true), view.getUint16(24, true)]
    : [view.getInt32(18, true), Math.abs(view.getInt32(22, true)), view.getUint16(28, true)]
  // 0 and 3: pixels as they are; others are run lengths, or a JPEG or PNG.
  const isPlain = isOld || (view.byteLength >= 34 && [0, 3].includes(view.getUint32(30, true)))
  return isPlain ? pixels + Math.ceil(width * bits / 32) * 4 * height : 0
}

/**
 * Whether an AVIF or HEIC file lacks bytes that its table of items names, or, without such a table (a film), a part of
 * one of its boxes. Whatever follows the last box counts for nothing.
 * @param {Uint8Array} bytes
 */
function lacksBoxes(bytes) {
  let isCut = false
  let hasTable = false
  for (const { type, start, end } of boxes(bytes, 0)) {
    if (type === 'meta') {
      hasTable = true
      if (end > bytes.length || itemsEnd(bytes, start, end) > bytes.length) return true
    } else if (['ftyp', 'moov', 'mdat'].includes(type) && end > bytes.length) {
      isCut = true
    }
  }
  return isCut && !hasTable
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} [to]
 * @returns {Generator<{type: string, start: number, end: number}>} start: of its content; end: as it is announced
 */
function* boxes(bytes, from, to = bytes.length) {
  const view = viewOf(bytes)
  for (let at = from; at + 8 <= to;) {
    let length = view.getUint32(at)
    let head = 8
    if (length === 0) length = to - at // up to the end of the file
    if (length === 1 && at + 16 <= to) {
      length = Number(view.getBigUint64(at + 8))
      head = 16
    }
    if (length < head) return // no box
    yield { type: latin1(bytes, at + 4, at + 8), start: at + head, end: at + length }
    at += length
  }
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 */
function boxNamed(name, bytes, from, to) {
  for (const box of boxes(bytes, from, to)) if (box.type === name) return box
  return null
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from where the content of the `meta` box begins
 * @param {number} to
 * @returns {number} where the last of the items' bytes is over; 0: none lie in the file itself
 */
function itemsEnd(bytes, from, to) {
  let last = 0
  const table = boxNamed('iloc', bytes, from + 4, to)
  if (!table) return last
  let at = table.start
  /** @param {number} size bytes */
  const next = size => {
    let value = 0
    for (const end = at + size; at < end; at++) value = value * 256 + (bytes[at] ?? 0)
    return value
  }
  // A table that says nonsense is for the browser to judge.
  if (table.end > to || table.end - at < 8) return last
  const version = next(1)
  next(3)
  const sizes = next(2)
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15]
  const indexSize = version > 0 ? sizes & 15 : 0
  // An extent of no bytes: the whole file, however often.
  if (indexSize + offsetSize + lengthSize === 0) return last
  for (let items = next(version < 2 ? 2 : 4); items > 0 && at < table.end; items--) {
    next(version < 2 ? 2 : 4)
    const method = version > 0 ? next(2) & 15 : 0
    next(2)
    const base = next(baseSize)
    for (let extents = next(2); extents > 0 && at < table.end; extents--) {
      next(indexSize)
      const offset = base + next(offsetSize)
      const end = offset + next(lengthSize)
      if (method === 0) last = Math.max(last, end)
    }
  }
  return last
}

/** @param {Uint8Array} bytes */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 * @returns {string} one character a byte
 */
function latin1(bytes, from, to) {
  return String.fromCharCode(...bytes.subarray(from, to))
}
