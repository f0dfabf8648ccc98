/**
 * Where photos come in: the buttons, and the samples with the credit of the one shown.
 */
import { html, nothing, repeat } from '../../../vendor/lit.js'

/** @typedef {import('./intake.js').Intake} Intake */
/** @typedef {import('./source.js').Photo} Photo */

/**
 * What the panel for photos shows.
 * @typedef {import('./intake.js').Host & {t: import('../../../lib/i18n.js').Translate, language: import('../../../lib/i18n.js').Language,
 *   scene: {photo: Photo} | null, pending: {photo: Photo} | null, openCamera: () => void}} IntakeHost
 */

/**
 * @param {IntakeHost} host
 * @param {Intake} source
 */
export function intake(host, source) {
  const { t } = host
  return html`
    <section class="panel intake" part="intake" aria-label=${t('intake')}>
      <p class="hint">${t('intake.hint')}</p>
      <div class="row">
        <label class="button main file">${t('choose')}<input type="file" accept="image/*" aria-label=${t('choose')} @change=${source.chosen}></label>
        <button @click=${() => host.openCamera()}>${t('camera')}</button>
        <button @click=${source.pasteButton}>${t('paste')}</button>
      </div>
      ${gallery(host)}
    </section>`
}

/** @param {IntakeHost} host */
function gallery(host) {
  const { t, language } = host
  if (!host.gallery.length) return nothing
  const shown = (host.pending ?? host.scene)?.photo.sample ?? null
  const base = new URL(host.samples, host.baseURI)
  return html`
    <ul class="gallery" aria-label=${t('samples')}>
      ${repeat(host.gallery, ({ id }) => id, sample => html`<li>
        <button aria-pressed=${sample.id === shown?.id} title=${sample.title[language]} @click=${() => host.showSample(sample)}>
          <img src=${new URL(sample.thumb, base).href} alt=${sample.title[language]} width="72" height="72" loading="lazy" decoding="async">
        </button></li>`)}
    </ul>
    <p class="credit">${shown ? html`${t('sample.credit', { credit: shown.credit, source: shown.source })}${shown.licenceUrl
      ? html`<a href=${shown.licenceUrl} rel="license noreferrer">${shown.licence}</a>` : shown.licence}` : nothing}</p>`
}
