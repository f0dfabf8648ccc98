/**
 * One cell opened that is a sum over single cells: the stamps of a transposed convolution that reach it, the two cells
 * of a sum, the cell that a crop keeps, the cells between which resizing blends.
 */
import { html, nothing } from '../../../vendor/lit.js'
import { equation, significant } from '../../../lib/format.js'
import { linkTo, stampFragment } from '../calculator/links.js'

/** @typedef {import('../../../engine/engine.js').Made} Made */
/** @typedef {import('../scene.js').Page} Page */
/** @typedef {(channel: number) => string} Named what a channel is called */

/** Input channels whose products are written out. */
const SHOWN = 3

/**
 * What every channel of the places gave, that which counts most first.
 * @param {Pick<Made, 'channels' | 'places' | 'values' | 'weights'>} made
 */
export function partsOf({ channels, places: { length: many }, values, weights }) {
  return Array.from({ length: channels }, (_, channel) => {
    const products = Array.from({ length: many }, (_, i) => values[channel * many + i] * weights[channel * many + i])
    return { channel, products, part: products.reduce((sum, product) => sum + product, 0) }
  }).sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
}

/** What each place gave, all channels together. @param {Pick<Made, 'channels' | 'places' | 'values' | 'weights'>} made */
export function sharesOf(made) {
  const parts = partsOf(made)
  return made.places.map((_, place) => parts.reduce((sum, { products }) => sum + products[place], 0))
}

/** @param {Made} made @param {Page} page @param {Named} named */
export function placed(made, page, named) {
  switch (made.kind) {
    case 'transposed': return stamps(made, page, named)
    case 'sum': return sum(made, page)
    case 'crop': return crop(made, page)
    default: return blend(made, page)
  }
}

/** @param {Made} made @param {Page} page @param {Named} named */
function stamps(made, page, named) {
  const { t, language, upsample } = page
  const { input, channels, places: { length: count }, window: { kernel: side, stride, padding: [padding] },
    value } = made
  const parts = partsOf(made)
  // A kernel may join classes: of those that gave something the ones that count most, and the one at least.
  const first = parts.slice(0, SHOWN).filter(({ part }, i) => i === 0 || part !== 0)
  const rest = parts.slice(first.length)
  const others = rest.reduce((sum, { part }) => sum + part, 0)
  const isAlone = first.length === 1 && others === 0
  const numbers = isAlone ? first[0].products : [...first.map(({ part }) => part), ...rest.length ? [others] : []]
  const link = stampFragment({ kernel: [side, side], stride: [stride, stride], padding: [padding, padding] })
  return html`<p class="told">${t('made.transposed', { input, side, stride, padding })}
      ${link ? html`<a href=${linkTo(link, upsample)}>${t('found.link')}</a>` : nothing}</p>
    <p class="told">${t('made.stamps', { count })}</p>
    <div class="products">${first.map(({ channel, products, part }) => html`<div class="product"
      tabindex="0" role="group"
        aria-label=${t('made.channel', { channel: named(channel), input })}>
      <p class="hint">${t('made.channel', { channel: named(channel), input })}</p>
      ${table(made, products, channels === 1 ? 0 : channel, page)}
      <p class="num">Σ = <b>${significant(part, language, 4)}</b></p></div>`)}</div>
    <p class="hint">${t('made.marks')}</p>
    ${total(numbers, value, page, t(isAlone ? channels > 1 ? 'made.stamps.alone' : 'made.stamps.own'
      : rest.length ? 'made.stamps.rest' : 'made.stamps.all', { count: first.length, rest: rest.length,
        channel: named(first[0].channel) }))}`
}

/**
 * The values with what they are multiplied by.
 * @param {Made} made
 * @param {readonly number[]} products
 * @param {number} channel of its values
 * @param {Page} page
 */
function table({ kind, places, values, weights }, products, channel, { t, language }) {
  const said = (/** @type {number} */ number) => significant(number, language, 3)
  const isStamp = kind === 'transposed'
  return html`<table class="numbers num"><caption class="sr">${t('made.places')}</caption>
    <thead><tr><th scope="col">${t('made.cell')}</th><th scope="col">${t('made.value')}</th>
      ${isStamp ? html`<th scope="col">${t('made.tap')}</th>` : nothing}<th scope="col">${t('made.weight')}</th>
      <th scope="col">${t('made.product')}</th></tr></thead>
    <tbody>${places.map(({ row, column, tap }, i) => html`<tr><th scope="row">[${row}, ${column}]</th>
      <td>${said(values[channel * places.length + i])}</td>${isStamp ? html`<td>[${tap.join(', ')}]</td>` : nothing}
      <td>${said(weights[channel * places.length + i])}</td><td>${said(products[i])}</td></tr>`)}</tbody></table>`
}

/** @param {readonly number[]} numbers @param {number} value @param {Page} page @param {string} title */
function total(numbers, value, { language }, title) {
  const summed = equation(numbers, value, language)
  return html`<p class="sum num">${title} ${summed.terms} ${summed.sign} <b>${summed.total}</b></p>`
}

/** @param {Made} made @param {Page} page */
function sum({ places, values, value }, page) {
  const { t, language } = page
  const summed = equation([...values], value, language)
  return html`<p class="told">${t('made.sum.two')}</p>
    <ul class="terms num">${places.map(({ stage, row, column }, i) => html`<li><code>${stage}</code>
      ${t('made.at', { row, column })}: <b>${summed.say(values[i])}</b></li>`)}</ul>
    <p class="sum num">${summed.terms} ${summed.sign} <b>${summed.total}</b></p>
    <p class="hint">${t('made.sum.where')}</p>`
}

/** @param {Made} made @param {Page} page */
function crop({ places: [{ stage, row, column }], value }, { t, language }) {
  return html`<p class="told">${t('made.crop', { stage, row, column, value: significant(value, language, 4) })}</p>`
}

/** @param {Made} made @param {Page} page */
function blend(made, page) {
  const { t } = page
  const [{ products }] = partsOf(made)
  return html`<p class="told">${t('made.resized', { input: made.input, count: made.places.length })}</p>
    <div class="product" tabindex="0" role="group" aria-label=${t('made.places')}>${table(made,
      products, 0, page)}</div>
    <p class="hint">${t('made.marks')}</p>
    ${total(products, made.value, page, '')}`
}
