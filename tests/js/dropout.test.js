/**
 * Dropout's masks, which must be those of the crate and of the PyTorch fixture, the small net of the figure, and where a
 * map is near an edge.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  atEdges, draw, expectedOf, forward, keptOf, meanOfMasks, parametersOf, smallNet, softmax, trainedDropout,
} from '../../www/lib/dropout.js'

/** @typedef {{seed: number, pass: number, layer: number, p: number, draws: number[], kept: number[]}} Row */

const FIXTURE = new URL('../reference/fixtures/dropout.json', import.meta.url)
/** @type {{masks: Row[]}} */
const { masks } = JSON.parse(readFileSync(FIXTURE, 'utf8'))
const SIZES = /** @type {const} */ ([6, 8, 3])
/** @param {readonly number[]} a @param {readonly number[]} b */
const furthest = (a, b) => Math.max(...a.map((value, at) => Math.abs(value - b[at])))

describe('masks', () => {
  it('are those of the fixture', () => {
    assert.ok(masks.length >= 8)
    for (const { draws, kept, ...of } of masks) {
      assert.deepEqual(draws.map((_, unit) => draw(of.seed, of.pass, of.layer, unit)), draws)
      assert.deepEqual(keptOf(of, kept.length).map(Number), kept)
    }
  })
})

describe('the small net', () => {
  // The figure's.
  const net = smallNet(32, SIZES)
  const plain = forward(net, null, 0.5)

  it('has as many parameters as its layers, whatever is dropped', () => {
    assert.equal(parametersOf(net), 6 * 8 + 8 + 8 * 3 + 3)
  })

  it('zeroes what is dropped, and divides the rest by 1 − p', () => {
    const kept = plain.activations.map((_, unit) => unit % 2 === 0)
    const { activations, hidden } = forward(net, kept, 0.2)
    assert.deepEqual(activations, plain.activations)
    assert.deepEqual(hidden, activations.map((value, unit) => unit % 2 === 0 ? value / 0.8 : 0))
  })

  it('gives with nothing dropped what evaluation gives', () => {
    assert.deepEqual(forward(net, net.hidden.bias.map(() => true), 0), plain)
  })

  it('is in expectation what evaluation gives, up to the linear outputs and not after a softmax', () => {
    for (const p of [0.1, 0.5, 0.9]) {
      const expected = expectedOf(net, p)
      // Sums of 256 products in f64.
      assert.ok(furthest(expected.hidden, plain.hidden) < 1e-12)
      assert.ok(furthest(expected.outputs, plain.outputs) < 1e-12)
      assert.ok(furthest(expected.probabilities, plain.probabilities) > 0.003, String(p))
    }
  })

  it('comes nearer to its expectation the more masks are drawn', () => {
    const expected = expectedOf(net, 0.5)
    const off = (/** @type {number} */ count) => furthest(meanOfMasks(net, { seed: 1, p: 0.5 }, count).outputs,
      expected.outputs)
    // By chance alone as the root of their number: from 10 to 10,000 about 30 times.
    assert.ok(off(10_000) < off(10) / 5, `${off(10_000)} ${off(10)}`)
  })

  it('has probabilities of any scores', () => {
    assert.deepEqual(softmax([1e3, 1e3]), [0.5, 0.5])
  })
})

describe('trainedDropout', () => {
  it('is what the recipe says, unless it says nothing of use', () => {
    const of = (/** @type {unknown} */ dropout) => trainedDropout({ recipe: { net: { dropout } } })
    assert.equal(of(0.2), 0.2)
    for (const none of [0, 1, -1, '0.5', NaN, null]) assert.equal(of(none), null)
    for (const none of [null, {}, { recipe: 3 }]) assert.equal(trainedDropout(none), null)
  })
})

describe('atEdges', () => {
  it('takes a mean of each part, by hand', () => {
    // Two classes side by side, 7 pixels wide, 2 high: the edge lies between columns 2 and 3.
    const labels = [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1]
    const values = labels.map((_, at) => at % 7)
    const { near, far } = atEdges({ labels, values, width: 7 }, 1)
    assert.deepEqual(near, { pixels: 8, mean: (1 + 2 + 3 + 4) / 4 })
    assert.deepEqual(far, { pixels: 6, mean: (0 + 5 + 6) / 3 })
  })

  it('does not reach over the end of a row', () => {
    const labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    const { far } = atEdges({ labels, values: labels, width: 4 }, 0)
    // The edge lies between the first two rows; nothing else is near.
    assert.deepEqual(far, { pixels: 4, mean: 1 })
    const column = atEdges({ labels: [0, 1, 1, 1, 0, 1, 1, 1], values: new Float32Array(8), width: 4 }, 1)
    assert.equal(column.near.pixels, 6)
  })

  it('has no mean where all is one class', () => {
    const { near, far } = atEdges({ labels: [3, 3, 3, 3], values: [1, 2, 3, 6], width: 2 }, 3)
    assert.deepEqual([near, far], [{ pixels: 0, mean: null }, { pixels: 4, mean: 3 }])
  })
})
