/**
 * `<fcn-inside>` about a net: what its panels show is the pass's own, by pointer, by keys and in links, for every kind of
 * net, and whatever fails is explained in place.
 */
/// <reference path="../../www/elements/inside/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { openLab } from './engine-setup.js'
import { fixture, tensor } from './fixtures.js'
import { photo } from './segment-setup.js'

/** @typedef {import('@playwright/test').Page} Page */

/** The page's view on a small photo of ours. @param {Page} page @param {string} fragment @param {string} [lang] */
async function open(page, fragment, lang = 'en') {
  page.on('pageerror', error => { throw error })
  await page.goto(`?lang=${lang}&backend=cpu#inside?size=224&${fragment}`)
  const view = page.locator('fcn-inside')
  // The sample that the page begins with.
  await expect(view.locator('fcn-photo-board').first()).toBeVisible()
  return view
}

/** @param {Page} page */
const fragment = page => page.evaluate(() => document.querySelector('fcn-inside')?.fragment)

/** For the page. @param {{shape: number[], bytes: Buffer}} tensor */
const plain = ({ shape, bytes }) => ({ shape, bytes: bytes.toString('base64') })

for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
  test(`channels are PyTorch's on ${backend}`, async ({ page }) => {
    const { buffer: cases } = await fixture('tiny-reference.cases.safetensors')
    const length = Number(cases.readBigUInt64LE(0))
    const names = Object.keys(JSON.parse(cases.subarray(8, 8 + length).toString()))
    const [, size, first] = /** @type {RegExpExecArray} */ (names.map(name =>
      /^(\d+x\d+)\.map\.(\w+)$/.exec(name)).find(Boolean))
    const maps = names.flatMap(name => name.startsWith(`${size}.map.`) && !/\.(max|every5)$/.test(name)
      ? [{ stage: name.replace(`${size}.map.`, ''), ...plain(tensor(cases, name)) }] : [])
    expect(maps.length, first).toBeGreaterThan(2)
    const files = [await fixture('tiny-reference.model.json'), await fixture('tiny-reference.safetensors')]
      .map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') }))
    const lab = await openLab(page)
    const worst = await lab.evaluate(async ({ Engine }, { files, maps, size, backend }) => {
      const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
      const engine = await Engine.create({ backend })
      const net = await engine.load(files.map(({ name, bytes }) => new File([bytesOf(bytes)], name)))
      const [height, width] = size.split('x').map(Number)
      // The picture of make_nets.py.
      const noise = (/** @type {number} */ n) => {
        let x = Math.imul(n, 2654435761) >>> 0
        x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0
        return ((x ^ (x >>> 13)) >>> 8) & 255
      }
      const image = new ImageData(width, height)
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          for (let c = 0; c < 3; c++) {
            const block = noise(Math.floor(y / 9) * 4096 + Math.floor(x / 9) * 4 + c)
            image.data[4 * (y * width + x) + c] = Math.floor((3 * block + noise((1 << 28) + y * 16384 + x * 4 + c)) / 4)
          }
          image.data[4 * (y * width + x) + 3] = 255
        }
      }
      const photo = await createImageBitmap(image)
      let worst = 0
      for (const { stage, shape, bytes } of maps) {
        const [channels, rows, columns] = shape.slice(-3)
        const expected = new Float32Array(bytesOf(bytes).buffer)
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        for (const channel of [0, channels - 1]) {
          const { data, height, width } = await net.channel(photo, { stage, channel, size: 'native' })
          if (height !== rows || width !== columns) return `${stage}: ${height}×${width}, not ${rows}×${columns}`
          data.forEach((value, i) => {
            worst = Math.max(worst, Math.abs(value - expected[channel * rows * columns + i]) / largest)
          })
        }
      }
      return worst
    }, { files, maps, size, backend })
    // As for the scores: f32 sums in another order.
    expect(worst).toBeLessThan(1e-4)
  })
}

