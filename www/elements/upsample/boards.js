/**
 * The boards of `<fcn-upsample>`: from the model to scenes. A board knows where its cells are,
 * so that a pointer or the arrow keys can point at them.
 */
import { area, cellAt } from '../../lib/transposed/geometry.js'
import { KIND, footprint, tapsAt } from '../../lib/transposed/compute.js'
import { SHADES, bitmap, css, formatNumber, heatColour, mix, packedBitmap, paintCanvas, ramps, textOn, valueColour } from './scene.js'

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./scene.js').Palette} Palette */
/** @typedef {import('./scene.js').Rgb} Rgb */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').Shape} Shape */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {Parameters<Model['point']>[0]} Target */

/**
 * How to draw.
 * @typedef {object} Look
 * @property {Palette} palette
 * @property {boolean} heat overlap counts instead of value colours
 * @property {Pair | null} secret canvas cell whose value is still to be guessed
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
const TEXT_FROM = 17

/** Room for the rings that stand out over the outer cells, CSS pixels. */
const MARGIN = 3

/** Bitmaps of maps that don't change from step to step, by palette. @type {WeakMap<object, WeakMap<Palette, Map<string, HTMLCanvasElement>>>} */
const pictures = new WeakMap()

/**
 * @param {object} owner whose identity changes when the picture does
 * @param {string} name which picture of it
 * @param {Palette} palette
 * @param {() => HTMLCanvasElement} draw
 */
function kept(owner, name, palette, draw) {
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
  const whole = { kind: /** @type {const} */ ('rect'), x, y, w: cols * w, h: rows * h, line: css(palette.line), width: 1 }
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
      const size = Math.min(h * (plan.letters ?? 0.44), w * 1.6 / Math.max(2.4, text.length))
      if (size < 6.5) continue
      const fill = plan.faint?.(at) ? css(palette.muted) : textOn(ground)
      texts.push({ kind: 'text', x: x + (c + 0.5) * w, y: y + (r + 0.5) * h + size * 0.35, text, size, fill, bold: plan.strong?.(at) })
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
function stillGrid(plan, { palette, still }, owner, name) {
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
function ring([row, col], [rows, cols], { w, h, x, y }, line, width, dash) {
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
function hatch(x, y, w, h, points) {
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
function board(size, cell, shapes, target) {
  const scene = { width: Math.ceil(size[1] * cell + 2 * MARGIN), height: Math.ceil(size[0] * cell + 2 * MARGIN), shapes }
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
function under([rows, cols], w, h, left, top, x, y) {
  const r = Math.floor((y - top) / h)
  const c = Math.floor((x - left) / w)
  return r >= 0 && c >= 0 && r < rows && c < cols ? [r, c] : null
}

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
  const accent = css(palette.accent)
  if (lit.size <= 256) {
    for (const index of lit) shapes.push(ring(cellAt(role === 'flipped' ? last - index : index, size), [1, 1], at, accent, cell < 8 ? 1.5 : 2.5))
  }
  return board(size, cell, shapes, ([r, c]) => {
    const index = r * size[1] + c
    return role === 'input' ? { input: index } : { tap: role === 'kernel' ? index : last - index }
  })
}

/**
 * The output with the border that padding trims.
 * @param {Model} model
 * @param {number} cell CSS pixels a side
 * @param {Look} look
 * @returns {Board}
 */
export function outputBoard(model, cell, { palette, heat, secret }) {
  const { canvas: size, output } = model.geometry
  const { padding, outputPadding } = model.layer
  const byInput = model.walkBy === 'input'
  const { sums, counts } = model.walked
  const finished = model.step >= model.steps
  const links = model.links(model.focus)
  const at = { w: cell, h: cell, x: MARGIN, y: MARGIN }
  const { largest } = model
  const outputOf = (/** @type {number} */ i) => model.outputIndex(cellAt(i, size))
  const shown = (/** @type {number} */ i) => byInput ? counts[i] > 0 || finished : outputOf(i) >= 0 && outputOf(i) < model.step
  const hidden = (/** @type {number} */ i) => secret !== null && i === secret[0] * size[1] + secret[1]
  const fresh = new Set(byInput && model.step > 0 && area(model.layer.kernel) < 600
    ? footprint(model.layer, model.step - 1).map(({ output: o }) => o) : [])
  const ground = (/** @type {number} */ i) => {
    if (!shown(i) || hidden(i)) return palette.paper
    const base = heat ? heatColour(palette, counts[i], largest.overlaps) : valueColour(palette, sums[i], largest.canvas)
    return outputOf(i) < 0 ? mix(palette.paper, base, 0.4) : base
  }
  const shapes = grid({
    size, ...at, ground, letters: heat ? 0.38 : 0.44,
    label: i => hidden(i) ? '?' : shown(i) ? formatNumber(sums[i]) : '',
    strong: i => fresh.has(outputOf(i)), faint: i => outputOf(i) < 0,
    picture: cell < TEXT_FROM || area(size) > 2500 ? outputPicture(model, palette, heat) : null,
  }, palette)
  if (heat && cell >= 30) {
    for (let i = 0; i < area(size); i++) {
      if (!shown(i) || counts[i] === 0) continue
      const [r, c] = cellAt(i, size)
      shapes.push({ kind: 'text', x: MARGIN + (c + 1) * cell - 2.5, y: MARGIN + r * cell + cell * 0.27, text: `\u00d7${counts[i]}`, size: cell * 0.24, fill: textOn(ground(i)), anchor: 'end' })
    }
  }
  shapes.push(...frame(size, output, padding, outputPadding, cell, palette))
  const accent = css(palette.accent)
  if (links.stamp !== null) shapes.push(...stampRings(model, links.stamp, at, accent))
  if (links.cell) shapes.push(ring(links.cell, [1, 1], at, css(palette.paper), 5), ring(links.cell, [1, 1], at, accent, 3))
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
  const { values, counts: heats, fadedValues, fadedCounts, paper } = ramps(palette)
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
        if (!shown) pixels[at] = paper
        else if (heat) pixels[at] = (inside ? heats : fadedCounts)[Math.round(counts[at] * heatScale)]
        else pixels[at] = (inside ? values : fadedValues)[SHADES + Math.round(Math.min(SHADES, Math.max(-SHADES, sums[at] * scale)))]
      }
    }
  }, scratch(model, 'output'))
}

