/**
 * Lists of class names as people have them: their letters, in UTF-8, in UTF-16 or in the Korean Windows code page. What
 * the text says is read by `src/labels`.
 */
import { FcnError } from '../../../lib/errors.js'

/** @typedef {import('../passes/segment.js').Wasm} Wasm */

/**
 * @param {Wasm} wasm
 * @param {Uint8Array} bytes
 * @returns {string[] | undefined} undefined for a model.json
 * @throws {FcnError} manifest_invalid
 */
export function readNames(wasm, bytes) {
  return wasm.classNames(decoded(bytes))
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 * @throws {FcnError} manifest_invalid
 */
export function decoded(bytes) {
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
  throw new FcnError('manifest_invalid',
    'The list of classes is not valid: its letters are in no known encoding; save it as UTF-8.',
    { kind: 'names.letters' })
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
