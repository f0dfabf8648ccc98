/** www/lib/{i18n,format}.js and the element's sentences: both languages whole, every error told. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { duration, megabytes, percent } from '../../www/lib/format.js'
import { className, pickLanguage, translator } from '../../www/lib/i18n.js'
import { ERROR_CODES } from '../../www/lib/errors.js'
import { variantName } from '../../www/elements/common/stage/classes.js'
import { RETRYABLE, failureFacts, failureText, neededPolicy } from '../../www/elements/common/ui/failure.js'
import { progressText } from '../../www/elements/common/ui/progress.js'

/** @typedef {import('../../www/lib/i18n.js').Language} Language */
/** @typedef {import('../../www/lib/i18n.js').Texts} Texts */

const WWW = new URL('../../www/', import.meta.url)
const LANGUAGES = /** @type {const} */ (['en', 'ko'])

/**
 * Every pair of files of texts, the code that may use them, and how keys begin that the code puts together.
 * @type {Record<string, {code: string[], made?: string[]}>}
 */
const FILES = {
  'elements/common/ui/': { code: ['elements'], made: ['error', 'fact', 'net', 'part', 'progress', 'reason'] },
  'elements/segment/': { code: ['elements/segment', 'elements/fcn-segment.js', 'elements/common'], made: ['view'] },
  'elements/heatmap/': { code: ['elements/heatmap', 'elements/fcn-heatmap.js', 'elements/common'],
    made: ['progress', 'show', 'value'] },
  'elements/dropout/': { code: ['elements/dropout', 'elements/fcn-dropout.js', 'elements/common'],
    made: ['panel', 'units', 'unsure'] },
  'elements/inside/': { code: ['elements/inside', 'elements/fcn-inside.js', 'elements/common'],
    made: ['column', 'error', 'note', 'numbers', 'panel', 'paste', 'pools', 'preset', 'problem',
      'remedy', 'set', 'side', 'trim'] },
  'elements/measure/': { code: ['elements/measure', 'elements/fcn-measure.js', 'elements/common'],
    made: ['error', 'kind', 'metric', 'panel', 'puzzle', 'sandbox', 'tool', 'void', 'goal',
      'masks', 'folder', 'painting', 'ids'] },
  'elements/model-card/': { code: ['elements/model-card', 'elements/fcn-model-card.js'],
    made: ['include', 'split', 'truth'] },
  'elements/upsample/hints/': { code: ['lib/transposed/hints.js'] },
  'elements/upsample/learn/': { code: ['elements/upsample/learn'],
    made: ['about', 'caption', 'obstacle', 'start', 'target'] },
  'elements/upsample/photo/': { code: ['elements/upsample/photo'] },
  'lessons/lesson/': { code: ['lessons'], made: ['take', 'trouble', 'verdict'] },
  'page/': { code: ['main.js', 'page', 'index.html'], made: ['nav', 'offline', 'title', 'text'] },
}

/** @param {string} folder @param {Language} language @returns {Promise<Texts>} */
const textsIn = async (folder, language) => (await import(new URL(`${folder}texts.${language}.js`, WWW).href)).texts

/** @type {Record<string, Record<Language, Texts>>} */
const TEXTS = {}
for (const folder of Object.keys(FILES)) TEXTS[folder] = { en: await textsIn(folder, 'en'),
  ko: await textsIn(folder, 'ko') }
const common = (/** @type {Language} */ language) => translator(TEXTS['elements/common/ui/'][language])

/** @param {string} place a script, or a folder of scripts; below www/ @returns {string} their text without the texts themselves */
function codeIn(place) {
  if (/\.\w+$/.test(place)) return /texts\.\w+\.js$/.test(place) ? '' : readFileSync(new URL(place, WWW), 'utf8')
  return readdirSync(new URL(place, WWW), { withFileTypes: true })
    .filter(entry => entry.isDirectory() || entry.name.endsWith('.js')).map(({ name }) =>
      codeIn(`${place}/${name}`)).join('\n')
}

