/**
 * Checks what a page hands to the engine, and puts it into the form that the worker is sent.
 */
import { FcnError } from '../../lib/errors.js'
import { isAside, isJsonName, isListName } from '../../lib/weights.js'

/** @typedef {import('../protocol.js').Manifest} Manifest */
/** @typedef {import('../protocol.js').ModelSource} ModelSource */
/** @typedef {import('../protocol.js').Size} Size */

/**
 * @param {string} backend
 * @throws {FcnError} invalid_input
 */
export function checkBackend(backend) {
  if (['auto', 'webgpu', 'cpu'].includes(backend)) return
  throw wrong('backend', "'auto', 'webgpu' or 'cpu'", backend)
}

/**
 * @param {string | URL | File | readonly File[]} from
 * @param {import('../protocol.js').Said} [said]
 * @returns {ModelSource} a .json beside weights may be a model.json or a list of classes: the worker reads it
 * @throws {FcnError} invalid_input, manifest_invalid, weights_invalid
 */
export function modelSource(from, said = {}) {
  if (typeof from === 'string' || from instanceof URL) {
    try {
      return { from: 'url', url: new URL(from, document.baseURI).href }
    } catch {
      throw new FcnError('manifest_invalid', `"${from}" is not an address.`)
    }
  }
  const files = filesOf(from).filter((file, _, all) => all.length < 2 || !isAside(file))
  const manifest = files.find(isJsonName)
  const names = files.find(isListName) ?? null
  const [weights, ...more] = files.filter(file => file !== manifest && file !== names)
  if (!weights) {
    throw new FcnError('weights_invalid',
      'A model.json or a list of classes alone has no weights. Choose it together with its weights file.',
      { kind: 'weights_alone' })
  }
  if (more.length || (manifest && names)) {
    throw new FcnError('weights_invalid',
      'These are too many files. Choose a weights file, and with it a model.json or a list of classes.',
      { kind: 'weights.many_files' })
  }
  const all = Object.keys(said).length ? { said } : {}
  return manifest ? { from: 'files', manifest, weights, ...all }
    : { from: 'checkpoint', name: weights.name, weights, names, ...all }
}

/**
 * @param {import('../protocol.js').Said} said
 * @returns {import('../protocol.js').Said} what is known of it
 * @throws {FcnError} invalid_input
 */
export function checkSaid(said) {
  const known = /** @type {const} */ (['set', 'input', 'form', 'skips'])
  return Object.fromEntries(known.flatMap(name => {
    const value = said?.[name]
    if (value === undefined) return []
    if (typeof value !== 'string') throw wrong(`assume.${name}`, "one of the assumption's options", value)
    return [[name, value]]
  }))
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
  const expected = "a model.json's address, or a weights file, alone or with its model.json or a list of classes"
  throw new FcnError('invalid_input', `model: expected ${expected} (File, not Blob).`)
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
  throw wrong('size', "'model', 'native' or a number of pixels from 1", size)
}

/**
 * @param {import('../protocol.js').Gives} gives
 * @returns {import('../protocol.js').Gives}
 * @throws {FcnError} invalid_input
 */
export function checkWanted(gives) {
  if (['masks', 'labels', 'any'].includes(gives)) return gives
  throw wrong('gives', "'masks', 'labels' or 'any'", gives)
}

/**
 * @param {Manifest} manifest
 * @param {readonly string[]} variants
 * @returns {string[]}
 * @throws {FcnError} invalid_input, unknown_variant
 */
export function checkVariants({ config }, variants) {
  if (!Array.isArray(variants) || variants.length === 0 || !variants.every(variant => typeof variant === 'string')) {
    throw wrong('variants', `a list of the model's heads (${config.variants.join(', ')})`, variants)
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
  throw wrong('maps', "a list of the net's stages, such as ['score_fr']", maps)
}

/**
 * @param {unknown} stage
 * @returns {string}
 * @throws {FcnError} invalid_input
 */
export function checkStage(stage) {
  if (typeof stage === 'string' && stage !== '') return stage
  throw wrong('stage', "the name of one of the net's stages", stage)
}

/**
 * @param {string} name the argument's
 * @param {unknown} value
 * @param {number} [most]
 * @returns {number}
 * @throws {FcnError} invalid_input
 */
export function checkWhole(name, value, most = 2 ** 31) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value
  throw wrong(name, `a whole number from 0 to ${most}`, value)
}

