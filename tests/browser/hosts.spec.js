/**
 * The recipes of the page for teachers (www/lessons/recipes.js), the very same text, on pages of another origin: plain HTML,
 * iframes, sandboxes, Reveal.js, what Jupyter shows, Quarto, React 19 and 18, Vue 3.
 */
import { expect, test } from '@playwright/test'
import { linksOf } from '../../www/lessons/links.js'
import { recipesFor } from '../../www/lessons/recipes.js'
import { WHOLE, placement } from '../../www/lib/viewport.js'
import { startServer } from '../../tools/serve.mjs'
import { Host, bundled, vuePluginOptions } from './hosts-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').FrameLocator} Frame */
/** @typedef {import('../../www/elements/fcn-upsample.js').FcnUpsample} Upsample */
/** @typedef {{Reveal: {slide: (at: number) => void, getIndices: () => {h: number}, getScale: () => number}}} Slides */

/** @type {Host} */
let host
test.beforeAll(async () => { host = await new Host().start() })
test.afterAll(() => host.close())
test.beforeEach(({ page }) => {
  page.on('pageerror', error => { throw error })
})

/** @param {string | undefined} baseURL */
const recipes = baseURL => recipesFor(String(baseURL), 'en')

/** The figure of most recipes: stride 2, after four stamps. @param {Page | Frame} within */
async function expectFigure(within) {
  const figure = within.locator('fcn-upsample')
  await expect(figure.locator('.now')).toContainText('Step 4 of 9')
  await figure.getByRole('button', { name: 'Step forward' }).click()
  await expect(figure.locator('.now')).toContainText('Step 5 of 9')
}

/** @param {Page} page */
function state(page) {
  return page.locator('fcn-upsample').evaluate(element => {
    const { input, stride, step, lang } = /** @type {Upsample} */ (element)
    return { input, stride, step, lang }
  })
}

// ---- HTML and what becomes HTML ----

test('plain HTML', async ({ page, baseURL }) => {
  const { html: [block] } = recipes(baseURL)
  await page.goto(host.page(block.code))
  await expectFigure(page)
})

test('Quarto passes on what is plain HTML', ({ baseURL }) => {
  const { html: [html], quarto: [quarto] } = recipes(baseURL)
  expect(quarto.code).toBe(`\`\`\`{=html}\n${html.code}\n\`\`\``)
})

test('an iframe grows with what it shows', async ({ page, baseURL }) => {
  const { iframe: [block] } = recipes(baseURL)
  await page.goto(host.page(block.code))
  const frame = page.frameLocator('iframe')
  await expectFigure(frame)
  const height = () => page.locator('iframe').evaluate(element =>
    Number(/** @type {HTMLIFrameElement} */ (element).height))
  await expect.poll(height).not.toBe(700)
  const before = await height()
  await frame.getByRole('radio', { name: 'All three' }).check()
  await expect.poll(height).toBeGreaterThan(before)
  // Other people's messages, of any kind, don't disturb it.
  await page.evaluate(() => { for (const data of [null, 'text', { type: 'fcn-resize',
    height: 1 }]) postMessage(data, '*') })
  await page.evaluate(() => new Promise(resolve => { setTimeout(resolve) }))
  expect(await height()).toBeGreaterThan(before)
})

/** What `IPython.display.IFrame(…)._repr_html_()` gives, version 9.18.1. @param {string} src */
const jupyterFrame = src => `
        <iframe
            width="100%"
            height="700"
            src="${src.replaceAll('&', '&amp;')}"
            frameborder="0"
            allowfullscreen
            referrerpolicy="strict-origin-when-cross-origin"
            
        ></iframe>
        `

test('what Jupyter shows for an IFrame', async ({ page, baseURL }) => {
  const { jupyter: [block] } = recipes(baseURL)
  const [, src = ''] = /^IFrame\("(.*)", width="100%", height=700\)$/m.exec(block.code) ?? []
  await page.goto(host.page(jupyterFrame(src)))
  await expectFigure(page.frameLocator('iframe'))
})

