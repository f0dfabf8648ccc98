/** www/lib: what is drawn where, in which colours: viewport.js, paint.js, colors.js, areas.js. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answers, areas, disagreement } from '../../www/lib/areas.js'
import { TILE, inkOn, lookupTable, luminance, paletteBytes, patternTile, rgb } from '../../www/lib/colors.js'
import { paintDisagreement, paintMask, paintUnsure } from '../../www/lib/paint.js'
import { probe } from '../../www/lib/probe.js'
import { isMostly, unsureMap } from '../../www/lib/unsure.js'
import { MAX_ZOOM, WHOLE, clampView, photoPixel, placement, zoomAt } from '../../www/lib/viewport.js'

const PHOTO = { width: 400, height: 300 }
const PANE = { width: 200, height: 200 }

describe('viewport', () => {
  it('fits_the_whole_photo_and_centres_it', () => {
    assert.deepEqual(placement(WHOLE, PHOTO, PANE), { scale: 0.5, left: 0, top: 25 })
  })

  it('finds_the_photo_pixel_under_the_pointer_and_none_beside_it', () => {
    assert.deepEqual(photoPixel(WHOLE, 0, 25, PHOTO, PANE), { x: 0, y: 0 })
    assert.deepEqual(photoPixel(WHOLE, 199.9, 174.9, PHOTO, PANE), { x: 399, y: 299 })
    assert.equal(photoPixel(WHOLE, 100, 10, PHOTO, PANE), null)
  })

  it('keeps_the_point_under_the_pointer_while_zooming', () => {
    const view = zoomAt(WHOLE, 4, 60, 90, PHOTO, PANE)
    const before = placement(WHOLE, PHOTO, PANE)
    const after = placement(view, PHOTO, PANE)
    assert.equal(view.zoom, 4)
    assert.ok(Math.abs((60 - before.left) / before.scale - (60 - after.left) / after.scale) < 1e-9)
    assert.ok(Math.abs((90 - before.top) / before.scale - (90 - after.top) / after.scale) < 1e-9)
  })

  it('never_leaves_a_gap_beside_a_photo_that_is_larger_than_the_pane', () => {
    for (const x of [-5, 0, 0.5, 1, 7]) {
      const view = clampView({ zoom: 3, x, y: x }, PHOTO, PANE)
      const { scale, left, top } = placement(view, PHOTO, PANE)
      assert.ok(left <= 1e-9 && left + PHOTO.width * scale >= PANE.width - 1e-9)
      assert.ok(top <= 1e-9 && top + PHOTO.height * scale >= PANE.height - 1e-9)
    }
  })

  it('bounds_the_zoom', () => {
    assert.equal(clampView({ zoom: 0.1, x: 0.2, y: 0.9 }, PHOTO, PANE).zoom, 1)
    assert.equal(clampView({ zoom: 1e9, x: 0.2, y: 0.9 }, PHOTO, PANE).zoom, MAX_ZOOM)
    assert.deepEqual(clampView({ zoom: 1, x: 0.2, y: 0.9 }, PHOTO, PANE), WHOLE)
  })
})

const CLASSES = [{ id: 0, color: '#3d3d3d' }, { id: 1, color: '#ff0000' }, { id: 2, color: '#00ff00' }]

describe('colors', () => {
  it('reads_hex_and_survives_nonsense', () => {
    assert.deepEqual(rgb('#f61851'), [0xf6, 0x18, 0x51])
    assert.deepEqual(rgb('red'), [128, 128, 128])
  })

  it('chooses_ink_that_shows', () => {
    for (const color of ['#000000', '#4a05d2', '#ffffff', '#f2fa46', '#847f90']) {
      const [a, b] = [luminance(rgb(color)), luminance(inkOn(rgb(color)))].sort((x, y) => y - x)
      assert.ok((a + 0.05) / (b + 0.05) >= 3, color)
    }
  })

  it('gives_each_of_sixteen_classes_its_own_pattern', () => {
    const tiles = Array.from({ length: 16 }, (_, id) => patternTile(id).join(''))
    assert.equal(new Set(tiles).size, 16)
    assert.equal(tiles[0].length, TILE * TILE)
  })

  it('leaves_hidden_classes_out_and_fades_the_unlit', () => {
    const bytes = new Uint8Array(lookupTable(CLASSES, { hidden: new Set([1]), lit: 2 }).buffer)
    assert.equal(bytes[1 * 4 + 3], 0)
    assert.deepEqual([...bytes.subarray(8, 12)], [0, 255, 0, 255])
    assert.ok(bytes[3] > 0 && bytes[3] < 100)
  })

  it('writes_a_palette_by_class_id', () => {
    assert.deepEqual([...paletteBytes(CLASSES)], [0x3d, 0x3d, 0x3d, 255, 0, 0, 0, 255, 0])
  })
})

describe('paint', () => {
  const labels = Uint8Array.of(0, 1, 2, 1)
  const photo = { width: 2, height: 2 }
  const table = lookupTable(CLASSES)

  it('shows_each_photo_pixel_where_it_belongs', () => {
    const out = new Uint32Array(6 * 4)
    // Two canvas pixels a photo pixel, one column of margin on each side.
    paintMask(out, { width: 6, height: 4, scale: 2, left: 1, top: 0 }, labels, photo, table)
    const [a, b, c] = table
    assert.deepEqual([...out], [0, a, a, b, b, 0, 0, a, a, b, b, 0, 0, c, c, b, b, 0, 0, c, c, b, b, 0])
  })

  it('inks_patterns_only_when_asked', () => {
    const many = new Uint8Array(64).fill(1)
    const out = new Uint32Array(64)
    const window = { width: 8, height: 8, scale: 1, left: 0, top: 0 }
    paintMask(out, window, many, { width: 8, height: 8 }, table)
    assert.equal(new Set(out).size, 1)
    paintMask(out, window, many, { width: 8, height: 8 }, table, 1)
    assert.deepEqual(Array.from(out, value => value === table[257] ? 1 : 0), [...patternTile(1)])
  })

  it('colours_pixels_by_the_number_of_answers', () => {
    const out = new Uint32Array(4)
    const masks = [Uint8Array.of(1, 1, 1, 2), Uint8Array.of(1, 1, 2, 2), Uint8Array.of(1, 2, 3, 2)]
    paintDisagreement(out, { width: 4, height: 1, scale: 1, left: 0, top: 0 }, masks, { width: 4, height: 1 },
      [9, 10, 20, 30])
    assert.deepEqual([...out], [10, 20, 30, 10])
  })
})

describe('areas', () => {
  it('counts_every_pixel_once_largest_first', async () => {
    const labels = new Uint8Array(3_000_000)
    labels.fill(7, 0, 1_800_000)
    labels.fill(3, 1_800_000, 1_900_001)
    assert.deepEqual(await areas(labels), [
      { id: 7, pixels: 1_800_000, share: 0.6 },
      { id: 0, pixels: 1_099_999, share: 1_099_999 / 3e6 },
      { id: 3, pixels: 100_001, share: 100_001 / 3e6 },
    ])
  })

  it('stops_when_aborted', async () => {
    const stop = new AbortController()
    const job = areas(new Uint8Array(5_000_000), stop.signal)
    stop.abort()
    await assert.rejects(job, { name: 'AbortError' })
  })

  it('tells_one_two_and_three_answers_apart', async () => {
    const masks = [Uint8Array.of(1, 1, 1, 5), Uint8Array.of(1, 1, 2, 5), Uint8Array.of(1, 2, 3, 5)]
    assert.deepEqual([0, 1, 2, 3].map(at => answers(masks, at)), [1, 2, 3, 1])
    assert.deepEqual(await disagreement(masks), [0.5, 0.25, 0.25])
  })
})

describe('unsure', () => {
  it('is_most_of_a_picture_above_half_of_it', () => {
    assert.deepEqual([null, { share: 0 }, { share: 0.5 }, { share: 0.51 }, { share: 1 }].map(isMostly),
      [false, false, false, true, true])
  })

  it('is_where_the_best_probability_is_below_a_half', async () => {
    let state = 3
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647
    const scores = { width: 40, height: 30, channels: 5,
      data: Float32Array.from({ length: 40 * 30 * 5 }, () => 4 * random()) }
    const { map, share } = await unsureMap(scores)
    let sure = 0
    for (let y = 0; y < 30; y++) {
      for (let x = 0; x < 40; x++) {
        const probed = probe({ width: 40, height: 30, scores }, x, y)
        assert.equal(map[y * 40 + x], Number((probed?.probability ?? 0) < 0.5), `${x},${y}: ${probed?.probability}`)
        sure += 1 - map[y * 40 + x]
      }
    }
    assert.ok(sure > 100 && sure < 1100)
    assert.equal(share, (1200 - sure) / 1200)
  })

  it('one_sure_class_is_never_unsure_however_large_the_scores', async () => {
    const { share } = await unsureMap({ width: 2, height: 1, channels: 2,
      data: Float32Array.of(900, -900, -3e38, 3e38) })
    assert.equal(share, 0)
  })

  it('is_hatched_over_the_mask_where_the_photo_is_and_nowhere_else', () => {
    const window = { width: 12, height: 8, scale: 2, left: 2, top: 0 }
    const out = new Uint32Array(12 * 8).fill(7)
    // Of a 4x4 photo, the right half is unsure, at half the photo's size.
    paintUnsure(out, window, { width: 2, height: 2, map: Uint8Array.of(0, 1, 0, 1), share: 0.5 },
      { width: 4, height: 4 }, [1, 2], 1)
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 12; x++) {
        assert.equal(out[y * 12 + x], x >= 6 && x < 10 ? (x + y) % 6 === 0 ? 2 : 1 : 7, `${x},${y}`)
      }
    }
  })
})
