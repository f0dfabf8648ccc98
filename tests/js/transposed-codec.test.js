/** Layers and maps as text: every text that is written is read back, and rubbish is refused without a throw. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatMap, formatPair, fromRows, parseMap, parseNumber, parsePair,
  toRows } from '../../www/lib/transposed/codec.js'
import { INPUT_FILLS } from '../../www/lib/transposed/fill.js'

describe('numbers', () => {
  it('are read as people write them', () => {
    for (const [text, value] of /** @type {[string, number][]} */ ([
      ['2', 2], [' -1.5 ', -1.5], ['−1,5', -1.5], ['1/4', 0.25], ['.5', 0.5], ['3.', 3], ['1e-3', 0.001], ['+7', 7],
    ])) assert.equal(parseNumber(text), value, text)
  })

  it('are refused when they are none, or too large to show', () => {
    for (const text of ['', ' ', 'abc', '1/0', '1/2/3', '0x10', 'Infinity', 'NaN', '1e99', '--1', '1 2', '<b>']) {
      assert.equal(parseNumber(text), null, text)
    }
  })
})

describe('pairs', () => {
  it('survive the round trip', () => {
    for (const pair of /** @type {[number, number][]} */ ([[1, 1], [3, 2], [64, 1], [0, 5], [-1, 2]])) {
      assert.deepEqual(parsePair(formatPair(pair)), pair)
    }
    assert.deepEqual(parsePair(' 3 × 2 '), [3, 2])
    assert.deepEqual(parsePair('3X2'), [3, 2])
  })

  it('are refused when garbled', () => {
    for (const text of ['', 'x', '3x', 'x3', '1.5', '3x2x1', 'null', '%',
      '9'.repeat(40)]) assert.equal(parsePair(text), null, text)
  })
})

describe('maps', () => {
  it('survive the round trip, fills and values and large ones', () => {
    const large = Float64Array.from({ length: 256 }, (_, at) => Math.fround(Math.sin(at) / 3))
    for (const source of /** @type {import('../../www/lib/transposed/codec.js').MapSource[]} */ ([
      { size: [3, 3], fill: 'sample', values: null },
      { size: [7, 5], fill: 'blob', values: null },
      { size: [2, 2], fill: null, values: Float64Array.of(1, -2.5, 0, 0.0625) },
      { size: [1, 1], fill: null, values: Float64Array.of(5) },
      { size: [1, 3], fill: null, values: Float64Array.of(5, 6, 7) },
      { size: [3, 1], fill: null, values: Float64Array.of(5, 6, 7) },
      { size: [16, 16], fill: null, values: large },
    ])) {
      assert.deepEqual(parseMap(formatMap(source), INPUT_FILLS), source, formatMap(source))
    }
  })

  it('are read with spaces as well', () => {
    assert.deepEqual(parseMap('1 2; 3 4', INPUT_FILLS)?.values, Float64Array.of(1, 2, 3, 4))
    assert.deepEqual(parseMap('7x7 blob', INPUT_FILLS), { size: [7, 7], fill: 'blob', values: null })
    assert.deepEqual(parseMap('4', INPUT_FILLS)?.size, [4, 4])
  })

  it('are refused when ragged, cut short, or not numbers', () => {
    for (const text of ['', ';', '1,2;3', '1,a;2,3', '3x3:nonsense', '2x2:f32:AAAA', '2x2:f32:!!',
      '1x1:f32:AADAfw', '1x1:f32:AACAfw', '\u0000', '{}']) {
      assert.equal(parseMap(text, INPUT_FILLS), null, text)
    }
  })

  it('come from nested arrays of any kind, when they are rectangles of finite numbers', () => {
    assert.deepEqual(fromRows([[1, 2], [3, 4]], 'input')?.values, Float64Array.of(1, 2, 3, 4))
    assert.deepEqual(fromRows([Float32Array.of(1, 2)], 'kernel')?.size, [1, 2])
    for (const rows of [null, undefined, 3, 'abc', [], [[]], [[1], [1, 2]], [[NaN]], [['1']],
      [[1], 2], Array(33).fill([1])]) {
      assert.equal(fromRows(rows, 'input'), null)
    }
    assert.deepEqual(toRows(Float64Array.of(1, 2, 3, 4), [2, 2]), [[1, 2], [3, 4]])
  })
})
