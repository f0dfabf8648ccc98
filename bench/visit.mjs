/**
 * What a visitor of the real page waits for: the files of the first visit, the time from
 * navigation to the first mask, and the longest task that blocks the main thread.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { longestTask, traced } from './trace.mjs'

/** How long the first mask, or a run, may take, ms. */
const PATIENCE_MS = 120_000

/** Size of the photo of the timed run, pixels: a phone's screenful, larger than the net's own size. */
const PHOTO = { width: 1600, height: 1200 }

/**
 * @typedef {object} Visit
 * @property {string[]} files paths below the site, loaded until the first mask
 * @property {number} firstMask_ms from navigation
 * @property {string} backend that made it
 * @property {Task} longestStart longest main-thread task until the first mask
 * @property {Task} longestRun longest main-thread task while one photo is segmented
 * @property {number} run_ms how long that took
 */

/** @typedef {import('./trace.mjs').Task} Task */

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the site, with a closing slash
 * @param {string} folder where its files lie
 * @returns {Promise<Visit>}
 */
export async function visit(browser, url, folder) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    /** @type {Set<string>} */
    const files = new Set()
    context.on('request', request => {
      if (!request.url().startsWith(url)) return
      const file = decodeURIComponent(new URL(request.url()).pathname.slice(new URL(url).pathname.length))
        || 'index.html'
      if (existsSync(path.join(folder, file))) files.add(file)
    })
    await context.addInitScript(() => {
      const firstMask = new Promise((resolve, reject) => {
        addEventListener('fcn-result', event => {
          const { result } = /** @type {Element & {result?: {backend: string}}} */ (event.composedPath()[0])
          resolve({ ms: performance.now(), backend: result?.backend })
        }, { capture: true })
        addEventListener('fcn-error', event => {
          reject(new Error(`the page reports ${/** @type {CustomEvent} */ (event).detail?.code}`))
        }, { capture: true })
      })
      firstMask.catch(() => {}) // handled by whoever awaits it
      Object.assign(globalThis, { firstMask })
    })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)

    const start = await traced(browser, async () => {
      await page.goto(url)
      // @ts-ignore: made by the script above
      return page.evaluate(patience => Promise.race([globalThis.firstMask, new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`no mask within ${patience / 1000} s of the visit`)), patience)
      })]), PATIENCE_MS)
    })
    const loaded = [...files]
    const opening = start.events.filter(({ name }) => name === 'CommitLoad').sort((a, b) => a.ts - b.ts).at(-1)
    if (!opening) throw new Error('the trace shows no page being opened')

    await page.evaluate(makePhoto, PHOTO)
    const run = await traced(browser, () => page.evaluate(async () => {
      const element = /** @type {Element & {segment(source: unknown): Promise<unknown>}} */ (document.querySelector('fcn-segment'))
      const begin = performance.now()
      // @ts-ignore: made by makePhoto
      await element.segment(globalThis.photo)
      return performance.now() - begin
    }))
    return {
      files: loaded, firstMask_ms: start.value.ms, backend: start.value.backend ?? 'back end not told',
      longestStart: longestTask(start.events, opening, opening.ts), longestRun: longestTask(run.events, opening),
        run_ms: run.value,
    }
  } finally {
    await context.close()
  }
}

/**
 * In the page: a JPEG with structure and noise, left in `globalThis.photo`.
 * @param {{width: number, height: number}} size pixels
 */
async function makePhoto({ width, height }) {
  const canvas = new OffscreenCanvas(width, height)
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'))
  for (let i = 0; i < 200; i++) {
    context.fillStyle = `hsl(${(i * 47) % 360} 60% ${30 + (i * 13) % 50}%)`
    context.fillRect((i * 397) % width, (i * 211) % height, 40 + (i * 29) % 300, 40 + (i * 53) % 200)
  }
  Object.assign(globalThis, { photo: await canvas.convertToBlob({ type: 'image/jpeg' }) })
}
