/**
 * Where a net is unsure, through the engine: on WebGPU and on the CPU, with the shipped models and PyTorch's fixture.
 */
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { openLab } from './engine-setup.js'

const FIXTURES = new URL('../reference/fixtures/', import.meta.url)

/** @param {string} name @returns {Promise<string>} base64 */
const fixture = async name => (await readFile(new URL(name, FIXTURES))).toString('base64')

/** @param {Buffer} file of safetensors @param {string} name of a tensor @returns {string} its bytes, base64 */
function tensor(file, name) {
  const length = Number(file.readBigUInt64LE(0))
  const [from, to] = JSON.parse(file.subarray(8, 8 + length).toString())[name].data_offsets
  return file.subarray(8 + length + from, 8 + length + to).toString('base64')
}

for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
  test.describe(`on ${backend}`, () => {
    test('mean and spread of passes with the same masks are PyTorch\'s', async ({ page }) => {
      /** @type {{cases: {net: string, variant: string, passes: number, seed: number, p: number}[]}} */
      const { cases: [, how] } = JSON.parse(await readFile(new URL('dropout.json', FIXTURES), 'utf8'))
      const cases = await readFile(new URL('dropout.cases.safetensors', FIXTURES))
      const of = (/** @type {string} */ what) => tensor(cases, `${how.net}.${how.variant}.${what}`)
      const wanted = { mean: of('mean'), spread: of('spread'), entropy: of('entropy'), margin: of('margin') }
      const files = [`${how.net}.model.json`, `${how.net}.safetensors`]
      const bytes = await Promise.all(files.map(fixture))
      const lab = await openLab(page)
      const worst = await lab.evaluate(async ({ Engine }, { files, bytes, image, wanted, how, backend }) => {
        const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
        const engine = await Engine.create({ backend })
        const net = await engine.load(files.map((name, at) => new File([bytesOf(bytes[at])], name)))
        const rgb = bytesOf(image)
        const photo = new ImageData(65, 33)
        for (let at = 0; at < 65 * 33; at++) photo.data.set([...rgb.subarray(3 * at, 3 * at + 3), 255], 4 * at)
        const found = await net.uncertainty(photo, { ...how, size: 'native' })
        const floats = (/** @type {string} */ text) => new Float32Array(bytesOf(text).buffer)
        const margin = floats(wanted.margin)
        const off = (/** @type {'mean' | 'spread' | 'entropy'} */ what) =>
          Math.max(...floats(wanted[what]).map((value, at) =>
          margin[at] > 2e-4 ? Math.abs(value - found[what][at]) : 0))
        const { width, height, backend: ran } = found
        return { mean: off('mean'), spread: off('spread'), entropy: off('entropy'), size: [width, height],
          backend: ran }
      }, { files, bytes, image: tensor(cases, 'image'), wanted, how, backend })
      expect(worst).toMatchObject({ size: [65, 33], backend })
      // Scores agree to 10⁻⁵ or so; see tests/common/uncertainty.rs.
      for (const what of /** @type {const} */ (['mean', 'spread',
        'entropy'])) expect(worst[what], what).toBeLessThan(1e-4)
    })

    test('with nothing dropped there is no spread, and the mask is the plain one', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday/model.json')
        const photo = await scene()
        const own = await net.tail(photo, { mask: 'work', scores: true })
        const { labels, spread, mean, width, height, photo: size } = await net.uncertainty(photo, { p: 0, passes: 3 })
        if (!own.scores) throw new Error('no scores')
        const { data, channels } = own.scores
        const off = [...mean].map((value, at) => {
          const scores = data.subarray(at * channels, (at + 1) * channels)
          const most = Math.max(...scores)
          return Math.abs(value - 1 / scores.reduce((sum, score) => sum + Math.exp(score - most), 0))
        })
        return {
          labels: labels.every((label, at) => label === own.labels[at]), spread: spread.every(value => value === 0),
          off: Math.max(...off), size: [width, height, size.width, size.height],
        }
      }, backend)
      expect(found).toMatchObject({ labels: true, spread: true, size: [96, 72, 96, 72] })
      // exp and sums in f32 against f64.
      expect(found.off).toBeLessThan(1e-6)
    })

    test('passes are told of, can be given up, and cost no second pass of the backbone', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday-vgg/model.json')
        const photo = await scene()
        await net.inspect(photo)
        /** @type {string[]} */
        const told = []
        const first = await net.uncertainty(photo, {
          passes: 4,
            onProgress: progress =>
              'stage' in progress && told.push(`${progress.stage} ${progress.index}/${progress.total}`),
        })
        const stop = new AbortController()
        let passes = 0
        const given = net.uncertainty(photo, {
          passes: 500, signal: stop.signal, onProgress: ({ index }) => {
            passes = index
            if (index === 2) stop.abort()
          },
        })
        const code = await given.then(() => 'done', error => error.name ?? error.code)
        const again = await net.uncertainty(photo, { passes: 4 })
        const other = await net.uncertainty(photo, { passes: 4, seed: 2 })
        const differs = (/** @type {typeof first} */ one) => one.mean.some((value, at) => value !== first.mean[at])
        return { told, passes, code, again: differs(again), other: differs(other), p: first.p, seed: first.seed }
      }, backend)
      expect(found.told).toEqual(['dropout 0/4', 'dropout 1/4', 'dropout 2/4', 'dropout 3/4', 'dropout 4/4'])
      expect(found).toMatchObject({ passes: 2, code: 'AbortError', again: false, other: true, p: 0.1, seed: 1 })
    })
  })
}

test('a net without fc6 and fc7, and what makes no sense, are refused before a photo is read', async ({ page }) => {
  const files = ['tiny-fcn-resnet50.model.json', 'tiny-fcn-resnet50.safetensors']
  const bytes = await Promise.all(files.map(fixture))
  const lab = await openLab(page)
  const found = await lab.evaluate(async ({ ready, scene }, { files, bytes }) => {
    const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
    const engine = await ready('cpu')
    const net = await engine.load(files.map((name, at) => new File([bytesOf(bytes[at])], name)))
    const photo = await scene()
    const told = (/** @type {{code: string, message: string}} */ { code, message }) => `${code}: ${message}`
    const resnet = await net.uncertainty(photo).then(() => '', told)
    const labels = await engine.load('models/everyday-labels/model.json', { gives: 'labels' })
    const classifier = await labels.uncertainty(photo).then(() => '', told)
    const slim = await engine.load('models/everyday-slim/model.json')
    const refused = []
    for (const wrong of [{ passes: 0 }, { passes: 1001 }, { passes: 1.5 }, { p: 1 }, { p: NaN },
      { p: -1 }, { seed: -1 }, { seed: 2 ** 32 }]) {
      refused.push(await slim.uncertainty(photo, wrong).then(() => '', error => error.code))
    }
    // Its training dropped nothing out.
    const { p } = await slim.uncertainty(photo, { passes: 1 })
    const unknown = await slim.uncertainty(photo, { variant: 'out' }).then(() => '', error => error.code)
    return { resnet, classifier, refused, p, unknown }
  }, { files, bytes })
  expect(found.resnet).toMatch(/^no_dropout: .*fc6 and fc7/)
  expect(found.classifier).toMatch(/^is_classifier/)
  expect(found.refused).toEqual(Array(8).fill('invalid_input'))
  expect(found).toMatchObject({ p: 0.5, unknown: 'unknown_variant' })
})
