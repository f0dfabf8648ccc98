/** What is taken away of a comparison: a row a picture as CSV, everything as JSON. All digits are kept. */
import { download } from '../../common/ui/download.js'

/**
 * A pair that was compared: its metrics without the matrix, or why there are none.
 * @typedef {{name: string, metrics: Omit<import('../../../lib/metrics.js').Metrics, 'confusion'> | null,
 *   problem: {kind: string, details: Record<string, unknown>} | null}} Row
 */

const COLUMNS = /** @type {const} */ (['pixelAccuracy', 'meanAccuracy', 'meanIoU', 'frequencyWeightedIoU', 'void'])

/** @param {string} text a spreadsheet shall not take it for a formula */
const cell = text => {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** @param {readonly Row[]} rows @returns {string} */
export function csvOf(rows) {
  const lines = rows.map(({ name, metrics, problem }) =>
    [cell(name), ...COLUMNS.map(column => metrics?.[column] ?? ''), problem?.kind ?? ''].join(','))
  return [['picture', ...COLUMNS, 'problem'].join(','), ...lines, ''].join('\n')
}

/** @param {readonly Row[]} rows */
export function saveCsv(rows) {
  download(new Blob([csvOf(rows)], { type: 'text/csv' }), 'metrics.csv')
}

/**
 * @param {{metrics: import('../../../lib/metrics.js').Metrics, classes: readonly {name: string}[], perPhoto: number | null}} result
 * @param {readonly Row[]} rows
 */
export function saveJson({ metrics, classes, perPhoto }, rows) {
  const { confusion, ...shares } = metrics
  const told = {
    classes: classes.map(({ name }) => name), pooled: { metrics: shares, confusion }, meanIoUPerPicture: perPhoto,
    pictures: rows.map(({ problem, ...row }) => ({ ...row, problem: problem?.kind ?? null })),
  }
  download(new Blob([`${JSON.stringify(told, null, 2)}\n`], { type: 'application/json' }), 'metrics.json')
}
