/** The letters of lists of class names, in the encodings that people's files have. What they say is read in `src/labels`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decoded } from '../../www/engine/worker/loading/class-names.js'
import { FcnError } from '../../www/lib/errors.js'

const KOREAN = '배경\r\n사람\r\n차'

/** @param {string} text @param {boolean} isLittle */
function utf16(text, isLittle) {
  const bytes = new Uint8Array(2 * text.length + 2)
  const view = new DataView(bytes.buffer)
  ;['\ufeff', ...text].forEach((letter, i) => view.setUint16(2 * i, letter.charCodeAt(0), isLittle))
  return bytes
}

/** @param {readonly number[]} bytes */
function refused(bytes) {
  assert.throws(() => decoded(Uint8Array.from(bytes)), error => error instanceof FcnError
    && error.code === 'manifest_invalid' && error.details['kind'] === 'names.letters'
    && /save it as UTF-8/.test(error.message))
}

describe('the letters of a list of class names', () => {
  it('are_read_in_utf8_with_and_without_its_mark_and_in_utf16', () => {
    const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text)
    assert.equal(decoded(utf8(KOREAN)), KOREAN)
    assert.equal(decoded(utf8(`\ufeff${KOREAN}`)), KOREAN)
    assert.equal(decoded(utf16(KOREAN, true)), KOREAN)
    assert.equal(decoded(utf16(KOREAN, false)), KOREAN)
    assert.equal(decoded(utf16('background\nperson', true).subarray(2)), 'background\nperson', 'without its mark')
  })

  it('are_read_as_a_korean_windows_writes_them', () => {
    const cp949 = [0xb9, 0xe8, 0xb0, 0xe6, 0x0d, 0x0a, 0xbb, 0xe7, 0xb6, 0xf7, 0x0d, 0x0a, 0xc2, 0xf7]
    assert.equal(decoded(Uint8Array.from(cp949)), KOREAN)
  })

  it('are_not_guessed_at_in_other_encodings', () => {
    refused([0xff, 0xfd, 0x80, 0xff])
    // 天空, 行人 in GBK; ねこ, いぬ in EUC-JP.
    refused([0xcc, 0xec, 0xbf, 0xd5, 0xa, 0xd0, 0xd0, 0xc8, 0xcb])
    refused([0xa4, 0xcd, 0xa4, 0xb3, 0x0a, 0xa4, 0xa4, 0xa4, 0xcc])
  })
})
