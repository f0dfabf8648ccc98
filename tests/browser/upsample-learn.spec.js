/** "Learn the kernel" in `<fcn-upsample>`: steps, runs, divergence, the gradient's parts, photos, links, keyboard, axe. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { withMuchNoise, withoutFrames } from './engine-setup.js'

/** @typedef {import('../../www/elements/fcn-upsample.js').FcnUpsample} FcnUpsample */
/** @typedef {NonNullable<FcnUpsample['learning']>} Learning */

const SAMPLE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../www/samples/meadow.jpg')

/**
 * Opens the figure alone; any error or complaint of the console fails the test.
 * @param {import('@playwright/test').Page} page
 * @param {string} state
 * @param {string} [more] of the query
 */
async function open(page, state, more = 'lang=en') {
  page.on('pageerror', error => { throw error })
  page.on('console',
    message => { if (message.type() === 'error' && !message.text().includes('404')) throw new Error(message.text()) })
  await page.goto(`embed.html?${more}#${state}`)
  const figure = page.locator('fcn-upsample')
  await expect(figure.locator('.transport')).toBeVisible()
  return { figure, panel: figure.locator('fcn-upsample-learn') }
}

/** @param {import('@playwright/test').Page} page @returns {Promise<Learning | null>} */
const learning = page => page.locator('fcn-upsample').evaluate((/** @type {any} */ element) => element.learning)

/** @param {import('@playwright/test').Page} page @returns {Promise<string>} */
const fragment = page => page.locator('fcn-upsample').evaluate((/** @type {any} */ element) => element.fragment)

/** Waits until the panel has come to something. @param {import('@playwright/test').Page} page */
async function standing(page) {
  await expect.poll(() => learning(page)).not.toBeNull()
  return /** @type {Learning} */ (await learning(page))
}

/** Waits until a run has come to rest. @param {import('@playwright/test').Page} page */
async function settled(page) {
  await expect.poll(async () => (await learning(page))?.settled).toBe(true)
  return /** @type {Learning} */ (await learning(page))
}

