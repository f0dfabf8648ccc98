/** What two runs beside each other look like: a curve of both over the same steps, both values at a step, who is ahead. */
import { html, live, nothing, ref } from '../../../../vendor/lit.js'
import { whole } from '../../../../lib/format.js'
import { isLoss } from '../../../../lib/training-log/columns.js'
import { nearest, stepsOf } from '../../../../lib/training-log/runs.js'
import { valueAt } from '../../../../lib/training-log/series.js'
import { LOOKS, linesChart, stepAt } from '../../../common/stage/curves-chart.js'
import { placeOn } from '../../../common/stage/place.js'
import { shareTick } from '../charts.js'
import { exact, roleName, valueText } from '../words.js'
import { ROWS, linesOf } from './controller.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../../results.js').Page} Page */
/** @typedef {import('../../../../lib/training-log/runs.js').Runs} Runs */
/** @typedef {import('../../../../lib/training-log/runs.js').Measure} Measure */
/** @typedef {import('../../../../lib/training-log/runs.js').Compared} Compared */
/** What stands for a state whose runs are there. @typedef {State & {runs: Runs, found: Compared}} Shown */

/** How the two lines look: one drawn through, one dotted, in other colours. */
const [FIRST, SECOND] = [2, 0]
/** Room for a line's name at its end: CSS pixels, and of the width at most; where names need more, letters stand for them. */
const [NAMES, PART, LETTERED] = [190, 0.4, 84]
/** About what a letter is wide at 12 pixels, and one of Korean's. CSS pixels. */
const [LETTER, WIDE] = [7, 12]
const [A, B] = ['A', 'B']

/** @param {import('./controller.js').Beside} panel @param {number} width CSS pixels @param {(place: Element | undefined) => void} measure @param {Page} page */
export function beside({ state, actions }, width, measure, page) {
  const { t } = page
  const { runs, found, isReading } = state
  if (!runs || !found) return html`<p class="hint" role="status">${isReading ? t('curves.reading') : nothing}</p>`
  const shown = { ...state, runs, found }
  const names = namesOf(runs, page)
  return html`
    <fieldset class="segments"><legend>${t('runs.of')}</legend>
      <div>${state.measures.map(each => html`<label><input type="radio" name="of"
        .checked=${live(each === state.measure)}
        @change=${() => actions.measure(each)}>${roleName(each, t)}</label>`)}</div></fieldset>
    <figure class="curves" part="runs" ${ref(measure)}>
      <figcaption>${t('runs.caption', { measure: roleName(state.measure, t) })} ${t(isLoss(state.measure)
        ? 'runs.lower' : 'runs.higher')}</figcaption>
      ${width ? drawn(shown, actions, width, page) : nothing}
      ${legend(names, width && fits(shown, width, page) ? null : [A, B], page)}
      ${slider(shown, actions, page)}
    </figure>
    <section part="ahead" aria-label=${t('runs.ahead')}>${sentences(shown, page).map(text => html`<p
      class="told">${text}</p>`)}</section>
    ${numbers(shown, actions, page)}`
}

/** @param {Runs} runs @param {Page} page @returns {string[]} */
export const namesOf = (runs, { language }) => runs.map(({ name }) => name[language] ?? name['en'])

/** @param {string} text @returns {number} about its width, CSS pixels */
const widthOf = text => [...text].reduce((sum, letter) => sum + (letter > '\u10ff' ? WIDE : LETTER), 0)

/** Whether the names have room at the ends of the lines. @param {Shown} shown @param {number} width @param {Page} page */
function fits({ runs, measure, found }, width, page) {
  const room = Math.min(NAMES, PART * width)
  return namesOf(runs, page).every((name, i) =>
    widthOf(`${name} ${valueText(measure, found.dots[i].value, page.language)}`) + 10 <= room)
}

/** What was drawn last: a chart is made anew only when it looks different. @type {WeakMap<Runs, {key: string, t: unknown, chart: Element}>} */
const charts = new WeakMap()

/** @param {Shown} shown @param {Actions} actions @param {number} width CSS pixels @param {Page} page */
function drawn(shown, actions, width, page) {
  const { runs, measure, found } = shown
  const { t, language } = page
  const lines = linesOf(runs, measure)
  const all = lines.flat().map(({ step }) => step)
  const steps = /** @type {const} */ ([Math.min(...all), Math.max(...all)])
  const isNamed = fits(shown, width, page)
  const names = isNamed ? Math.round(Math.min(NAMES, PART * width)) : LETTERED
  const key = [measure, width, found.step].join()
  let known = charts.get(runs)
  if (known?.key !== key || known.t !== t) {
    const [a, b] = namesOf(runs, page)
    const value = (/** @type {number} */ value) => valueText(measure, value, language)
    const chart = linesChart(lines.map((points, i) =>
      ({ name: isNamed ? [a, b][i] : [A, B][i], points, look: [FIRST, SECOND][i] })), {
      width, names, steps, format: value, tick: isLoss(measure) ? value : shareTick(lines.flat(), language),
        mark: found.step, x: t('curves.x.step'),
      label: t('runs.chart', { measure: roleName(measure, t), a, b, from: whole(steps[0], language),
        to: whole(steps[1], language) }),
    })
    charts.set(runs, known = { key, t, chart })
  }
  const compared = stepsOf(runs, measure)
  const under = (/** @type {PointerEvent} */ event) => {
    const { x } = placeOn(event, /** @type {Element} */ (event.currentTarget))
    return nearest(compared, stepAt(x, { width, names, steps }))
  }
  return html`<div class="under" @pointermove=${(/** @type {PointerEvent} */ event) => actions.hover(under(event))}
    @pointerleave=${() => actions.hover(null)} @pointerdown=${(/** @type {PointerEvent} */ event) =>
      actions.go(under(event))}>${known.chart}</div>`
}

