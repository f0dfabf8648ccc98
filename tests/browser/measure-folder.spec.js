/**
 * `<fcn-measure>`'s panel "a folder" with a net: what a folder's files are taken for, pooled metrics that are the engine's to
 * the last digit, whose classes its truths have, the archive of label maps, dropped folders.
 */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { unzipped } from '../files/zip.js'
import { beforeWorker } from './engine-setup.js'
import { HEIGHT, SLIM, WIDTH, downloaded, folderOf, grey, map, openFolder, photo,
  sheep } from './measure-folder-setup.js'

/** What these are in the net: an animal and a vehicle; it has no background. @type {Record<number, number>} */
const IDS = { 17: 2, 1: 3 }

test('a net over a folder is measured as the engine measures, to the last digit, and its label maps are taken away',
  async ({ page }) => {
  const view = await openFolder(page)
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

  const told = JSON.parse((await downloaded(page,
    () => view.getByRole('button', { name: 'Everything (JSON)' }).click())).toString())
  expect(told).toMatchObject({ model: { name: 'everyday-slim' }, head: 'fcn8s', longSide: 224,
    backend: 'cpu', truths: { palette: 'voc', of: 2 } })
  expect(told.pictures.map((/** @type {{name: string, problem: string | null}} */ { name, problem }) =>
    [name, problem])).toEqual([['a', null], ['b', null], ['c', 'no_truth']])
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
    const [{ Engine }, { readLabelMap }] = [await load('engine/engine.js'),
      await load('source/elements/measure/masks/read.js')]
    const unpack = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
    const predictions = /** @type {Uint8Array[]} */ ([])
    for (const map of maps) predictions.push((await readLabelMap(unpack(map))).readings[0].values)
    const engine = await Engine.create({ backend: 'cpu' })
    const net = await engine.load(model)
    const same = []
    for (const [i, photo] of photos.entries()) {
      const { labels } = await net.segment(new Blob([unpack(photo)]), { size: 224 })
      same.push(labels.length === predictions[i].length
        && labels.every((/** @type {number} */ label, /** @type {number} */ at) => label === predictions[i][at]))
    }
    const measured = await engine.measure(truths.map((truth, i) =>
      ({ truth: Uint8Array.from(truth), prediction: predictions[i] })), net.classes.length)
    engine.dispose()
    return { same, measured }
  }, { maps: ['a', 'b', 'c'].map(name => bytes(archive[`${name}.png`])),
    photos: [bytes(await photo(0)), bytes(await photo(9)), bytes(await photo(20))], truths,
      model: `${SLIM}/model.json` })
  expect(found.same).toEqual([true, true, true])
  const { measured } = found
  expect(told.pooled.metrics).toEqual({
    pixelAccuracy: measured.pixelAccuracy, meanAccuracy: measured.meanAccuracy, iou: measured.iou,
      meanIoU: measured.meanIou,
    frequencyWeightedIoU: measured.frequencyWeightedIou, void: measured.void,
  })
  expect(told.pooled.confusion).toEqual(measured.confusion)

  // A row leads to its photo, with the same net, size and numbers.
  const row = view.locator('table.pictures tbody tr').first()
  const iou = await row.locator('td').first().innerText()
  await row.getByRole('button').click()
  await expect(view.getByRole('img', { name: 'The photo, and where FCN-8s is wrong.' })).toBeVisible()
  await expect(view.getByRole('button', { name: 'Back to the folder' })).toBeFocused()
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
  const masks = () =>
    page.evaluate(() => /** @type {{masks: () => number}} */ (/** @type {unknown} */ (globalThis)).masks())
  const view = await openFolder(page)
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
  const told = JSON.parse((await downloaded(page,
    () => view.getByRole('button', { name: 'Everything (JSON)' }).click())).toString())
  expect(told.classMap).toContainEqual({ truth: 'background', model: 'grass' })
  expect(await masks()).toBe(2)
  expect(told.pictures.map((/** @type {{problem: unknown}} */ { problem }) => problem)).toEqual([null, null])
})

test('a dropped folder is walked through, files are taken for the side they are dropped on, weights for the net',
  async ({ page }) => {
  const view = await openFolder(page)
  const root = await folderOf('dropped', {
    'JPEGImages/x/a.png': await photo(0), 'JPEGImages/y/a.png': await photo(5),
      'SegmentationClass/x/a.png': await map(sheep), '.DS_Store': Buffer.from('x'),
  })
  const session = await page.context().newCDPSession(page)
  /** @param {import('@playwright/test').Locator} target @param {string[]} files */
  const drop = async (target, files) => {
    await target.scrollIntoViewIfNeeded()
    const box = await target.boundingBox()
    if (!box) throw new Error('nothing to drop on')
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2,
      data: { items: [], files, dragOperationsMask: 1 } }
    for (const type of /** @type {const} */ (['dragEnter', 'dragOver',
      'drop'])) await session.send('Input.dispatchDragEvent', { type, ...at })
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
  await drop(view.locator('.told').first(), [path.resolve('www', SLIM, 'model.json'),
    path.resolve('www', SLIM, 'weights.safetensors')])
  await expect(view.locator('select.model')).toHaveValue('')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText('All 1 photo is done.')).toBeVisible()
  const told = JSON.parse((await downloaded(page,
    () => view.getByRole('button', { name: 'Everything (JSON)' }).click())).toString())
  expect(told.model).toMatchObject({ name: 'everyday-slim', url: null, own: ['model.json', 'weights.safetensors'] })
})

test('cityscapes label ids are counted as its train ids where that is wanted, and truths of 0 and 255 ask once',
  async ({ page }) => {
  const view = await openFolder(page)
  const truths = await folderOf('gtFine', {
    'ulm/ulm_0_gtFine_labelIds.png': await map(x => x < 48 ? 7 : 26, { color: grey }),
      'ulm/ulm_0_gtFine_color.png': await map(() => 0, { color: grey }),
        'ulm/ulm_0_gtFine_instanceIds.png': await map(() => 1, { color: grey }),
    'ulm/ulm_1_gtFine_labelIds.png': await map(x => x < 48 ? 7 : 1, { color: grey }),
  })
  const predictions = await folderOf('predictions', { 'ulm_0.png': await map(x => x < 48 ? 0 : 13, { color: grey }),
    'ulm_1.png': await map(() => 0, { color: grey }) })
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

  const two = await folderOf('two', { 'images/a.png': await photo(0),
    'masks/a.png': await map((x, y) => sheep(x, y) === 17 ? 255 : 0, { color: grey }) })
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
  await view.getByRole('button', { name: 'Not labelled' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).not.toContainText('/ 6,912')
  await view.getByRole('button', { name: 'The second class' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('/ 6,912')

  // The answer holds for 255 alone, whatever was said to be unlabelled in between.
  const unlabelled = view.getByLabel('Value meaning unlabelled')
  await unlabelled.selectOption('none')
  await view.getByRole('button', { name: 'Segment and measure' }).click()
  await expect(view.getByText(/The truth has the value 255/)).toBeVisible()
  await view.getByRole('button', { name: 'Not labelled' }).click()
  await expect(unlabelled).toHaveValue('255')
  await expect(view.getByRole('button', { name: 'Not labelled' })).toHaveAttribute('aria-pressed', 'true')
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toBeVisible()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).not.toContainText('/ 6,912')
})
