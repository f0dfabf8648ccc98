/** `<fcn-lesson>`: predicted, compared, told; by keyboard, on paper, alone on other pages. */
/// <reference path="../../www/lessons/tags.d.ts" />
import { createServer } from 'node:http'
import { expect, test } from '@playwright/test'
import { STATIONS } from '../../www/lessons/stations.js'
import { axe } from './axe.js'

/** @typedef {import('../../www/lessons/fcn-lesson.js').FcnLesson} FcnLesson */

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} [fragment]
 * @param {string} [lang]
 */
async function open(page, fragment = '', lang = 'en') {
  await page.goto(`?lang=${lang}&backend=cpu#lesson${fragment && `?${fragment}`}`)
  const lesson = page.locator('fcn-lesson')
  // The figure can have headings of its own.
  await expect(lesson.getByRole('heading', { level: 3 }).first()).toBeVisible()
  return lesson
}

/** @param {import('@playwright/test').Page} page */
const fragmentOf = page => page.locator('fcn-lesson').evaluate((/** @type {FcnLesson} */ lesson) => lesson.fragment)

test('a prediction is compared with what the figure then shows', async ({ page }) => {
  const lesson = await open(page, 'station=size')
  await expect(lesson.locator('fcn-upsample').getByText('Output 5×5')).toBeVisible()
  await lesson.locator('.question').getByRole('textbox').fill('6')
  await lesson.getByRole('button', { name: 'Check' }).click()
  await expect(lesson.getByRole('status').filter({ hasText: 'Not quite. It is: 7' })).toBeVisible()
  await expect(lesson.getByText('(3 − 1)·2 + 3 = 7')).toBeVisible()
  await expect(lesson.locator('fcn-upsample').getByText('Output 7×7')).toBeVisible()
  await lesson.getByRole('button', { name: 'Ask me again' }).click()
  await expect(lesson.locator('fcn-upsample').getByText('Output 5×5')).toBeVisible()
  await lesson.locator('.question').getByRole('textbox').fill(' 7 ')
  await lesson.locator('.question').getByRole('textbox').press('Enter')
  await expect(lesson.getByText('Right: 7')).toBeVisible()
})

test('what can not be read as a number is told, and nothing is compared', async ({ page }) => {
  const lesson = await open(page, 'station=size')
  await expect(lesson.getByRole('button', { name: 'Check' })).toBeEnabled()
  await lesson.getByRole('button', { name: 'Check' }).click()
  await expect(lesson.getByText('First say what you expect.')).toBeVisible()
  await lesson.locator('.question').getByRole('textbox').fill('seven')
  await lesson.getByRole('button', { name: 'Check' }).click()
  await expect(lesson.getByText('That can’t be read as a number.')).toBeVisible()
  await expect(lesson.locator('fcn-upsample').getByText('Output 5×5')).toBeVisible()
})

test('what was done is kept, marked, and the lesson goes on where it was left', async ({ page }) => {
  const lesson = await open(page, 'station=matrix')
  await lesson.getByRole('button', { name: 'Show me' }).click()
  await expect(lesson.getByText('It is: 36')).toBeVisible()
  await lesson.getByRole('button', { name: 'Next' }).click()
  await lesson.getByRole('radio', { name: 'A map of the same shape' }).check()
  await lesson.getByRole('button', { name: 'Check' }).click()
  await expect(lesson.getByText('Right: A map of the same shape')).toBeVisible()
  await expect(lesson.getByRole('button', { name: /As a matrix, and the name.*done/ })).toBeVisible()
  await page.goto('about:blank')
  await page.goto('?lang=en&backend=cpu#lesson')
  // The first that isn't done.
  await expect(lesson.getByRole('heading', { level: 3 }).first()).toContainText('A label or a place')
  await expect(lesson.getByRole('button', { name: /As a matrix, and the name.*done/ })).toBeVisible()
  await lesson.getByRole('button', { name: 'Clear my progress' }).click()
  await expect(lesson.getByRole('button', { name: /done/ })).toHaveCount(0)
})

test('where storage is refused it is told, and everything else works', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })
  })
  const lesson = await open(page, 'station=size')
  await lesson.getByRole('button', { name: 'Show me' }).click()
  await expect(lesson.getByText('It is: 7')).toBeVisible()
  await expect(lesson.getByText('This browser keeps nothing here')).toBeVisible()
})

