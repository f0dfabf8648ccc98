/**
 * What a classifier's card has in place of a net's scores: how often its labels are right, of crops and of the cells
 * of whole photos' maps.
 */
import { html, nothing } from '../../vendor/lit.js'
import { whole } from '../../lib/format.js'
import { classLabel } from './card.js'
import { barsSection, confusionSection, curveCharts, shareText, table } from './views.js'

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
  const [title, text] = [t('labels.confusion'), t('labels.confusion.text')]
  return html`${scores(card, page)}${byClass(card, page)}
    ${test?.confusion ? confusionSection(page, test.confusion, names, title, text) : nothing}
    ${curves(card, page)}`
}

/** @param {Card} card @param {Page} page */
function scores({ labels, note }, page) {
  const { t, language } = page
  const count = (/** @type {number | null} */ value) => value === null ? '–' : whole(value, language)
  const crops = labels.map(({ name, accuracy, crops, photos }) =>
    [t(`split.${name}`), shareText(accuracy, page), count(crops), count(photos)])
  const last = labels.at(-1)
  const maps = last?.maps.map(map => [
    Number(map.size) ? t('labels.pixels', { pixels: map.size }) : t('labels.own'),
    ...TRUTHS.map(truth => shareText(map[truth], page)), count(map.photos),
  ]) ?? []
  const [ofCrops, ofMaps] = [t('labels.crops'), t('labels.maps', { split: t(`split.${last?.name}`) })]
  const truths = TRUTHS.map(truth => t(`truth.${truth}`))
  return html`<section><h3>${t('scores')}</h3>
    ${table(ofCrops, ['split', 'accuracy', 'crops', 'photos.count'].map(key => t(key)), crops, { caption: ofCrops })}
    ${maps.length ? table(ofMaps, [t('labels.size'), ...truths, t('photos.count')], maps, { caption: ofMaps })
      : nothing}
    ${note ? html`<p class="soft">${note}</p>` : nothing}</section>`
}

/** @param {Card} card @param {Page} page */
function byClass({ labels, classes }, page) {
  const { t, language } = page
  const title = t('labels.perclass')
  const splits = labels.map(({ name }) => t(`split.${name}`))
  const bars = classes.flatMap(({ name }) => labels.flatMap(({ classes: { [name]: { accuracy: value } } }, i) =>
    value === null ? [] : [{ name: classLabel(classes, name, language), head: splits[i], value }]))
  const head = splits.flatMap(split => [split, t('labels.from', { split })])
  const rows = classes.map(({ name }) => [classLabel(classes, name, language), ...labels.flatMap(split => {
    const { accuracy, photos } = split.classes[name]
    return [shareText(accuracy, page), photos ?? '–']
  })])
  const numbers = table(title, [t('class'), ...head], rows)
  return barsSection(page, { title, alt: t('labels.perclass.alt'), heads: splits }, bars, numbers)
}

/** @param {Card} card @param {Page} page */
function curves({ labelCurves: points }, page) {
  const { t } = page
  if (points.length < 2) return nothing
  /** @param {string} name @param {'trainLoss' | 'accuracy'} key */
  const line = (name, key) => ({ name, points: points.flatMap(point => {
    const value = point[key]
    return value === null ? [] : [{ step: point.step, value }]
  }) })
  const two = (/** @type {number} */ value) => value.toFixed(2)
  const share = (/** @type {number} */ value) => `${(100 * value).toFixed(1)}%`
  const charts = [
    { what: t('labels.loss'), lines: [line(t('line.train'), 'trainLoss')], format: two },
    { what: t('labels.accuracy'), lines: [line(t('line.val'), 'accuracy')], format: share },
  ].filter(({ lines: [{ points }] }) => points.length > 0)
  return html`<section><h3>${t('curves')}</h3>${curveCharts(page, charts, points.map(({ step }) => step))}</section>`
}
