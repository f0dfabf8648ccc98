/**
 * `<fcn-dropout>`: the small net says what it computes, in both modes, by keys and in links; the map of a photo is the
 * engine's, can be walked over and given up; whatever fails is explained in place.
 */
/// <reference path="../../www/elements/dropout/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.mjs'
import { axe } from './axe.js'
import { scenePng } from './segment-setup.js'

/** @typedef {import('@playwright/test').Page} Page */

const FIXTURES = new URL('../reference/fixtures/', import.meta.url)
const PHOTO = { name: 'meadow.png', mimeType: 'image/png', buffer: scenePng(96, 64) }

/** A page with nothing else on it. @param {Page} page @param {string} [fragment] @param {string} [lang] */
async function open(page, fragment = '', lang = 'en') {
  page.on('pageerror', error => { throw error })
  await page.route('**/dropout-page.html', route => route.fulfill({
    contentType: 'text/html', headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
    body: `<!doctype html><html lang="${lang}"><title>dropout</title><link rel="icon" href="styles/icon.svg">
      <meta name="viewport" content="width=device-width">
      <script type="module" src="elements/fcn-dropout.js"></script><main><h1>Dropout</h1><fcn-dropout size="96" backend="cpu"></fcn-dropout></main>`,
  }))
  await page.goto('dropout-page.html')
  const view = page.locator('fcn-dropout')
  await expect(view.locator('.root')).toBeVisible()
  await view.evaluate((element, text) => {
    if (text) /** @type {import('../../www/elements/fcn-dropout.js').FcnDropout} */ (element).fragment = text
  }, fragment)
  return view
}

/** @param {Page} page @returns {Promise<import('../../www/elements/fcn-dropout.js').FcnDropout['units']>} */
const units = page => page.evaluate(() => {
  const element = document.querySelector('fcn-dropout')
  if (!element) throw new Error('no element')
  return element.units
})
/** @param {Page} page */
const fragment = page => page.evaluate(() => document.querySelector('fcn-dropout')?.fragment)

test('the small net fetches neither engine nor wasm', async ({ page }) => {
  /** @type {string[]} */
  const asked = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  const view = await open(page)
  await view.getByRole('button', { name: 'Next mask' }).click()
  await expect(view.getByText('Mask 2:')).toBeVisible()
  expect(asked.filter(path => /\/(engine|pkg|models|samples)\/|wasm|session/.test(path))).toEqual([])
})

test('training drops, scales and varies; evaluation does not; no parameter goes', async ({ page }) => {
  const view = await open(page, 'p=0.4')
  const first = await units(page)
  const count = first.kept.filter(is => !is).length
  expect(count).toBeGreaterThan(0)
  await expect(view.getByRole('status')).toContainText(`Mask 1: ${count} of 8 hidden units`)
  await expect(view.locator('.unit.dropped')).toHaveCount(count)
  await expect(view.locator('tr.dropped')).toHaveCount(count)
  await expect(view.getByRole('row', { name: /✕ dropped/ })).toHaveCount(count)
  await view.getByRole('button', { name: 'Next mask' }).click()
  const second = await units(page)
  expect(second).toMatchObject({ mask: 2, training: true, p: 0.4 })
  expect(second.outputs).not.toEqual(first.outputs)
  second.mean.forEach((mean, at) => expect(mean).toBeCloseTo((first.outputs[at] + second.outputs[at]) / 2, 12))
  await view.getByRole('radio', { name: 'Evaluation' }).check()
  const plain = await units(page)
  expect(plain).toMatchObject({ training: false, kept: Array(8).fill(true) })
  expect(plain.outputs).toEqual(plain.evaluation)
  first.hidden.forEach((value, at) => expect(value).toBeCloseTo(first.kept[at] ? plain.hidden[at] / 0.6 : 0, 12))
  plain.expected.forEach((value, at) => expect(value).toBeCloseTo(plain.evaluation[at], 12))
  await expect(view.locator('.unit.dropped')).toHaveCount(0)
  expect([first.parameters, second.parameters, plain.parameters]).toEqual([83, 83, 83])
  await expect(view.getByText('83 parameters')).toBeVisible()
  await expect(view.getByText('Equal: over all 256 masks')).toBeVisible()
})