test('a link holds station, part and figure, and the address keeps them', async ({ page }) => {
  const lesson = await open(page, 'station=size&part=padding&preset=stride2&step=3')
  await expect(lesson.getByRole('heading', { level: 3 }).first()).toContainText('Padding trims')
  await expect(lesson.locator('fcn-upsample .now')).toContainText('Step 3 of 9')
  expect(await fragmentOf(page)).toBe('station=size&part=padding&stride=2&step=3')
  await lesson.getByRole('button', { name: 'Next' }).click()
  await expect(page).toHaveURL(/#lesson\?station=size&part=zeros$/)
  const { stations, station } = await page.locator('fcn-lesson').evaluate((/** @type {FcnLesson} */ element) =>
    ({ stations: element.stations, station: element.station }))
  expect([stations.length, stations[3], station]).toEqual([STATIONS.length,
    { id: 'size', title: 'Stride and padding' }, 'size'])
  await page.locator('fcn-lesson').evaluate((/** @type {FcnLesson} */ element) => { element.station = 'nowhere' })
  expect(await page.locator('fcn-lesson').evaluate((/** @type {FcnLesson} */ element) => element.station)).toBe('size')
  await page.locator('fcn-lesson').evaluate((/** @type {FcnLesson} */ element) => { element.station = 'matrix' })
  await expect(lesson.getByRole('heading', { level: 3 }).first()).toContainText('As a matrix')
})

test('a station can be done with the keyboard alone, and its heading is where one arrives', async ({ page }) => {
  const lesson = await open(page, 'station=upsampling&part=overlap')
  await expect(lesson.locator('fcn-upsample .transport')).toBeVisible()
  const focused = () => page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return `${element?.localName} ${element?.textContent ?? ''}`.replace(/\s+/g, ' ').trim()
  })
  /** @param {RegExp} wanted @param {string} [key] */
  const tabTo = async (wanted, key = 'Tab') => {
    for (let i = 0; i < 120; i++) {
      if (wanted.test(await focused())) return
      await page.keyboard.press(key)
    }
    throw new Error(`no way to ${wanted}; at ${await focused()}`)
  }
  await tabTo(/^input$/)
  await page.keyboard.type('7')
  await tabTo(/^button Check$/)
  await page.keyboard.press('Enter')
  await expect(lesson.getByText('Right: 7')).toBeVisible()
  // Where the answer is read on.
  await expect.poll(focused).toMatch(/^div .*Right: 7/)
  await tabTo(/^button Next$/)
  await page.keyboard.press('Enter')
  await expect.poll(focused).toMatch(/^h3 .*is the overlap a problem/)
  await tabTo(/^input$/)
  await page.keyboard.press('ArrowDown')
  await tabTo(/^button Check$/)
  await page.keyboard.press('Space')
  await expect(lesson.getByText('Right: No')).toBeVisible()
})

test('all stations can be found, asked and left by roles and names alone, as a screen reader has them',
  async ({ page }) => {
  await open(page)
  const stations = page.getByRole('navigation', { name: 'Stations' }).getByRole('button')
  await expect(stations).toHaveCount(STATIONS.length)
  for (let i = 0; i < STATIONS.length; i++) {
    await stations.nth(i).click()
    await expect(page.getByRole('article').getByRole('heading', { level: 3 }).first()).toBeFocused()
    const asked = page.getByRole('article').getByRole('group', { name: 'Predict first' })
    const field = asked.getByRole('textbox').or(asked.getByRole('radiogroup'))
    await expect(field).toHaveCount(1)
    await expect(field).toHaveAccessibleName(/\?/)
    await expect(page.getByRole('article').getByRole('button', { name: 'Check' })).toBeEnabled()
  }
  await expect(page.getByRole('article').getByRole('button', { name: 'Next' })).toBeEnabled()
})

test('a figure that does not come is told, and the other stations work', async ({ page }) => {
  await page.route(/fcn-inside\.js/, route => route.abort())
  await page.addInitScript(() => {
    document.addEventListener('fcn-error',
      event => Object.assign(window, { told: /** @type {CustomEvent} */ (event).detail }))
  })
  const lesson = await open(page, 'station=paper')
  await expect(lesson.getByText('The figure could not be loaded. Check the network and reload the page.')).toBeVisible()
  expect(await page.evaluate(() => Reflect.get(window, 'told'))).toMatchObject({ code: 'panel_failed',
    message: expect.stringContaining('could not be loaded') })
  await expect(lesson.getByRole('button', { name: 'Check' })).toBeDisabled()
  await lesson.getByRole('button', { name: 'Stride and padding' }).click()
  await expect(lesson.locator('fcn-upsample .transport')).toBeVisible()
  await lesson.getByRole('button', { name: 'The paper’s own net' }).click()
  await expect(lesson.getByText('The figure could not be loaded.')).toBeVisible()
  await expect(lesson.locator('fcn-upsample')).toBeHidden()
})