/**
 * @param {string} name the argument's
 * @param {unknown} value
 * @returns {number}
 * @throws {FcnError} invalid_input
 */
export function checkNumber(name, value) {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw wrong(name, 'a number', value)
}

/**
 * @param {{x: number, y: number} | undefined} shift
 * @returns {{x: number, y: number} | null} null: the photo stays where it is
 * @throws {FcnError} invalid_input
 */
export function checkShift(shift) {
  if (shift === undefined) return null
  const { x, y } = Object(shift)
  const isPixels = (/** @type {unknown} */ by) => Number.isInteger(by) && Math.abs(Number(by)) <= 2 ** 24
  if (isPixels(x) && isPixels(y)) return x === 0 && y === 0 ? null : { x, y }
  throw wrong('shift', '{x, y} in whole pixels', shift)
}

/**
 * @param {unknown} size
 * @returns {[number, number]}
 * @throws {FcnError} invalid_input
 */
export function checkPair(size) {
  const isSide = (/** @type {unknown} */ side) => typeof side === 'number' && Number.isInteger(side) && side > 0
    && side <= 2 ** 24
  if (Array.isArray(size) && size.length === 2 && size.every(isSide)) return [size[0], size[1]]
  throw wrong('size', '[height, width] in pixels', size)
}

/**
 * @param {readonly {truth: Uint8Array, prediction: Uint8Array}[]} pairs
 * @param {number} classes
 * @param {number} unlabelled
 * @returns {{truth: Uint8Array, prediction: Uint8Array}[]}
 * @throws {FcnError} invalid_input
 */
export function checkPairs(pairs, classes, unlabelled) {
  if (unlabelled !== 255) throw wrong('void', '255', unlabelled)
  if (!Number.isInteger(classes) || classes < 1 || classes > 255) {
    throw wrong('classes', 'a whole number from 1 to 255', classes)
  }
  const isMap = (/** @type {unknown} */ map) => Object.prototype.toString.call(map) === '[object Uint8Array]'
  if (Array.isArray(pairs) && pairs.every(pair => isMap(pair?.truth) && isMap(pair?.prediction))) {
    return pairs.map(({ truth, prediction }) => ({ truth, prediction }))
  }
  throw wrong('pairs', 'a list of {truth, prediction}, each a Uint8Array', pairs)
}

/** @type {readonly (keyof import('../protocol.js').Transposed)[]} */
const TRANSPOSED = ['input', 'kernel', 'stride', 'padding', 'outputPadding', 'dilation']

/**
 * @param {import('../protocol.js').Transposed} layer
 * @returns {import('../protocol.js').Transposed} what is known of it
 * @throws {FcnError} invalid_input
 */
export function checkTransposed(layer) {
  for (const name of TRANSPOSED) {
    const pair = layer?.[name]
    const isSize = (/** @type {unknown} */ value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every(isSize)) {
      throw wrong(name, '[rows, columns], whole numbers from 0', pair)
    }
  }
  const { input, kernel, stride, padding, outputPadding, dilation } = layer
  return { input, kernel, stride, padding, outputPadding, dilation }
}

/**
 * @param {string} name the argument's
 * @param {string} expected
 * @param {unknown} value what it is instead
 */
function wrong(name, expected, value) {
  return new FcnError('invalid_input', `${name}: expected ${expected}, not ${shown(value)}.`)
}

/**
 * @param {unknown} value
 * @returns {string} never throws, as String() does for some objects
 */
function shown(value) {
  if (typeof value === 'string') return `"${value}"`
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value)
}
