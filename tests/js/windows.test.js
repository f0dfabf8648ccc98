/** www/lib/windows.js: which pixels a cell of a heat map is about, and what wins there. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { luminance } from '../../www/lib/colors.js'
import { best, cellAt, heatColor, inputAt, moved, planeOf, probabilitiesOf, ranking, softmax,
  squareOf, surgery, windowOf, winners } from '../../www/lib/windows.js'

/** Three windows beside each other, two above each other; two classes. */
const MAP = {
  width: 3, height: 2, window: 224, stride: 32, work: { width: 300, height: 260 },
  scores: Float32Array.of(0, 1, 2, 0, 0, 0, 5, 6, 1, 4, -3, 3),
}

describe('windows', () => {
  it('a_cell_is_of_the_window_32_pixels_on_and_is_drawn_in_its_middle', () => {
    assert.deepEqual(windowOf(MAP, { column: 2, row: 1 }), { left: 64, top: 32, side: 224 })
    assert.deepEqual(squareOf(MAP, { column: 2, row: 1 }), { left: 160, top: 128, side: 32 })
  })

  it('each_pixel_belongs_to_the_nearest_cell', () => {
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        const { left, top, side } = squareOf(MAP, { column, row })
        for (const inset of [0, side - 1]) assert.deepEqual(cellAt(MAP, left + inset, top + inset), { column, row })
      }
    }
    assert.deepEqual(cellAt(MAP, -5, 1000), { column: 0, row: 1 })
    assert.deepEqual(cellAt(MAP, 299, 0), { column: 2, row: 0 })
  })

  it('keys_move_within_the_map', () => {
    const from = { column: 1, row: 0 }
    assert.deepEqual(moved(MAP, from, 'ArrowRight'), { column: 2, row: 0 })
    assert.deepEqual(moved(MAP, from, 'ArrowUp'), from)
    assert.deepEqual(moved(MAP, from, 'ArrowDown'), { column: 1, row: 1 })
    assert.deepEqual(moved(MAP, from, 'End'), { column: 2, row: 0 })
    assert.deepEqual(moved(MAP, from, 'PageDown'), { column: 1, row: 1 })
    assert.equal(moved(MAP, from, 'a'), null)
    assert.equal(moved(MAP, from, 'toString'), null)
  })
})

describe('scores', () => {
  it('softmax_survives_large_scores_and_adds_up', () => {
    const shares = softmax([1000, 1000, 0])
    assert.ok(Math.abs(shares[0] - 0.5) < 1e-12 && shares[2] === 0)
  })

  it('lists_the_best_classes_first', () => {
    const found = best(Float32Array.of(0, 3, 1, 3), 3)
    assert.deepEqual(found.map(({ id }) => id), [1, 3, 2])
    assert.ok(Math.abs(best([0, 0])[0].probability - 0.5) < 1e-12)
  })

  it('ranks_classes_by_their_best_window', () => {
    const [first, second] = ranking(MAP)
    assert.equal(first.id, 1)
    // 3 − (−3) is the widest lead.
    assert.deepEqual(first.cell, { column: 2, row: 1 })
    assert.deepEqual(second.cell, { column: 1, row: 0 })
    assert.deepEqual([...winners(MAP)], [1, 0, 0, 1, 1, 1])
  })

  it('lists_a_class_asked_for_once_wherever_it_stands', () => {
    const ids = (/** @type {number | null} */ also) => best(Float32Array.of(0, 3, 1, 2), 2, also).map(({ id }) => id)
    assert.deepEqual([ids(null), ids(1), ids(0)], [[1, 3], [1, 3], [1, 3, 0]])
  })

  it('computes_the_probabilities_of_a_map_once', () => {
    const map = { ...MAP }
    const first = probabilitiesOf(map)
    assert.equal(probabilitiesOf(map), first)
    assert.notEqual(probabilitiesOf({ ...MAP }), first)
    for (let cell = 0; cell < 6; cell++) {
      assert.deepEqual([...first.subarray(2 * cell, 2 * cell + 2)],
        [...softmax(MAP.scores.subarray(2 * cell, 2 * cell + 2))])
    }
  })

  it('gives_a_plane_with_its_extremes', () => {
    const { values, least, most } = planeOf(MAP, 1, 'score')
    assert.deepEqual([...values], [1, 0, 0, 6, 4, 3])
    assert.deepEqual([least, most], [0, 6])
    // The highest score isn't the highest probability: there the other class has 5, here -3.
    assert.deepEqual([planeOf(MAP, 1, 'score').cell, planeOf(MAP, 1, 'probability').cell],
      [{ column: 0, row: 1 }, { column: 2, row: 1 }])
    const shares = planeOf(MAP, 1, 'probability')
    assert.ok(Math.abs(shares.values[2] - 0.5) < 1e-12 && shares.most < 1)
  })
})

describe('heat', () => {
  it('only_gets_darker', () => {
    const steps = Array.from({ length: 101 }, (_, i) => luminance(heatColor(i / 100)))
    assert.ok(steps.every((value, i) => i === 0 || value < steps[i - 1]))
    assert.deepEqual(heatColor(-1), heatColor(0))
    assert.deepEqual(heatColor(2), heatColor(1))
  })
})

describe('surgery', () => {
  it('reads_matrices_and_kernels_from_the_shapes', () => {
    /** @param {[string, number, number, number][]} rows */
    const shapes = rows => rows.map(([stage, channels, height, width]) => ({ stage, channels, height, width }))
    const label = shapes([['input', 3, 224, 224], ['pool5', 128, 7, 7], ['fc6', 64, 1, 1],
      ['fc7', 64, 1, 1], ['score', 9, 1, 1]])
    const photo = shapes([['input', 3, 341, 512], ['pool5', 128, 10, 16], ['fc6', 64, 4, 10],
      ['fc7', 64, 4, 10], ['score', 9, 4, 10]])
    const [fc6, fc7, score] = surgery(label, photo)
    assert.deepEqual(fc6, { stage: 'fc6', matrix: [64, 6272], kernel: [64, 128, 7, 7],
      label: [64, 1, 1], photo: [64, 4, 10] })
    assert.deepEqual(fc7.kernel, [64, 64, 1, 1])
    assert.deepEqual(score.matrix, [9, 64])
    assert.deepEqual(surgery(shapes([['input', 3, 9, 9]]), []), [])
  })

  it('finds_the_place_of_an_input_in_the_map_that_was_flattened', () => {
    assert.deepEqual(inputAt(55, [16, 7, 7]), { channel: 1, row: 0, column: 6, other: 97 })
    assert.deepEqual(inputAt(0, [16, 7, 7]), { channel: 0, row: 0, column: 0, other: 0 })
    assert.deepEqual(inputAt(783, [16, 7, 7]), { channel: 15, row: 6, column: 6, other: 783 })
    // Every index has a place of its own in either order.
    const all = Array.from({ length: 3 * 4 * 5 }, (_, index) => inputAt(index, [3, 4, 5]))
    assert.deepEqual([...new Set(all.map(({ other }) => other))].sort((a, b) => a - b), all.map((_, index) => index))
    all.forEach(({ channel, row, column }, index) => assert.equal(index, channel * 20 + row * 5 + column))
  })
})