test('nothing of it is fetched before it is opened, and neither engine nor wasm then', async ({ page }) => {
  /** @type {string[]} */
  const asked = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  const { figure, panel } = await open(page, 'preset=upscore2')
  const isOurs = (/** @type {string} */ file) => /\/learn|\/panel[-.]|sharing/.test(file)
  expect(asked.filter(isOurs)).toEqual([])
  expect(await learning(page)).toBeNull()
  await figure.getByText('Learn the kernel').click()
  await expect(panel.getByRole('button', { name: 'Step', exact: true })).toBeVisible()
  expect(asked.filter(isOurs).length).toBeGreaterThan(0)
  expect(asked.filter(file => /\.wasm$|\/engine\/|\/pkg\/|\/models\//.test(file))).toEqual([])
  expect(await fragment(page)).toContain('learn=1')
})

test('a step lowers the loss and moves the kernel by rate times gradient', async ({ page }) => {
  const { panel } = await open(page, 'preset=upscore2&learn=1')
  const before = await standing(page)
  await panel.getByText('All numbers of the learning as tables').click()
  const numbers = async (/** @type {string} */ name) =>
    (await panel.getByRole('table', { name }).getByRole('cell').allTextContents())
    .filter(text => text.trim() !== '').map(text => Number(text.replace('−', '-').replace('−', '-')))
  const gradient = await numbers('Gradient of the kernel')
  expect(gradient).toHaveLength(16)
  await panel.getByRole('button', { name: 'Step', exact: true }).click()
  await expect.poll(async () => (await learning(page))?.steps).toBe(1)
  const after = await standing(page)
  expect(after.loss).toBeLessThan(before.loss)
  // The table has three decimals.
  after.kernel.flat().forEach((value, at) =>
    expect(Math.abs(value - (before.kernel.flat()[at] - before.rate * gradient[at]))).toBeLessThan(0.0005
      * before.rate + 1e-9))
  await expect(panel.getByRole('status')).toContainText('1 step, loss 0.0')
  expect(await fragment(page)).toContain('learn=steps:1')
})

for (const [target, name, says] of /** @type {const} */ ([
  ['smooth', 'bilinear', 'It has become bilinear'], ['blocky', 'nearest', 'It has become nearest'],
  ['checkerboard', 'best', 'It has become neither'],
])) {
  test(`a run on a ${target} target ends where it should, and says so`, async ({ page }) => {
    const { panel } = await open(page, `preset=upscore2&learn=target:${target}`)
    await standing(page)
    await panel.getByRole('button', { name: 'Run' }).click()
    const { distance, steps } = await settled(page)
    expect(distance[name]).toBeLessThan(1e-4)
    await expect(panel.locator('.verdict')).toContainText(says)
    await expect(panel.getByRole('status')).toContainText(says)
    await expect(panel.getByRole('button', { name: 'Run' })).toBeVisible()
    expect(await fragment(page)).toContain(`steps:${steps}`)
    // The figure takes over what was learned.
    await panel.getByRole('button', { name: 'Put map and kernel into the figure' }).click()
    const shown = await page.locator('fcn-upsample').evaluate((/** @type {any} */ element) =>
      ({ kernel: element.weights, learned: element.learning.kernel, input: element.input.length }))
    expect(shown.kernel).toEqual(shown.learned)
    expect(shown.input).toBe(6)
  })
}

test('too large a rate says that it diverges before it does, and after; the former curve stays for comparison',
  async ({ page }) => {
  const { panel } = await open(page, 'preset=upscore2&learn=steps:10')
  const { limit } = await standing(page)
  expect(limit).toBeGreaterThan(1)
  const rate = panel.getByRole('slider', { name: 'Learning rate' })
  await rate.focus()
  // By the keyboard, a twentieth of a decade at a time, until it is too much.
  while (!/diverges/.test(await rate.getAttribute('aria-valuetext') ?? '')) await page.keyboard.press('ArrowRight')
  const above = await standing(page)
  expect(above.rate).toBeGreaterThan(Number(limit))
  expect(above.rate).toBeLessThan(1.2 * Number(limit))
  await expect(panel.locator('.verdict')).toContainText(`The learning rate ${above.rate} is above`)
  await expect(panel.getByRole('img', { name: /^Loss from/ })).toHaveAttribute('aria-label',
    /the run before, .* after 10 steps/)
  await panel.getByRole('button', { name: 'Run' }).click()
  await expect.poll(async () => (await learning(page))?.diverged).toBe(true)
  await expect(panel.locator('.verdict')).toContainText('It has diverged')
  await expect(panel.getByRole('button', { name: 'Step', exact: true })).toBeDisabled()
  await panel.getByRole('button', { name: 'Start over' }).click()
  expect(await standing(page)).toMatchObject({ steps: 0, diverged: false })
})

test('a link opens it where it was, and says what it shows', async ({ page }) => {
  const state = 'kernel=2&stride=2&learn=target:checkerboard,start:zeros,rate:3,seed:5,steps:7'
  const { panel } = await open(page, state)
  const found = await standing(page)
  expect(found).toMatchObject({ steps: 7, rate: 3 })
  await expect(panel.getByRole('combobox', { name: 'Target' })).toHaveValue('checkerboard')
  await expect(panel.getByRole('combobox', { name: 'Start' })).toHaveValue('zeros')
  await expect(panel.getByRole('spinbutton', { name: 'Seed of the random numbers' })).toHaveValue('5')
  expect(await fragment(page)).toContain('learn=target:checkerboard,start:zeros,rate:3,seed:5,steps:7')
  // The same again from another link's state: the same numbers to the last bit.
  await page.locator('fcn-upsample').evaluate((/** @type {any} */ element) => { element.fragment = 'stride=2' })
  await expect(panel).toBeHidden()
  expect(await learning(page)).toBeNull()
  await page.locator('fcn-upsample').evaluate((/** @type {any} */ element, state) => {
    element.fragment = state }, state)
  await expect.poll(async () => (await learning(page))?.steps).toBe(7)
  expect((await standing(page)).kernel).toEqual(found.kernel)
})

test('a listener hears when there is something to check, and a run can be paused', async ({ page }) => {
  const { panel } = await open(page, 'preset=upscore2&learn=rate:0.02')
  await standing(page)
  await page.locator('fcn-upsample').evaluate((/** @type {any} */ element) => {
    const heard = /** @type {any} */ (window)
    heard.steps = []
    element.addEventListener('fcn-change', () => heard.steps.push(element.learning?.steps))
  })
  await panel.getByRole('button', { name: 'Run' }).click()
  await expect.poll(async () => (await learning(page))?.steps).toBeGreaterThan(3)
  await panel.getByRole('button', { name: 'Pause' }).click()
  const { steps } = await standing(page)
  await expect.poll(() => page.evaluate(() => /** @type {any} */ (window).steps.at(-1))).toBe(steps)
  await page.evaluate(() => new Promise(resolve => { setTimeout(resolve, 300) }))
  expect((await standing(page)).steps).toBe(steps)
})

test('with less motion a run takes few pictures, and ends at the same kernel', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const { panel } = await open(page, 'preset=upscore2&learn=1')
  await standing(page)
  await panel.locator('[data-board="kernel"]').evaluate(board => {
    const seen = /** @type {any} */ (window)
    seen.pictures = 0
    let due = false
    new MutationObserver(() => {
      if (due) return
      due = true
      requestAnimationFrame(() => { due = false; seen.pictures++ })
    }).observe(board, { subtree: true, childList: true })
  })
  const from = Date.now()
  await panel.getByRole('button', { name: 'Run' }).click()
  expect((await settled(page)).distance.bilinear).toBeLessThan(1e-4)
  // Two a second, and the last.
  expect(await page.evaluate(() => /** @type {any} */ (window).pictures)).toBeLessThanOrEqual((Date.now() - from) / 500
    + 2)
})

test('the parts of the cells of the map sum to the gradient, chosen by slider or on the map', async ({ page }) => {
  const { panel } = await open(page, 'preset=upscore2&learn=1')
  await standing(page)
  const cell = panel.getByRole('slider', { name: 'Cell of the map' })
  const map = panel.locator('[data-board="map"]')
  const box = await map.boundingBox()
  if (!box) throw new Error('no map')
  await map.click({ position: { x: box.width * 2.5 / 6, y: box.height * 1.5 / 6 } })
  await expect(cell).toHaveAttribute('aria-valuetext', /^row 1, column 2: /)
  await cell.press('ArrowRight')
  await expect(cell).toHaveAttribute('aria-valuetext', /^row 1, column 3: /)
  await panel.getByText('All numbers of the learning as tables').click()
  const numbers = async (/** @type {RegExp} */ name) =>
    (await panel.getByRole('table', { name }).getByRole('cell').allTextContents()).slice(1)
  expect(await numbers(/^Parts 1 to 10 of 36/)).not.toEqual(await numbers(/^Gradient/))
  await cell.press('End')
  await expect(panel.getByText('All 36 parts, added')).toBeVisible()
  expect(await numbers(/^Parts 1 to 36 of 36/)).toEqual(await numbers(/^Gradient/))
})

test('the layer is the figure\'s; one that is too large is told in place, with others to take', async ({ page }) => {
  const { figure, panel } = await open(page, 'preset=upscore16&learn=1')
  await expect(panel.getByRole('alert')).toContainText('A kernel of 32×32 that makes 96×96 is too large to be learned here')
  expect(await learning(page)).toBeNull()
  await panel.getByRole('button', { name: 'Kernel 2, stride 2, padding 0' }).click()
  expect((await standing(page)).kernel).toHaveLength(2)
  await expect(panel.getByRole('button', { name: 'Kernel 2, stride 2, padding 0' })).toHaveAttribute('aria-pressed',
    'true')
  await figure.locator('input[type="text"][aria-label^="stride,"]').fill('3')
  await expect(panel).toContainText('Kernel 2×2, stride 3, padding 0: a map of 6×6 becomes 17×17.')
})

test('a browser that gives noise in place of pixels is told', async ({ page }) => {
  await page.addInitScript(withMuchNoise)
  await page.addInitScript(withoutFrames)
  const { panel } = await open(page, 'preset=upscore2&learn=target:photo')
  await panel.locator('input[type="file"]').setInputFiles(SAMPLE)
  await expect(panel.getByRole('alert')).toContainText('changes the pixels that a page reads')
})

test('a photo is learned from: a file, a dropped one, the sample with its credit; what is none is told',
  async ({ page }) => {
  const { panel } = await open(page, 'preset=upscore2&learn=target:photo')
  await expect(panel).toContainText('Choose a photo to learn from.')
  await panel.locator('input[type="file"]').setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg',
    buffer: Buffer.from('no photo') })
  await expect(panel.getByRole('alert')).toContainText('can’t be read as a photo')
  await panel.locator('input[type="file"]').setInputFiles(SAMPLE)
  const { loss, kernel } = await standing(page)
  expect(kernel).toHaveLength(4)
  await panel.getByRole('button', { name: 'Run' }).click()
  const { distance, loss: least } = await settled(page)
  expect(least).toBeLessThan(loss)
  expect(distance.best).toBeLessThan(0.01)
  await expect(panel.locator('.verdict')).toContainText('No kernel of this size does better on this map')
  await panel.getByRole('button', { name: 'Use the sample photo' }).click()
  await expect(panel).toContainText('Sample photo: ')
  // Dropped: the credit goes with the sample.
  await panel.locator('.drop').evaluate(async row => {
    const canvas = new OffscreenCanvas(64, 48)
    const context = canvas.getContext('2d')
    context?.fillRect(10, 10, 30, 20)
    const transfer = new DataTransfer()
    transfer.items.add(new File([await canvas.convertToBlob()], 'drawn.png', { type: 'image/png' }))
    row.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  })
  await expect(panel).not.toContainText('Sample photo: ')
  expect((await standing(page)).steps).toBe(0)
  // A link doesn't carry it.
  expect(await fragment(page)).toContain('learn=target:photo')
})

for (const lang of ['en', 'ko']) {
  for (const theme of ['light', 'dark']) {
    test(`axe finds nothing, and nothing is wider than the page, ${lang}, ${theme}`, async ({ page }) => {
      for (const [state, width] of /** @type {const} */ ([['preset=upscore2&learn=rate:50,steps:3', 1280],
        ['stride=1&learn=target:photo', 1280], ['preset=upscore2&learn=steps:30', 320]])) {
        await page.setViewportSize({ width, height: 900 })
        const { panel } = await open(page, state, `lang=${lang}&theme=${theme}`)
        await expect(panel.getByRole('combobox').first()).toBeVisible()
        // Folded out once: checking a thousand cells takes its time.
        if (lang === 'en' && theme === 'light' && width === 320) {
          await panel.getByText('All numbers of the learning as tables').click()
          await expect(panel.getByRole('table', { name: 'Kernel', exact: true })).toBeVisible()
        }
        await page.evaluate(() =>
          new Promise(resolve => { requestAnimationFrame(() => requestAnimationFrame(resolve)) }))
        // A heading is the embedding page's business.
        expect((await axe(page)).filter(each => !/^(page-has-heading-one|heading-order):/.test(each)),
          state).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      }
    })
  }
}
