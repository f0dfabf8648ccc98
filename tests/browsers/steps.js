/**
 * What the built site must do in every browser: one list, for all of them. Chromium, in which all the rest is tested,
 * says what the masks are.
 */
/// <reference path="globals.d.ts" />
import assert from 'node:assert/strict'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as rest } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { decode as decodePng } from '../../www/vendor/fast-png.js'
import { scenePng } from '../browser/segment-setup.js'
import { Site } from '../browser/site.js'
import { openChromium } from './chromium.js'
import { crashOnDemand, refuseStorage, watch } from './watch.js'
import { LIMIT, LOOK_EVERY, until } from './webdriver.js'

/** @typedef {import('./webdriver.js').Browser} Browser */
/** @typedef {Pick<Browser, 'goto' | 'run'>} Asked what Chromium can be asked too */
/** @typedef {{sample: Mask, scene: Mask}} Masks */
/** @typedef {{width: number, height: number, backend: string, labels: Uint8Array, classes: string[]}} Mask */

/** A photo that takes little time. */
const SCENE = scenePng(160, 120)
const CHECKPOINT = fileURLToPath(new URL('../reference/fixtures/checkpoints/tiny-fc3.pth', import.meta.url))
/** Where two classes tie to the sixth digit, the order of a sum decides. Share of the pixels, as in native.spec.js. */
const TIES = 0.0005

/**
 * Waits for the mask of a photo of that width.
 * @param {Asked} browser
 * @param {number} width pixels
 * @param {number} [classes] of the net, if that is what tells it from the mask before
 * @returns {Promise<Mask>}
 */
async function maskOf(browser, width, classes = 0) {
  await until(browser, (width, classes) => {
    const alert = found('[role=alert][data-code]')
    if (alert) throw new Error(alert.textContent ?? '')
    const { result, shadowRoot } = document.querySelector('fcn-segment') ?? {}
    if (!result || shadowRoot?.querySelector('.progress')) return false
    return result.width === width && (classes === 0 || result.classes.length === classes)
  }, width, classes)
  const mask = await browser.run(() => {
    const { result } = document.querySelector('fcn-segment') ?? {}
    if (!result) throw new Error('no result')
    const { width, height, backend, labels, classes } = result
    let bytes = ''
    for (const label of labels) bytes += String.fromCharCode(label)
    return { width, height, backend, labels: btoa(bytes), classes: classes.map(({ name }) => name) }
  })
  return { ...mask, labels: Buffer.from(mask.labels, 'base64') }
}

/** The share of the pixels that differ. @param {Mask} mask @param {Mask} other */
function difference({ labels }, other) {
  assert.equal(labels.length, other.labels.length)
  return labels.filter((label, i) => label !== other.labels[i]).length / labels.length
}

/** The page's own sample, as a visitor sees it first. @param {Asked} browser @param {Site} site */
async function sample(browser, site) {
  await browser.goto(`${site.url}?lang=en&backend=cpu`)
  return await maskOf(browser, 640)
}

/**
 * The figure alone, given {@link SCENE}.
 * @param {Asked} browser
 * @param {Site} site
 * @param {string} [backend]
 */
async function scene(browser, site, backend = 'cpu') {
  await browser.goto(`${site.url}embed.html?element=segment&lang=en&backend=${backend}`)
  await until(browser, () => document.querySelector('fcn-segment')?.segment !== undefined)
  await segmentScene(browser)
  return await maskOf(browser, 160)
}

/** @param {Asked} browser */
async function segmentScene(browser) {
  await browser.run(async bytes => {
    const photo = new File([Uint8Array.from(atob(bytes), one => one.charCodeAt(0))], 'scene.png', { type: 'image/png' })
    await document.querySelector('fcn-segment')?.segment(photo)
  }, SCENE.toString('base64'))
}

/** Whether a worker gets a GPU here, which is where the engine looks for one. @param {Browser} browser */
async function askForAdapter(browser) {
  return await browser.run(async () => {
    const worker = new Worker('ask.js')
    const answer = await new Promise(resolve => { worker.onmessage = ({ data }) => resolve(data) })
    worker.terminate()
    return /** @type {string} */ (answer)
  })
}
const ASK = `Promise.resolve(navigator.gpu?.requestAdapter())
  .then(adapter => adapter ? 'an adapter' : 'no adapter', String).then(answer => postMessage(answer))`

