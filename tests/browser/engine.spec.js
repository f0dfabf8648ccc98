/**
 * The engine in a real browser, on the built site: that it computes, and what happens when the
 * world around it breaks. WebGPU is there (the software adapter), and a test that needs it fails
 * without it.
 */
import { createServer } from 'node:http'
import { expect } from '@playwright/test'
import {
  asIfHardware, beforeWorker, crashingOnDemand, droppingTheWeights, hanging, inNoTime,
    inSlowMotion, losingTheDevice, openLab, panicking,
  tellingOfDevices, withBrokenShaders, withLessThanPromised, withLessThanSaid, withLittleNoise,
    withMuchNoise, withSmallLimits,
  withWrongNumbers, withoutFrames, withoutGpu, withoutNames,
} from './engine-setup.js'
import { gif } from '../js/pictures.js'
import { test } from './site.js'

/**
 * Engines on the GPU and on the CPU add up in another order: on the border between two classes a
 * pixel may fall to the other side. Share of the pixels.
 */
const TIES = 0.005

for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
  test.describe(`on ${backend}`, () => {
    test('a photo gets a mask of its own size, from every kind of source', async ({ page }) => {
      const lab = await openLab(page)
      const found = await page.evaluate(async ([lab, backend]) => {
        const engine = await lab.ready(backend)
        const blob = await lab.scene()
        const bitmap = await createImageBitmap(blob)
        const canvas = document.createElement('canvas')
        canvas.width = bitmap.width
        canvas.height = bitmap.height
        const context = canvas.getContext('2d', { willReadFrequently: true })
        context?.drawImage(bitmap, 0, 0)
        const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height)
        if (!pixels) throw new Error('no pixels')
        const all = [bitmap, canvas, lab.paint(), pixels, new File([blob], 'photo.png')]
        // What a source is doesn't reach the back end; on the slow software adapter, two will do.
        const sources = backend === 'cpu' ? [blob, ...all] : [blob, bitmap]
        const results = []
        for (const source of sources) results.push(await lab.summary(await engine.segment(source)))
        const again = await lab.summary(await engine.segment(bitmap))
        engine.dispose()
        return { results, again, own: [bitmap.width, bitmap.height], adapter: engine.adapter }
      }, /** @type {const} */ ([lab, backend]))
      expect(found.results[0]).toMatchObject({ width: 96, height: 72, variant: 'fcn8s', backend })
      for (const result of [...found.results, found.again]) expect(result).toEqual(found.results[0])
      expect(found.own, "the caller's bitmap is still usable").toEqual([96, 72])
      expect(found.adapter?.reason).toBeNull()
      if (backend === 'webgpu') {
        expect(found.adapter?.software, 'the tests run on a software adapter, and it is called that').toBe(true)
        expect(found.adapter?.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(128 * 2 ** 20)
      }
    })

    test('a job stopped in the middle rejects at once, and the next one works', async ({ page }) => {
      const lab = await openLab(page)
      const found = await page.evaluate(async ([lab, backend]) => {
        const engine = await lab.ready(backend)
        const blob = await lab.scene()
        const before = await lab.summary(await engine.segment(blob))
        const stopper = new AbortController()
        let hasEnded = false
        let endedAtOnce = false
        let told = 0
        let toldAtStop = 0
        const first = lab.failure(engine.segment(blob, {
          signal: stopper.signal,
          onProgress({ phase, index }) {
            told++
            if (phase === 'run' && index === 1) {
              toldAtStop = told
              stopper.abort()
              // A turn of the event loop later.
              setTimeout(() => { endedAtOnce = hasEnded })
            }
          },
        }).finally(() => { hasEnded = true }))
        const second = engine.segment(blob)
        const failure = await first
        const after = await lab.summary(await second)
        engine.dispose()
        return { before, failure, after, endedAtOnce, told, toldAtStop }
      }, /** @type {const} */ ([lab, backend]))
      expect(found.failure?.name).toBe('AbortError')
      expect(found.after).toEqual(found.before)
      expect(found.endedAtOnce, 'whatever the worker is doing').toBe(true)
      expect(found.toldAtStop).toBeGreaterThan(0)
      expect(found.told, 'no progress after the stop').toBe(found.toldAtStop)
    })
  })
}

test('the GPU and the CPU give the same masks, for each variant', async ({ page }) => {
  const lab = await openLab(page)
  const found = await page.evaluate(async lab => {
    const blob = await lab.scene({ width: 173, height: 101 })
    const gpu = await lab.ready('webgpu')
    const ours = await gpu.segmentAll(blob)
    const one = await gpu.segment(blob, { variant: 'fcn16s', scores: true })
    gpu.dispose()
    const cpu = await lab.ready('cpu')
    const theirs = await cpu.segmentAll(blob)
    cpu.dispose()
    return {
      variants: ours.map(result => result.variant),
      different: ours.map((result, i) => lab.difference(result, theirs[i] ?? result)),
      alone: lab.difference(ours[1] ?? one, one),
      classes: ours[0]?.classes.length,
      timings: one.timings,
      scores: one.scores && [one.scores.width, one.scores.height, one.scores.channels, one.scores.data.length],
    }
  }, lab)
  expect(found.variants).toEqual(['fcn32s', 'fcn16s', 'fcn8s'])
  for (const share of found.different) expect(share).toBeLessThan(TIES)
  expect(found.alone).toBe(0)
  expect(found.scores).toEqual([173, 101, found.classes, 173 * 101 * (found.classes ?? 0)])
  for (const value of Object.values(found.timings)) expect(value).toBeGreaterThanOrEqual(0)
  expect(found.timings.total).toBeGreaterThan(found.timings.run)
})

test('the class under the cursor is the class in the mask', async ({ page }) => {
  const lab = await openLab(page)
  const address = new URL('source/lib/probe.js', page.url()).href
  const different = await page.evaluate(async ([lab, address]) => {
    const engine = await lab.ready('cpu')
    const result = await engine.segment(await lab.scene({ width: 97, height: 61 }), { size: 40, scores: true })
    engine.dispose()
    const { probe } = await import(address)
    let count = 0
    for (let y = 0; y < 61; y++) for (let x = 0; x < 97; x++) if (probe(result, x, y).id
      !== result.labels[y * 97 + x]) count++
    return count / (97 * 61)
  }, /** @type {const} */ ([lab, address]))
  // Rust adds in single precision, the probe in double: only ties may differ.
  expect(different).toBeLessThan(0.001)
})

