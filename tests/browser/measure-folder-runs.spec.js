/**
 * A run of `<fcn-measure>`'s panel "a folder": pause, going on after a reload, what can be wrong with a photo, an engine that is
 * lost, a browser that keeps nothing, axe.
 */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { unzipped } from '../files/zip.js'
import { axe } from './axe.js'
import { beforeWorker, crashingOnDemand } from './engine-setup.js'
import { downloaded, folderOf, grey, map, openFolder, photo, sheep } from './measure-folder-setup.js'

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

test('a run is paused, and goes on after a reload with what was done before, until that is forgotten',
  async ({ page }) => {
  await beforeWorker(page, holding, { times: 1 })
  const files = Object.fromEntries(await Promise.all([0, 1, 2, 3].map(async i =>
    /** @type {const} */ ([`${i}.png`, await photo(4 * i)]))))
  const root = await folderOf('photos', files)
  let view = await openFolder(page)
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
  view = await openFolder(page)
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
  const view = await openFolder(page)
  const root = await folderOf('mixed', {
    'images/1.png': await photo(0), 'images/2.png': await photo(3), 'images/3.png': await photo(6),
      'images/4.jpg': Buffer.from('hello'),
    'images/5.png': await photo(8), 'images/6.png': await photo(9), 'masks/6.png': await map(sheep),
      'masks/1.png': await map(sheep), 'masks/2.png': await map(sheep, { width: 48, height: 36 }),
    'masks/3.png': await map(() => 99, { color: grey }), 'masks/4.png': await map(sheep),
      'masks/5.png': await map(sheep),
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
  await expect(problems).toContainText('3: The truth has the value 99, and there are 14 classes')
  await expect(problems).toContainText('4: This is not a picture.')
  await expect(problems).toContainText('5: The file can’t be read any more.')
  await expect(view.locator('table.pictures tbody tr')).toHaveCount(2)
  // A photo whose truth doesn't fit has a mask all the same.
  const archive = unzipped(await downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()))
  expect(Object.keys(archive)).toEqual(['classes.json', '1.png', '2.png', '3.png', '6.png'])
})

test('label maps that the browser keeps no longer are named, and can be made again', async ({ page }) => {
  const view = await openFolder(page)
  const root = await folderOf('photos', { 'a.png': await photo(0), 'b.png': await photo(9) })
  await view.getByText('run a net').click()
  await view.getByLabel('Choose the folder of the photos').setInputFiles(root)
  await view.getByRole('button', { name: 'Segment', exact: true }).click()
  await expect(view.getByText('All 2 photos are done.')).toBeVisible()
  // As another tab does where a person forgets them.
  await page.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.open('fcn-folders')
    request.onerror = reject
    request.onsuccess = () => {
      const transaction = request.result.transaction('maps', 'readwrite')
      transaction.objectStore('maps').clear()
      transaction.oncomplete = resolve
    }
  }))
  const archive = () =>
    downloaded(page, () => view.getByRole('button', { name: 'Label maps (ZIP)' }).click()).then(unzipped)
  expect(Object.keys(await archive())).toEqual(['classes.json'])
  const gone = view.locator('[part=gone]')
  await expect(gone).toContainText('missing in the archive, as this browser keeps them no longer: 2 (a, b).')
  await gone.getByRole('button', { name: 'Start over' }).click()
  await expect(gone).toHaveCount(0)
  await expect(view.getByText('All 2 photos are done.')).toBeVisible()
  expect(Object.keys(await archive())).toEqual(['classes.json', 'a.png', 'b.png'])
})

test('a browser that keeps nothing runs all the same, and says so', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => { throw new DOMException('not here', 'SecurityError') } })
  const view = await openFolder(page)
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
    const view = await openFolder(page, lang)
    const root = await folderOf('small', { 'images/a.png': await photo(0), 'images/b.jpg': Buffer.from('no'),
      'masks/a.png': await map(sheep) })
    await view.locator('input[name=mode]').last().check({ force: true })
    await view.locator('[data-side=photos] input').first().setInputFiles(root)
    await view.locator('button.main').click()
    await expect(view.locator('table.pictures')).toBeVisible()
    await expect(view.locator('[part=problems]')).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(await axe(page, 'fcn-measure')).toEqual([])
  })
}
