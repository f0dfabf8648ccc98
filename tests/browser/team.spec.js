/** Several threads on the CPU, on a page whose workers may share memory; and what happens where they fail. */
import { createServer } from 'node:http'
import { expect } from '@playwright/test'
import { ISOLATION } from '../../tools/serve.mjs'
import { openLab } from './engine-setup.js'
import { test } from './site.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('./engine-setup.js').Lab} Lab */

/**
 * Masks of all heads, once `threads` are there, of two sizes, and of two photos of one.
 * @param {Lab} lab
 * @param {Page} page
 * @param {number} least threads to wait for
 */
async function masks(page, lab, least) {
  return await page.evaluate(async ([lab, least]) => {
    const engine = await lab.ready('cpu')
    const photo = await lab.scene({ width: 400, height: 300 })
    // They come when they have the net, however long that takes here.
    while (least > 1 && (await engine.segment(photo, { size: 64 })).threads < least);
    const other = await lab.scene({ width: 400, height: 300, holes: 'white' })
    const results = [...await engine.segmentAll(photo), ...await engine.segmentAll(photo, { size: 200, scores: true }),
      ...await engine.segmentAll(other)]
    const hashes = await Promise.all(results.map(({ labels }) => lab.sha256(labels)))
    const scores = await Promise.all(results.map(async ({ scores }) =>
      scores ? await lab.sha256(new Uint8Array(scores.data.slice().buffer)) : ''))
    engine.dispose()
    return { isolated: crossOriginIsolated, threads: results.map(result => result.threads), hashes, scores }
  }, /** @type {const} */ ([lab, least]))
}

test('masks and scores are the same to the last bit, however many threads compute them',
  async ({ page, context, site }) => {
  const alone = await masks(page, await openLab(page), 1)
  expect(alone).toMatchObject({ isolated: false, threads: Array(9).fill(1) })
  const other = await context.newPage()
  const together = await masks(other, await openLab(other, await site.start({ isolated: true })), 2)
  const cores = await other.evaluate(() => navigator.hardwareConcurrency)
  expect(cores, 'this test wants two cores').toBeGreaterThan(1)
  expect(together).toMatchObject({ isolated: true, threads: Array(9).fill(Math.min(cores, 4)) })
  expect(together.hashes).toEqual(alone.hashes)
  expect(together.scores).toEqual(alone.scores)
})

// A pass for a mask alone computes VGG's blocks together; one that keeps the maps must not, in any thread.
for (const model of ['everyday',
  'everyday-slim']) test(`${model}: a photo is opened by all threads, to the same maps and scores to the last bit`,
    async ({ page, context, site }) => {
  /** @param {Page} page @param {Lab} lab @param {number} least threads to wait for */
  const opened = async (page, lab, least) => await page.evaluate(async ([lab, model, least]) => {
    const engine = await lab.ready('cpu')
    const net = await engine.load(`models/${model}/model.json`)
    const photo = await lab.scene({ width: 300, height: 220 })
    while (least > 1 && (await engine.segment(photo, { size: 64 })).threads < least);
    const { threads, stages } = await net.inspect(photo)
    const hashes = []
    for (const { name } of stages.slice(1)) {
      const { data } = await net.values(photo, { stage: name })
      hashes.push(`${name} ${await lab.sha256(new Uint8Array(data.slice().buffer))}`)
    }
    const { score } = await net.autopsy(photo, { x: 40, y: 50, classId: 2 })
    const timed = stages.slice(1).every(({ ms }) => ms !== null && ms >= 0)
    engine.dispose()
    return { threads, hashes, score, timed }
  }, /** @type {const} */ ([lab, model, least]))
  const alone = await opened(page, await openLab(page), 1)
  expect(alone).toMatchObject({ threads: 1, timed: true })
  const other = await context.newPage()
  const together = await opened(other, await openLab(other, await site.start({ isolated: true })), 2)
  expect(together.threads).toBeGreaterThan(1)
  expect(together).toEqual({ ...alone, threads: together.threads })
})

test('a page that is not isolated fetches and starts no helper', async ({ page, site }) => {
  expect((await masks(page, await openLab(page, await site.start()), 1)).threads).toEqual(Array(9).fill(1))
  expect(site.count('helper.js')).toBe(0)
  expect(site.count('worker.js')).toBe(1)
})

