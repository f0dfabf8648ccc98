/** From a label to a heat map: the engine's map of windows, and the view that shows it. */
/// <reference path="../../www/elements/heatmap/tags.d.ts" />
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { openLab } from './engine-setup.js'
import { hand, photo } from './segment-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/elements/fcn-heatmap.js').FcnHeatmap} FcnHeatmap */
/** @typedef {{name: string, mimeType: string, buffer: Buffer}} GivenFile */

const FIXTURES = new URL('../reference/fixtures/', import.meta.url)

/** @param {string} name in tests/reference/fixtures @param {string} [as] @returns {Promise<GivenFile>} */
async function fixture(name, as = name.replace(/.*\//, '')) {
  return { name: as, mimeType: 'application/octet-stream', buffer: await readFile(new URL(name, FIXTURES)) }
}

/** @param {string} name @param {string} text @returns {GivenFile} */
const textFile = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

/** @param {Page} page @param {...GivenFile} files */
async function give(page, ...files) {
  await page.evaluate(given => {
    Object.assign(globalThis,
      { given: given.map(({ name, bytes }) => new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name)) })
  }, files.map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') })))
}

/**
 * The tiny classifier with more classes: the rows of its last layer over and over.
 * @param {number} classes
 * @returns {Promise<GivenFile>} a safetensors file
 */
async function widened(classes) {
  const { buffer } = await fixture('tiny-vgg16.safetensors')
  const length = Number(buffer.readBigUInt64LE(0))
  /** @type {Record<string, {dtype: string, shape: number[], data_offsets: [number, number]}>} */
  const header = JSON.parse(buffer.subarray(8, 8 + length).toString())
  const parts = []
  let end = 0
  for (const [name, info] of Object.entries(header)) {
    if (name === '__metadata__') continue
    let data = buffer.subarray(8 + length + info.data_offsets[0], 8 + length + info.data_offsets[1])
    if (name.startsWith('classifier.6.')) {
      const row = data.length / info.shape[0]
      data = Buffer.concat(Array.from({ length: classes },
        (_, i) => data.subarray(i % info.shape[0] * row, (i % info.shape[0] + 1) * row)))
      info.shape[0] = classes
    }
    info.data_offsets = [end, end += data.length]
    parts.push(data)
  }
  const text = Buffer.from(JSON.stringify(header))
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(text.length))
  return { name: 'thousand.safetensors', mimeType: 'application/octet-stream',
    buffer: Buffer.concat([size, text, ...parts]) }
}

/**
 * The tiny classifier with a first output of fc6 that looks at one input alone: 55, with a bias of 0.25. Its channel of pool5
 * isn't 0 there.
 * @returns {Promise<GivenFile>} a safetensors file
 */
async function looking() {
  const { buffer } = await fixture('tiny-vgg16.safetensors')
  const length = Number(buffer.readBigUInt64LE(0))
  const header = JSON.parse(buffer.subarray(8, 8 + length).toString())
  const [weights, bias, conv5] = ['classifier.0.weight', 'classifier.0.bias', 'features.28.bias'].map(name =>
    8 + length + header[name].data_offsets[0])
  expect(header['classifier.0.weight']).toMatchObject({ dtype: 'F16', shape: [12, 784] })
  for (const name of ['classifier.0', 'features.28']) expect(header[`${name}.bias`].dtype).toBe('F16')
  const [one, quarter, three] = [0x3c00, 0x3400, 0x4200]
  buffer.writeUInt16LE(three, conv5 + 2 * 1)
  for (let input = 0; input < 784; input++) buffer.writeUInt16LE(input === 55 ? one : 0, weights + 2 * input)
  buffer.writeUInt16LE(quarter, bias)
  return { name: 'looking.safetensors', mimeType: 'application/octet-stream', buffer }
}

/** The tiny classifier stands in for the site's. @param {Page} page @returns {Promise<string[]>} addresses asked for */
async function serveTiny(page) {
  /** @type {string[]} */
  const asked = []
  const manifest = JSON.parse((await fixture('tiny-vgg16.model.json')).buffer.toString())
  const { buffer } = await fixture('tiny-vgg16.safetensors')
  await page.route('**/models/everyday-labels/**', route => {
    asked.push(route.request().url())
    return route.request().url().endsWith('model.json') ? route.fulfill({ json: manifest })
      : route.fulfill({ body: buffer })
  })
  return asked
}

/**
 * Opens the view and waits for the sample's map.
 * @param {Page} page
 * @param {{lang?: 'en' | 'ko', backend?: 'cpu' | 'webgpu'}} [options]
 */
async function openView(page, { lang = 'en', backend = 'cpu' } = {}) {
  await serveTiny(page)
  await page.goto(`?lang=${lang}&backend=${backend}#heatmap`)
  await settled(page)
  return page.locator('fcn-heatmap')
}

/** @param {Page} page */
async function settled(page) {
  await page.waitForFunction(() => {
    const element = document.querySelector('fcn-heatmap')
    return element?.result && !element.shadowRoot?.querySelector('.progress')
  })
}

/** What is shown. @param {Page} page */
async function shown(page) {
  return await page.evaluate(() => {
    const { result } = /** @type {FcnHeatmap} */ (document.querySelector('fcn-heatmap'))
    if (!result) throw new Error('no result')
    const { label, map } = result
    return {
      backend: map.backend, cells: [map.width, map.height], work: [map.work.width, map.work.height],
        classes: map.classes.map(({ name }) => name),
      label: [...label.scores], linear: label.linear && [...label.linear], scores: [...map.scores],
    }
  })
}

