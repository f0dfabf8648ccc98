/**
 * Which model computes: one of the site's, or a person's own weights, opened, kept and removed.
 */
import { css, html, nothing, repeat } from '../../../vendor/lit.js'
import { megabytes } from '../../../lib/format.js'
import { assumed, assumedStyles } from './assumed.js'
import { PAGE_MODEL, choiceOf } from './own.js'

export const pickerStyles = css`
  ${assumedStyles}
  .pairs { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_4); }
  .pairs .value { min-height: var(--_touch); display: inline-flex; align-items: center; }
  .own { font-size: var(--_sm); }
  .own[open] { display: grid; gap: var(--_2); }
  .own .row { margin-block: var(--_2); }
  .kept { list-style: none; margin: 0; padding: 0; display: grid; gap: var(--_1); }
  .kept li { display: flex; justify-content: space-between; gap: var(--_2); align-items: center; }
  .kept li button:first-child { overflow-wrap: anywhere; text-align: start; }
`

/**
 * What is shown of an element's model.
 * @typedef {object} State
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {import('../../../lib/i18n.js').Language} language
 * @property {import('../../../engine/engine.js').Net | null} net the one in use
 * @property {string | null} modelUrl address of the model in use or on its way
 * @property {string} modelChoice the same, as one of those to choose from
 * @property {readonly import('./list.js').Offer[]} offers
 * @property {import('./own.js').OwnWeights} own
 */

/** @param {State} state @param {{chooseModel: (choice: string) => void}} actions */
export function modelField({ t, language, net, offers, own, modelChoice }, actions) {
  const title = net ? net.manifest.title?.[language] ?? net.manifest.name : '…'
  const { kept } = own
  if (!offers.length && !kept.length) return html`<div class="field"><span>${t('model')}</span><span
    class="value">${title}</span></div>`
  return html`<label class="field"><span>${t('model')}</span>
    <select class="model" @change=${(/** @type {Event} */ event) =>
      actions.chooseModel(/** @type {HTMLSelectElement} */ (event.target).value)}>
      ${modelChoice === '' ? html`<option value="" disabled>${title}</option>` : nothing}
      ${offers.length ? offers.map(offer => html`<option
        value=${offer.url}>${offer.title[language] ?? offer.title.en}</option>`)
        : html`<option value=${PAGE_MODEL}>${modelChoice === PAGE_MODEL ? title : t('model.page')}</option>`}
      ${kept.length ? html`<optgroup label=${t('own.kept')}>${kept.map(({ name }) => html`<option
        value=${choiceOf(name)}>${name}</option>`)}</optgroup>` : nothing}
    </select></label>`
}

/**
 * A button that is gone once its work is done would leave the keyboard nowhere: it goes on from the heading of the part
 * that the button was in, or from the list of models.
 * @param {Event} event @param {Promise<void>} work
 */
async function stayIn({ currentTarget }, work) {
  const button = /** @type {HTMLElement} */ (currentTarget)
  const root = /** @type {ShadowRoot} */ (button.getRootNode())
  const next = button.closest('details')?.querySelector('summary') ?? root.querySelector('select.model')
    ?? root.querySelector('.own summary')
  await work
  await /** @type {import('../../../vendor/lit.js').LitElement} */ (root.host).updateComplete
  // Whoever went on elsewhere meanwhile stays there.
  const isNowhere = [null, document.body].includes(/** @type {HTMLElement | null} */ (document.activeElement))
  if (!button.isConnected && isNowhere && next instanceof HTMLElement) next.focus({ preventScroll: true })
}

/** Kept weights in use can be removed where they were chosen. @param {Pick<State, 'own' | 't'>} state */
export function keptInUse({ own, t }) {
  const name = own.keptAs
  return name ? html`<p><button class="quiet" @click=${(/** @type {Event} */ event) =>
    stayIn(event, own.remove(name))}>${t('own.remove.chosen', { name })}</button></p>` : nothing
}

/** What the model at hand is for. @param {State} state */
export function modelHint({ language, modelUrl, offers }) {
  return offers.find(({ url }) => url === modelUrl)?.hint[language] ?? ''
}

/** A person's own weights: opened, kept, removed. @param {State} state */
export function ownWeights({ t, language, own }) {
  const { keepable } = own
  return html`
    <details class="own" part="own-weights" .open=${own.isOpen} @toggle=${(/** @type {Event} */ event) => {
      own.unfold(/** @type {HTMLDetailsElement} */ (event.currentTarget).open)
    }}>
      <summary>${t('own')}</summary>
      ${own.isOpen ? html`<p class="hint">${t('own.hint')}</p>
      <div class="row">
        <label class="button file">${t('own.choose')}<input type="file" multiple aria-label=${t('own.choose')}
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target)
            const files = [...input.files ?? []]
            if (files.length) void own.open(files)
            input.value = ''
          }}></label>
        ${keepable ? html`<button
          @click=${(/** @type {Event} */ event) => stayIn(event, own.keep())}>${t('own.keep',
            { size: megabytes(keepable.reduce((sum, { size }) => sum + size, 0), language) })}</button>` : nothing}
      </div>
      ${own.kept.length ? html`<ul class="kept"
        aria-label=${t('own.kept')}>${repeat(own.kept, ({ name }) => name, ({ name, bytes }) => html`<li>
        <button @click=${() => own.openKept(name)}>${name}, ${megabytes(bytes, language)}</button>
        <button class="quiet" @click=${(/** @type {Event} */ event) => stayIn(event, own.remove(name))}
          aria-label=${t('own.remove', { name })}>${t('own.remove.short')}</button></li>`)}</ul>` : nothing}` : nothing}
    </details>
    ${assumed({ assumptions: own.assumptions, t }, { assume: said => void own.assume(said) })}`
}
