/** www/lib/training-log/partings.js: where curves part ways, by a rule that noise doesn't pass for long; and what the panel makes of it. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { meanUntil, partingsOf, swings, usualChange } from '../../www/lib/training-log/partings.js'
import { cardOf, finestOf, readLog } from '../../www/lib/training-log.js'
import { curvesOf, guess } from '../../www/lib/training-log/series.js'
import { BEFORE, costOf, sumOf } from '../../www/elements/measure/curves/confidence.js'
import { EXAMPLE } from '../../www/elements/measure/curves/example.js'
import { areLogs } from '../../www/elements/measure/curves/slot.js'
import { graph, scripts } from '../doors/imports.js'
import { reachable } from '../doors/rules.js'

/** @typedef {import('../../www/lib/training-log/columns.js').Role} Role */

/** @param {Partial<Record<Role, readonly number[]>>} values one a step, from 1 */
function found(values) {
  const line = (/** @type {Role} */ role) => (values[role] ?? []).map((value, i) => ({ step: i + 1, value }))
  return partingsOf({
    trainLoss: line('trainLoss'), valLoss: line('valLoss'), pixelAccuracy: line('pixelAccuracy'),
      meanAccuracy: line('meanAccuracy'), miou: line('miou'),
  })
}

/** @param {ReturnType<typeof found>} told */
const places = ({ partings }) => partings.map(({ kind, from, to }) => [kind, from, to])

describe('a curve\'s usual change', () => {
  it('is_the_median_of_its_changes_without_those_of_zero', () => {
    assert.equal(usualChange([0, 1, 1, 1, 3, 0]), 2)
    assert.equal(usualChange([0, 1, 3]), 1.5)
    assert.equal(usualChange([5, 5, 5]), 0)
    assert.equal(usualChange([]), 0)
  })
})

describe('swings', () => {
  it('end_where_the_curve_came_back_by_more_than_is_usual', () => {
    assert.deepEqual(swings([5, 3, 3.5, 2, 2, 2.5, 4, 3.6, 6, 6], 1),
      [{ from: 0, to: 3, direction: -1 }, { from: 4, to: 8, direction: 1 }])
    assert.deepEqual(swings([1, 1, 2, 3], 0.5), [{ from: 1, to: 3, direction: 1 }])
    assert.deepEqual(swings([1, 1.4, 1, 1.4], 0.5), [])
    assert.deepEqual(swings([], 1), [])
  })
})

