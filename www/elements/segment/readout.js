/**
 * What the cursor reads: class, probability, runner-up; for every variant when they are compared.
 */
import { html, nothing } from '../../vendor/lit.js'
import { percent, whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { probe } from '../../lib/probe.js'
import { variantName } from '../common/stage/classes.js'
import { swatch } from '../common/stage/swatch.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('../../engine/engine.js').Result} Result */

/** @param {State} state */
export function readout(state) {
  const { t, cursor, scene, current, language, isComparing, pending } = state
  if (!cursor || !scene || !current || pending) return current ? t('readout.empty') : nothing
  const shown = isComparing ? [...scene.masks.values()] : [current]
  const place = t('readout.place', { x: whole(cursor.x, language), y: whole(cursor.y, language) })
  return shown.map(({ result }, i) => html`<div>
    ${isComparing ? html`<span>${variantName(result.variant)}</span>` : nothing}
    ${pixel(state, result)}
    ${i === 0 ? html`<span class="num">${place}</span>` : nothing}
  </div>`)
}

/**
 * @param {State} state
 * @param {Result} result
 */
function pixel({ cursor, language, patterns, t }, result) {
  if (!cursor) return nothing
  // The mask is the truth; probabilities come from the scores, where they were kept.
  const id = result.labels[cursor.y * result.width + cursor.x]
  const probed = probe(result, cursor.x, cursor.y)
  const cls = result.classes.find(one => one.id === id)
  if (!cls) return nothing
  const second = probed?.second && result.classes.find(one => one.id === probed.second?.id)
  return html`${swatch(cls, patterns)} <b>${className(cls, language)}${probed ? html` <span
    class="num">${percent(probed.probability, language)}</span>` : nothing}</b>
    ${probed?.second && second ? html`<span class="num">${t('readout.second', {
      name: className(second, language), probability: percent(probed.second.probability, language),
    })}</span>` : nothing}`
}
