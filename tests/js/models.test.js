/** The list of models: what it offers, and that it tells of the folders beside it what they say themselves. */
import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parseManifest } from '../../www/engine/formats/manifest.js'
import { readCard } from '../../www/elements/model-card/card.js'
import { readReliability } from '../../www/elements/model-card/reliability.js'
import { EVERYDAY, VGG, readOffers } from '../../www/elements/common/model/list.js'

const FOLDER = new URL('../../www/models/', import.meta.url)
const BASE = 'https://lab.example/models/models.json'

/** Data sets whose name is a proper one, so that it is the same in every language. */
const PROPER = ['NYU Depth v2', 'SIFT Flow (LabelMe Outdoor)', 'Stanford Background', 'MSRC v2', 'LabelMeFacade',
  'Clothing Co-Parsing', 'Oxford 17 Flowers', 'Weizmann Horse', 'DAVIS 2016']

describe('the list of models', () => {
  it('names_every_folder_of_a_net_that_makes_masks_with_the_title_of_its_manifest', async () => {
    const offers = readOffers(JSON.parse(await readFile(new URL('models.json', FOLDER), 'utf8')), BASE)
    const folders = []
    for (const entry of await readdir(FOLDER, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const { architecture } = parseManifest(await readFile(new URL(`${entry.name}/model.json`, FOLDER)))
      if (architecture !== 'vgg16-classifier') folders.push(entry.name)
    }
    assert.deepEqual(offers.map(({ url }) => url).sort(),
      folders.map(name => `https://lab.example/models/${name}/model.json`).sort())
    for (const { url, title, hint } of offers) {
      const manifest = parseManifest(await readFile(new URL(url.replace('https://lab.example/models/', ''), FOLDER)))
      assert.deepEqual(title, manifest.title)
      assert.ok(hint.en && hint.ko, url)
    }
  })

  it('has_no_model_without_terms_data_scores_and_readable_failures', async () => {
    for (const name of ['everyday', 'everyday-lite0', 'everyday-slim', 'everyday-vgg', 'recycling']) {
      const manifest = parseManifest(await readFile(new URL(`${name}/model.json`, FOLDER)))
      assert.equal(manifest.name, name)
      for (const language of /** @type {const} */ (['en', 'ko'])) {
        const card = readCard(manifest, `${BASE.replace('models.json', name)}/model.json`, language)
        // What was pre-trained is told: the teacher's backbone, or of a net that learned from masks alone its own.
        const pretrained = card.data.find(({ name }) => name.startsWith('ImageNet'))?.terms ?? ''
        const taught = card.teacher || pretrained
        assert.notEqual(taught, '', name)
        for (const text of [card.terms, card.provenance, taught, card.note, ...card.data.map(({ terms }) => terms)]) {
          assert.equal(/[가-힣]/.test(text) || text === 'CC BY 4.0', language === 'ko' || text === 'CC BY 4.0',
            `${name}: ${text}`)
        }
        assert.deepEqual(card.splits.map(split => split.heads.length), [3, 3])
        assert.ok(card.failures.length > 0)
        for (const { picture, alt, credit } of card.failures) {
          if (!picture) continue
          assert.ok(alt && credit)
          assert.ok((await readFile(new URL(picture.replace('https://lab.example/models/', ''), FOLDER))).length > 5000)
        }
      }
    }
  })

  it('describes_its_data_sets_in_the_language_of_the_card', async () => {
    for (const name of ['everyday', 'everyday-lite0', 'everyday-slim', 'everyday-vgg', 'everyday-labels', 'recycling']) {
      const manifest = parseManifest(await readFile(new URL(`${name}/model.json`, FOLDER)))
      for (const language of /** @type {const} */ (['en', 'ko'])) {
        for (const { name: set } of readCard(manifest, null, language).data) {
          assert.equal(/[가-힣]/.test(set), language === 'ko' && !PROPER.includes(set), `${name}: ${set}`)
        }
      }
    }
  })

  it('has_a_word_for_every_class_of_the_data_that_a_class_is_made_of', async () => {
    const { texts } = await import('../../www/elements/model-card/texts.ko.js')
    for (const name of ['everyday', 'everyday-lite0', 'everyday-slim', 'everyday-vgg', 'everyday-labels', 'recycling']) {
      const { classes } = readCard(parseManifest(await readFile(new URL(`${name}/model.json`, FOLDER))), null, 'ko')
      for (const each of classes) {
        if (each.includes.every(include => include === each.name)) continue
        for (const include of each.includes) assert.ok(`include.${include}` in texts, `${name}: ${include}`)
      }
    }
  })

  it('has_a_card_of_the_classifier_with_its_figures_and_failures', async () => {
    const manifest = parseManifest(await readFile(new URL('everyday-labels/model.json', FOLDER)))
    for (const language of /** @type {const} */ (['en', 'ko'])) {
      const card = readCard(manifest, 'https://lab.example/models/everyday-labels/model.json', language)
      const [val, test] = card.labels
      assert.deepEqual([val.name, test.name, val.accuracy, test.accuracy, test.crops, test.photos],
        ['val', 'test', 0.9522, 0.9411, 1800, 441])
      assert.deepEqual(test.classes['water'], { accuracy: 0.885, photos: 3 })
      assert.deepEqual(test.maps.map(({ size, centre }) => [size, centre]),
        [['own size', 0.8097], ['448', 0.8592], ['512', 0.8627]])
      assert.equal(test.confusion?.length, 9)
      assert.equal(card.labelCurves.length, 5)
      assert.deepEqual([card.splits.length, card.failures.length > 2, card.isUntold], [0, true, false])
      for (const text of [card.intended, card.note, card.provenance, ...card.failures.map(({ text }) => text),
        ...card.neverSeen]) {
        assert.equal(/[가-힣]/.test(text), language === 'ko', text)
      }
    }
  })

  it('is_described_with_the_numbers_that_the_models_have', async () => {
    const readme = await readFile(new URL('README.md', FOLDER), 'utf8')
    for (const name of ['everyday', 'everyday-lite0', 'everyday-slim', 'everyday-vgg']) {
      const { metrics, files } = JSON.parse(await readFile(new URL(`${name}/model.json`, FOLDER), 'utf8'))
      const { miou, pixel_accuracy: pixels, iou } = metrics.test.fcn8s
      const [, told = ''] = new RegExp(`^\\| ${name} \\|(.*)$`, 'm').exec(readme) ?? []
      assert.ok(told.includes(`${(files[0].bytes / 1e6).toFixed(1)} MB`), name)
      assert.ok(told.includes(`${miou.toFixed(2)} mIoU`), name)
      for (const [, share] of told.matchAll(/(\d+) %/g)) assert.equal(Number(share), Math.round(100 * pixels), name)
      for (const [, named, value] of told.matchAll(/"?(\w+)"? \((0\.\d\d)/g)) {
        assert.equal(value, iou[named].toFixed(2), `${name}: ${named}`)
      }
    }
  })

  it('says_what_every_kind_of_weights_is_taken_for_and_all_that_can_be_assumed', async () => {
    const readme = await readFile(new URL('README.md', FOLDER), 'utf8')
    const [, taken = ''] = readme.split('\n## Weights that people have\n')
    const rust = async (/** @type {string} */ file) =>
      await readFile(new URL(`../../src/${file}`, import.meta.url), 'utf8')
    const named = (/** @type {string} */ text, /** @type {RegExp} */ pattern) =>
      [...text.matchAll(pattern)].map(([, name = '']) => name)
    const architectures = named(await rust('models/registry.rs'), /^ {8}name: "([\w-]+)",$/gm)
    assert.ok(architectures.length >= 13)
    const assumed = await rust('weights/recognise/assumed.rs')
    const inputs = named(assumed, /^ {8}name: "([\w-]+)",$/gm)
    assert.equal(inputs.length, 7)
    const options = named(assumed, /^const (?:FORMS|SKIPS): \[&str; 2\] = \[(.*)\];$/gm).flatMap(list =>
      named(list, /"(\w+)"/g))
    assert.equal(options.length, 4)
    const said = named(assumed, /^ {4}pub (\w+): Option<String>,$/gm)
    assert.deepEqual(said, ['set', 'input', 'form', 'skips'])
    for (const name of architectures) assert.ok(taken.includes(`\`${name}\``), name)
    const preparing = taken.split('\n').find(line => line.startsWith('| `input`')) ?? ''
    for (const name of inputs) assert.ok(preparing.includes(`\`${name}\``), name)
    for (const name of [...said, ...options]) assert.ok(taken.includes(`\`${name}\``), name)
  })

  it('leaves_out_of_a_classifier_what_is_malformed', async () => {
    const manifest = parseManifest(await readFile(new URL('everyday-labels/model.json', FOLDER)))
    const odd = { ...manifest, metrics: { val: { score: { accuracy: 'high' } },
      test: { score: { accuracy: 0.5, class_accuracy: 7, confusion: [[1]] }, map: { 512: null, odd: 3 } } },
        curves: [{ step: 1 }, null, 7] }
    const { labels: [test, ...more], labelCurves } = readCard(odd, null, 'en')
    assert.deepEqual([test.name, test.accuracy, test.confusion, test.crops], ['test', 0.5, null, null])
    assert.deepEqual(test.maps.map(({ centre }) => centre), [null, null])
    assert.equal(test.classes['sky'].accuracy, null)
    assert.deepEqual([more, labelCurves], [[], []])
  })

  it('offers_the_nets_that_come_by_themselves', async () => {
    const list = new URL('models.json', FOLDER)
    const offers = readOffers(JSON.parse(await readFile(list, 'utf8')), list.href)
    const urls = offers.map(({ url }) => url)
    assert.equal(urls[0], EVERYDAY)
    assert.ok(urls.includes(VGG))
  })

  it('offers_nothing_from_elsewhere_and_no_nonsense', () => {
    const offers = readOffers({ models: [
      { manifest: 'a/model.json', title: { en: 'A', ko: 7 }, hint: 'x' },
        { manifest: 'https://evil.example/model.json' }, { manifest: 7 }, null, 'b', {},
      { manifest: 'javascript:alert(1)' }, { manifest: 'http://[' },
    ] }, BASE)
    assert.deepEqual(offers, [{ url: 'https://lab.example/models/a/model.json', title: { en: 'A' }, hint: {} }])
    for (const wrong of [null, 7, [], {}, { models: {} }]) assert.throws(() => readOffers(wrong, BASE),
      { code: 'manifest_invalid' })
  })
})

describe('how often a probability is right', () => {
  const bins = [{ pixels: 5, probability: 0.4, right: 0.5 }, { pixels: 7, probability: 0.9, right: 0.8 }]

  it('is_read_of_the_finest_head_and_of_photos_that_it_was_not_fitted_on_where_there_are_such', () => {
    const said = { val: { fcn8s: { ece: 0.1, bins } }, test: { fcn16s: { ece: 0.3, bins }, fcn8s: { ece: 0.2, bins } } }
    assert.deepEqual(readReliability(said, ['fcn16s', 'fcn8s']), { split: 'test', head: 'fcn8s', error: 0.2, bins })
    assert.equal(readReliability({ val: said.val }, ['fcn8s'])?.split, 'val')
  })

  it('is_nothing_where_what_is_said_makes_no_sense', () => {
    const wrong = [null, 3, {}, { test: { fcn8s: { ece: 0.1 } } }, { test: { fcn8s: { ece: 'x', bins } } },
      { test: { fcn8s: { ece: 0.1, bins: [bins[0], { pixels: 0 }, { pixels: 3, probability: 1.5, right: 0 }, 'x'] } } }]
    for (const calibration of wrong) assert.equal(readReliability(calibration, ['fcn8s']), null)
    assert.equal(readReliability({ test: { fcn8s: { ece: 0.1, bins } } }, []), null)
  })
})
