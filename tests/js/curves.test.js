/** What training curves and a model card say, read off numbers that anybody may have written. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { learned, rankCorrelation, readCurves, risesTogether } from '../../www/lib/curves.js'
import { parseManifest } from '../../www/engine/formats/manifest.js'
import { classShares, readCard } from '../../www/elements/model-card/card.js'

/** @param {number} step @param {number} loss @param {number} miou @param {Record<string, number | null>} [iou] */
const entry = (step, loss, miou, iou = {}) =>
  ({ step, train_loss: 1, val_loss: loss, fcn8s: { pixel_accuracy: 0.5, miou }, iou })

describe('training curves', () => {
  it('are_read_by_step_and_without_what_is_no_validation', () => {
    const points = readCurves([entry(20, 1, 0.2), null, 'x', { step: 'NaN' },
      entry(10, 2, 0.1, { sky: 0.5, water: null }), { ...entry(30, 1, 1), fcn8s: 7, train_loss: null }])
    assert.deepEqual(points.map(({ step }) => step), [10, 20, 30])
    assert.deepEqual(points[0], { step: 10, trainLoss: 1, valLoss: 2,
      heads: { fcn8s: { pixelAccuracy: 0.5, miou: 0.1 } }, iou: { sky: 0.5, water: null } })
    assert.deepEqual(points[2].heads, {})
    assert.equal(points[2].trainLoss, null)
    for (const nonsense of [undefined, null, {}, 'curves', 5]) assert.deepEqual(readCurves(nonsense), [])
  })

  it('the_first_runs_log_has_a_rise_of_loss_and_miou_together', async () => {
    // The first model's log: after its second epoch both were higher.
    const points = readCurves([entry(11840, 1.2856, 0.2376), entry(16832, 1.344, 0.2669),
      entry(19712, 1.2025, 0.2576), entry(30880, 0.9199, 0.3797), entry(50240, 0.9734, 0.4082)])
    const rise = risesTogether(points, 'fcn8s')
    assert.deepEqual([rise?.from.step, rise?.to.step], [16832 - 4992, 16832])
    assert.equal(risesTogether(points.slice(1, 4), 'fcn8s'), null)
    assert.equal(risesTogether(points, 'fcn32s'), null)
    assert.equal(risesTogether([], 'fcn8s'), null)
  })

  it('a_class_counts_as_learned_from_where_it_stays', () => {
    const points = readCurves([
      entry(1, 1, 0, { sky: 0.9, bird: 0, road: 0.5, car: 0 }),
        entry(2, 1, 0, { sky: 0.2, bird: 0, road: 0.8, car: 0 }),
      entry(3, 1, 0, { sky: 0.9, bird: 0.1, road: 0.82, car: 0 }),
        entry(4, 1, 0, { sky: 0.9, bird: 0.4, road: 0.8, car: 0 }),
    ])
    assert.deepEqual(learned(points).map(({ name, step }) => [name, step]), [['road', 2], ['sky', 3], ['bird', 4]])
    assert.deepEqual(learned([]), [])
  })

  it('ranks_correlate_as_spearmans_do', () => {
    assert.equal(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 400]), 1)
    assert.equal(rankCorrelation([1, 2, 3], [3, 2, 1]), -1)
    // scipy.stats.spearmanr([1, 2, 2, 4, 5], [2, 1, 3, 3, 5]) = 0.76315789…
    assert.ok(Math.abs((rankCorrelation([1, 2, 2, 4, 5], [2, 1, 3, 3, 5]) ?? 0) - 0.763157894736842) < 1e-12)
    assert.equal(rankCorrelation([1, 1, 1], [1, 2, 3]), null)
    assert.equal(rankCorrelation([1, 2], [1, 2]), null)
  })
})

