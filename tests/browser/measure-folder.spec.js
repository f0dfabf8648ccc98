/**
 * `<fcn-measure>`'s panel "a folder" with a net: photos and truths from a folder, pooled metrics that are the engine's to
 * the last digit, pause, going on after a reload, the archive of label maps, dropped folders, and what can be wrong.
 */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { vocColor } from '../../www/lib/palettes.js'
import { encodePng } from '../../www/lib/png.js'
import { beforeWorker, crashingOnDemand } from './engine-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/elements/fcn-measure.js').FcnMeasure} FcnMeasure */

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const SLIM = 'models/everyday-slim'
const [WIDTH, HEIGHT] = [96, 72]

/** Whose ids nobody knows by their colours. @param {number} id */
const grey = id => [id, id, id]

/** @param {(x: number, y: number) => number} value @param {{width?: number, height?: number, color?: (id: number) => number[]}} [how] */
async function map(value, { width = WIDTH, height = HEIGHT, color = vocColor } = {}) {
  const palette = Uint8Array.from(Array.from({ length: 256 }, (_, id) => color(id)).flat())
  const blob = await encodePng({
    width, height, palette, strip: (first, rows) => Uint8Array.from({ length: rows * width }, (_, at) => value(at % width, first + Math.floor(at / width))),
  })
  return Buffer.from(await blob.arrayBuffer())
}

/** A photo: grass below a sky, something brown on it. @param {number} shift */
async function photo(shift) {
  const blob = await encodePng({
    width: WIDTH, height: HEIGHT,
    strip: (first, rows) => Uint8Array.from({ length: rows * WIDTH * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % WIDTH, first + Math.floor(i / 3 / WIDTH)]
      const color = y < 30 ? [120, 170, 235] : Math.hypot(x - 40 - shift, y - 45) < 14 ? [110, 70, 40] : [70, 140 + (x * 7 + y * 13) % 30, 50]
      return color[i % 3]
    }),
  })
  return Buffer.from(await blob.arrayBuffer())
}

/** Sheep on grass, as VOC has it; its border isn't labelled. @param {number} x @param {number} y */
const sheep = (x, y) => Math.hypot(x - 40, y - 45) < 13 ? 17 : Math.hypot(x - 40, y - 45) < 15 ? 255 : y < 30 ? 1 : 0

/** What these are in the net: an animal and a vehicle; it has no background. @type {Record<number, number>} */
const IDS = { 17: 2, 1: 3 }

let home = ''
test.beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'fcn-folder-')) })
test.afterEach(async () => { await rm(home, { recursive: true, force: true }) })

/** @param {string} name @param {Record<string, Buffer>} files by path */
async function folderOf(name, files) {
  const root = path.join(home, name)
  for (const [file, bytes] of Object.entries(files)) {
    const whole = path.join(root, file)
    await mkdir(path.dirname(whole), { recursive: true })
    await writeFile(whole, bytes)
  }
  return root
}

/** @param {Page} page @param {string} [lang] */
async function open(page, lang = 'en') {
  page.on('pageerror', error => { throw error })
  // The browser's own dialog can't be answered here; without it the archive is a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  await page.goto(`?lang=${lang}#measure?panel=folder`)
  const view = page.locator('fcn-measure')
  await expect(view.locator('.root')).toBeVisible()
  await view.evaluate((element, model) => Object.assign(element, { backend: 'cpu', model }), `${SLIM}/model.json`)
  return view
}

/** @param {Page} page @param {() => Promise<void>} click */
async function downloaded(page, click) {
  const download = page.waitForEvent('download')
  await click()
  return await readFile(await (await download).path())
}

