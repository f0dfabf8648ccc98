/**
 * A bitmap's pixels, a few rows at a time, so that 100 megapixels need the bitmap and one strip of
 * memory, or two where a strip is white, and no more.
 *
 * Each strip is drawn over white on a 2D canvas. A canvas keeps its pixels multiplied by alpha in
 * 8 bits; read back straight, faint pixels would have lost their colour. Composing here and
 * reading opaque pixels loses nothing, and gives the very bytes that the photo over white has.
 */
import { pause } from '../../../lib/pause.js'
import { readPixels } from '../../../lib/pixels.js'

/** Bytes of RGBA8 in one strip. */
const STRIP_BYTES = 4 * 2 ** 20
/** Opaque pixels, in memory's order. */
const [WHITE, BLACK] = new Uint32Array(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255).buffer)
/** Canvases wider than this fail in some browsers; such rows are put together from tiles. Pixels. */
const MAX_TILE_WIDTH = 8192

/**
 * @param {ImageBitmap} bitmap
 * @param {(rows: Uint8Array, done: number, total: number) => void} take gets whole rows of RGBA8,
 *   opaque, top to bottom, valid during the call; `done` of `total` rows are then delivered
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether anything was drawn. Nothing is of a transparent picture; and once, on a busy machine,
 *   WebKitGTK drew nothing of a photo
 */
export async function eachStrip(bitmap, take, signal) {
  const { width, height } = bitmap
  const stripRows = Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / (4 * width))))
  const tileWidth = Math.min(width, MAX_TILE_WIDTH)
  const canvas = new OffscreenCanvas(tileWidth, stripRows)
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas in this worker')
  context.imageSmoothingEnabled = false
  let isDrawn = false

  for (let top = 0; top < height; top += stripRows) {
    const rows = Math.min(stripRows, height - top)
    const strip = tileWidth === width
      ? await tile(context, bitmap, 0, top, width, rows)
      : await tiled(context, bitmap, top, rows, tileWidth)
    isDrawn ||= !isAll(strip, WHITE) || !isAll(await tile(context, bitmap, 0, top, tileWidth, rows, '#000'), BLACK)
    take(strip, top + rows, height)
    await pause()
    signal.throwIfAborted()
  }
  return isDrawn
}

/** @param {Uint8Array} pixels RGBA8 @param {number} colour of each, as 32 bits */
function isAll(pixels, colour) {
  return new Uint32Array(pixels.buffer).every(pixel => pixel === colour)
}

/**
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {ImageBitmap} bitmap
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @param {string} [below] the colour that it is drawn over
 * @returns {Promise<Uint8Array>} RGBA8 [height, width, 4]
 */
async function tile(context, bitmap, left, top, width, height, below = '#fff') {
  context.fillStyle = below
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, left, top, width, height, 0, 0, width, height)
  return new Uint8Array((await readPixels(context, width, height)).buffer)
}

/**
 * Whole rows of a bitmap that is wider than a canvas may be.
 * @param {OffscreenCanvasRenderingContext2D} context
 * @param {ImageBitmap} bitmap
 * @param {number} top
 * @param {number} rows
 * @param {number} tileWidth
 * @returns {Promise<Uint8Array>} RGBA8 [rows, width, 4]
 */
async function tiled(context, bitmap, top, rows, tileWidth) {
  const { width } = bitmap
  const strip = new Uint8Array(width * rows * 4)
  for (let left = 0; left < width; left += tileWidth) {
    const columns = Math.min(tileWidth, width - left)
    const pixels = await tile(context, bitmap, left, top, columns, rows)
    for (let row = 0; row < rows; row++) {
      strip.set(pixels.subarray(row * columns * 4, (row + 1) * columns * 4), (row * width + left) * 4)
    }
  }
  return strip
}
