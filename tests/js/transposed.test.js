/**
 * The mathematics behind `<fcn-upsample>`: scatter, gather and the matrix agree with each
 * other on thousands of random layers, and with PyTorch on the fixtures of
 * tests/reference/make_conv_transpose.py. Whole numbers throughout, so equality is exact.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { FIELDS, LIMITS, LONGEST_SIDE, area, check, geometry, outputLength } from '../../www/lib/transposed/geometry.js'
import {
  KIND, convMatrix, convTranspose, convolve, flip, footprint, gather, overlaps, roundTrip,
  roundTripMatrix, scatter, spread, tapsAt, trim,
} from '../../www/lib/transposed/compute.js'
import { bilinearKernel, filled, resized } from '../../www/lib/transposed/fill.js'
import { bilinearLayer, hintOf } from '../../www/lib/transposed/hints.js'
import { PRESETS } from '../../www/lib/transposed/presets.js'
import { parseMap, parsePair } from '../../www/lib/transposed/codec.js'

/** @typedef {import('../../www/lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../www/lib/transposed/geometry.js').Pair} Pair */
/** @typedef {Layer & {values: number[], weights: number[], size: Pair, output: number[], convolvedSize: Pair, convolved: number[]}} Case */

/** @type {{cases: Case[], sizes: (Layer & {size: Pair})[], bilinear: {scale: number, input: Pair, values: number[], output: number[]}[]}} */
const reference = JSON.parse(await readFile(new URL('../reference/fixtures/conv_transpose.json',
  import.meta.url), 'utf8'))

/**
 * mulberry32: the same layers on every run.
 * @param {number} seed
 * @returns {(least: number, greatest: number) => number} whole numbers, both ends included
 */
function randomness(seed) {
  let state = seed
  return (least, greatest) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return least + ((t ^ (t >>> 14)) >>> 0) % (greatest - least + 1)
  }
}

/**
 * @param {(least: number, greatest: number) => number} random
 * @returns {Layer} a possible one, with sizes small enough for dense matrices
 */
function randomLayer(random) {
  for (;;) {
    const stride = pair(() => random(1, 5))
    const dilation = pair(() => random(1, 3))
    /** @type {Layer} */
    const layer = {
      input: pair(() => random(1, 5)), kernel: pair(() => random(1, 6)), stride, dilation,
      padding: pair(() => random(0, 6)),
      outputPadding: [random(0, Math.max(stride[0], dilation[0]) - 1), random(0, Math.max(stride[1], dilation[1]) - 1)],
    }
    if (check(layer).length === 0) return layer
  }
}

/** @param {() => number} f @returns {Pair} */
function pair(f) {
  return [f(), f()]
}

/**
 * @param {(least: number, greatest: number) => number} random
 * @param {Pair} size
 */
function randomMap(random, size) {
  return Float64Array.from({ length: area(size) }, () => random(-9, 9))
}

/** @param {Partial<Layer>} [parts] @returns {Layer} */
function layerOf(parts) {
  return { input: [3, 3], kernel: [3, 3], stride: [1, 1], padding: [0, 0], outputPadding: [0, 0],
    dilation: [1, 1], ...parts }
}

/**
 * The transpose of C times x: the transposed convolution as a matrix product.
 * @param {Float64Array} matrix C
 * @param {ArrayLike<number>} x flattened input
 * @returns {Float64Array} flattened output
 */
function multiplyTransposed(matrix, x) {
  const outputs = matrix.length / x.length
  const y = new Float64Array(outputs)
  for (let i = 0; i < x.length; i++) {
    for (let o = 0; o < outputs; o++) y[o] += matrix[i * outputs + o] * x[i]
  }
  return y
}

