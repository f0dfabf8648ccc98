/**
 * What `<fcn-upsample>` learns with: gradients held to PyTorch's autograd on the fixtures of
 * tests/reference/make_learning.py and to finite differences on random layers, and the rate above which it diverges.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { convTranspose } from '../../www/lib/transposed/compute.js'
import { bilinearKernel } from '../../www/lib/transposed/fill.js'
import { area, check, geometry } from '../../www/lib/transposed/geometry.js'
import {
  bestKernel, curvature, descent, enlarged, enlargingKernel, largestStableRate, meetingsOf, patchOf, pooled, randomMap,
  randomness, stepped,
} from '../../www/lib/transposed/learning.js'

/** @typedef {import('../../www/lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../www/lib/transposed/geometry.js').Pair} Pair */
/** @typedef {Layer & {values: number[], weights: number[], target: number[], loss: number, kernelGradient: number[], inputGradient: number[], limit: number | null, learned?: {steps: number, kernel: number[], loss: number}}} Case */

/** @type {{cases: Case[]}} */
const reference = JSON.parse(await readFile(new URL('../reference/fixtures/learning.json', import.meta.url), 'utf8'))

/** Both sides are float64; what differs is the order of some hundred additions of numbers of about 1. */
const ROUNDING = 1e-12

const ENLARGEMENTS = /** @type {const} */ (['smooth', 'blocky', 'checkerboard'])

/** @param {Partial<Layer>} parts @returns {Layer} */
const layerOf = parts => ({ input: [6, 6], kernel: [4, 4], stride: [2, 2], padding: [1, 1],
  outputPadding: [0, 0], dilation: [1, 1], ...parts })

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function difference(a, b) {
  assert.equal(a.length, b.length)
  return Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0)
}

/** @param {() => number} random @returns {Layer} */
function randomLayer(random) {
  const whole = (/** @type {number} */ least, /** @type {number} */ most) =>
    least + Math.floor(random() * (most - least + 1))
  const pair = (/** @type {() => number} */ one) => /** @type {Pair} */ ([one(), one()])
  for (;;) {
    const [stride, dilation] = [pair(() => whole(1, 4)), pair(() => whole(1, 3))]
    const layer = {
      input: pair(() => whole(1, 5)), kernel: pair(() => whole(1, 5)), stride, dilation,
        padding: pair(() => whole(0, 4)),
      outputPadding: /** @type {Pair} */ ([0, 1].map(axis => whole(0, Math.max(stride[axis], dilation[axis]) - 1))),
    }
    if (check(layer).length === 0) return layer
  }
}

/** @param {() => number} random @param {Pair} size */
const valuesOf = (random, size) => Float64Array.from({ length: area(size) }, () => 2 * random() - 1)

describe('the gradients', () => {
  it('are_those_of_pytorchs_autograd_with_every_parameter', () => {
    assert.ok(reference.cases.length > 40)
    for (const { values, weights, target, loss, kernelGradient, inputGradient, ...layer } of reference.cases) {
      const found = descent(layer, values, weights, target)
      const told = JSON.stringify(layer)
      assert.ok(Math.abs(found.loss - loss) <= ROUNDING, told)
      assert.ok(difference(found.kernel, kernelGradient) <= ROUNDING, `kernel ${told}`)
      assert.ok(difference(found.input, inputGradient) <= ROUNDING, `input ${told}`)
    }
  })

  it('are_the_slope_of_the_loss_found_by_finite_differences_on_1000_random_layers', () => {
    const random = randomness(20261130)
    for (let i = 0; i < 1000; i++) {
      const layer = randomLayer(random)
      const [input, kernel] = [valuesOf(random, layer.input), valuesOf(random, layer.kernel)]
      const target = valuesOf(random, geometry(layer).output)
      const found = descent(layer, input, kernel, target)
      // The loss is quadratic in each single value, so the middle difference is exact but for rounding.
      const h = 1e-2
      for (const [name, values] of /** @type {const} */ ([['kernel', kernel], ['input', input]])) {
        const at = Math.floor(random() * values.length)
        const lossWith = (/** @type {number} */ change) => {
          const moved = values.map((value, other) => other === at ? value + change : value)
          return descent(layer, name === 'input' ? moved : input, name === 'kernel' ? moved : kernel, target).loss
        }
        const slope = (lossWith(h) - lossWith(-h)) / (2 * h)
        // Rounding of losses up to some hundreds, divided by h.
        assert.ok(Math.abs(slope - found[name][at]) <= 1e-9, `${name}[${at}] ${JSON.stringify(layer)}`)
      }
    }
  })

  it('are_the_sum_of_what_each_input_cell_adds', () => {
    const random = randomness(3)
    for (let i = 0; i < 300; i++) {
      const layer = randomLayer(random)
      const [input, kernel] = [valuesOf(random, layer.input), valuesOf(random, layer.kernel)]
      const { error, kernel: gradient } = descent(layer, input, kernel, valuesOf(random, geometry(layer).output))
      const sum = new Float64Array(kernel.length)
      for (let index = 0; index < input.length; index++) {
        patchOf(layer, input, error, index).patch.forEach((value, at) => { sum[at] += value })
      }
      assert.ok(difference(sum, gradient) <= ROUNDING, JSON.stringify(layer))
    }
  })
})

