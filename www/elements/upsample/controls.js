/**
 * The upper part of `<fcn-upsample>`: example, view, layer settings, the size formula, and
 * what is wrong with a layer.
 */
import { html, live, nothing } from '../../vendor/lit.js'
import { FIELDS, LIMITS } from '../../lib/transposed/geometry.js'
import { PRESETS } from '../../lib/transposed/presets.js'
import { formula, problemText, summary } from './explain.js'
import { VIEWS } from './model.js'

/** @typedef {import('../../lib/transposed/geometry.js').Field} Field */
/** @typedef {import('./control.js').Control} Control */
/** @typedef {import('./control.js').Predict} Predict */
/** @typedef {import('./model.js').View} View */
/** @typedef {import('./model.js').Walk} Walk */

/**
 * What every part of the template is given.
 * @typedef {object} Context
 * @property {Control} control
 * @property {import('./texts.en.js').Words} words
 * @property {(action: () => void, announce?: boolean) => void} act does something, then draws; `announce`: and reads the step aloud
 */

/** How far sliders go; number fields go up to the limits. @type {Readonly<Record<Field, number>>} */
const SLIDER_TOP = { input: 14, kernel: 16, stride: 8, padding: 8, outputPadding: 7, dilation: 4 }

/** @param {Event} event @returns {string} */
export function textOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.currentTarget).value
}

/** @param {Context} context */
export function topBar({ control, words, act }) {
  const preset = control.preset
  // Notes name sizes; while one is to be guessed, only the puzzle itself is told.
  const note = !preset || (control.covered && preset.id !== 'slip') ? nothing
    : preset.id === 'slip' && !control.covered ? words.notes.slipAnswer
    : /** @type {Record<string, string>} */ (words.notes)[preset.id]
  return html`
    <div class="bar">
      <label><span class="label">${words.example}</span>
        <select part="preset" @change=${(/** @type {Event} */ event) => act(() => control.choosePreset(textOf(event)))}>
          ${preset ? nothing : html`<option value="" selected>${words.own}</option>`}
          ${PRESETS.map(({ id }) =>
            html`<option value=${id} .selected=${live(preset?.id
              === id)}>${/** @type {Record<string, string>} */ (words.presets)[id]}</option>`)}
        </select>
      </label>
      <fieldset class="views" part="views">
        <legend class="sr">${words.view}</legend>
        ${VIEWS.map(view =>
          html`<label><input type="radio" name="view" value=${view} .checked=${live(control.model.view === view)}
          @change=${() => act(() => control.show(view), true)}>${words.views[view]}</label>`)}
      </fieldset>
    </div>
    ${note === nothing ? nothing : html`<p class="note" part="note">${note}</p>`}`
}

/**
 * @param {Context} context
 * @param {boolean} open at first
 */
export function settings(context, open) {
  const { control, words, act } = context
  return html`
    <details class="settings" part="settings" ?open=${open}>
      <summary>${words.settings}: ${summary(control.model.layer, words)}</summary>
      <div class="fields">
        ${FIELDS.map(field => control.apart
          ? html`<div class="field" role="group" aria-label=${words.fields[field]}><span>${words.fields[field]}</span>${half(context, field, 0)}${half(context, field, 1)}</div>`
          : html`<div class="field"><span>${words.fields[field]}</span>${slider(context,
            field, null)}${number(context, field, null)}</div>`)}
        <label><input type="checkbox" .checked=${live(control.apart)} ?disabled=${control.apart && unequal(control)}
          @change=${(/** @type {Event} */ event) =>
            act(() => {
              control.apart = /** @type {HTMLInputElement} */ (event.currentTarget).checked })}>${words.apart}</label>
      </div>
    </details>`
}

/** @param {Control} control */
function unequal({ model }) {
  return FIELDS.some(field => model.draft[field][0] !== model.draft[field][1])
}

/** @param {Context} context @param {Field} field @param {0 | 1} axis */
function half(context, field, axis) {
  return html`<span class="half"><span class="label">${axis ? context.words.columns
    : context.words.rows}</span>${slider(context, field, axis)}${number(context, field, axis)}</span>`
}

/** @param {Context} context @param {Field} field @param {0 | 1 | null} axis */
function label({ words }, field, axis) {
  return axis === null ? words.fields[field] : `${words.fields[field]}, ${axis ? words.columns : words.rows}`
}

/** @param {Context} context @param {Field} field @param {0 | 1 | null} axis null: both alike */
function slider(context, field, axis) {
  const { control, act } = context
  const value = control.model.draft[field][axis ?? 0]
  // From 0 on even where 0 is impossible: that it is, and why, is part of the lesson.
  const top = Math.min(LIMITS[field][1], Math.max(SLIDER_TOP[field], value || 0))
  return html`<input type="range" min="0" max=${top} step="1" .value=${live(String(Number.isNaN(value) ? 0 : value))}
    aria-label=${label(context, field, axis)}
    @input=${(/** @type {Event} */ event) =>
      act(() => { control.setField(field, axis, textOf(event)); control.leaveField(field) })}>`
}

/** @param {Context} context @param {Field} field @param {0 | 1 | null} axis */
function number(context, field, axis) {
  const { control, act } = context
  const wrong = control.model.problems.some(problem => problem.field === field
    && (axis === null || problem.axis === axis))
  return html`<input type="text" inputmode="numeric" autocomplete="off" .value=${live(control.fieldText(field,
    axis ?? 0))}
    aria-label="${label(context, field, axis)}, ${LIMITS[field].join('–')}" aria-invalid=${wrong
      ? 'true' : 'false'} aria-describedby=${wrong ? 'problem' : nothing}
    @input=${(/** @type {Event} */ event) => act(() => control.setField(field, axis, textOf(event)))}
    @change=${() => act(() => control.leaveField(field))}
    @keydown=${(/** @type {KeyboardEvent} */ event) => nudge(event, context, field, axis)}>`
}

