/**
 * Words and arithmetic for what the model shows: the current step, the cell pointed at, and why a
 * layer is impossible.
 */
import { cellAt, outputLength } from '../../lib/transposed/geometry.js'
import { tapsAt } from '../../lib/transposed/compute.js'
import { formatPair } from '../../lib/transposed/codec.js'
import { formatNumber, isRounded } from './drawing/colours.js'

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./texts.en.js').Words} Words */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('../../lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../lib/transposed/geometry.js').Problem} Problem */

/** Products that are written out on the page; the rest are counted. */
const TERMS = 25
/** Products that are read aloud. */
const TERMS_ALOUD = 9

/**
 * @typedef {object} Explanation
 * @property {string} lead what happens
 * @property {string} sum the arithmetic of the cell, written out; may be empty
 * @property {string} note
 * @property {string} aloud all of it in one go, for a screen reader
 */

/**
 * @param {Model} model
 * @param {Words} words
 * @param {Pair | null} secret canvas cell whose value must not be told
 * @returns {Explanation} of the cell pointed at, else of the current step
 */
export function explain(model, words, secret) {
  const { hover } = model
  const parts = hover ? explainSpot(model, words, secret) : explainStep(model, words, secret)
  const at = hover ? '' : `${capital(words.position(model.step, model.steps))}: `
  const lead = at + parts.lead
  const end = !hover && model.step === model.steps ? ` ${words.finished}` : ''
  return { lead, sum: parts.sum(TERMS), note: parts.note,
    aloud: [lead, parts.sum(TERMS_ALOUD), parts.note].filter(Boolean).join(' ') + end }
}

/** @typedef {{lead: string, sum: (terms: number) => string, note: string}} Parts */

const NO_SUM = () => ''

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * @param {Model} model
 * @param {Words} words
 * @param {Pair | null} secret
 * @returns {Parts}
 */
function explainStep(model, words, secret) {
  const { step, current, walkBy, layer } = model
  if (step === 0) return { lead: words.begin[walkBy], sum: NO_SUM, note: '' }
  if (walkBy === 'output') {
    const cell = /** @type {Pair} */ (current.cell)
    const taps = tapsAt(layer, ...cell)
    const name = outName(model, cell)
    const lead = model.view === 'matrix' ? words.rowTimes(step - 1, name, taps.length)
      : words.gathers(name, taps.length)
    return { lead, sum: sumOf(model, cell, taps, secret), note: cellNote(model, words, cell, taps.length) }
  }
  const input = step - 1
  const value = model.input[input]
  const reach = reachOf(model, input)
  const lead = reach.kept ? words.stamps(inName(model, input), formatNumber(value, 4), reach.kept)
    : `input[${inName(model, input)}] = ${formatNumber(value, 4)}.`
  if (!current.cell || current.tap === null) return { lead, sum: NO_SUM, note: words.wholly }
  const { cell, tap } = current
  const taps = tapsAt(layer, ...cell)
  const done = taps.filter(each => each.input <= input).length
  const weight = model.weights[tap]
  const { canvas } = model.geometry
  const after = model.walked.sums[cell[0] * canvas[1] + cell[1]]
  const before = after - value * weight
  const sum = () =>
    `out[${outName(model, cell)}] = ${tidy(before)} + ${signed(value)} × ${signed(weight)} ${result(after,
      same(secret, cell), [before, weight])}`
  const note = [words.overlapping(done), reach.partly ? words.partly : ''].filter(Boolean).join(' ')
  return { lead, sum, note }
}

/**
 * @param {Model} model
 * @param {Words} words
 * @param {Pair | null} secret
 * @returns {Parts}
 */
function explainSpot(model, words, secret) {
  const { input, cell, tap } = /** @type {import('./model.js').Spot} */ (model.hover)
  if (tap !== null) {
    const lead = words.kernelCell(cellAt(tap, model.layer.kernel).join(','), formatNumber(model.weights[tap], 4))
    if (input === null || !cell) return { lead, sum: NO_SUM, note: '' }
    const product = `input[${inName(model,
      input)}] × kernel[${cellAt(tap,
        model.layer.kernel).join(',')}] = ${signed(model.input[input])} × ${signed(model.weights[tap])}`
    return { lead: `${lead}.`,
      sum: () => `${product} ${result(model.input[input] * model.weights[tap], false, [])} → out[${outName(model,
        cell)}]`, note: model.outputIndex(cell) < 0 ? words.trimmedCell : '' }
  }
  if (cell) {
    const all = tapsAt(model.layer, ...cell)
    const landed = model.walkBy === 'input' ? all.filter(each => each.input < model.step) : all
    const lead = model.outputIndex(cell) < 0 ? words.trimmedCell : words.gathers(outName(model, cell), all.length)
    const note = landed.length < all.length ? words.soFar(landed.length, all.length)
      : model.outputIndex(cell) < 0 ? '' : cellNote(model, words, cell, all.length)
    // A cell that the walk has not come to yet keeps its answer in "predict" mode.
    const untold = same(secret, cell)
    return { lead, sum: landed.length || !all.length ? sumOf(model, cell, landed, untold ? cell : null) : NO_SUM, note }
  }
  if (input === null) return { lead: '', sum: NO_SUM, note: '' }
  const reach = reachOf(model, input)
  const value = formatNumber(model.input[input], 4)
  const lead = reach.kept ? words.goes(inName(model, input), value, reach.kept)
    : `input[${inName(model, input)}] = ${value}.`
  return { lead, sum: NO_SUM, note: !reach.kept ? words.wholly : reach.partly ? words.partly : '' }
}

/**
 * The rows and columns of the output that a stamp reaches.
 * @param {Model} model
 * @param {number} input
 * @returns {{kept: number[] | null, partly: boolean}} top, bottom, left, right; null: none
 */
