/** `<fcn-inside>`: the offset ruler and the layer calculator, by keyboard, in links, with bad input, and under axe's. */
/// <reference path="../../www/elements/inside/tags.d.ts" />
/// <reference path="../../www/elements/upsample/tags.d.ts" />
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'

/** @typedef {import('@playwright/test').Page} Page */


/** @param {Page} page @param {string} [fragment] of the ruler, unless it names another panel @param {string} [lang] */
async function open(page, fragment = '', lang = 'en') {
  page.on('pageerror', error => { throw error })
  const panel = fragment.includes('panel=') ? '' : 'panel=ruler&'
  await page.goto(`?lang=${lang}&backend=cpu#inside?${panel}${fragment}`)
  const view = page.locator('fcn-inside')
  await expect(view.locator('.root')).toBeVisible()
  return view
}

/** @param {Page} page @returns {Promise<string[]>} the distances drawn */
const measures = page => page.locator('fcn-inside .strips text.measure').allTextContents()
/** @param {Page} page */
const fragment = page => page.evaluate(() => document.querySelector('fcn-inside')?.fragment)

test('neither panel fetches engine, wasm, models or photos', async ({ page }) => {
  /** @type {string[]} */
  const asked = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  await page.route('**/inside-page.html', route => route.fulfill({
    contentType: 'text/html',
    body: '<!doctype html><html lang="en"><title>inside</title><script type="module" src="elements/fcn-inside.js"></script><main><fcn-inside panel="ruler"></fcn-inside></main>',
  }))
  await page.goto('inside-page.html')
  const view = page.locator('fcn-inside')
  await expect(view.locator('.strips svg')).toBeVisible()
  await view.getByRole('radio', { name: 'Layer calculator' }).check()
  await expect(view.getByText('Gives 208 where 224 was wanted')).toBeVisible()
  expect(asked.filter(path => /\/(engine|pkg|models|samples)\/|wasm|session|worker/.test(path))).toEqual([])
  // Without an address of that figure it is this site's page for iframes.
  await expect(view.getByRole('link', { name: 'See this layer step by step' })).toHaveAttribute('href',
    /\/embed\.html#input=14x14/)
})

test('the ruler measures 19, 5 and 27, and 5, 9 and 31 in the papers nets, and 0 in the lectures', async ({ page }) => {
  const view = await open(page)
  for (const [head, ...crops] of [['FCN-32s', '19'], ['FCN-16s', '5', '27'], ['FCN-8s', '5', '9', '31']]) {
    await view.getByRole('radio', { name: head }).check()
    expect(await measures(page)).toEqual(crops)
  }
  await view.getByRole('textbox', { name: 'Photo, pixels' }).fill('500')
  await expect(view.getByText('500 pixels go in, a map of 568 comes out.')).toBeVisible()
  await expect(view.getByText('Pixel 0 of the photo lies at cell 31 of the output. Beyond the photo’s end lie 37 more: the crop isn’t centred.')).toBeVisible()
  await view.getByRole('button', { name: 'The lecture’s net' }).click()
  expect(await measures(page)).toEqual(['0', '0', '0'])
  await expect(view.getByText('nothing has to be cropped before it')).toBeVisible()
  await view.getByRole('button', { name: 'A plain PyTorch port' }).click()
  await expect(view.getByText('224 pixels go in, a map of 256 comes out. This is the 256 of the lecture.')).toBeVisible()
})

test('what the output does not cover is hatched and said', async ({ page }) => {
  const view = await open(page, 'pools=floor&head=32s')
  await expect(view.getByText('The output covers the whole photo.')).toBeVisible()
  await expect(view.locator('.missing')).toHaveCount(0)
  await view.getByRole('textbox', { name: 'Photo, pixels' }).fill('249')
  await expect(view.getByText('covers only 237 of the photo’s 249 pixels: 12 are left')).toBeVisible()
  await expect(view.locator('.missing')).toHaveCount(1)
  await view.getByRole('radio', { name: 'up (ceil)' }).check()
  await expect(view.getByText('The output covers the whole photo.')).toBeVisible()
})

test('a size at which a map vanishes is explained and the maps before it stay', async ({ page }) => {
  const view = await open(page, 'pools=floor&pixels=1')
  await expect(view.getByText('fc6 can’t be computed: its kernel spans 7 cells, and pool5 has 6')).toBeVisible()
  const least = Number(/at least (\d+) pixels/.exec(await view.locator('.notice').innerText())?.[1])
  await expect(view.locator('.strips')).toContainText('pool5')
  await expect(view.locator('.strips')).toContainText('no cell left')
  await view.getByRole('textbox', { name: 'Photo, pixels' }).fill(String(least))
  await expect(view.locator('.strips')).toContainText('upscore8')
})

test('what cannot be a number is explained in place and changes nothing', async ({ page }) => {
  const view = await open(page, 'pixels=300')
  const field = view.getByRole('textbox', { name: 'Photo, pixels' })
  for (const text of ['abc', '0', '601', '1.5', '']) {
    await field.fill(text)
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(view.getByRole('alert')).toHaveText('A whole number from 1 to 600. The picture still shows 300.')
    await expect(field).toHaveValue(text)
    expect(await fragment(page)).toBe('panel=ruler&pixels=300')
  }
  await field.fill('301')
  await expect(view.getByRole('alert')).toHaveCount(0)
  await expect(view.getByText('301 pixels go in')).toBeVisible()
})

test('the ruler is worked by keyboard alone', async ({ page }) => {
  const view = await open(page)
  await view.getByRole('radio', { name: 'Offset ruler' }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(view.getByRole('button', { name: 'The lecture’s net' })).toHaveAttribute('aria-pressed', 'true')
  for (const _ of Array(3)) await page.keyboard.press('Tab')
  await expect(view.getByRole('slider', { name: 'Photo, pixels' })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(view.getByText('225 pixels go in')).toBeVisible()
  await view.getByRole('radio', { name: 'FCN-8s' }).focus()
  await page.keyboard.press('ArrowLeft')
  await expect(view.getByRole('radio', { name: 'FCN-16s' })).toBeChecked()
  await view.getByLabel('Look at a cell of').selectOption('pool4')
  await view.getByRole('slider', { name: /^Cell/ }).focus()
  await page.keyboard.press('Home')
  await expect(view.locator('.seen')).toHaveText('pool4, cell 0: its middle lies at pixel 7.5. It sees 100 pixels, −42 to 57. Of the photo these are 58, 0 to 57.')
})

test('a cell under the pointer lights what it sees and stays when it is clicked', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 1800 })
  const view = await open(page)
  const before = await view.locator('.seen').innerText()
  const strips = view.locator('.strips')
  const band = await strips.locator('.cells .frame').nth(4).boundingBox()
  if (!band) throw new Error('no strip')
  // conv1_2, pool1, pool2, pool3, pool4: 27 cells; the last but one.
  await page.mouse.move(band.x + band.width * 25.5 / 27, band.y + band.height / 2)
  await expect(view.locator('.seen')).toContainText('pool4, cell 25: its middle lies at pixel 308.5')
  expect(await fragment(page)).toBe('panel=ruler')
  await page.mouse.move(0, 0)
  await expect(view.locator('.seen')).toHaveText(before)
  await page.mouse.click(band.x + band.width * 25.5 / 27, band.y + band.height / 2)
  await page.mouse.move(0, 0)
  await expect(view.locator('.seen')).toContainText('pool4, cell 25')
  expect(await fragment(page)).toBe('panel=ruler&cell=pool4:25')
})

