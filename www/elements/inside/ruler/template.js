/** What the offset ruler looks like. */
import { html } from '../../../vendor/lit.js'

/** @param {import('./controller.js').Ruler} _panel @param {import('../controller.js').Page} page */
export function ruler(_panel, { t }) {
  return html`<p class="told">${t('ruler.lead')}</p>`
}
