/** `<fcn-upsample>` without a mouse, without eyes, and under axe's. */
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} state
 * @param {string} [more] of the query
 */
async function open(page, state, more = '&lang=en') {
  await page.goto(`embed.html?${more}#${state}`)
  await expect(page.locator('fcn-upsample .transport')).toBeVisible()
  return page.locator('fcn-upsample')
}

for (const lang of ['en', 'ko']) {
  for (const theme of ['light', 'dark']) {
    test(`axe finds nothing, ${lang}, ${theme}`, async ({ page }) => {
      // Roles and names don't depend on colours and language: the long list once, the telling ones always.
      const states = ['stride=2&padding=1&view=all&step=4&overlap=1&inverse=1', 'preset=slip',
        'stride=0&kernel=3x2&input=nonsense']
      if (lang === 'en' && theme === 'light') states.push('preset=upscore32&step=9', 'stride=2&predict=value&step=3',
        'stride=x&view=gather&step=7')
      for (const state of states) {
        await open(page, state, `lang=${lang}&theme=${theme}`)
        // What is folded away is checked too.
        await page.locator('fcn-upsample').evaluate(element => {
          for (const details of element.shadowRoot?.querySelectorAll('details') ?? []) details.open = true
        })
        // Until it is drawn.
        await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
        // A heading is the embedding page's business.
        const found = (await axe(page)).filter(each => !each.startsWith('page-has-heading-one:'))
        expect(found, state).toEqual([])
      }
    })
  }
}

test('everything can be done with the keyboard alone', async ({ page }) => {
  test.slow()
  const figure = await open(page, '')
  /** What has the focus, by its accessible name or text. */
  const focused = () => page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    const label = element instanceof HTMLInputElement || element instanceof HTMLSelectElement
      ? element.labels?.[0]?.textContent : ''
    return `${element?.localName} ${element?.getAttribute('aria-label') || label || element?.textContent
      || ''}`.replace(/\s+/g, ' ').trim()
  })
  /** @param {RegExp} wanted @param {string} [key] */
  const tabTo = async (wanted, key = 'Tab') => {
    for (let i = 0; i < 120; i++) {
      if (wanted.test(await focused())) return
      await page.keyboard.press(key)
    }
    throw new Error(`no way to ${wanted} by ${key}; at ${await focused()}`)
  }
  const state = () => figure.evaluate((/** @type {any} */ element) => ({
    stride: element.stride, step: element.step, view: element.view, input: element.input,
      valid: element.valid, playing: element.playing, preset: element.preset,
  }))

  // An example, a view, a number.
  await tabTo(/^select Example/)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  expect((await state()).preset).toBe('stride2')
  await tabTo(/^input Stamp/)
  await page.keyboard.press('ArrowRight')
  expect((await state()).view).toBe('gather')
  await page.keyboard.press('ArrowLeft')
  await tabTo(/^input stride, 1–64/)
  await page.keyboard.press('ArrowUp')
  expect((await state()).stride).toEqual([3, 3])
  // Too far, told why, and out again.
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown')
  expect((await state()).valid).toBe(false)
  await tabTo(/^button Use stride 1/)
  await page.keyboard.press('Enter')
  expect(await state()).toMatchObject({ valid: true, stride: [1, 1] })
  // Cells, as in a spreadsheet.
  await page.keyboard.press('Tab')
  await tabTo(/^input Input, row 0, column 0/)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  expect(await focused()).toBe('input Input, row 1, column 1')
  await page.keyboard.type('7')
  expect((await state()).input[1][1]).toBe(7)
  // The output board: pointing, and letting go.
  await tabTo(/^div Output/)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await expect(figure.locator('.now')).toContainText('out[1,0]')
  await page.keyboard.press('Escape')
  await expect(figure.locator('.now')).toContainText('Step 0 of 9')
  // Steps.
  await tabTo(/^button Step forward/)
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  expect((await state()).step).toBe(2)
  expect(await focused()).toBe('button Step forward')
  await tabTo(/^input Position/)
  await page.keyboard.press('End')
  expect((await state()).step).toBe(9)
  await page.keyboard.press('ArrowLeft')
  expect((await state()).step).toBe(8)
  await tabTo(/^button Play/, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await state()).step).toBe(9)
  // Prediction.
  await tabTo(/^select Predict first/)
  await page.keyboard.press('ArrowDown')
  await tabTo(/^input rows$/)
  await page.keyboard.type('5')
  await page.keyboard.press('Tab')
  await page.keyboard.type('5')
  await page.keyboard.press('Enter')
  await expect(figure.locator('.ask')).toContainText('Right: 5×5.')
  // Tables and things to take along.
  await tabTo(/^summary All numbers as tables/)
  await page.keyboard.press('Enter')
  await expect(figure.getByRole('table', { name: /^Output/ })).toBeVisible()
  await tabTo(/^summary Take it along/)
  await page.keyboard.press('Enter')
  await tabTo(/^button SVG/)
  const coming = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  expect((await coming).suggestedFilename()).toMatch(/\.svg$/)
})

