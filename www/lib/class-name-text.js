/**
 * Class names in a text that is no JSON: a name a line, numbered or not, tables with a header, label maps with colours,
 * lists as programs write them (Python, YAML, the Object Detection API's .pbtxt). `src/labels` reads the same;
 * tests/reference/class-names.json holds the two together.
 */
import { listIn } from './literal.js'

/** A key under which files keep the names. */
export const KEYS = ['id2label', 'names', 'classes', 'class_names', 'labels', 'categories']

/** A file has one of them, or a few; after each what is below is looked through. */
const MOST_KEYS = 8

/** What a column of names, and one of ids, is headed by. */
const NAME = /^((class|label|display)[ _]?)?names?$|^class(es)?$|^labels?$|^categor(y|ies)$/i
const ID = /^(class[ _]?|label[ _]?)?(id|idx|index|no|number)$/i
const COLOUR = /^(r|g|b|red|green|blue|colou?r|hex|rgb)$/i

/** @typedef {{id: number | null, name: string}} Entry */

/** No line of a list is longer, and none that is is looked at any closer. Characters. */
const MOST_OF_LINE = 1000

/**
 * @param {string} text
 * @returns {string[]}
 */
export function namesInText(text) {
  const lines = text.split(/\r\n|\r|\n/).map(line => line.trim()).filter(Boolean)
  if (lines.some(line => line.length > MOST_OF_LINE)) return lines
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
  const items = [...text.matchAll(/\bitem\s*(?::\s*)?\{([^{}]{0,2000})\}/g)].map(([, item]) => item)
  if (items.length) {
    return ordered(items.map(item =>
      ({ id: idOf(field(item, 'id')), name: field(item, 'display_name') ?? field(item, 'name') ?? '' })))
  }
  // `names: […]`, `classes = (…)`, `names:` and an entry a line below it.
  const keyed = lines.flatMap((line, at) => {
    const { name, rest } = assigned(line)
    return KEYS.includes(name.toLowerCase()) ? [{ at, rest }] : []
  })
  for (const { at, rest } of keyed.slice(0, MOST_KEYS)) {
    const below = lines.slice(at + 1)
    const found = /^[[({]/.test(rest) ? listIn(`${rest}\n${below.join('\n')}`) : bare(rest) === '' ? block(below) : null
    if (found?.length) return found
  }
  // `VOC = (…)` and no more.
  const { rest } = assigned(lines[0] ?? '')
  const only = /^[[({]/.test(rest) ? listIn(`${rest}\n${lines.slice(1).join('\n')}`, true) : []
  if (only.length) return only
  return lines.every(line => line.startsWith('- ')) ? block(lines) : null
}

/** `name: rest`, `name = rest`. @param {string} line */
function assigned(line) {
  const [, name = '', rest = ''] = /^([A-Za-z_]\w*)\s*[:=](.*)$/.exec(line) ?? []
  return { name, rest: rest.trim() }
}

/** Without YAML's comment at its end. @param {string} text */
const bare = text => text.replace(/(^|\s)#.*$/, '').trim()

/** A field of an item: what is between quotes, or a number. @param {string} item @param {string} key @returns {string | null} */
function field(item, key) {
  const found = new RegExp(`(?:^|[\\s,;])${key}\\s*:\\s*(?:"([^"]*)"|'([^']*)'|(\\d+))`).exec(item)
  return found?.slice(1).find(Boolean) ?? null
}

/**
 * YAML's entries, up to what is none; null: there is none. Of records (`- name: cat`) the names.
 * @param {readonly string[]} lines
 * @returns {string[] | null}
 */
function block(lines) {
  /** @type {Entry[]} */
  const entries = []
  for (const line of lines) {
    const text = bare(line)
    if (text === '') continue
    const [, dash, id, said = ''] = /^(?:(-)\s+|(\d+)\s*:\s*)(.*)$/.exec(text) ?? []
    if (!dash && !id) {
      // A record's other fields.
      if (/^(id|colou?r|index|supercategory)\s*:/.test(text) && entries.length) continue
      break
    }
    const name = dash ? said.replace(/^name\s*:\s*/, '') : said
    if (dash && /^\w+\s*:/.test(name)) return null
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
  return /^(class|label)?[ _]?names?$/i.test(lines[0]) ? lines.slice(1).map(unquoted) : null
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
  for (const form of [before, behind]) {
    const entries = everyOne(lines, form)
    if (entries && runs(entries) && new Set(entries.map(({ name }) => name)).size
      === entries.length) return ordered(entries)
  }
  return null
}

/** What `of` makes of all lines; null at the first of which it makes nothing. @param {readonly string[]} lines @param {(line: string) => Entry | null} of */
function everyOne(lines, of) {
  /** @type {Entry[]} */
  const entries = []
  for (const line of lines) {
    const entry = of(line)
    if (!entry) return null
    entries.push(entry)
  }
  return entries
}

/** What parts a number and a name, where no space need be. */
const PARTING = ['->', '=>', ':', ',', ';', '=', '|', ')', ']']
/** Where spaces must be around. */
const DASHES = ['- ', '– ', '— ', '. ']

/** `0 name`, `0: name`. @param {string} line @returns {Entry | null} */
function before(line) {
  const [digits = ''] = /^\d+/.exec(line) ?? []
  const rest = line.slice(digits.length)
  const text = rest.trimStart()
  const sign = PARTING.find(each => text.startsWith(each))
    ?? DASHES.find(each => text.startsWith(each) && (each === '. ' || text.length < rest.length))
  if (!digits || (!sign && text.length === rest.length)) return null
  const name = unquoted(text.slice(sign?.length ?? 0))
  const id = idOf(digits)
  return id !== null && name ? { id, name } : null
}

/** `name 0`, `name: 0`. @param {string} line @returns {Entry | null} */
function behind(line) {
  let end = line.length
  while (end > 0 && line[end - 1] >= '0' && line[end - 1] <= '9') end--
  const rest = line.slice(0, end)
  const text = rest.trimEnd()
  const sign = PARTING.slice(0, 7).find(each => text.endsWith(each))
    ?? [' -', ' –', ' —'].find(each => text.endsWith(each) && text.length < rest.length)
  if (end === line.length || (!sign && text.length === rest.length)) return null
  const name = unquoted(text.slice(0, text.length - (sign?.length ?? 0)))
  const id = idOf(line.slice(end))
  return id !== null && name ? { id, name } : null
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
