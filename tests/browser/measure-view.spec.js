/**
 * `<fcn-measure>`: puzzles by pointer and by keys, masks from files with what can be wrong with them, links, and numbers
 * that are the engine's to the last digit.
 */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { openLab } from './engine-setup.js'
import { fragmentOf, mask, open } from './measure-setup.js'

/** @typedef {import('@playwright/test').Page} Page */

test('a puzzle is solved by pointer, and by keys, and undone', async ({ page }) => {
  const view = await open(page, 'puzzle=accurate')
  const boards = view.locator('fcn-measure-board')
  await expect(boards).toHaveCount(3)
  await view.getByRole('radio', { name: 'background' }).check()
  await view.getByRole('radio', { name: 'Fill' }).check()
  const prediction = view.getByRole('application', { name: 'Prediction' })
  await prediction.scrollIntoViewIfNeeded()
  const box = await prediction.boundingBox()
  if (!box) throw new Error('no board')
  await page.mouse.click(box.x + box.width * 5.5 / 12, box.y + box.height * 5.5 / 12)
  await expect(view.locator('[part=solved]')).toContainText('Solved. Pixel accuracy counts pixels')
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('0.9167')
  await expect(view.getByRole('row', { name: /^mIoU/ })).toContainText('= (0.9167 + 0) / 2')
  expect(await fragmentOf(page)).toBe('panel=sandbox&puzzle=accurate&prediction=A144')
  await view.getByRole('button', { name: 'Undo' }).click()
  await expect(view.locator('[part=solved]')).toHaveCount(0)
  await view.getByRole('button', { name: 'Redo' }).click()
  await expect(view.locator('[part=solved]')).toBeVisible()

  await view.getByLabel('Puzzle').selectOption('absent')
  await expect(view.locator('[part=solved]')).toHaveCount(0)
  await view.getByRole('radio', { name: 'Pixel' }).check()
  await view.getByRole('application', { name: 'Prediction' }).focus()
  for (const key of ['2', 'ArrowRight', 'ArrowRight', ' ']) await page.keyboard.press(key)
  await expect(view.locator('[part=solved]')).toContainText('A class that is in neither map')
  await expect(view.getByRole('radio', { name: 'dog' })).toBeChecked()
  // A puzzle's truth is its own: it takes no brush.
  await expect(view.getByRole('application', { name: 'Truth' })).toHaveCount(0)
})

test('a stroke is one step, and a link brings the boards back', async ({ page }) => {
  const view = await open(page, '')
  const board = view.getByRole('application', { name: 'Prediction' })
  const box = await board.boundingBox()
  if (!box) throw new Error('no board')
  const at = (/** @type {number} */ column, /** @type {number} */ row) => /** @type {const} */ ([
    box.x + box.width * (column + 0.5) / 12, box.y + box.height * (row + 0.5) / 12])
  await page.mouse.move(...at(0, 0))
  await page.mouse.down()
  for (const column of [1, 2, 3]) await page.mouse.move(...at(column, 0))
  await page.mouse.up()
  const painted = await fragmentOf(page)
  expect(painted).toBe('panel=sandbox&prediction=B4A140')
  await view.getByRole('button', { name: 'Undo' }).click()
  expect(await fragmentOf(page)).toBe('')
  await page.evaluate(text => {
    const view = document.querySelector('fcn-measure')
    if (view) view.fragment = text ?? ''
  }, painted)
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('128 / 144')
  // What nobody can read is as usual.
  await page.evaluate(() => {
    const view = document.querySelector('fcn-measure')
    if (view) view.fragment = 'puzzle=none&prediction=Z9&truth=<b>&panel=what'
  })
  expect(await fragmentOf(page)).toBe('')
})

