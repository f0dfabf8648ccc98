/**
 * What is told of work under way: what is being done, how much of it, and how far it is.
 */
import { css, html, nothing } from '../../../vendor/lit.js'
import { megabytes } from '../../../lib/format.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../../lib/i18n.js').Language} Language */
/** @typedef {import('../jobs.js').Progress} Progress */

/**
 * @param {Progress} progress
 * @param {Translate} t
 * @param {Language} lang
 * @returns {{title: string, detail: string, value: number | null}} value 0..1; null: unknown
 */
export function progressText(progress, t, lang) {
  const stage = 'stage' in progress ? progress.stage : ''
  const title = t(`progress.${progress.phase}`, { stage }).replace(/:\s*$/, '')
  if ('loaded' in progress) {
    const { loaded, total } = progress
    const detail = progress.phase === 'download' && total > 0
      ? t('progress.bytes', { loaded: megabytes(loaded, lang), total: megabytes(total, lang) }) : ''
    return { title, detail, value: total > 0 ? Math.min(1, loaded / total) : null }
  }
  if ('total' in progress && progress.total > 1) {
    const { index, total } = progress
    return { title, detail: t('progress.steps', { index, total }), value: index / total }
  }
  return { title, detail: '', value: null }
}

export const progressStyles = css`
  .progress {
    display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--_1) var(--_3); align-items: center;
    padding: var(--_2) var(--_3); background: var(--_sheet); border: 1px solid var(--_edge);
    border-radius: var(--_radius);
    font-size: var(--_sm);
  }
  .progress p { display: flex; flex-wrap: wrap; gap: 0 var(--_3); justify-content: space-between; }
  .progress progress { width: 100%; height: 0.5rem; accent-color: var(--_accent); display: block; }
  .progress button { grid-row: 1 / span 2; grid-column: 2; }
  @container fcn (max-width: 18rem) {
    .progress { grid-template-columns: minmax(0, 1fr); }
    .progress button { grid-row: auto; grid-column: 1; justify-self: start; }
  }
  @media print {
    .progress { display: none; }
  }
`

/**
 * What is under way, and "Cancel"; nothing while there is nothing.
 * @param {{progress: Progress | null, t: Translate, language: Language, cancel: () => void}} host
 */
export function progressCard(host) {
  const { progress, t, language } = host
  if (!progress) return nothing
  const { title, detail, value } = progressText(progress, t, language)
  return html`
    <div class="progress" part="progress">
      <p><span>${title}</span><span class="num">${detail}</span></p>
      ${value === null ? html`<progress aria-label=${title}></progress>`
        : html`<progress max="1" .value=${value} aria-label=${title}></progress>`}
      <button type="button" @click=${() => host.cancel()}>${t('cancel')}</button>
    </div>`
}
