/**
 * The largest photo that is taken: 100 megapixels, wider than a canvas tile, in strips all the way.
 */
import { expect, test } from '@playwright/test'
import { openLab } from './engine-setup.js'
import { png } from './segment-setup.js'

const WIDTH = 12_500
const HEIGHT = 8000

/** One bit a pixel: white above a slanting line, black below. */
function largePng() {
  const stride = 1 + Math.ceil(WIDTH / 8)
  const raw = Buffer.alloc(HEIGHT * stride)
  for (let y = 0; y < HEIGHT; y++) {
    const white = Math.max(0, Math.min(WIDTH, WIDTH * 1.5 - y * 2)) >> 3
    raw.fill(255, y * stride + 1, y * stride + 1 + white)
  }
  return png(WIDTH, HEIGHT, 1, 0, raw)
}

test('a photo of 100 megapixels gets a mask of its own size', async ({ page }) => {
  const file = largePng()
  await page.route('**/large.png', route => route.fulfill({ contentType: 'image/png', body: file }))
  const lab = await openLab(page)
  const found = await page.evaluate(async lab => {
    const photo = await (await fetch('large.png')).blob()
    const engine = await lab.ready('cpu')
    const { probe } = await import(new URL('source/lib/probe.js', location.href).href)
    const result = await engine.segment(photo, { scores: true })
    let wrong = 0
    let state = 1
    for (let i = 0; i < 2000; i++) {
      state = (state * 48271) % 2147483647
      const x = state % result.width
      const y = Math.floor(state / 7) % result.height
      if (probe(result, x, y).id !== result.labels[y * result.width + x]) wrong++
    }
    engine.dispose()
    return { width: result.width, height: result.height, labels: result.labels.length, wrong }
  }, lab)
  expect(found).toMatchObject({ width: WIDTH, height: HEIGHT, labels: WIDTH * HEIGHT })
  // Ties apart, each pixel is what its own scores say, in every strip.
  expect(found.wrong).toBeLessThanOrEqual(2)
})
