/** What the bench serves, and the browser that runs it. */
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { launchOptions } from './browser.mjs'
import { netFiles } from './files.mjs'
import { TFLITE } from './net.mjs'

export const BENCH = path.dirname(fileURLToPath(import.meta.url))
const REPOSITORY = path.dirname(BENCH)

/** Where the built site lies. */
export const DIST = path.join(REPOSITORY, 'dist')

/**
 * Puts the site, the bench page and the peers into one folder, so that all share one origin.
 * @param {string} folder empty
 * @param {import('./cases.mjs').Options} options
 */
export async function assemble(folder, { cases, names, visits, figureOnly, liveOnly }) {
  const page = path.join(folder, 'bench/page')
  await mkdir(path.join(page, 'ort'), { recursive: true })
  if (visits || figureOnly || liveOnly || names.some(name => /^(fcn-lab|burn):/.test(name))) {
    if (!existsSync(path.join(DIST, 'engine/engine.js'))) {
      throw new Error('dist/ is not built: run ./build.sh build first (or ./build.sh bench, which does both)')
    }
    await cp(DIST, path.join(folder, 'dist'), { recursive: true })
    // For what runs the wasm without the engine, and wants a part of it.
    for (const name of ['engine', 'lib']) await cp(path.join(REPOSITORY, 'www', name),
      path.join(folder, 'source', name), { recursive: true })
  }
  if (figureOnly) return
  for (const name of ['net.mjs', 'lite.mjs']) await cp(path.join(BENCH, name), path.join(folder, 'bench', name))
  await cp(path.join(BENCH, 'page'), page, { recursive: true })
  if (liveOnly) return
  const withTflite = names.some(name => name.startsWith('litert'))
  const withOnnx = names.some(name => name.startsWith('onnxruntime-web'))
  for (const model of new Set(cases.map(({ model }) => model))) {
    const sizes = cases.filter(what => what.model === model).map(({ size }) => size)
    const net = path.join(page, 'net', model)
    await mkdir(net, { recursive: true })
    for (const [name, bytes] of netFiles(model, { onnx: withOnnx ? sizes : [],
      tflite: withTflite && TFLITE.includes(model) ? sizes : [] })) await writeFile(path.join(net, name), bytes)
  }
  const ort = path.join(BENCH, 'node_modules/onnxruntime-web/dist')
  for (const name of ['ort.webgpu.bundle.min.mjs', 'ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm',
    'ort-wasm-simd-threaded.asyncify.wasm']) {
    await cp(path.join(ort, name), path.join(page, 'ort', name))
  }
  if (withTflite) await cp(path.join(BENCH, 'node_modules/@litertjs/core/wasm'), path.join(page, 'litert'),
    { recursive: true })
  await build({
    entryPoints: [path.join(BENCH, 'page/litert.js')], outfile: path.join(page, 'litert.js'), allowOverwrite: true,
    bundle: true, format: 'esm', platform: 'browser', target: 'es2022', minify: true, logLevel: 'error',
  })
  await build({
    entryPoints: [path.join(BENCH, 'page/tfjs.js')], outfile: path.join(page, 'tfjs.js'), allowOverwrite: true,
    bundle: true, format: 'esm', platform: 'browser', target: 'es2022', minify: true, logLevel: 'error',
  })
}

/**
 * The tests' browser arguments, less the software adapter where the real one is asked for.
 * @param {boolean} hardware
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launch(hardware) {
  return chromium.launch(launchOptions(hardware))
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the bench page
 * @returns {Promise<import('playwright-core').Page>} with nothing opened in it
 */
export async function freshPage(browser, url) {
  const page = await browser.newPage()
  page.on('pageerror', error => console.error(`page: ${error.message}`))
  await page.goto(url)
  await page.waitForFunction('globalThis.bench !== undefined')
  return page
}
