/**
 * Browser tests: one headless Chromium on the built site, with WebGPU on the software
 * adapter, so that they run alike on machines with and without a GPU.
 *
 * Environment: CHROMIUM (the browser; set by build.sh), FCN_LAB_ROOT (folder to serve, from the
 * repository's root; default dist), FCN_LAB_TEST_PORT (default 4173).
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const port = process.env['FCN_LAB_TEST_PORT'] ?? '4173'

/**
 * wasm-pack's tests and these use one list of browser arguments, kept in webdriver.json.
 * Playwright chooses headless mode and sandbox by itself.
 * @type {{'goog:chromeOptions': {args: string[], binary?: string}}}
 */
const webdriver = JSON.parse(readFileSync(path.join(REPOSITORY, 'webdriver.json'), 'utf8'))
const args = webdriver['goog:chromeOptions'].args.filter(arg => !/^--(headless|no-sandbox)/.test(arg))

const executablePath = process.env['CHROMIUM']
  ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(file => existsSync(file))

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.js',
  outputDir: path.join(REPOSITORY, 'test-results'),
  // Most tests wait more than they compute: two at a time take little more than half the time on two cores, and nothing
  // depends on how fast a machine is. The tests of one file run one after the other.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  // Only what hangs fails by these, not what takes long on a busy machine.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  reporter: [['list'], ...(process.env['FCN_LAB_REPORT']
    ? [/** @type {['json', {outputFile: string}]} */ (['json', { outputFile: process.env['FCN_LAB_REPORT'] }])]
    : [])],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    screenshot: 'only-on-failure',
    // Only offline.spec.js is about it: each test's fresh browser would store the whole site.
    serviceWorkers: 'block',
    launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) },
  },
  webServer: {
    command: 'node tests/browser/site.js',
    cwd: REPOSITORY,
    env: { PORT: port, HOST: '127.0.0.1' },
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    timeout: 120_000,
  },
})
