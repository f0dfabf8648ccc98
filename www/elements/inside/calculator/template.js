/** What the layer calculator looks like. */
import { html } from '../../../vendor/lit.js'

/** @param {import('./controller.js').Calculator} _panel @param {import('../controller.js').Page} page */
export function calculator(_panel, { t }) {
  return html`<p class="told">${t('layers.lead')}</p>`
}