/** The worker keeps every mask after the second back until the page says so on the channel `hold`. */
function holding() {
  let count = 0
  let isOpen = false
  /** @type {(() => void)[]} */
  const held = []
  new BroadcastChannel('hold').onmessage = () => {
    isOpen = true
    for (const send of held) send()
  }
  const post = self.postMessage.bind(self)
  Object.assign(self, {
    /** @param {{reply?: {outcome?: string}}} message @param {WindowPostMessageOptions} options */
    postMessage(message, options) {
      const isMask = message.reply?.outcome === 'masks'
      if (isMask && ++count > 2 && !isOpen) held.push(() => post(message, options))
      else post(message, options)
    },
  })
}

test('a net over a folder is measured as the engine measures, to the last digit, and its label maps are taken away', async ({ page }) => {
  const view = await open(page)
  const root = await folderOf('voc', {
    'JPEGImages/a.png': await photo(0), 'JPEGImages/b.png': await photo(9), 'JPEGImages/c.png': await photo(20),
    'SegmentationClass/a.png': await map(sheep), 'SegmentationClass/b.png': await map((x, y) => sheep(x - 9, y)),
    'SegmentationObject/a.png': await map(sheep), 'ImageSets/train.txt': Buffer.from('a\n'),
  })
  await view.getByText('run a net').click()
  await view.getByLabel('Choose the folder of the photos').setInputFiles(root)
  await expect(view.locator('[part=understood]')).toContainText('JPEGImages: 3 photos; SegmentationClass: 2 truths')
  await expect(view.getByText('Left aside: SegmentationObject (1).')).toBeVisible()
  await expect(view.locator('[part=misfit]')).toContainText('Photos without a truth: 1 (c).')
  await expect(view.getByLabel('Head')).toHaveValue('fcn8s')
  await expect(view.locator('select.model')).toHaveValue(/everyday-slim/)
  await view.getByLabel('Input size (long side)').selectOption('224')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText('All 3 photos are done.')).toBeVisible()
  await expect(view.getByText('Counted as classes of the model: aeroplane → vehicle, sheep → animal.')).toBeVisible()
  await expect(view.getByText(/The model has no class for these; their pixels are left out: background \([\d,]+\)\.$/)).toBeVisible()
  await expect(view.locator('table.pictures tbody tr')).toHaveCount(2)

  const told = JSON.parse((await downloaded(page, () => view.getByRole('button', { name: 'Everything (JSON)' }).click())).toString())
  expect(told).toMatchObject({ model: { name: 'everyday-slim' }, head: 'fcn8s', longSide: 224, backend: 'cpu', truths: { palette: 'voc', of: 2 } })
  expect(told.pictures.map((/** @type {{name: string, problem: string | null}} */ { name, problem }) => [name, problem])).toEqual([['a', null], ['b', null], ['c', 'no_truth']])
  const table = (await downloaded(page, () => view.getByRole('button', { name: 'Pictures (CSV)' }).click())).toString()
  expect(table.split('\n')[0]).toBe('picture,pixelAccuracy,meanAccuracy,meanIoU,frequencyWeightedIoU,void,notInModel,problem')

  const archive = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(Object.keys(archive)).toEqual(['classes.json', 'a.png', 'b.png', 'c.png'])
  const classes = JSON.parse(archive['classes.json'].toString())
  expect(classes[2]).toMatchObject({ id: 2, name: 'animal' })

  // The engine on the same photos, and its metrics of the archive's maps against the truths in the model's ids.
  const bytes = (/** @type {Buffer} */ buffer) => buffer.toString('base64')
  const truths = [sheep, (/** @type {number} */ x, /** @type {number} */ y) => sheep(x - 9, y)].map(truth =>
    Array.from({ length: WIDTH * HEIGHT }, (_, at) => IDS[truth(at % WIDTH, Math.floor(at / WIDTH))] ?? 255))
  const found = await page.evaluate(async ({ maps, photos, truths, model }) => {
    const load = async (/** @type {string} */ file) => await import(new URL(file, document.baseURI).href)
    const [{ Engine }, { readLabelMap }] = [await load('engine/engine.js'), await load('source/elements/measure/masks/read.js')]
    const unpack = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
    const predictions = /** @type {Uint8Array[]} */ ([])
    for (const map of maps) predictions.push((await readLabelMap(unpack(map))).readings[0].values)
    const engine = await Engine.create({ backend: 'cpu' })
    const net = await engine.load(model)
    const same = []
    for (const [i, photo] of photos.entries()) {
      const { labels } = await net.segment(new Blob([unpack(photo)]), { size: 224 })
      same.push(labels.length === predictions[i].length && labels.every((/** @type {number} */ label, /** @type {number} */ at) => label === predictions[i][at]))
    }
    const measured = await engine.measure(truths.map((truth, i) => ({ truth: Uint8Array.from(truth), prediction: predictions[i] })), net.classes.length)
    engine.dispose()
    return { same, measured }
  }, { maps: ['a', 'b', 'c'].map(name => bytes(archive[`${name}.png`])), photos: [bytes(await photo(0)), bytes(await photo(9)), bytes(await photo(20))], truths, model: `${SLIM}/model.json` })
  expect(found.same).toEqual([true, true, true])
  const { measured } = found
  expect(told.pooled.metrics).toEqual({
    pixelAccuracy: measured.pixelAccuracy, meanAccuracy: measured.meanAccuracy, iou: measured.iou, meanIoU: measured.meanIou,
    frequencyWeightedIoU: measured.frequencyWeightedIou, void: measured.void,
  })
  expect(told.pooled.confusion).toEqual(measured.confusion)

  // A row leads to its photo, with the same net, size and numbers.
  const row = view.locator('table.pictures tbody tr').first()
  const iou = await row.locator('td').first().innerText()
  await row.getByRole('button').click()
  await expect(view.getByRole('img', { name: 'The photo, and where FCN-8s is wrong.' })).toBeVisible()
  await expect(view.getByRole('row', { name: /^mIoU/ })).toContainText(iou)
})

