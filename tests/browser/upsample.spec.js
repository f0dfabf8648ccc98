/** `<fcn-upsample>` as a person meets it: views, steps, editing, impossible layers, exports, links. */
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'

/** @typedef {import('../../www/elements/fcn-upsample.js').FcnUpsample} FcnUpsample */

/**
 * Opens the figure alone, and fails the test on any error or console complaint (a breach of the
 * content security policy is one).
 * @param {import('@playwright/test').Page} page
 * @param {string} [state]
 */
async function open(page, state = '') {
  page.on('pageerror', error => { throw error })
  page.on('console',
    message => { if (message.type() === 'error' && !message.text().includes('404')) throw new Error(message.text()) })
  await page.goto(`embed.html?lang=en#${state}`)
  const figure = page.locator('fcn-upsample')
  await expect(figure.getByRole('button', { name: 'Play' })).toBeVisible()
  return figure
}

/**
 * @template T
 * @param {import('@playwright/test').Page} page
 * @param {(element: FcnUpsample) => T} read
 * @returns {Promise<T>}
 */
function ask(page, read) {
  return page.locator('fcn-upsample').evaluate(/** @type {(element: any) => T} */ (read))
}

/** Shows another state in the open figure. @param {import('@playwright/test').Page} page @param {string} state */
const show = (page, state) => page.locator('fcn-upsample').evaluate((/** @type {any} */ element,
  state) => { element.fragment = state }, state)

test('stamps add up to the output that the formula promised', async ({ page }) => {
  const figure = await open(page, 'input=1,2;3,4&kernel=1,0;2,3&stride=1')
  await expect(figure.locator('.formula')).toContainText('(2−1)·1 − 2·0 + 1·(2−1) + 0 + 1 = 3')
  await figure.getByRole('button', { name: 'Step forward' }).click()
  await expect(figure.locator('.now')).toContainText('Step 1 of 4: input[0,0] = 1 stamps 1 × kernel onto output rows 0 to 1, columns 0 to 1.')
  await figure.getByRole('button', { name: 'Last step' }).click()
  expect(await ask(page, element => element.output)).toEqual([[1, 2, 0], [5, 11, 6], [6, 17, 12]])
  await expect(figure.locator('[data-board="output"] text')).toHaveText(['1', '2', '0',
    '5', '11', '6', '6', '17', '12'])
})

test('the sum of the current cell is written out', async ({ page }) => {
  const figure = await open(page, 'input=1,2;3,4&kernel=1,0;2,3&stride=1&step=4')
  await expect(figure.locator('.now')).toContainText('out[1,1] = 7 + 4 × 1 = 11')
  await expect(figure.locator('.now')).toContainText('4 stamps overlap here.')
  await figure.getByRole('radio', { name: 'Gather' }).check()
  await figure.getByRole('slider', { name: 'Position' }).fill('5')
  await expect(figure.locator('.now')).toContainText('out[1,1] = 1 × 3 + 2 × 2 + 3 × 0 + 4 × 1 = 11')
})

test('one cursor drives all three views, and hovering links them both ways', async ({ page }) => {
  const figure = await open(page, 'stride=2&view=all&step=4')
  const cell = figure.getByRole('textbox', { name: 'Input, row 1, column 0' })
  await expect(cell).toHaveClass(/lit/)
  await figure.getByRole('textbox', { name: 'Input, row 0, column 2' }).hover()
  await expect(figure.locator('.now')).toContainText('input[0,2] = 3 goes to output rows 0 to 2, columns 4 to 6.')
  const board = figure.locator('[data-board="output"]')
  const box = await board.boundingBox()
  if (!box) throw new Error('no board')
  await board.hover({ position: { x: box.width * 2.5 / 7, y: box.height * 2.5 / 7 } })
  await expect(figure.locator('.now')).toContainText('out[2,2]')
  for (const [name, lit] of /** @type {[string, boolean][]} */ ([['row 0, column 0', true],
    ['row 1, column 1', true], ['row 2, column 2', false]])) {
    const input = figure.getByRole('textbox', { name: `Input, ${name}` })
    if (lit) await expect(input).toHaveClass(/lit/)
    else await expect(input).not.toHaveClass(/lit/)
  }
})

