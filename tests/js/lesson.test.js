/** The lesson: its stations, what they tell in both languages, what is right, and what a person has done. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { beforeEach, describe, it } from 'node:test'
import { ANSWERS } from '../../www/lessons/lesson/answers.js'
import { numberIn } from '../../www/lessons/lesson/numbers.js'
import { Progress } from '../../www/lessons/lesson/progress.js'
import { STATIONS } from '../../www/lessons/stations.js'
import { texts as en } from '../../www/lessons/stations.en.js'
import { texts as ko } from '../../www/lessons/stations.ko.js'
import { texts as chapters } from '../../www/lessons/upsampling.en.js'
import { CHAPTERS } from '../../www/lessons/upsampling.js'
import { PRESETS, netOf } from '../../www/elements/inside/ruler/net.js'
import { Sandbox } from '../../www/elements/measure/sandbox/controller.js'
import { Control } from '../../www/elements/upsample/control.js'
import { toNumber } from '../../www/lib/fraction.js'
import { toRows } from '../../www/lib/transposed/codec.js'
import { compute } from '../../www/lib/layers/compute.js'
import { translator } from '../../www/lib/i18n.js'

/** @typedef {import('../../www/lessons/stations.js').Part} Part */
/** @typedef {import('../../www/lessons/lesson/answers.js').Figure} Figure */

const PARTS = STATIONS.flatMap(({ id, parts }) => parts.map(part => ({ station: id, part })))

/** What `<fcn-upsample>` has of a state, without drawing. @param {string} state @returns {Figure} */
function upsampleAt(state) {
  const control = new Control()
  control.fragment = state
  const { model } = control
  assert.deepEqual(model.problems, [], state)
  const { layer } = model
  return /** @type {Figure} */ (/** @type {unknown} */ ({
    ...layer, input: toRows(model.input, layer.input), weights: toRows(model.weights, layer.kernel),
    output: toRows(model.output, model.geometry.output), kernel: layer.kernel,
  }))
}

/** @param {string} station @param {string} id @returns {Part} */
function partOf(station, id) {
  const found = PARTS.find(each => each.station === station && each.part.id === id)
  assert.ok(found)
  return found.part
}

/** What is right in a part of `<fcn-upsample>`. @param {string} station @param {string} id */
function answerAt(station, id) {
  const { after, state, ask } = partOf(station, id)
  const answer = ANSWERS[ask.answer](upsampleAt(after ?? state), new URLSearchParams())
  assert.ok(answer)
  return answer
}

/** @param {string} text @returns {string[]} the names of values in it */
const marks = text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

describe('the stations', () => {
  it('are_counted_by_code_alone_so_that_another_one_makes_no_text_wrong', () => {
    const root = new URL('../../', import.meta.url)
    const files = ['README.md', ...['www/index.html', 'www/teachers.html'],
      ...['www/page', 'www/lessons', 'www/lessons/lesson', 'www/elements'].flatMap(folder =>
      readdirSync(new URL(folder, root)).filter(name => /\.(js|json|md)$/.test(name)).map(name => `${folder}/${name}`))]
    const counted = /\b(eight|nine|ten|eleven|twelve|\d+) stations\b|정거장 ?(여덟|아홉|열|\d)|열 ?곳/i
    assert.deepEqual(files.filter(file => counted.test(readFileSync(new URL(file, root), 'utf8'))), [])
  })

  it('are_told_in_both_languages_and_each_part_has_one_name', () => {
    const ids = STATIONS.map(({ id }) => id).sort()
    for (const texts of [en, ko]) assert.deepEqual(Object.keys(texts).sort(), ids)
    const names = PARTS.map(({ station, part }) => `${station}.${part.id}`)
    assert.equal(new Set(names).size, names.length)
  })

  for (const [language, texts] of /** @type {const} */ ([['en', en], ['ko', ko]])) {
    it(`tell_every_part_with_its_question_options_and_answer_in_${language}`, () => {
      for (const { station, part: { id, ask, chapter } } of PARTS) {
        const story = texts[station].parts[id]
        const where = `${station}.${id}`
        assert.ok(story, where)
        assert.ok(story.question && story.reveal.length, where)
        assert.ok(chapter || (story.title && story.text?.length),
          `${where} has neither a title and a text nor a chapter`)
        assert.deepEqual(Object.keys(story.options ?? {}), ask.kind === 'choice' ? [...ask.options] : [], where)
      }
    })
  }

  it('tell_the_same_in_both_languages', () => {
    for (const { id } of STATIONS) {
      assert.deepEqual(Object.keys(ko[id].parts), Object.keys(en[id].parts))
      assert.deepEqual(ko[id].sources.map(({ href }) => href), en[id].sources.map(({ href }) => href))
      for (const [name, story] of Object.entries(en[id].parts)) {
        const other = ko[id].parts[name]
        assert.equal(other.text?.length, story.text?.length, `${id}.${name}`)
        const used = (/** @type {readonly string[]} */ reveal) => [...new Set(reveal.flatMap(marks))].sort()
        assert.deepEqual(used(other.reveal), used(story.reveal), `${id}.${name}`)
      }
    }
  })

  it('hold_every_chapter_of_the_upsample_view', () => {
    const told = PARTS.flatMap(({ part }) => part.chapter ?? [])
    assert.deepEqual([...told].sort(), CHAPTERS.map(({ id }) => id).sort())
    assert.deepEqual(Object.keys(chapters.stories).sort(), [...told].sort())
  })

  it('have_an_answer_for_every_question_and_no_other', () => {
    assert.deepEqual([...new Set(PARTS.map(({ part }) => part.ask.answer))].sort(), Object.keys(ANSWERS).sort())
  })
})

