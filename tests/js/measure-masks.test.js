/** www/elements/measure: two masks, and a folder of masks, as programs write them, from the files to the numbers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Folder } from '../../www/elements/measure/folder/controller.js'
import { Masks } from '../../www/elements/measure/masks/controller.js'
import { TASKS } from '../../www/elements/measure/tasks.js'
import { PALETTES, vocColor } from '../../www/lib/palettes.js'
import { pngBytes } from '../files/png.js'

/** @typedef {readonly number[]} Rgb */

const VOC = Array.from({ length: 256 }, (_, id) => vocColor(id))
const [BLACK, WHITE, RED, BLUE] = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255]]
const [PERSON, CAT, EDGE] = [vocColor(15), vocColor(8), [224, 224, 192]]

/** @param {string} name @param {Uint8Array} bytes */
const file = (name, bytes) => new File([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)], name)
/** @param {readonly number[]} values @param {readonly Rgb[]} palette */
const indexed = (values, palette, name = 'i.png') =>
  file(name, pngBytes(values.length, [values], { type: 3, palette }))
/** @param {readonly Rgb[]} colors of the pixels */
const rgb = (colors, name = 'c.png') => file(name, pngBytes(colors.length, [colors.flat()], { type: 2 }))
/** @param {readonly number[]} values */
const grey = (values, name = 'g.png') => file(name, pngBytes(values.length, [values], { type: 0 }))
/** The grey values in three channels. @param {readonly number[]} values */
const wide = (values, name = 'w.png') => rgb(values.map(value => [value, value, value]), name)

const fail = (/** @type {{message: string} | null} */ failure) => { if (failure) throw new Error(failure.message) }
/** Does at once what the worker does. */
const runner = /** @type {import('../../www/elements/measure/runner.js').Runner} */ (/** @type {unknown} */ (
  { run: async (/** @type {'pair'} */ task, /** @type {import('../../www/elements/measure/tasks.js').Pair} */ input) =>
    await TASKS[task](input) }))
const masksOf = () => new Masks({ changed: () => {}, fail }, runner)

/** What two masks say. @param {File} truth @param {File} prediction @param {Parameters<Masks['take']>[1]} [how] */
async function two(truth, prediction, how) {
  const masks = masksOf()
  await masks.take({ truth, prediction }, how)
  const { misfit, asksTwo, asks, measured, isClass } = masks.state
  return { accuracy: masks.metrics?.pixelAccuracy, misfit: misfit?.key, details: misfit?.details, asksTwo, isClass,
    asks: asks.flatMap(({ which, ask }) => ask ? [which] : []), isMatched: measured?.isMatched,
    names: measured?.classes.map(({ name }) => name), masks }
}

/**
 * What a folder says of pairs.
 * @param {readonly (readonly File[])[]} pairs a truth and a prediction each
 * @param {(folder: Folder) => void} [set]
 */
async function folder(pairs, set = () => {}) {
  /** @type {{truth: File, prediction: File, how: Parameters<Masks['take']>[1]}[]} */
  const opened = []
  const host = /** @type {ConstructorParameters<typeof Folder>[0]} */ (/** @type {unknown} */ (
    { requestUpdate: () => {} }))
  const all = new Folder(host, runner,
    { pair: (truth, prediction, how) => opened.push({ truth, prediction, how }), photo: () => {} })
  // Files of one name, size and time would be one file.
  const named = (/** @type {File} */ given, /** @type {number} */ i, /** @type {number} */ lastModified) =>
    new File([given], given.name.includes('_') ? given.name : `${i}.png`, { lastModified })
  all.actions.choose('truths', pairs.map(([truth], i) => named(truth, i, 1)))
  all.actions.choose('predictions', pairs.map(([, prediction], i) => named(prediction, i, 2)))
  set(all)
  all.actions.start()
  for (let waited = 0; !done(all) && waited < 500; waited++) await new Promise(resolve => setTimeout(resolve, 10))
  const { run, matched } = all.state
  return { all, opened, matched, rows: run?.rows ?? [], asksTwo: run?.asksTwo, isClass: run?.isClass,
    accuracy: all.metrics?.pixelAccuracy, confusion: all.metrics?.confusion, iou: all.metrics?.iou,
    problems: run?.rows.map(({ problem }) => problem?.kind ?? '') }
}
/** @param {Folder} all */
const done = all => all.state.run?.isDone && !all.state.run.isRunning