/** Bitmaps that are repainted every step. @type {WeakMap<Model, Map<string, HTMLCanvasElement>>} */
const scratches = new WeakMap()

/** @param {Model} model @param {string} name @returns {HTMLCanvasElement} */
function scratch(model, name) {
  const canvases = scratches.get(model) ?? new Map()
  scratches.set(model, canvases)
  const canvas = canvases.get(name) ?? document.createElement('canvas')
  canvases.set(name, canvas)
  return canvas
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
    shapes.push({ kind: 'lines', points: strokes, line: css(palette.muted), width: 1 })
    shapes.push(ring([top, left], [outRows, outCols], at, css(palette.ink), 2))
  }
  // Dashes, not colour alone: rows below and columns to the right that output padding added.
  if (addedRows) shapes.push(ring([top + outRows - addedRows, left], [addedRows, outCols], at, css(palette.ink), 1.5, 4))
  if (addedCols) shapes.push(ring([top, left + outCols - addedCols], [outRows, addedCols], at, css(palette.ink), 1.5, 4))
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
  const zero = mix(palette.paper, palette.muted, 0.1)
  const edge = mix(palette.paper, palette.muted, 0.24)
  const ground = (/** @type {number} */ i) => kinds[i] === KIND.value ? valueColour(palette, values[i], model.largest.input) : kinds[i] === KIND.border ? edge : zero
  const shapes = stillGrid({
    size, ...at, ground, letters: 0.36, label: i => formatNumber(values[i]), strong: i => kinds[i] === KIND.value, faint: i => kinds[i] !== KIND.value,
    picture: cell < TEXT_FROM || area(size) > 2500 ? kept(values, 'spread', palette, () => bitmap(size[0], size[1], ground)) : null,
  }, look, values, 'spread grid')
  const { focus } = model
  const accent = css(palette.accent)
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
        shapes.push(ring(place, [1, 1], at, accent, kinds[i] === KIND.value ? 2.5 : 1))
        if (cell >= 28) {
          const text = `\u00d7${formatNumber(model.flipped[tap])}`
          const letters = Math.min(cell * 0.26, cell * 1.3 / text.length)
          shapes.push({ kind: 'text', x: MARGIN + (place[1] + 1) * cell - 2.5, y: MARGIN + (place[0] + 1) * cell - 3, text, size: letters, fill: textOn(ground(i)), anchor: 'end' })
        }
      }
    }
    shapes.push(ring(corner, span, at, accent, 3))
  } else if (focus.input !== null && focus.cell === null) {
    const i = sources.indexOf(focus.input)
    if (i >= 0) shapes.push(ring(cellAt(i, size), [1, 1], at, accent, 2.5))
  }
  return board(size, cell, shapes, ([r, c]) => {
    const source = sources[r * size[1] + c]
    return source < 0 ? null : { input: source }
  })
}