describe('learning', () => {
  it('goes_the_steps_of_pytorchs_sgd', () => {
    const cases = reference.cases.flatMap(({ learned, ...rest }) => learned ? [{ ...rest, learned }] : [])
    assert.ok(cases.length >= 4)
    for (const { values, weights, target, limit, learned, ...layer } of cases) {
      /** @type {Float64Array} */
      let kernel = Float64Array.from(weights)
      for (let step = 0; step < learned.steps; step++) {
        kernel = stepped(kernel, descent(layer, values, kernel, target).kernel, Number(limit) / 2)
      }
      assert.ok(difference(kernel, learned.kernel) <= ROUNDING)
      assert.ok(Math.abs(descent(layer, values, kernel, target).loss - learned.loss) <= ROUNDING)
    }
  })

  it('has_the_largest_stable_rate_of_pytorchs_hessian', () => {
    for (const { values, weights: _, limit, ...layer } of reference.cases) {
      const found = largestStableRate(curvature(layer, values))
      // Where the second eigenvalue is close to the largest, a power iteration leaves a part of their difference. Three
      // digits are shown.
      if (limit === null) assert.equal(found, Infinity)
      else assert.ok(Math.abs(found / limit - 1) <= 1e-6, `${found} ${limit} ${JSON.stringify(layer)}`)
    }
  })

  it('comes_down_just_below_that_rate_and_diverges_just_above', () => {
    for (const parts of [{}, { kernel: [2, 2], padding: [0, 0] }, { kernel: [3, 2], stride: [1, 2],
      padding: [0, 0], dilation: [2, 1] }]) {
      const layer = layerOf(/** @type {Partial<Layer>} */ (parts))
      const input = randomMap(layer.input, 1)
      const target = enlarged(layer, input, 'checkerboard')
      const limit = largestStableRate(curvature(layer, input))
      const meetings = meetingsOf(layer)
      const lossAfter = (/** @type {number} */ rate, /** @type {number} */ steps) => {
        /** @type {Float64Array} */
        let kernel = valuesOf(randomness(5), layer.kernel)
        for (let step = 0; step < steps; step++) {
          kernel = stepped(kernel, descent(layer, input, kernel, target, meetings).kernel, rate)
        }
        return descent(layer, input, kernel, target).loss
      }
      const best = bestKernel(layer, input, target, curvature(layer, input))
      assert.ok(best)
      // 1 % to either side: each step leaves 98 % of the steepest part of the error, or makes it 2 % larger.
      assert.ok(lossAfter(0.99 * limit, 2000) - best.loss < 1e-9)
      assert.ok(lossAfter(1.01 * limit, 2000) > 1e9 * lossAfter(0, 1))
    }
  })

  it('finds_the_best_kernel_where_there_is_one', () => {
    const random = randomness(8)
    for (let i = 0; i < 200; i++) {
      const layer = randomLayer(random)
      const input = valuesOf(random, layer.input)
      const target = valuesOf(random, geometry(layer).output)
      const best = bestKernel(layer, input, target, curvature(layer, input))
      if (!best) continue
      // At the lowest point the loss has no slope. What is left of it grows with how flat the loss is.
      assert.ok(difference(descent(layer, input, best.kernel, target).kernel,
        new Float64Array(best.kernel.length)) < 1e-8)
    }
  })

  it('says_when_several_kernels_do_as_well', () => {
    // Of a kernel of 3 rows, padding trims all but one for a map of one cell.
    const layer = layerOf({ input: [1, 1], kernel: [3, 3] })
    const input = Float64Array.of(1)
    assert.equal(bestKernel(layer, input, Float64Array.of(1), curvature(layer, input)), null)
  })
})

