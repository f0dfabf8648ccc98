/** www/lib/{metrics,boundary}.js: the counts and scores of src/metrics.rs, and edges within a tolerance. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { boundaryOf, edgesOf, meanBoundary, usualTolerance, within } from '../../www/lib/boundary.js'
import { ERRORS, errorsOf } from '../../www/lib/error-map.js'
import { Confusion, cautionsOf, classCounts, classesUsed, metricsOf, withClasses } from '../../www/lib/metrics.js'

/** Numbers below `below`, the same for the same seed. @param {number} seed @param {number} count @param {number} below */
function noise(seed, count, below) {
  let state = seed >>> 0
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  })
}

describe('an error map', () => {
  it('of_a_class_has_the_hits_misses_and_false_alarms_of_its_iou', () => {
    for (let seed = 1; seed < 40; seed++) {
      const [classes, unlabelled] = [2 + seed % 5, seed % 3 ? 1 : null]
      const maps = { truth: noise(seed, 300, classes), prediction: noise(seed + 99, 300, classes), unlabelled }
      const matrix = new Confusion(classes)
      matrix.add(maps.truth, maps.prediction, unlabelled)
      for (let id = 0; id < classes; id++) {
        const map = errorsOf(maps, id)
        const count = (/** @type {keyof typeof ERRORS} */ kind) => map.filter(value => value === ERRORS[kind]).length
        const union = count('hit') + count('miss') + count('alarm')
        assert.equal(union ? count('hit') / union : null, matrix.metrics.iou[id], `seed ${seed}, class ${id}`)
        assert.deepEqual([count('left'), count('wrong')], [matrix.void, 0])
      }
    }
  })

  it('of_all_classes_says_right_wrong_and_left_out', () => {
    const maps = { truth: Uint8Array.of(0, 1, 2, 255, 0), prediction: Uint8Array.of(0, 2, 2, 1, 255), unlabelled: 255 }
    const { none, wrong, left } = ERRORS
    assert.deepEqual([...errorsOf(maps)], [none, wrong, none, left, wrong])
    assert.deepEqual([...errorsOf({ ...maps, unlabelled: null })], [none, wrong, none, wrong, wrong])
  })
})

/** @param {number[]} truth @param {number[]} prediction @param {number} classes */
function measured(truth, prediction, classes) {
  const matrix = new Confusion(classes)
  matrix.add(Uint8Array.from(truth), Uint8Array.from(prediction))
  return matrix.metrics
}