test('what Jupyter shows for HTML, whose scripts it makes anew', async ({ page, baseURL }) => {
  const { jupyter: [, block] } = recipes(baseURL)
  const [, output = ''] = /^HTML\('''([^]*)'''\)$/m.exec(block.code) ?? []
  await page.goto(host.page('<div id="output"></div>'))
  // As JupyterLab's renderHTML does in a trusted notebook.
  await page.evaluate(html => {
    const place = /** @type {HTMLElement} */ (document.getElementById('output'))
    place.innerHTML = html
    for (const old of place.querySelectorAll('script')) {
      const script = document.createElement('script')
      for (const { name, value } of old.attributes) script.setAttribute(name, value)
      script.textContent = old.textContent
      old.replaceWith(script)
    }
  }, output)
  await expectFigure(page)
})

// ---- sandboxes ----

const USUAL = 'allow-scripts allow-same-origin allow-popups'
const STRICT = 'allow-scripts'

/** @param {string} sandbox @param {string} src */
const sandboxed = (sandbox, src) =>
  `<iframe title="figure" width="800" height="900" sandbox="${sandbox}" src="${src}"></iframe>`

for (const sandbox of [USUAL, STRICT]) {
  test(`a host that only takes an address, sandbox="${sandbox}"`, async ({ page, baseURL }) => {
    const { host: [block] } = recipes(baseURL)
    await page.goto(host.page(sandboxed(sandbox, block.code)))
    await expectFigure(page.frameLocator('iframe'))
  })
}

test('without its own origin, figures that only compute numbers work', async ({ page, baseURL }) => {
  for (const [state, seen] of [
    ['element=inside&panel=ruler', 'fcn-inside svg, fcn-inside canvas'],
      ['element=inside&panel=calculator', 'fcn-inside table'],
    ['element=measure&panel=sandbox', 'fcn-measure fcn-measure-board canvas'],
  ]) {
    await page.goto(host.page(sandboxed(STRICT, `${baseURL}embed.html?lang=en&${state}`)))
    await expect(page.frameLocator('iframe').locator(seen).first()).toBeVisible()
    await expect(page.frameLocator('iframe').getByRole('alert')).toHaveCount(0)
  }
})

test('with its own origin a net computes in a sandbox, without it the figure says that it can\'t',
  async ({ page, baseURL }) => {
  const src = `${baseURL}embed.html?element=heatmap&sample=cat&backend=cpu&lang=en`
  await page.goto(host.page(sandboxed(USUAL, src)))
  const label = () => page.frameLocator('iframe').locator('fcn-heatmap').evaluate(element => (
    /** @type {import('../../www/elements/fcn-heatmap.js').FcnHeatmap} */ (element).result?.label != null))
  await expect.poll(label).toBe(true)
  await page.goto(host.page(sandboxed(STRICT, src)))
  await expect(page.frameLocator('iframe').locator('fcn-heatmap').getByRole('alert')).toContainText('This frame allows no worker')
})

test('without its own origin the upsampling figure says of a photo that it can\'t, and goes on',
  async ({ page, baseURL }) => {
  for (const [lang, said, fact, other] of [
    ['en', 'This frame allows no worker', 'Address: http', '주소'], ['ko', '이 프레임에서는 워커를 쓸 수 없고',
      '주소: http', 'This frame'],
  ]) {
    await page.goto(host.page(sandboxed(STRICT, `${baseURL}embed.html?preset=stride2&lang=${lang}`)))
    const figure = page.frameLocator('iframe').locator('fcn-upsample')
    await expect(figure.locator('.transport')).toBeVisible()
    const failed = await figure.evaluate(element => {
      const canvas = document.createElement('canvas')
      Object.assign(canvas, { width: 64, height: 64 }).getContext('2d')?.fillRect(0, 0, 64, 64)
      return /** @type {Upsample} */ (element).stampPhoto(canvas).catch(({ code, details }) =>
        ({ code, kind: details.kind }))
    })
    expect(failed).toEqual({ code: 'wasm_blocked', kind: 'no_worker' })
    const told = figure.locator('[data-code]')
    await expect(told).toContainText(said ?? '')
    await expect(told).toContainText(fact ?? '')
    await expect(told).not.toContainText(other ?? '')
    await figure.locator('.transport').getByRole('slider').focus()
    await page.keyboard.press('End')
    await expect(figure.locator('.now')).toContainText('9')
  }
})