describe('languages', () => {
  it('takes_the_first_language_it_knows', () => {
    assert.equal(pickLanguage(['fr-FR', 'ko-KR', 'en']), 'ko')
    assert.equal(pickLanguage([null, undefined, '', 'de']), 'en')
    assert.equal(pickLanguage(['KO']), 'ko')
  })

  it('fills_values_and_shows_gaps', () => {
    const t = translator({ a: '가 {n} {m}' })
    assert.equal(t('a', { n: 3 }), '가 3 {m}')
    assert.equal(t('c'), 'c')
    const cells = translator({ cells: '{n} {n|cell|cells}' })
    assert.deepEqual([0, 1, 2].map(n => cells('cells', { n })), ['0 cells', '1 cell', '2 cells'])
  })

  it('falls_back_to_the_canonical_class_name', () => {
    assert.equal(className({ name: 'sky', names: { ko: '하늘' } }, 'ko'), '하늘')
    assert.equal(className({ name: 'sky' }, 'ko'), 'sky')
  })

  for (const [folder, { en, ko }] of Object.entries(TEXTS)) {
    it(`${folder}_says_everything_in_both_languages_with_the_same_values`, () => {
      assert.deepEqual(Object.keys(ko).sort(), Object.keys(en).sort())
      for (const [key, text] of Object.entries(en)) {
        /** @param {string} s */
        const values = s => [...s.matchAll(/\{\w+\}/g)].map(String).sort()
        assert.deepEqual(values(ko[key]), values(text), key)
      }
    })

    it(`${folder}_has_no_text_that_nobody_shows`, () => {
      const { code: places, made = [] } = FILES[folder]
      const code = places.map(codeIn).join('\n')
      for (const start of made) assert.ok(code.includes(`\`${start}.\${`), start)
      const isUsed = (/** @type {string} */ key) => made.includes(key.split('.')[0]) && key.includes('.')
        || [`'${key}'`, `"${key}"`].some(text => code.includes(text))
      assert.deepEqual(Object.keys(en).filter(key => !isUsed(key)), [])
    })
  }

  it('keeps_to_one_register_and_one_word_for_a_pixel_in_korean', () => {
    const folder = new URL('../../www/models/', import.meta.url)
    const models = ['everyday', 'everyday-lite0', 'everyday-slim', 'everyday-vgg', 'everyday-labels', 'recycling']
      .map(name => readFileSync(new URL(`${name}/model.json`, folder), 'utf8'))
    const texts = Object.values(TEXTS).flatMap(({ ko }) => Object.values(ko))
    for (const text of [...texts, ...models]) assert.doesNotMatch(text, /화소|십시오|이다\./)
  })

  it('knows_all_files_of_texts', () => {
    const found = readdirSync(WWW, { recursive: true, encoding: 'utf8' }).filter(name =>
      !/node_modules/.test(name) && /(^|\/)texts\.en\.js$/.test(name))
      .map(name => name.replace(/texts\.en\.js$/, ''))
    assert.ok(found.length > 20)
    // A panel's are among its element's. Those of the figure that stands alone: transposed-model.test.js.
    const known = [...Object.keys(FILES), 'elements/upsample/']
    assert.deepEqual(found.filter(folder => !known.some(each => folder.startsWith(each))), [])
  })

  it('has_a_text_for_every_key_in_the_page', () => {
    const page = readFileSync(new URL('../../www/index.html', import.meta.url), 'utf8')
    const keys = [...page.matchAll(/data-(?:text|label|alt)="([^"]+)"/g)].map(match => match[1])
    assert.ok(keys.length > 10)
    for (const key of keys) assert.ok(key in TEXTS['page/'].en, key)
  })

  it('has_a_name_a_title_and_a_sentence_for_every_view_and_no_other', () => {
    const table = readFileSync(new URL('../../www/page/views.js', import.meta.url), 'utf8')
    const views = [...table.matchAll(/^ .*\bname: '(\w+)'/gm)].map(match => match[1])
    assert.ok(views.length > 3)
    const keys = views.flatMap(name => [`nav.${name}`, `title.${name}`, `text.${name}`])
    const there = Object.keys(TEXTS['page/'].en).filter(key => /^(nav|title|text)\./.test(key))
    assert.deepEqual(there.sort(), keys.sort())
  })
})