describe('two palettes', () => {
  it('of_the_same_colours_in_another_order_are_matched_by_colour_and_it_is_said', async () => {
    const truth = indexed([0, 0, 15, 15, 8, 255], VOC)
    const found = await two(truth, indexed([0, 0, 1, 1, 2, 3], [BLACK, PERSON, CAT, EDGE]))
    assert.deepEqual([found.accuracy, found.isMatched, found.names?.[15]], [1, true, 'person'])
    // The class is in the truth's palette, not in the truth.
    const wrong = await two(indexed([0, 15], VOC), indexed([0, 1], [BLACK, CAT]))
    assert.deepEqual([wrong.accuracy, wrong.masks.metrics?.confusion[15 * 21 + 8]], [0.5, 1])
    // Neither is a data set's.
    const adaptive = await two(indexed([0, 1, 2, 2], [RED, BLACK, BLUE]), indexed([2, 0, 1, 1], [BLACK, BLUE, RED]))
    assert.deepEqual([adaptive.accuracy, adaptive.isMatched], [1, true])
    // A truth in colours.
    assert.equal((await two(rgb([BLACK, PERSON, CAT]), indexed([0, 1, 2], [BLACK, PERSON, CAT]))).accuracy, 1)
  })

  it('leave_ids_alone_where_no_colour_has_another_number_or_a_palette_is_grey', async () => {
    const ramp = Array.from({ length: 256 }, (_, value) => [value, value, value])
    const truth = indexed([0, 1, 1, 7], VOC)
    for (const palette of [[BLACK, RED, RED, RED, RED, RED, RED, BLUE], ramp, VOC]) {
      const found = await two(truth, indexed([0, 1, 1, 7], palette))
      assert.deepEqual([found.accuracy, found.isMatched], [1, false])
    }
    assert.equal((await two(grey([0, 1, 2]), indexed([0, 1, 2], [RED, BLACK, BLUE]))).accuracy, 1)
    assert.equal((await two(indexed([0, 1, 2], [RED, BLACK, BLUE]), grey([0, 1, 2]))).accuracy, 1)
    // One colour in common by chance, in palettes of different data sets.
    const chance = await two(indexed([0, 1, 2, 2], VOC), indexed([0, 1, 2, 2], [VOC[9], [1, 2, 3], [4, 5, 6]]))
    assert.deepEqual([chance.accuracy, chance.isMatched], [1, false])
    // Black fills what a palette's bits leave over.
    const found = await two(indexed([0, 1, 2], [[68, 1, 84], [33, 145, 140], [253, 231, 37], BLACK]),
      indexed([0, 1, 2], [BLACK, RED, BLUE, BLACK]))
    assert.deepEqual([found.accuracy, found.isMatched], [1, false])
  })

  it('are_refused_where_a_colour_is_not_in_the_truths_or_in_it_twice', async () => {
    const strange = await two(indexed([0, 1, 2], [BLACK, RED, BLUE]), indexed([0, 1, 2], [RED, BLACK, [1, 2, 3]]))
    assert.deepEqual([strange.accuracy, strange.misfit, strange.details?.['color']],
      [undefined, 'error.pair_colour', '#010203'])
    const twice = await two(indexed([0, 1, 2], [RED, BLACK, RED]), indexed([1, 0, 1], [BLACK, RED]))
    assert.deepEqual([twice.accuracy, twice.misfit, twice.details?.['color']],
      [undefined, 'error.pair_colour_twice', '#ff0000'])
    // A slot that isn't used, and one of the same number, are no second class.
    assert.equal((await two(indexed([1, 0, 1], [BLACK, RED, BLUE, RED]), indexed([0, 1, 0], [RED, BLACK]))).accuracy, 1)
    assert.equal((await two(indexed([0, 1, 2, 3], [RED, BLACK, RED, BLUE]),
      indexed([0, 3, 2, 1], [RED, BLUE, RED, BLACK]))).accuracy, 1)
    // Two classes of the prediction have one colour.
    assert.equal((await two(indexed([0, 1, 1], [BLACK, RED]), indexed([1, 0, 2], [RED, BLACK, RED]))).misfit,
      'error.pair_colour_twice')
    const [problem] = (await folder([[indexed([0, 1, 2], [BLACK, RED, BLUE]),
      indexed([0, 1, 2], [RED, BLACK, [1, 2, 3]])]])).problems ?? []
    assert.equal(problem, 'pair_colour')
  })

  it('of_a_folders_truths_are_put_in_one_order', async () => {
    // Background black, things red and blue, in the order in which each picture has them.
    const found = await folder([
      [indexed([0, 1, 1], [BLACK, RED]), indexed([1, 0, 1], [RED, BLACK])],
      [indexed([0, 1, 2], [RED, BLUE, BLACK]), indexed([0, 1, 2], [RED, BLUE, BLACK])],
    ])
    assert.deepEqual([found.problems, found.accuracy, found.matched], [['', ''], 5 / 6, 2])
    assert.deepEqual(found.confusion, [2, 0, 0, 1, 2, 0, 0, 0, 1])
    const apart = await folder([[BLACK, RED], [BLACK, BLUE]].map(palette =>
      [indexed([0, 1], palette), indexed([0, 1], palette)]))
    assert.deepEqual(apart.iou, [1, 1, 1])
  })

  it('are_the_truths_where_a_prediction_has_its_colours_without_ids', async () => {
    const [road, tree] = [[10, 20, 30], [30, 200, 40]]
    const truth = indexed([1, 2, 2, 0], [BLACK, road, tree])
    const prediction = rgb([road, tree, road, BLACK])
    const found = await two(truth, prediction)
    assert.deepEqual([found.accuracy, found.asks, found.isMatched], [0.75, [], true])
    assert.equal((await folder([[truth, prediction]])).accuracy, 0.75)
    // VOC's colours by other numbers are the truth's, too.
    assert.equal((await two(indexed([0, 1], [BLACK, CAT]), rgb([BLACK, CAT]))).accuracy, 1)
    // The prediction came first, and was asked about.
    const masks = masksOf()
    await masks.take({ prediction })
    await masks.take({ truth })
    assert.equal(masks.metrics?.pixelAccuracy, 0.75)
    // Each colour of the truth is a class: the prediction's answer is its own.
    const asked = masksOf()
    await asked.take({ truth: rgb([road, tree]), prediction: rgb([road, RED]) })
    asked.actions.setColours('truth', 'own')
    await new Promise(resolve => setTimeout(resolve, 50))
    assert.deepEqual(asked.state.asks.map(({ ask }) => ask !== null), [false, true])
    const strange = await two(truth, rgb([road, tree, road, RED]))
    assert.deepEqual([strange.accuracy, strange.asks], [undefined, ['prediction']])
  })
})