test('cells can be edited, and text in one is explained without losing anything', async ({ page }) => {
  const figure = await open(page, 'stride=2')
  const cell = figure.getByRole('textbox', { name: 'Input, row 0, column 0' })
  await cell.fill('1/2')
  expect(await ask(page, element => element.input[0][0])).toBe(0.5)
  await cell.fill('abc')
  await expect(figure.getByRole('alert')).toContainText('“abc” is not a number; the cell keeps 0.5.')
  await expect(cell).toHaveAttribute('aria-invalid', 'true')
  await expect(cell).toHaveValue('abc')
  expect(await ask(page, element => element.input[0][0])).toBe(0.5)
  await cell.press('Escape')
  await expect(cell).toHaveValue('0.5')
  await expect(figure.getByRole('alert')).toBeEmpty()
})

test('an impossible layer is explained in place, with the nearest possible value', async ({ page }) => {
  const figure = await open(page, 'stride=2&step=4')
  const number = (/** @type {string} */ name) => figure.locator(`input[type="text"][aria-label^="${name},"]`)
  for (const [name, text, why, offer, after] of /** @type {[string, string, RegExp, string, string][]} */ ([
    ['kernel', '0', /Kernel 0 is impossible: the least is 1/, 'Use kernel 1', '1'],
    ['kernel', '3', /^$/, '', '3'],
    ['stride', '0', /Stride 0 is impossible/, 'Use stride 1', '1'],
    ['stride', 'two', /“two” is not a number/, 'Use stride 1', '1'],
    ['output padding', '1', /must be smaller than stride or dilation, here at most 0/, 'Use output padding 0', '0'],
    ['padding', '3', /with padding 3 the output would be −1 cells long/, 'Use padding 2', '2'],
    ['input', '1000', /more than this figure can show; it goes up to 32/, 'Use input 32', '32'],
  ])) {
    await number(name).fill(text)
    if (offer) {
      await expect(figure.getByRole('alert')).toContainText(why)
      await expect(figure.getByRole('alert')).toContainText('The figure keeps the last layer that is possible.')
      await expect(number(name)).toHaveValue(text)
      expect(await ask(page, element => element.valid)).toBe(false)
      await figure.getByRole('button', { name: offer, exact: true }).click()
    }
    await expect(figure.getByRole('alert')).toBeEmpty()
    await expect(number(name)).toHaveValue(after)
  }
})

test('rows and columns of one input that are too large for different reasons are both told', async ({ page }) => {
  const figure = await open(page, 'input=30&kernel=8&stride=32x64')
  await expect(figure.getByRole('alert')).toContainText('rows: The output would be 936 cells long')
  await expect(figure.getByRole('alert')).toContainText('columns: The output would be 1864 cells long')
  await figure.getByRole('button', { name: 'Use input 20×10' }).click()
  await expect(figure.getByRole('alert')).toBeEmpty()
})

