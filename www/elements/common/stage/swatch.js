/**
 * A class's colour, and its pattern where patterns are on, as a small square.
 */
import { html, ref } from '../../../vendor/lit.js'
import { TILE, inkOn, patternTile, rgb } from '../../../lib/colors.js'

/** @typedef {import('../photo/image-tasks.js').ModelClass} ModelClass */

/**
 * @param {ModelClass} cls
 * @param {boolean} patterned
 */
export function swatch(cls, patterned) {
  return html`<canvas class="swatch" width=${2 * TILE} height=${2 * TILE} aria-hidden="true" ${ref(element => {
    if (element) paint(/** @type {HTMLCanvasElement} */ (element), cls, patterned)
  })}></canvas>`
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ModelClass} cls
 * @param {boolean} patterned
 */
function paint(canvas, { id, color }, patterned) {
  const side = 2 * TILE
  const base = rgb(color)
  const ink = inkOn(base)
  const tile = patternTile(id)
  const image = new ImageData(side, side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const inked = patterned && tile[y % TILE * TILE + x % TILE]
      image.data.set([...(inked ? ink : base), 255], 4 * (y * side + x))
    }
  }
  canvas.getContext('2d', { willReadFrequently: true })?.putImageData(image, 0, 0)
}