/** @param {readonly number[]} a @param {readonly number[]} b */
const furthest = (a, b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])))

for (const backend of /** @type {const} */ (['cpu', 'webgpu'])) {
  test(`the engine's map is the net's, and its only cell at 224 pixels the label, ${backend}`, async ({ page }) => {
    const lab = await openLab(page)
    await give(page, await fixture('tiny-vgg16-bn.model.json'), await fixture('tiny-vgg16-bn.safetensors'))
    const found = await lab.evaluate(async ({ Engine, scene }, backend) => {
      const { given } = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis))
      const engine = await Engine.create({ backend })
      await engine.load(given)
      const one = await scene({ width: 224, height: 224 })
      const label = await engine.heatmap(one, { size: 224 })
      const { maps: [traced] } = await engine.trace(one, { maps: ['score'], size: 224 })
      const large = await scene({ width: 351, height: 300 })
      const map = await engine.heatmap(large)
      const { maps: [whole] } = await engine.trace(large, { maps: ['score'] })
      const squeezed = await engine.heatmap(await scene({ width: 90, height: 400 }), { size: 1 })
      engine.dispose()
      return {
        backend: label.backend, label: [...label.scores], traced: [...traced.data], linear: [...label.linear ?? []],
        cells: [map.width, map.height], work: map.work, window: map.window, stride: map.stride,
          hasLinear: map.linear !== null,
        scores: [...map.scores], whole: [...whole.data], channels: whole.channels,
        pool5: map.shapes.find(({ stage }) => stage === 'pool5'),
          squeezed: { cells: [squeezed.width, squeezed.height], work: squeezed.work, photo: squeezed.photo },
      }
    }, backend)
    expect(found).toMatchObject({
      backend, cells: [4, 3], work: { width: 351, height: 300 }, window: 224, stride: 32, hasLinear: false, channels: 5,
      pool5: { channels: 16, height: 9, width: 10 },
        squeezed: { cells: [1, 1], work: { width: 224, height: 224 }, photo: { width: 90, height: 400 } },
    })
    expect(found.label).toEqual(found.traced)
    const largest = Math.max(...found.label.map(Math.abs))
    expect(largest).toBeGreaterThan(0)
    expect(found.linear).toHaveLength(5)
    expect(furthest(found.label, found.linear) / largest).toBeLessThan(1e-4)
    // Channel last, as against the trace's channel first.
    expect(found.scores).toEqual(Array.from({ length: 60 }, (_, i) => found.whole[i % 5 * 12 + Math.floor(i / 5)]))
  })

  test(`a weight of the fully connected layer looks at the channel, row and column that it is told to, ${backend}`,
    async ({ page }) => {
    const lab = await openLab(page)
    await give(page, await looking())
    const found = await lab.evaluate(async ({ Engine, scene }, backend) => {
      const { given } = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis))
      const engine = await Engine.create({ backend })
      await engine.load(given[0], { gives: 'labels' })
      const photo = await scene({ width: 224, height: 224 })
      const label = await engine.heatmap(photo, { size: 224 })
      const { maps: [pool5, fc6, score] } = await engine.trace(photo, { maps: ['pool5', 'fc6', 'score'], size: 224 })
      engine.dispose()
      // Channel 1, row 0, column 6.
      const value = pool5.data[1 * 49 + 0 * 7 + 6]
      return { value, same: pool5.data.filter(other => other === value).length, fc6: fc6.data[0],
        score: [...score.data], linear: [...label.linear ?? []], label: [...label.scores] }
    }, backend)
    // Of 784 products all but one are 0, so nothing is rounded but the last sum.
    expect(found.value).toBeGreaterThan(0)
    expect(found.same).toBe(1)
    expect(found.fc6).toBeCloseTo(found.value + 0.25, 5)
    expect(found.label).toEqual(found.score)
    expect(furthest(found.label, found.linear) / Math.max(...found.label.map(Math.abs))).toBeLessThan(1e-4)
  })

  test(`the view shows label, surgery and map of a sample, ${backend}`, async ({ page }) => {
    const view = await openView(page, { backend })
    const found = await shown(page)
    expect(found).toMatchObject({ backend, cells: [10, 10], work: [512, 512] })
    expect(found.scores).toHaveLength(500)
    await expect(view.getByText(/10\s×\s10 windows fit, 32 pixels apart/)).toBeVisible()
    await expect(view.getByRole('row',
      { name: /^fc6 12\s×\s784 12\s×\s16\s×\s7\s×\s7 12\s×\s1\s×\s1 12\s×\s10\s×\s10$/ })).toBeVisible()
    await expect(view.locator('[part=surgery]')).toContainText(/input 55 of fc6 is channel 1, row 0, column 6, counted from 0.* would be 97\. Biases are taken over unchanged/)
    await expect(view.getByRole('row',
      { name: /^score 5\s×\s12 5\s×\s12\s×\s1\s×\s1 5\s×\s1\s×\s1 5\s×\s10\s×\s10$/ })).toBeVisible()
    // The number shown is the one measured.
    const difference = furthest(found.label, found.linear ?? [])
    await expect(view.getByText(difference === 0 ? /equal to the last bit/
      : new RegExp(`differ by at most ${difference.toExponential(1).split('e')[0]}\\s×\\s10⁻`))).toBeVisible()
    await expect(view.getByText(backend === 'cpu' ? /^CPU · / : /^WebGPU · /)).toBeVisible()
  })
}

