/**
 * The mask on the page against the native program's: the same photo, the same model, wasm and the
 * GPU here, the host's processor there. build.sh builds the program (examples/segment_rgba.rs).
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'

/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const TARGET = process.env['CARGO_TARGET_DIR'] ?? path.join(REPOSITORY, 'target')
const PROGRAM = path.join(TARGET, 'release/examples/segment_rgba')
/** What the page takes by itself. */
const MODEL = path.join(REPOSITORY, 'www/models/everyday/model.json')

/**
 * A sample as raw pixels, and as a PNG of the very same pixels: a JPEG decoder of another make
 * might differ in the last bit.
 * @param {import('@playwright/test').Page} page
 * @param {number} width pixels; cut out of the photo's middle
 * @param {number} height
 */
async function cutOut(page, width, height) {
  const { rgba, png } = await page.evaluate(async ({ width, height }) => {
    const photo = await createImageBitmap(await (await fetch('samples/pavilion.jpg')).blob())
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (!context) throw new Error('no canvas')
    context.drawImage(photo, (width - photo.width) >> 1, (height - photo.height) >> 1)
    const { data } = context.getImageData(0, 0, width, height)
    const file = await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer()
    return { rgba: [...data], png: [...new Uint8Array(file)] }
  }, { width, height })
  return { rgba: Buffer.from(rgba), png: Buffer.from(png) }
}

for (const [backend, size] of /** @type {const} */ ([['webgpu', [231, 173]], ['cpu', [601, 397]]])) {
  test(`a photo chosen on the page gets the mask that the native program computes, on ${backend}`, async ({ page }) => {
    const [width, height] = size
    await page.goto(`?backend=${backend}&lang=en`)
    const { rgba, png } = await cutOut(page, width, height)
    const folder = await mkdtemp(path.join(tmpdir(), 'fcn-lab-'))
    try {
      await writeFile(path.join(folder, 'in.rgba'), rgba)
      await promisify(execFile)(PROGRAM, [MODEL, path.join(folder, 'in.rgba'), String(width),
        String(height), 'fcn8s', path.join(folder, 'out.labels')])
      const expected = await readFile(path.join(folder, 'out.labels'))
      expect(expected.length).toBe(width * height)
      expect(new Set(expected).size, 'a photo with several classes').toBeGreaterThan(2)

      await page.locator('fcn-segment input[type=file]').first().setInputFiles({ name: 'cut.png',
        mimeType: 'image/png', buffer: png })
      await page.waitForFunction(({ width, height }) => {
        const result = /** @type {FcnSegment | null} */ (document.querySelector('fcn-segment'))?.result
        return result?.width === width && result.height === height
      }, { width, height })
      const got = await page.evaluate(() => {
        const result = /** @type {FcnSegment | null} */ (document.querySelector('fcn-segment'))?.result
        return { labels: [...(result?.labels ?? [])], backend: result?.backend }
      })
      expect(got.backend).toBe(backend)
      const wrong = got.labels.filter((label, i) => label !== expected[i]).length
      // Where two classes tie to the sixth digit, the order of a sum decides.
      expect(wrong / expected.length).toBeLessThan(0.0005)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}
