/** www/elements/measure/masks/annotations.js: LabelMe's and COCO's polygons as label maps, and what is none. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readAnnotations } from '../../www/elements/measure/masks/annotations.js'
import { encodePng } from '../../www/lib/png.js'

const PHOTO = { name: 'cow.jpg', width: 6, height: 4 }

/** @param {unknown} json @param {Partial<typeof PHOTO>} [photo] */
const read = (json, photo = {}) => readAnnotations(new Blob([typeof json === 'string' ? json : JSON.stringify(json)]),
  { ...PHOTO, ...photo })

/** @param {unknown} json @param {Partial<typeof PHOTO>} [photo] */
async function kindOf(json, photo) {
  try {
    await read(json, photo)
  } catch (error) {
    return /** @type {{details?: {kind?: string}}} */ (error).details?.kind
  }
}

/** @param {Uint8Array} values @param {number} width */
const rows = (values, width) => Array.from({ length: values.length / width },
  (_, row) => [...values.subarray(row * width, (row + 1) * width)].join(' '))

describe('LabelMe', () => {
  it('lays_later_shapes_over_earlier_ones_in_background', async () => {
    const found = await read({
      version: '5.5.0', imagePath: 'cow.jpg', imageWidth: 6, imageHeight: 4, imageData: null,
      shapes: [
        { label: 'cow', points: [[1, 1], [5, 1], [5, 4], [1, 4]], shape_type: 'polygon' },
        { label: 'bell', points: [[3, 2], [4, 3]], shape_type: 'rectangle' },
        { label: '__ignore__', points: [[0, 0], [1, 0], [1, 1], [0, 1]] },
        { label: 'cow', points: [[2, 2]], shape_type: 'point' },
      ],
    })
    assert.deepEqual(rows(found.values, 6), ['255 0 0 0 0 0', '0 1 1 1 1 0', '0 1 1 2 1 0', '0 1 1 1 1 0'])
    assert.deepEqual([found.names, found.ignored], [['background', 'cow', 'bell'], 1])
  })

  it('has_circles_and_masks', async () => {
    const circle = await read({ shapes: [{ label: 'sun', points: [[3, 2], [4.6, 2]], shape_type: 'circle' }] })
    assert.deepEqual(rows(circle.values, 6), ['0 0 1 1 0 0', '0 1 1 1 1 0', '0 1 1 1 1 0', '0 0 1 1 0 0'])
    const png = await encodePng({ width: 2, height: 2, palette: new Uint8Array(6),
      strip: () => Uint8Array.of(1, 0, 1, 1) })
    const mask = Buffer.from(await png.arrayBuffer()).toString('base64')
    const found = await read({ shapes: [{ label: 'cow', shape_type: 'mask', mask, points: [[4, 2], [6, 4]] }] })
    assert.deepEqual(rows(found.values, 6), ['0 0 0 0 0 0', '0 0 0 0 0 0', '0 0 0 0 1 0', '0 0 0 0 1 1'])
    assert.equal(await kindOf({ shapes: [{ label: 'cow', shape_type: 'mask', mask: '<b>', points: [[4, 2]] }] }),
      'annotation_none')
  })
})

