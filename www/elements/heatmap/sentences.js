/** What became of label and heat map where the photo was moved, in words. */
import { percent, whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { largestOf } from '../../lib/feature-maps.js'
import { AROUND } from '../../lib/windows.js'

/** @typedef {import('../../lib/i18n.js').Language} Language */
/** @typedef {import('../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../lib/shift.js').Shift} Shift */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('./reading.js').Move} Move */
/** @typedef {{t: Translate, language: Language}} Page */

/** Sums of f32 in another order differ by less than this, relative to the largest score. */
const TOLERANCE = 1e-4

/** "64 px to the right and 32 px up". @param {Shift} by pixels @param {Page} page @returns {string} '' for none */
export function wayText({ x, y }, { t, language }) {
  const across = x === 0 ? '' : t(x > 0 ? 'way.right' : 'way.left', { pixels: whole(Math.abs(x), language) })
  const down = y === 0 ? '' : t(y > 0 ? 'way.down' : 'way.up', { pixels: whole(Math.abs(y), language) })
  return across && down ? t('way.both', { across, down }) : across || down
}

/** What became of the one label. @param {Move} move @param {Heatmap} map @param {Page} page */
export function labelText({ before, after }, { classes }, { t, language }) {
  const name = (/** @type {number} */ id) => className(classes[id], language)
  const facts = {
    from: name(before.label.id), to: name(after.label.id),
    before: percent(before.label.probability, language), after: percent(after.label.probability, language),
  }
  return t(before.label.id === after.label.id ? 'move.label.same' : 'move.label.other', facts)
}

/** @type {Readonly<Record<Move['movement']['where'], string>>} */
const WHERE = { exact: 'move.exact', near: 'move.near', elsewhere: 'move.elsewhere', gone: 'move.gone' }

/** How the peak moved. @param {Move} move @param {Heatmap} map @param {Page} page */
export function peakText({ shown, shift, before, after, movement }, { classes, stride }, page) {
  const { t, language } = page
  const way = wayText(movement.by, page)
  const facts = {
    name: className(classes[shown], language), row: before.peak.row, column: before.peak.column,
    toRow: after.peak.row, toColumn: after.peak.column, way, shift: wayText(shift, page),
  }
  return `${t(way ? 'move.peak' : 'move.peak.still', facts)} ${t(WHERE[movement.where], { stride })}`
}

/** Which cells must have the scores that they had. @param {Move} move @param {Heatmap} map @param {Page} page */
export function keptText({ kept }, { stride }, { t }) {
  if (!kept) return t('kept.broken', { stride })
  const { count, all, largest, most } = kept
  const facts = { count, all, around: AROUND }
  if (count === 0) return t('kept.none', facts)
  return `${t('kept', facts)} ${largest === 0 ? t('kept.exact')
    : t(largest > TOLERANCE * most ? 'kept.wrong' : 'kept.same', { difference: power(largest),
      largest: most.toPrecision(3) })}`
}

/**
 * How the scores of the fully connected layers compare with those of the same layers as convolutions.
 * @param {number} difference the largest
 * @param {Heatmap} label
 * @param {Translate} t
 */
export function sameText(difference, { window: side, scores }, t) {
  if (difference === 0) return t('surgery.exact', { side })
  const largest = largestOf(scores)
  const key = difference > TOLERANCE * largest ? 'surgery.wrong' : 'surgery.same'
  return t(key, { side, difference: power(difference), largest: largest.toPrecision(3) })
}

/** @param {number} value above 0 @returns {string} '1.4 × 10⁻⁶' */
function power(value) {
  const [mantissa, exponent] = value.toExponential(1).split('e')
  const raised = exponent.replace('+', '').replace('-', '⁻').replace(/\d/g, digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])
  return `${mantissa}\u00a0×\u00a010${raised}`
}