test('VGGs of other depths are told by their weights alone, and give maps', async ({ page }) => {
  const lab = await openLab(page)
  await give(page,
    ...await Promise.all(['tiny-vgg11', 'tiny-vgg13-bn', 'tiny-vgg19'].map(name => fixture(`${name}.safetensors`))))
  const found = await lab.evaluate(async ({ Engine, scene }) => {
    const { given } = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis))
    const engine = await Engine.create({ backend: 'cpu' })
    const found = []
    for (const file of given) {
      await engine.load([file], { gives: 'labels' })
      const label = await engine.heatmap(await scene({ width: 224, height: 224 }), { size: 224 })
      const map = await engine.heatmap(await scene({ width: 300, height: 260 }))
      found.push({
        architecture: engine.model?.manifest.architecture, label: [...label.scores], linear: [...label.linear ?? []],
          cells: [map.width, map.height],
      })
    }
    engine.dispose()
    return found
  })
  expect(found.map(({ architecture }) => architecture)).toEqual(['vgg11-classifier', 'vgg13-classifier',
    'vgg19-classifier'])
  for (const { label, linear, cells } of found) {
    expect(cells).toEqual([3, 2])
    expect(linear).toHaveLength(5)
    expect(furthest(label, linear) / Math.max(...label.map(Math.abs))).toBeLessThan(1e-4)
  }
})

test('a photo of any form has a label', async ({ page }) => {
  const lab = await openLab(page)
  await give(page, await fixture('tiny-vgg16.model.json'), await fixture('tiny-vgg16.safetensors'))
  const found = await lab.evaluate(async ({ Engine, scene }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    await engine.load(/** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given)
    const maps = []
    for (const [width, height, size] of /** @type {[number, number, number | 'native'][]} */ ([[1, 1, 224],
      [1, 1, 'native'], [3000, 4, 512], [5, 2000, 1]])) {
      const map = await engine.heatmap(await scene({ width, height }), { size })
      maps.push({ cells: [map.width, map.height], work: [map.work.width, map.work.height],
        finite: map.scores.every(Number.isFinite) })
    }
    const tooLarge = await engine.heatmap(await scene({ width: 2000, height: 300 }),
      { size: 'native' }).catch(({ code, details }) => ({ code, details }))
    engine.dispose()
    return { maps, tooLarge }
  })
  expect(found.maps).toEqual([
    { cells: [1, 1], work: [224, 224], finite: true }, { cells: [1, 1], work: [224, 224], finite: true },
    { cells: [10, 1], work: [512, 224], finite: true }, { cells: [1, 1], work: [224, 224], finite: true },
  ])
  expect(found.tooLarge).toEqual({ code: 'size_too_large', details: { maxLongSide: 1024, longSide: 2000 } })
})

test('what is wanted of a model is checked before its weights are fetched, and the former one stays',
  async ({ page }) => {
  const lab = await openLab(page)
  await give(page, await fixture('tiny-vgg16.model.json'), await fixture('tiny-vgg16.safetensors'))
  /** @type {string[]} */
  const weights = []
  page.on('request', request => { if (request.url().endsWith('.safetensors')) weights.push(request.url()) })
  const found = await lab.evaluate(async ({ Engine, MODEL }) => {
    const { given } = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis))
    const engine = await Engine.create({ backend: 'cpu' })
    await engine.load(given, { gives: 'labels' })
    const dense = await engine.load(MODEL, { gives: 'labels' }).catch(({ code }) => code)
    const classifier = await engine.load([given[1]], { gives: 'masks' }).catch(({ code }) => code)
    const { architecture } = engine.model?.manifest ?? {}
    engine.dispose()
    return { dense, classifier, architecture }
  })
  expect(found).toEqual({ dense: 'not_classifier', classifier: 'is_classifier', architecture: 'vgg16-classifier' })
  expect(weights).toEqual([])
})

test('at 224 pixels the map is the label', async ({ page }) => {
  const view = await openView(page)
  await view.getByLabel('Long side of the photo').selectOption({ label: '224 px' })
  await expect(view.getByText(/only one window fits, so this is the label of step 1/)).toBeVisible()
  await settled(page)
  const found = await shown(page)
  expect(found.cells).toEqual([1, 1])
  expect(found.scores).toEqual(found.label)
  await view.getByLabel('Long side of the photo').selectOption({ label: '320 px' })
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.width === 4)
})

