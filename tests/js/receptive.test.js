/** www/lib/receptive.js: the facts of FCN.md's nets, and random nets against what really depends on what. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fraction, fractionText, minus, over, plus, times, toNumber } from '../../www/lib/fraction.js'
import {
  INPUT, cellAtStart, cellsBefore, fieldOf, middle, placeAfter, receptiveField, sizeAfter, span, stamped, windowed,
} from '../../www/lib/receptive.js'

/** @typedef {import('../../www/lib/receptive.js').Layer} Layer */
/** @typedef {import('../../www/lib/receptive.js').Place} Place */

const conv = windowed(3, { padding: 1 })
const pool = windowed(2, { stride: 2 })
const up = { pool: windowed(2, { stride: 2, ceil: true }), 2: stamped(4, { stride: 2 }) }
const BLOCKS = [2, 2, 3, 3, 3]

/** VGG16 up to a pool. @param {number} pools @param {Layer} first @param {Layer} [halving] @returns {Layer[]} */
function vgg(pools, first = conv, halving = pool) {
  const blocks = BLOCKS.slice(0, pools).flatMap(depth => [...Array.from({ length: depth }, () => conv), halving])
  return [first, ...blocks.slice(1)]
}

/** @param {readonly Layer[]} layers @param {Place} [from] */
const place = (layers, from = INPUT) => layers.reduce(placeAfter, from)
/** @param {readonly Layer[]} layers @param {number} n */
const sizes = (layers, n) => layers.reduce((all, layer) => [...all, sizeAfter(layer, all[all.length - 1] ?? 0)], [n])
/** @param {readonly Layer[]} layers @param {number} n */
const size = (layers, n) => sizes(layers, n).at(-1)

/** mulberry32. @param {number} seed @returns {(n: number) => number} a whole number below n */
function random(seed) {
  return n => {
    seed = seed + 0x6d2b79f5 | 0
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed)
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
    return ((t ^ t >>> 14) >>> 0) % n
  }
}

/**
 * A layer really applied, with a kernel of ones: each cell is the set of input pixels that flow into it.
 * @param {Layer} layer
 * @param {readonly Set<number>[]} cells
 * @returns {Set<number>[]}
 */
function flow(layer, cells) {
  const { kernel, stride, before, after, dilation } = layer
  /** @type {Set<number>[]} */
  let out = []
  const add = (/** @type {number} */ at, /** @type {number} */ from) => {
    for (const pixel of cells[from] ?? []) out[at]?.add(pixel)
  }
  if (layer.kind === 'window') {
    // Slid along until it no longer fits; with `ceil` it may hang over the end as long as it begins before it.
    const end = cells.length + before + after
    for (let at = 0; at + dilation * (kernel - 1) < end || (layer.ceil && out.length > 0
      && at - stride + dilation * (kernel - 1) + 1 < end && at < cells.length + before); at += stride) {
      out.push(new Set())
      for (let k = 0; k < kernel; k++) add(out.length - 1, at + k * dilation - before)
    }
    return out
  }
  // Every cell stamps; then the border is trimmed.
  const whole = (cells.length - 1) * stride + dilation * (kernel - 1) + 1 + layer.more
  out = Array.from({ length: whole }, () => new Set())
  for (let i = 0; i < cells.length; i++) for (let k = 0; k < kernel; k++) add(i * stride + k * dilation, i)
  return out.slice(before, whole - after)
}

/** @param {readonly Layer[]} layers @param {number} n */
function poke(layers, n) {
  return layers.reduce((cells, layer) => flow(layer, cells), Array.from({ length: n }, (_, i) => new Set([i])))
}

/** @param {(n: number) => number} any @param {boolean} stamps @returns {Layer} */
function anyLayer(any, stamps) {
  const [kernel, stride, dilation] = [1 + any(5), 1 + any(3), any(3) ? 1 : 2]
  const wide = dilation * (kernel - 1) + 1
  if (stamps && any(2)) {
    const more = any(2) ? any(Math.max(stride, dilation)) : 0
    return stamped(kernel, { stride, dilation, before: any(wide), after: any(wide), more })
  }
  return windowed(kernel, { stride, dilation, before: any(wide), after: any(wide), ceil: any(3) === 0 })
}

