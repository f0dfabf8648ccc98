/** A photo on a canvas, in the aspect that a net sees it in. */

/** What is uncovered where the photo is moved: as the engine has it (GREY of lib/shift.js). */
const UNCOVERED = 'rgb(128 128 128)'
/** Canvas pixels along the long side, at most. */
const MOST = 1600

/**
 * @param {HTMLCanvasElement} canvas gets its size here
 * @param {import('../photo/image-tasks.js').Shown} picture
 * @param {{width: number, height: number}} aspect any unit
 * @param {{x: number, y: number}} [moved] how far the photo is moved within its frame, shares of the frame
 */
export function paintPhoto(canvas, { bitmap }, { width, height }, moved = { x: 0, y: 0 }) {
  const scale = Math.min(MOST, Math.max(bitmap.width, bitmap.height)) / Math.max(width, height)
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) return
  context.fillStyle = UNCOVERED
  context.fillRect(0, 0, canvas.width, canvas.height)
  const [left, top] = [moved.x * canvas.width, moved.y * canvas.height]
  // Transparent pixels are composed over white, as the engine does.
  context.fillStyle = '#fff'
  context.fillRect(left, top, canvas.width, canvas.height)
  context.imageSmoothingQuality = 'medium'
  context.drawImage(bitmap, left, top, canvas.width, canvas.height)
}
