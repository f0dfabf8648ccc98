/** A photo on a canvas, in the aspect that a net sees it in. */

/** Canvas pixels along the long side, at most. */
const MOST = 1600

/**
 * @param {HTMLCanvasElement} canvas gets its size here
 * @param {import('../photo/image-tasks.js').Shown} picture
 * @param {{width: number, height: number}} aspect any unit
 */
export function paintPhoto(canvas, { bitmap }, { width, height }) {
  const scale = Math.min(MOST, Math.max(bitmap.width, bitmap.height)) / Math.max(width, height)
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) return
  // Transparent pixels are composed over white, as the engine does.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = 'medium'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
}