test.describe('several nets', () => {
  for (const backend of /** @type {const} */ (['cpu', 'webgpu'])) {
    test(`that take turns give what each gives alone, to the last bit, on ${backend}`, async ({ page }) => {
      test.slow()
      await beforeWorker(page, crashingOnDemand)
      const lab = await openLab(page)
      const found = await page.evaluate(async ([lab, backend]) => {
        const models = ['models/everyday-slim/model.json', 'models/everyday-labels/model.json']
        const photo = await lab.scene()
        const hash = (/** @type {Float32Array | undefined} */ values) =>
          lab.sha256(new Uint8Array((values ?? new Float32Array()).slice().buffer))
        /** @param {import('../../www/engine/engine.js').Net} net */
        const mask = async net => {
          const result = await net.segment(photo, { scores: true })
          return [await lab.sha256(result.labels), await hash(result.scores?.data)]
        }
        /** @param {import('../../www/engine/engine.js').Net} net */
        const label = async net => [await hash((await net.heatmap(photo, { size: 300 })).scores)]
        /** @param {number} model @param {typeof mask} compute */
        const alone = async (model, compute) => {
          const engine = await lab.Engine.create({ backend })
          const found = await compute(await engine.load(models[model]))
          engine.dispose()
          return found
        }
        const expected = [await alone(0, mask), await alone(1, label)]
        const engine = await lab.Engine.create({ backend })
        const told = lab.diary(engine)
        const [slim, labels] = [await engine.load(models[0]), await engine.load(models[1])]
        const turns = [await mask(slim), await label(labels),
          ...await Promise.all([mask(slim), label(labels), mask(slim)])]
        new BroadcastChannel('crash').postMessage(0)
        while (!told.some(({ type }) => type === 'restart')) await new Promise(resolve => setTimeout(resolve, 10))
        turns.push(await label(labels), await mask(slim), await label(labels))
        const late = slim.segment(photo)
        turns.push(await mask(slim))
        const scores = await engine.scores(await late)
        const other = await labels.heatmap(photo, { size: 224 })
        const kept = await slim.segment(photo)
        await labels.heatmap(photo, { size: 224 })
        const own = await engine.scores(kept)
        engine.dispose()
        return { expected, turns, late: scores, own: [await hash(own?.data)], cells: other.scores.length }
      }, /** @type {const} */ ([lab, backend]))
      const [mask, label] = found.expected
      expect(found.turns).toEqual([mask, label, mask, label, mask, label, mask, label, mask])
      expect(found.late, "the net's next pass takes their place").toBeNull()
      expect(found.own, "another net's pass does not").toEqual([mask[1]])
      expect(found.cells).toBeGreaterThan(0)
    })

    test(`that are disposed of or forgotten give their memory back, on ${backend}`, async ({ page }) => {
      let freed = 0
      page.on('console', message => { if (message.text() === 'a net is freed') freed++ })
      await page.route('**/pkg/fcn_lab.js', async route => {
        const response = await route.fetch()
        const body = `${await response.text()}
          const { free } = Net.prototype
          Net.prototype.free = function () {
            console.log('a net is freed')
            free.call(this)
          }`
        await route.fulfill({ response, body })
      })
      const lab = await openLab(page)
      const engine = await page.evaluateHandle(async ([lab, backend]) => await lab.Engine.create({ backend }),
        /** @type {const} */ ([lab, backend]))
      const load = () => page.evaluate(async engine => {
        await engine.load('models/everyday-slim/model.json')
        // Whatever the engine has been told to free before.
        await engine.measure([], 1)
      }, engine)
      const dispose = () => page.evaluate(async engine => {
        const net = await engine.load('models/everyday-slim/model.json')
        const result = await net.segment(new ImageData(40, 30))
        net.dispose()
        return [await engine.scores(result), engine.model]
      }, engine)
      for (let loads = 0; loads < 3; loads++) await load()
      expect(await dispose(), 'its scores are gone, too').toEqual([null, null])
      await expect.poll(async () => {
        await page.requestGC()
        return freed
      }).toBe(4)
      await load()
      await page.requestGC()
      const found = await page.evaluate(async ([lab, engine]) => {
        const { width } = await engine.segment(await lab.scene())
        engine.dispose()
        return width
      }, /** @type {const} */ ([lab, engine]))
      expect(found).toBe(96)
      expect(freed, 'the net loaded last stays').toBe(4)
    })
  }
})

test.describe('what computes by itself', () => {
  /** @param {import('@playwright/test').Page} page @param {(() => void)[]} preludes @param {'auto' | 'webgpu'} [backend] */
  const opened = async (page, preludes, backend = 'auto') => {
    let devices = 0
    page.on('console', message => { if (message.text() === 'a GPU is opened') devices++ })
    await beforeWorker(page, [...preludes, tellingOfDevices])
    const lab = await openLab(page)
    const found = await page.evaluate(async ([lab, backend]) => {
      const engine = await lab.ready(backend)
      const result = await lab.summary(await engine.segment(await lab.scene()))
      engine.dispose()
      return { backend: engine.backend, made: result.backend, adapter: engine.adapter }
    }, /** @type {const} */ ([lab, backend]))
    return { ...found, devices }
  }

  test('is the CPU where the adapter is a program on it, and the GPU is not opened', async ({ page }) => {
    const found = await opened(page, [])
    expect(found).toMatchObject({ backend: 'cpu', made: 'cpu',
      adapter: { name: 'CPU', reason: { code: 'software_adapter' } }, devices: 0 })
  })

  test('is that very adapter where WebGPU is insisted on', async ({ page }) => {
    const found = await opened(page, [], 'webgpu')
    expect(found).toMatchObject({ backend: 'webgpu', made: 'webgpu', adapter: { software: true, reason: null },
      devices: 1 })
  })

  test('is the CPU where an adapter without a name turns out to be slow', async ({ page }) => {
    const found = await opened(page, [withoutNames, inSlowMotion])
    expect(found).toMatchObject({ backend: 'cpu', made: 'cpu', adapter: { reason: { code: 'software_adapter' } },
      devices: 1 })
  })

  test('is known as software where WebGPU is insisted on, and an adapter without a name turns out to be slow',
    async ({ page }) => {
    const found = await opened(page, [withoutNames, inSlowMotion], 'webgpu')
    expect(found).toMatchObject({ backend: 'webgpu', made: 'webgpu',
      adapter: { name: 'WebGPU', software: true, reason: null }, devices: 1 })
  })

  test('is the GPU where an adapter without a name is quick, or has a name', async ({ page, context }) => {
    expect(await opened(page, [withoutNames, inNoTime])).toMatchObject({ backend: 'webgpu',
      made: 'webgpu', devices: 1 })
    const other = await context.newPage()
    expect(await opened(other, [asIfHardware])).toMatchObject({ backend: 'webgpu', made: 'webgpu', devices: 1 })
  })
})

