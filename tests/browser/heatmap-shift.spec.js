/** A photo moved in its frame: the label keeps no place, the heat map does. */
/// <reference path="../../www/elements/heatmap/tags.d.ts" />
import { expect, test } from '@playwright/test'
import { keptOf } from '../../www/lib/shift.js'
import { axe } from './axe.js'
import { openLab } from './engine-setup.js'
import { hand, photo } from './segment-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/elements/fcn-heatmap.js').FcnHeatmap} FcnHeatmap */

/** Sums of f32 in another order, or of a Winograd tile that lies elsewhere, differ by less than this, relative to the largest score. */
const TOLERANCE = 1e-5

/**
 * With the classifier that is shipped.
 * @param {Page} page
 * @param {string} [state] of the fragment
 * @param {'en' | 'ko'} [lang]
 */
async function openView(page, state = '', lang = 'en') {
  await page.goto(`?lang=${lang}&backend=cpu#heatmap${state && `?${state}`}`)
  await settled(page)
  return page.locator('fcn-heatmap')
}

/** @param {Page} page @param {readonly [number, number]} [shift] how far the photo is moved by then */
async function settled(page, shift) {
  await page.waitForFunction(shift => {
    const element = document.querySelector('fcn-heatmap')
    const isThere = !shift || element?.reading?.shift.join() === shift.join()
    return element?.result && isThere && !element.shadowRoot?.querySelector('.progress')
  }, shift)
}

/** @param {Page} page */
async function reading(page) {
  const found = await page.evaluate(() => document.querySelector('fcn-heatmap')?.reading)
  if (!found) throw new Error('nothing was read off')
  return found
}

for (const backend of /** @type {const} */ (['cpu', 'webgpu'])) {
  test(`a photo moved by 32 pixels has the map moved by a cell, but for what sees an edge, ${backend}`,
    async ({ page }) => {
    const lab = await openLab(page)
    const maps = await lab.evaluate(async ({ Engine }, backend) => {
      const engine = await Engine.create({ backend })
      const net = await engine.load('models/everyday-labels/model.json', { gives: 'labels' })
      const photo = await (await fetch('samples/astronaut.jpg')).blob()
      const found = []
      for (const shift of [{ x: 0, y: 0 }, { x: 32, y: 0 }, { x: -64, y: 32 }, { x: 0, y: 16 }]) {
        const { width, height, window, stride, work, scores } = await net.heatmap(photo, { size: 512, shift })
        found.push({ shift, map: { width, height, window, stride, work, scores: [...scores] } })
      }
      const plain = await net.heatmap(photo, { size: 512 })
      const refused = await Promise.all([{ x: 0.5, y: 0 }, { x: 1 }, null].map(async shift =>
        await net.heatmap(photo, { shift: /** @type {{x: number, y: number}} */ (shift) }).catch(({ code }) => code)))
      engine.dispose()
      return { found, plain: [...plain.scores], refused }
    }, backend)
    const [still, ...moved] = maps.found.map(({ shift, map }) =>
      ({ shift, map: { ...map, scores: Float32Array.from(map.scores) } }))
    expect([...still.map.scores]).toEqual(maps.plain)
    const [right, leftDown, half] = moved.map(({ shift, map }) => keptOf(still.map, map, shift))
    expect(right).toMatchObject({ count: 30, all: 100 })
    expect(leftDown).toMatchObject({ count: 6, all: 100 })
    for (const kept of [right, leftDown]) expect(kept && kept.largest / kept.most).toBeLessThan(TOLERANCE)
    expect(half).toBeNull()
    // A map that stayed where it was would not pass, nor do cells at the edges keep their scores.
    const stayed = keptOf(still.map, still.map, { x: 32, y: 0 })
    expect(stayed && stayed.largest / stayed.most).toBeGreaterThan(0.05)
    const scores = (/** @type {typeof still.map} */ map, /** @type {number} */ column) =>
      [...map.scores.slice(9 * column, 9 * (column + 1))]
    const edge = scores(moved[0].map, 1).map((score, id) => Math.abs(score - scores(still.map, 0)[id]))
    expect(Math.max(...edge)).toBeGreaterThan(0.05)
    expect(maps.refused).toEqual(['invalid_input', 'invalid_input', 'invalid_input'])
  })
}

test('the label of the moved photo stays, its peak goes along, and both are told', async ({ page }) => {
  const view = await openView(page, 'sample=astronaut')
  const before = await reading(page)
  expect(before).toMatchObject({ label: 'person', class: 'person', shift: [0, 0] })
  expect(before.before).toEqual({ label: before.label, probability: before.probability, peak: before.peak })
  await expect(view.getByRole('button', { name: 'Move it back' })).toBeDisabled()
  const across = view.getByRole('slider', { name: /^To the right/ })
  await across.focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
  await expect(across).toHaveAttribute('aria-valuetext', '64 px to the right')
  await settled(page, [64, 0])
  const after = await reading(page)
  expect(after).toMatchObject({ label: 'person', class: 'person', shift: [64, 0], before: before.before })
  expect(after.peak).toEqual({ ...before.peak, column: before.peak.column + 2, x: before.peak.x + 64 })
  const moved = view.getByRole('region', { name: 'The photo moved: what moves along?' })
  const cell = (/** @type {typeof before.peak} */ { row, column }) => `row ${row}, column ${column}`
  await expect(moved).toContainText('The one label of the whole photo stays person: ')
  await expect(moved).toContainText(`highest cell moved from ${cell(before.peak)} to ${cell(after.peak)} (counted from 0): 64 px to the right. The photo was moved 64 px to the right. So it moved exactly as far as the photo.`)
  await expect(moved).toContainText(/20 of 100 cells see, .* Measured: their scores (differ by at most \d\.\d\s×\s10⁻|are equal)/)
  await expect(moved.getByRole('row',
    { name: /^Now person/ })).toContainText(`${after.peak.x} px across, ${after.peak.y} px down`)
  await expect(view.getByRole('status').filter({ hasText: 'highest cell moved' })).toHaveCount(1)
  // The label is of the moved photo, too.
  expect(after.probability).not.toBe(before.probability)
  expect(await page.evaluate(() => location.hash)).toMatch(/[?&]shift=64,0$/)
  await view.getByRole('button', { name: 'Move it back' }).click()
  await settled(page, [0, 0])
  expect(await reading(page)).toEqual(before)
  await expect(moved).toHaveCount(0)
  await expect.poll(() => page.evaluate(() => location.hash)).not.toContain('shift')
})

