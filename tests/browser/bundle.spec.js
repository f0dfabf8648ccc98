/** The elements of the built site on another site's page: few files, and one engine for all. */
import { createServer } from 'node:http'
import { expect, test } from '@playwright/test'

test('two elements on a page of another origin are few files, share an engine, and work', async ({ page, baseURL }) => {
  const site = String(baseURL)
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title>
    <script type="module" src="${site}elements/fcn-segment.js"></script>
    <script type="module" src="${site}elements/fcn-heatmap.js"></script>
    <fcn-segment lang="en" backend="cpu"></fcn-segment><fcn-heatmap lang="en" backend="cpu"></fcn-heatmap>`
  const blog = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html)
  })
  await new Promise(resolve => blog.listen(0, '127.0.0.1', () => resolve(undefined)))
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (blog.address())
    /** @type {string[]} */
    const scripts = []
    page.on('request', request => {
      const isOurs = request.url().startsWith(site) && request.resourceType() === 'script'
      if (isOurs) scripts.push(request.url().slice(site.length))
    })
    await page.goto(`http://127.0.0.1:${port}/`)
    const found = await page.evaluate(async () => {
      await Promise.all(['fcn-segment', 'fcn-heatmap'].map(name => customElements.whenDefined(name)))
      const { width, height } = await /** @type {import('../../www/elements/fcn-segment.js').FcnSegment} */ (
        document.querySelector('fcn-segment')).segment(new ImageData(40, 30))
      return { width, height }
    })
    expect(found).toEqual({ width: 40, height: 30 })
    // Where the source itself is served (FCN_LAB_ROOT=www), every file is one. Each further element, and each panel that
    // comes when it is wanted, splits what several share.
    if ((process.env['FCN_LAB_ROOT'] ?? 'dist') === 'dist') expect(scripts.length).toBeLessThanOrEqual(48)
    expect(scripts.filter(file => file === 'engine/engine.js')).toHaveLength(1)
  } finally {
    blog.close()
  }
})
