/**
 * Pictures as lists of shapes, painted either as SVG nodes (few shapes: sharp at every zoom
 * and in print) or on a canvas (many).
 */
import { pack } from './colours.js'

/** @typedef {import('./colours.js').Rgb} Rgb */
/** @typedef {{kind: 'rect', x: number, y: number, w: number, h: number, fill?: string, line?: string, width?: number, dash?: number}} Rect */
/** @typedef {{kind: 'text', x: number, y: number, text: string, size: number, fill: string, anchor?: 'start' | 'middle' | 'end', bold?: boolean}} Text */
/** @typedef {{kind: 'lines', points: number[], line: string, width: number}} Lines x1, y1, x2, y2 of each stroke */
/** @typedef {{kind: 'image', x: number, y: number, w: number, h: number, source: HTMLCanvasElement, fade?: number, smooth?: boolean}} Picture */
/** @typedef {Rect | Text | Lines | Picture} Shape */

/**
 * @typedef {object} Scene
 * @property {number} width CSS pixels
 * @property {number} height CSS pixels
 * @property {Shape[]} shapes painted in order
 */

export const FONT = 'ui-sans-serif, system-ui, sans-serif'

/** Shapes up to which a scene is painted as SVG: some 18 x 18 cells with their numbers. */
const SVG_LIMIT = 700

const SVG = 'http://www.w3.org/2000/svg'

/** Device pixels per CSS pixel; beyond three nobody sees a difference. */
export function pixelRatio() {
  return Math.min(3, window.devicePixelRatio || 1)
}

/**
 * Paints a scene into a host node, reusing what it holds.
 * @param {HTMLElement} host
 * @param {Scene} scene
 */
export function paint(host, scene) {
  const drawn = scene.shapes.length > SVG_LIMIT || scene.shapes.some(shape => shape.kind === 'image')
  let node = host.firstElementChild
  const tag = drawn ? 'canvas' : 'svg'
  if (node?.localName !== tag) {
    node = drawn ? document.createElement('canvas') : document.createElementNS(SVG, 'svg')
    node.setAttribute('aria-hidden', 'true')
    host.replaceChildren(node)
  }
  if (node instanceof HTMLCanvasElement) paintCanvas(node, scene, pixelRatio())
  else if (node instanceof SVGElement) paintSvg(node, scene)
}

/**
 * @param {HTMLCanvasElement} canvas is sized to the scene
 * @param {Scene} scene
 * @param {number} scale device pixels per CSS pixel
 */
export function paintCanvas(canvas, scene, scale) {
  const width = Math.max(1, Math.round(scene.width * scale))
  const height = Math.max(1, Math.round(scene.height * scale))
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  canvas.style.setProperty('width', `${scene.width}px`)
  canvas.style.setProperty('height', `${scene.height}px`)
  const context = canvas.getContext('2d')
  if (!context) return
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, scene.width, scene.height)
  drawShapes(context, scene.shapes)
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape[]} shapes
 */
export function drawShapes(context, shapes) {
  let font = ''
  context.textBaseline = 'alphabetic'
  for (const shape of shapes) {
    if (shape.kind === 'rect') {
      if (shape.fill) {
        context.fillStyle = shape.fill
        context.fillRect(shape.x, shape.y, shape.w, shape.h)
      }
      if (shape.line) {
        context.strokeStyle = shape.line
        context.lineWidth = shape.width ?? 1
        context.setLineDash(shape.dash ? [shape.dash, shape.dash] : [])
        context.strokeRect(shape.x, shape.y, shape.w, shape.h)
      }
    } else if (shape.kind === 'text') {
      const wanted = `${shape.bold ? 'bold ' : ''}${shape.size}px ${FONT}`
      if (wanted !== font) context.font = font = wanted
      context.fillStyle = shape.fill
      context.textAlign = shape.anchor === 'start' ? 'left' : shape.anchor === 'end' ? 'right' : 'center'
      context.fillText(shape.text, shape.x, shape.y)
    } else if (shape.kind === 'lines') {
      context.strokeStyle = shape.line
      context.lineWidth = shape.width
      context.setLineDash([])
      context.beginPath()
      for (let i = 0; i < shape.points.length; i += 4) {
        context.moveTo(shape.points[i], shape.points[i + 1])
        context.lineTo(shape.points[i + 2], shape.points[i + 3])
      }
      context.stroke()
    } else {
      // Enlarged cells keep their edges; maps with more cells than pixels are averaged.
      context.imageSmoothingEnabled = shape.smooth || shape.source.width > shape.w
      context.globalAlpha = shape.fade ?? 1
      context.drawImage(shape.source, shape.x, shape.y, shape.w, shape.h)
      context.globalAlpha = 1
    }
  }
}

