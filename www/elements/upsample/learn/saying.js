/** What may be said of a kernel that learns, from its numbers; and the layers that are worth learning with. */
import { significant } from '../../../lib/format.js'
import { MOST_STEPS } from './settings.js'

/** @typedef {import('./training.js').Training} Training */
/** @typedef {import('../../../lib/i18n.js').Translate} Translate */

/** FCN's layer that doubles a map, whose stamps overlap; and one whose stamps lie side by side. */
export const LAYERS = Object.freeze({
  overlap: { kernel: 4, stride: 2, padding: 1 }, apart: { kernel: 2, stride: 2, padding: 0 },
})

/** A kernel is another when no cell differs by more: what two decimals don't show. */
const SAME = 0.005

/** What is smaller is what rounding leaves of 0. */
export const NOTHING = 1e-12

/** @param {number} power @returns {string} 10⁻⁵ */
export function raised(power) {
  const digits = Array.from(String(Math.abs(power)), digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')
  return `10${power < 0 ? '⁻' : ''}${digits}`
}

/**
 * A loss, a rate or a difference, as it is told.
 * @param {number} value from 0
 * @param {string} language
 * @param {number} [digits] that count
 */
export function told(value, language, digits = 3) {
  if (!Number.isFinite(value)) return '∞'
  if (value > 0 && value < NOTHING) return `< ${raised(Math.log10(NOTHING))}`
  if (value < 1e6) return significant(value, language, digits)
  const power = Math.floor(Math.log10(value))
  return `${significant(value / 10 ** power, language)}·${raised(power)}`
}

/**
 * What has come of it.
 * @param {Training} training
 * @param {Translate} t
 * @param {string} language
 * @returns {string} '' while there is nothing to say
 */
export function verdict(training, t, language) {
  const { steps, now, rate, limit, settings } = training
  const say = (/** @type {number} */ value) => told(value, language)
  const values = { steps, rate: say(rate), limit: told(limit, language, 4), loss: say(now.loss) }
  if (training.hasDiverged) return t(settings.map ? 'diverged.map' : 'diverged', values)
  if (!settings.map && rate > limit) return t('tooFast', values)
  if (training.hasSettled) return `${become(training, t, say)} ${unsaid(training, t, say)}`.trim()
  return steps >= MOST_STEPS ? t('stopped', values) : ''
}

/** @param {Training} training @param {Translate} t @param {(value: number) => string} say */
function become({ distance: { bilinear, nearest } }, t, say) {
  const values = { bilinear: say(bilinear), nearest: say(nearest) }
  if (bilinear <= SAME) return t(nearest <= SAME ? 'become.both' : 'become.bilinear', values)
  return t(nearest <= SAME ? 'become.nearest' : 'become.other', values)
}

/** What else is to be known. @param {Training} training @param {Translate} t @param {(value: number) => string} say */
function unsaid({ settings, best }, t, say) {
  if (settings.map) return t('scale')
  if (!best) return t('many')
  return best.loss > NOTHING ? t('least', { loss: say(best.loss) }) : ''
}
