/**
 * Where photos come in: the buttons, and the samples with the credit of the one shown.
 */
import { css, html, nothing, repeat } from '../../../vendor/lit.js'

/** @typedef {import('./intake.js').Intake} Intake */
/** @typedef {import('./source.js').Photo} Photo */

export const galleryStyles = css`
  .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: var(--_2); }
  .gallery button {
    padding: 0; width: 100%; aspect-ratio: 1; overflow: hidden; border: 1px solid var(--_line); min-height: 0;
  }
  .gallery img { width: 100%; height: 100%; object-fit: cover; display: block; }
  .gallery button[aria-pressed='true'] {
    outline: 3px solid var(--_accent); outline-offset: 1px; border-color: var(--_sheet);
  }
  .credit { font-size: var(--_xs); color: var(--_soft); }
  .credit a { white-space: nowrap; }
  .drop {
    position: absolute; inset: 0; z-index: 4; display: grid; place-items: center;
    background: color-mix(in srgb, var(--_sheet) 82%, transparent); font-weight: 600; pointer-events: none;
  }
  @media (forced-colors: active) {
    .gallery button[aria-pressed='true'] { outline-color: Highlight; }
  }
  @media print {
    .intake { display: none; }
  }
`

/**
 * What the panel for photos shows.
 * @typedef {object} State
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {import('../../../lib/i18n.js').Language} language
 * @property {string} samples address of the samples.json
 * @property {string} baseURI
 * @property {readonly import('./intake.js').Sample[]} gallery
 * @property {{photo: Photo} | null} scene
 * @property {{photo: Photo} | null} pending
 * @property {boolean} [takesMany] several photos, or a folder
 */

/** @typedef {{openCamera: () => void, showSample: (sample: import('./intake.js').Sample) => void}} Actions */

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {Intake} source
 */
export function intake(state, actions, source) {
  const { t } = state
  return html`
    <section class="panel intake" part="intake" aria-label=${t('intake')}>
      <p class="hint">${t('intake.hint')}</p>
      <div class="row">
        <label class="button main file">${t('choose')}<input type="file" accept=${state.takesMany
          ? 'image/*,video/*' : 'image/*'} ?multiple=${state.takesMany} aria-label=${t('choose')} @change=${source.chosen}></label>
        ${state.takesMany ? html`<button @click=${source.chooseFolder}>${t('folder')}</button>` : nothing}
        <button @click=${actions.openCamera}>${t('camera')}</button>
        <button @click=${source.pasteButton}>${t('paste')}</button>
      </div>
      ${gallery(state, actions)}
    </section>`
}

/** @param {State} state @param {Actions} actions */
function gallery({ t, language, gallery, pending, scene, samples, baseURI }, actions) {
  if (!gallery.length) return nothing
  const shown = (pending ?? scene)?.photo.sample ?? null
  const base = new URL(samples, baseURI)
  const licence = shown ? licenceText(shown, t) : ''
  return html`
    <ul class="gallery" aria-label=${t('samples')}>
      ${repeat(gallery, ({ id }) => id, sample => html`<li>
        <button aria-pressed=${sample.id === shown?.id} title=${sample.title[language]}
          @click=${() => actions.showSample(sample)}>
          <img src=${new URL(sample.thumb, base).href} alt=${sample.title[language]} width="72"
            height="72" loading="lazy" decoding="async">
        </button></li>`)}
    </ul>
    <p class="credit">${shown
      ? html`${t('sample.credit', { credit: shown.credit, source: shown.source })}${shown.licenceUrl
      ? html`<a href=${shown.licenceUrl} rel="license noreferrer">${licence}</a>` : licence}` : nothing}</p>`
}

/** @param {import('./intake.js').Sample} sample @param {import('../../../lib/i18n.js').Translate} t */
export function licenceText({ licence }, t) {
  // Other licences have names.
  return licence === 'Public domain' ? t('licence.public') : licence
}

/**
 * Opens an element's camera, whose script comes when it is first wanted.
 * @param {ParentNode} root where the element's `<fcn-segment-camera>` is
 */
export async function openCamera(root) {
  await import('./camera.js')
  const camera = root.querySelector('fcn-segment-camera')
  await camera?.updateComplete
  await camera?.open()
}
