/**
 * Lists of class names as people have them: JSON of several kinds, or a text (class-name-text.js); in UTF-8, in UTF-16, or
 * in the Korean Windows code page.
 */
import { KEYS, namesInText, ordered } from './class-name-text.js'
import { FcnError } from './errors.js'
import { isRecord } from './fields.js'
import { listIn } from './literal.js'

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
  if (isNoList(text)) throw wrong('this is a web page, a pointer to a file, or no text at all', 'names.none')
  const isJson = /^[[{]/.test(text)
  const names = isJson ? namesInJson(text) : namesInText(text)
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
  const isMarked = (/** @type {number} */ a, /** @type {number} */ b) => first === a && second === b
  // Without the mark every second byte of what is ASCII is 0.
  const wide = isMarked(0xff, 0xfe) || (first && second === 0) ? 'utf-16le'
    : isMarked(0xfe, 0xff) || (first === 0 && second) ? 'utf-16be' : ''
  // Decoders take the mark off. `euc-kr` is the browsers' name of CP949 (WHATWG Encoding Standard).
  for (const encoding of wide ? [wide] : ['utf-8', ...isKorean(bytes) ? ['euc-kr'] : []]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // The next one may be it.
    }
  }
  throw wrong('its letters are in no known encoding; save it as UTF-8', 'names.letters')
}

/**
 * Whether what isn't ASCII can be Korean: at least half of it Hangul of KS X 1001, the rest Windows' further syllables, and
 * up to a third of Hanja and signs. Chinese and Japanese code pages use the same bytes for other letters, but seldom these.
 * @param {Uint8Array} bytes
 */
function isKorean(bytes) {
  let [pairs, common, further] = [0, 0, 0]
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] < 0x80) continue
    pairs++
    const [lead, trail] = [bytes[at], bytes[++at] ?? 0]
    if (lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1) common++
    else if (lead >= 0x81 && lead <= 0xc6 && trail >= 0x41 && trail < 0xa1) further++
  }
  return 2 * common >= pairs && 3 * (pairs - common - further) <= pairs
}

/** A page, a pointer of Git LFS, or what has letters that no text has. @param {string} text */
function isNoList(text) {
  return /^<(!|\?|html|head|meta|script|title|body)|^version https:\/\/git-lfs/i.test(text)
    || /[\0-\u0008\u000e-\u001f]/.test(text)
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
    const names = listIn(text, true)
    if (names.length) return names
    const reason = error instanceof Error ? error.message : String(error)
    throw wrong(`it is not JSON (${reason})`, 'names.syntax', { reason })
  }
  const isModel = isRecord(json)
    && ('format' in json || ('architecture' in json && ['config', 'files', 'classes'].some(key => key in json)))
  if (isModel) return null
  const names = namesOf(json)
  if (names) return names
  throw wrong('it is neither a model.json nor a list of class names: ["…", "…"], or {"id2label": {"0": "…"}}',
    'names.json')
}

/** Keys within keys; deeper are no names. */
const DEEPEST = 4

/** @param {unknown} json @param {number} [depth] @returns {unknown[] | null} null where it names no classes */
function namesOf(json, depth = 0) {
  if (Array.isArray(json)) return json.length && json.every(isRecord) ? ofRecords(json) : json
  if (!isRecord(json)) return null
  const key = KEYS.find(each => isRecord(json[each]) || Array.isArray(json[each]))
  if (key) return depth < DEEPEST ? namesOf(json[key], depth + 1) : null
  const byName = json['label2id']
  return inOrder(json) ?? inOrder(turned(isRecord(byName) ? byName : json))
}

/** As COCO's categories and CVAT's labels. @param {readonly Record<string, unknown>[]} records @returns {unknown[]} */
function ofRecords(records) {
  const idOf = (/** @type {Record<string, unknown>} */ record) =>
    [record['id'], record['index'], record['trainId']].find(id => typeof id === 'number')
  const nameOf = (/** @type {Record<string, unknown>} */ record) =>
    record['name'] ?? record['label'] ?? record['title'] ?? record['class']
  const entries = records.map(record => ({ id: /** @type {number | undefined} */ (idOf(record)) ?? null,
    name: /** @type {string} */ (nameOf(record)) }))
  return ordered(entries)
}

/** Names under 0, 1, 2 … @param {Record<string, unknown>} byId */
function inOrder(byId) {
  const count = Object.keys(byId).length
  // ImageNet's: {"0": ["n01440764", "tench"]}.
  const names = Array.from({ length: count }, (_, id) => {
    const name = byId[id]
    return Array.isArray(name) && name.length === 2 ? name[1] : name
  })
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