const HOSTILE = {
  title: { en: 5, ko: null }, description: ['x'], license: 'mine',
    data: [{ name: 'A', terms: 7 }, null, 'B', { terms: 'no name' }],
  metrics: { note: 3, val: { fcn8s: { miou: 'high' } },
    test: { photos: -0.5, fcn8s: { miou: 0.5, pixel_accuracy: 'x', iou: { CLASS_0: 'a', CLASS_1: 0.25 },
      confusion: [[1, 2], [3]] } } },
  curves: { step: 1 }, knownFailures: [{ en: 'elsewhere', picture: 'https://evil.example/track.png' },
    { en: 'script', picture: 'javascript:alert(1)' }, { en: 'data', picture: 'data:image/svg+xml,x' },
      { picture: 'a.jpg' }, { en: 'beside', ko: '옆', picture: 'failures/a.jpg', alt: { en: 'a cat' } }],
  neverSeen: ['snow', { en: 'boats', ko: '배' }, 5], teacher: 'none', recipe: [],
}

describe('a model card', () => {
  const url = 'https://lab.example/models/everyday/model.json'

  it('of_own_weights_has_no_address_and_says_that_nothing_is_told', () => {
    const manifest = /** @type {import('../../www/engine/protocol.js').Manifest} */ (/** @type {unknown} */ ({
      format: 1, name: 'mine', architecture: 'fcn-resnet50', config: { variants: ['out'], width: 64 },
        classes: [{ id: 0, name: 'a', color: '#000000' }], files: [],
      knownFailures: [{ en: 'seen', picture: 'a.jpg' }],
    }))
    const card = readCard(manifest, null, 'en')
    assert.deepEqual([card.weights, card.isUntold, card.net],
      [null, true, { architecture: 'fcn-resnet50', width: 64, depth: null, fc6: null, fc: null, longSide: null }])
    assert.deepEqual(card.training, { stages: [], step: null, minutes: null, rate: null, decay: null, longSide: null })
    assert.equal(card.failures[0].picture, null)
    assert.equal(readCard({ ...manifest, data: [{ name: 'A', terms: 'free' }] }, null, 'en').isUntold, false)
  })

  it('of_the_shipped_model_names_its_data_and_terms', async () => {
    const manifest = parseManifest(await readFile(new URL('../../www/models/everyday/model.json', import.meta.url)))
    for (const language of /** @type {const} */ (['en', 'ko'])) {
      const card = readCard(manifest, url, language)
      assert.ok(card.title && card.description && card.terms && card.provenance)
      assert.ok(card.data.length >= 6 && card.data.every(({ terms }) => terms))
      assert.equal(card.weights?.url, 'https://lab.example/models/everyday/weights.safetensors')
      assert.equal(card.isUntold, false)
      assert.deepEqual(card.net, { architecture: 'fcn-efficientnet-lite', width: 1.1, depth: 1.2,
        fc6: 3, fc: 256, longSide: 384 })
      assert.deepEqual(card.splits.map(({ name, heads }) => [name, heads.map(({ head }) => head)]),
        [['val', ['fcn32s', 'fcn16s', 'fcn8s']], ['test', ['fcn32s', 'fcn16s', 'fcn8s']]])
    }
  })

  it('leaves_out_what_is_malformed_and_fetches_nothing_from_elsewhere', async () => {
    const shipped = JSON.parse(await readFile(new URL('../../www/models/everyday/model.json', import.meta.url), 'utf8'))
    const classes = shipped.classes.slice(0, 2)
    const hostile = JSON.stringify({ ...shipped, ...HOSTILE, classes, provenance: 5 }).replace('CLASS_0',
      classes[0].name).replace('CLASS_1', classes[1].name)
    const manifest = parseManifest(new TextEncoder().encode(hostile))
    const card = readCard(manifest, url, 'en')
    assert.equal(card.title, 'everyday')
    assert.equal(card.description, '')
    assert.deepEqual(card.data, [{ name: 'A', terms: '' }])
    assert.deepEqual(card.curves, [])
    assert.deepEqual(card.splits.map(({ name }) => name), ['test'])
    assert.equal(card.splits[0].heads[0].confusion, null)
    assert.deepEqual(card.splits[0].heads[0].iou, { [classes[0].name]: null, [classes[1].name]: 0.25 })
    assert.deepEqual(card.failures.map(({ text, picture }) => [text, picture]), [
      ['elsewhere', null], ['script', null], ['data', null],
        ['beside', 'https://lab.example/models/everyday/failures/a.jpg'],
    ])
    assert.deepEqual(card.neverSeen, ['snow', 'boats'])
    assert.deepEqual(classShares(card.splits[0], manifest.classes), [])
  })
})
