/**
 * Runs the tests, suite by suite: each sets up only what it needs, and one that cannot even be built
 * counts as failed, while the others still run. The last line is `N passed, N failed`.
 *
 *     node tools/test.mjs [suite..] | all
 */
import { spawn, spawnSync } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  Failure, TARGET, TOOLS, WASM_TARGET, at, buildDist, buildVendor, isMain, main, run, say, setUp,
} from './build.mjs'

const { env } = process
const LOGS = path.join(TARGET, 'test-logs')
/** Without what setup.sh puts in front: rustfmt and clippy come with a compiler of their own. */
const OWN_PATH = (env['PATH'] ?? '').split(':').filter(folder => folder !== `${TOOLS}/rust/bin`).join(':')
const TSC = 'www/node_modules/.bin/tsc'

/** @typedef {{status: number, output: string}} Run */
/** @typedef {{passed: number, failed: number}} Counts */

/**
 * Runs a command, shows its output, and keeps it in a log.
 * @param {string} name of the log
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [changes] of the environment; undefined takes a variable away
 * @returns {Promise<Run>}
 */
function logged(name, command, args, changes = {}) {
  return new Promise((resolve, reject) => {
    const log = createWriteStream(path.join(LOGS, `${name}.log`))
    const child = spawn(command, args, {
      cwd: at('.'), env: { ...env, ...changes }, stdio: ['inherit', 'pipe', 'pipe'],
    })
    /** @type {Buffer[]} */
    const output = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        process.stdout.write(chunk)
        log.write(chunk)
        output.push(chunk)
      })
    }
    child.on('error', reject)
    child.on('close', status => {
      log.end()
      resolve({ status: status ?? 1, output: Buffer.concat(output).toString() })
    })
  })
}

/** Adds up the numbers that the pattern's group finds. @param {string} text @param {RegExp} pattern */
function sumOf(text, pattern) {
  return [...text.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number), 0)
}

/** cargo's own summary; a test that was left out is a failed one. @param {Run} run @returns {Run & Counts} */
function ofCargo({ status, output }) {
  const count = (/** @type {string} */ what) => sumOf(output, new RegExp(`^test result:.* (\\d+) ${what}`, 'gm'))
  return { status, output, passed: count('passed'), failed: count('failed') + count('ignored') }
}

/**
 * One test, passed or failed.
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [changes]
 */
async function check(name, command, args, changes) {
  const { status } = await logged(name, command, args, changes)
  record(name, { status, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 })
}

