/** Weights that people have: opened without a model.json, known by their tensors, kept, and refused with reasons. */
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { openLab } from './engine-setup.js'
import { hand, maskOf, openSegment, photo } from './segment-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

const FIXTURES = new URL('../reference/fixtures/', import.meta.url)
const SIZE = { width: 160, height: 120 }

/** @param {string} name in tests/reference/fixtures @param {string} [as] */
async function fixture(name, as = name.replace(/.*\//, '')) {
  return { name: as, mimeType: 'application/octet-stream', buffer: await readFile(new URL(name, FIXTURES)) }
}

/** @param {string} name @param {string} text */
const textFile = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

/** Files by name, for use inside the page. @param {Page} page @param {...{name: string, buffer: Buffer}} files */
async function give(page, ...files) {
  await page.evaluate(given => {
    Object.assign(globalThis,
      { given: given.map(({ name, bytes }) => new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name)) })
  }, files.map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') })))
}

for (const backend of /** @type {const} */ (['cpu', 'webgpu'])) {
  test(`a pth file computes what the same net with a model.json does, ${backend}`, async ({ page }) => {
    const lab = await openLab(page)
    await give(page, await fixture('checkpoints/tiny-fc3.pth'), await fixture('tiny-fc3.model.json'),
      await fixture('tiny-fc3.safetensors'))
    const found = await lab.evaluate(async ({ Engine, scene }, backend) => {
      const [pth, json, safetensors] = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given
      const engine = await Engine.create({ backend })
      /** @type {import('../../www/engine/protocol.js').LoadProgress[]} */
      const told = []
      await engine.load(pth, { onProgress: progress => told.push(progress) })
      const { manifest, url } = engine.model ?? {}
      const photo = await scene()
      const own = await engine.segmentAll(photo)
      await engine.load([json, safetensors])
      const shipped = await engine.segmentAll(photo)
      const same = own.map(({ variant, labels }) => {
        const other = shipped.find(result => result.variant === variant)
        return other && labels.filter((label, i) => label !== other.labels[i]).length / labels.length
      })
      engine.dispose()
      return {
        backend: own[0].backend, url, architecture: manifest?.architecture, variants: manifest?.config.variants,
          names: manifest?.classes.map(({ name }) => name),
        last: told.at(-1), size: pth.size,
          between: told.filter(({ loaded, total }, i) => i > 0 && loaded < total).length,
            same, kinds: new Set(own[2].labels).size,
      }
    }, backend)
    expect(found).toMatchObject({
      backend, url: null, architecture: 'fcn-vgg16', variants: ['fcn32s', 'fcn16s', 'fcn8s'],
        names: ['class 0', 'class 1', 'class 2'], same: [0, 0, 0],
    })
    expect(found.kinds).toBeGreaterThan(1)
    expect(found.last).toEqual({ phase: 'download', loaded: found.size, total: found.size })
    // Tensors are counted from the file's beginning, although its list is at the end.
    expect(found.between).toBeGreaterThan(0)
  })

  for (const [net, architecture, variant] of [
    ['tiny-reference', 'fcn-reference', 'fcn8s'], ['tiny-deeplabv3', 'deeplabv3-resnet50', 'out'],
    ['tiny-fcn-resnet101', 'fcn-resnet101', 'out'], ['tiny-lraspp-mobilenet', 'lraspp-mobilenet-v3-large', 'out'],
    ['tiny-deeplabv3-mobilenet', 'deeplabv3-mobilenet-v3-large', 'out'],
  ]) {
    test(`${net} runs at a size that is no multiple of anything, ${backend}`, async ({ page }) => {
      const lab = await openLab(page)
      await give(page, await fixture(`${net}.model.json`), await fixture(`${net}.safetensors`))
      const found = await lab.evaluate(async ({ Engine, scene }, { backend, variant }) => {
        const { given } = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis))
        const engine = await Engine.create({ backend })
        await engine.load(given)
        const result = await engine.segment(await scene({ width: 97, height: 71 }), { variant })
        const architecture = engine.model?.manifest.architecture
        engine.dispose()
        return { backend: result.backend, width: result.width, height: result.height, labels: result.labels.length,
          architecture }
      }, { backend, variant })
      expect(found).toEqual({ backend, width: 97, height: 71, labels: 97 * 71, architecture })
    })
  }
}

