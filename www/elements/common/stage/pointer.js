/**
 * How a pane is handled: pointing, dragging, pinching, wheel and keys. It changes nothing itself;
 * what is asked for goes to the host as `pane-cursor` and `pane-view`.
 */
import { WHOLE, clampView, photoPixel, placement, zoomAt } from '../../../lib/viewport.js'

/** @typedef {import('../../../lib/viewport.js').View} View */
/** @typedef {import('../photo/image-tasks.js').Shown} Shown */
/** @typedef {{x: number, y: number}} Point photo pixels */

/**
 * The pane.
 * @typedef {HTMLElement & {photo: Shown | null, view: View, cursor: Point | null, size: {width: number, height: number}}} Pane
 */

export class Pointer {
  #pane
  /** Fingers and buttons that are down, pane pixels. @type {Map<number, Point>} */
  #pointers = new Map()
  #moved = 0

  /** @param {Pane} pane */
  constructor(pane) {
    this.#pane = pane
  }

  /** The pane leaves; no finger is on it any more. */
  release() {
    this.#pointers.clear()
  }

  /**
   * Zooms about the pane's middle.
   * @param {number} factor
   */
  zoomBy(factor) {
    const { photo, view, size } = this.#pane
    if (photo) this.#askView(zoomAt(view, factor, size.width / 2, size.height / 2, photo, size))
  }

