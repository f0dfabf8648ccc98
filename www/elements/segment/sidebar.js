/**
 * The column beside the stage: the net's settings, the legend.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { percent } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { keptInUse, modelField, modelHint, ownWeights } from '../common/model/picker.js'
import { styled } from '../common/ui/styled.js'
import { swatch } from '../common/stage/swatch.js'
import { variantName } from '../common/stage/classes.js'

/** @typedef {import('../fcn-segment.js').FcnSegment} FcnSegment */

/** Working sizes offered, long side in pixels. */
const SIZES = [512, 768, 1024]

/** @param {FcnSegment} host */
export function settings(host) {
  const { t, language } = host
  const { manifest } = host.engine?.model ?? {}
  const own = manifest?.input.long_side ?? 512
  const most = manifest?.input.max_long_side ?? 1024
  const sizes = SIZES.filter(size => size !== own && size <= most)
  const chosen = String(host.size) === String(own) ? 'model' : String(host.size)
  return html`
    <section class="panel net" part="settings" aria-label=${t('net')}>
      <div class="pairs">
        ${modelField(host)}
        <label class="field" title=${t('size.hint')}><span>${t('size')}</span>
          <select @change=${(/** @type {Event} */ event) => { host.size = /** @type {HTMLSelectElement} */ (event.target).value }}>
            <option value="model" ?selected=${chosen === 'model'}>${t('size.model', { pixels: own })}</option>
            ${sizes.map(size => html`<option value=${size} ?selected=${chosen === String(size)}>${t('size.pixels', { pixels: size })}</option>`)}
          </select></label>
      </div>
      <p class="hint">${modelHint(host)}</p>
      ${keptInUse(host)}
      ${ownWeights(host)}
    </section>`
}

/** How much of the picture is hatched as unsure, once that is known. @param {FcnSegment} host @param {import('../../engine/engine.js').Result} result */
function unsureText(host, result) {
  const known = host.isComparing ? null : host.unsureOf(result)
  return known ? host.t('unsure.share', { share: percent(known.share, host.language) }) : host.t('unsure')
}

/** @param {FcnSegment} host */
export function legend(host) {
  const { t, language, current, scene } = host
  if (!current || !scene) {
    return html`<section class="panel" part="legend"><h3>${t('legend')}</h3><p class="hint">${t('legend.empty')}</p></section>`
  }
  const masks = host.isComparing ? [...scene.masks.values()] : [current]
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
  const largest = (/** @type {(number | undefined)[]} */ row) => Math.max(...Array.from(row, share => share ?? 0))
  const rows = [...shares].sort(([, a], [, b]) => largest(b) - largest(a))
  /** @param {number} id @param {boolean} isShown */
  const toggle = (id, isShown) => {
    const off = new Set(host.off)
    if (isShown) off.delete(id)
    else off.add(id)
    host.off = off
  }
  return html`
    <section class="panel" part="legend" aria-label=${t('legend')}>
      <h3>${t('legend')}</h3>
      <div class="split-head">
        <label class="check" title=${t('patterns.hint')}><input type="checkbox" .checked=${host.patterns}
          @change=${(/** @type {Event} */ event) => { host.patterns = /** @type {HTMLInputElement} */ (event.target).checked }}>${t('patterns')}</label>
        <label class="check" title=${t('unsure.hint')}><input type="checkbox" .checked=${host.unsure} ?disabled=${current.result.scores === null}
          @change=${(/** @type {Event} */ event) => { host.unsure = /** @type {HTMLInputElement} */ (event.target).checked }}>${unsureText(host, current.result)}</label>
        <span><button class="quiet" @click=${() => { host.off = new Set() }}>${t('legend.all')}</button><button class="quiet"
          @click=${() => { host.off = new Set(shares.keys()) }}>${t('legend.none')}</button></span></div>
      <table class="legend">
        <thead class=${host.isComparing ? '' : 'sr'}><tr><th scope="col">${t('legend.class')}</th>
          ${masks.map(({ result }) => html`<th scope="col" class="area">${host.isComparing ? variantName(result.variant).replace('FCN-', '') : t('legend.area')}</th>`)}</tr></thead>
        <tbody @pointerleave=${() => { host.lit = null }}>
          ${repeat(rows, ([id]) => id, ([id, row]) => {
            const cls = classes.find(one => one.id === id)
            if (!cls) return nothing
            const name = className(cls, language)
            const isOn = !host.off.has(id)
            return html`<tr class=${classMap({ off: !isOn, lit: host.lit === id })} @pointerenter=${(/** @type {PointerEvent} */ event) => {
                if (event.pointerType === 'mouse') host.lit = id
              }}>
              <td><label><input type="checkbox" aria-label=${t('legend.show', { name })} .checked=${isOn}
                  @change=${(/** @type {Event} */ event) => toggle(id, /** @type {HTMLInputElement} */ (event.target).checked)}>
                ${swatch(cls, host.patterns)}<span class="name">${name}</span></label>
                ${host.isComparing ? nothing : html`<span class="bar"><i ${styled({ width: `${(row[0] ?? 0) * 100}%`, background: cls.color })}></i></span>`}</td>
              ${masks.map((_, i) => html`<td class="area num">${percent(row[i] ?? 0, language)}</td>`)}
            </tr>`
          })}
        </tbody>
      </table>
    </section>`
}
