/** The worker's side of a heat map: what it makes in wasm it frees. The wasm side is played by the test. */
import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'

/** @typedef {import('../../www/engine/worker/passes/segment.js').Machine} Machine */

// Node keeps running while a real channel listens.
Object.assign(globalThis, {
  MessageChannel: class {
    port1 = { onmessage: () => {} }
    port2 = { postMessage: () => setImmediate(() => this.port1.onmessage()) }
  },
  OffscreenCanvas: class {
    getContext() {
      return { fillRect() {}, drawImage() {}, getImageData: () => ({ data: new Uint8ClampedArray(4) }) }
    }
  },
})
const { heatmap } = await import('../../www/engine/worker/passes/heatmap.js')

describe('heatmap', () => {
  it('frees the photo when the net has no such stages', async () => {
    const photo = { free: mock.fn(), pushRows() {} }
    const machine = /** @type {Machine} */ (/** @type {unknown} */ ({
      wasm: { heatmapSize: () => ({ width: 224, height: 224 }), Photo: { stretched: () => photo } },
      net: { bytesNeeded: () => 0, stages() { throw new Error('no such head') } },
      manifest: { architecture: 'vgg16-classifier', input: { long_side: 512, max_long_side: 1024 }, config: { variants: ['score'] } },
      largestBinding: 0,
    }))
    const bitmap = { width: 1, height: 1, close: mock.fn() }
    await assert.rejects(heatmap(machine, { photo: /** @type {ImageBitmap} */ (/** @type {unknown} */ (bitmap)), size: 'model', gpuLimit: null }, new AbortController().signal, () => {}), /no such head/)
    assert.equal(photo.free.mock.callCount(), 1)
    assert.equal(bitmap.close.mock.callCount(), 1)
  })
})
