/** www/engine/page/watch.js: how masks of a moving picture are steadied. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Memory, watch } from '../../www/engine/page/watch.js'

/** @typedef {import('../../www/engine/engine.js').Result} Result */

/** Two classes on a grid, as a result of twice its size. @param {number[]} firsts scores of class 0; class 1 has 0 @param {number} [width] */
function result(firsts, width = 2) {
  const height = firsts.length / width
  const data = Float32Array.from(firsts.flatMap(score => [score, 0]))
  const labels = new Uint8Array(4 * firsts.length)
  for (let y = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) labels[y * 2 * width + x] = Number(firsts[(y >> 1) * width + (x >> 1)] < 0)
  }
  return /** @type {Result} */ (/** @type {unknown} */ ({ width: 2 * width, height: 2 * height,
    labels, scores: { width, height, channels: 2, data } }))
}

/** @param {Result} from @returns {number[]} the class of each cell */
const cells = ({ labels, width, height }) => Array.from({ length: labels.length / 4 }, (_, i) => {
  const [x, y] = [2 * (i % (width / 2)), 2 * Math.floor(i / (width / 2))]
  assert.ok(y < height)
  // All pixels of a cell are of its class.
  assert.equal(new Set([0, 1].flatMap(dy => [0, 1].map(dx => labels[(y + dy) * width + x + dx]))).size, 1)
  return labels[y * width + x]
})

describe('masks that are steadied', () => {
  it('are_the_best_classes_of_scores_averaged_with_falling_weight', () => {
    const memory = new Memory(0.75)
    const frames = [[4, -4, 1, -1], [-1, 3, -9, 1], [-1, 30, -9, 1]]
    const mean = [4, -4, 1, -1]
    frames.forEach((scores, at) => {
      const seen = result(scores)
      memory.take(seen)
      if (at > 0) scores.forEach((score, i) => { mean[i] = 0.75 * mean[i] + 0.25 * score })
      assert.deepEqual(cells(seen), mean.map(score => Number(score < 0)))
      assert.deepEqual([...seen.scores?.data ?? []].filter((_, i) => i % 2 === 0), mean.map(Math.fround))
    })
    // One frame of noise is not followed, a lasting change is.
    assert.deepEqual(mean.map(score => Number(score < 0)), [0, 0, 1, 1])
  })

  it('begin_anew_where_the_size_is_another', () => {
    const memory = new Memory(0.9)
    memory.take(result([9, 9, 9, 9]))
    const other = result([-1, -1, -1], 3)
    memory.take(other)
    assert.deepEqual(cells(other), [1, 1, 1])
  })

  it('are_refused_where_nothing_new_would_count', async () => {
    const net = { segment: async () => result([1, 1]) }
    const source = /** @type {MediaStream} */ ({})
    await assert.rejects(watch(net, source, { steady: 1, onFrame: () => {} }), { code: 'invalid_input' })
    await assert.rejects(watch(net, source, { longest: 0, onFrame: () => {} }), { code: 'invalid_input' })
  })
})
