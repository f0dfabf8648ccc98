/**
 * Opens a bare page with the engine in it, and breaks things around it: what the worker runs first,
 * what the server answers.
 */
import { readFile } from 'node:fs/promises'
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.mjs'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').JSHandle<typeof import('./engine-page.js')>} Lab */

/**
 * A bare page under the site's policy; its functions are those of engine-page.js.
 * @param {Page} page
 * @param {{url: string, headers: Readonly<Record<string, string>>}} [site] another than Playwright's server
 * @returns {Promise<Lab>}
 */
export async function openLab(page, { url, headers } = { url: '', headers: {} }) {
  const source = await readFile(new URL('./engine-page.js', import.meta.url), 'utf8')
  await page.route('**/engine-page.js', route => route.fulfill({
    contentType: 'text/javascript',
    body: source.replace("'../../www/engine/engine.js'", "'./engine/engine.js'"),
  }))
  await page.route('**/engine-page.html', route => route.fulfill({
    contentType: 'text/html',
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, ...headers },
    body: '<!doctype html><html lang="en"><title>engine</title><p>The engine is tested here.</p>',
  }))
  await page.goto(`${url}engine-page.html`)
  const address = new URL('engine-page.js', page.url()).href
  const lab = await page.evaluateHandle(async url => await import(url), address)
  return /** @type {Lab} */ (/** @type {unknown} */ (lab))
}

/**
 * Lets workers run some code of the test's first.
 * @param {Page} page
 * @param {(() => void) | (() => void)[]} prelude runs in the worker; closes over nothing
 * @param {{times?: number}} [options] only the first so many workers; default all
 */
export async function beforeWorker(page, prelude, { times = Infinity } = {}) {
  const code = [prelude].flat().map(part => `(${part})()`).join(';\n')
  let served = 0
  await page.route('**/engine/worker/worker.js', async route => {
    const response = await route.fetch()
    const body = await response.text()
    await route.fulfill({ response, body: served++ < times ? `${code};\n${body}` : body })
  })
}

/** The software adapter goes by the name of a GPU. */
export function asIfHardware() {
  const say = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value })
  say('vendor', 'test')
  say('architecture', 'card')
  say('description', '')
  say('isFallbackAdapter', false)
}

/** The software adapter goes by no name, as in browsers that keep it to themselves. */
export function withoutNames() {
  for (const name of ['vendor', 'architecture', 'description']) {
    Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => '' })
  }
  Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false })
}

/** A thousand times as quick, by the worker's own clock. */
export function inNoTime() {
  const now = performance.now.bind(performance)
  performance.now = () => now() / 1000
}

/** A hundred times as slow, by the worker's own clock. */
export function inSlowMotion() {
  const now = performance.now.bind(performance)
  performance.now = () => now() * 100
}

/** Says in the console when the worker opens a GPU. */
export function tellingOfDevices() {
  const { requestDevice } = GPUAdapter.prototype
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    console.log('a GPU is opened')
    return await requestDevice.call(this, descriptor)
  }
}

/** The worker crashes when the page says so on the channel `crash`. */
export function crashingOnDemand() {
  new BroadcastChannel('crash').onmessage = () => { throw new Error('a test wants it') }
}

/** The worker finds no `navigator.gpu`. */
export function withoutGpu() {
  Object.defineProperty(Object.getPrototypeOf(navigator), 'gpu', { get: () => undefined })
}

/** The browser flips a lowest bit of one pixel in 50, as a protection against fingerprinting. */
export function withLittleNoise() {
  const { getImageData } = OffscreenCanvasRenderingContext2D.prototype
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...area) {
    const image = getImageData.apply(this, area)
    for (let i = 0; i < image.data.length; i += 200) image.data[i + i / 200 % 3] ^= 1
    return image
  }
}

/** The browser gives a page noise in place of its pixels. */
export function withMuchNoise() {
  const { getImageData } = OffscreenCanvasRenderingContext2D.prototype
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...area) {
    const image = getImageData.apply(this, area)
    for (let i = 0; i < image.data.length; i++) image.data[i] = Math.imul(i + 1, 2654435761) >>> 24
    return image
  }
}

/** The browser has no frames of videos for pages. */
export function withoutFrames() {
  Reflect.deleteProperty(globalThis, 'VideoFrame')
}

