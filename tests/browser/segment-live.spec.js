/** `<fcn-segment>` with a moving picture: a camera, a video file; paused, recorded, lost; and `net.watch` by itself. */
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { downloaded } from './measure-folder-setup.js'
import { maskOf, openSegment, photo } from './segment-setup.js'

/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */
/** @typedef {{moving: {stream: MediaStream, clip: (ms: number) => Promise<File>}}} Moving */

/** A page whose camera is a canvas: sky above, grass below, and the border between them goes up and down. @param {import('@playwright/test').Page} page @param {string} [lang] */
async function open(page, lang = 'en') {
  page.on('pageerror', error => { throw error })
  await page.addInitScript(() => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 800, height: 600 })
    const context = canvas.getContext('2d')
    let at = 0
    setInterval(() => {
      if (!context) return
      const border = 300 + 100 * Math.sin(at++ / 5)
      for (const [color, from, to] of /** @type {const} */ ([['#78aae6', 0, border], ['#468c2d', border, 600]])) {
        context.fillStyle = color
        context.fillRect(0, from, 800, to - from)
      }
    }, 40)
    const clip = async (/** @type {number} */ ms) => {
      const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' })
      /** @type {Blob[]} */
      const parts = []
      recorder.ondataavailable = ({ data }) => parts.push(data)
      recorder.start()
      await new Promise(resolve => setTimeout(resolve, ms))
      await new Promise(resolve => {
        recorder.onstop = resolve
        recorder.stop()
      })
      return new File(parts, 'clip.webm', { type: 'video/webm' })
    }
    const moving = { stream: new MediaStream(), clip }
    Object.assign(window, { moving })
    navigator.mediaDevices.getUserMedia = async () => moving.stream = canvas.captureStream(25)
  })
  await openSegment(page,
    `<fcn-segment lang="${lang}" backend="cpu" size="96" model="models/everyday-slim/model.json"></fcn-segment>`)
  return page.locator('fcn-segment')
}

/** Waits for so many masks of frames. @param {import('@playwright/test').Page} page @param {number} count */
async function frames(page, count) {
  return await page.evaluate(async count => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    const seen = new Set()
    while (seen.size < count) {
      if (element.result) seen.add(element.result)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    return [...seen].map(({ width, height }) => [width, height]).at(-1)
  }, count)
}

/** @param {import('@playwright/test').Page} page */
const tracks = page =>
  page.evaluate(() =>
    /** @type {Moving} */ (/** @type {unknown} */ (window)).moving.stream.getTracks().map(({ readyState }) => readyState))

test('a camera is watched: mask follows mask, settings hold at once, a pause makes a photo of the frame, an end ends the camera', async ({ page }) => {
  const view = await open(page)
  await view.getByRole('button', { name: 'Camera' }).click()
  await view.getByRole('button', { name: 'Watch live' }).click()
  await expect(view.getByRole('dialog')).toBeHidden()
  const panel = view.getByRole('region', { name: 'Live' })
  expect(await frames(page, 6)).toEqual([640, 480])
  await expect(panel.getByText(/masks a second,\s.*behind/)).toBeVisible()
  expect(await axe(page, 'fcn-segment')).toEqual([])
  // One mask a frame.
  await expect(view.getByRole('radio', { name: 'Compare all three' })).toHaveCount(0)
  await view.getByRole('radio', { name: 'FCN-32s' }).check()
  await expect.poll(() =>
    page.evaluate(() =>
      /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).result?.variant)).toBe('fcn32s')
  await panel.getByRole('checkbox', { name: 'Steady' }).check()
  await frames(page, 4)
  expect(await tracks(page)).toEqual(['live'])

  await panel.getByRole('button', { name: 'Pause' }).click()
  await expect(panel.getByText('Paused')).toBeVisible()
  // Of its full size, with scores to read.
  const { variant } = await maskOf(page, { width: 800, height: 600 })
  expect(variant).toBe('fcn32s')
  await expect.poll(() =>
    page.evaluate(() =>
      Boolean(/** @type {FcnSegment} */ (document.querySelector('fcn-segment')).result?.scores))).toBe(true)
  await panel.getByRole('button', { name: 'Go on' }).click()
  expect(await frames(page, 4)).toEqual([640, 480])
  await panel.getByRole('button', { name: 'Stop' }).click()
  await expect(panel).toHaveCount(0)
  expect(await tracks(page)).toEqual(['ended'])
  expect(await page.evaluate(() =>
    /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).result?.width)).toBe(640)
})

