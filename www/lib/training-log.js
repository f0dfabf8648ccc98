/**
 * Reads a training's log as people have it: CSV of any separator, JSON of any of the usual shapes, a model card. Nothing in
 * it is trusted: it is text and numbers, and there are limits.
 */
import { readCurves } from './curves.js'
import { readCsv } from './training-log/csv.js'
import { readJson } from './training-log/json.js'
import { Builder, refused } from './training-log/table.js'

/** @typedef {import('./training-log/table.js').Table} Table */
/** @typedef {import('./training-log/series.js').Assignment} Assignment */

/** Decimal megabytes: more than a log of 200,000 rows has. */
export const MOST_BYTES = 20_000_000
/** Bytes that tell text from what isn't. */
const LOOKED_AT = 4096

/**
 * @param {Uint8Array} bytes
 * @param {string} file its name
 * @returns {Table}
 * @throws {import('./errors.js').FcnError} invalid_input; `details.kind`: log_empty, log_large, log_events, log_binary, log_json,
 *   log_shape, log_rows, log_columns, log_card or log_numbers
 */
export function readLog(bytes, file) {
  if (bytes.length > MOST_BYTES) throw refused('log_large', { megabytes: MOST_BYTES / 1e6 })
  const text = textOf(bytes, file)
  if (!text.trim()) throw refused('log_empty')
  const builder = new Builder()
  const isJson = /^\s*[[{]/.test(text)
  if (!isJson) {
    const { isScalars, hasNames } = readCsv(text, builder)
    return checked(isScalars ? scalars(builder, file) : builder.table(file, 'table', hasNames))
  }
  const { kind, curves, title } = readJson(text, builder)
  if (kind === 'card') return cardOf(curves, title || file)
  return checked(kind === 'scalars' ? scalars(builder, file) : builder.table(file, kind))
}

/** @param {Uint8Array} bytes @param {string} file */
function textOf(bytes, file) {
  const start = bytes.subarray(0, LOOKED_AT)
  const encoding = start[0] === 0xff && start[1] === 0xfe ? 'utf-16le'
    : start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : ''
  if (encoding) return new TextDecoder(encoding).decode(bytes)
  if (/tfevents/.test(file)
    || new TextDecoder('latin1').decode(start).includes('brain.Event:')) throw refused('log_events')
  // Control characters, but tabs and ends of lines.
  if (start.some(byte => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) throw refused('log_binary')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // As spreadsheets on Korean systems save it; of others only names suffer.
    return new TextDecoder('euc-kr').decode(bytes)
  }
}

/** @param {Table} table */
function checked(table) {
  if (!table.columns.some(({ values }) => values.length)) throw refused('log_numbers')
  return table
}

/** One tag of TensorBoard's: the file's name says whose values these are. @param {Builder} builder @param {string} file */
function scalars(builder, file) {
  const table = builder.table(file, 'scalars')
  const columns = table.columns.filter(({ name }) => !/^wall time$/i.test(name))
    .map(column => ({ ...column, name: /^value$/i.test(column.name) ? tagOf(file) : 'step' }))
  return { ...table, columns }
}

/** @param {string} file as TensorBoard names it, `run-RUN-tag-TAG.json`, or another @returns {string} */
export function tagOf(file) {
  const name = file.replace(/( ?\(\d+\))?\.\w+$/, '')
  const [, run, tag] = /^run-(.*)-tag-(.*)$/.exec(name) ?? []
  if (tag === undefined) return name
  return run === '.' || run === '' ? tag : `${run}/${tag}`
}

/**
 * A model card's curves as columns.
 * @param {unknown} curves of a model.json
 * @param {string} file
 * @returns {Table}
 * @throws {import('./errors.js').FcnError} invalid_input, log_card: it has none
 */
export function cardOf(curves, file) {
  const points = readCurves(curves)
  if (points.length < 2) throw refused('log_card', { file })
  const builder = new Builder()
  for (const { step, trainLoss, valLoss, heads } of points) {
    builder.next()
    builder.put(builder.column('step'), step)
    builder.put(builder.column('train_loss'), trainLoss)
    builder.put(builder.column('val_loss'), valLoss)
    // The finest head's stand last, and the last of several is the one to begin with.
    for (const [head, { pixelAccuracy, miou }] of Object.entries(heads)) {
      builder.put(builder.column(`${head} pixel accuracy`), pixelAccuracy)
      builder.put(builder.column(`${head} mIoU`), miou)
    }
  }
  return builder.table(file, 'card')
}

/** The finest head's columns of a card. @param {Table} card @returns {Partial<Assignment>} */
export function finestOf({ columns }) {
  const last = (/** @type {RegExp} */ end) => {
    const at = columns.findLastIndex(({ name }) => end.test(name))
    return at < 0 ? '' : `0:${at}`
  }
  return { pixelAccuracy: last(/ pixel accuracy$/), miou: last(/ mIoU$/) }
}