/** The worker says each mask that it gives on the channel `masks`. */
function counting() {
  const told = new BroadcastChannel('masks')
  const post = self.postMessage.bind(self)
  Object.assign(self, {
    /** @param {{reply?: {outcome?: string}}} message @param {WindowPostMessageOptions} options */
    postMessage(message, options) {
      if (message.reply?.outcome === 'masks') told.postMessage('')
      post(message, options)
    },
  })
}

test('classes of a folder\'s truths are mapped by hand, and no photo is segmented again', async ({ page }) => {
  await beforeWorker(page, counting)
  await page.addInitScript(() => {
    let count = 0
    new BroadcastChannel('masks').onmessage = () => count++
    Object.assign(globalThis, { masks: () => count })
  })
  const masks = () => page.evaluate(() => /** @type {{masks: () => number}} */ (/** @type {unknown} */ (globalThis)).masks())
  const view = await open(page)
  const root = await folderOf('voc', {
    'JPEGImages/a.png': await photo(0), 'JPEGImages/b.png': await photo(9),
    'SegmentationClass/a.png': await map(sheep), 'SegmentationClass/b.png': await map((x, y) => sheep(x - 9, y)),
  })
  await view.getByText('run a net').click()
  await view.getByLabel('Choose the folder of the photos').setInputFiles(root)
  await view.getByLabel('Input size (long side)').selectOption('224')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText('All 2 photos are done.')).toBeVisible()
  await expect(view.getByText(/their pixels are left out: background/)).toBeVisible()
  expect(await masks()).toBe(2)
  await view.getByText('Which class counts as which').click()
  await view.getByLabel('background counts as').selectOption('grass')
  await expect(view.getByText(/their pixels are left out/)).toHaveCount(0)
  await expect(view.getByText('All 2 photos are done.')).toBeVisible()
  await expect(view.getByText(/background → grass/)).toBeVisible()
  const told = JSON.parse((await downloaded(page, () => view.getByRole('button', { name: 'Everything (JSON)' }).click())).toString())
  expect(told.classMap).toContainEqual({ truth: 'background', model: 'grass' })
  expect(await masks()).toBe(2)
  expect(told.pictures.map((/** @type {{problem: unknown}} */ { problem }) => problem)).toEqual([null, null])
})