describe('answers about transposed convolutions', () => {
  const parts = PARTS.filter(({ part }) => part.tag === 'fcn-upsample' && part.ask.answer !== 'learned')

  it('give_every_value_that_the_sentences_name', () => {
    for (const { station, part } of parts) {
      const { values } = answerAt(station, part.id)
      for (const texts of [en, ko]) {
        for (const sentence of texts[station].parts[part.id].reveal) {
          assert.deepEqual(marks(translator({ sentence })('sentence', values)), [], `${station}.${part.id}`)
        }
      }
    }
  })

  it('are_what_is_counted_by_hand', () => {
    const right = Object.fromEntries(parts.map(({ station, part }) =>
      [`${station}.${part.id}`, answerAt(station, part.id).right]))
    assert.deepEqual(right, {
      'upsampling.stamp': 9, 'upsampling.overlap': 7, 'upsampling.checkerboard': 'uneven',
        'size.stride': 7, 'size.padding': 5,
      'size.zeros': 11, 'size.slip': 208, 'matrix.rows': 36, 'matrix.name': 'shape', 'skips.photo': 4,
    })
  })

  it('find_an_even_overlap_and_a_kernel_that_undoes_itself', () => {
    assert.equal(ANSWERS.evenness(upsampleAt('preset=even'), new URLSearchParams())?.right, 'even')
    assert.equal(ANSWERS.identity(upsampleAt('input=2x2&kernel=1&stride=1'), new URLSearchParams())?.right, 'values')
  })

  it('tell_of_a_ring_of_zeros_what_stays', () => {
    const { values } = answerAt('size', 'zeros')
    const before = upsampleAt(partOf('size', 'zeros').state)
    const output = /** @type {number[][]} */ (before['output'])
    assert.deepEqual([values['before'], values['same']], [output.length, output.flat().length])
  })
})

