/** www/lib/png.js: decoded here by hand with zlib, by the standard's own rules. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inflateSync } from 'node:zlib'
import { crc32, encodePng } from '../../www/lib/png.js'

/**
 * Reads the few kinds of PNG that the encoder writes; checks every CRC.
 * @param {Blob} blob
 */
async function decode(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const view = new DataView(bytes.buffer)
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10])
  /** @type {{type: string, data: Uint8Array}[]} */
  const chunks = []
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at)
    const body = bytes.subarray(at + 4, at + 8 + length)
    assert.equal(view.getUint32(at + 8 + length), crc32(body), 'CRC')
    chunks.push({ type: String.fromCharCode(...body.subarray(0, 4)), data: body.subarray(4) })
    at += 12 + length
  }
  assert.equal(chunks[0].type, 'IHDR')
  assert.equal(chunks.at(-1)?.type, 'IEND')
  const header = new DataView(chunks[0].data.buffer, chunks[0].data.byteOffset)
  const width = header.getUint32(0)
  const height = header.getUint32(4)
  const colorType = chunks[0].data[9]
  const depth = colorType === 2 ? 3 : 1
  const raw = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)))
  assert.equal(raw.length, height * (width * depth + 1))
  const pixels = new Uint8Array(width * height * depth)
  for (let y = 0; y < height; y++) {
    const row = y * (width * depth + 1)
    for (let i = 0; i < width * depth; i++) {
      const left = raw[row] === 1 && i >= depth ? pixels[y * width * depth + i - depth] : 0
      pixels[y * width * depth + i] = raw[row + 1 + i] + left
    }
  }
  return { width, height, colorType, palette: chunks.find(({ type }) => type === 'PLTE')?.data,
    pixels, bits: chunks[0].data[8] }
}

describe('crc32', () => {
  it('gives_the_standard_check_value', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926)
    assert.equal(crc32(new TextEncoder().encode('1234'), new TextEncoder().encode('56789')), 0xcbf43926)
  })
})

describe('encodePng', () => {
  it('keeps_class_ids_as_pixel_values_with_a_palette', async () => {
    const labels = Uint8Array.from({ length: 13 * 7 }, (_, i) => i % 16)
    const palette = Uint8Array.from({ length: 48 }, (_, i) => i * 5)
    const blob = await encodePng({ width: 13, height: 7, palette,
      strip: (first, rows) => labels.subarray(first * 13, (first + rows) * 13) })
    assert.equal(blob.type, 'image/png')
    const png = await decode(blob)
    assert.deepEqual([png.width, png.height, png.colorType, png.bits], [13, 7, 3, 8])
    assert.deepEqual([...png.pixels], [...labels])
    assert.deepEqual([...png.palette ?? []], [...palette])
  })

  it('keeps_class_ids_as_grey_values', async () => {
    const labels = Uint8Array.of(0, 1, 15, 255, 0, 15)
    const png = await decode(await encodePng({ width: 3, height: 2, isGrey: true,
      strip: (first, rows) => labels.subarray(first * 3, (first + rows) * 3) }))
    assert.deepEqual([png.width, png.height, png.colorType, png.bits], [3, 2, 0, 8])
    assert.deepEqual([...png.pixels], [...labels])
  })

  it('writes_the_same_picture_whatever_the_strips', async () => {
    const rgb = Uint8Array.from({ length: 10 * 23 * 3 }, (_, i) => (i * 37 + (i >> 3)) & 255)
    for (const stripBytes of [1, 100, 1 << 20]) {
      /** @type {number[]} */
      const asked = []
      const blob = await encodePng({
        width: 10, height: 23, stripBytes,
        strip: async (first, rows) => {
          asked.push(rows)
          return rgb.subarray(first * 30, (first + rows) * 30)
        },
      })
      const png = await decode(blob)
      assert.equal(png.colorType, 2)
      assert.deepEqual([...png.pixels], [...rgb])
      assert.equal(asked.reduce((a, b) => a + b), 23)
    }
  })

  it('writes_a_single_pixel', async () => {
    const png = await decode(await encodePng({ width: 1, height: 1, strip: () => Uint8Array.of(1, 2, 3) }))
    assert.deepEqual([...png.pixels], [1, 2, 3])
  })

  it('rejects_an_empty_picture', async () => {
    await assert.rejects(encodePng({ width: 0, height: 4, strip: () => new Uint8Array(0) }), RangeError)
  })

  it('stops_when_aborted_between_strips', async () => {
    const stop = new AbortController()
    let strips = 0
    const job = encodePng({
      width: 100, height: 100, stripBytes: 1000,
      strip: (_, rows) => {
        if (++strips === 3) stop.abort()
        return new Uint8Array(rows * 300)
      },
    }, { signal: stop.signal })
    await assert.rejects(job, { name: 'AbortError' })
    assert.equal(strips, 3)
  })
})
