/** A photo with its mask over it, small. */
import { lookupTable } from '../../../lib/colors.js'

/** Long side, pixels. */
const SIDE = 240
/** Of the mask. */
const OPACITY = 0.6

/**
 * @param {ImageBitmap} bitmap the photo
 * @param {{width: number, height: number, labels: Uint8Array, classes: readonly {id: number, color: string}[]}} mask
 * @param {ReadonlySet<number>} faint classes drawn weakly
 * @returns {HTMLCanvasElement}
 */
export function thumbOf(bitmap, { width, height, labels, classes }, faint) {
  const factor = Math.min(1, SIDE / Math.max(width, height))
  const [w, h] = [width, height].map(side => Math.max(1, Math.round(side * factor)))
  const canvas = sized(w, h)
  const table = lookupTable(classes, { faint })
  const pixels = new Uint32Array(w * h)
  for (let y = 0; y < h; y++) {
    const row = Math.min(height - 1, Math.floor((y + 0.5) / h * height)) * width
    for (let x = 0; x < w; x++) pixels[y * w + x] = table[labels[row + Math.min(width - 1, Math.floor((x + 0.5) / w * width))]]
  }
  const mask = sized(w, h)
  mask.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), w, h), 0, 0)
  const context = canvas.getContext('2d')
  context?.drawImage(bitmap, 0, 0, w, h)
  if (context) context.globalAlpha = OPACITY
  context?.drawImage(mask, 0, 0)
  return canvas
}

/** @param {number} width @param {number} height */
function sized(width, height) {
  return Object.assign(document.createElement('canvas'), { width, height })
}
