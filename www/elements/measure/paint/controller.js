/** What painting a truth does: tools, points, keys, view; each step that is done goes to the host. */
import { MAX_ZOOM, WHOLE } from '../../../lib/viewport.js'
import { Painting, RADII } from './painting.js'

/** @typedef {import('../../../lib/labelling.js').Point} Point */
/** @typedef {import('../../../lib/viewport.js').View} View */
/** @typedef {import('./painting.js').Tool} Tool */
/** @typedef {import('../../common/photo/image-tasks.js').ModelClass} ModelClass */
/** @typedef {Painter['state']} State */
/** @typedef {Painter['actions']} Actions */

/** @type {Readonly<Record<string, Point>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
/** Pixels of the photo that an arrow key moves, with Shift so many more. */
const MANY = 10
/** What `[` and `]` do to the radius. */
const FINER = 0.8

export class Painter {
  #host
  #painting
  #classes
  /** @type {Point | null} */
  #cursor = null
  /** Whether the keyboard has moved it last: then it is told. */
  #isTold = false
  /** Where a fill begins, while the finger is down. @type {Point | null} */
  #filling = null
  /** Whether the brush is held down by the keyboard. */
  #isHeld = false
  #view = WHOLE
  #opacity = 0.6
  #hasPatterns = false

  /**
   * @param {{changed: () => void, done: (values: Uint8Array<ArrayBuffer>) => void}} host done: a step is whole
   * @param {{width: number, height: number}} size pixels
   * @param {readonly ModelClass[]} classes that can be painted
   * @param {Uint8Array} values of which it begins
   */
  constructor(host, size, classes, values) {
    this.#host = host
    this.#classes = classes
    this.#painting = new Painting(values, size)
    this.#painting.id = classes[0]?.id ?? 0
  }

  get state() {
    const { tool, id, radius, corners, layer, canUndo, canRedo, width, height } = this.#painting
    const cursor = this.#cursor
    return {
      tool, id, radius, corners, layer, canUndo, canRedo, width, height, classes: this.#classes,
        cursor, view: this.#view, opacity: this.#opacity,
      hasPatterns: this.#hasPatterns,
      isHeld: this.#isHeld, told: cursor && this.#isTold
        ? { column: Math.floor(cursor[0]), row: Math.floor(cursor[1]), id: this.#painting.at(cursor) } : null,
    }
  }

  /** The map as it is now. */
  get values() {
    return this.#painting.values
  }

  /** A polygon that has an inside is closed; a brush that is held is lifted. */
  finish() {
    const painting = this.#painting
    this.#isHeld = false
    this.#told(painting.corners.length > 2 ? painting.close() : painting.end())
  }

  actions = {
    /** @param {Tool} tool */
    setTool: tool => {
      this.#painting.cancel()
      this.#isHeld = false
      this.#painting.tool = tool
      this.#host.changed()
    },
    /** @param {number} id */
    setClass: id => {
      this.#painting.id = id
      if (this.#painting.tool === 'eraser') this.#painting.tool = 'brush'
      this.#host.changed()
    },
    /** @param {number} radius pixels of the photo */
    setRadius: radius => {
      this.#painting.radius = Math.min(Math.max(Math.round(radius), RADII.least), RADII.most)
      this.#host.changed()
    },
    /** @param {number} opacity 0..1 */
    setOpacity: opacity => {
      this.#opacity = opacity
      this.#host.changed()
    },
    /** @param {boolean} hasPatterns whether classes are told apart by patterns, too */
    setPatterns: hasPatterns => {
      this.#hasPatterns = hasPatterns
      this.#host.changed()
    },
    /** @param {View} view */
    setView: view => {
      this.#view = view
      this.#host.changed()
    },
    /** @param {import('./canvas.js').PointDetail} detail */
    point: detail => this.#point(detail),
    /** @param {import('./canvas.js').KeyDetail} detail */
    key: detail => this.#key(detail),
    undo: () => this.#undo(),
    redo: () => {
      this.#lift()
      this.#told(this.#painting.redo())
    },
    /** Closes the polygon. */
    close: () => this.#told(this.#painting.close()),
    /** @param {Uint8Array | null} values null: nothing is labelled */
    set: values => {
      this.#isHeld = false
      this.#painting.cancel()
      this.#told(this.#painting.set(values))
    },
  }

  /** Takes back what is under way, or else the last step. */
  #undo() {
    const painting = this.#painting
    if (painting.isPainting) {
      this.#isHeld = false
      painting.cancel()
      return this.#host.changed()
    }
    if (painting.dropCorner()) return this.#host.changed()
    this.#told(painting.undo())
  }

  /** A brush that is held down by the keyboard has done its stroke. */
  #lift() {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#told(this.#painting.end())
  }

