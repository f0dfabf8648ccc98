/** The page for teachers: the plan's minutes, questions and answers in both languages, their numbers, links and recipes. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { PRESETS, netOf as rulerOf } from '../../www/elements/inside/ruler/net.js'
import { toNumber } from '../../www/lib/fraction.js'
import { linksOf } from '../../www/lessons/links.js'
import { TRIED, recipesFor } from '../../www/lessons/recipes.js'
import { STATIONS } from '../../www/lessons/stations.js'
import { texts as storiesEn } from '../../www/lessons/stations.en.js'
import { texts as en } from '../../www/lessons/teachers.en.js'
import { texts as ko } from '../../www/lessons/teachers.ko.js'
import { FACTS, NETS, PLANS, netOf } from '../../www/lessons/teaching.js'

/** @param {unknown} value @param {string} [path] @returns {[path: string, text: string][]} every text, by where it stands */
function textsIn(value, path = '') {
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(/** @type {object} */ (value)).flatMap(([key, each]) => textsIn(each, `${path}.${key}`))
}

/** @param {string} text @returns {string[]} the names that it marks, sorted */
const marks = text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort()

/** @param {string} file of the repository @returns {{dependencies: Record<string, string>}} */
const json = file => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))

describe('the page for teachers', () => {
  it('says_the_same_in_both_languages', () => {
    const [english, korean] = [textsIn(en), textsIn(ko)]
    assert.deepEqual(korean.map(([path]) => path), english.map(([path]) => path))
    english.forEach(([path, text], at) => assert.deepEqual(marks(korean[at]?.[1] ?? ''), marks(text), path))
    assert.deepEqual(korean.filter(([path, text]) =>
      !/[가-힣]/.test(text) && !/\.(back|other|none|title|megabytes)$/.test(path)), [])
  })

  it('has_plans_whose_minutes_sum_up_and_that_leave_no_station_out', () => {
    const sums = Object.values(PLANS).map(plan => plan.reduce((sum, { minutes }) => sum + minutes, 0))
    assert.deepEqual(sums, [50, 25])
    const ids = STATIONS.map(({ id }) => id)
    for (const [name, plan] of Object.entries(PLANS)) {
      assert.deepEqual(plan.flatMap(({ stations }) => stations).sort(), [...ids].sort(), name)
      const { rows } = en.plan[/** @type {keyof typeof PLANS} */ (name)]
      assert.deepEqual(Object.keys(rows), plan.map(({ id }) => id), name)
    }
    // The whole lesson goes through them in their order.
    assert.deepEqual(PLANS.whole.flatMap(({ stations }) => stations), ids)
  })

  it('has_two_sentences_and_three_questions_with_answers_for_every_station', () => {
    for (const [language, { stations }] of /** @type {const} */ ([['en', en], ['ko', ko]])) {
      assert.deepEqual(Object.keys(stations), STATIONS.map(({ id }) => id), language)
      for (const [id, { shows, questions }] of Object.entries(stations)) {
        assert.equal(shows.length, 2, `${language} ${id}`)
        assert.equal(questions.length, 3, `${language} ${id}`)
        for (const pair of questions) assert.equal(pair.filter(text => text.trim()).length, 2, `${language} ${id}`)
        assert.ok(questions.every(([question]) => /[?.”]$/.test(question ?? '')), `${language} ${id}`)
      }
    }
  })

  it('computes_every_number_that_its_answers_mark', () => {
    for (const { stations } of [en, ko]) {
      const named = new Set(textsIn(stations).flatMap(([, text]) => marks(text)))
      assert.deepEqual([...named].filter(name => !(name in FACTS)), [])
      assert.deepEqual(Object.keys(FACTS).filter(name => !named.has(name)), [])
    }
  })
})

describe('the numbers of the answers', () => {
  it('are_those_of_the_papers', () => {
    // Known from elsewhere, each by itself: VGG16's table, the lecture, CVPR 2015 and the authors' nets.
    const known = {
      flat: '25,088', flatLarger: '32,768', fc6: '102,760,448', convolutions: '14,710,464', work: '1,849,688,064',
      field: '212', field1: '212', field7: '404', cells: '7', cellsLarger: '8', apart: '32',
      doubled: '14', times16: '224', times32: '224', slip: '208', blocks: '224',
      rows: '4', columns: '16', taps: '9', learned: '16', judged: '144',
      paper32: '59.4', paper16: '62.4', paper8: '62.7', gain16: '3.0', gain8: '0.3',
      floor: '256', ceil: '288', crop: '19', start: '12.5', reach: '31.5', half: '32', left: '1', made: '32', none: '0',
    }
    for (const [name, value] of Object.entries(known)) assert.equal(FACTS[name], value, name)
  })

  it('follow_by_hand', () => {
    const byHand = {
      // 2·2 + 1 cells; all four stamps meet in the middle. Kernel 4 over stride 2: 2 stamps a side; kernel 3: 1 or 2.
      stamped: '5', most: '4', even: '4', least: '1', uneven: '4',
      // ⌊(7 + 2 − 3)/2⌋ + 1 and ⌊(8 + 2 − 3)/2⌋ + 1, and back: 3·2 − 2 + 3, and one more.
      from7: '4', from8: '4', to7: '7', to8: '8',
      area32: '1,024', area16: '256', area8: '64',
      kept: '1.6', mean: '0.8', mild: '0.92', grave: '4.61',
      half_accuracy: (100 * 138 / 144).toFixed(1), half_background: (100 * 132 / 138).toFixed(1), half_person: '50.0',
      half_mean: (50 * (132 / 138 + 1 / 2)).toFixed(1),
      smaller: '223', behind: String(288 - 224 - 19), more: '32',
    }
    for (const [name, value] of Object.entries(byHand)) assert.equal(FACTS[name], value, name)
  })

  it('of_the_last_station_are_those_that_the_ruler_shows', () => {
    const rowOf = (/** @type {Parameters<typeof rulerOf>[0]} */ settings, /** @type {string} */ name) => {
      const row = rulerOf(settings).rows.find(each => each.name === name)
      assert.ok(row, name)
      return row
    }
    const paper = /** @type {const} */ ({ ...PRESETS.paper, head: '32s' })
    const upscore = rowOf(paper, 'upscore')
    assert.equal(FACTS['ceil'], String(upscore.size))
    assert.equal(FACTS['crop'], String(-toNumber(upscore.place.start)))
    assert.equal(FACTS['floor'], String(rowOf(PRESETS.port, 'upscore').size))
    assert.equal(FACTS['start'], String(toNumber(rowOf(paper, 'score_fr').place.start)))
    assert.equal(FACTS['left'], String(rowOf({ ...PRESETS.lecture, fc6: 7 }, 'fc6').size))
    assert.equal(rulerOf({ ...PRESETS.lecture, fc6: 7, pixels: 223 }).vanished?.name, 'fc6')
  })

  it('of_the_sixth_station_are_of_the_layer_that_it_shows', () => {
    const layers = STATIONS.find(({ id }) => id === 'learn')?.parts.map(({ state }) => new URLSearchParams(state)) ?? []
    assert.ok(layers.length > 0)
    for (const layer of layers) {
      assert.deepEqual(['input', 'kernel', 'stride', 'padding'].map(name => layer.get(name)),
        ['3x3', '4x4:bilinear', '2', '1'])
    }
  })
})