function reachOf(model, input) {
  const { stride, padding } = model.layer
  const { span, output } = model.geometry
  const [r, c] = cellAt(input, model.layer.input)
  const top = r * stride[0] - padding[0]
  const left = c * stride[1] - padding[1]
  const bottom = top + span[0] - 1
  const right = left + span[1] - 1
  const kept = [Math.max(top, 0), Math.min(bottom, output[0] - 1), Math.max(left, 0), Math.min(right, output[1] - 1)]
  const partly = kept[0] !== top || kept[1] !== bottom || kept[2] !== left || kept[3] !== right
  return { kept: kept[0] > kept[1] || kept[2] > kept[3] ? null : kept, partly }
}

/**
 * @param {Model} model
 * @param {Pair} cell of the canvas
 * @param {import('../../lib/transposed/compute.js').Tap[]} taps
 * @param {Pair | null} secret
 * @returns {(terms: number) => string}
 */
function sumOf(model, cell, taps, secret) {
  return most => {
    const shown = taps.slice(0, most)
    const products = shown.map(tap => `${signed(model.input[tap.input])} × ${signed(model.weights[tap.kernel])}`)
    if (taps.length > most) products.push(wordless(taps.length - most))
    const total = taps.reduce((sum, tap) => sum + model.input[tap.input] * model.weights[tap.kernel], 0)
    const operands = shown.flatMap(tap => [model.input[tap.input], model.weights[tap.kernel]])
    return `out[${outName(model, cell)}] = ${products.length
      ? `${products.join(' + ')} ${result(total, same(secret, cell), operands)}` : '0'}`
  }
}

/** @param {number} n */
function wordless(n) {
  return `… (+${n})`
}

/**
 * @param {number} value
 * @param {boolean} untold
 * @param {number[]} operands numbers shown rounded make the equation an approximation
 */
function result(value, untold, operands) {
  if (untold) return '= ?'
  const rounded = isRounded(value, 4) || operands.some(operand => isRounded(operand, 4))
  return `${rounded ? '≈' : '='} ${tidy(value)}`
}

/** @param {number} value written with up to four decimals; leftovers of float sums vanish */
function tidy(value) {
  return formatNumber(Math.abs(value) < 1e-12 ? 0 : value, 4)
}

/** @param {number} value with brackets when negative, as a factor */
function signed(value) {
  return value < 0 ? `(${tidy(value)})` : tidy(value)
}

/** @param {Pair | null} a @param {Pair} b */
function same(a, b) {
  return a !== null && a[0] === b[0] && a[1] === b[1]
}

/**
 * @param {Model} model
 * @param {Words} words
 * @param {Pair} cell
 * @param {number} taps
 * @returns {string}
 */
function cellNote(model, words, cell, taps) {
  const { output } = model.geometry
  const { outputPadding, padding } = model.layer
  const isAdded = [0, 1].some(axis => cell[axis] - padding[axis] >= output[axis] - outputPadding[axis])
  if (isAdded) return taps ? words.added : words.addedEmpty
  return taps ? words.reached(taps) : words.unreached
}

/** @param {Model} model @param {number} input */
export function inName(model, input) {
  return cellAt(input, model.layer.input).join(',')
}

/** Output coordinates of a canvas cell; trimmed cells get negative or too large ones. @param {Model} model @param {Pair} cell */
export function outName(model, [r, c]) {
  return `${r - model.layer.padding[0]},${c - model.layer.padding[1]}`
}

/**
 * The size formula with the numbers in it.
 * @param {Layer} layer may be impossible
 * @param {0 | 1} axis
 * @returns {{numbers: string, result: number}}
 */
export function formula({ input: n, kernel: k, stride: s, padding: p, outputPadding: op, dilation: d }, axis) {
  const at = (/** @type {Pair} */ pair) => formatNumber(pair[axis], 6)
  return {
    numbers: `(${at(n)}−1)·${at(s)} − 2·${at(p)} + ${at(d)}·(${at(k)}−1) + ${at(op)} + 1`,
    result: outputLength(n[axis], k[axis], s[axis], p[axis], op[axis], d[axis]),
  }
}

/**
 * @param {Problem} problem
 * @param {Words} words
 * @param {string} typed what stands in the field
 * @returns {string}
 */
export function problemText({ code, field, value, limit, got = 0, side = 0 }, words, typed) {
  const name = words.fields[field]
  switch (code) {
    case 'not_a_number': return capital(words.problem.not_a_number(name, typed))
    case 'not_whole': return capital(words.problem.not_whole(name, value))
    case 'too_small': return capital(words.problem.too_small(name, value, limit))
    case 'too_large': return capital(words.problem.too_large(name, value, limit))
    case 'output_padding': return words.problem.output_padding(value, limit)
    case 'output_empty': return words.problem.output_empty(String(got).replace('-', '\u2212'), value)
    default: return words.problem.figure_too_large(got, side, limit)
  }
}

/**
 * What the whole figure shows, in one line.
 * @param {Layer} layer
 * @param {Words} words
 */
export function summary(layer, words) {
  const { fields } = words
  const size = (/** @type {Pair} */ [r, c]) => `${r}×${c}`
  const pair = (/** @type {Pair} */ value) => formatPair(value).replace('x', '×')
  return [
    `${fields.input} ${size(layer.input)}`, `${fields.kernel} ${size(layer.kernel)}`,
      `${fields.stride} ${pair(layer.stride)}`,
    `${fields.padding} ${pair(layer.padding)}`, `${fields.outputPadding} ${pair(layer.outputPadding)}`,
      `${fields.dilation} ${pair(layer.dilation)}`,
  ].join(' · ')
}
