/** The model card: what it shows of a model.json, in both languages, and under axe's. */
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'

const HEADS = ['fcn32s', 'fcn16s', 'fcn8s']

/** The VGG net's manifest with curves and a confusion matrix of known shape. */
async function fullManifest() {
  const manifest = JSON.parse(await readFile(new URL('../../www/models/everyday-vgg/model.json',
    import.meta.url), 'utf8'))
  const names = manifest.classes.map((/** @type {{name: string}} */ each) => each.name)
  const n = names.length
  const scores = (/** @type {number} */ miou) => ({ pixel_accuracy: miou + 0.2, mean_accuracy: miou + 0.1, miou,
    fw_iou: miou + 0.05,
      iou: Object.fromEntries(names.map((/** @type {string} */ name, /** @type {number} */ i) =>
        [name, miou * (1 - i / (2 * n))])) })
  const confusion = names.map((/** @type {string} */ _, /** @type {number} */ i) =>
    names.map((/** @type {string} */ _, /** @type {number} */ j) => i === j ? 80 * (n - i)
      : j === (i + 1) % n ? 20 * (n - i) : 0))
  manifest.metrics = {
    val: { photos: 10, ...Object.fromEntries(HEADS.map((head, i) => [head, scores(0.5 + i / 20)])) },
    test: { photos: 12,
      ...Object.fromEntries(HEADS.map((head, i) =>
        [head, { ...scores(0.45 + i / 20), ...(i === 2 ? { confusion } : {}) }])) },
  }
  // The loss rises from step 200 to 300 while mIoU does too; the later a class stands in the list, the later it is learned.
  manifest.curves = [1.5, 1, 1.1, 0.8].map((loss, i) => ({
    step: 100 * (i + 1), minutes: i, train_loss: loss + 0.3, val_loss: loss,
    ...Object.fromEntries(HEADS.map((head, h) =>
      [head, { pixel_accuracy: 0.4 + i / 10 + h / 50, miou: 0.2 + i / 10 + h / 50 }])),
    iou: Object.fromEntries(names.map((/** @type {string} */ name, /** @type {number} */ c) =>
      [name, 3 * c / (n - 1) <= i ? 0.7 : 0.1])),
  }))
  const bins = [{ pixels: 0 }, { pixels: 100, probability: 0.35, right: 0.3 },
    { pixels: 300, probability: 0.75, right: 0.6 }, { pixels: 900, probability: 0.98, right: 0.97 }]
  manifest.calibration = { temperature: 1, test: { fcn8s: { ece: 0.031, bins } } }
  manifest.knownFailures = [{ en: 'Boats become buildings.', ko: '배를 건물로 봅니다.' }]
  manifest.neverSeen = [{ en: 'snow', ko: '눈' }]
  manifest.input.long_side = 512
  // What a longer training changes.
  Object.assign(manifest.recipe, { step: 3900, minutes: 84 })
  Object.assign(manifest.recipe.schedule,
    { lr: 0.002, stages: [{ steps: 1200, crop: 128, batch: 32 }, { steps: 2700, crop: 224, batch: 16 }] })
  return manifest
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {'en' | 'ko'} lang
 */
async function open(page, lang) {
  page.on('pageerror', error => { throw error })
  page.on('console', message => { if (message.type() === 'error') throw new Error(message.text()) })
  const manifest = await fullManifest()
  await page.route('**/models/everyday/model.json', route => route.fulfill({ json: manifest }))
  await page.goto(`index.html?lang=${lang}&backend=cpu#model`)
  return page.locator('fcn-model-card')
}

test('the card tells data, terms, scores, curves and what they show', async ({ page }) => {
  const card = await open(page, 'en')
  await expect(card.getByRole('link', { name: /Download the weights/ })).toHaveAttribute('href',
    /models\/everyday\/weights\.safetensors$/)
  await expect(card.getByText(/^Terms: For research and teaching/)).toBeVisible()
  await expect(card.getByRole('row', { name: /LabelMeFacade non-commercial/ })).toBeVisible()
  await expect(card.getByRole('table', { name: 'test, 12 photos' }).getByRole('row',
    { name: /^FCN-8s 75\.0% 65\.0% 55\.0% 60\.0%/ })).toBeVisible()
  await expect(card.getByText(/from step 200 to 300 the validation loss went up from 1\.000 to 1\.100, and mIoU of FCN-8s went up from 34% to 44%/)).toBeVisible()
  await expect(card.getByText(/A rare class tends to be learned last. Here .* only from step 400 on/)).toBeVisible()
  await expect(card.getByText(/rank correlation of 0\.9\d/)).toBeVisible()
  await expect(card.getByText('Boats become buildings.')).toBeVisible()
  // Settings are terms with their values, each in words.
  const terms = await card.locator('dl').evaluate(list => Array.from(list.children,
    child => `${child.localName} ${child.textContent}`))
  for (const [term, ...values] of [['First layers', '24 channels'], ['fc6 and fc7', '384 channels',
    'fc6 with a kernel of 3 × 3'], ['Weights', 'of step 3,900'],
    // A net may have learned from smaller photos than it is given: both sizes are told.
    ['Working size', 'long side of 512 pixels, unless another is chosen'],
      ['Long side of the photos in training', 'at most 384 pixels'],
    ['Highest learning rate', '0.002'], ['Time', '84 min'],
    ['Steps', '1,200 with 32 crops of 128 × 128 pixels each', '2,700 with 16 crops of 224 × 224 pixels each']]) {
    const at = terms.indexOf(`dt ${term}`)
    expect(terms.slice(at, at + 1 + values.length)).toEqual([`dt ${term}`, ...values.map(value => `dd ${value}`)])
  }
  // Three line charts, the bars, the matrix, the reliability diagram.
  await expect(card.locator('svg.chart, figure.chart')).toHaveCount(6)
  await expect(card.getByRole('img', { name: /Line chart: mIoU, validation/ })).toBeVisible()
  // Each chart's numbers are there as a table too.
  await card.locator('summary').last().click()
  await expect(card.getByRole('table', { name: 'mIoU, validation' }).getByRole('row',
    { name: /^300 40\.0% 42\.0% 44\.0%/ })).toBeVisible()
})

test('the card tells how often a probability is right, of the finest head', async ({ page }) => {
  const card = await open(page, 'en')
  await expect(card.getByText('The mean distance is 3.1% (ECE).')).toBeVisible()
  await expect(card.getByRole('img', { name: /^Chart: how often FCN-8s is right/ })).toBeVisible()
  const section = card.locator('section').filter({ hasText: 'How often a probability is right' })
  await section.getByText('The numbers').click()
  // A bin without pixels has no row.
  await expect(section.getByRole('row')).toHaveCount(4)
  await expect(section.getByRole('row', { name: /98\.0%/ })).toContainText('900')
})

test('a card of nothing but a net is still a card', async ({ page }) => {
  page.on('pageerror', error => { throw error })
  const { format, name, architecture, config, classes, input, files } = await fullManifest()
  await page.route('**/models/everyday/model.json',
    route => route.fulfill({ json: { format, name, architecture, config, classes, input, files } }))
  await page.goto('index.html?lang=en&backend=cpu#model')
  await expect(page.locator('fcn-model-card').getByRole('link', { name: /Download the weights/ })).toBeVisible()
  await expect(page.locator('fcn-model-card svg.chart')).toHaveCount(0)
})

test('a card that cannot be had says so, and can be tried again', async ({ page }) => {
  let served = 0
  const manifest = await fullManifest()
  await page.route('**/models/everyday/model.json', route => served++ < 2 ? route.fulfill({ status: 503, body: '' })
    : route.fulfill({ json: manifest }))
  await page.goto('index.html?lang=en&backend=cpu#model')
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('alert')).toContainText('could not be loaded')
  await expect.poll(async () => {
    if (await card.getByRole('button', { name: 'Try again' }).count()) await card.getByRole('button',
      { name: 'Try again' }).click()
    return card.locator('svg.chart').count()
  }).toBe(6)
})