describe('metrics', () => {
  it('are_the_same_of_a_matrix_without_the_classes_after_the_last_that_occurs', () => {
    for (let seed = 1; seed < 20; seed++) {
      const whole = new Confusion(40)
      whole.add(noise(seed, 30, 2 + seed), noise(seed + 100, 30, 21 - seed))
      const used = classesUsed(whole.counts, 40)
      const small = withClasses(whole.counts, 40, used)
      const { iou, confusion: _, ...rest } = whole.metrics
      const { iou: kept, confusion, ...others } = metricsOf(small, used)
      assert.deepEqual(others, rest)
      assert.deepEqual(kept, iou.slice(0, used))
      assert.notEqual(kept.at(-1), null)
      assert.deepEqual([...withClasses(confusion, used, 40)], whole.counts)
    }
    assert.equal(classesUsed(new Float64Array(9), 3), 0)
  })

  it('are_those_of_the_lecture', () => {
    // 95 pixels of road, all found; 5 of person, all called road.
    const found = measured([...Array(95).fill(0), ...Array(5).fill(1)], Array(100).fill(0), 2)
    assert.deepEqual({ ...found, confusion: [...found.confusion] }, {
      pixelAccuracy: 0.95, meanAccuracy: 0.5, iou: [0.95, 0], meanIoU: 0.475, frequencyWeightedIoU: 0.9025,
      confusion: [95, 0, 5, 0], void: 0,
    })
  })

  it('leave_out_a_class_that_is_in_neither_and_pixels_without_a_label', () => {
    const found = measured([0, 0, 2, 255], [0, 1, 2, 3], 4)
    assert.deepEqual(found.iou, [0.5, 0, 1, null])
    assert.deepEqual([found.meanIoU, found.meanAccuracy, found.void], [0.5, 0.75, 1])
    const none = measured([255, 255], [0, 1], 2)
    assert.deepEqual([none.pixelAccuracy, none.meanAccuracy, none.meanIoU, none.frequencyWeightedIoU],
      [null, null, null, null])
    const matrix = new Confusion(2)
    matrix.add(Uint8Array.of(0, 1, 1), Uint8Array.of(0, 1, 0), 0)
    assert.deepEqual([matrix.metrics.void, matrix.metrics.pixelAccuracy], [1, 0.5])
    assert.throws(() => new Confusion(2).add(Uint8Array.of(255), Uint8Array.of(0), null), { code: 'invalid_input' })
  })

  it('of_a_net_that_only_says_background_are_told_apart_from_those_of_a_good_one', () => {
    // In the proportions of PASCAL VOC: 1460 pixels of background and 27 of each of twenty classes.
    const voc = measured([...Array(1460).fill(0), ...Array.from({ length: 540 }, (_, at) => 1 + at % 20)],
      Array(2000).fill(0), 21)
    assert.equal(voc.pixelAccuracy, 0.73)
    assert.equal(voc.meanIoU?.toFixed(5), '0.03476')
    assert.deepEqual(cautionsOf(voc), { only: null, gap: { largest: 0, accuracy: 0.73, classes: 21, missed: 20 } })
    const rare = measured([...Array(998).fill(0), 1, 1], Array(1000).fill(0), 2)
    assert.deepEqual([rare.pixelAccuracy, rare.meanAccuracy, rare.iou, rare.meanIoU], [0.998, 0.5, [0.998, 0], 0.499])
    assert.deepEqual(cautionsOf(rare), { only: null, gap: { largest: 0, accuracy: 0.998, classes: 2, missed: 1 } })
    // Of a truth of one class: what is predicted beside it is all that lowers mIoU.
    assert.deepEqual(cautionsOf(measured([0, 0, 0, 0], [0, 0, 0, 1], 2)), { only: null, gap: null })
    // Nothing is to be said of numbers that agree, nor where nothing is right, or nothing labelled.
    for (const [truth, prediction] of [[[0, 0, 0, 1], [0, 0, 1, 1]], [[0, 1], [1, 0]], [[255], [0]], [[], []]]) {
      assert.deepEqual(cautionsOf(measured(truth, prediction, 2)), { only: null, gap: null })
    }
  })

  it('of_a_truth_of_0_and_255_say_what_was_left_out_and_that_one_class_is_left', () => {
    for (const prediction of [[0, 0, 1, 1], [0, 0, 0, 0]]) {
      const found = measured([0, 0, 255, 255], prediction, 2)
      assert.deepEqual([found.pixelAccuracy, found.meanIoU, found.void], [1, 1, 2])
      assert.equal(cautionsOf(found).only, 0)
    }
    assert.equal(cautionsOf(measured([0, 1, 255], [0, 1, 0], 2)).only, null)
    // One class, and nothing left out: there was nothing else to find.
    assert.equal(cautionsOf(measured([0, 0], [0, 1], 2)).only, null)
  })

  it('are_refused_for_maps_that_do_not_fit_and_nothing_is_counted', () => {
    const matrix = new Confusion(2)
    for (const [truth, prediction] of [[[0, 1, 2], [0, 0, 0]], [[0, 1], [0, 9]], [[0], [0, 0]]]) {
      assert.throws(() => matrix.add(Uint8Array.from(truth), Uint8Array.from(prediction)), { code: 'invalid_input' })
    }
    assert.deepEqual([matrix.counts, matrix.void], [[0, 0, 0, 0], 0])
    for (const classes of [0, 256, 1.5, NaN]) assert.throws(() => new Confusion(classes), { code: 'invalid_input' })
  })

  it('agree_with_scikit_learn_and_the_authors', () => {
    const { cases } = JSON.parse(readFileSync(new URL('../reference/fixtures/metrics.json', import.meta.url), 'utf8'))
    assert.ok(cases.length > 2)
    for (const { truth, prediction, classes, ...expected } of cases) {
      const found = measured(truth, prediction, classes)
      const close = (/** @type {number | null} */ a, /** @type {number | null} */ b) =>
        a === b || Math.abs(Number(a) - Number(b)) < 1e-12 && (a === null) === (b === null)
      const { pixel_accuracy, mean_accuracy, mean_iou, frequency_weighted_iou, iou, confusion } = expected
      assert.deepEqual(found.confusion, confusion.flat())
      for (const [a, b] of [[found.pixelAccuracy, pixel_accuracy], [found.meanAccuracy, mean_accuracy],
        [found.meanIoU, mean_iou], [found.frequencyWeightedIoU, frequency_weighted_iou]]) assert.ok(close(a, b),
          `${a} ${b}`)
      found.iou.forEach((value, id) => assert.ok(close(value, iou[id]), `${value} ${iou[id]}`))
    }
  })

  it('are_counted_exactly_beyond_what_a_float_of_32_bits_holds', () => {
    const ones = new Confusion(2)
    const million = new Uint8Array(1_000_000).fill(1)
    for (let i = 0; i < 90; i++) ones.add(million, million)
    ones.add(million.subarray(0, 170_814), million.subarray(0, 170_814))
    assert.deepEqual(ones.counts, [0, 0, 0, 90_170_814])
    const zeros = new Confusion(2)
    zeros.add(new Uint8Array(2 ** 24 + 1), new Uint8Array(2 ** 24 + 1))
    assert.deepEqual(JSON.parse(JSON.stringify(zeros.metrics)).confusion, [16_777_217, 0, 0, 0])
  })

  it('of_many_classes_put_no_count_into_another_class', () => {
    // 21 · 20 + 20 is more than a byte holds, and 255 more still.
    for (const [classes, last] of [[21, 20], [255, 254]]) {
      const found = measured([last, last, 255], [last, 0, 3], classes)
      assert.deepEqual([found.iou[last], found.iou[0], found.pixelAccuracy, found.void], [0.5, 0, 0.5, 1])
      assert.deepEqual([found.confusion[classes * last + last], found.confusion[classes * last]], [1, 1])
      assert.equal(found.iou.filter(iou => iou !== null).length, 2)
    }
  })

  it('are_counted_exactly_beyond_what_32_bits_hold', () => {
    const matrix = new Confusion(2)
    const half = new Confusion(2)
    half.add(noise(1, 4099, 2), noise(2, 4099, 2))
    matrix.plus(half)
    for (let i = 0; i < 25; i++) {
      const same = new Confusion(2)
      same.plus(matrix)
      matrix.plus(same)
    }
    const sum = matrix.counts.reduce((sum, count) => sum + count, 0)
    assert.equal(sum, 4099 * 2 ** 25)
    assert.ok(sum > 2 ** 32)
    assert.deepEqual(matrix.metrics.iou, half.metrics.iou)
    const { hit, truth, predicted, union } = classCounts(matrix.counts, 2, 1)
    assert.equal(union, truth + predicted - hit)
    assert.deepEqual(metricsOf([1, 0, 0, 0], 2).iou, [1, null])
  })
})

