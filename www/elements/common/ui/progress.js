/**
 * What is told of work under way: what is being done, how much of it, and how far it is.
 */
import { megabytes } from '../../../lib/format.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** @typedef {import('../../../lib/i18n.js').Language} Language */

/**
 * @param {import('../session.js').Progress} progress
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