describe('three ways to one result', () => {
  it('scatter, gather and the matrix agree on 4,000 random layers', () => {
    const random = randomness(1411_4038)
    for (let i = 0; i < 4000; i++) {
      const layer = randomLayer(random)
      const input = randomMap(random, layer.input)
      const weights = randomMap(random, layer.kernel)
      const expected = convTranspose(layer, input, weights)
      const told = JSON.stringify(layer)
      assert.deepEqual(gather(layer, input, weights).map(zero), expected.map(zero), `gather ${told}`)
      assert.deepEqual(multiplyTransposed(convMatrix(layer, weights), input).map(zero),
        expected.map(zero), `matrix ${told}`)
      assert.equal(expected.length, area(geometry(layer).output), `size ${told}`)
    }
  })

  it('the taps of each output cell sum to its value', () => {
    const random = randomness(7)
    for (let i = 0; i < 500; i++) {
      const layer = randomLayer(random)
      const input = randomMap(random, layer.input)
      const weights = randomMap(random, layer.kernel)
      const { output } = geometry(layer)
      const expected = convTranspose(layer, input, weights)
      const counts = trim(layer, overlaps(layer))
      for (let o = 0; o < expected.length; o++) {
        const taps = tapsAt(layer, Math.floor(o / output[1]) + layer.padding[0], o % output[1] + layer.padding[1])
        assert.equal(taps.length, counts[o])
        assert.equal(zero(taps.reduce((sum, tap) => sum + input[tap.input] * weights[tap.kernel], 0)),
          zero(expected[o]))
      }
    }
  })

  it('a walk of stamps ends where all stamps at once end', () => {
    const random = randomness(11)
    for (let i = 0; i < 200; i++) {
      const layer = randomLayer(random)
      const input = randomMap(random, layer.input)
      const weights = randomMap(random, layer.kernel)
      const last = area(layer.input)
      const before = scatter(layer, input, weights, last - 1)
      const after = scatter(layer, input, weights, last)
      const { canvas } = geometry(layer)
      const changed = new Set(footprint(layer, last - 1).map(({ output }) => output))
      const delta = trim(layer, after.map((value, at) => value - before[at]))
      assert.equal(after.length, area(canvas))
      delta.forEach((value, o) => assert.ok(value === 0 || changed.has(o)))
    }
  })

  it('the transposed convolution is the adjoint of the convolution: <C y, x> = <y, Ct x>', () => {
    const random = randomness(13)
    for (let i = 0; i < 500; i++) {
      const layer = randomLayer(random)
      const weights = randomMap(random, layer.kernel)
      const x = randomMap(random, layer.input)
      const y = randomMap(random, geometry(layer).output)
      const left = dot(roundTrip(layer, y, weights).small, x)
      assert.equal(zero(left), zero(dot(y, convTranspose(layer, x, weights))))
    }
  })
})

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function dot(a, b) {
  return Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
}

/** Makes -0 a 0; they print alike and mean the same. @param {number} value */
function zero(value) {
  return value === 0 ? 0 : value
}

describe('PyTorch', () => {
  it('gives the same numbers as conv_transpose2d', () => {
    assert.ok(reference.cases.length >= 70)
    for (const { values, weights, size, output, ...layer } of reference.cases) {
      assert.deepEqual(check(layer), [], JSON.stringify(layer))
      assert.deepEqual(geometry(layer).output, size)
      assert.deepEqual(Array.from(convTranspose(layer, values, weights), zero), output)
    }
  })

  it('gives the same numbers as conv2d on the way back', () => {
    for (const { values, weights, size, output, convolvedSize, convolved, ...layer } of reference.cases) {
      const result = convolve({ ...layer, input: size }, output, weights)
      assert.equal(result.length, area(convolvedSize))
      assert.deepEqual(Array.from(result, zero), convolved)
      // Only output_padding from the stride on (allowed by dilation) lets conv2d see more cells.
      if (convolvedSize[0] === layer.input[0] && convolvedSize[1] === layer.input[1]) {
        assert.deepEqual(Array.from(roundTrip(layer, output, weights).small, zero), convolved)
      }
    }
  })

  it('gives the same sizes for hundreds of parameter sets', () => {
    assert.ok(reference.sizes.length >= 300)
    for (const { size, ...layer } of reference.sizes) {
      assert.deepEqual(check(layer), [], JSON.stringify(layer))
      assert.deepEqual(geometry(layer).output, size, JSON.stringify(layer))
    }
  })

  it('interpolates as the bilinear kernel does, but for a dimmed border of stride/2 pixels', () => {
    for (const { scale, input, values, output } of reference.bilinear) {
      const layer = layerOf({ input, kernel: [2 * scale, 2 * scale], stride: [scale, scale],
        padding: [scale / 2, scale / 2] })
      const ours = convTranspose(layer, values, bilinearKernel(layer.kernel))
      const [rows, cols] = geometry(layer).output
      let inside = 0
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < cols; c++) {
          const border = Math.min(r, c, rows - 1 - r, cols - 1 - c) < scale / 2
          // 1e-12: both sum a few doubles below 6, in different orders.
          const same = Math.abs(ours[r * cols + c] - output[r * cols + c]) < 1e-12
          if (!border) assert.ok(same, `${r},${c} at scale ${scale}`)
          inside += border ? 0 : 1
        }
      }
      assert.ok(inside > 0)
      const ones = convTranspose(layer, values.map(() => 1), bilinearKernel(layer.kernel))
      assert.ok(ones[0] < 1 && Math.abs(ones[(rows >> 1) * cols + (cols >> 1)] - 1) < 1e-12)
    }
  })
})

