/**
 * Turns whatever a page calls a picture into something that can go to the worker: a file as it is,
 * everything else as a bitmap of this very moment.
 */
import { FcnError } from '../../lib/errors.js'

/**
 * @typedef {Blob | ImageBitmap | ImageData | HTMLImageElement | HTMLVideoElement
 *   | HTMLCanvasElement | OffscreenCanvas} PhotoSource
 */

/** @typedef {import('../protocol.js').Photo} Photo */

/**
 * Holds a photo until its job is over, and hands the worker a copy for every attempt: what was
 * transferred to a worker that crashed is gone, and a video has moved on.
 */
export class Snapshot {
  #photo

  /** @param {Photo} photo a bitmap belongs to the snapshot from now on */
  constructor(photo) {
    this.#photo = photo
  }

  /**
   * @returns {Promise<{photo: Photo, transfer: Transferable[]}>}
   * @throws {FcnError} decode_failed
   */
  async copy() {
    if (this.#photo instanceof Blob) return { photo: this.#photo, transfer: [] }
    try {
      // Browsers share the pixels of a bitmap made from a bitmap, so this costs next to nothing.
      const photo = await createImageBitmap(this.#photo)
      return { photo, transfer: [photo] }
    } catch (error) {
      // Given a code here, or the worker, which has no part in it, would be taken for crashed.
      throw new FcnError('decode_failed', undefined, { reason: error instanceof Error ? error.message : String(error) })
    }
  }

  release() {
    if (!(this.#photo instanceof Blob)) this.#photo.close()
  }
}

/** @type {WeakMap<object, number>} */
const keys = new WeakMap()
let latestKey = 0

/**
 * What a picture is known by in the worker, if it can't change.
 * @param {PhotoSource} source
 * @returns {number | null}
 */
export function keyOf(source) {
  if (!(source instanceof Blob) && !isA(source, 'ImageBitmap')) return null
  const known = keys.get(source)
  if (known !== undefined) return known
  keys.set(source, ++latestKey)
  return latestKey
}

/**
 * @param {PhotoSource} source stays the caller's and usable
 * @returns {Promise<Snapshot>}
 * @throws {FcnError} decode_failed
 */
export async function snapshot(source) {
  if (source instanceof Blob) return new Snapshot(source)
  const problem = problemOf(source)
  if (problem) throw new FcnError('decode_failed', problem)
  try {
    // An <img> that is still loading, or that the browser hasn't decoded yet.
    if (isA(source, 'HTMLImageElement')) await source.decode()
    return new Snapshot(await createImageBitmap(source))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // An <img> with a drawing that names no size: browsers say so in words only.
    if (/\bSVG\b/.test(reason)) throw new FcnError('svg_unsupported', undefined, { reason })
    throw new FcnError('decode_failed', `This picture can't be read: ${reason}`, { reason })
  }
}

/**
 * The reasons that a browser words badly or not at all.
 * @param {Exclude<PhotoSource, Blob>} source
 * @returns {string | null}
 */
function problemOf(source) {
  if (isA(source, 'HTMLVideoElement')) {
    return source.readyState < HTMLMediaElement.HAVE_CURRENT_DATA ? 'The video shows no picture yet.' : null
  }
  if (isA(source, 'HTMLImageElement')) return null
  const known = ['ImageBitmap', 'ImageData', 'HTMLCanvasElement', 'OffscreenCanvas'].some(name => isA(source, name))
  if (!known) {
    return 'Not a picture: expected a File, Blob, ImageBitmap, ImageData, or an <img>, <video> or <canvas> element.'
  }
  const { width, height } = /** @type {{width: number, height: number}} */ (source)
  return width > 0 && height > 0 ? null : 'The picture has no pixels (was the bitmap closed?).'
}

/**
 * `instanceof` by name: works for elements of an iframe, and where a class doesn't exist.
 * @template {keyof ImageClasses} N
 * @overload
 * @param {unknown} value
 * @param {N} name
 * @returns {value is ImageClasses[N]}
 */
/**
 * @overload
 * @param {unknown} value
 * @param {string} name
 * @returns {boolean}
 */
/**
 * @param {unknown} value
 * @param {string} name
 * @returns {boolean}
 */
function isA(value, name) {
  return typeof value === 'object' && value !== null
    && Object.prototype.toString.call(value) === `[object ${name}]`
}

/** @typedef {{HTMLImageElement: HTMLImageElement, HTMLVideoElement: HTMLVideoElement}} ImageClasses */
