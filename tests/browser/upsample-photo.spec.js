/** `<fcn-upsample>` with a real net: its sums against Burn's in the engine, and one's own photo stamped. */
import { expect } from '@playwright/test'
import { axe } from './axe.js'
import { openLab } from './engine-setup.js'
import { test } from './site.js'

/** @typedef {import('../../www/elements/fcn-upsample.js').FcnUpsample} FcnUpsample */

const SAMPLE = 'samples/meadow.jpg'

for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
  test(`the figure's sums are those of the engine's transposed convolution, ${backend}`, async ({ page }) => {
    const lab = await openLab(page)
    const found = await lab.evaluate(async ({ Engine }, backend) => {
      const { convTranspose } = await import(new URL('source/lib/transposed/compute.js', location.href).href)
      const { check, geometry } = await import(new URL('source/lib/transposed/geometry.js', location.href).href)
      const engine = await Engine.create({ backend })
      let seed = 20150607
      const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
      const below = (/** @type {number} */ n) => Math.floor(random() * n)
      const pair = (/** @type {() => number} */ one) => /** @type {[number, number]} */ ([one(), one()])
      let worst = 0
      let layers = 0
      const used = { dilated: 0, outputPadded: 0, trimmed: 0 }
      while (layers < 60) {
        const stride = pair(() => 1 + below(4))
        const dilation = pair(() => 1 + below(3))
        const layer = {
          input: pair(() => 1 + below(7)), kernel: pair(() => 1 + below(6)), stride, dilation,
            padding: pair(() => below(4)),
          outputPadding: /** @type {[number, number]} */ ([0, 1].map(axis =>
            below(Math.max(stride[axis], dilation[axis])))),
        }
        if (check(layer).length) continue
        const values = Float32Array.from({ length: layer.input[0] * layer.input[1] }, () => 2 * random() - 1)
        const weights = Float32Array.from({ length: layer.kernel[0] * layer.kernel[1] }, () => 2 * random() - 1)
        const shown = convTranspose(layer, values, weights)
        const burn = await engine.convTranspose2d(layer, values, weights)
        if (burn.backend !== backend || burn.values.length !== shown.length
          || shown.length
            !== geometry(layer).output[0] * geometry(layer).output[1]) throw new Error(JSON.stringify(layer))
        shown.forEach((/** @type {number} */ value, /** @type {number} */ i) => {
          // Written so that NaN counts.
          if (!(Math.abs(value - burn.values[i]) <= worst)) worst = Math.abs(value - burn.values[i])
        })
        layers++
        if (Math.max(...dilation) > 1) used.dilated++
        if (Math.max(...layer.outputPadding) > 0) used.outputPadded++
        if (Math.max(...layer.padding) > 0) used.trimmed++
      }
      engine.dispose()
      return { worst, used }
    }, backend)
    expect(found.worst).toBeLessThanOrEqual(1e-5)
    expect(Math.min(...Object.values(found.used))).toBeGreaterThan(10)
  })

  test(`a net's own kernels over its own maps give its own output, ${backend}`, async ({ page }) => {
    const lab = await openLab(page)
    const found = await lab.evaluate(async ({ ready, scene }, backend) => {
      const { convTranspose } = await import(new URL('source/lib/transposed/compute.js', location.href).href)
      const { kernelOf, largestDifference, largestOf, planeOf } = await import(new URL('source/lib/feature-maps.js',
        location.href).href)
      const engine = await ready(backend)
      const { maps, photo, work, classes } = await engine.trace(await scene(),
        { maps: ['score_fr', 'upscore32', 'fuse_pool3', 'upscore8'], size: 64 })
      const byName = Object.fromEntries(maps.map(map => [map.name, map]))
      /** @type {Record<string, number>} */
      const worst = {}
      for (const [name, input] of [['upscore32', 'score_fr'], ['upscore8', 'fuse_pool3']]) {
        const layer = await engine.upsamplingLayer(name)
        const [small, large] = [byName[input], byName[name]]
        const settings = { input: [small.height, small.width], kernel: layer.kernel, stride: layer.stride,
          padding: layer.padding, outputPadding: [0, 0], dilation: [1, 1] }
        worst[name] = 0
        for (const to of [0, 1, 5, 9]) {
          const sum = new Float64Array(large.height * large.width)
          for (let from = 0; from < layer.inputs; from++) {
            convTranspose(settings, planeOf(small, from), kernelOf(layer, from,
              to)).forEach((/** @type {number} */ value, /** @type {number} */ i) => { sum[i] += value })
          }
          worst[name] = Math.max(worst[name], largestDifference(planeOf(large, to), sum) / largestOf(large.data))
        }
      }
      engine.dispose()
      return { worst, photo, work, classes: classes.length,
        score: [byName['score_fr'].height, byName['score_fr'].width] }
    }, backend)
    expect(found).toMatchObject({ photo: { width: 96, height: 72 }, work: { width: 64, height: 48 }, score: [2, 2] })
    for (const worst of Object.values(found.worst)) expect(worst).toBeLessThanOrEqual(1e-5)
  })
}

