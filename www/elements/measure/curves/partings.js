/** Where the curves part ways, in words: each stretch by its number in the charts, what that kind means, and by what rule. */
import { html, nothing } from '../../../vendor/lit.js'
import { isLoss } from '../../../lib/training-log/columns.js'
import { KINDS, marked } from './charts.js'
import { exact, lossText, placeText, pointsText, roleName, shareText, valueText } from './words.js'

/** @typedef {import('./controller.js').Reading} Reading */
/** @typedef {import('../results.js').Page} Page */
/** @typedef {import('../../../lib/training-log/partings.js').Parting} Parting */
/** @typedef {import('../../../lib/training-log/partings.js').Change} Change */
/** @typedef {import('../../../lib/training-log/partings.js').Kind} Kind */

/**
 * Keys of what they are called, of a stretch, and of what it means.
 * @type {Readonly<Record<Kind, {title: string, said: string, meaning: string}>>}
 */
const KEYS = {
  bothRise: { title: 'curves.bothRise', said: 'curves.bothRise.said', meaning: 'curves.bothRise.means' },
  bothFall: { title: 'curves.bothFall', said: 'curves.bothFall.said', meaning: 'curves.bothFall.means' },
  accuracyRises: { title: 'curves.accuracyRises', said: 'curves.accuracyRises.said',
    meaning: 'curves.accuracyRises.means' },
  overfits: { title: 'curves.overfits', said: 'curves.overfits.said', meaning: 'curves.overfits.means' },
}

/** @param {Reading} reading @param {Page} page */
export function partings({ found, unit }, page) {
  const { t, language } = page
  const shown = marked(found.partings)
  const rest = found.partings.length - shown.length
  const names = { loss: found.loss ? roleName(found.loss, t) : '', score: found.score ? roleName(found.score, t) : '' }
  return html`<section class="panel" part="partings" aria-label=${t('curves.part')}><h3>${t('curves.part')}</h3>
    ${KINDS.map(kind => {
      const { title, said, meaning } = KEYS[kind]
      const these = shown.filter(parting => parting.kind === kind)
      return these.length ? html`<div class="parting"><h4>${t(title, names)}</h4>
        <ul>${these.map(parting => html`<li><b class="place num">${shown.indexOf(parting) + 1}</b>
          <span>${t(said, { ...names, ...facts(parting, unit, page) })}</span></li>`)}</ul>
        <p class="told hint">${t(meaning, names)}</p></div>` : nothing
    })}
    ${rest > 0 ? html`<p class="hint">${t('curves.rest', { count: exact(rest, language) })}</p>` : nothing}
    ${!found.score || !found.loss ? html`<p class="told">${t(found.loss ? 'curves.no_score' : 'curves.no_loss')}</p>`
      : found.validations < 2 ? html`<p class="told">${t('curves.apart')}</p>`
        : html`${shown.length ? nothing : html`<p
          class="told">${t('curves.together', names)}</p>`} ${best(found, unit, names, page)}`}
    ${found.loss === 'trainLoss' && found.score ? html`<p class="told">${t('curves.of_training')}</p>` : nothing}
    ${found.least ? html`<p class="told hint">${t(found.factor > 1 ? 'curves.rule.long' : 'curves.rule', {
      ...names, count: exact(found.validations, language),
      lossLeast: lossText(found.least.loss, language), scoreLeast: pointsText(found.least.score, language),
    })}</p>` : nothing}
  </section>`
}

/** @param {Parting} parting @param {Reading['unit']} unit @param {Page} page */
function facts({ from, to, first, second }, unit, { t, language }) {
  const changed = (/** @type {Change} */ { role, from, to }) => isLoss(role) ? lossText(Math.abs(to - from), language)
    : pointsText(to - from, language)
  const end = (/** @type {Change} */ { role, to }) => valueText(role, to, language)
  return {
    from: placeText(from, unit, t, language), to: placeText(to, unit, t, language),
    a: changed(first), aTo: end(first), b: changed(second), bTo: end(second),
  }
}

/**
 * The weights one would keep by the one, and by the other.
 * @param {Reading['found']} found
 * @param {Reading['unit']} unit
 * @param {{loss: string, score: string}} names
 * @param {Page} page
 */
function best({ best }, unit, names, { t, language }) {
  if (!best) return nothing
  const { lowest, highest } = best
  const at = (/** @type {number} */ step) => placeText(step, unit, t, language)
  if (lowest.step === highest.step) {
    return html`<p class="told">${t('curves.best.same', {
      ...names, at: at(lowest.step), lossValue: lossText(lowest.loss, language),
        scoreValue: shareText(lowest.score, language),
    })}</p>`
  }
  return html`<p class="told">${t('curves.best', {
    ...names, lowestAt: at(lowest.step), lowest: lossText(lowest.loss, language),
      lowestScore: shareText(lowest.score, language),
    highestAt: at(highest.step), highest: shareText(highest.score, language),
      highestLoss: lossText(highest.loss, language),
  })}</p>`
}
