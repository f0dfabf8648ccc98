/**
 * What a file is, by its first bytes, and whether its end is there. Pure functions over bytes.
 *
 * Browsers decode a truncated JPEG or PNG half grey without an error, a decompression bomb until
 * the tab dies, and say no more than "could not be decoded" about the rest; so we look first.
 * Signatures: the formats' specifications (ITU T.81 annex B, W3C PNG, ISO/IEC 14496-12, RFC 9649).
 */
import { imageDimensionsFromData } from '../../vendor/image-dimensions.js'

/**
 * `image`: a raster format, whether or not this browser can read it. `svg`: a drawing. `other`:
 * surely no picture. `unknown`: none of the known signatures.
 * @typedef {{kind: 'image' | 'svg' | 'other' | 'unknown', format: string}} Sniffed
 */

/** How much of a file `sniff` and `measure` want, bytes: a JPEG may have 1 MB of metadata first. */
export const HEAD_BYTES = 1 << 20

/** Signatures at offset 0, in Latin-1; the first match counts. @type {readonly [string, Sniffed['kind'], string][]} */
const SIGNATURES = [
  ['\x89PNG\r\n\x1a\n', 'image', 'png'],
  ['\xff\xd8\xff', 'image', 'jpeg'],
  ['GIF87a', 'image', 'gif'],
  ['GIF89a', 'image', 'gif'],
  ['\xff\x0a', 'image', 'jxl'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'image', 'jxl'],
  ['\0\0\0\x0cjP  ', 'image', 'jp2'],
  ['II*\0', 'image', 'tiff'],
  ['MM\0*', 'image', 'tiff'],
  ['8BPS', 'image', 'psd'],
  ['\0\0\x01\0', 'image', 'ico'],
  ['%PDF', 'other', 'pdf'],
  ['PK\x03\x04', 'other', 'zip'],
  ['\x1f\x8b', 'other', 'gzip'],
  ['BZh', 'other', 'bzip2'],
  ['\xfd7zXZ\0', 'other', 'xz'],
  ['(\xb5/\xfd', 'other', 'zstd'],
  ['7z\xbc\xaf\x27\x1c', 'other', '7z'],
  ['Rar!\x1a\x07', 'other', 'rar'],
  ['\x1aE\xdf\xa3', 'other', 'matroska'],
  ['OggS', 'other', 'ogg'],
  ['ID3', 'other', 'mp3'],
  ['fLaC', 'other', 'flac'],
  ['\x7fELF', 'other', 'elf'],
  ['\0asm', 'other', 'wasm'],
  ['SQLite format 3\0', 'other', 'sqlite'],
]

const AVIF_BRANDS = ['avif', 'avis', 'avio']
const HEIF_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1']
/** Lengths of the header that follows a BMP's 14-byte file header, bytes. */
const BMP_HEADERS = [12, 16, 40, 52, 56, 64, 108, 124]

/**
 * @param {Uint8Array} head the file's first bytes; HEAD_BYTES are plenty
 * @returns {Sniffed}
 */
export function sniff(head) {
  for (const [signature, kind, format] of SIGNATURES) {
    if (latin1(head, 0, signature.length) === signature) return { kind, format }
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (latin1(head, 0, 4) === 'RIFF') {
    const form = latin1(head, 8, 12)
    return form === 'WEBP' ? { kind: 'image', format: 'webp' } : { kind: 'other', format: form.trim().toLowerCase() }
  }
  if (latin1(head, 0, 2) === 'BM' && head.length >= 18 && BMP_HEADERS.includes(view.getUint32(14, true))) {
    return { kind: 'image', format: 'bmp' }
  }
  if (latin1(head, 4, 8) === 'ftyp') return sniffBoxes(head, view)
  const text = asText(head)
  if (text === null) return { kind: 'unknown', format: '' }
  return isSvg(text) ? { kind: 'svg', format: 'svg' } : { kind: 'other', format: 'text' }
}

/**
 * ISO base media files: AVIF and HEIF pictures, and a great many films.
 * @param {Uint8Array} head
 * @param {DataView} view
 * @returns {Sniffed}
 */
function sniffBoxes(head, view) {
  const end = Math.min(view.getUint32(0), head.length, 512)
  /** @type {string[]} */
  const brands = []
  // The major brand, its version (skipped), then the compatible brands.
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) brands.push(latin1(head, at, at + 4))
  if (brands.some(brand => AVIF_BRANDS.includes(brand))) return { kind: 'image', format: 'avif' }
  if (brands.some(brand => HEIF_BRANDS.includes(brand))) return { kind: 'image', format: 'heic' }
  if (brands[0] === 'crx ') return { kind: 'image', format: 'cr3' }
  return { kind: 'other', format: 'mp4' }
}

