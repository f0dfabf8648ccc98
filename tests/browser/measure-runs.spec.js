/** Two runs beside each other in the panel "training curves" of `<fcn-measure>`. The runs are made up, and served by the test. */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { expect, test } from '@playwright/test'
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.mjs'
import { axe } from './axe.js'
import { fragmentOf, open } from './measure-setup.js'

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Record<number, number>} miou by step */
const points = miou => Object.entries(miou).map(([step, value]) => ({
  step: Number(step), train_loss: 1.2 - value, val_loss: 1 - value, fcn8s: { pixel_accuracy: value + 0.2, miou: value },
}))
const RUNS = {
  runs: [
    { name: { en: 'pre-trained', ko: '사전 학습' }, points: points({ 100: 0.3, 200: 0.42, 300: 0.42, 400: 0.5 }) },
    { name: { en: 'from scratch', ko: '처음부터' },
      points: points({ 100: 0.1, 200: 0.15, 300: 0.18, 400: 0.3, 500: 0.44 }) },
  ],
}

/** @param {Page} page @param {unknown} [body] what the file holds */
async function serve(page, body = RUNS) {
  await page.route('**/made-up.json', route => route.fulfill(typeof body === 'string' ? { body } : { json: body }))
}

/** @param {Page} page @param {string} [more] of the fragment @param {string} [lang] */
async function openRuns(page, more = '', lang = 'en') {
  await serve(page)
  return await open(page, `panel=curves&runs=lessons/made-up.json${more}`, lang)
}

/** @param {Page} page */
const told = page => page.evaluate(() => document.querySelector('fcn-measure')?.curves)

test('two runs are drawn over the same steps, told apart by dash and name, and compared in words', async ({ page }) => {
  const view = await openRuns(page, '&at=300')
  const chart = view.getByRole('img',
    { name: 'Line chart: mIoU of “pre-trained” and of “from scratch”, step 100 to 500.' })
  await expect(chart).toHaveCount(1)
  const dashes = await chart.locator('path[stroke-width="2"], g[stroke-width="2"]').evaluateAll(lines =>
    lines.map(line => `${line.getAttribute('stroke')} ${line.getAttribute('stroke-dasharray')}`))
  expect(new Set(dashes.map(look => look.split(' ')[0])).size).toBe(2)
  expect(new Set(dashes.map(look => look.slice(look.indexOf(' ')))).size).toBe(2)
  await expect(chart).toContainText('pre-trained 50.0%')
  await expect(chart).toContainText('from scratch 44.0%')
  const legend = view.getByRole('list', { name: 'Which line is whose' })
  await expect(legend.getByRole('listitem')).toHaveText(['pre-trained', 'from scratch'])
  const ahead = view.getByRole('region', { name: 'Who is ahead' })
  await expect(ahead).toContainText('At step 300, mIoU of “pre-trained” is 42.0%, of “from scratch” 18.0%.')
  await expect(ahead).toContainText('“from scratch” first reaches 42.0% at the validation of step 500. “pre-trained” first reached 18.0% at step 100.')
  await expect(ahead).toContainText('From step 100 on “pre-trained” is ahead at every step compared.')
  expect(await told(page)).toMatchObject({
    measure: 'miou', step: 300, ahead: 0, leads: [{ step: 100, run: 0 }],
    runs: [{ name: { en: 'pre-trained' }, value: 0.42, validated: 300, reached: 100 },
      { value: 0.18, validated: 300, reached: 500 }],
  })
  const all = await told(page)
  expect(all?.runs.map(({ points }) => points.length)).toEqual([4, 5])
  expect(all?.runs[1].points[4]).toEqual({ step: 500, miou: 0.44, pixelAccuracy: 0.64, valLoss: 0.56, trainLoss: 0.76 })
  await view.getByText('All numbers').click()
  await expect(view.getByRole('row', { name: '500 – 44.0%' })).toBeVisible()
})

test('the step goes by slider, pointer and link, and only what is chosen stays', async ({ page }) => {
  const view = await openRuns(page)
  const slider = view.getByRole('slider', { name: /^Values at a step/ })
  // The last step that both have: the second run is compared no further than the first goes.
  await expect(slider).toHaveAttribute('aria-valuetext', 'step 400: pre-trained 50.0%, from scratch 30.0%')
  await expect(view.getByRole('region',
    { name: 'Who is ahead' })).toContainText('“from scratch” never reaches 50.0% in its 500 steps.')
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await expect(slider).toHaveAttribute('aria-valuetext', 'step 200: pre-trained 42.0%, from scratch 15.0%')
  expect(await fragmentOf(page)).toBe('panel=curves&runs=lessons/made-up.json&at=200')
  // The pointer shows, and takes nothing over until it presses.
  const box = await view.getByRole('img', { name: /^Line chart/ }).boundingBox()
  if (!box) throw new Error('no chart')
  await page.mouse.move(box.x + 46, box.y + 90)
  await expect(slider).toHaveAttribute('aria-valuetext', 'step 100: pre-trained 30.0%, from scratch 10.0%')
  expect(await fragmentOf(page)).toContain('at=200')
  await page.mouse.move(box.x + 46, box.y + box.height + 300)
  await expect(slider).toHaveAttribute('aria-valuetext', /^step 200/)
  await page.mouse.move(box.x + 46, box.y + 90)
  await page.mouse.down()
  await page.mouse.up()
  await page.mouse.move(box.x + 46, box.y + box.height + 300)
  await expect(slider).toHaveAttribute('aria-valuetext', /^step 100/)
  expect(await fragmentOf(page)).toContain('at=100')
  await view.getByLabel('validation loss').check({ force: true })
  await expect(view.getByText('Lower is better.')).toBeVisible()
  await expect(view.getByRole('region',
    { name: 'Who is ahead' })).toContainText('At step 100, validation loss of “pre-trained” is 0.7, of “from scratch” 0.9.')
  expect(await fragmentOf(page)).toBe('panel=curves&runs=lessons/made-up.json&of=valLoss&at=100')
  await page.evaluate(() => {
    location.hash = '#measure?panel=curves&runs=lessons/made-up.json&of=pixelAccuracy&at=300' })
  await expect(view.getByRole('region',
    { name: 'Who is ahead' })).toContainText('pixel accuracy of “pre-trained” is 62.0%')
})

