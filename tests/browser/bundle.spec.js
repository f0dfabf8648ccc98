/** The elements of the built site on another site's page: few files, and one engine for all. */
import { createServer } from 'node:http'
import { expect, test } from '@playwright/test'

/** @param {string} html @returns {Promise<{url: string, close: () => void}>} a page of another origin */
async function blogWith(html) {
  const blog = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html)
  })
  await new Promise(resolve => blog.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (blog.address())
  return { url: `http://127.0.0.1:${port}/`, close: () => blog.close() }
}

test('masks on a page of another origin are measured in a worker', async ({ page, baseURL }) => {
  const blog = await blogWith(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>
    <script type="module" src="${baseURL}elements/fcn-measure.js"></script><fcn-measure panel="masks" lang="en"></fcn-measure>`)
  try {
    await page.goto(blog.url)
    const started = page.waitForEvent('worker')
    const accuracy = await page.evaluate(async () => {
      await customElements.whenDefined('fcn-measure')
      const map = (/** @type {number[]} */ labels) => ({ width: 2, height: 2, labels: Uint8Array.from(labels) })
      const view = /** @type {import('../../www/elements/fcn-measure.js').FcnMeasure} */ (document.querySelector('fcn-measure'))
      return (await view.measure({ truth: map([0, 1, 1, 255]), prediction: map([0, 1, 0, 0]) })).pixelAccuracy
    })
    expect((await started).url()).toMatch(/^blob:/)
    expect(accuracy).toBeCloseTo(2 / 3, 12)
    await expect(page.locator('fcn-measure').getByRole('row', { name: /^Pixel accuracy/ })).toContainText('= 2 / 3')
  } finally {
    blog.close()
  }
})

test('two elements on a page of another origin are few files, share an engine, and work', async ({ page, baseURL }) => {
  const site = String(baseURL)
  const blog = await blogWith(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>
    <script type="module" src="${site}elements/fcn-segment.js"></script>
    <script type="module" src="${site}elements/fcn-heatmap.js"></script>
    <fcn-segment lang="en" backend="cpu"></fcn-segment><fcn-heatmap lang="en" backend="cpu"></fcn-heatmap>`)
  try {
    /** @type {string[]} */
    const scripts = []
    page.on('request', request => {
      const isOurs = request.url().startsWith(site) && request.resourceType() === 'script'
      if (isOurs) scripts.push(request.url().slice(site.length))
    })
    await page.goto(blog.url)
    const found = await page.evaluate(async () => {
      await Promise.all(['fcn-segment', 'fcn-heatmap'].map(name => customElements.whenDefined(name)))
      const { width, height } = await /** @type {import('../../www/elements/fcn-segment.js').FcnSegment} */ (
        document.querySelector('fcn-segment')).segment(new ImageData(40, 30))
      return { width, height }
    })
    expect(found).toEqual({ width: 40, height: 30 })
    // Where the source itself is served (FCN_LAB_ROOT=www), every file is one. Each further element, and each panel that
    // comes when it is wanted, splits what several share.
    if ((process.env['FCN_LAB_ROOT'] ?? 'dist') === 'dist') expect(scripts.length).toBeLessThanOrEqual(62)
    expect(scripts.filter(file => file === 'engine/engine.js')).toHaveLength(1)
  } finally {
    blog.close()
  }
})
