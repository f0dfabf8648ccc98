/** What the layer calculator looks like: the text, what could not be read, what stands out, all layers in numbers. */
import { classMap, html, live, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { fractionText } from '../../../lib/fraction.js'
import { breaks } from '../../../lib/layers/diagnose.js'
import { GREATEST } from './controller.js'
import { textOf } from '../typed.js'
import { layerFragment, linkTo } from './links.js'
import { numbered } from './numbers.js'
import { PRESETS } from './presets.js'

/** @typedef {import('./controller.js').Calculator} Calculator */
/** @typedef {import('../controller.js').Page} Page */
/** @typedef {import('../../../lib/layers/compute.js').Row} Row */
/** @typedef {import('../../../lib/layers/diagnose.js').Note} Note */
/** @typedef {Calculator['state']} State */
/** @typedef {Calculator['actions']} Actions */

const SIDES = /** @type {const} */ (['channels', 'rows', 'columns'])
const SIGNS = { bad: '✕', note: '·', good: '✓' }

/** @param {Calculator} panel @param {Page} page */
export function calculator({ state, actions }, page) {
  const { t } = page
  return html`
    <p class="told">${t('layers.lead')}</p>
    <div class="row" role="group" aria-label=${t('layers.presets')}>
      ${Object.keys(PRESETS).map(name => html`<button type="button" aria-pressed=${state.preset === name}
        @click=${() => actions.preset(/** @type {keyof typeof PRESETS} */ (name))}>${t(`paste.${name}`)}</button>`)}
      ${state.hasOwn ? html`<button type="button" class="quiet" @click=${actions.own}>${t('layers.own')}</button>`
        : nothing}</div>
    <div class="written">
      <label class="field"><span>${t('layers.text')}</span>
        <textarea part="layers" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off"
          rows=${Math.min(Math.max(state.text.split('\n').length + 1, 5), 16)} .value=${live(state.text)}
          @input=${(/** @type {Event} */ event) => actions.write(textOf(event))}></textarea></label>
      <fieldset><legend>${t('layers.input')}</legend>
        <div class="sides">${SIDES.map(side => sideField(side, state, actions, page))} ${slider(state,
          actions, page)}</div>
        ${state.typed.size ? html`<p class="wrong" id="sides-wrong" role="alert">${
          t('layers.range', { most: GREATEST, kept: `${state.channels}×${state.rows}×${state.columns}` })}</p>`
          : nothing}</fieldset>
    </div>
    ${verdict(state, page)} ${unread(state, page)}
    ${state.computed.rows.length ? html`${findings(state, page)} ${table(state, actions, page)}`
      : html`<p class="hint">${t('layers.none')}</p>`}
    ${state.isTooLong ? html`<p class="hint">${t('layers.long')}</p>` : nothing}`
}

/** @param {'channels' | 'rows' | 'columns'} side @param {State} state @param {Actions} actions @param {Page} page */
function sideField(side, state, actions, { t }) {
  const wrong = state.typed.get(side)
  return html`<label class="field"><span>${t(`side.${side}`)}</span>
    <input type="text" inputmode="numeric" class="number" autocomplete="off" aria-invalid=${wrong !== undefined}
      aria-describedby=${wrong === undefined ? nothing : 'sides-wrong'} .value=${live(wrong ?? String(state[side]))}
      @input=${(/** @type {Event} */ event) => actions.type(side, textOf(event))}></label>`
}

/** Rows and columns dragged together. @param {State} state @param {Actions} actions @param {Page} page */
function slider({ rows, columns, slider: [least, most] }, actions, { t }) {
  return html`<label class="field grow"><span>${t('layers.slider', { least, most })}</span>
    <input type="range" min=${least} max=${most} .value=${live(String(Math.min(Math.max(rows, least), most)))}
      aria-valuetext=${`${rows}×${columns}`} @input=${(/** @type {Event} */ event) =>
        actions.slide(Number(textOf(event)))}></label>`
}

/** Whether the input goes through all layers, and where it doesn't. @param {State} state @param {Page} page */
function verdict({ rows: height, columns, computed: { rows }, stop }, page) {
  const { t } = page
  const last = rows.findLast(({ meaning }) => meaning)
  if (!last) return nothing
  const size = `${height}×${columns}`
  const note = stop && breaks(stop.notes)
  return html`<p class=${classMap({ verdict: true, wrong: note !== null, good: note === null })}
    part="verdict" role="status">${
    stop && note ? html`<span
      aria-hidden="true">✕ </span>${t('layers.stops', { size, layer: titleOf(stop), line: stop.line })}
        ${said(note, page)}`
      : html`<span aria-hidden="true">✓ </span>${t('layers.through', { size, shape: cells(last, page)[0] })}`}</p>`
}

/** @param {Note} note @param {Page} page */
function said({ code, values }, { t, language }) {
  return t(`note.${code}`, numbered(values, language))
}

/** @param {Row} row */
const titleOf = ({ label, name }) => label ? `${label} (${name})` : name

/** What could not be read, each with its place. @param {State} state @param {Page} page */
function unread({ text, computed: { problems, rows } }, { t }) {
  if (problems.length === 0) return nothing
  const lines = text.split('\n')
  return html`<section class="unread" part="unread" aria-label=${t('unread.title')} role="status">
    <h3>${t('unread.title')}</h3>
    <ul>${problems.slice(0, 20).map(({ code, line, column, values }) => html`<li>
      ${line ? html`<button type="button" class="quiet" @click=${(/** @type {Event} */ event) => {
        select(event, lines, { line, column })
      }}>${t('unread.place', { line, column })}</button>` : nothing}
      <span>${t(`problem.${code}`, values)} ${
        values['near'] ? t('unread.near', { near: values['near'] }) : nothing}</span></li>`)}</ul>
    ${problems.length > 20 ? html`<p>${t('unread.more', { count: problems.length - 20 })}</p>` : nothing}
    <p class="hint">${t('unread.rest', { count: rows.filter(({ meaning }) => meaning).length })}</p></section>`
}

/**
 * Selects what could not be read.
 * @param {Event} event
 * @param {string[]} lines
 * @param {{line: number, column: number}} place
 */
function select(event, lines, { line, column }) {
  const root = /** @type {Element} */ (event.target).getRootNode()
  const area = /** @type {ShadowRoot} */ (root).querySelector('textarea')
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  area?.focus()
  area?.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? column))
}

