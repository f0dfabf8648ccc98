/**
 * Parts that the cards of nets and of classifiers have in common.
 */
import { html, nothing } from '../../vendor/lit.js'
import { percent, whole } from '../../lib/format.js'
import { confusionChart, linesChart } from './charts.js'

/**
 * What a part is told in, and how wide.
 * @typedef {object} Page
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {import('../../lib/i18n.js').Language} language
 * @property {number} width CSS pixels
 * @property {number} column of one chart beside others
 */

/** @param {number | null | undefined} share @param {Page} page */
export function shareText(share, { language }) {
  return share === null || share === undefined ? '–' : percent(share, language)
}

/**
 * @param {Page} page
 * @param {number[][]} matrix counts; rows truth, columns prediction
 * @param {readonly string[]} names of the classes
 * @param {string} title
 * @param {string} text what the numbers are
 */
export function confusionSection(page, matrix, names, title, text) {
  const { t, width } = page
  const cells = matrix.flatMap((row, i) => {
    const all = row.reduce((sum, count) => sum + count, 0)
    return row.map((count, j) => ({ truth: names[i], prediction: names[j], share: all ? count / all : 0 }))
  })
  const share = (/** @type {number} */ i, /** @type {number} */ j) => cells[i * names.length + j].share
  return html`<section><h3>${title}</h3><p>${text}</p>
    <div class="scroll" tabindex="0" role="group" aria-label=${title}>${confusionChart(cells, names, { width: Math.min(width, 720), label: text })}</div>
    <details><summary>${t('numbers')}</summary><div class="scroll" tabindex="0" role="group" aria-label=${title}><table><thead><tr><th scope="col">${t('truth')}</th>${names.map(name => html`<th scope="col" class="num">${name}</th>`)}</tr></thead>
      <tbody>${names.map((name, i) => html`<tr><th scope="row">${name}</th>${names.map((_, j) => html`<td class="num">${shareText(share(i, j), page)}</td>`)}</tr>`)}</tbody></table></div></details>
  </section>`
}

/** A chart of lines. @typedef {{what: string, lines: {name: string, points: {step: number, value: number}[]}[], format: (value: number) => string}} Lines */

/**
 * Curves beside each other, and their numbers.
 * @param {Page} page
 * @param {readonly Lines[]} charts
 * @param {readonly number[]} steps
 */
export function curveCharts({ t, column }, charts, steps) {
  return html`<div class="charts">${charts.map(({ what, lines, format }) => html`<figure>${linesChart(lines, { width: column, label: t('chart.lines', { what }), x: t('step'), format })}<figcaption>${what}</figcaption></figure>`)}</div>
    <details><summary>${t('numbers')}</summary>${charts.map(({ what, lines, format }) => html`<div class="scroll" tabindex="0" role="group" aria-label=${what}><table><caption>${what}</caption>
      <thead><tr><th scope="col" class="num">${t('step')}</th>${lines.map(({ name }) => html`<th scope="col" class="num">${name}</th>`)}</tr></thead>
      <tbody>${steps.map(step => html`<tr><th scope="row" class="num">${step}</th>${lines.map(({ points }) => { const point = points.find(each => each.step === step); return html`<td class="num">${point ? format(point.value) : '–'}</td>` })}</tr>`)}</tbody></table></div>`)}</details>`
}

/**
 * A row of a list of terms; nothing where there is nothing to say.
 * @param {string} name
 * @param {readonly string[]} values
 */
export function row(name, ...values) {
  const said = values.filter(Boolean)
  return said.length ? html`<dt>${name}</dt>${said.map(value => html`<dd>${value}</dd>`)}` : nothing
}

/** How the net is built. @param {import('./recipe.js').Net} net @param {Page} page */
export function netRows({ architecture, width, fc6, fc }, { t, language }) {
  return html`${row(t('net'), architecture)}${row(t('net.width'), width === null ? '' : t('net.channels', { channels: whole(width, language) }))}
    ${row(t('net.fc'), fc === null ? '' : t('net.channels', { channels: whole(fc, language) }), fc6 === null ? '' : t('net.fc6', { side: fc6 }))}`
}

/** How it was trained. @param {import('./recipe.js').Training} training @param {Page} page */
export function trainingRows({ stages, step, minutes, rate, decay, longSide }, { t, language }) {
  const count = (/** @type {number} */ value) => whole(value, language)
  return html`${row(t('train.stages'), ...stages.map(({ steps, batch, crop }) => t('train.stage', { steps: count(steps), batch, crop })))}
    ${row(t('train.step'), step === null ? '' : t('train.of', { step: count(step) }))}
    ${row(t('train.rate'), rate === null ? '' : String(rate))}${row(t('train.decay'), decay === null ? '' : String(decay))}
    ${row(t('train.side'), longSide === null ? '' : t('train.most', { pixels: longSide }))}${row(t('train.time'), minutes === null ? '' : t('train.minutes', { minutes: count(Math.max(1, Math.round(minutes))) }))}`
}