describe('a grey picture in three channels', () => {
  it('is_ids_in_two_masks_and_in_a_folder', async () => {
    const ids = await two(wide([0, 1, 7, 255]), wide([0, 1, 1, 3]))
    assert.deepEqual([ids.accuracy, ids.asks], [2 / 3, []])
    assert.equal((await two(wide([0, 255, 255]), wide([0, 255, 0]))).asksTwo, true)
    assert.equal((await two(wide([0, 255]), wide([0, 255]), { two: 'class' })).accuracy, 1)
    assert.equal((await folder([[wide([0, 1, 2]), grey([0, 1, 1])]])).accuracy, 2 / 3)
  })

  it('is_colours_where_the_other_map_or_the_folder_is_coloured', async () => {
    // A car is grey in VOC's colours, as is CamVid's sky.
    const found = await two(wide([0, 128, 128]), rgb([BLACK, [128, 128, 128], PERSON]))
    assert.equal(found.misfit, 'error.pair_palette')
    const whole = await folder([[rgb(PALETTES[0].classes.map(({ id }) => vocColor(id))),
      rgb(PALETTES[0].classes.map(({ id }) => vocColor(id)))], [wide([0, 128]), rgb([BLACK, PERSON])]])
    assert.deepEqual([whole.problems, whole.accuracy, whole.confusion?.[7 * 21 + 15]], [['', ''], 22 / 23, 1])
  })
})

