/**
 * What "a folder" looks like: where predictions come from, the files of each side and what they were taken for, how far it is,
 * the numbers of all together, the pictures, the worst first.
 */
import { html, live, nothing } from '../../../vendor/lit.js'
import { duration, whole } from '../../../lib/format.js'
import { failed, failureText } from '../../common/ui/failure.js'
import { twoQuestion } from '../masks/two-question.js'
import { voidField } from '../masks/void-field.js'
import { results, share } from '../results.js'
import { MODES } from './controller.js'
import { NAMES, firstOf } from './summary.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** What is shown of a run, of either kind. @typedef {NonNullable<State['run']>} Run */
/** @typedef {import('./layout.js').Side} Side */
/** @typedef {import('../results.js').Page} Page */

/** Rows shown; a table of thousands would be slow, and the CSV has them all. */
const ROWS = 50

/** @param {import('./controller.js').Folder} folder @param {Page} page */
export function folder({ state, actions }, page) {
  const { t } = page
  const { mode, sides, net, run } = state
  const ofNet = (/** @type {'fields' | 'notices' | 'classes' | 'kept'} */ part) =>
    mode === 'net' ? net?.draw[part](net.run, page) ?? nothing : nothing
  return html`<p class="told">${t(`folder.lead.${mode}`)}</p>
    <fieldset class="segments" part="source"><legend>${t('folder.mode')}</legend>
      <div>${MODES.map(each => html`<label><input type="radio" name="mode" .checked=${live(each === mode)}
        @change=${() => actions.setMode(each)}>${t(`folder.mode.${each}`)}</label>`)}</div></fieldset>
    <div class="controls">
      ${sides.map(side => chooser(side, state, actions, page))}
      ${voidField(state.unlabelled, actions.setVoid, state.run?.isClass === true, page)}
      ${ofNet('fields')}
      ${buttons(state, actions, page)}
    </div>
    ${mode === 'net' && !net ? state.hasFailed
      ? failed({ ...page, failure: { code: 'panel_failed', message: '' }, canRetry: true }, actions)
      : html`<p class="hint">${t('photo.coming')}</p>` : nothing}
    ${understood(state, actions, page)} ${coding(state, actions, page)} ${paired(state, page)}
    ${state.matched ? html`<p class="hint" role="status">${t('folder.matched',
      { count: whole(state.matched, page.language) })}</p>` : nothing}
    ${ofNet('notices')}
    ${run ? html`${progress(run, mode, page)} ${twoQuestion(run, state.unlabelled, actions.setTwo,
      t('folder.two'), page)} ${ofNet('classes')}
      ${run.result ? html`${results(run.result.metrics, run.result.classes, page, perPhoto(run, page))}
        ${table(run, mode, actions, page)}` : nothing}
      ${problems(run, mode, page)}` : nothing}
    ${ofNet('kept')}`
}

