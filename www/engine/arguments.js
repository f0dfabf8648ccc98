/**
 * Checks what a page hands to the engine, and puts it into the form that the worker is sent.
 */
import { FcnError } from '../lib/errors.js'

/** @typedef {import('./protocol.js').Manifest} Manifest */
/** @typedef {import('./protocol.js').ModelSource} ModelSource */
/** @typedef {import('./protocol.js').Size} Size */

/**
 * @param {string} backend
 * @throws {FcnError} invalid_input
 */
export function checkBackend(backend) {
  if (['auto', 'webgpu', 'cpu'].includes(backend)) return
  throw new FcnError('invalid_input', `backend: expected 'auto', 'webgpu' or 'cpu', not ${shown(backend)}.`)
}

/**
 * @param {string | URL | File | readonly File[]} from
 * @returns {ModelSource} a .json beside weights may be a model.json or a list of classes: the worker reads it
 * @throws {FcnError} invalid_input, manifest_invalid, weights_invalid
 */
export function modelSource(from) {
  if (typeof from === 'string' || from instanceof URL) {
    try {
      return { from: 'url', url: new URL(from, document.baseURI).href }
    } catch {
      throw new FcnError('manifest_invalid', `"${from}" is not an address.`)
    }
  }
  const files = filesOf(from)
  const manifest = files.find(file => /\.json$/i.test(file.name))
  const names = files.find(file => /\.txt$/i.test(file.name)) ?? null
  const [weights, ...more] = files.filter(file => file !== manifest && file !== names)
  if (!weights) throw new FcnError('weights_invalid', 'A model.json or a list of classes alone has no weights. Choose it together with its weights file.')
  if (more.length || (manifest && names)) {
    throw new FcnError('weights_invalid', 'These are too many files. Choose a weights file, and with it a model.json or a list of classes.')
  }
  return manifest ? { from: 'files', manifest, weights } : { from: 'checkpoint', name: weights.name, weights, names }
}

/**
 * @param {unknown} from
 * @returns {File[]} at least one
 * @throws {FcnError} invalid_input
 */
function filesOf(from) {
  const isList = typeof from === 'object' && from !== null && Symbol.iterator in from
  const files = isList ? [.../** @type {Iterable<unknown>} */ (from)] : [from]
  // A Blob won't do: which of the two is the model.json, only a name can tell.
  if (files.length > 0 && files.every(isFile)) return files
  throw new FcnError('invalid_input', "model: expected a model.json's address, or a weights file, alone or with its model.json or a list of classes (File, not Blob).")
}

/**
 * By name, so that another frame's files are files too.
 * @param {unknown} value
 * @returns {value is File}
 */
function isFile(value) {
  return Object.prototype.toString.call(value) === '[object File]'
}

/**
 * @param {Size} size
 * @returns {Size}
 * @throws {FcnError} invalid_input
 */
export function checkSize(size) {
  if (size === 'model' || size === 'native') return size
  if (typeof size === 'number' && size >= 1) return Number.isFinite(size) ? Math.floor(size) : 'native'
  throw new FcnError('invalid_input', `size: expected 'model', 'native' or a number of pixels from 1, not ${shown(size)}.`)
}

/**
 * @param {import('./protocol.js').Gives} gives
 * @returns {import('./protocol.js').Gives}
 * @throws {FcnError} invalid_input
 */
export function checkWanted(gives) {
  if (['masks', 'labels', 'any'].includes(gives)) return gives
  throw new FcnError('invalid_input', `gives: expected 'masks', 'labels' or 'any', not ${shown(gives)}.`)
}

/**
 * @param {Manifest} manifest
 * @param {readonly string[]} variants
 * @returns {string[]}
 * @throws {FcnError} invalid_input, unknown_variant
 */
export function checkVariants({ config }, variants) {
  if (!Array.isArray(variants) || variants.length === 0 || !variants.every(variant => typeof variant === 'string')) {
    throw new FcnError('invalid_input', `variants: expected a list of the model's heads (${config.variants.join(', ')}), not ${shown(variants)}.`)
  }
  const unknown = variants.find(variant => !config.variants.includes(variant))
  if (unknown === undefined) return [...variants]
  throw new FcnError('unknown_variant', `The model has no head "${unknown}"; it has ${config.variants.join(', ')}.`,
    { variant: unknown, variants: config.variants.join(', ') })
}

/**
 * @param {readonly string[]} maps
 * @returns {string[]}
 * @throws {FcnError} invalid_input
 */
export function checkMaps(maps) {
  if (Array.isArray(maps) && maps.length > 0 && maps.every(name => typeof name === 'string')) return [...maps]
  throw new FcnError('invalid_input', `maps: expected a list of the net's stages, such as ['score_fr'], not ${shown(maps)}.`)
}

/**
 * @param {readonly {truth: Uint8Array, prediction: Uint8Array}[]} pairs
 * @param {number} classes
 * @returns {{truth: Uint8Array, prediction: Uint8Array}[]}
 * @throws {FcnError} invalid_input
 */
export function checkPairs(pairs, classes) {
  if (!Number.isInteger(classes) || classes < 1 || classes > 255) {
    throw new FcnError('invalid_input', `classes: expected a whole number from 1 to 255, not ${shown(classes)}.`)
  }
  const isMap = (/** @type {unknown} */ map) => ArrayBuffer.isView(map) && Object.prototype.toString.call(map) === '[object Uint8Array]'
  if (Array.isArray(pairs) && pairs.every(pair => isMap(pair?.truth) && isMap(pair?.prediction))) {
    return pairs.map(({ truth, prediction }) => ({ truth, prediction }))
  }
  throw new FcnError('invalid_input', `pairs: expected a list of {truth, prediction}, each a Uint8Array, not ${shown(pairs)}.`)
}

/** @type {readonly (keyof import('./protocol.js').Transposed)[]} */
const TRANSPOSED = ['input', 'kernel', 'stride', 'padding', 'outputPadding', 'dilation']

/**
 * @param {import('./protocol.js').Transposed} layer
 * @returns {import('./protocol.js').Transposed} what is known of it
 * @throws {FcnError} invalid_input
 */
export function checkTransposed(layer) {
  for (const name of TRANSPOSED) {
    const pair = layer[name]
    const isSize = (/** @type {unknown} */ value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every(isSize)) {
      throw new FcnError('invalid_input', `${name}: expected [rows, columns], whole numbers from 0, not ${shown(pair)}.`)
    }
  }
  const { input, kernel, stride, padding, outputPadding, dilation } = layer
  return { input, kernel, stride, padding, outputPadding, dilation }
}

/**
 * @param {unknown} value
 * @returns {string} never throws, as String() does for some objects
 */
function shown(value) {
  if (typeof value === 'string') return `"${value}"`
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value)
}
