/**
 * The FCN on VGG16 along one dimension: every layer's cells, for the settings of the ruler (Long, Shelhamer & Darrell,
 * CVPR 2015; the authors' net.py of voc-fcn32s, -16s and -8s). With `trim: 'crop'` the transposed convolutions have no
 * padding and the maps are cropped, as in the paper; with 'padding' they have a quarter of their kernel, as in the
 * lecture that this project follows.
 */
import { toNumber } from '../../../lib/fraction.js'
import {
  INPUT, cellAtStart, cellsBefore, joined, placeAfter, sizeAfter, span, stamped, windowed,
} from '../../../lib/receptive.js'

/** @typedef {import('../../../lib/receptive.js').Layer} Layer */
/** @typedef {import('../../../lib/receptive.js').Place} Place */
/** @typedef {import('../../../lib/receptive.js').Run} Run */

/**
 * `pixels`: of the photo; `pad`: zeros around it, at conv1_1; `pools`: how their sizes are rounded.
 * @typedef {{pixels: number, pad: number, pools: 'ceil' | 'floor', fc6: number, head: string, trim: string}} Settings
 */

/**
 * A map: its cells, and what they are made of.
 * @typedef {object} Row
 * @property {string} name
 * @property {Layer | null} layer that makes it; null: the photo, or a sum
 * @property {number} from the row it is made of
 * @property {{row: number, offset: number, size: number} | null} skip of a sum: the row that is added, the cell of it
 *   at the first row's cell 0, and how many it has
 * @property {number} start of a sum: the first row's first cell that has a counterpart
 * @property {boolean} isWhole of a sum: whether every cell of the first row has one
 * @property {number} size
 * @property {Place} place
 * @property {boolean} isShown as a strip
 */

/** Where there is no map any more: the layer that needs more cells than there are. */
/** @typedef {{name: string, kernel: number, cells: number, before: string}} Vanished */

/** @typedef {{rows: Row[], vanished: Vanished | null}} Net */

/** Least and greatest of what can be set. */
export const LIMITS = { pixels: /** @type {const} */ ([1, 600]), pad: /** @type {const} */ ([0, 100]) }
export const FC6 = /** @type {const} */ ([1, 3, 7])
export const HEADS = /** @type {const} */ (['32s', '16s', '8s'])
export const POOLS = /** @type {const} */ (['ceil', 'floor'])
export const TRIMS = /** @type {const} */ (['padding', 'crop'])

/** @type {Readonly<Record<'lecture' | 'paper' | 'port', Settings>>} */
export const PRESETS = {
  lecture: { pixels: 224, pad: 1, pools: 'floor', fc6: 1, head: '8s', trim: 'padding' },
  paper: { pixels: 224, pad: 100, pools: 'ceil', fc6: 7, head: '8s', trim: 'crop' },
  port: { pixels: 224, pad: 100, pools: 'floor', fc6: 7, head: '32s', trim: 'crop' },
}

/** Convolutions of VGG16's blocks. */
const BLOCKS = [2, 2, 3, 3, 3]
/** Kernel and stride of a head's layers, and the pool added after each but the last. */
const UPSAMPLING = /** @type {const} */ ({
  '32s': [['upscore', 64, 32, '']],
  '16s': [['upscore2', 4, 2, 'pool4'], ['upscore16', 32, 16, '']],
  '8s': [['upscore2', 4, 2, 'pool4'], ['upscore_pool4', 4, 2, 'pool3'], ['upscore8', 16, 8, '']],
})

/** @param {Settings} settings @returns {Net} rows up to the last that has a cell */
export function netOf({ pixels, pad, pools, fc6, head, trim }) {
  const net = begun(pixels)
  BLOCKS.forEach((depth, block) => {
    for (let i = 1; i <= depth; i++) {
      const isFirst = block === 0 && i === 1
      add(net, `conv${block + 1}_${i}`, windowed(3, { padding: isFirst ? pad : 1 }), block === 0 && i === depth)
    }
    add(net, `pool${block + 1}`, windowed(2, { stride: 2, ceil: pools === 'ceil' }), true)
  })
  add(net, 'fc6', windowed(fc6), false)
  add(net, 'fc7', windowed(1), false)
  add(net, 'score_fr', windowed(1), true)
  for (const [name, kernel, stride, skip] of UPSAMPLING[/** @type {'32s'} */ (head)]) {
    const padding = trim === 'padding' ? stride / 2 : 0
    add(net, name, stamped(kernel, { stride, padding }), true)
    if (skip) addSkip(net, skip)
  }
  return net
}

/** @param {number} pixels @returns {Net} */
function begun(pixels) {
  return { vanished: null, rows: [{
    name: 'photo', layer: null, from: -1, skip: null, start: 0, isWhole: true, size: pixels, place: INPUT,
    isShown: true,
  }] }
}