test('scores of a photo too large to be drawn keep their sizes and their question, with a word on cropping',
  async ({ page }) => {
  const figure = await open(page, 'input=24x32&kernel=64&stride=32')
  await expect(figure.locator('.formula')).toContainText('= 800')
  await expect(figure.locator('.formula')).toContainText('= 1056')
  await expect(figure.getByRole('alert')).toContainText('rows: The output would be 800 cells long; this figure draws up to 640.')
  await expect(figure.getByRole('alert').getByRole('button')).toHaveText(['Use input 19×19', 'Undo'])
  await expect(figure.locator('.note',
    { hasText: 'stride × input is 768×1024' })).toContainText('FCN crops them off afterwards')

  await show(page, 'input=24x32&kernel=64&stride=32&padding=16')
  await expect(figure.locator('.formula')).toContainText('= 768')
  await expect(figure.getByRole('alert')).toContainText('columns: The output would be 1024 cells long, 1056 with what padding trims; this figure draws up to 640.')
  // A link tells the same.
  const link = await ask(page, element => element.fragment)
  await show(page, '')
  await expect(figure.getByRole('alert')).toBeEmpty()
  await show(page, link)
  await expect(figure.getByRole('alert')).toContainText('columns: The output would be 1024 cells long, 1056 with what padding trims; this figure draws up to 640.')
  await figure.getByRole('button', { name: 'Use input 19×19' }).click()
  await expect(figure.getByRole('alert')).toBeEmpty()
  expect(await ask(page, element => [element.output.length, element.stride, element.padding])).toEqual([608,
    [32, 32], [16, 16]])
})

test('half a cell of padding gets offers of the size that was meant', async ({ page }) => {
  const figure = await open(page, 'input=3&kernel=6&stride=3&padding=1.5')
  await expect(figure.getByRole('alert')).toContainText('Padding 1.5 is impossible')
  await expect(figure.getByRole('alert').getByRole('button')).toHaveText(
    ['Use padding 2, output padding 1', 'Use padding 1, kernel 5', 'Use padding 2', 'Undo'])
  await figure.getByRole('button', { name: 'Use padding 2, output padding 1' }).click()
  expect(await ask(page, element => [element.valid, element.output.length, element.output[0].length])).toEqual([true,
    9, 9])
})

test('output padding is refused with a way out, and what it adds is said to be stamped', async ({ page }) => {
  const figure = await open(page, 'kernel=1x3&output-padding=0x1')
  await expect(figure.getByRole('alert')).toContainText('it must be smaller than stride or dilation, here at most 0')
  await expect(figure.getByRole('alert').getByRole('button')).toHaveText(['Use output padding (columns) 0',
    'Use stride 2', 'Undo'])
  await show(page, 'input=1;&kernel=1,2,3;4,5,6;7,8,9&stride=2&padding=1&output-padding=1&walk=output&step=last')
  await expect(figure.locator('.now')).toContainText('It isn’t padded with 0: it is stamped like any other.')
  expect(await ask(page, element => element.output)).toEqual([[5, 6], [8, 9]])
})

test('kernels that do not overlap, and borders that come out dimmer, are explained', async ({ page }) => {
  const figure = await open(page, 'input=7x7:blob&kernel=32x32:bilinear&stride=32')
  const note = figure.locator('.note')
  await expect(note.filter({
    hasText: 'no two stamps overlap' })).toContainText('Kernel 64 with padding 16 gives the same size')
  await show(page, 'preset=upscore32')
  await expect(note.filter({ hasText: 'Kernel 32 without padding would give the same size' })).toBeVisible()
  await show(page, 'input=4x4:ones&kernel=4x4:bilinear&stride=2&padding=1')
  await expect(note.filter({ hasText: 'fewer stamps meet than inside' })).toBeVisible()
  expect(await ask(page, element => [element.output[0][0], element.output[0][3],
    element.output[3][3]])).toEqual([9 / 16, 3 / 4, 1])
  // What is to be guessed isn't told.
  await show(page, 'input=7x7&kernel=4x4:bilinear&stride=2&predict=size')
  await expect(figure.locator('.covered')).toBeVisible()
  await expect(note).toHaveCount(0)
})

test('programs get the same explanations, and no exceptions', async ({ page }) => {
  const figure = await open(page, 'stride=2')
  await ask(page, element => {
    element.stride = 0
    element.outputPadding = [5, NaN]
    element.input = /** @type {any} */ ('nonsense')
    element.weights = /** @type {any} */ ([[1, 2], [3]])
    element.step = NaN
    element.view = /** @type {any} */ ('sideways')
  })
  await expect(figure.getByRole('alert')).not.toBeEmpty()
  await expect(figure.locator('[data-board="output"] svg')).toBeVisible()
  expect(await ask(page, element => [element.stride, element.output.length])).toEqual([[2, 2], 7])
  await ask(page, element => { element.stride = [3, 2]; element.outputPadding = 0 })
  expect(await ask(page, element => [element.valid, element.stride, element.output.length,
    element.output[0].length])).toEqual([true, [3, 2], 9, 7])
})

