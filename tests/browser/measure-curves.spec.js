/** The panel "training curves" of `<fcn-measure>`: a model's curves, one's own logs, where they part ways, and what can be wrong with a file. */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { fragmentOf, open } from './measure-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */

/** Loss and mIoU both rise from step 3,000 to 5,000; the training loss falls meanwhile. */
const LOG = `step,train_loss,val_loss,miou,lr
1000,1.1,0.9,0.30,0.1
2000,0.8,0.7,0.40,0.1
3000,0.6,0.6,0.47,0.1
4000,0.5,0.72,0.55,0.1
5000,0.4,0.85,0.65,0.1
6000,0.35,0.7,0.66,0.1
`

/** @param {Page} page @param {string} fragment @param {string} [lang] */
async function openCurves(page, fragment, lang) {
  page.on('console',
    message => { if (message.type() === 'error' && !/404|503/.test(message.text())) throw new Error(message.text()) })
  return await open(page, fragment, lang)
}

/** @param {Locator} view @param {...[name: string, text: string | Buffer]} files */
async function choose(view, ...files) {
  await view.getByLabel('Choose logs').setInputFiles(files.map(([name, text]) =>
    ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })))
}

/** @param {Locator} view @param {string} name */
const column = (view, name) => view.getByRole('combobox', { name, exact: true })

/** @param {string} model @returns {Promise<number>} the step with the lowest validation loss, as its card has it */
async function lowestOf(model) {
  const { curves } = JSON.parse(await readFile(new URL(`../../www/models/${model}/model.json`,
    import.meta.url), 'utf8'))
  return curves.toSorted((/** @type {{val_loss: number}} */ a, /** @type {{val_loss: number}} */ b) =>
    a.val_loss - b.val_loss)[0].step
}

test('a csv is read, its partings are marked in both charts and told, and every number is in a table',
  async ({ page }) => {
  const view = await openCurves(page, 'panel=curves')
  await choose(view, ['run.csv', LOG])
  await expect(view.getByText('Shown: run.csv')).toBeVisible()
  const part = view.locator('[part=partings]')
  await expect(part).toContainText('1 From step 3,000 to step 5,000 the validation loss rose by 0.25 (to 0.85) while mIoU rose by 18 points (to 65.0%).')
  await expect(part).toContainText('2 From step 3,000 to step 5,000 the training loss fell by 0.2 (to 0.4) while the validation loss rose by 0.25 (to 0.85).')
  await expect(part).toContainText('The weights with the lowest validation loss (0.6, step 3,000) have mIoU 47.0%. The best mIoU, 66.0%, is at step 6,000, where the validation loss is 0.7.')
  await expect(part).toContainText('For validation loss and mIoU that is 0.13 and 8 points.')
  const charts = view.getByRole('img', { name: /^Line chart: .* Marked stretches: 2\./ })
  await expect(charts).toHaveCount(2)
  // One filled band and two bars above it; the numbers are those of the list.
  for (const chart of await charts.all()) {
    await expect(chart.locator('rect')).toHaveCount(3)
    expect(await chart.locator('[font-weight=bold] text').allTextContents()).toEqual(['1', '2'])
  }
  // Both charts have the same steps at the same places.
  const bands = await charts.evaluateAll(all =>
    all.map(chart => chart.querySelector('rect')?.getBoundingClientRect()).map(box =>
      box && [Math.round(box.left), Math.round(box.width)]))
  expect(bands[0]).toEqual(bands[1])

  await view.getByText('All numbers').focus()
  await page.keyboard.press('Enter')
  await expect(view.getByRole('row', { name: '4,000 0.5 0.72 55.0%' })).toBeVisible()
  // A person's own log is in no link.
  expect(await fragmentOf(page)).toBe('panel=curves')
})

test('which column is what can be changed, and a column is one thing', async ({ page }) => {
  const view = await openCurves(page, 'panel=curves')
  await choose(view, ['odd.csv', 'when,a,b,c\n1,0.9,30,x\n2,0.8,40,x\n3,0.85,45,x\n'])
  await expect(view.locator('[part=notes]')).toContainText('No column has a name that is known here.')
  await expect(view.locator('svg.chart, figure.chart')).toHaveCount(0)
  await column(view, 'counted by').selectOption('when')
  await column(view, 'validation loss').selectOption({ label: 'a, 3 values' })
  await column(view, 'mIoU').selectOption({ label: 'b, 3 values' })
  await expect(view.locator('[part=notes]')).toContainText('Read as percent, since there are values above 1: mIoU.')
  await expect(view.getByRole('img', { name: /^Line chart/ })).toHaveCount(2)
  await column(view, 'pixel accuracy').selectOption({ label: 'b, 3 values' })
  await expect(column(view, 'mIoU')).toHaveValue('')
  // Another log is guessed anew.
  await choose(view, ['run.csv', LOG])
  await expect(column(view, 'counted by')).toHaveValue('step')
  await expect(column(view, 'mIoU').locator('option:checked')).toHaveText('miou, 6 values')
  await expect(view.getByText('Columns left out: 1 (lr).')).toBeAttached()
})