test('the stages tell what each costs, and a channel, a cell and its products are read off them', async ({ page }) => {
  const view = await open(page, 'panel=stages&stage=conv2_1')
  const row = view.getByRole('row', { name: /conv2_1/ })
  await expect(row).toContainText('10.4 k')
  await expect(row).toContainText('10 px')
  // Neither its width nor its fc6 is the paper's, and it says so.
  await expect(view.getByText(/Its first layers have 24 channels .* Its fc6 is 3×3/)).toBeVisible()
  await view.getByRole('button', { name: 'pool2' }).click()
  await expect(view.getByRole('heading', { name: 'pool2' })).toBeVisible()
  const board = view.getByRole('application', { name: /^Channel \d+ of pool2 over the photo/ })
  await board.focus()
  await page.keyboard.press('ArrowRight')
  await expect(view.getByText('Max pooling: of the 2×2 values of conv2_2 the largest stays.')).toBeVisible()
  // The value shown is the engine's own.
  const shown = Number((await view.locator('.cell b').first().innerText()).replace('−', '-').split(': ')[1])
  const windows = (await view.locator('.cell table.numbers td').allInnerTexts()).map(text =>
    Number(text.replace('−', '-')))
  expect(Math.max(...windows)).toBeCloseTo(shown, 2)
  const sheet = view.getByRole('application', { name: /Channels of pool2/ })
  await sheet.focus()
  await page.keyboard.press('ArrowRight')
  await expect(view.getByRole('application', { name: /^Channel \d+ of pool2 over the photo/ })).toBeVisible()
  expect(await fragment(page)).toMatch(/^panel=stages&.*stage=pool2&channel=\d+/)
})

test('a transposed convolution, a sum and a cell between cells are written out', async ({ page }) => {
  const view = await open(page, 'panel=stages&stage=upscore2&row=4&column=5')
  const number = (/** @type {string} */ text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, ''))
  const value = async () => number((await view.locator('.cell b').first().innerText()).split(': ')[1])
  await expect(view.getByText(/^A transposed convolution: each value of score_fr .* 4×4 kernel .* 2 cells from one to the next/)).toBeVisible()
  await expect(view.getByText('This cell is reached by 4 stamps')).toBeVisible()
  await expect(view.locator('.cell a')).toHaveAttribute('href', /upsample.*kernel=4x4/)
  // Row 4 lies at 2·2 − 1 + 1 of cell 2 and at 2·1 − 1 + 3 of cell 1; column 5 at 2·3 − 1 + 0 and 2·2 − 1 + 2.
  const table = view.locator('.cell table').first()
  await expect(table.locator('tbody th')).toHaveText(['[1, 2]', '[1, 3]', '[2, 2]', '[2, 3]'])
  await expect(table.locator('tbody td:nth-child(3)')).toHaveText(['[3, 2]', '[3, 0]', '[1, 2]', '[1, 0]'])
  const rows = await table.locator('tbody tr').evaluateAll(all =>
    all.map(row => [...row.children].map(cell => cell.textContent ?? '')))
  for (const [, from, , weight, gives] of rows) {
    expect(number(from) * number(weight)).toBeCloseTo(number(gives), 2)
  }
  const sum = view.locator('.cell p.sum')
  expect(number(await sum.locator('b').innerText())).toBeCloseTo(await value(), 2)
  // The cells that stamp it are on the photo, under what it sees.
  await expect(view.locator('fcn-photo-board i.share')).toHaveCount(4)
  await view.getByRole('button', { name: 'fuse_pool4', exact: true }).click()
  const board = view.getByRole('application', { name: /of fuse_pool4 over the photo/ })
  await board.focus()
  await page.keyboard.press('ArrowRight')
  await expect(view.locator('.terms li code')).toHaveText(['upscore2', 'score_pool4'])
  const terms = (await view.locator('.terms b').allInnerTexts()).map(number)
  expect(terms[0] + terms[1]).toBeCloseTo(await value(), 2)
  await expect(view.locator('fcn-photo-board i.share')).toHaveCount(0)
})