test('two masks from files are measured, and what does not fit is told', async ({ page }) => {
  const view = await open(page, 'panel=masks')
  const truth = view.getByLabel('Truth', { exact: true })
  const prediction = view.getByLabel('Prediction', { exact: true })
  await truth.setInputFiles(mask('truth.png', [[0, 0, 15, 15], [0, 255, 15, 15]]))
  await expect(view.getByText('truth.png, 4×2, indexed, PASCAL VOC')).toBeVisible()
  await prediction.setInputFiles(mask('guess.png', [[0, 0, 0, 15], [0, 8, 15, 15]]))
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 6 / 7')
  await expect(view.getByText('Not counted: 1 pixel')).toBeVisible()
  await view.getByText('IoU of each class').click()
  await expect(view.getByRole('row', { name: /person/ }).first()).toContainText('3 / (4 + 3 − 3) = 3 / 4')
  expect(await page.evaluate(() => document.querySelector('fcn-measure')?.metrics?.void)).toBe(1)

  // One class's errors are the parts of its IoU.
  const errors = view.getByLabel('Show the errors of')
  await errors.selectOption('person')
  await expect(view.getByText('IoU of “person” = hits / (hits + misses + false alarms) = 3 / (3 + 1 + 0) = 0.75')).toBeVisible()
  await expect(view.getByRole('img', { name: 'Where “person” is hit, missed, or a false alarm.' })).toBeVisible()
  const options = await errors.locator('option').allTextContents()
  expect(options).toEqual(['all classes', 'background', 'person'])
  await errors.selectOption('all classes')
  await expect(view.getByText('IoU of “person” =')).toHaveCount(0)
  await errors.selectOption('person')

  await prediction.setInputFiles(mask('small.png', [[0, 0]]))
  await expect(view.locator('[part=misfit]')).toContainText('The truth has 4×2 pixels, the prediction 2×1')
  await expect(errors).toHaveCount(0)
  await prediction.setInputFiles(mask('stray.png', [[0, 0, 0, 99], [0, 8, 15, 15]]))
  await expect(view.locator('[part=misfit]')).toHaveCount(0)
  await prediction.setInputFiles(mask('void.png', [[0, 0, 255, 15], [0, 255, 15, 15]]))
  await expect(view.locator('[part=misfit]')).toContainText('The prediction has the value 255 where the truth is labelled')
  expect(await page.evaluate(() => document.querySelector('fcn-measure')?.metrics ?? null)).toBeNull()

  // A file that is none leaves what is there.
  await prediction.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg',
    buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0]) })
  await expect(view.getByRole('alert')).toContainText('A label map has to be a PNG file')
  await expect(view.getByText('void.png, 4×2, indexed, PASCAL VOC')).toBeVisible()
})

test('a truth of 0 and 255 alone asks what 255 means', async ({ page }) => {
  const view = await open(page, 'panel=masks')
  await view.getByLabel('Truth', { exact: true }).setInputFiles(mask('truth.png', [[0, 0, 255, 255]]))
  await view.getByLabel('Prediction', { exact: true }).setInputFiles(mask('guess.png', [[0, 255, 255, 255]]))
  await expect(view.locator('[part=question]')).toBeVisible()
  await expect(view.locator('[part=metrics]')).toHaveCount(0)
  const [second, none] = ['The second class', 'Not labelled'].map(name => view.getByRole('button', { name }))
  await second.click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 3 / 4')
  // The answer can be changed, and changed back.
  await expect(second).toHaveAttribute('aria-pressed', 'true')
  await none.click()
  await expect(view.locator('[part=misfit]')).toContainText('The prediction has the value 255')
  await expect(none).toHaveAttribute('aria-pressed', 'true')
  await expect(second).toHaveAttribute('aria-pressed', 'false')
  await second.click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 3 / 4')
  await view.getByLabel('Truth', { exact: true }).setInputFiles(mask('again.png', [[0, 0, 255, 255]]))
  await expect(view.getByText('again.png')).toBeVisible()
  await view.getByRole('button', { name: 'Not labelled' }).click()
  await expect(view.locator('[part=misfit]')).toContainText('The prediction has the value 255')
  // Background alone would look perfect then.
  await view.getByLabel('Prediction', { exact: true }).setInputFiles(mask('none.png', [[0, 0, 0, 0]]))
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 2 / 2')
  await expect(view.getByText('Not counted: 2 pixels (50%)')).toBeVisible()
  await expect(view.locator('[part=caution]')).toHaveText(/^All that is counted is “background”/)
  await view.getByLabel('Truth', { exact: true }).setInputFiles(mask('third.png', [[0, 0, 255, 255]]))
  await expect(view.getByText('third.png')).toBeVisible()
  await view.getByRole('button', { name: 'The second class' }).click()
  await expect(view.locator('[part=caution]')).toHaveText(/^Accuracy far above mIoU.* Of 2 classes in the truth, 1 is not found at all/)
})

