/** Why loss and mIoU can part ways, with a sum to try: how many pixels are wrong, and how sure of it the net is. */
import { html, nothing } from '../../../vendor/lit.js'
import { percent, significant } from '../../../lib/format.js'
import { BEFORE, LIMITS, RIGHT, costOf, sumOf } from './confidence.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./confidence.js').Guess} Guess */
/** @typedef {import('../results.js').Page} Page */

/** Steps of the slider for p in a tenfold: it goes by the logarithm. */
const FINE = 20

/** @param {State} state @param {Actions} actions @param {Page} page */
export function explained({ guess }, actions, page) {
  const { t, language } = page
  const [least, half] = [0.001, 0.5]
  const n = (/** @type {number} */ value, digits = 3) => significant(value, language, digits)
  const facts = {
    p: n(least), cost: n(costOf(least)), half: n(half), halfCost: n(costOf(half)),
    pixels: n(costOf(least) / costOf(half), 2), near: n(half - 0.01),
  }
  return html`<section class="panel" aria-label=${t('curves.why')}><h3>${t('curves.why')}</h3>
    <p class="told">${t('curves.why.loss', facts)}</p><p class="told">${t('curves.why.score', facts)}</p>
    <p class="told">${t('curves.why.both')}</p>
    <h4>${t('curves.try')}</h4><p class="told">${t('curves.try.task', { right: n(RIGHT) })}</p>
    <div class="controls">
      ${slider(t('curves.try.wrong'), percent(guess.wrong, language),
        { value: 100 * guess.wrong, limits: LIMITS.wrong.map(limit => 100 * limit), step: 1 },
        value => actions.suppose({ wrong: value / 100 }))}
      ${slider(t('curves.try.p'), n(guess.p, 2), { value: Math.log10(guess.p), limits: LIMITS.p.map(Math.log10),
        step: 1 / FINE },
        value => actions.suppose({ p: 10 ** value }))}
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('curves.try')}><table
      class="classes num"><thead><tr><td></td>
      <th scope="col">${t('curves.pixelAccuracy')}</th><th scope="col">${t('curves.try.loss')}</th><th
        scope="col">${t('curves.try.sum')}</th></tr></thead>
      <tbody>${row(t('curves.try.before'), BEFORE, page)}${row(t('curves.try.now'), guess, page)}</tbody></table></div>
    <p class="told" role="status">${verdict(guess, page)}</p></section>`
}

/**
 * @param {string} title
 * @param {string} said
 * @param {{value: number, limits: readonly number[], step: number}} range
 * @param {(value: number) => void} change
 */
function slider(title, said, { value, limits: [min, max], step }, change) {
  return html`<label class="field grow"><span>${title}: <b class="num">${said}</b></span>
    <input type="range" min=${min} max=${max} step=${step} .value=${String(value)} aria-valuetext=${said}
      @input=${(/** @type {Event} */ event) =>
        change(Number(/** @type {HTMLInputElement} */ (event.target).value))}></label>`
}

/** @param {string} title @param {Guess} guess @param {Page} page */
function row(title, guess, { language }) {
  const { accuracy, loss } = sumOf(guess)
  const n = (/** @type {number} */ value) => significant(value, language, 3)
  const parts = [[guess.wrong, costOf(guess.p)], [1 - guess.wrong, costOf(RIGHT)]]
  return html`<tr><th scope="row">${title}</th><td>${percent(accuracy, language)}</td><td><b>${n(loss)}</b></td>
    <td>${parts.map(([share, cost]) => `${n(share)} × ${n(cost)}`).join(' + ')}</td></tr>`
}

/** @param {Guess} guess @param {Page} page */
function verdict(guess, { t, language }) {
  const [before, now] = [sumOf(BEFORE), sumOf(guess)]
  const [isRight, isDearer] = [now.accuracy > before.accuracy + 1e-9, now.loss > before.loss + 1e-9]
  if (isRight && isDearer) {
    const [points, loss] = [100 * (now.accuracy - before.accuracy), now.loss - before.loss].map(rise =>
      significant(rise, language, 2))
    return html`<b>${t('curves.try.both', { points, loss })}</b>`
  }
  if (isRight && guess.p <= LIMITS.p[0] * 1.01) return t('curves.try.few')
  return isRight ? t('curves.try.right') : isDearer ? t('curves.try.dearer') : nothing
}