describe('errors', () => {
  it('names_what_unrecognised_weights_hold_and_only_what_is_known_of_them', () => {
    const t = common('en')
    const facts = (/** @type {Record<string, unknown>} */ details, code = 'weights_unrecognised') =>
      failureFacts({ code, message: '', details }, t, 'en')
    assert.deepEqual(facts({ tensors: '2', found: 'a 1, b 2×3' }), ['Found: 2 tensors: a 1, b 2×3.',
      'No known net is near it.'])
    assert.deepEqual(facts({ tensors: '0', found: '' }), ['Found: no tensors.', 'No known net is near it.'])
    assert.deepEqual(facts({ tensors: '1234', found: 'a 1', foundMore: '1233', architecture: 'fcn-vgg16',
      missing: 'c 1', missingMore: '4', unfolded: 'command' }), [
      'Found: 1,234 tensors: a 1 and 1,233 more.', 'Nearest known net: FCN of this project.',
        'Missing: c 1 and 4 more.',
      'It looks like a checkpoint of this project’s training. Fold its batch norm away first: command',
    ])
    // A classifier, say, or another kind of failure.
    assert.deepEqual(facts({}), [])
    assert.deepEqual(facts({ tensors: '2' }, 'weights_invalid'), [])
  })

  it('tells_the_facts_behind_any_failure_in_the_readers_language', () => {
    /** @param {Language} language @param {string} code @param {Record<string, unknown>} details */
    const facts = (language, code, details) => failureFacts({ code, message: 'for developers', details },
      common(language), language)
    assert.deepEqual(facts('en', 'weights_size_mismatch', { expected: 1234567, got: 99 }),
      ['Expected: 1,234,567', 'Found: 99'])
    assert.deepEqual(facts('ko', 'weights_size_mismatch', { expected: 1234567, got: 99 }),
      ['예상한 값: 1,234,567', '실제 값: 99'])
    // The status is in the sentence.
    assert.deepEqual(facts('ko', 'http_error', { url: 'https://a.test/b', status: 1404 }), ['주소: https://a.test/b'])
    assert.deepEqual(facts('en', 'weights_invalid', { kind: 'weights.damaged', part: 'zip', at: '1234' }),
      ['Where: the zip’s list of files', 'Before byte: 1,234'])
    // What nobody has words for isn't told, nor what names a sentence.
    assert.deepEqual(facts('ko', 'manifest_invalid', { kind: 'names', odd: 3, reason: '' }), [])
  })

  it('has_words_in_both_languages_for_the_details_that_the_engine_gives', () => {
    // The details written out where an FcnError is made: `{ url, status: response.status }`.
    const given = ['engine', 'lib/fetching.js', 'elements/common'].map(codeIn).join('\n').matchAll(
      /new FcnError\('\w+',\s*(?:undefined|`[^`]*`|'[^']*'|"[^"]*"|[\w.]+),\s*\{ ([^{}]*) \}\)/g)
    const names = new Set([...given].flatMap(([, list = '']) =>
      list.split(', ').map(each => each.replace(/:.*/, ''))).filter(name => /^\w+$/.test(name)))
    assert.ok(names.has('url') && names.has('reason') && names.size > 8, [...names].join())
    // `kind` names a sentence; sizes, and the name of a format, are in one.
    for (const name of ['kind', 'width', 'height', 'name', 'size']) names.delete(name)
    for (const language of LANGUAGES) {
      for (const name of names) {
        assert.equal(failureFacts({ code: 'crashed', message: '', details: { [name]: 'value' } },
          common(language), language).length, 1, name)
        assert.ok(`fact.${name}` in TEXTS['elements/common/ui/'][language], name)
      }
    }
  })

  it('has_a_sentence_in_both_languages_for_every_kind_of_refusal_and_no_other', () => {
    const src = new URL('../../src/', import.meta.url)
    const rust = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.rs'))
      .map(name => readFileSync(new URL(name, src), 'utf8')).join('\n')
    const inRust = [...rust.matchAll(/"((?:weights|manifest|input)\.[a-z_0-9]+)"/g)].map(([, kind = '']) => kind)
    const script = codeIn('engine/formats/manifest.js').matchAll(/throw invalid\(.*, '(\w+)'(?:, \{.*\})?\)/g)
    const inScript = [...script].map(([, kind = '']) => `manifest.${kind}`)
    assert.ok(inRust.length > 40 && inScript.length > 10, `${inRust.length} and ${inScript.length}`)
    // Fields of a manifest and a file's name are written so, too; the engine tells wrong numbers of names itself.
    const inLoading = [...`${codeIn('engine')}${codeIn('elements/common')}`.matchAll(/kind: '((?:manifest|weights)\.\w+)'/g)].map(([, kind = '']) => kind)
    const kinds = new Set([...inRust, ...inScript, ...inLoading]
      .filter(kind =>
        !/^(weights\.(safetensors|names)|input\.(order|mean|std|long_side|max_long_side|pad_multiple))$/.test(kind)))
    for (const texts of Object.values(TEXTS['elements/common/ui/'])) {
      const there = Object.keys(texts).filter(key => /^error\.(weights|manifest|input)\./.test(key))
      assert.deepEqual(there.sort(), [...kinds].map(kind => `error.${kind}`).sort())
    }
  })

  it('has_a_name_in_both_languages_for_every_net_that_can_be_nearest', () => {
    const registry = readFileSync(new URL('../../src/models/registry.rs', import.meta.url), 'utf8')
    const nets = [...registry.matchAll(/ name: "([\w-]+)"/g)].map(match => match[1])
    assert.ok(nets.length >= 5)
    for (const net of nets) for (const texts of Object.values(TEXTS['elements/common/ui/'])) assert.ok(`net.${net}`
      in texts, net)
  })

  it('has_a_sentence_for_every_code_in_both_languages', () => {
    for (const language of LANGUAGES) {
      const t = common(language)
      for (const code of ERROR_CODES) {
        const text = failureText({ code, message: 'developer message' }, t, language)
        assert.notEqual(text, 'developer message', code)
        assert.doesNotMatch(text, /[{}]/, code)
      }
    }
  })

  it('offers_to_try_again_what_may_work_the_second_time', () => {
    for (const code of ['http_error', 'network_error', 'device_lost', 'aborted']) assert.ok(RETRYABLE.has(code), code)
    for (const code of ['not_an_image', 'image_too_large', 'weights_unrecognised',
      'no_webgpu']) assert.ok(!RETRYABLE.has(code), code)
    const t = common('en')
    for (const code of RETRYABLE) assert.notEqual(failureText({ code, message: 'for developers' }, t, 'en'),
      'for developers', code)
  })

  it('names_the_numbers', () => {
    const t = common('en')
    assert.match(failureText({ code: 'image_too_large', message: '', details: { width: 20000, height: 10000 } },
      t, 'en'), /200 megapixels/)
    assert.match(failureText({ code: 'size_too_large', message: '', details: { maxLongSide: 768 } }, t, 'en'), /768 px/)
    assert.match(failureText({ code: 'http_error', message: '', details: { status: 404 } }, t, 'en'), /404/)
  })

  it('tells_an_embedding_page_which_policy_the_engine_needs', () => {
    assert.equal(neededPolicy('https://lab.example', 'https://blog.example'),
      "script-src https://lab.example 'wasm-unsafe-eval'; worker-src blob: https://lab.example; connect-src https://lab.example")
    assert.equal(neededPolicy('https://lab.example', 'https://lab.example'),
      "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'")
    for (const language of LANGUAGES) {
      for (const code of ['wasm_blocked', 'wasm_failed']) {
        const text = failureText({ code, message: '' }, common(language), language)
        assert.match(text, /Content-Security-Policy/, code)
        assert.match(text, /“script-src .*'wasm-unsafe-eval'; worker-src .*”/, code)
      }
    }
  })

  it('falls_back_to_the_message_for_an_unknown_code', () => {
    assert.equal(failureText({ code: 'new_one', message: 'what happened' }, common('ko'), 'ko'), 'what happened')
  })
})

describe('numbers', () => {
  it('gives_shares_digits_that_mean_something', () => {
    assert.deepEqual([0, 0.0004, 0.0123, 0.0996, 0.314, 1].map(share => percent(share, 'en')),
      ['0%', '< 0.1%', '1.2%', '10%', '31%', '100%'])
  })

  it('counts_time_and_bytes', () => {
    assert.equal(duration(18.4, 'en'), '18 ms')
    assert.equal(duration(1234, 'ko'), '1.2 s')
    assert.equal(megabytes(8_558_696, 'en'), '8.6 MB')
  })

  it('reports_bytes_while_weights_load_and_steps_while_running', () => {
    const t = common('en')
    assert.deepEqual(progressText({ phase: 'download', loaded: 2e6, total: 8e6 }, t, 'en'),
      { title: 'Loading the model', detail: '2.0 MB of 8.0 MB', value: 0.25 })
    assert.equal(progressText({ phase: 'run', stage: 'conv3', index: 3, total: 12 }, t, 'en').detail, '3 of 12')
    assert.equal(progressText({ phase: 'engine' }, t, 'en').value, null)
  })

  it('writes_variants_as_the_paper_does', () => {
    assert.equal(variantName('fcn16s'), 'FCN-16s')
    assert.equal(variantName('other'), 'other')
  })
})
