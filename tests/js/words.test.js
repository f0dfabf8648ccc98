/** www/lib/{i18n,format}.js and the element's sentences: both languages whole, every error told. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { duration, megabytes, percent } from '../../www/lib/format.js'
import { className, pickLanguage, translator } from '../../www/lib/i18n.js'
import { ERROR_CODES } from '../../www/lib/errors.js'
import { PAGE_TEXTS } from '../../www/page/texts.js'
import { HEATMAP_TEXTS } from '../../www/elements/heatmap/texts.js'
import { CARD_TEXTS } from '../../www/elements/model-card/texts.js'
import { TEXTS } from '../../www/elements/segment/texts.js'
import { failureFacts, failureText, neededPolicy, progressText, variantName } from '../../www/elements/segment/words.js'

describe('languages', () => {
  it('takes_the_first_language_it_knows', () => {
    assert.equal(pickLanguage(['fr-FR', 'ko-KR', 'en']), 'ko')
    assert.equal(pickLanguage([null, undefined, '', 'de']), 'en')
    assert.equal(pickLanguage(['KO']), 'ko')
  })

  it('fills_values_and_shows_gaps', () => {
    const t = translator({ en: { a: 'x {n} {m}', b: 'only here' }, ko: { a: '가 {n}' } }, 'ko')
    assert.equal(t('a', { n: 3 }), '가 3')
    assert.equal(t('b'), 'only here')
    assert.equal(t('c'), 'c')
  })

  it('falls_back_to_the_canonical_class_name', () => {
    assert.equal(className({ name: 'sky', names: { ko: '하늘' } }, 'ko'), '하늘')
    assert.equal(className({ name: 'sky' }, 'ko'), 'sky')
  })

  for (const [name, texts] of Object.entries({ element: TEXTS, page: PAGE_TEXTS, heatmap: HEATMAP_TEXTS, card: CARD_TEXTS })) {
    it(`${name}_says_everything_in_both_languages_with_the_same_values`, () => {
      // Names of the data's classes are English already.
      const keys = Object.keys(texts.ko).filter(key => !key.startsWith('include.'))
      assert.deepEqual(keys.sort(), Object.keys(texts.en).sort())
      for (const [key, text] of Object.entries(texts.en)) {
        /** @param {string} s */
        const values = s => [...s.matchAll(/\{\w+\}/g)].map(String).sort()
        assert.deepEqual(values(texts.ko[key]), values(text), key)
      }
    })
  }

  it('keeps_to_one_register_and_one_word_for_a_pixel_in_korean', () => {
    const folder = new URL('../../www/models/', import.meta.url)
    const models = ['everyday', 'everyday-slim', 'everyday-labels', 'recycling'].map(name => readFileSync(new URL(`${name}/model.json`, folder), 'utf8'))
    const texts = [TEXTS, PAGE_TEXTS, HEATMAP_TEXTS, CARD_TEXTS].flatMap(({ ko }) => Object.values(ko))
    for (const text of [...texts, ...models]) assert.doesNotMatch(text, /화소|십시오|이다\./)
  })

  it('has_a_text_for_every_key_in_the_page', () => {
    const page = readFileSync(new URL('../../www/index.html', import.meta.url), 'utf8')
    const keys = [...page.matchAll(/data-(?:text|label|alt)="([^"]+)"/g)].map(match => match[1])
    assert.ok(keys.length > 10)
    for (const key of keys) assert.ok(key in PAGE_TEXTS.en, key)
  })
})

