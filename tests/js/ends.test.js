/**
 * Whether a picture's pixels are all there, by its bytes: what viewers do without decides nothing.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { isTruncated, mend } from '../../www/engine/formats/ends.js'
import { pixelsEnd } from '../../www/engine/formats/jpeg.js'
import { encodePng } from '../../www/lib/png.js'
import { bmp, bytes, ftyp, gif, jpeg, png, pngChunk, segment, SOF, SOS, u16, u32, u32le } from './pictures.js'

/** @param {string} name @returns {Uint8Array<ArrayBuffer>} */
const sample = name => Uint8Array.from(readFileSync(new URL(`../../www/samples/${name}`, import.meta.url)))
/** @param {Uint8Array[] | null} parts */
const joined = parts => parts && bytes(...parts)

const EOI = [0xff, 0xd9]

describe('a JPEG', () => {
  const coded = [1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4]
  /** Of both kinds. */
  const photos = { sequential: sample('cow-thumb.jpg'), progressive: sample('cat.jpg') }

  it('is whole with its end mark, whatever follows it', async () => {
    for (const whole of [
      jpeg(SOF, SOS, coded, EOI),
      jpeg(SOF, SOS, coded, segment(0xc4, [0]), SOS, coded, EOI),
      jpeg(SOF, SOS, coded, [0xff, 0xff], [0xd9], [9, 9, 9]),
      // A second picture (MPF), and a film, as phones append them.
      bytes(photos.sequential, photos.sequential.subarray(0, 500)),
      bytes(photos.sequential, ftyp('mp42'), u32(1e6), 'mdat', [1, 2]),
    ]) {
      assert.equal(await isTruncated('jpeg', whole), false)
      assert.equal(await mend('jpeg', whole), null)
    }
  })

  for (const [kind, photo] of Object.entries(photos)) {
    const body = photo.subarray(0, -2)

    it(`that is ${kind} is whole without its end mark, and gets it back`, async () => {
      for (const file of [body, bytes(body, [0xff]), bytes(body, new Uint8Array(64)),
        // A block of data that says it is longer than the file.
        bytes(body, [0xff, 0xe1, 0xff, 0xff], 'Exif')]) {
        assert.equal(await isTruncated('jpeg', file), false)
        const mended = joined(await mend('jpeg', file))
        assert.ok(mended)
        assert.deepEqual(mended.subarray(0, body.length), body)
        assert.deepEqual([...mended.subarray(-2)], EOI)
      }
    })

    it(`that is ${kind} is cut short as soon as a byte of its pixels is missing`, async () => {
      for (const missing of [1, 2, 3, 4, 10, 100, 1000, Math.round(body.length / 2)]) {
        assert.equal(await isTruncated('jpeg', body.subarray(0, -missing)), true, `${missing} bytes`)
        assert.equal(await mend('jpeg', body.subarray(0, -missing)), null)
      }
    })
  }

  it('with odd lengths in its header is whole, with its end mark and without it', async () => {
    const photo = photos.sequential
    for (const odd of [[0xff, 0xe1, 0, 0], [0xff, 0xe1, 0, 1], [0xff, 0xff, 0xff, 0xe1, 0, 2],
      segment(0xe1, [...bytes('Exif\0\0II*\0', u32le(9e8))])]) {
      const file = bytes(photo.subarray(0, 2), odd, photo.subarray(2))
      assert.equal(await isTruncated('jpeg', file), false)
      assert.equal(await isTruncated('jpeg', file.subarray(0, -2)), false)
      assert.equal(await isTruncated('jpeg', file.subarray(0, -10)), true)
    }
  })

  it('with restart marks is followed over them', async () => {
    // Two blocks of one colour, each two bits long: of length 1, the code 0 says "no difference", "nothing more".
    const codes = [1, ...Array(15).fill(0), 0]
    const file = jpeg(segment(0xc0, [8, ...u16(8), ...u16(16), 1, 1, 0x11, 0]), segment(0xc4, [0x00, ...codes]),
      segment(0xc4, [0x10, ...codes]), segment(0xdd, u16(1)), SOS, [0x3f, 0xff, 0xd0, 0x3f])
    assert.equal(await isTruncated('jpeg', file), false)
    assert.equal(await isTruncated('jpeg', file.subarray(0, -1)), true)
    assert.equal(await isTruncated('jpeg', file.subarray(0, -3)), true)
  })

  it('of a kind that is not followed here is for the browser to judge', async () => {
    const arithmetic = segment(0xc9, [8, ...u16(48), ...u16(64), 1, 1, 0x11, 0])
    const late = segment(0xc0, [8, ...u16(0), ...u16(64), 1, 1, 0x11, 0])
    const noFactor = segment(0xc0, [8, ...u16(48), ...u16(64), 1, 1, 0x00, 0])
    for (const frame of [arithmetic, late,
      noFactor]) assert.equal(await isTruncated('jpeg', jpeg(frame, SOS, coded)), false)
  })

  it('that asks for more work or memory than a photo needs is for the browser to judge', async () => {
    /** @param {number} marker @param {number} side @param {number} [components] */
    const frame = (marker, side, components = 1) => segment(marker, [8, ...u16(side), ...u16(side), components,
      ...Array.from({ length: components }, (_, i) => [i + 1, 0x11, 0]).flat()])
    // Of length 1: "a run of empty blocks, its length in 14 bits", which is the rest of the picture.
    const runs = segment(0xc4, [0x10, 1, ...Array(15).fill(0), 0xe0])
    const rest = [0x7f, 0xff, 0, 0xff, 0]
    /** @param {number} first @param {number} last @param {number} bits */
    const band = (first, last, bits) => [...segment(0xda, [1, 1, 0, first, last, bits]), ...rest]
    const refinements = (/** @type {number} */ count) => Array(count).fill(band(1, 63, 0x21)).flat()
    for (const hostile of [
      jpeg(frame(0xc2, 800), runs, band(1, 63, 1), refinements(5)),
      jpeg(frame(0xc2, 800), runs, Array(2001).fill(band(1, 63, 1)).flat()),
      jpeg(frame(0xc2, 800), Array(2001).fill(runs).flat(), refinements(1)),
      // Bands that take no bit.
      jpeg(frame(0xc2, 800), runs, segment(0xda, [1, 1, 0, 63, 1, 0])),
      jpeg(frame(0xc2, 800, 2), runs, segment(0xda, [2, 1, 0, 2, 0, 1, 63, 0])),
      jpeg(frame(0xc2, 65500), runs, band(1, 63, 1)),
      jpeg(frame(0xc2, 8, 5), runs, band(1, 63, 1)),
    ]) assert.equal(pixelsEnd(hostile), hostile.length)
    // One more than encoders make: followed to the end, which is missing.
    assert.equal(pixelsEnd(jpeg(frame(0xc2, 800), runs, band(1, 63, 1), refinements(4))), null)
  })

  it('has the size that its first header says', () => {
    const { sequential } = photos
    const huge = segment(0xc2, [8, ...u16(65500), ...u16(65500), 1, 1, 0x11, 0])
    const scan = sequential.findIndex((byte, at) => byte === 0xff && sequential[at + 1] === 0xda)
    const file = bytes(sequential.subarray(0, scan), huge, sequential.subarray(scan, -2))
    assert.equal(pixelsEnd(file), file.length)
    assert.equal(pixelsEnd(file.subarray(0, -1)), null)
  })

  it('is cut short at every length where a thumbnail has an end mark of its own', async () => {
    const thumbnail = segment(0xe1, [...jpeg(SOF, SOS, coded, EOI)])
    const whole = jpeg(thumbnail, SOF, SOS, coded, segment(0xc4, [0]), SOS, coded, EOI)
    assert.equal(await isTruncated('jpeg', whole), false)
    for (let length = 3; length < whole.length; length++) {
      assert.equal(await isTruncated('jpeg', whole.subarray(0, length)), true, `${length} of ${whole.length} bytes`)
    }
  })
})

