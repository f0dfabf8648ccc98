/** Several threads on the CPU, on a page whose workers may share memory; and what happens where they fail. */
import { createServer } from 'node:http'
import { expect, test } from '@playwright/test'
import { ISOLATION } from '../../www/serve.mjs'
import { openLab } from './engine-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('./engine-setup.js').Lab} Lab */

/**
 * Changes what a file of the engine's says.
 * @param {Page} page
 * @param {string} file
 * @param {(text: string) => string} change
 */
async function rewrite(page, file, change) {
  await page.route(`**/engine/${file}`, async route => {
    const response = await route.fetch()
    const text = await response.text()
    const changed = change(text)
    expect(changed, 'there is nothing to change any more').not.toBe(text)
    const headers = { ...response.headers(), 'Cross-Origin-Embedder-Policy': 'require-corp' }
    await route.fulfill({ response, body: changed, headers })
  })
}

/**
 * Masks of all heads, once `threads` are there, of two photos and sizes.
 * @param {Lab} lab
 * @param {Page} page
 * @param {number} least threads to wait for
 */
async function masks(page, lab, least) {
  return await page.evaluate(async ([lab, least]) => {
    const engine = await lab.ready('cpu')
    const photo = await lab.scene({ width: 400, height: 300 })
    for (const end = performance.now() + 20_000; least > 1 && performance.now() < end;) {
      if ((await engine.segment(photo, { size: 64 })).threads >= least) break
    }
    const results = [...await engine.segmentAll(photo), ...await engine.segmentAll(photo, { size: 200, scores: true })]
    const hashes = await Promise.all(results.map(({ labels }) => lab.sha256(labels)))
    const scores = await Promise.all(results.map(async ({ scores }) => scores ? await lab.sha256(new Uint8Array(scores.data.slice().buffer)) : ''))
    engine.dispose()
    return { isolated: crossOriginIsolated, threads: results.map(result => result.threads), hashes, scores }
  }, /** @type {const} */ ([lab, least]))
}

test('masks and scores are the same to the last bit, however many threads compute them', async ({ page, context }) => {
  const alone = await masks(page, await openLab(page), 1)
  expect(alone).toMatchObject({ isolated: false, threads: Array(6).fill(1) })
  const other = await context.newPage()
  const together = await masks(other, await openLab(other, { isolated: true }), 2)
  const cores = await other.evaluate(() => navigator.hardwareConcurrency)
  expect(cores, 'this test wants two cores').toBeGreaterThan(1)
  expect(together).toMatchObject({ isolated: true, threads: Array(6).fill(Math.min(cores, 4)) })
  expect(together.hashes).toEqual(alone.hashes)
  expect(together.scores).toEqual(alone.scores)
})

test('a page that is not isolated fetches and starts no helper', async ({ page }) => {
  /** @type {string[]} */
  const asked = []
  page.on('request', request => asked.push(request.url()))
  expect((await masks(page, await openLab(page), 1)).threads).toEqual(Array(6).fill(1))
  expect(asked.filter(url => url.includes('helper.js'))).toEqual([])
  expect(asked.filter(url => url.includes('worker.js'))).toHaveLength(1)
})

test('a stop is heard, and the next photo is computed together again', async ({ page }) => {
  const lab = await openLab(page, { isolated: true })
  const found = await page.evaluate(async lab => {
    const engine = await lab.ready('cpu')
    const photo = await lab.scene({ width: 400, height: 300 })
    for (const end = performance.now() + 20_000; performance.now() < end;) {
      if ((await engine.segment(photo, { size: 64 })).threads > 1) break
    }
    const before = await lab.sha256((await engine.segment(photo)).labels)
    const stages = []
    for (const last of [1, 5, 9]) {
      const stop = new AbortController()
      const failure = await lab.failure(engine.segment(photo, {
        signal: stop.signal,
        onProgress: ({ phase, index }) => {
          if (phase === 'run' && index === last) stop.abort()
        },
      }))
      stages.push(stop.signal.aborted && failure !== null)
    }
    const after = await engine.segment(photo)
    const hash = await lab.sha256(after.labels)
    engine.dispose()
    return { stages, same: hash === before, threads: after.threads }
  }, lab)
  expect(found.same).toBe(true)
  expect(found.threads).toBeGreaterThan(1)
  expect(found.stages).toEqual([true, true, true])
})

test('another model is computed together, too', async ({ page }) => {
  const lab = await openLab(page, { isolated: true })
  const found = await page.evaluate(async lab => {
    const engine = await lab.ready('cpu')
    const photo = await lab.scene({ width: 400, height: 300 })
    const results = []
    for (const model of ['models/everyday/model.json', 'models/everyday-slim/model.json', 'models/recycling/model.json']) {
      await engine.load(model)
      let result = await engine.segment(photo)
      const alone = await lab.sha256(result.labels)
      for (const end = performance.now() + 20_000; result.threads === 1 && performance.now() < end;) result = await engine.segment(photo)
      results.push({ threads: result.threads, same: alone === await lab.sha256(result.labels) })
    }
    engine.dispose()
    return results
  }, lab)
  for (const { threads, same } of found) {
    expect(threads).toBeGreaterThan(1)
    expect(same).toBe(true)
  }
})

