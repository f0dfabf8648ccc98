/** The choice of the class whose errors a map shows, what its colours mean, and the class's IoU as the sum of what is seen. */
import { html, live, nothing } from '../../vendor/lit.js'
import { lookupTable } from '../../lib/colors.js'
import { ERRORS } from '../../lib/error-map.js'
import { whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { classCounts } from '../../lib/metrics.js'
import { share } from './results.js'

/** @typedef {import('../../lib/metrics.js').Metrics} Metrics */
/** @typedef {import('./results.js').Named} Named */
/** @typedef {import('./results.js').Page} Page */

/** Told apart by lightness, too: a hit is light, a miss dark, a false alarm between them. */
const OF_ONE = [{ id: ERRORS.hit, color: '#7fd6b0' }, { id: ERRORS.miss, color: '#a3005c' },
  { id: ERRORS.alarm, color: '#f08a24' }]

/** Over a photo, which is seen where nothing is wrong. */
export const OVER_PHOTO = lookupTable([{ id: ERRORS.wrong, color: '#d0006f' },
  { id: ERRORS.left, color: '#2a6fb5' }, ...OF_ONE])

/** By itself. */
export const ALONE = lookupTable([
  { id: ERRORS.none, color: '#d8d1c2' }, { id: ERRORS.wrong, color: '#8b1a6b' },
    { id: ERRORS.left, color: '#5a8bbf' }, ...OF_ONE,
])

/** The class whose errors are shown, if it occurs. @param {Metrics} metrics @param {number | null} id */
export const shownOf = ({ iou }, id) => id !== null && (iou[id] ?? null) !== null ? id : null

/**
 * @param {{metrics: Metrics, classes: readonly Named[], id: number | null, isOverPhoto: boolean}} map id: of the class, null: of all
 * @param {(id: number | null) => void} choose
 * @param {Page} page
 */
export function errorCaption({ metrics, classes, id, isOverPhoto }, choose, page) {
  const { t, language } = page
  const occurring = classes.filter(one => metrics.iou[one.id] !== null)
  const change = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target)
    choose(value === '' ? null : Number(value))
  }
  const all = isOverPhoto ? [['miss', 'wrong']] : [['right', 'right'], ['wrong', 'wrong']]
  const keys = id === null ? all : [['hit', 'hit'], ['missed', 'miss'], ['alarm', 'alarm']]
  return html`<figcaption><label class="field"><span>${t('errors.of')}</span><select class="errors" @change=${change}
      .value=${live(id === null ? '' : String(id))}><option value="">${t('errors.all')}</option>
      ${occurring.map(one => html`<option value=${one.id}
        .selected=${one.id === id}>${className(one, language)}</option>`)}</select></label>
    <p class="hint">${keys.map(([key, name]) => html`<span class="key ${key}"></span> ${t(`masks.${name}`)} `)}
      <span class=${isOverPhoto ? 'key left' : 'key unknown'}></span> ${t('masks.unknown')}</p>
    ${id === null ? nothing : sum(metrics, classes[id], page)}</figcaption>`
}

/** @param {Metrics} metrics @param {Named} one @param {Page} page */
function sum({ confusion, iou }, one, { t, language }) {
  const { hit, truth, predicted } = classCounts(confusion, iou.length, one.id)
  const [hits, misses, alarms] = [hit, truth - hit, predicted - hit].map(count => whole(count, language))
  return html`<p class="hint num" role="status">${t('errors.sum', {
    name: className(one, language), hits, misses, alarms, iou: share(iou[one.id], language) })}</p>`
}