test('what a screen reader is told at each step is enough to follow', async ({ page }) => {
  const figure = await open(page, 'stride=2&padding=1')
  // Everything below is found by role and name, and read as text, as a screen reader would.
  const status = figure.locator('p[role="status"][aria-live="polite"]')
  await figure.getByText('All numbers as tables').click()
  const read = async (/** @type {RegExp} */ name) => {
    const rows = await figure.getByRole('table', { name }).getByRole('row').all()
    const cells = await Promise.all(rows.slice(1).map(row => row.getByRole('cell').allTextContents()))
    return cells.map(row => row.map(text => Number(text.replace('−', '-'))))
  }
  // The tables are made when they are first unfolded.
  await expect(figure.getByRole('table', { name: /^Kernel/ })).toBeVisible()
  const kernel = await read(/^Kernel/)
  const [, size] = /Output (\d+)×/.exec(await figure.getByRole('application',
    { name: /^Output/ }).getAttribute('aria-label') ?? '') ?? []
  const heard = Array.from({ length: Number(size) }, () => new Array(Number(size)).fill(0))
  for (let step = 1; step <= 9; step++) {
    await figure.getByRole('button', { name: 'Step forward' }).click()
    await expect(status).toContainText(`Step ${step} of 9`)
    const text = await status.textContent() ?? ''
    const stamp = /input\[(\d),(\d)\] = (−?[\d.]+) stamps/.exec(text)
    if (!stamp) throw new Error(`not told what is stamped: ${text}`)
    const [row, col, value] = [Number(stamp[1]), Number(stamp[2]), Number(stamp[3].replace('−', '-'))]
    // Stride 2, padding 1, as the summary of the settings says.
    kernel.forEach((line, a) => line.forEach((weight, b) => {
      const [y, x] = [row * 2 + a - 1, col * 2 + b - 1]
      if (heard[y]?.[x] !== undefined) heard[y][x] += value * weight
    }))
    // The sum told for one cell agrees with what was heard so far.
    const sum = /out\[(\d),(\d)\] = .* = (−?[\d.]+)/.exec(text)
    if (!sum) throw new Error(`not told a sum: ${text}`)
    expect(heard[Number(sum[1])][Number(sum[2])]).toBe(Number(sum[3].replace('−', '-')))
  }
  await expect(status).toContainText('Finished.')
  expect(await read(/^Output/)).toEqual(heard)
  expect(await figure.evaluate((/** @type {any} */ element) => element.output)).toEqual(heard)
})

test('every control has a role and a name', async ({ page }) => {
  await open(page, 'stride=2&view=all&predict=value&step=3')
  const client = await page.context().newCDPSession(page)
  const { nodes } = await client.send('Accessibility.getFullAXTree')
  const controls = nodes.filter(node =>
    !node.ignored && ['button', 'textbox', 'slider', 'combobox', 'checkbox', 'radio',
      'application'].includes(node.role?.value))
  expect(controls.length).toBeGreaterThan(50)
  expect(controls.filter(node => !node.name?.value).map(node => node.role?.value)).toEqual([])
})