test('what is taken away of a stage is what is shown', async ({ page }) => {
  const view = await open(page, 'panel=stages&stage=score_fr')
  const take = async (/** @type {string} */ name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), view.getByRole('button', { name }).click()])
    const file = await download.path()
    return { name: download.suggestedFilename(), bytes: await readFile(file) }
  }
  await expect(view.getByRole('button', { name: 'Channel (CSV)' })).toBeEnabled()
  const csv = await take('Channel (CSV)')
  const rows = csv.bytes.toString().trim().split('\n').map(line => line.split(',').map(Number))
  const npy = await take('All values (NPY)')
  const header = npy.bytes.subarray(10, 10 + npy.bytes.readUInt16LE(8)).toString()
  const [channels, height,
    width] = /** @type {RegExpExecArray} */ (/'shape': \((\d+), (\d+), (\d+)\)/.exec(header)).slice(1).map(Number)
  expect([rows.length, rows[0].length]).toEqual([height, width])
  const values = npy.bytes.subarray(10 + npy.bytes.readUInt16LE(8))
  expect(values.length).toBe(4 * channels * height * width)
  const channel = Number(/-(\d+)\.csv$/.exec(csv.name)?.[1])
  rows.flat().forEach((value, i) => expect(values.readFloatLE(4 * (channel * height * width + i))).toBeCloseTo(value,
    5))
  const png = await take('Sheet (PNG)')
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
})

test('skips are turned down by hand, and held against the net\'s own heads without them', async ({ page }) => {
  const view = await open(page, 'panel=tail')
  await expect(view.locator('ol.play li')).toHaveCount(8)
  // Of which class they are is known only with the first mask.
  await expect(view.locator('ol.play')).toHaveAttribute('aria-label', /animal/i)
  const ranges = () => view.locator('ol.play figcaption').allInnerTexts()
  const before = await ranges()
  await view.getByRole('slider', { name: /^pool3/ }).focus()
  await page.keyboard.press('Home')
  await expect(view.getByText(/In [\d,]+ pixels .* differs from the net’s own FCN-16s head/)).toBeVisible()
  const after = await ranges()
  expect(after[5]).toContain('0 … 0')
  expect(after.slice(0, 5)).toEqual(before.slice(0, 5))
  expect(after[7]).not.toBe(before[7])
  await view.getByLabel('Show where').check()
  await view.getByRole('button', { name: /Play/ }).click()
  await expect(view.getByRole('slider', { name: /^pool4/ })).toHaveValue('0')
  await expect(view.getByRole('button', { name: /Play/ })).toBeVisible()
  await expect.poll(ranges).toEqual(before)
  await view.locator('.controls select').first().selectOption('sky')
  await expect.poll(ranges).not.toEqual(before)
})

test('a pixel says why it got its class and not the runner-up', async ({ page }) => {
  const view = await open(page, 'panel=pixel')
  const number = (/** @type {string} */ text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, ''))
  const parts = async () => (await view.locator('.panel table.bars td.num').allInnerTexts()).map(number)
  const sum = async () => number((await view.locator('p.sum b').innerText()).split(':')[1])
  await expect(view.locator('p.sum')).toBeVisible()
  const own = { sum: await sum(), parts: await parts() }
  expect(own.parts).toHaveLength(3)
  // As they are shown they add up, or it says that they don't quite.
  const isExact = !(await view.locator('p.sum').innerText()).includes('≈')
  expect(Math.abs(own.parts.reduce((a, b) => a + b) - own.sum)).toBeLessThan(isExact ? 1e-9 : 0.003)
  await view.locator('.panel .segments label').nth(1).click()
  const rival = await sum()
  expect(rival).toBeLessThanOrEqual(own.sum)
  await view.getByRole('radio', { name: 'Difference' }).check()
  expect(await sum()).toBeCloseTo(own.sum - rival, 2)
  await view.getByRole('button', { name: 'Pin this pixel' }).click()
  const place = await fragment(page)
  await view.getByRole('application').focus()
  await page.keyboard.press('Shift+ArrowDown')
  await expect(view.getByRole('row', { name: /^Here:/ })).toBeVisible()
  await expect.poll(() => fragment(page)).not.toBe(place)
  const marks = view.locator('fcn-photo-board i')
  const cell = view.locator('.part table.bars button').first()
  await cell.focus()
  await expect.poll(() => view.locator('fcn-photo-board i.sees').count()).toBe(1)
  // A cell that was pressed stays, until it is pressed once more; the pixels stay as small as they were, and on top.
  await cell.click()
  await page.mouse.move(0, 0)
  await cell.blur()
  await expect(cell).toHaveAttribute('aria-pressed', 'true')
  await expect(view.locator('fcn-photo-board i.sees')).toHaveCount(1)
  await cell.click()
  await page.mouse.move(0, 0)
  await cell.blur()
  await expect(view.locator('fcn-photo-board i.sees')).toHaveCount(0)
  await expect.poll(() => marks.evaluateAll(all => all.slice(-2).map(mark => {
    const { width, height, backgroundColor } = getComputedStyle(mark)
    return [mark.className, width, height, backgroundColor].join(' ')
  }))).toEqual(['pin 20px 20px rgba(0, 0, 0, 0)', 'point 20px 20px rgba(0, 0, 0, 0)'])
})