test('a run is paused, and goes on after a reload with what was done before, until that is forgotten', async ({ page }) => {
  await beforeWorker(page, holding, { times: 1 })
  const files = Object.fromEntries(await Promise.all([0, 1, 2, 3].map(async i => /** @type {const} */ ([`${i}.png`, await photo(4 * i)]))))
  const root = await folderOf('photos', files)
  let view = await open(page)
  const choose = async () => {
    await view.getByText('run a net').click()
    await view.getByLabel('Choose the folder of the photos').setInputFiles(root)
    await view.getByLabel('Input size (long side)').selectOption('224')
  }
  await choose()
  await view.getByRole('button', { name: 'Segment', exact: true }).click()
  await expect(view.getByText('2 of 4 photos')).toBeVisible()
  await view.getByRole('button', { name: 'Pause' }).click()
  await page.evaluate(() => { new BroadcastChannel('hold').postMessage('go on') })
  await expect(view.getByRole('button', { name: 'Go on' })).toBeEnabled()
  await expect(view.getByText(/2 of 4 photos/)).toBeVisible()
  await expect(view.locator('[part=kept]')).toContainText('keeps the masks of 2 photos')

  await page.reload()
  view = await open(page)
  await choose()
  await view.getByRole('button', { name: 'Segment', exact: true }).click()
  await expect(view.locator('[part=restored]')).toContainText('2 of 4 were done before; going on from there.')
  await expect(view.getByText('All 4 photos are done.')).toBeVisible()
  const archive = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(Object.keys(archive)).toEqual(['classes.json', '0.png', '1.png', '2.png', '3.png'])

  // Another size is another run; the same one begins anew if that is wanted.
  await view.getByRole('button', { name: 'Start over' }).click()
  await expect(view.locator('[part=restored]')).toHaveCount(0)
  await expect(view.getByText('All 4 photos are done.')).toBeVisible()
  await view.getByRole('button', { name: 'Forget them' }).click()
  await expect(view.locator('[part=kept]')).toHaveCount(0)
  // What is on the page stays until it is left.
  const again = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(again).toEqual(archive)
  await view.getByLabel('Head').selectOption('fcn32s')
  await expect(view.getByText('All 4 photos are done.')).toHaveCount(0)
  await view.getByRole('button', { name: 'Segment', exact: true }).click()
  await expect(view.getByText('All 4 photos are done.')).toBeVisible()
  await expect(view.locator('[part=restored]')).toHaveCount(0)
})

test('what is wrong with a photo or its truth is its own row, also where the engine is lost', async ({ page }) => {
  await beforeWorker(page, [holding, crashingOnDemand], { times: 1 })
  const view = await open(page)
  const root = await folderOf('mixed', {
    'images/1.png': await photo(0), 'images/2.png': await photo(3), 'images/3.png': await photo(6), 'images/4.jpg': Buffer.from('hello'),
    'images/5.png': await photo(8), 'images/6.png': await photo(9), 'masks/6.png': await map(sheep), 'masks/1.png': await map(sheep), 'masks/2.png': await map(sheep, { width: 48, height: 36 }),
    'masks/3.png': await map(() => 99, { color: grey }), 'masks/4.png': await map(sheep), 'masks/5.png': await map(sheep),
    'masks/9.png': await map(sheep), 'masks/10.jpg': Buffer.from('no'),
  })
  await view.getByText('run a net').click()
  await view.getByLabel('Choose the folder of the photos').setInputFiles(root)
  await expect(view.locator('[part=misfit]')).toContainText('Truths without a photo: 1 (9).')
  await expect(view.getByText('Left aside: masks/*.jpg (1).')).toBeVisible()
  await view.getByLabel('Input size (long side)').selectOption('224')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText('2 of 6 photos')).toBeVisible()
  await rm(path.join(root, 'images/5.png'))
  // The third mask is held back: the worker that has it is lost, and the next one makes it again.
  await page.evaluate(() => { new BroadcastChannel('crash').postMessage('now') })
  await expect(view.getByText('All 6 photos are done.')).toBeVisible()
  const problems = view.locator('[part=problems]')
  await expect(problems).toContainText('could not be measured, and count for nothing: 4.')
  await expect(problems).toContainText('2: The truth has 48×36 pixels, the photo 96×72.')
  await expect(problems).toContainText('3: The truth has the value 99, and there are 10 classes')
  await expect(problems).toContainText('4: This is not a picture.')
  await expect(problems).toContainText('5: The file can’t be read any more.')
  await expect(view.locator('table.pictures tbody tr')).toHaveCount(2)
  // A photo whose truth doesn't fit has a mask all the same.
  const archive = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(Object.keys(archive)).toEqual(['classes.json', '1.png', '2.png', '3.png', '6.png'])
})

