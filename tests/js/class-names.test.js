/** Lists of class names as people have them: encodings, forms, and what is said of those that can't be read. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readNames } from '../../www/lib/class-names.js'
import { FcnError } from '../../www/lib/errors.js'

const KOREAN = ['배경', '사람', '차']
const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text)

/** @param {string} text @param {boolean} isLittle */
function utf16(text, isLittle) {
  const bytes = new Uint8Array(2 * text.length + 2)
  const view = new DataView(bytes.buffer)
  ;['\ufeff', ...text].forEach((letter, i) => view.setUint16(2 * i, letter.charCodeAt(0), isLittle))
  return bytes
}

/** @param {RegExp} message @param {string} kind */
const refused = (message, kind) => (/** @type {unknown} */ error) =>
  error instanceof FcnError && error.code === 'manifest_invalid' && message.test(error.message)
    && error.details['kind'] === kind

describe('a list of class names', () => {
  it('is_read_in_utf8_with_and_without_its_mark_in_utf16_and_in_cp949', () => {
    const text = KOREAN.join('\r\n')
    assert.deepEqual(readNames(utf8(text)), KOREAN)
    assert.deepEqual(readNames(utf8(`\ufeff${text}\r\n\r\n`)), KOREAN)
    assert.deepEqual(readNames(utf16(text, true)), KOREAN)
    assert.deepEqual(readNames(utf16(`${text}\n\n`, false)), KOREAN)
    // 배경, 사람, 차, as a Korean Windows writes them.
    const cp949 = [0xb9, 0xe8, 0xb0, 0xe6, 0x0d, 0x0a, 0xbb, 0xe7, 0xb6, 0xf7, 0x0d, 0x0a, 0xc2, 0xf7]
    assert.deepEqual(readNames(Uint8Array.from(cp949)), KOREAN)
    assert.throws(() => readNames(Uint8Array.from([0xff, 0xfd, 0x80, 0xff])),
      refused(/save it as UTF-8/, 'names.letters'))
  })

  it('is_lines_a_json_list_names_by_id_or_ids_by_name', () => {
    assert.deepEqual(readNames(utf8('a\n\n  b\t\nc: d\n#e\n')), ['a', 'b', 'c: d', '#e'])
    for (const json of [
      ['a', 'b'], { id2label: { 1: 'b', 0: 'a' } }, { 0: 'a', 1: 'b' }, { label2id: { b: 1, a: 0 } }, { a: 0, b: 1 },
      { id2label: ['a', 'b'], model_type: 'segformer' },
    ]) assert.deepEqual(readNames(utf8(JSON.stringify(json))), ['a', 'b'], JSON.stringify(json))
  })

  it('is_the_label_map_of_an_annotation_tool', () => {
    const map = '# label:color_rgb:parts:actions\nbackground:0,0,0::\nperson:192,128,128::hand\n'
    assert.deepEqual(readNames(utf8(map)), ['background', 'person'])
  })

  /** @type {{what: string, text: string, names: string[] | null}[]} */
  const cases = JSON.parse(readFileSync(new URL('../reference/class-names.json', import.meta.url), 'utf8'))
  for (const { what, text, names } of cases) {
    it(`of_the_kind_“${what}”_is_${names ? 'read' : 'refused'}`, () => {
      if (names) assert.deepEqual(readNames(utf8(text)), names)
      else assert.throws(() => readNames(utf8(text)), FcnError)
    })
  }

  it('in_utf16_without_its_mark_is_read_and_in_chinese_or_japanese_code_pages_refused', () => {
    const marked = utf16('background\nperson', true)
    assert.deepEqual(readNames(marked.subarray(2)), ['background', 'person'])
    // 天空, 行人 in GBK; ねこ, いぬ in EUC-JP.
    for (const bytes of [[0xcc, 0xec, 0xbf, 0xd5, 0xa, 0xd0, 0xd0, 0xc8, 0xcb],
      [0xa4, 0xcd, 0xa4, 0xb3, 0x0a, 0xa4, 0xa4, 0xa4, 0xcc]]) {
      assert.throws(() => readNames(Uint8Array.from(bytes)), refused(/save it as UTF-8/, 'names.letters'))
    }
  })

  it('is_told_from_a_model_json_and_from_json_that_is_neither', () => {
    assert.equal(readNames(utf8('{"format": 1, "architecture": "fcn-vgg16"}')), null)
    assert.throws(() => readNames(utf8('{"lr": 0.1}')), refused(/neither a model\.json nor a list of class names/,
      'names.json'))
    assert.throws(() => readNames(utf8('{"id2label": {"1": "a"}}')), refused(/neither/, 'names.json'))
    assert.throws(() => readNames(utf8('["a", 5]')), refused(/name each class/, 'names'))
    assert.throws(() => readNames(utf8('["a"')), refused(/not JSON/, 'names.syntax'))
    assert.throws(() => readNames(utf8('\n\n')), refused(/name each class/, 'names'))
  })
})
