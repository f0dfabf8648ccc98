/**
 * Frames a second over a moving picture: the shipped slim net at 224² on Chromium's fake camera, through `engine.watch`, as
 * the page does it. The camera gives 30 frames a second of 640×480 pixels; what comes while a frame is computed is passed over.
 */
import { chromium } from 'playwright-core'
import { launchOptions } from './browser.mjs'
import { freshPage } from './site.mjs'

/** How long each row is measured, after as many frames as it takes to warm up. */
const MEASURED_MS = 10_000
const WARM_UP = 30

/** Where the project wants two cores to come to on one thread, the video beside it. */
export const GOAL = 15

/**
 * @typedef {object} Live
 * @property {string} backend and what it runs on
 * @property {number} frames masked
 * @property {number} rate masks a second
 * @property {number} delay_ms median, from when a frame was there to its mask
 * @property {number} longest_ms the longest of them
 */

/**
 * @param {string} url of the bench page
 * @param {boolean} hardware
 * @returns {Promise<Live[]>}
 */
export async function live(url, hardware) {
  const options = launchOptions(hardware)
  options.args.push('--use-fake-device-for-media-stream=fps=30', '--use-fake-ui-for-media-stream')
  const browser = await chromium.launch(options)
  try {
    /** @type {Live[]} */
    const rows = []
    for (const backend of ['cpu', 'webgpu']) {
      const page = await freshPage(browser, url)
      // @ts-ignore: `bench` exists in the page
      rows.push(await page.evaluate(wanted => globalThis.bench.live(wanted),
        { backend, measured_ms: MEASURED_MS, warmUp: WARM_UP }))
      await page.close()
    }
    return rows
  } finally {
    await browser.close()
  }
}
