/** What stands above the panels about a net: photo, model, size, what computes, how far it is. */
import { html, nothing } from '../../vendor/lit.js'
import { assumed } from '../common/model/assumed.js'
import { intake } from '../common/photo/gallery.js'
import { badge } from '../common/ui/badge.js'
import { failed } from '../common/ui/failure.js'
import { progressCard } from '../common/ui/progress.js'
import { SIZES } from './usual.js'

/** @typedef {import('./scene.js').Page} Page */

/** CSS pixels. */
const NARROW = 560

/** @param {import('./opening.js').Opening} opening @param {Page} page */
export function head(opening, page) {
  const { actions } = opening
  const state = { ...page, ...opening.state }
  const { t, language } = page
  const { scene, net, offers, modelUrl, isOwn, size } = state
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value
  const manifest = net?.manifest
  const title = manifest ? manifest.title?.[language] ?? manifest.name : '…'
  const top = html`<div class="top">
      ${intake(state, actions, opening.intake)}
      <section class="panel net" part="model" aria-label=${t('model')}>
        <div class="pairs">
          ${offers.length ? html`<label class="field"><span>${t('model')}</span>
            <select @change=${(/** @type {Event} */ event) => actions.chooseModel(value(event))}>
              ${isOwn || !offers.some(({ url }) => url === modelUrl) ? html`<option value=""
                disabled selected>${title}</option>` : nothing}
              ${offers.map(({ url, title }) => html`<option value=${url}
                .selected=${!isOwn && url === modelUrl}>${title[language] ?? title['en']}</option>`)}
            </select></label>` : html`<p>${t('model')}: <b>${title}</b></p>`}
          <label class="field"><span>${t('inside.size')}</span><select
            @change=${(/** @type {Event} */ event) => actions.setSize(value(event))}>
            ${[...new Set([...SIZES, size])].map(each => html`<option value=${each}
              .selected=${each === size}>${each === 'model'
              ? t('inside.size.model') : each === 'native' ? t('inside.size.native')
                : t('size.pixels', { pixels: each })}</option>`)}</select></label>
          <label class="button file">${t('inside.own')}<input type="file" multiple aria-label=${t('inside.own')}
            @change=${(/** @type {Event} */ event) => {
              const input = /** @type {HTMLInputElement} */ (event.target)
              const files = [...input.files ?? []]
              if (files.length) actions.openModel(files)
              input.value = ''
            }}></label>
        </div>
        ${assumed({ assumptions: isOwn ? net?.assumptions ?? [] : [], t }, actions)}
        ${badge(state, {
          ms: scene ? scene.inspected.stages.reduce((sum, { ms }) => sum + (ms ?? 0), 0) : null,
          threads: scene?.inspected.threads,
        })}
      </section></div>`
  // On a phone the photo that is looked at comes first, and what it came from can be unfolded.
  const isFolded = page.width < NARROW && scene !== null
  return html`${isFolded ? html`<details class="photo"><summary>${t('inside.photo')}</summary>${top}</details>` : top}
    ${failed(state, actions, { hasFormer: scene !== null })} ${progressCard({ ...state, cancel: actions.cancel })}
    ${state.isDropping ? html`<div class="drop">${t('drop')}</div>` : nothing}
    <fcn-segment-camera lang=${language} @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) =>
      actions.take(event.detail)}
      @camera-error=${(/** @type {CustomEvent<string>} */ event) => actions.fail(event.detail)}></fcn-segment-camera>`
}
