/**
 * The common texts, and an element's own beside them. Only the files of the language shown are fetched.
 */
import { translator } from '../../../lib/i18n.js'

/** @typedef {import('../../../lib/i18n.js').Language} Language */
/** @typedef {import('../../../lib/i18n.js').Texts} Texts */
/** @template T @typedef {import('./element.js').TextFiles<T>} TextFiles */

const COMMON = { en: () => import('./texts.en.js'), ko: () => import('./texts.ko.js') }

/**
 * @param {TextFiles<Texts>} [own] these come first
 * @returns {TextFiles<import('../../../lib/i18n.js').Translate>}
 */
export function withCommon(own) {
  /** @param {Language} language */
  const both = async language => {
    const files = await Promise.all([COMMON[language](), own?.[language]()])
    return { texts: translator(Object.assign({}, ...files.map(file => file?.texts))) }
  }
  return { en: () => both('en'), ko: () => both('ko') }
}
