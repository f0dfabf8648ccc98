/** Figures where pages put them: on what is scaled, as slides are, and in what is hidden at first. */
import { expect, test } from '@playwright/test'
import { decode as decodePng } from '../../www/vendor/fast-png.js'

/** @typedef {HTMLElement & {fragment: string, updateComplete: Promise<unknown>}} Figure */

/** What computes no net: its tag and attributes, and the drawing in it on which a pointer means something. */
const FIGURES = [
  ['fcn-upsample', 'stride="2" step="last"', '[data-board="output"] > *'],
  ['fcn-upsample', 'learn="1"', '[data-board="map"]'],
  ['fcn-inside', 'panel="ruler"', '.strips .cells .frame >> nth=4'],
  ['fcn-measure', 'panel="sandbox"', 'fcn-measure-board canvas'],
  ['fcn-measure', 'panel="curves" runs="lessons/data/pretraining.json"', '.under'],
].map(([tag = '', attributes = '', board = '']) =>
  ({ tag, attributes, board, html: `<${tag} lang="en" ${attributes}></${tag}>` }))

/** @param {import('@playwright/test').Page} page @param {string} tag @param {string} body @param {string} css the page's policy allows no style attributes */
async function show(page, tag, body, css) {
  await page.goto('embed.html')
  await page.evaluate(async ({ body, css, script }) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    document.adoptedStyleSheets = [sheet]
    document.body.innerHTML = body
    await import(new URL(script, location.href).href)
  }, { body, css, script: `elements/${tag}.js` })
}

test.beforeEach(({ page }) => {
  page.on('pageerror', error => { throw error })
})

/** All that a figure says. @param {import('@playwright/test').Page} page @param {string} tag */
async function said(page, tag) {
  return await page.locator(tag).first().evaluate(async element => {
    await /** @type {Figure} */ (element).updateComplete
    const texts = (/** @type {ParentNode} */ root) => [...root.querySelectorAll('*')].flatMap(
      /** @returns {string[]} */ each => each.shadowRoot ? texts(each.shadowRoot) : each.children.length ? [] : [each.textContent ?? ''])
    const { shadowRoot, fragment } = /** @type {Figure} */ (element)
    return [fragment, ...shadowRoot ? texts(shadowRoot) : []].join(' ').replace(/\s+/g, ' ')
  })
}

