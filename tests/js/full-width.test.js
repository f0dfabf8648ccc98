/** The run at full width: what its weights are, what it lets pass, and how it adds up memory. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { faults } from '../../bench/full-width.mjs'
import { header, layout, values } from '../../bench/full-net.mjs'
import { family, field, higher, nothing } from '../../bench/memory.mjs'

const GIB = 2 ** 30

/** @returns {import('../../bench/full-width.mjs').Seen} a run with nothing wrong */
function sound() {
  const load = Array.from({ length: 20 }, (_, i) => ({ phase: 'download', loaded: i, total: 19, at: i }))
  const pass = Array.from({ length: 34 }, (_, i) => ({ phase: 'run', index: i + 1, total: 34, at: i }))
  return {
    load, pass, loadMs: 20, passMs: 34, backend: 'webgpu', architecture: 'fcn-reference', width: 500, height: 375,
    labels: 500 * 375, highest: 20, kinds: 2, scores: 10, finite: 10,
  }
}

const peak = { ...nothing(), all: 2 * GIB, allRss: 4 * GIB, samples: 1 }

describe('the verdict', () => {
  it('passes a sound run, with and without memory measured', () => {
    assert.deepEqual(faults(sound(), peak, 3 * GIB), [])
    assert.deepEqual(faults(sound(), null, 3 * GIB), [])
  })

  it('names memory above the bound', () => {
    assert.deepEqual(faults(sound(), peak, 1.5 * GIB), ['2.00 GiB of memory, more than 1.50 GiB'])
  })

  /** @type {[string, (seen: import('../../bench/full-width.mjs').Seen) => void, RegExp][]} */
  const wrong = [
    ['loading that goes back', seen => { seen.load[5].loaded = 2 }, /loading told no rising progress/],
    ['loading that stays short', seen => { seen.load.pop() }, /ended before its end/],
    ['stages out of order', seen => { seen.pass[9].index = 3 }, /not in order/],
    ['too few stages', seen => { seen.pass.length = 8 }, /told of 8 stages/],
    ['a mask of another size', seen => { seen.width = 499 }, /499×375/],
    ['a label of no class', seen => { seen.highest = 21 }, /label 21 of 21/],
    ['one class everywhere', seen => { seen.kinds = 1 }, /same class/],
    ['NaN among the scores', seen => { seen.finite = 9 }, /1 of 10 scores/],
    ['no scores', seen => { seen.scores = seen.finite = 0 }, /0 of 0 scores/],
    ['the CPU in place of WebGPU', seen => { seen.backend = 'cpu' }, /not on WebGPU/],
    ['another net', seen => { seen.architecture = 'fcn-vgg16' }, /taken for fcn-vgg16/],
  ]
  for (const [what, spoil, message] of wrong) {
    it(`names ${what}`, () => {
      const seen = sound()
      spoil(seen)
      const found = faults(seen, peak, 3 * GIB)
      assert.equal(found.length, 1)
      assert.match(found[0], message)
    })
  }
})

describe('the weights', () => {
  it('are those of the published net, 134 million of them', () => {
    const count = layout().reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0)
    // VGG16's convolutions, as torchvision counts them; fc6 and fc7; scores; enlargement.
    assert.equal(count, 14_714_688 + 102_764_544 + 16_781_312 + 21 * (4097 + 513 + 257) + 21 * 21 * (16 + 16 + 256))
    const json = JSON.parse(header().subarray(8).toString())
    assert.equal(json['upscore8.weight'].data_offsets[1], 4 * count)
    assert.deepEqual(json['fc6.weight'].shape, [4096, 512, 7, 7])
  })

  it('are the same in every run, and of order one', () => {
    const [first] = values()
    const [again] = values()
    assert.deepEqual(first, again)
    const bound = Math.sqrt(6 / 27)
    assert.equal(first.length, 64 * 27)
    assert.ok(first.every(value => Math.abs(value) <= bound))
    assert.ok(Math.abs(first.reduce((sum, value) => sum + value, 0) / first.length) < bound / 10)
  })
})

describe('memory', () => {
  it('is read from the lines of /proc', () => {
    assert.equal(field('VmHWM:\t  200 kB\nVmRSS:\t   3072 kB\n', 'VmRSS'), 3 * 2 ** 20)
    assert.equal(field('Rss: 7 kB\nPss:                 5 kB\nPss_Anon: 4 kB\n', 'Pss'), 5 * 1024)
  })

  it('is that of a process and all below it, and of no other', () => {
    const parents = [[2, 1], [3, 2], [9, 8], [4, 3], [8, 7]].map(([pid, parent]) => ({ pid, parent }))
    assert.deepEqual([...family(parents, 2)].sort(), [2, 3, 4])
  })

  it('peaks by the sum of a moment, and by the largest renderer', () => {
    const at = (/** @type {number} */ a, /** @type {number} */ b) => [
      { pid: 1, parent: 0, kind: 'renderer', rss: 2 * a, pss: a }, { pid: 2, parent: 1,
        kind: 'renderer', rss: 2 * b, pss: b },
    ]
    const high = [at(1, 5), at(4, 4), at(6, 1)].reduce(higher, nothing())
    assert.deepEqual(high, { all: 8, allRss: 16, renderer: 12, gpu: 0, samples: 3 })
  })
})
