/**
 * What is shown of a failure: what happened, what to do next, the facts behind it, and "Try again".
 */
import { classMap, css, html, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../../lib/i18n.js').Language} Language */
/** @typedef {{code: string, message: string, details?: Record<string, unknown>}} Failure */

export const failureStyles = css`
  .notice {
    display: flex; flex-wrap: wrap; gap: var(--_2) var(--_3); align-items: center; padding: var(--_2) var(--_3);
    border: 1px solid currentColor; border-inline-start-width: 4px; border-radius: var(--_radius);
    font-size: var(--_sm); background: var(--_warn-soft); color: var(--_warn);
  }
  .notice.info { background: var(--_accent-soft); color: var(--_ink); border-color: var(--_accent); }
  .notice.bad { background: var(--_bad-soft); color: var(--_bad); }
  .notice > div { flex: 1 1 10rem; }
  .notice details { color: var(--_ink); font-size: var(--_xs); overflow-wrap: anywhere; }
  .notice .facts { margin: 0; padding-inline-start: 1.2em; list-style: disc; }
  .notice summary { min-height: 1.5rem; border: 0; padding: 0; background: none; display: list-item; }
`

/** Codes for which trying the very same again may help. @type {ReadonlySet<string>} */
export const RETRYABLE = new Set([
  'http_error', 'network_error', 'weights_size_mismatch', 'hash_mismatch',
  'crashed', 'device_lost', 'gpu_error', 'wasm_failed', 'save_failed', 'samples_failed',
    'models_failed', 'panel_failed', 'aborted',
])

/**
 * @param {Failure} failure `details.kind`: a sentence of the element's own for this case of the code
 * @param {Translate} t
 * @param {Language} lang
 * @returns {string} what happened and what to do next
 */
export function failureText({ code, message, details = {} }, t, lang) {
  if (code === 'aborted') return t('stopped')
  const { kind, width, height, status, maxLongSide, size } = details
  const key = `error.${kind ?? code}`
  const said = Object.entries(details).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [/** @type {const} */ ([name, value])] : [])
  const text = t(key, {
    ...Object.fromEntries(said),
    ...typeof size === 'string' && /^\d+$/.test(size) && { size: whole(Number(size), lang) },
    megapixels: typeof width === 'number' && typeof height === 'number'
      ? whole(Math.ceil(width * height / 1e6), lang) : '> 100',
    status: typeof status === 'number' || typeof status === 'string' ? status : '?',
    maxLongSide: typeof maxLongSide === 'number' ? whole(maxLongSide, lang) : '?',
    policy: neededPolicy(new URL(import.meta.url).origin, globalThis.location?.origin),
  })
  return text === key ? message : text
}

/**
 * What a page's policy has to allow for the engine to run.
 * @param {string} files origin of these files; 'null' where they have none
 * @param {string | undefined} page the page's
 * @returns {string} as its header would say it
 */
export function neededPolicy(files, page) {
  const isOwn = files === page || files === 'null'
  const from = isOwn ? "'self'" : files
  // Another origin's worker is started by way of a blob of the page's; see engine/page/link.js.
  return `script-src ${from} 'wasm-unsafe-eval'; worker-src ${isOwn ? from : `blob: ${from}`}; connect-src ${from}`
}

/** Details of any failure that have words of their own in every language, in the order in which they are told. */
const TOLD = [
  'url', 'status', 'format', 'tensor', 'part', 'at', 'expected', 'got', 'known', 'given',
    'wanted', 'variant', 'variants', 'longSide',
  'maxLongSide', 'needed', 'limit', 'adapter', 'difference', 'reason',
]

/**
 * The facts behind a failure, in the reader's language. Of weights that fit no net: what they hold, and what the nearest net
 * would take.
 * @param {Failure} failure
 * @param {Translate} t
 * @param {Language} lang
 * @returns {string[]} sentences; none where nothing is known
 */
