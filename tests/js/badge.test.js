/** What the badge says of what computes, and why that isn't WebGPU; in both languages. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { badgeParts, reasonText } from '../../www/elements/common/ui/badge.js'
import { texts as en } from '../../www/elements/common/ui/texts.en.js'
import { texts as ko } from '../../www/elements/common/ui/texts.ko.js'
import { translator } from '../../www/lib/i18n.js'

/** @typedef {import('../../www/engine/engine.js').Engine} Engine */

// Node keeps running while a real channel listens.
Object.assign(globalThis, { MessageChannel: class { port1 = {} } })
const { namesOf } = await import('../../www/engine/worker/gpu/gpu.js')

const t = { en: translator(en), ko: translator(ko) }

/**
 * @param {Partial<GPUAdapterInfo> | undefined} info
 * @param {boolean} [software]
 */
const engine = (info, software = false) => /** @type {Engine} */ (/** @type {unknown} */ ({
  backend: 'webgpu', adapter: { ...namesOf(/** @type {GPUAdapter} */ (/** @type {unknown} */ ({ info }))), software },
}))

describe('the badge', () => {
  it('names the adapter, also one that keeps its name to itself', () => {
    const nothing = { vendor: '', architecture: '', device: '', description: '' }
    for (const [info, said, other] of /** @type {[Partial<GPUAdapterInfo> | undefined, string, string][]} */ ([
      [{ ...nothing, vendor: 'acme', architecture: 'gen-9' }, 'acme gen-9', 'acme gen-9'],
      [{ ...nothing, vendor: 'acme', description: 'Acme 9000' }, 'Acme 9000', 'Acme 9000'],
      [nothing, 'an adapter without a name', '이름 없는 어댑터'],
      [{ ...nothing, description: ' ' }, 'an adapter without a name', '이름 없는 어댑터'],
      [undefined, 'an adapter without a name', '이름 없는 어댑터'],
    ])) {
      assert.deepEqual(badgeParts(engine(info), null, t.en, 'en'), ['WebGPU', said, 'worker'])
      assert.deepEqual(badgeParts(engine(info), null, t.ko, 'ko'), ['WebGPU', other, '워커'])
    }
    assert.deepEqual(badgeParts(engine(nothing, true), null, t.en, 'en'),
      ['WebGPU', 'an adapter without a name', 'software adapter', 'worker'])
  })

  it('tells apart why there is no WebGPU', () => {
    for (const translate of Object.values(t)) {
      const reasons = [undefined, 'no_webgpu.worker', 'no_webgpu.missing', 'no_webgpu.insecure'].map(kind => {
        const adapter = { reason: { code: 'no_webgpu', message: 'for developers', kind } }
        return reasonText(/** @type {import('../../www/engine/engine.js').Adapter} */ (/** @type {unknown} */ (adapter)), translate)
      })
      assert.equal(new Set(reasons).size, 4)
      for (const reason of reasons) assert.doesNotMatch(reason ?? '', /for developers|no_webgpu/)
    }
    assert.match(t.en('reason.no_webgpu.worker'), /for pages, but not for workers/)
  })
})
