/** www/elements/measure/masks/read.js: label maps as people have them, and what is none. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { together } from '../../www/elements/measure/masks/agree.js'
import { readLabelMap } from '../../www/elements/measure/masks/read.js'
import { PALETTES, hex, vocColor } from '../../www/lib/palettes.js'
import { pngBytes } from '../files/png.js'

const VOC_COLORS = Array.from({ length: 256 }, (_, id) => vocColor(id))
/** @param {Uint8Array} bytes */
async function kindOf(bytes) {
  try {
    await readLabelMap(bytes)
  } catch (error) {
    return /** @type {{details?: {kind?: string}}} */ (error).details?.kind
  }
}

/** The first of its readings. @param {Uint8Array} bytes */
async function read(bytes) {
  const { readings: [{ values, palette }], ...map } = await readLabelMap(bytes)
  return { ...map, values, palette }
}

describe('a label map', () => {
  it('has_the_values_of_an_indexed_picture_and_knows_vocs_colours', async () => {
    const map = await read(pngBytes(4, [[0, 15, 15, 255], [0, 0, 20, 255]], { type: 3, palette: VOC_COLORS }))
    assert.deepEqual([map.width, map.height, map.kind, map.palette?.name], [4, 2, 'indexed', 'voc'])
    assert.deepEqual([...map.values], [0, 15, 15, 255, 0, 0, 20, 255])
    const other = await read(pngBytes(2, [[0, 1]], { type: 3, palette: [[0, 0, 0], [9, 9, 9]] }))
    assert.deepEqual([[...other.values], other.palette], [[0, 1], null])
  })

  it('may_be_packed_to_few_bits', async () => {
    // Three pixels a row of two bits each; a row begins with a byte of its own.
    const map = await read(pngBytes(3, [[0b00011000], [0b10010000]], { type: 3, depth: 2,
      palette: VOC_COLORS.slice(0, 3) }))
    assert.deepEqual([...map.values], [0, 1, 2, 2, 1, 0])
    assert.deepEqual([...(await read(pngBytes(9, [[0b10100000, 0b10000000]], { type: 0, depth: 1 }))).values],
      [1, 0, 1, 0, 0, 0, 0, 0, 1])
  })

  it('may_be_grey_of_16_bits_or_with_an_alpha_that_says_nothing', async () => {
    assert.deepEqual([...(await read(pngBytes(2, [[0, 7, 0, 255]], { type: 0, depth: 16 }))).values], [7, 255])
    assert.equal(await kindOf(pngBytes(2, [[0, 7, 1, 0]], { type: 0, depth: 16 })), 'label_16_bit')
    assert.deepEqual([...(await read(pngBytes(2, [[3, 255, 4, 255]], { type: 4 }))).values], [3, 4])
    assert.equal(await kindOf(pngBytes(2, [[3, 255, 4, 128]], { type: 4 })), 'label_alpha')
  })

  it('may_be_grey_in_three_channels', async () => {
    const map = await read(pngBytes(3, [[0, 0, 0, 7, 7, 7, 255, 255, 255]], { type: 2 }))
    assert.deepEqual([[...map.values], map.kind, map.palette], [[0, 7, 255], 'grey', null])
    const opaque = pngBytes(2, [[1, 1, 1, 255, 0, 0, 0, 255]], { type: 6 })
    assert.deepEqual([...(await read(opaque)).values], [1, 0])
    assert.equal(await kindOf(pngBytes(2, [[1, 1, 1, 255, 0, 0, 0, 9]], { type: 6 })), 'label_alpha')
    const deep = await read(pngBytes(2, [[0, 7, 0, 7, 0, 7, 0, 1, 0, 1, 0, 1]], { type: 2, depth: 16 }))
    assert.deepEqual([[...deep.values], deep.kind], [[7, 1], 'grey'])
  })

  it('is_looked_up_by_its_colours', async () => {
    const rows = [[...vocColor(0), ...vocColor(12), ...vocColor(255)]]
    const map = await read(pngBytes(3, rows, { type: 2 }))
    assert.deepEqual([[...map.values], map.kind, map.palette?.name], [[0, 12, 255], 'colour', 'voc'])
    const streets = await read(pngBytes(3, [[128, 64, 128, 255, 70, 130, 180, 255, 0, 0, 0, 255]], { type: 6 }))
    assert.deepEqual([[...streets.values], streets.palette?.name], [[0, 10, 255], 'cityscapes'])
    // A smoothed edge.
    assert.equal(await kindOf(pngBytes(2, [[...vocColor(0), 64, 1, 2]], { type: 2 })), 'label_colours')
  })

  it('is_refused_where_it_is_none', async () => {
    const whole = pngBytes(2, [[0, 1]], { type: 0 })
    assert.equal(await kindOf(whole.subarray(0, 40)), 'broken_png')
    assert.equal(await kindOf(Uint8Array.of(0xff, 0xd8, 0xff)), 'not_png')
    assert.equal(await kindOf(new Uint8Array()), 'not_png')
    const huge = whole.slice()
    new DataView(huge.buffer).setUint32(16, 0x7fffffff)
    assert.equal(await kindOf(huge), 'label_large')
    const none = whole.slice()
    new DataView(none.buffer).setUint32(16, 0)
    assert.equal(await kindOf(none), 'broken_png')
    // One bit of the pixels is another.
    const torn = whole.slice()
    torn[45] ^= 1
    assert.equal(await kindOf(torn), 'broken_png')
    const interlaced = pngBytes(2, [[0b01000000]], { type: 0, depth: 4 })
    interlaced[28] = 1
    assert.equal(await kindOf(interlaced), 'label_interlaced')
  })

  it('is_refused_before_a_small_file_becomes_gigabytes', async () => {
    // One pixel, and a row of sixteen million.
    const bomb = pngBytes(1, [new Array(16_000_000).fill(0)], { type: 0 })
    assert.ok(bomb.length < 40_000)
    assert.equal(await kindOf(bomb), 'broken_png')
    // Of 65,537 colours it is a photo.
    const photo = Array.from({ length: 257 },
      (_, y) => Array.from({ length: 256 }, (_, x) => [x, y % 256, y >> 8]).flat())
    assert.equal(await kindOf(pngBytes(256, photo, { type: 2 })), 'label_photo')
  })

  it('is_taken_for_the_nearest_colours_or_for_its_own_where_a_person_says_so', async () => {
    // Person, person with a smoothed edge towards background, background, and the border's void.
    const smoothed = pngBytes(4, [[...vocColor(15), 180, 120, 118, 1, 2, 3, 225, 225, 190]], { type: 2 })
    const { details } = await readLabelMap(smoothed).catch(error => error)
    // A person's colour is CamVid's for signs.
    assert.deepEqual([details.kind, details.all, details.distinct, details.voc, details.cityscapes],
      ['label_colours', 4, 4, 3, 4])
    const { readings: [near] } = await readLabelMap(smoothed, { nearest: 'voc' })
    assert.deepEqual([[...near.values], near.changed, near.palette?.name], [[15, 15, 0, 255], 3, 'voc'])
    const { readings: [only] } = await readLabelMap(smoothed, { only: 'voc' })
    assert.deepEqual([[...only.values], only.left, only.changed], [[15, 255, 255, 255], 3, undefined])
    const { readings: [own] } = await readLabelMap(pngBytes(3, [[9, 9, 9, 1, 1, 1, 9, 9, 9]], { type: 2 }), 'own')
    assert.deepEqual([[...own.values], own.palette?.classes.map(({ color }) => color)],
      [[0, 1, 0], ['#090909', '#010101']])
    const many = pngBytes(65, [Array.from({ length: 65 }, (_, x) => [x, 0, 0]).flat()], { type: 2 })
    assert.equal((await readLabelMap(many, 'own').catch(error => error)).details.kind, 'label_own')
    // The nearest by an independent count: the least of all distances.
    const palette = PALETTES.find(({ name }) => name === 'cityscapes')
    const rgb = (/** @type {string} */ color) => [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16))
    for (const color of [[200, 30, 70], [60, 60, 60], [10, 10, 40], [150, 250, 140]]) {
      const { readings: [{ values }] } = await readLabelMap(pngBytes(1, [color], { type: 2 }),
        { nearest: 'cityscapes' })
      const all = [...palette?.classes ?? [], { id: 255, color: '#000000' }]
      const away = (/** @type {{color: string}} */ one) =>
        Math.hypot(...rgb(one.color).map((value, i) => value - color[i]))
      assert.equal(values[0], all.reduce((best, one) => away(one) < away(best) ? one : best).id)
    }
  })

  it('whose_colours_are_its_own_is_held_against_another_by_colour', async () => {
    const truth = await readLabelMap(pngBytes(3, [[9, 9, 9, 9, 9, 9, 1, 1, 1]], { type: 2 }), 'own')
    const prediction = await readLabelMap(pngBytes(3, [[1, 1, 1, 9, 9, 9, 1, 1, 1]], { type: 2 }), 'own')
    const maps = together(truth, prediction)
    assert.deepEqual([[...maps.truth], [...maps.prediction]], [[0, 0, 1], [1, 0, 1]])
    const ids = await readLabelMap(pngBytes(3, [[0, 1, 3]], { type: 0 }))
    assert.throws(() => together(ids, prediction), { details: { kind: 'pair_own' } })
  })

  it('is_of_every_palette_that_has_its_colours_until_the_other_map_says_which', async () => {
    // CamVid's building and tree are colours of VOC's, too; black is void in one and background in the other.
    const both = await readLabelMap(pngBytes(3, [[0, 0, 0, 128, 0, 0, 128, 128, 0]], { type: 2 }))
    assert.deepEqual(both.readings.map(({ palette }) => palette?.name), ['voc', 'camvid'])
    const camvid = await readLabelMap(pngBytes(3, [[60, 40, 222, 128, 0, 0, 128, 128, 0]], { type: 2 }))
    const streets = await readLabelMap(pngBytes(3, [[220, 20, 60, 0, 0, 142, 128, 64, 128]], { type: 2 }))
    const ids = await readLabelMap(pngBytes(3, [[0, 1, 3]], { type: 0 }))
    const kind = (/** @type {() => unknown} */ join) => {
      try {
        join()
      } catch (error) {
        return /** @type {{details?: {kind?: string}}} */ (error).details?.kind
      }
    }
    const joined = together(camvid, both)
    assert.deepEqual([joined.palette?.name, [...joined.prediction]], ['camvid', [255, 1, 5]])
    assert.equal(kind(() => together(streets, both)), 'pair_palettes')
    assert.equal(kind(() => together(ids, both)), 'pair_palette')
    assert.equal(together(ids, camvid).palette?.name, 'camvid')
    assert.equal(kind(() => together(ids, { ...ids, width: 1, height: 3 })), 'pair_sizes')
  })
})

