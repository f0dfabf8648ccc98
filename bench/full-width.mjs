/**
 * The largest net that this project runs, in a browser: FCN-8s at the published width (538 MB of
 * weights, from a seed) opened as a person's own file, and a photo of 500×375 pixels segmented, in
 * headless Chromium on its software adapter. Fails unless it ends with a mask, told its progress
 * on the way, and stayed within the memory bound.
 *
 *     node full-width.mjs [--gib 3] [--minutes 15]
 *
 * Needs the built site in dist/ and www's npm packages, no others. Environment: CHROMIUM,
 * BENCH_ADAPTER=hardware.
 */
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import playwright from '../www/node_modules/playwright-core/index.js'
import { CONTENT_SECURITY_POLICY, startServer } from '../tools/serve.mjs'
import { launchOptions } from './browser.mjs'
import { CLASSES, writeFullNet } from './full-net.mjs'
import { watch } from './memory.mjs'

/** @typedef {import('./memory.mjs').Peak} Peak */
/** @typedef {{phase: string, stage?: string, index?: number, loaded?: number, total: number, at: number}} Told at: milliseconds */

/**
 * What the page tells.
 * @typedef {object} Seen
 * @property {Told[]} load
 * @property {Told[]} pass
 * @property {number} loadMs
 * @property {number} passMs
 * @property {string} backend
 * @property {string} architecture
 * @property {number} width
 * @property {number} height
 * @property {number} labels how many
 * @property {number} highest label
 * @property {number} kinds different labels
 * @property {number} scores how many
 * @property {number} finite how many of them are finite
 */

/** Pixels: the size of PASCAL VOC's photos, at which the paper's nets work. */
const PHOTO = { width: 500, height: 375 }
/** The 15 convolutions, 5 pools and 3 enlargements at the least are told of one by one. */
const FEWEST_STAGES = 23

/**
 * @param {Seen} seen
 * @param {Peak | null} peak null: not measured
 * @param {number} bound bytes
 * @returns {string[]} what is wrong, if anything
 */
export function faults(seen, peak, bound) {
  /** @type {[boolean, string][]} */
  const checks = [
    [seen.architecture === 'fcn-reference', `the net is taken for ${seen.architecture}`],
    [seen.backend === 'webgpu', `it ran on ${seen.backend}, not on WebGPU`],
    [seen.load.length > 10 && isRising(seen.load.map(({ loaded }) => loaded)),
      `loading told no rising progress (${seen.load.length} messages)`],
    [seen.load.at(-1)?.loaded === seen.load.at(-1)?.total, 'loading ended before its end'],
    [stages(seen).length >= FEWEST_STAGES && isRising(stages(seen).map(({ index }) => index)),
      `the pass told of ${stages(seen).length} stages, or not in order`],
    [seen.width === PHOTO.width && seen.height === PHOTO.height && seen.labels === PHOTO.width * PHOTO.height,
      `the mask is ${seen.width}×${seen.height}, ${seen.labels} labels`],
    [seen.highest < CLASSES, `label ${seen.highest} of ${CLASSES} classes`],
    [seen.kinds > 1, 'every pixel got the same class'],
    [seen.scores > 0 && seen.finite === seen.scores,
      `${seen.scores - seen.finite} of ${seen.scores} scores are not finite`],
    [peak === null || peak.all <= bound, `${gib(peak?.all ?? 0)} of memory, more than ${gib(bound)}`],
  ]
  return checks.filter(([isRight]) => !isRight).map(([, what]) => what)
}

/** @param {Seen} seen */
const stages = seen => seen.pass.filter(({ phase }) => phase === 'run')

/** @param {readonly (number | undefined)[]} numbers */
const isRising = numbers => numbers.every((number, i) => number !== undefined && number >= (numbers[i - 1] ?? 0))

/** @param {number} bytes */
const gib = bytes => `${(bytes / 2 ** 30).toFixed(2)} GiB`
/** @param {number} ms */
const seconds = ms => `${(ms / 1000).toFixed(1)} s`

/** Longest time without a word, milliseconds. @param {Told[]} told @param {number} end */
function silence(told, end) {
  const times = [0, ...told.map(({ at }) => at), end]
  return Math.max(...times.slice(1).map((at, i) => at - times[i]))
}

/**
 * In the page.
 * @param {{photo: string, width: number, height: number}} given address of a photo, and the size to run it at
 * @returns {Promise<Seen>}
 */