test('the engine is the former one after a file that is no model', async ({ page }) => {
  const lab = await openLab(page)
  const evil = await fixture('checkpoints/evil.pth')
  const whole = await fixture('tiny-fc3.safetensors')
  await give(page, evil, await fixture('checkpoints/training.pth'), { name: 'cut.safetensors',
    buffer: whole.buffer.subarray(0, 5000) },
    textFile('empty.pth', ''), await fixture('checkpoints/tiny-fc3.pth'), textFile('two.txt', 'a\nb'),
      textFile('bad.json', '["a", 5, "c"]'))
  const found = await lab.evaluate(async ({ ready, scene }) => {
    const [evil, training, cut, empty, good, two,
      bad] = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given
    const engine = await ready('cpu')
    /** @type {{code: string, message: string}[]} */
    const failed = []
    for (const files of [[evil], [training], [cut], [empty], [good, two], [good, bad],
      [good, two, bad], [two], [evil, good]]) {
      await engine.load(files).catch(({ code, message }) => failed.push({ code, message }))
    }
    const { classes } = await engine.segment(await scene())
    engine.dispose()
    return { failed, classes: classes.length }
  })
  expect(found.failed.map(({ code }) => code)).toEqual([
    'weights_invalid', 'weights_unrecognised', 'weights_invalid', 'weights_invalid', 'classes_mismatch',
      'manifest_invalid', 'weights_invalid', 'weights_invalid', 'weights_invalid',
  ])
  // What was found and what is missing.
  expect(found.failed[1].message).toMatch(/fit no net that is known here: .*tensors/)
  expect(found.classes).toBe(14)
})

test('chosen weights segment the photo anew, are kept for the next visit, and can be removed', async ({ page }) => {
  await openSegment(page)
  const file = page.locator('.intake input[type=file]')
  await file.setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await page.getByText('Your own weights').click()
  const weights = page.getByLabel('Open weights')
  await weights.setInputFiles([await fixture('checkpoints/tiny-fc3.pth', 'mine.pth'),
    textFile('names.txt', 'floor\r\n\r\ncat\r\nsky\r\n')])
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  const names = () =>
    page.evaluate(() => document.querySelector('fcn-segment')?.result?.classes.map(({ name }) => name))
  expect(await names()).toEqual(['floor', 'cat', 'sky'])
  await page.getByRole('button', { name: /^Keep for the next visit/ }).click()
  await expect(page.getByRole('button', { name: /^mine, / })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Keep for the next visit/ })).toHaveCount(0)
  const heading = page.locator('details.own summary')
  await expect(heading, 'the keyboard goes on where the button was').toBeFocused()

  await page.reload()
  await file.setInputFiles(photo('scene.png'))
  expect((await maskOf(page, SIZE)).classes).toHaveLength(14)
  await page.getByText('Your own weights').click()
  await page.getByRole('button', { name: /^mine, / }).click()
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  expect(await names()).toEqual(['floor', 'cat', 'sky'])
  await page.getByRole('button', { name: 'Remove mine', exact: true }).click()
  await expect(page.getByRole('button', { name: /^mine, / })).toHaveCount(0)
  await expect(heading).toBeFocused()
  await page.reload()
  await page.getByText('Your own weights').click()
  await expect(page.getByLabel('Open weights')).toBeAttached()
  await expect(page.getByRole('button', { name: /^mine, / })).toHaveCount(0)
})