export function failureFacts({ code, details = {} }, t, lang) {
  if (code !== 'weights_unrecognised' || details['tensors'] === undefined) {
    // What the sentence says itself isn't told again.
    const sentence = t(`error.${details['kind'] ?? code}`)
    const isKnown = (/** @type {unknown} */ value) => value !== undefined && value !== null && value !== ''
    return TOLD.filter(name => isKnown(details[name]) && !sentence.includes(`{${name}}`))
      .map(name => t(`fact.${name}`, { value: factValue(name, details[name], t, lang) }))
  }
  /** @param {string} name */
  const fact = name => details[name] === undefined ? '' : String(details[name])
  /** @param {string} name */
  const number = name => whole(Number(fact(name)), lang)
  /** @param {string} name */
  const list = name => fact(`${name}More`)
    ? t('facts.more', { list: fact(name), count: number(`${name}More`) }) : fact(name)
  const net = fact('architecture')
  return [
    fact('found') ? t('facts.found', { count: number('tensors'), list: list('found') }) : t('facts.found.none'),
    net ? t('facts.nearest', { net: t(`net.${net}`) }) : t('facts.nearest.none'),
    fact('missing') && t('facts.missing', { list: list('missing') }),
    fact('shapeName') && t('facts.shapes', {
      name: fact('shapeName'), got: fact('shapeGot'), expected: fact('shapeExpected'), count: number('shapes'),
    }),
    fact('unexpected') && t('facts.unexpected', { list: list('unexpected') }),
    fact('unfolded') && t('facts.unfolded', { command: fact('unfolded') }),
  ].filter(Boolean)
}

/**
 * @param {string} name
 * @param {unknown} value Rust's numbers are texts
 * @param {Translate} t
 * @param {Language} lang
 */
function factValue(name, value, t, lang) {
  if (name === 'part') return t(`part.${value}`)
  return /^\d{1,15}$/.test(String(value)) && name !== 'status' ? whole(Number(value), lang) : String(value)
}

/**
 * @param {{failure: Failure | null, t: Translate, language: Language, canRetry: boolean}} state
 * @param {{retry: () => void, dismiss?: () => void}} actions
 * @param {{lead?: string, hasFormer?: boolean, more?: unknown}} [around] a sentence before; whether a former
 *   result is still shown; a further button
 */
export function failed({ failure, t, language, canRetry }, { retry, dismiss }, around = {}) {
  if (!failure) return nothing
  const { lead = '', hasFormer = false, more = nothing } = around
  const stopped = failure.code === 'aborted'
  const text = failureText(failure, t, language)
  const facts = failureFacts(failure, t, language)
  const isUnrecognised = failure.code === 'weights_unrecognised' && failure.details?.['tensors'] !== undefined
  return html`
    <div class=${classMap({ notice: true, bad: !stopped })} part="error" role="alert" data-code=${failure.code}>
      <div>
        <p>${lead} ${text} ${hasFormer && !stopped ? t('former') : nothing}</p>
        ${stopped || !failure.message || failure.message === text ? nothing
          : html`<details ?open=${isUnrecognised}><summary>${t('detail')}</summary>
              ${facts.length ? html`<ul class="facts">${facts.map(fact => html`<li>${fact}</li>`)}</ul>` : nothing}
              ${isUnrecognised ? nothing
                : html`<code
                  lang="en">${failure.code}${language === 'en' || !facts.length && !failure.details?.['kind']
                    ? `: ${failure.message}` : nothing}</code>`}</details>`}
      </div>
      ${more}
      ${RETRYABLE.has(failure.code) && canRetry
        ? html`<button type="button" @click=${retry}>${stopped ? t('start') : t('retry')}</button>` : nothing}
      ${dismiss
        ? html`<button type="button" class="quiet" @click=${dismiss} aria-label=${t('dismiss')}>✕</button>` : nothing}
    </div>`
}
