/**
 * From the columns of logs to curves: which column is what, guessed or as a person says; values by step; what had to be
 * left out on the way; and fewer points where a line has more than a screen shows.
 */
import { ROLES, isLoss, meaningOf, unitOf } from './columns.js'

/** @typedef {import('./table.js').Table} Table */
/** @typedef {import('./table.js').Column} Column */
/** @typedef {import('./columns.js').Role} Role */
/** @typedef {{step: number, value: number}} Dot */
/** A column to choose. `id`: its table and its place in it. @typedef {{id: string, label: string, count: number}} Option */
/**
 * `step`: the name of the column to count by, '' for the row's number; the others: a column's id, '' for none.
 * @typedef {Record<Role, string> & {step: string}} Assignment
 */

/**
 * @typedef {object} Curves
 * @property {'step' | 'epoch' | 'row'} unit what is counted
 * @property {Record<Role, Dot[]>} lines by step, each step once; losses in nats, scores 0..1
 * @property {Role[]} percent scores that were given as 0..100
 * @property {{texts: number, notFinite: number, outside: number, stepless: number}} left cells that could not be used; outside:
 *   scores below 0 or above 100 %; stepless: in a row without a step
 * @property {number} repeated values at a step that had one already: their mean is taken
 * @property {string[]} mixed what the files count by, where that isn't one
 */

/** A share may be a little above 1 by rounding; one that is more is a percentage. */
const MOST_SHARE = 1.001

/** What can be a curve. @param {readonly Table[]} tables @returns {Option[]} */
export function optionsOf(tables) {
  const shared = sharedNames(tables)
  return tables.flatMap(({ columns, file }, table) => columns.flatMap(({ name, values }, at) => values.length
    ? [{ id: `${table}:${at}`, label: shared.has(name) ? `${name} (${file})` : name, count: values.length }] : []))
}

/** Names that more than one table has. @param {readonly Table[]} tables */
function sharedNames(tables) {
  /** @type {Set<string>} */
  const seen = new Set()
  /** @type {Set<string>} */
  const shared = new Set()
  for (const { columns } of tables) {
    for (const { name, values } of columns) if (values.length && seen.has(name)) shared.add(name)
    for (const { name } of columns) seen.add(name)
  }
  return shared
}

/** The names of all columns with numbers, to count by. @param {readonly Table[]} tables @returns {string[]} */
export function stepsOf(tables) {
  return [...new Set(tables.flatMap(({ columns }) =>
    columns.flatMap(({ name, values }) => values.length ? [name] : [])))]
}

/** @param {readonly Table[]} tables @returns {Assignment} */
export function guess(tables) {
  const known = tables.flatMap(({ columns }, table) => columns.flatMap((column, at) => {
    const meaning = meaningOf(column.name)
    // One value makes no curve: Hugging Face ends a log with a summary.
    return meaning && column.values.length
      ? [{ ...meaning, id: `${table}:${at}`, isPoint: column.values.length < 2, stride: strideOf(column.name) }] : []
  }))
  // Several of one name with numbers are the classes', and no mean.
  const isOfClasses = (/** @type {typeof known[number]} */ { what, split, isNumbered }) =>
    isNumbered && known.filter(each => each.isNumbered && each.what === what && each.split === split).length > 1
  /** @param {Role} role @param {readonly ('train' | 'val' | '')[]} splits in the order wished for @param {string} [not] */
  const best = (role, splits, not = '') => {
    const what = isLoss(role) ? 'loss' : role
    const place = (/** @type {typeof known[number]} */ each) =>
      Number(each.isPoint) * 1000 + splits.indexOf(each.split) * 100 + each.rank + each.stride / 100
    return known.filter(each => each.what === what && splits.includes(each.split) && each.id !== not
      && !isOfClasses(each))
      .reduce((/** @type {typeof known[number] | null} */ first, each) => first && place(first) <= place(each)
        ? first : each, null)?.id ?? ''
  }
  return {
    step: stepOf(tables), trainLoss: best('trainLoss', ['train', '']), valLoss: best('valLoss', ['val']),
    pixelAccuracy: best('pixelAccuracy', ['val', '']), meanAccuracy: best('meanAccuracy', ['val', '']),
      miou: best('miou', ['val', '']),
  }
}

/** Of several heads the finest is meant: the pixels between an FCN's scores, 0 where none are named. @param {string} name */
const strideOf = name => Number(/fcn-?(8|16|32)s/i.exec(name)?.[1] ?? 0)

/**
 * What to count by: what all tables have, rather than what one has; the finest of that which stands in most rows.
 * @param {readonly Table[]} tables
 */
function stepOf(tables) {
  const names = tables.map(stepIn)
  const [first] = names
  if (names.every(name => name === first)) return first ?? ''
  const common = stepsOf(tables).filter(name => meaningOf(name)?.what === 'step'
    && tables.every(table => coverage(table, name) > 0.9))
  return common.sort((a, b) => rankOf(a) - rankOf(b))[0] ?? first ?? ''
}