test('dropped weights are a model and not a photo; unknown ones are refused with reasons, and the mask stays',
  async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await hand(page, 'drop', await fixture('checkpoints/training.pth'))
  await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'weights_unrecognised')
  expect((await maskOf(page, SIZE)).classes).toHaveLength(14)
  await hand(page, 'drop', await fixture('checkpoints/tiny-fc3.pth'))
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('a model chosen while own weights are loading is the one that stays', async ({ page }) => {
  await openSegment(page, '<fcn-segment lang="en" backend="cpu" models="models/models.json"></fcn-segment>')
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await expect(page.getByLabel('Model').locator('option')).not.toHaveCount(1)
  await give(page, await fixture('checkpoints/tiny-fc3.pth'))
  await page.evaluate(() => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    void element.takeFiles(/** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given)
    const models = /** @type {HTMLSelectElement} */ (element.shadowRoot?.querySelector('select.model'))
    models.value = new URL('models/recycling/model.json', location.href).href
    models.dispatchEvent(new Event('change'))
  })
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 7)
  await page.waitForTimeout(500)
  expect((await maskOf(page, SIZE)).classes).toHaveLength(7)
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('kept weights open though something unknown was said of them', async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await page.getByText('Your own weights').click()
  await page.getByLabel('Open weights').setInputFiles([await fixture(`${LAYOUTS}ema.pth`)])
  await page.getByRole('button', { name: /^Keep for the next visit/ }).click()
  await expect(page.getByRole('button', { name: /^ema, / })).toBeVisible()
  await page.evaluate(async () => {
    const kept = await (await navigator.storage.getDirectory()).getDirectoryHandle('fcn-weights')
    const file = await (await (await kept.getDirectoryHandle('ema')).getFileHandle('.said')).createWritable()
    await file.write('{"input":"of a later version","set":"state_dict"}')
    await file.close()
  })
  await page.reload()
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await page.getByText('Your own weights').click()
  await page.getByRole('button', { name: /^ema, / }).click()
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  await expect(page.getByRole('alert')).toHaveCount(0)
  // What is known of it still holds.
  await expect(page.getByLabel('Net in the file')).toHaveValue('state_dict')
})

test('two models of one file name are kept side by side', async ({ page }) => {
  await openSegment(page)
  await page.getByText('Your own weights').click()
  for (const name of ['weights (2)', 'weights']) {
    await page.getByLabel('Open weights').setInputFiles([await fixture('checkpoints/tiny-fc3.pth', 'weights.pth')])
    await page.getByRole('button', { name: /^Keep for the next visit/ }).click()
    await expect(page.getByRole('button', { name: /^weights.*, 0\.2/ })).toHaveCount(name === 'weights' ? 2 : 1)
  }
  await page.getByRole('button', { name: 'Remove weights', exact: true }).click()
  await expect(page.getByRole('button', { name: /^weights.*, 0\.2/ })).toHaveCount(1)
  await expect(page.getByRole('button', { name: /^weights \(2\), 0\.2/ })).toBeVisible()
  // Not on what would remove the other one.
  await expect(page.locator('details.own summary')).toBeFocused()
})

test('trying again what failed for another reason keeps the own weights', async ({ page }) => {
  await openSegment(page, '<fcn-segment lang="en" backend="cpu" samples="samples/samples.json"></fcn-segment>')
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await hand(page, 'drop', await fixture('checkpoints/tiny-fc3.pth'))
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  await page.route('**/samples/cat.jpg', route => route.fulfill({ status: 503, body: '' }))
  await page.getByRole('button', { name: 'Cat' }).click()
  await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'http_error')
  await page.unroute('**/samples/cat.jpg')
  await page.getByRole('button', { name: 'Try again' }).click()
  expect((await maskOf(page, { width: 451, height: 300 })).classes).toHaveLength(3)
})

/** What the engine tells of a checkpoint with two flaws, as src/weights/recognise gives it. */
const FACTS = {
  tensors: '41', found: 'conv1_1.bias 64, conv1_1.weight 64×3×5×5', foundMore: '39', architecture: 'fcn-reference',
    missing: 'score_pool3.bias 21',
  shapeName: 'conv1_1.weight', shapeGot: '64×3×5×5', shapeExpected: '64×3×3×3', shapes: '1',
    unexpected: 'extra.weight 64×3×5×5',
}

for (const [lang, lines] of /** @type {const} */ ([
  ['en', [
    'Found: 41 tensors: conv1_1.bias 64, conv1_1.weight 64×3×5×5 and 39 more.',
      'Nearest known net: FCN of the paper’s authors (PyTorch port).', 'Missing: score_pool3.bias 21.',
    'Of another shape: conv1_1.weight is 64×3×5×5, should be 64×3×3×3; 1 in all.',
      'Not part of that net: extra.weight 64×3×5×5.',
  ]],
  ['ko', [
    '찾은 텐서 41개: conv1_1.bias 64, conv1_1.weight 64×3×5×5 외 39개.', '가장 가까운 신경망: 논문 저자들의 FCN(PyTorch 이식판).',
      '없는 텐서: score_pool3.bias 21.',
    '모양이 다른 텐서: conv1_1.weight의 모양이 64×3×5×5이지만 64×3×3×3이어야 합니다. 모두 1개입니다.', '그 신경망에 없는 텐서: extra.weight 64×3×5×5.',
  ]],
])) {
  test(`what a file holds and what it lacks is listed, ${lang}`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 900 })
    await openSegment(page, `<fcn-segment lang="${lang}" backend="cpu"></fcn-segment>`)
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.shadowRoot?.querySelector('.work'))
    await page.evaluate(async facts => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      const engine = await element.start()
      engine.load = async () => { throw Object.assign(new Error('for developers'),
        { code: 'weights_unrecognised', details: facts }) }
      await element.takeFiles([new File(['x'], 'own.pth')])
    }, FACTS)
    const alert = page.getByRole('alert')
    await expect(alert.getByRole('listitem')).toHaveText([...lines])
    await expect(alert.getByRole('listitem').first()).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })
}