/** @param {Row} row @param {Page} page */
function title({ label, name, line }, { t }) {
  return html`<p><strong>${label || name}</strong>
    <span class="soft">${label ? `${name}, ` : nothing}${t('found.line', { line })}</span></p>`
}

/** What stands out. @param {State} state @param {Page} page */
function findings({ computed: { rows } }, page) {
  const { t } = page
  // What holds of every dropout is said once.
  let hasDropout = false
  const shown = rows.map(row => ({ row, notes: row.notes.filter(({ code }) => {
    if (code !== 'dropout') return true
    const isFirst = !hasDropout
    hasDropout = true
    return isFirst
  }) })).filter(({ notes }) => notes.length > 0)
  if (shown.length === 0) return html`<p class="good">${t('found.nothing')}</p>`
  return html`<section part="findings" aria-label=${t('found.title')}><h3>${t('found.title')}</h3>
    <ul class="findings">${shown.map(({ row, notes }) => {
      const fragment = layerFragment(row)
      return html`<li>${title(row, page)}
        <ul>${notes.map(note => html`<li class=${note.level}>
          <span class="sign" aria-hidden="true">${SIGNS[note.level]}</span>
          <span>${note.level === 'bad' ? html`<span class="sr">${t('found.bad')}</span>` : nothing}${
            said(note, page)} ${remedies(note, page)}</span></li>`)}</ul>
        ${fragment ? html`<a href=${linkTo(fragment, page.upsample)}>${t('found.link')}</a>` : nothing}</li>`
    })}</ul></section>`
}

