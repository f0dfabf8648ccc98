/**
 * Sentences made of facts: errors, progress, what computes, what a mask shows.
 */
import { className } from '../../lib/i18n.js'
import { duration, megabytes, percent, whole } from '../../lib/format.js'

/** @typedef {import('../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../lib/i18n.js').Language} Language */
/** @typedef {{code: string, message: string, details?: Record<string, unknown>}} Failure */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {import('../common/photo/image-tasks.js').ModelClass} ModelClass */

/** Codes for which trying the very same again may help. @type {ReadonlySet<string>} */
export const RETRYABLE = new Set([
  'http_error', 'network_error', 'weights_size_mismatch', 'hash_mismatch',
  'crashed', 'device_lost', 'gpu_error', 'wasm_failed', 'save_failed', 'samples_failed', 'models_failed', 'aborted',
])

/**
 * @param {Failure} failure
 * @param {Translate} t
 * @param {Language} lang
 * @returns {string} what happened and what to do next
 */
export function failureText({ code, message, details = {} }, t, lang) {
  if (code === 'aborted') return t('stopped')
  const { width, height, status, maxLongSide } = details
  const key = `error.${code}`
  const text = t(key, {
    megapixels: typeof width === 'number' && typeof height === 'number' ? whole(Math.ceil(width * height / 1e6), lang) : '> 100',
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

/**
 * What is known of weights that fit no net: what they hold, and what the nearest net would take.
 * @param {Failure} failure
 * @param {Translate} t
 * @param {Language} lang
 * @returns {string[]} sentences; none where nothing is known
 */
export function failureFacts({ code, details = {} }, t, lang) {
  if (code !== 'weights_unrecognised' || details['tensors'] === undefined) return []
  /** @param {string} name */
  const fact = name => details[name] === undefined ? '' : String(details[name])
  /** @param {string} name */
  const number = name => whole(Number(fact(name)), lang)
  /** @param {string} name */
  const list = name => fact(`${name}More`) ? t('facts.more', { list: fact(name), count: number(`${name}More`) }) : fact(name)
  const net = fact('architecture')
  return [
    fact('found') ? t('facts.found', { count: number('tensors'), list: list('found') }) : t('facts.found.none'),
    net ? t('facts.nearest', { net: t(`net.${net}`) }) : t('facts.nearest.none'),
    fact('missing') && t('facts.missing', { list: list('missing') }),
    fact('shapeName') && t('facts.shapes', { name: fact('shapeName'), got: fact('shapeGot'), expected: fact('shapeExpected'), count: number('shapes') }),
    fact('unexpected') && t('facts.unexpected', { list: list('unexpected') }),
    fact('unfolded') && t('facts.unfolded', { command: fact('unfolded') }),
  ].filter(Boolean)
}

/**
 * @param {import('../common/session.js').Progress} progress
 * @param {Translate} t
 * @param {Language} lang
 * @returns {{title: string, detail: string, value: number | null}} value 0..1; null: unknown
 */
export function progressText(progress, t, lang) {
  const title = t(`progress.${progress.phase}`, { stage: 'stage' in progress ? progress.stage : '' }).replace(/:\s*$/, '')
  if ('loaded' in progress) {
    const { loaded, total } = progress
    const detail = progress.phase === 'download' && total > 0
      ? t('progress.bytes', { loaded: megabytes(loaded, lang), total: megabytes(total, lang) }) : ''
    return { title, detail, value: total > 0 ? Math.min(1, loaded / total) : null }
  }
  if ('total' in progress && progress.total > 1) {
    return { title, detail: t('progress.steps', { index: progress.index, total: progress.total }), value: progress.index / progress.total }
  }
  return { title, detail: '', value: null }
}

/**
 * @param {import('../../engine/engine.js').Adapter} adapter
 * @param {Translate} t
 * @returns {string | null} why WebGPU isn't used
 */
export function reasonText({ reason }, t) {
  if (!reason) return null
  const key = `reason.${reason.code}`
  const text = t(key)
  return text === key ? t('reason.other', { message: reason.message }) : text
}

/**
 * What computes, told truly: 'WebGPU · name · 18 ms · worker', 'CPU · 40 ms · 4 workers'.
 * @param {import('../../engine/engine.js').Engine} engine
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
    parts.push(adapter.name || adapter.description || adapter.vendor)
    if (adapter.software) parts.push(t('badge.software'))
  }
  if (ms !== null) parts.push(duration(ms, lang))
  parts.push(threads > 1 ? t('badge.workers', { count: whole(threads, lang) }) : t('badge.worker'))
  return parts.filter(Boolean)
}

/**
 * @param {readonly Area[]} found
 * @param {readonly ModelClass[]} classes
 * @param {Language} lang
 * @param {number} [most]
 * @returns {string} 'sky 40%, tree 26%'
 */
export function areasText(found, classes, lang, most = 6) {
  return found.slice(0, most).map(({ id, share }) => {
    const cls = classes.find(one => one.id === id)
    return `${cls ? className(cls, lang) : id} ${percent(share, lang)}`
  }).join(', ')
}

/**
 * 'fcn8s' → 'FCN-8s'.
 * @param {string} variant
 */
export function variantName(variant) {
  return variant.replace(/^fcn(\d+s)$/, 'FCN-$1')
}

/** Classes that stand for "nothing else", drawn weakly over a photo. @param {readonly ModelClass[]} classes */
export function faintClasses(classes) {
  return new Set(classes.filter(({ name }) => name === 'background' || name === 'other').map(({ id }) => id))
}