test('what a file holds is told from the file to the page', async ({ page }) => {
  await openSegment(page)
  await hand(page, 'drop', await fixture('checkpoints/training.pth'))
  await expect(page.getByRole('alert').getByRole('listitem').first()).toHaveText(/^Found: \d+ tensors: .+\.$/)
})

test('what is assumed of weights is said', async ({ page }) => {
  await openSegment(page)
  await page.waitForFunction(() => customElements.get('fcn-segment'))
  await give(page, await fixture('checkpoints/tiny-fc3.pth'))
  await page.evaluate(async () => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    const engine = await element.start()
    const { load } = engine
    engine.load = async (...args) =>
      Object.defineProperty(await load.apply(engine, args), 'notes', { value: ['in stages is assumed'] })
    await element.takeFiles(/** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given)
  })
  await expect(page.getByText('About these weights: in stages is assumed.')).toBeVisible()
})

test('a list of classes alone asks for its weights, dropped or chosen, and leaves what is there', async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  const alert = page.getByRole('alert')
  /** @type {(() => Promise<void>)[]} */
  const ways = [
    () => hand(page, 'drop', textFile('names.txt', 'a\nb')), () => hand(page, 'drop', textFile('model.json', '{}')),
    async () => {
      await page.getByText('Your own weights').click()
      await page.getByLabel('Open weights').setInputFiles(textFile('names.json', '["a", "b"]'))
    },
  ]
  for (const way of ways) {
    await way()
    await expect(alert).toHaveAttribute('data-code', 'weights_alone')
    await expect(alert).toContainText('together with the weights file')
    await page.getByRole('button', { name: 'Close message' }).click()
    await expect(alert).toHaveCount(0)
  }
  expect((await maskOf(page, SIZE)).classes).toHaveLength(14)
})

for (const [what, attributes] of /** @type {const} */ ([['a list of models', 'models="models/models.json"'],
  ['no list of models', '']])) {
  test(`kept weights are among the models after a reload, chosen and removed there, with ${what}`, async ({ page }) => {
    await openSegment(page, `<fcn-segment lang="en" backend="cpu" ${attributes}></fcn-segment>`)
    await page.getByText('Your own weights').click()
    await page.getByLabel('Open weights').setInputFiles([await fixture('checkpoints/tiny-fc3.pth', 'mine.pth')])
    await page.getByRole('button', { name: /^Keep for the next visit/ }).click()
    await expect(page.getByRole('button', { name: /^mine, / })).toBeVisible()
    const models = page.getByLabel('Model')
    await expect(models.locator('optgroup option:checked')).toHaveText('mine')

    await page.reload()
    await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
    expect((await maskOf(page, SIZE)).classes).toHaveLength(14)
    await expect(models.locator('option:checked')).toHaveText('Everyday, 14 classes')
    const remove = page.getByRole('button', { name: 'Remove mine from this device' })
    await expect(remove).toHaveCount(0)
    await models.selectOption('mine')
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
    await expect(models.locator('optgroup option:checked')).toHaveText('mine')
    // And back again.
    await models.selectOption({ label: attributes ? 'Everyday, 14 classes' : 'This page’s model' })
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 14)
    await expect(models.locator('option:checked')).toHaveText('Everyday, 14 classes')

    await models.selectOption('mine')
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
    await remove.click()
    await expect(remove).toHaveCount(0)
    await expect(models.locator('optgroup')).toHaveCount(0)
    if (attributes) await expect(models).toBeFocused()
    // What is in use stays in use, but can't be kept again: its files are gone.
    expect((await maskOf(page, SIZE)).classes).toHaveLength(3)
    await expect(page.getByText('mine', { exact: true })).toHaveCount(1)
    await page.getByText('Your own weights').click()
    await expect(page.getByRole('button', { name: /^Keep for the next visit/ })).toHaveCount(0)
    await page.reload()
    await expect(page.getByText('Your own weights')).toBeVisible()
    await expect(models.locator('option', { hasText: 'mine' })).toHaveCount(0)
  })
}

test('kept weights that are gone leave the model in use chosen, and say so', async ({ page }) => {
  await openSegment(page, '<fcn-segment lang="en" backend="cpu" models="models/models.json"></fcn-segment>')
  await page.getByText('Your own weights').click()
  await page.getByLabel('Open weights').setInputFiles([await fixture('checkpoints/tiny-fc3.pth', 'mine.pth')])
  await page.getByRole('button', { name: /^Keep for the next visit/ }).click()
  await expect(page.getByRole('button', { name: /^mine, / })).toBeVisible()
  await page.reload()
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  const models = page.getByLabel('Model')
  await expect(models.locator('option', { hasText: 'mine' })).toHaveCount(1)
  // As another tab would.
  await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('fcn-weights',
    { recursive: true }))
  await models.selectOption('mine')
  await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'weights_invalid')
  await expect(models.locator('option:checked')).toHaveText('Everyday, 14 classes')
  await expect(models.locator('option', { hasText: 'mine' })).toHaveCount(0)
})