test('on paper there are text, question and figure, and nothing to press', async ({ page }) => {
  const lesson = await open(page, 'station=size')
  await expect(lesson.locator('fcn-upsample .transport')).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(lesson.getByText('The stride becomes 2.')).toBeVisible()
  await expect(lesson.locator('fcn-upsample').getByText('Output 5×5')).toBeVisible()
  await expect(lesson.getByText(/#lesson\?station=size$/)).toBeVisible()
  for (const name of ['Next', 'Check', 'Show me']) await expect(lesson.getByRole('button', { name })).toBeHidden()
  await expect(lesson.getByRole('navigation')).toBeHidden()
})

test('on another site it stands alone in an iframe, and by a script', async ({ page, baseURL }) => {
  const server = createServer((_, response) => {
    response.writeHead(200,
      { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A class</title>
      <iframe title="station" width="700" height="900" src="${baseURL}embed.html?element=lesson&lang=en&alone=1#station=matrix"></iframe>
      <script type="module" src="${baseURL}lessons/fcn-lesson.js"></script><fcn-lesson station="upsampling" lang="ko" alone></fcn-lesson>`)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  try {
    page.on('pageerror', error => { throw error })
    await page.goto(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`)
    const framed = page.frameLocator('iframe').locator('fcn-lesson')
    await framed.getByRole('button', { name: 'Show me' }).click()
    await expect(framed.getByText('It is: 36')).toBeVisible()
    await expect(framed.getByRole('navigation')).toHaveCount(0)
    const own = page.locator('fcn-lesson')
    await own.getByRole('button', { name: '답 보기' }).click()
    await expect(own.getByText('답: 9')).toBeVisible()
    // The last part of a station that stands alone.
    await own.getByRole('button', { name: '다음' }).click()
    await own.getByRole('button', { name: '다음' }).click()
    await expect(own.getByRole('button', { name: '다음' })).toBeDisabled()
  } finally {
    server.close()
  }
})

test('a newcomer finds photo, lesson and elements at the door', async ({ page }) => {
  await page.goto('?lang=en&backend=cpu')
  const doors = page.getByRole('navigation', { name: 'What you can do here' })
  await expect(doors.getByRole('link')).toHaveCount(3)
  await doors.getByRole('link', { name: 'Take the lesson' }).click()
  await expect(page.locator('fcn-lesson').getByRole('heading', { level: 3 }).first()).toBeVisible()
  await page.goto('?lang=ko&backend=cpu')
  await page.getByRole('link', { name: '그림 가져다 쓰기' }).click()
  await expect(page).toHaveURL(/elements\/index\.html\?lang=ko$/)
})

for (const lang of ['en', 'ko']) {
  test(`every station tells what is right, read off its figure, ${lang}`, async ({ page }) => {
    test.slow()
    // Korean on a telephone.
    if (lang === 'ko') await page.setViewportSize({ width: 320, height: 640 })
    const lesson = await open(page, '', lang)
    const stations = await page.evaluate(async () => {
      const { STATIONS } = await import(new URL('source/lessons/stations.js', location.href).href)
      return /** @type {import('../../www/lessons/stations.js').Station[]} */ (STATIONS)
    })
    for (const { id, parts } of stations) {
      for (const part of parts) {
        await page.locator('fcn-lesson').evaluate((/** @type {FcnLesson} */ element, fragment) => {
          element.fragment = fragment }, `station=${id}&part=${part.id}`)
        await lesson.getByRole('button', { name: lang === 'ko' ? '답 보기' : 'Show me' }).click()
        const verdict = lesson.locator('.question .verdict')
        // Or what the figure can't tell: no need to wait for an answer then.
        await expect(verdict.locator('strong, .trouble'), `${id}.${part.id}`).toBeVisible({ timeout: 180_000 })
        await expect(verdict.locator('.trouble'), `${id}.${part.id}`).toHaveCount(0)
        const text = await verdict.innerText()
        // A value that the answer doesn't have would be left as it is marked; one that it couldn't tell would be NaN.
        expect(text, `${id}.${part.id}`).not.toMatch(/[{}]|NaN|undefined|null/)
        if (lang === 'en') expect(await axe(page, 'fcn-lesson'), `${id}.${part.id}`).toEqual([])
        else expect(await page.evaluate(() => document.documentElement.scrollWidth),
          `${id}.${part.id}`).toBeLessThanOrEqual(320)
      }
    }
  })
}
