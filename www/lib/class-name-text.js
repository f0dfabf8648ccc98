/**
 * Class names in a text that is no JSON: a name a line, numbered or not, tables with a header, label maps with colours,
 * lists as programs write them (Python, YAML, the Object Detection API's .pbtxt). `src/labels/text.rs` reads the same;
 * tests/reference/class-names.json holds the two together.
 */
import { listIn } from './literal.js'

/** A key under which files keep the names. */
export const KEYS = ['id2label', 'names', 'classes', 'class_names', 'labels', 'categories']

/** What a column of names, and one of ids, is headed by. */
const NAME = /^(class[ _]?)?names?$|^class(es)?$|^labels?$|^label[ _]?name$|^categor(y|ies)$|^display_name$/i
const ID = /^(class[ _]?|label[ _]?)?(id|idx|index|no|number)$/i
const COLOUR = /^(r|g|b|red|green|blue|colou?r|hex|rgb)$/i

/** @typedef {{id: number | null, name: string}} Entry */

/**
 * @param {string} text
 * @returns {string[]}
 */
export function namesInText(text) {
  const lines = text.split(/\r\n|\r|\n/).map(line => line.trim()).filter(Boolean)
  return inProgram(text, lines) ?? colored(lines) ?? table(lines) ?? numbered(lines) ?? plain(lines)
}

/** Names by id, or in their order where there are no ids. @param {readonly Entry[]} entries @returns {string[]} */
export function ordered(entries) {
  const hasIds = entries.every(({ id }) => id !== null)
  const sorted = hasIds ? [...entries].sort((a, b) => Number(a.id) - Number(b.id)) : entries
  return sorted.map(({ name }) => name)
}

