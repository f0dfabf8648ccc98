/** What is taken away of a comparison: a row a picture as CSV, everything as JSON. All digits are kept. */
import { cell } from '../../../lib/csv.js'
import { download } from '../../common/ui/download.js'

/**
 * A picture that was compared: its metrics without the matrix, or why there are none. `left`: pixels of classes that the
 * net hasn't got; `hasTruth` false: there was nothing to compare it with.
 * @typedef {{name: string, metrics: Omit<import('../../../lib/metrics.js').Metrics, 'confusion'> | null,
 *   problem: {kind: string, details: Record<string, unknown>} | null, left?: number, hasTruth?: boolean}} Row
 */

/**
 * All of them together.
 * @typedef {object} Result
 * @property {import('../../../lib/metrics.js').Metrics} metrics
 * @property {readonly {id: number, name: string, color: string, names?: Record<string, string>}[]} classes
 * @property {number | null} perPhoto the mean of each picture's own mIoU
 * @property {readonly Row[]} worst first
 */

const COLUMNS = /** @type {const} */ (['pixelAccuracy', 'meanAccuracy', 'meanIoU', 'frequencyWeightedIoU', 'void'])

/** @param {Row} row @returns {string | null} a code of what is wrong, or missing */
const flaw = ({ problem, hasTruth }) => problem?.kind ?? (hasTruth === false ? 'no_truth' : null)

/** @param {readonly Row[]} rows those of a net say what it hasn't got, in a column of their own @returns {string} */
export function csvOf(rows) {
  const isNets = rows.some(({ left }) => left !== undefined)
  const more = (/** @type {string | number} */ value) => isNets ? [value] : []
  const lines = rows.map(row =>
    [cell(row.name), ...COLUMNS.map(column => row.metrics?.[column] ?? ''), ...more(row.left ?? ''),
      flaw(row) ?? ''].join(','))
  return [['picture', ...COLUMNS, ...more('notInModel'), 'problem'].join(','), ...lines, ''].join('\n')
}

/** @param {readonly Row[]} rows */
export function saveCsv(rows) {
  download(new Blob([csvOf(rows)], { type: 'text/csv' }), 'metrics.csv')
}

/**
 * @param {Result | null} result null: no picture could be compared
 * @param {readonly Row[]} rows
 * @param {Record<string, unknown>} [about] what computed the predictions
 */
export function jsonOf(result, rows, about = {}) {
  const { confusion, ...shares } = result?.metrics ?? { confusion: null }
  return {
    ...about, classes: result?.classes.map(({ name }) => name) ?? about['classes'] ?? [],
    pooled: result && { metrics: shares, confusion }, meanIoUPerPicture: result?.perPhoto ?? null,
    pictures: rows.map(({ problem: _, hasTruth: __, left, ...row }) =>
      ({ ...row, ...left === undefined ? {} : { notInModel: left } }))
      .map((row, i) => ({ ...row, problem: flaw(rows[i]) })),
  }
}

/** @param {Parameters<typeof jsonOf>} told */
export function saveJson(...told) {
  download(new Blob([`${JSON.stringify(jsonOf(...told), null, 2)}\n`], { type: 'application/json' }), 'metrics.json')
}
