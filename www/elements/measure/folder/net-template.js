/** What a net over a folder looks like beside what any folder has: the net, what it is told of truths, what is kept. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { keptInUse, modelField, modelHint, ownWeights } from '../../common/model/picker.js'
import { variantName } from '../../common/stage/classes.js'
import { badge } from '../../common/ui/badge.js'
import { failed } from '../../common/ui/failure.js'
import { progressCard } from '../../common/ui/progress.js'
import { idsField, mapTable } from '../photo/class-fields.js'
import { firstOf } from './summary.js'

/** @typedef {import('./net-run.js').NetRun} NetRun */
/** @typedef {import('../results.js').Page} Page */

/** Long sides offered, pixels. */
const SIZES = [224, 320, 512, 768, 1024]

/** @param {NetRun} run @param {Page} page */
export function fields({ state, actions }, { t }) {
  const { net, variants, variant, size } = state
  const own = net?.manifest.input.long_side
  const sizes = SIZES.filter(each => each !== own && each <= (net?.manifest.input.max_long_side ?? 1024))
  const valueOf = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value
  return html`${modelField(state, actions)}
    ${variants.length > 1 ? html`<label class="field"><span>${t('photo.head')}</span><select
      .value=${live(variant || (variants.at(-1) ?? ''))}
      @change=${(/** @type {Event} */ event) => actions.set({ variant: valueOf(event) })}>${variants.map(each =>
        html`<option value=${each}
        .selected=${each === (variant || variants.at(-1))}>${variantName(each)}</option>`)}</select></label>` : nothing}
    <label class="field"><span>${t('folder.size')}</span><select .value=${live(String(size))}
      @change=${(/** @type {Event} */ event) =>
      actions.set({ size: valueOf(event) === 'model' ? 'model' : Number(valueOf(event)) })}>
      <option value="model" .selected=${size === 'model'}>${own ? t('folder.size.model', { pixels: own })
        : t('folder.size.usual')}</option>
      ${sizes.map(each => html`<option value=${each}
        .selected=${each === size}>${t('size.pixels', { pixels: each })}</option>`)}</select></label>
    <div class="model-more"><p class="hint">${modelHint(state)}</p> ${keptInUse(state)} ${ownWeights(state)}</div>`
}

/** @param {NetRun} run @param {Pick<Page, 't'>} page */
export function saving({ state, actions }, { t }) {
  return html`<button ?disabled=${!state.masks || state.isSaving} @click=${actions.saveZip}>${t('folder.zip')}</button>`
}

/** What computes, what failed, what was done before. @param {NetRun} run @param {Page} page */
export function notices({ state, actions }, { t, language }) {
  const { restored, gone, total, isUnkept, isRunning, rows, masks, notes } = state
  return html`${notes.length ? html`<p class="hint">${t('own.notes', { notes: notes.join('; ') })}</p>` : nothing}
    ${badge(state, { ms: null })}
    ${failed(state, actions, { hasFormer: rows.length > 0 })} ${progressCard({ ...state, cancel: actions.cancel })}
    ${gone.length ? html`<div class="notice" role="status" part="gone"><div><p>${t('folder.gone', {
      count: whole(gone.length, language), list: firstOf(gone) })}</p></div>
      <button @click=${actions.startOver}>${t('folder.over')}</button></div>` : nothing}
    ${restored ? html`<div class="notice info" role="status" part="restored"><div><p>${t('folder.restored', {
      done: whole(restored, language), all: whole(total, language) })}</p></div>
      <button @click=${actions.startOver}>${t('folder.over')}</button></div>` : nothing}
    ${isUnkept && (isRunning || masks) ? html`<p class="hint" role="status">${t('folder.unkept')}</p>` : nothing}`
}

/** How the truths' classes were counted, which can be changed. @param {NetRun} run @param {Page} page */
export function classes({ state, actions }, page) {
  const { joined, missing, result, isPlain, isClass, byHand, ids, rows, net } = state
  const { t, language } = page
  const left = missing.map(([name, pixels]) => `${name} (${whole(pixels, language)})`).join(', ')
  const renamed = joined.map(({ name, as }) => `${name} → ${className(as, language)}`).join(', ')
  // Which of many classes 255 is, and 0, nobody can know.
  const two = isClass && net && net.classes.length > 2 ? ['0', '255'].map(name => ({ name, id: byHand[name] ?? null }))
    : []
  const own = [...two, ...joined.map(({ name, as }) => ({ name, id: as.id })),
    ...missing.map(([name]) => ({ name, id: null }))]
  const hasTruths = rows.some(({ hasTruth }) => hasTruth)
  return html`${result && renamed ? html`<p class="hint">${t('photo.joined', { list: renamed })}</p>` : nothing}
    ${result && left ? html`<p class="hint">${t('folder.missing', { list: left })}</p>` : nothing}
    ${isPlain && !isClass && hasTruths ? idsField(ids, actions.setIds, page) : nothing}
    ${result && net && own.length ? html`<details class="more"
      ?open=${two.length > 0}><summary>${t('photo.map')}</summary>
      ${mapTable(own.map(({ name, id }) => ({ key: name, name, id, pixels: null })), net.classes,
        actions.mapClass, page)}</details>` : nothing}`
}

/** What stays on the device. @param {NetRun} run @param {Page} page */
export function kept({ state: { kept, isRunning }, actions }, { t, language }) {
  return kept && !isRunning ? html`<p class="hint row" part="kept">${t('folder.kept', { count: whole(kept, language) })}
    <button class="quiet" @click=${actions.forget}>${t('folder.forget')}</button></p>` : nothing
}
