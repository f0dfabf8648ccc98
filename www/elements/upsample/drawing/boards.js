/**
 * The boards of `<fcn-upsample>`: from the model to scenes. A board knows where its cells are,
 * so that a pointer or the arrow keys can point at them. The matrices: matrix-boards.js.
 */
import { area, cellAt } from '../../../lib/transposed/geometry.js'
import { KIND, footprint } from '../../../lib/transposed/compute.js'
import { SHADES, css, formatNumber, heatColour, mix, ramps, textOn, valueColour } from './colours.js'
import { MARGIN, TEXT_FROM, board, grid, hatch, kept, ring, scratch, stillGrid } from './grid.js'
import { bitmap, packedBitmap } from './scene.js'

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('./grid.js').Board} Board */
/** @typedef {import('./grid.js').Look} Look */
/** @typedef {import('./colours.js').Palette} Palette */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').Shape} Shape */
/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */

/**
 * Input or kernel, for maps too large to be typed into, and for exported pictures.
 * @param {Model} model
 * @param {'input' | 'kernel' | 'flipped'} role
 * @param {number} cell CSS pixels a side
 * @param {Look} look
 * @returns {Board}
 */
export function mapBoard(model, role, cell, { palette }) {
  const size = role === 'input' ? model.layer.input : model.layer.kernel
  const values = role === 'input' ? model.input : role === 'kernel' ? model.weights : model.flipped
  const largest = role === 'input' ? model.largest.input : model.largest.weights
  const links = model.links(model.focus)
  const last = area(size) - 1
  const at = { w: cell, h: cell, x: MARGIN, y: MARGIN }
  const ground = (/** @type {number} */ i) => valueColour(palette, values[i], largest)
  const small = cell < TEXT_FROM || area(size) > 2500
  const shapes = grid({
    size, ...at, ground, label: i => formatNumber(values[i]),
    picture: small ? kept(values, role, palette, () => bitmap(size[0], size[1], ground)) : null,
  }, palette)
  const lit = role === 'input' ? links.inputs : links.taps
  const cursor = css(palette.cursor)
  if (lit.size <= 256) {
    for (const index of lit) shapes.push(ring(cellAt(role === 'flipped' ? last - index : index, size),
      [1, 1], at, cursor, cell < 8 ? 1.5 : 2.5))
  }
  return board(size, cell, shapes, ([r, c]) => {
    const index = r * size[1] + c
    return role === 'input' ? { input: index } : { tap: role === 'kernel' ? index : last - index }
  })
}

/** How strongly a backdrop shows through the output, 0..1. */
const BACKDROP = 0.4

/**
 * The output with the border that padding trims.
 * @param {Model} model
 * @param {number} cell CSS pixels a side
 * @param {Look} look
 * @returns {Board}
 */
export function outputBoard(model, cell, { palette, heat, secret, backdrop }) {
  const { canvas: size, output } = model.geometry
  const { padding, outputPadding } = model.layer
  const byInput = model.walkBy === 'input'
  const { sums, counts } = model.walked
  const finished = model.step >= model.steps
  const links = model.links(model.focus)
  const at = { w: cell, h: cell, x: MARGIN, y: MARGIN }
  const { largest } = model
  const outputOf = (/** @type {number} */ i) => model.outputIndex(cellAt(i, size))
  const shown = (/** @type {number} */ i) => byInput ? counts[i] > 0 || finished
    : outputOf(i) >= 0 && outputOf(i) < model.step
  const hidden = (/** @type {number} */ i) => secret !== null && i === secret[0] * size[1] + secret[1]
  const fresh = new Set(byInput && model.step > 0 && area(model.layer.kernel) < 600
    ? footprint(model.layer, model.step - 1).map(({ output: o }) => o) : [])
  const ground = (/** @type {number} */ i) => {
    if (!shown(i) || hidden(i)) return palette.sheet
    const base = heat ? heatColour(palette, counts[i], largest.overlaps) : valueColour(palette, sums[i], largest.canvas)
    return outputOf(i) < 0 ? mix(palette.sheet, base, 0.4) : base
  }
  const shapes = grid({
    size, ...at, ground, letters: heat ? 0.38 : 0.44,
    label: i => hidden(i) ? '?' : shown(i) ? formatNumber(sums[i], cell < 28 ? 1 : 2) : '',
    strong: i => fresh.has(outputOf(i)), faint: i => outputOf(i) < 0,
    picture: cell < TEXT_FROM || area(size) > 2500 ? outputPicture(model, palette, heat) : null,
  }, palette)
  if (backdrop) {
    // Over the colours, under the numbers.
    const texts = shapes.findIndex(({ kind }) => kind === 'text')
    shapes.splice(texts < 0 ? shapes.length : texts, 0, {
      kind: 'image', source: backdrop.picture, fade: BACKDROP, smooth: true,
      x: MARGIN + padding[1] * cell, y: MARGIN + padding[0] * cell, w: backdrop.cells[1] * cell,
        h: backdrop.cells[0] * cell,
    })
  }
  if (heat && cell >= 30) {
    for (let i = 0; i < area(size); i++) {
      if (!shown(i) || counts[i] === 0) continue
      const [r, c] = cellAt(i, size)
      shapes.push({ kind: 'text', x: MARGIN + (c + 1) * cell - 2.5, y: MARGIN + r * cell + cell * 0.27,
        text: `\u00d7${counts[i]}`, size: cell * 0.24, fill: textOn(ground(i)), anchor: 'end' })
    }
  }
  shapes.push(...frame(size, output, padding, outputPadding, cell, palette))
  const cursor = css(palette.cursor)
  if (links.stamp !== null) shapes.push(...stampRings(model, links.stamp, at, cursor))
  if (links.cell) shapes.push(ring(links.cell, [1, 1], at, css(palette.sheet), 5),
    ring(links.cell, [1, 1], at, cursor, 3))
  return board(size, cell, shapes, target => ({ cell: target }))
}