/**
 * Arrow keys in a number field count up and down.
 * @param {KeyboardEvent} event
 * @param {Context} context
 * @param {Field} field
 * @param {0 | 1 | null} axis
 */
function nudge(event, { control, act }, field, axis) {
  const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
  const value = control.model.draft[field][axis ?? 0]
  if (!by || Number.isNaN(value)) return
  event.preventDefault()
  act(() => control.setField(field, axis, String(value + by)))
}

/** The size formula of what was asked for, possible or not. @param {Context} context */
export function sizeFormula({ control, words }) {
  const { draft, problems } = control.model
  const rows = formula(draft, 0)
  const cols = formula(draft, 1)
  const wrong = problems.length > 0
  const result = (/** @type {number} */ value) => control.covered ? '?'
    : Number.isFinite(value) ? String(value).replace('-', '−') : '?'
  const line = (/** @type {string} */ name,
    /** @type {{numbers: string, result: number}} */ { numbers, result: value }) =>
    html`<div>${name ? html`${name}: ` : nothing}${numbers} = <strong class=${wrong ? 'bad'
      : ''}>${result(value)}</strong></div>`
  return html`
    <div class="formula" part="formula">
      <div class="plain">${words.formula} = (${words.fields.input}−1)·${words.fields.stride} − 2·${words.fields.padding} + ${words.fields.dilation}·(${words.fields.kernel}−1) + ${words.fields.outputPadding} + 1</div>
      ${rows.numbers === cols.numbers ? line('', rows) : html`${line(words.rows, rows)}${line(words.columns, cols)}`}
    </div>`
}

/** What is wrong, and ways out. @param {Context} context */
export function problems({ control, words, act }) {
  const { draft } = control.model
  const alike = (/** @type {Field} */ field) => String(draft[field][0]) === String(draft[field][1])
  // Set alike, rows and columns have one and the same problem, and one way out.
  const all = control.model.problems
  const isBoth = (/** @type {typeof all[0]} */ { axis, code, field, value, got }) =>
    all.some(other => other.axis !== axis && other.code === code && other.field === field && other.value === value
      && other.got === got)
  const first = all.filter(problem => problem.axis === 0 || !isBoth(problem))
  const named = (/** @type {Field} */ field, /** @type {0 | 1} */ axis) => alike(field)
    ? words.fields[field] : `${words.fields[field]} (${axis ? words.columns : words.rows})`
  const offered = (/** @type {import('../../lib/transposed/geometry.js').Offer} */ { field, axis, value, also }) =>
    also?.axis ? words.problem.use(words.fields[field], `${value}×${also.value}`)
      : also ? words.problem.use(`${named(field, axis)} ${value}, ${named(also.field, axis)}`, also.value)
        : words.problem.use(named(field, axis), value)
  const bad = control.badCells
  return html`<div role="alert" id="problem" class=${first.length || control.notices.length || bad.length
    ? '' : 'quiet'}>
    ${first.length ? html`<div class="problem" part="problem">
      ${first.map(problem =>
        html`<p>${isBoth(problem) ? '' : `${problem.axis ? words.columns : words.rows}: `}${problemText(problem,
          words, control.fieldText(problem.field, problem.axis))}</p>`)}
      <p>${words.problem.kept}</p>
      <div class="bar">
        ${first[0].offers.map(offer =>
          html`<button type="button" @click=${() => act(() => control.takeOffer(offer))}>${offered(offer)}</button>`)}
        <button type="button" @click=${() => act(() => control.revert())}>${words.problem.undo}</button>
      </div>
    </div>` : nothing}
    ${control.notices.length ? html`<div class="problem">
      ${control.notices.map(notice =>
        html`<p>${notice.kind === 'rows' ? words.problem.rows
          : words.problem.unreadable(notice.name, notice.text)}</p>`)}
      <div class="bar"><button type="button" @click=${() =>
        act(() => { control.notices = [] })}>${words.problem.dismiss}</button></div>
    </div>` : nothing}
    ${bad.length
      ? html`<div class="problem">${bad.map(({ role, index, text }) =>
        html`<p>${words.problem.cell(text,
          String(control.model[role === 'input' ? 'input' : 'weights'][index]))}</p>`)}</div>` : nothing}
  </div>`
}

/** Walk, overlap counts, prediction. @param {Context} context */
export function choices({ control, words, act }) {
  const { model } = control
  return html`
    <div class="bar tools">
      <label><span class="label">${words.walk}</span>
        <select @change=${(/** @type {Event} */ event) =>
          act(() => control.show(model.view, /** @type {Walk} */ (textOf(event))), true)}>
          ${/** @type {const} */ (['input', 'output']).map(walk =>
            html`<option value=${walk} .selected=${live(model.walkBy === walk)}>${words.walks[walk]}</option>`)}
        </select></label>
      <label><input type="checkbox" .checked=${live(control.heat)}
        @change=${(/** @type {Event} */ event) =>
          act(() =>
            control.setHeat(/** @type {HTMLInputElement} */ (event.currentTarget).checked))}>${words.overlap}</label>
      <label><span class="label">${words.predict}</span>
        <select @change=${(/** @type {Event} */ event) =>
          act(() => control.setPredict(/** @type {Predict} */ (textOf(event))), true)}>
          ${/** @type {const} */ (['none', 'size', 'value']).map(each =>
            html`<option value=${each} .selected=${live(control.predict === each)}>${words.predicts[each]}</option>`)}
        </select></label>
    </div>`
}
