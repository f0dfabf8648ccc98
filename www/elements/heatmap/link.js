/**
 * What `<fcn-heatmap>` shows, as the fragment of a link: the sample, its size, and how its map is looked at. A person's
 * own photo isn't told.
 */
import { fragmentOf, valuesIn } from '../common/fragment.js'

/**
 * `sample`: id; `size`: as the attribute; cells are counted from 0.
 * @typedef {import('./reading.js').Look & {sample: string, size: string, opacity: number}} Link
 */

/** As usual; `class`: an id, `cell`: row,column. */
export const USUAL = { size: 'model', view: 'heat', value: 'probability', opacity: 0.7, class: '', cell: '' }

/** @param {Link} link @param {string} sample the usual one */
export function written({ chosen, cell, ...link }, sample) {
  const values = { ...link, class: String(chosen ?? ''), cell: cell ? `${cell.row},${cell.column}` : '' }
  return fragmentOf(values, { sample, ...USUAL })
}

/** @param {string} text as anybody may have written it @param {string} sample the usual one @returns {Link} */
export function read(text, sample) {
  const { size, view, value, opacity, class: id, cell, ...rest } = valuesIn(text, { sample, ...USUAL })
  const [, row, column] = /^(\d{1,4}),(\d{1,4})$/.exec(cell) ?? []
  return {
    ...rest,
    size: isSize(size) ? size : USUAL.size,
    view: view === 'winner' ? view : 'heat',
    value: value === 'score' ? value : 'probability',
    opacity: Math.min(Math.max(opacity, 0), 1),
    chosen: /^\d{1,5}$/.test(id) ? Number(id) : null,
    cell: row ? { row: Number(row), column: Number(column) } : null,
  }
}

/** @param {string} size as an attribute or a link says it */
export function isSize(size) {
  return size === 'model' || size === 'native' || (Number(size) >= 1 && Number.isFinite(Number(size)))
}
