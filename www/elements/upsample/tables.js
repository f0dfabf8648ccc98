/**
 * Every number of `<fcn-upsample>`, for readers of tables. Fetched when somebody opens them.
 */
import { html, nothing } from '../../vendor/lit.js'
import { area } from '../../lib/transposed/geometry.js'
import { formatNumber } from './drawing/colours.js'

/** @typedef {import('./controls.js').Context} Context */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */

/** Cells that are few enough to be walked through. */
const MOST_CELLS = 400

/** @param {Context} context */
export function tables({ control, words }) {
  const { model, secret } = control
  const { output, canvas } = model.geometry
  const sums = model.walked.sums
  const value = (/** @type {number} */ r, /** @type {number} */ c) => {
    const at = /** @type {Pair} */ ([r + model.layer.padding[0], c + model.layer.padding[1]])
    if (secret && secret[0] === at[0] && secret[1] === at[1]) return '?'
    if (model.walkBy === 'output' && r * output[1] + c >= model.step) return ''
    return formatNumber(sums[at[0] * canvas[1] + at[1]], 4)
  }
  return html`<div class="stack">
    ${table(words, words.captions.input, model.layer.input,
      (r, c) => formatNumber(model.input[r * model.layer.input[1] + c], 4))}
    ${table(words, words.captions.kernel, model.layer.kernel,
      (r, c) => formatNumber(model.weights[r * model.layer.kernel[1] + c], 4))}
    ${control.covered ? nothing : table(words, `${words.captions.output}, ${words.position(model.step, model.steps)}`,
      output, value)}</div>`
}

/** @param {Context['words']} words @param {string} name @param {Pair} size @param {(r: number, c: number) => string} value */
function table(words, name, size, value) {
  if (area(size) > MOST_CELLS) return html`<p>${words.tables.tooMany(name, ...size)}</p>`
  const [rows, cols] = size
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${name}><table><caption>${name}</caption>
    <thead><tr><td></td>${Array.from({ length: cols }, (_, c) => html`<th scope="col">${c}</th>`)}</tr></thead>
    <tbody>${Array.from({ length: rows },
      (_, r) =>
        html`<tr><th scope="row">${r}</th>${Array.from({ length: cols },
          (_, c) => html`<td>${value(r, c)}</td>`)}</tr>`)}</tbody></table></div>`
}
