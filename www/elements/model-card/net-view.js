/**
 * What is told of a net that gives masks: its scores, those of each class, its confusions, and how it learned.
 */
import { html, nothing } from '../../vendor/lit.js'
import { learned, rankCorrelation, risesTogether } from '../../lib/curves.js'
import { whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { variantName } from '../common/stage/classes.js'
import { classLabel, classShares } from './card.js'
import { reliabilityChart } from './charts.js'
import { barsSection, confusionSection, curveCharts, exactText, scrolled, shareText, table } from './views.js'

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
    ${reliability(card.reliability, page)}
    ${card.curves.length > 1 ? curves(card, test, page) : nothing}`
}

/** @param {Split} split @param {Page} page */
function scores({ name, photos, heads }, page) {
  const { t, language } = page
  const title = t(`split.${name}`)
  const rows = heads.map(({ head, pixelAccuracy, meanAccuracy, miou, frequencyWeightedIou }) => {
    const shares = [pixelAccuracy, meanAccuracy, miou, frequencyWeightedIou]
    return [variantName(head), ...shares.map(value => exactText(value, page))]
  })
  const caption = photos === null ? title : t('photos', { split: title, photos: whole(photos, language) })
  return table(title, [t('head'), t('pixel'), t('mean'), t('miou'), t('fw')], rows, { caption })
}

/** @param {Card} card @param {Split} split @param {Page} page */
function byClass({ classes }, { heads }, page) {
  const { t, language } = page
  const title = t('perclass')
  const names = heads.map(({ head }) => variantName(head))
  const bars = classes.flatMap(({ name }) => heads.flatMap(({ iou: { [name]: value } }, i) =>
    typeof value === 'number' ? [{ name: classLabel(classes, name, language), head: names[i], value }] : []))
  const rows = classes.map(({ name }) =>
    [classLabel(classes, name, language), ...heads.map(({ iou }) => shareText(iou[name], page))])
  const numbers = table(title, [t('class'), ...names], rows)
  return barsSection(page, { title, alt: t('perclass.alt'), heads: names }, bars, numbers)
}

/** @param {Card} card @param {Split} split @param {Page} page */
function confusion(card, { heads }, page) {
  const { t, language } = page
  const found = heads.filter(({ confusion }) => confusion).at(-1)
  if (!found?.confusion) return nothing
  const names = card.classes.map(each => className(each, language))
  const title = t('confusion', { head: variantName(found.head) })
  return confusionSection(page, found.confusion, names, title, t('confusion.text'))
}

/** @param {Card['reliability']} found @param {Page} page */
function reliability(found, page) {
  if (!found) return nothing
  const { t, language } = page
  const { split, head, error, bins } = found
  const facts = { head: variantName(head), split: t(`split.${split}`), error: exactText(error, page) }
  const title = t('reliability')
  const rows = bins.map(({ pixels, probability, right }) =>
    [exactText(probability, page), exactText(right, page), whole(pixels, language)])
  return html`<section><h3>${title}</h3><p>${t('reliability.text', facts)}</p>
    ${scrolled(title, reliabilityChart(bins, {
      width: Math.min(page.width, 420), label: t('reliability.alt', facts), x: t('reliability.said'),
        y: t('reliability.right'),
      format: (/** @type {number} */ value) => shareText(value, page),
    }))}
    <details><summary>${t('numbers')}</summary>${table(title,
      [t('reliability.said'), t('reliability.right'), t('reliability.pixels')], rows,
        { ofNumbers: true })}</details></section>`
}

/** @param {Card} card @param {Split | undefined} test @param {Page} page */
function curves(card, test, page) {
  const { t } = page
  const { curves: points, variants } = card
  const hasTrain = points.some(({ trainLoss }) => trainLoss !== null)
  /** @param {string} name @param {(point: import('../../lib/curves.js').Point) => number | null | undefined} read */
  const line = (name, read) => ({ name, points: points.flatMap(point => {
    const value = read(point)
    return typeof value === 'number' ? [{ step: point.step, value }] : []
  }) })
  /** @param {'pixelAccuracy' | 'miou'} key */
  const heads = key => variants.map(head => line(variantName(head), point => point.heads[head]?.[key]))
    .filter(({ points }) => points.length)
  const two = (/** @type {number} */ value) => value.toFixed(2)
  const share = (/** @type {number} */ value) => exactText(value, page)
  const losses = [line(t('line.train'), point => point.trainLoss), line(t('line.val'), point => point.valLoss)]
  const charts = [
    { what: t('curves.loss'), lines: hasTrain ? losses : losses.slice(1), format: two },
    { what: t('curves.pixel'), lines: heads('pixelAccuracy'), format: share },
    { what: t('curves.miou'), lines: heads('miou'), format: share },
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
  const { t } = page
  const head = variants.at(-1) ?? ''
  const rise = risesTogether(curves, head)
  const first = rise ? t('rises', {
    head: variantName(head), from: rise.from.step, to: rise.to.step,
    lossFrom: rise.from.valLoss.toFixed(3), lossTo: rise.to.valLoss.toFixed(3),
    miouFrom: shareText(rise.from.heads[head].miou, page), miouTo: shareText(rise.to.heads[head].miou, page),
  }) : t('rises.not', { head: variantName(head) })
  const second = rareText(curves, classes, test, page)
  return html`<p>${first}</p>
    ${second ? html`<p>${second}</p>` : nothing}${warmStart ? html`<p>${t('warm')}</p>` : nothing}`
}

/**
 * Whether rare classes were learned last.
 * @param {Card['curves']} curves
 * @param {Card['classes']} classes
 * @param {Split | undefined} test
 * @param {Page} page
 */
function rareText(curves, classes, test, page) {
  const { t, language } = page
  const shares = new Map(test ? classShares(test, classes).map(({ name, share }) => [name, share]) : [])
  const known = learned(curves).filter(({ name }) => shares.has(name))
  const [early, late] = [known[0], known.at(-1)]
  if (!early || !late) return ''
  if (early.step === late.step) return t('rare.not')
  const label = (/** @type {string} */ name) => classLabel(classes, name, language)
  const rare = t('rare', {
    first: label(early.name), firstShare: shareText(shares.get(early.name), page), firstStep: early.step,
    last: label(late.name), lastShare: shareText(shares.get(late.name), page), lastStep: late.step,
  })
  const rarity = known.map(({ name }) => -(shares.get(name) ?? 0))
  const correlation = rankCorrelation(rarity, known.map(({ step }) => step))
  if (correlation === null) return rare
  const weak = correlation < 0.3 ? t('rare.weak') : ''
  return `${rare} ${t('rare.strength', { correlation: correlation.toFixed(2), weak })}`
}