test.describe('photos', () => {
  test('every kind of bad file gets its own error, and the next photo works', async ({ page }) => {
    const lab = await openLab(page)
    const codes = await page.evaluate(async ([lab, gif]) => {
      const engine = await lab.ready('cpu')
      const jpeg = await lab.scene({ type: 'image/jpeg' })
      const png = await lab.scene()
      const webp = await lab.scene({ type: 'image/webp' })
      const heic = new Uint8Array(200)
      heic.set([0, 0, 0, 24, ...new TextEncoder().encode('ftypheic\0\0\0\0mif1heic')])
      heic.set([0, 0, 0, 176, ...new TextEncoder().encode('mdat')], 24)
      /** @type {Record<string, Blob>} */
      const files = {
        'empty': new Blob([]),
        'text': new File(['hello, this is no picture'], 'photo.jpg', { type: 'image/jpeg' }),
        'pdf': new Blob(['%PDF-1.7\n']),
        'noise': new Blob([Uint8Array.from({ length: 500 }, (_, i) => (i * 73 + 7) % 251)]),
        'svg': new Blob(['<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'],
          { type: 'image/svg+xml' }),
        'heic': new Blob([heic]),
        'tiff': new Blob(['II*\0', new Uint8Array(100)]),
        'half a JPEG': jpeg.slice(0, jpeg.size / 2),
        'a JPEG without the last byte of its pixels': jpeg.slice(0, jpeg.size - 3),
        'only the head of a JPEG': jpeg.slice(0, 20),
        'half a PNG': png.slice(0, png.size / 2),
        'half a WebP': webp.slice(0, webp.size / 2),
        'half a GIF': new Blob([Uint8Array.from(gif).subarray(0, gif.length / 2)]),
        'a GIF without the last bytes of its pixels': new Blob([Uint8Array.from(gif).subarray(0, -5)]),
        'a PNG with garbage inside': new Blob([await lab.part(png, 0, 45), new Uint8Array(40),
          await lab.part(png, png.size - 12)]),
        '200 megapixels': await lab.claims(20000, 10000),
      }
      /** @type {Record<string, unknown>} */
      const codes = {}
      for (const [name, file] of Object.entries(files)) codes[name] = (await lab.failure(engine.segment(file)))?.code
      const large = await lab.failure(engine.segment(await lab.claims(20000, 10000)))
      codes.details = large?.details
      codes.after = (await engine.segment(png)).labels.length
      engine.dispose()
      return codes
    }, /** @type {const} */ ([lab, [...gif(96, 72, i => i ** 3 % 251)]]))
    expect(codes).toEqual({
      'empty': 'empty_file',
      'text': 'not_an_image',
      'pdf': 'not_an_image',
      'noise': 'not_an_image',
      'svg': 'svg_unsupported',
      'heic': 'heic_unsupported',
      'tiff': 'decode_failed',
      'half a JPEG': 'truncated_image',
      'a JPEG without the last byte of its pixels': 'truncated_image',
      'only the head of a JPEG': 'truncated_image',
      'half a PNG': 'truncated_image',
      'half a WebP': 'truncated_image',
      'half a GIF': 'truncated_image',
      'a GIF without the last bytes of its pixels': 'truncated_image',
      'a PNG with garbage inside': 'truncated_image',
      '200 megapixels': 'image_too_large',
      'details': { width: 20000, height: 10000 },
      'after': 96 * 72,
    })
  })

  test('a photo that lacks no pixel gets the mask of the whole file', async ({ page }) => {
    const lab = await openLab(page)
    const slope = (/** @type {number} */ i) => i % 96 + i / 96
    const found = await page.evaluate(async ([lab, bytes, film]) => {
      const engine = await lab.ready('cpu')
      /** @param {Blob} photo */
      const mask = async photo => (await lab.summary(await engine.segment(photo))).labels
      const jpeg = await lab.oriented(await lab.scene({ type: 'image/jpeg' }), 6)
      const png = await lab.scene()
      const webp = await lab.scene({ type: 'image/webp' })
      const gif = new Blob([Uint8Array.from(bytes)])
      const before = { jpeg: await mask(jpeg), png: await mask(png), webp: await mask(webp), gif: await mask(gif) }
      const after = {
        jpeg: [
          await mask(jpeg.slice(0, -1)), await mask(jpeg.slice(0, -2)),
            await mask(new Blob([jpeg.slice(0, -2), new Uint8Array(50)])),
          await mask(new Blob([jpeg, jpeg])), await mask(new Blob([jpeg, 'trailing bytes'])),
        ],
        png: [await mask(png.slice(0, -12)), await mask(png.slice(0, -1)),
          await mask(new Blob([png, 'trailing bytes']))],
        webp: [await mask(new Blob([webp.slice(0, 4), Uint8Array.of(0, 0, 1, 0), webp.slice(8)])),
          await mask(new Blob([webp, 'trailing bytes']))],
        gif: [
          await mask(gif.slice(0, -1)), await mask(gif.slice(0, -2)), await mask(new Blob([gif, 'trailing bytes'])),
          await mask(new Blob([Uint8Array.from(film).subarray(0, film.length - 500)])),
        ],
      }
      engine.dispose()
      return { before, after }
    }, /** @type {const} */ ([lab, [...gif(96, 72, slope)], [...gif(96, 72, slope, i => i ** 3 % 251)]]))
    for (const kind of /** @type {const} */ (['jpeg', 'png', 'webp', 'gif'])) {
      expect(new Set(found.after[kind]), kind).toEqual(new Set([found.before[kind]]))
    }
  })

  test('a photo that says it lies on its side gets an upright mask', async ({ page }) => {
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.ready('cpu')
      const jpeg = await lab.scene({ type: 'image/jpeg' })
      const plain = await engine.segment(jpeg)
      const turned = await engine.segment(await lab.oriented(jpeg, 6))
      // The reference: the same photo, turned a quarter clockwise on a canvas.
      const bitmap = await createImageBitmap(jpeg)
      const canvas = new OffscreenCanvas(bitmap.height, bitmap.width)
      const context = canvas.getContext('2d')
      context?.translate(bitmap.height, 0)
      context?.rotate(Math.PI / 2)
      context?.drawImage(bitmap, 0, 0)
      const reference = await engine.segment(canvas)
      engine.dispose()
      return { plain: [plain.width, plain.height], turned: [turned.width, turned.height],
        different: lab.difference(turned, reference) }
    }, lab)
    expect(found.plain).toEqual([96, 72])
    expect(found.turned).toEqual([72, 96])
    expect(found.different).toBe(0)
  })

  test('transparent pixels count as white', async ({ page }) => {
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.ready('cpu')
      const clear = await engine.segment(await lab.scene({ holes: 'clear' }))
      const white = await engine.segment(await lab.scene({ holes: 'white' }))
      const opaque = await engine.segment(await lab.scene())
      engine.dispose()
      return { same: lab.difference(clear, white), other: lab.difference(clear, opaque) }
    }, lab)
    // The PNG keeps straight colours in 8 bits, the canvas multiplied ones: a level of difference.
    expect(found.same).toBeLessThan(TIES)
    expect(found.other, 'the holes matter').toBeGreaterThan(found.same)
  })

  test('noise that a browser adds to what a page reads is seen, and got around or told', async ({ context }) => {
    /** @param {(() => void)[]} preludes */
    const segmented = async (...preludes) => {
      const page = await context.newPage()
      await beforeWorker(page, preludes)
      const lab = await openLab(page)
      const found = await page.evaluate(async lab => {
        const engine = await lab.ready('cpu')
        /** @type {number[]} */
        let labels = []
        const failure = await lab.failure(engine.segment(await lab.scene()).then(result => {
          labels = [...result.labels] }))
        engine.dispose()
        return { labels, code: failure?.code, details: failure?.details }
      }, lab)
      await page.close()
      return found
    }
    const { labels } = await segmented()
    expect(labels).toHaveLength(96 * 72)
    for (const noise of [withLittleNoise, withMuchNoise]) expect((await segmented(noise)).labels).toEqual(labels)
    const little = (await segmented(withLittleNoise, withoutFrames)).labels
    expect(little.filter((label, i) => label !== labels[i]).length).toBeLessThan(TIES * labels.length)
    expect(await segmented(withMuchNoise, withoutFrames)).toEqual({ labels: [], code: 'decode_failed',
      details: { kind: 'decode_failed.noise' } })
  })

  test('scores stay behind until they are asked for, and go with the next pass', async ({ page }) => {
    const lab = await openLab(page)
    for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
      const found = await page.evaluate(async ([lab, backend]) => {
        const engine = await lab.ready(backend)
        const photo = await lab.scene()
        const asked = await engine.segment(photo, { scores: true })
        const all = await engine.segmentAll(photo)
        const before = all.map(result => 'scores' in result)
        const read = await Promise.all(all.map(result => engine.scores(result)))
        const again = await Promise.all(all.map(result => engine.scores(result)))
        const late = await engine.segment(photo)
        await engine.segment(photo)
        const gone = await engine.scores(late)
        const wrong = await lab.failure(engine.scores({ ...late, scores: undefined }))
        engine.dispose()
        const last = all.length - 1
        return {
          before, kept: all.every((result, i) => result.scores === read[i]),
            same: read.every((scores, i) => scores === again[i]),
          equal: asked.scores?.data.every((score, i) => score === read[last]?.data[i]),
            count: asked.scores?.data.length,
          differ: read[0]?.data.some((score, i) => score !== read[last]?.data[i]), gone, wrong: wrong?.code,
        }
      }, /** @type {const} */ ([lab, backend]))
      expect(found).toMatchObject({ before: [false, false, false], kept: true, same: true,
        equal: true, differ: true, gone: null, wrong: 'invalid_input' })
      expect(found.count).toBeGreaterThan(0)
    }
  })

  test('sizes from 1x1 to long and thin, and working sizes', async ({ page }) => {
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.ready('cpu')
      const sizes = []
      for (const [width, height] of [[1, 1], [1, 300], [20000, 3], [33, 31]]) {
        const result = await engine.segment(await lab.scene({ width, height }))
        sizes.push([result.width, result.height, result.labels.length])
      }
      const photo = await lab.scene({ width: 1200, height: 60 })
      const small = await lab.summary(await engine.segment(photo, { size: 100, scores: true }))
      const own = await lab.summary(await engine.segment(await lab.scene(), { size: 'native', scores: true }))
      const model = await lab.summary(await engine.segment(photo, { scores: true }))
      const tooLarge = await lab.failure(engine.segment(photo, { size: 'native' }))
      const { long_side: usual, max_long_side: most } = engine.model?.manifest.input
        ?? { long_side: 0, max_long_side: 0 }
      engine.dispose()
      return { sizes, small, own, model, tooLarge, usual, most }
    }, lab)
    expect(found.sizes).toEqual([[1, 1, 1], [1, 300, 300], [20000, 3, 60000], [33, 31, 1023]])
    expect(found.small).toMatchObject({ width: 1200, height: 60, working: [100, 5] })
    expect(found.own.working).toEqual([96, 72])
    expect(found.model.working?.[0]).toBe(found.usual)
    expect(found.tooLarge).toMatchObject({ code: 'size_too_large', details: { maxLongSide: found.most } })
  })

  test('elements are photos too: <img> and <video>', async ({ page }) => {
    const lab = await openLab(page)
    const png = await page.evaluate(async lab => [...new Uint8Array(await (await lab.scene()).arrayBuffer())], lab)
    await page.route('**/scene.png', route => route.fulfill({ contentType: 'image/png', body: Buffer.from(png) }))
    await page.route('**/drawing.svg',
      route => route.fulfill({ contentType: 'image/svg+xml',
        body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>' }))
    await page.route('**/no-such-picture.png', route => route.fulfill({ status: 404, body: '' }))
    const found = await page.evaluate(async lab => {
      const engine = await lab.ready('cpu')
      const file = await lab.summary(await engine.segment(await lab.scene()))
      const image = new Image()
      image.src = 'scene.png' // not loaded yet when it is handed over
      const element = await lab.summary(await engine.segment(image))
      const missing = new Image()
      missing.src = 'no-such-picture.png'
      const codes = [await lab.failure(engine.segment(missing))]
      const drawing = new Image()
      drawing.src = 'drawing.svg'
      codes.push(await lab.failure(engine.segment(drawing)))

      const video = document.createElement('video')
      codes.push(await lab.failure(engine.segment(video)))
      const canvas = document.createElement('canvas')
      canvas.width = 96
      canvas.height = 72
      const context = canvas.getContext('2d')
      context?.drawImage(lab.paint(), 0, 0)
      video.muted = true
      video.srcObject = canvas.captureStream()
      await video.play()
      while (video.videoWidth === 0) await new Promise(resolve => setTimeout(resolve, 20))
      const frame = await engine.segment(video)
      engine.dispose()
      return { file, element, codes: codes.map(failure => failure?.code), frame: [frame.width, frame.height] }
    }, lab)
    expect(found.element).toEqual(found.file)
    expect(found.codes).toEqual(['decode_failed', 'svg_unsupported', 'decode_failed'])
    expect(found.frame).toEqual([96, 72])
  })
})

test('embedded in another site the engine works, and says why it can not read that site\'s pictures',
  async ({ page, baseURL }) => {
  const otherSite = createServer((request, response) => {
    const isPicture = request.url === '/picture.svg'
    response.writeHead(200, { 'Content-Type': isPicture ? 'image/svg+xml' : 'text/html' }).end(isPicture
      ? '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
      : '<!doctype html><html lang="en"><title>elsewhere</title>')
  })
  await new Promise(resolve => otherSite.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (otherSite.address())
  await page.goto(`http://127.0.0.1:${port}/`)
  const found = await page.evaluate(async site => {
    /** @type {typeof import('../../www/engine/engine.js')} */
    const { Engine } = await import(new URL('engine/engine.js', site).href)
    const engine = await Engine.create({ backend: 'webgpu' })
    await engine.load(new URL('models/everyday/model.json', site))
    const canvas = new OffscreenCanvas(40, 30)
    canvas.getContext('2d')?.fillRect(0, 0, 20, 30)
    const result = await engine.segment(canvas)
    const image = new Image()
    // The same server under another name is another site.
    image.src = `http://localhost:${location.port}/picture.svg`
    const tainted = await engine.segment(image).catch(error => ({ code: error.code, message: error.message }))
    const after = await engine.segment(canvas)
    engine.dispose()
    return { labels: result.labels.length, backend: result.backend, tainted, after: after.labels.length }
  }, baseURL ?? '')
  otherSite.close()
  expect(found.backend).toBe('webgpu')
  expect([found.labels, found.after]).toEqual([1200, 1200])
  expect(found.tainted).toMatchObject({ code: 'decode_failed', message: expect.stringContaining('another site') })
})

test.describe('models', () => {
  test('progress counts the bytes that the manifest announces', async ({ page }) => {
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.Engine.create({ backend: 'cpu' })
      /** @type {{phase: string, loaded: number, total: number}[]} */
      const told = []
      await engine.load(lab.MODEL, { onProgress: progress => told.push(progress) })
      const [file] = engine.model?.manifest.files ?? []
      engine.dispose()
      return { told, bytes: file?.bytes, url: engine.model }
    }, lab)
    const downloads = found.told.filter(({ phase }) => phase === 'download')
    expect(downloads[0]).toEqual({ phase: 'download', loaded: 0, total: found.bytes })
    expect(downloads.at(-1)).toEqual({ phase: 'download', loaded: found.bytes, total: found.bytes })
    expect(downloads.every(({ loaded }, i) => i === 0 || loaded >= (downloads[i - 1]?.loaded ?? 0))).toBe(true)
    expect(found.told.at(-1)?.phase).toBe('prepare')
    expect(found.url, 'a disposed engine holds no model').toBeNull()
  })

  test('bad models are refused by name, and the former one goes on', async ({ page }) => {
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.ready('cpu')
      const photo = await lab.scene()
      const before = await lab.summary(await engine.segment(photo))
      const { model } = engine
      /** @param {Parameters<typeof lab.modelFiles>} change */
      const tryFiles = async (...change) => (await lab.failure(engine.load(await lab.modelFiles(...change))))?.code
      // The last two bytes of the weights as a half-precision NaN, with a hash that fits.
      let broken = new Uint8Array(0)
      await lab.modelFiles(() => {}, weights => {
        broken = weights.slice()
        broken.set([0x00, 0x7e], broken.length - 2)
        return weights
      })
      const hash = await lab.sha256(broken)
      const codes = {
        'not JSON': (await lab.failure(engine.load([new File(['{"format": 1,'], 'model.json'),
          new File(['x'], 'w')])))?.code,
        'another format': await tryFiles(manifest => { manifest.format = 2 }),
        'no classes': await tryFiles(manifest => { manifest.classes = [] }),
        'unknown architecture': await tryFiles(manifest => { manifest.architecture = 'segformer' }),
        'cut short': await tryFiles(() => {}, weights => weights.slice(0, -1000)),
        'too long': await tryFiles(() => {}, weights => new Uint8Array([...weights, 0])),
        'another hash': await tryFiles(() => {}, weights => {
          const changed = weights.slice()
          changed[changed.length - 5] ^= 1
          return changed
        }),
        'NaN': await tryFiles(manifest => { /** @type {{sha256: string}[]} */ (manifest.files)[0].sha256 = hash },
          () => broken),
      }
      const same = JSON.stringify(engine.model) === JSON.stringify(model)
      const after = await lab.summary(await engine.segment(photo))
      await engine.load(await lab.modelFiles(() => {}))
      const fromFiles = { url: engine.model?.url, ...await lab.summary(await engine.segment(photo)) }
      engine.dispose()
      return { codes, before, after, same, fromFiles }
    }, lab)
    expect(found.codes).toEqual({
      'not JSON': 'manifest_invalid',
      'another format': 'manifest_invalid',
      'no classes': 'manifest_invalid',
      'unknown architecture': 'unknown_architecture',
      'cut short': 'weights_size_mismatch',
      'too long': 'weights_size_mismatch',
      'another hash': 'hash_mismatch',
      'NaN': 'not_finite',
    })
    expect(found.same).toBe(true)
    expect(found.after).toEqual(found.before)
    expect(found.fromFiles).toEqual({ url: null, ...found.before })
  })

  test('a missing file, a dead connection and a wrong length can be told apart', async ({ page }) => {
    const lab = await openLab(page)
    const load = () => page.evaluate(async lab => {
      const engine = await lab.Engine.create({ backend: 'cpu' })
      const failure = await lab.failure(engine.load(lab.MODEL))
      engine.dispose()
      return failure
    }, lab)
    const weights = '**/everyday/*.safetensors'

    await page.route(weights, route => route.fulfill({ status: 404, body: 'not found' }))
    expect(await load()).toMatchObject({ code: 'http_error', details: { status: 404 } })
    await page.unroute(weights)
    await page.route(weights, route => route.abort('connectionreset'))
    expect(await load()).toMatchObject({ code: 'network_error' })
    await page.unroute(weights)
    await page.route(weights, route => route.fulfill({ body: Buffer.alloc(1000) }))
    expect(await load()).toMatchObject({ code: 'weights_size_mismatch', details: { got: 1000 } })
    await page.unroute(weights)
    await page.route('**/everyday/model.json', route => route.fulfill({ contentType: 'text/plain', body: 'Not found' }))
    expect(await load()).toMatchObject({ code: 'manifest_invalid' })
    await page.unroute('**/everyday/model.json')
    expect(await load()).toBeNull()
  })

  test('a connection that drops half-way is a network error, and trying again works', async ({ page }) => {
    await beforeWorker(page, droppingTheWeights, { times: 1 })
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.Engine.create({ backend: 'cpu' })
      const failure = await lab.failure(engine.load(lab.MODEL))
      engine.dispose()
      const again = await lab.ready('cpu')
      again.dispose()
      return failure
    }, lab)
    expect(found?.code).toBe('network_error')
  })

  test('a download can be stopped', async ({ page }) => {
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.Engine.create({ backend: 'cpu' })
      const stopper = new AbortController()
      const stopped = await lab.failure(engine.load(lab.MODEL, { signal: stopper.signal,
        onProgress: () => stopper.abort() }))
      const empty = await lab.failure(engine.segment(await lab.scene()))
      await engine.load(lab.MODEL)
      const result = await lab.summary(await engine.segment(await lab.scene()))
      engine.dispose()
      return { stopped, empty, result }
    }, lab)
    expect(found.stopped?.name).toBe('AbortError')
    expect(found.empty?.code).toBe('no_model')
    expect(found.result.width).toBe(96)
  })
})

