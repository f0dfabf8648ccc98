/**
 * `<fcn-segment-pane>`: one picture of `<fcn-segment>`: the photo, a mask over it, the cursor.
 *
 * Photo and mask are painted at the size at which they are seen; opacity and divider are CSS, so
 * that moving them repaints nothing. It holds no state of its own but its size: what it is asked
 * for (a cursor, a view) goes to the host as `pane-cursor` and `pane-view`.
 */
import { LitElement, css, html } from '../../../vendor/lit.js'
import { lookupTable, rgb } from '../../../lib/colors.js'
import { paintDisagreement, paintMask, paintUnsure } from '../../../lib/paint.js'
import { WHOLE, placement } from '../../../lib/viewport.js'
import { define } from '../ui/element.js'
import { Pointer } from './pointer.js'

/** @typedef {import('../../../lib/viewport.js').View} View */
/** @typedef {import('../photo/image-tasks.js').Shown} Shown */
/** @typedef {import('../photo/image-tasks.js').ModelClass} ModelClass */
/** @typedef {import('./pointer.js').Point} Point */

/**
 * What lies over the photo.
 * @typedef {{kind: 'mask', labels: Uint8Array, classes: ModelClass[], faint: ReadonlySet<number>}
 *   | {kind: 'differ', masks: Uint8Array[], colors: [string, string]}} Layer
 */

/** Canvas pixels at most, along the long side. */
const MAX_CANVAS = 1600

/** Panes that want to be painted; together they take a frame no more than this, milliseconds. @type {Set<FcnSegmentPane>} */
const due = new Set()
const BUDGET = 14
let frame = 0

/** Paints what is due, the rest in the next frame, so that four panes don't make one long task. */
function paintDue() {
  frame = 0
  const start = performance.now()
  for (const pane of due) {
    if (performance.now() - start > BUDGET) break
    due.delete(pane)
    pane.paint()
  }
  if (due.size) frame = requestAnimationFrame(paintDue)
}

export class FcnSegmentPane extends LitElement {
  /** @override */
  static properties = {
    photo: { attribute: false },
    layer: { attribute: false },
    mode: { type: String },
    opacity: { type: Number },
    split: { type: Number },
    off: { attribute: false },
    lit: { attribute: false },
    patterns: { type: Boolean },
    unsure: { attribute: false },
    view: { attribute: false },
    cursor: { attribute: false },
    label: { type: String },
    help: { type: String },
  }

  /** @override */
  static styles = css`
    :host {
      display: block; position: relative; overflow: hidden; min-width: 0; min-height: 0;
      touch-action: pan-y pinch-zoom;
    }
    :host([zoomed]) { touch-action: none; cursor: grab; }
    .pane { position: absolute; inset: 0; outline: none; }
    .pane:focus-visible { outline: var(--fcn-focus, 2px solid var(--_accent)); outline-offset: -2px; z-index: 2; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
    .photo { visibility: var(--photo-visibility, visible); }
    .mask { opacity: var(--mask-opacity, 1); clip-path: var(--mask-clip, none); }
    .cross { position: absolute; inset: 0 auto auto 0; width: 0; height: 0; pointer-events: none; }
    .cross::before, .cross::after {
      content: ''; position: absolute; background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / 0.75);
    }
    .cross::before { width: 1px; height: 23px; top: -11px; left: 0; }
    .cross::after { height: 1px; width: 23px; left: -11px; top: 0; }
    .cross i {
      position: absolute; width: 11px; height: 11px; left: -6px; top: -6px; border: 1px solid #fff;
      outline: 1px solid rgb(0 0 0 / 0.75); border-radius: 50%;
    }
    [hidden] { display: none; }
  `

  /** @type {ResizeObserver | null} */
  #watcher = null
  /** CSS pixels. */
  size = { width: 0, height: 0 }
  /** What the canvases show, to repaint only what changed. @type {{photo: string, mask: unknown[]}} */
  #painted = { photo: '', mask: [] }
  #pointer = new Pointer(this)

