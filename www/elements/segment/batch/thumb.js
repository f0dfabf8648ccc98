/** A photo with its mask over it, small. */
import { maskCanvas } from '../../common/stage/mask-canvas.js'

/** Long side, pixels. */
const SIDE = 240
/** Of the mask. */
const OPACITY = 0.6

/**
 * @param {ImageBitmap} bitmap the photo
 * @param {import('../../common/stage/mask-canvas.js').Mask} mask
 * @returns {HTMLCanvasElement}
 */
export function thumbOf(bitmap, mask) {
  const over = maskCanvas(mask, Math.min(1, SIDE / Math.max(mask.width, mask.height)))
  const canvas = document.createElement('canvas')
  canvas.width = over.width
  canvas.height = over.height
  const context = canvas.getContext('2d')
  if (!context) return over
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  context.globalAlpha = OPACITY
  context.drawImage(over, 0, 0)
  return canvas
}
