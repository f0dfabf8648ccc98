/**
 * What a visitor of the real page waits for: the files of the first visit, the time from
 * navigation to the first mask, and the longest task that blocks the main thread.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'

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

/**
 * The longest by the clock, and the longest by its own use of the CPU: the first also counts what a
 * busy machine made it wait.
 * @typedef {{wall_ms: number, cpu_ms: number}} Task
 */

/**
 * Trace event; times in microseconds. `ph: 'X'` is a slice: wall time `dur`, CPU time `tdur`.
 * @typedef {{ph: string, name: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number}} TraceEvent
 */

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
      const file = decodeURIComponent(new URL(request.url()).pathname.slice(new URL(url).pathname.length)) || 'index.html'
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

    const start = await traced(browser, null, async () => {
      await page.goto(url)
      // @ts-ignore: made by the script above
      return page.evaluate(patience => Promise.race([globalThis.firstMask, new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`no mask within ${patience / 1000} s of the visit`)), patience)
      })]), PATIENCE_MS)
    })
    const loaded = [...files]

    await page.evaluate(makePhoto, PHOTO)
    const run = await traced(browser, start.thread, () => page.evaluate(async () => {
      const element = /** @type {Element & {segment(source: unknown): Promise<unknown>}} */ (document.querySelector('fcn-segment'))
      const begin = performance.now()
      // @ts-ignore: made by makePhoto
      await element.segment(globalThis.photo)
      return performance.now() - begin
    }))
    return {
      files: loaded, firstMask_ms: start.value.ms, backend: start.value.backend ?? 'back end not told',
      longestStart: start.longest, longestRun: run.longest, run_ms: run.value,
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

/**
 * Runs `work` under Chromium's tracing and finds the longest task of the page's main thread.
 * A trace, because the Long Tasks API tells nothing about tasks below 50 ms.
 * @template T
 * @param {import('playwright-core').Browser} browser
 * @param {string | null} known the page's main thread; null when `work` opens the page: then tasks
 *   count from there on
 * @param {() => Promise<T>} work
 * @returns {Promise<{value: T, longest: Task, thread: string}>}
 */
async function traced(browser, known, work) {
  const session = await browser.newBrowserCDPSession()
  /** @type {TraceEvent[]} */
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of /** @type {TraceEvent[]} */ (/** @type {unknown} */ (value))) events.push(event)
  })
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'], excludedCategories: ['*'] },
  })
  let value
  try {
    value = await work()
  } finally {
    /** @type {Promise<void>} */
    const complete = new Promise(resolve => session.once('Tracing.tracingComplete', () => resolve()))
    await session.send('Tracing.end')
    await complete
    await session.detach()
  }
  /** @param {TraceEvent} event */
  const threadOf = ({ pid, tid }) => `${pid}:${tid}`
  const opening = events.filter(({ name }) => name === 'CommitLoad').sort((a, b) => a.ts - b.ts).at(-1)
  const thread = known ?? (opening && threadOf(opening))
  const since = known === null ? opening?.ts ?? 0 : 0
  const tasks = events.filter(event => event.ph === 'X' && event.name.endsWith('RunTask') && threadOf(event) === thread && event.ts >= since)
  if (thread === undefined || tasks.length === 0) throw new Error("the trace shows no tasks of the page's main thread")
  const wall_ms = Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1000
  const cpu_ms = Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
  return { value, thread, longest: { wall_ms, cpu_ms } }
}