/** Random chains of which every map has a cell. @param {number} count @param {boolean} stamps */
function* chains(count, stamps) {
  const any = random(stamps ? 15 : 16)
  for (let made = 0; made < count;) {
    const layers = Array.from({ length: 1 + any(5) }, () => anyLayer(any, stamps))
    const n = 1 + any(60)
    const all = sizes(layers, n)
    if (all.some(each => each < 1 || each > 2000)) continue
    made++
    yield { layers, n, all, told: JSON.stringify({ layers, n }) }
  }
}

describe('the facts of the nets', () => {
  it('gives_vgg16_the_fields_that_are_known_of_it', () => {
    assert.deepEqual([1, 2, 3, 4].map(pools => receptiveField(vgg(pools))), [6, 16, 44, 100])
    assert.equal(receptiveField(vgg(5).slice(0, -1)), 196)
    assert.equal(receptiveField(vgg(5)), 212)
    assert.deepEqual([1, 3, 7].map(k => receptiveField([...vgg(5), windowed(k)])), [212, 276, 404])
  })

  const first = windowed(3, { padding: 100 })
  const fc6 = place([...vgg(5, first), windowed(7)])
  const [pool4, pool3] = [place(vgg(4, first)), place(vgg(3, first))]

  it('puts_the_maps_of_the_reference_net_where_they_are', () => {
    assert.deepEqual([fc6, pool4, pool3].map(({ jump, start }) => [toNumber(jump), toNumber(start)]), [
      [32, 12.5], [16, -91.5], [8, -95.5],
    ])
  })

  it('finds_the_crops_19_and_5_27_and_5_9_31', () => {
    assert.deepEqual(cellAtStart(INPUT, place([stamped(64, { stride: 32 })], fc6)), fraction(19))
    const twice = place([up[2]], fc6)
    assert.deepEqual(cellAtStart(twice, pool4), fraction(5))
    assert.deepEqual(cellAtStart(INPUT, place([stamped(32, { stride: 16 })], twice)), fraction(27))
    const again = place([up[2]], twice)
    assert.deepEqual(cellAtStart(again, pool3), fraction(9))
    assert.deepEqual(cellAtStart(INPUT, place([stamped(16, { stride: 8 })], again)), fraction(31))
  })

  it('needs_no_crop_in_the_lectures_net', () => {
    const [twice, half] = [stamped(4, { stride: 2, padding: 1 }), place(vgg(5))]
    const heads = [[stamped(64, { stride: 32, padding: 16 })], [twice, stamped(32, { stride: 16, padding: 8 })],
      [twice, twice, stamped(16, { stride: 8, padding: 4 })]]
    for (const head of heads) assert.deepEqual(place(head, half), INPUT)
    assert.deepEqual(cellAtStart(place([twice], half), place(vgg(4))), fraction(0))
  })

  it('traces_224_pixels_through_the_reference_net_and_its_port', () => {
    const trace = (/** @type {Layer} */ halving) => {
      const all = sizes([...vgg(5, first, halving), windowed(7)], 224)
      return [...new Set(all.slice(1))]
    }
    assert.deepEqual(trace(up.pool), [422, 211, 106, 53, 27, 14, 8])
    assert.deepEqual(trace(pool), [422, 211, 105, 52, 26, 13, 7])
    assert.equal(size([stamped(64, { stride: 32 })], 8), 288)
    assert.equal(size([stamped(64, { stride: 32 })], 7), 256)
    assert.deepEqual(sizes([up[2], stamped(32, { stride: 16 })], 8), [8, 18, 304])
    assert.deepEqual(sizes([up[2], up[2], stamped(16, { stride: 8 })], 8), [8, 18, 38, 312])
    // Without the 100 there is one cell left, and it becomes 32 pixels.
    assert.deepEqual(sizes([windowed(7), stamped(64, { stride: 32, padding: 16 })], 7), [7, 1, 32])
  })

  it('shows_the_slip_of_the_notes', () => {
    assert.equal(size([stamped(16, { stride: 16, padding: 8 })], 14), 208)
    assert.equal(size([stamped(32, { stride: 16, padding: 8 })], 14), 224)
  })
})