describe('a folder', () => {
  it('opens_a_picture_as_its_row_was_counted', async () => {
    const truth = grey([7, 8, 1, 26], 'ulm_0_gtFine_labelIds.png')
    const { all, opened, rows } = await folder([[truth, grey([0, 1, 5, 0], 'ulm_0.png')]],
      all => all.actions.setDecoded(true))
    assert.equal(rows[0].metrics?.pixelAccuracy, 2 / 3)
    all.actions.show(rows[0].name)
    const [{ truth: first, prediction, how }] = opened
    const found = await two(first, prediction, how)
    assert.deepEqual([found.accuracy, found.names?.[13]], [2 / 3, 'car'])
  })

  it('reads_colours_of_several_data_sets_by_the_one_that_another_pair_is_of', async () => {
    const whole = PALETTES[0].classes.map(({ id }) => vocColor(id))
    const few = [BLACK, PERSON]
    for (const pairs of [[few, whole], [whole, few]]) {
      const found = await folder(pairs.map(colors => [rgb(colors), rgb([...colors].fill(BLACK, -1))]))
      assert.deepEqual([found.problems, found.accuracy], [['', ''], 21 / 23])
      found.all.actions.show(String(pairs.indexOf(few)))
      const [{ truth, prediction, how }] = found.opened
      assert.equal((await two(truth, prediction, how)).accuracy, 0.5)
    }
    assert.deepEqual((await folder([[rgb(few), rgb(few)]])).problems, ['pair_palette'])
    const streets = PALETTES[1].classes.map(({ color }) => [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16)))
    assert.deepEqual((await folder([[rgb(few), rgb(few)], [rgb(streets), rgb(streets)]])).problems, ['pair_other', ''])
  })
})

describe('pictures of a data set', () => {
  it('are_the_same_whichever_of_them_comes_first', async () => {
    const [grey, cat] = [[128, 128, 128], vocColor(8)]
    const pairs = [[rgb([BLACK, grey]), rgb([BLACK, BLACK])], [rgb([BLACK, grey, cat]), rgb([BLACK, grey, cat])]]
    const [one, other] = [await folder(pairs), await folder([...pairs].reverse())]
    assert.deepEqual([one.problems, one.confusion, one.iou], [other.problems, other.confusion, other.iou])
    assert.equal(one.accuracy, 0.8)
  })

  it('of_two_data_sets_are_not_matched_by_a_colour_that_both_have', async () => {
    const shared = [128, 0, 0]
    const camvid = PALETTES.find(({ name }) => name === 'camvid')?.classes.map(({ color }) =>
      [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16))) ?? []
    assert.ok(camvid.some(color => String(color) === String(shared)))
    const found = await two(rgb([BLACK, shared, vocColor(8), vocColor(8)]), rgb(camvid.slice(0, 4)))
    assert.equal(found.misfit, 'error.pair_palettes')
  })
})

