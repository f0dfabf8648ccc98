/**
 * From a file's bytes to a bitmap, with a clear error for everything that isn't a whole picture.
 * The engine decodes in its worker. A page that shows the photo too asks `inspect` first: what a
 * decompression bomb unfolds to would end the tab before the worker could say no.
 */
import { FcnError } from '../../lib/errors.js'
import { isTruncated, mend } from './ends.js'
import { HEAD_BYTES, measure, sniff } from './sniff.js'

/** The largest photo that is taken, pixels. */
export const MAX_PIXELS = 100e6

/** A whole file this long is read to look for its end; above, only its head is looked at. Bytes. */
const MAX_SCANNED_BYTES = 512 * 2 ** 20

/** Pictures that few browsers read, by `sniff`'s formats, and what people call them. @type {Record<string, string>} */
const UNREAD = { tiff: 'TIFF', psd: 'Photoshop', jp2: 'JPEG 2000', jxl: 'JPEG XL', cr3: 'Canon RAW' }

/**
 * What can be said of a photo without decoding it; refuses what `decode` would refuse unseen.
 * @param {Blob} blob
 * @param {AbortSignal} [signal]
 * @returns {Promise<{width: number, height: number} | null>} pixels, as stored: an orientation that
 *   turns the photo on its side isn't applied; null where the header doesn't say
 * @throws {FcnError} empty_file, not_an_image, truncated_image, svg_unsupported, image_too_large,
 *   decode_failed (the file can't be read any more), or the signal's reason
 */
export async function inspect(blob, signal) {
  return (await examine(blob, signal)).size
}

/**
 * @param {Blob} blob
 * @param {AbortSignal} signal
 * @returns {Promise<ImageBitmap>} in display orientation; the caller closes it
 * @throws {FcnError} empty_file, not_an_image, truncated_image, svg_unsupported, heic_unsupported,
 *   image_too_large, decode_failed
 */
export async function decode(blob, signal) {
  const { kind, format } = await examine(blob, signal)
  /** @type {ImageBitmap} */
  let bitmap
  try {
    bitmap = await bitmapOf(blob)
  } catch (error) {
    if (format === 'heic') throw new FcnError('heic_unsupported')
    if (kind === 'unknown') throw new FcnError('not_an_image')
    const reason = error instanceof Error ? error.message : String(error)
    const name = UNREAD[format]
    if (!name) throw new FcnError('decode_failed', undefined, { format, reason })
    throw new FcnError('decode_failed',
      `This browser cannot read ${name} pictures. Open it elsewhere, save it as JPEG or PNG, and choose that.`,
      { kind: 'decode_failed.unread', name, format, reason })
  }
  try {
    signal.throwIfAborted()
    checkPixels(bitmap)
    return bitmap
  } catch (error) {
    bitmap.close()
    throw error
  }
}

/**
 * Whether a picture is of a kind that has no transparent pixels.
 * @param {Blob} blob
 */
export async function isOpaque(blob) {
  return sniff(await read(blob.slice(0, HEAD_BYTES))).format === 'jpeg'
}

/**
 * A photo's bitmap, also where the browser refuses the file though only its end is missing, and no pixel.
 * @param {Blob} blob
 * @param {ImageBitmapOptions} [options]
 * @returns {Promise<ImageBitmap>} in display orientation; the caller closes it
 */
export async function bitmapOf(blob, options = {}) {
  const upright = /** @type {const} */ ({ ...options, imageOrientation: 'from-image' })
  try {
    return await createImageBitmap(blob, upright)
  } catch (error) {
    if (blob.size > MAX_SCANNED_BYTES) throw error
    const bytes = await read(blob)
    const parts = await mend(sniff(bytes.subarray(0, HEAD_BYTES)).format, bytes)
    if (!parts) throw error
    return await createImageBitmap(new Blob(parts), upright)
  }
}

/**
 * @param {Blob} blob
 * @param {AbortSignal} [signal]
 * @returns {Promise<import('./sniff.js').Sniffed & {size: {width: number, height: number} | null}>}
 *   a kind that may be a picture
 */
async function examine(blob, signal) {
  signal?.throwIfAborted()
  if (blob.size === 0) throw new FcnError('empty_file')
  const head = await read(blob.slice(0, HEAD_BYTES))
  signal?.throwIfAborted()
  const { kind, format } = sniff(head)
  if (kind === 'svg') throw new FcnError('svg_unsupported')
  if (kind === 'other') throw new FcnError('not_an_image', undefined, { format })

  const size = measure(head)
  if (size) checkPixels(size)
  if (kind === 'image' && blob.size <= MAX_SCANNED_BYTES) {
    const bytes = blob.size === head.length ? head : await read(blob)
    signal?.throwIfAborted()
    if (await isTruncated(format, bytes, signal)) throw new FcnError('truncated_image', undefined, { format })
  }
  return { kind, format, size }
}

/**
 * @param {{width: number, height: number}} size pixels
 * @throws {FcnError} image_too_large
 */
export function checkPixels({ width, height }) {
  if (width * height > MAX_PIXELS) throw new FcnError('image_too_large', undefined, { width, height })
}

/**
 * @param {Blob} blob
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function read(blob) {
  try {
    return new Uint8Array(await blob.arrayBuffer())
  } catch (error) {
    // A file that was moved, changed or unplugged after it was chosen.
    throw new FcnError('decode_failed', 'The file can no longer be read. Choose it again.',
      { reason: error instanceof Error ? error.message : String(error) })
  }
}