test('a model’s curves can be chosen instead, and the two runs again', async ({ page }) => {
  const view = await openRuns(page)
  const whose = view.getByRole('combobox', { name: 'Curves of' })
  await expect(whose.locator('option:checked')).toHaveText('Two runs: pre-trained; from scratch')
  await whose.selectOption({ label: 'An example, made up' })
  await expect(view.getByText('Shown: example.csv')).toBeVisible()
  expect(await told(page)).toBeNull()
  expect(await fragmentOf(page)).toBe('panel=curves&curves=example')
  await whose.selectOption({ label: 'Two runs' })
  await expect(view.getByRole('region', { name: 'Who is ahead' })).toBeVisible()
  // The chart is as wide as its place, also after the change.
  await page.setViewportSize({ width: 700, height: 800 })
  await expect.poll(async () =>
    Number(await view.getByRole('img', { name: /^Line chart/ }).getAttribute('width'))).toBeLessThan(700)
  // A link without them leaves them, and brings what it says.
  await page.evaluate(() => { location.hash = '#measure?panel=curves' })
  await expect(view.getByText(/^Shown: /)).toBeVisible()
  await expect(view.getByRole('region', { name: 'Who is ahead' })).toHaveCount(0)
})

test('a file of another origin is never asked for, and one that holds no runs is told', async ({ page, baseURL }) => {
  /** @type {string[]} */
  const foreign = []
  page.on('request', request => { if (!request.url().startsWith(baseURL ?? '')) foreign.push(request.url()) })
  await serve(page, '<img src=x onerror=alert(1)>')
  for (const [address, said] of /** @type {[string, RegExp][]} */ ([
    ['https://example.org/made-up.json', /on this page’s own site/], ['//example.org/made-up.json',
      /on this page’s own site/],
    ['data:application/json,{}', /on this page’s own site/], ['javascript:alert(1)', /on this page’s own site/],
      ['models/', /on this page’s own site/],
    ['http://', /on this page’s own site/], ['lessons/made-up.json', /holds no two runs/],
      ['models/models.json', /holds no two runs/],
    ['lessons/nowhere.json', /404/],
  ])) {
    const view = await open(page, `panel=curves&runs=${encodeURIComponent(address)}`)
    await expect(view.getByRole('alert')).toContainText(said)
    expect(await told(page)).toBeNull()
    await page.goto('about:blank')
  }
  expect(foreign.filter(url => url !== 'about:blank')).toEqual([])
  // What failed does not stay in the way of a link that says something else.
  const view = await open(page, 'panel=curves&runs=models/models.json')
  await expect(view.getByRole('alert')).toBeVisible()
  await page.evaluate(() => { location.hash = '#measure?panel=curves&curves=example' })
  await expect(view.getByText('Shown: example.csv')).toBeVisible()
  await expect(view.getByRole('alert')).toHaveCount(0)
})

test('the attribute names the runs for a page that embeds the element', async ({ page }) => {
  await serve(page)
  await page.route('**/lesson/page.html', route => route.fulfill({
    contentType: 'text/html', headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
    body: `<!doctype html><html lang="en"><title>runs</title><script type="module" src="../elements/fcn-measure.js"></script>
      <fcn-measure panel="curves" runs="made-up.json"></fcn-measure>`,
  }))
  const asked = page.waitForRequest('**/made-up.json')
  await page.goto('lesson/page.html')
  // Relative to the page, not to the script.
  expect(new URL((await asked).url()).pathname).toBe('/lesson/made-up.json')
  await expect(page.locator('fcn-measure').getByRole('region', { name: 'Who is ahead' })).toContainText('At step 400')
})

for (const lang of /** @type {const} */ (['en', 'ko'])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`axe finds nothing with two runs, and nothing sticks out at 320 pixels, ${lang}, ${colorScheme}`,
      async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 800 })
      const view = await openRuns(page, '&at=300', lang)
      await expect(view.locator('[part="ahead"]')).toBeVisible()
      await view.locator('details.more summary').click()
      // At this width a name may have no room at its line's end: a letter stands for it, here and there.
      const legend = await view.locator('ul.runs').innerText()
      for (const name of lang === 'ko' ? ['사전 학습', '처음부터']
        : ['pre-trained', 'from scratch']) expect(legend).toContain(name)
      expect(await axe(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    })
  }
}