test('where the server allows no other origin, a frame without its own says what has to be allowed',
  async ({ page }) => {
  const server = await startServer({
    root: process.env['FCN_LAB_ROOT'] ?? 'dist',
    respond: (_, response) => {
      response.removeHeader('Access-Control-Allow-Origin')
      return false
    },
  })
  try {
    const src = `${server.url}embed.html?preset=stride2&lang=ko`
    await page.goto(host.page(sandboxed(STRICT, src)))
    const failed = page.frameLocator('iframe').locator('#failed')
    await expect(failed).toBeVisible()
    await expect(failed).toContainText('has to send “Access-Control-Allow-Origin: *”')
    await expect(failed.locator('[lang="ko"]')).toContainText('“Access-Control-Allow-Origin: *”를 보내야')
    await page.goto(host.page(sandboxed(USUAL, src)))
    await expect(page.frameLocator('iframe').locator('fcn-upsample .transport')).toBeVisible()
    await expect(failed).toBeHidden()
  } finally {
    await server.close()
  }
})

// ---- a station alone ----

for (const line of /** @type {const} */ (['frame', 'script'])) {
  test(`a station's ${line} line shows that station alone`, async ({ page, baseURL }) => {
    const title = 'Stride & “padding”'
    await page.goto(host.page(linksOf(String(baseURL), 'en', { id: 'size', title })[line]))
    if (line === 'frame') await expect(page.locator('iframe')).toHaveAttribute('title', title)
    const lesson = (line === 'frame' ? page.frameLocator('iframe') : page).locator('fcn-lesson')
    await expect(lesson.getByRole('heading', { name: /^Stride and padding/ })).toBeVisible()
    await expect(lesson.locator('fcn-upsample .now')).toBeVisible()
    await expect(lesson.getByRole('navigation', { name: 'Stations' })).toHaveCount(0)
  })
}

for (const [sandbox, told] of [[USUAL, 'is kept on this device'], [STRICT, 'keeps nothing here']]) {
  test(`the lesson says whether what is done is kept, sandbox="${sandbox}"`, async ({ page, baseURL }) => {
    await page.goto(host.page(sandboxed(sandbox ?? '', `${baseURL}embed.html?element=lesson&station=size&lang=en`)))
    const lesson = page.frameLocator('iframe').locator('fcn-lesson')
    await lesson.getByRole('button', { name: 'Show me' }).click()
    await expect(lesson).toContainText(told ?? '')
  })
}

// ---- React and Vue ----

/** @type {readonly ('react19' | 'react18')[]} */
const REACTS = ['react19', 'react18']

for (const react of REACTS) {
  test(`${react}: lists, numbers and events`, async ({ page, baseURL }) => {
    const { [react]: [head, component] } = recipes(baseURL)
    const script = await bundled(react, `import { createRoot } from 'react-dom/client'
      import { createElement } from 'react'
      import { Stride } from 'recipe'
      createRoot(document.getElementById('app')).render(createElement(Stride))`, component.code)
    await page.goto(host.page(`<div id="app"></div>${host.script('app.js', script)}`, head.code))
    await expectShown(page)
  })

  for (const isFirst of [true, false]) {
    test(`${react}: false switches nothing on, set ${isFirst ? 'after' : 'before'} the element's script came`,
      async ({ page, baseURL }) => {
      const lesson = `<script type="module" src="${baseURL}lessons/fcn-lesson.js"></script>`
      const app = host.script('app.js', await bundled(react, `import { createRoot } from 'react-dom/client'
        import { createElement } from 'react'
        import { flushSync } from 'react-dom'
        const root = createRoot(document.getElementById('app'))
        globalThis.show = props => flushSync(() => root.render(createElement('fcn-lesson', { lang: 'en', ...props })))
        globalThis.show({ alone: false })`))
      await page.goto(host.page(`<div id="app"></div>${isFirst ? lesson + app : app + lesson}`))
      const way = page.locator('fcn-lesson').getByRole('navigation', { name: 'Stations' })
      await expect(way).toBeVisible()
      for (const [alone, isSeen] of [[true, false], [false, true], [true, false], [undefined, true]]) {
        await page.evaluate(props =>
          /** @type {{show: (props: object) => void}} */ (/** @type {unknown} */ (globalThis)).show(props), { alone })
        await expect(way).toHaveCount(Number(isSeen))
      }
    })
  }

  test(`${react}: rendered on a server and taken over, as Docusaurus does`, async ({ page, baseURL }) => {
    const { docusaurus: [config, mdx], html: [html] } = recipes(baseURL)
    const { default: { scripts: [tag] } } = await import(`data:text/javascript,${encodeURIComponent(config.code)}`)
    const script = await bundled(react, `import { hydrateRoot } from 'react-dom/client'
      import { renderToString } from 'react-dom/server'
      import { createElement } from 'react'
      import { Figure } from 'recipe'
      globalThis.troubles = []
      const app = document.getElementById('app')
      app.innerHTML = globalThis.rendered = renderToString(createElement(Figure))
      customElements.whenDefined('fcn-upsample').then(() => {
        hydrateRoot(app, createElement(Figure), { onRecoverableError: error => globalThis.troubles.push(String(error)) })
      })`, `export const Figure = () => ${mdx.code}`)
    await page.goto(host.page(`<div id="app"></div>${host.script('app.js', script)}`,
      `<script type="${tag.type}" src="${tag.src}"></script>`))
    await expectFigure(page)
    expect(await page.evaluate('[globalThis.rendered, globalThis.troubles]')).toEqual([html.code.split('\n')[1], []])
  })
}