describe('one of two masks that is replaced', () => {
  it('is_read_as_the_other_one_is', async () => {
    const ids = (/** @type {number[]} */ values, /** @type {string} */ name) => grey(values, `${name}_labelIds.png`)
    const codings = /** @type {const} */ ({ truth: 'labelIds', prediction: 'labelIds' })
    const { masks } = await two(ids([7, 8, 11, 11], 'a'), ids([7, 7, 7, 7], 'b'), { codings })
    assert.equal(masks.metrics?.pixelAccuracy, 0.25)
    await masks.take({ prediction: ids([7, 8, 11, 11], 'c') })
    assert.equal(masks.metrics?.pixelAccuracy, 1)
    // Its name doesn't say what its values are: both are what they are.
    await masks.take({ prediction: grey([7, 8, 11, 0], 'd.png') })
    assert.equal(masks.metrics?.pixelAccuracy, 0.75)
  })

  it('has_its_colours_asked_about_once_no_palette_says_what_they_are', async () => {
    const { masks } = await two(indexed([0, 1], [[1, 2, 3], RED]), rgb([[1, 2, 3], RED]))
    assert.equal(masks.metrics?.pixelAccuracy, 1)
    await masks.take({ truth: grey([0, 1]) })
    assert.deepEqual(masks.state.asks.flatMap(({ which, ask }) => ask ? [which] : []), ['prediction'])
  })
})

describe('a map of 0 and 255', () => {
  it('is_not_asked_about_where_its_colours_say_what_it_is', async () => {
    const road = [128, 64, 128]
    const side = [244, 35, 232]
    const found = await two(rgb([road, road, BLACK]), rgb([road, side, road]))
    assert.deepEqual([found.asksTwo, found.accuracy], [false, 0.5])
    const all = await folder([[rgb([road, road, BLACK]), rgb([road, side, road])]])
    assert.deepEqual([all.asksTwo, all.accuracy], [false, 0.5])
    const ids = await folder([[grey([7, 7, 0], 'ulm_0_gtFine_labelIds.png'), grey([0, 1, 0], 'ulm_0.png')]],
      all => all.actions.setDecoded(true))
    assert.deepEqual([ids.asksTwo, ids.accuracy], [false, 0.5])
    assert.equal((await two(grey([0, 255]), grey([0, 1]))).asksTwo, true)
  })

  it('is_two_classes_as_a_prediction_beside_a_truth_of_0_and_1', async () => {
    const found = await two(grey([0, 1, 1, 0]), grey([0, 255, 0, 0]))
    assert.deepEqual([found.accuracy, found.isClass, found.asksTwo], [0.75, true, false])
    const all = await folder([[grey([0, 1, 1, 0]), grey([0, 255, 0, 0])], [grey([0, 0]), grey([0, 255])]])
    assert.deepEqual([all.problems, all.accuracy, all.isClass], [['', ''], 4 / 6, true])
    // The border of a truth of two classes may be open; of 0 and 255 alone nobody knows what 255 is.
    assert.equal((await two(grey([0, 1, 255, 1]), grey([0, 255, 255, 0]))).accuracy, 2 / 3)
    // Of three classes it is none.
    assert.equal((await two(grey([0, 1, 2, 0]), grey([0, 255, 0, 0]))).misfit, 'masks.stray.prediction')
    assert.equal((await two(grey([0, 1]), grey([0, 254]))).isClass, false)
  })
})

describe('what is not labelled', () => {
  it('may_be_any_value_that_the_truth_has', async () => {
    const { masks } = await two(grey([0, 1, 7, 7]), grey([0, 0, 1, 1]))
    assert.deepEqual(masks.state.values, [0, 1, 7])
    masks.actions.setVoid('7')
    await new Promise(resolve => setTimeout(resolve, 50))
    assert.deepEqual([masks.metrics?.pixelAccuracy, masks.metrics?.void, masks.values['void']], [0.5, 2, '7'])
    masks.values = { void: '9x' }
    assert.equal(masks.values['void'], '255')
    masks.values = { void: '11' }
    assert.equal(masks.values['void'], '11')
  })
})
