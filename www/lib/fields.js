/**
 * Reading a field of JSON that anybody may have written: what isn't of the kind expected counts as left out.
 */

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isRecord = value => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @param {unknown} value @returns {Record<string, unknown>} */
export const record = value => isRecord(value) ? value : {}
/** @param {unknown} value @returns {unknown[]} */
export const list = value => Array.isArray(value) ? value : []
/** @param {unknown} value @returns {string} */
export const text = value => typeof value === 'string' ? value : ''
/** @param {unknown} value @returns {number | null} */
export const number = value => typeof value === 'number' && Number.isFinite(value) ? value : null

/**
 * Texts by language.
 * @param {unknown} value
 * @returns {Record<string, string>}
 */
export function texts(value) {
  const entries = Object.entries(record(value))
  return Object.fromEntries(entries.flatMap(([language, each]) => typeof each === 'string' ? [[language, each]] : []))
}

/**
 * A text in one language, or a text for each.
 * @param {unknown} value
 * @param {import('./i18n.js').Language} language
 * @returns {string}
 */
export function spoken(value, language) {
  return text(value) || text(record(value)[language]) || text(record(value)['en'])
}

/**
 * A confusion matrix.
 * @param {unknown} value
 * @param {number} side
 * @returns {number[][] | null} null unless it is whole
 */
export function square(value, side) {
  const rows = list(value).map(row => list(row).map(number))
  const isWhole = rows.every(row => row.length === side && row.every(count => count !== null && count >= 0))
  return rows.length === side && isWhole ? /** @type {number[][]} */ (rows) : null
}