describe('sizes', () => {
  it('are those of FCN, and of the lecture’s slip', () => {
    const of = (/** @type {number} */ n, /** @type {number} */ k, /** @type {number} */ s, /** @type {number} */ p) =>
      outputLength(n, k, s, p, 0, 1)
    assert.equal(of(7, 4, 2, 1), 14)
    assert.equal(of(7, 16, 8, 4), 56)
    assert.equal(of(14, 32, 16, 8), 224)
    assert.equal(of(7, 64, 32, 16), 224)
    assert.equal(of(14, 16, 16, 8), 208)
    assert.equal(of(14, 16, 16, 0), 224)
  })

  it('of the gathered map leave exactly one window for each output cell', () => {
    const random = randomness(3)
    for (let i = 0; i < 2000; i++) {
      const layer = randomLayer(random)
      const g = geometry(layer)
      for (const axis of [0, 1]) {
        assert.equal(g.gathered[axis] - g.span[axis] + 1, g.output[axis])
        assert.equal(g.before[axis] + g.stretched[axis] + g.after[axis], g.gathered[axis])
        assert.ok(g.canvas[axis] >= g.stamped[axis] && g.canvas[axis] >= g.output[axis] + layer.padding[axis])
      }
    }
  })

  it('of every preset are possible', () => {
    for (const { id, attributes } of PRESETS) {
      const parse = (/** @type {string} */ name, /** @type {string} */ rest) =>
        parsePair(attributes[name] ?? rest) ?? [NaN, NaN]
      const layer = layerOf({
        input: parseMap(attributes['input'], ['sample', 'blob', 'ones', 'dot'])?.size,
        kernel: parseMap(attributes['kernel'], ['sample', 'ones', 'bilinear'])?.size,
        stride: parse('stride', '1'), padding: parse('padding', '0'), outputPadding: parse('output-padding', '0'),
          dilation: parse('dilation', '1'),
      })
      assert.deepEqual(check(layer), [], id)
    }
  })
})

