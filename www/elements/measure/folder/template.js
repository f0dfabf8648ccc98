/** What "a folder" looks like: the two folders, how far it is, the numbers of all together, the pictures, the worst first. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { UNLABELLED } from '../masks/controller.js'
import { results, share } from '../results.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Side} Side */
/** @typedef {import('../results.js').Page} Page */

/** Rows shown; a table of thousands would be slow, and the CSV has them all. */
const ROWS = 50
/** Names that are listed where files have no partner. */
const NAMES = 5

/** @param {import('./controller.js').Folder} folder @param {Page} page */
export function folder({ state, actions }, page) {
  const { t } = page
  const { pairs, unlabelled, isRunning, isPaused, isClass, rows, result } = state
  return html`<p class="told">${t('folder.lead')}</p>
    <div class="controls">
      ${chooser('truths', state, actions, page)} ${chooser('predictions', state, actions, page)}
      <label class="field"><span>${t('masks.void')}</span><select .value=${live(unlabelled)} @change=${(/** @type {Event} */ event) =>
        actions.setVoid(UNLABELLED.find(each => each === /** @type {HTMLSelectElement} */ (event.target).value) ?? '255')}>
        ${UNLABELLED.map(each => html`<option value=${each} .selected=${each === unlabelled}>${t(`void.${each}`)}</option>`)}</select>${isClass ? html`<span class="hint">${t('masks.two.counted')}</span>` : nothing}</label>
      <div class="row">${isRunning ? html`<button @click=${actions.pause}>${t('folder.pause')}</button>`
        : html`<button class="main" ?disabled=${!pairs.length} @click=${actions.start}>${t(isPaused ? 'folder.go_on' : 'folder.start')}</button>`}
        <button ?disabled=${!rows.length} @click=${actions.saveCsv}>${t('folder.csv')}</button>
        <button ?disabled=${!result} @click=${actions.saveJson}>${t('folder.json')}</button></div>
    </div>
    ${paired(state, page)} ${progress(state, page)} ${question(state, actions, page)}
    ${result ? html`${results(result.metrics, result.classes, page, perPhoto(state, page))} ${table(state, actions, page)}` : nothing}
    ${problems(state, page)}`
}

/** @param {Side} side @param {State} state @param {Actions} actions @param {Page} page */
function chooser(side, { counts }, actions, { t, language }) {
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target)
    const files = [...input.files ?? []]
    if (files.length) actions.choose(side, files)
    input.value = ''
  }
  return html`<div class="field"><span>${t(`folder.${side}`)}</span>
    <div class="row"><label class="button file">${t('folder.choose')}<input type="file" webkitdirectory multiple
        aria-label=${t(`folder.${side}.choose`)} @change=${take}></label>
      <label class="button file">${t('folder.files')}<input type="file" accept="image/png,.png" multiple
        aria-label=${t(`folder.${side}.files`)} @change=${take}></label></div>
    <span class="hint num" role="status">${counts[side] ? t('folder.count', { count: whole(counts[side], language) }) : nothing}</span></div>`
}

/** @param {State} state @param {Page} page */
function paired({ pairs, alone, counts }, { t, language }) {
  if (!counts.truths || !counts.predictions) return nothing
  /** @param {string} key @param {readonly string[]} names */
  const lonely = (key, names) => names.length ? html`<p>${t(key, {
    count: whole(names.length, language), list: names.slice(0, NAMES).join(', ') + (names.length > NAMES ? ', …' : '') })}</p>` : nothing
  return html`<p class="told" role="status">${t('folder.pairs', { count: whole(pairs.length, language) })}</p>
    ${alone.truths.length || alone.predictions.length ? html`<div class="notice" part="misfit"><div>
      ${lonely('folder.alone.truths', alone.truths)} ${lonely('folder.alone.predictions', alone.predictions)}</div></div>` : nothing}`
}

/** @param {State} state @param {Page} page */
function progress({ rows, pairs, isDone, isRunning }, { t, language }) {
  if (!rows.length && !isRunning) return nothing
  const facts = { done: whole(rows.length, language), all: whole(pairs.length, language) }
  // Told once, at the end: a screen reader would read nothing else.
  return html`<p class="hint num" role=${isDone ? 'status' : nothing}>${t(isDone ? 'folder.done' : 'folder.progress', facts)}</p>
    ${isDone ? nothing : html`<progress max=${pairs.length} .value=${rows.length} aria-label=${t('folder.start')}></progress>`}`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function question({ asksTwo }, actions, { t }) {
  return asksTwo ? html`<div class="notice" role="status" part="question"><div><p>${t('folder.two')}</p></div>
    <button @click=${() => actions.setTwo('class')}>${t('masks.two.class')}</button>
    <button @click=${() => actions.setTwo('void')}>${t('masks.two.void')}</button></div>` : nothing
}

/** @param {State} state @param {Page} page */
function perPhoto({ result }, { t, language }) {
  return html`<tr><th scope="row">${t('metric.perPhoto')}</th><td class="num value">${share(result?.perPhoto, language)}</td>
    <td class="sum">${t('folder.perPhoto')}</td></tr>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function table({ result }, actions, { t, language }) {
  const worst = result?.worst ?? []
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('folder.table')}><table class="classes pictures">
    <caption>${t('folder.table')}</caption><thead><tr><th scope="col">${t('folder.picture')}</th><th scope="col">mIoU</th>
      <th scope="col">${t('metric.pixelAccuracy')}</th><th scope="col">${t('folder.left')}</th></tr></thead>
    <tbody>${worst.slice(0, ROWS).map(({ name, metrics }) => html`<tr>
      <th scope="row"><button class="quiet" @click=${() => actions.show(name)}>${name}</button></th>
      <td>${share(metrics?.meanIoU, language)}</td><td>${share(metrics?.pixelAccuracy, language)}</td>
      <td>${whole(metrics?.void ?? 0, language)}</td></tr>`)}</tbody></table></div>
    ${worst.length > ROWS ? html`<p class="hint">${t('folder.rest', { count: whole(worst.length - ROWS, language) })}</p>` : nothing}`
}

/** @param {State} state @param {Page} page */
function problems({ failed }, { t, language }) {
  if (!failed.length) return nothing
  return html`<div class="notice" part="problems"><div><p>${t('folder.failed', { count: whole(failed.length, language) })}</p>
    <ul>${failed.slice(0, NAMES).map(({ name, problem }) => {
      const key = `error.${problem?.kind ?? ''}`
      const text = t(key, /** @type {Record<string, string>} */ (problem?.details ?? {}))
      return html`<li><b>${name}</b>: ${text === key ? t('error.invalid_input') : text}</li>`
    })}${failed.length > NAMES ? html`<li>…</li>` : nothing}</ul></div></div>`
}