test('a dropped folder is walked through, files are taken for the side they are dropped on, weights for the net', async ({ page }) => {
  const view = await open(page)
  const root = await folderOf('dropped', {
    'JPEGImages/x/a.png': await photo(0), 'JPEGImages/y/a.png': await photo(5), 'SegmentationClass/x/a.png': await map(sheep), '.DS_Store': Buffer.from('x'),
  })
  const session = await page.context().newCDPSession(page)
  /** @param {import('@playwright/test').Locator} target @param {string[]} files */
  const drop = async (target, files) => {
    await target.scrollIntoViewIfNeeded()
    const box = await target.boundingBox()
    if (!box) throw new Error('nothing to drop on')
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2, data: { items: [], files, dragOperationsMask: 1 } }
    for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) await session.send('Input.dispatchDragEvent', { type, ...at })
  }
  await drop(view.locator('.told').first(), [root])
  // Photos are for a net.
  await expect(view.getByRole('radio', { name: 'run a net' })).toBeChecked()
  await expect(view.locator('[part=understood]')).toContainText('JPEGImages: 2 photos; SegmentationClass: 1 truth')
  await expect(view.getByText('Photos without a truth: 1 (y/a).')).toBeVisible()
  await view.getByLabel('Input size (long side)').selectOption('224')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText('All 2 photos are done.')).toBeVisible()
  const archive = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(Object.keys(archive)).toEqual(['classes.json', 'x/a.png', 'y/a.png'])

  await drop(view.locator('[data-side=photos]'), [path.join(root, 'JPEGImages/x/a.png')])
  await expect(view.locator('[data-side=photos]')).toContainText('1 file')
  await expect(view.locator('[data-side=truths]')).toContainText('1 file')
  await drop(view.locator('.told').first(), [path.resolve('www', SLIM, 'model.json'), path.resolve('www', SLIM, 'weights.safetensors')])
  await expect(view.locator('select.model')).toHaveValue('')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText('All 1 photo is done.')).toBeVisible()
  const told = JSON.parse((await downloaded(page, () => view.getByRole('button', { name: 'Everything (JSON)' }).click())).toString())
  expect(told.model).toMatchObject({ name: 'everyday-slim', url: null, own: ['model.json', 'weights.safetensors'] })
})

