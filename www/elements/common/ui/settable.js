/**
 * Properties as pages and frameworks set them. React takes one away by `undefined`, Vue by `''`, a removed attribute by
 * null: then it is as usual again. What is of no use there is as usual, too.
 */
import { LitElement } from '../../../vendor/lit.js'

/** @typedef {import('../../../vendor/lit.js').PropertyDeclaration} PropertyDeclaration */

/** A property that is a share, 0..1. @type {PropertyDeclaration} */
export const SHARE = { type: Number }

/** Lit's own. @type {(this: typeof LitElement, name: PropertyKey, key: string | symbol, options: PropertyDeclaration) => PropertyDescriptor | undefined} */
const accessors = LitElement['getPropertyDescriptor']

/**
 * In place of Lit's `static getPropertyDescriptor`: the accessors read what is set. What the constructor sets is as usual.
 * @this {typeof LitElement}
 * @param {PropertyKey} name
 * @param {string | symbol} key
 * @param {PropertyDeclaration} options
 * @returns {PropertyDescriptor}
 */
export function settable(name, key, options) {
  const { get, set } = accessors.call(this, name, key, options) ?? {}
  /** @type {unknown} */
  let usual
  return {
    get,
    /** @this {LitElement} @param {unknown} value */
    set(value) {
      usual ??= value
      set?.call(this, as(usual, value))
    },
    configurable: true, enumerable: true,
  }
}

/**
 * @param {unknown} usual
 * @param {unknown} value
 * @returns {unknown} what is meant by it, of the usual value's type
 */
export function as(usual, value) {
  switch (typeof usual) {
    case 'boolean': return typeof value === 'string' ? value !== 'false' && value !== '0' : Boolean(value)
    case 'number': {
      const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
      return isNumber && !Number.isNaN(Number(value)) ? Math.min(Math.max(Number(value), 0), 1) : usual
    }
    case 'string': {
      if (value instanceof URL) return value.href
      return (typeof value === 'string' && value !== '') || (typeof value === 'number' && !Number.isNaN(value))
        ? value : usual
    }
    default: return value
  }
}
