/** www/elements/measure/folder with a net: a mask held against its truth, what is kept of a run, what is taken away. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countOf, mappedTruth, paletteIn } from '../../www/elements/measure/folder/count.js'
import { countsOf, doneFrom, matrixOf } from '../../www/elements/measure/folder/done.js'
import { segmentAll } from '../../www/elements/common/photo/series.js'
import { NetTally } from '../../www/elements/measure/folder/net-tally.js'
import { csvOf, jsonOf } from '../../www/elements/measure/folder/save.js'
import { namesIn } from '../../www/elements/common/files/zip.js'
import { FcnError } from '../../www/lib/errors.js'
import { vocColor } from '../../www/lib/palettes.js'
import { encodePng } from '../../www/lib/png.js'
import { makeZip } from '../../www/vendor/client-zip.js'
import { pngBytes } from '../files/png.js'
import { unzipped } from '../files/zip.js'

/** @typedef {import('../../www/elements/common/files/files.js').Entry} Entry */
/** @typedef {import('../../www/elements/measure/folder/done.js').Done} Done */

/** @param {string} path @returns {Entry} */
const entry = path => ({ file: new File([], path.split('/').at(-1) ?? ''), path })

const MODEL = [
  { id: 0, name: 'other', color: '#000000', includes: ['background'] }, { id: 1, name: 'person', color: '#ff0000' },
    { id: 2, name: 'animal', color: '#00ff00' },
]
const HOW = /** @type {const} */ ({ unlabelled: 255, palette: '', coding: '', ids: 'model', byHand: {} })

/** @param {number} width @param {number[]} values @param {(id: number) => readonly number[]} [color] */
async function png(width, values, color = vocColor) {
  const palette = Uint8Array.from(Array.from({ length: 256 }, (_, id) => color(id)).flat())
  return await encodePng({ width, height: values.length / width, palette,
    strip: (first, rows) => Uint8Array.from(values).subarray(first * width, (first + rows) * width) })
}
const grey = (/** @type {number} */ id) => [id, id, id]

