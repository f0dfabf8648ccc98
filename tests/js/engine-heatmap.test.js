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
  ImageData: class {
    /** @param {number} width @param {number} height */
    constructor(width, height) {
      this.data = new Uint8ClampedArray(width * height * 4)
    }
  },
  OffscreenCanvas: class {
    getContext() {
      return {
        fillRect() {},
        drawImage() {},
        /** @param {ImageData} image */
        putImageData(image) { this.getImageData = () => image },
        getImageData: () => new ImageData(1, 1),
      }
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
      manifest: { architecture: 'vgg16-classifier', input: { long_side: 512, max_long_side: 1024 },
        config: { variants: ['score'] } },
      largestBinding: 0,
    }))
    const bitmap = { width: 1, height: 1, close: mock.fn() }
    await assert.rejects(heatmap(machine, { photo: /** @type {ImageBitmap} */ (/** @type {unknown} */ (bitmap)),
      size: 'model', shift: null, gpuLimit: null }, new AbortController().signal, () => {}), /no such head/)
    assert.equal(photo.free.mock.callCount(), 1)
    assert.equal(bitmap.close.mock.callCount(), 1)
  })

  it('computes the photo moved by pixels of the working size, and frees the one that was not', async () => {
    const pixels = new Float32Array(3 * 224 * 224)
    pixels[0] = 7
    const photo = { free: mock.fn(), pushRows() {}, size: () => ({ width: 224, height: 224 }), pixels: () => pixels }
    const moved = { free: mock.fn() }
    const ofPixels = mock.fn((/** @type {number} */ _width, /** @type {number} */ _height,
      /** @type {Float32Array} */ _pixels) => moved)
    const map = { width: 1, height: 1, scores: () => new Float32Array(2), linear: () => null, free: mock.fn() }
    const net = { bytesNeeded: () => 0, stages: () => ['score'], shapes: () => [],
      heatmap: mock.fn(async (/** @type {unknown} */ _photo) => map) }
    const machine = /** @type {Machine} */ (/** @type {unknown} */ ({
      wasm: {
        heatmapSize: () => ({ width: 224, height: 224 }), Photo: { stretched: () => photo, ofPixels },
          limits: () => ({ window: 224, windowStride: 32 }),
      },
      net, settle: async () => {}, syncEvery: () => Infinity,
      manifest: { architecture: 'vgg16-classifier', input: { long_side: 512, max_long_side: 1024 },
        config: { variants: ['score'] } },
      largestBinding: 0,
    }))
    const bitmap = /** @type {ImageBitmap} */ (/** @type {unknown} */ ({ width: 1, height: 1, close() {} }))
    await heatmap(machine, { photo: bitmap, size: 'model', shift: { x: 2, y: 1 }, gpuLimit: null },
      new AbortController().signal, () => {})
    const [width, height, given] = ofPixels.mock.calls[0].arguments
    assert.deepEqual([width, height, given[3 * (224 + 2)], given[0]], [224, 224, 7, 128])
    assert.equal(net.heatmap.mock.calls[0].arguments[0], moved)
    assert.equal(photo.free.mock.callCount(), 1)
    assert.equal(map.free.mock.callCount(), 1)
  })
})
