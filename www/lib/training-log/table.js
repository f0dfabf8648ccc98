/**
 * The columns of a training's log, with the numbers that are there: an empty cell costs nothing, for logs write training
 * and validation in rows of their own. Names are anybody's, so they are looked up in a map and never on an object.
 */
import { FcnError } from '../errors.js'

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {number[]} rows in which it has a number, from 0, ascending
 * @property {number[]} values in them
 * @property {number} texts cells with something else than a number
 * @property {number} notFinite cells with NaN, or without end
 */

/**
 * @typedef {object} Table
 * @property {string} file
 * @property {'table' | 'scalars' | 'history' | 'card'} kind scalars: one tag of TensorBoard's; history: of Keras, a row an
 *   epoch; card: of a model.json
 * @property {Column[]} columns
 * @property {boolean} hasNames whether the file says what its columns are
 * @property {number} unread lines that could not be read
 * @property {number} left columns beyond the limit
 */

/** @typedef {string | number | null | undefined} Cell */

/** More rows than a training has validations by far. */
export const MOST_ROWS = 200_000
export const MOST_COLUMNS = 1000
/** Longer names are cut where they are shown. */
const MOST_NAME = 80
/** No number is longer, and patterns take long over what is. */
export const MOST_NUMBER = 64

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const NOT_FINITE = /^[+-]?(nan|inf(inity)?|1\.#(ind|inf|qnan)|#n\/a|#num!)$/i
const EMPTY = /^(|-|–|none|null|n\/?a)$/i
/** What Python's print leaves in a log that was written by hand, and a percent sign: around the number itself. */
const AROUND = /^tensor\(\s*\[?|[,\])].*$|\s*%$/g

/** @param {string} kind @param {Record<string, string | number>} [details] */
export const refused = (kind, details = {}) => new FcnError('invalid_input', kind, { kind, ...details })

/**
 * @param {string} text of a cell
 * @returns {number | null | 'text'} NaN for what isn't finite; null: nothing is there
 */
export function numberIn(text) {
  const trimmed = text.trim()
  if (trimmed.length > MOST_NUMBER) return 'text'
  if (EMPTY.test(trimmed)) return null
  const bare = /^tensor\(|%$/.test(trimmed) ? trimmed.replace(AROUND, '') : trimmed
  if (NOT_FINITE.test(bare)) return NaN
  if (!NUMBER.test(bare)) return 'text'
  return Number.isFinite(Number(bare)) ? Number(bare) : NaN
}

/** Fills a table row by row. */
export class Builder {
  /** @type {Map<string, Column>} */
  #byName = new Map()
  #row = -1
  /** Names of columns beyond the limit. @type {Set<string>} */
  #left = new Set()
  unread = 0

  /**
   * The names of all columns at once, two of the same name told apart.
   * @param {readonly string[]} names
   * @returns {(Column | null)[]} in their order; null: it is one too many
   */
  head(names) {
    return names.map((said, at) => {
      const name = said || `#${at + 1}`
      let free = name
      for (let count = 2; this.#byName.has(free); count++) free = `${name} (${count})`
      return this.column(free)
    })
  }

  /** @param {string} name @returns {Column | null} null: there are too many */
  column(name) {
    const known = this.#byName.get(name)
    if (known) return known
    if (this.#byName.size >= MOST_COLUMNS) {
      this.#left.add(name)
      return null
    }
    /** @type {Column} */
    const made = { name: name.slice(0, MOST_NAME), rows: [], values: [], texts: 0, notFinite: 0 }
    this.#byName.set(name, made)
    return made
  }

  /** @throws {FcnError} invalid_input, log_rows */
  next() {
    if (++this.#row >= MOST_ROWS) throw refused('log_rows', { rows: MOST_ROWS })
  }

  /** @param {Column | null} column @param {Cell} cell */
  put(column, cell) {
    if (!column || cell === null || cell === undefined) return
    const value = typeof cell === 'string' ? numberIn(cell) : cell
    if (value === null) return
    if (value === 'text') column.texts++
    else if (!Number.isFinite(value)) column.notFinite++
    else {
      column.rows.push(this.#row)
      column.values.push(value)
    }
  }

  /** @param {string} file @param {Table['kind']} kind @param {boolean} [hasNames] @returns {Table} */
  table(file, kind, hasNames = true) {
    return { file, kind, columns: [...this.#byName.values()], hasNames, unread: this.unread, left: this.#left.size }
  }
}