test('a link shows both panels as they were and the address keeps it', async ({ page }) => {
  const link = 'panel=calculator&pixels=300&pad=50&pools=floor&fc6=3&head=16s&trim=padding&cell=pool3:7&layers=nn.ConvTranspose2d(1%2C%201%2C%204%2C%202)&input=1x5x6'
  const view = await open(page, link)
  await expect(view.getByRole('radio', { name: 'Layer calculator' })).toBeChecked()
  await expect(view.getByLabel('Layers')).toHaveValue('nn.ConvTranspose2d(1, 1, 4, 2)')
  await expect(view.getByRole('row', { name: /ConvTranspose2d/ })).toContainText('1 × 12 × 14')
  const told = await fragment(page)
  await view.getByRole('radio', { name: 'Offset ruler' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowLeft')
  await expect(view.getByText('300 pixels go in')).toBeVisible()
  await expect(view.locator('.seen')).toContainText('pool3, cell 7')
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#inside\?panel=ruler&pixels=300&pad=50/)
  await page.evaluate(text => { location.hash = `#inside?${text}` }, told)
  await expect(view.getByLabel('Layers')).toBeVisible()
  expect(await fragment(page)).toBe(told)
  // What a link says that can't be is as if it weren't said.
  await page.evaluate(() => {
    location.hash = '#inside?panel=nowhere&pixels=9999&pools=sideways&fc6=2&cell=x&input=0x0x0' })
  await expect(view.getByRole('radio', { name: 'Stages' })).toBeChecked()
  await view.getByRole('radio', { name: 'Offset ruler' }).check()
  await expect(view.getByText('224 pixels go in, a map of 312 comes out')).toBeVisible()
  expect(await fragment(page)).toBe('panel=ruler')
})

test('the slip of the notes is diagnosed and leads to the figure with that layer', async ({ page }) => {
  const view = await open(page, 'panel=calculator')
  await expect(view.locator('.findings')).toContainText('Gives 208 where 224 was wanted (14 · 16): 16 too few. Would do: kernel 32, or padding 0 (but then stamps don’t overlap: blocks).')
  await expect(view.getByRole('row', { name: /upscore16/ })).toContainText('21 × 208 × 208')
  const area = view.getByLabel('Layers')
  await area.fill((await area.inputValue()).replace('21, 16, stride', '21, 32, stride'))
  await expect(view.locator('.findings')).toContainText('Exactly 16 times as large')
  await view.getByRole('link', { name: 'See this layer step by step' }).click()
  const figure = page.locator('fcn-upsample')
  const layer = () => figure.evaluate(element => {
    const { kernel, stride, padding,
      output } = /** @type {import('../../www/elements/fcn-upsample.js').FcnUpsample} */ (element)
    return [kernel, stride, padding, output.length]
  })
  await expect.poll(layer).toEqual([[32, 32], [16, 16], [8, 8], 224])
})

test('a garbled line is told with its place and the rest is computed', async ({ page }) => {
  const view = await open(page, 'panel=calculator')
  const area = view.getByLabel('Layers')
  await area.fill('nn.Conv2d(512, 8, 3, padding=1)\nnn.Cnv2d(8, 8, 3)\nnn.Conv2d(8, 4, 1)')
  await expect(view.locator('.unread')).toContainText('Cnv2d isn’t a layer known here. It is left out, as if it weren’t there. Did you mean Conv2d?')
  await expect(view.locator('.unread')).toContainText('Understood and computed: 2 layers.')
  await expect(view.getByRole('row').nth(4)).toContainText('4 × 14 × 14')
  await view.getByRole('button', { name: 'Line 2, column 1' }).click()
  await expect(area).toBeFocused()
  const selected = await area.evaluate((/** @type {HTMLTextAreaElement} */ element) =>
    element.value.slice(element.selectionStart, element.selectionEnd))
  expect(selected).toBe('nn.Cnv2d(8, 8, 3)')
  // Another example doesn't lose what was written.
  await view.getByRole('button', { name: 'Burn' }).click()
  await expect(view.getByRole('row', { name: /upscore32/ })).toContainText('21 × 224 × 224')
  await view.getByRole('button', { name: 'Back to your text' }).click()
  await expect(area).toHaveValue(/Cnv2d/)
  await view.getByRole('textbox', { name: 'rows' }).fill('many')
  await expect(view.getByRole('alert')).toContainText('Computed is still 512×14×14')
  await area.fill('')
  await expect(view.getByText('No layer yet')).toBeVisible()
})

test('the size is dragged until a fully connected layer gets what it takes', async ({ page }) => {
  const view = await open(page, 'panel=calculator')
  await view.getByRole('button', { name: 'VGG16, fully connected' }).click()
  const layers = () =>
    view.evaluate(element => /** @type {import('../../www/elements/fcn-inside.js').FcnInside} */ (element).layers)
  const stops = async () => (await layers()).filter(({ problem }) => problem)
  const verdict = view.locator('.verdict')
  await expect(verdict).toHaveText('✕ 256×256 stops at Linear, line 22. Gets 512×8×8 = 32,768 numbers, but takes 25,088. PyTorch stops here; below it is computed as if they fitted.')
  await expect(view.locator('tr.stop')).toHaveCount(1)
  await expect(view.locator('tr.stop th')).toHaveText(/^✕ .*Linear$/)
  await expect(view.locator('.findings')).toContainText('As a convolution, nn.Conv2d(512, 4096, 7) with the same weights, it would take any size that leaves it at least 7×7 cells; here it would give a map of 2×2.')
  expect(await stops()).toEqual([{
    name: 'Linear', label: '', line: 22, shape: [4096],
    problem: { code: 'linear',
      message: 'Gets 512×8×8 = 32,768 numbers, but takes 25,088. PyTorch stops here; below it is computed as if they fitted.' },
  }])
  const slider = view.getByRole('slider', { name: /^Rows and columns/ })
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(verdict).toHaveText('✓ 255×255 goes through all layers; what comes out: 1000.')
  await expect(slider).toHaveAttribute('aria-valuetext', '255×255')
  await expect(view.locator('tr.stop')).toHaveCount(0)
  expect(await stops()).toEqual([])
  expect((await layers()).at(-1)?.shape).toEqual([1000])
  // It is in the link, and the fields go along.
  await expect.poll(() => fragment(page)).toContain('input=3x255x255')
  await expect(view.getByRole('textbox', { name: 'rows' })).toHaveValue('255')
  await page.keyboard.press('Home')
  await expect(verdict).toContainText('32×32 stops at Linear, line 22. Gets 512×1×1 = 512 numbers')
  await view.getByRole('textbox', { name: 'rows' }).fill('16')
  await expect(verdict).toContainText('16×32 stops at MaxPool2d, line 20.')
  await expect(view.locator('tr.stop th')).toHaveText(/^✕ .*MaxPool2d$/)
})

test('the table can be copied, and where it can not that is said', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const view = await open(page, 'panel=calculator')
  await view.getByRole('button', { name: 'Copy the table' }).click()
  await expect(view.getByText('Copied.')).toBeVisible()
  const text = await page.evaluate(() => navigator.clipboard.readText())
  expect(text.split('\n').map(line => line.split('\t')).at(-1)).toEqual(['upscore16 ConvTranspose2d',
    '21 × 208 × 208', '1', '1/16', '1/32', '112,896', '22,127,616'])
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) })
  const failed = page.evaluate(() =>
    new Promise(resolve => addEventListener('fcn-error',
      event => resolve(/** @type {CustomEvent} */ (event).detail.code), { once: true })))
  await view.getByRole('button', { name: 'Copy the table' }).click()
  await expect(view.getByRole('alert')).toContainText('The browser did not allow copying')
  expect(await failed).toBe('copy_failed')
})

