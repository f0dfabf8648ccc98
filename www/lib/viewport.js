/**
 * Which part of a photo a pane shows. One view serves panes of any size, so it is kept in shares of
 * the photo, not in pixels.
 */

/**
 * @typedef {object} View
 * @property {number} zoom 1: the whole photo fits
 * @property {number} x centre, 0..1 of the photo's width
 * @property {number} y centre, 0..1 of the photo's height
 */

/** @typedef {{width: number, height: number}} Size pixels */

/** @type {Readonly<View>} */
export const WHOLE = Object.freeze({ zoom: 1, x: 0.5, y: 0.5 })

/** Beyond this, one photo pixel fills a finger's width on the smallest photos. */
export const MAX_ZOOM = 16

/**
 * @param {View} view
 * @param {Size} photo
 * @param {Size} pane
 * @returns {{scale: number, left: number, top: number}} pane = photo · scale + (left, top)
 */
export function placement(view, photo, pane) {
  const fit = Math.min(pane.width / photo.width, pane.height / photo.height)
  const scale = fit * view.zoom
  return {
    scale,
    left: pane.width / 2 - view.x * photo.width * scale,
    top: pane.height / 2 - view.y * photo.height * scale,
  }
}

/**
 * Keeps the photo in the pane: centred where it is smaller, without a gap where it is larger.
 * @param {View} view
 * @param {Size} photo
 * @param {Size} pane
 * @returns {View}
 */
export function clampView(view, photo, pane) {
  const zoom = Math.min(Math.max(view.zoom, 1), MAX_ZOOM)
  const { scale } = placement({ ...view, zoom }, photo, pane)
  /** @param {number} centre @param {number} length @param {number} room */
  const clamp = (centre, length, room) => {
    const half = room / 2 / (length * scale)
    return half >= 0.5 ? 0.5 : Math.min(Math.max(centre, half), 1 - half)
  }
  return { zoom, x: clamp(view.x, photo.width, pane.width), y: clamp(view.y, photo.height, pane.height) }
}

/**
 * Zooms so that the point under (atX, atY) stays where it is.
 * @param {View} view
 * @param {number} factor
 * @param {number} atX pane pixels
 * @param {number} atY
 * @param {Size} photo
 * @param {Size} pane
 * @returns {View}
 */
export function zoomAt(view, factor, atX, atY, photo, pane) {
  const before = placement(view, photo, pane)
  const zoom = Math.min(Math.max(view.zoom * factor, 1), MAX_ZOOM)
  const scale = before.scale * zoom / view.zoom
  const x = ((atX - before.left) / before.scale + (pane.width / 2 - atX) / scale) / photo.width
  const y = ((atY - before.top) / before.scale + (pane.height / 2 - atY) / scale) / photo.height
  return clampView({ zoom, x, y }, photo, pane)
}

/**
 * The photo's pixel under a point of the pane.
 * @returns {{x: number, y: number} | null} whole pixels; null beside the photo
 * @param {View} view
 * @param {number} atX
 * @param {number} atY
 * @param {Size} photo
 * @param {Size} pane
 */
export function photoPixel(view, atX, atY, photo, pane) {
  const { scale, left, top } = placement(view, photo, pane)
  const x = Math.floor((atX - left) / scale)
  const y = Math.floor((atY - top) / scale)
  return x >= 0 && y >= 0 && x < photo.width && y < photo.height ? { x, y } : null
}