test('Vue 3: lists, numbers and events', async ({ page, baseURL }) => {
  const { vue: [head, config, component] } = recipes(baseURL)
  const { template: { compilerOptions: { isCustomElement } } } = await vuePluginOptions(config.code)
  const script = host.script('app.js', await bundled('vue', `import { createApp } from 'vue'
    import Stride from 'recipe'
    createApp(Stride).mount('#app')`, component.code, isCustomElement))
  // In either order.
  for (const order of [[head.code, script], [script, head.code]]) {
    await page.goto(host.page(`<div id="app"></div>${order.join('')}`))
    await expectShown(page)
  }
})

/** What the recipes of React and Vue show. @param {Page} page */
async function expectShown(page) {
  const figure = page.locator('fcn-upsample')
  await expect(figure.locator('.transport')).toBeVisible()
  expect(await state(page)).toEqual({ input: [[1, 2], [3, 4]], stride: [2, 2], step: 0, lang: 'en' })
  for (const step of [1, 2]) {
    await figure.getByRole('button', { name: 'Step forward' }).click()
    await expect(page.getByText(`Step ${step}`, { exact: true })).toBeVisible()
  }
  // Drawing anew what is around it leaves the figure as it is.
  expect(await state(page)).toEqual({ input: [[1, 2], [3, 4]], stride: [2, 2], step: 2, lang: 'en' })
}

// ---- Reveal.js ----

/** Slides before the figure's, so many that Reveal doesn't display it at first, and one after. */
const FIGURE = 5

/** @param {string | undefined} baseURL @param {string} [more] slides */
async function openSlides(baseURL, more = '') {
  const { reveal: [slide, style, script] } = recipes(baseURL)
  await host.reveal()
  const sheets = ['reset', 'reveal', 'theme/white'].map(name =>
    `<link rel="stylesheet" href="/reveal/${name}.css">`).join('')
  return host.page(`<div class="reveal"><div class="slides">${'<section><h1>Before</h1></section>'.repeat(FIGURE)}
    ${slide.code}${more}<section><h1>After</h1></section></div></div>
    <script src="/reveal/reveal.js"></script>${script.code}`, sheets + style.code)
}

/** @param {Page} page @returns {Promise<{slide: number, scale: number}>} */
function shown(page) {
  return page.evaluate(() => {
    const { Reveal } = /** @type {Slides} */ (/** @type {unknown} */ (globalThis))
    return { slide: Reveal.getIndices().h, scale: Reveal.getScale() }
  })
}

/** @param {Page} page @param {string} of a figure @param {number} x @param {number} y 0..1 of its width and height @returns {Promise<[number, number]>} */
async function placeIn(page, of, x, y) {
  const box = await page.locator(of).boundingBox()
  if (!box) throw new Error(`${of} isn't seen`)
  return [box.x + box.width * x, box.y + box.height * y]
}