/** What a helper that goes wrong says first, while it still can. */
const SAY = "const say = new XMLHttpRequest(); say.open('GET', 'gone-wrong', false); say.send();"
for (const { what, at, wrong } of [
  { what: 'ends in the middle of a pass', at: 'exchange.mayGoOn(index))', wrong: `{ if (index === 6) { ${SAY} throw new Error('gone') } return exchange.mayGoOn(index) })` },
  { what: 'never answers in the middle of a pass', at: 'exchange.mayGoOn(index))', wrong: `{ if (index === 6) { ${SAY} for (;;); } return exchange.mayGoOn(index) })` },
  { what: 'does not take the pass', at: "if (data.type === 'pass') return await pass(data)", wrong: `if (data.type === 'pass') { ${SAY} return }` },
]) {
  test(`a helper that ${what} is done without, and the mask is right`, async ({ page, context }) => {
    const alone = await masks(page, await openLab(page), 1)
    const other = await context.newPage()
    const lab = openLab(other, { isolated: true })
    let saidSo = 0
    await other.route('**/gone-wrong', route => {
      saidSo++
      return route.fulfill({ body: '', headers: { 'Cross-Origin-Resource-Policy': 'same-origin' } })
    })
    await rewrite(other, 'helper.js', text => text.replace(at, wrong))
    await rewrite(other, 'exchange.js', text => text.replace('const TIMEOUT = 20_000', 'const TIMEOUT = 500'))
    const together = await masks(other, await lab, 1)
    expect(together).toMatchObject({ isolated: true, hashes: alone.hashes, scores: alone.scores })
    const { tries, last } = await other.evaluate(async lab => {
      const engine = await lab.ready('cpu')
      const photo = await lab.scene({ width: 400, height: 300 })
      /** @type {number[]} */
      const threads = []
      /** @type {string[]} */
      const hashes = []
      for (const end = performance.now() + 6000; performance.now() < end;) {
        const result = await engine.segment(photo, { size: 200 })
        threads.push(result.threads)
        hashes.push(await lab.sha256(result.labels))
      }
      engine.dispose()
      return { tries: threads, last: [...new Set(hashes)] }
    }, await lab)
    expect([...new Set(tries)]).toEqual([1])
    expect(saidSo, 'the helper was there').toBeGreaterThan(0)
    expect(last).toEqual([alone.hashes[5]])
  })
}

test('helpers that cannot be loaded are done without', async ({ page, context }) => {
  const alone = await masks(page, await openLab(page), 1)
  const other = await context.newPage()
  const lab = await openLab(other, { isolated: true })
  await other.route('**/engine/worker/team/helper.js', route => route.fulfill({ status: 404, body: '' }))
  const together = await masks(other, lab, 1)
  expect(together).toMatchObject({ isolated: true, threads: Array(6).fill(1), hashes: alone.hashes })
})

test('helpers end with their engine', async ({ page }) => {
  const lab = await openLab(page, { isolated: true })
  let heard = 0
  await page.route('**/alive', route => {
    heard++
    return route.fulfill({ body: '', headers: { 'Cross-Origin-Resource-Policy': 'same-origin' } })
  })
  await rewrite(page, 'helper.js', text => `setInterval(() => fetch('alive').catch(() => {}), 50)\n${text}`)
  await page.evaluate(async lab => {
    const scope = /** @type {typeof globalThis & {engine?: import('../../www/engine/engine.js').Engine}} */ (globalThis)
    scope.engine = await lab.ready('cpu')
  }, lab)
  await expect.poll(() => heard, { message: 'the helpers are there' }).toBeGreaterThan(5)
  await page.evaluate(() => {
    const scope = /** @type {typeof globalThis & {engine?: import('../../www/engine/engine.js').Engine}} */ (globalThis)
    scope.engine?.dispose()
  })
  // What was under way still comes; then they are silent for twenty times as long as before.
  await page.waitForTimeout(1000)
  const last = heard
  await page.waitForTimeout(1000)
  expect(heard).toBe(last)
})

test('embedded in another site that is isolated the engine works, on one thread', async ({ page, baseURL }) => {
  const otherSite = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', ...ISOLATION }).end('<!doctype html><html lang="en"><title>elsewhere</title>')
  })
  await new Promise(resolve => otherSite.listen(0, '127.0.0.1', () => resolve(undefined)))
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (otherSite.address())
    await page.goto(`http://127.0.0.1:${port}/`)
    const found = await page.evaluate(async site => {
      /** @type {typeof import('../../www/engine/engine.js')} */
      const { Engine } = await import(new URL('engine/engine.js', site).href)
      const engine = await Engine.create({ backend: 'cpu' })
      await engine.load(new URL('models/everyday-slim/model.json', site))
      const canvas = new OffscreenCanvas(400, 300)
      canvas.getContext('2d')?.fillRect(0, 0, 200, 300)
      const passes = []
      for (let pass = 0; pass < 4; pass++) passes.push(await engine.segment(canvas))
      engine.dispose()
      return { isolated: crossOriginIsolated, threads: passes.map(({ threads }) => threads), pixels: passes.map(({ labels }) => labels.length) }
    }, baseURL ?? '')
    expect(found).toEqual({ isolated: true, threads: Array(4).fill(1), pixels: Array(4).fill(400 * 300) })
  } finally {
    otherSite.close()
  }
})
