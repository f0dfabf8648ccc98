/**
 * What "training curves" looks like: whose curves, which column is what, the two charts, where they part ways and what that
 * means, a sum to try, all numbers.
 */
import { html, live, nothing, ref } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { MOST_BYTES } from '../../../lib/training-log.js'
import { ROLES } from '../../../lib/training-log/columns.js'
import { MOST_COLUMNS, MOST_ROWS } from '../../../lib/training-log/table.js'
import { valueAt } from '../../../lib/training-log/series.js'
import { failed } from '../../common/ui/failure.js'
import { chartsOf } from './charts.js'
import { EXAMPLE_NAME, ROWS } from './controller.js'
import { explained } from './explained.js'
import { partings } from './partings.js'
import { beside, namesOf } from './runs/template.js'
import { exact, roleName, valueText } from './words.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Reading} Reading */
/** @typedef {import('../results.js').Page} Page */
/** @typedef {import('../../../lib/training-log/series.js').Assignment} Assignment */
/** @typedef {import('../../../lib/training-log/columns.js').Role} Role */

/** Columns left out that are named. */
const NAMES = 8
/** The value of the choice that a person's own log is. */
const OWN = ' '
/** The value of the choice that two runs are. */
const RUNS = '  '

/** @param {import('./controller.js').Curves} panel @param {Page} page */
export function curves({ state, actions }, page) {
  const { t } = page
  const { reading, given, isReading, failure, canRetry } = state
  const head = html`<p class="told">${t('curves.lead')}</p>
    <div class="controls">${chooser(state, actions, page)}</div>
    ${failed({ ...page, failure, canRetry }, actions, { hasFormer: given !== null && !state.isBeside })}`
  if (state.isBeside) return html`${head} ${beside(state.beside, state.width, actions.measure, page)}`
  return html`${head}
    <p class="hint" role="status">${isReading ? t('curves.reading')
      : reading ? t('curves.shown', { name: reading.title.join(', ') }) : nothing}</p>
    ${given && reading ? html`${columns(state, actions, page)} ${notes(reading, page)}
      <div class="curves"
        ${ref(actions.measure)}>${state.width && reading.steps.length > 1
          ? chartsOf(reading, state.width, page).map(({ what, chart }) =>
        html`<figure><figcaption>${what}</figcaption>${chart}</figure>`) : nothing}</div>
      ${partings(reading, page)} ${numbers(state, actions, page)}` : nothing}
    ${explained(state, actions, page)}`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function chooser({ choices, name, given, isBeside, hasRuns, beside }, actions, page) {
  const { t, language } = page
  const isOwn = !isBeside && (given?.isOwn ?? false)
  const runs = beside.state.runs
  const [a = '', b = ''] = runs ? namesOf(runs, page) : []
  const option = (/** @type {string} */ value, /** @type {string} */ text, isDisabled = false) =>
    html`<option value=${value} .selected=${live(isBeside ? value === RUNS : isOwn ? value === OWN : value === name)}
      ?disabled=${isDisabled}>${text}</option>`
  return html`<label class="field"><span>${t('curves.whose')}</span>
      <select @change=${(/** @type {Event} */ event) => {
        const { value } = /** @type {HTMLSelectElement} */ (event.target)
        if (value === RUNS) actions.chooseRuns()
        else if (value !== OWN) actions.choose(value)
      }}>${isOwn ? option(OWN, t('curves.own'), true) : nothing}
        ${choices.map(({ name, title }) => option(name, title[language] ?? title['en'] ?? t('model.page')))}
        ${option(EXAMPLE_NAME, t('curves.example'))}
        ${isBeside || hasRuns ? option(RUNS, runs ? t('runs.pair', { a, b }) : t('runs.option'))
          : nothing}</select></label>
    <div class="field"><span>${t('curves.file')}</span>
      <div class="row"><label class="button file">${t('curves.choose')}<input type="file"
        multiple accept=".csv,.tsv,.txt,.json,.jsonl,.log"
        aria-label=${t('curves.choose')} @change=${(/** @type {Event} */ event) => {
          const input = /** @type {HTMLInputElement} */ (event.target)
          const files = [...input.files ?? []]
          if (files.length) actions.take(files)
          input.value = ''
        }}></label></div>
      <span class="hint">${t('curves.limit', { megabytes: MOST_BYTES / 1e6,
        rows: whole(MOST_ROWS, language) })}</span></div>`
}

/** Which column is what. @param {State} state @param {Actions} actions @param {Page} page */
function columns({ given, options, steps, reading }, actions, { t, language }) {
  if (!given || !reading) return nothing
  const { assignment } = given
  /** @param {keyof Assignment} what @param {string} title @param {string} none @param {readonly {value: string, label: string}[]} all */
  const field = (what, title, none, all) => html`<label class="field"><span>${title}</span>
    <select @change=${(/** @type {Event} */ event) =>
      actions.assign(what, /** @type {HTMLSelectElement} */ (event.target).value)}>
      <option value="" .selected=${live(assignment[what] === '')}>${none}</option>
      ${all.map(({ value, label }) => html`<option value=${value}
        .selected=${live(value === assignment[what])}>${label}</option>`)}</select></label>`
  const used = new Set(ROLES.map(role => assignment[role]))
  const spare = options.filter(({ id, label }) => !used.has(id) && label !== assignment.step)
  return html`<details class="more" part="columns" .open=${given.isOwn}><summary>${t('curves.columns')}</summary>
    <div class="controls">${field('step', t('curves.step'), t('curves.step.row'),
      steps.map(name => ({ value: name, label: name })))}
      ${ROLES.map(role => field(role, roleName(role, t), t('curves.none'),
        options.map(({ id, label, count }) =>
          ({ value: id, label: t('curves.option', { name: label, count: whole(count, language) }) }))))}</div>
    ${spare.length ? html`<p class="hint">${t('curves.spare', {
      count: whole(spare.length, language),
        list: spare.slice(0, NAMES).map(({ label }) => label).join(', ') + (spare.length > NAMES ? ', …' : ''),
    })}</p>` : nothing}
  </details>`
}

/** What was made of the file that a reader should know. @param {Reading} reading @param {Page} page */
function notes({ used, percent, left, repeated, mixed, unread, beyond, isNameless, steps }, { t, language }) {
  const n = (/** @type {number} */ value) => whole(value, language)
  const said = [
    isNameless && t('curves.nameless'),
    !isNameless && !used.length && t('curves.unknown'),
    used.length > 0 && steps.length < 2 && t('curves.few'),
    percent.length > 0 && t('curves.percent', { list: percent.map(role => roleName(role, t)).join(', ') }),
    left.texts > 0 && t('curves.left.texts', { count: n(left.texts) }),
    left.notFinite > 0 && t('curves.left.notFinite', { count: n(left.notFinite) }),
    left.outside > 0 && t('curves.left.outside', { count: n(left.outside) }),
    left.stepless > 0 && t('curves.left.stepless', { count: n(left.stepless) }),
    repeated > 0 && t('curves.repeated', { count: n(repeated) }),
    mixed.length > 0 && t('curves.mixed', { list: mixed.join(', ') }),
    unread > 0 && t('curves.unread', { count: n(unread) }),
    beyond > 0 && t('curves.beyond', { count: n(beyond), most: n(MOST_COLUMNS) }),
  ].filter(text => text !== false)
  return said.length ? html`<div class="notice info" role="status"
    part="notes"><div>${said.map(text => html`<p>${text}</p>`)}</div></div>` : nothing
}

/** All numbers, some rows at a time. @param {State} state @param {Actions} actions @param {Page} page */
function numbers({ reading, page: at }, actions, { t, language }) {
  if (!reading?.used.length) return nothing
  const { steps, lines, used, unit } = reading
  const shown = steps.slice(at * ROWS, (at + 1) * ROWS)
  const cell = (/** @type {Role} */ role, /** @type {number} */ step) => {
    const value = valueAt(lines[role], step)
    return value === null ? '–' : valueText(role, value, language)
  }
  const n = (/** @type {number} */ value) => whole(value, language)
  const unitName = t({ step: 'curves.x.step', epoch: 'curves.x.epoch', row: 'curves.x.row' }[unit])
  return html`<details class="more"><summary>${t('curves.numbers')}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('curves.numbers')}><table
      class="classes num"><thead><tr>
      <th scope="col">${unitName}</th>${used.map(role => html`<th scope="col">${roleName(role, t)}</th>`)}</tr></thead>
    <tbody>${shown.map(step => html`<tr><th scope="row">${exact(step, language)}</th>
      ${used.map(role => html`<td>${cell(role, step)}</td>`)}</tr>`)}</tbody></table></div>
    ${steps.length > ROWS ? html`<div class="row">
      <button ?disabled=${at === 0} @click=${() => actions.turn(at - 1)}>${t('curves.before')}</button>
      <span class="num"
        role="status">${t('curves.rows', { from: n(at * ROWS + 1), to: n(at * ROWS + shown.length),
          all: n(steps.length) })}</span>
      <button ?disabled=${(at + 1) * ROWS >= steps.length}
        @click=${() => actions.turn(at + 1)}>${t('curves.after')}</button></div>` : nothing}</details>`
}
