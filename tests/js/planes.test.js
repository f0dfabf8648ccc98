/** www/lib: channels as colours, where cells lie on a photo, numbers for NumPy, sums as text. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { equation, prefixed, significant } from '../../www/lib/format.js'
import { npy } from '../../www/lib/npy.js'
import {
  cellBox, cellUnder, colorsOf, counted, differing, maskColors, placeOf, rangeOf, seenBox, signedColor,
} from '../../www/lib/planes.js'
import { heatColor } from '../../www/lib/windows.js'
import { ordered, rangeIn, scaleOf } from '../../www/elements/inside/stages/order.js'

/** pool2 of VGG16. */
const ALONG = { size: 16, jump: 4, start: 1.5 }
const POOL2 = { receptive: ALONG, across: ALONG }
const WORK = { width: 48, height: 32 }

describe('a channel as colours', () => {
  it('goes_from_the_palest_to_the_darkest_shade', () => {
    const colors = colorsOf(Float32Array.of(2, 4, 3), { least: 2, most: 4 })
    assert.deepEqual([...colors.subarray(0, 3)], heatColor(0))
    assert.deepEqual([...colors.subarray(4, 7)], heatColor(1))
    for (const [i, value] of heatColor(0.5).entries()) assert.ok(Math.abs(colors[8 + i] - value) <= 1)
  })

  it('has_white_for_0_and_one_scale_for_both_signs_where_some_are_negative', () => {
    const colors = colorsOf(Float32Array.of(-1, 4, 0), { least: -1, most: 4 })
    assert.deepEqual([...colors.subarray(4, 7)], signedColor(1))
    for (const [i, value] of signedColor(-0.25).entries()) assert.ok(Math.abs(colors[i] - value) <= 2)
    assert.ok(colors.subarray(8, 11).every(value => value >= 248))
  })

  it('shows_nothing_of_what_is_no_number_and_bears_a_map_of_one_value', () => {
    const colors = colorsOf(Float32Array.of(NaN, 7), { least: 7, most: 7 })
    assert.deepEqual([...colors.subarray(0, 4)], [0, 0, 0, 0])
    assert.equal(colors[7], 255)
    assert.deepEqual(rangeOf(new Float32Array()), { least: 0, most: 0 })
  })

  it('is_painted_once_for_the_same_values_and_again_for_another_scale', () => {
    const values = Float32Array.of(1, 2)
    const first = colorsOf(values, { least: 1, most: 2 })
    assert.equal(colorsOf(values, { least: 1, most: 2 }), first)
    assert.notDeepEqual(colorsOf(values, { least: 0, most: 4 }), first)
  })
})

describe('where a cell lies', () => {
  it('is_where_the_arithmetic_of_the_net_has_it', () => {
    // Cell 0 covers pixels 0 to 3; the map covers the padded photo.
    assert.deepEqual(cellBox(POOL2, { row: 0, column: 0 }, WORK), { left: 0, top: 0, width: 4 / 48, height: 4 / 32 })
    assert.deepEqual(placeOf(POOL2, { width: 16, height: 8 }, WORK), { left: 0, top: 0, width: 64 / 48, height: 1 })
    // It sees 16 pixels around 1.5: from −6 to 9.
    assert.deepEqual(seenBox(POOL2, { row: 0, column: 0 }, WORK), { left: -6 / 48, top: -6 / 32,
      width: 16 / 48, height: 16 / 32 })
    assert.deepEqual(seenBox({ receptive: { ...ALONG, size: Infinity }, across: ALONG }, { row: 3, column: 3 }, WORK),
      { left: 0, top: 0, width: 1, height: 1 })
  })

  it('may_lie_otherwise_across_than_down', () => {
    const looking = { receptive: ALONG, across: { size: 4, jump: 2, start: 0.5 } }
    assert.deepEqual(cellBox(looking, { row: 1, column: 1 }, WORK), { left: 2 / 48, top: 4 / 32,
      width: 2 / 48, height: 4 / 32 })
    assert.deepEqual(seenBox(looking, { row: 0, column: 1 }, WORK), { left: 1 / 48, top: -6 / 32,
      width: 4 / 48, height: 16 / 32 })
    assert.deepEqual(placeOf(looking, { width: 24, height: 8 }, WORK), { left: 0, top: 0, width: 1, height: 1 })
    assert.deepEqual(cellUnder(looking, { width: 24, height: 8 }, WORK, { x: 0.5, y: 0.5 }), { row: 4, column: 12 })
  })

  it('is_found_under_a_point_and_within_the_map_beside_it', () => {
    const map = { width: 12, height: 8 }
    for (const [x, column] of [[0, 0], [3.9, 0], [4.1, 1], [47.9, 11], [60, 11], [-5, 0]]) {
      assert.equal(cellUnder(POOL2, map, WORK, { x: x / 48, y: 0 }).column, column, `${x}`)
    }
  })
})

