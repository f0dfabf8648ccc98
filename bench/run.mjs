/**
 * Side-by-side benchmark: this engine, onnxruntime-web and tfjs on the same nets, pictures and
 * adapter, in one headless Chromium, in interleaved rounds. See README.md.
 *
 *     node run.mjs [--quick] [--models slim,half,full] [--sizes 224,512] [--patient] [--rounds N]
 *                  [--only NAME,NAME] [--threads] [--no-layers] [--no-visit] [--figure] [--live]
 *
 * Needs the built site in dist/. Environment: CHROMIUM (the browser), BENCH_ADAPTER=hardware.
 */
import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startServer } from '../tools/serve.mjs'
import { readOptions } from './cases.mjs'
import { figure } from './figure.mjs'
import { printGoals } from './goals.mjs'
import { layersOf, printLayers } from './layers.mjs'
import { live } from './live.mjs'
import { passes } from './passes.mjs'
import { printCase, printFigure, printLive, printPasses, printVisit } from './report.mjs'
import { BENCH, assemble, freshPage, launch } from './site.mjs'
import { visit } from './visit.mjs'

/** @param {string} name @param {unknown} value */
const write = (name, value) => writeFile(path.join(BENCH, name), `${JSON.stringify(value, null, 1)}\n`)

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the bench page
 * @param {import('./cases.mjs').Options} options
 */
async function cases(browser, url, options) {
  /** @type {import('./passes.mjs').Row[]} */
  const rows = []
  /** @type {import('./layers.mjs').Layers[]} */
  const layers = []
  /** @type {Map<string, number>} */
  const speeds = new Map()
  for (const [index, what] of options.cases.entries()) {
    printCase(what)
    // A page of its own: what an engine leaves behind goes with it.
    const page = await freshPage(browser, url)
    const mine = await passes(page, what, options, options.share_ms(index), speeds)
    await page.close()
    rows.push(...mine)
    printPasses(mine)
    await write('latest.json', rows)
    if (!options.layers) continue
    const quiet = await freshPage(browser, url)
    const found = await layersOf(quiet, what, options)
    await quiet.close()
    layers.push(found)
    printLayers(found)
    await write('layers.json', layers)
  }
  printGoals(rows, layers, options.threads)
}

async function main() {
  const options = readOptions(process.argv.slice(2))
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fcn-lab-bench-'))
  /** @type {(() => Promise<unknown>)[]} */
  const cleanups = []
  // On exit, not in `finally`: so that Ctrl+C leaves nothing behind either.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    await assemble(folder, options)
    const server = await startServer({ root: folder, isolated: options.threads })
    cleanups.unshift(() => server.close())
    const browser = await launch(options.hardware)
    cleanups.unshift(() => browser.close())
    const [site, bench] = [`${server.url}dist/`, `${server.url}bench/page/index.html`]

    if (options.figureOnly) {
      console.log(`Chromium ${browser.version()}; ${os.cpus().length} cores`)
      return printFigure(await figure(browser, site))
    }
    if (options.liveOnly) return printLive(await live(bench, options.hardware))
    const page = await freshPage(browser, bench)
    const adapter = await page.evaluate(async () => {
      const found = await navigator.gpu?.requestAdapter()
      return found ? `${found.info.vendor} ${found.info.architecture}` : 'none'
    })
    await page.close()
    console.log(`Chromium ${browser.version()}, WebGPU adapter: ${adapter}; ${os.cpus().length} cores${options.threads
      ? '; the CPU engines take all of them, four at most' : ''}`)
    await cases(browser, bench, options)
    if (options.visits) {
      printVisit(await visit(browser, site, path.join(folder, 'dist')), path.join(folder, 'dist'), options.quick)
      printFigure(await figure(browser, site))
      printLive(await live(bench, options.hardware))
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