/** Which line is whose. @param {readonly string[]} names @param {readonly string[] | null} letters @param {Page} page */
function legend(names, letters, { t }) {
  return html`<ul class="runs" aria-label=${t('runs.legend')}>${names.map((name, i) => {
    const { stroke, strokeDasharray } = LOOKS[[FIRST, SECOND][i]]
    return html`<li><svg width="40" height="10" viewBox="0 0 40 10" aria-hidden="true"><line
      x1="0" y1="5" x2="40" y2="5" stroke-width="2"
      stroke=${stroke}
        stroke-dasharray=${strokeDasharray}></line></svg>${letters ? html`<b>${letters[i]}</b>` : nothing} ${name}</li>`
  })}</ul>`
}

/** Both values at a step. @param {Shown} shown @param {Actions} actions @param {Page} page */
function slider({ runs, measure, found }, actions, page) {
  const { t, language } = page
  const steps = stepsOf(runs, measure)
  const said = namesOf(runs, page).map((name, i) =>
    `${name} ${valueText(measure, found.dots[i].value, language)}`).join(', ')
  const text = t('runs.said', { step: whole(found.step, language), said })
  return html`<label class="field grow at"><span>${t('runs.step')}: <b class="num">${text}</b></span>
    <input type="range" min="0" max=${steps.length - 1} step="1" .value=${live(String(steps.indexOf(found.step)))}
      aria-valuetext=${text}
      @input=${(/** @type {Event} */ event) => {
        actions.go(steps[Number(/** @type {HTMLInputElement} */ (event.target).value)])
      }}></label>`
}

/** @param {Shown} shown @param {Page} page @returns {string[]} */
function sentences({ runs, measure, found }, page) {
  const { t, language } = page
  const { step, dots, ahead, reached, last, leads } = found
  const names = namesOf(runs, page)
  const [a, b] = names
  const n = (/** @type {number} */ value) => whole(value, language)
  const [va, vb] = dots.map(({ value }) => valueText(measure, value, language))
  const said = [[
    t('runs.at', { step: n(step), measure: roleName(measure, t), a, b, va, vb }),
    ...dots.flatMap((dot, i) => dot.step === step ? [] : [t('runs.validated', { name: names[i], n: n(dot.step) })]),
    ...ahead === null ? [t('runs.equal')] : [],
  ]]
  if (ahead !== null) {
    const behind = ahead === 0 ? 1 : 0
    const values = [va, vb]
    const [gets, got] = [reached[behind], reached[ahead]]
    said.push([
      gets === null ? t('runs.never', { name: names[behind], value: values[ahead], last: n(last[behind]) })
        : t('runs.reaches', { name: names[behind], value: values[ahead], n: n(gets) }),
      ...got === null ? [] : [t('runs.had', { name: names[ahead], value: values[behind], n: n(got) })],
    ])
  }
  const changes = leads.map(({ step, run }) => t('runs.lead_from', { n: n(step), name: names[run] }))
  if (leads.length === 1) said.push([t('runs.always', { name: names[leads[0].run], n: n(leads[0].step) })])
  else if (leads.length > 1) said.push([t('runs.changes', { count: leads.length - 1,
    list: changes.slice(0, SHOWN).join(', ') + (changes.length > SHOWN ? ', …' : '') })])
  return said.map(parts => parts.join(' '))
}

/** Changes of the lead that are named. */
const SHOWN = 6

/** All numbers of the curve compared, some rows at a time. @param {Shown} shown @param {Actions} actions @param {Page} page */
function numbers({ runs, measure, row: from }, actions, page) {
  const { t, language } = page
  const lines = linesOf(runs, measure)
  const steps = [...new Set(lines.flat().map(({ step }) => step))].sort((a, b) => a - b)
  const shown = steps.slice(from, from + ROWS)
  const cell = (/** @type {number} */ i, /** @type {number} */ step) => {
    const value = valueAt(lines[i], step)
    return value === null ? '–' : valueText(measure, value, language)
  }
  const n = (/** @type {number} */ value) => whole(value, language)
  return html`<details class="more"><summary>${t('curves.numbers')}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('curves.numbers')}><table
      class="classes num"><thead><tr>
      <th scope="col">${t('curves.x.step')}</th>${namesOf(runs, page).map(name => html`<th
        scope="col">${name}</th>`)}</tr></thead>
    <tbody>${shown.map(step => html`<tr><th
      scope="row">${exact(step, language)}</th><td>${cell(0, step)}</td><td>${cell(1,
        step)}</td></tr>`)}</tbody></table></div>
    ${steps.length > ROWS ? html`<div class="row">
      <button ?disabled=${from === 0} @click=${() => actions.turn(from - ROWS)}>${t('curves.before')}</button>
      <span class="num"
        role="status">${t('curves.rows', { from: n(from + 1), to: n(from + shown.length),
          all: n(steps.length) })}</span>
      <button ?disabled=${from + ROWS >= steps.length}
        @click=${() => actions.turn(from + ROWS)}>${t('curves.after')}</button></div>` : nothing}</details>`
}