const LAYOUTS = 'checkpoints/layouts/'

for (const [way, as] of /** @type {const} */ ([
  ['dropped', 'model_best.pth.tar'], ['chosen', 'model_best.pth.tar'], ['loaded', 'model_best.pth.tar'],
  ['dropped', 'weights.pt (1)'], ['dropped', 'x.unheard-of'], ['chosen', 'x.ckpt'], ['chosen', 'x.pkl'],
])) {
  test(`a training's checkpoint opens, ${way} as ${as}`, async ({ page }) => {
    await openSegment(page)
    const file = await fixture(`${LAYOUTS}model_best.pth.tar`, as)
    await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    if (way === 'dropped') {
      await hand(page, 'drop', file)
    } else if (way === 'chosen') {
      await page.getByText('Your own weights').click()
      await page.getByLabel('Open weights').setInputFiles([file])
    } else {
      await give(page, file)
      await page.evaluate(async () => {
        const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
        const [file] = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given
        await (await element.start()).load(file)
      })
    }
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
    const name = await page.evaluate(async () =>
      (await /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).start()).model?.manifest.name)
    expect(name).toBe(as.replace(/\.pth\.tar$|\.pt \(1\)$|\.[\w-]+$/, ''))
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
}

for (const backend of /** @type {const} */ (['cpu', 'webgpu'])) {
  test(`one output is background and the class, and its probability the sigmoid, ${backend}`, async ({ page }) => {
    const lab = await openLab(page)
    await give(page, await fixture(`${LAYOUTS}one-output.model.json`, 'model.json'),
      await fixture(`${LAYOUTS}one-output.safetensors`),
      await fixture('tiny-deeplabv3.model.json'), await fixture('tiny-deeplabv3.safetensors'))
    const found = await lab.evaluate(async ({ Engine, scene }, backend) => {
      const [oneJson, one, json, all] = /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given
      const engine = await Engine.create({ backend })
      const photo = await scene()
      const net = await engine.load([oneJson, one])
      const cut = await net.segment(photo, { scores: true })
      const whole = await (await engine.load([json, all])).segment(photo, { scores: true })
      const { data = new Float32Array(), width = 0, height = 0 } = cut.scores ?? {}
      const first = Array.from({ length: width * height }, (_, i) => data[2 * i])
      const second = Array.from({ length: width * height }, (_, i) => data[2 * i + 1])
      const channels = whole.classes.length
      const expected = second.map((_, i) => whole.scores?.data[channels * i] ?? NaN)
      const isSameSize = width === cut.width && height === cut.height
      engine.dispose()
      return {
        backend: cut.backend, names: cut.classes.map(({ name }) => name), zero: first.every(score => score === 0),
        most: Math.max(...expected.map(Math.abs)),
          off: Math.max(...second.map((score, i) => Math.abs(score - expected[i]))), isSameSize,
        wrong: second.filter((score, i) => Math.abs(score) > 1e-4 && cut.labels[i] !== Number(score > 0)).length,
        labels: [...new Set(cut.labels)].sort(),
      }
    }, backend)
    expect(found).toMatchObject({ backend, names: ['background', 'class 0'], zero: true,
      isSameSize: true, wrong: 0, labels: [0, 1] })
    // The same sums, perhaps in another order.
    expect(found.off).toBeLessThan(1e-4 * found.most)
  })
}

test('classifiers of older torchvisions give the Heat map the same scores', async ({ page }) => {
  const lab = await openLab(page)
  const names = ['vgg.safetensors', 'vgg-2016.pth', 'vgg-convolutional.pth', 'imagenet-example.pth.tar']
  await give(page, ...await Promise.all(names.map(name => fixture(LAYOUTS + name))))
  const found = await lab.evaluate(async ({ Engine, scene }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const photo = await scene()
    /** @type {string[]} */
    const scores = []
    for (const file of /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given) {
      const net = await engine.load(file, { gives: 'labels' })
      scores.push(String((await net.heatmap(photo, { size: 224 })).scores))
      net.dispose()
    }
    engine.dispose()
    return scores
  })
  expect(found[0].split(',')).toHaveLength(5)
  for (const scores of found) expect(scores).toBe(found[0])
})

test('what a file\'s name says against what is assumed is noted', async ({ page }) => {
  const lab = await openLab(page)
  const vgg = `${LAYOUTS}vgg.safetensors`
  await give(page, await fixture(vgg, 'vgg16-00b39a1b.pth'), await fixture(vgg, 'vgg16.pth'))
  const notes = await lab.evaluate(async ({ Engine }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const notes = []
    for (const file of /** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given) {
      notes.push((await engine.load(file)).notes.join('. '))
    }
    engine.dispose()
    return notes
  })
  expect(notes[0]).toContain('that of weights from Caffe')
  expect(notes[1]).toContain('photos are prepared as RGB')
  expect(notes[1]).not.toContain('that of weights from Caffe')
})

test('weights dropped with a table of classes get its names', async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await give(page, await fixture('checkpoints/tiny-fc3.pth', 'net.pth'),
    textFile('class_dict.csv', 'name,r,g,b\nfloor,0,0,0\ncat,9,9,9\nsky,1,2,3\n'))
  await page.evaluate(async () => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    await element.takeFiles(/** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given)
  })
  await expect.poll(() => page.evaluate(() =>
    document.querySelector('fcn-segment')?.result?.classes.map(({ name }) => name))).toEqual(['floor', 'cat', 'sky'])
})

test('a copy that the browser forbids says to save a file', async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await page.evaluate(() => {
    const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    Object.defineProperty(navigator, 'clipboard', { value: { write: refuse, writeText: refuse } })
  })
  await page.locator('details.menu summary').click()
  await page.getByRole('button', { name: 'Copy areas' }).click()
  await expect(page.getByRole('alert')).toContainText('did not allow copying')
})

test('a list of class names is read as a Korean Windows writes it, and what is none is named', async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await page.getByText('Your own weights').click()
  const weights = page.getByLabel('Open weights')
  // 바닥, 고양이, 하늘 in CP949.
  const korean = [0xb9, 0xd9, 0xb4, 0xda, 0x0d, 0x0a, 0xb0, 0xed, 0xbe, 0xe7, 0xc0, 0xcc, 0x0d, 0x0a, 0xc7, 0xcf, 0xb4, 0xc3]
  await weights.setInputFiles([await fixture('checkpoints/tiny-fc3.pth'),
    { name: 'names.txt', mimeType: 'text/plain', buffer: Buffer.from(korean) }])
  const names = () =>
    page.evaluate(() => document.querySelector('fcn-segment')?.result?.classes.map(({ name }) => name))
  await expect.poll(names).toEqual(['바닥', '고양이', '하늘'])
  for (const [list, said] of /** @type {const} */ ([
    ['{"lr": 0.1}', 'neither a model.json nor a list'], [`cat\n${'n'.repeat(201)}\nsky`, 'longer than 200 characters'],
    ['["floor"', 'is none'],
  ])) {
    await weights.setInputFiles([await fixture('checkpoints/tiny-fc3.pth'), textFile('names.txt', list)])
    const alert = page.getByRole('alert')
    await expect(alert).toContainText(said)
    await expect(alert).toHaveAttribute('data-code', 'manifest_invalid')
  }
  expect(await names()).toEqual(['바닥', '고양이', '하늘'])
})

test('what is assumed is listed, and a choice there loads the net anew with it', async ({ page }) => {
  await openSegment(page)
  await page.locator('.intake input[type=file]').setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await hand(page, 'drop', await fixture(`${LAYOUTS}ema.pth`))
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 3)
  const list = page.getByRole('list', { name: 'What is assumed of these weights' })
  await expect(list).toContainText('The file holds several nets; the one at “state_dict” is taken')
  const labels = () => page.evaluate(() => String(document.querySelector('fcn-segment')?.result?.labels))
  const input = () => page.evaluate(async () =>
    (await /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).start()).model?.manifest.input)
  expect(await input()).toMatchObject({ order: 'RGB' })
  const plain = await labels()
  await list.getByLabel('Net in the file').selectOption('ema_state_dict')
  await expect(list.getByLabel('Net in the file')).toHaveValue('ema_state_dict')
  await expect.poll(labels).not.toBe(plain)
  await list.getByLabel('Photos prepared as').selectOption('caffe')
  await expect.poll(input).toMatchObject({ order: 'BGR' })
  // What was said before still holds.
  await expect(list.getByLabel('Net in the file')).toHaveValue('ema_state_dict')
  await list.getByLabel('Net in the file').selectOption('state_dict')
  await list.getByLabel('Photos prepared as').selectOption('imagenet')
  await expect.poll(labels).toBe(plain)
})

test('kept weights come back with what was said of them, before and after, and with their class names',
  async ({ page }) => {
  await openSegment(page,
    '<fcn-segment lang="en" backend="cpu"></fcn-segment><fcn-model-card lang="en"></fcn-model-card>')
  const photoFile = page.locator('.intake input[type=file]')
  const segment = page.locator('fcn-segment')
  const own = segment.getByText('Your own weights')
  const list = segment.getByRole('list', { name: 'What is assumed of these weights' })
  const [set, input] = [list.getByLabel('Net in the file'), list.getByLabel('Photos prepared as')]
  const names = () =>
    page.evaluate(() => document.querySelector('fcn-segment')?.result?.classes.map(({ name }) => name))
  const order = () => page.evaluate(async () =>
    (await /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).start()).model?.manifest.input.order)
  const openKept = async () => {
    await page.reload()
    await photoFile.setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    await own.click()
    await segment.getByRole('button', { name: /^ema, / }).click()
    await expect.poll(names).toEqual(['floor', 'cat', 'sky'])
  }
  await photoFile.setInputFiles(photo('scene.png'))
  await maskOf(page, SIZE)
  await own.click()
  await segment.getByLabel('Open weights').setInputFiles([await fixture(`${LAYOUTS}ema.pth`),
    textFile('names.txt', 'floor\ncat\nsky')])
  await expect.poll(names).toEqual(['floor', 'cat', 'sky'])
  await set.selectOption('ema_state_dict')
  await expect(set).toHaveValue('ema_state_dict')
  await segment.getByRole('button', { name: /^Keep for the next visit/ }).click()
  await expect(segment.getByRole('button', { name: /^ema, / })).toBeVisible()

  await openKept()
  await expect(set).toHaveValue('ema_state_dict')
  await expect.poll(order).toBe('RGB')
  // On another element's card, and after it was kept.
  await page.evaluate(() => import(new URL('elements/fcn-model-card.js', location.href).href))
  await page.locator('fcn-model-card').getByLabel('Photos prepared as').selectOption('caffe')
  await expect(input).toHaveValue('caffe')
  const said = () => page.evaluate(async () => {
    const folder = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('fcn-weights')).getDirectoryHandle('ema')
    return (await (await folder.getFileHandle('.said')).getFile()).text()
  })
  // Read while it is being replaced, a file is gone for a moment.
  await expect.poll(() => said().catch(() => '')).toContain('caffe')

  await openKept()
  await expect(input).toHaveValue('caffe')
  await expect(set).toHaveValue('ema_state_dict')
  await expect.poll(order).toBe('BGR')
  // What an earlier version kept says nothing.
  await page.evaluate(async () => {
    const folder = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('fcn-weights')).getDirectoryHandle('ema')
    await folder.removeEntry('.said')
  })
  await openKept()
  await expect(set).toHaveValue('state_dict')
  await expect.poll(order).toBe('RGB')
})

