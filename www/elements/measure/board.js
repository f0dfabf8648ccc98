/**
 * `<fcn-measure-board>`: a small label map as cells with their colours and patterns. It holds no state: a cell that is
 * painted by pointer, or the keyboard's steps, go to the host as `board-paint` (detail {at, isFirst}) and `board-key`
 * (detail the key). Where `marks` are given it shows those over the colours: 1 a cross.
 */
import { LitElement, css, html, nothing } from '../../vendor/lit.js'
import { TILE, inkOn, patternTile, rgb } from '../../lib/colors.js'
import { define } from '../common/ui/element.js'

/** @typedef {{id: number, color: string}} Coloured */

/** Canvas pixels a cell. */
const CELL = 4 * TILE
const VOID_COLOR = [232, 228, 218]
const VOID_INK = [120, 116, 106]
const GRID = 'rgb(0 0 0 / 35%)'
const KEYS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', ' ', 'Enter', ...'0123456789'])

export class FcnMeasureBoard extends LitElement {
  /** @override */
  static properties = {
    values: { attribute: false }, columns: { type: Number }, classes: { attribute: false }, marks: { attribute: false },
    cursor: { type: Number }, isEditable: { type: Boolean }, split: { type: Number }, label: {}, help: {},
  }

  /** @override */
  static styles = css`
    :host { display: block; }
    .board { position: relative; max-width: 20rem; outline: none; touch-action: none; }
    .board.still { touch-action: auto; }
    .board:focus-visible { outline: var(--_focus); outline-offset: 2px; }
    canvas { display: block; width: 100%; forced-color-adjust: none; border: 1px solid var(--_edge); }
  `

  constructor() {
    super()
    /** @type {Uint8Array} */
    this.values = new Uint8Array(1)
    this.columns = 1
    /** @type {readonly Coloured[]} */
    this.classes = []
    /** @type {Uint8Array | null} */
    this.marks = null
    /** The cell that the keyboard is at; −1: none. */
    this.cursor = -1
    this.isEditable = false
    /** Cells between which a line parts two photos; 0: none. */
    this.split = 0
    this.label = ''
    this.help = ''
  }

  /** @override */
  render() {
    const { isEditable } = this
    return html`<div class=${isEditable ? 'board' : 'board still'} tabindex=${isEditable ? 0 : nothing}
      role=${isEditable ? 'application' : 'img'} aria-label=${this.label}
        aria-description=${isEditable ? this.help : nothing}
      @keydown=${this.#key} @pointerdown=${this.#point} @pointermove=${this.#point} @pointerup=${this.#lift}
        @pointercancel=${this.#lift}><canvas aria-hidden="true"></canvas></div>`
  }

  /** @override */
  updated() {
    const canvas = this.renderRoot.querySelector('canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return
    const rows = this.values.length / this.columns
    canvas.width = this.columns * CELL
    canvas.height = rows * CELL
    for (let at = 0; at < this.values.length; at++) {
      const [x, y] = [at % this.columns * CELL, Math.floor(at / this.columns) * CELL]
      context.putImageData(cellOf(this.values[at], this.classes), x, y)
      if (this.marks?.[at]) cross(context, x, y)
    }
    context.fillStyle = GRID
    for (let line = 1; line < Math.max(this.columns, rows); line++) {
      context.fillRect(line * CELL - 1, 0, 2, canvas.height)
      context.fillRect(0, line * CELL - 1, canvas.width, 2)
    }
    if (this.split) {
      context.fillStyle = '#fff'
      context.fillRect(this.split * CELL - 6, 0, 12, canvas.height)
      context.fillStyle = '#000'
      context.fillRect(this.split * CELL - 2, 0, 4, canvas.height)
    }
    if (this.cursor >= 0) outline(context, this.cursor % this.columns * CELL,
      Math.floor(this.cursor / this.columns) * CELL)
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    if (!this.isEditable || !KEYS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.dispatchEvent(new CustomEvent('board-key', { detail: event.key }))
  }

  /** The cell that the stroke was at last; −1: there is no stroke. */
  #last = -1

  /** @param {PointerEvent} event */
  #point = event => {
    if (!this.isEditable) return
    const isFirst = event.type === 'pointerdown'
    if (isFirst ? event.button !== 0 : this.#last < 0) return
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect()
    const rows = this.values.length / this.columns
    const [column, row] = [(event.clientX - box.left) / box.width * this.columns,
      (event.clientY - box.top) / box.height * rows].map(Math.floor)
    if (column < 0 || row < 0 || column >= this.columns || row >= rows) return
    // A stroke belongs to the board on which it began, and ends where the finger is lifted.
    if (isFirst) /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId)
    const [fromColumn, fromRow] = isFirst ? [column, row]
      : [this.#last % this.columns, Math.floor(this.#last / this.columns)]
    // A quick stroke skips cells.
    const steps = Math.max(Math.abs(column - fromColumn), Math.abs(row - fromRow))
    for (let step = isFirst ? 0 : 1; step <= steps; step++) {
      const part = steps ? step / steps : 0
      const at = Math.round(fromRow + (row - fromRow) * part) * this.columns
        + Math.round(fromColumn + (column - fromColumn) * part)
      this.dispatchEvent(new CustomEvent('board-paint', { detail: { at, isFirst } }))
    }
    this.#last = row * this.columns + column
  }

  #lift = () => { this.#last = -1 }
}

/** Cells as they were drawn: by class, and how it looks. @type {Map<string, ImageData>} */
const cells = new Map()

/** @param {number} id @param {readonly Coloured[]} classes */
function cellOf(id, classes) {
  const color = classes[id]?.color ?? ''
  const key = `${id} ${color}`
  const known = cells.get(key)
  if (known) return known
  const base = color ? rgb(color) : VOID_COLOR
  const ink = color ? inkOn(base) : VOID_INK
  // What isn't labelled is hatched.
  const tile = color ? patternTile(id) : patternTile(1)
  const image = new ImageData(CELL, CELL)
  for (let y = 0; y < CELL; y++) {
    for (let x = 0; x < CELL; x++) image.data.set([...tile[(y >> 1) % TILE * TILE + (x >> 1) % TILE] ? ink : base, 255],
      4 * (y * CELL + x))
  }
  cells.set(key, image)
  return image
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function cross(context, x, y) {
  for (const [color, width] of /** @type {const} */ ([['#000', 8], ['#fff', 4]])) {
    context.strokeStyle = color
    context.lineWidth = width
    context.beginPath()
    context.moveTo(x + 7, y + 7)
    context.lineTo(x + CELL - 7, y + CELL - 7)
    context.moveTo(x + CELL - 7, y + 7)
    context.lineTo(x + 7, y + CELL - 7)
    context.stroke()
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function outline(context, x, y) {
  for (const [color, inset, width] of /** @type {const} */ ([['#000', 3, 7], ['#fff', 3, 3]])) {
    context.strokeStyle = color
    context.lineWidth = width
    context.strokeRect(x + inset, y + inset, CELL - 2 * inset, CELL - 2 * inset)
  }
}

define('fcn-measure-board', FcnMeasureBoard)
