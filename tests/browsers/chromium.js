/** Chromium, asked as the other browsers are, for what they are compared with. */
import { chromium } from '@playwright/test'
import { LIMIT } from './webdriver.js'

/** @returns {Promise<Pick<import('./webdriver.js').Browser, 'goto' | 'run' | 'close'>>} */
export async function openChromium() {
  const executablePath = process.env['CHROMIUM']
  const browser = await chromium.launch({ ...executablePath ? { executablePath } : {}, timeout: LIMIT })
  const page = await browser.newPage()
  page.setDefaultTimeout(LIMIT)
  return {
    goto: async url => void await page.goto(url),
    run: async (work, ...args) => /** @type {any} */ (await page.evaluate(`(${work})(...${JSON.stringify(args)})`)),
    close: () => browser.close(),
  }
}