  constructor() {
    super()
    /** @type {Shown | null} */
    this.photo = null
    /** @type {Layer | null} */
    this.layer = null
    /** @type {'overlay' | 'split' | 'mask'} */
    this.mode = 'overlay'
    this.opacity = 0.6
    /** Where the mask begins in split mode, 0..1 of the pane's width. */
    this.split = 0.5
    /** @type {ReadonlySet<number>} */
    this.off = new Set()
    /** @type {number | null} */
    this.lit = null
    this.patterns = false
    /** Where the mask isn't to be believed; null: not asked for. @type {import('../../../lib/unsure.js').Unsure | null} */
    this.unsure = null
    /** @type {View} */
    this.view = WHOLE
    /** @type {Point | null} */
    this.cursor = null
    this.label = ''
    this.help = ''
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    this.#watcher = new ResizeObserver(([entry]) => {
      this.size = { width: entry.contentRect.width, height: entry.contentRect.height }
      this.#schedule()
    })
    this.#watcher.observe(this)
    this.addEventListener('wheel', this.#pointer.wheel, { passive: false })
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#watcher?.disconnect()
    this.#watcher = null
    this.removeEventListener('wheel', this.#pointer.wheel)
    due.delete(this)
    this.#pointer.release()
  }

  /** @override */
  render() {
    return html`
      <div class="pane" tabindex="0" role="application" aria-label=${this.label} aria-description=${this.help}
        @keydown=${this.#pointer.key} @pointerdown=${this.#pointer.down} @pointermove=${this.#pointer.move}
          @pointerup=${this.#pointer.up}
        @pointercancel=${this.#pointer.up} @pointerleave=${this.#pointer.leave} @dblclick=${this.#pointer.double}>
        <canvas class="photo" aria-hidden="true"></canvas>
        <canvas class="mask" aria-hidden="true"></canvas>
        <div class="cross" hidden><i></i></div>
      </div>`
  }

  /** @override */
  updated() {
    this.toggleAttribute('zoomed', this.view.zoom > 1)
    this.style.setProperty('--photo-visibility', this.mode === 'mask' && this.layer ? 'hidden' : 'visible')
    this.style.setProperty('--mask-opacity', String(this.mode === 'overlay' ? this.opacity : 1))
    this.style.setProperty('--mask-clip', this.mode === 'split' ? `inset(0 0 0 ${this.split * 100}%)` : 'none')
    this.#schedule()
  }

  #schedule() {
    due.add(this)
    frame ||= requestAnimationFrame(paintDue)
  }

  /** Canvas pixels a CSS pixel: the screen's, unless that would be too much to paint. */
  get #density() {
    const { width, height } = this.size
    return Math.min(devicePixelRatio || 1, MAX_CANVAS / Math.max(width, height, 1))
  }

  /** Paints what has changed; called once a frame at most. */
  paint() {
    const [photoCanvas, maskCanvas] = this.renderRoot.querySelectorAll('canvas')
    const cross = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.cross'))
    const { photo } = this
    if (!photoCanvas || !maskCanvas || !cross) return
    if (!photo || this.size.width < 1 || this.size.height < 1) {
      photoCanvas.width = maskCanvas.width = 0
      this.#painted = { photo: '', mask: [] }
      cross.hidden = true
      return
    }
    const density = this.#density
    const pane = { width: Math.max(1, Math.round(this.size.width * density)),
      height: Math.max(1, Math.round(this.size.height * density)) }
    const place = placement(this.view, photo, pane)
    const where = [pane.width, pane.height, place.scale, place.left, place.top].join()

    if (this.#painted.photo !== where || this.#painted.mask[0] !== photo) this.#paintPhoto(photoCanvas,
      photo, pane, place)
    const mask = [photo, where, this.layer, this.off, this.lit, this.patterns, this.mode, this.unsure]
    if (mask.some((value, i) => value !== this.#painted.mask[i])) this.#paintMask(maskCanvas,
      photo, pane, place, density)
    this.#painted = { photo: where, mask }

    cross.hidden = !this.cursor
    if (this.cursor) {
      const x = ((this.cursor.x + 0.5) * place.scale + place.left) / density
      const y = ((this.cursor.y + 0.5) * place.scale + place.top) / density
      cross.style.setProperty('transform', `translate(${Math.round(x)}px, ${Math.round(y)}px)`)
    }
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Shown} photo
   * @param {{width: number, height: number}} pane
   * @param {{scale: number, left: number, top: number}} place
   */
  #paintPhoto(canvas, photo, pane, place) {
    resize(canvas, pane)
    const context = canvas.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, pane.width, pane.height)
    // Single pixels are what one zooms in for.
    context.imageSmoothingEnabled = place.scale < 4
    context.imageSmoothingQuality = 'medium'
    // Transparent pixels are composed over white, as the engine does.
    context.fillStyle = '#fff'
    context.fillRect(place.left, place.top, photo.width * place.scale, photo.height * place.scale)
    context.drawImage(photo.bitmap, place.left, place.top, photo.width * place.scale, photo.height * place.scale)
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Shown} photo
   * @param {{width: number, height: number}} pane
   * @param {{scale: number, left: number, top: number}} place
   * @param {number} density
   */
  #paintMask(canvas, photo, pane, place, density) {
    resize(canvas, pane)
    // Written pixel by pixel from the page's memory: on the GPU it would only be carried back and forth.
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) return
    context.clearRect(0, 0, pane.width, pane.height)
    const { layer } = this
    if (!layer) return
    const image = context.createImageData(pane.width, pane.height)
    const out = new Uint32Array(image.data.buffer)
    const cell = Math.max(1, Math.round(density))
    const window = { ...pane, ...place }
    if (layer.kind === 'mask') {
      const table = lookupTable(layer.classes, {
        hidden: this.off, lit: this.lit, faint: this.mode === 'overlay' ? layer.faint : undefined,
      })
      paintMask(out, window, layer.labels, photo, table, this.patterns ? cell : 0)
      if (this.unsure) {
        const [light, dark, clear] = new Uint32Array(new Uint8ClampedArray([250, 250, 250,
          255, 40, 42, 46, 255, 0, 0, 0, 0]).buffer)
        paintUnsure(out, window, this.unsure, photo, [this.mode === 'mask' ? light : clear, dark], cell)
      }
    } else {
      const [two, three] = layer.colors.map(rgb)
      const colors = new Uint32Array(new Uint8ClampedArray([255, 255, 255, 255, 40, 42,
        46, 235, ...two, 255, ...three, 255]).buffer)
      paintDisagreement(out, window, layer.masks, photo, Array.from(colors), this.patterns ? cell : 0)
    }
    context.putImageData(image, 0, 0)
  }

  /**
   * Zooms about the pane's middle, for the host's buttons.
   * @param {number} factor
   */
  zoomBy(factor) {
    this.#pointer.zoomBy(factor)
  }
}

/** @param {HTMLCanvasElement} canvas @param {{width: number, height: number}} size */
function resize(canvas, { width, height }) {
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
}

define('fcn-segment-pane', FcnSegmentPane)