test('tiles are compared once for an adapter, and remembered', async ({ page }) => {
  await beforeWorker(page, asIfHardware)
  const lab = await openLab(page)
  /** What is remembered; with `plant`, that is put in its place first. @param {boolean} [plant] */
  const remembered = plant => page.evaluate(async plant => {
    // Opening what isn't there would make it, without the engine's store.
    if (!(await indexedDB.databases()).some(({ name }) => name === 'fcn-lab')) return []
    return await new Promise((resolve, reject) => {
      const request = indexedDB.open('fcn-lab', 1)
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const store = request.result.transaction('tiles', 'readwrite').objectStore('tiles')
        if (plant !== undefined) store.put(plant, '1|test|card|')
        const keys = store.getAllKeys()
        const values = store.getAll()
        values.onsuccess = () => {
          request.result.close()
          resolve(keys.result.map((key, i) => [key, values.result[i]]))
        }
      }
    })
  }, plant)
  /** One photo; the engine stays, and has time for other things then. */
  const segment = async () => {
    const engine = await page.evaluateHandle(async lab => await lab.ready('webgpu'), lab)
    const found = await page.evaluate(async ([lab, engine]) => {
      const { labels } = await engine.segment(await lab.scene())
      return { labels: Array.from(labels), software: engine.adapter?.software }
    }, /** @type {const} */ ([lab, engine]))
    return { ...found, end: () => engine.evaluate(engine => engine.dispose()) }
  }
  expect(await remembered()).toEqual([])
  const one = await segment()
  expect(one.software).toBe(false)
  const start = performance.now()
  await expect.poll(async () => (await remembered()).length).toBe(1)
  const took = performance.now() - start
  await one.end()
  const [[key, choice]] = /** @type {[IDBValidKey, unknown][]} */ (await remembered())
  expect(key).toBe('1|test|card|')
  expect(typeof choice).toBe('boolean')
  // What is remembered is believed, and not measured again.
  await remembered(true)
  const two = await segment()
  await page.waitForTimeout(2000 + 2 * took)
  expect(await remembered()).toEqual([[key, true]])
  await two.end()
  // Another tile adds up in another order.
  const differ = two.labels.filter((label, i) => label !== one.labels[i]).length / two.labels.length
  expect(differ).toBeLessThan(TIES)
})