test('a stop is heard, and the next photo is computed together again', async ({ page, site }) => {
  const lab = await openLab(page, await site.start({ isolated: true }))
  const found = await page.evaluate(async lab => {
    const engine = await lab.ready('cpu')
    const photo = await lab.scene({ width: 400, height: 300 })
    while ((await engine.segment(photo, { size: 64 })).threads === 1);
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

test('another model is computed together, too', async ({ page, site }) => {
  const lab = await openLab(page, await site.start({ isolated: true }))
  const found = await page.evaluate(async lab => {
    const engine = await lab.ready('cpu')
    const photo = await lab.scene({ width: 400, height: 300 })
    const results = []
    for (const model of ['everyday', 'everyday-lite0', 'everyday-slim', 'everyday-vgg', 'recycling']) {
      await engine.load(`models/${model}/model.json`)
      let result = await engine.segment(photo)
      const alone = await lab.sha256(result.labels)
      while (result.threads === 1) result = await engine.segment(photo)
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
const SAY = "const say = new XMLHttpRequest(); say.open('GET', '/gone-wrong', false); say.send();"
for (const { what, at, wrong } of [
  { what: 'ends in the middle of a pass', at: 'exchange.mayGoOn(index), everyMap)',
    wrong: `{ if (index === 6) { ${SAY} throw new Error('gone') } return exchange.mayGoOn(index) }, everyMap)` },
  { what: 'never answers in the middle of a pass', at: 'exchange.mayGoOn(index), everyMap)',
    wrong: `{ if (index === 6) { ${SAY} for (;;); } return exchange.mayGoOn(index) }, everyMap)` },
  { what: 'does not take the pass', at: "if (data.type === 'pass') return await pass(data)",
    wrong: `if (data.type === 'pass') { ${SAY} return }` },
]) {
  test(`a helper that ${what} is done without, and the mask is right`, async ({ page, context, site }) => {
    const alone = await masks(page, await openLab(page), 1)
    const other = await context.newPage()
    await site.start({ isolated: true, written: true })
    site.answer('gone-wrong', 200)
    site.rewrite('helper.js', text => text.replace(at, wrong))
    // Long enough for a sound helper, short enough to wait for one that isn't.
    site.rewrite('exchange.js', text => text.replace('const TIMEOUT = 20_000', 'const TIMEOUT = 8_000'))
    const lab = await openLab(other, site)
    expect(await masks(other, lab, 1)).toMatchObject({ isolated: true, hashes: alone.hashes, scores: alone.scores })
    /** Passes of another engine. @type {{threads: number, hash: string}[]} */
    const passes = []
    const engine = await other.evaluateHandle(async lab => await lab.ready('cpu'), lab)
    const pass = async () => void passes.push(await other.evaluate(async ([lab, engine]) => {
      const { threads, labels } = await engine.segment(await lab.scene({ width: 400, height: 300 }), { size: 200 })
      return { threads, hash: await lab.sha256(labels) }
    }, /** @type {const} */ ([lab, engine])))
    const before = site.count('gone-wrong')
    // Alone, until its helpers are there; one goes wrong in the first pass that they take part in.
    for (let i = 0; site.count('gone-wrong') === before; i++) {
      expect(i, 'passes without helpers').toBeLessThan(1000)
      await pass()
    }
    for (let i = 0; i < 3; i++) await pass()
    await engine.evaluate(engine => engine.dispose())
    for (const found of passes) expect(found).toEqual({ threads: 1, hash: alone.hashes[5] })
  })
}

test('helpers that cannot be loaded are done without', async ({ page, context, site }) => {
  const alone = await masks(page, await openLab(page), 1)
  const other = await context.newPage()
  const lab = await openLab(other, await site.start({ isolated: true }))
  site.answer('helper.js', 404)
  const together = await masks(other, lab, 1)
  expect(together).toMatchObject({ isolated: true, threads: Array(9).fill(1), hashes: alone.hashes })
  expect(site.count('helper.js')).toBeGreaterThan(0)
})

test('helpers end with their engine', async ({ page, site }) => {
  await site.start({ isolated: true, written: true })
  // A connection that the server leaves open ends with whoever opened it.
  const alive = site.hold('alive')
  site.rewrite('helper.js', text => `fetch('/alive')\n${text}`)
  const lab = await openLab(page, site)
  const engine = await page.evaluateHandle(async lab => await lab.ready('cpu'), lab)
  const helpers = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 4) - 1)
  expect(helpers, 'this test wants two cores').toBeGreaterThan(0)
  await expect.poll(alive, { message: 'the helpers are there' }).toBe(helpers)
  await engine.evaluate(engine => engine.dispose())
  await expect.poll(alive).toBe(0)
})

test('embedded in another site that is isolated the engine works, on one thread', async ({ page, baseURL }) => {
  const otherSite = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html',
      ...ISOLATION }).end('<!doctype html><html lang="en"><title>elsewhere</title>')
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
      return { isolated: crossOriginIsolated, threads: passes.map(({ threads }) => threads),
        pixels: passes.map(({ labels }) => labels.length) }
    }, baseURL ?? '')
    expect(found).toEqual({ isolated: true, threads: Array(4).fill(1), pixels: Array(4).fill(400 * 300) })
  } finally {
    otherSite.close()
  }
})