test('a garbled link is explained, and what can be read of it is shown', async ({ page }) => {
  const figure = await open(page, 'stride=%E0%A4%A&kernel=3x3x3&padding=1&view=upside&step=%00&input=1,a;2')
  await expect(figure.getByRole('alert')).toContainText('kernel=3x3x3')
  await expect(figure.getByRole('alert')).toContainText('view=upside')
  expect(await ask(page, element => element.padding)).toEqual([1, 1])
  await figure.getByRole('button', { name: 'Dismiss' }).click()
  await expect(figure.getByRole('alert')).toBeEmpty()
})

test('a link shows the same, whatever was shown before', async ({ page }) => {
  await open(page)
  const differing = await page.evaluate(async () => {
    const { CHAPTERS } = await import(new URL('source/lessons/upsampling.js', location.href).href)
    const element = /** @type {any} */ (document.querySelector('fcn-upsample'))
    const shown = () => JSON.stringify([element.fragment, element.output, element.view, element.step, element.steps])
    const states = [...CHAPTERS.map((/** @type {{state: string}} */ { state }) => state),
      'stride=2&padding=1&view=all&step=3', 'stride=abc&kernel=4x4&input=nonsense', 'preset=even&step=last']
    const fresh = states.map(state => { element.fragment = ''; element.fragment = state; return shown() })
    /** @type {string[]} */
    const differing = []
    for (const before of states) {
      states.forEach((state, i) => {
        element.fragment = before
        element.fragment = state
        if (shown() !== fresh[i]) differing.push(`${before} -> ${state}`)
      })
    }
    return differing
  })
  expect(differing).toEqual([])
})

test('a backdrop that is none is told in place', async ({ page }) => {
  const figure = await open(page, 'stride=2&step=4')
  for (const backdrop of ["{ picture: document.createElement('canvas') }", "{ picture: 'photo.jpg', cells: [1, 1] }",
    "{ picture: document.createElement('canvas'), cells: [NaN, 2] }", '7']) {
    await figure.evaluate((/** @type {any} */ element, backdrop) => {
      element.backdrop = new Function(`return ${backdrop}`)() }, backdrop)
    await expect(figure.getByRole('alert')).toContainText('backdrop')
    expect(await ask(page, element => element.backdrop)).toBe(null)
    await figure.getByRole('button', { name: 'Dismiss' }).click()
  }
  await figure.getByRole('button', { name: 'Step forward' }).click()
  await expect(figure.locator('.now')).toContainText('Step 5 of 9')
})

test('the whole state survives the trip through a link', async ({ page }) => {
  await open(page)
  const states = [
    'preset=upscore8',
      'input=1,-2.5;0.25,4&kernel=2x3&stride=3x2&padding=1x0&output-padding=2x1&dilation=1x2&view=all&step=3',
    'stride=2&view=gather&walk=input&overlap=1&predict=value&step=2',
      'input=7x7:blob&kernel=64x64:bilinear&stride=32&padding=16&step=20',
  ]
  for (const state of states) {
    const [first, again] = await page.locator('fcn-upsample').evaluate((/** @type {any} */ element, state) => {
      element.fragment = state
      const first = { text: element.fragment, output: element.output, step: element.step, view: element.view }
      element.fragment = ''
      element.fragment = first.text
      return [first, { text: element.fragment, output: element.output, step: element.step, view: element.view }]
    }, state)
    expect(again).toEqual(first)
    expect(first.text).not.toBe('')
  }
  const kept = await ask(page, element => {
    element.weights = Array.from({ length: 64 }, (_, r) => Array.from({ length: 64 },
      (_, c) => Math.fround(Math.sin(r * 64 + c))))
    const before = element.weights
    element.fragment = element.fragment
    return JSON.stringify(element.weights) === JSON.stringify(before)
  })
  expect(kept).toBe(true)
})

