/** Which value of a truth means that a pixel isn't labelled: chosen by hand. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { UNLABELLED } from './controller.js'

/** @typedef {import('./controller.js').Unlabelled} Unlabelled */

/**
 * @param {string} value one of those that people choose, or another that the page said
 * @param {(value: Unlabelled) => void} choose
 * @param {boolean} isClass whether 255 is counted as the second class
 * @param {import('../results.js').Page} page
 * @param {readonly number[]} [others] values that may be chosen, too
 */
export function voidField(value, choose, isClass, { t }, others = []) {
  const options = [...new Set([...UNLABELLED, ...others.map(String), value])]
  return html`<label class="field"><span>${t('masks.void')}</span><select .value=${live(value)}
    @change=${(/** @type {Event} */ event) =>
    choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
    ${options.map(each => html`<option value=${each}
      .selected=${each === value}>${UNLABELLED.some(known => known === each)
      ? t(`void.${each}`) : each}</option>`)}</select>${isClass ? html`<span
        class="hint">${t('masks.two.counted')}</span>` : nothing}</label>`
}
