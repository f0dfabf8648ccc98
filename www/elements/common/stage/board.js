/**
 * `<fcn-photo-board>`: the photo at its working size, a map over it, and squares that say where something lies. It
 * holds no state: a point or a move by arrow keys goes to the host as `board-point` (detail {x, y} in shares of the
 * photo, isPress) and `board-move` (detail {columns, rows}).
 */
import { LitElement, css, html, nothing } from '../../../vendor/lit.js'
import { define } from '../ui/element.js'
import { paintPhoto } from './photo-canvas.js'
import { styled } from '../ui/styled.js'

/** @typedef {import('../../../lib/planes.js').Box} Box */
/** `kind`: how it is drawn; `color`: of its filling. @typedef {{box: Box, kind: 'cell' | 'sees' | 'share' | 'point' | 'pin', color?: string}} Mark */
/** What lies over the photo. @typedef {{width: number, height: number, colors: Uint8ClampedArray<ArrayBuffer>, box: Box}} Plane */

/** @type {Record<string, [number, number]>} columns, rows */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export class FcnPhotoBoard extends LitElement {
  /** @override */
  static properties = {
    picture: { attribute: false }, work: { attribute: false }, plane: { attribute: false }, marks: { attribute: false },
    opacity: { type: Number }, label: {}, help: {},
  }

  /** @override */
  static styles = css`
    :host { display: block; }
    .board {
      position: relative; overflow: hidden; width: 100%; aspect-ratio: var(--ratio, 1.5);
      max-width: calc(var(--most-high, 60svh) * var(--ratio, 1.5)); background: var(--_sunken);
      touch-action: pan-y pinch-zoom; outline: none; cursor: crosshair;
    }
    .board:focus-visible { outline: var(--_focus); outline-offset: 2px; }
    canvas { position: absolute; display: block; }
    .photo { inset: 0; width: 100%; height: 100%; }
    .plane { image-rendering: pixelated; forced-color-adjust: none; }
    i { box-sizing: border-box; position: absolute; pointer-events: none; forced-color-adjust: none; }
    .cell, .sees { border: 2px solid #fff; outline: 1px solid #000; box-shadow: inset 0 0 0 1px #000; }
    .sees { border-style: dashed; }
    .share { outline: 1px solid #0008; }
    .point, .pin {
      width: 1.25rem; height: 1.25rem; margin: -0.625rem; border-radius: 50%; border: 2px solid #fff;
      outline: 1px solid #000; box-shadow: inset 0 0 0 1px #000;
    }
    .pin { border-radius: 0; }
  `

  constructor() {
    super()
    /** @type {import('../photo/image-tasks.js').Shown | null} */
    this.picture = null
    /** @type {{width: number, height: number}} */
    this.work = { width: 3, height: 2 }
    /** @type {Plane | null} */
    this.plane = null
    /** @type {readonly Mark[]} */
    this.marks = []
    this.opacity = 0.6
    this.label = ''
    this.help = ''
  }

  /** @override */
  render() {
    const { plane, marks, work } = this
    return html`
      <div class="board" tabindex=${this.help ? 0 : nothing} role=${this.help ? 'application' : 'img'}
        aria-label=${this.label}
        aria-description=${this.help || nothing} ${styled({ '--ratio': String(work.width / work.height) })}
        @keydown=${this.#key} @pointermove=${this.#point} @pointerdown=${this.#point}>
        <canvas class="photo" aria-hidden="true"></canvas>
        ${plane ? html`<canvas class="plane" aria-hidden="true" ${styled(placed(plane.box))}></canvas>` : nothing}
        ${marks.map(mark => html`<i class=${mark.kind} ${styled(styleOf(mark))}></i>`)}
      </div>`
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    const photo = /** @type {HTMLCanvasElement | null} */ (this.renderRoot.querySelector('.photo'))
    const cells = /** @type {HTMLCanvasElement | null} */ (this.renderRoot.querySelector('.plane'))
    const { picture, work } = this
    if (photo && picture && (changed.has('picture') || changed.has('work'))) paintPhoto(photo, picture, work)
    const before = /** @type {Plane | null | undefined} */ (changed.get('plane'))
    // A plane is a new object at each render; its colours are the same while the map is.
    if (cells && this.plane && changed.has('plane') && this.plane.colors !== before?.colors) {
      const { width, height, colors } = this.plane
      cells.width = width
      cells.height = height
      cells.getContext('2d')?.putImageData(new ImageData(colors, width, height), 0, 0)
    }
    cells?.style.setProperty('opacity', String(this.opacity))
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    const step = KEYS[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const many = event.shiftKey ? 10 : 1
    this.#tell('board-move', { columns: step[0] * many, rows: step[1] * many })
  }

  /** @param {PointerEvent} event */
  #point = event => {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect()
    const at = (/** @type {number} */ from, /** @type {number} */ size) => Math.min(Math.max(from / size, 0), 1)
    this.#tell('board-point', {
      x: at(event.clientX - box.left, box.width), y: at(event.clientY - box.top, box.height),
      isPress: event.type === 'pointerdown',
    })
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/** @param {number} part */
const share = part => `${100 * part}%`

/** @param {Box} box */
const placed = ({ left, top, width, height }) =>
  ({ left: share(left), top: share(top), width: share(width), height: share(height) })

/**
 * All that a mark's kind may set: an element that was another mark before keeps nothing of it.
 * @param {Mark} mark
 */
export function styleOf({ box, kind, color = '' }) {
  if (kind !== 'point' && kind !== 'pin') return { ...placed(box), background: color }
  const { left, top, width, height } = box
  return { left: share(left + width / 2), top: share(top + height / 2), width: '', height: '', background: '' }
}

define('fcn-photo-board', FcnPhotoBoard)
