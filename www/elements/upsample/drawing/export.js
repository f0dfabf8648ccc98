/**
 * Pictures of `<fcn-upsample>` to take along: PNG, SVG, and a GIF of the whole walk. Loaded
 * only when asked for; the GIF encoder with it.
 */
import { readPixels } from '../../../lib/pixels.js'
import { Control } from '../control.js'
import { explain, formula, summary } from '../explain.js'
import { layOut } from './layout.js'
import { css } from './colours.js'
import { drawShapes, paintSvg } from './scene.js'

/** @typedef {import('../texts.en.js').Words} Words */
/** @typedef {import('./colours.js').Palette} Palette */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').Shape} Shape */
/** @typedef {import('./layout.js').BoardName} BoardName */

/** @typedef {{palette: Palette, words: Words, onProgress: (percent: number) => void}} Options */

/** Width of an exported picture before boards are placed, and its letter size; CSS pixels. */
const ROOM = { width: 1100, em: 16 }
const GAP = 24
const PNG_SCALE = 2

/** Frames of a GIF at most; longer walks skip steps. */
const FRAMES = 120
const FRAME_TIME = 500
const LAST_FRAME_TIME = 2500

/**
 * Draws and downloads.
 * @param {'png' | 'svg' | 'gif'} kind
 * @param {Control} control
 * @param {Options} options
 * @returns {Promise<string>} the file's name
 */
export async function save(kind, control, options) {
  const blob = kind === 'png' ? await png(control, options) : kind === 'svg' ? svg(control, options)
    : await gif(control, options)
  const { layer, view } = control.model
  const name = `upsample-k${layer.kernel.join('x')}-s${layer.stride.join('x')}-p${layer.padding.join('x')}-${view}.${kind}`
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has its own reference once it began; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return name
}

/**
 * The whole figure as one scene: title, formula, boards in rows, the words of the step.
 * @param {Control} control
 * @param {Pick<Options, 'palette' | 'words'>} options
 * @returns {Scene}
 */
export function compose(control, { palette, words }) {
  const { model } = control
  const { boards } = layOut(model, { palette, heat: control.heat, secret: control.secret,
    backdrop: control.backdrop }, ROOM, true)
  const ink = css(palette.ink)
  /** @type {Shape[]} */
  const shapes = []
  let y = GAP
  let width = 560
  const write = (/** @type {string} */ text, /** @type {number} */ size, bold = false) => {
    for (const line of wrapped(text, ROOM.width, size)) {
      y += size * 1.35
      shapes.push({ kind: 'text', x: GAP, y: y - size * 0.3, text: line, size, fill: ink, anchor: 'start', bold })
      width = Math.max(width, Math.min(ROOM.width, widthOf(line, size)) + 2 * GAP)
    }
  }
  write(summary(model.layer, words), 17, true)
  for (const axis of /** @type {const} */ ([0, 1])) {
    const { numbers, result } = formula(model.layer, axis)
    if (axis === 0 || numbers !== formula(model.layer, 0).numbers) write(`${words.formula} = ${numbers} = ${result}`,
      15)
  }
  y += GAP / 2

  /** @type {[BoardName, string, string][][]} name, caption, sign before it */
  const rows = [
    [['input', words.size(words.captions.input, ...model.layer.input), ''],
      ['kernel', words.size(words.captions.kernel, ...model.layer.kernel), '×'],
        ['output', words.size(words.captions.output, ...model.geometry.output), '=']],
    [['spread', words.captions.spread, ''], ['flipped', words.captions.flipped, '∗']],
    [['transposed', words.captions.transposed, '']],
    [['convolution', words.captions.convolution, '']],
  ]
  for (const row of rows) {
    const shown = row.flatMap(([name, caption, sign]) => { const board = boards.get(name); return board
      ? [{ caption, sign, scene: board.scene }] : [] })
    if (!shown.length) continue
    let x = GAP
    let tallest = 0
    const place = (/** @type {typeof shown} */ line) => {
      const height = Math.max(...line.map(each => each.scene.height))
      for (const { caption, sign, scene } of line) {
        if (sign) {
          shapes.push({ kind: 'text', x: x + GAP * 0.6, y: y + 22 + height / 2, text: sign, size: 22, fill: ink })
          x += GAP * 1.2
        }
        shapes.push({ kind: 'text', x, y: y + 14, text: caption, size: 14, fill: ink, anchor: 'start', bold: true })
        const top = y + 22 + (height - scene.height) / 2
        shapes.push(...scene.shapes.map(shape => shifted(shape, x, top)))
        x += Math.max(scene.width, widthOf(caption, 14))
        width = Math.max(width, x + GAP)
      }
      tallest = height
    }
    // An output too wide to stand beside its factors goes below them, as on the page.
    const total = shown.reduce((sum, each) => sum + each.scene.width + GAP * 1.2, 0)
    if (total > ROOM.width + GAP && shown.length === 3) {
      place(shown.slice(0, 2))
      y += tallest + 22 + GAP / 2
      x = GAP
      place(shown.slice(2))
    } else {
      place(shown)
    }
    y += tallest + 22 + GAP / 2
  }
  const told = explain(model, words, control.secret)
  write(told.lead, 16, true)
  if (told.sum) write(told.sum, 15)
  if (told.note) write(told.note, 15)
  const height = Math.ceil(y + GAP)
  width = Math.ceil(width)
  return { width, height, shapes: [{ kind: 'rect', x: 0, y: 0, w: width, h: height, fill: css(palette.sheet) },
    ...shapes] }
}