  /** @param {boolean} isDone whether anything is another than before */
  #told(isDone) {
    if (isDone) this.#host.done(this.#painting.values)
    this.#host.changed()
  }

  /** @param {import('./canvas.js').PointDetail} detail */
  #point({ at, phase, reach }) {
    const painting = this.#painting
    this.#isTold = false
    this.#cursor = phase === 'leave' ? null : at
    if (phase === 'down') {
      this.#lift()
      // A fill waits until it is known that no second finger comes.
      if (painting.tool === 'fill') {
        this.#filling = at
        return this.#host.changed()
      }
      const [first] = painting.corners
      // A press on the first corner closes the polygon.
      if (first && painting.corners.length > 2 && Math.hypot(at[0] - first[0], at[1] - first[1])
        < reach) return this.#told(painting.close())
      return this.#told(painting.begin(at))
    }
    if (phase === 'move' && !this.#isHeld) painting.move(at)
    if (phase === 'up' && this.#filling) {
      const from = this.#filling
      this.#filling = null
      return this.#told(painting.begin(from))
    }
    if (phase === 'up' && !this.#isHeld) return this.#told(painting.end())
    if (phase === 'cancel') {
      if (!this.#filling) painting.retract()
      this.#filling = null
    }
    if (phase === 'double' && painting.corners.length > 2) return this.#told(painting.close())
    this.#host.changed()
  }

  /** @param {import('./canvas.js').KeyDetail} detail */
  #key({ key, isMany, isUndo, isRedo }) {
    const painting = this.#painting
    const { width, height } = painting
    if (isUndo) return this.actions.undo()
    if (isRedo) return this.actions.redo()
    this.#isTold = true
    const arrow = ARROWS[key]
    if (arrow) {
      const step = isMany ? MANY : 1
      const [x, y] = this.#cursor ?? [width / 2, height / 2]
      this.#cursor = this.#cursor ? [inside(x + arrow[0] * step, width), inside(y + arrow[1] * step, height)]
        : [inside(x, width), inside(y, height)]
      if (this.#isHeld) painting.move(this.#cursor)
      return this.#follow()
    }
    if (/^[0-9]$/.test(key)) {
      const one = this.#classes.find(({ id }) => id === Number(key))
      return one ? this.actions.setClass(one.id) : undefined
    }
    switch (key) {
      case '[': return this.actions.setRadius(Math.min(painting.radius * FINER, painting.radius - 1))
      case ']': return this.actions.setRadius(Math.max(painting.radius / FINER, painting.radius + 1))
      case '+': case '=': return this.#zoom(1.5)
      case '-': return this.#zoom(1 / 1.5)
      case 'Backspace': case 'Delete':
        painting.dropCorner()
        return this.#host.changed()
      case 'Escape':
        this.#isHeld = false
        painting.cancel()
        return this.#host.changed()
      case 'Enter': return this.#enter()
      default: return this.#press()
    }
  }

  /** Space: what a press of the pointer does, and its end. */
  #press() {
    if (!this.#cursor) return
    if (this.#isHeld) return this.#enter()
    const isDone = this.#painting.begin(this.#cursor)
    this.#told(isDone || this.#painting.end())
  }

  /** Closes a polygon; puts the brush down, or lifts it. */
  #enter() {
    const painting = this.#painting
    if (painting.tool === 'polygon') return this.actions.close()
    if (this.#isHeld) {
      this.#isHeld = false
      return this.#told(painting.end())
    }
    if (!this.#cursor) return
    const isDone = painting.begin(this.#cursor)
    this.#isHeld = painting.isPainting
    this.#told(isDone)
  }

  /** About the cursor, which comes to the middle. @param {number} factor */
  #zoom(factor) {
    const { width, height } = this.#painting
    const [x, y] = this.#cursor ?? [this.#view.x * width, this.#view.y * height]
    this.#look(Math.min(Math.max(this.#view.zoom * factor, 1), MAX_ZOOM), x / width, y / height)
  }

  /** The view goes with a cursor that would leave it. */
  #follow() {
    const { width, height } = this.#painting
    const { zoom, x, y } = this.#view
    if (!this.#cursor || zoom <= 1) return this.#host.changed()
    const most = 0.45 / zoom
    const within = (/** @type {number} */ middle, /** @type {number} */ share) =>
      Math.min(Math.max(middle, share - most), share + most)
    this.#look(zoom, within(x, this.#cursor[0] / width), within(y, this.#cursor[1] / height))
  }

  /** @param {number} zoom @param {number} x the middle, shares of the photo @param {number} y */
  #look(zoom, x, y) {
    const half = 0.5 / zoom
    const middle = (/** @type {number} */ share) => Math.min(Math.max(share, half), 1 - half)
    this.actions.setView({ zoom, x: middle(x), y: middle(y) })
  }
}

/** The middle of a pixel that there is. @param {number} value @param {number} size */
const inside = (value, size) => Math.min(Math.max(Math.floor(value), 0), size - 1) + 0.5
