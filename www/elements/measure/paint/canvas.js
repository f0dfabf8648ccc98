/**
 * `<fcn-measure-canvas>`: a photo with a label map over it, on which one paints: one finger, pen or button paints, two
 * fingers zoom and move, Ctrl and the wheel zoom. It holds no state but the fingers: what is wished goes to the host as
 * `canvas-point` (detail {at, phase}), `canvas-key` (detail the event's own) and `canvas-view`.
 */
import { LitElement, css, html } from '../../../vendor/lit.js'
import '../../common/stage/pane.js'
import { WHOLE, placement, zoomAt } from '../../../lib/viewport.js'
import { define } from '../../common/ui/element.js'
import { placeOn } from '../../common/stage/place.js'

/** @typedef {import('../../../lib/labelling.js').Point} Point */
/** @typedef {import('../../../lib/viewport.js').View} View */
/** `double`: the second press of two. @typedef {'down' | 'move' | 'up' | 'cancel' | 'hover' | 'leave' | 'double'} Phase */
/** `reach`: pixels of the photo that a fingertip covers. @typedef {{at: Point, phase: Phase, reach: number}} PointDetail */
/** @typedef {{key: string, isMany: boolean, isUndo: boolean, isRedo: boolean}} KeyDetail */

/** What a fingertip covers, CSS pixels. */
const REACH = 12
/** Canvas pixels a CSS pixel, at most. */
const MOST_DENSITY = 2
const KEYS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', ' ', 'Enter',
  'Escape', 'Backspace', 'Delete', '[', ']', '+', '=', '-', ...'0123456789'])

export class FcnMeasureCanvas extends LitElement {
  /** @override */
  static properties = {
    photo: { attribute: false }, layer: { attribute: false }, classes: { attribute: false }, opacity: { type: Number },
    patterns: { type: Boolean }, view: { attribute: false }, cursor: { attribute: false },
      radius: { type: Number }, corners: { attribute: false },
    label: {}, help: {},
  }

  /** @override */
  static styles = css`
    :host {
      display: block; position: relative; overflow: hidden; background: var(--_sunken);
        width: 100%; aspect-ratio: var(--ratio, 1.5);
      max-width: calc(80svh * var(--ratio, 1.5));
    }
    fcn-segment-pane { position: absolute; inset: 0; pointer-events: none; }
    .hand { position: absolute; inset: 0; touch-action: none; cursor: crosshair; outline: none; }
    .hand:focus-visible { outline: var(--_focus); outline-offset: -2px; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; forced-color-adjust: none; }
  `

  /** @type {ResizeObserver | null} */
  #watcher = null
  #size = { width: 0, height: 0 }
  /** Fingers that are down, CSS pixels. @type {Map<number, {x: number, y: number}>} */
  #fingers = new Map()
  /** Whether one of them paints. */
  #isPainting = false
  /** What the pane gets: another object only where something is another. @type {{kind: 'mask', labels: Uint8Array, classes: object[], faint: ReadonlySet<number>} | null} */
  #shown = null