/** A file that it saves, once it is whole. @param {Browser} browser @param {string} name */
async function saved({ downloads }, name) {
  for (const from = Date.now(); Date.now() - from < LIMIT; await rest(LOOK_EVERY)) {
    if (!(await readdir(downloads)).includes(name)) continue
    const bytes = await readFile(path.join(downloads, name))
    if (bytes.subarray(-8).toString('latin1', 0, 4) === 'IEND') return bytes
  }
  throw new Error(`${name} did not come; there is: ${await readdir(downloads)}`)
}

/** Tabs to what has that name. @param {Browser} browser @param {string} wanted how "tag name" begins */
async function tabTo(browser, wanted) {
  let at = ''
  for (let i = 0; i < 120; i++) {
    at = await browser.run(() => {
      let element = document.activeElement
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
      return `${element?.localName} ${element?.getAttribute('aria-label') || element?.textContent}`.replace(/\s+/g, ' ')
    })
    if (at.startsWith(wanted)) return
    await browser.press('Tab')
  }
  throw new Error(`no way to ${wanted}; at ${at}`)
}

/**
 * @typedef {object} Step
 * @property {string} name a behaviour
 * @property {(() => void)[]} [prelude] what page and worker run first, beside watch.js
 * @property {string[]} [faults] what must go wrong
 * @property {(on: {browser: Browser, site: Site, chromium: Masks, say: (text: string) => void}) => Promise<void>} run
 */

/** @type {Step[]} */
const STEPS = [
  {
    name: "the sample's mask is Chromium's to the last bit, on the CPU",
    run: async ({ browser, site, chromium }) => {
      const mask = await sample(browser, site)
      assert.equal(mask.backend, 'cpu')
      assert.ok(new Set(mask.labels).size > 2, 'a photo with several classes')
      assert.equal(difference(mask, chromium.sample), 0)
      assert.deepEqual(mask.classes, chromium.sample.classes)
    },
  },
  {
    name: 'WebGPU computes the same mask, or the page says why there is none and computes on the CPU',
    run: async ({ browser, site, chromium, say }) => {
      await browser.goto(`${site.url}embed.html`)
      const answer = await askForAdapter(browser)
      say(`WebGPU in ${browser.name}: ${answer}`)
      if (answer === 'an adapter') {
        const mask = await scene(browser, site, 'webgpu')
        assert.equal(mask.backend, 'webgpu')
        assert.ok(difference(mask, chromium.scene) < TIES)
      } else {
        const mask = await scene(browser, site, 'auto')
        assert.equal(mask.backend, 'cpu')
        assert.equal(difference(mask, chromium.scene), 0)
        const badge = await until(browser, () => found('.badge', 'Why')?.textContent)
        assert.match(badge, /CPU.*(This browser has no WebGPU|The browser offers no WebGPU adapter)/s)
      }
    },
  },
  {
    name: "a photo and weights of one's own are opened through the file fields",
    run: async ({ browser, site, chromium }) => {
      await browser.goto(`${site.url}embed.html?element=segment&lang=en&backend=cpu`)
      const photo = path.join(browser.downloads, 'scene.png')
      await writeFile(photo, SCENE)
      await browser.choose([photo], '.intake input[type=file]')
      assert.equal(difference(await maskOf(browser, 160), chromium.scene), 0)
      await browser.click('summary', 'Your own weights')
      await browser.choose([CHECKPOINT], 'input[type=file]', 'Open weights')
      const mask = await maskOf(browser, 160, 3)
      assert.deepEqual(mask.classes, ['class 0', 'class 1', 'class 2'])
      assert.ok(new Set(mask.labels).size > 1)
    },
  },
  {
    name: 'the mask is saved as a PNG with its labels',
    run: async ({ browser, site, chromium }) => {
      await scene(browser, site)
      await browser.click('summary', 'Save')
      await browser.click('button', 'Label map (grey PNG')
      const { width, height, data } = decodePng(await saved(browser, 'scene-grey.png'))
      assert.deepEqual([width, height], [160, 120])
      assert.ok(Buffer.from(data).equals(chromium.scene.labels))
    },
  },
  {
    name: 'after a crash of the worker a photo gets the same mask from a new one',
    prelude: [crashOnDemand],
    faults: ['uncaught: Error: a test wants it'],
    run: async ({ browser, site, chromium }) => {
      await scene(browser, site)
      assert.equal(site.count('engine/worker/worker.js'), 1)
      await browser.run(() => new BroadcastChannel('crash').postMessage('now'))
      await until(browser, () => faults.length > 0)
      await segmentScene(browser)
      assert.equal(difference(await maskOf(browser, 160), chromium.scene), 0)
      assert.equal(site.count('engine/worker/worker.js'), 2)
    },
  },
  {
    name: 'the figure of the transposed convolution is stepped with the keyboard',
    run: async ({ browser, site }) => {
      await browser.goto(`${site.url}embed.html?lang=en&input=1,2;3,4&kernel=1,0;2,3&stride=1`)
      await until(browser, () => found('button', 'Step forward'))
      const step = () => browser.run(() => document.querySelector('fcn-upsample')?.step)
      await tabTo(browser, 'button Step forward')
      await browser.press(' ', 'Enter')
      assert.equal(await step(), 2)
      await tabTo(browser, 'input Position')
      await browser.press('End', 'ArrowLeft')
      assert.equal(await step(), 3)
      await browser.press('End')
      await until(browser, () => found('.now')?.textContent?.includes('out[1,1] = 7 + 4 × 1 = 11'))
      const output = await browser.run(() => document.querySelector('fcn-upsample')?.output)
      assert.deepEqual(output, [[1, 2, 0], [5, 11, 6], [6, 17, 12]])
    },
  },
  {
    name: "the lesson's first question is answered, and its figure computes what is told",
    run: async ({ browser, site }) => {
      await browser.goto(`${site.url}?lang=en&backend=cpu#lesson`)
      await browser.click('label', 'The heat map’s peak, its highest cell, moves; the label stays')
      await until(browser, () => found('button', 'Check')?.matches(':enabled'))
      await browser.click('button', 'Check')
      await until(browser, () => found('[role=status]', 'Right: The heat map’s peak'))
    },
  },
  {
    name: 'where storage is refused the page says so and computes',
    prelude: [refuseStorage],
    run: async ({ browser, site, chromium }) => {
      assert.equal(difference(await scene(browser, site), chromium.scene), 0)
      await browser.goto(`${site.url}?lang=en&backend=cpu#lesson?station=size`)
      await until(browser, () => found('button', 'Show me')?.matches(':enabled'))
      await browser.click('button', 'Show me')
      await until(browser, () => found('[role=status]', 'It is: 7'))
      await until(browser, () => found('p', 'This browser keeps nothing here'))
    },
  },
]