describe('what a cell sees', () => {
  it('is_what_really_flows_into_it_also_at_the_border', () => {
    let holes = 0
    for (const { layers, n, all, told } of chains(1500, true)) {
      const cells = poke(layers, n)
      assert.equal(cells.length, all.at(-1), told)
      for (const [cell, pixels] of cells.entries()) {
        const field = fieldOf(layers, cell, all)
        assert.deepEqual(field, pixels.size ? [Math.min(...pixels), Math.max(...pixels)] : null, `${cell} ${told}`)
        if (!field) holes++
      }
    }
    assert.ok(holes > 100, `${holes} cells that see nothing`)
  })

  it('is_at_most_r_pixels_and_somewhere_exactly_r', () => {
    let tried = 0
    for (const { layers, told } of chains(300, true)) {
      const r = receptiveField(layers) ?? NaN
      // A net without an end: so long that some cells are far from both.
      const before = (/** @type {number} */ cells, /** @type {Layer} */ layer) =>
        span(layer) + layer.before + layer.after
        + (layer.kind === 'window' ? cells * layer.stride : Math.ceil(cells / layer.stride))
      const least = layers.reduceRight(before, 200)
      if (least > 8000) continue
      tried++
      const widths = poke(layers, least).map(pixels => pixels.size ? Math.max(...pixels) - Math.min(...pixels) + 1 : 0)
      assert.equal(Math.max(...widths), r, told)
    }
    assert.ok(tried > 250, `${tried}`)
  })

  it('has_its_middle_where_the_cell_lies_below_convolutions_and_pools', () => {
    for (const { layers, told } of chains(300, false)) {
      const where = place(layers)
      for (const cell of [0, 1, 7]) {
        const [from, to] = fieldOf(layers, cell) ?? [NaN, NaN]
        assert.deepEqual(middle(where, cell), fraction(from + to, 2), told)
        assert.equal(to - from + 1, receptiveField(layers), told)
      }
    }
  })

  it('lies_under_the_middle_of_its_own_stamp_below_a_transposed_convolution', () => {
    const any = random(17)
    for (let i = 0; i < 300; i++) {
      const layer = anyLayer(any, true)
      if (layer.kind === 'window') continue
      const n = 9
      const stamp = poke([{ ...layer, before: 0, after: 0 }], n).flatMap((pixels, at) =>
        pixels.has(4) ? [at - layer.before] : [])
      const found = fraction(Math.min(...stamp) + Math.max(...stamp), 2)
      const where = placeAfter(INPUT, layer)
      assert.deepEqual(plus(where.start, times(where.jump, found)), fraction(4), JSON.stringify(layer))
    }
  })

  it('may_be_nothing_where_stamps_leave_gaps', () => {
    const gaps = stamped(1, { stride: 2 })
    assert.deepEqual([0, 1, 2].map(cell => fieldOf([gaps], cell)), [[0, 0], null, [1, 1]])
    // Every second cell of what was stretched: the window's two taps both meet a hole, or both don't.
    const taps = windowed(2, { dilation: 2 })
    assert.deepEqual([0, 1].map(cell => fieldOf([gaps, taps], cell)), [[0, 1], null])
    assert.deepEqual(cellsBefore(taps, [[0, 0]]), [[0, 0], [2, 2]])
  })

  it('takes_no_longer_for_absurd_layers', () => {
    const began = performance.now()
    const absurd = Array.from({ length: 200 }, () => stamped(4000, { stride: 1000, dilation: 1000 }))
    assert.equal(receptiveField(absurd), null)
    fieldOf([windowed(4000, { dilation: 3, stride: 7 }), ...absurd.slice(0, 3)], 12345)
    // A second: hundreds of times what it takes.
    assert.ok(performance.now() - began < 1000)
  })
})

describe('fractions', () => {
  it('are_exact_where_numbers_are_not', () => {
    const third = over(fraction(1), fraction(3))
    assert.deepEqual(plus(plus(third, third), third), fraction(1))
    assert.deepEqual(minus(third, fraction(1, 3)), fraction(0))
    assert.deepEqual(fraction(4, -6), { n: -2, d: 3 })
  })

  it('are_written_short', () => {
    const texts = [fraction(19), fraction(-183, 2), fraction(32, 3), fraction(-1, 4), fraction(0, 5)].map(fractionText)
    assert.deepEqual(texts, ['19', '−91.5', '32/3', '−0.25', '0'])
  })
})

describe('layers of absurd size', () => {
  it('are given up instead of being followed tap by tap', () => {
    const dilated = (/** @type {number} */ kernel, /** @type {number} */ dilation) => /** @type {const} */ ({
      kind: 'window', kernel, stride: 1, before: 0, after: 0, dilation, ceil: false,
    })
    const up = /** @type {const} */ ({ kind: 'stamp', kernel: 4, stride: 2, before: 1, after: 1, dilation: 1, more: 0 })
    assert.equal(receptiveField([dilated(4000, 2), dilated(400, 8009), up]), null)
    assert.equal(typeof receptiveField([dilated(3, 2), up]), 'number')
  })
})
