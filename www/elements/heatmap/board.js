/**
 * `<fcn-heatmap-board>`: a photo as the net sees it, the map of its windows over it, and the window under the
 * cursor. Cells are painted a pixel each and enlarged by CSS. It holds no state: a cell that is pointed at, or
 * reached by arrow keys, goes to the host as `board-cell` (detail {cell, byKeys}).
 */
import { LitElement, css, html, nothing } from '../../vendor/lit.js'
import { cellAt, moved, squareOf, windowOf } from '../../lib/windows.js'
import { define } from '../common/ui/element.js'
import { paintPhoto } from '../common/stage/photo-canvas.js'
import { styled } from '../common/ui/styled.js'

/** @typedef {import('../../lib/windows.js').Cell} Cell */
/** @typedef {import('../../lib/windows.js').Cells} Cells */

/** The aspect of the one window of a label. */
const SQUARE = { width: 1, height: 1 }

export class FcnHeatmapBoard extends LitElement {
  /** @override */
  static properties = {
    picture: { attribute: false }, map: { attribute: false }, colors: { attribute: false }, cell: { attribute: false },
    moved: { attribute: false }, former: { attribute: false }, opacity: { type: Number }, label: {}, help: {},
  }

  /** @override */
  static styles = css`
    :host { display: block; }
    .board {
      position: relative; overflow: hidden; width: 100%; aspect-ratio: var(--ratio, 1.5);
      max-width: calc(var(--most-high, 66svh) * var(--ratio, 1.5)); background: var(--_sunken);
      touch-action: pan-y pinch-zoom; outline: none;
    }
    .board:focus-visible { outline: var(--_focus); outline-offset: 2px; }
    canvas { position: absolute; display: block; }
    .photo { inset: 0; width: 100%; height: 100%; }
    .cells { image-rendering: pixelated; forced-color-adjust: none; }
    .window, .cell {
      box-sizing: border-box; position: absolute; pointer-events: none; border: 2px solid #fff;
      outline: 1px solid #000; box-shadow: inset 0 0 0 1px #000;
    }
    .cell { border-width: 3px; }
    .former { border-style: dashed; border-color: #000; outline: 1px solid #fff; box-shadow: inset 0 0 0 1px #fff; }
  `

  constructor() {
    super()
    /** @type {import('../common/photo/image-tasks.js').Shown | null} */
    this.picture = null
    /** @type {Cells | null} null: the photo alone, squeezed to a square */
    this.map = null
    /** Of each cell, [height, width, 4]. @type {Uint8ClampedArray<ArrayBuffer> | null} */
    this.colors = null
    /** @type {Cell | null} */
    this.cell = null
    /** How far the photo is moved within its frame, shares of the frame. @type {{x: number, y: number} | undefined} */
    this.moved = undefined
    /** Where the highest cell was before the photo was moved. @type {Cell | null} */
    this.former = null
    this.opacity = 0.6
    this.label = ''
    this.help = ''
  }

  /** @override */
  render() {
    const { map, cell, former } = this
    const ratio = styled({ '--ratio': String(map ? map.work.width / map.work.height : 1) })
    if (!map) {
      return html`<div class="board" role="img" aria-label=${this.label} ${ratio}><canvas class="photo"></canvas></div>`
    }
    const whole = { ...squareOf(map, { column: 0, row: 0 }), columns: map.width, rows: map.height }
    return html`
      <div class="board" tabindex="0" role="application" aria-label=${this.label} aria-description=${this.help} ${ratio}
        @keydown=${this.#key} @pointermove=${this.#point} @pointerdown=${this.#point}>
        <canvas class="photo" aria-hidden="true"></canvas>
        <canvas class="cells" aria-hidden="true" ${this.#place(whole)}></canvas>
        ${former ? html`<div class="cell former" ${this.#place(squareOf(map, former))}></div>` : nothing}
        ${cell ? html`<div class="window" ${this.#place(windowOf(map, cell))}></div>
          <div class="cell" ${this.#place(squareOf(map, cell))}></div>` : nothing}
      </div>`
  }

  /**
   * In shares of the photo.
   * @param {import('../../lib/windows.js').Square & {columns?: number, rows?: number}} square
   */
  #place({ left, top, side, columns = 1, rows = 1 }) {
    const { width, height } = this.map?.work ?? { width: 1, height: 1 }
    const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${100 * part / whole}%`
    return styled({
      left: share(left, width), top: share(top, height),
      width: share(side * columns, width), height: share(side * rows, height),
    })
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    const [photo, cells] = this.renderRoot.querySelectorAll('canvas')
    const { picture, map, moved } = this
    const isOther = ['picture', 'map', 'moved'].some(name => changed.has(name))
    if (photo && picture && isOther) paintPhoto(photo, picture, map?.work ?? SQUARE, moved)
    if (cells && (changed.has('colors') || changed.has('map'))) this.#paintCells(cells)
    cells?.style.setProperty('opacity', String(this.opacity))
  }

  /** @param {HTMLCanvasElement} canvas */
  #paintCells(canvas) {
    const { map, colors } = this
    if (!map) return
    canvas.width = map.width
    canvas.height = map.height
    if (colors?.length !== 4 * map.width * map.height) return
    canvas.getContext('2d')?.putImageData(new ImageData(colors, map.width, map.height), 0, 0)
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    if (!this.map || event.ctrlKey || event.metaKey || event.altKey) return
    const cell = moved(this.map, this.cell ?? { column: 0, row: 0 }, event.key)
    if (!cell) return
    event.preventDefault()
    this.#ask(cell, true)
  }

  /** @param {PointerEvent} event */
  #point = event => {
    if (!this.map) return
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect()
    const { width, height } = this.map.work
    const [x, y] = [(event.clientX - box.left) / box.width * width, (event.clientY - box.top) / box.height * height]
    this.#ask(cellAt(this.map, x, y), false)
  }

  /** @param {Cell} cell @param {boolean} byKeys */
  #ask(cell, byKeys) {
    this.dispatchEvent(new CustomEvent('board-cell', { detail: { cell, byKeys } }))
  }
}

define('fcn-heatmap-board', FcnHeatmapBoard)