test('a grey square shows which pixels mattered, and can be stopped', async ({ page }) => {
  const view = await open(page, 'panel=occlusion&squares=4')
  const start = view.getByRole('button', { name: 'Cover and see' })
  await expect(start).toBeEnabled()
  await start.click()
  await expect(view.getByText(/^All \d+ squares were tried/)).toBeVisible()
  await expect(view.getByText(/On paper the pixel can see \d+ of the grey squares/)).toBeVisible()
  await expect(view.locator('ol.strongest li')).toHaveCount(5)
  // With nothing covered the score is the one that the pixel's own panel takes apart.
  const number = (/** @type {string} */ text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, ''))
  const base = number((await view.getByText(/^Score of .* with nothing covered:/).innerText()).split(': ')[1].replace(/\.$/, ''))
  await view.getByRole('radio', { name: 'Why this pixel?' }).check()
  await expect(view.locator('p.sum')).toBeVisible()
  expect(number((await view.locator('p.sum b').innerText()).split(':')[1])).toBeCloseTo(base, 2)
  await view.getByRole('radio', { name: 'Which pixels mattered?' }).check()
  await view.getByLabel('Size of the square').selectOption('16')
  await start.click()
  await expect(view.getByText(/^\d+ of \d+ squares/)).toBeVisible()
  await view.getByRole('button', { name: 'Cancel' }).click()
  await expect(start).toBeVisible()
  await expect(view.getByText(/^\d+ of \d+ squares/)).toBeVisible()
  await expect(view.getByRole('alert')).toHaveCount(0)
})

test('a link brings back the panel with all that is set in it', async ({ page }) => {
  const view = await open(page, 'panel=tail&pool4=0.5&pool3=0.25&class=animal&sample=dogs&model=everyday-slim')
  await expect(view.getByRole('slider', { name: /^pool4/ })).toHaveValue('0.5')
  await expect(view.locator('.controls select').first()).toHaveValue('animal')
  await expect(view.getByRole('button', { name: 'Dogs', pressed: true })).toBeVisible()
  expect(await fragment(page)).toBe('panel=tail&sample=dogs&model=everyday-slim&size=224&pool4=0.5&pool3=0.25&class=animal')
  await expect(view.locator('.net select').first()).toHaveValue(/everyday-slim/)
  // What nobody can read is as usual.
  await page.evaluate(() => {
    const view = document.querySelector('fcn-inside')
    if (view) view.fragment = 'panel=tail&pool4=x&pool3=7&row=-3&squares=5&size=224&sample=nobody'
  })
  await expect(view.getByRole('slider', { name: /^pool4/ })).toHaveValue('1')
})

