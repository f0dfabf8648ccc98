/**
 * The column beside the stage: the net's settings, the legend.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { percent } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { keptInUse, modelField, modelHint, ownWeights } from '../common/model/picker.js'
import { styled } from '../common/ui/styled.js'
import { swatch } from '../common/stage/swatch.js'
import { faintClasses, variantName } from '../common/stage/classes.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */

/** Working sizes offered, long side in pixels. */
const SIZES = [512, 768, 1024]

/** @param {State} state @param {Actions} actions */
export function settings(state, actions) {
  const { t, net, size: wanted } = state
  const own = net?.manifest.input.long_side ?? 512
  const most = net?.manifest.input.max_long_side ?? 1024
  const sizes = SIZES.filter(size => size !== own && size <= most)
  const chosen = String(wanted) === String(own) ? 'model' : String(wanted)
  return html`
    <section class="panel net" part="settings" aria-label=${t('net')}>
      <div class="pairs">
        ${modelField(state, actions)}
        <label class="field" title=${t('size.hint')}><span>${t('size')}</span>
          <select @change=${(/** @type {Event} */ event) => {
            actions.set({ size: /** @type {HTMLSelectElement} */ (event.target).value }) }}>
            <option value="model" ?selected=${chosen === 'model'}>${t('size.model', { pixels: own })}</option>
            ${sizes.map(size => html`<option value=${size}
              ?selected=${chosen === String(size)}>${t('size.pixels', { pixels: size })}</option>`)}
          </select></label>
      </div>
      <p class="hint">${modelHint(state)}</p>
      ${keptInUse(state)}
      ${ownWeights(state)}
    </section>`
}

/** How much of the picture is hatched as unsure, once that is known. @param {State} state @param {import('../../engine/engine.js').Result} result */
function unsureText({ isComparing, unsureOf, t, language }, result) {
  const known = isComparing ? null : unsureOf(result)
  return known ? t('unsure.share', { share: percent(known.share, language) }) : t('unsure')
}

/** @param {State} state @param {Actions} actions */
export function legend(state, actions) {
  const { t, language, current, scene, isComparing, off, lit, patterns, unsure, view } = state
  if (!current || !scene) {
    return html`<section class="panel" part="legend"><h3>${t('legend')}</h3><p
      class="hint">${t('legend.empty')}</p></section>`
  }
  const masks = isComparing ? [...scene.masks.values()] : [current]
  const { classes } = current.result
  /** @type {Map<number, (number | undefined)[]>} */
  const shares = new Map()
  masks.forEach(({ areas }, i) => {
    for (const { id, share } of areas) {
      const row = shares.get(id) ?? []
      row[i] = share
      shares.set(id, row)
    }
  })
  const lying = faintClasses(classes)
  const faint = classes.filter(({ id }) => lying.has(id) && shares.has(id))
  const largest = (/** @type {(number | undefined)[]} */ row) => Math.max(...Array.from(row, share => share ?? 0))
  const rows = [...shares].sort(([, a], [, b]) => largest(b) - largest(a))
  /** @param {number} id @param {boolean} isShown */
  const toggle = (id, isShown) => {
    const changed = new Set(off)
    if (isShown) changed.delete(id)
    else changed.add(id)
    actions.show({ off: changed })
  }
  return html`
    <section class="panel" part="legend" aria-label=${t('legend')}>
      <h3>${t('legend')}</h3>
      ${!isComparing && state.isMostlyUnsure(current.result)
        ? html`<p class="notice" role="status">${t('unsure.mostly')}</p>` : nothing}
      <div class="split-head">
        <label class="check" title=${t('patterns.hint')}><input type="checkbox" .checked=${patterns}
          @change=${(/** @type {Event} */ event) => {
            actions.set({
              patterns: /** @type {HTMLInputElement} */ (event.target).checked }) }}>${t('patterns')}</label>
        <label class="check" title=${t('unsure.hint')}><input type="checkbox" .checked=${unsure}
          ?disabled=${current.result.scores === null}
          @change=${(/** @type {Event} */ event) => {
            actions.set({ unsure: /** @type {HTMLInputElement} */ (event.target).checked }) }}>${unsureText(state,
              current.result)}</label>
        <span><button class="quiet" @click=${() => actions.show({ off: new Set() })}>${t('legend.all')}</button><button
          class="quiet"
          @click=${() => actions.show({ off: new Set(shares.keys()) })}>${t('legend.none')}</button></span></div>
      <table class="legend">
        <thead class=${isComparing ? '' : 'sr'}><tr><th scope="col">${t('legend.class')}</th>
          ${masks.map(({ result }) => html`<th scope="col"
            class="area">${isComparing ? variantName(result.variant).replace('FCN-', '')
              : t('legend.area')}</th>`)}</tr></thead>
        <tbody @pointerleave=${() => actions.show({ lit: null })}>
          ${repeat(rows, ([id]) => id, ([id, row]) => {
            const cls = classes.find(one => one.id === id)
            if (!cls) return nothing
            const name = className(cls, language)
            const isOn = !off.has(id)
            return html`<tr class=${classMap({ off: !isOn, lit: lit === id })}
              @pointerenter=${(/** @type {PointerEvent} */ event) => {
                if (event.pointerType === 'mouse') actions.show({ lit: id })
              }}>
              <td><label><input type="checkbox" aria-label=${t('legend.show', { name })} .checked=${isOn}
                  @change=${(/** @type {Event} */ event) =>
                    toggle(id, /** @type {HTMLInputElement} */ (event.target).checked)}>
                ${swatch(cls, patterns)}<span class="name">${name}</span></label>
                ${isComparing ? nothing : html`<span class="bar"><i
                  ${styled({ width: `${(row[0] ?? 0) * 100}%`, background: cls.color })}></i></span>`}</td>
              ${masks.map((_, i) => html`<td class="area num">${percent(row[i] ?? 0, language)}</td>`)}
            </tr>`
          })}
        </tbody>
      </table>
      ${view === 'mask' ? nothing
        : faint.map(cls => html`<p class="hint">${t('legend.faint', { name: className(cls, language) })}</p>`)}
    </section>`
}
