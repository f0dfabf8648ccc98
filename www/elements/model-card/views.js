/**
 * Parts that the cards of nets and of classifiers have in common.
 */
import { html, nothing } from '../../vendor/lit.js'
import { percent, whole } from '../../lib/format.js'
import { linesChart } from '../common/stage/curves-chart.js'
import { styled } from '../common/ui/styled.js'
import { classChart, confusionChart } from './charts.js'

/** Bars and matrices are no wider than this, CSS pixels. */
const WIDEST = 720

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

/** The same to a tenth of a percent: heads are less than one percent apart. @param {number | null | undefined} share @param {Page} page */
export function exactText(share, { language }) {
  return share === null || share === undefined ? '–' : percent(share, language, 1)
}

/** What may be wider than its place. @param {string} label @param {unknown} content */
export function scrolled(label, content) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${label}>${content}</div>`
}

/**
 * A table of numbers. Its first column names the rows.
 * @param {string} label
 * @param {readonly string[]} head
 * @param {readonly (readonly unknown[])[]} rows
 * @param {{caption?: string, ofNumbers?: boolean}} [more] ofNumbers: the names of the rows are numbers, too
 */
export function table(label, [first, ...columns], rows, { caption = '', ofNumbers = false } = {}) {
  const kind = ofNumbers ? 'num' : ''
  return scrolled(label, html`<table>${caption ? html`<caption>${caption}</caption>` : nothing}
    <thead><tr><th scope="col" class=${kind}>${first}</th>${
      columns.map(name => html`<th scope="col" class="num">${name}</th>`)}</tr></thead>
    <tbody>${rows.map(([name, ...values]) => html`<tr><th scope="row" class=${kind}>${name}</th>${
      values.map(value => html`<td class="num">${value}</td>`)}</tr>`)}</tbody></table>`)
}

/** A chart's numbers, to be unfolded. @param {Page} page @param {unknown} tables */
function numbers({ t }, tables) {
  return html`<details><summary>${t('numbers')}</summary>${tables}</details>`
}

/**
 * Bars of each class by head or split, and their numbers.
 * @param {Page} page
 * @param {{title: string, alt: string, heads: readonly string[]}} words
 * @param {readonly {name: string, head: string, value: number}[]} bars shares
 * @param {unknown} tables
 */
export function barsSection(page, { title, alt, heads }, bars, tables) {
  if (!bars.length) return nothing
  const format = (/** @type {number} */ value) => shareText(value, page)
  return html`<section><h3>${title}</h3>
    ${scrolled(title, classChart([...bars], { width: Math.min(page.width, WIDEST), label: alt, format }))}
    <ul>${heads.map((head, i) => html`<li class="chip"><i class="dot" ${
      styled({ background: `var(--_line-${'abc'[i % 3]})` })}></i>${head}</li>`)}</ul>
    ${numbers(page, tables)}
  </section>`
}

/**
 * @param {Page} page
 * @param {number[][]} matrix counts; rows truth, columns prediction
 * @param {readonly string[]} names of the classes
 * @param {string} title
 * @param {string} text what the numbers are
 */
export function confusionSection(page, matrix, names, title, text) {
  const shares = matrix.map(row => {
    const all = row.reduce((sum, count) => sum + count, 0)
    return row.map(count => all ? count / all : 0)
  })
  const cells = shares.flatMap((row, i) => row.map((share, j) => ({ truth: names[i], prediction: names[j], share })))
  const rows = shares.map((row, i) => [names[i], ...row.map(share => shareText(share, page))])
  return html`<section><h3>${title}</h3><p>${text}</p>
    ${scrolled(title, confusionChart(cells, names, { width: Math.min(page.width, WIDEST), label: text }))}
    ${numbers(page, table(title, [page.t('truth'), ...names], rows))}
  </section>`
}

/**
 * A chart of lines.
 * @typedef {object} Lines
 * @property {string} what
 * @property {{name: string, points: {step: number, value: number}[]}[]} lines
 * @property {(value: number) => string} format
 */

/**
 * Curves beside each other, and their numbers.
 * @param {Page} page
 * @param {readonly Lines[]} charts
 * @param {readonly number[]} steps
 */
export function curveCharts(page, charts, steps) {
  const { t, column: width } = page
  const tables = charts.map(({ what, lines, format }) => {
    const rows = steps.map(step => [step, ...lines.map(({ points }) => {
      const point = points.find(each => each.step === step)
      return point ? format(point.value) : '–'
    })])
    return table(what, [t('step'), ...lines.map(({ name }) => name)], rows, { caption: what, ofNumbers: true })
  })
  return html`<div class="charts">${charts.map(({ what, lines, format }) => html`<figure>
      ${linesChart(lines, { width, label: t('chart.lines', { what }), x: t('step'), format })}
      <figcaption>${what}</figcaption></figure>`)}</div>
    ${numbers(page, tables)}`
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
export function netRows({ architecture, width, depth, fc6, fc, longSide }, { t, language }) {
  const channels = (/** @type {number | null} */ count) =>
    count === null ? '' : t('net.channels', { channels: whole(count, language) })
  const scale = width === null || depth === null ? '' : t('net.scale', { width, depth })
  return html`${row(t('net'), architecture, scale)}${row(t('net.width'), depth === null ? channels(width) : '')}
    ${row(t('net.fc'), channels(fc), fc6 === null ? '' : t('net.fc6', { side: fc6 }))}
    ${row(t('net.side'), longSide === null ? '' : t('net.usual', { pixels: longSide }))}`
}

/** How it was trained. @param {import('./recipe.js').Training} training @param {Page} page */
export function trainingRows({ stages, step, minutes, rate, decay, longSide }, { t, language }) {
  const count = (/** @type {number} */ value) => whole(value, language)
  const told = stages.map(({ steps, batch, crop }) => t('train.stage', { steps: count(steps), batch, crop }))
  const time = minutes === null ? '' : t('train.minutes', { minutes: count(Math.max(1, Math.round(minutes))) })
  return html`${row(t('train.stages'), ...told)}
    ${row(t('train.step'), step === null ? '' : t('train.of', { step: count(step) }))}
    ${row(t('train.rate'), String(rate ?? ''))}${row(t('train.decay'), String(decay ?? ''))}
    ${row(t('train.side'), longSide === null ? '' : t('train.most', { pixels: longSide }))}
    ${row(t('train.time'), time)}`
}