/** @param {Net} net @param {string} name @param {Layer} layer @param {boolean} isShown */
function add(net, name, layer, isShown) {
  if (net.vanished) return
  const from = net.rows.length - 1
  const before = net.rows[from]
  const size = sizeAfter(layer, before.size)
  if (size < 1) {
    const cells = before.size + layer.before + layer.after
    net.vanished = { name, kernel: span(layer), cells, before: before.name }
    // The last map that there is should be seen.
    before.isShown = true
    return
  }
  const place = placeAfter(before.place, layer)
  net.rows.push({ name, layer, from, skip: null, start: 0, isWhole: true, size, place, isShown })
}

/** Adds a pool where both maps have cells. @param {Net} net @param {string} pool */
function addSkip(net, pool) {
  if (net.vanished) return
  const from = net.rows.length - 1
  const up = net.rows[from]
  const row = net.rows.findIndex(({ name }) => name === pool)
  const skip = net.rows[row]
  const offset = toNumber(cellAtStart(up.place, skip.place))
  const start = Math.max(0, -offset)
  const end = Math.min(up.size, skip.size - offset)
  if (end <= start) {
    net.vanished = { name: `+ ${pool}`, kernel: 0, cells: 0, before: up.name }
    return
  }
  // Cell 0 of what is left lies where cell `start` did.
  const place = placeAfter(up.place, { ...windowed(1), before: -start })
  const isWhole = start === 0 && end === up.size
  net.rows.push({
    name: `+ ${pool}`, layer: null, from, skip: { row, offset, size: skip.size }, start, isWhole, size: end - start,
    place, isShown: true,
  })
}

/**
 * @param {Net} net
 * @param {number} row
 * @param {number} cell
 * @param {boolean} [isEndless] as if no map had an end
 * @returns {Map<number, Run[]>} by row, what the cell depends on, itself included
 */
export function seenBy({ rows }, row, cell, isEndless = false) {
  /** @type {Map<number, Run[]>} */
  const seen = new Map([[row, [[cell, cell]]]])
  const note = (/** @type {number} */ at, /** @type {Run[]} */ runs) => {
    seen.set(at, joined([...seen.get(at) ?? [], ...runs]))
  }
  const moved = (/** @type {readonly Run[]} */ runs, /** @type {number} */ by) =>
    runs.map(([first, last]) => /** @type {Run} */ ([first + by, last + by]))
  for (let at = row; at > 0; at--) {
    const runs = seen.get(at)
    const { layer, from, skip, start } = rows[at]
    if (!runs) continue
    if (layer) note(from, cellsBefore(layer, runs, isEndless ? undefined : rows[from].size))
    else note(from, moved(runs, start))
    if (skip) note(skip.row, moved(runs, start + skip.offset))
  }
  return seen
}

/** @param {readonly Run[] | undefined} runs @returns {Run | null} the first and the last of all */
export function hull(runs) {
  return runs?.length ? [runs[0][0], runs[runs.length - 1][1]] : null
}

/** @param {Net} net @param {number} row @returns {number} r: the most pixels of a photo without end that a cell sees */
export function fieldIn(net, row) {
  let period = 1
  for (let at = row; at > 0; at = net.rows[at].from) {
    const { layer } = net.rows[at]
    if (layer?.kind === 'stamp') period *= layer.stride
  }
  let r = 0
  for (let cell = 0; cell < period; cell++) {
    const field = hull(seenBy(net, row, cell, true).get(0))
    if (field) r = Math.max(r, field[1] - field[0] + 1)
  }
  return r
}

/**
 * What the output is to the photo. `zero`: the output's cell at the photo's pixel 0; `missingBefore`, `missingAfter`:
 * pixels that it doesn't cover; `crops`: the cell at which each map is cropped, in order.
 * @typedef {{size: number, zero: number, missingBefore: number, missingAfter: number, crops: number[]}} Output
 */

/** @param {Net} net @returns {Output | null} null: there is none */
export function outputOf({ rows, vanished }) {
  if (vanished) return null
  const { size, place } = rows[rows.length - 1]
  const zero = toNumber(cellAtStart(INPUT, place))
  const skips = rows.flatMap(({ skip }) => skip ? [skip.offset] : [])
  return {
    size, zero, missingBefore: Math.min(Math.max(-zero, 0), rows[0].size),
    missingAfter: Math.min(Math.max(rows[0].size - (size - zero), 0), rows[0].size), crops: [...skips, zero],
  }
}

/** @param {Settings} settings @returns {number | null} the smallest photo that has an output, pixels; null: none has */
export function smallest(settings) {
  const [least, most] = LIMITS.pixels
  for (let pixels = least; pixels <= most; pixels++) if (!netOf({ ...settings, pixels }).vanished) return pixels
  return null
}
