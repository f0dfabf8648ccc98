/** The page without a network, by its own service worker; a new version beside the old; what is stored, cleared. */
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { test } from './site.js'

// The worker is written by the build: www/ as it is written has none.
test.skip((process.env['FCN_LAB_ROOT'] ?? 'dist') !== 'dist', 'only the built site has a service worker')
test.use({ serviceWorkers: 'allow' })

/** @param {import('@playwright/test').Page} page */
const footer = page => page.locator('#offline')

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 */
async function stored(page, address) {
  await page.goto(address)
  await expect(footer(page)).toContainText('Stored for use without a network', { timeout: 300_000 })
}

test('after a visit every view works without a network, under a path of its own', async ({ page, site, context }) => {
  await site.start()
  await stored(page, `${site.url}?lang=en&backend=cpu`)
  await expect(footer(page)).toContainText(/, [1-9]\d*(\.\d)? MB/)
  await context.setOffline(true)
  await site.stop()
  await page.goto(`${site.url}?lang=en&backend=cpu`)
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  for (const [view, shown] of [['lesson', 'fcn-lesson h3'], ['upsample', 'fcn-upsample .transport'],
    ['heatmap', 'fcn-heatmap .intake'], ['inside?panel=ruler', 'fcn-inside .root'], ['measure', 'fcn-measure .root'],
      ['model', 'fcn-model-card .card']]) {
    await page.goto(`${site.url}?lang=en&backend=cpu#${view}`)
    await expect(page.locator(`#${view.replace(/\?.*/, '')}`).locator(shown).first(), view).toBeVisible()
  }
  // In the other language too, from the worker alone.
  await page.goto(`${site.url}?lang=ko&backend=cpu#lesson`)
  await expect(page.locator('fcn-lesson').getByRole('heading', { level: 3 }).first()).toContainText('이름인가, 자리인가')
})

test('a new version is told of and taken only when wanted, whole', async ({ page, site }) => {
  await site.start()
  const address = `${site.url}?lang=en&backend=cpu#measure`
  await stored(page, address)
  // The next version: another text, and a worker whose list has its hash.
  const texts = await newer('Measure', 'Gauge')
  site.serve(texts)
  await page.reload()
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Measure' })).toBeVisible()
  await expect(footer(page)).toContainText('A new version is there.', { timeout: 300_000 })
  // What is stored, and the way to be rid of it, are there as before.
  await expect(footer(page)).toContainText(/Stored for use without a network: .* MB/)
  await expect(footer(page).getByRole('button', { name: 'Clear' })).toBeVisible()
  await footer(page).getByRole('button', { name: 'Reload' }).click()
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Gauge' })).toBeVisible()
})

test('half of a new version is not taken', async ({ page, site }) => {
  await site.start()
  const address = `${site.url}?lang=en&backend=cpu#measure`
  await stored(page, address)
  const changed = await newer('Measure', 'Gauge')
  // The worker's list is there already, the file isn't yet.
  const [file = ''] = changed.keys()
  const before = site.count(file)
  site.serve(new Map([...changed].filter(([name]) => name === 'sw.js')))
  await page.reload()
  await expect.poll(() => site.count(file)).toBeGreaterThan(before)
  // It has been given up: neither coming nor waiting.
  await expect.poll(() => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    return [Boolean(registration?.installing), Boolean(registration?.waiting), Boolean(registration?.active)]
  })).toEqual([false, false, true])
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Measure' })).toBeVisible()
})

test('what was cleared is stored again at once when it is wanted', async ({ page, site }) => {
  await site.start()
  await stored(page, `${site.url}?lang=en&backend=cpu#measure`)
  await footer(page).getByRole('button', { name: 'Clear' }).click()
  await expect(footer(page)).toContainText('Nothing is stored')
  await footer(page).getByRole('button', { name: 'Store it' }).click()
  await expect(footer(page)).toContainText('Stored for use without a network', { timeout: 300_000 })
  await site.stop()
  await page.reload()
  await expect(page.locator('fcn-measure .root')).toBeVisible()
})

test('a host that redirects to the plain address is no obstacle', async ({ page, site }) => {
  await site.start()
  site.redirect('index.html', './')
  await stored(page, `${site.url}?lang=en&backend=cpu#measure`)
  await site.stop()
  await page.reload()
  await expect(page.locator('fcn-measure .root')).toBeVisible()
})

test('what is stored can be cleared, and stays cleared', async ({ page, site }) => {
  await site.start()
  const address = `${site.url}?lang=en&backend=cpu#measure`
  await stored(page, address)
  await footer(page).getByRole('button', { name: 'Clear' }).click()
  await expect(footer(page)).toContainText('Nothing is stored')
  expect(await page.evaluate(async () => [(await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length])).toEqual([0, 0])
  // What is fetched from now on isn't kept either: another view's script, and the net of the first.
  await page.goto(`${site.url}?lang=en&backend=cpu#model`)
  await expect(page.locator('fcn-model-card .card')).toBeVisible()
  await page.goto(`${site.url}?lang=en&backend=cpu#segment`)
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  expect(await page.evaluate(async () => (await caches.keys()).length)).toBe(0)
  await page.goto(address)
  await page.reload()
  await expect(footer(page)).toContainText('Nothing is stored')
  await footer(page).getByRole('button', { name: 'Store it' }).click()
  await expect(footer(page)).toContainText('Stored for use without a network', { timeout: 300_000 })
})

/**
 * Files of a next version: the English texts of the page say something else.
 * @param {string} from
 * @param {string} to
 * @returns {Promise<Map<string, string>>} by path below the site
 */
async function newer(from, to) {
  const dist = new URL('../../dist/', import.meta.url)
  const worker = await readFile(new URL('sw.js', dist), 'utf8')
  const scripts = [...worker.matchAll(/^ {2}\["([^"]+\.js)",\d+,"([0-9a-f]{64})"/gm)]
  for (const [, file = '', hash = ''] of scripts) {
    const text = await readFile(new URL(file, dist), 'utf8')
    const changed = text.replace(`"nav.measure": "${from}"`,
      `"nav.measure": "${to}"`).replace(`"nav.measure":"${from}"`, `"nav.measure":"${to}"`)
    if (changed === text) continue
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(changed)))
    const other = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('')
    return new Map([[file, changed], ['sw.js', worker.replace(hash, other)]])
  }
  throw new Error(`no script says ${from}`)
}