/** What each SVG shows, so that a step touches only what it changes. @type {WeakMap<Element, Shape[]>} */
const painted = new WeakMap()

/**
 * @param {Element} svg
 * @param {Scene} scene
 */
export function paintSvg(svg, scene) {
  setAll(svg, { width: scene.width, height: scene.height, viewBox: `0 0 ${scene.width} ${scene.height}` })
  const before = painted.get(svg) ?? []
  scene.shapes.forEach((shape, i) => {
    const node = svg.childNodes[i]
    if (!node) svg.append(svgNode(shape))
    else if (!before[i] || !alike(before[i], shape)) node.replaceWith(svgNode(shape))
  })
  while (svg.childNodes.length > scene.shapes.length) svg.lastChild?.remove()
  painted.set(svg, scene.shapes)
}

/** @param {Shape} a @param {Shape} b */
function alike(a, b) {
  if (a.kind !== b.kind) return false
  if (a.kind === 'lines' && b.kind === 'lines') {
    return a.line === b.line && a.width === b.width && a.points.length === b.points.length
      && a.points.every((value, i) => value === b.points[i])
  }
  const other = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (b))
  return Object.entries(a).every(([key, value]) => other[key] === value)
}

/** @param {Shape} shape @returns {SVGElement} */
function svgNode(shape) {
  if (shape.kind === 'text') {
    const node = make('text', {
      x: shape.x, y: shape.y, fill: shape.fill, 'font-size': shape.size, 'font-family': FONT,
      'text-anchor': shape.anchor ?? 'middle', 'font-weight': shape.bold ? 700 : 400,
    })
    node.textContent = shape.text
    return node
  }
  if (shape.kind === 'lines') {
    let d = ''
    for (let i = 0; i < shape.points.length; i += 4) {
      d += `M${round(shape.points[i])} ${round(shape.points[i + 1])}L${round(shape.points[i
        + 2])} ${round(shape.points[i + 3])}`
    }
    return make('path', { d, stroke: shape.line, 'stroke-width': shape.width, fill: 'none' })
  }
  if (shape.kind === 'image') {
    const node = make('image', { x: shape.x, y: shape.y, width: shape.w, height: shape.h,
      opacity: shape.fade ?? 1, preserveAspectRatio: 'none', href: shape.source.toDataURL() })
    // An attribute, not a style: the file is to look alike where styles are stripped.
    node.setAttribute('image-rendering', shape.smooth || shape.source.width > shape.w ? 'auto' : 'pixelated')
    return node
  }
  return make('rect', {
    x: shape.x, y: shape.y, width: shape.w, height: shape.h, fill: shape.fill ?? 'none',
    ...(shape.line ? { stroke: shape.line, 'stroke-width': shape.width ?? 1 } : {}),
    ...(shape.dash ? { 'stroke-dasharray': shape.dash } : {}),
  })
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElement}
 */
function make(name, attributes) {
  const node = document.createElementNS(SVG, name)
  setAll(node, attributes)
  return /** @type {SVGElement} */ (node)
}

/**
 * @param {Element} node
 * @param {Record<string, string | number>} attributes
 */
function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === 'number' ? String(round(value)) : value
    if (node.getAttribute(name) !== text) node.setAttribute(name, text)
  }
}

/** @param {number} value @returns {number} to hundredths of a pixel */
function round(value) {
  return Math.round(value * 100) / 100
}

/**
 * A map as a bitmap, one pixel a cell.
 * @param {number} rows
 * @param {number} cols
 * @param {(at: number) => Rgb} colour
 * @param {HTMLCanvasElement} [canvas] to be reused
 * @returns {HTMLCanvasElement}
 */
export function bitmap(rows, cols, colour, canvas) {
  return packedBitmap(rows, cols, pixels => {
    for (let at = 0; at < rows * cols; at++) pixels[at] = pack(colour(at))
  }, canvas)
}

/**
 * The same, for maps large enough to count: the pixels are written as they lie in memory.
 * @param {number} rows
 * @param {number} cols
 * @param {(pixels: Uint32Array) => void} fill
 * @param {HTMLCanvasElement} [canvas] to be reused
 * @returns {HTMLCanvasElement}
 */
export function packedBitmap(rows, cols, fill, canvas = document.createElement('canvas')) {
  if (canvas.width !== cols) canvas.width = cols
  if (canvas.height !== rows) canvas.height = rows
  const context = canvas.getContext('2d')
  if (!context) return canvas
  const data = context.createImageData(cols, rows)
  fill(new Uint32Array(data.data.buffer))
  context.putImageData(data, 0, 0)
  return canvas
}