test('arrow keys and the pointer move the window, and each has its own classes', async ({ page }) => {
  const view = await openView(page)
  const board = view.getByRole('application')
  await board.focus()
  for (const key of ['Home', 'PageUp', 'ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key)
  const panel = view.getByRole('region', { name: 'Window in row 1, column 2 of 10×10, counted from 0' })
  await expect(panel).toContainText('pixels 64 to 287 across, 32 to 255 down')
  await expect(view.getByRole('status')).toContainText('Row 1, column 2, Probability: class ')
  const first = await panel.getByRole('listitem').allTextContents()
  expect(first).toHaveLength(5)
  const expected = await page.evaluate(() => {
    const { result } = /** @type {FcnHeatmap} */ (document.querySelector('fcn-heatmap'))
    const scores = result?.map.scores.subarray(12 * 5, 13 * 5) ?? new Float32Array()
    return `class ${scores.indexOf(Math.max(...scores))}`
  })
  expect(first[0]).toContain(expected)
  const box = await board.boundingBox()
  if (!box) throw new Error('no board')
  // The last cell's middle lies 112 pixels from the edges of 512.
  await page.mouse.move(box.x + box.width * (400 / 512), box.y + box.height * (400 / 512))
  await expect(view.getByRole('region',
    { name: 'Window in row 9, column 9 of 10×10, counted from 0' })).toContainText('pixels 288 to 511 across, 288 to 511 down')
})

test('a class can be chosen, its scores shown, and the winning classes', async ({ page }) => {
  const view = await openView(page)
  await view.getByRole('button', { name: /^class 3 / }).click()
  await expect(view.getByRole('application')).toHaveAccessibleName(/Heat map of class 3, 10 by 10 cells: Probability from/)
  await view.getByLabel('Score', { exact: true }).check({ force: true })
  await expect(view.getByRole('application')).toHaveAccessibleName(/Heat map of class 3, .*Score from -?\d+\.\d\d to -?\d+\.\d\d/)
  await view.getByLabel('Winning class').check({ force: true })
  await expect(view.getByRole('application')).toHaveAccessibleName(/Map of the winning classes, 10 by 10 cells: class \d/)
  const cells = await view.getByRole('list',
    { name: 'Winning classes, by cells' }).getByRole('listitem').allTextContents()
  expect(cells.reduce((sum, text) => sum + Number(/(\d+) of 100/.exec(text)?.[1]), 0)).toBe(100)
})

test('scores are shown as such in map and panels, and the class on the map is always in the window\'s panel',
  async ({ page }) => {
  const view = await openView(page)
  const panel = view.getByRole('region', { name: /^Window in row/ })
  const list = (/** @type {string} */ name) => view.getByRole('list', { name, exact: true })
  await expect(list('Best classes of this window: Probability').getByRole('listitem')).toHaveCount(5)
  await view.getByText('Your own classifier').click()
  await view.getByLabel('Open a classifier').setInputFiles([await widened(12)])
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.classes.length === 12)
  await settled(page)
  await view.getByLabel('Score', { exact: true }).check({ force: true })
  // Of the twelve the last ones repeat the first, so that a higher id comes after all of five.
  await view.getByLabel('Another class').selectOption({ label: 'class 11' })
  await view.getByRole('application').focus()
  await page.keyboard.press('Home')
  const [, row, column] = /row (\d+), column (\d+) of 10×10/.exec(await panel.getByRole('heading').textContent()
    ?? '')?.map(Number) ?? []
  const expected = await page.evaluate(([row, column]) => {
    const { result } = /** @type {FcnHeatmap} */ (document.querySelector('fcn-heatmap'))
    if (!result) throw new Error('no result')
    const at = (row * result.map.width + column) * 12
    const scores = [...result.map.scores.subarray(at, at + 12)]
    return { own: scores[11].toFixed(2), first: Math.max(...scores).toFixed(2) }
  }, [row, column])
  const rows = list('Best classes of this window: Score, Probability').getByRole('listitem')
  await expect(rows.first()).toContainText(expected.first)
  const own = panel.locator('li[aria-current]')
  await expect(own).toContainText('class 11 on the map')
  await expect(own).toContainText(expected.own)
  await expect(view.getByRole('status')).toContainText(new RegExp(`, Score: class .* ${expected.first}, .*class 11 ${expected.own}\\.$`))
  await expect(list('Best classes of the whole photo: Score, Probability').getByRole('listitem')).toHaveCount(5)
  // No one class is on the map of the winning ones.
  await view.getByLabel('Winning class').check({ force: true })
  await expect(own).toHaveCount(0)
  await expect(rows).toHaveCount(5)
})

test('a photo smaller than the size chosen says so', async ({ page }) => {
  const view = await openView(page)
  const told = view.getByText(/it is not enlarged/)
  await expect(told).toHaveCount(0)
  await view.locator('.intake input[type=file]').setInputFiles(photo('scene.png', 300, 260))
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.photo.width === 300)
  await expect(told).toContainText('The photo’s long side has only 300 pixels; it is not enlarged to the 512 chosen.')
  await view.getByLabel('Long side of the photo').selectOption({ label: '224 px' })
  await expect(told).toHaveCount(0)
})

test('how to read single windows is said where everybody sees it', async ({ page }) => {
  const view = await openView(page)
  await expect(view.getByText('Point at the map or tap it, or move over it with the arrow keys, to read each window.')).toBeVisible()
  await view.getByLabel('Long side of the photo').selectOption({ label: '224 px' })
  await expect(view.getByText(/^Point at the map/)).toHaveCount(0)
})