/**
 * The size a picture will have when decoded (before its orientation is applied).
 * @param {Uint8Array} head
 * @returns {{width: number, height: number} | null} pixels; null where the header doesn't say
 */
export function measure(head) {
  if (latin1(head, 0, 2) === 'BM' && head.length >= 26) {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    return view.getUint32(14, true) === 12
      ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
      // A negative height means that rows run top to bottom.
      : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) }
  }
  const size = imageDimensionsFromData(head)
  return size && size.width > 0 && size.height > 0 ? { width: size.width, height: size.height } : null
}

/**
 * Whether a picture's end is missing. Formats without a mark for their end are taken as whole, and
 * so is a GIF without its trailer, which many programs write.
 * @param {string} format from `sniff`
 * @param {Uint8Array} bytes the whole file
 * @returns {boolean}
 */
export function isTruncated(format, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (format) {
    case 'jpeg': return !jpegEnds(bytes)
    case 'png': return !pngEnds(bytes, view)
    case 'webp': return bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length
    case 'bmp': return view.getUint32(2, true) > bytes.length
    case 'avif':
    case 'heic': return !boxesEnd(view)
    default: return false
  }
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
 * @param {DataView} view
 */
function pngEnds(bytes, view) {
  for (let at = 8; at + 12 <= bytes.length;) {
    if (latin1(bytes, at + 4, at + 8) === 'IEND') return true
    at += 12 + view.getUint32(at)
  }
  return false
}

/**
 * Whether the last top-level box of an ISO base media file is complete.
 * @param {DataView} view
 */
function boxesEnd(view) {
  let at = 0
  while (at + 8 <= view.byteLength) {
    let size = view.getUint32(at)
    if (size === 0) return true // up to the end of the file
    if (size === 1) {
      if (at + 16 > view.byteLength) return false
      size = Number(view.getBigUint64(at + 8))
    }
    if (size < 8) return true // no box: not for us to judge
    at += size
  }
  return at === view.byteLength
}

/**
 * The beginning of a text file, or null where the bytes aren't text.
 * @param {Uint8Array} head
 * @returns {string | null}
 */
function asText(head) {
  const utf16 = latin1(head, 0, 2)
  const encoding = utf16 === '\xff\xfe' ? 'utf-16le' : utf16 === '\xfe\xff' ? 'utf-16be' : 'utf-8'
  try {
    // `stream` lets the last character be cut in two.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head.subarray(0, 4096), { stream: true })
    return /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? null : text
  } catch {
    return null
  }
}

/**
 * @param {string} text
 * @returns {boolean}
 */
function isSvg(text) {
  const doctype = /<!DOCTYPE\s+(?:[\w-]+:)?svg\b[^>[]*(?:\[[\s\S]*?\])?[^>]*>/
  const body = text.replace(new RegExp(`^(?:\\s+|<\\?[\\s\\S]*?\\?>|<!--[\\s\\S]*?-->|${doctype.source})+`, 'i'), '')
  return /^<(?:[\w-]+:)?svg[\s>/]/i.test(body)
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
