/** All photos as one table: a row a photo, a column a class with its share of the photo (0..1). */
import { cell } from '../../../lib/csv.js'

/**
 * A photo, and what came of it.
 * @typedef {object} Row
 * @property {{path: string}} photo
 * @property {{result: Pick<import('../../../engine/engine.js').Result, 'width' | 'height' | 'variant' | 'classes'>,
 *   areas: readonly import('../../../lib/areas.js').Area[]} | null} done
 * @property {{code: string} | null} failure
 */

/**
 * @param {readonly Row[]} rows photos of one net; those still to do have empty cells
 * @param {{model: string, size: string}} made size: the long side at which the net saw them, pixels, or 'native'
 * @returns {string} CSV
 */
export function table(rows, { model, size }) {
  const classes = rows.find(({ done }) => done)?.done?.result.classes ?? []
  const lines = rows.map(({ photo, done, failure }) => {
    const shares = classes.map(({ id }) => done ? done.areas.find(area => area.id === id)?.share.toFixed(6) ?? '0' : '')
    const { width = '', height = '', variant = '' } = done?.result ?? {}
    const made = done ? [cell(model), variant, size] : ['', '', '']
    return [cell(photo.path), width, height, ...made, ...shares, failure?.code ?? (done ? '' : 'not_done')].join(',')
  })
  return [['photo', 'width', 'height', 'model', 'variant', 'size', ...classes.map(({ name }) => cell(name)),
    'problem'].join(','), ...lines, ''].join('\n')
}
