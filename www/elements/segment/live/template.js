/** What a live picture looks like beside the figure: how fast it is, and what can be done with it. */
import { html, nothing } from '../../../vendor/lit.js'
import { duration, significant } from '../../../lib/format.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {{t: import('../../../lib/i18n.js').Translate, language: import('../../../lib/i18n.js').Language}} Page */

/** @param {import('./controller.js').Live} live @param {Page} page */
export function live({ state, actions }, { t, language }) {
  const { isThere, isPaused, isSteady, isRecording, canRecord, pace, video } = state
  if (!isThere) return nothing
  const { delay, rate = null } = pace ?? {}
  return html`
    <section class="live" part="live" aria-label=${t('live')}>
      <p>${isPaused ? t('live.paused') : delay === undefined ? t('live.coming') : html`<b>${t('live')}</b>
        <span class="num">${rate === null ? '' : t('live.rate', { rate: significant(rate, language, 2) })}
          ${t('live.delay', { time: duration(delay, language) })}</span>`}</p>
      <div class="row">
        ${isPaused ? html`<button class="main" @click=${actions.go}>${t('live.go')}</button>` : html`<button
          @click=${actions.pause}>${t('live.pause')}</button>`}
        <button @click=${actions.stop}>${t('live.stop')}</button>
        ${canRecord && (isRecording || !isPaused) ? html`<button aria-pressed=${isRecording}
          @click=${actions.record}>${t(isRecording ? 'live.save' : 'live.record')}</button>` : nothing}
        <label class="check" title=${t('live.steady.hint')}><input type="checkbox" .checked=${isSteady}
          @change=${(/** @type {Event} */ event) =>
            actions.setSteady(/** @type {HTMLInputElement} */ (event.target).checked)}><span>${t('live.steady')}</span></label>
      </div>
      <p class="hint">${t('live.hint')} ${isSteady ? t('live.steady.hint') : nothing}</p>
      ${video}
    </section>`
}
