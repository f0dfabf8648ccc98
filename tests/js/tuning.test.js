import { strict as assert } from 'node:assert'
import { describe, mock, test } from 'node:test'
import { chooseTiles, compareTiles } from '../../www/engine/worker/gpu/tuning.js'

const FACTS = { name: 'card', vendor: 'v', architecture: 'a', description: '', software: false,
  limits: { maxStorageBufferBindingSize: 0, maxBufferSize: 0 } }

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
      [{ few: 10, many: 8 }, true], [{ few: 10, many: 12 }, false], [{ few: 10, many: 10 }, false],
        [{ few: 10, many: 9.8 }, false],
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

  test('storage that is there is used, and closed', async () => {
    /** @type {Map<string, boolean>} */
    const kept = new Map()
    let opened = 0
    const done = (/** @type {unknown} */ result) => {
      const request = { result, onsuccess: () => {} }
      setImmediate(() => request.onsuccess())
      return request
    }
    Object.assign(globalThis, { indexedDB: { open: () => {
      opened++
      const store = { get: (/** @type {string} */ key) => done(kept.get(key)),
        put: (/** @type {boolean} */ many, /** @type {string} */ key) => done(kept.set(key, many)) }
      return done({ transaction: () => ({ objectStore: () => store }), close: () => opened-- })
    } } })
    const { wasm, now, set } = gpu({ few: 10, many: 8 })
    await compareTiles(wasm, FACTS, { now })
    assert.equal(await chooseTiles(wasm, FACTS), true)
    assert.deepEqual(set, [true])
    assert.equal(opened, 0)
  })

  // The last one: storage that was silent once isn't asked again.
  test('storage that never answers is waited for once and not long; then the rule holds', async () => {
    /** @type {{result: {close: () => void}, onsuccess: () => void}[]} */
    const requests = []
    const close = mock.fn()
    Object.assign(globalThis, { indexedDB: { open: () => {
      const request = { result: { close }, onsuccess: () => {} }
      requests.push(request)
      return request
    } } })
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const { wasm, now, set } = gpu({ few: 10, many: 8 })
      const choosing = chooseTiles(wasm, FACTS)
      mock.timers.tick(1000)
      assert.equal(await choosing, false)
      assert.deepEqual(set, [false])
      assert.equal(await compareTiles(wasm, FACTS, { now }), true)
      assert.equal(requests.length, 1)
      // It comes after all: it is let go.
      requests[0].onsuccess()
      await new Promise(resolve => setImmediate(resolve))
      assert.equal(close.mock.callCount(), 1)
    } finally {
      mock.timers.reset()
      Reflect.deleteProperty(globalThis, 'indexedDB')
    }
  })
})
