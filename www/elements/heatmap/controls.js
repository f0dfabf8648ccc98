/**
 * What can be set of the map: its size, which class, which value, how strongly it is drawn.
 */
import { html, nothing } from '../../vendor/lit.js'
import { percent } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'

/** @typedef {import('../fcn-heatmap.js').FcnHeatmap} FcnHeatmap */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */

/** Long sides offered, pixels. */
const SIZES = [224, 320, 384, 512, 640, 768, 1024]
/** Classes offered as buttons; others are in a list. */
const BUTTONS = 8

/** @param {FcnHeatmap} host @param {Heatmap} map */
export function controls(host, map) {
  const { t, language } = host
  const views = /** @type {const} */ (['heat', 'winner'])
  const values = /** @type {const} */ (['probability', 'score'])
  return html`
    <div class="controls" part="controls">
      ${sizes(host, map)}
      <fieldset class="segments"><legend>${t('show')}</legend>
        <div>${views.map(view => html`<label><input type="radio" name="view" .checked=${host.view === view} @change=${() => { host.view = view }}>${t(`show.${view}`)}</label>`)}</div></fieldset>
      ${host.view === 'heat' ? html`<fieldset class="segments"><legend>${t('value')}</legend>
        <div>${values.map(value => html`<label><input type="radio" name="value" .checked=${host.value === value} @change=${() => { host.value = value }}>${t(`value.${value}`)}</label>`)}</div></fieldset>` : nothing}
      <label class="field grow"><span>${t('opacity')}</span>
        <input type="range" min="0" max="1" step="0.05" .value=${String(host.opacity)} aria-valuetext=${percent(host.opacity, language)}
          @input=${(/** @type {Event} */ event) => { host.opacity = Number(/** @type {HTMLInputElement} */ (event.target).value) }}></label>
    </div>
    ${host.view === 'heat' ? classes(host, map) : nothing}`
}

/**
 * The long side that is wished for; a smaller photo has less.
 * @param {FcnHeatmap} host
 * @param {Heatmap} map
 * @returns {number} pixels
 */
export function sizeWished(host, map) {
  if (host.longSide === 'native') return Math.max(map.photo.width, map.photo.height)
  return host.longSide === 'model' ? host.engine?.model?.manifest.input.long_side ?? 512 : host.longSide
}

/** @param {FcnHeatmap} host @param {Heatmap} map */
function sizes(host, map) {
  const { t } = host
  const { long_side: own = 512, max_long_side: most = 1024 } = host.engine?.model?.manifest.input ?? {}
  const wished = sizeWished(host, map)
  const offered = [...new Set([...SIZES, own])].filter(size => size <= most).sort((a, b) => a - b)
  const isListed = offered.includes(wished)
  return html`<label class="field"><span>${t('size')}</span>
    <select class="size" @change=${(/** @type {Event} */ event) => { host.size = Number(/** @type {HTMLSelectElement} */ (event.target).value) }}>
      ${isListed ? nothing : html`<option value="" .selected=${true} disabled>${t('size.pixels', { pixels: wished })}</option>`}
      ${offered.map(size => html`<option value=${size} .selected=${size === wished}>${t('size.pixels', { pixels: size })}</option>`)}
    </select></label>`
}

/** @param {FcnHeatmap} host @param {Heatmap} map */
function classes(host, map) {
  const { t, language } = host
  const { ranking } = host.knownOf(map)
  const shown = host.classShown(map)
  const first = ranking.slice(0, BUTTONS)
  const isFirst = first.some(({ id }) => id === shown)
  return html`<fieldset class="classes" part="classes"><legend>${t('classes')}</legend>
    <div class="row">
      ${first.map(({ id, probability }) => html`<button aria-pressed=${id === shown} @click=${() => host.choose(id)}>
        ${host.nameOf(id, map)} <span class="num">${percent(probability, language)}</span></button>`)}
      ${ranking.length > first.length ? html`<label class="field"><span class="sr">${t('classes.more')}</span>
        <select @change=${(/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLSelectElement} */ (event.target)
          if (value) host.choose(Number(value))
        }}>
          <option value="" .selected=${isFirst}>${t('classes.more')}</option>
          ${map.classes.map(cls => html`<option value=${cls.id} .selected=${!isFirst && cls.id === shown}>${className(cls, language)}</option>`)}
        </select></label>` : nothing}
    </div></fieldset>`
}
