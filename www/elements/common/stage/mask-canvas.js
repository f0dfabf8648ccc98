/** A mask in its classes' colours, as a canvas of its own. */
import { lookupTable } from '../../../lib/colors.js'
import { paintMask } from '../../../lib/paint.js'
import { faintClasses } from './classes.js'

/** @typedef {{width: number, height: number, labels: Uint8Array, classes: import('../photo/image-tasks.js').ModelClass[]}} Mask */

/**
 * @param {Mask} mask
 * @param {number} [scale] canvas pixels a pixel of the mask
 * @returns {HTMLCanvasElement} opaque, but for classes that stand for "nothing else"
 */
export function maskCanvas({ width, height, labels, classes }, scale = 1) {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const pixels = new Uint32Array(canvas.width * canvas.height)
  const window = { width: canvas.width, height: canvas.height, scale, left: 0, top: 0 }
  paintMask(pixels, window, labels, { width, height }, lookupTable(classes, { faint: faintClasses(classes) }))
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), canvas.width, canvas.height)
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