/** @param {Shape} shape @param {number} x @param {number} y @returns {Shape} */
function shifted(shape, x, y) {
  if (shape.kind === 'lines') return { ...shape, points: shape.points.map((value, i) => value + (i % 2 ? y : x)) }
  return { ...shape, x: shape.x + x, y: shape.y + y }
}

/** Rough width of a text; Korean letters are square. @param {string} text @param {number} size */
function widthOf(text, size) {
  let units = 0
  for (const letter of text) units += letter > '\u2fff' ? 0.95 : 0.56
  return units * size
}

/** @param {string} text @param {number} width @param {number} size @returns {string[]} */
function wrapped(text, width, size) {
  /** @type {string[]} */
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && widthOf(`${line} ${word}`, size) > width) {
      lines.push(line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  return line ? [...lines, line] : lines
}

/** @param {Scene} scene @param {number} scale @param {HTMLCanvasElement} [canvas] */
function rasterise(scene, scale, canvas = document.createElement('canvas')) {
  canvas.width = Math.round(scene.width * scale)
  canvas.height = Math.round(scene.height * scale)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('canvas 2d')
  context.setTransform(scale, 0, 0, scale, 0, 0)
  drawShapes(context, scene.shapes)
  return { canvas, context }
}

/** @param {Control} control @param {Options} options @returns {Promise<Blob>} */
export async function png(control, options) {
  const { canvas } = rasterise(compose(control, options), PNG_SCALE)
  return new Promise((resolve, reject) => canvas.toBlob(blob => blob ? resolve(blob) : reject(new Error('PNG')),
    'image/png'))
}

/** @param {Control} control @param {Options} options @returns {Blob} */
export function svg(control, options) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  paintSvg(node, compose(control, options))
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(node)}\n`],
    { type: 'image/svg+xml' })
}

/** @param {Control} control @param {Options} options @returns {Promise<Blob>} */
export async function gif(control, options) {
  const { GIFEncoder, quantize, applyPalette } = await import('../../../vendor/gifenc.js')
  // A copy walks; the person may go on using the figure meanwhile.
  const copy = new Control()
  copy.fragment = control.fragment
  copy.setPredict('none')
  copy.setBackdrop(control.backdrop)
  const { model } = copy
  const encoder = GIFEncoder()
  const every = Math.max(1, Math.ceil(model.steps / FRAMES))
  const steps = Array.from({ length: Math.ceil(model.steps / every) }, (_, i) => i * every).concat(model.steps)
  const canvas = document.createElement('canvas')
  // Every frame has the size of the largest: the words below vary in length.
  let width = 0
  let height = 0
  for (const step of steps) {
    model.step = step
    const scene = compose(copy, options)
    width = Math.max(width, scene.width)
    height = Math.max(height, scene.height)
  }
  for (const [i, step] of steps.entries()) {
    model.step = step
    const { shapes } = compose(copy, options)
    const [ground] = shapes
    if (ground.kind === 'rect') Object.assign(ground, { w: width, h: height })
    const { context } = rasterise({ width, height, shapes }, 1, canvas)
    const data = await readPixels(context, canvas.width, canvas.height)
    const colours = quantize(data, 256)
    encoder.writeFrame(applyPalette(data, colours), canvas.width, canvas.height, {
      palette: colours, delay: i === steps.length - 1 ? LAST_FRAME_TIME : FRAME_TIME, repeat: 0,
    })
    options.onProgress(Math.round((i + 1) / steps.length * 100))
    // The page stays usable between frames.
    await new Promise(resolve => setTimeout(resolve))
  }
  encoder.finish()
  return new Blob([encoder.bytes()], { type: 'image/gif' })
}