/**
 * y = Ct x: the transposed matrix, the flattened input, the flattened output.
 * @param {Model} model
 * @param {number} width room, CSS pixels
 * @param {number} height room
 * @param {Look} look
 * @returns {Board | null} null when the matrix is too large
 */
export function matrixBoard(model, width, height, look) {
  const { palette, secret } = look
  const { matrix } = model
  if (!matrix) return null
  const inputs = area(model.layer.input)
  const outputs = area(model.geometry.output)
  const most = model.largest
  const signs = 26
  /** Cell width when the matrix, two columns at least 12 wide, and two signs share some room. @param {number} room */
  const cellWidth = room => Math.max(0.5, Math.min(30, (room - 2 * MARGIN - 2 * signs) / (inputs + 2), (room - 2 * MARGIN - 2 * signs - 24) / inputs))
  let h = Math.min(30, height / outputs)
  let w = cellWidth(width)
  if (Math.min(w, h) < TEXT_FROM) {
    // Without numbers only the pattern is left to see; it needs less room.
    h *= 0.62
    w = Math.min(w, cellWidth(Math.max(width * 0.5, 300)))
  }
  // Square cells while they hold numbers; a tall matrix may have flat ones.
  if (Math.min(w, h) >= TEXT_FROM || w < h) h = w = Math.min(w, h)
  else w = Math.min(w, Math.max(h * 5, 2))
  const column = Math.max(w, 12)
  const left = MARGIN
  const xLeft = left + inputs * w + signs
  const yLeft = xLeft + column + signs
  const tall = outputs * h
  const step = model.step
  const known = (/** @type {number} */ o) => model.walkBy === 'input' ? true : o < step
  const sums = model.walked.sums
  const total = (/** @type {number} */ o) => {
    const [r, c] = model.canvasCell(o)
    return sums[r * model.geometry.canvas[1] + c]
  }
  const secretIndex = secret ? model.outputIndex(secret) : -1
  const matrixGround = (/** @type {number} */ at) => valueColour(palette, matrix[(at % inputs) * outputs + Math.floor(at / inputs)], most.weights)
  const small = Math.min(w, h) < TEXT_FROM || inputs * outputs > 2500
  const xGround = (/** @type {number} */ at) => valueColour(palette, model.input[at], most.input)
  const yGround = (/** @type {number} */ at) => known(at) && at !== secretIndex ? valueColour(palette, total(at), most.canvas) : palette.paper
  const shapes = [
    ...stillGrid({
      size: [outputs, inputs], w, h, x: left, y: MARGIN, ground: matrixGround, letters: 0.55,
      label: at => { const value = matrix[(at % inputs) * outputs + Math.floor(at / inputs)]; return value ? formatNumber(value) : '' },
      picture: small ? kept(matrix, 'transposed', palette, () => bitmap(outputs, inputs, matrixGround)) : null,
    }, look, matrix, 'transposed grid'),
    ...grid({ size: [inputs, 1], w: column, h, x: xLeft, y: MARGIN, letters: 0.55, ground: xGround, label: at => formatNumber(model.input[at]), picture: small ? kept(model.input, 'x', palette, () => bitmap(inputs, 1, xGround)) : null }, palette),
    ...grid({
      size: [outputs, 1], w: column, h, x: yLeft, y: MARGIN, letters: 0.55,
      ground: yGround, picture: small ? bitmap(outputs, 1, yGround, scratch(model, 'y')) : null,
      label: at => at === secretIndex ? '?' : known(at) && (model.walkBy === 'output' || step > 0) ? formatNumber(total(at)) : '',
    }, palette),
  ]
  const ink = css(palette.ink)
  const middle = MARGIN + Math.min(tall, inputs * h) / 2 + 6
  shapes.push({ kind: 'text', x: xLeft - signs / 2, y: middle, text: '\u00b7', size: 22, fill: ink, bold: true })
  shapes.push({ kind: 'text', x: yLeft - signs / 2, y: middle, text: '=', size: 18, fill: ink })
  const accent = css(palette.accent)
  const { focus } = model
  const o = focus.cell ? model.outputIndex(focus.cell) : -1
  const strong = 3
  const light = 1.5
  if (focus.input !== null) {
    const width = model.walkBy === 'input' ? strong : light
    shapes.push(ring([0, focus.input], [outputs, 1], { w, h, x: left, y: MARGIN }, accent, width))
    shapes.push(ring([focus.input, 0], [1, 1], { w: column, h, x: xLeft, y: MARGIN }, accent, width))
  }
  if (o >= 0) {
    const width = model.walkBy === 'output' ? strong : light
    shapes.push(ring([o, 0], [1, inputs], { w, h, x: left, y: MARGIN }, accent, width))
    shapes.push(ring([o, 0], [1, 1], { w: column, h, x: yLeft, y: MARGIN }, accent, width))
  }
  return {
    scene: { width: Math.ceil(yLeft + column + MARGIN), height: Math.ceil(tall + 2 * MARGIN), shapes },
    size: [outputs, inputs],
    target: ([r, c]) => ({ input: c, cell: model.canvasCell(r) }),
    cellUnder: (x, y) => under([outputs, inputs], w, h, left, MARGIN, x, y),
    extra: (x, y) => {
      const input = under([inputs, 1], column, h, xLeft, MARGIN, x, y)
      if (input) return { input: input[0] }
      const output = under([outputs, 1], column, h, yLeft, MARGIN, x, y)
      return output ? { cell: model.canvasCell(output[0]) } : null
    },
  }
}

