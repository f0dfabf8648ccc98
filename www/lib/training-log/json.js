/**
 * Logs as JSON: lists of records (Hugging Face's `log_history` too), columns (Keras' `History.history`), a record a line
 * (mmsegmentation), TensorBoard's `[[wall time, step, value], …]`, and a model card's `curves`.
 */
import { isRecord, list, record } from '../fields.js'
import { refused } from './table.js'

/** @typedef {import('./table.js').Builder} Builder */
/** @typedef {Record<string, unknown>} Row */
/** @typedef {'table' | 'scalars' | 'history' | 'card'} Kind */

/** `curves`: a model card's, unread. @typedef {{kind: Kind, curves?: unknown, title?: string}} Found */

/** How deep records within records are read: `{"val": {"loss": …}}`. */
const DEPTH = 3
/** Brackets open at once. */
const MOST_DEPTH = 64
const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_RECORD] = ['"', '\\', '[', '{'].map(sign => sign.charCodeAt(0))
/** Numbers that Python writes and JSON doesn't know. */
const LOOSE = /([:[,]\s*)([+-]?(?:NaN|Infinity))(?=\s*[,}\]])/g

/**
 * @param {string} text
 * @param {Builder} builder
 * @returns {Found}
 * @throws {import('../errors.js').FcnError} invalid_input; log_json, log_shape, log_rows
 */
export function readJson(text, builder) {
  const whole = parsed(text)
  if (whole === undefined) {
    rowsInto(byLine(text, builder), builder)
    return { kind: 'table' }
  }
  return read(whole, builder)
}

/** @param {string} text @returns {unknown} undefined for what is no JSON, or deeper than any log */
function parsed(text) {
  if (isDeep(text)) return undefined
  for (const loose of [false, true]) {
    try {
      return JSON.parse(loose ? text.replace(LOOSE, '$1"$2"') : text)
    } catch {
      // Once more with Python's numbers as texts.
    }
  }
  return undefined
}

/** Whether more is open at once than any log has: the browser's parser takes long over that. @param {string} text */
function isDeep(text) {
  let [depth, isText] = [0, false]
  for (let at = 0; at < text.length && depth <= MOST_DEPTH; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH && isText) at++
    else if (code === QUOTE) isText = !isText
    else if (!isText && (code === OPEN_LIST || code === OPEN_RECORD)) depth++
    else if (!isText && (code === OPEN_LIST + 2 || code === OPEN_RECORD + 2)) depth--
  }
  return depth > MOST_DEPTH
}

/** A record a line. @param {string} text @param {Builder} builder @returns {Row[]} */
function byLine(text, builder) {
  /** @type {Row[]} */
  const rows = []
  for (const line of text.split(/\r?\n|\r/)) {
    if (!line.trim()) continue
    const found = parsed(line)
    if (isRecord(found)) rows.push(found)
    else builder.unread++
  }
  if (rows.length <= builder.unread) throw refused('log_json')
  return inStep(rows)
}

/** @param {unknown} whole @param {Builder} builder @returns {Found} */
function read(whole, builder) {
  if (Array.isArray(whole)) return fromList(whole, builder)
  const all = record(whole)
  if (Array.isArray(all['curves']) || (typeof all['architecture'] === 'string' && Array.isArray(all['classes']))) {
    return { kind: 'card', curves: all['curves'], title: typeof all['name'] === 'string' ? all['name'] : '' }
  }
  if (isRecord(all['history'])) return read(all['history'], builder)
  if (Array.isArray(all['log_history'])) return fromList(all['log_history'], builder)
  const columns = Object.entries(all).filter(([, values]) => Array.isArray(values) && values.length > 0
    && values.every(isCell))
  if (columns.length) {
    fromColumns(/** @type {[string, unknown[]][]} */ (columns), builder)
    return { kind: 'history' }
  }
  const rows = Object.values(all).find(value => list(value).some(isRecord))
  return rows ? fromList(list(rows), builder) : fromList([all], builder)
}

/** @param {readonly unknown[]} all @param {Builder} builder @returns {Found} */
function fromList(all, builder) {
  const isScalar = (/** @type {unknown} */ each) => Array.isArray(each) && each.length === 3
    && typeof each[1] === 'number'
  if (all.length && all.every(isScalar)) {
    const [step, value] = [builder.column('step'), builder.column('value')]
    for (const each of all) {
      builder.next()
      builder.put(step, list(each)[1] === null ? null : Number(list(each)[1]))
      builder.put(value, cellOf(list(each)[2]))
    }
    return { kind: 'scalars' }
  }
  const rows = all.filter(isRecord)
  if (!rows.length) throw refused('log_shape')
  rowsInto(inStep(rows), builder)
  return { kind: 'table' }
}

/** @param {readonly [string, unknown[]][]} columns @param {Builder} builder */
function fromColumns(columns, builder) {
  const length = columns.reduce((most, [, values]) => Math.max(most, values.length), 0)
  const made = columns.map(([name, values]) => ({ column: builder.column(name), values }))
  for (let at = 0; at < length; at++) {
    builder.next()
    for (const { column, values } of made) builder.put(column, cellOf(values[at]))
  }
}

/** @param {readonly Row[]} rows @param {Builder} builder */
function rowsInto(rows, builder) {
  for (const row of rows) {
    builder.next()
    flat(row, '', DEPTH, (name, cell) => builder.put(builder.column(name), cell))
  }
}

/**
 * @param {Row} row
 * @param {string} path of the records around it
 * @param {number} depth
 * @param {(name: string, cell: import('./table.js').Cell) => void} put
 */
function flat(row, path, depth, put) {
  for (const [name, value] of Object.entries(row)) {
    const full = path ? `${path}/${name}` : name
    if (isRecord(value) && depth > 1) flat(value, full, depth - 1, put)
    else if (isCell(value)) put(full, cellOf(value))
  }
}

/** @param {unknown} value */
const isCell = value => value === null || typeof value === 'number' || typeof value === 'string'

/** @param {unknown} value @returns {import('./table.js').Cell} */
const cellOf = value => typeof value === 'number' || typeof value === 'string' ? value : null

/**
 * mmsegmentation counts in a validation's record something else than in training's: photos, or epochs. Such a record
 * belongs to the step of the training record before it. Where training's iterations begin anew in each epoch, the epoch
 * is what counts.
 * @param {readonly Row[]} rows
 * @returns {Row[]}
 */
function inStep(rows) {
  const isValidation = (/** @type {Row} */ row) => 'mode' in row ? row['mode'] !== 'train'
    : !('iter' in row) && !('loss' in row)
  const isTheirs = rows.some(row => 'mode' in row) || rows.some(row => 'iter' in row && 'step' in row)
  if (!isTheirs) return [...rows]
  const training = rows.filter(row => !isValidation(row))
  const isLess = (/** @type {string} */ key, /** @type {Row} */ a, /** @type {Row} */ b) =>
    Number(a[key]) < Number(b[key])
  const restarts = training.some((row, at) => at > 0 && isLess('iter', row, training[at - 1])
    && isLess('epoch', training[at - 1], row))
  /** @type {Row} */
  let before = {}
  return rows.map(row => {
    if (!isValidation(row)) {
      before = row
      if (!restarts || !('epoch' in row)) return row
      const { iter: _, step: __, ...rest } = row
      return rest
    }
    const { iter: _, step: __, ...rest } = row
    if (restarts) return 'epoch' in rest || !('epoch' in before) ? rest : { ...rest, epoch: before['epoch'] }
    return { ...rest, ...'iter' in before ? { iter: before['iter'] } : {},
      ...'step' in before ? { step: before['step'] } : {} }
  })
}
