/** The page for teachers: both languages, by keyboard, on a narrow screen, on paper; what it says of downloads and networks. */
import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { linksOf } from '../../www/lessons/links.js'
import { STATIONS } from '../../www/lessons/stations.js'
import { NETS, PLANS, netOf } from '../../www/lessons/teaching.js'
import { axe } from './axe.js'

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page @param {string} [lang] */
async function open(page, lang = 'en') {
  page.on('pageerror', error => { throw error })
  // What the page's policy forbids is told there.
  page.on('console', message => { expect(message.type(), message.text()).not.toBe('error') })
  await page.goto(`teachers.html?lang=${lang}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

for (const lang of ['en', 'ko']) {
  test(`in ${lang} it is accessible and fits 320 pixels, answers and lines open`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 800 })
    await open(page, lang)
    await expect(page.locator('html')).toHaveAttribute('lang', lang)
    await page.locator('details').evaluateAll(all => {
      for (const details of all) details.toggleAttribute('open', true) })
    await expect(page.locator('.waiting')).toContainText('MB')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    // No value is missing in a text; the recipes have braces of their own.
    const told = await page.locator('section:not(#recipes) :is(p, td, th, caption, h2, h3, h4)').allTextContents()
    expect(told.filter(text => /\{\w+\}|undefined|NaN/.test(text))).toEqual([])
    expect(await axe(page)).toEqual([])
  })
}

test('it is in two languages, and leads back', async ({ page }) => {
  await open(page)
  await page.getByRole('link', { name: '한국어' }).click()
  await expect(page.getByRole('heading', { name: '선생님께' })).toBeVisible()
  await page.getByRole('link', { name: 'English' }).click()
  await page.getByRole('link', { name: 'FCN Lab' }).click()
  await expect(page).toHaveURL(/index\.html\?lang=en$/)
})

test('the plan leads to every station, with three answers that open by keyboard', async ({ page }) => {
  await open(page)
  const plan = page.getByRole('table',
    { name: `A lesson of ${PLANS.whole.reduce((sum, { minutes }) => sum + minutes, 0)} minutes` })
  await expect(plan.getByRole('link')).toHaveCount(STATIONS.length)
  for (const [at, { id }] of STATIONS.entries()) {
    await expect(plan.getByRole('link').nth(at)).toHaveAttribute('href', `#${id}`)
    await expect(page.locator(`article#${id} details.answer`)).toHaveCount(3)
  }
  await plan.getByRole('link').last().focus()
  await page.keyboard.press('Enter')
  const first = page.locator('article#paper details.answer').first()
  await expect(page.locator('article#paper')).toBeInViewport()
  await first.locator('summary').focus()
  await page.keyboard.press('Enter')
  await expect(first.locator('p')).toBeVisible()
  await page.getByRole('button', { name: 'Open all answers' }).press('Enter')
  await expect(page.locator('details.answer[open]')).toHaveCount(3 * STATIONS.length)
  await page.getByRole('button', { name: 'Close all answers' }).press('Enter')
  await expect(page.locator('details.answer[open]')).toHaveCount(0)
})

test('lines are copied, or selected where the browser doesn\'t let them be', async ({ page, context, baseURL }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await open(page)
  await page.locator('article#skips').getByText('Link and embed lines').click()
  await page.getByRole('button', { name: 'Copy: Link: Skips: 32s, 16s, 8s' }).click()
  await expect(page.getByText('Copied', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(linksOf(String(baseURL),
    'en', { id: 'skips', title: '' }).link)
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('refused')) } })
  })
  await page.getByRole('button', { name: 'Copy: Quarto, lesson.qmd' }).click()
  await expect(page.getByText('Could not be copied; it is selected')).toBeVisible()
  expect(await page.evaluate(() => getSelection()?.toString())).toContain('{=html}')
})

test('on paper there is what is open, and nothing to press', async ({ page }) => {
  await open(page)
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('button')).toHaveCount(0)
  await expect(page.locator('details.answer summary').first()).toBeHidden()
  await page.locator('details.answer').first().evaluate(details => details.toggleAttribute('open', true))
  await expect(page.locator('details.answer p').first()).toBeVisible()
})

test('sizes are those of the files, and the time is what they take', async ({ page }) => {
  await open(page)
  /** @param {string} file @returns {number} */
  const bytes = file => readFileSync(new URL(`../../www/${file}`, import.meta.url)).length
  const sizes = Object.fromEntries(NETS.map(net => [net, bytes(`models/${net}/weights.safetensors`)]))
  for (const net of NETS) {
    await expect(page.getByRole('row', { name: net, exact: false }).filter({
      hasText: `${(sizes[net] / 1e6).toFixed(1)} MB` }).first()).toBeVisible()
  }
  const all = bytes('pkg/fcn_lab_bg.wasm') + NETS.reduce((sum, net) => sum + sizes[net], 0)
  await page.getByLabel('Devices').fill('10')
  await page.getByLabel('Their line, Mbit/s').fill('8')
  // 8 Mbit/s are a million bytes a second.
  await expect(page.locator('.waiting')).toContainText(`about ${Math.ceil(10 * all / 1e6).toLocaleString('en')} s`)
  await page.getByLabel('Devices').fill('0')
  await expect(page.locator('.waiting')).toHaveText('Both should be numbers above 0.')
})

for (const id of ['place', 'backbone', 'matrix']) {
  test(`the station ${id} fetches the net that the page says, and not that of the first view`, async ({ page }) => {
    const [part] = STATIONS.find(station => station.id === id)?.parts ?? []
    const net = netOf(part ?? { tag: '', state: '' })
    /** @type {Set<string>} */
    const asked = new Set()
    page.on('request', request => {
      const found = /models\/([^/]+)\/weights/.exec(request.url())?.[1]
      if (found) asked.add(found)
    })
    await page.goto(linksOf('', 'en', { id, title: '' }).link)
    // A figure that would give the answer away comes with it.
    if (part?.isCovered) await page.locator('fcn-lesson').getByRole('button', { name: 'Show me' }).click()
    if (net) await expect.poll(() => [...asked]).toEqual([net])
    else await expect(page.locator('fcn-lesson fcn-upsample .now')).toBeVisible()
    expect([...asked]).toEqual(net ? [net] : [])
  })
}

test('a figure whose net has come computes without a network', async ({ page, context }) => {
  await page.goto('embed.html?element=heatmap&sample=cat&backend=cpu&lang=en')
  const figure = page.locator('fcn-heatmap')
  const result = () =>
    figure.evaluate(element => /** @type {import('../../www/elements/fcn-heatmap.js').FcnHeatmap} */ (element).result
      !== null)
  await expect.poll(result).toBe(true)
  await context.setOffline(true)
  const size = await figure.evaluate(async element => {
    const shown = /** @type {import('../../www/elements/fcn-heatmap.js').FcnHeatmap} */ (element)
    await shown.show(new ImageData(300, 224))
    return shown.result !== null
  })
  expect(size).toBe(true)
})
