/**
 * What a classifier's card has in place of a net's scores: how often its labels are right, of crops and of the cells
 * of whole photos' maps.
 */
import { html, nothing } from '../../vendor/lit.js'
import { whole } from '../../lib/format.js'
import { styled } from '../common/ui/styled.js'
import { classLabel } from './card.js'
import { classChart } from './charts.js'
import { confusionSection, curveCharts, shareText } from './views.js'

/** @typedef {import('./card.js').Card} Card */
/** @typedef {import('./views.js').Page} Page */

/** Truths that a map's cells are compared with. */
const TRUTHS = /** @type {const} */ (['centre', 'majority', 'label'])

/** @param {Card} card @param {Page} page */
export function labelSections(card, page) {
  const { t } = page
  const { labels, classes } = card
  if (!labels.length) return nothing
  const test = labels.find(({ name }) => name === 'test')
  const names = classes.map(({ name }) => classLabel(classes, name, page.language))
  return html`${scores(card, page)}${byClass(card, page)}
    ${test?.confusion ? confusionSection(page, test.confusion, names, t('labels.confusion'), t('labels.confusion.text')) : nothing}
    ${curves(card, page)}`
}

/** @param {Card} card @param {Page} page */
function scores({ labels, note }, page) {
  const { t, language } = page
  const count = (/** @type {number | null} */ value) => value === null ? '–' : whole(value, language)
  const maps = labels.at(-1)?.maps.length ? labels.at(-1) : undefined
  return html`<section><h3>${t('scores')}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label=${t('labels.crops')}><table><caption>${t('labels.crops')}</caption>
      <thead><tr><th scope="col">${t('split')}</th><th scope="col" class="num">${t('accuracy')}</th><th scope="col" class="num">${t('crops')}</th><th scope="col" class="num">${t('photos.count')}</th></tr></thead>
      <tbody>${labels.map(({ name, accuracy, crops, photos }) => html`<tr><th scope="row">${t(`split.${name}`)}</th><td class="num">${shareText(accuracy, page)}</td>
        <td class="num">${count(crops)}</td><td class="num">${count(photos)}</td></tr>`)}</tbody></table></div>
    ${maps ? html`<div class="scroll" tabindex="0" role="group" aria-label=${t('labels.maps', { split: t(`split.${maps.name}`) })}><table><caption>${t('labels.maps', { split: t(`split.${maps.name}`) })}</caption>
      <thead><tr><th scope="col">${t('labels.size')}</th>${TRUTHS.map(truth => html`<th scope="col" class="num">${t(`truth.${truth}`)}</th>`)}<th scope="col" class="num">${t('photos.count')}</th></tr></thead>
      <tbody>${maps.maps.map(map => html`<tr><th scope="row">${Number(map.size) ? t('labels.pixels', { pixels: map.size }) : t('labels.own')}</th>
        ${TRUTHS.map(truth => html`<td class="num">${shareText(map[truth], page)}</td>`)}<td class="num">${count(map.photos)}</td></tr>`)}</tbody></table></div>` : nothing}
    ${note ? html`<p class="soft">${note}</p>` : nothing}</section>`
}

/** @param {Card} card @param {Page} page */
function byClass({ labels, classes }, page) {
  const { t, language, width } = page
  const title = (/** @type {string} */ name) => t(`split.${name}`)
  const bars = classes.flatMap(({ name }) => labels.flatMap(split => {
    const value = split.classes[name].accuracy
    return value === null ? [] : [{ name: classLabel(classes, name, language), head: title(split.name), value }]
  }))
  if (!bars.length) return nothing
  return html`<section><h3>${t('labels.perclass')}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label=${t('labels.perclass')}>${classChart(bars, { width: Math.min(width, 720), label: t('labels.perclass.alt'), format: value => shareText(value, page) })}</div>
    <ul>${labels.map(({ name }, i) => html`<li class="chip"><i class="dot" ${styled({ background: `var(--_line-${'abc'[i % 3]})` })}></i>${title(name)}</li>`)}</ul>
    <details><summary>${t('numbers')}</summary><div class="scroll" tabindex="0" role="group" aria-label=${t('labels.perclass')}><table><thead><tr><th scope="col">${t('class')}</th>
      ${labels.map(({ name }) => html`<th scope="col" class="num">${title(name)}</th><th scope="col" class="num">${t('labels.from', { split: title(name) })}</th>`)}</tr></thead>
      <tbody>${classes.map(({ name }) => html`<tr><th scope="row">${classLabel(classes, name, language)}</th>
        ${labels.map(split => html`<td class="num">${shareText(split.classes[name].accuracy, page)}</td><td class="num">${split.classes[name].photos ?? '–'}</td>`)}</tr>`)}</tbody></table></div></details>
  </section>`
}

/** @param {Card} card @param {Page} page */
function curves({ labelCurves: points }, page) {
  const { t } = page
  if (points.length < 2) return nothing
  const line = (/** @type {string} */ name, /** @type {'trainLoss' | 'accuracy'} */ key) => ({ name, points: points.flatMap(point => {
    const value = point[key]
    return value === null ? [] : [{ step: point.step, value }]
  }) })
  const charts = [
    { what: t('labels.loss'), lines: [line(t('line.train'), 'trainLoss')], format: (/** @type {number} */ value) => value.toFixed(2) },
    { what: t('labels.accuracy'), lines: [line(t('line.val'), 'accuracy')], format: (/** @type {number} */ value) => `${(100 * value).toFixed(1)}%` },
  ].filter(({ lines: [{ points }] }) => points.length > 0)
  return html`<section><h3>${t('curves')}</h3>${curveCharts(page, charts, points.map(({ step }) => step))}</section>`
}
