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

/** @param {readonly Row[]} rows photos of one net; those still to do have empty cells @returns {string} CSV */
export function table(rows) {
  const classes = rows.find(({ done }) => done)?.done?.result.classes ?? []
  const lines = rows.map(({ photo, done, failure }) => {
    const shares = classes.map(({ id }) => done ? done.areas.find(area => area.id === id)?.share.toFixed(6) ?? '0' : '')
    const { width = '', height = '', variant = '' } = done?.result ?? {}
    return [cell(photo.path), width, height, variant, ...shares, failure?.code ?? (done ? '' : 'not_done')].join(',')
  })
  return [['photo', 'width', 'height', 'variant', ...classes.map(({ name }) => cell(name)), 'problem'].join(','), ...lines, ''].join('\n')
}