describe('partings', () => {
  it('are_the_longest_stretches_in_which_loss_and_miou_both_rise', () => {
    const told = found({ valLoss: [1, 0.8, 0.7, 0.75, 0.74, 0.82, 0.9, 0.8],
      miou: [0.2, 0.3, 0.4, 0.43, 0.45, 0.44, 0.5, 0.55] })
    assert.deepEqual(places(told), [['bothRise', 3, 7]])
    const [{ first, second }] = told.partings
    assert.deepEqual([first, second], [{ role: 'valLoss', from: 0.7, to: 0.9 }, { role: 'miou', from: 0.4, to: 0.5 }])
    assert.deepEqual([told.loss, told.score, told.validations, told.factor], ['valLoss', 'miou', 8, 1])
  })

  it('need_more_than_the_usual_change_of_both', () => {
    const miou = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45]
    // The loss rises by less than it usually changes, then by more.
    assert.deepEqual(places(found({ valLoss: [1, 0.9, 0.8, 0.89, 0.79, 0.69], miou })), [])
    assert.deepEqual(places(found({ valLoss: [1, 0.9, 0.8, 0.95, 0.85, 0.75],
      miou: [0.2, 0.25, 0.3, 0.36, 0.41, 0.46] })), [['bothRise', 3, 4]])
    // The same rise of the loss, but mIoU moves by less than it usually does.
    assert.deepEqual(places(found({ valLoss: [1, 0.9, 0.8, 0.95, 0.85, 0.75],
      miou: [0.2, 0.25, 0.3, 0.31, 0.36, 0.41] })), [])
  })

  it('of_other_kinds_are_told_apart', () => {
    assert.deepEqual(places(found({ valLoss: [1, 0.9, 0.8, 0.65, 0.55], miou: [0.2, 0.3, 0.4, 0.25, 0.35] })),
      [['bothFall', 3, 4]])
    assert.deepEqual(places(found({ pixelAccuracy: [0.5, 0.6, 0.75, 0.85], miou: [0.5, 0.6, 0.45, 0.55] })),
      [['accuracyRises', 2, 3]])
    assert.deepEqual(places(found({ trainLoss: [1, 0.8, 0.6, 0.3], valLoss: [1, 0.8, 0.9, 1.2] })),
      [['overfits', 2, 4]])
    assert.deepEqual(places(found({ valLoss: [1, 0.9, 0.8], miou: [0.2, 0.3, 0.4] })), [])
    assert.deepEqual(places(found({})), [])
  })

  it('name_the_weights_that_one_would_keep_by_loss_and_by_miou', () => {
    const { best } = found({ valLoss: [1, 0.7, 0.8, 0.9], miou: [0.2, 0.4, 0.45, 0.44] })
    assert.deepEqual(best, { lowest: { step: 2, loss: 0.7, score: 0.4 }, highest: { step: 3, loss: 0.8, score: 0.45 } })
    assert.equal(found({ valLoss: [1], miou: [0.2] }).best, null)
  })

  it('use_an_accuracy_without_miou_and_the_training_loss_without_another', () => {
    const told = found({ trainLoss: [1, 0.8, 0.9, 1.2], pixelAccuracy: [0.5, 0.6, 0.7, 0.8] })
    assert.deepEqual([told.loss, told.score, places(told)], ['trainLoss', 'pixelAccuracy', [['bothRise', 2, 4]]])
    const many = [1, 2, 3, 4, 5, 6].map(step => ({ step, value: step }))
    assert.deepEqual(meanUntil(many, [{ step: 2, value: 0 }, { step: 5, value: 0 }, { step: 5.5, value: 0 },
      { step: 9, value: 0 }]), [{ step: 2, value: 1.5 }, { step: 5, value: 4 }, { step: 9, value: 6 }])
  })

  it('compare_only_where_both_have_a_value', () => {
    const dots = (/** @type {[number, number][]} */ ...all) => all.map(([step, value]) => ({ step, value }))
    const none = { trainLoss: [], pixelAccuracy: [], meanAccuracy: [] }
    const told = partingsOf({ ...none, valLoss: dots([1, 1], [2, 5], [3, 0.8], [5, 0.9], [7, 1.1]),
      miou: dots([1, 0.2], [3, 0.3], [4, 0.9], [5, 0.4], [7, 0.55]) })
    assert.deepEqual([told.validations, places(told)], [4, [['bothRise', 3, 7]]])
    assert.deepEqual(partingsOf({ ...none, valLoss: dots([1, 1], [2, 1]), miou: dots([3, 0.2], [4, 0.3]) }).validations,
      0)
  })

  it('are_few_in_noise_and_whole_in_a_long_noisy_run', () => {
    let state = 7
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5
    let [inNoise, naive, pieces, covered] = [0, 0, 0, 0]
    for (let run = 0; run < 50; run++) {
      const steps = Array.from({ length: 60 }, (_, i) => i / 60)
      // A training that goes well: loss falls and mIoU rises, with noise of a tenth of the way.
      const valLoss = steps.map(x => 0.4 + 0.8 * Math.exp(-4 * x) + 0.08 * random())
      const miou = steps.map(x => 0.6 - 0.4 * Math.exp(-4 * x) + 0.04 * random())
      inNoise += found({ valLoss, miou }).partings.length
      naive += steps.filter((_, i) => i > 0 && valLoss[i] > valLoss[i - 1] && miou[i] > miou[i - 1]).length
      const { partings } = found({
        valLoss: steps.map(x => 0.4 + 0.8 * Math.exp(-8 * x) + Math.max(0, x - 0.4) * 0.6 + 0.04 * random()),
          miou: steps.map(x => 0.4 + 0.2 * x + 0.02 * random()) })
      pieces += partings.length
      covered += partings.reduce((sum, { from, to }) => sum + to - from, 0) / 36
    }
    // Step by step it would be a dozen a run.
    assert.ok(inNoise / 50 < 1 && naive / 50 > 10, `${inNoise / 50} ${naive / 50}`)
    assert.ok(pieces / 50 < 2.5, `${pieces / 50}`)
    assert.ok(covered / 50 > 0.75, `${covered / 50}`)
    assert.equal(found({ valLoss: Array(31).fill(0).map((_, i) => i % 2),
      miou: Array(31).fill(0).map((_, i) => i % 2) }).factor, 2)
  })

  it('of_the_shipped_everyday_model_are_none_beyond_what_is_usual', async () => {
    const card = cardOf(JSON.parse(await readFile(new URL('../../www/models/everyday/model.json', import.meta.url),
      'utf8')).curves, 'everyday')
    const told = partingsOf(curvesOf([card], { ...guess([card]), ...finestOf(card) }).lines)
    assert.deepEqual(places(told), [])
    assert.equal(told.best?.lowest.step, told.best?.highest.step)
  })

  it('of_the_example_are_the_ones_it_was_made_for', () => {
    const table = readLog(new TextEncoder().encode(EXAMPLE), 'example.csv')
    const told = partingsOf(curvesOf([table], guess([table])).lines)
    assert.deepEqual(places(told), [['bothRise', 8, 14], ['overfits', 8, 18], ['accuracyRises', 14, 18]])
  })
})