test('cityscapes label ids are counted as its train ids where that is wanted, and truths of 0 and 255 ask once', async ({ page }) => {
  const view = await open(page)
  const truths = await folderOf('gtFine', {
    'ulm/ulm_0_gtFine_labelIds.png': await map(x => x < 48 ? 7 : 26, { color: grey }), 'ulm/ulm_0_gtFine_color.png': await map(() => 0, { color: grey }), 'ulm/ulm_0_gtFine_instanceIds.png': await map(() => 1, { color: grey }),
    'ulm/ulm_1_gtFine_labelIds.png': await map(x => x < 48 ? 7 : 1, { color: grey }),
  })
  const predictions = await folderOf('predictions', { 'ulm_0.png': await map(x => x < 48 ? 0 : 13, { color: grey }), 'ulm_1.png': await map(() => 0, { color: grey }) })
  await view.getByLabel('Choose the folder of the truths').setInputFiles(truths)
  await view.getByLabel('Choose the folder of the predictions').setInputFiles(predictions)
  await expect(view.getByText('Left aside: _color (1), _instanceIds (1).')).toBeVisible()
  await expect(view.getByText('Pairs found: 2.')).toBeVisible()
  await view.getByLabel(/their values are Cityscapes’ 34 ids/).check()
  await view.getByRole('button', { name: 'Measure' }).click()
  await expect(view.getByText('All 2 pairs are done.')).toBeVisible()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('10,368 / 10,368')
  await view.getByText('IoU of each class').click()
  await expect(view.getByRole('row', { name: /^road/ }).first()).toBeVisible()

  const two = await folderOf('two', { 'images/a.png': await photo(0), 'masks/a.png': await map((x, y) => sheep(x, y) === 17 ? 255 : 0, { color: grey }) })
  await view.getByText('run a net').click()
  await view.getByLabel('Choose the folder of the photos').setInputFiles(path.join(two, 'images'))
  await view.getByLabel('Choose the folder of the truths').setInputFiles(path.join(two, 'masks'))
  await view.getByLabel('Input size (long side)').selectOption('224')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.locator('[part=question]')).toBeVisible()
  await expect(view.locator('[part=metrics]')).toHaveCount(0)
  await view.getByRole('button', { name: 'The second class' }).click()
  // Of fourteen classes or so nobody knows which.
  await view.getByLabel('255 counts as').selectOption('animal')
  await view.getByLabel('0 counts as', { exact: true }).selectOption('grass')
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('/ 6,912')
})

test('a browser that keeps nothing runs all the same, and says so', async ({ page }) => {
  await page.addInitScript(() => { IDBFactory.prototype.open = () => { throw new DOMException('not here', 'SecurityError') } })
  const view = await open(page)
  const root = await folderOf('photos', { 'a.png': await photo(0) })
  await view.getByText('run a net').click()
  await view.getByLabel('Choose the folder of the photos').setInputFiles(root)
  await view.getByRole('button', { name: 'Segment', exact: true }).click()
  await expect(view.getByText('All 1 photo is done.')).toBeVisible()
  await expect(view.getByText('This browser keeps nothing here')).toBeVisible()
  await expect(view.locator('[part=kept]')).toHaveCount(0)
  const archive = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(Object.keys(archive)).toEqual(['classes.json', 'a.png'])
})

for (const lang of ['en', 'ko']) {
  test(`a net over a folder passes axe in ${lang}, and fits 320 pixels`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 700 })
    const view = await open(page, lang)
    const root = await folderOf('small', { 'images/a.png': await photo(0), 'images/b.jpg': Buffer.from('no'), 'masks/a.png': await map(sheep) })
    await view.locator('input[name=mode]').last().check({ force: true })
    await view.locator('[data-side=photos] input').first().setInputFiles(root)
    await view.locator('button.main').click()
    await expect(view.locator('table.pictures')).toBeVisible()
    await expect(view.locator('[part=problems]')).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    const { violations } = await new AxeBuilder({ page }).include('fcn-measure').withTags(TAGS).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)).toEqual([])
  })
}

/** The files of an archive, by its central directory. @param {Buffer} bytes @returns {Record<string, Buffer>} */
function unzipped(bytes) {
  const end = bytes.length - 22
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50)
  /** @type {Record<string, Buffer>} */
  const found = {}
  let at = bytes.readUInt32LE(end + 16)
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    const [size, name, extra, comment, local] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)]
    const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    found[bytes.toString('utf8', at + 46, at + 46 + name)] = bytes.subarray(data, data + size)
    at += 46 + name + extra + comment
  }
  return found
}