test('the card of the net in use shows what is assumed, and changes it', async ({ page }) => {
  await openSegment(page,
    '<fcn-segment lang="ko" backend="cpu"></fcn-segment><fcn-model-card lang="ko"></fcn-model-card>')
  await page.evaluate(() => import(new URL('elements/fcn-model-card.js', location.href).href))
  await give(page, await fixture(`${LAYOUTS}student.pt`))
  await page.evaluate(async () => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    await element.takeFiles(/** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given)
  })
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('list',
    { name: '이 가중치에 대해 가정한 것' })).toContainText('파일에 신경망이 여러 개 있어 “student”에 있는 것을 씁니다')
  await card.getByLabel('파일 속 신경망').selectOption('teacher')
  await expect(card.getByRole('list', { name: '이 가중치에 대해 가정한 것' })).toContainText('“teacher”에 있는 것을 씁니다')
  await expect(page.locator('fcn-segment').getByLabel('파일 속 신경망')).toHaveValue('teacher')
  // Where that fails, the card stays, and says so until the message is closed, or it is tried again.
  await page.evaluate(async () => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    const engine = await element.start()
    const { load } = engine
    let fails = 2
    engine.load = async (...args) => {
      if (fails-- > 0) throw Object.assign(new Error('no network'), { code: 'network_error' })
      return await load.apply(engine, args)
    }
  })
  await card.getByLabel('파일 속 신경망').selectOption('student')
  await expect(card.getByRole('alert')).toBeVisible()
  await expect(card.getByRole('list', { name: '이 가중치에 대해 가정한 것' })).toContainText('“teacher”에 있는 것을 씁니다')
  await card.getByRole('button', { name: '알림 닫기' }).click()
  await expect(card.getByRole('alert')).toHaveCount(0)
  await card.getByLabel('파일 속 신경망').selectOption('student')
  await card.getByRole('alert').getByRole('button', { name: '다시 시도' }).click()
  await expect(card.getByRole('list', { name: '이 가중치에 대해 가정한 것' })).toContainText('“student”에 있는 것을 씁니다')
  await expect(card.getByRole('alert')).toHaveCount(0)
})

for (const [lang, texts] of /** @type {const} */ ([
  ['en', { page: 'This is a web page, not the weights file', lfs: 'the file itself has 19,332,096 bytes',
    zip: 'Unpack the zip first', cut: 'The file is cut short', names: '20 names for 21 classes',
      collision: '“features.0.weight” and “features.module.0.weight”' }],
  ['ko', { page: '가중치 파일이 아니라 웹 페이지입니다', lfs: '진짜 파일은 19,332,096바이트입니다', zip: '먼저 압축을 풀고', cut: '파일이 잘려 끝이 없습니다',
    names: '클래스 21개에 이름이 20개입니다', collision: '“features.0.weight”, “features.module.0.weight”' }],
])) {
  test(`files that are no weights are named for what they are, ${lang}`, async ({ page }) => {
    await openSegment(page, `<fcn-segment lang="${lang}" backend="cpu"></fcn-segment>`)
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.shadowRoot?.querySelector('.work'))
    const alert = page.getByRole('alert')
    const whole = await fixture(`${LAYOUTS}model_best.pth.tar`)
    for (const [file, text] of /** @type {const} */ ([
      [textFile('fcn8s.pth', '<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>'),
        texts.page],
      [textFile('fcn8s.pth', 'version https://git-lfs.github.com/spec/v1\noid sha256:0d71028bf8b6\nsize 19332096\n'),
        texts.lfs],
      [await fixture(`${LAYOUTS}packed.zip`), texts.zip],
      [{ ...whole, name: 'fcn8s.pth.part', buffer: whole.buffer.subarray(0, 9000) }, texts.cut],
      [await fixture(`${LAYOUTS}collision.pth`), texts.collision],
    ])) {
      await hand(page, 'drop', file)
      await expect(alert).toContainText(text)
      await expect(alert).toHaveAttribute('data-code', 'weights_invalid')
    }
    const voc = Array.from({ length: 20 }, (_, i) => `name ${i}`).join('\n')
    await give(page, await fixture('tiny-fc7.safetensors'), textFile('names.txt', voc))
    await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      await element.takeFiles(/** @type {{given: File[]}} */ (/** @type {unknown} */ (globalThis)).given)
    })
    await expect(alert).toContainText(texts.names)
  })
}