describe('answers read off a figure', () => {
  /** @param {keyof typeof ANSWERS} name @param {object} figure @param {string} [asked] */
  const right = (name, figure, asked = '') => ANSWERS[name](/** @type {Figure} */ (figure),
    new URLSearchParams(asked))?.right

  it('say_what_moves_with_the_photo_and_wait_for_the_shift_that_is_asked_for', () => {
    const peak = { row: 1, column: 2, x: 90, y: 60 }
    const figure = (/** @type {string} */ label, /** @type {number} */ x) => ({
      language: 'en', result: { label: { classes: [] }, map: { stride: 32 } },
      reading: { label, peak: { ...peak, x }, shift: [64, 0], before: { label: 'cat', peak } },
    })
    const asked = 'shift=64,0'
    assert.equal(right('shift', figure('cat', 154), asked), 'place')
    assert.equal(right('shift', figure('dog', 154), asked), 'both')
    assert.equal(right('shift', figure('dog', 90), asked), 'label')
    assert.equal(right('shift', figure('cat', 90), asked), 'none')
    assert.equal(right('shift', figure('cat', 154), 'shift=32,0'), undefined)
    assert.equal(right('shift', { reading: null }, asked), undefined)
  })

  it('count_what_reaches_a_fully_connected_layer', () => {
    const fragment = partOf('place', 'sizes').after ?? ''
    const layers = [{ shape: [512, 8, 8], problem: null }, { shape: [32768], problem: null },
      { shape: null, problem: { code: 'linear' } }]
    assert.deepEqual(ANSWERS.flattened(/** @type {Figure} */ (/** @type {unknown} */ ({ layers, fragment })),
      new URLSearchParams())?.values,
      { right: '32,768', wanted: '25,088', side: 7, answers: 2 })
    assert.equal(right('flattened', { layers: layers.slice(0, 2), fragment }), undefined)
  })

  it('name_the_stage_with_most_parameters', () => {
    const stage = (/** @type {string} */ name, /** @type {number} */ parameters, /** @type {number} */ macs) =>
      ({ name, parameters, macs })
    const reading = { panel: 'stages', stages: [stage('conv1_2', 10, 60), stage('fc6', 90, 40)] }
    assert.equal(right('largest', { reading }), 'fc6')
    assert.equal(ANSWERS.largest(/** @type {Figure} */ (/** @type {unknown} */ ({ reading })),
      new URLSearchParams())?.values['conv1_2'], '60')
    assert.equal(right('largest', { reading: null }), undefined)
  })

  it('tell_how_many_pixels_the_skips_change_once_both_are_off', () => {
    const off = (/** @type {number} */ changed) =>
      ({ reading: { panel: 'tail', pool4: 0, pool3: 0, changed, pixels: 1000 } })
    assert.deepEqual([19, 20, 200, 201].map(changed => right('changed', off(changed))), ['few', 'some', 'some', 'most'])
    assert.equal(right('changed', { reading: { panel: 'tail', pool4: 0, pool3: 1, changed: 5, pixels: 10 } }),
      undefined)
  })

  it('tell_which_kernel_was_learned', () => {
    const learned = (/** @type {number} */ bilinear, /** @type {number} */ nearest, steps = 400) =>
      ({ learning: { steps, loss: 0.1, distance: { bilinear, nearest } } })
    assert.deepEqual([right('learned', learned(0.01, 0.4)), right('learned', learned(0.4, 0.01)),
      right('learned', learned(0.4, 0.3))], ['bilinear', 'nearest', 'random'])
    assert.equal(right('learned', learned(0, 1, 0)), undefined)
    assert.equal(right('learned', { learning: null }), undefined)
  })

  it('tell_where_the_answers_of_many_passes_spread', () => {
    const labels = Uint8Array.from({ length: 400 }, (_, at) => Number(at % 20 >= 10))
    const spread = (/** @type {number} */ near, /** @type {number} */ far) => ({
      uncertainty: { labels, width: 20, passes: 20,
        spread: Float32Array.from(labels, (_, at) => at % 20 >= 6 && at % 20 <= 13 ? near : far) } })
    assert.deepEqual([right('unsure', spread(0.2, 0.1)), right('unsure', spread(0.1, 0.2)),
      right('unsure', spread(0.1, 0.1))], ['edges', 'inside', 'anywhere'])
    assert.equal(right('unsure', spread(0.2, 0.1), 'passes=40'), undefined)
  })

  it('hold_metrics_and_trainings_against_their_thresholds', () => {
    const metrics = (/** @type {number} */ meanIoU) => ({ metrics: { meanIoU, pixelAccuracy: 0.9, iou: [meanIoU, 0] } })
    assert.deepEqual([0.9, 0.458, 0.1].map(value => right('nobody', metrics(value))), ['same', 'half', 'zero'])
    const curves = (/** @type {number} */ scratch) =>
      ({ curves: { runs: [0.7, scratch].map(miou => ({ points: [{ step: 600, miou }] })) } })
    assert.deepEqual([0.65, 0.5, 0.29].map(value => right('pretraining', curves(value))), ['same', 'less', 'half'])
    assert.equal(right('pretraining', { curves: null }), undefined)
    const best = { lowest: { step: 8, loss: 1, score: 0.6 }, highest: { step: 14, loss: 2, score: 0.7 } }
    assert.deepEqual([[{ kind: 'bothRise' }], []].map(partings => right('parting', { partings: { best, partings } })),
      ['parts', 'together'])
  })

  it('read_size_and_crop_off_the_ruler', () => {
    const figure = { reading: { panel: 'ruler', pixels: 224, enlarged: 256, crop: 19 } }
    assert.deepEqual([right('enlarged', figure), right('crop', figure)], [256, 19])
    assert.equal(right('enlarged', { reading: { panel: 'ruler', pixels: 1, enlarged: null, crop: null } }), undefined)
  })
})