test('nothing of it is loaded before it is shown, and the other view keeps its model', async ({ page }) => {
  const asked = await serveTiny(page)
  await page.goto('?lang=en&backend=cpu')
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  expect(asked).toEqual([])
  const segment = page.locator('fcn-segment')
  const before = await segment.getByLabel('Model').inputValue()
  await page.getByRole('link', { name: 'Heat map' }).click()
  await settled(page)
  expect(asked).toHaveLength(2)
  // One engine for both: its net for masks is asked for nothing anew, and still gives them.
  expect(page.workers().filter(worker => worker.url().includes('engine/worker/worker.js'))).toHaveLength(1)
  /** @type {string[]} */
  const anew = []
  page.on('request', request => { if (request.url().includes('/models/')) anew.push(request.url()) })
  const found = await segment.evaluate(async (/** @type {import('../../www/elements/fcn-segment.js').FcnSegment} */ element) => {
    const { width, labels, classes } = await element.segment(Object.assign(document.createElement('canvas'),
      { width: 70, height: 50 }))
    return { width, pixels: labels.length, classes: classes.length }
  })
  expect(found).toEqual({ width: 70, pixels: 3500, classes: 14 })
  expect(anew).toEqual([])
  expect(await segment.getByLabel('Model').inputValue()).toBe(before)
  await page.locator('fcn-heatmap').getByRole('link', { name: /See how/ }).click()
  await expect(page.locator('fcn-upsample')).toBeVisible()
})

test('a model set by script is fetched when a photo needs it, and a photo on its way keeps its place',
  async ({ page }) => {
  const asked = await serveTiny(page)
  for (const name of ['other', 'third']) {
    await page.route(`**/models/${name}/**`, route => {
      asked.push(route.request().url())
      return route.continue({ url: route.request().url().replace(name, 'everyday-labels') })
    })
  }
  await page.route('**/heatmap-page.html', route => route.fulfill({
    contentType: 'text/html',
    body: '<!doctype html><html lang="en"><title>heat map</title><script type="module" src="elements/fcn-heatmap.js"></script><main><fcn-heatmap backend="cpu" model="models/none/model.json"></fcn-heatmap></main>',
  }))
  await page.goto('heatmap-page.html')
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.shadowRoot?.querySelector('.root'))
  /** @param {string} model */
  const set = async model => await page.evaluate(async model => {
    const element = /** @type {FcnHeatmap} */ (document.querySelector('fcn-heatmap'))
    element.model = model
    await element.updateComplete
  }, model)
  await set('models/other/model.json')
  await page.waitForTimeout(500)
  expect(asked).toEqual([])
  expect(await page.evaluate(() => document.querySelector('fcn-heatmap')?.engine)).toBeNull()
  // The photo asked for is shown although the model changes before it is there.
  const cells = await page.evaluate(async () => {
    const element = /** @type {FcnHeatmap} */ (document.querySelector('fcn-heatmap'))
    const canvas = Object.assign(document.createElement('canvas'), { width: 300, height: 260 })
    canvas.getContext('2d')?.fillRect(0, 0, 300, 260)
    const shown = element.show(canvas)
    element.model = 'models/third/model.json'
    const { map } = await shown
    return [map.width, map.height]
  })
  expect(cells).toEqual([3, 2])
  expect(asked.every(url => url.includes('/models/third/'))).toBe(true)
  await set('models/other/model.json')
  await page.waitForFunction(() =>
    document.querySelector('fcn-heatmap')?.engine?.model?.url?.includes('/models/other/'))
  await settled(page)
})

test('a classifier opened from a file is known by its tensors, with and without names', async ({ page }) => {
  const view = await openView(page, { lang: 'ko' })
  await view.getByText('내 분류기').click()
  const file = view.getByLabel('분류기 열기')
  await file.setInputFiles([await fixture('tiny-vgg16-bn.safetensors', 'mine.safetensors')])
  await expect(view.getByText('분류기: mine')).toBeVisible()
  await settled(page)
  await expect(view.getByRole('button', { name: /^클래스 [0-4] / })).toHaveCount(5)
  await file.setInputFiles([await fixture('tiny-vgg16-bn.safetensors', 'mine.safetensors'),
    textFile('names.txt', 'one\ntwo\nthree\nfour\nfive')])
  await expect(view.getByRole('button', { name: /^five / })).toBeVisible()
  await view.getByRole('button', { name: '사이트의 분류기로 돌아가기' }).click()
  await expect(view.getByText('시험용 신경망 tiny-vgg16')).toBeVisible()
})

test('a classifier of a thousand classes shows the best and lists the others', async ({ page }) => {
  const view = await openView(page)
  await view.getByText('Your own classifier').click()
  await view.getByLabel('Open a classifier').setInputFiles([await widened(1000)])
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.classes.length === 1000)
  await settled(page)
  await view.getByLabel('Another class').selectOption({ label: 'class 281' })
  await expect(view.getByRole('application')).toHaveAccessibleName(/Heat map of class 281,/)
  expect((await shown(page)).label).toHaveLength(1000)
})

