/**
 * The class under the cursor is the class in the mask.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { probe, scoresAt } from '../../www/lib/probe.js'

/** @typedef {import('../../www/lib/probe.js').ScoreMap} ScoreMap */

/**
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 * @param {(x: number, y: number, c: number) => number} value
 * @returns {ScoreMap}
 */
function scoreMap(width, height, channels, value) {
  const data = new Float32Array(width * height * channels)
  for (let i = 0; i < data.length; i++) {
    const cell = Math.floor(i / channels)
    data[i] = value(cell % width, Math.floor(cell / width), i % channels)
  }
  return { width, height, channels, data }
}

describe('scoresAt', () => {
  it('matches PyTorch: interpolate([[1, 2], [3, 4]], 4x4, bilinear, align_corners=False)', () => {
    const map = scoreMap(2, 2, 1, (x, y) => 1 + x + 2 * y)
    const enlarged = [0, 1, 2, 3].map(y => [0, 1, 2, 3].map(x => scoresAt(map, 4, 4, x, y)[0]))
    assert.deepEqual(enlarged, [
      [1, 1.25, 1.75, 2],
      [1.5, 1.75, 2.25, 2.5],
      [2.5, 2.75, 3.25, 3.5],
      [3, 3.25, 3.75, 4],
    ])
  })

  it('returns the scores themselves at the working size', () => {
    const map = scoreMap(5, 3, 4, (x, y, c) => x * 100 + y * 10 + c)
    assert.deepEqual([...scoresAt(map, 5, 3, 3, 2)], [320, 321, 322, 323])
  })

  it('handles a map of one cell', () => {
    const map = scoreMap(1, 1, 2, (_x, _y, c) => c + 1)
    assert.deepEqual([...scoresAt(map, 100, 7, 99, 6)], [1, 2])
  })
})

describe('probe', () => {
  it('gives the best class, its softmax probability, and the runner-up', () => {
    const scores = scoreMap(1, 1, 4, (_x, _y, c) => [1, 3, 2, -1][c] ?? 0)
    const found = probe({ width: 1, height: 1, scores }, 0, 0)
    const sum = Math.exp(1) + Math.exp(3) + Math.exp(2) + Math.exp(-1)
    assert.equal(found?.id, 1)
    assert.equal(found?.second?.id, 2)
    // Both sides are sums of a few doubles.
    assert.ok(Math.abs((found?.probability ?? 0) - Math.exp(3) / sum) < 1e-12)
    assert.ok(Math.abs((found?.second?.probability ?? 0) - Math.exp(2) / sum) < 1e-12)
  })

  it('finds the runner-up wherever it stands', () => {
    for (const order of [[3, 2, 1], [2, 3, 1], [1, 2, 3], [3, 1, 2], [2, 1, 3], [1, 3, 2]]) {
      const found = probe({ width: 1, height: 1, scores: scoreMap(1, 1, 3, (_x, _y, c) => order[c] ?? 0) }, 0, 0)
      assert.equal(found?.id, order.indexOf(3), String(order))
      assert.equal(found?.second?.id, order.indexOf(2), String(order))
    }
  })

  it('does not overflow on large scores', () => {
    const found = probe({ width: 1, height: 1, scores: scoreMap(1, 1, 2, (_x, _y, c) => 5000 * c) }, 0, 0)
    assert.deepEqual(found, { id: 1, probability: 1, second: { id: 0, probability: 0 } })
  })

  it('prefers the lower class on a tie, as argmax does', () => {
    assert.equal(probe({ width: 1, height: 1, scores: scoreMap(1, 1, 3, () => 1) }, 0, 0)?.id, 0)
  })

  it('has no runner-up with one class', () => {
    assert.deepEqual(probe({ width: 1, height: 1, scores: scoreMap(1, 1, 1, () => 7) }, 0, 0),
      { id: 0, probability: 1, second: null })
  })

  it('is null outside the photo and without scores', () => {
    const scores = scoreMap(2, 2, 2, (x, _y, c) => x * c)
    for (const [x, y] of [[-1, 0], [0, -1], [4, 0], [0, 4], [NaN, 0]]) {
      assert.equal(probe({ width: 4, height: 4, scores }, x ?? 0, y ?? 0), null)
    }
    assert.equal(probe({ width: 4, height: 4, scores: null }, 0, 0), null)
  })

  it('takes fractions of pixels, as pointers give them', () => {
    const scores = scoreMap(4, 1, 2, (x, _y, c) => c === (x < 2 ? 0 : 1) ? 1 : 0)
    assert.equal(probe({ width: 4, height: 1, scores }, 1.9, 0.5)?.id, 0)
    assert.equal(probe({ width: 4, height: 1, scores }, 2.1, 0.5)?.id, 1)
  })
})
