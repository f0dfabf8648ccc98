/**
 * What is told of a net that gives masks: its scores, those of each class, its confusions, and how it learned.
 */
import { html, nothing } from '../../vendor/lit.js'
import { learned, rankCorrelation, risesTogether } from '../../lib/curves.js'
import { whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { variantName } from '../common/stage/classes.js'
import { styled } from '../common/ui/styled.js'
import { classLabel, classShares } from './card.js'
import { classChart } from './charts.js'
import { confusionSection, curveCharts, shareText } from './views.js'

/** @typedef {import('./card.js').Card} Card */
/** @typedef {import('./card.js').Split} Split */
/** @typedef {import('./views.js').Page} Page */

/** @param {Card} card @param {Page} page */
export function netSections(card, page) {
  const { t } = page
  const test = card.splits.find(({ name }) => name === 'test')
  return html`
    ${card.splits.length ? html`<section><h3>${t('scores')}</h3>${card.splits.map(split => scores(split, page))}${
      card.note ? html`<p class="soft">${card.note}</p>` : nothing}</section>` : nothing}
    ${test ? html`${byClass(card, test, page)}${confusion(card, test, page)}` : nothing}
    ${card.curves.length > 1 ? curves(card, test, page) : nothing}`
}

/** @param {Split} split @param {Page} page */
function scores({ name, photos, heads }, page) {
  const { t, language } = page
  const title = t(`split.${name}`)
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${title}><table>
    <caption>${photos === null ? title : t('photos', { split: title, photos: whole(photos, language) })}</caption>
    <thead><tr><th scope="col">${t('head')}</th>${['pixel', 'mean', 'miou', 'fw'].map(key => html`<th scope="col" class="num">${t(key)}</th>`)}</tr></thead>
    <tbody>${heads.map(scores => html`<tr><th scope="row">${variantName(scores.head)}</th>
      ${[scores.pixelAccuracy, scores.meanAccuracy, scores.miou, scores.frequencyWeightedIou].map(value => html`<td class="num">${shareText(value, page)}</td>`)}</tr>`)}</tbody></table></div>`
}

/** @param {Card} card @param {Split} split @param {Page} page */
function byClass(card, { heads }, page) {
  const { t, language, width } = page
  const bars = card.classes.flatMap(({ name }) => heads.flatMap(({ head, iou }) => {
    const value = iou[name]
    return typeof value === 'number' ? [{ name: classLabel(card.classes, name, language), head: variantName(head), value }] : []
  }))
  if (!bars.length) return nothing
  return html`<section><h3>${t('perclass')}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label=${t('perclass')}>${classChart(bars, { width: Math.min(width, 720), label: t('perclass.alt'), format: value => shareText(value, page) })}</div>
    <ul>${heads.map(({ head }, i) => html`<li class="chip"><i class="dot" ${styled({ background: `var(--_line-${'abc'[i % 3]})` })}></i>${variantName(head)}</li>`)}</ul>
    <details><summary>${t('numbers')}</summary><div class="scroll" tabindex="0" role="group" aria-label=${t('perclass')}><table><thead><tr><th scope="col">${t('class')}</th>${heads.map(({ head }) => html`<th scope="col" class="num">${variantName(head)}</th>`)}</tr></thead>
      <tbody>${card.classes.map(({ name }) => html`<tr><th scope="row">${classLabel(card.classes, name, language)}</th>${heads.map(({ iou }) => html`<td class="num">${shareText(iou[name], page)}</td>`)}</tr>`)}</tbody></table></div></details>
  </section>`
}

/** @param {Card} card @param {Split} split @param {Page} page */
function confusion(card, { heads }, page) {
  const { t, language } = page
  const found = heads.filter(({ confusion }) => confusion).at(-1)
  if (!found?.confusion) return nothing
  const names = card.classes.map(each => className(each, language))
  return confusionSection(page, found.confusion, names, t('confusion', { head: variantName(found.head) }), t('confusion.text'))
}

/** @param {Card} card @param {Split | undefined} test @param {Page} page */
function curves(card, test, page) {
  const { t } = page
  const { curves: points, variants } = card
  const two = (/** @type {number} */ value) => value.toFixed(2)
  const hasTrain = points.some(({ trainLoss }) => trainLoss !== null)
  /** @param {string} name @param {(point: import('../../lib/curves.js').Point) => number | null | undefined} read */
  const line = (name, read) => ({ name, points: points.flatMap(point => { const value = read(point); return typeof value === 'number' ? [{ step: point.step, value }] : [] }) })
  const heads = (/** @type {'pixelAccuracy' | 'miou'} */ key) => variants.map(head => line(variantName(head), point => point.heads[head]?.[key])).filter(({ points }) => points.length)
  const charts = [
    { what: t('curves.loss'), lines: [...(hasTrain ? [line(t('line.train'), point => point.trainLoss)] : []), line(t('line.val'), point => point.valLoss)], format: two },
    { what: t('curves.pixel'), lines: heads('pixelAccuracy'), format: (/** @type {number} */ value) => shareText(value, page) },
    { what: t('curves.miou'), lines: heads('miou'), format: (/** @type {number} */ value) => shareText(value, page) },
  ].filter(({ lines }) => lines.length)
  return html`<section><h3>${t('curves')}</h3>
    <p>${t('curves.text', { train: hasTrain ? t('curves.train') : '' })}</p>
    ${curveCharts(page, charts, points.map(({ step }) => step))}
    <div class="told">${told(card, test, page)}</div></section>`
}

/**
 * The lecture's two observations, as far as these curves show them.
 * @param {Card} card
 * @param {Split | undefined} test
 * @param {Page} page
 */
function told({ curves, variants, classes, warmStart }, test, page) {
  const { t, language } = page
  const head = variants.at(-1) ?? ''
  const rise = risesTogether(curves, head)
  const first = rise ? t('rises', {
    from: rise.from.step, to: rise.to.step, lossFrom: rise.from.valLoss.toFixed(3), lossTo: rise.to.valLoss.toFixed(3), head: variantName(head),
    miouFrom: shareText(rise.from.heads[head].miou, page), miouTo: shareText(rise.to.heads[head].miou, page),
  }) : t('rises.not', { head: variantName(head) })
  const order = learned(curves)
  const shares = new Map(test ? classShares(test, classes).map(({ name, share }) => [name, share]) : [])
  const known = order.filter(({ name }) => shares.has(name))
  const [early, late] = [known[0], known.at(-1)]
  const correlation = rankCorrelation(known.map(({ name }) => -(shares.get(name) ?? 0)), known.map(({ step }) => step))
  const label = (/** @type {string} */ name) => classLabel(classes, name, language)
  const second = !early || !late ? '' : early.step === late.step ? t('rare.not') : [
    t('rare', {
      first: label(early.name), firstShare: shareText(shares.get(early.name), page), firstStep: early.step,
      last: label(late.name), lastShare: shareText(shares.get(late.name), page), lastStep: late.step,
    }),
    correlation === null ? '' : t('rare.strength', { correlation: correlation.toFixed(2), weak: correlation < 0.3 ? t('rare.weak') : '' }),
  ].join(' ')
  return html`<p>${first}</p>${second ? html`<p>${second}</p>` : nothing}${warmStart ? html`<p>${t('warm')}</p>` : nothing}`
}