test('what a model has not got, and what is no layer, is said', async ({ page }) => {
  const lab = await openLab(page)
  const codes = await lab.evaluate(async ({ ready, scene }) => {
    const engine = await ready('cpu')
    const code = (/** @type {Promise<unknown>} */ promise) => promise.then(() => 'done',
      error => `${error.code}: ${error.message}`)
    const pair = /** @type {[number, number]} */ ([3, 3])
    const one = /** @type {[number, number]} */ ([1, 1])
    const layer = { input: pair, kernel: pair, stride: one, padding: one,
      outputPadding: /** @type {[number, number]} */ ([0, 0]), dilation: one }
    const nine = new Float32Array(9)
    const found = [
      await code(engine.trace(await scene(), { maps: ['upscore64'] })),
      await code(engine.upsamplingLayer('fc6')),
      await code(engine.convTranspose2d({ ...layer, padding: [9, 9] }, nine, nine)),
      await code(engine.convTranspose2d({ ...layer, outputPadding: [1, 1] }, nine, nine)),
      await code(engine.convTranspose2d({ ...layer, stride: [4_000_000_000, 1] }, nine, nine)),
      // In 32 bits this would come out as a single cell.
      await code(engine.convTranspose2d({ ...layer, input: [257, 1], kernel: one, stride: [2 ** 24, 1],
        padding: [0, 0] }, new Float32Array(257), new Float32Array(1))),
      await code(engine.convTranspose2d(layer, nine, new Float32Array(4))),
      await code(engine.trace(new Blob(['no picture']), { maps: ['score_fr'] })),
      await code(engine.convTranspose2d(layer, nine, nine)),
    ]
    engine.dispose()
    return found
  })
  expect(codes.map(text => text.split(':')[0])).toEqual([...new Array(7).fill('invalid_input'), 'not_an_image', 'done'])
  expect(codes[0]).toContain('score_fr')
})

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} [state]
 * @param {string} [base] address of the site; default Playwright's server
 */
async function open(page, state = 'photo=1', base = '') {
  page.on('pageerror', error => { throw error })
  await page.goto(`${base}embed.html?lang=en#${state}`)
  const figure = page.locator('fcn-upsample')
  await expect(figure.getByRole('button', { name: 'Play' })).toBeVisible()
  return { figure, panel: figure.locator('fcn-upsample-photo') }
}