test('files that are no photo and no classifier are refused with reasons, and the map stays', async ({ page }) => {
  const view = await openView(page)
  const alert = view.getByRole('alert')
  const before = await shown(page)
  await view.locator('.intake input[type=file]').setInputFiles(textFile('notes.png', 'no picture at all'))
  await expect(alert).toHaveAttribute('data-code', 'not_an_image')
  await expect(alert).toContainText('This is not a picture')
  await view.locator('.intake input[type=file]').setInputFiles(textFile('empty.png', ''))
  await expect(alert).toHaveAttribute('data-code', 'empty_file')
  await hand(page, 'drop', await fixture('checkpoints/tiny-fc3.pth'), 'fcn-heatmap')
  await expect(alert).toHaveAttribute('data-code', 'not_classifier')
  await hand(page, 'drop', await fixture('checkpoints/training.pth'), 'fcn-heatmap')
  await expect(alert).toHaveAttribute('data-code', 'weights_unrecognised')
  await expect(alert).toContainText('The previous result is kept.')
  expect(await shown(page)).toEqual(before)
  // And the classifier, too: a photo works as before.
  await view.locator('.intake input[type=file]').setInputFiles(photo('scene.png', 300, 260))
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.photo.width === 300)
  expect((await shown(page)).cells).toEqual([3, 2])
  await expect(alert).toHaveCount(0)
})

test('what unrecognised weights hold is told in the reader\'s language', async ({ page }) => {
  const view = await openView(page, { lang: 'ko' })
  await hand(page, 'drop', await fixture('checkpoints/training.pth'), 'fcn-heatmap')
  const alert = view.getByRole('alert')
  await expect(alert.getByText(/^찾은 텐서 \d+개: /)).toBeVisible()
  await expect(alert.getByText(/^(가장 가까운 신경망: |가까운 신경망이 없습니다)/)).toBeVisible()
  await expect(alert).not.toContainText('weights_unrecognised')
  await hand(page, 'drop', textFile('names.txt', 'one\ntwo'), 'fcn-heatmap')
  await expect(alert).toHaveAttribute('data-code', 'weights_alone')
  await expect(alert).toContainText('가중치 파일(.safetensors, .pth, .pt)과 함께')
})

test('what is dropped or pasted goes to the view that is shown', async ({ page }) => {
  /** @type {string[]} */
  const nets = []
  page.on('request', request => { if (/models\/everyday(-slim|-vgg)?\//.test(request.url())) nets.push(request.url()) })
  await openView(page)
  await hand(page, 'paste', photo('pasted.png', 256, 230), 'body')
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.photo.width === 256)
  await hand(page, 'drop', photo('beside.png', 290, 230), 'header')
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.photo.width === 290)
  // Segment was given neither: nothing is under way there.
  expect(await page.evaluate(() => document.querySelector('fcn-segment')?.result ?? null)).toBeNull()
  await expect(page.locator('fcn-segment .progress')).toHaveCount(0)
  expect(nets).toEqual([])
})

for (const lang of /** @type {const} */ (['en', 'ko'])) {
  test(`the classifier has a card, which comes when it is opened, ${lang}`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 800 })
    /** @type {string[]} */
    const asked = []
    page.on('request', request => asked.push(request.url()))
    await page.goto(`?lang=${lang}&backend=cpu#heatmap`)
    await settled(page)
    expect(asked.filter(url => /plot\.js|fcn-model-card/.test(url))).toEqual([])
    const view = page.locator('fcn-heatmap')
    await view.getByRole('button', { name: lang === 'ko' ? '모델 카드' : 'Model card' }).click()
    const card = view.locator('fcn-model-card')
    await expect(card.getByRole('heading',
      { name: lang === 'ko' ? '일상 레이블 9종' : 'Everyday labels, 9 classes' })).toBeInViewport()
    await expect(card.getByRole('row', { name: lang === 'ko' ? '테스트 94% 1,800 441'
      : 'test 94% 1,800 441' })).toBeVisible()
    await expect(card.getByRole('row', { name: lang === 'ko' ? '512픽셀 86% 80% 94% 441'
      : '512 pixels 86% 80% 94% 441' })).toBeVisible()
    await expect(card.getByText(lang === 'ko' ? /단풍 든 나무는 동물로/ : /autumn trees as animal/)).toBeVisible()
    await expect(card.getByText(lang === 'ko' ? /레이블이 틀릴 수 있습니다/ : /expect wrong labels/)).toBeVisible()
    // Bars, the matrix, two line charts.
    await expect(card.locator('svg.chart, figure.chart')).toHaveCount(4)
    await card.locator('summary').first().click()
    await expect(card.getByRole('row', { name: lang === 'ko' ? /^물 100% 5 8[89]% 3$/
      : /^water 100% 5 8[89]% 3$/ })).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    expect(await axe(page)).toEqual([])
  })
}

test('a person\'s own classifier has a card of what is known of it', async ({ page }) => {
  const view = await openView(page)
  await view.getByText('About this classifier').click()
  const card = view.locator('fcn-model-card')
  await expect(card.getByRole('heading', { name: /tiny-vgg16/ })).toBeVisible()
  await view.getByText('Your own classifier').click()
  await view.getByLabel('Open a classifier').setInputFiles([await fixture('tiny-vgg16-bn.safetensors',
    'mine.safetensors')])
  await expect(card.getByRole('heading', { name: 'mine', exact: true })).toBeVisible()
  await expect(card.getByText(/^Nothing is known about how it was trained/)).toBeVisible()
  await view.getByRole('button', { name: 'Use the site’s classifier again' }).click()
  await expect(card.getByRole('heading', { name: /tiny-vgg16/ })).toBeVisible()
})