test('the mean over more masks comes nearer to evaluation', async ({ page }) => {
  const view = await open(page)
  const off = async () => {
    const { mean, evaluation } = await units(page)
    return Math.max(...mean.map((value, at) => Math.abs(value - evaluation[at])))
  }
  const before = await off()
  for (let i = 0; i < 5; i++) await view.getByRole('button', { name: '100 more masks' }).click()
  await expect(view.getByText('Mask 501:')).toBeVisible()
  expect(await off()).toBeLessThan(before / 3)
  await view.getByRole('button', { name: 'Back to the first' }).click()
  expect(await off()).toBe(before)
})

test('the small net works by keys, and a link tells all of it', async ({ page }) => {
  const view = await open(page)
  expect(await fragment(page)).toBe('')
  await view.getByRole('slider').focus()
  await page.keyboard.press('ArrowRight')
  await view.getByRole('button', { name: 'Next mask' }).focus()
  await page.keyboard.press('Enter')
  await view.getByRole('spinbutton', { name: 'Seed of the masks' }).fill('7')
  await page.keyboard.press('Enter')
  await expect.poll(async () => await fragment(page)).toBe('panel=units&p=0.55&seed=7')
  await view.getByRole('button', { name: 'Next mask' }).click()
  const told = await units(page)
  const link = await fragment(page)
  expect(link).toBe('panel=units&p=0.55&mask=2&seed=7')
  const again = await open(page, link)
  await expect(again.getByText('Mask 2:')).toBeVisible()
  expect(await units(page)).toEqual(told)
  // What makes no sense is as usual.
  await open(page, 'p=3&mask=-4&seed=x&mode=sideways&panel=none')
  expect(await units(page)).toMatchObject({ p: 0.5, mask: 1, seed: 1, training: true })
})

test('what is set while the photo is still on its way holds for it', async ({ page }) => {
  /** @type {() => void} */
  let send = () => {}
  const sent = new Promise(resolve => { send = () => resolve(undefined) })
  let isAsked = false
  await page.route(/samples\/cow\b.*\.(jpe?g|png|webp)/, async route => {
    isAsked = true
    await sent
    await route.continue()
  })
  const view = await open(page)
  await view.evaluate((element, samples) => {
    element.setAttribute('samples', samples)
    Object.assign(element, { fragment: 'panel=uncertainty&sample=cow&passes=1' })
  }, new URL('samples/samples.json', page.url()).href)
  await expect.poll(() => isAsked).toBe(true)
  await view.evaluate(element => { Object.assign(element, { fragment: 'panel=uncertainty&sample=cow&passes=3' }) })
  send()
  await expect(view.getByText('3 passes')).toHaveCount(2)
  expect(await page.evaluate(() => document.querySelector('fcn-dropout')?.uncertainty?.passes)).toBe(3)
})

test('a photo gets its map, which is the engine\'s, by pointer, by keys and in words', async ({ page }) => {
  const view = await open(page, 'panel=uncertainty&passes=4&masks=3&rate=0.5')
  await view.getByLabel('Choose a photo').setInputFiles(PHOTO)
  await expect(view.getByText('4 passes')).toHaveCount(2)
  const found = await page.evaluate(() => {
    const { passes, seed, p, width, height, labels, mean, spread,
      classes } = document.querySelector('fcn-dropout')?.uncertainty ?? {}
    if (!labels || !spread || !mean || !width || !classes) throw new Error('no map')
    const at = 31 * width + 20
    return { passes, seed, p, width, height, most: Math.max(...spread),
      at: { name: classes[labels[at]].name, mean: mean[at] } }
  })
  expect(found).toMatchObject({ passes: 4, seed: 3, p: 0.5, width: 96, height: 64 })
  expect(found.most).toBeGreaterThan(0.01)
  await expect(view.getByRole('application', { name: /^Spread/ })).toBeVisible()
  await expect(view.getByText(/within 3 pixels of a boundary|is one class/)).toBeVisible()
  const board = view.getByRole('application', { name: /^The mean mask/ })
  await expect(view.getByText('Pixel x 48, y 32')).toBeVisible()
  await board.focus()
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('Shift+ArrowLeft')
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowUp')
  await expect(view.getByText('Pixel x 20, y 31')).toBeVisible()
  await expect(view.locator('dl')).toContainText(found.at.name)
  await expect(view.locator('dl')).toContainText(`${(100 * found.at.mean).toFixed(1)}%`)
  const box = await board.boundingBox()
  if (!box) throw new Error('no board')
  await board.hover({ position: { x: box.width * 72.5 / 96, y: box.height * 16.5 / 64 } })
  await expect(view.getByText('Pixel x 72, y 16')).toBeVisible()
  await view.getByRole('radio', { name: 'Entropy' }).check()
  await expect(view.getByRole('application', { name: /^Entropy/ })).toBeVisible()
  expect(await fragment(page)).toMatch(/^panel=uncertainty&rate=0.5&passes=4&masks=3&map=entropy&x=0\.7\d*&y=0\.2\d*$/)
})