describe('impossible layers', () => {
  it('are found exactly when the size formula or PyTorch’s condition fails', () => {
    const random = randomness(5)
    let faulty = 0
    for (let i = 0; i < 5000; i++) {
      const layer = layerOf({
        input: pair(() => random(1, 4)), kernel: pair(() => random(1, 4)), stride: pair(() => random(1, 3)),
        padding: pair(() => random(0, 6)), outputPadding: pair(() => random(0, 4)), dilation: pair(() => random(1, 3)),
      })
      const possible = [0, 1].every(a => layer.outputPadding[a] < Math.max(layer.stride[a], layer.dilation[a]) &&
        outputLength(layer.input[a], layer.kernel[a], layer.stride[a], layer.padding[a],
          layer.outputPadding[a], layer.dilation[a]) >= 1)
      assert.equal(check(layer).length === 0, possible, JSON.stringify(layer))
      if (!possible) faulty++
    }
    assert.ok(faulty > 1000)
  })

  it('come with offers, each of which mends the fault', () => {
    const random = randomness(17)
    const wild = [NaN, -3, 0, 0.5, 2.5, 1000, 1e9, -Infinity, Infinity]
    let offered = 0
    for (let i = 0; i < 4000; i++) {
      const layer = randomLayer(random)
      const field = FIELDS[random(0, 5)]
      const axis = /** @type {0 | 1} */ (random(0, 1))
      layer[field] = [...layer[field]]
      layer[field][axis] = random(0, 2) ? random(0, 80) : wild[random(0, wild.length - 1)]
      for (const problem of check(layer)) {
        assert.ok(problem.offers.length > 0)
        for (const offer of problem.offers) {
          const mended = { ...layer, [offer.field]: [...layer[offer.field]] }
          mended[offer.field][offer.axis] = offer.value
          const left = check(mended)
          // Mending a bound may uncover a condition between fields; nothing else may be wrong.
          const bounds = ['not_a_number', 'not_whole', 'too_small', 'too_large'].includes(problem.code)
          assert.ok(left.length === 0 || bounds,
            `${JSON.stringify(layer)} ${JSON.stringify(problem)} ${JSON.stringify(left)}`)
          const [least, greatest] = LIMITS[offer.field]
          assert.ok(offer.value >= least && offer.value <= greatest && Number.isInteger(offer.value))
          offered++
        }
      }
    }
    assert.ok(offered > 500)
  })

  it('include a map too large for a figure', () => {
    const [problem] = check(layerOf({ input: [1000, 1000] }))
    assert.deepEqual([problem.code, problem.field, problem.offers[0].value], ['too_large', 'input', 32])
    const [wide] = check(layerOf({ input: [32, 3], kernel: [64, 3], stride: [32, 1] }))
    assert.deepEqual([wide.code, wide.axis, wide.limit], ['figure_too_large', 0, LONGEST_SIDE])
  })

  it('too large for a figure tell their output’s size, and are offered with a smaller map and the same stride', () => {
    // A photo of 768×1024 gives FCN-32s 24×32 scores.
    const scores = layerOf({ input: [24, 32], kernel: [64, 64], stride: [32, 32] })
    for (const [padding, sizes] of /** @type {[number, Pair][]} */ ([[0, [800, 1056]], [16, [768, 1024]]])) {
      const found = check({ ...scores, padding: [padding, padding] })
      assert.deepEqual(found.map(({ code, got, side }) => [code, got, side]),
        [['figure_too_large', sizes[0], 800], ['figure_too_large', sizes[1], 1056]])
      // Rows' offer mends the columns, too.
      assert.deepEqual(found.map(({ field, offers }) => [field, offers]), [
        ['input', [{ field: 'input', axis: 0, value: 19, also: { field: 'input', axis: 1, value: 19 } }]],
        ['input', [{ field: 'input', axis: 1, value: 19 }]],
      ])
    }
    const random = randomness(31)
    for (let i = 0; i < 2000; i++) {
      const layer = layerOf({ input: pair(() => random(2, 32)), kernel: pair(() => random(1, 64)),
        stride: pair(() => random(20, 64)), padding: pair(() => random(0, 10)) })
      for (const { code, axis, got, offers } of check(layer)) {
        if (code !== 'figure_too_large') continue
        assert.equal(got, outputLength(layer.input[axis], layer.kernel[axis], layer.stride[axis],
          layer.padding[axis], 0, 1))
        assert.deepEqual(offers.map(({ field }) => field), ['input'])
      }
    }
  })

  it('with half a cell of padding are offered what gives the size that was meant', () => {
    const [rows, cols] = check(layerOf({ kernel: [6, 6], stride: [3, 3], padding: [1.5, 1.5] }))
    assert.deepEqual([rows.code, rows.axis, cols.code, cols.axis], ['not_whole', 0, 'not_whole', 1])
    assert.deepEqual(rows.offers, [
      { field: 'padding', axis: 0, value: 2, also: { field: 'outputPadding', value: 1 } },
      { field: 'padding', axis: 0, value: 1, also: { field: 'kernel', value: 5 } },
      { field: 'padding', axis: 0, value: 2 },
    ])
    assert.deepEqual(geometry(layerOf({ kernel: [6, 6], stride: [3, 3], padding: [2, 2],
      outputPadding: [1, 1] })).output, [9, 9])
    assert.deepEqual(geometry(layerOf({ kernel: [5, 5], stride: [3, 3], padding: [1, 1] })).output, [9, 9])
    assert.deepEqual(geometry(layerOf({ kernel: [6, 6], stride: [3, 3], padding: [2, 2] })).output, [8, 8])
    // By the rule "kernel 2n, stride n, padding n/2" of any odd n; of 1 there is no room for output padding.
    for (let n = 1; n < 32; n += 2) {
      for (const dilation of [1, 2]) {
        const layer = layerOf({ kernel: [2 * n, 2 * n], stride: [n, n], padding: [n / 2, n / 2],
          dilation: [dilation, dilation] })
        const size = outputLength(3, 2 * n, n, n / 2, 0, dilation)
        const offers = check(layer)[0].offers.filter(({ also }) => also)
        assert.equal(offers.length, dilation === 1 && n > 1 ? 2 : 1, `${n}`)
        for (const { value, also } of offers) {
          /** @type {Layer} */
          const mended = { ...layer, padding: [value, n / 2],
            ...also ? { [also.field]: [also.value, also.value] } : {} }
          assert.equal(outputLength(3, mended.kernel[0], n, value, mended.outputPadding[0], dilation), size)
        }
      }
    }
    // Neither a third of a cell nor half a stride means a size.
    for (const parts of [{ padding: /** @type {Pair} */ ([1 / 3, 1]) }, { stride: /** @type {Pair} */ ([2.5, 2]) }]) {
      assert.equal(check(layerOf({ kernel: [6, 6], stride: [3, 3], ...parts }))[0].offers.some(({ also }) => also),
        false)
    }
  })

  it('with output padding where stride and dilation are 1 are offered without it, or with stride 2', () => {
    const [problem, ...more] = check(layerOf({ kernel: [1, 3], outputPadding: [0, 1] }))
    assert.deepEqual([problem.code, problem.axis, problem.limit, more.length], ['output_padding', 1, 0, 0])
    assert.deepEqual(problem.offers, [{ field: 'outputPadding', axis: 1, value: 0 },
      { field: 'stride', axis: 1, value: 2 }])
  })
})

