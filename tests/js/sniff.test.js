/**
 * What files are, by their bytes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from '../../www/engine/formats/decode.js'
import { measure, sniff } from '../../www/engine/formats/sniff.js'
import { FcnError } from '../../www/lib/errors.js'
import { isAside, isListName, isWeights, isWeightsName } from '../../www/lib/weights.js'
import { bmp, bytes, ftyp, gif, jpeg, png, pngChunk, segment, SOF, SOS, u32, u32le } from './pictures.js'

/** @param {string} text @returns {Uint8Array} */
const utf8 = text => new TextEncoder().encode(text)

describe('sniff', () => {
  /** @type {[string, Uint8Array, string, string][]} */
  const cases = [
    ['PNG', png(4, 4), 'image', 'png'],
    ['JPEG', jpeg(segment(0xe0, [1]), SOF), 'image', 'jpeg'],
    ['GIF', bytes('GIF89a', [1, 0, 1, 0, 0, 0, 0]), 'image', 'gif'],
    ['WebP', bytes('RIFF', u32le(30), 'WEBPVP8 '), 'image', 'webp'],
    ['BMP', bmp(4, 4), 'image', 'bmp'],
    ['ICO', bytes([0, 0, 1, 0, 1, 0]), 'image', 'ico'],
    ['TIFF', bytes('II*\0'), 'image', 'tiff'],
    ['AVIF', ftyp('avif', 'mif1', 'miaf'), 'image', 'avif'],
    ['AVIF under a general major brand', ftyp('mif1', 'avif'), 'image', 'avif'],
    ['HEIC', ftyp('heic', 'mif1'), 'image', 'heic'],
    ['HEIF under a general brand', ftyp('mif1', 'miaf'), 'image', 'heic'],
    ['MP4 film', ftyp('isom', 'mp42'), 'other', 'mp4'],
    ['WAV sound', bytes('RIFF', u32le(30), 'WAVEfmt '), 'other', 'wave'],
    ['PDF', bytes('%PDF-1.7'), 'other', 'pdf'],
    ['ZIP', bytes('PK\x03\x04'), 'other', 'zip'],
    ['plain text', utf8('hello, world\n'), 'other', 'text'],
    ['Korean text', utf8('안녕하세요'), 'other', 'text'],
    ['text that starts like a bitmap', utf8('BMW is a maker of cars and motorcycles'), 'other', 'text'],
    ['HTML', utf8('<!doctype html><svg></svg>'), 'other', 'text'],
    ['JSON', utf8('{"format": 1}'), 'other', 'text'],
    ['SVG', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'svg', 'svg'],
    ['SVG after everything that may come before',
      utf8('\ufeff<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY a "b">]>\n<svg width="1">'), 'svg', 'svg'],
    ['SVG with a namespace prefix', utf8('<svg:svg xmlns:svg="http://www.w3.org/2000/svg">'), 'svg', 'svg'],
    ['bytes of no known kind', bytes([0, 1, 2, 3, 250, 251]), 'unknown', ''],
    ['one byte', bytes([0xff]), 'unknown', ''],
  ]
  for (const [name, file, kind, format] of cases) {
    it(`knows ${name}`, () => assert.deepEqual(sniff(file), { kind, format }))
  }

  it('takes a text cut inside a character as text', () => {
    assert.equal(sniff(utf8('한'.repeat(2000)).subarray(0, 4096)).format, 'text')
  })
})

describe('measure', () => {
  it('reads sizes without decoding', () => {
    assert.deepEqual(measure(png(640, 480)), { width: 640, height: 480 })
    assert.deepEqual(measure(jpeg(SOF, SOS)), { width: 64, height: 48 })
    assert.deepEqual(measure(bmp(20000, 10000)), { width: 20000, height: 10000 })
  })

  it('reads a top-down bitmap', () => {
    assert.deepEqual(measure(bmp(7, -5 >>> 0)), { width: 7, height: 5 })
  })

  it('finds the size of a JPEG behind much metadata', () => {
    const metadata = segment(0xe1, Array(65000).fill(1))
    assert.deepEqual(measure(jpeg(metadata, metadata, metadata, SOF)), { width: 64, height: 48 })
  })

  it('says nothing where the header ends too early', () => {
    assert.equal(measure(jpeg(SOF).subarray(0, 6)), null)
    assert.equal(measure(bytes('GIF')), null)
    assert.equal(measure(bytes([])), null)
  })
})

