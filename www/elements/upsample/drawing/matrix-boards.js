/**
 * The matrices of `<fcn-upsample>`: the transposed one with its vectors, and C itself, with the
 * same numbers and the same row and column lit.
 */
import { area } from '../../../lib/transposed/geometry.js'
import { css, formatNumber, valueColour } from './colours.js'
import { MARGIN, TEXT_FROM, grid, kept, ring, scratch, stillGrid, under } from './grid.js'
import { bitmap } from './scene.js'

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('./grid.js').Board} Board */
/** @typedef {import('./grid.js').Look} Look */

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
  const cellWidth = room => Math.max(0.5, Math.min(30, (room - 2 * MARGIN - 2 * signs) / (inputs + 2),
    (room - 2 * MARGIN - 2 * signs - 24) / inputs))
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
  const matrixGround = (/** @type {number} */ at) =>
    valueColour(palette, matrix[(at % inputs) * outputs + Math.floor(at / inputs)], most.weights)
  const small = Math.min(w, h) < TEXT_FROM || inputs * outputs > 2500
  const xGround = (/** @type {number} */ at) => valueColour(palette, model.input[at], most.input)
  const yGround = (/** @type {number} */ at) => known(at) && at !== secretIndex
    ? valueColour(palette, total(at), most.canvas) : palette.sheet
  const shapes = [
    ...stillGrid({
      size: [outputs, inputs], w, h, x: left, y: MARGIN, ground: matrixGround, letters: 0.55,
      label: at => { const value = matrix[(at % inputs) * outputs + Math.floor(at / inputs)]; return value
        ? formatNumber(value) : '' },
      picture: small ? kept(matrix, 'transposed', palette, () => bitmap(outputs, inputs, matrixGround)) : null,
    }, look, matrix, 'transposed grid'),
    ...grid({ size: [inputs, 1], w: column, h, x: xLeft, y: MARGIN, letters: 0.55, ground: xGround,
      label: at => formatNumber(model.input[at]),
        picture: small ? kept(model.input, 'x', palette, () => bitmap(inputs, 1, xGround)) : null }, palette),
    ...grid({
      size: [outputs, 1], w: column, h, x: yLeft, y: MARGIN, letters: 0.55,
      ground: yGround, picture: small ? bitmap(outputs, 1, yGround, scratch(model, 'y')) : null,
      label: at => at === secretIndex ? '?' : known(at) && (model.walkBy === 'output' || step > 0)
        ? formatNumber(total(at)) : '',
    }, palette),
  ]
  const ink = css(palette.ink)
  const middle = MARGIN + Math.min(tall, inputs * h) / 2 + 6
  shapes.push({ kind: 'text', x: xLeft - signs / 2, y: middle, text: '\u00b7', size: 22, fill: ink, bold: true })
  shapes.push({ kind: 'text', x: yLeft - signs / 2, y: middle, text: '=', size: 18, fill: ink })
  const cursor = css(palette.cursor)
  const { focus } = model
  const o = focus.cell ? model.outputIndex(focus.cell) : -1
  const strong = 3
  const light = 1.5
  if (focus.input !== null) {
    const width = model.walkBy === 'input' ? strong : light
    shapes.push(ring([0, focus.input], [outputs, 1], { w, h, x: left, y: MARGIN }, cursor, width))
    shapes.push(ring([focus.input, 0], [1, 1], { w: column, h, x: xLeft, y: MARGIN }, cursor, width))
  }
  if (o >= 0) {
    const width = model.walkBy === 'output' ? strong : light
    shapes.push(ring([o, 0], [1, inputs], { w, h, x: left, y: MARGIN }, cursor, width))
    shapes.push(ring([o, 0], [1, 1], { w: column, h, x: yLeft, y: MARGIN }, cursor, width))
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
    picture: Math.min(w, h) < TEXT_FROM || inputs * outputs > 2500
      ? kept(matrix, 'plain', palette, () => bitmap(inputs, outputs, ground)) : null,
  }, look, matrix, 'plain grid')
  const cursor = css(palette.cursor)
  const { focus } = model
  const o = focus.cell ? model.outputIndex(focus.cell) : -1
  if (focus.input !== null) shapes.push(ring([focus.input, 0], [1, outputs], at, cursor,
    model.walkBy === 'input' ? 3 : 1.5))
  if (o >= 0) shapes.push(ring([0, o], [inputs, 1], at, cursor, model.walkBy === 'output' ? 3 : 1.5))
  return {
    scene: { width: Math.ceil(outputs * w + 2 * MARGIN), height: Math.ceil(inputs * h + 2 * MARGIN), shapes },
    size: [inputs, outputs],
    target: ([r, c]) => ({ input: r, cell: model.canvasCell(c) }),
    cellUnder: (x, y) => under([inputs, outputs], w, h, MARGIN, MARGIN, x, y),
  }
}