test.describe('when something breaks', () => {
  /**
   * Segments before and after; the first worker is broken by the prelude.
   * @param {import('@playwright/test').Page} page
   * @param {import('./engine-setup.js').Lab} lab
   * @param {'auto' | 'webgpu' | 'cpu'} backend
   */
  const survive = async (page, lab, backend) => await page.evaluate(async ([lab, backend]) => {
    const engine = await lab.ready(backend)
    const told = lab.diary(engine)
    const photo = await lab.scene()
    const first = await lab.summary(await engine.segment(photo))
    const second = await lab.summary(await engine.segment(photo))
    engine.dispose()
    return { first, second, told: told.map(({ type, detail }) => `${type} ${detail.code ?? detail.backend ?? ''}`),
      adapter: engine.adapter }
  }, /** @type {const} */ ([lab, backend]))

  test('a device lost in the middle changes nothing in the result', async ({ page }) => {
    await beforeWorker(page, losingTheDevice, { times: 1 })
    const lab = await openLab(page)
    const found = await survive(page, lab, 'webgpu')
    expect(found.told).toEqual(['restart device_lost'])
    expect(found.first).toEqual(found.second)
    expect(found.first.backend).toBe('webgpu')
  })

  for (const backend of /** @type {const} */ (['cpu', 'webgpu'])) {
    test(`a panic on ${backend} changes nothing in the result`, async ({ page }) => {
      await beforeWorker(page, panicking, { times: 1 })
      const lab = await openLab(page)
      const found = await survive(page, lab, backend)
      expect(found.told).toEqual(['restart crashed'])
      expect(found.first).toEqual(found.second)
      expect(found.first.backend).toBe(backend)
    })
  }

  test('a device that is lost again and again means CPU, and why is said', async ({ page }) => {
    await beforeWorker(page, [asIfHardware, losingTheDevice])
    const lab = await openLab(page)
    const found = await survive(page, lab, 'auto')
    expect(found.told).toEqual(['restart device_lost', 'restart device_lost', 'backend cpu'])
    expect(found.first.backend).toBe('cpu')
    expect(found.adapter?.reason?.code).toBe('device_lost')
  })

  test('no WebGPU in the worker means CPU, and whether the page has it is said', async ({ page }) => {
    await beforeWorker(page, withoutGpu)
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const engine = await lab.ready('auto')
      const result = await lab.summary(await engine.segment(await lab.scene()))
      engine.dispose()
      const insisted = await lab.failure(lab.Engine.create({ backend: 'webgpu' }))
      // As in a browser that has none for the page either.
      Object.defineProperty(Object.getPrototypeOf(navigator), 'gpu', { get: () => undefined })
      return { adapter: engine.adapter, result, insisted,
        without: await lab.failure(lab.Engine.create({ backend: 'webgpu' })) }
    }, lab)
    expect(found.result.backend).toBe('cpu')
    const message = expect.stringContaining('for pages, but not for workers')
    expect(found.adapter).toMatchObject({ name: 'CPU',
      reason: { code: 'no_webgpu', kind: 'no_webgpu.worker', message } })
    expect(found.insisted).toMatchObject({ code: 'no_webgpu', message, details: { kind: 'no_webgpu.worker' } })
    expect(found.without).toMatchObject({ code: 'no_webgpu', details: { kind: 'no_webgpu.missing' } })
  })

  for (const [name, prelude, code] of /** @type {const} */ ([
    ['a GPU that computes wrong numbers', withWrongNumbers, 'self_check_failed'],
    ['a GPU whose shaders do not compile', withBrokenShaders, 'gpu_error'],
    ['a GPU that never answers', hanging, 'self_check_failed'],
  ])) {
    test(`${name} is not used`, async ({ page }) => {
      await beforeWorker(page, [asIfHardware, prelude])
      const lab = await openLab(page)
      const found = await page.evaluate(async lab => {
        const engine = await lab.ready('auto')
        const result = await lab.summary(await engine.segment(await lab.scene()))
        engine.dispose()
        return { adapter: engine.adapter, result,
          insisted: await lab.failure(lab.Engine.create({ backend: 'webgpu' })) }
      }, lab)
      expect(found.result.backend).toBe('cpu')
      expect(found.adapter?.reason?.code).toBe(code)
      expect(found.insisted?.code).toBe(code)
    })
  }

  for (const [name, prelude, devices] of /** @type {const} */ ([
    ['an adapter', withLessThanPromised, 0], ['a device', withLessThanSaid, 1],
  ])) {
    test(`${name} with less than WebGPU promises is not used`, async ({ page }) => {
      let opened = 0
      page.on('console', message => { if (message.text() === 'a GPU is opened') opened++ })
      await beforeWorker(page, [asIfHardware, prelude, tellingOfDevices])
      const lab = await openLab(page)
      const found = await page.evaluate(async lab => {
        const engine = await lab.ready('auto')
        const masks = []
        for (const size of [{}, { width: 1024, height: 683 }, { width: 20000, height: 5000 }]) {
          const { backend, labels } = await engine.segment(await lab.scene(size))
          masks.push([backend, labels.length])
        }
        engine.dispose()
        return { adapter: engine.adapter, masks, insisted: await lab.failure(lab.Engine.create({ backend: 'webgpu' })) }
      }, lab)
      expect(found.masks).toEqual([['cpu', 96 * 72], ['cpu', 1024 * 683], ['cpu', 20000 * 5000]])
      expect(found.adapter).toMatchObject({ name: 'CPU',
        reason: { code: 'adapter_limits', kind: 'adapter_limits.adapter' } })
      expect(found.insisted).toMatchObject({ code: 'adapter_limits', details: { kind: 'adapter_limits.adapter' } })
      expect(opened).toBe(2 * devices)
    })
  }

  test('an adapter with small limits does small photos, the CPU the large ones', async ({ page }) => {
    await beforeWorker(page, [asIfHardware, withSmallLimits])
    const lab = await openLab(page)
    const found = await page.evaluate(async lab => {
      const small = await lab.scene({ width: 40, height: 30 })
      const large = await lab.scene({ width: 400, height: 300 })
      const engine = await lab.ready('auto')
      const backends = []
      for (const photo of [small, large, small]) backends.push((await engine.segment(photo)).backend)
      engine.dispose()
      const pinned = await lab.ready('webgpu')
      const refused = await lab.failure(pinned.segment(large))
      const { maxLongSide } = /** @type {{maxLongSide: number}} */ (refused?.details)
      const fitting = await lab.summary(await pinned.segment(large, { size: maxLongSide, scores: true }))
      pinned.dispose()
      return { backends, refused, fitting, maxLongSide }
    }, lab)
    expect(found.backends).toEqual(['webgpu', 'cpu', 'webgpu'])
    expect(found.refused?.code).toBe('adapter_limits')
    expect(found.fitting).toMatchObject({ width: 400, height: 300, backend: 'webgpu' })
    expect(found.fitting.working?.[0]).toBe(found.maxLongSide)
  })
})