describe('a PNG', () => {
  /** Noise, so that its pixels fill several chunks. */
  const noise = async () => {
    const strip = (/** @type {number} */ first, /** @type {number} */ rows) => (
      Uint8Array.from({ length: rows * 270 }, (_, i) => (first * 270 + i) ** 3 % 251))
    const blob = await encodePng({ width: 90, height: 40, stripBytes: 900, strip })
    return new Uint8Array(await blob.arrayBuffer())
  }

  it('is whole with its last chunk, whatever follows it', async () => {
    assert.equal(await isTruncated('png', png(4, 4)), false)
    assert.equal(await isTruncated('png', bytes(png(4, 4), [1, 2, 3])), false)
  })

  it('is whole without its last chunk, and gets it back', async () => {
    const whole = await noise()
    for (const file of [whole.subarray(0, -12), whole.subarray(0, -5), whole.subarray(0, -16),
      // A chunk that says it is longer than the file.
      bytes(whole.subarray(0, -12), u32(5000), 'tEXt', [1, 2, 3])]) {
      assert.equal(await isTruncated('png', file), false)
      const mended = joined(await mend('png', file))
      assert.ok(mended)
      assert.deepEqual(mended.subarray(-12), whole.subarray(-12))
      assert.equal(await mend('png', mended), null)
    }
  })

  it('is cut short as soon as pixels are missing', async () => {
    const whole = await noise()
    for (const missing of [22, 30, 100, whole.length / 2, whole.length - 33]) {
      assert.equal(await isTruncated('png', whole.subarray(0, -missing)), true, `${missing} bytes`)
    }
  })

  it('is unpacked no further than its size can need', async () => {
    // Its end is missing: what is unpacked to there is cut short.
    const packed = Uint8Array.from(deflateSync(new Uint8Array(1e7))).subarray(0, -20)
    const file = (/** @type {number} */ width, /** @type {number} */ height) =>
      bytes(png(width, height).subarray(0, 33), u32(packed.length), 'IDAT', packed)
    for (const [width, height] of [[4, 4], [500, 500],
      [0, 1]]) assert.equal(await isTruncated('png', file(width, height)), false)
    assert.equal(await isTruncated('png', file(2000, 2000)), true)
  })

  it('that ends in its header is cut short', async () => {
    for (let length = 8; length < 45; length++) assert.equal(await isTruncated('png', png(4, 4).subarray(0, length)),
      true)
    assert.equal(await isTruncated('png', bytes('\x89PNG\r\n\x1a\n', pngChunk('IDAT', []).subarray(0, 8))), true)
  })

  it('of a great many chunks is walked without a copy of each', async () => {
    const empty = bytes(...Array(1000).fill(pngChunk('tEXt', [])))
    for (const file of [bytes(png(4, 4).subarray(0, 33), empty, pngChunk('IEND', [])),
      bytes(png(4, 4).subarray(0, 33), empty)]) {
      let copies = 0
      file.subarray = (from, to) => {
        copies++
        return new Uint8Array(file.buffer, 0, file.length).subarray(from, to)
      }
      await isTruncated('png', file)
      assert.ok(copies < 10, `${copies}`)
    }
  })

  it('that is being unpacked can be stopped', async () => {
    const file = (await noise()).subarray(0, -12)
    await assert.rejects(isTruncated('png', file, AbortSignal.abort()), { name: 'AbortError' })
  })

  it('is not taken as whole for the letters IEND inside a chunk', async () => {
    const file = bytes('\x89PNG\r\n\x1a\n', pngChunk('tEXt', [...bytes(pngChunk('IEND', []))]),
      pngChunk('IDAT', Array(30).fill(0)))
    assert.equal(await isTruncated('png', file), true)
  })
})