/**
 * The output as a bitmap; tens of thousands of cells in a few milliseconds.
 * @param {Model} model
 * @param {Palette} palette
 * @param {boolean} heat
 */
function outputPicture(model, palette, heat) {
  const { canvas: [rows, cols], output } = model.geometry
  const [top, left] = model.layer.padding
  const { sums, counts } = model.walked
  const { values, counts: heats, fadedValues, fadedCounts, sheet } = ramps(palette)
  const byInput = model.walkBy === 'input'
  const finished = model.step >= model.steps
  const scale = SHADES / model.largest.canvas
  const heatScale = SHADES / model.largest.overlaps
  return packedBitmap(rows, cols, pixels => {
    for (let r = 0, at = 0; r < rows; r++) {
      const inRow = r >= top && r < top + output[0]
      for (let c = 0; c < cols; c++, at++) {
        const inside = inRow && c >= left && c < left + output[1]
        const shown = byInput ? counts[at] > 0 || finished : inside && (r - top) * output[1] + c - left < model.step
        if (!shown) pixels[at] = sheet
        else if (heat) pixels[at] = (inside ? heats : fadedCounts)[Math.round(counts[at] * heatScale)]
        else pixels[at] = (inside ? values : fadedValues)[SHADES
          + Math.round(Math.min(SHADES, Math.max(-SHADES, sums[at] * scale)))]
      }
    }
  }, scratch(model, 'output'))
}

/**
 * The hatched trimmed border, the outline of the output, and what output padding added.
 * @param {Pair} size
 * @param {Pair} output
 * @param {Pair} padding
 * @param {Pair} added
 * @param {number} cell
 * @param {Palette} palette
 * @returns {Shape[]}
 */
function frame([rows, cols], [outRows, outCols], [top, left], [addedRows, addedCols], cell, palette) {
  /** @type {number[]} */
  const strokes = []
  const band = (/** @type {number} */ r, /** @type {number} */ c, /** @type {number} */ h, /** @type {number} */ w) => {
    if (h > 0 && w > 0) hatch(MARGIN + c * cell, MARGIN + r * cell, w * cell, h * cell, strokes)
  }
  band(0, 0, top, cols)
  band(top + outRows, 0, rows - top - outRows, cols)
  band(top, 0, outRows, left)
  band(top, left + outCols, outRows, cols - left - outCols)
  /** @type {Shape[]} */
  const shapes = []
  const at = { w: cell, h: cell, x: MARGIN, y: MARGIN }
  if (strokes.length) {
    shapes.push({ kind: 'lines', points: strokes, line: css(palette.soft), width: 1 })
    shapes.push(ring([top, left], [outRows, outCols], at, css(palette.ink), 2))
  }
  // Dashes, not colour alone: rows below and columns to the right that output padding added.
  if (addedRows) shapes.push(ring([top + outRows - addedRows, left], [addedRows, outCols],
    at, css(palette.ink), 1.5, 4))
  if (addedCols) shapes.push(ring([top, left + outCols - addedCols], [outRows, addedCols],
    at, css(palette.ink), 1.5, 4))
  return shapes
}

