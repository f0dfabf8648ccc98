/** Two runs of a training beside each other: www/lib/training-log/runs.js. All data here is made up. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MOST_POINTS, compared, lineOf, measuresOf, nearest, readRuns,
  stepsOf } from '../../www/lib/training-log/runs.js'

/** @param {string} en @param {readonly object[]} points */
const run = (en, points) => ({ name: { en, ko: `${en} 학습` }, points })
/** @param {Record<number, number>} miou by step */
const points = miou => Object.entries(miou).map(([step, value]) =>
  ({ step: Number(step), miou: value, pixel_accuracy: value + 0.1, val_loss: 1 - value, train_loss: null }))

const FAST = { 100: 0.3, 200: 0.42, 300: 0.42, 400: 0.5 }
const SLOW = { 100: 0.1, 200: 0.15, 300: 0.18, 400: 0.3, 500: 0.44 }
const RUNS = readRuns({ runs: [run('fast', points(FAST)), run('slow', points(SLOW))] })

describe('readRuns', () => {
  it('reads_what_a_training_writes_and_takes_the_finest_head', () => {
    // As curves.json of fcn_training has it; `convince` has an mIoU, but is no head.
    const row = (/** @type {number} */ step) => ({
      step, minutes: 3, train_loss: 1.1, val_loss: 0.4, fcn32s: { pixel_accuracy: 0.7, miou: 0.5 },
        fcn8s: { pixel_accuracy: 0.8, miou: 0.6 },
      iou: { sky: 0.9 }, convince: { share: 0.7, miou: 0.65 },
    })
    const [first] = readRuns({ runs: [run('a', [row(120), row(60), row(60)]), run('b', points(SLOW))] })
    assert.deepEqual(first.name, { en: 'a', ko: 'a 학습' })
    assert.deepEqual(first.points,
      [60, 120].map(step => ({ step, trainLoss: 1.1, valLoss: 0.4, pixelAccuracy: 0.8, miou: 0.6 })))
  })

  it('reads_a_reduced_point_as_the_whole_one', () => {
    const whole = { step: 1, val_loss: 1, fcn8s: { pixel_accuracy: 0.8, miou: 0.6 } }
    const reduced = { step: 1, val_loss: 1, pixel_accuracy: 0.8, miou: 0.6 }
    const of = (/** @type {object} */ point) =>
      readRuns({ runs: [run('a', [point, { ...point, step: 2 }]), run('b', points({ 1: 0.1, 2: 0.2 }))] })[0].points[0]
    assert.deepEqual(of(whole), of(reduced))
  })

  it('refuses_what_holds_no_two_runs', () => {
    const good = run('a', points(FAST))
    for (const json of [
      null, 3, [], {}, { runs: null }, { runs: [good] }, { runs: [good, good, good] },
        { runs: [good, run('', points(SLOW))] },
      { runs: [good, { points: points(SLOW) }] }, { runs: [good, run('b', [])] },
        { runs: [good, run('b', points({ 100: 0.1 }))] },
      { runs: [good, run('b', [{ step: '1', miou: 0.1 }, { step: null, miou: 0.2 }])] },
      // Runs that share no measure, or no step.
      { runs: [run('a', [{ step: 1, miou: 0.1 }, { step: 2, miou: 0.2 }]),
        run('b', [{ step: 1, val_loss: 1 }, { step: 2, val_loss: 2 }])] },
      { runs: [run('a', points({ 1: 0.1, 2: 0.2 })), run('b', points({ 3: 0.1, 4: 0.2 }))] },
      { runs: [good, run('b', Array.from({ length: MOST_POINTS + 1 }, (_, step) => ({ step, miou: 0.5 })))] },
    ]) {
      assert.throws(() => readRuns(json), (/** @type {{details?: {kind?: string}}} */ { details }) =>
        details?.kind === 'runs_shape', JSON.stringify(json)?.slice(0, 80))
    }
  })

  it('leaves_out_numbers_that_are_none', () => {
    const [{ points: [first] }] = readRuns({
      runs: [run('a', [{ step: 1, miou: 1.5, pixel_accuracy: -0.1, val_loss: -1, train_loss: 'x' },
        ...points({ 2: 0.2, 3: 0.3 })]), run('b', points({ 2: 0.1, 3: 0.2 }))],
    })
    assert.deepEqual(first, { step: 1, miou: null, pixelAccuracy: null, valLoss: null, trainLoss: null })
  })
})

describe('compared', () => {
  it('tells_who_is_ahead_and_when_the_other_gets_there', () => {
    const found = compared(RUNS, 'miou', 300)
    assert.deepEqual(found, {
      step: 300, dots: [{ step: 300, value: 0.42 }, { step: 300, value: 0.18 }], ahead: 0,
      // The slow one has 0.42 no sooner than at 500; the fast one had 0.18 from its first validation on.
      reached: [100, 500], last: [400, 500], leads: [{ step: 100, run: 0 }],
    })
  })

  it('says_never_where_the_other_does_not_get_there', () => {
    assert.deepEqual(compared(RUNS, 'miou')?.reached, [100, null])
    assert.equal(compared(RUNS, 'miou')?.step, 400)
  })

  it('of_losses_the_lower_is_ahead', () => {
    const found = compared(RUNS, 'valLoss', 300)
    assert.equal(found?.ahead, 0)
    assert.deepEqual(found?.reached, [100, 500])
  })

  it('tells_each_change_of_the_lead_but_no_draw', () => {
    const crossing = readRuns({ runs: [run('a', points({ 1: 0.2, 2: 0.3, 3: 0.3, 4: 0.5 })),
      run('b', points({ 1: 0.2, 2: 0.2, 3: 0.4, 4: 0.5 }))] })
    const found = compared(crossing, 'miou')
    assert.deepEqual(found?.leads, [{ step: 2, run: 0 }, { step: 3, run: 1 }])
    assert.equal(found?.ahead, null)
  })

  it('takes_the_latest_validation_where_runs_validate_at_other_steps', () => {
    const uneven = readRuns({ runs: [run('a', points({ 50: 0.1, 150: 0.3, 300: 0.6 })),
      run('b', points({ 100: 0.2, 200: 0.4 }))] })
    assert.deepEqual(stepsOf(uneven, 'miou'), [100, 150, 200])
    assert.deepEqual(compared(uneven, 'miou', 200)?.dots, [{ step: 150, value: 0.3 }, { step: 200, value: 0.4 }])
    // A step beyond, or between, is the nearest that can be compared.
    assert.equal(compared(uneven, 'miou', 9999)?.step, 200)
    assert.equal(nearest([100, 150, 200], 126), 150)
  })

  it('compares_only_what_both_have', () => {
    assert.deepEqual(measuresOf(RUNS), ['miou', 'pixelAccuracy', 'valLoss'])
    assert.deepEqual(lineOf(RUNS[0], 'trainLoss'), [])
    assert.equal(compared(RUNS, 'trainLoss'), null)
  })
})