for (const { tag, attributes, board, html } of FIGURES) {
  test(`<${tag} ${attributes}> is pointed at where the pointer is, also where a page scales it`, async ({ page }) => {
    await page.setViewportSize({ width: 1100, height: 1400 })
    /** @param {string} style @returns {Promise<string[]>} what it says for some places */
    const tried = async style => {
      await show(page, tag, `<div id="place">${html}</div>`, `#place { width: 900px; transform-origin: 0 0; ${style} }`)
      const target = page.locator(tag).locator(board).first()
      await expect(target).toBeVisible()
      const told = []
      for (const [x, y] of /** @type {const} */ ([[0.12, 0.22], [0.53, 0.53], [0.88, 0.78]])) {
        await target.scrollIntoViewIfNeeded()
        const box = await target.boundingBox()
        if (!box) throw new Error(`${board} isn't seen`)
        await page.mouse.click(box.x + box.width * x, box.y + box.height * y)
        told.push(await said(page, tag))
      }
      return told
    }
    const usual = await tried('')
    expect(new Set(usual).size).toBeGreaterThan(1)
    for (const scale of [0.5, 1.2]) expect(await tried(`transform: scale(${scale})`)).toEqual(usual)
  })

  test(`<${tag} ${attributes}> that was hidden at first looks as one that wasn't`, async ({ page }) => {
    /** Widths and heights of all that is drawn. @returns {Promise<number[][]>} */
    const drawn = () => page.locator(tag).first().evaluate(async element => {
      await /** @type {Figure} */ (element).updateComplete
      /** @param {ParentNode} root @returns {number[][]} */
      const sizes = root => [...root.querySelectorAll('*')].flatMap(each => {
        const own = /^(svg|canvas)$/i.test(each.localName)
          ? [[each.getBoundingClientRect().width, each.getBoundingClientRect().height].map(Math.round)] : []
        return each.shadowRoot ? [...own, ...sizes(each.shadowRoot)] : own
      })
      return element.shadowRoot ? sizes(element.shadowRoot) : []
    })
    await show(page, tag, `<div id="place">${html}</div>`, '#place { width: 700px }')
    await expect(page.locator(tag).locator(board).first()).toBeVisible()
    let usual = await drawn()
    await expect.poll(async () => { const before = usual; usual = await drawn(); return String(before) === String(usual)
      && usual.length > 0 }).toBe(true)
    for (const [hidden, reveal] of [
      ['display: none', 'display: block'], ['details', ''], ['width: 0; overflow: hidden', 'width: 700px'],
      ['content-visibility: hidden', 'content-visibility: visible'],
    ]) {
      await show(page, tag, hidden === 'details' ? `<details id="place"><summary>More</summary>${html}</details>`
        : `<div id="place">${html}</div>`,
        `#place { width: 700px; ${hidden === 'details' ? '' : hidden} }`)
      await page.locator(tag).evaluate(async element => {
        await customElements.whenDefined(element.localName)
        await /** @type {Figure} */ (element).updateComplete
        await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      })
      await page.evaluate(reveal => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync(`#place { ${reveal} }`)
        document.adoptedStyleSheets.push(sheet)
        document.querySelector('details')?.setAttribute('open', '')
      }, reveal)
      await expect.poll(drawn, { message: hidden ?? '' }).toEqual(usual)
    }
  })
}

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  test(`a table wider than its place has a shadow where more of it lies, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme })
    // Whether its sides stand out from its ground, left and right.
    const shadows = async () => {
      const box = await page.locator('fcn-inside .scroll').evaluate(element => {
        element.scrollIntoView({ block: 'nearest' })
        const { left, top, width, height } = element.getBoundingClientRect()
        return { left: left + scrollX, top: top + scrollY, width, height }
      })
      const { width, height, channels, data } = decodePng(await page.screenshot({
        fullPage: true, clip: { x: box.left, y: box.top, width: box.width, height: box.height } }))
      // Of each column the commonest brightness: text and lines don't count.
      const ground = (/** @type {number} */ x) => {
        const counts = new Map()
        for (let y = 0; y < height; y++) {
          const value = data[(y * width + x) * channels]
          counts.set(value, (counts.get(value) ?? 0) + 1)
        }
        return [...counts].sort((a, b) => b[1] - a[1])[0][0]
      }
      const usual = ground(Math.floor(width / 2))
      return [ground(1), ground(width - 2)].map(value => Math.abs(value - usual) > 25)
    }
    await page.setViewportSize({ width: 320, height: 900 })
    await show(page, 'fcn-inside', '<fcn-inside lang="en" panel="ruler"></fcn-inside>',
      ':root { color-scheme: light dark; background: light-dark(#faf8f3, #16181b) }')
    await page.locator('fcn-inside .numbers summary').click()
    const table = page.locator('fcn-inside .scroll')
    await expect(table).toBeVisible()
    expect(await shadows()).toEqual([false, true])
    const scroll = (/** @type {number} */ share) =>
      table.evaluate((element, share) => { element.scrollLeft = share * (element.scrollWidth - element.clientWidth) },
        share)
    await scroll(0.5)
    expect(await shadows()).toEqual([true, true])
    await scroll(1)
    expect(await shadows()).toEqual([true, false])
    // By keyboard, too.
    await scroll(0)
    await table.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => table.evaluate(element => element.scrollLeft)).toBeGreaterThan(0)
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(await shadows()).toEqual([false, false])
    expect(await table.getAttribute('aria-label')).toBeTruthy()
  })
}
