/**
 * Grids of cells, the building block of every board of `<fcn-upsample>`: as shapes with numbers,
 * or as bitmaps where cells are many or small; rings and hatching over them.
 */
import { css, formatNumber, textOn } from './colours.js'
import { bitmap, paintCanvas } from './scene.js'

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('./colours.js').Palette} Palette */
/** @typedef {import('./colours.js').Rgb} Rgb */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').Shape} Shape */
/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {Parameters<Model['point']>[0]} Target */

/**
 * A picture that shows through the output, such as the photo that a score map is of.
 * @typedef {object} Backdrop
 * @property {HTMLCanvasElement} picture
 * @property {Pair} cells rows and columns of the output that it covers, from the top left; need not be whole
 */

/**
 * How to draw.
 * @typedef {object} Look
 * @property {Palette} palette
 * @property {boolean} heat overlap counts instead of value colours
 * @property {Pair | null} secret canvas cell whose value is still to be guessed
 * @property {Backdrop | null} [backdrop]
 * @property {number} [still] device pixels per CSS pixel, where large unchanging grids may be bitmaps; else everything is drawn as shapes
 */

/**
 * @typedef {object} Board
 * @property {Scene} scene
 * @property {Pair} size rows and columns of the cells the arrow keys walk over
 * @property {(cell: Pair) => Target} target what a cell points at
 * @property {(x: number, y: number) => Pair | null} cellUnder scene pixels to a cell
 * @property {(x: number, y: number) => Target} [extra] what lies outside the cells
 */

/** Cells smaller than this hold no text, CSS pixels. */
export const TEXT_FROM = 17

/** Room for the rings that stand out over the outer cells, CSS pixels. */
export const MARGIN = 3

/** Bitmaps of maps that don't change from step to step, by palette. @type {WeakMap<object, WeakMap<Palette, Map<string, HTMLCanvasElement>>>} */
const pictures = new WeakMap()

/**
 * @param {object} owner whose identity changes when the picture does
 * @param {string} name which picture of it
 * @param {Palette} palette
 * @param {() => HTMLCanvasElement} draw
 */
export function kept(owner, name, palette, draw) {
  const byPalette = pictures.get(owner) ?? new WeakMap()
  pictures.set(owner, byPalette)
  const byName = byPalette.get(palette) ?? new Map()
  byPalette.set(palette, byName)
  const canvas = byName.get(name) ?? draw()
  byName.set(name, canvas)
  return canvas
}

/**
 * @typedef {object} GridPlan
 * @property {Pair} size
 * @property {number} w cell width, CSS pixels
 * @property {number} h cell height
 * @property {number} x
 * @property {number} y
 * @property {(at: number) => Rgb} ground
 * @property {(at: number) => string} label
 * @property {(at: number) => boolean} [strong]
 * @property {(at: number) => boolean} [faint]
 * @property {number} [letters] height of the text as a part of the cell's
 * @property {HTMLCanvasElement | null} [picture] a bitmap at hand; null: draw one
 */

/**
 * A grid of cells: shapes with text when there is room, else a bitmap.
 * @param {GridPlan} plan
 * @param {Palette} palette
 * @returns {Shape[]}
 */
export function grid(plan, palette) {
  const [rows, cols] = plan.size
  const { w, h, x, y } = plan
  const whole = { kind: /** @type {const} */ ('rect'), x, y, w: cols * w, h: rows * h,
    line: css(palette.line), width: 1 }
  if (Math.min(w, h) < TEXT_FROM || rows * cols > 2500) {
    const source = plan.picture ?? bitmap(rows, cols, plan.ground)
    return [{ kind: 'image', x, y, w: cols * w, h: rows * h, source }, whole]
  }
  /** @type {Shape[]} */
  const shapes = []
  /** @type {Shape[]} */
  const texts = []
  const points = []
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++, at++) {
      const ground = plan.ground(at)
      shapes.push({ kind: 'rect', x: x + c * w, y: y + r * h, w, h, fill: css(ground) })
      const text = plan.label(at)
      if (!text) continue
      const size = Math.min(h * (plan.letters ?? 0.44), w * 1.5 / Math.max(2.4, text.length))
      if (size < 6.5) continue
      const fill = plan.faint?.(at) ? css(palette.soft) : textOn(ground)
      texts.push({ kind: 'text', x: x + (c + 0.5) * w, y: y + (r + 0.5) * h + size * 0.35,
        text, size, fill, bold: plan.strong?.(at) })
    }
  }
  for (let r = 1; r < rows; r++) points.push(x, y + r * h, x + cols * w, y + r * h)
  for (let c = 1; c < cols; c++) points.push(x + c * w, y, x + c * w, y + rows * h)
  return [...shapes, { kind: 'lines', points, line: css(palette.line), width: 1 }, whole, ...texts]
}