test('the output size can be predicted before it is shown', async ({ page }) => {
  const figure = await open(page, 'preset=slip')
  await expect(figure.locator('.formula')).toContainText('(14−1)·16 − 2·8 + 1·(16−1) + 0 + 1 = ?')
  await expect(figure.locator('[data-board="output"]')).toHaveCount(0)
  await expect(figure.getByRole('button', { name: 'Play' })).toBeDisabled()
  await expect(figure).not.toContainText('208')
  await figure.getByLabel('rows', { exact: true }).fill('224')
  await figure.getByLabel('columns', { exact: true }).fill('224')
  await figure.getByRole('button', { name: 'Check' }).click()
  await expect(figure).toContainText('Not 224×224. Try again, or reveal it.')
  await figure.getByRole('button', { name: 'Reveal' }).click()
  await expect(figure).toContainText('It is 208×208.')
  await expect(figure.locator('[data-board="output"]')).toBeVisible()
  await expect(figure.locator('.note')).toContainText('208, not 224. Kernel 32')
  await ask(page, element => { element.fragment = 'preset=upscore32&predict=size' })
  await expect(figure.locator('.formula')).toContainText('= ?')
  await expect(figure).not.toContainText('224')
})

test('the value of a step can be predicted before it is shown', async ({ page }) => {
  const figure = await open(page, 'input=1,2;3,4&kernel=1,0;2,3&predict=value&step=4')
  await expect(figure.locator('.now')).toContainText('out[1,1] = 7 + 4 × 1 = ?')
  await expect(figure.locator('[data-board="output"] text').nth(4)).toHaveText('?')
  await figure.getByLabel('your answer').fill('11')
  await figure.getByRole('button', { name: 'Check' }).click()
  // Nothing else on the page may tell: the round trip would begin with the finished output.
  await ask(page,
    element => { element.fragment = 'input=1,2;3,4&kernel=1,0;2,3&predict=value&view=matrix&step=5&inverse=1' })
  await expect(figure.locator('[data-scene]')).toHaveCount(0)
  await ask(page, element => { element.fragment = 'input=1,2;3,4&kernel=1,0;2,3&view=matrix&step=5&inverse=1' })
  await expect(figure.locator('[data-scene]')).not.toHaveCount(0)
  await ask(page, element => { element.fragment = 'input=1,2;3,4&kernel=1,0;2,3&predict=value&step=4' })
  await figure.getByLabel('your answer').fill('11')
  await figure.getByRole('button', { name: 'Check' }).click()
  await expect(figure).toContainText('Right: 11.')
  await expect(figure.locator('[data-board="output"] text').nth(4)).toHaveText('11')
})

test('playing walks to the end and stops; nothing plays by itself', async ({ page }) => {
  const figure = await open(page, 'stride=2')
  await page.clock.install()
  await page.clock.runFor(10_000)
  expect(await ask(page, element => element.step)).toBe(0)
  await page.clock.resume()
  await figure.getByLabel('Speed').selectOption('32')
  await figure.getByRole('button', { name: 'Play' }).click()
  await expect.poll(() => ask(page, element => element.step)).toBe(9)
  await expect(figure.getByRole('button', { name: 'Play' })).toBeVisible()
  expect(await ask(page, element => element.playing)).toBe(false)
})

test('who asks for less motion gets at most two steps a second', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const figure = await open(page, 'input=6x6&stride=2')
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 3_600_000)
  await figure.getByLabel('Speed').selectOption('32')
  await figure.getByRole('button', { name: 'Play' }).click()
  await page.clock.runFor(1500)
  const step = await ask(page, element => element.step)
  expect(step).toBeGreaterThan(0)
  expect(step).toBeLessThanOrEqual(5)
})