test('Reveal.js: a figure on a scaled slide that was hidden is drawn, and pointed at where the pointer is',
  async ({ page, baseURL }) => {
  await page.setViewportSize({ width: 640, height: 600 })
  await page.goto(await openSlides(baseURL))
  await expect(page.getByRole('heading', { name: 'Before' }).first()).toBeVisible()
  await expect(page.locator('fcn-upsample')).toBeHidden()
  await page.evaluate(at => /** @type {Slides} */ (/** @type {unknown} */ (globalThis)).Reveal.slide(at), FIGURE)
  const output = 'fcn-upsample [data-board="output"] > *'
  await expect(page.locator(output)).toBeVisible()
  expect((await shown(page)).scale).toBeLessThan(0.8)
  // The drawing has the room it would have on any page: that of the slide, as it is seen.
  const widths = await page.locator('fcn-upsample').evaluate(element => {
    const drawn = element.shadowRoot?.querySelector('[data-board="output"] > *')
    return [drawn, element].map(each => each?.getBoundingClientRect().width ?? 0)
  })
  expect(widths[0]).toBeGreaterThan(80)
  expect(widths[0]).toBeLessThanOrEqual(widths[1])
  // All of it is on the slide.
  const { height } = await page.locator('fcn-upsample').boundingBox() ?? { height: Infinity }
  expect(height).toBeLessThanOrEqual(860 * (await shown(page)).scale)
  // 7×7 cells: the middle one is out[3,3].
  await page.mouse.move(...await placeIn(page, output, 0.5, 0.5))
  await expect(page.locator('fcn-upsample .now')).toContainText('out[3,3]')
})

test('Reveal.js: keys pressed and fingers dragging in a figure turn no slide, elsewhere they do',
  async ({ page, baseURL }) => {
  await page.goto(await openSlides(baseURL))
  await page.evaluate(at => /** @type {Slides} */ (/** @type {unknown} */ (globalThis)).Reveal.slide(at), FIGURE)
  const figure = page.locator('fcn-upsample')
  await expect(figure.locator('.now')).toContainText('Step 4 of 9')
  await figure.locator('.transport').getByRole('slider').focus()
  await page.keyboard.press('ArrowRight')
  await expect(figure.locator('.now')).toContainText('Step 5 of 9')
  await drag(page, 'fcn-upsample')
  expect((await shown(page)).slide).toBe(FIGURE)
  await drag(page, '.reveal')
  await expect.poll(async () => (await shown(page)).slide).toBe(FIGURE + 1)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => (await shown(page)).slide).toBe(FIGURE)
})

/** A finger goes to the left, as for the next slide. @param {Page} page @param {string} on */
async function drag(page, on) {
  await page.locator(on).evaluate(element => {
    ['pointerdown', 'pointermove', 'pointerup'].forEach((type, at) => element.dispatchEvent(new PointerEvent(type, {
      pointerType: 'touch', bubbles: true, composed: true, clientX: 500 - 200 * at, clientY: 300,
    })))
  })
}

test('Reveal.js: a photo on a scaled slide is pointed at where the pointer is', async ({ page, baseURL }) => {
  await page.setViewportSize({ width: 640, height: 600 })
  await page.goto(await openSlides(baseURL,
    `<section><fcn-segment lang="en" backend="cpu" data-prevent-swipe></fcn-segment></section>
    <script type="module" src="${baseURL}elements/fcn-segment.js"></script>`))
  await page.evaluate(at => /** @type {Slides} */ (/** @type {unknown} */ (globalThis)).Reveal.slide(at), FIGURE + 1)
  await page.locator('fcn-segment').evaluate(async element => {
    await customElements.whenDefined('fcn-segment')
    await /** @type {import('../../www/elements/fcn-segment.js').FcnSegment} */ (element).segment(new ImageData(160,
      120))
  })
  const pane = 'fcn-segment fcn-segment-pane'
  await expect(page.locator(pane)).toBeVisible()
  const cursor = () => page.locator(pane).evaluate(element => (
    /** @type {{cursor: {x: number, y: number} | null}} */ (/** @type {unknown} */ (element)).cursor))
  expect((await shown(page)).scale).toBeLessThan(0.8)
  const photo = { width: 160, height: 120 }
  const pointed = async (/** @type {number} */ x, /** @type {number} */ y) => {
    const { width = 0, height = 0 } = await page.locator(pane).boundingBox() ?? {}
    const { scale, left, top } = placement(WHOLE, photo, { width, height })
    return { x: (x * width - left) / scale - 0.5, y: (y * height - top) / scale - 0.5 }
  }
  for (const [x, y] of [[0.3, 0.3], [0.5, 0.5], [0.7, 0.7]]) {
    await page.mouse.move(...await placeIn(page, pane, x, y))
    const wanted = await pointed(x, y)
    // Whole pixels, of the photo and of the screen.
    await expect.poll(async () => {
      const at = await cursor()
      return at && Math.max(Math.abs(at.x - wanted.x), Math.abs(at.y - wanted.y))
    }).toBeLessThanOrEqual(1.5)
  }
})