  constructor() {
    super()
    /** @type {import('../../common/photo/image-tasks.js').Shown | null} */
    this.photo = null
    /** @type {{labels: Uint8Array} | null} */
    this.layer = null
    /** @type {import('../../common/photo/image-tasks.js').ModelClass[]} */
    this.classes = []
    this.opacity = 0.6
    this.patterns = false
    /** @type {View} */
    this.view = WHOLE
    /** Where the brush is. @type {Point | null} */
    this.cursor = null
    /** Of the brush, pixels of the photo; 0: no circle is drawn. */
    this.radius = 0
    /** @type {readonly Point[]} */
    this.corners = []
    this.label = ''
    this.help = ''
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    this.#watcher = new ResizeObserver(([entry]) => {
      this.#size = { width: entry.contentRect.width, height: entry.contentRect.height }
      this.#draw()
    })
    this.#watcher.observe(this)
    this.addEventListener('wheel', this.#wheel, { passive: false })
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#watcher?.disconnect()
    this.removeEventListener('wheel', this.#wheel)
    this.#fingers.clear()
    this.#isPainting = false
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('layer') || changed.has('classes')) {
      this.#shown = this.layer && { kind: 'mask', labels: this.layer.labels, classes: this.classes, faint: new Set() }
    }
  }

  /** @override */
  render() {
    return html`<fcn-segment-pane .photo=${this.photo} .layer=${this.#shown} .opacity=${this.opacity}
      .patterns=${this.patterns}
        .view=${this.view} aria-hidden="true" inert></fcn-segment-pane>
      <canvas aria-hidden="true"></canvas>
      <div class="hand" tabindex="0" role="application" aria-label=${this.label} aria-description=${this.help}
        @keydown=${this.#key} @pointerdown=${this.#down} @pointermove=${this.#move} @pointerup=${this.#up}
        @pointercancel=${this.#up} @pointerleave=${this.#leave}
        @dblclick=${(/** @type {MouseEvent} */ event) => this.#tell(this.#at(event), 'double')}></div>`
  }

  /** @override */
  updated() {
    this.#draw()
  }

  /** Brush and polygon, over the mask. */
  #draw() {
    const canvas = this.renderRoot.querySelector('canvas')
    const context = canvas?.getContext('2d')
    const { photo, cursor, corners } = this
    if (!canvas || !context || !photo || !this.#size.width) return
    const density = Math.min(devicePixelRatio || 1, MOST_DENSITY)
    canvas.width = Math.round(this.#size.width * density)
    canvas.height = Math.round(this.#size.height * density)
    const { scale, left, top } = placement(this.view, photo, canvas)
    const on = (/** @type {Point} */ [x, y]) => /** @type {const} */ ([left + x * scale, top + y * scale])
    /** Dark under light: to be seen on any photo. @param {() => void} draw */
    const twice = draw => {
      for (const [color, width] of /** @type {const} */ ([['#000', 4], ['#fff', 2]])) {
        context.strokeStyle = color
        context.lineWidth = width * density
        context.beginPath()
        draw()
        context.stroke()
      }
    }
    if (corners.length) {
      twice(() => [...corners, ...cursor ? [cursor] : []].forEach((corner, i) =>
        i ? context.lineTo(...on(corner)) : context.moveTo(...on(corner))))
      for (const corner of corners) twice(() => context.arc(...on(corner), 3 * density, 0, 2 * Math.PI))
    }
    if (!cursor) return
    const [x, y] = on(cursor)
    if (this.radius) twice(() => context.arc(x, y, Math.max(this.radius * scale, 2 * density), 0, 2 * Math.PI))
    const arm = 6 * density
    twice(() => {
      context.moveTo(x - arm, y)
      context.lineTo(x + arm, y)
      context.moveTo(x, y - arm)
      context.lineTo(x, y + arm)
    })
  }

  /** @param {MouseEvent} event @returns {Point} */
  #at(event) {
    const box = this.getBoundingClientRect()
    const { scale, left, top } = placement(this.view, this.photo ?? { width: 1, height: 1 },
      { width: box.width, height: box.height })
    return [(event.clientX - box.left - left) / scale, (event.clientY - box.top - top) / scale]
  }

  /** @param {Point} at @param {Phase} phase */
  #tell(at, phase) {
    const { scale } = placement(this.view, this.photo ?? { width: 1, height: 1 }, this.#size)
    this.dispatchEvent(new CustomEvent('canvas-point', { detail: { at, phase, reach: REACH / scale } }))
  }

  /** @param {View} view */
  #ask(view) {
    this.dispatchEvent(new CustomEvent('canvas-view', { detail: view }))
  }

  /** @param {number} factor about the middle */
  zoomBy(factor) {
    const { width, height } = this.#size
    if (this.photo) this.#ask(zoomAt(this.view, factor, width / 2, height / 2, this.photo, this.#size))
  }

  /** @param {WheelEvent} event */
  #wheel = event => {
    if (!this.photo || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    const { x, y } = placeOn(event, this)
    this.#ask(zoomAt(this.view, Math.exp(-event.deltaY / 150), x, y, this.photo, this.#size))
  }

  /** @param {PointerEvent} event */
  #down = event => {
    if (event.button !== 0) return
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId)
    this.#fingers.set(event.pointerId, placeOn(event, this))
    if (this.#fingers.size > 1) {
      // The first one was the beginning of a pinch.
      if (this.#isPainting) this.#tell(this.#at(event), 'cancel')
      this.#isPainting = false
      return
    }
    this.#isPainting = true
    this.#tell(this.#at(event), 'down')
  }

  /** @param {PointerEvent} event */
  #move = event => {
    const before = this.#fingers.get(event.pointerId)
    if (!before) return this.#tell(this.#at(event), 'hover')
    const now = placeOn(event, this)
    this.#fingers.set(event.pointerId, now)
    if (this.#isPainting) {
      const all = event.getCoalescedEvents?.() ?? []
      for (const each of all.length ? all : [event]) this.#tell(this.#at(each), 'move')
    } else this.#pinch(event.pointerId, before, now)
  }

  /** @param {number} id @param {{x: number, y: number}} before @param {{x: number, y: number}} now */
  #pinch(id, before, now) {
    const other = [...this.#fingers].find(([key]) => key !== id)?.[1]
    const { photo } = this
    if (!other || !photo) return
    const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1,
      Math.hypot(before.x - other.x, before.y - other.y))
    const view = zoomAt(this.view, factor, (now.x + other.x) / 2, (now.y + other.y) / 2, photo, this.#size)
    const { scale } = placement(view, photo, this.#size)
    // Each finger moves the photo by half of its way.
    this.#ask({ ...view, x: view.x - (now.x - before.x) / 2 / (photo.width * scale),
      y: view.y - (now.y - before.y) / 2 / (photo.height * scale) })
  }

  /** @param {PointerEvent} event */
  #up = event => {
    if (!this.#fingers.delete(event.pointerId) || !this.#isPainting) return
    this.#isPainting = false
    this.#tell(this.#at(event), event.type === 'pointercancel' ? 'cancel' : 'up')
  }

  /** @param {PointerEvent} event */
  #leave = event => {
    if (!this.#fingers.size && event.pointerType !== 'touch') this.#tell(this.#at(event), 'leave')
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    const { key, shiftKey: isMany } = event
    const isWithin = event.ctrlKey || event.metaKey
    const isUndo = isWithin && !isMany && key.toLowerCase() === 'z'
    const isRedo = isWithin && (key.toLowerCase() === 'y' || (isMany && key.toLowerCase() === 'z'))
    if (event.altKey || (isWithin ? !isUndo && !isRedo : !KEYS.has(key))) return
    event.preventDefault()
    this.dispatchEvent(new CustomEvent('canvas-key', { detail: { key, isMany, isUndo, isRedo } }))
  }
}

define('fcn-measure-canvas', FcnMeasureCanvas)