/**
 * C, the matrix of the ordinary convolution, with the same row and column lit.
 * @param {Model} model
 * @param {number} width room, CSS pixels
 * @param {number} height room
 * @param {Look} look
 * @returns {Board | null}
 */
export function convolutionBoard(model, width, height, look) {
  const { palette } = look
  const { matrix } = model
  if (!matrix) return null
  const inputs = area(model.layer.input)
  const outputs = area(model.geometry.output)
  let w = Math.min(30, (width - 2 * MARGIN) / outputs)
  let h = Math.min(30, height / inputs)
  if (Math.min(w, h) >= TEXT_FROM || h < w) w = h = Math.min(w, h)
  else h = Math.min(h, Math.max(w * 5, 2))
  const at = { w, h, x: MARGIN, y: MARGIN }
  const ground = (/** @type {number} */ i) => valueColour(palette, matrix[i], model.largest.weights)
  const shapes = stillGrid({
    size: [inputs, outputs], ...at, ground, letters: 0.55, label: i => matrix[i] ? formatNumber(matrix[i]) : '',
    picture: Math.min(w, h) < TEXT_FROM || inputs * outputs > 2500 ? kept(matrix, 'plain', palette, () => bitmap(inputs, outputs, ground)) : null,
  }, look, matrix, 'plain grid')
  const accent = css(palette.accent)
  const { focus } = model
  const o = focus.cell ? model.outputIndex(focus.cell) : -1
  if (focus.input !== null) shapes.push(ring([focus.input, 0], [1, outputs], at, accent, model.walkBy === 'input' ? 3 : 1.5))
  if (o >= 0) shapes.push(ring([0, o], [inputs, 1], at, accent, model.walkBy === 'output' ? 3 : 1.5))
  return {
    scene: { width: Math.ceil(outputs * w + 2 * MARGIN), height: Math.ceil(inputs * h + 2 * MARGIN), shapes },
    size: [inputs, outputs],
    target: ([r, c]) => ({ input: r, cell: model.canvasCell(c) }),
    cellUnder: (x, y) => under([inputs, outputs], w, h, MARGIN, MARGIN, x, y),
  }
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
export function plainScene(values, size, cell, { palette }, largest = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9)) {
  const shapes = grid({
    size, w: cell, h: cell, x: MARGIN, y: MARGIN,
    ground: at => valueColour(palette, values[at], largest), label: at => formatNumber(values[at], 1),
  }, palette)
  return { width: Math.ceil(size[1] * cell + 2 * MARGIN), height: Math.ceil(size[0] * cell + 2 * MARGIN), shapes }
}

/**
 * Whether a canvas cell gets contributions, for words about it.
 * @param {Model} model
 * @param {Pair} cell
 */
export function isReached(model, cell) {
  return tapsAt(model.layer, ...cell).length > 0
}
