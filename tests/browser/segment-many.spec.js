/** `<fcn-segment>` with many photos: chosen, dropped or as a folder; paused, opened, saved together. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { readLabelMap } from '../../www/elements/measure/masks/read.js'
import { unzipped } from '../files/zip.js'
import { axe } from './axe.js'
import { downloaded } from './measure-folder-setup.js'
import { maskOf, openSegment, photo } from './segment-setup.js'

/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

const BROKEN = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') }

/** @param {import('@playwright/test').Page} page @param {string} [lang] */
async function open(page, lang = 'en') {
  // A download, not the system's own question where to save.
  await page.addInitScript(() => { Reflect.deleteProperty(window, 'showSaveFilePicker') })
  await openSegment(page,
    `<fcn-segment lang="${lang}" backend="cpu" size="96" model="models/everyday-slim/model.json"></fcn-segment>`)
  return page.locator('fcn-segment')
}

/** @param {import('@playwright/test').Page} page @param {string} name of the button @param {string} folder */
async function choose(page, name, folder) {
  const chooser = page.waitForEvent('filechooser')
  await page.locator('fcn-segment').getByRole('button', { name, exact: true }).click()
  await (await chooser).setFiles(folder)
}

test('several photos chosen together get a mask each, and what is wrong with one is told of it alone',
  async ({ page }) => {
  const view = await open(page)
  await view.getByLabel('Choose a photo').setInputFiles([photo('a.png', 160, 120), BROKEN, photo('b.png', 90, 150)])
  const panel = view.getByRole('region', { name: 'Many photos' })
  await expect(panel.getByText('2 of 3 photos done. 1 has no mask.')).toBeVisible()
  await expect(panel.locator('canvas')).toHaveCount(2)
  await expect(panel.getByRole('listitem').filter({ hasText: 'broken.png' })).toContainText('This is not a picture')
  await expect(panel.getByRole('button', { name: /^Show a\.png\. .*%/ })).toBeVisible()
  expect(await axe(page, 'fcn-segment')).toEqual([])

  const files = unzipped(await downloaded(page, () => panel.getByRole('button', { name: 'Save all (ZIP)' }).click()))
  expect(Object.keys(files)).toEqual(['summary.csv', 'labels/a.png', 'colors/a.png', 'areas/a.json',
    'labels/b.png', 'colors/b.png', 'areas/b.json'])
  const [head, first, second, third] = files['summary.csv'].toString().split('\n').map(line => line.split(','))
  expect(head.slice(0, 6)).toEqual(['photo', 'width', 'height', 'model', 'variant', 'size'])
  expect(first.slice(0, 6)).toEqual(['a.png', '160', '120', 'everyday-slim', 'fcn8s', '96'])
  expect(first.slice(6, -1).reduce((sum, share) => sum + Number(share), 0)).toBeCloseTo(1, 4)
  expect([second[0], second.at(-1), third[0], third.at(-1)]).toEqual(['broken.png', 'not_an_image', 'b.png', ''])

  // The very masks that the figure shows of the same photos.
  for (const [name, width, height] of /** @type {const} */ ([['a', 160, 120], ['b', 90, 150]])) {
    await panel.getByRole('button', { name: new RegExp(`^Show ${name}\\.png`) }).click()
    const { labels } = await maskOf(page, { width, height })
    const map = await readLabelMap(new Uint8Array(files[`labels/${name}.png`]))
    expect([map.width, map.height]).toEqual([width, height])
    expect(Array.from(map.readings[0].values)).toEqual(labels)
    await expect(panel.getByRole('button', { name: new RegExp(`^Show ${name}\\.png`) })).toHaveAttribute('aria-pressed',
      'true')
  }
  await panel.getByRole('button', { name: 'Remove the photos' }).click()
  await expect(panel).toHaveCount(0)
})