for (const [lang, said, missed] of /** @type {const} */ ([
  ['en', /^Accuracy far above mIoU/, 'not found at all'], ['ko', /^정확도가 mIoU보다 훨씬 높습니다/, '찾지 못한 클래스'],
])) {
  test(`of classes that are all found, ${lang} doesn't say that 0 are missed`, async ({ page }) => {
    const view = await open(page, 'panel=masks', lang)
    const [truth, guess] = lang === 'en' ? ['Truth', 'Prediction'] : ['정답', '예측']
    const zeros = Array(10).fill(Array(10).fill(0))
    await view.getByLabel(truth, { exact: true }).setInputFiles(mask('truth.png',
      [...zeros, ...[1, 2, 3].map(id => Array(10).fill(id))]))
    await view.getByLabel(guess, { exact: true }).setInputFiles(mask('guess.png',
      [...zeros, ...[1, 2, 3].map(id => [id, ...Array(9).fill(0)])]))
    await expect(view.locator('[part=caution]')).toHaveText(said)
    await expect(view.locator('[part=caution]')).not.toContainText(missed)
  })
}

test('what it says is what the engine says, to the last digit', async ({ page }) => {
  const lab = await openLab(page)
  const found = await lab.evaluate(async ({ Engine }) => {
    await import(`${new URL('elements/fcn-measure.js', document.baseURI)}`)
    const view = document.createElement('fcn-measure')
    document.body.append(view)
    const engine = await Engine.create({ backend: 'cpu' })
    const [width, height] = [37, 23]
    const results = []
    for (const [classes, unlabelled] of /** @type {const} */ ([[5, 255], [21, 0], [3, null]])) {
      let state = classes
      const random = (/** @type {number} */ below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return Math.floor(state / 2 ** 32 * below)
      }
      const truth = Uint8Array.from({ length: width * height }, () => random(20) === 0 && unlabelled !== null
        ? unlabelled : random(classes))
      const prediction = truth.map(label => label === 255 || random(3) === 0 ? random(classes) : label)
      const map = (/** @type {Uint8Array} */ labels) => ({ width, height, labels })
      const own = await view.measure({ truth: map(truth), prediction: map(prediction), classes, void: unlabelled })
      // The engine's void is 255.
      const theirs = await engine.measure([{ truth: truth.map(label => label === unlabelled ? 255 : label),
        prediction }], classes)
      const shown = view.metrics
      results.push({
        same: JSON.stringify([own.pixelAccuracy, own.meanAccuracy, own.iou, own.meanIoU,
          own.frequencyWeightedIoU, own.confusion, own.void])
          === JSON.stringify([theirs.pixelAccuracy, theirs.meanAccuracy, theirs.iou, theirs.meanIou,
            theirs.frequencyWeightedIou, theirs.confusion, theirs.void]),
        shown: JSON.stringify(shown) === JSON.stringify(own),
      })
    }
    const refused = await view.measure({ truth: { width: 2, height: 1, labels: new Uint8Array(2) },
      prediction: { width: 1, height: 2, labels: new Uint8Array(2) } })
      .catch(error => error.code)
    return { results, refused }
  })
  expect(found).toEqual({ results: Array(3).fill({ same: true, shown: true }), refused: 'invalid_input' })
})

for (const lang of ['en', 'ko']) {
  for (const part of ['puzzle=background', 'panel=photo', 'panel=masks', 'panel=folder']) {
    test(`${part} passes axe in ${lang}, and fits 320 pixels`, async ({ page }) => {
      await page.setViewportSize({ width: 320, height: 700 })
      const view = await open(page, part, lang)
      if (part === 'panel=photo') await expect(view.locator('table.heads')).toBeVisible()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wide).toBeLessThanOrEqual(0)
      expect(await axe(page, 'fcn-measure')).toEqual([])
    })
  }
}