test('a classifier given to the Segment view is shown here instead', async ({ page }) => {
  await serveTiny(page)
  await page.goto('?lang=en&backend=cpu')
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  await hand(page, 'drop', await fixture('tiny-vgg16-bn.safetensors', 'mine.safetensors'))
  const alert = page.locator('fcn-segment').getByRole('alert')
  await expect(alert).toHaveAttribute('data-code', 'is_classifier')
  await alert.getByRole('button', { name: 'Open it in the Heat map view' }).click()
  await settled(page)
  await expect(page.locator('fcn-heatmap').getByText('Classifier: mine')).toBeVisible()
  expect(await page.evaluate(() => document.querySelector('fcn-segment')?.result?.classes.length)).toBe(14)
})

test('a classifier that cannot be had says so, and can be tried again', async ({ page }) => {
  await serveTiny(page)
  let served = 0
  await page.route('**/models/everyday-labels/model.json',
    route => served++ < 1 ? route.fulfill({ status: 503, body: '' }) : route.fallback())
  await page.goto('?lang=en&backend=cpu#heatmap')
  const view = page.locator('fcn-heatmap')
  await expect(view.getByRole('alert')).toHaveAttribute('data-code', 'http_error')
  await view.getByRole('button', { name: 'Try again' }).click()
  await settled(page)
  await expect(view.getByRole('alert')).toHaveCount(0)
})

test('a load that hangs can be stopped and started again', async ({ page }) => {
  await serveTiny(page)
  let isHanging = true
  await page.route('**/models/everyday-labels/*.safetensors', async route => isHanging ? undefined : await route.fallback())
  await page.goto('?lang=en&backend=cpu#heatmap')
  const view = page.locator('fcn-heatmap')
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.engine)
  await view.getByRole('button', { name: 'Cancel' }).click()
  await expect(view.getByRole('alert')).toHaveAttribute('data-code', 'aborted')
  isHanging = false
  await view.getByRole('button', { name: 'Start again' }).click()
  await settled(page)
})

/** Counts the nets that the page's engine holds. @param {Page} page @returns {Promise<() => Promise<string[]>>} their names */
async function countNets(page) {
  await page.evaluate(async () => {
    const { Engine } = await import(new URL('engine/engine.js', location.href).href)
    /** @type {{name: string, net: import('../../www/engine/engine.js').Net}[]} */
    const nets = []
    const { load } = Engine.prototype
    Engine.prototype.load = async function (/** @type {any[]} */ ...args) {
      const net = await load.apply(this, args)
      nets.push({ name: net.manifest.name, net })
      return net
    }
    Object.assign(globalThis, { nets })
  })
  return async () => await page.evaluate(() => {
    const { nets } = /** @type {{nets: {name: string, net: {isDisposed: boolean}}[]}} */ (/** @type {unknown} */ (globalThis))
    return nets.filter(({ net }) => !net.isDisposed).map(({ name }) => name)
  })
}

test('out of sight for a minute it gives its net’s memory back, and loads it again when it is needed',
  async ({ page }) => {
  const asked = await serveTiny(page)
  await page.goto('?lang=en&backend=cpu')
  const inMemory = await countNets(page)
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  await page.getByRole('link', { name: 'Heat map' }).click()
  await settled(page)
  expect(await inMemory()).toEqual(['everyday', 'tiny-vgg16'])
  expect(asked).toHaveLength(2)
  await page.clock.install()
  const view = page.locator('fcn-heatmap')
  // Seen and unseen again: the minute begins anew with the clock that the test holds.
  await page.getByRole('link', { name: 'Segment', exact: true }).click()
  await expect(view).toBeHidden()
  await page.clock.fastForward(50_000)
  expect(await inMemory()).toEqual(['everyday', 'tiny-vgg16'])
  await expect.poll(async () => {
    await page.clock.fastForward(61_000)
    return await inMemory()
  }).toEqual(['everyday'])
  // Engine and worker stay: others may use them. What is shown stays as well.
  expect(page.workers().filter(worker => worker.url().includes('engine/worker/worker.js'))).toHaveLength(1)
  expect(await page.evaluate(() => document.querySelector('fcn-heatmap')?.engine
    === document.querySelector('fcn-segment')?.engine)).toBe(true)
  await page.getByRole('link', { name: 'Heat map' }).click()
  await expect(view.getByRole('application')).toBeVisible()
  await expect(view.getByText(/^Classifier: .*tiny-vgg16/)).toBeVisible()
  expect(asked).toHaveLength(2)
  await view.getByLabel('Long side of the photo').selectOption({ label: '320 px' })
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.width === 4)
  expect(await inMemory()).toEqual(['everyday', 'tiny-vgg16'])
  expect(asked).toHaveLength(4)
})

test('a person’s own classifier is loaded from its files again when it was out of sight', async ({ page }) => {
  const view = await openView(page)
  const inMemory = await countNets(page)
  await hand(page, 'drop', await fixture('tiny-vgg16-bn.safetensors', 'mine.safetensors'), 'fcn-heatmap')
  await expect(view.getByText('Classifier: mine')).toBeVisible()
  await settled(page)
  await page.clock.install()
  await page.getByRole('link', { name: 'Segment', exact: true }).click()
  await expect(view).toBeHidden()
  await expect.poll(async () => {
    await page.clock.fastForward(61_000)
    return (await inMemory()).includes('mine')
  }).toBe(false)
  await page.getByRole('link', { name: 'Heat map' }).click()
  await expect(view.getByText('Classifier: mine')).toBeVisible()
  await view.getByLabel('Long side of the photo').selectOption({ label: '320 px' })
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.width === 4)
  expect((await inMemory()).filter(name => name === 'mine')).toHaveLength(1)
  await expect(view.getByRole('button', { name: 'Use the site’s classifier again' })).toBeVisible()
})