/** @param {Side} side @param {State} state @param {Actions} actions @param {Page} page */
function chooser(side, { counts }, actions, { t, language }) {
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target)
    const files = [...input.files ?? []]
    if (files.length) actions.choose(side, files)
    input.value = ''
  }
  return html`<div class="field" data-side=${side}><span>${t(`folder.${side}`)}</span>
    <div class="row"><label class="button file">${t('folder.choose')}<input type="file" webkitdirectory multiple
        aria-label=${t(`folder.${side}.choose`)} @change=${take}></label>
      <label class="button file">${t('folder.files')}<input type="file" accept=${side === 'photos'
        ? 'image/*' : 'image/png,.png'} multiple
        aria-label=${t(`folder.${side}.files`)} @change=${take}></label></div>
    <span class="hint num" role="status">${counts[side] ? t('folder.count', { count: whole(counts[side], language) })
      : nothing}</span></div>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function buttons({ mode, run, pairs, net, counts }, actions, { t }) {
  const isNet = mode === 'net'
  const isStarted = run !== null && run.rows.length > 0 && !run.isDone
  const has = isNet ? counts.photos > 0 : pairs > 0
  const start = !isNet ? 'folder.start' : counts.truths ? 'folder.start.net' : 'folder.start.only'
  return html`<div class="row">${run?.isRunning ? html`<button @click=${actions.pause}>${t('folder.pause')}</button>`
    : html`<button class="main" ?disabled=${!has || !run || (isNet && run.isDone)} @click=${actions.start}>${
      t(isStarted || run?.isPaused ? 'folder.go_on' : start)}</button>`}
    <button ?disabled=${!run?.rows.length} @click=${actions.saveCsv}>${t('folder.csv')}</button>
    <button ?disabled=${isNet ? !run?.rows.length : !run?.result}
      @click=${actions.saveJson}>${t('folder.json')}</button>
    ${isNet ? net?.draw.saving(net.run, { t }) ?? nothing : nothing}</div>`
}

/** What files that came in were taken for. @param {State} state @param {Actions} actions @param {Page} page */
function understood({ told, aside, flaws, reading }, actions, { t, language }) {
  if (reading !== null) return html`<p class="row told"
    role="status">${t('folder.reading', { count: whole(reading, language) })}
    <button @click=${actions.stopReading}>${t('cancel')}</button></p>`
  const { isCut, lost, isNothing, unclear } = flaws
  const counted = (/** @type {number} */ count) => ({ count: whole(count, language) })
  const said = told.map(({ side, folder, count }) =>
    `${folder ? `${folder}: ` : ''}${t(`folder.told.${side}`, counted(count))}`)
  const left = aside.map(({ what, count }) => `${what} (${whole(count, language)})`).join(', ')
  return html`${said.length ? html`<p class="told" role="status"
    part="understood">${said.join('; ')}. ${t('folder.otherwise')}</p>` : nothing}
    ${left ? html`<p class="hint">${t('folder.aside', { list: left })}</p>` : nothing}
    ${isCut || lost || isNothing || unclear.length ? html`<div class="notice" role="status" part="misfit"><div>
      ${unclear.length ? html`<p>${t('folder.unclear', { list: unclear.join(', ') })}</p>` : nothing}
      ${isNothing ? html`<p>${t('folder.nothing')}</p>` : nothing} ${isCut ? html`<p>${t('folder.cut')}</p>` : nothing}
      ${lost ? html`<p>${t('folder.lost', counted(lost))}</p>` : nothing}</div></div>` : nothing}`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function coding({ coding, isDecoded }, actions, { t }) {
  const change = (/** @type {Event} */ event) =>
    actions.setDecoded(/** @type {HTMLInputElement} */ (event.target).checked)
  return coding ? html`<label class="check" part="coding"><input type="checkbox" .checked=${live(isDecoded)}
    @change=${change}>${
    t(`folder.coding.${coding}`)}</label>` : nothing
}

/** @param {State} state @param {Page} page */
function paired({ mode, pairs, alone, counts }, { t, language }) {
  const isNet = mode === 'net'
  if (!counts.truths || !(isNet ? counts.photos : counts.predictions)) return nothing
  /** @param {string} key @param {readonly string[]} names */
  const lonely = (key, names) => names.length ? html`<p>${t(key, {
    count: whole(names.length, language), list: firstOf(names) })}</p>` : nothing
  const [others, key] = isNet ? [alone.photos, 'folder.alone.photos'] : [alone.predictions, 'folder.alone.predictions']
  return html`<p class="told" role="status">${t('folder.pairs', { count: whole(pairs, language) })} ${pairs
    ? nothing : t('folder.no_pairs')}</p>
    ${alone.truths.length || others.length ? html`<div class="notice" part="misfit"><div>
      ${lonely(isNet ? 'folder.alone.truths.net' : 'folder.alone.truths', alone.truths)}
        ${lonely(key, others)}</div></div>` : nothing}`
}

/** @param {Run} run @param {State['mode']} mode @param {Page} page */
function progress({ rows, total, isDone, isRunning, remaining }, mode, { t, language }) {
  if (!rows.length && !isRunning) return nothing
  const facts = { done: whole(rows.length, language), all: whole(total, language) }
  const key = `folder.${isDone ? 'done' : 'progress'}${mode === 'net' ? '.net' : ''}`
  // Told once, at the end: a screen reader would read nothing else.
  const time = isDone || !remaining ? [] : timeText(remaining, { t, language })
  return html`<p class="hint num" role=${isDone ? 'status' : nothing}>${[t(key, facts), ...time].join(' · ')}</p>
    ${isDone ? nothing : html`<progress max=${total} .value=${rows.length}
      aria-label=${t('folder.start')}></progress>`}`
}

/** @param {{each: number, net: number, left: number}} remaining milliseconds @param {Page} page */
function timeText({ each, net, left }, { t, language }) {
  const [minutes, seconds] = [Math.round(left / 60_000), Math.max(1, Math.round(left / 1000))]
  const about = seconds < 90 ? t('folder.time.seconds', { count: whole(seconds, language) })
    : t('folder.time.minutes', { count: whole(minutes, language) })
  return [about, t('folder.time.each', { each: duration(each, language), net: duration(net, language) })]
}

/** @param {Run} run @param {Page} page */
function perPhoto({ result }, { t, language }) {
  return html`<tr><th scope="row">${t('metric.perPhoto')}</th><td
    class="num value">${share(result?.perPhoto, language)}</td>
    <td class="sum">${t('folder.perPhoto')}</td></tr>`
}

/** @param {Run} run @param {State['mode']} mode @param {Actions} actions @param {Page} page */
function table({ result }, mode, actions, { t, language }) {
  const worst = result?.worst ?? []
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('folder.table')}><table
    class="classes pictures">
    <caption>${t('folder.table')}</caption><thead><tr><th scope="col">${t('folder.picture')}</th><th
      scope="col">mIoU</th>
      <th scope="col">${t('metric.pixelAccuracy')}</th><th scope="col">${t('folder.left')}</th>${mode === 'net'
        ? html`<th scope="col">${t('folder.left.model')}</th>` : nothing}</tr></thead>
    <tbody>${worst.slice(0, ROWS).map(({ name, metrics, left }) => html`<tr>
      <th scope="row"><button class="quiet" data-row=${name} @click=${() => actions.show(name)}>${name}</button></th>
      <td>${share(metrics?.meanIoU, language)}</td><td>${share(metrics?.pixelAccuracy, language)}</td>
      <td>${whole(metrics?.void ?? 0, language)}</td>${mode === 'net' ? html`<td>${whole(left ?? 0, language)}</td>`
        : nothing}</tr>`)}</tbody></table></div>
    ${worst.length > ROWS ? html`<p
      class="hint">${t('folder.rest', { count: whole(worst.length - ROWS, language) })}</p>` : nothing}`
}

/** @param {Run} run @param {State['mode']} mode @param {Page} page */
function problems({ rows }, mode, { t, language }) {
  const failed = rows.filter(({ problem }) => problem)
  if (!failed.length) return nothing
  const key = mode === 'net' ? 'folder.failed.net' : 'folder.failed'
  return html`<div class="notice" part="problems"><div><p>${t(key, { count: whole(failed.length, language) })}</p>
    <ul>${failed.slice(0, NAMES).map(({ name, problem }) => html`<li><b>${name}</b>: ${problem
      ? failureText({ code: problem.kind, message: '', details: problem.details }, t, language)
        || t('error.invalid_input') : nothing}</li>`)}
      ${failed.length > NAMES ? html`<li>…</li>` : nothing}</ul></div></div>`
}