describe('the numbers in the texts', () => {
  const said = (/** @type {import('../../www/lessons/stations.js').StationId} */ station, /** @type {string} */ part) =>
    [en, ko].map(texts => texts[station].parts[part].text?.join(' ') ?? '')

  it('are_those_of_the_sandbox', () => {
    const { truth, prediction } = new Sandbox(() => {}).state
    const wrong = truth.filter((label, at) => label !== prediction[at]).length
    const people = truth.filter(label => label !== 0).length
    for (const text of said('metrics', 'accuracy')) {
      for (const number of [truth.length, people, truth.length - wrong]) assert.match(text,
        new RegExp(`(?<!\\d)${number}(?!\\d)`))
      assert.ok(text.includes((100 * (1 - wrong / truth.length)).toFixed(1)))
    }
  })

  it('are_those_of_the_ruler', () => {
    const { rows } = netOf({ ...PRESETS.paper, head: '16s' })
    const place = (/** @type {string} */ name) => {
      const row = rows.find(each => each.name === name)
      assert.ok(row, name)
      return toNumber(row.place.start)
    }
    for (const text of said('paper', 'crop')) {
      assert.ok(text.includes(String(place('score_fr'))) && text.includes(String(-place('upscore16'))))
    }
    for (const text of said('paper',
      'floor')) assert.ok(text.includes(String(rows.find(({ name }) => name === 'conv1_1')?.size)))
  })

  it('are_those_of_vgg16_at_224', () => {
    const [, layers = ''] = /layers=([^&]+)/.exec(partOf('place', 'sizes').state) ?? []
    const { rows } = compute(decodeURIComponent(layers), { channels: 3, size: [224, 224] })
    const pools = rows.filter(({ name }) => /pool/i.test(name))
    assert.equal(pools.length, 5)
    const shape = pools[4]?.shape
    assert.ok(shape?.size)
    const { channels, size: [height, width] } = shape
    for (const text of said('place', 'sizes')) {
      assert.ok(text.includes(`${height}×${width}`) && text.includes(String(channels)))
      assert.ok(text.includes((channels * height * width).toLocaleString('en')))
    }
  })

  it('are_those_of_the_matrix', () => {
    const figure = upsampleAt(partOf('matrix', 'rows').state)
    const cells = (/** @type {string} */ name) => /** @type {number[][]} */ (figure[name]).flat().length
    for (const texts of [en, ko]) {
      const numbers = texts.matrix.parts['rows'].question.match(/\d+/g)?.map(Number)
      assert.deepEqual(numbers?.slice(0, 3), [cells('output'), cells('input'), cells('output') * cells('input')])
    }
  })
})

describe('a number as people write it', () => {
  it('is_read_with_points_commas_spaces_and_signs', () => {
    for (const [text, number] of /** @type {const} */ ([
      ['7', 7], [' 32,768 ', 32768], ['32 768', 32768], ['1,234,567', 1234567], ['0.5', 0.5],
        ['0,5', 0.5], ['−1', -1], ['.5', 0.5], ['12,5', 12.5],
    ])) assert.equal(numberIn(text), number, text)
  })

  it('is_nothing_else', () => {
    for (const text of ['', 'seven', '7x7', '1e3', '1,2,3', '0x10', 'Infinity',
      '--1']) assert.equal(numberIn(text), null, text)
  })
})

describe('progress', () => {
  /** @type {Map<string, string>} */
  let kept
  let isRefused = false
  beforeEach(() => {
    kept = new Map()
    isRefused = false
    const refuse = () => {
      if (isRefused) throw new DOMException('no', 'SecurityError')
    }
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: {
      getItem: (/** @type {string} */ key) => { refuse(); return kept.get(key) ?? null },
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => { refuse(); kept.set(key, value) },
      removeItem: (/** @type {string} */ key) => { refuse(); kept.delete(key) },
    } })
  })

  it('is_there_again_after_a_reload', () => {
    new Progress().mark('place.shift', 'right')
    assert.equal(new Progress().of('place.shift'), 'right')
    assert.equal(new Progress().of('place.sizes'), null)
  })

  it('keeps_a_prediction_when_the_answer_is_looked_at_later', () => {
    const progress = new Progress()
    progress.mark('a.b', 'wrong')
    progress.mark('a.b', 'shown')
    assert.equal(progress.of('a.b'), 'wrong')
    progress.mark('a.b', 'right')
    progress.mark('a.b', 'wrong')
    assert.equal(progress.of('a.b'), 'right')
  })

  it('keeps_what_another_window_did', () => {
    const [one, other] = [new Progress(), new Progress()]
    one.mark('a.b', 'right')
    other.mark('c.d', 'shown')
    assert.deepEqual([new Progress().of('a.b'), new Progress().of('c.d')], ['right', 'shown'])
  })

  it('lasts_as_long_as_the_page_where_nothing_may_be_kept', () => {
    isRefused = true
    const progress = new Progress()
    progress.mark('a.b', 'right')
    assert.deepEqual([progress.of('a.b'), progress.isKept], ['right', false])
  })

  it('begins_anew_when_forgotten_or_when_something_else_stands_there', () => {
    const progress = new Progress()
    progress.mark('a.b', 'right')
    progress.forget()
    assert.deepEqual([progress.isEmpty, kept.size, new Progress().isEmpty], [true, 0, true])
    for (const other of ['{', '"x"', '[1]', '{"a.b":"great"}', 'null']) {
      kept.set('fcn-lesson', other)
      assert.ok(new Progress().isEmpty, other)
    }
  })
})
