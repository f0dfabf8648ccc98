import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { afterEach, before, test } from 'node:test'

/** What a worker has and Node has not, as far as strips need it: a canvas that composes opaque and transparent pixels. */
class Canvas {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    const pixels = new Uint8ClampedArray(width * height * 4)
    const at = (/** @type {number} */ x, /** @type {number} */ y) => (y * width + x) * 4
    return Object.assign(this, {
      getContext: () => ({
        fillStyle: '',
        fillRect() { for (let i = 0; i < pixels.length; i++) pixels[i] = i % 4 === 3 || this.fillStyle === '#fff'
          ? 255 : 0 },
        /** @param {Bitmap} bitmap */
        drawImage(bitmap, left = 0, top = 0, columns = 0, rows = 0) {
          for (let y = 0; y < rows; y++) {
            for (let x = 0; x < columns; x++) {
              const colour = bitmap.pixel(left + x, top + y)
              if (colour) pixels.set([...colour, 255], at(x, y))
            }
          }
        },
        getImageData(left = 0, top = 0, columns = 0, rows = 0) {
          const data = new Uint8ClampedArray(columns * rows * 4)
          for (let y = 0; y < rows; y++) {
            data.set(pixels.subarray(at(left, top + y), at(left + columns, top + y)), y * columns * 4)
          }
          return { data }
        },
        putImageData: (/** @type {{data: Uint8ClampedArray}} */ { data }) => pixels.set(data),
      }),
    })
  }
}

/** @typedef {{width: number, height: number, pixel: (x: number, y: number) => number[] | null, close: () => void}} Bitmap */

let closed = 0
/** @param {Bitmap['pixel']} pixel null where it is transparent @returns {Bitmap} */
const bitmap = pixel => ({ width: 9, height: 5, pixel, close: () => { closed++ } })
const NOTHING = bitmap(() => null)
const WHITE = bitmap(() => [255, 255, 255])
const PHOTO = bitmap((x, y) => [10 * x, 10 * y, 7])

// Node's own would keep it from ending.
Object.assign(globalThis, {
  MessageChannel: class {
    port1 = { onmessage: () => {} }
    port2 = { postMessage: () => setImmediate(() => this.port1.onmessage()) }
  },
})

const { eachStrip } = await import('../../www/engine/worker/passes/strips.js')
const { prepare } = await import('../../www/engine/worker/passes/segment.js')
const signal = new AbortController().signal

before(() => {
  Object.assign(globalThis, {
    OffscreenCanvas: Canvas,
    ImageData: class { constructor(width = 0, height = 0) { this.data = new Uint8ClampedArray(width * height * 4) } },
  })
})

/** What `createImageBitmap` gives, one after the other. @type {Bitmap[]} */
let decoded = []
Object.assign(globalThis, { createImageBitmap: async () => decoded.shift() })
afterEach(() => { decoded = [] })

test('a strip tells whether anything was drawn', async () => {
  for (const [picture, isDrawn] of /** @type {const} */ ([[PHOTO, true], [WHITE, true], [NOTHING, false]])) {
    /** @type {number[]} */
    const got = []
    assert.equal(await eachStrip(/** @type {any} */ (picture), rows => got.push(...rows), signal), isDrawn)
    assert.equal(got.length, 9 * 5 * 4)
    assert.deepEqual(got.slice(-4), picture === PHOTO ? [80, 40, 7, 255] : [255, 255, 255, 255])
  }
})

/** A net that works at the photo's size; `rows` is what a pass would see. */
function machine() {
  /** @type {number[]} */
  const rows = []
  let freed = 0
  class Photo {
    /** @param {Uint8Array} more */
    pushRows(more) { rows.push(...more) }
    free() { freed++; rows.length = 0 }
  }
  const asIs = (/** @type {number} */ width, /** @type {number} */ height) => ({ width, height })
  const found = { wasm: { workingSize: asIs, Photo }, manifest: { input: { long_side: 384, max_long_side: 1024 } },
    net: {}, largestBinding: 0 }
  return { found: /** @type {any} */ (found), rows, freed: () => freed }
}

/** @param {string} file */
const fileOf = async file => new Blob([await readFile(new URL(`../../www/${file}`, import.meta.url))])
const ask = (/** @type {any} */ net, /** @type {Blob} */ photo) =>
  prepare(net, { photo, size: 'model', gpuLimit: null }, signal, () => {})

test('a photo that was drawn as nothing is decoded again', async () => {
  const photo = await fileOf('samples/dogs.jpg')
  const { found, rows, freed } = machine()
  closed = 0
  decoded = [NOTHING, PHOTO]
  const ready = await ask(found, photo)
  assert.ok(ready !== 'fits_gpu')
  assert.deepEqual(rows.slice(-4), [80, 40, 7, 255])
  assert.deepEqual([rows.length, freed(), closed], [9 * 5 * 4, 1, 2])
})

test('and never segmented as a white one', async () => {
  const photo = await fileOf('samples/dogs.jpg')
  const { found, freed } = machine()
  closed = 0
  decoded = Array(9).fill(NOTHING)
  await assert.rejects(ask(found, photo), { code: 'decode_failed' })
  assert.deepEqual([freed(), closed], [3, 3])
  decoded = [WHITE]
  assert.ok(await ask(machine().found, photo), 'one that is white is')
})

test('what was made is freed when the file is gone by then', async () => {
  const photo = await fileOf('samples/dogs.jpg')
  const { found, freed } = machine()
  let slices = 0
  const slice = photo.slice.bind(photo)
  photo.slice = (...of) => ++slices > 1 ? /** @type {any} */ ({ arrayBuffer: async () => { throw new Error('gone') } })
    : slice(...of)
  decoded = [NOTHING]
  await assert.rejects(ask(found, photo), { code: 'decode_failed' })
  assert.equal(freed(), 1)
})

test('a wide picture and one of several strips are looked at as a whole', async () => {
  /** @param {number} width @param {number} height @param {Bitmap['pixel']} pixel */
  const drawn = async (width, height, pixel) =>
    await eachStrip(/** @type {any} */ ({ width, height, pixel }), () => {}, signal)
  const white = [255, 255, 255]
  for (const [width, height] of [[9000, 3], [1024, 1500]]) {
    assert.equal(await drawn(width, height, () => null), false)
    assert.equal(await drawn(width, height, () => white), true)
    assert.equal(await drawn(width, height, (x, y) => x === width - 1 && y === height - 1 ? [1, 2, 3] : null), true)
  }
})

test('a transparent picture stays white', async () => {
  decoded = [NOTHING]
  const png = await fileOf('styles/icon-192.png')
  const { found, rows, freed } = machine()
  assert.ok(await ask(found, png))
  assert.deepEqual([rows.length, freed(), decoded.length], [9 * 5 * 4, 0, 0])
})