describe('facts of the lesson', () => {
  it('output padding cells receive kernel taps where the kernel reaches them, and 0 elsewhere', () => {
    // padding 1, output_padding 1: the last row is one that padding would have cut.
    const reached = layerOf({ stride: [2, 2], padding: [1, 1], outputPadding: [1, 1] })
    const counts = trim(reached, overlaps(reached))
    assert.deepEqual(geometry(reached).output, [6, 6])
    assert.ok(counts.slice(30).every(count => count > 0))
    // padding 0: nothing reaches it.
    const beyond = layerOf({ kernel: [2, 2], stride: [3, 3], outputPadding: [2, 2] })
    const none = trim(beyond, overlaps(beyond))
    const size = geometry(beyond).output
    assert.ok(none.slice((size[0] - 2) * size[1]).every(count => count === 0))
  })

  it('output padding has what the kernel stamps there, not zeros, as far as it reaches', () => {
    const kernel = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
    const one = layerOf({ input: [1, 1], stride: [2, 2], padding: [1, 1], outputPadding: [1, 1] })
    assert.deepEqual([...convTranspose(one, [1], kernel)], [5, 6, 8, 9])
    // By dilation alone it adds what nothing reaches.
    const dilated = layerOf({ dilation: [2, 2], outputPadding: [1, 1] })
    const output = convTranspose(dilated, [1, 0, 0, 0, 0, 0, 0, 0, 0], kernel)
    assert.deepEqual(geometry(dilated).output, [8, 8])
    output.forEach((value, at) => { if (at >= 56 || at % 8 === 7) assert.equal(value, 0) })
    assert.deepEqual([output[0], output[2], output[4], output[36]], [1, 2, 3, 9])
    const both = layerOf({ stride: [2, 2], dilation: [2, 2], padding: [1, 1] })
    assert.deepEqual([geometry(both).output, geometry({ ...both, outputPadding: [1, 1] }).output], [[7, 7], [8, 8]])
  })

  it('a bilinear kernel enlarges by an odd factor, too', () => {
    const layer = layerOf({ kernel: [5, 5], stride: [3, 3], padding: [1, 1] })
    assert.deepEqual(geometry(layer).output, [9, 9])
    const profile = [...bilinearKernel([5, 1])]
    profile.forEach((value, at) => assert.ok(Math.abs(value - [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3][at]) < 1e-15))
    assert.deepEqual([...bilinearKernel([3, 1])], [0.5, 1, 0.5])
    const ones = convTranspose(layer, Array(9).fill(1), bilinearKernel([5, 5]))
    assert.ok(Math.abs(ones[4 * 9 + 4] - 1) < 1e-12)
    for (let stride = 2; stride < 33; stride++) {
      const { kernel, padding } = bilinearLayer(stride)
      assert.equal(outputLength(7, kernel, stride, padding, 0, 1), 7 * stride)
    }
  })

  it('kernel 32 gives FCN-32s its size without overlap, and falls towards 0 at each block’s edge', () => {
    const apart = layerOf({ input: [7, 7], kernel: [32, 32], stride: [32, 32] })
    const usual = layerOf({ input: [7, 7], kernel: [64, 64], stride: [32, 32], padding: [16, 16] })
    for (const [layer, most] of /** @type {[Layer, number][]} */ ([[apart, 1], [usual, 4]])) {
      assert.deepEqual(geometry(layer).output, [224, 224])
      const counts = trim(layer, overlaps(layer))
      assert.equal(Math.max(...counts), most)
      assert.equal(counts[112 * 224 + 112], most)
    }
    const row = (/** @type {Layer} */ layer) =>
      [...convTranspose(layer, Array(49).fill(1), bilinearKernel(layer.kernel)).slice(110 * 224, 111 * 224)]
    const blocks = row(apart).map(value => value / Math.max(...row(apart)))
    assert.ok(blocks[96] < 0.04 && blocks[127] < 0.04 && blocks[111] === 1, `${blocks.slice(96, 128)}`)
    assert.ok(row(usual).slice(16, 208).every(value => Math.abs(value - 1) < 1e-12))
  })

  it('a constant map comes out dimmer along the border, and dimmest in the corners', () => {
    const layer = layerOf({ input: [4, 4], kernel: [4, 4], stride: [2, 2], padding: [1, 1] })
    const output = convTranspose(layer, Array(16).fill(1), bilinearKernel([4, 4]))
    output.forEach((value, at) => {
      const edges = [Math.floor(at / 8), at % 8].filter(place => place === 0 || place === 7).length
      assert.equal(value, [1, 3 / 4, 9 / 16][edges])
    })
  })

  it('padding only trims: it changes no value that stays', () => {
    const random = randomness(19)
    const plain = layerOf({ stride: [2, 2] })
    const input = randomMap(random, [3, 3])
    const weights = randomMap(random, [3, 3])
    const whole = convTranspose(plain, input, weights)
    const cut = convTranspose({ ...plain, padding: [1, 1] }, input, weights)
    for (let r = 0; r < 5; r++) for (let c = 0; c < 5; c++) assert.equal(cut[r * 5 + c], whole[(r + 1) * 7 + c + 1])
  })

  it('overlap is even away from the border exactly when the stride divides the kernel', () => {
    for (let k = 1; k <= 6; k++) {
      for (let s = 1; s <= k; s++) {
        const layer = layerOf({ input: [9, 9], kernel: [k, k], stride: [s, s] })
        const counts = overlaps(layer)
        const [, width] = geometry(layer).canvas
        const row = Math.floor(width / 2) * width
        const middle = Array.from(counts.slice(row + k, row + width - k))
        assert.equal(new Set(middle).size === 1, k % s === 0, `kernel ${k}, stride ${s}`)
      }
    }
  })

  it('the transposed convolution does not undo the convolution', () => {
    const layer = layerOf({})
    const weights = filled('sample', [3, 3], 'kernel')
    const product = roundTripMatrix(layer, weights)
    const outputs = area(geometry(layer).output)
    const random = randomness(23)
    const map = randomMap(random, geometry(layer).output)
    const { back } = roundTrip(layer, map, weights)
    assert.equal(back.length, map.length)
    assert.notDeepEqual(back, map)
    for (let o = 0; o < outputs; o++) assert.equal(zero(dot(product.subarray(o * outputs, (o + 1) * outputs), map)),
      zero(back[o]))
    assert.ok(product.some((value, at) => value !== (at % (outputs + 1) === 0 ? 1 : 0)))
  })

  it('a spread input holds every value that is not cropped, once', () => {
    const random = randomness(29)
    for (let i = 0; i < 500; i++) {
      const layer = randomLayer(random)
      const input = Float64Array.from({ length: area(layer.input) }, (_, at) => at + 1)
      const { values, kinds, sources } = spread(layer, input)
      const seen = Array.from(values).filter(value => value !== 0)
      assert.equal(new Set(seen).size, seen.length)
      if (Math.min(...geometry(layer).before, ...geometry(layer).after) >= 0) assert.equal(seen.length, input.length)
      kinds.forEach((kind, at) => assert.equal(kind === KIND.value, sources[at] >= 0))
    }
  })

  it('bilinear kernels are those of the authors’ surgery.py', () => {
    assert.deepEqual(Array.from(bilinearKernel([1, 4])).map(value => value * 4 / 3), [1 / 3, 1, 1, 1 / 3])
    assert.deepEqual(Array.from(bilinearKernel([3, 3])), [0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25])
    const even = bilinearKernel([64, 64])
    assert.equal(even[0], (0.5 / 32) ** 2)
    assert.deepEqual(flip(even), even)
  })

  it('a resized map keeps what fits', () => {
    const small = resized(Float64Array.of(1, 2, 3, 4), [2, 2], [3, 1], Float64Array.of(9, 9, 9))
    assert.deepEqual(Array.from(small), [1, 3, 9])
  })
})

