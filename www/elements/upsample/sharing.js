/**
 * "Take it along" in `<fcn-upsample>`: its link, its layer as code, its pictures. Fetched when somebody opens it.
 */
import { html } from '../../vendor/lit.js'
import { code } from './code.js'

/** @typedef {import('./controls.js').Context} Context */

/**
 * @param {Context & {share: {copy: (text: string) => void, save: (kind: 'png' | 'svg' | 'gif') => void, link: string, message: string, busy: boolean}}} context
 */
export function sharing({ control, words, share }) {
  const { pytorch, burn } = code(control.model.layer)
  return html`<div class="stack">
    <div class="bar">
      <button type="button" @click=${() => share.copy(share.link)}>${words.share.link}</button>
      <button type="button" @click=${() => share.copy(pytorch)}>${words.share.pytorch}</button>
      <button type="button" @click=${() => share.copy(burn)}>${words.share.burn}</button>
      ${/** @type {const} */ (['png', 'svg', 'gif']).map(kind => html`<button type="button" ?disabled=${share.busy || control.covered} @click=${() => share.save(kind)}>${words.share[kind]}</button>`)}
    </div>
    <p role="status">${share.message}</p>
    <div class="code" role="group" tabindex="0" aria-label="PyTorch"><code>${pytorch}</code></div>
    <div class="code" role="group" tabindex="0" aria-label="Burn"><code>${burn}</code></div>
    <div class="code" role="group" tabindex="0" aria-label=${words.share.linkText}><code>${share.link.length > 2000 ? `${share.link.slice(0, 2000)}…` : share.link}</code></div>
  </div>`
}
