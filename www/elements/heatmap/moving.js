/** The photo moved in its frame: two sliders, and what of label and heat map moved along. */
import { html, live, nothing } from '../../vendor/lit.js'
import { percent, whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { isMoved } from '../../lib/shift.js'
import { FURTHEST, STEP } from './link.js'
import { keptText, labelText, peakText, wayText } from './sentences.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */

/** @param {State} state @param {Actions} actions @param {Heatmap} map */
export function shifter(state, actions, { work: { width, height } }) {
  const { t, shift } = state
  return html`<fieldset class="shift" part="shift"><legend>${t('shift')}</legend>
    <div class="row">
      ${slider('x', t('shift.x'), state, actions)} ${slider('y', t('shift.y'), state, actions)}
      <button ?disabled=${!isMoved(shift)}
        @click=${() => actions.shift({ x: 0, y: 0 })}>${t('shift.back')}</button></div>
    <p class="hint">${t('shift.hint', { width, height })}</p></fieldset>`
}

/** @param {'x' | 'y'} axis @param {string} title @param {State} state @param {Actions} actions */
function slider(axis, title, state, actions) {
  const { t, language, shift } = state
  const by = shift[axis]
  return html`<label class="field"><span>${title}: <b class="num">${t('shift.pixels',
    { pixels: whole(by, language) })}</b></span>
    <input type="range" min=${-FURTHEST} max=${FURTHEST} step=${STEP} .value=${live(String(by))}
      aria-valuetext=${wayText({ x: 0, y: 0, [axis]: by }, state) || t('shift.none')}
      @input=${(/** @type {Event} */ event) => {
        actions.shift({ [axis]: Number(/** @type {HTMLInputElement} */ (event.target).value) })
      }}></label>`
}

/** What became of label and peak; nothing while the photo is where it was. @param {State} state @param {Heatmap} map */
export function moved(state, map) {
  const { t, language, move } = state
  if (!move) return nothing
  const { before, after } = move
  const row = (/** @type {string} */ title, /** @type {typeof before} */ { label, peak }) => html`<tr><th
    scope="row">${title}</th>
    <td>${className(map.classes[label.id], language)}</td><td>${percent(label.probability, language)}</td>
    <td>${t('move.cell', { row: peak.row, column: peak.column })}</td>
    <td>${t('move.middle', { x: whole(peak.x, language), y: whole(peak.y, language) })}</td></tr>`
  return html`<section class="moved" part="moved" aria-label=${t('move')}>
    <h4>${t('move')}</h4>
    <p class="told">${labelText(move, map, state)}</p>
    <p class="told">${peakText(move, map, state)} ${t('move.former')}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('move.table')}><table class="shapes num">
      <thead><tr><td></td><th scope="col">${t('move.label')}</th><th scope="col">${t('value.probability')}</th>
        <th scope="col">${t('move.highest', { name: className(map.classes[move.shown], language) })}</th>
        <th scope="col">${t('move.place')}</th></tr></thead>
      <tbody>${row(t('move.before'), before)}${row(t('move.now'), after)}</tbody></table></div>
    <p class="same">${keptText(move, map, state)}</p></section>`
}