describe('errors', () => {
  it('names_what_unrecognised_weights_hold_and_only_what_is_known_of_them', () => {
    const t = translator(TEXTS, 'en')
    const facts = (/** @type {Record<string, unknown>} */ details, code = 'weights_unrecognised') => failureFacts({ code, message: '', details }, t, 'en')
    assert.deepEqual(facts({ tensors: '2', found: 'a 1, b 2×3' }), ['Found: 2 tensors: a 1, b 2×3.', 'No known net is near it.'])
    assert.deepEqual(facts({ tensors: '0', found: '' }), ['Found: no tensors.', 'No known net is near it.'])
    assert.deepEqual(facts({ tensors: '1234', found: 'a 1', foundMore: '1233', architecture: 'fcn-vgg16', missing: 'c 1', missingMore: '4', unfolded: 'command' }), [
      'Found: 1,234 tensors: a 1 and 1,233 more.', 'Nearest known net: FCN of this project.', 'Missing: c 1 and 4 more.',
      'It looks like a checkpoint of this project’s training. Fold its batch norm away first: command',
    ])
    // A classifier, say, or another kind of failure.
    assert.deepEqual(facts({}), [])
    assert.deepEqual(facts({ tensors: '2' }, 'weights_invalid'), [])
  })

  it('has_a_name_in_both_languages_for_every_net_that_can_be_nearest', () => {
    const families = readFileSync(new URL('../../src/weights/recognise/families.rs', import.meta.url), 'utf8')
    const nets = [...families.matchAll(/"((?:fcn|deeplabv3|vgg16)-\w+)"/g)].map(match => match[1])
    assert.ok(nets.length >= 5)
    for (const net of nets) for (const texts of Object.values(TEXTS)) assert.ok(`net.${net}` in texts, net)
  })

  it('has_a_sentence_for_every_code_in_both_languages', () => {
    for (const language of /** @type {const} */ (['en', 'ko'])) {
      const t = translator(TEXTS, language)
      for (const code of ERROR_CODES) {
        const text = failureText({ code, message: 'developer message' }, t, language)
        assert.notEqual(text, 'developer message', code)
        assert.doesNotMatch(text, /[{}]/, code)
      }
    }
  })

  it('names_the_numbers', () => {
    const t = translator(TEXTS, 'en')
    assert.match(failureText({ code: 'image_too_large', message: '', details: { width: 20000, height: 10000 } }, t, 'en'), /200 megapixels/)
    assert.match(failureText({ code: 'size_too_large', message: '', details: { maxLongSide: 768 } }, t, 'en'), /768 px/)
    assert.match(failureText({ code: 'http_error', message: '', details: { status: 404 } }, t, 'en'), /404/)
  })

  it('tells_an_embedding_page_which_policy_the_engine_needs', () => {
    assert.equal(neededPolicy('https://lab.example', 'https://blog.example'),
      "script-src https://lab.example 'wasm-unsafe-eval'; worker-src blob: https://lab.example; connect-src https://lab.example")
    assert.equal(neededPolicy('https://lab.example', 'https://lab.example'), "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'")
    for (const language of /** @type {const} */ (['en', 'ko'])) {
      for (const code of ['wasm_blocked', 'wasm_failed']) {
        const text = failureText({ code, message: '' }, translator(TEXTS, language), language)
        assert.match(text, /Content-Security-Policy/, code)
        assert.match(text, /“script-src .*'wasm-unsafe-eval'; worker-src .*”/, code)
      }
    }
  })

  it('falls_back_to_the_message_for_an_unknown_code', () => {
    assert.equal(failureText({ code: 'new_one', message: 'what happened' }, translator(TEXTS, 'ko'), 'ko'), 'what happened')
  })
})

describe('numbers', () => {
  it('gives_shares_digits_that_mean_something', () => {
    assert.deepEqual([0, 0.0004, 0.0123, 0.0996, 0.314, 1].map(share => percent(share, 'en')), ['0%', '< 0.1%', '1.2%', '10%', '31%', '100%'])
  })

  it('counts_time_and_bytes', () => {
    assert.equal(duration(18.4, 'en'), '18 ms')
    assert.equal(duration(1234, 'ko'), '1.2 s')
    assert.equal(megabytes(8_558_696, 'en'), '8.6 MB')
  })

  it('reports_bytes_while_weights_load_and_steps_while_running', () => {
    const t = translator(TEXTS, 'en')
    assert.deepEqual(progressText({ phase: 'download', loaded: 2e6, total: 8e6 }, t, 'en'), { title: 'Loading the model', detail: '2.0 MB of 8.0 MB', value: 0.25 })
    assert.equal(progressText({ phase: 'run', stage: 'conv3', index: 3, total: 12 }, t, 'en').detail, '3 of 12')
    assert.equal(progressText({ phase: 'engine' }, t, 'en').value, null)
  })

  it('writes_variants_as_the_paper_does', () => {
    assert.equal(variantName('fcn16s'), 'FCN-16s')
    assert.equal(variantName('other'), 'other')
  })
})
