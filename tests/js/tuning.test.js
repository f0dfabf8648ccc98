import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { chooseTiles, compareTiles } from '../../www/engine/tuning.js'

const FACTS = { name: 'card', vendor: 'v', architecture: 'a', description: '', software: false, limits: { maxStorageBufferBindingSize: 0, maxBufferSize: 0 } }

/** A GPU whose rounds take so long, the first of each choice so much longer. */
function gpu({ few = 10, many = 10, compiling = 100, wrong = 0 }) {
  let time = 0
  /** @type {boolean[]} */
  const rounds = []
  /** @type {boolean[]} */
  const set = []
  return {
    rounds,
    set,
    now: () => time,
    wasm: /** @type {any} */ ({
      /** @param {boolean} isMany */
      setManyRegisters: isMany => set.push(isMany),
      /** @param {boolean} isMany */
      tuneRound: async isMany => {
        time += (isMany ? many : few) + (rounds.includes(isMany) ? 0 : compiling)
        rounds.push(isMany)
        return isMany ? 5 + wrong : 5
      },
    }),
  }
}

describe('tiles', () => {
  test('large ones are taken where they are clearly faster, whatever compiling took', async () => {
    for (const [times, expected] of /** @type {[{few: number, many: number}, boolean][]} */ ([
      [{ few: 10, many: 8 }, true], [{ few: 10, many: 12 }, false], [{ few: 10, many: 10 }, false], [{ few: 10, many: 9.8 }, false],
    ])) {
      const { wasm, now, rounds } = gpu(times)
      assert.equal(await compareTiles(wasm, FACTS, { now }), expected, JSON.stringify(times))
      assert.equal(rounds.length, 8)
    }
  })

  test('a GPU that needs seconds for a round is left alone, and keeps the rule', async () => {
    const { wasm, now, rounds } = gpu({ few: 3000 })
    assert.equal(await compareTiles(wasm, FACTS, { now }), false)
    assert.deepEqual(rounds, [false, true, false])
  })

  test('tiles that compute something else are not taken, however fast', async () => {
    for (const wrong of [1, NaN]) {
      const { wasm, now, rounds } = gpu({ many: 1, wrong })
      assert.equal(await compareTiles(wasm, FACTS, { now }), false)
      assert.deepEqual(rounds, [false, true])
    }
  })

  test('it is left for another time when somebody waits', async () => {
    const { wasm, now, rounds } = gpu({})
    assert.equal(await compareTiles(wasm, FACTS, { now, isWanted: () => rounds.length === 3 }), null)
    assert.equal(rounds.length, 3)
  })

  test('a software adapter needs no comparison, another one has the rule until there is one', async () => {
    const { wasm, set } = gpu({})
    assert.equal(await chooseTiles(wasm, { ...FACTS, software: true }), true)
    // Node has no IndexedDB, like a browser that forbids it.
    assert.equal(await chooseTiles(wasm, FACTS), false)
    assert.deepEqual(set, [true, false])
  })
})
