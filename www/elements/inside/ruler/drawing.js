/**
 * The ruler's picture: the photo's row of pixels and under it a strip for every map, each cell where it lies. Lines
 * fall on whole pixels of the screen, so that the picture is crisp at every width.
 */
import { toNumber } from '../../../lib/fraction.js'
import { middle } from '../../../lib/receptive.js'
import { hull, seenBy } from './net.js'

/** @typedef {import('./net.js').Row} Row */
/** @typedef {import('./controller.js').Spot} Spot */
/** @typedef {ReturnType<typeof drawing>} Drawing */

/**
 * @typedef {object} Wanted
 * @property {import('./net.js').Net} net
 * @property {import('./net.js').Output | null} output
 * @property {Spot} shown the cell that is lit
 * @property {number} width CSS pixels
 * @property {(row: number) => [name: string, facts: string]} label
 * @property {string} gone said where a map would be that has no cell
 */

/** CSS pixels. */
const [LABEL, STRIP, THIN, GAP, MEASURE] = [17, 18, 12, 12, 19]
/** Cells narrower than this aren't parted by a line each; lines are then this far apart. CSS pixels. */
const [NARROW, APART] = [3, 5]
/** Every how many cells a line is drawn where there is no room for all. */
const ROUND = [2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** @param {string} name @param {Record<string, string | number>} attributes @param {...(Node | string)} children */
function el(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

/** @param {Wanted} wanted */
export function drawing({ net, output, shown, width, label, gone }) {
  const { rows, vanished } = net
  const edges = rows.filter(({ isShown }) => isShown).map(row => [edge(row, 0), edge(row, row.size)])
  const [low, high] = [Math.min(...edges.map(([from]) => from)), Math.max(...edges.map(([, to]) => to))]
  const scale = (width - 2) / (high - low)
  const x = (/** @type {number} */ pixel) => 1 + (pixel - low) * scale
  const seen = seenBy(net, shown.row, shown.cell)
  const photoEnd = rows[0].size - 0.5

  /** @type {Node[]} */
  const parts = []
  /** @type {{row: number, top: number, bottom: number}[]} */
  const strips = []
  /** @type {{from: number, to: number, bottom: number} | null} */
  let above = null
  let y = 0
  for (const [at, row] of rows.entries()) {
    if (!row.isShown) continue
    const [name, facts] = label(at)
    const text = el('text', { x: 1, y: y + 12 }, el('tspan', { class: 'name' }, name),
      el('tspan', { class: 'facts', dx: 8 }, facts))
    const top = y + LABEL
    const run = hull(seen.get(at))
    const lit = run && { from: x(edge(row, run[0])), to: x(edge(row, run[1] + 1)) }
    if (above && lit) {
      const d = `M${above.from} ${above.bottom}H${above.to}L${lit.to} ${top}H${lit.from}Z`
      parts.push(el('path', { class: 'cone', d }))
    }
    parts.push(text)
    const height = row.skip ? THIN : STRIP
    parts.push(strip(row, top, height, at === 0 ? 'pixels' : 'cells'))
    if (lit) parts.push(box(lit, top, height, at === shown.row ? 'lit one' : 'lit'))
    let bottom = top + height
    if (row.skip) {
      const skip = rows[row.skip.row]
      parts.push(strip({ ...skip, size: row.skip.size }, bottom + 2, THIN, 'cells skip'))
      const first = row.skip.offset + row.start
      const [from, to] = [x(edge(skip, first)), x(edge(skip, first + row.size))]
      const end = x(edge(skip, skip.size))
      for (const part of [{ from: x(edge(skip, 0)), to: from }, { from: to, to: end }]) {
        if (part.to - part.from > 0.5) parts.push(box(part, bottom + 2, THIN, 'cropped'))
      }
      bottom += 2 + THIN
      parts.push(...measure(x(center(skip, 0)), x(center(skip, row.skip.offset)), bottom, row.skip.offset))
      bottom += MEASURE
    }
    if (output && at === rows.length - 1) {
      for (const [from, to] of [[-0.5, edge(row, 0)], [edge(row, row.size), photoEnd]]) {
        if (to > from) parts.push(box({ from: x(from), to: x(to) }, top, height, 'missing'))
      }
      parts.push(...measure(x(center(row, 0)), x(0), bottom, output.zero))
      bottom += MEASURE
    }
    strips.push({ row: at, top, bottom: top + height })
    above = lit && { ...lit, bottom: top + height }
    y = bottom + GAP
  }
  if (vanished) {
    parts.push(el('text', { x: 1, y: y + 12 }, el('tspan', { class: 'name' }, vanished.name)))
    parts.push(el('rect', { class: 'gone', x: 1.5, y: y + LABEL + 0.5, width: width - 3, height: STRIP - 1 }))
    parts.push(el('text', { class: 'gone', x: 8, y: y + LABEL + 13 }, gone))
    y += LABEL + STRIP + GAP
  }
  const [left, right] = [-0.5, photoEnd].map(pixel => Math.round(x(pixel)) + 0.5)
  const frame = el('path', { class: 'photo-edge', d: `M${left} ${LABEL}V${y - GAP}M${right} ${LABEL}V${y - GAP}` })
  const height = y - GAP + 2
  const size = { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' }
  const svg = el('svg', size, patterns(), ...parts, frame)

  /** @param {Row} row @param {number} top @param {number} height @param {string} kind */
  function strip(row, top, height, kind) {
    const { size, place: { jump } } = row
    const [from, to] = [Math.round(x(edge(row, 0))), Math.round(x(edge(row, size)))]
    const group = el('g', { class: kind },
      el('rect', { class: 'band', x: from, y: top, width: Math.max(to - from, 1), height }))
    const [first, last] = [edge(row, 0), edge(row, size)]
    for (const [a, b] of [[first, Math.min(-0.5, last)], [Math.max(photoEnd, first), last]]) {
      if (b > a) group.append(box({ from: x(a), to: x(b) }, top, height, 'beside'))
    }
    const wide = toNumber(jump) * scale
    const every = wide >= NARROW ? 1 : ROUND.find(n => n * wide >= APART) ?? size
    let d = ''
    for (let cell = every; cell < size; cell += every) d += `M${Math.round(x(edge(row, cell))) + 0.5} ${top}v${height}`
    group.append(el('path', { class: every === 1 ? 'line' : 'line some', d: d || 'M0 0' }))
    group.append(box({ from, to }, top, height, 'frame'))
    return group
  }

  return {
    svg,
    /** @param {number} px @param {number} py CSS pixels from the picture's corner @returns {Spot | null} */
    spot(px, py) {
      const found = strips.find(({ top, bottom }) => py >= top - LABEL / 2 && py <= bottom + GAP / 2)
      if (!found) return null
      const row = rows[found.row]
      const cell = Math.floor(((px - 1) / scale + low - edge(row, 0)) / toNumber(row.place.jump))
      return cell >= 0 && cell < row.size ? { row: found.row, cell } : null
    },
  }
}

/** @param {Row} row @param {number} cell @returns {number} where it begins, in photo pixels */
function edge({ place }, cell) {
  return toNumber(place.start) + (cell - 0.5) * toNumber(place.jump)
}

/** @param {Row} row @param {number} cell @returns {number} where its middle lies */
function center({ place }, cell) {
  return toNumber(middle(place, cell))
}


/** @param {{from: number, to: number}} part @param {number} top @param {number} height @param {string} kind */
function box({ from, to }, top, height, kind) {
  // At least two pixels wide: what is lit must be seen.
  const [left, right] = [Math.round(from), Math.max(Math.round(to), Math.round(from) + 2)]
  const width = Math.max(right - left - 1, 1)
  return el('rect', { class: kind, x: left + 0.5, y: top + 0.5, width, height: height - 1 })
}

/** The distance between two marks. @param {number} from @param {number} to @param {number} top @param {number} cells */
function measure(from, to, top, cells) {
  const [a, b, y] = [Math.round(from) + 0.5, Math.round(to) + 0.5, top + 6.5]
  const d = `M${a} ${top + 1}V${y + 4}M${b} ${top + 1}V${y + 4}M${a} ${y}H${b}`
  return [el('path', { class: 'measure', d }),
    el('text', { class: 'measure', x: Math.max(a, b) + 5, y: top + 12 }, String(cells).replace('-', '\u2212'))]
}

function patterns() {
  const hatch = (/** @type {string} */ id, /** @type {string} */ d) => el('pattern', {
    id, width: 6, height: 6, patternUnits: 'userSpaceOnUse',
  }, el('path', { class: id, d }))
  return el('defs', {},
    hatch('missing-lines', 'M-1 7L7 -1M-1 1L1 -1M5 7L7 5'), hatch('beside-lines', 'M-1 -1L7 7M5 -1L7 1M-1 5L1 7'))
}