describe('palettes', () => {
  it('have_ade20ks_150_classes_in_its_order', () => {
    const { classes } = PALETTES.find(({ name }) => name === 'ade20k') ?? { classes: [] }
    assert.equal(classes.length, 150)
    // objectInfo150, counted there from 1: 1 wall, 4 floor, 7 road, 13 person, 49 skyscraper, 126 pot, 150 flag.
    assert.deepEqual([0, 3, 6, 12, 48, 125, 149].map(id => classes[id].name),
      ['wall', 'floor', 'road', 'person', 'skyscraper', 'pot', 'flag'])
    assert.deepEqual([classes[0].color, classes[12].color, classes[149].color, classes[6].color === classes[48].color],
      ['#787878', '#96053d', '#5c00ff', true])
  })

  it('have_vocs_colours_as_its_kit_deals_them_out', () => {
    assert.deepEqual([0, 1, 2, 15, 20, 255].map(vocColor), [[0, 0, 0], [128, 0, 0], [0, 128, 0],
      [192, 128, 128], [0, 64, 128], [224, 224, 192]])
    assert.equal(hex([1, 255, 16]), '#01ff10')
  })

  it('name_each_colour_once', () => {
    for (const { name, classes, unlabelled } of PALETTES) {
      const colors = [...classes.map(({ color }) => color), ...name === 'voc' ? [] : unlabelled]
      // ADE20K's toolkit paints road and skyscraper alike.
      assert.equal(new Set(colors).size, colors.length - Number(name === 'ade20k'), name)
      assert.deepEqual(classes.map(({ id }) => id), classes.map((_, id) => id))
    }
  })
})
