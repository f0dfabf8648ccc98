/** What the small net looks like: how it is dropped out, the drawing, and the same in tables. */
import { classMap, html, live } from '../../../vendor/lit.js'
import { percent, significant, whole } from '../../../lib/format.js'
import { MOST_MASKS, MOST_P, MOST_SEED, STEP_P } from './controller.js'
import { drawing } from './drawing.js'

/** @typedef {import('./controller.js').Units} Units */
/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../page.js').Page} Page */

/** Masks drawn at once. */
const MANY = 100

/** @param {Units} panel @param {Page} page */
export function units({ state, actions }, page) {
  const { t } = page
  return html`<p class="told">${t('units.lead')}</p>
    ${controls(state, actions, page)}
    <p class="told state" role="status">${outcome(state, page)}</p>
    <div class="net">
      <figure class="drawing" part="net"><div role="img" aria-label=${described(state,
        page)}>${drawing(state, shortly)}</div>
        <figcaption class="hint">${t('units.drawing')}</figcaption></figure>
      ${hiddenTable(state, page)}
    </div>
    ${outputTable(state, page)}
    ${facts(state, page)}`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function controls({ p, seed, mask, isTraining }, actions, { t, language }) {
  const numberOf = (/** @type {Event} */ event) => Number(/** @type {HTMLInputElement} */ (event.target).value)
  const isLast = mask >= MOST_MASKS
  return html`<div class="controls" part="controls">
    <fieldset class="segments"><legend>${t('units.mode')}</legend><div>${[true, false].map(each => html`<label>
      <input type="radio" name="mode" .checked=${live(each === isTraining)}
        @change=${() => actions.setTraining(each)}>${
        t(each ? 'units.training' : 'units.evaluation')}</label>`)}</div></fieldset>
    <label class="field grow"><span>${t('units.p', { p: percent(p, language) })}</span>
      <input type="range" min="0" max=${MOST_P} step=${STEP_P} .value=${live(String(p))}
        aria-valuetext=${percent(p, language)}
        @input=${(/** @type {Event} */ event) => actions.setP(numberOf(event))}></label>
    <label class="field"><span>${t('units.seed')}</span>
      <input class="number" type="number" min="0" max=${MOST_SEED} step="1" .value=${live(String(seed))}
        @change=${(/** @type {Event} */ event) => actions.setSeed(numberOf(event))}></label>
    <div class="row">
      <button class="main" ?disabled=${isLast} @click=${() => actions.draw(1)}>${t('units.next')}</button>
      <button ?disabled=${isLast} @click=${() => actions.draw(MANY)}>${t('units.many', { count: MANY })}</button>
      <button ?disabled=${mask === 1} @click=${actions.first}>${t('units.first')}</button>
    </div>
  </div>`
}

/** Short enough for a circle. @param {number} value */
const shortly = value => value.toFixed(Math.abs(value) < 9.95 ? 1 : 0).replace('-', '−').replace(/^−(0(\.0)?)$/, '$1')

/** All with as many digits, so that a column can be compared. @param {number} value */
const exactly = value => value.toFixed(3).replace('-', '−').replace(/^−(0\.0+)$/, '$1')

/** @param {State} state @param {Page} page */
function outcome({ kept, p, mask, isTraining }, { t, language }) {
  if (!isTraining) return t('units.nothing', { count: kept.length })
  const dropped = kept.flatMap((is, at) => is ? [] : [at + 1])
  const facts = { mask: whole(mask, language), all: kept.length, count: dropped.length,
    factor: significant(1 / (1 - p), language) }
  return dropped.length ? t('units.dropped', { ...facts, list: dropped.join(', ') }) : t('units.none', facts)
}

/** @param {State} state @param {Page} page */
function described(state, page) {
  const { net, pass } = state
  return page.t('units.described', {
    inputs: net.inputs.length, hidden: net.hidden.bias.length, outputs: net.readout.bias.length,
    state: outcome(state, page), values: pass.outputs.map(value => exactly(value)).join(', '),
  })
}

/** @param {State} state @param {Page} page */
function hiddenTable({ pass, kept, p, isTraining }, page) {
  const { t } = page
  const scale = isTraining && p > 0 ? t('units.divided', { rest: significant(1 - p, page.language) }) : t('units.kept')
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('units.hidden')}><table part="hidden">
    <caption>${t('units.hidden')}</caption>
    <thead><tr><th scope="col">${t('units.unit')}</th><th scope="col">${t('units.activation')}</th>
      <th scope="col">${t('units.fate')}</th><th scope="col">${t('units.passed')}</th></tr></thead>
    <tbody>${pass.activations.map((value, at) => html`<tr class=${classMap({ dropped: !kept[at] })}><th
      scope="row">${at + 1}</th>
      <td>${exactly(value)}</td><td>${kept[at] ? scale : t('units.is.dropped')}</td>
      <td>${exactly(pass.hidden[at])}</td></tr>`)}</tbody></table></div>`
}

/** @param {State} state @param {Page} page */
function outputTable({ pass, plain, mean, expected, mask, isTraining }, page) {
  const { t, language } = page
  /** @param {'outputs' | 'probabilities'} what @param {(value: number) => string} say */
  const rows = (what, say) => pass[what].map((value, at) => html`<tr><th
    scope="row">${t(`units.${what}`, { at: at + 1 })}</th>
    <td>${say(value)}</td><td>${say(mean[what][at])}</td><td>${say(expected[what][at])}</td><td>${say(plain[what][at])}</td></tr>`)
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('units.results')}><table part="outputs">
    <caption>${t('units.results')}</caption>
    <thead><tr><th scope="col">${t('units.output')}</th>
      <th scope="col">${isTraining ? t('units.this', { mask: whole(mask, language) }) : t('units.this.plain')}</th>
      <th scope="col">${t('units.mean', { count: whole(mask, language) })}</th>
      <th scope="col">${t('units.all', { count: whole(2 ** pass.hidden.length, language) })}</th>
      <th scope="col">${t('units.plain')}</th></tr></thead>
    <tbody>${rows('outputs', exactly)}</tbody>
    <tbody>${rows('probabilities', value => percent(value, language, 1))}</tbody></table></div>`
}

/** @param {readonly number[]} a @param {readonly number[]} b */
const furthest = (a, b) => Math.max(...a.map((value, at) => Math.abs(value - b[at])))

/** What is equal and what isn't, and what dropout takes away: nothing. @param {State} state @param {Page} page */
function facts({ net, plain, mean, expected, mask, p, parameters }, { t, language }) {
  const [inputs, hidden, outputs] = [net.inputs.length, net.hidden.bias.length, net.readout.bias.length]
  const say = (/** @type {number} */ value) => significant(value, language, 2)
  const isEqual = furthest(expected.outputs, plain.outputs) < ROUNDING
  return html`<ul class="facts">
    <li><b>${t('units.parameters', { count: parameters })}</b> ${t('units.parameters.why',
      { inputs, hidden, outputs })}</li>
    <li>${t(isEqual ? 'units.equal' : 'units.unequal', { count: whole(2 ** hidden, language) })}
      ${t('units.near', { count: whole(mask, language), off: say(furthest(mean.outputs, plain.outputs)) })}</li>
    <li>${t(p > 0 ? 'units.softmax' : 'units.softmax.none', {
      off: significant(100 * furthest(expected.probabilities, plain.probabilities), language) })}</li>
  </ul>`
}

/** Two sums of a few hundred numbers below ten differ by less. */
const ROUNDING = 1e-9