/** As a program writes them; null where this is none. @param {string} text @param {readonly string[]} lines */
function inProgram(text, lines) {
  // The Object Detection API's label map.
  const items = [...text.matchAll(/\bitem\s*:?\s*\{([^}]*)\}/g)].map(([, item]) => item)
  if (items.length) {
    const field = (/** @type {string} */ item, /** @type {string} */ key) =>
      new RegExp(`\\b${key}\\s*:\\s*(?:"([^"]*)"|'([^']*)'|(\\d+))`).exec(item)?.slice(1).find(Boolean) ?? null
    return ordered(items.map(item =>
      ({ id: idOf(field(item, 'id')), name: field(item, 'display_name') ?? field(item, 'name') ?? '' })))
  }
  // `names: […]`, `CLASSES = (…)`, `names:` and an entry a line below it.
  const key = /^\s*([A-Za-z_]\w*)\s*[:=]\s*(.*)$/
  for (const [at, line] of lines.entries()) {
    const [, name = '', rest = ''] = key.exec(line) ?? []
    const isKey = KEYS.includes(name.toLowerCase())
    if (/^[[({]/.test(rest) && (isKey || at === 0)) return listIn(`${rest}\n${lines.slice(at + 1).join('\n')}`)
    if (isKey && rest === '') {
      const below = block(lines.slice(at + 1))
      if (below) return below
    }
  }
  return lines.every(line => line.startsWith('- ')) ? block(lines) : null
}

/** YAML's entries, up to what is none. @param {readonly string[]} lines @returns {string[] | null} null: there is none */
function block(lines) {
  /** @type {Entry[]} */
  const entries = []
  for (const line of lines) {
    const [, dash, id, name] = /^(?:(-)\s+|(\d+)\s*:\s*)(.*)$/.exec(line) ?? []
    if (!dash && !id) break
    entries.push({ id: idOf(id ?? null), name: unquoted(name) })
  }
  return entries.length ? ordered(entries) : null
}

/** The label map of an annotation tool, `name:r,g,b::`, with a comment at its head. @param {readonly string[]} lines */
function colored(lines) {
  const entries = lines.filter(line => !line.startsWith('#'))
  const isColored = (/** @type {string} */ line) => /^[^:]+:\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*(:|$)/.test(line)
  return entries.length && entries.every(isColored) ? entries.map(line => line.split(':')[0]) : null
}

/** Columns: with a header, or of which three are colours. @param {readonly string[]} lines @returns {string[] | null} */
function table(lines) {
  if (lines.length < 2) return null
  for (const comma of [',', '\t', ';']) {
    const rows = lines.map(line => cells(line, comma))
    const [head] = rows
    if (head.length < 2 || rows.some(row => row.length !== head.length)) continue
    const named = head.findIndex(cell => NAME.test(cell))
    const others = head.filter((cell, at) => at !== named && !ID.test(cell) && !COLOUR.test(cell))
    // A list whose first class is called "class" has no such neighbours.
    const isHead = named >= 0 && (/names?$/i.test(head[named]) || others.length < head.length - 1 || head.length > 2)
    if (isHead) {
      const by = head.findIndex(cell => ID.test(cell))
      return ordered(rows.slice(1).map(row => ({ id: by < 0 ? null : idOf(row[by]), name: row[named] })))
    }
    const colours = coloursIn(rows)
    if (colours) return colours
  }
  // CamVid's: `64 128 64   Animal`.
  const behind = lines.map(line => /^\d{1,3}\s+\d{1,3}\s+\d{1,3}\s+(\D.*)$/.exec(line)?.[1] ?? null)
  if (behind.every(name => name !== null)) return behind
  // A column by itself.
  return /^(class|label)?_?names?$/i.test(lines[0]) ? lines.slice(1).map(unquoted) : null
}

/** Three numbers of 0–255 beside a name, with an id or without. @param {readonly (readonly string[])[]} rows @returns {string[] | null} */
function coloursIn(rows) {
  const isNumber = (/** @type {number} */ column) => rows.every(row => /^\d{1,3}$/.test(row[column]))
  const numbers = rows[0].map((_, column) => isNumber(column))
  const names = numbers.flatMap((isNumeric, column) => isNumeric ? [] : [column])
  const count = numbers.length - names.length
  if (names.length !== 1 || count < 3 || count > 4) return null
  return ordered(rows.map(row => ({ id: count === 4 && numbers[0] ? idOf(row[0]) : null, name: row[names[0]] })))
}

/** `0 name`, `1: name`, `name 0` …, with ids that run from 0 or 1. @param {readonly string[]} lines @returns {string[] | null} */
function numbered(lines) {
  // ImageNet's: `n01440764 tench, Tinca tinca`.
  const words = lines.map(line => /^n\d{8}\s+(.+)$/.exec(line)?.[1] ?? null)
  if (lines.length && words.every(name => name !== null)) return words
  if (lines.length < 2) return null
  const before = /^(\d+)(?:\s*(?:->|=>|[:.)\],;=|])\s*|\s+)(\S.*)$/
  const behind = /^(\S.*?)(?:\s*(?:->|=>|[:,;=|])\s*|\s+)(\d+)$/
  for (const [form, id, name] of /** @type {const} */ ([[before, 1, 2], [behind, 2, 1]])) {
    const found = lines.map(line => form.exec(line))
    const entries = found.flatMap(each => each ? [{ id: idOf(each[id]), name: unquoted(each[name]) }] : [])
    if (entries.length === lines.length && runs(entries)) return ordered(entries)
  }
  return null
}

/** Whether the ids are 0, 1, 2 … or 1, 2, 3 …, in any order. @param {readonly Entry[]} entries */
function runs(entries) {
  const ids = entries.map(({ id }) => Number(id)).sort((a, b) => a - b)
  return ids[0] <= 1 && ids.every((id, at) => id === ids[0] + at)
}

/** @param {readonly string[]} lines */
function plain(lines) {
  // labelme counts from −1: its first line is what has no label.
  const [first, ...rest] = lines
  if (first === '__ignore__') return rest.map(name => name === '_background_' ? 'background' : name)
  if (lines.length > 1 && lines.every(line => /^(["'])[^"']*\1,?$/.test(line))) return lines.map(line =>
    unquoted(line.replace(/,$/, '')))
  if (lines.length === 1 && /[,;]/.test(first)) return cells(first, first.includes(',') ? ',' : ';').filter(Boolean)
  return [...lines]
}

/** A line's cells; between quotes a comma is a letter. @param {string} line @param {string} comma @returns {string[]} */
function cells(line, comma) {
  /** @type {string[]} */
  const found = ['']
  let isQuoted = false
  for (const letter of line) {
    if (letter === '"') isQuoted = !isQuoted
    else if (letter === comma && !isQuoted) found.push('')
    else found[found.length - 1] += letter
  }
  return found.map(cell => cell.trim())
}

/** @param {string} text */
const unquoted = text => /^(["'])(.*)\1$/.exec(text.trim())?.[2] ?? text.trim()

/** @param {string | null} text @returns {number | null} */
const idOf = text => text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null