test('neither wasm nor a model is fetched before a photo is chosen', async ({ page }) => {
  /** @type {string[]} */
  const asked = []
  page.on('request', request => asked.push(request.url()))
  const { figure, panel } = await open(page, '')
  await figure.getByText('Your own photo').click()
  await expect(panel.getByText('Choose a photo', { exact: true })).toBeVisible()
  expect(asked.filter(url => /\.wasm|worker\.js|models\//.test(url))).toEqual([])
})

test('a photo is stamped with the net’s own numbers until its heat map stands', async ({ page }) => {
  test.slow()
  const { figure, panel } = await open(page)
  await panel.locator('input[type="file"]').setInputFiles(`www/${SAMPLE}`)
  await expect(panel.locator('.good')).toContainText(/Checked: the engine’s transposed convolution \(CPU\)/)
  const before = await figure.evaluate((/** @type {any} */ element) =>
    ({ input: [element.input.length, element.input[0].length], kernel: element.kernel,
      stride: element.stride, padding: element.padding, step: element.step, steps: element.steps }))
  // 1024x682 at a long side of 224 is 224x149, padded to 224x160.
  expect(before).toEqual({ input: [5, 7], kernel: [64, 64], stride: [32, 32], padding: [16, 16], step: 0, steps: 35 })
  await expect(figure.locator('[data-board="kernel"] canvas')).toBeVisible()
  await figure.getByRole('slider', { name: 'Position' }).press('End')
  await expect(figure.locator('.now')).toContainText('Step 35 of 35')
  await expect(figure.locator('[data-board="output"] canvas')).toBeVisible()

  // The grass of the meadow: its heat is where the grass is, in the lower half.
  await panel.getByRole('combobox', { name: 'Class', exact: true }).selectOption({
    label: await panel.locator('option', { hasText: /^grass ·/ }).first().textContent() ?? '' })
  await expect(panel.getByText(/of “grass”, 5×7/)).toBeVisible()
  const halves = await figure.evaluate((/** @type {any} */ element) => {
    /** @type {number[][]} */
    const output = element.output
    const mean = (/** @type {number[][]} */ rows) =>
      rows.flat().reduce((sum, value) => sum + value, 0) / rows.flat().length
    return [mean(output.slice(0, 74)), mean(output.slice(75, 149))]
  })
  expect(halves[1]).toBeGreaterThan(halves[0])

  // Another layer: finer input, smaller steps.
  await panel.getByRole('combobox', { name: 'Layer' }).selectOption({ index: 4 })
  await expect(panel.getByText(/fuse_pool3 of “grass”, 20×28/)).toBeVisible()
  expect(await figure.evaluate((/** @type {any} */ element) => [element.kernel, element.stride,
    element.output.length])).toEqual([[16, 16], [8, 8], 160])
  await expect(panel.locator('.good')).toBeVisible()

  // Changed numbers are no longer the photo's, and can be had back.
  await figure.evaluate((/** @type {any} */ element) => { element.stride = 4 })
  await expect(panel.getByText('The figure no longer shows your photo’s numbers.')).toBeVisible()
  await expect(panel.locator('.good')).toHaveCount(0)
  await panel.getByRole('button', { name: 'Back to the photo’s numbers' }).click()
  await expect(panel.locator('.good')).toBeVisible()
  expect(await figure.evaluate((/** @type {any} */ element) => element.stride)).toEqual([8, 8])
})

test('a file that is no photo, a lost network and a stop are told in the panel, and lose nothing', async ({ page }) => {
  const { figure, panel } = await open(page, 'input=1,2;3,4&kernel=1,0;2,3&photo=1')
  await page.route('**/*.wasm', route => route.abort())
  await panel.locator('input[type="file"]').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg',
    buffer: Buffer.from('not a photo') })
  await expect(panel.getByRole('alert')).toBeVisible()
  expect(await figure.evaluate((/** @type {any} */ element) => element.input)).toEqual([[1, 2], [3, 4]])
  await expect(panel.getByRole('alert')).toContainText('The program could not be started.')
  await page.unroute('**/*.wasm')
  await panel.getByRole('button', { name: 'Try again' }).click()
  await expect(panel.getByRole('alert')).toContainText('This is not a picture.')

  // The sample's way is cut off.
  await page.route('**/samples/**', route => route.abort())
  await panel.getByRole('button', { name: 'Use the sample photo' }).click()
  await expect(panel.getByRole('alert')).toContainText('The connection failed.')
  await page.unroute('**/samples/**')

  // A stop is heard, and the next photo works.
  const sample = panel.getByRole('button', { name: 'Use the sample photo' })
  await sample.click()
  await panel.getByRole('button', { name: 'Cancel' }).click()
  await expect(panel.getByRole('progressbar')).toHaveCount(0)
  expect(await figure.evaluate((/** @type {any} */ element) => element.input)).toEqual([[1, 2], [3, 4]])
  await sample.click()
  await expect(panel.locator('.good')).toBeVisible()
})

