/**
 * What is shown of a failure: what happened, what to do next, the facts behind it, and "Try again".
 */
import { classMap, html, nothing } from '../../../vendor/lit.js'
import { failureFacts, failureText, RETRYABLE } from '../../segment/words.js'

/**
 * An element in which something may fail.
 * @typedef {object} Failing
 * @property {import('../../segment/words.js').Failure | null} failure
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {import('../../../lib/i18n.js').Language} language
 * @property {boolean} canRetry
 * @property {() => void} retry
 */

/**
 * @param {Failing} host
 * @param {import('../../segment/words.js').Failure} failure the host's
 * @param {boolean} hasFormer whether a former result is still shown
 * @param {unknown} [more] a further button
 */
export function failed(host, failure, hasFormer, more = nothing) {
  const { t, language } = host
  const stopped = failure.code === 'aborted'
  const text = failureText(failure, t, language)
  const facts = failureFacts(failure, t, language)
  return html`
    <div class=${classMap({ notice: true, bad: !stopped })} part="error" role="alert" data-code=${failure.code}>
      <div>
        <p>${text} ${hasFormer && !stopped ? t('former') : nothing}</p>
        ${stopped || !failure.message || failure.message === text ? nothing
          : html`<details ?open=${facts.length > 0}><summary>${t('detail')}</summary>
              ${facts.length ? html`<ul class="facts">${facts.map(fact => html`<li>${fact}</li>`)}</ul>`
                : html`<code lang="en">${failure.code}: ${failure.message}</code>`}</details>`}
      </div>
      ${more}
      ${RETRYABLE.has(failure.code) && host.canRetry ? html`<button @click=${() => host.retry()}>${stopped ? t('start') : t('retry')}</button>` : nothing}
      <button class="quiet" @click=${() => { host.failure = null }} aria-label=${t('dismiss')}>✕</button>
    </div>`
}