test('a photo chosen while a person’s own classifier loads is put through that one', async ({ page }) => {
  const view = await openView(page)
  await give(page, await widened(12))
  const found = await view.evaluate(async (/** @type {FcnHeatmap} */ element) => {
    const { given } = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis))
    const photo = await (await fetch('samples/meadow.jpg')).blob()
    const loading = element.takeFiles(given)
    const { map } = await element.show(photo)
    await loading
    return { classes: map.classes.length, wide: map.width > map.height }
  })
  expect(found).toEqual({ classes: 12, wide: true })
  await expect(view.getByText(/^Classifier: /)).toBeVisible()
})

test('a link shows a sample’s map as it was looked at, and the address keeps it', async ({ page }) => {
  await serveTiny(page)
  await page.goto('?lang=en&backend=cpu#heatmap?sample=meadow&size=384&value=score&opacity=0.4&class=3&cell=1,2')
  const view = page.locator('fcn-heatmap')
  await settled(page)
  const board = view.getByRole('application')
  await expect(board).toHaveAccessibleName(/^Photo: A green meadow.* Heat map of class 3, 6 by 2 cells: Score from/)
  // Counted as the link counts.
  await expect(view.getByRole('region', { name: 'Window in row 1, column 2 of 2×6, counted from 0' })).toBeVisible()
  await expect(view.getByLabel('Opacity of the map')).toHaveValue('0.4')
  expect(await page.evaluate(() =>
    location.hash)).toBe('#heatmap?sample=meadow&size=384&value=score&opacity=0.4&class=3&cell=1,2')
  // What is done is told, and comes to stand in the address.
  await view.evaluate((/** @type {FcnHeatmap} */ element) => {
    const told = /** @type {string[]} */ ([])
    Object.assign(globalThis, { told })
    element.addEventListener('fcn-change', event => told.push(/** @type {CustomEvent} */ (event).detail.fragment))
  })
  await board.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() =>
    page.evaluate(() => /** @type {{told: string[]}} */ (/** @type {unknown} */ (globalThis)).told))
    .toEqual(['sample=meadow&size=384&value=score&opacity=0.4&class=3&cell=1,3'])
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('cell=1,3')
  // A link that is opened while the view is there changes no more than it says.
  const before = await page.evaluate(() => document.querySelector('fcn-heatmap')?.result?.map.scores.length)
  await page.evaluate(() => { location.hash = '#heatmap?sample=meadow&size=384&view=winner' })
  await expect(board).toHaveAccessibleName(/Map of the winning classes/)
  expect(await page.evaluate(() => document.querySelector('fcn-heatmap')?.result?.map.scores.length)).toBe(before)
  // Nonsense in a link is as if it weren't there.
  await page.evaluate(() => {
    location.hash = '#heatmap?sample=nobody&size=huge&view=x&value=y&opacity=9&class=abc&cell=-1,99999' })
  await expect(board).toHaveAccessibleName(/Heat map of class \d, \d+ by \d+ cells: Probability from/)
  await expect(view.getByLabel('Opacity of the map')).toHaveValue('1')
  expect(await page.evaluate(() => document.querySelector('fcn-heatmap')?.size)).toBe('model')
})

test('the view makes no foreign request and breaks no policy', async ({ page, baseURL }) => {
  /** @type {string[]} */
  const troubles = []
  page.on('request', request => {
    if (!request.url().startsWith(baseURL ?? '') && !request.url().startsWith('blob:')) troubles.push(request.url())
  })
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => { if (message.type() === 'error') troubles.push(message.text()) })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation',
      event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))
  })
  const view = await openView(page)
  await view.getByLabel('Winning class').check({ force: true })
  await view.getByRole('application').hover()
  expect(troubles).toEqual([])
})

for (const lang of /** @type {const} */ (['en', 'ko'])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`axe finds nothing, and nothing sticks out at 320 pixels, ${lang}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 800 })
      const view = await openView(page, { lang })
      await view.locator('summary').first().click()
      await expect(view.getByRole('heading', { name: lang === 'ko' ? '3. 더 큰 사진, 창마다 레이블 하나'
        : '3. A larger photo, a map of labels' })).toBeVisible()
      expect(await axe(page)).toEqual([])
      await page.evaluate(() => {
        const element = document.querySelector('fcn-heatmap')
        if (element) element.view = 'winner'
        element?.shadowRoot?.querySelector('fcn-segment-camera')?.dispatchEvent(new CustomEvent('camera-error',
          { detail: 'camera_denied' }))
      })
      await expect(view.getByRole('alert')).toHaveAttribute('data-code', 'camera_denied')
      expect(await axe(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
      const small = await page.evaluate(() =>
        Array.from(document.querySelector('fcn-heatmap')?.shadowRoot?.querySelectorAll('button, select, summary, .segments label') ?? [])
        .map(control => ({ text: control.textContent?.trim(), box: control.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24)).map(({ text }) => text))
      expect(small).toEqual([])
    })
  }
}