test('of wishes that come quickly the last one alone is computed, and one that comes meanwhile ends the one before',
  async ({ page }) => {
  const view = await openView(page, 'sample=astronaut')
  await page.evaluate(() => {
    const shifts = /** @type {string[]} */ ([])
    Object.assign(globalThis, { shifts })
    const element = document.querySelector('fcn-heatmap')
    element?.addEventListener('fcn-result', () => shifts.push(element.reading?.shift.join() ?? ''))
    const [across, down] = element?.shadowRoot?.querySelectorAll('[part="shift"] input') ?? []
    for (const [input, value] of /** @type {[HTMLInputElement, string][]} */ ([[across, '32'],
      [across, '96'], [down, '32'], [across, '-32']])) {
      input.value = value
      input.dispatchEvent(new Event('input'))
    }
  })
  await settled(page, [-32, 32])
  const shifts = () =>
    page.evaluate(() => /** @type {{shifts: string[]}} */ (/** @type {unknown} */ (globalThis)).shifts)
  expect(await shifts()).toEqual(['-32,32'])
  // While that is computed another comes by a link.
  await page.evaluate(() => {
    const element = document.querySelector('fcn-heatmap')
    if (element) element.fragment = 'sample=astronaut&shift=64,0'
    if (element) element.fragment = 'sample=astronaut&shift=0,32'
  })
  await settled(page, [0, 32])
  expect((await shifts()).at(-1)).toBe('0,32')
  await expect(view.getByRole('slider', { name: /^Down/ })).toHaveValue('32')
  await expect(view.getByRole('alert')).toHaveCount(0)
})

test('a pass that is cancelled leaves what was shown, and can be begun again', async ({ page }) => {
  const view = await openView(page, 'sample=astronaut')
  const before = await reading(page)
  await page.evaluate(async () => {
    const element = document.querySelector('fcn-heatmap')
    if (element) element.fragment = 'sample=astronaut&shift=32,0'
    element?.cancel()
  })
  await expect(view.getByRole('alert')).toHaveAttribute('data-code', 'aborted')
  expect(await reading(page)).toEqual(before)
  await view.getByRole('button', { name: 'Start again' }).click()
  await settled(page, [32, 0])
})

test('a link moves the photo; another size keeps that, another photo begins where it is', async ({ page }) => {
  const view = await openView(page, 'sample=astronaut&class=1&shift=32,-32')
  const found = await reading(page)
  expect(found.shift).toEqual([32, -32])
  const names = await page.evaluate(() =>
    document.querySelector('fcn-heatmap')?.result?.map.classes.map(({ name }) => name))
  expect(found.class).toBe(names?.[1])
  await view.getByLabel('Long side of the photo').selectOption({ label: '384 px' })
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.result?.map.width === 6)
  expect((await reading(page)).shift).toEqual([32, -32])
  // Its cells are the same as without the detour.
  const moved = await page.evaluate(() => [...document.querySelector('fcn-heatmap')?.result?.map.scores ?? []])
  await page.goto('about:blank')
  await openView(page, 'sample=astronaut&class=1&shift=32,-32&size=384')
  expect(await page.evaluate(() => [...document.querySelector('fcn-heatmap')?.result?.map.scores ?? []])).toEqual(moved)
  await hand(page, 'drop', photo('mine.png'), 'fcn-heatmap')
  await page.waitForFunction(() => document.querySelector('fcn-heatmap')?.fragment.includes('shift') === false)
  await settled(page, [0, 0])
})

test('a peak that the frame no longer holds, and a distance that is no whole cell, are told as such',
  async ({ page }) => {
  const view = await openView(page, 'sample=astronaut&shift=-160,0')
  const moved = view.getByRole('region', { name: 'The photo moved: what moves along?' })
  await expect(moved).toContainText('Where the photo went, no window of the frame has its middle')
  await expect(moved).toContainText('no cell has to keep its scores exactly')
  await page.evaluate(() => {
    const element = document.querySelector('fcn-heatmap')
    if (element) element.fragment = 'sample=astronaut&shift=48,0'
  })
  await settled(page, [48, 0])
  await expect(moved).toContainText('only where the photo is moved by a multiple of 32 px')
})

for (const lang of /** @type {const} */ (['en', 'ko'])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`axe finds nothing where the photo is moved, and nothing sticks out at 320 pixels, ${lang}, ${colorScheme}`,
      async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 800 })
      const view = await openView(page, 'sample=astronaut&shift=64,32', lang)
      await expect(view.locator('[part="moved"]')).toBeVisible()
      expect(await axe(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    })
  }
}