describe('edges', () => {
  it('lie_where_classes_meet_and_not_at_the_border_or_beside_void', () => {
    const labels = Uint8Array.of(
      0, 0, 0, 0,
      0, 1, 1, 0,
      0, 1, 1, 0,
      0, 1, 1, 9,
    )
    assert.deepEqual([...edgesOf(labels, 4, 1)], [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0])
    const isVoid = Uint8Array.from(labels, label => Number(label !== 1))
    assert.deepEqual([...edgesOf(labels, 4, 1, isVoid)], Array(16).fill(0))
  })

  it('are_near_where_every_pair_tried_says_so', () => {
    for (let seed = 1; seed < 60; seed++) {
      const [width, height, tolerance] = [1 + seed % 9, 1 + seed * 5 % 11, 1 + seed % 4]
      const [own, others] = [noise(seed, width * height, 5), noise(seed + 99, width * height, 7)].map(all =>
        all.map(value => Number(value === 0)))
      let [all, near] = [0, 0]
      own.forEach((isSet, at) => {
        if (!isSet) return
        all++
        near += Number(others.some((isOther, other) => isOther
          && (at % width - other % width) ** 2 + (Math.floor(at / width) - Math.floor(other / width)) ** 2
            <= tolerance ** 2))
      })
      assert.deepEqual(within(own, others, width, tolerance), [all, near], `seed ${seed}`)
    }
  })

  it('score_by_how_many_lie_within_the_tolerance', () => {
    // A line moved by two pixels.
    const width = 12
    const half = (/** @type {number} */ from) => Uint8Array.from({ length: width * 6 },
      (_, at) => Number(at % width >= from))
    const maps = { truth: half(5), prediction: half(7), width }
    assert.deepEqual(boundaryOf(maps, { id: 1, tolerance: 1 }), { truth: 6, truthHit: 0,
      predicted: 6, predictedHit: 0, score: 0 })
    assert.equal(boundaryOf(maps, { id: 1, tolerance: 2 }).score, 1)
    assert.equal(boundaryOf(maps, { id: 3, tolerance: 2 }).score, null)
    assert.equal(boundaryOf({ ...maps, prediction: half(0) }, { id: 1, tolerance: 2 }).score, 0)
    const each = [0, 1].map(id => boundaryOf(maps, { id, tolerance: 2 }))
    assert.equal(meanBoundary(each), 1)
    // A truth without edges has nothing to be compared with.
    assert.equal(meanBoundary([boundaryOf({ ...maps, truth: half(0) }, { id: 1, tolerance: 2 })]), null)
    assert.deepEqual([usualTolerance(500, 375), usualTolerance(12, 12)], [5, 1])
  })
})
