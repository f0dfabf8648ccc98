/** How "training curves" writes its numbers, and the names of what they are. */
import { percent, significant, whole } from '../../../lib/format.js'
import { isLoss } from '../../../lib/training-log/columns.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../../lib/training-log/columns.js').Role} Role */
/** @typedef {import('../../../lib/training-log/series.js').Curves['unit']} Unit */

/** @type {Readonly<Record<Role, string>>} */
const NAMES = {
  trainLoss: 'curves.trainLoss', valLoss: 'curves.valLoss', pixelAccuracy: 'curves.pixelAccuracy',
    meanAccuracy: 'curves.meanAccuracy', miou: 'curves.miou',
}
/** In a chart there is less room. @type {Readonly<Record<Role, string>>} */
const SHORT = {
  trainLoss: 'curves.short.trainLoss', valLoss: 'curves.short.valLoss', pixelAccuracy: 'curves.short.pixelAccuracy',
  meanAccuracy: 'curves.short.meanAccuracy', miou: 'curves.miou',
}
/** @type {Readonly<Record<Unit, string>>} */
const PLACES = { step: 'curves.at.step', epoch: 'curves.at.epoch', row: 'curves.at.row' }

/** @param {Role} role @param {Translate} t @param {boolean} [isShort] */
export const roleName = (role, t, isShort = false) => t((isShort ? SHORT : NAMES)[role])

/** A count, or a part of one: epochs may be broken. @param {number} value @param {string} language */
export const exact = (value, language) => Number.isInteger(value) ? whole(value, language)
  : significant(value, language, 5)

/** "step 3,000". @param {number} step @param {Unit} unit @param {Translate} t @param {string} language */
export const placeText = (step, unit, t, language) => t(PLACES[unit], { n: exact(step, language) })

/** @param {number} value nats @param {string} language */
export const lossText = (value, language) => significant(value, language, 3)

/** @param {number} value 0..1 @param {string} language */
export const shareText = (value, language) => percent(value, language, 1)

/** @param {Role} role @param {number} value @param {string} language */
export const valueText = (role, value, language) => isLoss(role) ? lossText(value, language)
  : shareText(value, language)

/** A change of a share in percentage points, without a sign. @param {number} change @param {string} language */
export const pointsText = (change, language) => significant(Math.abs(100 * change), language,
  Math.abs(change) < 0.1 ? 2 : 3)
