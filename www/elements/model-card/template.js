/**
 * What `<fcn-model-card>` looks like: the choice of a model, what it is, on what terms, what is told of it, and where
 * it fails.
 */
import { html, nothing } from '../../vendor/lit.js'
import { megabytes, whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { assumed } from '../common/model/assumed.js'
import { variantName } from '../common/stage/classes.js'
import { failed } from '../common/ui/failure.js'
import { styled } from '../common/ui/styled.js'
import { readCard } from './card.js'
import { labelSections } from './labels-view.js'
import { netSections } from './net-view.js'
import { netRows, row, trainingRows } from './views.js'

/** @typedef {import('./card.js').Card} Card */
/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./views.js').Page} Page */

/** @param {State} state @param {Actions} actions */
export function template(state, actions) {
  const { t, language, failure, shown, width } = state
  if (failure) {
    return html`<div class="card" lang=${language}>${choice(state, actions)}
      ${failed(state, { retry: actions.retry }, { lead: t('failed') })}</div>`
  }
  if (!shown || width === 0) return html`<p role="status">${t('loading')}</p>`
  const card = readCard(shown.manifest, shown.url, language)
  return html`<div class="card" lang=${language}>
    ${choice(state, actions)} ${about(card, state, actions)} ${terms(card, state)}
    ${labelSections(card, state)} ${netSections(card, state)} ${failures(card, state)}
  </div>`
}

/** @param {State} state @param {Actions} actions */
function choice({ t, language, own, isOwn, offers, url, shown }, actions) {
  if (offers.length + Number(own !== null) < 2) return nothing
  const isListed = offers.some(offer => offer.url === url)
  /** @param {string} value @param {boolean} isShown @param {string} name @param {boolean} [isDisabled] */
  const option = (value, isShown, name, isDisabled = false) =>
    html`<option value=${value} .selected=${isShown} ?disabled=${isDisabled}>${name}</option>`
  return html`<label class="field"><span>${t('model')}</span>
    <select @change=${(/** @type {Event} */ event) => {
      actions.choose(/** @type {HTMLSelectElement} */ (event.target).value)
    }}>
      ${own ? option('', isOwn, t('own.option', { name: own.manifest.name })) : nothing}
      ${isListed || isOwn ? nothing : option('', true, shown?.manifest.name ?? '–', true)}
      ${offers.map(offer => option(offer.url, !isOwn && offer.url === url, offer.title[language] ?? offer.title.en))}
    </select></label>`
}

/** @param {Card} card @param {State} state @param {Actions} actions */
function about(card, state, actions) {
  const { t, language } = state
  return html`<section>
    <h3>${card.title}</h3>
    ${card.description ? html`<p>${card.description}</p>` : nothing}
    <dl>${ownRows(state)}${row(t('use'), card.intended)}${netRows(card.net, state)}
      ${row(t('heads'), card.variants.map(variantName).join(', '))}${row(t('how'), card.provenance)}
      ${row(t('teacher'), card.teacher)}${trainingRows(card.training, state)}
      ${row(t('seed'), card.seed === null ? '' : String(card.seed))}</dl>
    ${state.assumptions.length ? html`<h4>${t('own.notes')}</h4>
      ${failed({ ...state, failure: state.trouble }, { retry: actions.assumeAgain, dismiss: actions.dismiss })}
      ${assumed(state, actions)}` : nothing}
    <h4>${t('classes')}</h4>
    <ul>${card.classes.map(each => {
      const name = className(each, language)
      const others = each.includes.filter(include => include !== each.name)
      const includes = each.includes.map(include => included(include, t)).join(', ')
      return html`<li class="chip"><i class="dot" ${styled({ background: each.color })}></i>${
        others.length ? t('includes', { name, includes }) : name}</li>`
    })}</ul>
  </section>`
}

/** What is known of the files of an own model. @param {State} state */
function ownRows({ t, language, own, isOwn, assumptions }) {
  if (!own || !isOwn) return nothing
  const files = own.files.map(({ name, size }) => `${name} (${megabytes(size, language)})`).join(', ')
  const count = whole(own.manifest.classes.length, language)
  return html`${row(t('own.files'), files)}${row(t('own.count'), count)}${assumptions.length
    ? nothing : row(t('own.notes'), ...own.notes)}`
}

/**
 * A class of the data in the reader's language, where we know it.
 * @param {string} name the data's, English
 * @param {import('../../lib/i18n.js').Translate} t
 */
function included(name, t) {
  const key = `include.${name}`
  const text = t(key)
  return text === key ? name : text
}

/** @param {Card} card @param {Page} page */
function terms(card, { t, language }) {
  return html`<section>
    <h3>${t('terms')}</h3>
    ${card.isUntold ? html`<p>${t('untold')}</p>` : nothing}
    <div class="row">${card.weights ? html`<a class="button" href=${card.weights.url} download>${
      t('download', { size: megabytes(card.weights.bytes, language) })}</a>` : nothing}
      ${card.terms ? html`<strong>${t('download.terms', { terms: card.terms })}</strong>` : nothing}</div>
    ${card.data.length ? html`<div class="scroll" tabindex="0" role="group" aria-label=${t('terms')}><table>
      <thead><tr><th scope="col">${t('dataset')}</th><th scope="col">${t('dataset.terms')}</th></tr></thead>
      <tbody>${card.data.map(each => html`<tr><th scope="row">${each.name}</th><td>${each.terms}</td></tr>`)}</tbody>
    </table></div>` : nothing}
  </section>`
}

/** @param {Card} card @param {Page} page */
function failures({ failures, neverSeen, isClassifier }, { t }) {
  /** @param {import('./card.js').Failure} failure */
  const figure = ({ text, picture, alt, credit }) => html`<figure>
    ${picture ? html`<img src=${picture} alt=${alt} loading="lazy" decoding="async">` : nothing}
    <p>${text}</p>${credit ? html`<figcaption>${t('failures.credit', { credit })}</figcaption>` : nothing}</figure>`
  return html`
    ${failures.length ? html`<section><h3>${t('failures')}</h3>
      <div class="failures">${failures.map(figure)}</div></section>` : nothing}
    ${neverSeen.length ? html`<section><h3>${t('never')}</h3>
      <p>${t(isClassifier ? 'never.text.labels' : 'never.text')}</p>
      <ul class="plain">${neverSeen.map(each => html`<li>${each}</li>`)}</ul></section>` : nothing}`
}