/**
 * @param {Model} model
 * @param {number} input
 * @param {{w: number, h: number, x: number, y: number}} at
 * @param {string} line
 * @returns {Shape[]}
 */
function stampRings(model, input, at, line) {
  const { stride, dilation, kernel } = model.layer
  const { span } = model.geometry
  const [r, c] = cellAt(input, model.layer.input)
  /** @type {Pair} */
  const corner = [r * stride[0], c * stride[1]]
  const spaced = (dilation[0] > 1 || dilation[1] > 1) && area(kernel) <= 144 && at.w >= 6
  const shapes = [ring(corner, span, at, line, 2, spaced ? 4 : undefined)]
  if (spaced) {
    for (let tap = 0; tap < area(kernel); tap++) {
      const [a, b] = cellAt(tap, kernel)
      shapes.push(ring([corner[0] + a * dilation[0], corner[1] + b * dilation[1]], [1, 1], at, line, 1.5))
    }
  }
  return shapes
}

/**
 * The spread input with the window of the flipped kernel.
 * @param {Model} model
 * @param {number} cell CSS pixels a side
 * @param {Look} look
 * @returns {Board}
 */
export function gatherBoard(model, cell, look) {
  const { palette } = look
  const { gathered: size, span } = model.geometry
  const { dilation, kernel } = model.layer
  const { values, kinds, sources } = model.spread
  const at = { w: cell, h: cell, x: MARGIN, y: MARGIN }
  const zero = mix(palette.sheet, palette.soft, 0.1)
  const edge = mix(palette.sheet, palette.soft, 0.24)
  const ground = (/** @type {number} */ i) => kinds[i] === KIND.value
    ? valueColour(palette, values[i], model.largest.input) : kinds[i] === KIND.border ? edge : zero
  const shapes = stillGrid({
    size, ...at, ground, letters: 0.36, label: i => formatNumber(values[i], cell < 28 ? 1 : 2),
      strong: i => kinds[i] === KIND.value, faint: i => kinds[i] !== KIND.value,
    picture: cell < TEXT_FROM || area(size) > 2500 ? kept(values, 'spread', palette,
      () => bitmap(size[0], size[1], ground)) : null,
  }, look, values, 'spread grid')
  const { focus } = model
  const cursor = css(palette.cursor)
  const out = focus.cell ? model.outputIndex(focus.cell) : -1
  if (focus.cell && out >= 0) {
    const corner = cellAt(out, model.geometry.output)
    const last = area(kernel) - 1
    if (cell >= 12 && area(kernel) <= 144) {
      for (let tap = 0; tap <= last; tap++) {
        const [a, b] = cellAt(tap, kernel)
        /** @type {Pair} */
        const place = [corner[0] + a * dilation[0], corner[1] + b * dilation[1]]
        const i = place[0] * size[1] + place[1]
        shapes.push(ring(place, [1, 1], at, cursor, kinds[i] === KIND.value ? 2.5 : 1))
        if (cell >= 28) {
          const text = `\u00d7${formatNumber(model.flipped[tap])}`
          const letters = Math.min(cell * 0.26, cell * 1.3 / text.length)
          shapes.push({ kind: 'text', x: MARGIN + (place[1] + 1) * cell - 2.5, y: MARGIN + (place[0] + 1) * cell - 3,
            text, size: letters, fill: textOn(ground(i)), anchor: 'end' })
        }
      }
    }
    shapes.push(ring(corner, span, at, cursor, 3))
  } else if (focus.input !== null && focus.cell === null) {
    const i = sources.indexOf(focus.input)
    if (i >= 0) shapes.push(ring(cellAt(i, size), [1, 1], at, cursor, 2.5))
  }
  return board(size, cell, shapes, ([r, c]) => {
    const source = sources[r * size[1] + c]
    return source < 0 ? null : { input: source }
  })
}

/**
 * Any map as a plain picture: for the round trip C, then its transpose.
 * @param {ArrayLike<number>} values
 * @param {Pair} size
 * @param {number} cell CSS pixels a side
 * @param {Look} look
 * @param {number} [largest] magnitude that gets the full colour; default: the largest there is
 * @returns {Scene}
 */
export function plainScene(values, size, cell, { palette },
  largest = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9)) {
  const shapes = grid({
    size, w: cell, h: cell, x: MARGIN, y: MARGIN,
    ground: at => valueColour(palette, values[at], largest), label: at => formatNumber(values[at], 1),
  }, palette)
  return { width: Math.ceil(size[1] * cell + 2 * MARGIN), height: Math.ceil(size[0] * cell + 2 * MARGIN), shapes }
}