describe('labels', () => {
  it('are_counted_compared_and_painted', () => {
    const a = Uint8Array.of(1, 2, 2, 0)
    assert.deepEqual(counted(a), [[2, 2], [0, 1], [1, 1]])
    const { count, where } = differing(a, Uint8Array.of(1, 0, 2, 1))
    assert.deepEqual([count, ...where], [2, 0, 1, 0, 1])
    assert.equal(differing(a, Uint8Array.of(1, 2, 2, 0)).count, 0)
    const table = Uint32Array.from([0xff000000, 0xff0000ff, 0xff00ff00])
    assert.deepEqual([...new Uint32Array(maskColors(a, table).buffer)], [table[1], table[2], table[2], table[0]])
  })
})

describe('a sheet', () => {
  const sheet = { channels: 3, height: 1, width: 1, data: Float32Array.of(1, 5, 2),
    range: Float32Array.of(0, 1, 3, -1, 5, 9, 0, 2, 4) }

  it('begins_with_the_channel_of_the_highest_mean', () => {
    assert.deepEqual(ordered(sheet), [1, 2, 0])
    assert.deepEqual(rangeIn(sheet, 2), { least: 0, mean: 2, most: 4 })
  })

  it('has_one_scale_for_all_where_that_is_wished', () => {
    assert.deepEqual(scaleOf(sheet, 0, 'one'), { least: -1, most: 9 })
    assert.equal(scaleOf(sheet, 0, 'each').most, 3)
  })
})

describe('values for NumPy', () => {
  it('begin_at_a_multiple_of_64_after_a_header_that_tells_their_shape', async () => {
    for (const shape of [[2, 3], [1, 2, 3], [6], [100_000, 1, 1]]) {
      const values = new Float32Array(shape.reduce((a, b) => a * b)).fill(1.5)
      const bytes = new Uint8Array(await npy(values, shape).arrayBuffer())
      const length = bytes[8] + 256 * bytes[9]
      assert.deepEqual([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
      assert.equal((10 + length) % 64, 0)
      const header = new TextDecoder().decode(bytes.subarray(10, 10 + length))
      assert.ok(header.includes(`'shape': (${shape.length === 1 ? `${shape[0]},` : shape.join(', ')})`)
        && header.endsWith('\n'), header)
      assert.equal(new DataView(bytes.buffer).getFloat32(10 + length, true), 1.5)
      assert.equal(bytes.length, 10 + length + 4 * values.length)
    }
  })
})

describe('numbers for people', () => {
  it('add_up_as_they_are_shown', () => {
    const said = (/** @type {number[]} */ values, /** @type {number} */ total) => {
      const { terms, sign, total: sum } = equation(values, total, 'en')
      return `${terms} ${sign} ${sum}`
    }
    assert.equal(said([3.6931, 0.515, -0.2914], 3.9167), '3.693 + 0.515 − 0.291 = 3.917')
    // With three digits it would be 3.300 + 0.400 + 0.230 for 3.931.
    assert.equal(said([3.3004, 0.4004, 0.2304], 3.9312), '3.3004 + 0.4004 + 0.2304 = 3.9312')
    assert.equal(said([-1, -2], -3), '−1.000 − 2.000 = −3.000')
    assert.equal(said([1, 1], 3), '1.000 + 1.000 ≈ 3.000')
    assert.equal(said([-0.0000001, 1], 0.9999999), '0.000 + 1.000 = 1.000')
    assert.equal(said([1, -0.0000001], 0.9999999), '1.000 + 0.000 = 1.000')
    for (let seed = 1; seed < 200; seed++) {
      const values = [1, 2, 3].map(i => Math.sin(seed * i) * 5)
      const total = values.reduce((sum, value) => sum + value, 0)
      const { terms, sign, total: sum } = equation(values, total, 'en')
      const read = (/** @type {string} */ text) =>
        text.replaceAll('−', '-').replace(/([+-]) /g, '$1').split(' ').map(Number)
      const [shown] = read(sum)
      const apart = Math.abs(read(terms).reduce((sum, value) => sum + value, 0) - shown)
      assert.equal(apart < 1e-9, sign === '=', terms)
    }
  })

  it('keep_their_leading_digits_and_have_no_minus_zero', () => {
    assert.deepEqual([0.00001234, 12345, -0, -2.5].map(value => significant(value, 'en')),
      ['1.23·10⁻⁵', '12,300', '0', '−2.5'])
    assert.deepEqual([672, 134_500_000, 6.81e9].map(value => prefixed(value, 'en')),
      ['672', '135\u00a0M', '6.81\u00a0G'])
  })
})
