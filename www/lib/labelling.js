/**
 * Label maps made by hand: a round brush and its strokes, polygons, the fill of an area, and run lengths as COCO writes
 * them. All change `values` [height, width] in place and know nothing of a screen. A pixel belongs to a shape where its
 * middle lies in it.
 */

/** @typedef {{values: Uint8Array, width: number, height: number}} Canvas */
/** In pixels of the map: the middle of the first pixel is (0.5, 0.5). @typedef {readonly [x: number, y: number]} Point */
/** Pixels from (left, top), as many as said. @typedef {{left: number, top: number, width: number, height: number}} Area */

/**
 * The brush drawn from one point to another: all pixels whose middle is at most the radius away from the line.
 * @param {Canvas} map
 * @param {Point} from
 * @param {Point} to
 * @param {number} radius pixels; below 0.71 it may lie between middles, so the pixel under each end is always painted
 * @param {number} id
 * @returns {Area} what may have changed
 */
export function stroke({ values, width, height }, from, to, radius, id) {
  const area = within(width, height, Math.min(from[0], to[0]) - radius, Math.min(from[1], to[1]) - radius,
    Math.max(from[0], to[0]) + radius, Math.max(from[1], to[1]) + radius)
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const length = dx * dx + dy * dy
  const most = radius * radius
  for (let row = area.top; row < area.top + area.height; row++) {
    const y = row + 0.5 - from[1]
    for (let column = area.left; column < area.left + area.width; column++) {
      const x = column + 0.5 - from[0]
      // The nearest point of the line.
      const part = length > 0 ? Math.min(Math.max((x * dx + y * dy) / length, 0), 1) : 0
      if ((x - part * dx) ** 2 + (y - part * dy) ** 2 <= most) values[row * width + column] = id
    }
  }
  for (const [x, y] of [from, to]) {
    const [column, row] = [Math.floor(x), Math.floor(y)]
    if (column >= 0 && row >= 0 && column < width && row < height) values[row * width + column] = id
  }
  return area
}

/**
 * A polygon, or several whose insides cancel out where two overlap (even-odd), as an outline with holes.
 * @param {Canvas} map
 * @param {readonly (readonly Point[])[]} rings each closed by itself; those of fewer than three points have no inside
 * @param {number} id
 * @returns {Area} what may have changed
 */
export function fillPolygons({ values, width, height }, rings, id) {
  const edges = rings.filter(ring => ring.length > 2).flatMap(ring =>
    ring.map((point, i) => /** @type {const} */ ([point, ring[(i + 1) % ring.length]])))
    .filter(([a, b]) => a[1] !== b[1] && [...a, ...b].every(Number.isFinite))
  if (!edges.length) return { left: 0, top: 0, width: 0, height: 0 }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [[x, y]] of edges) [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y),
    Math.max(right, x), Math.max(bottom, y)]
  for (const [, [x, y]] of edges) [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y),
    Math.max(right, x), Math.max(bottom, y)]
  const area = within(width, height, left, top, right, bottom)
  /** By the first row whose middle an edge reaches. @type {Map<number, (typeof edges)[number][]>} */
  const begin = new Map()
  for (const edge of edges) {
    const row = Math.max(area.top, Math.ceil(Math.min(edge[0][1], edge[1][1]) - 0.5))
    const others = begin.get(row)
    if (others) others.push(edge)
    else begin.set(row, [edge])
  }
  /** @type {(typeof edges)[number][]} */
  let active = []
  for (let row = area.top; row < area.top + area.height; row++) {
    const y = row + 0.5
    active = active.concat(begin.get(row) ?? []).filter(([a, b]) => Math.max(a[1], b[1]) > y)
    const crossings = active.filter(([a, b]) => Math.min(a[1], b[1]) <= y)
      .map(([a, b]) => a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])).sort((a, b) => a - b)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const [first, last] = [Math.max(0, Math.ceil(crossings[i] - 0.5)),
        Math.min(width, Math.ceil(crossings[i + 1] - 0.5))]
      if (last > first) values.fill(id, row * width + first, row * width + last)
    }
  }
  return area
}

/**
 * Gives another class to all pixels that hang together with one and have its class: by their sides, not by their corners.
 * @param {Canvas} map
 * @param {number} x column
 * @param {number} y row
 * @param {number} id
 * @returns {Area} what may have changed
 */
export function fillArea({ values, width, height }, x, y, id) {
  const none = { left: 0, top: 0, width: 0, height: 0 }
  if (x < 0 || y < 0 || x >= width || y >= height) return none
  const former = values[y * width + x]
  if (former === id) return none
  let [left, top, right, bottom] = [x, y, x, y]
  const waiting = [y * width + x]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (values[at] !== former) continue
    const row = Math.floor(at / width)
    let [first, last] = [at, at]
    while (first > row * width && values[first - 1] === former) first--
    while (last < (row + 1) * width - 1 && values[last + 1] === former) last++
    values.fill(id, first, last + 1)
    left = Math.min(left, first - row * width)
    right = Math.max(right, last - row * width)
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
    for (const step of [-width, width]) {
      if (row + Math.sign(step) < 0 || row + Math.sign(step) >= height) continue
      // One seed a run: the others of it are found from there.
      for (let next = first + step; next <= last + step; next++) {
        if (values[next] === former && (next === first + step || values[next - 1] !== former)) waiting.push(next)
      }
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/**
 * Run lengths as COCO has them: down the columns, first a run outside.
 * @param {Canvas} map
 * @param {readonly number[]} counts
 * @param {number} id
 * @returns {boolean} whether they are as many as the map has pixels; nothing is painted otherwise
 */
export function fillRuns({ values, width, height }, counts, id) {
  if (counts.some(count => !Number.isInteger(count) || count < 0) || counts.reduce((sum, count) => sum + count, 0)
    !== width * height) return false
  let at = 0
  counts.forEach((count, i) => {
    if (i % 2) for (let each = at; each
      < at + count; each++) values[each % height * width + Math.floor(each / height)] = id
    at += count
  })
  return true
}

/**
 * COCO's packed run lengths: six bits a letter from "0" on, five of the number, low ones first, the sixth for "there is
 * more"; from the third on each is the difference to that two before.
 * @param {string} text
 * @returns {number[] | null} null: it isn't that
 */
export function unpackRuns(text) {
  /** @type {number[]} */
  const counts = []
  for (let at = 0; at < text.length;) {
    let [number, shift, more] = [0, 0, true]
    while (more) {
      const code = text.charCodeAt(at++) - 48
      if (!(code >= 0 && code < 64) || shift > 30) return null
      number += (code & 31) * 2 ** shift
      more = (code & 32) > 0
      shift += 5
      if (!more && (code & 16)) number -= 2 ** shift
    }
    counts.push(counts.length > 2 ? number + counts[counts.length - 2] : number)
  }
  return counts
}

/** @param {number} width @param {number} height @param {number} left @param {number} top @param {number} right @param {number} bottom @returns {Area} */
function within(width, height, left, top, right, bottom) {
  const clamp = (/** @type {number} */ value, /** @type {number} */ most) =>
    Math.min(Math.max(Math.floor(value), 0), most)
  const [x, y] = [clamp(left, width), clamp(top, height)]
  return { left: x, top: y, width: Math.max(0, clamp(right + 1, width) - x),
    height: Math.max(0, clamp(bottom + 1, height) - y) }
}
