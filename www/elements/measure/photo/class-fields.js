/** Whose ids the values of a truth are, and which of its classes counts as which of the net's: chosen by hand. */
import { html, live } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { PALETTES } from '../../../lib/palettes.js'
import { IDS } from './class-map.js'

/** @typedef {import('../results.js').Page} Page */
/** @typedef {{id: number, name: string, names?: Record<string, string>}} ModelClass */
/** A class of the truth: `key` tells it; `id` is the net's, null: it is left out. @template K @typedef {{key: K, name: string, pixels: number | null, id: number | null}} Line */

/** @param {string} ids @param {(ids: string) => void} choose @param {Page} page */
export function idsField(ids, choose, { t }) {
  const titleOf = (/** @type {string} */ name) => PALETTES.find(palette => palette.name === name)?.title
    ?? t(`ids.${name}`)
  return html`<label class="field"><span>${t('photo.ids')}</span><select .value=${live(ids)}
    @change=${(/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
    ${IDS.map(name => html`<option value=${name}
      .selected=${name === ids}>${titleOf(name)}</option>`)}</select></label>`
}

/**
 * @template K
 * @param {readonly Line<K>[]} lines
 * @param {readonly ModelClass[]} classes of the net
 * @param {(key: K, id: number | null) => void} choose
 * @param {Page} page
 */
export function mapTable(lines, classes, choose, { t, language }) {
  const hasPixels = lines.some(({ pixels }) => pixels !== null)
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('photo.map')}><table
    class="classes"><thead><tr>
      <th scope="col">${t('photo.map.class')}</th>${hasPixels ? html`<th scope="col">${t('photo.map.pixels')}</th>`
        : ''}<th scope="col">${t('photo.map.as')}</th></tr></thead>
    <tbody>${lines.map(({ key, name, pixels, id }) => html`<tr><th
      scope="row">${name || String(key)}</th>${hasPixels ? html`<td>${whole(pixels ?? 0, language)}</td>` : ''}
      <td><select aria-label=${t('photo.map.for', { name: name || String(key) })}
        .value=${live(id === null ? '' : String(id))}
        @change=${(/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLSelectElement} */ (event.target)
          choose(key, value === '' ? null : Number(value))
        }}><option value="" .selected=${id === null}>${t('photo.map.out')}</option>${classes.map(one => html`
          <option value=${one.id}
            .selected=${one.id === id}>${className(one,
              language)}</option>`)}</select></td></tr>`)}</tbody></table></div>`
}