test('the card of another model of the list can be chosen', async ({ page }) => {
  const card = await open(page, 'ko')
  await card.getByLabel('모델').selectOption({ label: '재활용 7종' })
  await expect(card.getByRole('heading', { name: '재활용 7종' })).toBeVisible()
  await expect(card.getByRole('link', { name: /가중치 내려받기/ })).toHaveAttribute('href',
    /models\/recycling\/weights\.safetensors$/)
  // The choice is the card's state: told, in the address, and as a link.
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#model?model=models/recycling/model.json')
  expect(await card.evaluate((/** @type {any} */ element) =>
    element.fragment)).toBe('model=models/recycling/model.json')
})

test('a link shows the card of a model of the list, and of no other', async ({ page }) => {
  /** @type {string[]} */
  const foreign = []
  page.on('request', request => { if (!request.url().startsWith('http://127.0.0.1')) foreign.push(request.url()) })
  await page.goto('index.html?lang=en&backend=cpu#model?model=models/recycling/model.json')
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('heading', { name: 'Recycling, 7 classes' })).toBeVisible()
  await page.evaluate(() => { location.hash = '#model?model=https://elsewhere.example/model.json' })
  await expect(card.getByRole('heading', { name: /^Everyday/ })).toBeVisible()
  expect(foreign).toEqual([])
})

