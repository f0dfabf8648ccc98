/**
 * Photos for the eye: a copy no larger than a screen, and pictures to save at full size.
 * Runs in the helper worker (image-worker.js), or on the page where no worker can be had.
 */
import { bitmapOf } from '../../../engine/formats/decode.js'
import { lookupTable, paletteBytes, rgb } from '../../../lib/colors.js'
import { readPixels } from '../../../lib/pixels.js'
import { encodePng } from '../../../lib/png.js'

/** @typedef {{id: number, name: string, names?: Record<string, string>, color: string}} ModelClass */

/** Long side of the copy that is shown, pixels. */
export const SHOWN_SIDE = 2048

/** Longer than this times its breadth, a photo is decoded whole before it is shrunk. */
const MAX_ASPECT = 4

/** Canvases wider than this fail in some browsers; such rows are read in pieces. Pixels. */
const MAX_TILE_WIDTH = 8192

/** Pixels. @typedef {{width: number, height: number}} Size */

/**
 * @typedef {object} Shown
 * @property {ImageBitmap} bitmap at most SHOWN_SIDE long
 * @property {number} width the photo's own, in display orientation
 * @property {number} height
 */

/**
 * @param {Blob | ImageBitmap} source stays usable
 * @param {Size | null} [size] a file's, as stored, so that a large one needn't be held whole
 * @returns {Promise<Shown>}
 */
export async function shownPhoto(source, size = null) {
  if (!(source instanceof Blob)) return { bitmap: await shrunk(source), width: source.width, height: source.height }
  const long = size ? Math.max(size.width, size.height) : 0
  if (size && long > SHOWN_SIDE && long <= MAX_ASPECT * Math.min(size.width, size.height)) {
    // One side alone: whether an orientation turns the photo on its side is then seen in the result.
    const side = size.width >= size.height ? { resizeWidth: SHOWN_SIDE } : { resizeHeight: SHOWN_SIDE }
    const bitmap = await bitmapOf(source, { resizeQuality: 'medium', ...side })
    const isTurned = (bitmap.width > bitmap.height) !== (size.width > size.height) && size.width !== size.height
    const [width, height] = isTurned ? [size.height, size.width] : [size.width, size.height]
    return { bitmap: await replaced(bitmap), width, height }
  }
  const full = await bitmapOf(source)
  const { width, height } = full
  return { bitmap: await replaced(full), width, height }
}

/** @param {ImageBitmap} bitmap closed, unless it is small enough itself */
async function replaced(bitmap) {
  if (Math.max(bitmap.width, bitmap.height) <= SHOWN_SIDE) return bitmap
  try {
    return await shrunk(bitmap)
  } finally {
    bitmap.close()
  }
}

/** @param {ImageBitmap} full @returns {Promise<ImageBitmap>} another one */
async function shrunk(full) {
  const factor = SHOWN_SIDE / Math.max(full.width, full.height)
  if (factor >= 1) return await createImageBitmap(full)
  return await createImageBitmap(full, {
    resizeWidth: Math.max(1, Math.round(full.width * factor)),
    resizeHeight: Math.max(1, Math.round(full.height * factor)),
    resizeQuality: 'medium',
  })
}

/**
 * @typedef {object} Picture
 * @property {'labels' | 'grey' | 'colors' | 'overlay'} kind 'labels': class ids with a palette; 'grey': as greys
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} labels [height, width]
 * @property {ModelClass[]} classes
 * @property {Blob | ImageBitmap | null} source the photo; needed for 'overlay'
 * @property {number} opacity 0..1, of the mask over the photo
 * @property {number[]} hidden classes left out of the overlay
 * @property {number[]} faint classes drawn weakly in the overlay
 */

/**
 * @param {Picture} picture
 * @param {() => Promise<void>} [breathe]
 * @returns {Promise<Blob>} image/png of the photo's size
 */
export async function makePicture(picture, breathe) {
  const { width, height, labels, classes, kind } = picture
  if (kind === 'labels' || kind === 'grey') {
    return await encodePng({
      width, height, ...kind === 'grey' ? { isGrey: true } : { palette: paletteBytes(classes) },
      strip: (first, rows) => labels.subarray(first * width, (first + rows) * width),
    }, { breathe })
  }
  if (kind === 'colors') {
    const table = new Uint8Array(256 * 3)
    for (const { id, color } of classes) table.set(rgb(color), id * 3)
    return await encodePng({
      width, height,
      strip: (first, rows) => {
        const out = new Uint8Array(rows * width * 3)
        for (let i = 0, at = first * width; i < out.length; i += 3, at++) {
          const c = labels[at] * 3
          out[i] = table[c]
          out[i + 1] = table[c + 1]
          out[i + 2] = table[c + 2]
        }
        return out
      },
    }, { breathe })
  }
  return await overlay(picture, breathe)
}

/**
 * @param {Picture} picture
 * @param {() => Promise<void>} [breathe]
 */
async function overlay({ width, height, labels, classes, source, opacity, hidden, faint }, breathe) {
  if (!source) throw new TypeError('An overlay needs its photo')
  const full = source instanceof Blob ? await bitmapOf(source) : source
  try {
    if (full.width !== width || full.height !== height) {
      throw new Error(`The photo now decodes to ${full.width} × ${full.height} pixels, its mask has ${width} × ${height}`)
    }
    const table = new Uint8Array(lookupTable(classes, { hidden: new Set(hidden), faint: new Set(faint) }).buffer)
    const rowsAtOnce = Math.min(height, Math.max(1, Math.floor((1 << 19) / (width * 3))))
    const read = tileReader(full, Math.min(width, MAX_TILE_WIDTH), rowsAtOnce)
    return await encodePng({
      width, height, stripBytes: rowsAtOnce * width * 3,
      strip: async (first, rows) => {
        const out = new Uint8Array(rows * width * 3)
        for (let left = 0; left < width; left += MAX_TILE_WIDTH) {
          const columns = Math.min(MAX_TILE_WIDTH, width - left)
          const photo = await read(left, first, columns, rows)
          for (let row = 0, p = 0; row < rows; row++) {
            let at = (first + row) * width + left
            let i = (row * width + left) * 3
            for (const end = at + columns; at < end; at++, i += 3, p += 4) {
              const c = labels[at] * 4
              const share = opacity * table[c + 3] / 255
              out[i] = photo[p] + (table[c] - photo[p]) * share
              out[i + 1] = photo[p + 1] + (table[c + 1] - photo[p + 1]) * share
              out[i + 2] = photo[p + 2] + (table[c + 2] - photo[p + 2]) * share
            }
          }
        }
        return out
      },
    }, { breathe })
  } finally {
    if (full !== source) full.close()
  }
}

/**
 * Reads a bitmap's pixels over white, piece by piece through one small canvas.
 * @param {ImageBitmap} bitmap
 * @param {number} maxWidth of a piece, pixels
 * @param {number} maxHeight
 * @returns {(left: number, top: number, width: number, height: number) => Promise<Uint8ClampedArray>}
 *   RGBA8 [height, width, 4]
 */
function tileReader(bitmap, maxWidth, maxHeight) {
  const canvas = new OffscreenCanvas(maxWidth, maxHeight)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('No 2D canvas')
  context.fillStyle = 'white'
  return async (left, top, width, height) => {
    context.fillRect(0, 0, width, height)
    context.drawImage(bitmap, left, top, width, height, 0, 0, width, height)
    const data = await readPixels(context, width, height)
    // A canvas for which there is no memory says nothing and stays transparent.
    if (data[3] !== 255) throw new Error('The canvas gave no pixels')
    return data
  }
}