describe('the targets', () => {
  it('are_what_their_kernels_make_of_a_map_where_the_kernel_is_long_enough', () => {
    for (const [kernel, stride, padding] of [[4, 2, 1], [3, 2, 0], [5, 3, 1], [8, 4, 2], [3, 1, 1], [16, 8, 4]]) {
      const layer = layerOf({ kernel: [kernel, kernel], stride: [stride, stride], padding: [padding, padding] })
      const input = randomMap(layer.input, 2)
      for (const enlargement of ENLARGEMENTS) {
        const made = convTranspose(layer, input, enlargingKernel(layer, enlargement))
        // In another order of additions.
        assert.ok(difference(made, enlarged(layer, input, enlargement)) < ROUNDING,
          `${kernel} ${stride} ${enlargement}`)
      }
    }
  })

  it('have_fcns_bilinear_kernel_for_smooth_and_blocks_for_blocky', () => {
    for (const stride of [2, 4, 8]) {
      const layer = layerOf({ kernel: [2 * stride, 2 * stride], stride: [stride, stride],
        padding: [stride / 2, stride / 2] })
      assert.ok(difference(enlargingKernel(layer, 'smooth'), bilinearKernel(layer.kernel)) < 1e-15)
    }
    assert.deepEqual([...enlargingKernel(layerOf({ kernel: [2, 2], padding: [0, 0] }), 'blocky')], [1, 1, 1, 1])
    assert.deepEqual([...enlargingKernel(layerOf({ kernel: [2, 2], padding: [0, 0] }), 'checkerboard')], [1, -1, -1, 1])
    assert.deepEqual([...enlargingKernel(layerOf({ kernel: [4, 1] }), 'blocky')], [0, 1, 1, 0])
  })

  it('are_pooled_to_the_map_that_was_enlarged_in_blocks', () => {
    const layer = layerOf({ input: [5, 4], kernel: [4, 6], stride: [2, 3], padding: [1, 1] })
    const input = randomMap(layer.input, 4)
    assert.ok(difference(pooled(layer, enlarged(layer, input, 'blocky')), input) < ROUNDING)
  })

  it('are_learned_bilinear_from_smooth_nearest_from_blocky_and_a_checkerboard_from_checkerboards', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const layer = layerOf({})
      const input = randomMap(layer.input, seed)
      const meetings = meetingsOf(layer)
      const rate = largestStableRate(curvature(layer, input)) / 2
      for (const enlargement of ENLARGEMENTS) {
        const target = enlarged(layer, input, enlargement)
        // The only one with no loss: what is learned is this, not one of several.
        const best = bestKernel(layer, input, target, curvature(layer, input))
        assert.ok(best && best.loss < 1e-20)
        /** @type {Float64Array} */
        let kernel = valuesOf(randomness(seed), layer.kernel)
        for (let step = 0; step < 200; step++) {
          kernel = stepped(kernel, descent(layer, input, kernel, target, meetings).kernel, rate)
        }
        assert.ok(difference(kernel, enlargingKernel(layer, enlargement)) < 1e-6, `${seed} ${enlargement}`)
        for (const other of ENLARGEMENTS.filter(each => each !== enlargement)) {
          assert.ok(difference(kernel, enlargingKernel(layer, other)) > 0.2, `${seed} ${enlargement} ${other}`)
        }
      }
    }
  })

  it('are_the_same_from_the_same_seed_and_others_from_another', () => {
    assert.deepEqual(randomMap([6, 6], 7), randomMap([6, 6], 7))
    assert.ok(difference(randomMap([6, 6], 7), randomMap([6, 6], 8)) > 0.5)
    assert.ok(randomMap([30, 30], 7).every(value =>
      Math.abs(value) <= 1 && Math.abs(10 * value - Math.round(10 * value)) < 1e-9))
  })
})