test.describe('when the program does not load', () => {
  /** @param {import('@playwright/test').Page} page @param {import('./site.js').Site} [site] */
  const create = async (page, site) => {
    const lab = await openLab(page, site)
    return await page.evaluate(async lab => await lab.failure(lab.Engine.create()), lab)
  }

  test('a policy without wasm says so', async ({ page }) => {
    await page.route('**/engine/worker/worker.js', async route => {
      const response = await route.fetch()
      await route.fulfill({ response,
        headers: { ...response.headers(), 'content-security-policy': "default-src 'self'; script-src 'self'" } })
    })
    expect((await create(page))?.code).toBe('wasm_blocked')
  })

  test('a policy without the worker says so', async ({ page }) => {
    const lab = await openLab(page)
    await page.evaluate(() => {
      const policy = Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy',
        content: "worker-src 'none'" })
      document.head.append(policy)
    })
    const failure = await page.evaluate(async lab => await lab.failure(lab.Engine.create()), lab)
    expect(failure?.code).toBe('wasm_blocked')
    expect(failure?.message).toContain("allow 'self' in worker-src")
  })

  // As written: built, the worker holds what it imports.
  for (const file of ['worker.js', 'segment.js', 'loading/class-names.js', 'pkg/fcn_lab.js', 'pkg/fcn_lab_bg.wasm']) {
    test(`a missing ${file} says so`, async ({ page, site }) => {
      await site.start({ written: true })
      site.answer(file, 404, 'not found')
      const failure = await create(page, site)
      expect(failure?.code).toBe('wasm_failed')
      expect(failure).toMatchObject({
        message: expect.stringContaining('answered 404'),
          details: { kind: 'http_error', status: 404, url: expect.stringMatching(`/${file}$`) },
      })
      expect(failure?.message).not.toContain('Content-Security-Policy')
    })
  }

  for (const [file, code] of [
    ['engine/worker/worker.js', 'wasm_failed'], ['pkg/fcn_lab.js', 'wasm_failed'],
      ['pkg/fcn_lab_bg.wasm', 'wasm_failed'],
    ['models/everyday/model.json', 'http_error'], ['models/everyday/weights.safetensors', 'http_error'],
  ]) {
    test(`a web page that comes instead of ${file} is named`, async ({ page, site }) => {
      await site.start()
      site.answerPage(file)
      const lab = await openLab(page, site)
      const failure = await page.evaluate(async lab => await lab.failure(lab.ready('cpu')), lab)
      expect(failure).toMatchObject({ code, details: { kind: 'http_error.page', url: site.url + file } })
      expect(failure?.message).toContain(`${site.url}${file}: a web page came instead.`)
    })
  }

  test('a web page that comes instead of what the worker imports is named', async ({ page, site }) => {
    await site.start({ written: true })
    site.answerPage('passes/segment.js')
    expect(await create(page, site)).toMatchObject({ code: 'wasm_failed',
      details: { kind: 'http_error.page', url: `${site.url}engine/worker/passes/segment.js` } })
  })

  test('a worker whose scripts all come, and which fails all the same, is not blamed on a missing one',
    async ({ page, site }) => {
    await site.start({ written: true })
    site.rewrite('passes/segment.js', script => `${script}\nthrow new Error('as it starts')\n`)
    const failure = await create(page, site)
    expect(failure?.code).toBe('wasm_failed')
    expect(failure?.details).not.toHaveProperty('kind')
  })

  test.describe('because a cache has a part of another version', () => {
    /** As an older build would have it. @type {[string, (script: string) => string][]} */
    const older = [
      ['with another import', script => script.replace(/__wbg_call_[0-9a-f]{16}: function/,
        '__wbg_call_0123456789abcdef: function')],
      ['with another mark', script => script.replace(/export const version = '\w+'/, "export const version = 'older'")],
    ]
    for (const [what, change] of older) {
      test(`it is fetched once more past the cache: ${what}`, async ({ page, site }) => {
        await site.start()
        site.rewrite('pkg/fcn_lab.js', script => site.count('pkg/fcn_lab.js') === 1 ? change(script) : `${script}\n`)
        expect(await create(page, site)).toBeNull()
        // By one worker, past the cache, and by another worker.
        expect(site.count('pkg/fcn_lab.js')).toBe(3)
      })

      test(`and again, that is told: ${what}`, async ({ page, site }) => {
        await site.start()
        site.rewrite('pkg/fcn_lab.js', change)
        expect(await create(page, site)).toMatchObject({
          code: 'wasm_failed', message: expect.stringContaining('different versions'),
            details: { kind: 'wasm_failed.mixed' },
        })
        // Each of two workers asks for it, and past the cache.
        expect(site.count('pkg/fcn_lab.js')).toBe(4)
      })
    }
  })

  test('a mistake in a script of the same version is not taken for another version', async ({ page, site }) => {
    await site.start()
    site.rewrite('pkg/fcn_lab.js', script => script.replace(/export function start\(\) \{/, '$& null.f();'))
    const failure = await create(page, site)
    expect(failure).toMatchObject({ code: 'wasm_failed', details: { reason: expect.stringContaining('TypeError') } })
    expect(failure?.details).not.toHaveProperty('kind')
    expect(site.count('pkg/fcn_lab.js')).toBe(1)
  })

  test('a server that does not know the type of wasm files will do', async ({ page }) => {
    await page.route('**/*.wasm', async route => {
      const response = await route.fetch()
      await route.fulfill({ response, headers: { ...response.headers(), 'content-type': 'application/octet-stream' } })
    })
    expect(await create(page)).toBeNull()
  })
})

test('dispose ends the worker', async ({ page }) => {
  const lab = await openLab(page)
  const engine = await page.evaluateHandle(async lab => await lab.ready('cpu'), lab)
  expect(page.workers()).toHaveLength(1)
  const failure = await page.evaluate(async ([lab, engine]) => {
    const running = lab.failure(engine.segment(await lab.scene()))
    engine.dispose()
    return await running
  }, /** @type {const} */ ([lab, engine]))
  expect(failure?.code).toBe('aborted')
  await expect.poll(() => page.workers().length).toBe(0)
})