/** An adapter with less than WebGPU promises of every one. */
export function withLessThanPromised() {
  for (const [name, limit] of Object.entries({
    maxComputeInvocationsPerWorkgroup: 128, maxComputeWorkgroupSizeX: 128, maxStorageBuffersPerShaderStage: 4,
      maxComputeWorkgroupStorageSize: 16352,
  })) Object.defineProperty(GPUSupportedLimits.prototype, name, { get: () => limit })
}

/** A device with less than its adapter has said. */
export function withLessThanSaid() {
  const { requestDevice } = GPUAdapter.prototype
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor)
    const limits = new Proxy(device.limits, {
      get: (of, name) => name === 'maxComputeInvocationsPerWorkgroup' ? 128 : Reflect.get(of, name, of),
    })
    return Object.defineProperty(device, 'limits', { value: limits })
  }
}

/**
 * A small adapter: 6 MiB are the most that a shader can be given. The shipped net's largest tensor
 * takes 2.5 MiB, its first maps at 400x300 take 12.
 */
export function withSmallLimits() {
  Object.defineProperty(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', { get: () => 6 * 2 ** 20 })
}

/** The device is lost at the third stage of a pass. */
export function losingTheDevice() {
  /** @type {GPUDevice[]} */
  const devices = []
  const { requestDevice } = GPUAdapter.prototype
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor)
    devices.push(device)
    return device
  }
  const post = self.postMessage.bind(self)
  Object.assign(self, {
    /** @param {{progress?: {phase: string, index: number}}} message @param {WindowPostMessageOptions} options */
    postMessage(message, options) {
      if (message.progress?.phase === 'run' && message.progress.index === 2) devices.forEach(device => device.destroy())
      post(message, options)
    },
  })
}

/** The wasm instance traps, as a panic makes it, at the next call after the second stage of a pass. */
export function panicking() {
  let armed = false
  const post = self.postMessage.bind(self)
  Object.assign(self, {
    /** @param {{progress?: {phase: string, index: number}}} message @param {WindowPostMessageOptions} options */
    postMessage(message, options) {
      if (message.progress?.phase === 'run' && message.progress.index === 2) armed = true
      post(message, options)
    },
  })
  const instantiate = WebAssembly.instantiate
  // The exports themselves are frozen, so the bindings get a copy of them.
  Object.assign(WebAssembly, {
    /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
    async instantiate(module, imports) {
      const instance = await instantiate(module, imports)
      /** @type {Record<string, WebAssembly.ExportValue>} */
      const copies = {}
      for (const [name, value] of Object.entries(instance.exports)) {
        copies[name] = typeof value !== 'function' ? value : (/** @type {unknown[]} */ ...args) => {
          if (armed) throw new WebAssembly.RuntimeError('unreachable')
          return value(...args)
        }
      }
      return new Proxy(instance, { get: (target, key) => key === 'exports' ? copies : Reflect.get(target, key) })
    },
  })
}

/** What is read back from the GPU is all zeros. */
export function withWrongNumbers() {
  const { getMappedRange } = GPUBuffer.prototype
  GPUBuffer.prototype.getMappedRange = function (...range) {
    const bytes = getMappedRange.apply(this, range)
    const MAP_READ = 1 // buffers mapped for writing stay as they are
    return this.usage & MAP_READ ? new ArrayBuffer(bytes.byteLength) : bytes
  }
}

/** Every shader fails validation. */
export function withBrokenShaders() {
  const { createShaderModule } = GPUDevice.prototype
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    return createShaderModule.call(this, { ...descriptor, code: `${descriptor.code}\nthis is no WGSL` })
  }
}

/** The GPU never answers. A minute passes in a second. */
export function hanging() {
  GPUBuffer.prototype.mapAsync = () => new Promise(() => {})
  const setTimer = self.setTimeout
  Object.assign(self, { setTimeout: (/** @type {TimerHandler} */ handler, /** @type {number} */ delay = 0) =>
    setTimer(handler, delay / 60) })
}

/** The connection drops when 100 kB of the weights are there. */
export function droppingTheWeights() {
  const { fetch } = self
  self.fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (!response.url.endsWith('.safetensors') || !response.body) return response
    let bytes = 0
    const body = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        bytes += chunk.length
        if (bytes > 100_000) controller.error(new TypeError('network error'))
        else controller.enqueue(chunk)
      },
    }))
    return new Response(body, { headers: response.headers })
  }
}
