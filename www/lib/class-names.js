/**
 * Lists of class names as people have them: a name a line, JSON, or the label map of an annotation tool; in UTF-8, in
 * UTF-16 with its mark, or in the Korean Windows code page.
 */
import { FcnError } from './errors.js'
import { isRecord } from './fields.js'

/** Lists of classes are short. Bytes. */
const MAX_BYTES = 2 ** 20
/** The longest name, characters. */
const MAX_NAME = 200

/**
 * @param {Uint8Array} bytes
 * @returns {string[] | null} null for a model.json
 * @throws {FcnError} manifest_invalid
 */
export function readNames(bytes) {
  if (bytes.length > MAX_BYTES) return null
  const text = decoded(bytes).trim()
  const isJson = /^[[{]/.test(text)
  const names = isJson ? namesInJson(text) : namesInLines(text)
  if (names === null) return null
  const isName = (/** @type {unknown} */ name) => typeof name === 'string' && name.trim() && name.length <= MAX_NAME
  if (Array.isArray(names) && names.length && names.every(isName)) return names.map(name => String(name).trim())
  if (names.some(name => typeof name === 'string' && name.length > MAX_NAME)) {
    throw wrong('a name is too long', 'names.long', { most: MAX_NAME })
  }
  throw wrong('it must name each class, in the order of the ids')
}

/** @param {Uint8Array} bytes */
function decoded(bytes) {
  const [first, second] = bytes
  const marked = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : ''
  // Decoders take the mark off. `euc-kr` is the browsers' name of CP949 (WHATWG Encoding Standard).
  for (const encoding of marked ? [marked] : ['utf-8', 'euc-kr']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // The next one may be it.
    }
  }
  throw wrong('its letters are in no known encoding; save it as UTF-8', 'names.letters')
}

/** @param {string} text */
function namesInLines(text) {
  const lines = text.split(/\r?\n|\r/).map(line => line.trim()).filter(Boolean)
  // A label map has a colour after the first colon, and a comment at its head.
  const entries = lines.filter(line => !line.startsWith('#'))
  const isColored = (/** @type {string} */ line) => /^[^:]+:\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*(:|$)/.test(line)
  return entries.length && entries.every(isColored) ? entries.map(line => line.split(':')[0]) : lines
}

/**
 * @param {string} text
 * @returns {unknown[] | null}
 */
function namesInJson(text) {
  /** @type {unknown} */
  let json
  try {
    json = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw wrong(`it is not JSON (${reason})`, 'names.syntax', { reason })
  }
  if (Array.isArray(json)) return json
  if (!isRecord(json) || 'format' in json || 'architecture' in json) return null
  const byId = json['id2label'] ?? json
  if (Array.isArray(byId)) return byId
  const names = isRecord(byId) ? inOrder(byId) ?? inOrder(turned(isRecord(json['label2id']) ? json['label2id'] : byId)) : null
  if (names) return names
  throw wrong('it is neither a model.json nor a list of class names: ["…", "…"], or {"id2label": {"0": "…"}}', 'names.json')
}

/** Names under 0, 1, 2 … @param {Record<string, unknown>} byId */
function inOrder(byId) {
  const count = Object.keys(byId).length
  const names = Array.from({ length: count }, (_, id) => byId[id])
  return count && names.every(name => typeof name === 'string') ? names : null
}

/** Ids by name as names by id. @param {Record<string, unknown>} byName */
function turned(byName) {
  return Object.fromEntries(Object.entries(byName).map(([name, id]) => [String(id), name]))
}

/**
 * @param {string} what
 * @param {string} [kind] names the sentence
 * @param {import('./errors.js').ErrorDetails} [details]
 */
function wrong(what, kind = 'names', details = {}) {
  return new FcnError('manifest_invalid', `The list of classes is not valid: ${what}.`, { kind, ...details })
}