describe('a WebP', () => {
  /** @param {number} length said in the header */
  const webp = length => bytes('RIFF', u32le(length), 'WEBP', 'VP8 ', u32le(6), [1, 2, 3, 4, 5, 6],
    'EXIF', u32le(3), [1, 2, 3, 0])

  it('is whole with its picture, whatever length the header says', async () => {
    for (const said of [30, 0, 12, 30 + 500, 2 ** 31]) {
      assert.equal(await isTruncated('webp', webp(said)), false)
      assert.deepEqual(joined(await mend('webp', webp(said))), webp(30))
    }
    assert.equal(await isTruncated('webp', bytes(webp(30), [7, 7, 7])), false)
  })

  it('loses only what is not the picture', async () => {
    assert.equal(await isTruncated('webp', webp(30).subarray(0, -3)), false)
    assert.deepEqual(joined(await mend('webp', webp(30).subarray(0, -3))),
      bytes('RIFF', u32le(18), webp(30).subarray(8, 26)))
    assert.equal(await isTruncated('webp', webp(30).subarray(0, 25)), true)
    assert.equal(await isTruncated('webp', webp(30).subarray(0, 12)), true)
  })
})

describe('a BMP', () => {
  it('is whole with its rows, whatever length the header says', async () => {
    for (const said of [0, 70, 5000]) {
      const file = bmp(2, 2)
      new DataView(file.buffer).setUint32(2, said, true)
      assert.equal(await isTruncated('bmp', file), false)
      assert.equal(await isTruncated('bmp', file.subarray(0, -1)), true)
    }
  })
})

