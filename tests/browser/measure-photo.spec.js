/**
 * `<fcn-measure>`, one photo: a truth that is painted, polygons, ids of another list, classes by hand; and colours of label
 * maps that nobody knows.
 */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { readLabelMap } from '../../www/elements/measure/masks/read.js'
import { axe } from './axe.js'
import { jsonFile, mask, open, png } from './measure-setup.js'

/** @typedef {import('@playwright/test').Locator} Locator */

/** The first sample's size. */
const [WIDTH, HEIGHT] = [640, 480]

/** @param {import('@playwright/test').Page} page @param {string} [lang] */
async function openPhoto(page, lang) {
  const view = await open(page, 'panel=photo', lang)
  await expect(view.locator('table.heads')).toBeVisible()
  return view
}

/** Where a share of the photo is on the screen, wherever the page has scrolled to. @param {Locator} canvas @param {number} x @param {number} y */
async function on(canvas, x, y) {
  await canvas.scrollIntoViewIfNeeded()
  const box = await canvas.boundingBox()
  if (!box) throw new Error('no canvas')
  return /** @type {const} */ ([box.x + x * box.width, box.y + y * box.height])
}

test('a truth is painted by pointer, measured at each stroke, undone and saved', async ({ page }) => {
  const view = await openPhoto(page)
  await view.getByRole('button', { name: 'Change it by painting' }).click()
  const canvas = view.locator('fcn-measure-canvas')
  await view.getByRole('button', { name: 'Nothing labelled' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('nothing is labelled')
  await expect(view.getByText('painted here')).toBeVisible()

  // The cow's side, by a stroke; then a rectangle of grass under her.
  await view.getByRole('radio', { name: 'animal' }).check()
  await page.mouse.move(...await on(canvas, 0.55, 0.5))
  await page.mouse.down()
  await page.mouse.move(...await on(canvas, 0.75, 0.5), { steps: 5 })
  await page.mouse.up()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText(/= ([\d,]+) \/ \1/)
  await view.getByRole('radio', { name: 'grass' }).check()
  await view.getByRole('radio', { name: 'Polygon' }).check()
  for (const [x, y] of [[0.05, 0.6], [0.2, 0.6], [0.2, 0.9],
    [0.05, 0.9]]) await page.mouse.click(...await on(canvas, x, y))
  await view.getByRole('button', { name: 'Close the polygon' }).click()
  const row = view.getByRole('row', { name: /^Mean accuracy/ })
  await expect(row).toContainText('/ 2')
  await view.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toContainText('/ 1')
  await view.getByRole('button', { name: 'Redo' }).click()
  await expect(row).toContainText('/ 2')

  const saved = page.waitForEvent('download')
  await view.getByRole('button', { name: 'Save as label PNG' }).click()
  const download = await saved
  expect(download.suggestedFilename()).toBe('cow-truth.png')
  const map = await readLabelMap(new Uint8Array(await readFile(/** @type {string} */ (await download.path()))))
  const { values } = map.readings[0]
  expect([map.width, map.height, map.kind, [...new Set(values)].sort((a, b) => a - b)]).toEqual([WIDTH,
    HEIGHT, 'indexed', [2, 7, 255]])
  // The rectangle, to a pixel's width at each side.
  const grass = values.filter(value => value === 7).length
  expect(Math.abs(grass - 0.15 * WIDTH * 0.3 * HEIGHT)).toBeLessThan(2 * (0.15 * WIDTH + 0.3 * HEIGHT))
  await view.getByRole('button', { name: 'Done' }).click()
  await expect(canvas).toHaveCount(0)
  await expect(view.getByText(/^The truth says what \d[\d.]*% of the photo is/)).toBeVisible()
  // It is there again with its photo, until it is dropped.
  await view.getByRole('button', { name: /pizza/i }).first().click()
  await expect(view.getByText('This photo has no truth yet.')).toBeVisible()
  await expect(view.getByRole('img', { name: 'The mask of FCN-8s' })).toBeVisible()
  await view.getByRole('button', { name: /cow/i }).first().click()
  await expect(view.getByText('painted here')).toBeVisible()
  await view.getByRole('button', { name: 'Drop this truth' }).click()
  await expect(view.getByText('cow-truth.png')).toBeVisible()
  await expect(view.getByRole('button', { name: 'Drop this truth' })).toHaveCount(0)
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toBeVisible()
})

test('a truth is painted by keys, and a head\'s own mask agrees with itself', async ({ page }) => {
  const view = await openPhoto(page)
  await view.getByRole('button', { name: 'Change it by painting' }).click()
  await view.getByRole('button', { name: 'Start from FCN-16s’s mask' }).click()
  await expect(view.getByRole('row', { name: /^FCN-16s/ })).toContainText('1')
  await expect(view.getByRole('row', { name: /^FCN-16s/ }).getByRole('cell').first()).toHaveText('1')
  await view.getByRole('button', { name: 'Nothing labelled' }).click()
  await view.getByRole('application', { name: 'The photo, with what you have painted.' }).focus()
  for (const key of ['7', 'ArrowDown', 'Enter', 'Shift+ArrowDown', 'Shift+ArrowRight',
    'Enter']) await page.keyboard.press(key)
  await expect(view.getByText('Row 250, column 330: grass.')).toBeAttached()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText(/= [\d,]+ \/ [\d,]+/)
  await page.keyboard.press('Control+z')
  await expect(view.getByText('Row 250, column 330: not labelled.')).toBeAttached()
})

test('polygons of LabelMe and COCO are a truth, and their classes are mapped by hand', async ({ page }) => {
  const view = await openPhoto(page)
  const truth = view.getByRole('button', { name: 'Truth', exact: true })
  const square = [[320, 240], [480, 240], [480, 320], [320, 320]]
  await truth.setInputFiles(jsonFile('cow.json', {
    imageWidth: WIDTH, imageHeight: HEIGHT, shapes: [{ label: 'Cow', points: square, shape_type: 'polygon' },
      { label: 'bell', points: [[1, 1], [2, 2]], shape_type: 'line' }],
  }))
  await expect(view.getByText('Counted as classes of the model: Cow → animal.')).toBeVisible()
  await expect(view.getByText('The model has no class for: background.')).toBeVisible()
  await expect(view.getByText('Shapes without an inside')).toContainText('left out: 1')
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 12,800 / 12,800')

  await view.getByText('Which class counts as which').click()
  await view.getByLabel('background counts as').selectOption('grass')
  await expect(view.getByText('The model has no class for')).toHaveCount(0)
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('/ 307,200')

  const coco = {
    images: [{ id: 1, file_name: 'train/cow.jpg', width: WIDTH, height: HEIGHT },
      { id: 2, file_name: 'b.jpg', width: 1, height: 1 }],
    categories: [{ id: 3, name: 'cow' }], annotations: [{ image_id: 1, category_id: 3, segmentation: [square.flat()] }],
  }
  await truth.setInputFiles(jsonFile('instances.json', coco))
  await expect(view.getByText('instances.json')).toBeVisible()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 12,800 / 12,800')
  await truth.setInputFiles(jsonFile('other.json',
    { ...coco, images: [{ ...coco.images[0], file_name: 'x.jpg' }, coco.images[1]] }))
  await expect(view.getByRole('alert')).toContainText('None of the 2 photos in this JSON is called cow.jpg')
  await truth.setInputFiles({ name: 'log.json', mimeType: 'application/json', buffer: Buffer.from('{"a": ') })
  await expect(view.getByRole('alert')).toContainText('This JSON can’t be read')
  await expect(view.getByText('instances.json')).toBeVisible()
})

test('ids that are not the model\'s are asked for', async ({ page }) => {
  const view = await openPhoto(page)
  // VOC's cow is 10, its person 15.
  const rows = Array.from({ length: HEIGHT }, (_, y) => Array.from({ length: WIDTH },
    (_, x) => y >= 240 && y < 320 && x >= 320 && x < 480 ? 10 : y < 2 ? 15 : 255))
  await view.getByRole('button', { name: 'Truth', exact: true }).setInputFiles(png('ids.png', WIDTH, rows, 0))
  const question = view.locator('[part=question]')
  await expect(question).toContainText('The truth has the value 15, and the list chosen has 14 classes')
  await question.getByLabel('Class list of the truth’s values').selectOption('PASCAL VOC')
  await expect(view.getByText('cow → animal')).toBeVisible()
  const accuracy = view.getByRole('row', { name: /^Pixel accuracy/ })
  await expect(accuracy).toContainText('/ 14,080')
  // VOC's 255 is no class, whatever is said of the values.
  await view.getByText('Which class counts as which').click()
  const meaning = view.getByLabel('Value meaning unlabelled')
  await expect(meaning).toHaveValue('255')
  await meaning.selectOption('nothing')
  await expect(accuracy).toContainText('/ 14,080')
})

test('which value means that a pixel is not labelled is chosen, also where 255 is a class', async ({ page }) => {
  const view = await openPhoto(page)
  const truth = view.getByRole('button', { name: 'Truth', exact: true })
  const accuracy = view.getByRole('row', { name: /^Pixel accuracy/ })
  const rows = (/** @type {number} */ inside) => Array.from({ length: HEIGHT },
    (_, y) => Array.from({ length: WIDTH }, (_, x) => y >= 240 && y < 320 && x >= 320 && x < 480 ? inside : 0))
  await truth.setInputFiles(png('ids.png', WIDTH, rows(2), 0))
  await expect(accuracy).toContainText('/ 307,200')
  await view.getByText('Which class counts as which').click()
  const meaning = view.getByLabel('Value meaning unlabelled')
  await meaning.selectOption('0')
  await expect(accuracy).toContainText('/ 12,800')
  await meaning.selectOption('255 (usual)')
  await expect(accuracy).toContainText('/ 307,200')

  await truth.setInputFiles(png('two.png', WIDTH, rows(255), 0))
  await view.getByRole('button', { name: 'The second class' }).click()
  await expect(meaning).toHaveValue('none')
  await expect(view.getByText('Here 255 is counted as the second class.')).toBeVisible()
  // And what was said is taken back.
  await meaning.selectOption('255 (usual)')
  await expect(view.getByText('What does 255 mean here?')).toBeVisible()
  const none = view.getByRole('button', { name: 'Not labelled' })
  await none.click()
  await expect(accuracy).toContainText('/ 294,400')
  // The other answer can be given without that.
  await view.getByRole('button', { name: 'The second class' }).click()
  await expect(meaning).toHaveValue('none')
  await expect(none).toHaveAttribute('aria-pressed', 'false')
  await none.click()
  await expect(accuracy).toContainText('/ 294,400')
  await expect(meaning).toHaveValue('255')
  // Whoever says that 0 is not labelled has not said what 255 means.
  await view.getByText('Which class counts as which').click()
  await meaning.selectOption('0')
  await expect(view.locator('[part=question]')).toHaveCount(0)
})

test('what is painted while another net is on its way is measured with that net, too', async ({ page }) => {
  // The page's scores wait until they are let go.
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    /** @type {(() => void)[] | null} */
    let held = null
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
      const send = () => post.apply(this, /** @type {any} */ (args))
      if (held && args[0]?.task === 'score') held.push(send)
      else send()
    }
    Object.assign(globalThis, { scores: {
      hold: () => { held = [] }, count: () => held?.length ?? 0,
      free: () => {
        const all = held ?? []
        held = null
        for (const send of all) send()
      },
    } })
  })
  /** @param {'hold' | 'count' | 'free'} what */
  const scores = what => page.evaluate(what => /** @type {any} */ (globalThis).scores[what](), what)
  const view = await openPhoto(page)
  await view.getByRole('button', { name: 'Change it by painting' }).click()
  await view.getByRole('button', { name: 'Nothing labelled' }).click()
  const accuracy = view.getByRole('row', { name: /^Pixel accuracy/ })
  await expect(accuracy).toContainText('nothing is labelled')
  await scores('hold')
  await view.evaluate(async element => {
    const data = new DataTransfer()
    for (const name of ['model.json', 'weights.safetensors']) {
      data.items.add(new File([await (await fetch(`models/everyday-slim/${name}`)).blob()], name))
    }
    element.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  // Its heads' masks are there.
  await expect.poll(() => scores('count')).toBe(3)
  const canvas = view.locator('fcn-measure-canvas')
  await view.getByRole('radio', { name: 'animal' }).check()
  await page.mouse.click(...await on(canvas, 0.6, 0.5))
  await expect.poll(() => scores('count')).toBe(6)
  await scores('free')
  await expect(accuracy).toContainText(/= [\d,]+ \/ \d/)
  await expect(view.locator('b', { hasText: 'Everyday slim, 14 classes' })).toBeVisible()
})

test('colours that are no one data set\'s are asked about, and what was changed is counted', async ({ page }) => {
  const view = await open(page, 'panel=masks')
  const person = [192, 128, 128]
  await view.getByLabel('Truth', { exact: true }).setInputFiles(png('smooth.png', 4,
    [[0, 0, 0, ...person, ...person, 180, 120, 118]], 2))
  const question = view.locator('[part=question]')
  await expect(question).toContainText('smooth.png: its 3 colours are not all of one known data set')
  await expect(question.getByRole('listitem').filter({
    hasText: 'PASCAL VOC' })).toContainText('1 pixel has another colour (25%)')
  const voc = question.getByRole('listitem').filter({ hasText: 'PASCAL VOC' })
  await voc.getByRole('button', { name: 'the others unlabelled' }).click()
  await expect(view.getByText('Left unlabelled, as they have none of its colours: 1 pixel.')).toBeVisible()
  await view.getByLabel('Truth', { exact: true }).setInputFiles(png('smooth.png', 4,
    [[0, 0, 0, ...person, ...person, 180, 120, 118]], 2))
  await voc.getByRole('button', { name: 'the nearest colour' }).click()
  await expect(view.getByText('Pixels that were taken for the nearest colour: 1.')).toBeVisible()
  await view.getByLabel('Prediction', { exact: true }).setInputFiles(mask('guess.png', [[0, 15, 15, 0]]))
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 3 / 4')

  // Of two maps each colour a class: alike are those of one colour.
  await view.getByRole('button', { name: 'Clear' }).click()
  const [a, b] = [[10, 20, 30], [200, 10, 10]]
  await view.getByLabel('Truth', { exact: true }).setInputFiles(png('a.png', 3, [[...a, ...b, ...b]], 2))
  await question.getByRole('button', { name: 'Each colour is a class' }).click()
  await view.getByLabel('Prediction', { exact: true }).setInputFiles(png('b.png', 3, [[...a, ...a, ...b]], 2))
  await question.getByRole('button', { name: 'Each colour is a class' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 2 / 3')

  // Black and two reds are VOC's and CamVid's.
  await view.getByRole('button', { name: 'Clear' }).click()
  const both = [[0, 0, 0, 128, 0, 0, 128, 128, 0]]
  await view.getByLabel('Truth', { exact: true }).setInputFiles(png('both.png', 3, both, 2))
  await view.getByLabel('Prediction', { exact: true }).setInputFiles(png('ids.png', 3, [[0, 1, 3]], 0))
  await expect(question).toContainText('its colours are in several data sets')
  await question.getByRole('button', { name: 'PASCAL VOC' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 3 / 3')
})

test('a link says what 255 means in a truth of 0 and 255', async ({ page }) => {
  const view = await open(page, 'panel=masks&two=class')
  await view.getByLabel('Truth', { exact: true }).setInputFiles(mask('truth.png', [[0, 0, 255, 255]]))
  await view.getByLabel('Prediction', { exact: true }).setInputFiles(mask('guess.png', [[0, 255, 255, 255]]))
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 3 / 4')
  expect(await page.evaluate(() => document.querySelector('fcn-measure')?.fragment)).toBe('panel=masks&two=class')
})

for (const lang of ['en', 'ko']) {
  test(`painting has no faults that axe finds, and nothing sticks out at 320 pixels, ${lang}`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 800 })
    const view = await openPhoto(page, lang)
    await view.getByRole('button', { name: lang === 'ko' ? '칠해서 고치기' : 'Change it by painting' }).click()
    await expect(view.locator('fcn-measure-canvas')).toBeVisible()
    await view.getByText(lang === 'ko' ? '클래스 대응' : 'Which class counts as which').click()
    expect(await axe(page, 'fcn-measure')).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })
}

test('a link names the sample and the head that is looked at, and never a person\'s own photo', async ({ page }) => {
  const view = await open(page, 'panel=photo&sample=room&head=fcn32s')
  await expect(view.getByRole('img', { name: 'The photo, and where FCN-32s is wrong.' })).toBeVisible()
  await expect(view.getByText('room-truth.png')).toBeVisible()
  const fragment = () => page.evaluate(() => document.querySelector('fcn-measure')?.fragment)
  expect(await fragment()).toBe('panel=photo&sample=room&head=fcn32s')
  // The element tells the numbers of what it shows, and that they are others.
  const told = await page.evaluateHandle(() => {
    const view = document.querySelector('fcn-measure')
    /** @type {import('../../www/lib/metrics.js').Metrics[]} */
    const found = []
    view?.addEventListener('fcn-result', event => found.push(/** @type {CustomEvent} */ (event).detail.metrics))
    return { found, metrics: () => view?.metrics }
  })
  const before = await told.evaluate(({ metrics }) => metrics()?.pixelAccuracy)
  expect(before).toBeGreaterThan(0.5)
  await view.getByRole('button', { name: 'FCN-16s' }).click()
  await expect.poll(() => told.evaluate(({ found, metrics }) =>
    found.length === 1 && found[0].pixelAccuracy === metrics()?.pixelAccuracy)).toBe(true)
  expect(await told.evaluate(({ metrics }) => metrics()?.pixelAccuracy)).not.toBe(before)
  await view.getByRole('button', { name: 'FCN-32s' }).click()

  await view.getByLabel('Show the errors of').selectOption('furniture')
  await expect(view.getByRole('img',
    { name: 'The photo, and where FCN-32s hits “furniture”, misses it, or gives a false alarm.' })).toBeVisible()
  expect(await fragment()).toBe('panel=photo&sample=room&head=fcn32s&errors=furniture')
  await view.getByLabel('Show the errors of').selectOption('all classes')
  await view.getByRole('button', { name: 'FCN-16s' }).click()
  await page.locator('fcn-measure').getByRole('button', { name: /cow/i }).first().click()
  await expect(view.getByText('cow-truth.png')).toBeVisible()
  expect(await fragment()).toBe('panel=photo&head=fcn16s')
})