  /** @param {View} view */
  #askView(view) {
    const { photo, size } = this.#pane
    if (photo) this.#pane.dispatchEvent(new CustomEvent('pane-view', { detail: clampView(view, photo, size) }))
  }

  /** @param {Point | null} cursor */
  #askCursor(cursor) {
    this.#pane.dispatchEvent(new CustomEvent('pane-cursor', { detail: cursor }))
  }

  /** A page may scale what it shows, as slides do: these are pixels of the pane all the same. @param {MouseEvent} event @returns {Point} */
  #at(event) {
    const { left, top, width, height } = this.#pane.getBoundingClientRect()
    const { size } = this.#pane
    return { x: (event.clientX - left) * size.width / (width || 1),
      y: (event.clientY - top) * size.height / (height || 1) }
  }

  /** @param {WheelEvent} event */
  wheel = event => {
    // The plain wheel scrolls the page; a pinch on a touchpad arrives as ctrl + wheel.
    if (!this.#pane.photo || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    const at = this.#at(event)
    this.#askView(zoomAt(this.#pane.view, Math.exp(-event.deltaY / 150), at.x, at.y, this.#pane.photo, this.#pane.size))
  }

  /** @param {PointerEvent} event */
  down = event => {
    if (event.button !== 0) return
    this.#pointers.set(event.pointerId, this.#at(event))
    this.#moved = 0
    if (this.#pane.view.zoom > 1
      || this.#pointers.size > 1) /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId)
  }

  /** @param {PointerEvent} event */
  move = event => {
    const { photo } = this.#pane
    if (!photo) return
    const now = this.#at(event)
    const before = this.#pointers.get(event.pointerId)
    if (before && (this.#pane.view.zoom > 1 || this.#pointers.size > 1)) {
      this.#drag(event.pointerId, before, now, photo)
      if (this.#moved > 4) return
    }
    this.#askCursor(photoPixel(this.#pane.view, now.x, now.y, photo, this.#pane.size))
  }

  /**
   * One finger moves the photo, two zoom it about their middle.
   * @param {number} id
   * @param {Point} before
   * @param {Point} now
   * @param {Shown} photo
   */
  #drag(id, before, now, photo) {
    this.#moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y)
    this.#pointers.set(id, now)
    const other = [...this.#pointers].find(([key]) => key !== id)?.[1]
    let view = this.#pane.view
    if (other) {
      const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1,
        Math.hypot(before.x - other.x, before.y - other.y))
      view = zoomAt(view, factor, (now.x + other.x) / 2, (now.y + other.y) / 2, photo, this.#pane.size)
    }
    const { scale } = placement(view, photo, this.#pane.size)
    const share = other ? 0.5 : 1
    this.#askView({
      zoom: view.zoom,
      x: view.x - share * (now.x - before.x) / (photo.width * scale),
      y: view.y - share * (now.y - before.y) / (photo.height * scale),
    })
  }

  /** @param {PointerEvent} event */
  up = event => {
    this.#pointers.delete(event.pointerId)
    // A tap is the touch screen's way to point.
    if (event.type === 'pointerup' && this.#moved <= 4 && this.#pane.photo) {
      const at = this.#at(event)
      this.#askCursor(photoPixel(this.#pane.view, at.x, at.y, this.#pane.photo, this.#pane.size))
    }
  }

  /** @param {PointerEvent} event */
  leave = event => {
    this.#pointers.delete(event.pointerId)
    if (event.pointerType === 'mouse') this.#askCursor(null)
  }

  /** @param {MouseEvent} event */
  double = event => {
    if (!this.#pane.photo) return
    const at = this.#at(event)
    this.#askView(this.#pane.view.zoom > 1 ? WHOLE : zoomAt(this.#pane.view, 3, at.x, at.y,
      this.#pane.photo, this.#pane.size))
  }

  /** @param {KeyboardEvent} event */
  key = event => {
    const { photo } = this.#pane
    if (!photo || event.altKey || event.ctrlKey || event.metaKey) return
    const arrows = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0],
      ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })
    const arrow = arrows[event.key]
    if (arrow) {
      // A step is about four pixels on the screen, and never less than one of the photo.
      const { scale } = placement(this.#pane.view, photo, this.#pane.size)
      const step = Math.max(1, Math.round((event.shiftKey ? 32 : 4) / scale))
      const from = this.#pane.cursor ?? { x: Math.floor(this.#pane.view.x * photo.width),
        y: Math.floor(this.#pane.view.y * photo.height) }
      const cursor = this.#pane.cursor
        ? { x: clamp(from.x + arrow[0] * step, photo.width - 1), y: clamp(from.y + arrow[1] * step, photo.height - 1) }
        : { x: clamp(from.x, photo.width - 1), y: clamp(from.y, photo.height - 1) }
      this.#askCursor(cursor)
      this.#follow(cursor, photo)
    } else if (event.key === '+' || event.key === '=') {
      this.#zoomAtCursor(1.5, photo)
    } else if (event.key === '-' || event.key === '_') {
      this.#zoomAtCursor(1 / 1.5, photo)
    } else if (event.key === '0') {
      this.#askView(WHOLE)
    } else if (event.key === 'Escape' && this.#pane.cursor) {
      this.#askCursor(null)
    } else {
      return
    }
    event.preventDefault()
  }

  /** @param {number} factor @param {Shown} photo */
  #zoomAtCursor(factor, photo) {
    const { scale, left, top } = placement(this.#pane.view, photo, this.#pane.size)
    const at = this.#pane.cursor
      ? { x: this.#pane.cursor.x * scale + left, y: this.#pane.cursor.y * scale + top }
      : { x: this.#pane.size.width / 2, y: this.#pane.size.height / 2 }
    this.#askView(zoomAt(this.#pane.view, factor, at.x, at.y, photo, this.#pane.size))
  }

  /**
   * Keeps a cursor that is moved by keys in sight.
   * @param {Point} cursor
   * @param {Shown} photo
   */
  #follow(cursor, photo) {
    const { scale, left, top } = placement(this.#pane.view, photo, this.#pane.size)
    const margin = 24
    const x = cursor.x * scale + left
    const y = cursor.y * scale + top
    const right = Math.max(0, x - (this.#pane.size.width - margin)) - Math.max(0, margin - x)
    const down = Math.max(0, y - (this.#pane.size.height - margin)) - Math.max(0, margin - y)
    if (right || down) {
      this.#askView({ zoom: this.#pane.view.zoom, x: this.#pane.view.x + right / (photo.width * scale),
        y: this.#pane.view.y + down / (photo.height * scale) })
    }
  }
}

/** @param {number} value @param {number} last */
function clamp(value, last) {
  return Math.min(Math.max(value, 0), last)
}
