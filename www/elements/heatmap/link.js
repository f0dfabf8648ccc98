/**
 * What `<fcn-heatmap>` shows, as the fragment of a link: the sample, its size, and how its map is looked at. A person's
 * own photo isn't told.
 */
import { isMoved } from '../../lib/shift.js'
import { fragmentOf, valuesIn } from '../common/fragment.js'

/** @typedef {import('../../lib/shift.js').Shift} Shift */
/**
 * `sample`: id; `size`: as the attribute; cells are counted from 0; `shift`: of the photo in its frame, pixels.
 * @typedef {import('./reading.js').Look & {sample: string, size: string, opacity: number, shift: Shift}} Link
 */

/** As usual; `class`: an id, `cell`: row,column, `shift`: right,down. */
export const USUAL = { size: 'model', view: 'heat', value: 'probability', opacity: 0.7, class: '', cell: '', shift: '' }

/** How far a photo can be moved along a side, and in what steps: half a cell. Pixels of the working size. */
export const [FURTHEST, STEP] = [160, 16]

/** @param {Link} link @param {string} sample the usual one */
export function written({ chosen, cell, shift, ...link }, sample) {
  const values = {
    ...link, class: String(chosen ?? ''), cell: cell ? `${cell.row},${cell.column}` : '',
    shift: isMoved(shift) ? `${shift.x},${shift.y}` : '',
  }
  return fragmentOf(values, { sample, ...USUAL })
}

/** @param {string} text as anybody may have written it @param {string} sample the usual one @returns {Link} */
export function read(text, sample) {
  const { size, view, value, opacity, class: id, cell, shift, ...rest } = valuesIn(text, { sample, ...USUAL })
  const [, row, column] = /^(\d{1,4}),(\d{1,4})$/.exec(cell) ?? []
  return {
    ...rest,
    size: isSize(size) ? size : USUAL.size,
    view: view === 'winner' ? view : 'heat',
    value: value === 'score' ? value : 'probability',
    opacity: Math.min(Math.max(opacity, 0), 1),
    chosen: /^\d{1,5}$/.test(id) ? Number(id) : null,
    cell: row ? { row: Number(row), column: Number(column) } : null,
    shift: shiftIn(shift),
  }
}

/** @param {string} text @returns {Shift} in whole steps, and no further than a photo can be moved */
function shiftIn(text) {
  const [, right = 0, down = 0] = /^(-?\d{1,4}),(-?\d{1,4})$/.exec(text) ?? []
  // Without the 0 that has a sign.
  const fit = (/** @type {string | number} */ by) =>
    Math.min(Math.max(STEP * Math.round(Number(by) / STEP), -FURTHEST), FURTHEST) || 0
  return { x: fit(right), y: fit(down) }
}

/** @param {string} size as an attribute or a link says it */
export function isSize(size) {
  return size === 'model' || size === 'native' || (Number(size) >= 1 && Number.isFinite(Number(size)))
}
