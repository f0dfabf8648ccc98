/**
 * What `<fcn-dropout>` looks like: the choice of a panel, and the panel.
 */
import { html } from '../../vendor/lit.js'
import { failed } from '../common/ui/failure.js'
import { units } from './units/template.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function template(state, actions) {
  const { t, language, panel, panels } = state
  return html`<div class="root" part="root" lang=${language}>
    <fieldset class="segments" part="panels"><legend class="sr">${t('panels')}</legend>
      <div>${panels.map(name => html`<label><input type="radio" name="panel" .checked=${name === panel}
        @change=${() => actions.show(name)}>${t(`panel.${name}`)}</label>`)}</div></fieldset>
    ${failed(state, actions)}
    <section part="panel" aria-label=${t(`panel.${panel}`)}>${shown(state)}</section>
  </div>`
}

/** @param {State} state */
function shown(state) {
  if (state.panel === 'units') return units(state.units, state)
  return state.photo ? state.photo.render(state) : html`<p class="hint">${state.t('coming')}</p>`
}
