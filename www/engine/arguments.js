/**
 * Checks what a page hands to the engine, and puts it into the form that the worker is sent.
 */
import { FcnError } from '../lib/errors.js'

/** @typedef {import('./protocol.js').Manifest} Manifest */
/** @typedef {import('./protocol.js').ModelSource} ModelSource */
/** @typedef {import('./protocol.js').Size} Size */

/**
 * @param {string | URL | File | readonly File[]} from
 * @returns {ModelSource}
 */
export function modelSource(from) {
  if (typeof from === 'string' || from instanceof URL) {
    try {
      return { from: 'url', url: new URL(from, document.baseURI).href }
    } catch {
      throw new FcnError('manifest_invalid', `"${from}" is not an address.`)
    }
  }
  const files = from instanceof Blob ? [from] : [...from]
  const manifest = files.find(file => file.name.toLowerCase().endsWith('.json'))
  const weights = files.find(file => file !== manifest)
  if (files.length === 2 && manifest && weights) return { from: 'files', manifest, weights }
  if (manifest) throw new FcnError('weights_invalid', 'A model.json alone has no weights. Choose it together with its weights file.')
  throw new FcnError('weights_invalid', 'A weights file alone says nothing about its net. Choose it together with its model.json.')
}

/**
 * @param {Size} size
 * @returns {Size}
 */
export function checkSize(size) {
  if (size === 'model' || size === 'native') return size
  if (typeof size === 'number' && size >= 1) return Number.isFinite(size) ? Math.floor(size) : 'native'
  throw new TypeError(`size: 'model', 'native' or a number of pixels, not ${String(size)}`)
}

/**
 * @param {Manifest} manifest
 * @param {readonly string[]} variants
 * @returns {string[]}
 * @throws {FcnError} unknown_variant
 */
export function checkVariants({ config }, variants) {
  const unknown = variants.find(variant => !config.variants.includes(variant))
  if (variants.length > 0 && unknown === undefined) return [...variants]
  throw new FcnError('unknown_variant', `The model has no head "${unknown ?? ''}"; it has ${config.variants.join(', ')}.`,
    { variant: unknown ?? '', variants: config.variants.join(', ') })
}