test('two folders are compared pair by pair, and a pair leads to where it is wrong', async ({ page }) => {
  const view = await open(page, 'panel=folder')
  await view.getByLabel('Choose the truths’ files').setInputFiles([
    mask('a-mask.png', [[0, 0, 15, 15]]), mask('b-mask.png', [[0, 255], [15, 15]]), mask('c-mask.png', [[0]]),
      mask('d-mask.png', [[0, 0]]),
  ])
  await view.getByLabel('Choose the predictions’ files').setInputFiles([
    mask('a.png', [[0, 0, 15, 0]]), mask('b.png', [[0, 0], [15, 15]]), mask('d.png', [[0], [0]]), mask('e.png', [[0]]),
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
  ])
  await expect(view.getByText('Pairs found: 3.')).toBeVisible()
  await expect(view.locator('[part=misfit]')).toContainText('Truths without a prediction: 1 (c).')
  await expect(view.locator('[part=misfit]')).toContainText('Predictions without a truth: 1 (e).')
  await view.getByRole('button', { name: 'Measure' }).click()
  await expect(view.getByText('All 3 pairs are done.')).toBeVisible()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 6 / 7')
  // (2/3 + 1/2) / 2 and 1.
  await expect(view.getByRole('row', { name: /^mIoU, mean over the photos/ })).toContainText('0.7917')
  await expect(view.locator('[part=problems]')).toContainText('d: The truth has 2×1 pixels, the prediction 1×2.')
  await expect(view.locator('table.pictures tbody tr').first()).toContainText('a')
  const download = page.waitForEvent('download')
  await view.getByRole('button', { name: 'Everything (JSON)' }).click()
  const told = JSON.parse(await (await import('node:fs/promises')).readFile(await (await download).path(), 'utf8'))
  expect(told.pooled.metrics).toMatchObject({ pixelAccuracy: 6 / 7, void: 1 })
  expect(told.pictures.map((/** @type {{name: string}} */ { name }) => name)).toEqual(['a', 'b', 'd'])
  await view.getByRole('button', { name: 'a', exact: true }).click()
  await expect(view.getByText('a-mask.png, 4×1, indexed, PASCAL VOC')).toBeVisible()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 3 / 4')
})

test('a net on a sample is held against its truth, head by head, and a truth of one\'s own takes its place',
  async ({ page }) => {
  const view = await open(page, 'panel=photo')
  await page.evaluate(() => {
    /** @type {import('../../www/elements/fcn-measure.js').FcnMeasure} */ (document.querySelector('fcn-measure')).backend = 'cpu' })
  const heads = view.locator('table.heads tbody tr')
  await expect(heads).toHaveCount(3)
  const iou = async () => (await heads.locator('td:nth-child(4)').allInnerTexts()).map(Number)
  const [coarse, , fine] = await iou()
  // The cow: skips bring her legs back.
  expect(fine).toBeGreaterThan(coarse)
  expect(fine).toBeGreaterThan(0.75)
  await expect(view.getByText('cow-truth.png')).toBeVisible()
  await view.getByRole('button', { name: 'FCN-32s' }).click()
  await expect(view.getByRole('row', { name: /^mIoU/ })).toContainText(String(coarse))
  await expect(view.getByRole('img', { name: 'The photo, and where FCN-32s is wrong.' })).toBeVisible()

  // A truth of another size is told, and what was shown stays; VOC's classes are counted as the model's.
  await view.locator('input[aria-label=Truth]').setInputFiles(mask('small.png', [[0, 10]]))
  await expect(view.getByRole('alert')).toContainText('The truth has 2×1 pixels, the photo 640×480')
  await expect(heads).toHaveCount(3)
  const rows = Array.from({ length: 480 }, (_, y) => Array.from({ length: 640 },
    (_, x) => x < 320 ? 10 : y < 240 ? 255 : 5))
  await view.locator('input[aria-label=Truth]').setInputFiles(mask('voc.png', rows))
  await expect(view.getByText('Counted as classes of the model: cow → animal')).toBeVisible()
  await expect(view.getByText('The model has no class for: bottle. Pixels left out: 76,800.')).toBeVisible()
  await expect(view.getByRole('alert')).toHaveCount(0)

  // A sample without a truth asks for one.
  await view.getByRole('button', { name: 'Cat' }).click()
  await expect(view.getByText('This photo has no truth yet.')).toBeVisible()
  await expect(heads).toHaveCount(0)
})

