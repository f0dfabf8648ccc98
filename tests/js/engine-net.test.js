/**
 * What becomes of a net that doesn't pass its check. The wasm side is played by the test.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildNet, checkArchitecture } from '../../www/engine/worker/loading/net.js'

/** @typedef {import('../../www/engine/worker/passes/segment.js').Wasm} Wasm */

const BYTES = new Uint8Array(1)
const settled = async () => {}

/** @param {() => Promise<number>} check */
function fake(check) {
  const counts = { checks: 0, freed: 0 }
  class Net {
    async check() {
      counts.checks++
      return await check()
    }

    free() {
      counts.freed++
    }
  }
  return { counts,
    wasm: /** @type {Wasm} */ (/** @type {unknown} */ ({ Net, limits: () => ({ checkTolerance: 1e-4 }) })) }
}

/** @param {string} code */
const rustError = code => Object.assign(new Error(code), { code })

describe('buildNet', () => {
  it('hands out a net that computes the same on the GPU', async () => {
    const { wasm, counts } = fake(async () => 1e-6)
    assert.ok(await buildNet(wasm, BYTES, BYTES, 'webgpu', settled))
    assert.deepEqual(counts, { checks: 1, freed: 0 })
  })

  it('has nothing to compare on the CPU', async () => {
    const { wasm, counts } = fake(async () => NaN)
    assert.ok(await buildNet(wasm, BYTES, BYTES, 'cpu', settled))
    assert.deepEqual(counts, { checks: 0, freed: 0 })
  })

  for (const difference of [1, NaN]) {
    it(`frees a net that is ${difference} off`, async () => {
      const { wasm, counts } = fake(async () => difference)
      await assert.rejects(buildNet(wasm, BYTES, BYTES, 'webgpu', settled), { code: 'gpu_error' })
      assert.equal(counts.freed, 1)
    })
  }

  it('frees a net whose check fails, and keeps the reason', async () => {
    const { wasm, counts } = fake(() => Promise.reject(rustError('not_finite')))
    await assert.rejects(buildNet(wasm, BYTES, BYTES, 'webgpu', settled), { code: 'not_finite' })
    assert.equal(counts.freed, 1)
  })

  it('frees a net over which the GPU complains', async () => {
    const { wasm, counts } = fake(async () => 0)
    await assert.rejects(buildNet(wasm, BYTES, BYTES, 'webgpu', () => Promise.reject(rustError('device_lost'))),
      { code: 'device_lost' })
    assert.equal(counts.freed, 1)
  })
})

describe('checkArchitecture', () => {
  /** @param {string} code */
  const refusing = code =>
    /** @type {Wasm} */ (/** @type {unknown} */ ({ Net: class { constructor() { throw rustError(code) } } }))

  it('knows what no weights could mend', () => {
    for (const code of ['manifest_invalid', 'unknown_architecture', 'unknown_variant']) {
      assert.throws(() => checkArchitecture(refusing(code), BYTES, 'cpu'), { code })
    }
    checkArchitecture(refusing('weights_size_mismatch'), BYTES, 'cpu')
  })
})
