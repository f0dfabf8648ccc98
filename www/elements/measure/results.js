/** Metrics as people read them: each with its arithmetic, what they may hide, IoU by class, confusion matrix, what was left out. */
import { html, nothing } from '../../vendor/lit.js'
import { percent, significant, whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { cautionsOf, classCounts } from '../../lib/metrics.js'
import { swatch } from '../common/stage/swatch.js'

/** @typedef {import('../../lib/metrics.js').Metrics} Metrics */
/** @typedef {{id: number, name: string, color: string, names?: Record<string, string>}} Named */
/** @typedef {{t: import('../../lib/i18n.js').Translate, language: import('../../lib/i18n.js').Language}} Page */

/** Classes up to which the matrix is shown as numbers. */
const MOST_IN_MATRIX = 22
/** Terms of a sum that are written out. */
const TERMS = 6

/**
 * @param {Metrics} metrics
 * @param {readonly Named[]} classes as many as the matrix has
 * @param {Page} page
 * @param {unknown} [more] further rows
 */
export function results(metrics, classes, page, more = nothing) {
  const { t, language } = page
  const { confusion } = metrics
  const size = classes.length
  const each = classes.map(({ id }) => classCounts(confusion, size, id))
  const all = each.reduce((sum, { truth }) => sum + truth, 0)
  const hits = each.reduce((sum, { hit }) => sum + hit, 0)
  const n = (/** @type {number} */ value) => whole(value, language)
  const occurring = classes.filter(({ id }) => metrics.iou[id] !== null)
  const inTruth = classes.filter(({ id }) => each[id].truth > 0)
  const sum = (/** @type {readonly string[]} */ terms) => terms.length > TERMS
    ? `${terms.slice(0, TERMS).join(' + ')} + …` : terms.join(' + ')
  /** @type {readonly [key: string, value: number | null, sum: string][]} */
  const rows = [
    ['pixelAccuracy', metrics.pixelAccuracy, `${n(hits)} / ${n(all)}`],
    ['meanAccuracy', metrics.meanAccuracy,
      `(${sum(inTruth.map(({ id }) => `${n(each[id].hit)}/${n(each[id].truth)}`))}) / ${inTruth.length}`],
    ['meanIoU', metrics.meanIoU,
      `(${sum(occurring.map(({ id }) => share(metrics.iou[id], language)))}) / ${occurring.length}`],
    ['frequencyWeightedIoU', metrics.frequencyWeightedIoU,
      `(${sum(inTruth.map(({ id }) => `${n(each[id].truth)} · ${share(metrics.iou[id], language)}`))}) / ${n(all)}`],
  ]
  return html`<div class="results" part="metrics">
    <table class="scores"><caption
      class="sr">${t('metrics.title')}</caption><tbody>${rows.map(([key, value, sum]) => html`<tr>
      <th scope="row">${t(`metric.${key}`)}</th><td class="num value">${share(value, language)}</td>
      <td class="num sum">${value === null ? t('metric.none') : html`= ${sum}`}</td></tr>`)} ${more}</tbody></table>
    ${cautions(metrics, classes, page)}
    <details class="more"><summary>${t('iou.title')}</summary>${byClass(metrics, each, classes, page)}</details>
    <details class="more"><summary>${t('confusion.title')}</summary>${confusionTable(metrics,
      each, classes, page)}</details>
    ${metrics.void > 0 ? html`<p
      class="hint num">${t('void.left', { count: n(metrics.void),
        share: percent(metrics.void / (metrics.void + all), language) })}</p>` : nothing}
  </div>`
}

/** @param {Metrics} metrics @param {readonly Named[]} classes @param {Page} page */
function cautions(metrics, classes, { t, language }) {
  const { only, gap } = cautionsOf(metrics)
  const name = (/** @type {number} */ id) => className(classes[id], language)
  return html`${only === null ? nothing : html`<p class="hint"
    part="caution">${t('caution.only', { name: name(only) })}</p>`}
    ${gap ? html`<p class="hint" part="caution">${t('caution.gap', {
      name: name(gap.largest), share: share(gap.accuracy, language) })} ${
      gap.missed > 0 ? t('caution.missed', { classes: gap.classes, missed: gap.missed }) : nothing}</p>` : nothing}`
}

/** @param {number | null | undefined} value 0..1 @param {string} language */
export function share(value, language) {
  return value === null || value === undefined ? '–' : significant(Math.round(value * 1e4) / 1e4, language, 4)
}

/**
 * @param {Metrics} metrics
 * @param {readonly ReturnType<typeof classCounts>[]} each
 * @param {readonly Named[]} classes
 * @param {Page} page
 */
function byClass({ iou }, each, classes, { t, language }) {
  const n = (/** @type {number} */ value) => whole(value, language)
  const shown = classes.filter(({ id }) => iou[id] !== null)
  const absent = classes.filter(({ id }) => iou[id] === null).map(one => className(one, language))
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('iou.title')}><table
    class="classes"><thead><tr>
      <th scope="col">${t('iou.class')}</th><th scope="col">IoU</th><th scope="col">${t('iou.sum')}</th>
      <th scope="col">${t('iou.recall')}</th><th scope="col">${t('iou.precision')}</th></tr></thead>
    <tbody>${shown.map(one => {
      const { hit, truth, predicted, union } = each[one.id]
      return html`<tr><th scope="row"><span
        class="named">${swatch(one, true)}
          ${className(one, language)}</span></th><td>${share(iou[one.id], language)}</td>
        <td>${n(hit)} / (${n(truth)} + ${n(predicted)} − ${n(hit)}) = ${n(hit)} / ${n(union)}</td>
        <td>${truth ? `${n(hit)} / ${n(truth)}` : '–'}</td><td>${predicted ? `${n(hit)} / ${n(predicted)}`
          : '–'}</td></tr>`
    })}</tbody></table></div>
    ${absent.length ? html`<p class="hint">${t('iou.absent', { list: absent.join(', ') })}</p>` : nothing}`
}

/**
 * @param {Metrics} metrics
 * @param {readonly ReturnType<typeof classCounts>[]} each
 * @param {readonly Named[]} classes
 * @param {Page} page
 */
function confusionTable({ confusion }, each, classes, { t, language }) {
  const shown = classes.filter(({ id }) => each[id].truth + each[id].predicted > 0)
  if (shown.length > MOST_IN_MATRIX) return html`<p class="hint">${t('confusion.large', { count: shown.length })}</p>`
  const size = classes.length
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('confusion.title')}><table
    class="matrix num">
    <caption>${t('confusion.how')}</caption>
    <thead><tr><td></td>${shown.map(one => html`<th scope="col">${className(one, language)}</th>`)}</tr></thead>
    <tbody>${shown.map(row => html`<tr><th scope="row">${className(row, language)}</th>${shown.map(column => html`<td
      class=${row.id === column.id ? 'hit' : confusion[row.id * size + column.id] ? 'miss'
        : ''}>${whole(confusion[row.id * size + column.id], language)}</td>`)}</tr>`)}</tbody>
  </table></div>`
}
