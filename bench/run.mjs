/**
 * Side-by-side benchmark: this engine, onnxruntime-web and tfjs on the same net, picture and
 * adapter, in one headless Chromium, in interleaved rounds. See README.md.
 *
 *     node run.mjs [--quick] [--rounds N] [--only NAME,NAME] [--no-visit] [--figure]
 *
 * Needs the built site in dist/. Environment: CHROMIUM (the browser), BENCH_ADAPTER=hardware.
 */
import { existsSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { startServer } from '../www/serve.mjs'
import { launchOptions } from './browser.mjs'
import { figure } from './figure.mjs'
import { netFiles } from './files.mjs'
import { CONFIG, SIZE } from './net.mjs'
import { printFigure, printPasses, printVisit } from './report.mjs'
import { visit } from './visit.mjs'

const BENCH = path.dirname(fileURLToPath(import.meta.url))
const REPOSITORY = path.dirname(BENCH)

/** In the order of the table. */
const CONTENDERS = ['fcn-lab:webgpu', 'fcn-lab:cpu', 'onnxruntime-web:webgpu', 'onnxruntime-web:wasm', 'tfjs:webgpu']

/** Share of pixels on which every engine must agree with the reference; the rest may be ties. */
const AGREEMENT = 0.999

/** A pass or a start that takes longer hangs, ms. */
const PATIENCE_MS = 150_000

/**
 * One engine's times.
 * @typedef {object} Row
 * @property {string} engine
 * @property {string} backend
 * @property {string} model
 * @property {number} size side of the picture, pixels
 * @property {number} median_ms
 * @property {number} min_ms
 * @property {number} max_ms
 * @property {number} runs
 */

/**
 * @param {number[]} values at least one
 * @returns {number}
 */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** @param {string[]} args */
function options(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string' },
      'no-visit': { type: 'boolean', default: false },
      figure: { type: 'boolean', default: false },
    },
  })
  const hardware = process.env['BENCH_ADAPTER'] === 'hardware'
  const rounds = Number(values.rounds ?? (values.quick ? 3 : hardware ? 30 : 7))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a number of rounds`)
  const names = values.only === undefined ? CONTENDERS
    : CONTENDERS.filter(name => values.only?.split(',').some(part => name.startsWith(part)))
  if (names.length === 0) throw new Error(`--only ${values.only}: none of ${CONTENDERS.join(', ')}`)
  return { figureOnly: values.figure, quick: values.quick, rounds, names, hardware, visits: !values['no-visit'], budget_ms: values.quick ? 75_000 : 330_000 }
}

/**
 * Puts the site, the bench page and the peers into one folder, so that all share one origin.
 * @param {string} folder empty
 * @param {boolean} withSite whether dist/ is needed
 */
async function assemble(folder, withSite) {
  const page = path.join(folder, 'bench/page')
  await mkdir(path.join(page, 'net'), { recursive: true })
  await mkdir(path.join(page, 'ort'))
  if (withSite) await cp(path.join(REPOSITORY, 'dist'), path.join(folder, 'dist'), { recursive: true })
  await cp(path.join(BENCH, 'net.mjs'), path.join(folder, 'bench/net.mjs'))
  await cp(path.join(BENCH, 'page'), page, { recursive: true })
  for (const [name, bytes] of Object.entries(netFiles())) await writeFile(path.join(page, 'net', name), bytes)
  const ort = path.join(BENCH, 'node_modules/onnxruntime-web/dist')
  for (const name of ['ort.webgpu.bundle.min.mjs', 'ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.asyncify.wasm']) {
    await cp(path.join(ort, name), path.join(page, 'ort', name))
  }
  await build({
    entryPoints: [path.join(BENCH, 'page/tfjs.js')], outfile: path.join(page, 'tfjs.js'), allowOverwrite: true,
    bundle: true, format: 'esm', platform: 'browser', target: 'es2022', minify: true, logLevel: 'error',
  })
}

/**
 * @template T
 * @param {string} what
 * @param {Promise<T>} work
 * @returns {Promise<T>} rejects when `work` takes longer than PATIENCE_MS
 */
async function patiently(what, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS)
  })
  try {
    return await /** @type {Promise<T>} */ (Promise.race([work, tooLong]))
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Calls a method of the page's `bench`.
 * @param {import('playwright-core').Page} page
 * @param {string} method
 * @param {string} name
 */
const call = (page, method, name) => patiently(`${method} ${name}`,
  // @ts-ignore: `bench` exists in the page
  page.evaluate(([m, n]) => globalThis.bench[m](n), [method, name]))

/**
 * @param {import('playwright-core').Page} page
 * @param {ReturnType<typeof options>} chosen
 * @returns {Promise<Row[]>}
 */
async function passes(page, { names, rounds, budget_ms }) {
  for (const name of names) {
    const { version, note, ms } = await call(page, 'open', name)
    const first = await call(page, 'pass', name)
    // Fast ones warm up longer: a browser compiles hot code in several steps.
    for (let spent = first; spent < 1000;) spent += 20 + await call(page, 'pass', name)
    console.log(`${`${name} ${version}`.padEnd(30)} start ${ms.toFixed(0)} ms, first pass ${first.toFixed(0)} ms${note && `   (${note})`}`)
  }
  const reference = names.find(name => name === 'onnxruntime-web:wasm') ?? names[0]
  const { labels, largest, agreement } = await call(page, 'compare', reference)
  console.log(`\nlabels: ${labels} classes, the commonest on ${(100 * largest).toFixed(0)} % of the picture; agreement with ${reference}:`)
  for (const [name, share] of Object.entries(agreement)) console.log(`  ${name.padEnd(24)} ${(100 * share).toFixed(3)} %`)
  const wrong = Object.entries(agreement).filter(([, share]) => share < AGREEMENT)
  if (wrong.length > 0) throw new Error(`not the same net: ${wrong.map(([name]) => name).join(', ')} below ${100 * AGREEMENT} %; nothing to compare`)

  /** @type {Map<string, number[]>} */
  const times = new Map(names.map(name => [name, []]))
  const end = Date.now() + budget_ms
  for (let round = 0; round < rounds && (round < 2 || Date.now() < end); round++) {
    // Each round starts with another engine, so that none always runs after the same neighbour.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]
      times.get(name)?.push(await call(page, 'pass', name))
    }
  }
  return names.map(name => {
    const [engine, backend] = name.split(':')
    const ms = /** @type {number[]} */ (times.get(name))
    /** @param {number} value */
    const rounded = value => Math.round(value * 100) / 100
    return {
      engine, backend, model: 'slim', size: SIZE,
      median_ms: rounded(median(ms)), min_ms: rounded(Math.min(...ms)), max_ms: rounded(Math.max(...ms)), runs: ms.length,
    }
  })
}

async function main() {
  const chosen = options(process.argv.slice(2))
  const withSite = chosen.visits || chosen.figureOnly || chosen.names.some(name => name.startsWith('fcn-lab'))
  if (withSite && !existsSync(path.join(REPOSITORY, 'dist/engine/engine.js'))) {
    throw new Error('dist/ is not built: run ./build.sh build first (or ./build.sh bench, which does both)')
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fcn-lab-bench-'))
  /** @type {(() => Promise<unknown>)[]} */
  const cleanups = []
  // On exit, not in `finally`: so that Ctrl+C leaves nothing behind either.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    await assemble(folder, withSite)
    const server = await startServer({ root: folder })
    cleanups.unshift(() => server.close())
    const browser = await chromium.launch(launchOptions(chosen.hardware))
    cleanups.unshift(() => browser.close())

    if (chosen.figureOnly) {
      console.log(`Chromium ${browser.version()}; ${os.cpus().length} cores`)
      return printFigure(await figure(browser, `${server.url}dist/`))
    }
    const page = await browser.newPage()
    page.on('pageerror', error => console.error(`page: ${error.message}`))
    await page.goto(`${server.url}bench/page/index.html`)
    await page.waitForFunction('globalThis.bench !== undefined')
    const adapter = await page.evaluate(async () => {
      // @ts-ignore: no WebGPU types here
      const found = await navigator.gpu?.requestAdapter()
      return found ? `${found.info.vendor} ${found.info.architecture}` : 'none'
    })
    console.log(`Chromium ${browser.version()}, WebGPU adapter: ${adapter}; ${os.cpus().length} cores`)
    console.log(`slim FCN-8s (width ${CONFIG.width}, fc ${CONFIG.fc_channels}, ${CONFIG.classes} classes), ${SIZE}×${SIZE} RGBA in, label map out\n`)
    const rows = await passes(page, chosen)
    printPasses(rows)
    await writeFile(path.join(BENCH, 'latest.json'), `${JSON.stringify(rows, null, 1)}\n`)
    await page.close()
    if (chosen.visits) {
      printVisit(await visit(browser, `${server.url}dist/`, path.join(folder, 'dist')), path.join(folder, 'dist'), chosen.quick)
      printFigure(await figure(browser, `${server.url}dist/`))
    }
  } finally {
    for (const clean of cleanups) await clean()
  }
}

try {
  await main()
} catch (error) {
  console.error(`bench: ${/** @type {Error} */ (error).message}`)
  process.exitCode = 1
}
