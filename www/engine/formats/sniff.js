/**
 * What a file is, by its first bytes. Pure functions over bytes.
 *
 * Browsers decode a decompression bomb until the tab dies, and say no more than "could not be
 * decoded" about the rest; so we look first.
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