test('on the page the figure uses the net and the photo of the Segment view', async ({ page }) => {
  test.slow()
  /** @type {string[]} */
  const weights = []
  page.on('request', request => { if (request.url().endsWith('.safetensors')) weights.push(request.url()) })
  await page.goto('index.html?lang=en&backend=cpu')
  await page.evaluate(() => new Promise(resolve => document.querySelector('fcn-segment')?.addEventListener('fcn-result',
    resolve, { once: true })))
  await page.getByRole('link', { name: 'Upsample' }).click()
  const view = page.locator('fcn-upsample-view')
  await view.getByRole('button', { name: '8. Stamp your own photo' }).click()
  const panel = view.locator('fcn-upsample-photo')
  await panel.getByRole('button', { name: 'Use the photo from Segment' }).click()
  await expect(panel.locator('.good')).toContainText('(CPU)')
  const workers = page.workers().filter(worker => worker.url().includes('engine/worker/worker.js'))
  expect(workers).toHaveLength(1)
  // The photo's credit came along, and the one net serves both.
  await expect(panel.locator('.credit')).toContainText('Dohduhdah')
  expect(weights).toHaveLength(1)
  // Another model in the Segment view makes other kernels.
  await page.getByRole('link', { name: 'Segment', exact: true }).click()
  await page.locator('fcn-segment').getByLabel('Model').selectOption({ label: 'Everyday VGG, 14 classes' })
  await page.waitForFunction(() =>
    document.querySelector('fcn-segment')?.engine?.model?.url?.endsWith('everyday-vgg/model.json'))
  await page.getByRole('link', { name: 'Upsample' }).click()
  await expect(panel.getByRole('button', { name: 'Use the photo from Segment' })).toBeVisible()
  await expect(panel.locator('.good')).toHaveCount(0)
  // That one has another backbone, and the same layers.
  await panel.getByRole('button', { name: 'Use the photo from Segment' }).click()
  await expect(panel.locator('.good')).toContainText('(CPU)')
})