describe('a mask held against its truth', () => {
  /** @param {Blob | null} truth @param {number[]} labels @param {object} [how] */
  const count = async (truth, labels, how = HOW) =>
    (await countOf({ labels: Uint8Array.from(labels), width: labels.length, height: 1,
      classes: MODEL, truth, how: /** @type {typeof HOW} */ (how) })).done

  it('counts_the_truths_classes_as_the_nets_and_tells_what_it_has_not_got', async () => {
    // Cow, person, bottle, not labelled, person.
    const done = await count(await png(5, [10, 15, 5, 255, 15]), [2, 1, 0, 0, 2])
    assert.deepEqual(done.counts, { cells: [4, 1, 5, 1, 8, 1], void: 2 })
    assert.deepEqual([done.missing, done.joined, done.problem, done.two], [[['bottle', 1]], [['cow', 2]], null, null])
  })

  it('takes_a_truth_of_one_value_alone_for_what_the_folders_others_are', async () => {
    const all = await png(2, [15, 15])
    assert.equal(await paletteIn(all), '')
    assert.equal((await count(all, [1, 1])).problem?.kind, 'pair_value')
    assert.deepEqual((await count(all, [1, 1], { ...HOW, palette: 'voc' })).counts, { cells: [4, 2], void: 0 })
    assert.equal(await paletteIn(await png(2, [0, 15])), 'voc')
  })

  it('reads_colours_of_several_data_sets_by_the_folders', async () => {
    const rgb = (/** @type {number[][]} */ colors) => new Blob([pngBytes(colors.length, [colors.flat()], { type: 2 })])
    const both = rgb([vocColor(0), vocColor(15)])
    assert.equal((await count(both, [0, 1])).problem?.kind, 'pair_palette')
    assert.deepEqual((await count(both, [0, 1], { ...HOW, palette: 'voc' })).counts, { cells: [4, 1], void: 1 })
    // CamVid's sky is grey; alone with black its values could be ids.
    const sky = rgb([vocColor(0), [128, 128, 128]])
    assert.deepEqual((await count(sky, [0, 1], { ...HOW, palette: 'camvid' })).missing, [['sky', 1]])
  })

  it('has_no_counts_where_sizes_differ_or_a_value_is_no_class_and_says_so', async () => {
    const small = await count(await png(1, [1], grey), [1, 1])
    assert.deepEqual([small.counts, small.problem],
      [null, { kind: 'truth_size', details: { kind: 'truth_size', truth: '1×1', photo: '2×1' } }])
    const stray = await count(await png(2, [1, 7], grey), [1, 1])
    assert.deepEqual([stray.problem?.kind, stray.problem?.details['value']], ['pair_value', 7])
    assert.equal((await count(new Blob(['no']), [1])).problem?.kind, 'not_png')
  })

  it('counts_a_truth_of_0_and_255_both_ways', async () => {
    const done = await count(await png(3, [0, 255, 255], grey), [0, 1, 0])
    // Which of three classes 255 is, and 0, a person has to say; of two it is the second.
    assert.deepEqual([done.counts, done.two, done.hasVoid], [{ cells: [0, 1], void: 2 }, { cells: [], void: 3 }, true])
    const how = { ...HOW, byHand: { 0: 2, 255: 1 } }
    assert.deepEqual((await count(await png(3, [0, 255, 255], grey), [0, 1, 0], how)).two,
      { cells: [3, 1, 4, 1, 6, 1], void: 0 })
    const { values } = await mappedTruth({ truth: await png(3, [0, 255, 255], grey), classes: MODEL.slice(0, 2),
      how: HOW, isTwo: true })
    assert.deepEqual([...values], [0, 1, 1])
  })

  it('reads_cityscapes_label_ids_as_classes_and_zero_as_void_where_that_is_said', async () => {
    // Person is 24, car 26, the car's own bonnet 1.
    const done = await count(await png(3, [24, 26, 1], grey), [1, 1, 1], { ...HOW, coding: 'labelIds' })
    assert.deepEqual([done.counts, done.missing], [{ cells: [4, 1], void: 2 }, [['car', 1]]])
    assert.deepEqual((await count(await png(2, [0, 2], grey), [2, 2], { ...HOW, unlabelled: 0 })).counts,
      { cells: [8, 1], void: 1 })
  })

  it('takes_plain_values_for_the_ids_of_whom_a_person_says', async () => {
    // VOC: sheep 17, background 0; nothing in the net is one.
    const voc = await count(await png(3, [17, 0, 255], grey), [2, 1, 1], { ...HOW, ids: 'voc' })
    assert.deepEqual([voc.counts, voc.missing, voc.joined], [{ cells: [8, 1], void: 2 },
      [['background', 1]], [['sheep', 2]]])
    // ADE20K counted from 1: 13 is person, 0 isn't labelled.
    const ade = await count(await png(3, [13, 0, 127], grey), [1, 1, 1], { ...HOW, ids: 'ade20k_from_1' })
    assert.deepEqual([ade.counts, ade.missing], [{ cells: [4, 1, 7, 1], void: 1 }, []])
    // What a file's colours say goes before that.
    assert.deepEqual((await count(await png(2, [15, 0]), [1, 1], { ...HOW, ids: 'camvid' })).joined, [])
  })

  it('counts_classes_as_a_person_maps_them', async () => {
    const done = await count(await png(4, [10, 15, 5, 255]), [2, 1, 0, 0],
      { ...HOW, byHand: { bottle: 0, cow: null, constructor: 1 } })
    assert.deepEqual([done.counts, done.missing, done.joined], [{ cells: [0, 1, 4, 1], void: 2 },
      [['cow', 1]], [['bottle', 0]]])
    // A truth of the net's own ids, too.
    const own = await count(await png(2, [1, 2], grey), [1, 1], { ...HOW, byHand: { animal: 1 } })
    assert.deepEqual([own.counts, own.joined], [{ cells: [4, 2], void: 0 }, [['animal', 1]]])
  })

  it('makes_a_file_that_says_the_same_labels', async () => {
    const labels = [0, 2, 1, 1]
    const { png: bytes } = await countOf({ labels: Uint8Array.from(labels), width: 2, height: 2,
      classes: MODEL, truth: null, how: HOW })
    const again = await count(new Blob([bytes]), labels.slice(0, 2))
    assert.equal(again.problem?.kind, 'truth_size')
    assert.deepEqual([...(await mappedTruth({ truth: new Blob([bytes]), classes: MODEL,
      how: HOW, isTwo: false })).values], labels)
  })
})

