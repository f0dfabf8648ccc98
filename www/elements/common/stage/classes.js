/**
 * A mask's classes and variants by name, and how they are drawn.
 */
import { percent } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'

/** @typedef {import('../../../lib/i18n.js').Language} Language */
/** @typedef {import('../../../lib/areas.js').Area} Area */
/** @typedef {import('../photo/image-tasks.js').ModelClass} ModelClass */

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