test('a photo, a lost camera and leaving the page end it', async ({ page }) => {
  const view = await open(page)
  const start = async () => {
    await view.getByRole('button', { name: 'Camera' }).click()
    await view.getByRole('button', { name: 'Watch live' }).click()
    await frames(page, 2)
  }
  await start()
  await view.getByLabel('Choose a photo').setInputFiles(photo('a.png', 160, 120))
  await maskOf(page, { width: 160, height: 120 })
  expect(await tracks(page)).toEqual(['ended'])
  await expect(view.getByRole('region', { name: 'Live' })).toHaveCount(0)
  await start()
  await page.evaluate(() => {
    const [track] = /** @type {Moving} */ (/** @type {unknown} */ (window)).moving.stream.getTracks()
    track.dispatchEvent(new Event('ended'))
  })
  await expect(view.getByRole('alert')).toContainText('The camera stopped')
  expect(await page.evaluate(() =>
    /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).result?.width)).toBe(640)
  // Another view of the page: the element is there, and not drawn. A paused camera is on, too.
  for (const isPaused of [false, true]) {
    await start()
    if (isPaused) await view.getByRole('button', { name: 'Pause' }).click()
    await page.evaluate(() => { Object.assign(document.querySelector('fcn-segment') ?? {}, { hidden: true }) })
    await expect.poll(() => tracks(page)).toEqual(['ended'])
    await page.evaluate(() => { Object.assign(document.querySelector('fcn-segment') ?? {}, { hidden: false }) })
  }
  // Another tab.
  await start()
  await page.evaluate(() => { Object.defineProperty(document, 'visibilityState',
    { value: 'hidden', configurable: true }) })
  await expect.poll(() => tracks(page)).toEqual(['ended'])
  await page.evaluate(() => { Reflect.deleteProperty(document, 'visibilityState') })
  await expect(view.getByRole('alert')).toContainText('another tab was in front')
  await start()
  await page.evaluate(() => document.querySelector('fcn-segment')?.remove())
  await expect.poll(() => tracks(page)).toEqual(['ended'])
})

test('a video file is watched and recorded with its mask, and one that is none is told', async ({ page }) => {
  const view = await open(page, 'ko')
  await page.setViewportSize({ width: 320, height: 640 })
  await page.evaluate(async () => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    void element.takeFiles([await /** @type {Moving} */ (/** @type {unknown} */ (window)).moving.clip(1500)])
  })
  const panel = view.getByRole('region', { name: '실시간' })
  expect(await frames(page, 3)).toEqual([640, 480])
  // It begins again at its end.
  await page.evaluate(async () => {
    const video = document.querySelector('fcn-segment')?.shadowRoot?.querySelector('video')
    for (let last = 0, now = 0; video && now >= last; last = now,
      now = video.currentTime) await new Promise(resolve => setTimeout(resolve, 20))
  })
  await frames(page, 3)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await panel.getByRole('button', { name: '녹화' }).click()
  await frames(page, 5)
  // A recording can be ended while the picture stands still.
  await panel.getByRole('button', { name: '멈추기', exact: true }).click()
  await expect(panel.getByRole('button', { name: '녹화 끝내고 저장 (WebM)' })).toBeVisible()
  await panel.getByRole('button', { name: '이어서 보기' }).click()
  await frames(page, 2)
  const clip = await downloaded(page, () => panel.getByRole('button', { name: '녹화 끝내고 저장 (WebM)' }).click())
  expect([...clip.subarray(0, 4)]).toEqual([0x1a, 0x45, 0xdf, 0xa3])
  await panel.getByRole('button', { name: '끝내기', exact: true }).click()
  await expect(panel).toHaveCount(0)
  await page.evaluate(() => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    void element.takeFiles([new File(['no video'], 'a.mp4', { type: 'video/mp4' })])
  })
  await expect(view.getByRole('alert')).toContainText('재생할 수 없는 동영상')
  await expect(panel).toHaveCount(0)
})

test('a net watches by itself: newest frames, as large as wished, until the stream ends or it is stopped',
  async ({ page }) => {
  await open(page)
  const told = await page.evaluate(async () => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    const engine = await element.start()
    const stream = await navigator.mediaDevices.getUserMedia({ video: true })
    const sizes = /** @type {number[][]} */ ([])
    const stop = new AbortController()
    const why = await engine.watch(stream, { size: 64, longest: 320, signal: stop.signal,
      onFrame: ({ frame, result, delay, rate }) => {
      sizes.push([frame.width, frame.height, result.width, result.height, Number(delay > 0), Number(rate === null)])
      frame.close()
      if (sizes.length === 4) stop.abort(new Error('enough'))
    } }).then(() => 'ended', error => error.message)
    let after = 0
    await engine.watch(stream, { size: 64, onFrame: ({ frame }) => {
      frame.close()
      if (++after === 3) stream.getTracks()[0].dispatchEvent(new Event('ended'))
    } })
    const bad = await engine.watch(stream, { steady: 2, onFrame: () => {} }).catch(error => error.code)
    return { sizes, why, after, bad, state: stream.getTracks()[0].readyState,
      left: document.querySelectorAll('body > video').length }
  })
  expect(told).toEqual({
    sizes: [[320, 240, 320, 240, 1, 1], ...Array(3).fill([320, 240, 320, 240, 1, 0])],
      why: 'enough', after: expect.any(Number), bad: 'invalid_input',
    state: 'live', left: 0,
  })
  expect(told.after).toBeGreaterThanOrEqual(3)
})
