/** A photo moved in its frame: www/lib/shift.js, and how a link to the heat map says it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { read, written } from '../../www/elements/heatmap/link.js'
import { told } from '../../www/elements/heatmap/reading.js'
import { receptiveField, windowed } from '../../www/lib/receptive.js'
import { GREY, keptOf, movedPixels, movementOf, peakOf, scaledShift } from '../../www/lib/shift.js'
import { AROUND } from '../../www/lib/windows.js'

/** @typedef {import('../../www/lib/shift.js').Shift} Shift */

const SIZE = { width: 5, height: 4 }
/** Every pixel another. */
const PIXELS = Float32Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, i) => i)

describe('movedPixels', () => {
  it('takes_each_pixel_along_and_fills_what_is_uncovered_with_grey', () => {
    for (const shift of [{ x: 2, y: 1 }, { x: -3, y: 0 }, { x: 0, y: -2 }, { x: -1, y: 3 }, { x: 0, y: 0 }]) {
      const moved = movedPixels(PIXELS, SIZE, shift)
      for (let y = 0; y < SIZE.height; y++) {
        for (let x = 0; x < SIZE.width; x++) {
          const [fromX, fromY] = [x - shift.x, y - shift.y]
          const isInside = fromX >= 0 && fromX < SIZE.width && fromY >= 0 && fromY < SIZE.height
          for (let channel = 0; channel < 3; channel++) {
            const expected = isInside ? PIXELS[(fromY * SIZE.width + fromX) * 3 + channel] : GREY
            assert.equal(moved[(y * SIZE.width + x) * 3 + channel], expected, `${x},${y} by ${JSON.stringify(shift)}`)
          }
        }
      }
    }
  })

  it('leaves_nothing_of_a_photo_moved_out_of_its_frame', () => {
    for (const shift of [{ x: 5, y: 0 }, { x: -9, y: 0 }, { x: 0, y: 4 }, { x: 1, y: -40 }]) {
      assert.ok(movedPixels(PIXELS, SIZE, shift).every(value => value === GREY))
    }
  })

  it('moves_by_the_same_share_of_another_frame_to_the_nearest_pixel', () => {
    const window = { width: 224, height: 224 }
    assert.deepEqual(scaledShift({ x: 64, y: -32 }, { width: 512, height: 342 }, window), { x: 28, y: -21 })
    const { x } = scaledShift({ x: -1, y: 0 }, { width: 1024, height: 224 }, window)
    assert.ok(Object.is(x, 0))
  })
})

/**
 * A map as a net without edges would give it: a cell's score is a value of the place of the photo that it is of.
 * @param {number} width cells
 * @param {number} height
 * @param {Shift} [shift]
 */
function mapOf(width, height, { x, y } = { x: 0, y: 0 }) {
  const of = (/** @type {number} */ column, /** @type {number} */ row) => Math.sin(1 + 3 * column + 17 * row)
  const scores = Float32Array.from({ length: 2 * width * height }, (_, i) => {
    const cell = i >> 1
    const value = of(cell % width - x / 32, Math.floor(cell / width) - y / 32)
    return i % 2 ? value : -value
  })
  return { width, height, window: 224, stride: 32, work: { width: 224 + 32 * (width - 1),
    height: 224 + 32 * (height - 1) }, scores }
}

describe('a cell', () => {
  it('sees_90_pixels_around_its_window', () => {
    const convolutions = [2, 2, 3, 3, 3].flatMap(count =>
      [...Array.from({ length: count }, () => windowed(3, { padding: 1 })), windowed(2, { stride: 2 })])
    assert.equal(receptiveField([...convolutions, windowed(7)]), 224 + 2 * AROUND)
  })
})

describe('keptOf', () => {
  it('compares_the_cells_that_see_photo_alone_before_as_after', () => {
    const before = mapOf(10, 10)
    // 512 pixels: a field of 404 fits from column 3 to 6; one cell on it has to end 32 pixels earlier.
    assert.equal(keptOf(before, mapOf(10, 10, { x: 32, y: 0 }), { x: 32, y: 0 })?.count, 10 * 3)
    assert.equal(keptOf(before, mapOf(10, 10, { x: -64, y: 0 }), { x: -64, y: 0 })?.count, 10 * 2)
    assert.equal(keptOf(before, mapOf(10, 10, { x: 32, y: -32 }), { x: 32, y: -32 })?.count, 3 * 3)
    assert.equal(keptOf(before, mapOf(10, 10, { x: 160, y: 0 }), { x: 160, y: 0 })?.count, 0)
    for (const shift of [{ x: 32, y: 0 }, { x: -64, y: 0 }, { x: 32, y: -32 }]) {
      const kept = keptOf(before, mapOf(10, 10, shift), shift)
      assert.ok(kept && kept.largest === 0 && kept.most > 0 && kept.all === 100, JSON.stringify(kept))
    }
  })

  it('finds_a_cell_that_did_not_keep_its_scores', () => {
    const shift = { x: 32, y: 0 }
    const after = mapOf(10, 10, shift)
    after.scores[2 * 14] += 0.5
    assert.ok(Math.abs((keptOf(mapOf(10, 10), after, shift)?.largest ?? 0) - 0.5) < 1e-6)
    // Column 0 sees the edge: nothing is claimed of it.
    const edge = mapOf(10, 10, shift)
    edge.scores[0] += 0.5
    assert.equal(keptOf(mapOf(10, 10), edge, shift)?.largest, 0)
  })

  it('claims_nothing_where_the_photo_is_not_moved_by_whole_cells', () => {
    assert.equal(keptOf(mapOf(10, 10), mapOf(10, 10), { x: 48, y: 0 }), null)
  })
})