test('without the Segment view the figure loads the lecture’s net, and gives it back when it leaves',
  async ({ page }) => {
  test.slow()
  const { figure, panel } = await open(page)
  await page.evaluate(async () => {
    const { Engine } = await import(new URL('engine/engine.js', location.href).href)
    const { load } = Engine.prototype
    Engine.prototype.load = async function (/** @type {any[]} */ ...args) {
      return /** @type {any} */ (window).loaded = await load.apply(this, args)
    }
  })
  await expect(panel.getByRole('button', { name: 'Use the photo from Segment' })).toHaveCount(0)
  await panel.getByRole('button', { name: 'Use the sample photo' }).click()
  await expect(panel.locator('.good')).toBeVisible()
  const loaded = await page.evaluate(() => {
    const { url, isDisposed } = /** @type {any} */ (window).loaded
    return [url.replace(/.*\/models\//, ''), isDisposed]
  })
  expect(loaded).toEqual(['everyday-vgg/model.json', false])
  await figure.evaluate(element => element.remove())
  await page.waitForFunction(() => /** @type {any} */ (window).loaded.isDisposed)
  await expect.poll(() =>
    page.workers().filter(worker => worker.url().includes('engine/worker/worker.js')).length).toBe(0)
})

/**
 * Puts a net of the test's own making in use on the page: one of two classes whose maps and kernels are small and known,
 * so that the panel can be looked at without a net being run. And a photo at hand. On the site as written: built, the
 * panel's session has no address.
 * @param {import('@playwright/test').Page} page
 */
async function putInUse(page) {
  await page.evaluate(async () => {
    const { convTranspose } = await import(new URL('lib/transposed/compute.js', location.href).href)
    const { filled } = await import(new URL('lib/transposed/fill.js', location.href).href)
    const { Session } = await import(new URL('elements/common/session.js', location.href).href)
    const size = { input: [5, 7], kernel: [64, 64], stride: [32, 32], padding: [16, 16],
      outputPadding: [0, 0], dilation: [1, 1] }
    const values = filled('blob', [5, 7], 'input')
    const kernel = filled('bilinear', [64, 64], 'kernel')
    const output = convTranspose(size, values, kernel)
    const weights = new Float32Array(4 * 64 * 64)
    weights.set(kernel)
    weights.set(kernel, 3 * 64 * 64)
    const both = (/** @type {ArrayLike<number>} */ map) =>
      Float32Array.from([...Array.from(map), ...Array.from(map, value => -value)])
    const net = {
      manifest: { name: 'two', architecture: 'fcn-vgg16', config: { variants: ['fcn32s'] } }, isDisposed: false,
      trace: async () => ({
        backend: 'cpu', classes: [{ id: 0, name: 'hill', color: '#000000' },
          { id: 1, name: 'valley', color: '#ffffff' }],
        photo: { width: 224, height: 149 }, work: { width: 224, height: 149 },
        maps: [{ name: 'score_fr', channels: 2, height: 5, width: 7, data: both(values) },
          { name: 'upscore32', channels: 2, height: 160, width: 224, data: both(output) }],
      }),
      upsamplingLayer: async (/** @type {string} */ name) =>
        ({ name, inputs: 2, outputs: 2, kernel: [64, 64], stride: [32, 32], padding: [16, 16], weights }),
    }
    const convTranspose2d = async (/** @type {any} */ layer, /** @type {number[]} */ input,
      /** @type {number[]} */ taps) =>
      ({ backend: 'cpu', values: Float32Array.from(convTranspose(layer, input, taps)) })
    const use = Object.assign(new EventTarget(), { gives: 'masks', net, start: async () => use.net })
    const canvas = Object.assign(document.createElement('canvas'), { width: 224, height: 149 })
    canvas.getContext('2d')?.fillRect(0, 0, 224, 149)
    const session = Session.of()
    session.inUse = () => use
    Object.defineProperty(session, 'engine', { configurable: true,
      value: { adapter: null, backend: 'cpu', convTranspose2d } })
    session.photo = { source: await createImageBitmap(canvas), name: 'photo', sample: null }
    session.dispatchEvent(new Event('net'))
    Object.assign(window, { session, use, net, canvas })
  })
}

test('a photo that Segment has only later, or no more, is asked for when it is wanted', async ({ page, site }) => {
  const { panel } = await open(page, 'photo=1', (await site.start({ written: true })).url)
  await putInUse(page)
  await page.evaluate(() => {
    const scope = /** @type {any} */ (window)
    scope.kept = scope.session.photo
    scope.session.photo = null
  })
  const button = panel.getByRole('button', { name: 'Use the photo from Segment' })
  await button.click()
  await expect(panel.getByRole('alert')).toContainText('There is no photo in the Segment view yet.')
  await page.evaluate(() => { /** @type {any} */ (window).session.photo = /** @type {any} */ (window).kept })
  await button.click()
  await expect(panel.locator('.good')).toBeVisible()
  await expect(panel.getByText(/this is the net’s whole map of the class/)).toBeVisible()
  // What is said aloud: which kernel, and how it compares.
  await expect(panel.getByRole('status')).toContainText('Ready: valley, 63% of the photo.')
  await panel.getByRole('combobox', { name: 'Kernel of the class' }).selectOption({ label: 'hill' })
  await expect(panel.getByText(/score_fr of “hill”, 5×7.*from “hill” to “valley”/)).toBeVisible()
  await expect(panel.getByRole('status')).toContainText('upscore32, “hill” to “valley”. Checked:')
})

test('another chapter ends a photo’s job, another model its maps, and leaving takes the photo along',
  async ({ page, site }) => {
  const { figure, panel } = await open(page, 'photo=1', (await site.start({ written: true })).url)
  await putInUse(page)
  // The pass hangs until it is let go.
  await page.evaluate(() => {
    const scope = /** @type {any} */ (window)
    const { trace } = scope.net
    scope.net.trace = async () => { await new Promise(resolve => { scope.letGo = resolve }); return await trace() }
  })
  await panel.getByRole('button', { name: 'Use the photo from Segment' }).click()
  await expect(panel.getByRole('progressbar')).toBeVisible()
  await figure.evaluate((/** @type {any} */ element) => { element.fragment = 'preset=stride2&step=3' })
  await page.evaluate(() => /** @type {any} */ (window).letGo?.())
  await page.waitForTimeout(300)
  expect(await figure.evaluate((/** @type {any} */ element) => [element.preset, element.step])).toEqual(['stride2', 3])

  const backdrop = () => figure.evaluate((/** @type {any} */ element) => element.backdrop !== null)
  const stamp = async () => {
    await figure.evaluate(async (/** @type {any} */ element) => {
      const done = element.stampPhoto(/** @type {any} */ (window).canvas)
      for (let i = 0; i < 50; i++) {
        await new Promise(resolve => setTimeout(resolve, 20)); /** @type {any} */ (window).letGo?.() }
      await done
    })
    expect(await backdrop()).toBe(true)
  }
  await stamp()
  // What is told of a net of another kind changes nothing.
  await page.evaluate(() => /** @type {any} */ (window).session.dispatchEvent(new Event('net')))
  await expect(panel.locator('.good')).toBeVisible()
  await page.evaluate(() => {
    const { session, use, net } = /** @type {any} */ (window)
    use.net = { ...net }
    session.dispatchEvent(new Event('net'))
  })
  await expect(panel.locator('.good')).toHaveCount(0)
  expect(await backdrop()).toBe(false)
  await stamp()
  await figure.evaluate(async (/** @type {any} */ element) => {
    const parent = element.parentNode
    element.remove()
    await new Promise(resolve => setTimeout(resolve, 700))
    parent.append(element)
  })
  await expect(figure.locator('.now')).toBeVisible()
  expect(await backdrop()).toBe(false)
})

test('the panel is reached and used by keyboard, is sound under axe, and sticks out nowhere',
  async ({ page, site }) => {
  await site.start({ written: true })
  for (const [lang, theme, width] of /** @type {[string, string, number][]} */ ([['en', 'light', 320],
    ['ko', 'dark', 320], ['en', 'dark', 768], ['ko', 'light', 1600]])) {
    await page.setViewportSize({ width, height: 900 })
    await page.goto('about:blank')
    await page.goto(`${site.url}embed.html?lang=${lang}&theme=${theme}#photo=1`)
    const figure = page.locator('fcn-upsample')
    const panel = figure.locator('fcn-upsample-photo')
    await expect(panel.locator('input[type="file"]')).toBeAttached()
    await putInUse(page)
    await panel.locator('button').first().focus()
    await page.keyboard.press('Enter')
    await expect(panel.locator('.good')).toBeVisible()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    // The class: the next one, by arrow.
    await page.keyboard.press('ArrowDown')
    await expect(panel.locator('p:not(.sr)', { hasText: /“hill” (to|→) “hill”/ })).toBeVisible()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await expect.poll(() => figure.evaluate((/** @type {any} */ element) => element.backdrop)).toBe(null)
    await page.keyboard.press('Space')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    const found = await axe(page)
    expect(found.filter(each => !each.startsWith('page-has-heading-one:')), `${lang}, ${theme}`).toEqual([])
  }
})
