/** How two label maps are read together: their ids must mean the same classes. */
import { FcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { OWN, ownPalette } from './colours.js'

/** @typedef {import('./read.js').LabelMap} LabelMap */
/** @typedef {import('./read.js').Values} Values */
/** @typedef {import('../../../lib/palettes.js').Palette} Palette */

/**
 * @param {LabelMap} truth
 * @param {LabelMap} prediction
 * @returns {{truth: Values, prediction: Values, palette: Palette | null}}
 * @throws {FcnError} invalid_input; `details.kind`: pair_sizes, pair_palettes, pair_palette or pair_own
 */
export function together(truth, prediction) {
  if (truth.width !== prediction.width || truth.height !== prediction.height) {
    const size = (/** @type {LabelMap} */ { width, height }) => `${width}×${height}`
    throw new FcnError('invalid_input', `${size(truth)} and ${size(prediction)} pixels`,
      { kind: 'pair_sizes', truth: size(truth), prediction: size(prediction) })
  }
  const own = [truth, prediction].filter(({ readings }) => readings.some(({ palette }) => palette?.name === OWN))
  if (own.length === 2) return byColour(truth.readings[0], prediction.readings[0])
  if (own.length) throw new FcnError('invalid_input', 'nothing says which id has which colour', { kind: 'pair_own' })
  // A plain map of ids takes the other's names; of two with colours both have to be of one palette.
  const ways = truth.readings.flatMap(a =>
    prediction.readings.filter(b => !a.palette || !b.palette || a.palette.name === b.palette.name)
    .map(b => ({ truth: a.values, prediction: b.values, palette: a.palette ?? b.palette })))
  const titles = (/** @type {LabelMap} */ { readings }) =>
    readings.flatMap(({ palette }) => palette ? [palette.title] : []).join(', ')
  if (!ways.length) {
    throw new FcnError('invalid_input', 'the colours of the two maps are of different data sets',
      { kind: 'pair_palettes', truth: titles(truth), prediction: titles(prediction) })
  }
  if (ways.length > 1) {
    const list = ways.map(({ palette }) => palette?.title ?? '').join(', ')
    throw new FcnError('invalid_input', `the colours are in several palettes: ${list}`, { kind: 'pair_palette', list })
  }
  return ways[0]
}

/**
 * Two maps whose colours are classes of their own: alike are those of one colour.
 * @param {import('./colours.js').Reading} truth
 * @param {import('./colours.js').Reading} prediction
 */
function byColour(truth, prediction) {
  const colors = [...new Set([truth, prediction].flatMap(({ palette }) =>
    palette?.classes.map(({ color }) => color) ?? []))]
  const ids = prediction.palette?.classes.map(({ color }) => colors.indexOf(color)) ?? []
  return { truth: truth.values, prediction: prediction.values.map(value => ids[value]), palette: ownPalette(colors) }
}

/** What a truth's values say of 255. @param {Uint8Array} truth @returns {{isBinary: boolean, hasVoid: boolean}} isBinary: 0 and 255 alone */
export function binary(truth) {
  let hasVoid = false
  for (const value of truth) {
    if (value !== 0 && value !== VOID) return { isBinary: false, hasVoid: true }
    hasVoid ||= value === VOID
  }
  return { isBinary: true, hasVoid }
}

/** 255 as the second class. @param {Values} values @returns {Values} */
export const asClasses = values => values.map(value => value === VOID ? 1 : value)
