/** www/elements/measure/masks/read.js: label maps as people have them, and what is none. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { readLabelMap } from '../../www/elements/measure/masks/read.js'
import { PALETTES, hex, vocColor } from '../../www/lib/palettes.js'
import { crc32 } from '../../www/lib/png.js'

/** @param {string} type @param {Uint8Array} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/**
 * A PNG as any program may have written it.
 * @param {number} width
 * @param {readonly (readonly number[])[]} rows bytes of each row
 * @param {{type: 0 | 2 | 3 | 4 | 6, depth?: number, palette?: readonly (readonly number[])[]}} how
 */
function png(width, rows, { type, depth = 8, palette }) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([depth, type, 0, 0, 0], 8)
  return new Uint8Array(Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header),
    ...palette ? [chunk('PLTE', Buffer.from(palette.flat()))] : [],
    chunk('IDAT', deflateSync(Buffer.from(rows.flatMap(row => [0, ...row])))), chunk('IEND', Buffer.alloc(0)),
  ]))
}

const VOC_COLORS = Array.from({ length: 256 }, (_, id) => vocColor(id))
const kindOf = (/** @type {() => unknown} */ read) => {
  try {
    read()
  } catch (error) {
    return /** @type {{details?: {kind?: string}}} */ (error).details?.kind
  }
}

describe('a label map', () => {
  it('has_the_values_of_an_indexed_picture_and_knows_vocs_colours', () => {
    const map = readLabelMap(png(4, [[0, 15, 15, 255], [0, 0, 20, 255]], { type: 3, palette: VOC_COLORS }))
    assert.deepEqual([map.width, map.height, map.kind, map.palette?.name], [4, 2, 'indexed', 'voc'])
    assert.deepEqual([...map.values], [0, 15, 15, 255, 0, 0, 20, 255])
    const other = readLabelMap(png(2, [[0, 1]], { type: 3, palette: [[0, 0, 0], [9, 9, 9]] }))
    assert.deepEqual([[...other.values], other.palette], [[0, 1], null])
  })

  it('may_be_packed_to_few_bits', () => {
    // Three pixels a row of two bits each; a row begins with a byte of its own.
    const map = readLabelMap(png(3, [[0b00011000], [0b10010000]], { type: 3, depth: 2, palette: VOC_COLORS.slice(0, 3) }))
    assert.deepEqual([...map.values], [0, 1, 2, 2, 1, 0])
    assert.deepEqual([...readLabelMap(png(9, [[0b10100000, 0b10000000]], { type: 0, depth: 1 })).values], [1, 0, 1, 0, 0, 0, 0, 0, 1])
  })

  it('may_be_grey_of_16_bits_or_with_an_alpha_that_says_nothing', () => {
    assert.deepEqual([...readLabelMap(png(2, [[0, 7, 0, 255]], { type: 0, depth: 16 })).values], [7, 255])
    assert.equal(kindOf(() => readLabelMap(png(2, [[0, 7, 1, 0]], { type: 0, depth: 16 }))), 'label_16_bit')
    assert.deepEqual([...readLabelMap(png(2, [[3, 255, 4, 255]], { type: 4 })).values], [3, 4])
    assert.equal(kindOf(() => readLabelMap(png(2, [[3, 255, 4, 128]], { type: 4 }))), 'label_grey_alpha')
  })

  it('is_looked_up_by_its_colours', () => {
    const rows = [[...vocColor(0), ...vocColor(12), ...vocColor(255)]]
    const map = readLabelMap(png(3, rows, { type: 2 }))
    assert.deepEqual([[...map.values], map.kind, map.palette?.name], [[0, 12, 255], 'colour', 'voc'])
    const streets = readLabelMap(png(3, [[128, 64, 128, 255, 70, 130, 180, 255, 0, 0, 0, 255]], { type: 6 }))
    assert.deepEqual([[...streets.values], streets.palette?.name], [[0, 10, 255], 'cityscapes'])
    // A smoothed edge.
    assert.equal(kindOf(() => readLabelMap(png(2, [[...vocColor(0), 64, 1, 2]], { type: 2 }))), 'label_colours')
  })

  it('is_refused_where_it_is_none', () => {
    const whole = png(2, [[0, 1]], { type: 0 })
    assert.equal(kindOf(() => readLabelMap(whole.subarray(0, 40))), 'broken_png')
    assert.equal(kindOf(() => readLabelMap(Uint8Array.of(0xff, 0xd8, 0xff))), 'not_png')
    assert.equal(kindOf(() => readLabelMap(new Uint8Array())), 'not_png')
    const huge = whole.slice()
    new DataView(huge.buffer).setUint32(16, 0x7fffffff)
    assert.equal(kindOf(() => readLabelMap(huge)), 'label_large')
  })
})

describe('palettes', () => {
  it('have_vocs_colours_as_its_kit_deals_them_out', () => {
    assert.deepEqual([0, 1, 2, 15, 20, 255].map(vocColor), [[0, 0, 0], [128, 0, 0], [0, 128, 0], [192, 128, 128], [0, 64, 128], [224, 224, 192]])
    assert.equal(hex([1, 255, 16]), '#01ff10')
  })

  it('name_each_colour_once', () => {
    for (const { name, classes, unlabelled } of PALETTES) {
      const colors = [...classes.map(({ color }) => color), ...name === 'voc' ? [] : unlabelled]
      assert.equal(new Set(colors).size, colors.length, name)
      assert.deepEqual(classes.map(({ id }) => id), classes.map((_, id) => id))
    }
  })
})