/** @type {[name: string, title: string, panels: string[], opened: [stage: string, text: RegExp] | null][]} */
const OWN = [
  ['tiny-reference', 'upscorec', ['tail', 'pixel'],
    ['upscore8c', /^A crop: this is the cell of upscore8 at row \d+, column \d+/]],
  ['tiny-fcn-resnet50', 'classifier.2', ['pixel'], ['out', /^Bilinear resizing: .* of classifier/]],
  ['tiny-deeplabv3', 'classifier.3', ['pixel'], null], ['tiny-vgg16', 'score', ['pixel'], null],
  ['tiny-lraspp-mobilenet', 'classifier.low_classifier', ['pixel'], null], ['tiny-vgg11', 'score', ['pixel'], null],
]
for (const [name, title, panels, opened] of OWN) {
  test(`own weights of ${name} are opened as well`, async ({ page }) => {
    const view = await open(page, 'panel=stages')
    await view.locator('input[type=file][multiple]').setInputFiles([await fixture(`${name}.model.json`),
      await fixture(`${name}.safetensors`)])
    await expect(view.getByRole('button', { name: title, exact: true })).toBeVisible()
    // The last stage can be looked at, whatever makes it.
    await view.getByRole('button', { name: title, exact: true }).click()
    await expect(view.getByRole('heading', { name: title, exact: true })).toBeVisible()
    await expect(view.locator('.one fcn-photo-board')).toBeVisible()
    if (opened) {
      await view.getByRole('button', { name: opened[0], exact: true }).click()
      await view.getByRole('application', { name: new RegExp(`of ${opened[0]} over the photo`) }).focus()
      await page.keyboard.press('ArrowRight')
      await expect(view.locator('.cell').getByText(opened[1])).toBeVisible()
    }
    await expect(view.getByRole('alert')).toHaveCount(0)
    await view.getByRole('radio', { name: 'Why this pixel?' }).check()
    await expect(view.locator('p.sum')).toBeVisible()
    // The class is the best one there: no other has a higher score.
    const score = async () => Number((await view.locator('p.sum b').innerText()).split(': ')[1].replace('−', '-'))
    const best = await score()
    await view.locator('.panel .segments label').nth(1).click()
    await expect.poll(score).toBeLessThanOrEqual(best)
    await view.getByRole('radio', { name: 'Skips and tail' }).check()
    if (panels.some(panel => panel === 'tail')) await expect(view.locator('ol.play li')).toHaveCount(8)
    else await expect(view.getByText(/hasn’t both skips|has no tail/)).toBeVisible()
    await expect(view.getByRole('alert')).toHaveCount(0)
  })
}

test('a photo of one pixel, a file that is none, and a net that fails are explained, and nothing is lost',
  async ({ page }) => {
  const view = await open(page, 'panel=stages')
  const choose = view.locator('input[type=file]:not([multiple])')
  await choose.setInputFiles(photo('dot.png', 1, 1))
  await expect(view.getByText(/at 1×1 pixels/)).toBeVisible()
  await choose.setInputFiles({ name: 'note.png', mimeType: 'image/png', buffer: Buffer.from('hello') })
  await expect(view.locator('[part~=error]')).toContainText('Choose')
  await expect(view.getByText(/at 1×1 pixels/)).toBeVisible()
  await view.getByRole('button', { name: 'Close message' }).click()
  await view.locator('input[type=file][multiple]').setInputFiles({ name: 'net.pth', mimeType: '',
    buffer: Buffer.from('hello') })
  await expect(view.locator('[part~=error]')).toBeVisible()
  await expect(view.getByText(/at 1×1 pixels/)).toBeVisible()
})

for (const lang of ['en', 'ko']) {
  for (const panel of ['stages', 'tail', 'pixel', 'occlusion']) {
    test(`${panel} passes axe in ${lang}, and fits 320 pixels`, async ({ page }) => {
      await page.setViewportSize({ width: 320, height: 700 })
      const view = await open(page, `panel=${panel}&row=1&column=1`, lang)
      // Cells are written out in different ways.
      for (const stage of panel === 'stages' ? ['pool2', 'conv2_1', 'upscore8', 'fuse_pool3'] : ['']) {
        await page.evaluate(text => {
          const view = document.querySelector('fcn-inside')
          if (view) view.fragment = text
        }, `panel=${panel}&size=224&stage=${stage}&row=1&column=1`)
        if (stage) await expect(view.locator('.cell .sum')).toBeVisible()
        await expect(view.locator('progress')).toHaveCount(0)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(wide, stage).toBeLessThanOrEqual(0)
        expect(await axe(page, 'fcn-inside'), stage).toEqual([])
      }
    })
  }
}
