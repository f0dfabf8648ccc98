/** www/elements/measure/photo: a truth's classes as a model's, by name, by ids and by hand. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classMap, mapped } from '../../www/elements/measure/photo/class-map.js'
import { paintedTruth, reread, scored, truthFrom, unclear } from '../../www/elements/measure/photo/truth.js'
import { scoreOf } from '../../www/elements/measure/score.js'

const MODEL = [
  { id: 0, name: 'other' }, { id: 1, name: 'animal', includes: ['cat', 'dog', 'farm animal'] },
    { id: 2, name: 'Road', includes: 7 },
]

describe('classes of a truth', () => {
  it('are_a_models_by_name_or_by_what_its_classes_are_made_of', () => {
    assert.deepEqual(classMap(['road', 'CAT', 'farm_animal', 'other', 'sofa'], MODEL), [2, 1, 1, 0, null])
  })

  it('are_a_kind_of_something_but_background_is_nothing_in_particular', () => {
    const model = [...MODEL, { id: 3, name: 'vehicle' }, { id: 4, name: 'rest', includes: ['background'] }]
    assert.deepEqual(classMap(['cow', 'bus', 'potted plant', 'background'], model), [1, 3, null, null])
    assert.deepEqual(classMap(['background'], [{ id: 7, name: 'background' }]), [7])
  })

  it('are_left_out_where_the_model_has_none_and_so_is_void', () => {
    const { values, left } = mapped(Uint8Array.of(0, 1, 2, 255, 9), [2, null, 1])
    assert.deepEqual([[...values], left], [[2, 255, 1, 255, 255], 2])
  })
})

describe('a truth', () => {
  const classes = MODEL.map(({ id, name }) => ({ id, name, color: '#000000' }))
  const runner = /** @type {any} */ ({ run: async (/** @type {string} */ _, /** @type {any} */ given) =>
    scoreOf(given) })
  const results = (/** @type {number[]} */ labels) =>
    /** @type {any} */ ([{ variant: 'fcn8s', width: labels.length, height: 1, classes, labels: Uint8Array.from(labels) }])
  const plain = (/** @type {number[]} */ values) => truthFrom(
    { width: values.length, height: 1, kind: 'grey', readings: [{ values: Uint8Array.from(values), palette: null }] },
      'truth.png')

  it('of_plain_ids_is_the_models_unless_it_cannot_be_and_then_asks', async () => {
    const found = await scored(results([0, 1, 2, 2]), plain([0, 1, 1, 255]), runner)
    assert.deepEqual([found?.scores[0].metrics.pixelAccuracy, found?.left], [2 / 3, 0])
    assert.deepEqual(unclear(plain([0, 9, 4]), classes), { kind: 'ids', value: 9, classes: 3 })
    assert.equal(await scored(results([0, 1, 2]), plain([0, 9, 4]), runner), null)
  })

  it('may_have_the_ids_of_a_data_set', async () => {
    // VOC: 8 cat, 12 dog, 9 chair.
    const voc = reread(plain([0, 8, 12, 9, 255]), { ids: 'voc' })
    const found = await scored(results([0, 1, 0, 2, 2]), voc, runner)
    assert.deepEqual([[...found?.target ?? []], found?.missing, found?.left],
      [[255, 1, 1, 255, 255], ['background', 'chair'], 2])
    // ADE20K's files count from 1: 127 is animal, 7 road; 0 isn't labelled.
    const ade = reread(plain([0, 127, 7, 255]), { ids: 'ade20k_from_1' })
    assert.deepEqual([...(await scored(results([0, 1, 2, 2]), ade, runner))?.target ?? []], [255, 1, 2, 255])
    assert.deepEqual([...reread(ade, { ids: 'model' }).values], [0, 127, 7, 255])
  })

  it('may_be_mapped_by_hand_which_another_list_of_ids_ends', async () => {
    const voc = reread(plain([0, 8, 9]), { ids: 'voc' })
    const byHand = { ...voc, byHand: new Map([[9, 2], [8, null]]) }
    const found = await scored(results([0, 1, 2]), byHand, runner)
    assert.deepEqual([[...found?.target ?? []], found?.classes.map(({ id, isByHand }) => [id, isByHand])],
      [[255, 255, 2], [[null, false], [null, true], [2, true]]])
    assert.equal(reread(byHand, { ids: 'camvid' }).byHand.size, 0)
  })

  it('may_have_another_value_for_what_is_not_labelled_or_none', async () => {
    const zero = reread(plain([0, 1, 2, 255]), { unlabelled: 0 })
    assert.deepEqual([...(await scored(results([0, 1, 1, 2]), zero, runner))?.target ?? []], [255, 1, 2, 255])
    // A list of ids that comes afterwards leaves that, and a value of the file's is meant, not one that was made of it.
    assert.deepEqual([...reread(zero, { ids: 'ade20k_from_1' }).values], [255, 0, 1, 255])
    assert.deepEqual([...reread(reread(plain([1, 2]), { ids: 'ade20k_from_1' }), { unlabelled: 0 }).values], [0, 1])
    assert.deepEqual([...reread(zero, { unlabelled: 255 }).values], [0, 1, 2, 255])
    assert.deepEqual(unclear(reread(plain([0, 1, 255]), { unlabelled: null }), classes),
      { kind: 'ids', value: 255, classes: 3 })
    // Of 0 and 255 alone it says what 255 is.
    assert.deepEqual([255, null, 0].map(unlabelled => reread(plain([0, 255]), { unlabelled }).two),
      ['', 'class', 'void'])
    assert.equal(unclear(reread(plain([0, 255]), { unlabelled: null }), classes), null)
    const mapped = { ...zero, byHand: new Map([[1, 2]]) }
    assert.deepEqual([reread(mapped, { unlabelled: 255 }).byHand.size, reread(mapped, { ids: 'voc' }).byHand.size],
      [1, 0])
    assert.equal(reread(paintedTruth(Uint8Array.of(0), { width: 1, height: 1 }, classes), { unlabelled: 0 }).values[0],
      0)
  })

  it('of_0_and_255_asks_but_a_painted_one_does_not', async () => {
    assert.deepEqual(unclear(plain([0, 255]), classes), { kind: 'two' })
    // Which of three classes 255 is a person says by hand; of two it is the second.
    const said = await scored(results([0, 1]), { ...plain([0, 255]), two: 'class' }, runner)
    assert.deepEqual([[...said?.target ?? []], said?.missing], [[255, 255], ['0', '255']])
    const byHand = new Map([[1, 2]])
    assert.deepEqual([...(await scored(results([0, 1]), { ...plain([0, 255]), two: 'class', byHand }, runner))?.target
      ?? []], [255, 2])
    const two = /** @type {any} */ ([{ ...results([0, 1])[0], classes: classes.slice(0, 2) }])
    assert.deepEqual([...(await scored(two, { ...plain([0, 255]), two: 'class' }, runner))?.target ?? []], [0, 1])
    assert.deepEqual([...(await scored(results([0, 1]), { ...plain([0, 255]), two: 'void' }, runner))?.target ?? []],
      [0, 255])
    assert.equal(unclear(paintedTruth(Uint8Array.of(0, 255), { width: 2, height: 1 }, classes), classes), null)
  })

  it('that_was_painted_keeps_its_classes_by_name_for_another_net', async () => {
    const painted = paintedTruth(Uint8Array.of(1, 2, 255), { width: 3, height: 1 }, classes)
    const other = /** @type {any} */ ([{ variant: 'out', width: 3, height: 1, labels: Uint8Array.of(5, 5, 5),
      classes: Array.from({ length: 6 },
        (_, id) => ({ id, name: id === 5 ? 'animal' : `x${id}`, color: '#000000' })) }])
    const found = await scored(other, painted, runner)
    assert.deepEqual([[...found?.target ?? []], found?.missing], [[5, 255, 255], ['Road']])
  })

  it('of_another_size_is_refused', async () => {
    await assert.rejects(scored(results([0, 1]), plain([0]), runner),
      { details: { kind: 'truth_size', truth: '1×1', photo: '2×1' } })
  })
})
