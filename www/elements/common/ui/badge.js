/**
 * What computes, told truly: WebGPU with the adapter's name, or CPU and why.
 */
import { css, html, nothing } from '../../../vendor/lit.js'
import { duration, whole } from '../../../lib/format.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../../lib/i18n.js').Language} Language */
/** @typedef {import('../../../engine/engine.js').Engine} Engine */

/**
 * @param {import('../../../engine/engine.js').Adapter} adapter
 * @param {Translate} t
 * @returns {string | null} why WebGPU isn't used
 */
export function reasonText({ reason }, t) {
  if (!reason) return null
  const key = `reason.${reason.kind ?? reason.code}`
  const text = t(key)
  return text === key ? t('reason.other', { message: reason.message }) : text
}

/**
 * What computes, told truly: 'WebGPU · name · 18 ms · worker', 'CPU · 40 ms · 4 workers'.
 * @param {Engine} engine
 * @param {number | null} ms of the shown result
 * @param {Translate} t
 * @param {Language} lang
 * @param {number} [threads] of the shown result
 * @returns {string[]} the parts
 */
export function badgeParts(engine, ms, t, lang, threads = 1) {
  const { adapter, backend } = engine
  const parts = [backend === 'webgpu' ? 'WebGPU' : 'CPU']
  if (backend === 'webgpu' && adapter) {
    parts.push(adapter.name === 'WebGPU' ? t('badge.unnamed') : adapter.name)
    if (adapter.software) parts.push(t('badge.software'))
  }
  if (ms !== null) parts.push(duration(ms, lang))
  parts.push(threads > 1 ? t('badge.workers', { count: whole(threads, lang) }) : t('badge.worker'))
  return parts.filter(Boolean)
}

export const badgeStyles = css`
  .badge { font-size: var(--_xs); color: var(--_soft); flex: 1 1 16rem; padding-block: var(--_2); }
  .badge strong { color: var(--_ink); font-weight: 600; }
`

/**
 * @param {{engine: Engine | null, progress: object | null, t: Translate, language: Language}} host
 * @param {{ms: number | null, threads?: number}} result the shown one's time
 * @param {unknown} [more] about it
 */
export function badge({ engine, progress, t, language }, { ms, threads }, more = nothing) {
  if (!engine?.adapter) return progress ? html`<p class="badge" part="badge">${t('badge.starting')}</p>` : nothing
  const [first, ...rest] = badgeParts(engine, ms, t, language, threads)
  const why = reasonText(engine.adapter, t)
  return html`<p class="badge" part="badge"><strong>${first}</strong>${rest.map(part => html` · ${part}`)}
    ${why ? html`<br>${t('badge.why')}: ${why}` : nothing} ${more}</p>`
}