test('large kernels are drawn as pictures, and one cell of them can still be changed', async ({ page }) => {
  const figure = await open(page, 'preset=upscore32&step=last')
  await expect(figure.locator('[data-board="kernel"] canvas')).toBeVisible()
  await expect(figure.locator('[data-board="output"] canvas')).toBeVisible()
  await figure.locator('.edit summary').click()
  await figure.getByLabel('row', { exact: true }).fill('0')
  await figure.getByLabel('column', { exact: true }).fill('1')
  await figure.getByLabel('value', { exact: true }).fill('0.75')
  await figure.getByLabel('value', { exact: true }).press('Enter')
  await page.keyboard.press('Tab')
  expect(await ask(page, element => element.weights[0][1])).toBe(0.75)
})

test('maps set by a program, 64×64 over 16×16, are computed and drawn', async ({ page }) => {
  const figure = await open(page)
  const size = await ask(page, element => {
    element.input = Array.from({ length: 16 }, (_, r) => Array.from({ length: 16 }, (_, c) => r - c))
    element.weights = Array.from({ length: 64 }, () => new Array(64).fill(0.5))
    element.stride = 32
    element.padding = 16
    element.step = element.steps
    return [element.output.length, element.output[0].length, element.steps]
  })
  expect(size).toEqual([512, 512, 256])
  await expect(figure.locator('[data-board="output"] canvas')).toBeVisible()
})

test('events tell of changes and steps', async ({ page }) => {
  await open(page)
  const told = await page.locator('fcn-upsample').evaluate(async (/** @type {any} */ element) => {
    /** @type {string[]} */
    const told = []
    element.addEventListener('fcn-change', (/** @type {any} */ event) =>
      told.push(`change ${event.detail.valid} ${event.detail.output}`))
    element.addEventListener('fcn-step', (/** @type {any} */ event) =>
      told.push(`step ${event.detail.step}/${event.detail.steps}`))
    element.stride = 2
    await element.updateComplete
    element.next()
    await element.updateComplete
    element.padding = 99
    await element.updateComplete
    return told
  })
  expect(told).toEqual(['change true 7,7', 'step 1/9', 'change false 7,7'])
})

test('PNG, SVG and GIF can be taken along, and are what they say', async ({ page }) => {
  const figure = await open(page, 'stride=2&padding=1&view=all&step=4')
  await figure.getByText('Take it along').click()
  /** @type {Record<string, Buffer>} */
  const files = {}
  for (const kind of ['PNG', 'SVG', 'GIF']) {
    const coming = page.waitForEvent('download')
    await figure.getByRole('button', { name: kind, exact: true }).click()
    const download = await coming
    expect(download.suggestedFilename()).toBe(`upsample-k3x3-s2x2-p1x1-all.${kind.toLowerCase()}`)
    files[kind] = await readFile(await download.path())
    await expect(figure.getByText(/^Saved /)).toBeVisible()
  }
  const decoded = await page.evaluate(async ([png, gif, svg]) => {
    const bytes = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), char => char.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes(png)], { type: 'image/png' }))
    const decoder = new ImageDecoder({ data: bytes(gif), type: 'image/gif' })
    await decoder.tracks.ready
    await decoder.completed
    const { image } = await decoder.decode({ frameIndex: 9 })
    const xml = new DOMParser().parseFromString(svg, 'image/svg+xml')
    return {
      png: [bitmap.width, bitmap.height], frames: decoder.tracks.selectedTrack?.frameCount,
        gif: [image.displayWidth, image.displayHeight],
      svg: xml.documentElement.localName, texts: xml.querySelectorAll('text').length,
        scripts: xml.querySelectorAll('script, [style]').length,
    }
  }, [files['PNG'].toString('base64'), files['GIF'].toString('base64'), files['SVG'].toString('utf8')])
  expect(decoded.frames).toBe(10)
  expect(decoded.png[0]).toBeGreaterThan(1000)
  expect(decoded.gif[0]).toBeGreaterThan(500)
  expect(decoded).toMatchObject({ svg: 'svg', scripts: 0 })
  expect(decoded.texts).toBeGreaterThan(100)
})

