/** What "two masks" looks like: the two files, what is not labelled, what doesn't fit, the numbers, where they differ. */
import { html, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { maskColors } from '../../../lib/planes.js'
import { ALONE, errorCaption } from '../error-map.js'
import { results, share } from '../results.js'
import { askColours } from './ask-colours.js'
import { twoQuestion } from './two-question.js'
import { voidField } from './void-field.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Which} Which */
/** @typedef {import('../results.js').Page} Page */

/** @param {import('./controller.js').Masks} masks @param {Page} page */
export function masks({ state, actions }, page) {
  const { t } = page
  const { truth, prediction, unlabelled, measured, isClass } = state
  return html`<p class="told">${t('masks.lead')}</p>
    <div class="controls">
      ${chooser('truth', state, actions, page)} ${chooser('prediction', state, actions, page)}
      ${voidField(String(unlabelled), actions.setVoid, isClass, page, state.values)}
      ${truth || prediction ? html`<div class="row"><button ?disabled=${!truth || !prediction}
        @click=${actions.swap}>${t('masks.swap')}</button>
        <button @click=${actions.clear}>${t('masks.clear')}</button></div>` : nothing}
    </div>
    ${state.asks.map(({ which, ask }) => ask ? askColours(ask, how => actions.setColours(which, how), page) : nothing)}
    ${twoQuestion(state, String(unlabelled), actions.setTwo, t('masks.two'), page)} ${misfitting(state, page)}
    ${measured ? outcome(state, actions, page) : nothing}`
}

/** @param {Which} which @param {State} state @param {Actions} actions @param {Page} page */
function chooser(which, state, actions, { t, language }) {
  const given = state[which]
  const facts = given && [
    given.name, `${whole(given.map.width, language)}×${whole(given.map.height, language)}`, t(`kind.${given.map.kind}`),
    given.map.readings.flatMap(({ palette }) => palette ? [palette.title || t('colours.are_classes')] : []).join(' / '),
  ].filter(Boolean).join(', ')
  const { changed = 0, left = 0 } = given?.map.readings[0] ?? {}
  return html`<div class="field"><span>${t(`masks.${which}`)}</span>
    <label class="button file">${t('masks.choose')}<input type="file" accept="image/png,.png"
      aria-label=${t(`masks.${which}`)}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target)
        const [file] = input.files ?? []
        if (file) actions.take(which, file)
        input.value = ''
      }}></label>
    <span class="hint" role="status">${facts ?? nothing}${changed
      ? html`<br>${t('colours.changed', { count: whole(changed, language) })}` : nothing}${left
      ? html`<br>${t('colours.left', { count: whole(left, language) })}` : nothing}${which === 'prediction' && state.measured?.isMatched
      ? html`<br>${t('colours.matched')}` : nothing}</span></div>`
}

/** @param {State} state @param {Page} page */
function misfitting({ misfit }, { t }) {
  return misfit ? html`<div class="notice" role="status"
    part="misfit"><div><p>${t(misfit.key, misfit.details)}</p></div></div>` : nothing
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function outcome({ measured, truth, errors }, actions, page) {
  const { t, language } = page
  if (!measured || !truth) return nothing
  const { metrics, classes, boundary, tolerance } = measured
  const { id, where } = errors ?? { id: null, where: measured.where }
  const { width, height } = truth.map
  const edges = html`<tr><th scope="row">${t('metric.boundary')}</th><td
    class="num value">${share(boundary, language)}</td>
    <td class="sum">${boundary === null ? t('boundary.none') : t('boundary.how', { tolerance })}</td></tr>`
  return html`<div class="outcome"><figure><fcn-map-picture .width=${width} .height=${height}
    .colors=${maskColors(where, ALONE)}
      .label=${id === null ? t('masks.where')
        : t('errors.label', { name: className(classes[id], language) })}></fcn-map-picture>
      ${errorCaption({ metrics, classes, id, isOverPhoto: false }, actions.setErrors, page)}</figure>
    ${results(metrics, classes, page, edges)}</div>`
}