test('with nothing dropped there is no spread, and other settings are said to be', async ({ page }) => {
  const view = await open(page, 'panel=uncertainty&passes=2&rate=0')
  await view.getByLabel('Choose a photo').setInputFiles(PHOTO)
  await expect(view.getByText('the spread is exactly 0')).toBeVisible()
  await expect(view.getByText('0% of the pixels (0)')).toBeVisible()
  await view.getByRole('button', { name: 'p as usual' }).click()
  await expect(view.getByText('(as in this net’s training)')).toBeVisible()
  await expect(view.getByText('The settings have changed')).toBeVisible()
  await view.getByRole('button', { name: 'Run 2 passes' }).click()
  await expect(view.getByText('The settings have changed')).toBeHidden()
  const [p, most] = await page.evaluate(() => {
    const { p, spread } = document.querySelector('fcn-dropout')?.uncertainty ?? {}
    return [p, Math.max(...spread ?? [])]
  })
  expect(p).toBe(0.1)
  expect(most).toBeGreaterThan(0)
})

test('passes can be given up, and the former map stays', async ({ page }) => {
  const view = await open(page, 'panel=uncertainty&passes=1&size=384')
  // Large, so that there is time to give up.
  await view.getByLabel('Choose a photo').setInputFiles({ ...PHOTO, buffer: scenePng(384, 256) })
  await expect(view.getByText('the 1 pass')).toBeVisible()
  await view.getByRole('spinbutton', { name: 'Passes' }).fill('200')
  await page.keyboard.press('Enter')
  await view.getByRole('button', { name: 'Run 200 passes' }).click()
  await expect(view.locator('.progress')).toContainText('of 200')
  await view.getByRole('button', { name: 'Cancel' }).click()
  await expect(view.getByText('Stopped.')).toBeVisible()
  const passes = await page.evaluate(() => document.querySelector('fcn-dropout')?.uncertainty?.passes)
  expect(passes).toBe(1)
})

test('a net that has no fc6 and fc7 is refused with the reason', async ({ page }) => {
  const view = await open(page, 'panel=uncertainty&passes=1')
  await view.getByLabel('Choose a photo').setInputFiles(PHOTO)
  await expect(view.getByText('the 1 pass')).toBeVisible()
  const names = ['tiny-fcn-resnet50.model.json', 'tiny-fcn-resnet50.safetensors']
  const files = await Promise.all(names.map(async name =>
    ({ name, bytes: (await readFile(new URL(name, FIXTURES))).toString('base64') })))
  await page.evaluate(async files => {
    const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
    await document.querySelector('fcn-dropout')?.takeFiles(files.map(({ name, bytes }) =>
      new File([bytesOf(bytes)], name)))
  }, files)
  await expect(view.getByText('This net has no fc6 and fc7 to drop channels of.')).toBeVisible()
})

for (const lang of ['en', 'ko']) {
  test(`both panels are accessible and fit 320 pixels in ${lang}`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 800 })
    const view = await open(page, 'mask=3', lang)
    expect(await axe(page, 'fcn-dropout')).toEqual([])
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
    expect(await fits()).toBe(true)
    await view.locator('input[name=panel]').nth(1).check()
    await view.locator('input[type=file]').first().setInputFiles(PHOTO)
    await expect(view.locator('fcn-photo-board')).toHaveCount(2)
    expect(await axe(page, 'fcn-dropout')).toEqual([])
    expect(await fits()).toBe(true)
  })
}