/** A site, so an origin, of its own, in which page and worker run something first. @param {(() => void)[]} prelude */
async function openSite(prelude) {
  const code = [watch, ...prelude].map(part => `(${part})();\n`).join('')
  const site = new Site()
  // The first scripts of the two pages, and the worker.
  for (const end of ['theme.js', 'embed-failed.js', 'engine/worker/worker.js']) site.rewrite(end, text => code + text)
  site.serve(new Map([['ask.js', ASK]]))
  return await site.start()
}

/**
 * Goes through the list.
 * @param {() => Promise<Browser>} start
 */
export function goThrough(start) {
  /** @type {Browser | undefined} */
  let browser
  /** @type {Masks} */
  let chromium

  const limit = { timeout: 2 * LIMIT }
  before(async () => {
    const site = await openSite([])
    const reference = await openChromium()
    try {
      chromium = { sample: await sample(reference, site), scene: await scene(reference, site) }
    } finally {
      await reference.close()
      await site.close()
    }
    browser = await start()
  }, limit)
  after(async () => {
    await browser?.close()
    // Whatever may still keep this process.
    setTimeout(() => process.exit(1), LIMIT).unref()
  })

  for (const { name, prelude = [], faults: expected = [], run } of STEPS) {
    test(name, limit, async t => {
      assert.ok(browser)
      const site = await openSite(prelude)
      try {
        await run({ browser, site, chromium, say: text => t.diagnostic(text) })
        // Some browsers tell the page, too, of what its worker doesn't catch.
        assert.deepEqual([...new Set(await browser.leave())], expected)
      } finally {
        await browser.leave()
        await site.close()
      }
    })
  }
}