describe('what is kept of a run', () => {
  /** @type {Done} */
  const whole = { width: 2, height: 2, hasTruth: true, counts: { cells: [0, 2, 4, 1], void: 1 },
    two: null, hasVoid: false, missing: [['cow', 1]], joined: [['cat', 2]], problem: null }

  it('comes_back_as_it_was', () => {
    assert.deepEqual(doneFrom(structuredClone(whole), 3), whole)
    const plain = { ...whole, hasTruth: false, counts: null, missing: [], joined: [] }
    assert.deepEqual(doneFrom(plain, 3), plain)
    const told = { ...whole, counts: null, problem: { kind: 'truth_size', details: { truth: '1×1' } } }
    assert.deepEqual(doneFrom(told, 3), told)
    assert.deepEqual(matrixOf(countsOf([0, 5, 0, 7], 0), 2), Float64Array.of(0, 5, 0, 7))
  })

  it('is_not_believed_where_its_form_is_another', () => {
    /** @type {unknown[]} */
    const wrong = [
      undefined, null, 7, 'x', [], {}, { ...whole, width: 3 }, { ...whole, width: -2, height: -2 },
        { ...whole, width: 2.5 }, { ...whole, hasTruth: 1 },
      { ...whole, counts: null }, { ...whole, counts: { cells: [0, 2, 9, 1], void: 1 } },
        { ...whole, counts: { cells: [0, 2, 4], void: 1 } },
      { ...whole, counts: { cells: [4, 1, 0, 2], void: 1 } }, { ...whole, counts: { cells: [0, 2, 4, 1], void: 2 } },
        { ...whole, counts: { cells: '02', void: 4 } },
      { ...whole, two: { cells: [], void: 0 } }, { ...whole, missing: [['cow', 5]] }, { ...whole, missing: [[7, 1]] },
        { ...whole, missing: 'cow' },
      { ...whole, joined: [['cat', 3]] }, { ...whole, problem: { kind: 'truth_size', details: {} } },
        { ...whole, counts: null, problem: { kind: '<b>', details: {} } },
      { ...whole, counts: null, problem: { kind: 'truth_size', details: { a: {} } } },
    ]
    for (const value of wrong) assert.equal(doneFrom(value, 3), null, JSON.stringify(value))
  })

  it('is_summed_up_pooled_and_photo_by_photo_and_turns_when_it_is_said_what_255_means', () => {
    const shots = ['a', 'b', 'c', 'd'].map(name =>
      ({ name, photo: entry(`${name}.jpg`), truth: name === 'd' ? null : entry(`${name}.png`) }))
    const tally = new NetTally(shots, MODEL)
    const done = (/** @type {Partial<Done>} */ change) => ({ ...whole, missing: [], joined: [], ...change })
    tally.put(0, done({ counts: { cells: [0, 1], void: 3 }, two: { cells: [0, 1, 4, 3], void: 0 }, hasVoid: true }))
    tally.put(2, done({ counts: { cells: [0, 4], void: 0 }, two: { cells: [0, 4], void: 0 } }))
    assert.deepEqual([tally.open, tally.rows.map(({ name }) => name), tally.asksTwo], [[1, 3], ['a', 'c'], true])
    assert.equal(tally.result?.metrics.void, 3)
    tally.fail(1, { name: 'b', metrics: null, problem: { kind: 'decode_failed', details: {} } })
    tally.put(3, done({ hasTruth: false, counts: null }))
    tally.setTwo('class')
    assert.deepEqual([tally.open, tally.masked, tally.asksTwo], [[], [0, 2, 3], false])
    assert.deepEqual(tally.result?.metrics.confusion, [5, 0, 0, 0, 3, 0, 0, 0, 0])
    assert.deepEqual(tally.result?.worst.map(({ name }) => name), ['a', 'c'])
    assert.equal(tally.rows[3].hasTruth, false)
  })
})

describe('a run', () => {
  const shots = ['a', 'b', 'c', 'd'].map(name => ({ name, photo: entry(`${name}.jpg`), truth: null }))
  /** @param {(name: string, tries: number) => void} work throws what a photo meets */
  async function run(work, signal = new AbortController().signal) {
    /** @type {string[]} */
    const log = []
    /** @type {Map<string, number>} */
    const tries = new Map()
    await segmentAll(shots, [0, 1, 2, 3], {
      segment: async ({ name }) => {
        tries.set(name, (tries.get(name) ?? 0) + 1)
        work(name, tries.get(name) ?? 0)
        return /** @type {import('../../www/engine/engine.js').Result} */ (/** @type {unknown} */ ({ name }))
      },
      count: async (_, at) => { log.push(shots[at].name) },
      fail: (at, { code }) => { log.push(`${shots[at].name}: ${code}`) },
    }, signal)
    return log
  }

  it('goes_on_after_a_photo_that_cannot_be_read_and_tries_once_more_where_the_engine_was_lost', async () => {
    const log = await run((name, tries) => {
      if (name === 'b') throw new FcnError('truncated_image')
      if (name === 'c' && tries === 1) throw new FcnError('device_lost')
      if (name === 'd') throw new FcnError('crashed')
    })
    assert.deepEqual(log, ['a', 'b: truncated_image', 'c', 'd: crashed'])
  })

  it('ends_where_every_photo_would_fail', async () => {
    await assert.rejects(run(() => { throw new FcnError('network_error') }), { code: 'network_error' })
    await assert.rejects(run(() => { throw new FcnError('crashed') }), { code: 'crashed' })
    const stop = new AbortController()
    await assert.rejects(run(() => stop.abort(), stop.signal), { code: 'aborted' })
  })

  it('says_of_a_file_that_has_gone_that_it_has', async () => {
    const gone = { ...shots[0],
      photo: { path: 'a.jpg',
        file: /** @type {File} */ (/** @type {unknown} */ ({
          slice: () => ({ arrayBuffer: async () => { throw new Error('gone') } }) })) } }
    /** @type {unknown[]} */
    const kinds = []
    await segmentAll([gone], [0], {
      segment: async () => { throw new FcnError('decode_failed') }, count: async () => {},
        fail: (_, { details }) => { kinds.push(details?.['kind']) },
    }, new AbortController().signal)
    assert.deepEqual(kinds, ['file_gone'])
  })
})

