/** What `<fcn-segment>` shows, written as a link and read again, as anybody may have written it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressOf, readLink, writeLink } from '../../www/elements/segment/links.js'
import { WHOLE } from '../../www/lib/viewport.js'

/** @param {Record<string, string>} [markup] */
function element(markup = {}) {
  return /** @type {import('../../www/elements/segment/links.js').Host} */ ({
    model: markup['model'] ?? '', models: '', variant: 'fcn8s', size: 'model', backend: 'auto',
      compare: false, view: 'overlay',
    patterns: false, unsure: false, samples: '', sample: markup['sample'] ?? '', opacity: 0.6, split: 0.5,
    baseURI: 'https://site.test/lab/index.html', getAttribute: name => markup[name] ?? null,
  })
}
const nothing = { sample: '', off: new Set(), window: WHOLE }

describe('a link to what fcn-segment shows', () => {
  it('is_empty_where_all_is_as_the_markup_says', () => {
    const host = element({ sample: 'pavilion', model: './models/x/model.json' })
    assert.equal(writeLink(host, host.model, { ...nothing, sample: 'pavilion' }), '')
    assert.equal(writeLink(host, 'https://site.test/lab/models/x/model.json', { ...nothing, sample: 'pavilion' }), '')
  })

  it('brings_back_all_of_it', () => {
    const host = Object.assign(element(), { variant: 'fcn16s', view: 'split', split: 0.25, patterns: true, size: 768 })
    const window = { zoom: 4, x: 0.25, y: 0.75 }
    const text = writeLink(host, 'https://site.test/lab/models/slim/model.json',
      { sample: 'cat', off: new Set([2, 9]), window })
    const { settings, model, sample, off, window: seen } = readLink(element(), text)
    assert.deepEqual({ ...settings }, {
      variant: 'fcn16s', view: 'split', split: 0.25, patterns: true, size: '768', compare: false,
        unsure: false, opacity: 0.6,
    })
    assert.deepEqual([addressOf(model, host.baseURI), sample, [...off], seen],
      ['https://site.test/lab/models/slim/model.json', 'cat', [2, 9], window])
  })

  it('keeps_the_address_of_another_sites_model_whole', () => {
    const host = element({ sample: 'a' })
    const text = writeLink(host, 'https://cdn.test/lab/models/x/model.json', { ...nothing, sample: 'a' })
    assert.equal(addressOf(readLink(host, text).model, host.baseURI), 'https://cdn.test/lab/models/x/model.json')
  })

  it('is_read_within_bounds_whatever_it_says', () => {
    const { settings, off, window, model } = readLink(element(),
      'opacity=9&split=-4&off=a,3,-1,99999999&at=0.1,5,NaN&view=x&model=https://')
    assert.deepEqual([settings.opacity, settings.split, settings.view], [1, 0, 'overlay'])
    assert.deepEqual([...off], [3])
    assert.equal(window, WHOLE)
    assert.equal(addressOf(model, 'https://site.test/'), '')
  })

  it('can_be_written_where_the_markup_names_no_address', () => {
    const host = element({ model: 'https://' })
    assert.equal(writeLink(host, host.model, nothing), '')
  })
})
