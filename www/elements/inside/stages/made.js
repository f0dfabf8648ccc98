/** One cell opened: the window, the kernel, the sum, what follows; or which of a window was the largest. */
import { classMap, html, nothing } from '../../../vendor/lit.js'
import { equation, significant } from '../../../lib/format.js'
import { placed } from './placed.js'
import { isOnMap, winnerOf } from './window.js'

/** @typedef {import('../../../engine/engine.js').Made} Made */
/** @typedef {import('../scene.js').Page} Page */

/** Input channels whose products are written out. */
const SHOWN = 4
/** Kernels wider than this would be a wall of numbers. */
const MOST = 7

/** What follows a convolution, as texts. @type {Readonly<Record<Exclude<Made['activation'], 'none'>, string>>} */
const ACTIVATED = {
  relu: 'made.relu', relu6: 'made.relu6', hardswish: 'made.hardswish', hardsigmoid: 'made.hardsigmoid',
    sigmoid: 'made.sigmoid',
}

/** @param {{made: Made}} opened @param {Page} page @param {import('./placed.js').Named} named */
export function made({ made }, page, named) {
  switch (made.kind) {
    case 'pool': return pool(made, page)
    case 'conv': return convolution(made, page)
    default: return placed(made, page, named)
  }
}

/** @param {Made} made @param {Page} page */
function pool(made, { t, language }) {
  const { window: { kernel, dilation }, values, value, input, from: [row, column] } = made
  const winner = winnerOf(made)
  const at = {
    row: row + Math.floor(winner / kernel) * dilation, column: column + winner % kernel * dilation,
    value: significant(value, language, 4),
  }
  const isWhole = [...values.keys()].every(place => isOnMap(made, place))
  return html`<p class="told">${t('made.pool', { side: kernel, input })}</p>
    ${grid(values, kernel, language, {
      lit: winner, label: t('made.window', { row, column }), isShown: place => isOnMap(made, place),
    })}
    ${isWhole ? nothing : html`<p class="hint">${t('made.pool.edge')}</p>`}
    <p class="sum num">${t('made.most', at)}</p>`
}

/** @param {Made} made @param {Page} page */
function convolution(made, { t, language }) {
  const { channels, window: { kernel }, values, weights, bias, scale, sum, activation,
    value, input, from: [row, column] } = made
  const area = kernel * kernel
  const said = (/** @type {number} */ number) => significant(number, language, 4)
  const parts = Array.from({ length: channels }, (_, channel) => {
    let part = 0
    for (let i = channel * area; i < (channel + 1) * area; i++) part += values[i] * weights[i]
    return { channel, part: part * scale }
  }).sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
  const first = parts.slice(0, SHOWN)
  const rest = parts.slice(SHOWN).reduce((sum, { part }) => sum + part, 0)
  const numbers = [...first.map(({ part }) => part), ...channels > SHOWN ? [rest] : [], bias]
  const isWhole = Array.from({ length: area }, (_, place) => place).every(place => isOnMap(made, place))
  const summed = equation(numbers, sum, language)
  return html`<p class="told">${t('made.conv', { side: kernel, channels, input, products: channels * area })}
      ${scale === 1 ? nothing : t('made.scale', { scale: said(scale) })}</p>
    <div class="products">${first.map(({ channel, part }) => html`<div class="product" tabindex="0" role="group"
        aria-label=${t('made.channel', { channel, input })}>
      <p class="hint">${t('made.channel', { channel, input })}</p>
      ${kernel <= MOST ? html`<div class="row">
        ${grid(values.subarray(channel * area, (channel + 1) * area).map(value => value * scale),
          kernel, language, { label: t('made.window', { row, column }) })}
        <span aria-hidden="true">×</span>
        ${grid(weights.subarray(channel * area, (channel + 1) * area), kernel, language,
          { label: t('made.kernel') })}</div>` : nothing}
      <p class="num">Σ = <b>${significant(part, language, 4)}</b></p></div>`)}</div>
    ${kernel <= MOST ? html`<p
      class="hint">${t('made.legend', { row, column })} ${isWhole ? nothing : t('made.edge')}</p>` : nothing}
    <p class="sum num">${channels > SHOWN ? t('made.sum.rest', { count: SHOWN, rest: channels - SHOWN })
      : t('made.sum')}
      ${summed.terms} ${summed.sign} <b>${summed.total}</b>${activation === 'none' ? nothing
        : html` → ${t(ACTIVATED[activation])} <b>${summed.say(value)}</b>`}</p>`
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} side
 * @param {string} language
 * @param {{label: string, lit?: number, isShown?: (place: number) => boolean}} options lit: the place that is marked
 */
function grid(values, side, language, { label, lit = -1, isShown = () => true }) {
  return html`<table class="numbers num"><caption class="sr">${label}</caption><tbody>${Array.from({ length: side },
    (_, row) => html`
    <tr>${Array.from({ length: side }, (_, column) => html`<td
      class=${classMap({ lit: row * side + column === lit })}>${
      isShown(row * side + column) ? significant(values[row * side + column], language, side > 3 ? 2 : 3)
        : '–'}</td>`)}</tr>`)}</tbody></table>`
}
