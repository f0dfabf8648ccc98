/**
 * `<fcn-inside-sheet>`: the channels of a stage as a contact sheet, in the order given. It holds no state: the channel
 * that is pressed, or reached by arrow keys, goes to the host as `sheet-channel` (detail: its number).
 */
import { LitElement, css, html } from '../../../vendor/lit.js'
import { colorsOf } from '../../../lib/planes.js'
import { define } from '../../common/ui/element.js'
import { scaleOf } from './order.js'

/** @typedef {import('../../../engine/engine.js').Sheet} Sheet */

/** Between two small maps, canvas pixels. */
const GAP = 2
/** CSS pixels that a small map takes at least. */
const LEAST = 44

export class FcnInsideSheet extends LitElement {
  /** @override */
  static properties = {
    sheet: { attribute: false }, order: { attribute: false }, channel: { type: Number }, scale: {}, label: {}, help: {},
  }

  /** @override */
  static styles = css`
    :host { display: block; }
    .sheet { position: relative; max-height: 22rem; overflow-y: auto; outline: none; background: var(--_sunken); }
    .sheet:focus-visible { outline: var(--_focus); outline-offset: 2px; }
    canvas { display: block; image-rendering: pixelated; forced-color-adjust: none; cursor: pointer; }
    i {
      position: absolute; pointer-events: none; border: 3px solid var(--_accent); outline: 1px solid var(--_sheet);
      box-sizing: border-box;
    }
  `

  #columns = 1
  #widths = new ResizeObserver(() => this.requestUpdate())

  constructor() {
    super()
    /** @type {Sheet | null} */
    this.sheet = null
    /** @type {readonly number[]} */
    this.order = []
    this.channel = 0
    /** @type {'each' | 'one'} */
    this.scale = 'each'
    this.label = ''
    this.help = ''
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    this.#widths.observe(this)
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#widths.disconnect()
  }

  /** @override */
  render() {
    return html`<div class="sheet" tabindex="0" role="application" aria-label=${this.label}
      aria-description=${this.help}
      @keydown=${this.#key} @click=${this.#click}><canvas aria-hidden="true"></canvas><i></i></div>`
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    const { sheet, order } = this
    const canvas = this.renderRoot.querySelector('canvas')
    if (!sheet || !canvas) return
    const { width, height } = sheet
    const room = this.clientWidth || 320
    const columns = Math.max(1, Math.min(sheet.channels, Math.floor(room / Math.max(LEAST, width + GAP))))
    if (columns !== this.#columns || ['sheet', 'order', 'scale'].some(name => changed.has(name))) {
      this.#columns = columns
      paintSheet(canvas, sheet, order, { columns, scale: this.scale, zoom: 1 })
    }
    // Small maps of few channels aren't blown up beyond a postage stamp.
    const zoom = Math.min(room / canvas.width, 96 / width)
    canvas.style.width = `${Math.floor(canvas.width * zoom)}px`
    const at = order.indexOf(this.channel)
    const mark = /** @type {HTMLElement} */ (this.renderRoot.querySelector('i'))
    const [left, top] = [at % columns * (width + GAP) * zoom, Math.floor(at / columns) * (height + GAP) * zoom]
    Object.assign(mark.style, {
      left: `${left}px`, top: `${top}px`, width: `${(width + GAP) * zoom}px`, height: `${(height + GAP) * zoom}px`,
      display: at < 0 ? 'none' : 'block',
    })
    if (changed.has('channel') && changed.get('channel') !== undefined) mark.scrollIntoView({ block: 'nearest' })
  }

  /** @param {MouseEvent} event */
  #click = event => {
    const canvas = this.renderRoot.querySelector('canvas')
    if (!this.sheet || !canvas) return
    const box = canvas.getBoundingClientRect()
    const { width, height } = this.sheet
    const scale = canvas.width / box.width
    const column = Math.floor((event.clientX - box.left) * scale / (width + GAP))
    const row = Math.floor((event.clientY - box.top) * scale / (height + GAP))
    if (column < this.#columns) this.#choose(row * this.#columns + column)
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#columns, ArrowDown: this.#columns,
      Home: -this.order.length, End: this.order.length,
    }
    const step = steps[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const at = Math.max(0, this.order.indexOf(this.channel)) + step
    this.#choose(Math.min(Math.max(at, 0), this.order.length - 1))
  }

  /** @param {number} place in the order */
  #choose(place) {
    const channel = this.order[place]
    if (channel !== undefined) this.dispatchEvent(new CustomEvent('sheet-channel', { detail: channel }))
  }
}

/**
 * @param {HTMLCanvasElement} canvas gets its size here
 * @param {Sheet} sheet
 * @param {readonly number[]} order
 * @param {{columns: number, scale: 'each' | 'one', zoom: number}} how zoom: canvas pixels a cell
 */
export function paintSheet(canvas, sheet, order, { columns, scale, zoom }) {
  const { width, height, data } = sheet
  canvas.width = columns * (width + GAP) * zoom
  canvas.height = Math.ceil(order.length / columns) * (height + GAP) * zoom
  const context = canvas.getContext('2d')
  if (!context) return
  const one = scale === 'one' ? scaleOf(sheet, 0, 'one') : null
  const small = new OffscreenCanvas(width, height)
  const drawn = small.getContext('2d')
  context.imageSmoothingEnabled = false
  order.forEach((channel, i) => {
    const values = data.subarray(channel * width * height, (channel + 1) * width * height)
    drawn?.putImageData(new ImageData(colorsOf(values, one ?? scaleOf(sheet, channel, 'each')), width, height), 0, 0)
    const [x, y] = [i % columns * (width + GAP) * zoom, Math.floor(i / columns) * (height + GAP) * zoom]
    context.drawImage(small, x, y, width * zoom, height * zoom)
  })
}

define('fcn-inside-sheet', FcnInsideSheet)