describe('an archive', () => {
  it('has_names_that_stay_inside_are_told_apart_and_can_be_written_everywhere', () => {
    assert.deepEqual(namesIn(['x/a.jpg', 'x/a.webp', 'X/A.png', 'y/a.jpg']),
      ['x/a.png', 'x/a (2).png', 'X/A (3).png', 'y/a.png'])
    assert.deepEqual(namesIn(['../../x/a.png', '/x/b.jpg', 'c:\\d\\e.jpg', './.f.jpg', '..jpg']),
      ['x/a.png', 'x/b.png', 'c_/d/e.png', '.f.png', 'photo.png'])
    assert.deepEqual(namesIn(['con.jpg', 'a\u0000b\n.jpg', 'q?*.jpg', 'trailing. .jpg', `${'l'.repeat(300)}.jpg`]),
      ['_con.png', 'a_b_.png', 'q__.png', 'trailing.png', `${'l'.repeat(80)}.png`])
    assert.equal(namesIn(['사진.jpg'])[0], '사진.png')
  })

  it('can_be_read_back_byte_by_byte', async () => {
    async function* files() {
      yield { name: 'classes.json', input: '[]\n' }
      yield { name: 'x/사진.png', input: Uint8Array.of(1, 2, 3) }
    }
    const found = unzipped(new Uint8Array(await new Response(makeZip(files())).arrayBuffer()))
    assert.deepEqual(Object.keys(found), ['classes.json', 'x/사진.png'])
    assert.deepEqual([[...found['x/사진.png']], found['classes.json'].toString()], [[1, 2, 3], '[]\n'])
  })
})

describe('what is taken away', () => {
  const metrics = { pixelAccuracy: 1 / 3, meanAccuracy: 0.5, iou: [], meanIoU: null,
    frequencyWeightedIoU: 0.1 + 0.2, void: 7 }

  it('as_a_table_keeps_every_digit_and_is_no_formula', () => {
    const text = csvOf([
      { name: 'a,"b"', metrics, problem: null }, { name: '=1+1', metrics: null,
        problem: { kind: 'pair_sizes', details: {} } },
    ])
    assert.deepEqual(text.split('\n'), [
      'picture,pixelAccuracy,meanAccuracy,meanIoU,frequencyWeightedIoU,void,problem',
      '"a,""b""",0.3333333333333333,0.5,,0.30000000000000004,7,', "'=1+1,,,,,,pair_sizes", '',
    ])
  })

  it('of_a_net_says_what_it_has_not_got_and_which_photos_have_no_truth', () => {
    const rows = [{ name: 'a', metrics, problem: null, left: 3, hasTruth: true },
      { name: 'b', metrics: null, problem: null, left: 0, hasTruth: false }]
    assert.deepEqual(csvOf(rows).split('\n').slice(0, 3), [
      'picture,pixelAccuracy,meanAccuracy,meanIoU,frequencyWeightedIoU,void,notInModel,problem',
        'a,0.3333333333333333,0.5,,0.30000000000000004,7,3,', 'b,,,,,,0,no_truth'])
    const told = jsonOf(null, rows, { head: 'fcn8s', classes: ['x'] })
    assert.deepEqual([told.pooled, told.classes, told.pictures.map(({ name, problem }) => [name, problem])],
      [null, ['x'], [['a', null], ['b', 'no_truth']]])
  })
})
