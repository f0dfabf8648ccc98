/**
 * What can be set of the map: its size, which class, which value, how strongly it is drawn.
 */
import { html, nothing } from '../../vendor/lit.js'
import { percent } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./reading.js').Reading} Reading */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */

/** Long sides offered, pixels. */
const SIZES = [224, 320, 384, 512, 640, 768, 1024]
/** Classes offered as buttons; others are in a list. */
const BUTTONS = 8

/** @param {State} state @param {Actions} actions @param {Heatmap} map @param {Reading} reading of it */
export function controls(state, actions, map, reading) {
  const { t, language, opacity, view: shown, value: what } = state
  const views = /** @type {const} */ (['heat', 'winner'])
  const values = /** @type {const} */ (['probability', 'score'])
  return html`
    <div class="controls" part="controls">
      ${sizes(state, actions, map)}
      <fieldset class="segments"><legend>${t('show')}</legend>
        <div>${views.map(view => html`<label><input type="radio" name="view" .checked=${shown === view}
          @change=${() => actions.set({ view })}>${t(`show.${view}`)}</label>`)}</div></fieldset>
      ${shown === 'heat' ? html`<fieldset class="segments"><legend>${t('value')}</legend>
        <div>${values.map(value => html`<label><input type="radio" name="value" .checked=${what === value}
          @change=${() => actions.set({ value })}>${t(`value.${value}`)}</label>`)}</div></fieldset>` : nothing}
      <label class="field grow"><span>${t('opacity')}</span>
        <input type="range" min="0" max="1" step="0.05" .value=${String(opacity)}
          aria-valuetext=${percent(opacity, language)} @input=${(/** @type {Event} */ event) => {
            actions.set({ opacity: Number(/** @type {HTMLInputElement} */ (event.target).value) })
          }}></label>
    </div>
    ${shown === 'heat' ? classes(state, actions, map, reading) : nothing}`
}

/**
 * The long side that is wished for; a smaller photo has less.
 * @param {State} state
 * @param {Heatmap} map
 * @returns {number} pixels
 */
export function sizeWished({ longSide, known }, map) {
  if (longSide === 'native') return Math.max(map.photo.width, map.photo.height)
  return longSide === 'model' ? known?.manifest.input.long_side ?? 512 : longSide
}

/** @param {State} state @param {Actions} actions @param {Heatmap} map */
function sizes(state, actions, map) {
  const { t, known } = state
  const { long_side: own = 512, max_long_side: most = 1024 } = known?.manifest.input ?? {}
  const wished = sizeWished(state, map)
  const offered = [...new Set([...SIZES, own])].filter(size => size <= most).sort((a, b) => a - b)
  const isListed = offered.includes(wished)
  const pixels = (/** @type {number} */ size) => t('size.pixels', { pixels: size })
  return html`<label class="field"><span>${t('size')}</span>
    <select class="size" @change=${(/** @type {Event} */ event) => {
      actions.set({ size: Number(/** @type {HTMLSelectElement} */ (event.target).value) })
    }}>
      ${isListed ? nothing : html`<option value="" .selected=${true} disabled>${pixels(wished)}</option>`}
      ${offered.map(size => html`<option value=${size} .selected=${size === wished}>${pixels(size)}</option>`)}
    </select></label>`
}

/** @param {State} state @param {Actions} actions @param {Heatmap} map @param {Reading} reading */
function classes({ t, language }, actions, map, { ranking, shown }) {
  const first = ranking.slice(0, BUTTONS)
  const isFirst = first.some(({ id }) => id === shown)
  return html`<fieldset class="classes" part="classes"><legend>${t('classes')}</legend>
    <div class="row">
      ${first.map(({ id, probability }) => html`<button aria-pressed=${id === shown} @click=${() => actions.choose(id)}>
        ${className(map.classes[id], language)} <span class="num">${percent(probability, language)}</span></button>`)}
      ${ranking.length > first.length ? html`<label class="field"><span class="sr">${t('classes.more')}</span>
        <select @change=${(/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLSelectElement} */ (event.target)
          if (value) actions.choose(Number(value))
        }}>
          <option value="" .selected=${isFirst}>${t('classes.more')}</option>
          ${map.classes.map(cls => html`<option value=${cls.id} .selected=${!isFirst && cls.id === shown}>${
            className(cls, language)}</option>`)}
        </select></label>` : nothing}
    </div></fieldset>`
}