describe('the sum to try', () => {
  it('lets_the_loss_rise_while_the_accuracy_rises', () => {
    const [before, now] = [sumOf(BEFORE), sumOf({ wrong: 0.1, p: 0.01 })]
    assert.ok(now.accuracy > before.accuracy && now.loss > before.loss)
    assert.ok(Math.abs(before.loss - (0.2 * -Math.log(0.3) + 0.8 * -Math.log(0.9))) < 1e-12)
    assert.equal(Math.round(costOf(0.001) / costOf(0.5)), 10)
  })
})

describe('the panel', () => {
  const files = scripts()

  it('is_fetched_by_one_line_and_the_charts_library_with_it_alone', () => {
    const panel = 'elements/measure/curves/panel.js'
    const isPlot = (/** @type {string} */ file) => file === 'vendor/plot.js'
    assert.deepEqual(reachable(files, 'elements/fcn-measure.js', panel).filter(isPlot), [])
    assert.deepEqual(reachable(files, 'elements/fcn-measure.js').filter(isPlot), ['vendor/plot.js'])
    assert.deepEqual(graph(files).filter(({ to, kind }) => to === panel && kind !== 'type').map(({ from, kind }) =>
      [from, kind]), [['elements/measure/curves/slot.js', 'later']])
  })

  it('needs_no_engine', () => {
    assert.deepEqual(reachable(files, 'elements/measure/curves/panel.js').filter(file =>
      /^pkg\/|^engine\/(?!formats\/)|session/.test(file)), [])
  })

  it('takes_from_the_other_panels_only_what_can_be_nothing_else', () => {
    const named = (/** @type {string[]} */ ...names) => areLogs(names.map(name => new File([], name)))
    assert.ok(named('log.csv') && named('a.TSV', 'b.log') && named('scalars.jsonl'))
    // A JSON may be polygons, a model or a list of classes.
    assert.ok(!named('a.json') && !named('a.csv', 'b.png') && !named('a.png') && !named())
  })
})