test('a model set by script is shown, with the reader free to choose another', async ({ page }) => {
  await page.route('**/card-page.html', route => route.fulfill({
    contentType: 'text/html',
    body: '<!doctype html><html lang="en"><title>card</title><script type="module" src="elements/fcn-model-card.js"></script><main><fcn-model-card models="models/models.json" model="models/recycling/model.json"></fcn-model-card></main>',
  }))
  await page.goto('card-page.html')
  const card = page.locator('fcn-model-card')
  const heading = (/** @type {RegExp} */ name) =>
    expect(card.getByRole('heading', { name, level: 3 }).first()).toBeVisible()
  await heading(/^Recycling/)
  await card.getByLabel('Model').selectOption({ label: 'Everyday, 14 classes' })
  await heading(/^Everyday, 14/)
  // What is set later goes before what was chosen before.
  await card.evaluate((/** @type {any} */ element) => { element.model = 'models/everyday-slim/model.json' })
  await heading(/^Everyday slim/)
  await card.evaluate((/** @type {any} */ element) => { element.model = 'models/nowhere/model.json' })
  await expect(card.getByRole('alert')).toHaveAttribute('data-code', 'http_error')
})

test('the card is that of the model in use', async ({ page }) => {
  await page.goto('index.html?lang=en&backend=cpu')
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  await page.getByRole('link', { name: 'Model' }).click()
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('heading', { name: 'Everyday, 14 classes' })).toBeVisible()
  await expect(card.getByText('EfficientNet-Lite0 with 1.1 × its channels and 1.2 × its blocks')).toBeVisible()
  await page.getByRole('link', { name: 'Segment', exact: true }).click()
  await page.locator('fcn-segment').getByLabel('Model').selectOption({ label: 'Everyday VGG, 14 classes' })
  await page.waitForFunction(() =>
    document.querySelector('fcn-segment')?.engine?.model?.url?.endsWith('everyday-vgg/model.json'))
  await page.getByRole('link', { name: 'Model' }).click()
  await expect(card.getByRole('heading', { name: 'Everyday VGG, 14 classes' })).toBeVisible()
  // Failures come with pictures, fetched when they are seen.
  const picture = card.locator('.failures img').first()
  await picture.scrollIntoViewIfNeeded()
  await expect.poll(() => picture.evaluate((/** @type {HTMLImageElement} */ image) =>
    image.naturalWidth)).toBeGreaterThan(300)
})

test('own weights have a card that says what is known, and that their training is not', async ({ page }) => {
  page.on('pageerror', error => { throw error })
  await page.goto('index.html?lang=en&backend=cpu')
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result)
  await page.getByRole('link', { name: 'Model' }).click()
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('heading', { name: 'Everyday, 14 classes' })).toBeVisible()
  await page.getByRole('link', { name: 'Segment', exact: true }).click()
  await page.getByText('Your own weights').click()
  const checkpoint = { name: 'mine.pth', mimeType: 'application/octet-stream',
    buffer: await readFile(new URL('../reference/fixtures/checkpoints/tiny-fc3.pth', import.meta.url)) }
  await page.getByLabel('Open weights').setInputFiles([checkpoint, { name: 'names.txt',
    mimeType: 'text/plain', buffer: Buffer.from('floor\ncat\nsky') }])
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  await page.getByRole('link', { name: 'Model' }).click()
  await expect(card.getByRole('heading', { name: 'mine', exact: true })).toBeVisible()
  await expect(card.getByText('mine.pth (0.2 MB), names.txt (0.0 MB)')).toBeVisible()
  await expect(card.getByText('fcn-vgg16', { exact: true })).toBeVisible()
  await expect(card.getByText('fc6 with a kernel of 3 × 3')).toBeVisible()
  await expect(card.getByText('Weight decay')).toHaveCount(0)
  await expect(card.getByText('floor', { exact: true })).toBeVisible()
  await expect(card.getByText(/^Nothing is known about how it was trained/)).toBeVisible()
  await expect(card.getByRole('link', { name: /Download/ })).toHaveCount(0)
  // The site's cards can be read, and the own one again.
  await card.getByLabel('Model').selectOption({ label: 'Everyday, 14 classes' })
  await expect(card.getByRole('heading', { name: 'Everyday, 14 classes' })).toBeVisible()
  await expect(card.getByText(/^Nothing is known/)).toHaveCount(0)
  await card.getByLabel('Model').selectOption({ label: 'mine (your own)' })
  await expect(card.getByRole('heading', { name: 'mine', exact: true })).toBeVisible()
  expect(await axe(page, 'fcn-model-card')).toEqual([])
})

for (const lang of /** @type {const} */ (['en', 'ko'])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`axe finds nothing in the card, and nothing sticks out at 320 pixels, ${lang}, ${colorScheme}`,
      async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 800 })
      const card = await open(page, lang)
      await expect(card.locator('svg.chart')).toHaveCount(6)
      expect(await axe(page, 'fcn-model-card')).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    })
  }
}
