/** An element's state as the fragment of a link, and back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fragmentOf, valuesIn } from '../../www/elements/common/fragment.js'

const usual = { view: 'overlay', opacity: 0.6, compare: false, model: '' }

test('a fragment says what is not as usual, and that comes back', () => {
  assert.equal(fragmentOf(usual, usual), '')
  const values = { view: 'mask', opacity: 0, compare: true, model: 'a b&c=d/é#+%.json' }
  const text = fragmentOf(values, usual)
  assert.equal(text, 'view=mask&opacity=0&compare=1&model=a%20b%26c%3Dd/%C3%A9%23%2B%25.json')
  assert.deepEqual(valuesIn(text, usual), values)
  assert.deepEqual(valuesIn('', usual), usual)
})

test('what a link says that cannot be read, or that nobody knows, is as usual', () => {
  assert.deepEqual(valuesIn('#?opacity=half&compare=0&other=1', usual), usual)
  assert.deepEqual(valuesIn('opacity=&opacity=1', usual), usual)
  assert.deepEqual(valuesIn('opacity=Infinity', usual), usual)
})

test('a switch that is on as usual can be said to be off', () => {
  const text = fragmentOf({ patterns: false }, { patterns: true })
  assert.equal(text, 'patterns=0')
  assert.deepEqual(valuesIn(text, { patterns: true }), { patterns: false })
})