describe('inspect', () => {
  /** @param {...Uint8Array} parts */
  const file = (...parts) => new Blob(parts.map(part => Uint8Array.from(part)))

  it('gives the size of what may be a photo', async () => {
    assert.deepEqual(await inspect(file(png(640, 480))), { width: 640, height: 480 })
    assert.deepEqual(await inspect(file(png(10000, 10000))), { width: 10000, height: 10000 },
      '100 megapixels are not too many')
    assert.deepEqual(await inspect(file(gif(4, 3, () => 0))), { width: 4, height: 3 })
    assert.equal(await inspect(file(bytes('II*\0'))), null, 'the header does not say')
    assert.equal(await inspect(file(bytes([0, 1, 2, 3, 250, 251]))), null, 'only the browser can tell')
  })

  it('leaves it to the browser whether it can read HEIC', async () => {
    assert.equal(await inspect(file(ftyp('heic', 'mif1'), bytes(u32(12), 'mdat', [1, 2, 3, 4]))), null)
  })

  it('looks for the end behind the head of a long file', async () => {
    const long = [png(4, 4).subarray(0, 33), pngChunk('IDAT', Array(2 ** 20).fill(0))]
    assert.deepEqual(await inspect(file(...long, pngChunk('IEND', []))), { width: 4, height: 4 })
    await assert.rejects(inspect(file(...long)), { code: 'truncated_image' })
  })

  /** @type {[string, Blob, Partial<FcnError>][]} */
  const refused = [
    ['an empty file', file(), { code: 'empty_file' }],
    ['a text', file(utf8('hello, world\n')), { code: 'not_an_image', details: { format: 'text' } }],
    ['a drawing', file(utf8('<svg xmlns="http://www.w3.org/2000/svg"/>')), { code: 'svg_unsupported' }],
    ['half a photo', file(png(4, 4).subarray(0, 40)), { code: 'truncated_image', details: { format: 'png' } }],
    ['a decompression bomb', file(png(10001, 10000)), { code: 'image_too_large',
      details: { width: 10001, height: 10000 } }],
  ]
  for (const [name, blob, error] of refused) it(`refuses ${name}`,
    () => assert.rejects(inspect(blob), { name: 'FcnError', ...error }))

  it('says when the file is no longer there', async () => {
    const moved = file(png(4, 4))
    moved.slice = () => Object.assign(new Blob(),
      { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) })
    await assert.rejects(inspect(moved), { code: 'decode_failed', details: { reason: 'gone' } })
  })

  it('stops', async () => {
    await assert.rejects(inspect(file(png(4, 4)), AbortSignal.abort()), { name: 'AbortError' })
  })
})

describe('names of files', () => {
  it('tell_weights_of_any_framework_and_what_is_put_beside_them', () => {
    for (const name of [
      'a.pth', 'model_best.pth.tar', 'weights.pt (1)', 'x.ckpt.part', 'a.safetensors', 'fcn8s-heavy-pascal.caffemodel',
      'saved_model.pb', 'net.tflite', 'w.pth.gz', 'net.PKL', 'm.keras',
    ]) assert.ok(isWeightsName({ name }), name)
    for (const name of ['photo.jpg', 'mask.png', 'pth.jpg', 'a.pbm', 'a.zip', 'truth.mat',
      'truth.npy']) assert.ok(!isWeightsName({ name }), name)
    for (const name of ['classes.csv', 'coco.names', 'data.yaml', 'label_map.pbtxt',
      'labels.txt']) assert.ok(isListName({ name }), name)
    for (const name of ['preprocessor_config.json', 'tokenizer_config.json', 'training_args.json',
      'model.safetensors.index.json', 'trainer_state.json']) {
      assert.ok(isAside({ name }), name)
    }
    for (const name of ['config.json', 'model.json', 'classes.json',
      'training_classes.json']) assert.ok(!isAside({ name }), name)
  })
})

describe('isWeights', () => {
  it('knows_weights_by_their_first_bytes_whatever_their_name', () => {
    const header = '{"w":{}}'
    for (const head of [
      bytes('PK\x03\x04'), bytes([0x80, 2]), bytes([0x80, 5, 0x95]), bytes('\x89HDF\r\n'),
      bytes(u32le(header.length), u32(0), header), bytes(new Uint8Array(257), 'ustar'),
      bytes('version https://git-lfs.github.com/spec/v1\noid'), bytes([0x1f, 0x8b, 8]),
        bytes('7z\xbc\xaf\x27\x1c'), bytes('Rar!\x1a\x07'),
      bytes('GGUF'), bytes([0x1c, 0, 0, 0], 'TFL3'),
    ]) assert.ok(isWeights(head, Math.max(head.length, 64)), String(head))
    for (const head of [png(1, 1), bytes([0xff, 0xd8, 0xff]), bytes('GIF89a'), bytes(''), bytes('RIFF'), bytes('<svg>'),
      // A header longer than the file.
      bytes(u32le(1e6), u32(0), header)]) assert.equal(isWeights(head, head.length), false, String(head))
  })
})