describe('movementOf', () => {
  const map = { width: 10, height: 6, stride: 32 }
  const peak = (/** @type {number} */ column, /** @type {number} */ row) =>
    ({ column, row, x: 112 + 32 * column, y: 112 + 32 * row })

  it('tells_whether_a_peak_went_with_the_photo', () => {
    const where = (/** @type {[number, number]} */ to, /** @type {Shift} */ shift) =>
      movementOf(peak(4, 2), peak(...to), shift, map).where
    assert.deepEqual(movementOf(peak(4, 2), peak(6, 1), { x: 64, y: -32 }, map),
      { by: { x: 64, y: -32 }, cells: { columns: 2, rows: -1 }, where: 'exact' })
    assert.equal(where([5, 2], { x: 48, y: 0 }), 'near')
    assert.equal(where([6, 2], { x: 48, y: 0 }), 'near')
    assert.equal(where([4, 2], { x: 32, y: 0 }), 'elsewhere')
    assert.equal(where([0, 2], { x: 64, y: 0 }), 'elsewhere')
    assert.equal(where([9, 2], { x: 6 * 32, y: 0 }), 'gone')
    assert.equal(where([4, 0], { x: 0, y: -3 * 32 }), 'gone')
    // Half a cell beyond the last, the last one is still near.
    assert.equal(where([9, 2], { x: 5 * 32 + 16, y: 0 }), 'near')
  })

  it('a_peak_is_the_highest_cell_and_lies_at_its_middle', () => {
    const { scores, ...rest } = mapOf(3, 2)
    scores.fill(0)
    scores[2 * 5 + 1] = 4
    assert.deepEqual(peakOf({ ...rest, scores }, 1, 'score'), { column: 2, row: 1, x: 176, y: 144 })
  })
})

describe('a link', () => {
  it('says_how_far_the_photo_is_moved_and_that_comes_back', () => {
    assert.deepEqual(read('shift=64,-32', '').shift, { x: 64, y: -32 })
    assert.match(written(read('shift=64,-32', ''), ''), /^shift=64,-32$/)
    assert.equal(written(read('shift=0,0', ''), ''), '')
  })

  it('is_held_to_the_steps_and_the_reach_of_the_sliders', () => {
    assert.deepEqual(read('shift=9999,-9999', '').shift, { x: 160, y: -160 })
    assert.deepEqual(read('shift=7,9', '').shift, { x: 0, y: 16 })
    for (const text of ['shift=64', 'shift=1e2,0', 'shift=a,b', 'shift=64,0,0', 'shift= 64,0',
      'shift=']) assert.deepEqual(read(text, '').shift, { x: 0, y: 0 }, text)
    assert.ok(Object.is(read('shift=-3,-3', '').shift.x, 0))
  })
})

describe('what is told', () => {
  const classes = [{ id: 0, name: 'cat', color: '#000000' }, { id: 1, name: 'dog', color: '#ffffff' }]
  /** @param {[number, number, number]} dog scores of the three windows */
  const map = (...dog) => /** @type {import('../../www/engine/engine.js').Heatmap} */ (/** @type {unknown} */ ({
    width: dog.length, height: 1, window: 224, stride: 32, work: { width: 288, height: 224 }, classes,
    scores: Float32Array.from(dog.flatMap(score => [0, score])),
  }))
  const label = (/** @type {number} */ dog) =>
    /** @type {ReturnType<typeof map>} */ ({ ...map(0, 0, 0), width: 1, scores: Float32Array.of(0, dog) })

  it('is_the_label_and_the_peak_of_the_class_before_and_now', () => {
    const scene = /** @type {import('../../www/elements/heatmap/job.js').Scene} */ (/** @type {unknown} */ ({
      label: label(3), map: map(5, 1, 0), moved: null }))
    const still = told(scene, 1, 'probability')
    assert.equal(still?.label, 'dog')
    assert.deepEqual(still?.shift, [0, 0])
    assert.deepEqual(still?.peak, { column: 0, row: 0, x: 112, y: 112 })
    const moved = told({ ...scene, moved: { shift: { x: 64, y: 0 }, label: label(-1), map: map(0, 1, 5) } },
      1, 'probability')
    assert.deepEqual([moved?.label, moved?.class, moved?.shift, moved?.peak.column], ['cat', 'dog', [64, 0], 2])
    assert.deepEqual(moved?.before, { label: 'dog', probability: still?.probability, peak: still?.peak })
    assert.ok(Math.abs((moved?.probability ?? 0) - 1 / (1 + Math.exp(-1))) < 1e-6)
    assert.equal(told({ ...scene, map: null }, 1, 'probability'), null)
  })
})
