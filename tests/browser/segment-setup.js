/**
 * A page with nothing but `<fcn-segment>` on it, under the site's policy, and photos to give it.
 */
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { deflateSync } from 'node:zlib'
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.mjs'
import { crc32 } from '../../www/lib/png.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

/**
 * @param {Page} page
 * @param {string} [body] markup; default one element on the CPU, in English
 */
export async function openSegment(page, body = '<fcn-segment lang="en" backend="cpu"></fcn-segment>') {
  await page.route('**/segment-page.html', route => route.fulfill({
    contentType: 'text/html',
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
    body: `<!doctype html><html lang="en"><title>segment</title><link rel="icon" href="styles/icon.svg">
      <script type="module" src="elements/fcn-segment.js"></script><main>${body}</main>`,
  }))
  await page.goto('segment-page.html')
}

/**
 * A PNG made on the spot: sky above, grass below, as the net knows them.
 * @param {number} width
 * @param {number} height
 * @returns {Buffer}
 */
export function scenePng(width, height) {
  const raw = Buffer.alloc(height * (width * 3 + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grain = (x * 7919 + y * 104729) % 23
      raw.set(y < height / 2 ? [120 + y % 40, 170, 230] : [70 + grain, 130 + grain, 45],
        y * (width * 3 + 1) + 1 + x * 3)
    }
  }
  return png(width, height, 8, 2, raw)
}

/**
 * A one-bit PNG, all black: a file of kilobytes, whatever its size in pixels.
 * @param {number} width
 * @param {number} height
 * @returns {Buffer}
 */
export function blackPng(width, height) {
  return png(width, height, 1, 0, Buffer.alloc(height * (Math.ceil(width / 8) + 1)))
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} bits a sample
 * @param {number} type 0 grey, 2 RGB
 * @param {Buffer} raw rows, each led by its filter byte
 * @returns {Buffer} a PNG file
 */
export function png(width, height, bits, type, raw) {
  /** @param {string} name @param {Buffer} data */
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const out = Buffer.alloc(8 + body.length)
    out.writeUInt32BE(data.length)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), 4 + body.length)
    return out
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([bits, type, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))])
}

/** @param {string} name @param {number} [width] @param {number} [height] */
export function photo(name, width = 160, height = 120) {
  return { name, mimeType: 'image/png', buffer: scenePng(width, height) }
}

/**
 * Waits for a mask and says what it is.
 * @param {Page} page
 * @param {{width: number, height: number}} size of the photo that is awaited
 */
export async function maskOf(page, size) {
  await page.waitForFunction(({ width, height }) => {
    const { result, shadowRoot } = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    return !shadowRoot?.querySelector('.progress') && result?.width === width && result.height === height
  }, size)
  return await page.evaluate(() => {
    const { result } = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    if (!result) throw new Error('no result')
    return { width: result.width, height: result.height, variant: result.variant, backend: result.backend,
      labels: Array.from(result.labels), classes: result.classes }
  })
}

/**
 * Gives the element files as if they were dropped or pasted.
 * @param {Page} page
 * @param {'drop' | 'paste'} how
 * @param {{name: string, mimeType: string, buffer: Buffer}} file
 * @param {string} [target] selector
 */
export async function hand(page, how, file, target = 'fcn-segment') {
  await page.evaluate(({ how, name, type, bytes, target }) => {
    const data = new DataTransfer()
    data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name, { type }))
    const element = document.querySelector(target)
    element?.dispatchEvent(how === 'drop'
      ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true, composed: true })
      : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true, composed: true }))
  }, { how, name: file.name, type: file.mimeType, bytes: file.buffer.toString('base64'), target })
}

/**
 * Counts the bitmaps that page and workers ask the browser for; before the page is opened.
 * @param {Page} page
 * @returns {Promise<() => Promise<number>>} the number so far
 */
export async function countBitmaps(page) {
  const script = `{
    const channel = new BroadcastChannel('bitmaps')
    const real = self.createImageBitmap
    self.createImageBitmap = (...args) => {
      channel.postMessage(0)
      return real.call(self, ...args)
    }
  }\n`
  await page.route(/\/(image-worker|engine\/worker\/worker)\.js$/, async route => {
    const response = await route.fetch()
    await route.fulfill({ response, body: script + await response.text() })
  })
  await page.addInitScript(`${script}
    window.bitmaps = 0
    new BroadcastChannel('bitmaps').onmessage = () => { window.bitmaps++ }`)
  return async () =>
    await page.evaluate(() => /** @type {{bitmaps: number}} */ (/** @type {unknown} */ (window)).bitmaps)
}

/**
 * Serves models/other/model.json: the everyday model, in which the sky is called heaven.
 * @param {Page} page
 */
export async function serveOtherModel(page) {
  await page.route('**/other/model.json', async route => {
    const response = await route.fetch({ url: route.request().url().replace('other', 'everyday') })
    const manifest = await response.json()
    manifest.classes[9].names.en = 'heaven'
    manifest.files[0].path = '../everyday/weights.safetensors'
    manifest.title.en = 'Other'
    await route.fulfill({ json: manifest })
  })
}
