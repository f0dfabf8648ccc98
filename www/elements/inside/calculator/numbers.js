/** The numbers in a note, as a language writes them. */
import { whole } from '../../../lib/format.js'

/** @typedef {import('../../../lib/layers/diagnose.js').Note} Note */

/** @param {Note['values']} values @param {string} language @returns {Note['values']} */
export function numbered(values, language) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) =>
    [key, typeof value === 'number' ? whole(value, language) : value]))
}