describe('hints', () => {
  it('tell what is longer than stride times input, and that it is cropped', () => {
    const scores = layerOf({ input: [24, 32], kernel: [64, 64], stride: [32, 32] })
    assert.deepEqual(hintOf(scores, false),
      { key: 'crop', values: { output: '800×1056', meant: '768×1024', rest: 32, padding: 16 } })
    assert.equal(hintOf({ ...scores, padding: [16, 16] }, false), null)
    assert.equal(hintOf(layerOf({ stride: [2, 2] }), false)?.key, 'crop_odd')
    assert.equal(hintOf(layerOf({}), true), null)
  })

  it('tell kernels that do not overlap from those that do', () => {
    const apart = layerOf({ input: [7, 7], kernel: [32, 32], stride: [32, 32] })
    assert.deepEqual(hintOf(apart, true), { key: 'apart', values: { stride: 32, kernel: 64, padding: 16 } })
    assert.equal(hintOf(apart, false), null)
    // A flat kernel doesn't fall at its edges.
    assert.deepEqual([...bilinearKernel([2, 2])], [0.25, 0.25, 0.25, 0.25])
    assert.equal(hintOf(layerOf({ kernel: [2, 2], stride: [2, 2] }), true), null)
    assert.equal(hintOf(layerOf({ kernel: [3, 3], stride: [3, 3] }), true)?.key, 'apart')
    const usual = layerOf({ input: [7, 7], kernel: [64, 64], stride: [32, 32], padding: [16, 16] })
    assert.deepEqual(hintOf(usual, true), { key: 'overlapping', values: { stride: 32, border: 16 } })
    assert.deepEqual(hintOf(layerOf({ kernel: [5, 5], stride: [3, 3], padding: [1, 1] }), true)?.values,
      { stride: 3, border: 1 })
    // Of columns, where rows stay as they are.
    assert.equal(hintOf(layerOf({ kernel: [3, 4], stride: [1, 2], padding: [1, 1] }), true)?.key, 'overlapping')
  })
})
