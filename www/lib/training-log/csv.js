/**
 * Tables of text: comma, semicolon or tab between cells, quoted cells (RFC 4180), with the names in the first line. As
 * Lightning's and Keras' CSVLogger, spreadsheets and TensorBoard write them.
 */

import { MOST_COLUMNS, MOST_NUMBER, refused } from './table.js'

/** @typedef {import('./table.js').Builder} Builder */

const SEPARATORS = ['\t', ';', ',']
const QUOTE = '"'
/** A line with more cells is no line of a log's. */
const MOST_CELLS = 10 * MOST_COLUMNS
/** A comma as the decimal point, as much of Europe writes it; not where commas stand between cells. */
const DECIMAL_COMMA = /^(\s*[+-]?\d+),(\d+(?:e[+-]?\d+)?\s*%?\s*)$/i
const NUMERIC = /^\s*[+-]?[\d.,]*\d[\d.,]*(e[+-]?\d+)?\s*$/i

/**
 * @param {string} text
 * @param {Builder} builder
 * @returns {{isScalars: boolean, hasNames: boolean}} isScalars: TensorBoard's `Wall time,Step,Value`
 * @throws {import('../errors.js').FcnError} invalid_input, log_rows or log_columns
 */
export function readCsv(text, builder) {
  const { separator, from } = separatorOf(text)
  const lines = linesOf(text, from, separator)
  const first = lines.next().value ?? []
  const names = first.map((name, at) => (at === 0 ? name.replace(/^\s*#/, '') : name).trim())
  const hasNames = !names.every(name => name === '' || (name.length <= MOST_NUMBER && NUMERIC.test(name)))
  const columns = builder.head(hasNames ? names : names.map(() => ''))
  const hasDecimalComma = separator !== ','
  const put = (/** @type {readonly string[]} */ cells) => {
    builder.next()
    if (cells.length > columns.length) builder.unread++
    columns.forEach((column, at) => {
      const cell = cells[at] ?? ''
      builder.put(column, hasDecimalComma && cell.length <= MOST_NUMBER ? cell.replace(DECIMAL_COMMA, '$1.$2') : cell)
    })
  }
  if (!hasNames) put(first)
  for (const cells of lines) {
    // A run that was taken up again writes its names once more.
    if (hasNames && cells.every((cell, at) => cell === first[at])) continue
    put(cells)
  }
  const isScalars = ['wall time', 'step', 'value'].every((name, at) => names[at]?.toLowerCase() === name)
    && names.length === 3
  return { isScalars, hasNames }
}

/** What stands between cells: whichever is most in the first line that says anything. @param {string} text */
function separatorOf(text) {
  const from = text.search(/\S/)
  const start = Math.max(from, 0)
  const end = text.slice(start).search(/[\r\n]|$/) + start
  const line = text.slice(start, end)
  // What spreadsheets understand.
  const [, said] = /^"?sep=(.)"?$/i.exec(line) ?? []
  if (said) return { separator: said, from: end }
  const bare = line.replace(/"[^"]*"/g, '')
  const counts = SEPARATORS.map(separator => bare.split(separator).length)
  return { separator: SEPARATORS[counts.indexOf(Math.max(...counts))], from: start }
}

/**
 * The cells of one line after the other; lines without anything are left out.
 * @param {string} text
 * @param {number} from
 * @param {string} separator
 * @returns {Generator<string[], undefined>}
 */
function* linesOf(text, from, separator) {
  /** @type {string[]} */
  let cells = []
  let at = from
  while (at < text.length) {
    let cell = ''
    // Blanks before a quote, as in `a, "b"`.
    let start = at
    while (text[start] === ' ') start++
    if (text[start] === QUOTE) {
      const [content, end] = quoted(text, start + 1)
      cell = content
      at = end
    }
    let end = at
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++
    cell += text.slice(at, end)
    cells.push(cell)
    if (cells.length > MOST_CELLS) throw refused('log_columns', { cells: MOST_CELLS })
    at = end + 1
    if (text[end] === separator && at < text.length) continue
    if (text[end] === separator) cells.push('')
    if (text[end] === '\r' && text[at] === '\n') at++
    if (cells.length > 1 || cells[0]?.trim()) yield cells
    cells = []
  }
}

/** What is in quotes, two of which stand for one. @param {string} text @param {number} start @returns {[string, number]} and where it ends */
function quoted(text, start) {
  let content = ''
  let at = start
  for (;;) {
    const end = text.indexOf(QUOTE, at)
    if (end < 0) return [content + text.slice(at), text.length]
    content += text.slice(at, end)
    if (text[end + 1] !== QUOTE) return [content, end + 1]
    content += QUOTE
    at = end + 2
  }
}
