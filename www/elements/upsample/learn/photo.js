/**
 * A photo as something to learn from: its middle, grey and small. Decoded by the browser alone; it stays on the device.
 */

import { readPixels } from '../../../lib/pixels.js'

/** Side of the square that is kept, pixels: some for each cell of the largest output. */
const SIDE = 256

/** Files larger than this aren't decoded, bytes. */
const LARGEST_FILE = 64e6

/** Less than this from the lightest to the mean is one grey, of 0..1. */
const FLAT = 1 / 255

/** Why a file is no photo to learn from. @typedef {'photo.unreadable' | 'photo.large' | 'photo.noise'} PhotoProblem */

/**
 * @param {Blob} file
 * @returns {Promise<Float64Array | PhotoProblem>} greys 0..1 of the square in its middle, row by row
 */
export async function greysOf(file) {
  if (file.size > LARGEST_FILE) return 'photo.large'
  /** @type {ImageBitmap} */
  let bitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    return 'photo.unreadable'
  }
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return 'photo.unreadable'
  const side = Math.min(bitmap.width, bitmap.height)
  context.imageSmoothingQuality = 'high'
  // What is transparent is white, as everywhere in the lab.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, SIDE, SIDE)
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  bitmap.close()
  const data = await readPixels(context, SIDE, SIDE).catch(() => null)
  if (!data) return 'photo.noise'
  // Rec. 709's weights for red, green and blue.
  return Float64Array.from({ length: SIDE * SIDE }, (_, at) =>
    (0.2126 * data[4 * at] + 0.7152 * data[4 * at + 1] + 0.0722 * data[4 * at + 2]) / 255)
}

/**
 * @param {Float64Array} greys from {@link greysOf}
 * @param {import('../../../lib/transposed/geometry.js').Pair} size
 * @returns {Float64Array | null} mean greys of so many rows and columns, less their mean, the farthest from it at 1 or
 *   −1; null: all of one grey
 */
export function shrunk(greys, [rows, cols]) {
  const from = Math.round(Math.sqrt(greys.length))
  const edge = (/** @type {number} */ index, /** @type {number} */ count) => Math.floor(index * from / count)
  const values = Float64Array.from({ length: rows * cols }, (_, at) => {
    const [r, c] = [Math.floor(at / cols), at % cols]
    let [sum, count] = [0, 0]
    for (let y = edge(r, rows); y < edge(r + 1, rows); y++) {
      for (let x = edge(c, cols); x < edge(c + 1, cols); x++, count++) sum += greys[y * from + x]
    }
    return sum / count
  })
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const farthest = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0)
  return farthest < FLAT ? null : values.map(value => (value - mean) / farthest)
}