async function work({ photo, width, height }) {
  const file = /** @type {HTMLInputElement} */ (document.querySelector('input')).files?.[0]
  if (!file) throw new Error('no file was chosen')
  const { Engine } = await import(new URL('engine/engine.js', location.href).href)
  const engine = await Engine.create({ backend: 'webgpu' })
  /** @type {{load: Told[], pass: Told[]}} */
  const told = { load: [], pass: [] }
  /** @param {'load' | 'pass'} what */
  const listen = what => {
    const start = performance.now()
    return { elapsed: () => performance.now() - start,
      onProgress: (/** @type {Told} */ progress) => {
        told[what].push({ ...progress, at: performance.now() - start }) } }
  }
  const load = listen('load')
  await engine.load(file, { onProgress: load.onProgress })
  const loadMs = load.elapsed()
  const bitmap = await createImageBitmap(await (await fetch(photo)).blob(),
    { resizeWidth: width, resizeHeight: height })
  const pass = listen('pass')
  const result = await engine.segment(bitmap, { scores: true, onProgress: pass.onProgress })
  const scores = result.scores?.data ?? new Float32Array()
  const seen = {
    ...told, loadMs, passMs: pass.elapsed(), backend: result.backend, architecture: engine.model.manifest.architecture,
      width: result.width, height: result.height,
    labels: result.labels.length, highest: result.labels.reduce((/** @type {number} */ a, /** @type {number} */ b) =>
      Math.max(a, b), 0), kinds: new Set(result.labels).size,
    scores: scores.length, finite: scores.filter(Number.isFinite).length,
  }
  engine.dispose()
  return seen
}

/**
 * @param {string} folder for the weights
 * @param {{hardware: boolean, onClose: (close: () => Promise<unknown>) => void}} options onClose: what is to be closed in the end
 * @returns {Promise<{seen: Seen, peak: Peak | null}>}
 */
async function measure(folder, { hardware, onClose }) {
  const weights = path.join(folder, 'fcn8s.safetensors')
  const start = performance.now()
  const bytes = await writeFullNet(weights)
  console.log(`weights: ${(bytes / 1e6).toFixed(0)} MB, written in ${seconds(performance.now() - start)}`)
  const server = await startServer({ root: fileURLToPath(new URL('../dist', import.meta.url)) })
  onClose(() => server.close())
  const browser = await playwright.chromium.launch(launchOptions(hardware))
  onClose(() => browser.close())
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo')
  const root = processInfo.find(({ type }) => type === 'browser')?.id
  const memory = root === undefined ? null : watch(root)
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  const crash = new Promise((_, reject) => page.on('crash', () => reject(new Error('the page crashed'))))
  page.on('console', message => { if (message.type() === 'error') console.error(`page: ${message.text()}`) })
  await page.route('**/full-width.html', route => route.fulfill({
    contentType: 'text/html', headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
    body: '<!doctype html><html lang="en"><title>full width</title><label>Weights <input type="file"></label>',
  }))
  await page.goto(`${server.url}full-width.html`)
  await page.locator('input').setInputFiles(weights)
  const told = setInterval(() =>
    console.log(`… ${seconds(performance.now() - start)}, ${gib(memory?.peak().all ?? 0)} at most so far`), 30_000)
  try {
    const seen = await /** @type {Promise<Seen>} */ (Promise.race([crash,
      page.evaluate(work, { photo: 'samples/pavilion.jpg', ...PHOTO })]))
    const peak = await memory?.stop() ?? null
    return { seen, peak: peak?.samples ? peak : null }
  } finally {
    clearInterval(told)
    await memory?.stop()
  }
}

/** @param {Seen} seen @param {Peak | null} peak */
function print(seen, peak) {
  console.log(`load: ${seconds(seen.loadMs)}, ${seen.load.length} progress messages, longest silence ${seconds(silence(seen.load, seen.loadMs))}`)
  console.log(`pass: ${seconds(seen.passMs)}, ${stages(seen).length} stages, longest silence ${seconds(silence(seen.pass, seen.passMs))}`)
  console.log(`mask: ${seen.width}×${seen.height}, ${seen.kinds} classes of ${CLASSES}, ${seen.finite} finite scores`)
  console.log(peak === null ? 'memory: not measured, there is no /proc here'
    : `memory, highest of ${peak.samples} looks: all of the browser's processes ${gib(peak.all)} (PSS; ${gib(peak.allRss)} as RSS), renderer ${gib(peak.renderer)}, GPU process ${gib(peak.gpu)} (RSS)`)
}

async function main() {
  const { values } = parseArgs({ options: { gib: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '15' } } })
  const [bound, minutes] = [Number(values.gib) * 2 ** 30, Number(values.minutes)]
  if (!(bound > 0 && minutes > 0)) throw new Error('--gib and --minutes take numbers above zero')
  if (!existsSync(new URL('../dist/engine/engine.js',
    import.meta.url))) throw new Error('dist/ is not built: run ./build.sh build first')
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fcn-lab-full-'))
  // On exit, not in `finally`: so that Ctrl+C leaves nothing behind either.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
  /** @type {(() => Promise<unknown>)[]} */
  const cleanups = []
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${minutes} minutes`)), minutes * 60_000) })
  try {
    const work = measure(folder, { hardware: process.env['BENCH_ADAPTER'] === 'hardware',
      onClose: close => cleanups.unshift(close) })
    work.catch(() => {}) // a browser that is closed while it works
    const { seen, peak } = await /** @type {typeof work} */ (Promise.race([work, tooLong]))
    print(seen, peak)
    const wrong = faults(seen, peak, bound)
    if (wrong.length) throw new Error(wrong.join('; '))
  } finally {
    clearTimeout(timer)
    for (const close of cleanups) await close()
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main()
  } catch (error) {
    console.error(`full width: ${/** @type {Error} */ (error).message}`)
    process.exitCode = 1
  }
}
