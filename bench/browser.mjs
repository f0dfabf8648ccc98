/** The browser that everything here is measured in. */
import { existsSync, readFileSync } from 'node:fs'

/**
 * The tests' browser arguments, less the software adapter where the real one is asked for.
 * @param {boolean} hardware
 * @returns {{executablePath: string, args: string[]}} for Playwright's `launch`
 */
export function launchOptions(hardware) {
  const executablePath = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(file =>
    existsSync(file))
  if (!executablePath) throw new Error('no Chromium found; set CHROMIUM to its path')
  /** @type {{'goog:chromeOptions': {args: string[]}}} */
  const webdriver = JSON.parse(readFileSync(new URL('../webdriver.json', import.meta.url), 'utf8'))
  const args = webdriver['goog:chromeOptions'].args
    .filter(arg => !arg.startsWith('--headless') && !(hardware && arg.startsWith('--use-webgpu-adapter')))
  // So that memory is counted without what only waits to be collected.
  args.push('--js-flags=--expose-gc')
  return { executablePath, args }
}