test('folders of masks of 0 and 255 ask what 255 means, also where a truth is empty and a prediction false',
  async ({ page }) => {
  const view = await open(page, 'panel=folder')
  await view.getByLabel('Choose the truths’ files').setInputFiles([mask('1.png', [[0, 255, 255, 0]]),
    mask('2.png', [[0, 0, 0, 0]])])
  await view.getByLabel('Choose the predictions’ files').setInputFiles([mask('1.png', [[0, 255, 0, 255]]),
    mask('2.png', [[0, 0, 0, 255]])])
  await view.getByRole('button', { name: 'Measure' }).click()
  await expect(view.locator('[part=question]')).toBeVisible()
  await expect(view.locator('[part=metrics]')).toHaveCount(0)
  await view.getByRole('button', { name: 'The second class' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 5 / 8')
  await expect(view.locator('[part=problems]')).toHaveCount(0)
  // Compared anew when the answer is changed: 255 in a prediction is nobody's class then.
  await view.getByRole('button', { name: 'Not labelled' }).click()
  await expect(view.locator('[part=problems]')).toBeVisible()
  await expect(view.getByRole('button', { name: 'Not labelled' })).toHaveAttribute('aria-pressed', 'true')
  await view.getByRole('button', { name: 'The second class' }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 5 / 8')
  await expect(view.locator('[part=problems]')).toHaveCount(0)
  // A pair is shown as it was counted, and 255 is no class of a data set's.
  await view.getByRole('button', { name: '1', exact: true }).click()
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 2 / 4')
  await expect(view.getByText('aeroplane')).toHaveCount(0)
})

for (const lang of ['en', 'ko']) {
  test(`from a folder's picture one goes back to its row, ${lang}`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 800 })
    const view = await open(page, 'panel=folder', lang)
    const [truths, predictions, measure, backTo] = lang === 'en'
      ? ['Choose the truths’ files', 'Choose the predictions’ files', 'Measure', 'Back to the folder']
      : ['정답 파일 고르기', '예측 파일 고르기', '점수 계산', '폴더로 돌아가기']
    await view.getByLabel(truths).setInputFiles([mask('1.png', [[0, 1, 1, 0]]), mask('a "b".png', [[0, 1, 0, 0]])])
    await view.getByLabel(predictions).setInputFiles([mask('1.png', [[0, 1, 0, 0]]), mask('a "b".png', [[0, 0, 0, 0]])])
    await view.getByRole('button', { name: measure, exact: true }).click()
    const back = view.getByRole('button', { name: backTo })
    for (const name of ['a "b"', '1']) {
      const row = view.getByRole('button', { name, exact: true })
      await row.press('Enter')
      await expect(back).toBeFocused()
      await back.press('Enter')
      await expect(row).toBeFocused()
      await expect(back).toHaveCount(0)
    }
    // Whoever goes elsewhere by hand has left it.
    await view.getByRole('button', { name: '1', exact: true }).click()
    await expect(back).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    for (const panel of ['sandbox', 'masks']) {
      await page.evaluate(panel =>
        document.querySelector('fcn-measure')?.shadowRoot?.querySelectorAll('[part=panels] input')[panel === 'masks'
          ? 2 : 0]
        .dispatchEvent(new Event('change')), panel)
      await expect(back).toHaveCount(0)
    }
  })
}

test('what is taken away and comes back is as it was, and a failed file of two changes nothing', async ({ page }) => {
  const view = await open(page, 'panel=masks')
  const take = (/** @type {{name: string, buffer: Buffer}[]} */ files) => page.evaluate(async files => {
    const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
    await document.querySelector('fcn-measure')?.takeFiles(files.map(({ name, bytes }) =>
      new File([bytesOf(bytes)], name)))
  }, files.map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') })))
  await take([mask('t.png', [[0, 1, 1]]), mask('p.png', [[0, 1, 0]])])
  await expect(view.getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 2 / 3')
  await take([{ name: 'bad.png', buffer: Buffer.from('hello') }, mask('p2.png', [[0, 0, 0]])])
  await expect(view.getByRole('alert')).toContainText('A label map has to be a PNG file')
  await expect(view.getByText('p.png, 3×1, indexed, PASCAL VOC')).toBeVisible()
  await take([mask('a.png', [[0]]), mask('b.png', [[0]]), mask('c.png', [[0]])])
  await expect(view.getByRole('alert')).toContainText('Two files are measured here')
  await view.getByRole('radio', { name: 'One photo' }).check()
  await expect(view.getByRole('alert')).toHaveCount(0)
  await expect(view.locator('table.heads')).toBeVisible()
  await page.evaluate(async () => {
    const view = document.querySelector('fcn-measure')
    const home = view?.parentElement
    view?.remove()
    await new Promise(resolve => setTimeout(resolve, 900))
    if (view) home?.append(view)
  })
  await expect(view.locator('table.heads')).toBeVisible()
  await view.getByRole('button', { name: 'Cat' }).click()
  await expect(view.getByText('This photo has no truth yet.')).toBeVisible()
})