describe('an AVIF or HEIC', () => {
  /** @param {number} offset @param {number} length @param {number} [method] */
  const table = (offset, length, method = 0) => {
    const iloc = bytes([1, 0, 0, 0, 0x44, 0], u16(1), u16(1), u16(method), u16(0), u16(1), u32(offset), u32(length))
    const box = bytes(u32(8 + iloc.length), 'iloc', iloc)
    return bytes(u32(12 + box.length), 'meta', u32(0), box)
  }
  const head = ftyp('avif')
  const from = head.length + table(0, 0).length + 8

  it('is whole with its items, whatever follows or a box says of its length', async () => {
    const whole = bytes(head, table(from, 4), u32(12), 'mdat', [1, 2, 3, 4])
    for (const file of [whole, bytes(whole, 'SEFT and more'), bytes(whole, [1, 2, 3]),
      bytes(head, table(from, 4), u32(5000), 'mdat', [1, 2, 3, 4]), bytes(head, table(0, 400, 1))]) {
      for (const format of ['avif', 'heic']) assert.equal(await isTruncated(format, file), false)
    }
    for (let length = head.length + 9; length < whole.length; length++) {
      assert.equal(await isTruncated('heic', whole.subarray(0, length)), true, `${length} of ${whole.length} bytes`)
    }
  })

  it('whose table names extents of no bytes is for the browser to judge', async () => {
    // Sizes of an offset, a length and an index: 0; of a base: 4, and it lies beyond the file.
    const items = Array(20).fill([...u16(1), ...u16(0), ...u16(0), ...u32(5000), ...u16(65535)]).flat()
    const iloc = bytes([1, 0, 0, 0, 0, 0x40], u16(65535), items)
    const box = bytes(u32(8 + iloc.length), 'iloc', iloc)
    const file = bytes(head, u32(12 + box.length), 'meta', u32(0), box)
    for (const format of ['avif', 'heic']) assert.equal(await isTruncated(format, file), false)
  })

  it('that is a film is whole with its boxes', async () => {
    const box = bytes(u32(12), 'mdat', [1, 2, 3, 4])
    assert.equal(await isTruncated('avif', bytes(ftyp('avis'), box)), false)
    assert.equal(await isTruncated('avif', bytes(ftyp('avis'), box).subarray(0, -1)), true)
    assert.equal(await isTruncated('heic', bytes(ftyp('heic'), u32(0), 'mdat', [1])), false)
  })
})

describe('a GIF', () => {
  const noise = (/** @type {number} */ i) => i ** 3 % 251
  // Codes of every length, and cleared on the way; long runs, whose codes are used as they are made; two pictures.
  /** @type {Record<string, {file: Uint8Array<ArrayBuffer>, tail: number}>} tail: bytes after the pixels */
  const files = {
    'of noise': { file: gif(300, 200, noise), tail: 2 },
    'of one colour': { file: gif(300, 200, () => 7), tail: 2 },
    'of a few pixels': { file: gif(3, 2, noise), tail: 2 },
  }

  for (const [name, { file, tail }] of Object.entries(files)) {
    it(`${name} is whole without its trailer, and cut short as soon as a byte of its pixels is missing`, async () => {
      for (let end = 0; end <= tail; end++) assert.equal(await isTruncated('gif', file.subarray(0, file.length - end)),
        false, `${end}`)
      assert.equal(await isTruncated('gif', bytes(file, [1, 2, 3])), false)
      // Without the end of its blocks, which browsers want.
      const mended = joined(await mend('gif', file.subarray(0, -2)))
      assert.deepEqual([...mended?.subarray(-2) ?? []], [0, 0x3b])
      assert.equal(await isTruncated('gif', mended ?? bytes()), false)
      for (const missing of [tail + 2, tail + 3, 10, 20, Math.round(file.length / 2)]) {
        assert.equal(await isTruncated('gif', file.subarray(0, file.length - missing)), true, `${missing} bytes`)
        assert.equal(await mend('gif', file.subarray(0, file.length - missing)), null)
      }
    })
  }

  it('that is a film is whole with its first picture', async () => {
    const one = gif(60, 40, noise)
    const film = gif(60, 40, noise, noise)
    const first = film.length - one.length
    for (const length of [film.length - 100,
      first + 100]) assert.equal(await isTruncated('gif', film.subarray(0, length)), false)
    assert.equal(await isTruncated('gif', film.subarray(0, one.length - 200)), true)
  })

  it('that ends before its pixels is cut short', async () => {
    const { file } = files['of noise']
    for (let length = 6; length < 1000; length++) assert.equal(await isTruncated('gif', file.subarray(0, length)),
      true, `${length}`)
  })

  it('that breaks the rules, or asks for more than it could show, is for the browser to judge', async () => {
    const head = bytes('GIF89a', [1, 0, 1, 0, 0, 0, 0])
    /** @param {number} side @param {number} least @param {number[]} codes */
    const picture = (side, least, codes) => bytes(head, [0x2c, 0, 0, 0, 0, side & 255,
      side >> 8, side & 255, side >> 8, 0, least, codes.length], codes)
    for (const file of [
      bytes(head, [0x3b]), bytes(head, [0x99, 1, 2]), picture(1, 12, [0]), picture(1, 0, [0]), picture(65535, 8, [0]),
      // A code that isn't made yet; the end before the pixels; no codes any more.
      picture(40, 2, [0b111_110]), picture(40, 2, [0b101_100]), picture(40, 2, []),
    ]) assert.equal(await isTruncated('gif', file), false)
    assert.equal(await isTruncated('gif', picture(40, 2, [0b000_100])), true)
    // Nothing but codes that start anew, and bring no pixel.
    const anew = Array(255).fill([255, ...Array(255).fill([0x24, 0x49, 0x92]).flat().slice(0, 255)]).flat()
    assert.equal(await isTruncated('gif', bytes(picture(4, 2, [0x24]), anew)), false)
  })
})