/** Shapes from which a grid that doesn't change from step to step is worth a bitmap. */
const STILL_FROM = 700

/**
 * A grid that stays the same over the steps: many shapes are drawn once, at the screen's own
 * resolution, and then only copied.
 * @param {GridPlan} plan
 * @param {Look} look
 * @param {object} owner whose identity changes when the grid does
 * @param {string} name
 * @returns {Shape[]}
 */
export function stillGrid(plan, { palette, still }, owner, name) {
  const { size: [rows, cols], w, h, x, y } = plan
  if (!still || Math.min(w, h) < TEXT_FROM || rows * cols * 2 < STILL_FROM) return grid(plan, palette)
  const edge = 1
  const width = cols * w + 2 * edge
  const height = rows * h + 2 * edge
  const source = kept(owner, `${name} ${w}x${h} ${still}`, palette, () => {
    const canvas = document.createElement('canvas')
    paintCanvas(canvas, { width, height, shapes: grid({ ...plan, x: edge, y: edge }, palette) }, still)
    return canvas
  })
  return [{ kind: 'image', x: x - edge, y: y - edge, w: width, h: height, source }]
}

/**
 * A ring around cells.
 * @param {Pair} cell
 * @param {Pair} span rows and columns
 * @param {{w: number, h: number, x: number, y: number}} at
 * @param {string} line
 * @param {number} width
 * @param {number} [dash]
 * @returns {Shape}
 */
export function ring([row, col], [rows, cols], { w, h, x, y }, line, width, dash) {
  // Tiny cells get a ring of at least a few pixels, or nobody would see it.
  const wide = Math.max(cols * w, 5)
  const high = Math.max(rows * h, 5)
  const left = x + (col + cols / 2) * w - wide / 2
  const top = y + (row + rows / 2) * h - high / 2
  return { kind: 'rect', x: left, y: top, w: wide, h: high, line, width, dash }
}

/**
 * Diagonal strokes over a rectangle, clipped to it.
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {number[]} points is appended to
 */
export function hatch(x, y, w, h, points) {
  const gap = 7
  const first = Math.ceil((x + y) / gap) * gap
  for (let sum = first; sum < x + y + w + h; sum += gap) {
    const x1 = Math.max(x, sum - y - h)
    const x2 = Math.min(x + w, sum - y)
    if (x2 > x1) points.push(x1, sum - x1, x2, sum - x2)
  }
}

/**
 * Assembles a board around one grid of cells.
 * @param {Pair} size
 * @param {number} cell CSS pixels a side
 * @param {Shape[]} shapes
 * @param {Board['target']} target
 * @returns {Board}
 */
export function board(size, cell, shapes, target) {
  const scene = { width: Math.ceil(size[1] * cell + 2 * MARGIN),
    height: Math.ceil(size[0] * cell + 2 * MARGIN), shapes }
  return { scene, size, target, cellUnder: (x, y) => under(size, cell, cell, MARGIN, MARGIN, x, y) }
}

/**
 * @param {Pair} size
 * @param {number} w
 * @param {number} h
 * @param {number} left
 * @param {number} top
 * @param {number} x
 * @param {number} y
 * @returns {Pair | null}
 */
export function under([rows, cols], w, h, left, top, x, y) {
  const r = Math.floor((y - top) / h)
  const c = Math.floor((x - left) / w)
  return r >= 0 && c >= 0 && r < rows && c < cols ? [r, c] : null
}

/** Bitmaps that are repainted every step. @type {WeakMap<Model, Map<string, HTMLCanvasElement>>} */
const scratches = new WeakMap()

/** @param {Model} model @param {string} name @returns {HTMLCanvasElement} */
export function scratch(model, name) {
  const canvases = scratches.get(model) ?? new Map()
  scratches.set(model, canvases)
  const canvas = canvases.get(name) ?? document.createElement('canvas')
  canvases.set(name, canvas)
  return canvas
}
