/**
 * Photos for the eye: a copy no larger than a screen, and pictures to save at full size.
 * Runs in the helper worker (photo-worker.js), or on the page where no worker can be had.
 */
import { lookupTable, paletteBytes, rgb } from '../../lib/colors.js'
import { encodePng } from '../../lib/png.js'

/** @typedef {{id: number, name: string, names?: Record<string, string>, color: string}} ModelClass */

/** Long side of the copy that is shown, pixels. */
export const SHOWN_SIDE = 2048

/**
 * @typedef {object} Shown
 * @property {ImageBitmap} bitmap at most SHOWN_SIDE long
 * @property {number} width the photo's own, in display orientation
 * @property {number} height
 */

/**
 * @param {Blob | ImageBitmap} source stays usable
 * @returns {Promise<Shown>}
 */
export async function shownPhoto(source) {
  const full = source instanceof Blob ? await createImageBitmap(source, { imageOrientation: 'from-image' }) : source
  const { width, height } = full
  const factor = SHOWN_SIDE / Math.max(width, height)
  try {
    if (factor >= 1) return { bitmap: await createImageBitmap(full), width, height }
    const bitmap = await createImageBitmap(full, {
      resizeWidth: Math.max(1, Math.round(width * factor)),
      resizeHeight: Math.max(1, Math.round(height * factor)),
      resizeQuality: 'medium',
    })
    return { bitmap, width, height }
  } finally {
    if (full !== source) full.close()
  }
}

/**
 * @typedef {object} Picture
 * @property {'labels' | 'colors' | 'overlay'} kind
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
  if (kind === 'labels') {
    return await encodePng({
      width, height, palette: paletteBytes(classes),
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
  const full = source instanceof Blob ? await createImageBitmap(source, { imageOrientation: 'from-image' }) : source
  const table = new Uint8Array(lookupTable(classes, { hidden: new Set(hidden), faint: new Set(faint) }).buffer)
  const rowsAtOnce = Math.max(1, Math.floor((1 << 19) / (width * 3)))
  const canvas = new OffscreenCanvas(width, Math.min(rowsAtOnce, height))
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('No 2D canvas')
  try {
    return await encodePng({
      width, height, stripBytes: rowsAtOnce * width * 3,
      strip: (first, rows) => {
        context.fillStyle = 'white'
        context.fillRect(0, 0, width, rows)
        context.drawImage(full, 0, first, width, rows, 0, 0, width, rows)
        const photo = context.getImageData(0, 0, width, rows).data
        const out = new Uint8Array(rows * width * 3)
        for (let i = 0, p = 0, at = first * width; i < out.length; i += 3, p += 4, at++) {
          const c = labels[at] * 4
          const share = opacity * table[c + 3] / 255
          out[i] = photo[p] + (table[c] - photo[p]) * share
          out[i + 1] = photo[p + 1] + (table[c + 1] - photo[p + 1]) * share
          out[i + 2] = photo[p + 2] + (table[c + 2] - photo[p + 2]) * share
        }
        return out
      },
    }, { breathe })
  } finally {
    if (full !== source) full.close()
  }
}
