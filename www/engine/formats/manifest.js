/**
 * Reads a model.json (format 1) and checks what the engine itself relies on. The architecture's
 * own settings are checked in Rust, by the net that they build.
 */
import { FcnError } from '../../lib/errors.js'
import { isRecord, list, number, text } from '../../lib/fields.js'

/** @typedef {import('../protocol.js').Manifest} Manifest */

/**
 * A mask holds one byte a pixel, so ids 0..255; the same limit as in src/labels.rs. (That 255 means
 * "not labelled" is a custom of truth masks, which never come through here.)
 */
const MAX_CLASSES = 256
/** A classifier makes no mask. ImageNet's, as in src/labels.rs. */
const MAX_CLASSIFIER_CLASSES = 1000
/** The architectures without masks. */
const CLASSIFIERS = ['vgg11-classifier', 'vgg13-classifier', 'vgg16-classifier', 'vgg19-classifier']
/** Longest weights file that fits WebAssembly's memory beside everything else, bytes. */
const MAX_WEIGHTS_BYTES = 1.5 * 2 ** 30

/**
 * @param {Uint8Array} bytes UTF-8 JSON
 * @param {{hasFiles?: boolean}} [options] without files: the weights are elsewhere
 * @returns {Manifest}
 * @throws {FcnError} manifest_invalid, naming the field
 */
export function parseManifest(bytes, { hasFiles = true } = {}) {
  /** @type {unknown} */
  let json
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalid(`it is not JSON (${reason})`, 'json', { reason })
  }
  if (!isRecord(json)) throw invalid('the file is not an object', 'record')
  const manifest = json
  const { format } = manifest
  if (format !== 1) {
    throw invalid(`"format" is ${shown(format)}; this version reads format 1`, 'format', { got: shown(format) })
  }
  checkText(manifest.name, 'name')
  checkText(manifest.architecture, 'architecture')
  const config = someRecord(manifest.config, 'config')
  checkVariants(config.variants)
  if (config.classes === 1) manifest.classes = bothClasses(manifest.classes)
  checkClasses(manifest.classes, isClassifier(manifest) ? MAX_CLASSIFIER_CLASSES : MAX_CLASSES)
  checkInput(someRecord(manifest.input, 'input'))
  if (hasFiles) checkFiles(manifest.files)
  return /** @type {Manifest} */ (/** @type {unknown} */ (manifest))
}

/**
 * Whether a model gives labels of windows, and no masks.
 * @param {{architecture?: unknown}} manifest
 */
export function isClassifier({ architecture }) {
  return CLASSIFIERS.some(name => name === architecture)
}

/**
 * Makes sure that a model gives what it is wanted for.
 * @param {Manifest} manifest
 * @param {import('../protocol.js').Gives} gives
 * @throws {FcnError} is_classifier, not_classifier
 */
export function checkGives(manifest, gives) {
  if (gives === 'masks' && isClassifier(manifest)) throw new FcnError('is_classifier')
  if (gives === 'labels' && !isClassifier(manifest)) throw new FcnError('not_classifier')
}

/**
 * One output means two classes, background and the one, which may be listed alone; as in src/manifest.rs.
 * @param {unknown} classes
 */
function bothClasses(classes) {
  if (!Array.isArray(classes) || classes.length !== 1) return classes
  const [one] = classes
  if (!isRecord(one) || one.id !== 0) return classes
  const background = { id: 0, name: 'background', names: { en: 'background', ko: '배경' }, color: '#000000' }
  // Black is the background's.
  return [background, { ...one, id: 1, color: one.color === '#000000' ? '#800000' : one.color }]
}

/** @param {unknown} variants */
function checkVariants(variants) {
  someList(variants, 'config.variants').forEach((name, i) => checkText(name, `config.variants[${i}]`))
}

/** @param {unknown} value @param {number} most */
function checkClasses(value, most) {
  const classes = someList(value, 'classes')
  if (classes.length > most) throw invalid(`"classes" has more than ${most} entries`, 'many', { most })
  classes.forEach((entry, i) => {
    const { id, name, color } = someRecord(entry, `classes[${i}]`)
    const at = `classes[${i}]`
    if (id !== i) {
      throw invalid(`"${at}.id" is ${shown(id)}; ids count from 0 in order`, 'id',
        { field: `${at}.id`, got: shown(id) })
    }
    checkText(name, `${at}.name`)
    if (!/^#[0-9a-f]{6}$/i.test(text(color))) {
      throw invalid(`"${at}.color" is not of the form #rrggbb`, 'color', { field: `${at}.color`, got: shown(color) })
    }
  })
}

/** @param {Record<string, unknown>} input */
function checkInput(input) {
  const longSide = someCount(input.long_side, 'input.long_side')
  if (someCount(input.max_long_side, 'input.max_long_side') < longSide) {
    throw invalid('"input.max_long_side" is smaller than "input.long_side"', 'sides')
  }
}

/** @param {unknown} value */
function checkFiles(value) {
  const files = someList(value, 'files')
  if (files.length !== 1) throw invalid('"files" must name exactly one weights file', 'files')
  const { path, bytes, sha256 } = someRecord(files[0], 'files[0]')
  checkText(path, 'files[0].path')
  if (someCount(bytes, 'files[0].bytes') > MAX_WEIGHTS_BYTES) {
    throw invalid('"files[0].bytes" is more than a browser can hold', 'large')
  }
  if (!/^[0-9a-f]{64}$/i.test(text(sha256))) throw invalid('"files[0].sha256" is not 64 hexadecimal digits', 'hash')
}

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {Record<string, unknown>}
 */
function someRecord(value, field) {
  if (!isRecord(value)) throw invalid(`"${field}" is not an object`, 'object', { field })
  return value
}

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {unknown[]} not empty
 */
function someList(value, field) {
  const entries = list(value)
  if (!entries.length) throw invalid(`"${field}" is not a list with entries`, 'list', { field })
  return entries
}

/**
 * @param {unknown} value
 * @param {string} field
 */
function checkText(value, field) {
  if (!text(value)) throw invalid(`"${field}" is not a text`, 'text', { field })
}

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {number}
 */
function someCount(value, field) {
  const count = number(value)
  if (count !== null && Number.isSafeInteger(count) && count >= 1) return count
  throw invalid(`"${field}" is not a whole number above 0`, 'whole', { field })
}

/** As it is written in the file, the beginning; a dash for nothing. @param {unknown} value */
function shown(value) {
  return (JSON.stringify(value) ?? '–').slice(0, 60)
}

/**
 * @param {string} what
 * @param {string} kind names the sentence, `error.manifest.KIND`
 * @param {import('../../lib/errors.js').ErrorDetails} [details]
 */
function invalid(what, kind, details = {}) {
  const message = `The model description (model.json) is not valid: ${what}.`
  return new FcnError('manifest_invalid', message, { kind: `manifest.${kind}`, ...details })
}