/** @param {Table} table @returns {string} */
function stepIn(table) {
  const steps = table.columns.filter(({ name, values }) => meaningOf(name)?.what === 'step'
    && values.some(value => value !== values[0]))
  const most = Math.max(...steps.map(({ name }) => coverage(table, name)))
  return steps.filter(({ name }) => coverage(table, name) >= 0.99 * most).sort((a, b) =>
    rankOf(a.name) - rankOf(b.name))[0]?.name ?? ''
}

/** @param {string} name */
const rankOf = name => meaningOf(name)?.rank ?? Infinity

/** The part of a table's rows in which a column has a number. @param {Table} table @param {string} name */
function coverage({ columns }, name) {
  const rows = columns.reduce((most, { rows }) => Math.max(most, (rows.at(-1) ?? -1) + 1), 0)
  return (columns.find(column => column.name === name)?.values.length ?? 0) / Math.max(1, rows)
}

/** @param {readonly Table[]} tables @param {Assignment} assignment @returns {Curves} */
export function curvesOf(tables, assignment) {
  /** @type {Curves} */
  const curves = {
    unit: assignment.step ? unitOf(assignment.step) : tables.every(({ kind }) => kind === 'history') ? 'epoch' : 'row',
    lines: { trainLoss: [], valLoss: [], pixelAccuracy: [], meanAccuracy: [], miou: [] },
    percent: [], left: { texts: 0, notFinite: 0, outside: 0, stepless: 0 }, repeated: 0, mixed: [],
  }
  /** @type {Set<string>} */
  const counted = new Set()
  for (const role of ROLES) {
    const [table, at] = assignment[role].split(':').map(Number)
    const found = assignment[role] ? tables[table] : null
    const column = found?.columns[at]
    if (!found || !column) continue
    curves.left.texts += column.texts
    curves.left.notFinite += column.notFinite
    const steps = assignment.step === '' ? null : stepColumn(found, assignment.step)
    counted.add(steps?.name ?? '#')
    curves.lines[role] = lineOf(column, steps, role, curves)
  }
  if (counted.size > 1) curves.mixed = [...counted]
  return curves
}

/** A table without that column counts by its own. @param {Table} table @param {string} step @returns {Column | null} null: by row */
function stepColumn(table, step) {
  const named = (/** @type {string} */ wanted) => table.columns.find(({ name, values }) =>
    name === wanted && values.length)
  return named(step) ?? named(stepIn(table)) ?? null
}

/**
 * @param {Column} column
 * @param {Column | null} counted null: by row
 * @param {Role} role
 * @param {Curves} curves told what had to be left out
 * @returns {Dot[]}
 */
function lineOf({ rows, values }, counted, role, curves) {
  const isPercent = !isLoss(role) && values.some(value => value > MOST_SHARE)
  if (isPercent) curves.percent.push(role)
  /** @type {Dot[]} */
  const dots = []
  let isSorted = true
  let near = 0
  values.forEach((value, i) => {
    const row = rows[i]
    while (counted && near < counted.rows.length && counted.rows[near] < row) near++
    const step = !counted ? row + 1 : counted.rows[near] === row ? counted.values[near] : null
    const share = isPercent ? value / 100 : value
    if (!isLoss(role) && (share < 0 || share > MOST_SHARE)) curves.left.outside++
    else if (step === null) curves.left.stepless++
    else {
      isSorted &&= !dots.length || dots[dots.length - 1].step < step
      dots.push({ step, value: share })
    }
  })
  return isSorted ? dots : merged(dots.sort((a, b) => a.step - b.step), curves)
}

/** One point a step: the mean of those that have the same. @param {readonly Dot[]} dots by step @param {Curves} curves @returns {Dot[]} */
function merged(dots, curves) {
  /** @type {Dot[]} */
  const all = []
  let count = 1
  for (const { step, value } of dots) {
    const last = all.at(-1)
    if (last?.step === step) {
      last.value += (value - last.value) / ++count
      curves.repeated++
    } else {
      all.push({ step, value })
      count = 1
    }
  }
  return all
}

/** @param {readonly Dot[]} dots by step @param {number} step @returns {number | null} */
export function valueAt(dots, step) {
  let [from, to] = [0, dots.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (dots[middle].step < step) from = middle + 1
    else to = middle
  }
  return dots[from]?.step === step ? dots[from].value : null
}

/**
 * As many points as a screen shows: of each stretch the lowest and the highest, so that no peak is lost.
 * @param {readonly Dot[]} dots by step
 * @param {number} most
 * @returns {readonly Dot[]}
 */
export function thinned(dots, most) {
  if (dots.length <= most) return dots
  const stretches = Math.floor(most / 2)
  return Array.from({ length: stretches }, (_, i) => {
    const part = dots.slice(Math.floor(i * dots.length / stretches), Math.floor((i + 1) * dots.length / stretches))
    const low = part.reduce((a, b) => b.value < a.value ? b : a)
    const high = part.reduce((a, b) => b.value > a.value ? b : a)
    return low === high ? [low] : low.step < high.step ? [low, high] : [high, low]
  }).flat()
}