test('the code lines make the same layer', async ({ page }) => {
  const figure = await open(page, 'kernel=2x3&stride=3x2&padding=1x0&output-padding=2x1&dilation=1x2')
  await figure.getByText('Take it along').click()
  await expect(figure.getByRole('group',
    { name: 'PyTorch' })).toHaveText('nn.ConvTranspose2d(1, 1, kernel_size=(2, 3), stride=(3, 2), padding=(1, 0), output_padding=(2, 1), dilation=(1, 2), bias=False)')
  await expect(figure.getByRole('group',
    { name: 'Burn' })).toHaveText('ConvTranspose2dConfig::new([1, 1], [2, 3]).with_stride([3, 2]).with_padding([1, 0]).with_padding_out([2, 1]).with_dilation([1, 2]).with_bias(false).init(&device)')
})

test('colours follow the page from light to dark at once, on boards too', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  const figure = await open(page, 'stride=2&step=last')
  const paper = () => figure.locator('[data-board="output"] rect').nth(13).getAttribute('fill')
  await expect.poll(paper).toBe('rgb(255,254,251)')
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(paper).toBe('rgb(29,32,36)')
  await page.evaluate(() => { document.documentElement.style.colorScheme = 'light' })
  await expect.poll(paper).toBe('rgb(255,254,251)')
  await page.evaluate(() => { document.documentElement.style.setProperty('--fcn-sheet', 'rgb(200, 255, 200)') })
  await expect.poll(paper).toBe('rgb(200,255,200)')
})

for (const width of [320, 768, 1600]) {
  test(`nothing sticks out at ${width} pixels, in any view`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 })
    await open(page)
    for (const state of ['stride=2&view=all&step=3', 'input=12x12&kernel=7x7&stride=2&view=all&step=20',
      'preset=upscore32&view=all&step=20', 'preset=slip', 'kernel=2x3&stride=3x2&view=gather&step=9']) {
      await page.locator('fcn-upsample').evaluate(async (/** @type {any} */ element, state) => {
        element.fragment = state
        await element.updateComplete
        await new Promise(requestAnimationFrame)
      }, state)
      expect(await page.evaluate(() => document.documentElement.scrollWidth), state).toBeLessThanOrEqual(width)
    }
  })
}

for (const [lang, own, others] of /** @type {const} */ ([
  ['en', 'bilinear interpolation: overlapping stamps add up to 1', '겹친 도장의 합이 1이'],
  ['ko', '겹친 도장의 합이 1이', 'bilinear interpolation: overlapping stamps add up to 1'],
])) {
  test(`a hint is fetched in the language that is read, and in no other, ${lang}`, async ({ page }) => {
    /** @type {Promise<string>[]} */
    const scripts = []
    page.on('response', response => { if (response.url().endsWith('.js')) scripts.push(response.text()) })
    await page.goto(`embed.html?lang=${lang}#preset=dimmed`)
    await expect(page.locator('fcn-upsample').getByText(own)).toBeVisible()
    // A bundle writes other letters than English ones as escapes.
    const fetched = (await Promise.all(scripts)).join('\n')
      .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)))
    expect([own, others].map(text => fetched.includes(text))).toEqual([true, false])
  })
}

test('a hint follows the language to another one', async ({ page }) => {
  const figure = await open(page, 'preset=dimmed')
  await expect(figure.getByText('overlapping stamps add up to 1')).toBeVisible()
  await figure.evaluate(element => { element.setAttribute('lang', 'ko') })
  await expect(figure.getByText('겹친 도장의 합이 1이')).toBeVisible()
})