/** @param {Note} note @param {Page} page */
function remedies({ remedies: offers, code }, { t }) {
  if (!offers?.length) return code === 'short' ? t('remedy.none') : nothing
  const each = offers.map(({ key, value, isBlocky }) =>
    t(`remedy.${key}`, { value }) + (isBlocky ? t('remedy.blocky') : ''))
  return t('remedy', { list: each.join(t('remedy.or')) })
}

/** @param {Row} row @param {Page} page @returns {string[]} shape, r, j, s, parameters, multiply-adds */
function cells({ meaning, shape, field, places, seesAll, parameters, macs }, { t, language }) {
  const both = (/** @type {readonly (string | number | null)[] | null} */ pair) => {
    if (!pair || pair.includes(null)) return '–'
    return pair[0] === pair[1] ? String(pair[0]) : pair.join(' × ')
  }
  if (!meaning) return [t('table.left_out'), '', '', '', '', '']
  return [
    shape ? [shape.channels, ...shape.size ?? []].join(' × ') : '–',
    seesAll ? t('table.all') : both(field), both(places?.map(({ jump }) => fractionText(jump)) ?? null),
    both(places?.map(({ start }) => fractionText(start)) ?? null), whole(parameters, language),
    macs === null ? '–' : whole(macs, language),
  ]
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function table({ channels, rows: height, columns, computed, isCopied, stop }, actions, page) {
  const { t, language } = page
  const head = ['layer', 'shape', 'field', 'jump', 'start', 'parameters', 'macs'].map(name => t(`numbers.${name}`))
  const rows = computed.rows.map(row => (
    { row, numbers: cells(row, page), isBad: row.notes.some(({ level }) => level === 'bad'), isStop: row === stop }))
  const input = `${channels} × ${height} × ${columns}`
  const text = () => [head, [t('numbers.input'), input, '1', '1', '0'], ...rows.map(({ row, numbers }) =>
    [[row.label, row.name].filter(Boolean).join(' '), ...numbers])].map(line => line.join('\t')).join('\n')
  return html`<section aria-label=${t('numbers.title')}><h3>${t('numbers.title')}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label=${t('numbers.title')}><table part="table">
      <thead><tr>${head.map((name, i) =>
        html`<th scope="col" class=${classMap({ num: i > 0 })}>${name}</th>`)}</tr></thead>
      <tbody>
        <tr><th scope="row" class="soft">${t('numbers.input')}</th><td class="num">${input}</td>
          <td class="num">1</td><td class="num">1</td><td class="num">0</td><td></td><td></td></tr>
        ${rows.map(({ row, numbers, isBad, isStop }) => html`<tr
          class=${classMap({ bad: isBad, stop: isStop, 'left-out': !row.meaning })}>
          <th scope="row">${isBad
            ? html`<span aria-hidden="true">✕ </span><span class="sr">${t('found.bad')}</span>` : nothing}${
            row.label ? html`<strong>${row.label}</strong> <span class="soft">${row.name}</span>` : row.name}</th>
          ${numbers.map(number => html`<td class="num">${number}</td>`)}</tr>`)}
      </tbody>
      <tfoot><tr><th scope="row">${t('numbers.sum')}</th><td colspan="4"></td>
        <td class="num">${whole(computed.parameters, language)}</td>
        <td class="num">${whole(computed.macs, language)}</td></tr></tfoot>
    </table></div>
    <div class="row"><button type="button" @click=${() => void actions.copy(text())}>${t('numbers.copy')}</button>
      <span role="status">${isCopied ? t('numbers.copied') : nothing}</span></div>
    <p class="hint">${t('numbers.key')}</p></section>`
}
