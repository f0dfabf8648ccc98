/**
 * What the style sheet of `<fcn-upsample>` says: the room there is, the size of letters, and the
 * colours, which a canvas must be told in numbers.
 */
import { COLOURS } from './colours.js'

/** @typedef {import('./colours.js').Palette} Palette */

/** What colours are until the style sheet has been asked. @type {Palette} */
const FIRST_PALETTE = {
  sheet: [255, 254, 251], ink: [35, 38, 43], soft: [90, 92, 95], line: [216, 209, 194],
  cursor: [179, 16, 90], positive: [63, 134, 204], negative: [217, 130, 43], heat: [23, 138, 114],
}

/** Widths below this aren't drawn for, CSS pixels. */
const LEAST_WIDTH = 200

export class Appearance {
  /** Room for boards, CSS pixels. */
  width = 640
  /** CSS pixels. */
  em = 16
  /** The same object as long as no colour changes: pictures are kept by it. */
  palette = FIRST_PALETTE
  /** Whether all that is to be looked up again. */
  stale = true

  /**
   * Looks everything up; costs a layout, so only when something may have changed.
   * @param {ParentNode} root holds `.figure` and a `[data-colour]` probe for each colour
   * @returns {boolean} whether anything is other than before
   */
  refresh(root) {
    const figure = root.querySelector('.figure')
    if (!this.stale || !(figure instanceof HTMLElement)) return false
    this.stale = false
    const style = getComputedStyle(figure)
    const width = Math.max(LEAST_WIDTH, figure.clientWidth - parseFloat(style.paddingLeft)
      - parseFloat(style.paddingRight))
    const em = parseFloat(style.fontSize)
    const palette = this.#readPalette(root)
    const same = Math.abs(width - this.width) < 1 && em === this.em && palette === this.palette
    Object.assign(this, { width, em, palette })
    return !same
  }

  /** @param {ParentNode} root @returns {Palette} */
  #readPalette(root) {
    const palette = { ...this.palette }
    for (const name of COLOURS) {
      const probe = root.querySelector(`[data-colour="${name}"]`)
      if (probe instanceof HTMLElement) palette[name] = toRgb(getComputedStyle(probe).color) ?? palette[name]
    }
    return COLOURS.every(name => String(palette[name]) === String(this.palette[name])) ? this.palette : palette
  }
}

/**
 * @param {string} colour as a browser computes it: `rgb(…)`, or `color(srgb …)`
 * @returns {import('./colours.js').Rgb | null}
 */
function toRgb(colour) {
  const numbers = colour.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number)
  if (!numbers || numbers.length < 3) return null
  const scale = colour.startsWith('color(') ? 255 : 1
  return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale]
}