/** Node's own test runner. @param {string} name @param {string[]} files */
async function inNode(name, files) {
  const tap = path.join(LOGS, `${name}.tap`)
  const { status } = await logged(name, process.execPath, ['--test',
    '--test-reporter=spec', '--test-reporter-destination=stdout',
    '--test-reporter=tap', `--test-reporter-destination=${tap}`, ...files])
  const told = readFileSync(tap, 'utf8')
  const failed = sumOf(told, /^# (?:fail|cancelled|skipped) (\d+)/gm)
  record(name, { status, passed: sumOf(told, /^# pass (\d+)/gm), failed })
}

/** The built site in another browser; Chromium says what its masks are. @param {'firefox' | 'webkit'} name */
async function inBrowser(name) {
  setUp('chromium', name)
  await buildDist()
  await inNode(name, [`tests/browsers/${name}.test.js`])
}

/** Whether the person has this part of cargo. @param {string} part */
function hasCargo(part) {
  return spawnSync('cargo', [part, '--version'], { env: { ...env, PATH: OWN_PATH }, stdio: 'ignore' }).status === 0
}

/**
 * The suites, in their order. `byName`: only when it is named, or in `all`.
 * @type {Record<string, {byName?: boolean, run: () => Promise<void>}>}
 */
const SUITES = {
  format: { run: async () => {
    if (hasCargo('fmt')) await check('format', 'cargo', ['fmt', '--check'], { PATH: OWN_PATH })
    else say('format: left out, there is no rustfmt here')
  } },
  // With the compiler that clippy came with, and so in a folder of its own.
  clippy: { run: async () => {
    const args = ['--locked', '--all-targets', '--no-default-features', '--target-dir', path.join(TARGET, 'clippy')]
    if (!hasCargo('clippy')) return say('clippy: left out, it is not installed')
    const own = { PATH: OWN_PATH, RUSTC: undefined }
    await check('clippy', 'cargo', ['clippy', ...args], own)
    // Links to what is private, or isn't there.
    const docs = ['--locked', '--no-deps', '--no-default-features', '--target-dir', path.join(TARGET, 'clippy')]
    await check('docs', 'cargo', ['doc', ...docs], { ...own, RUSTDOC: undefined, RUSTDOCFLAGS: '-D warnings' })
  } },
  // The types of www/pkg, and those that users get, are generated.
  types: { run: async () => {
    await buildDist()
    await check('types-browser', TSC, ['-p', 'www'])
    await check('types-node', TSC, ['-p', 'tests'])
    await check('types-offline', TSC, ['-p', 'tools'])
    await check('types-users', TSC, ['-p', 'tests/types'])
  } },
  js: { run: async () => {
    await buildVendor()
    const files = readdirSync(at('tests/js')).filter(name => name.endsWith('.test.js'))
    await inNode('js', files.map(name => `tests/js/${name}`))
  } },
  // On the CPU back end: compiling wgpu natively would add minutes and test nothing that the browser does not test.
  rust: { run: async () => {
    setUp('rust')
    const args = ['test', '--locked', '--release', '--no-default-features', '--no-fail-fast']
    record('rust', ofCargo(await logged('rust', 'cargo', args)))
  } },
  // In Chromium, on WebGPU; the examples in the docs run natively. It must not pass for having found no adapter.
  wasm: { run: async () => {
    setUp('rust', 'wasm-bindgen', 'wasm-pack', 'chromium', 'chromedriver')
    writeWebdriver()
    // The switch for measuring is in no other build: without this nobody would notice that it broke. As a library,
    // which leaves the site's wasm alone.
    await check('burn-kernels', 'cargo', ['rustc', '--locked', '--release', '--target', WASM_TARGET,
      '--features', 'burn-kernels', '--lib', '--crate-type', 'rlib'])
    const ran = await logged('wasm', 'wasm-pack', ['test', '--headless', '--chrome',
      '--chromedriver', env['CHROMEDRIVER'] ?? '', '--mode', 'no-install', '--release', '--lib', '--test', '*'], {
      WASM_BINDGEN_TEST_WEBDRIVER_JSON: path.join(TARGET, 'webdriver.json'),
      WASM_BINDGEN_TEST_TIMEOUT: env['WASM_BINDGEN_TEST_TIMEOUT'] || '900',
    })
    record('wasm', ofCargo(ran))
  } },
  browser: { run: async () => {
    setUp('chromium', 'hosts', 'consumers')
    await buildDist()
    // The masks on the page are compared with this program's.
    run('cargo', ['build', '--locked', '--release', '--no-default-features', '--example', 'segment_rgba'])
    const report = path.join(LOGS, 'browser.json')
    rmSync(report, { force: true })
    const { status } = await logged('browser', 'www/node_modules/.bin/playwright', ['test', '-c', 'tests/browser'],
      { FCN_LAB_REPORT: report })
    const { stats } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { stats: {} }
    const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = stats
    record('browser', { status, passed: expected, failed: unexpected + flaky + skipped })
  } },
  firefox: { run: () => inBrowser('firefox') },
  webkit: { byName: true, run: () => inBrowser('webkit') },
  // The reference net at full width, in bounded time and memory.
  full: { byName: true, run: async () => {
    setUp('chromium')
    await buildDist()
    await check('full', process.execPath, ['bench/full-width.mjs'])
  } },
}

const total = { passed: 0, failed: 0 }
/** @type {string[]} */
const failedSuites = []

/**
 * A suite that ended badly without naming a failed test, or that ran no test at all, counts as one failure.
 * @param {string} suite
 * @param {Counts & {status: number}} found
 */
function record(suite, { status, passed, failed }) {
  const counted = failed === 0 && (status !== 0 || passed === 0) ? 1 : failed
  total.passed += passed
  total.failed += counted
  if (counted > 0) failedSuites.push(suite)
  say(`${suite}: ${passed} passed, ${counted} failed`)
}

/** webdriver.json with the browser that was found: chromedriver looks in few places by itself. */
function writeWebdriver() {
  const capabilities = JSON.parse(readFileSync(at('webdriver.json'), 'utf8'))
  capabilities['goog:chromeOptions'].binary = env['CHROMIUM']
  writeFileSync(path.join(TARGET, 'webdriver.json'), JSON.stringify(capabilities, null, 2))
}

/** @param {string[]} wanted */
async function test(wanted) {
  const names = Object.keys(SUITES)
  const usual = names.filter(name => !SUITES[name]?.byName)
  const chosen = wanted.join(' ') === 'all' ? names : wanted.length > 0 ? wanted : usual
  const unknown = chosen.find(name => !names.includes(name))
  if (unknown !== undefined) {
    console.error(`FCN Lab: there is no suite called ${unknown}; there are: ${names.join(' ')}, and all`)
    process.exitCode = 2
    return
  }
  mkdirSync(LOGS, { recursive: true })
  for (const name of chosen) {
    say(`--- ${name} ---`)
    try {
      await SUITES[name]?.run()
    } catch (error) {
      console.error(error instanceof Failure ? error.message : error)
      record(name, { status: 1, passed: 0, failed: 1 })
    }
  }
  if (failedSuites.length > 0) say(`failed: ${failedSuites.join(' ')}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  if (total.failed > 0) process.exitCode = 1
}

if (isMain(import.meta.url)) await main(() => test(process.argv.slice(2)))