describe('COCO', () => {
  const base = {
    images: [{ id: 7, file_name: 'val2017/COW.png', width: 6, height: 4 },
      { id: 8, file_name: 'dog.jpg', width: 9, height: 9 }],
    categories: [{ id: 21, name: 'cow' }, { id: 1, name: 'person' }],
  }

  it('finds_the_photo_by_name_and_lays_small_things_over_large_ones', async () => {
    const found = await read({
      ...base, annotations: [
        { image_id: 7, category_id: 1, segmentation: [[2, 1, 4, 1, 4, 2, 2, 2]] },
        { image_id: 7, category_id: 21, segmentation: [[0, 0, 6, 0, 6, 3, 0, 3]] },
        { image_id: 8, category_id: 21, segmentation: [[0, 0, 9, 0, 9, 9, 0, 9]] },
        { image_id: 7, category_id: 21, bbox: [0, 0, 1, 1] },
      ],
    })
    assert.deepEqual(rows(found.values, 6), ['1 1 1 1 1 1', '1 1 2 2 1 1', '1 1 1 1 1 1', '0 0 0 0 0 0'])
    assert.deepEqual([found.names, found.ignored], [['background', 'cow', 'person'], 1])
  })

  it('reads_run_lengths_as_they_are_and_packed', async () => {
    // The first column, and the last pixel; packed by pycocotools 2.0.11.
    for (const counts of [[0, 4, 19, 1], '04c0M']) {
      const found = await read({ ...base,
        annotations: [{ image_id: 7, category_id: 5, iscrowd: 1, segmentation: { size: [4, 6], counts } }] })
      assert.deepEqual(rows(found.values, 6), ['1 0 0 0 0 0', '1 0 0 0 0 0', '1 0 0 0 0 0', '1 0 0 0 0 1'])
      assert.deepEqual(found.names, ['background', '5'])
    }
    const wrong = { ...base,
      annotations: [{ image_id: 7, category_id: 5, segmentation: { size: [6, 4], counts: [24] } }] }
    assert.equal(await kindOf(wrong), 'annotation_none')
  })

  it('is_refused_where_two_of_its_photos_have_the_name_and_compares_names_as_they_are_read', async () => {
    const annotations = [{ image_id: 7, category_id: 1, segmentation: [[0, 0, 1, 0, 1, 1, 0, 1]] }]
    const images = (/** @type {string[]} */ names) => ({ ...base, annotations,
      images: names.map((name, i) => ({ id: 7 + i, file_name: name, width: 6, height: 4 })) })
    assert.equal(await kindOf(images(['train/cow.jpg', 'val/cow.jpg'])), 'annotation_twice')
    assert.equal(await kindOf(images(['cow.png', 'cow.tif'])), 'annotation_twice')
    // The name with its ending is one's own.
    assert.equal((await read(images(['cow.jpg', 'cow.png', 'dog.jpg']))).values[0], 1)
    assert.equal((await read(images(['소.jpg'.normalize('NFD'), 'dog.jpg']), { name: '소.jpg' })).values[0], 1)
  })

  it('of_one_photo_needs_no_name', async () => {
    const one = { ...base, images: [{ id: 7, file_name: 'x.jpg', width: 6, height: 4 }],
      annotations: [{ image_id: 7, category_id: 1, segmentation: [[0, 0, 1, 0, 1, 1, 0, 1]] }] }
    assert.equal((await read(one)).values[0], 1)
    assert.equal(await kindOf({ ...base, annotations: [] }, { name: 'cat.jpg' }), 'annotation_photo')
  })
})

describe('what is no annotation', () => {
  it('is_named', async () => {
    assert.equal(await kindOf('{'), 'annotation_broken')
    assert.equal(await kindOf('[1]'), 'annotation_unknown')
    assert.equal(await kindOf('null'), 'annotation_unknown')
    assert.equal(await kindOf({ shapes: [], imageWidth: 6, imageHeight: 4 }), 'annotation_none')
    assert.equal(await kindOf({ shapes: [], imageWidth: 4, imageHeight: 6 }), 'truth_size')
    const shapes = Array.from({ length: 300 }, (_, i) => ({ label: `l${i}`, points: [[0, 0], [2, 0], [2, 2]] }))
    assert.equal(await kindOf({ shapes }), 'annotation_classes')
    for (const odd of [{ label: null, points: 7 }, 5, null, { points: [[NaN, 1], 'x', [1]] },
      { label: 'x', points: [['0', 1], [1, 1], [2, 2]] }]) {
      assert.equal(await kindOf({ shapes: [odd] }), 'annotation_none')
    }
    assert.equal(await kindOf(/** @type {any} */ ({ images: [null],
      annotations: [null, { image_id: undefined, segmentation: ['x', [1]] }] })), 'annotation_none')
  })
})
