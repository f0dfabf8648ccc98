/** Reading planes, kernels and shares out of a net's maps. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isMixed, kernelOf, largestDifference, largestOf, planeOf, winningShares } from '../../www/lib/feature-maps.js'
import { compare, layersOf, mapsFor, stateOf } from '../../www/elements/upsample/photo/maps.js'
import { Control } from '../../www/elements/upsample/control.js'

/** @param {number} channels @param {number} height @param {number} width @param {(c: number, y: number, x: number) => number} at */
function mapOf(channels, height, width, at) {
  const data = new Float32Array(channels * height * width)
  let i = 0
  for (let c = 0; c < channels; c++) for (let y = 0; y < height; y++) for (let x = 0; x
    < width; x++) data[i++] = at(c, y, x)
  return { channels, height, width, data }
}

const LAYER = { inputs: 2, outputs: 3, kernel: /** @type {[number, number]} */ ([2, 2]),
  weights: Float32Array.from({ length: 24 }, (_, i) => i) }

describe('feature maps', () => {
  it('planes_and_kernels_are_where_pytorch_puts_them', () => {
    const map = mapOf(3, 2, 4, (c, y, x) => 100 * c + 10 * y + x)
    assert.deepEqual([...planeOf(map, 1)], [100, 101, 102, 103, 110, 111, 112, 113])
    assert.deepEqual([...kernelOf(LAYER, 1, 2)], [20, 21, 22, 23])
    assert.deepEqual([...kernelOf(LAYER, 0, 1)], [4, 5, 6, 7])
  })

  it('other_channels_count_as_mixing_only_when_they_add_something', () => {
    const diagonal = { ...LAYER, outputs: 2, weights: Float32Array.of(1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8) }
    assert.equal(isMixed(diagonal, 0), false)
    assert.equal(isMixed(diagonal, 1), false)
    diagonal.weights[6] = 1e-9
    assert.equal(isMixed(diagonal, 1), true)
    assert.equal(isMixed(diagonal, 0), false)
  })

  it('shares_count_only_the_part_that_the_photo_covers', () => {
    // Channel 1 wins in the left half; the bottom row is padding.
    const map = mapOf(2, 3, 4, (c, y, x) => c === 1 ? (x < 2 || y === 2 ? 1 : -1) : 0)
    assert.deepEqual(winningShares(map, 2, 4), [0.5, 0.5])
    assert.deepEqual(winningShares(map, 3, 4).map(share => share.toFixed(3)), ['0.333', '0.667'])
    assert.deepEqual(winningShares(map, 0.2, 0.4), [0, 1])
  })

  it('a_difference_that_is_no_number_is_no_agreement', () => {
    assert.equal(largestDifference([1, -2], [1, 1]), 3)
    assert.equal(largestDifference([1, NaN], [1, 1]), Infinity)
    assert.equal(largestDifference([NaN, 5], [1, 1]), Infinity)
    assert.equal(largestDifference([1], [1, 1]), Infinity)
    assert.equal(largestOf([1, -7, 3]), 7)
  })
})

describe('a photo in the figure', () => {
  it('layers_are_those_of_the_heads_that_the_model_has', () => {
    const names = (/** @type {string[]} */ variants) => layersOf(variants).map(({ name }) => name)
    assert.deepEqual(names(['fcn32s']), ['upscore32'])
    assert.deepEqual(names(['fcn8s']), ['upscore2', 'upscore_pool4', 'upscore8'])
    assert.deepEqual(names(['fcn32s', 'fcn16s', 'fcn8s']), ['upscore32', 'upscore2', 'upscore16',
      'upscore_pool4', 'upscore8'])
    assert.deepEqual(names(['resnet']), [])
    assert.deepEqual(mapsFor(layersOf(['fcn16s'])), ['score_fr', 'upscore2', 'fuse_pool4', 'upscore16'])
  })

  it('the_figure_gets_the_numbers_of_the_net_and_their_sum_is_compared', async () => {
    const random = (() => {
      let state = 7; return () => ((state = (state * 48271) % 2147483647) / 2147483647 - 0.5) * 8 })()
    const input = { name: 'score_fr', ...mapOf(2, 5, 7, random) }
    const kernels = { name: 'upscore32', inputs: 2, outputs: 2, kernel: /** @type {[number, number]} */ ([64, 64]),
      stride: /** @type {[number, number]} */ ([32, 32]),
      padding: /** @type {[number, number]} */ ([16, 16]),
        weights: Float32Array.from({ length: 2 * 2 * 64 * 64 }, random) }
    const [layer] = layersOf(['fcn32s'])
    const control = new Control()
    control.fragment = stateOf(/** @type {any} */ ({ maps: [input] }), layer, kernels, 1, 0)
    const { model } = control
    assert.deepEqual(model.problems, [])
    assert.deepEqual([model.layer.input, model.layer.kernel, model.layer.stride, model.layer.padding],
      [[5, 7], [64, 64], [32, 32], [16, 16]])
    assert.ok(largestDifference(model.input, planeOf(input, 1)) < 1e-6 * largestOf(input.data))
    assert.equal(largestDifference(model.weights, kernelOf(kernels, 1, 0)), 0)
    assert.equal(control.photo, true)

    const rows = (/** @type {Float64Array} */ values, /** @type {number} */ columns) =>
      Array.from({ length: values.length / columns }, (_, r) => [...values.subarray(r * columns, (r + 1) * columns)])
    const figure = { input: rows(model.input, 7), weights: rows(model.weights, 64), output: rows(model.output, 224) }
    // The net's own map is off by 0.5 in one place, Burn's by 0.25.
    const net = Float32Array.from([...model.output, ...model.output])
    net[3] += 0.5
    const burn = Float32Array.from(model.output)
    burn[9] -= 0.25
    const engine = { convTranspose2d: async () => ({ values: burn, backend: 'cpu' }) }
    const trace = { maps: [input, { name: 'upscore32', channels: 2, height: 160, width: 224, data: net }] }
    const found = await compare(/** @type {any} */ (engine), /** @type {any} */ (trace),
      layer, kernels, 0, figure, new AbortController().signal)
    assert.ok(Math.abs(found.net - 0.5) < 1e-5 && Math.abs(found.burn - 0.25) < 1e-5)
    assert.equal(found.mixed, true)
    assert.equal(found.backend, 'cpu')
  })
})