test('a folder is taken with its folders, paused and gone on with; another variant does all again',
  async ({ page }, info) => {
  const folder = info.outputPath('photos')
  await mkdir(path.join(folder, 'more'), { recursive: true })
  for (let i = 0; i < 6; i++) await writeFile(path.join(folder, i % 2 ? 'more' : '', `${i}.png`),
    photo('', 120 + i, 90).buffer)
  await writeFile(path.join(folder, 'notes.txt'), 'no photo')
  const view = await open(page)
  await pauseSoon(view)
  await choose(page, 'Folder', folder)
  const panel = view.getByRole('region', { name: 'Many photos' })
  await expect(panel.getByRole('button', { name: 'Go on' })).toBeVisible()
  await expect(panel.getByRole('listitem')).toHaveCount(6)
  expect(await panel.locator('canvas').count()).toBeLessThan(6)
  await panel.getByRole('button', { name: 'Go on' }).click()
  await expect(panel.getByText('6 of 6 photos done.')).toBeVisible()
  await expect(panel.getByText('FCN-8s, 96 px')).toBeVisible()

  await view.getByRole('radio', { name: 'FCN-32s' }).check()
  await expect(panel.getByText('“Do all again” takes it.')).toBeVisible()
  await panel.getByRole('button', { name: 'Do all again' }).click()
  await expect(panel.getByText('FCN-32s, 96 px')).toBeVisible()
  await expect(panel.getByText('6 of 6 photos done.')).toBeVisible()
  const files = unzipped(await downloaded(page, () => panel.getByRole('button', { name: 'Save all (ZIP)' }).click()))
  const rows = files['summary.csv'].toString().trim().split('\n').slice(1).map(line => line.split(','))
  expect(rows.map(row => row[4])).toEqual(Array(6).fill('fcn32s'))
  expect(Object.keys(files).filter(name => name.startsWith('labels/')).sort())
    .toEqual([0, 2, 4].map(i => `labels/photos/${i}.png`).concat([1, 3, 5].map(i => `labels/photos/more/${i}.png`)))
})

/** Presses "Pause" as soon as the first photo is done. @param {import('@playwright/test').Locator} view */
async function pauseSoon(view) {
  await view.evaluate(({ shadowRoot }) => {
    const watch = new MutationObserver(() => {
      if (!shadowRoot?.querySelector('.batch canvas')) return
      watch.disconnect()
      const pause = [...shadowRoot.querySelectorAll('button')].find(button => button.textContent === 'Pause')
      pause?.click()
    })
    if (shadowRoot) watch.observe(shadowRoot, { childList: true, subtree: true })
  })
}

for (const [what, change] of /** @type {const} */ ([['variant', { variant: 'fcn32s' }],
  ['model', { model: 'models/everyday/model.json' }]])) {
  test(`with another ${what} going on does all anew, which is said before, and one press is enough`,
    async ({ page }) => {
    const view = await open(page)
    await pauseSoon(view)
    await view.getByLabel('Choose a photo').setInputFiles(Array.from({ length: 5 },
      (_, i) => photo(`${i}.png`, 300 + i, 200)))
    const panel = view.getByRole('region', { name: 'Many photos' })
    await expect(panel.getByRole('button', { name: 'Go on' })).toBeVisible()
    await expect(panel.getByText('Going on does all photos anew')).toHaveCount(0)
    await expect(panel.getByText('slim, 14 classes, FCN-8s, 96 px')).toBeVisible()
    await view.evaluate((element, change) => { Object.assign(element, change) }, change)
    await expect(panel.getByText('Going on does all photos anew')).toBeVisible()
    await panel.getByRole('button', { name: 'Go on' }).click()
    await expect(panel.getByText('5 of 5 photos done.')).toBeVisible()
    await expect(panel.getByText(what === 'variant' ? 'slim, 14 classes, FCN-32s, 96 px'
      : '14 classes, FCN-8s, 96 px')).toBeVisible()
    const files = unzipped(await downloaded(page, () => panel.getByRole('button', { name: 'Save all (ZIP)' }).click()))
    const [head, ...rows] = files['summary.csv'].toString().trim().split('\n').map(line => line.split(','))
    expect([head.length, ...rows.map(row => row[4])]).toEqual(what === 'variant' ? [21, ...Array(5).fill('fcn32s')]
      : [21, ...Array(5).fill('fcn8s')])
  })
}

test('on a telephone, in Korean, nothing sticks out, and an empty folder is told', async ({ page }, info) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const view = await open(page, 'ko')
  const folder = info.outputPath('empty')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'notes.txt'), 'no photo')
  await choose(page, '폴더', folder)
  await expect(view.getByText('사진이 없습니다.')).toBeVisible()
  await view.getByLabel('사진 고르기').setInputFiles([photo('사진 하나.png'),
    photo('a-very-long-name-without-any-place-to-break-it.png')])
  await expect(view.getByRole('region', { name: '여러 사진' }).getByText('사진 2장 중 2장을 마쳤습니다.')).toBeVisible()
  await expect(view.getByText('사진이 없습니다.')).toHaveCount(0)
  // Such a folder takes nothing away.
  await choose(page, '폴더', folder)
  await expect(view.getByText('사진이 없습니다.')).toBeVisible()
  await expect(view.locator('.batch canvas')).toHaveCount(2)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  expect(await axe(page, 'fcn-segment')).toEqual([])
})