test('scalars of tensorboard add up, whether they come together or one by one', async ({ page }) => {
  const view = await openCurves(page, 'panel=curves')
  const scalars = (/** @type {number[]} */ ...values) =>
    JSON.stringify(values.map((value, i) => [1.7e9 + i, 100 * (i + 1), value]))
  await choose(view, ['run-.-tag-val_loss.json', scalars(0.9, 0.8, 0.7)],
    ['run-.-tag-train_loss.json', scalars(0.8, 0.6, 0.5)])
  await expect(view.locator('[part=partings]')).toContainText('There is no accuracy and no mIoU to hold the loss against.')
  await choose(view, ['run-.-tag-mIoU_val.csv', 'Wall time,Step,Value\n1,100,0.3\n2,200,0.4\n3,300,0.5\n'])
  await expect(view.locator('[part=partings]')).toContainText('Here validation loss and mIoU part nowhere')
  await expect(view.getByText('Shown: run-.-tag-val_loss.json, run-.-tag-train_loss.json, run-.-tag-mIoU_val.csv')).toBeVisible()
  // Anything else takes their place.
  await choose(view, ['run.csv', LOG])
  await expect(view.getByText('Shown: run.csv')).toBeVisible()
})

test('what is no log is told, and leaves what is there', async ({ page }) => {
  const view = await openCurves(page, 'panel=curves')
  await choose(view, ['run.csv', LOG])
  for (const [name, text, said] of /** @type {[string, string | Buffer, RegExp][]} */ ([
    ['empty.csv', '', /“empty\.csv” is empty/],
    ['events.out.tfevents.1690000000.host', Buffer.from([24, 0, 0, 0, 0, 0, 0, 0]),
      /TensorBoard’s own event file.*download each curve as JSON or CSV/],
    ['photo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), /“photo\.png” is not text/],
    ['<img src=x onerror=alert(1)>.csv', 'hello',
      /No numbers in columns were found in “<img src=x onerror=alert\(1\)>\.csv”/],
    ['model.json', '{"architecture": "fcn-vgg16", "classes": []}', /The model card “model\.json” has no curves/],
    ['long.csv', `a,b\n${'1,2\n'.repeat(200_001)}`, /more than 200,000 rows/],
    ['large.csv', Buffer.alloc(20_000_001, '1'), /more than 20 MB together/],
  ])) {
    await choose(view, [name, text])
    await expect(view.getByRole('alert')).toContainText(said)
    await expect(view.getByText('Shown: run.csv')).toBeVisible()
  }
  await choose(view, ['run.csv', LOG.replace('0.72', '<b>x</b>').replace('0.85', 'NaN')])
  await expect(view.getByRole('alert')).toHaveCount(0)
  await expect(view.locator('[part=notes]')).toContainText('Left out, since they are no numbers: 1 cell.')
  await expect(view.locator('[part=notes]')).toContainText('Left out, since they are NaN or infinite: 1 cell.')
})

test('a shipped model\'s curves are shown, by choice and by link, and the charts come for this panel alone',
  async ({ page }) => {
  /** @type {string[]} */
  const asked = []
  page.on('request', request => asked.push(request.url()))
  const view = await openCurves(page, 'panel=sandbox&puzzle=accurate')
  await expect(view.locator('fcn-measure-board').first()).toBeVisible()
  expect(asked.filter(url => /plot|training-log|curves-chart/.test(url))).toEqual([])
  await view.getByRole('radio', { name: 'Training curves' }).check()
  await expect(view.getByRole('img', { name: /^Line chart/ })).toHaveCount(2)
  await expect(column(view, 'Curves of').locator('option:checked')).toHaveText('Everyday, 14 classes')
  await expect(view.locator('[part=partings]')).toContainText('The validation loss is lowest (0.336) and mIoU is best (74.4%) at the same validation, step 6,500.')
  await column(view, 'Curves of').selectOption({ label: 'Recycling, 7 classes' })
  await expect(view.locator('[part=partings]')).toContainText(`step ${await lowestOf('recycling')}`)
  expect(await fragmentOf(page)).toBe('panel=curves&puzzle=accurate&curves=recycling')
  expect(asked.filter(url => !url.startsWith('http://127.0.0.1'))).toEqual([])

  await page.evaluate(() => { location.hash = '#measure?panel=curves&curves=everyday-vgg' })
  const { curves } = JSON.parse(await readFile(new URL('../../www/models/everyday-vgg/model.json',
    import.meta.url), 'utf8'))
  const last = curves.at(-1).step.toLocaleString('en')
  await expect(view.locator('[part=partings]')).toContainText(`step ${last}`)
  await expect(column(view, 'Curves of').locator('option:checked')).toHaveText('Everyday VGG, 14 classes')
  // What nobody offers is as usual.
  await page.evaluate(() => { location.hash = '#measure?panel=curves&curves=../../evil' })
  await expect(view.locator('[part=partings]')).toContainText('step 6,500')
  expect(await fragmentOf(page)).toBe('panel=curves')
  // A coarser head's mIoU can be chosen.
  await view.getByText('Which column is what').click()
  await column(view, 'mIoU').selectOption({ label: 'fcn32s mIoU, 13 values' })
  await expect(view.locator('[part=partings]')).toContainText('mIoU is best (69.7%)')
})

test('a model card that cannot be had can be tried again', async ({ page }) => {
  let isDown = true
  await page.route('**/models/recycling/model.json', async route => {
    if (isDown) await route.fulfill({ status: 503, body: '' })
    else await route.continue()
  })
  const view = await openCurves(page, 'panel=curves&curves=recycling')
  await expect(view.getByRole('alert')).toContainText('The server did not deliver a file (status 503)')
  isDown = false
  await view.getByRole('button', { name: 'Try again' }).click()
  await expect(view.locator('[part=partings]')).toContainText(`step ${await lowestOf('recycling')}`)
})

test('a log dropped anywhere comes to this panel, a picture does not, and here everything does', async ({ page }) => {
  const view = await openCurves(page, 'panel=masks')
  const drop = (/** @type {string} */ name, /** @type {string} */ text) => page.evaluate(([name, text]) => {
    const data = new DataTransfer()
    data.items.add(new File([text], name))
    document.querySelector('fcn-measure')?.shadowRoot?.querySelector('.root')?.dispatchEvent(new DragEvent('drop',
      { dataTransfer: data, bubbles: true, cancelable: true, composed: true }))
  }, [name, text])
  await drop('mask.png', 'hello')
  await expect(view.getByRole('alert')).toBeVisible()
  await expect(view.getByRole('radio', { name: 'Two masks' })).toBeChecked()
  await drop('run.csv', LOG)
  await expect(view.getByRole('radio', { name: 'Training curves' })).toBeChecked()
  await expect(view.getByText('Shown: run.csv')).toBeVisible()
  await drop('model.json', JSON.stringify({ name: 'mine',
    curves: [1, 2, 3].map(step => ({ step, val_loss: 1 / step, fcn8s: { pixel_accuracy: 0.5, miou: step / 10 } })) }))
  await expect(view.getByText('Shown: mine')).toBeVisible()
  await expect(view.locator('[part=partings]')).toContainText('mIoU is best (30.0%)')
})

test('the sum to try lets the loss rise while the accuracy rises, by keyboard', async ({ page }) => {
  const view = await openCurves(page, 'panel=curves')
  const now = view.getByRole('row', { name: /^now/ })
  await expect(now).toContainText('0.325')
  await view.getByRole('slider', { name: /^Wrong pixels/ }).focus()
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft')
  await expect(now).toContainText('85%')
  await expect(view.getByText('The accuracy rose. Now let the wrong pixels')).toBeVisible()
  await view.getByRole('slider', { name: /^p of the true class/ }).focus()
  await page.keyboard.press('Home')
  await expect(now).toContainText('0.15 × 6.91 + 0.85 × 0.105')
  await expect(view.getByText(/Both rose: accuracy by 5 points, the loss by 0\.8/)).toBeVisible()
})

test('a long log is drawn thinned, and its table is turned page by page', async ({ page }) => {
  const view = await openCurves(page, 'panel=curves')
  const rows = Array.from({ length: 5000 },
    (_, i) => `${i},${(1 / (1 + i / 500)).toFixed(5)},${(0.6 - 0.5 / (1 + i / 500)).toFixed(5)}`)
  await choose(view, ['long.csv', `step,val_loss,miou\n${rows.join('\n')}`])
  await expect(view.getByText('Shown: long.csv')).toBeVisible()
  await expect(view.getByRole('img', { name: /^Line chart/ })).toHaveCount(2)
  await view.getByText('All numbers').click()
  await expect(view.getByText('Rows 1 to 100 of 5,000')).toBeVisible()
  await view.getByRole('button', { name: 'Later' }).click()
  await expect(view.getByText('Rows 101 to 200 of 5,000')).toBeVisible()
  await expect(view.getByRole('row', { name: /^100 0\.833/ })).toBeVisible()
})

for (const lang of ['en', 'ko']) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`training curves pass axe in ${lang}, ${colorScheme}, and fit 320 pixels`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 320, height: 800 })
      const view = await openCurves(page, 'panel=curves&curves=example', lang)
      await expect(view.locator('svg.chart, figure.chart')).toHaveCount(2)
      await expect(view.locator('[part=partings]')).toContainText(lang === 'ko'
        ? '8에폭에서 14에폭 사이에 검증 손실은 0.083 올랐고(0.538까지)' : 'From epoch 8 to epoch 14 the validation loss rose by 0.083')
      for (const summary of await view.locator('summary').all()) await summary.click()
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      expect(await axe(page, 'fcn-measure')).toEqual([])
    })
  }
}