describe('what a class downloads', () => {
  it('is_of_nets_that_the_site_has', () => {
    const needed = new Set(STATIONS.flatMap(({ parts }) => parts.map(netOf)).filter(Boolean))
    assert.deepEqual([...needed].sort(), ['everyday-labels', 'everyday-vgg'])
    for (const net of NETS) {
      const { files } = /** @type {{files: {path: string, bytes: number}[]}} */ (/** @type {unknown} */ (json(`www/models/${net}/model.json`)))
      for (const { path, bytes } of files) {
        assert.equal(readFileSync(new URL(`../../www/models/${net}/${path}`, import.meta.url)).length, bytes, net)
      }
    }
  })

  it('is_a_net_where_a_figure_runs_one', () => {
    assert.equal(netOf({ tag: 'fcn-inside', state: 'panel=ruler&head=16s' }), '')
    assert.equal(netOf({ tag: 'fcn-inside', state: 'panel=tail&sample=cow' }), 'everyday-vgg')
    assert.equal(netOf({ tag: 'fcn-upsample', state: 'preset=stride1' }), '')
    assert.equal(netOf({ tag: 'fcn-measure', state: 'panel=sandbox' }), '')
  })
})

describe('the lines to take away', () => {
  it('lead_to_every_station_and_part', () => {
    for (const { id, parts } of STATIONS) {
      const { link, frame, script } = linksOf('https://site.test/lab/', 'ko', { id, title: storiesEn[id].title })
      assert.equal(new URL(link).href, `https://site.test/lab/index.html?lang=ko#lesson?station=${id}`)
      const src = new URL(/src="([^"]+)"/.exec(frame)?.[1] ?? '')
      assert.deepEqual(Object.fromEntries(src.searchParams), { element: 'lesson', station: id, alone: '1', lang: 'ko' })
      assert.match(script, new RegExp(`<fcn-lesson station="${id}" alone lang="ko"></fcn-lesson>$`))
      for (const { id: part } of parts) {
        const hash = new URL(linksOf('https://site.test/', 'en', { id, title: '', part }).link).hash
        assert.deepEqual(Object.fromEntries(new URLSearchParams(hash.split('?')[1])), { station: id, part })
      }
    }
  })

  it('hold_a_title_of_any_letters', () => {
    const { frame } = linksOf('https://site.test/', 'en', { id: 'place', title: '"><script>&' })
    assert.ok(frame.includes('title="&#34;&#62;&#60;script&#62;&#38;"'))
  })
})

describe('the recipes', () => {
  it('are_told_in_both_languages', () => {
    for (const { recipes } of [en, ko]) {
      assert.deepEqual(Object.keys(recipes.all), Object.keys(recipesFor('https://site.test/', 'en')))
    }
  })

  it('have_the_sites_address_and_language_in_them', () => {
    for (const [name, blocks] of Object.entries(recipesFor('https://site.test/lab/', 'ko'))) {
      const code = blocks.map(block => block.code).join('\n')
      assert.ok(code.includes('https://site.test/lab/'), name)
      assert.ok(!/\b(?:lang="|lang=)en\b/.test(code) && /\blang=(?:")?ko\b/.test(code), name)
    }
  })

  it('name_the_versions_that_they_are_tried_in', () => {
    const [latest, eighteen] = [json('tests/hosts/package.json'),
      json('tests/hosts/react-18/package.json')].map(({ dependencies }) => dependencies)
    assert.deepEqual([TRIED.react19, TRIED.vue, TRIED.reveal], [latest?.['react'], latest?.['vue'],
      latest?.['reveal.js']])
    assert.equal(TRIED.react18, eighteen?.['react'])
    assert.match(readFileSync(new URL('../browser/hosts.spec.js', import.meta.url), 'utf8'),
      new RegExp(`version ${TRIED.ipython.replaceAll('.', '\\.')}\\.`))
  })
})