test('strips are as wide as the element at every width', async ({ page }) => {
  const view = await open(page, 'pixels=600')
  for (const width of [1920, 700, 320]) {
    await page.setViewportSize({ width, height: 900 })
    await expect.poll(async () => await view.evaluate(element => {
      const svg = element.shadowRoot?.querySelector('.strips svg')
      return Math.abs((svg?.getBoundingClientRect().width ?? 0) - element.clientWidth)
    })).toBeLessThan(1)
  }
})

/** States that look different. @type {[name: string, fragment: string][]} */
const STATES = [
  ['the ruler', ''], ['a vanished map', 'pools=floor&pixels=1'], ['a part not covered',
    'pools=floor&head=32s&pixels=249'],
  ['the calculator', 'panel=calculator'],
  ['a layer that stops',
    'panel=calculator&layers=nn.Conv2d(3%2C%204%2C%203)%0Ann.Flatten()%0Ann.Linear(196%2C%202)&input=3x40x40'],
  ['a garbled text', 'panel=calculator&layers=nn.Cnv2d(3%2C%203)%0Ann.Conv2d(3%2C%204%2C%203%0A%3F%3F&input=3x9x9'],
]
for (const lang of /** @type {const} */ (['en', 'ko'])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`axe finds nothing in any state, and nothing sticks out at 320 pixels, ${lang}, ${colorScheme}`,
      async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 800 })
      for (const [name, fragment] of STATES) {
        await page.goto('about:blank')
        const view = await open(page, fragment, lang)
        await view.locator('details').evaluateAll(all =>
          all.forEach(each => { /** @type {HTMLDetailsElement} */ (each).open = true }))
        expect(await axe(page, 'fcn-inside'), name).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(320)
      }
    })
  }
}
