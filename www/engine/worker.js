/**
 * The worker: owns the wasm instance, and through it Burn and the GPU. The only importer of pkg/.
 *
 * It answers one request at a time (protocol.js). When anything breaks that leaves the instance in
 * doubt — a panic, a lost device, a GPU error — it says `down` and expects to be ended; engine.js
 * starts a new one.
 */
import { FcnError, toFcnError } from '../lib/errors.js'
import { asCheckpoint, buildCheckpoint } from './checkpoint.js'
import { bringManifest, bringWeights } from './download.js'
import { freeQuietly } from './free.js'
import { CPU_FACTS, GpuWatch, findAdapter } from './gpu.js'
import { heatmap } from './heatmap.js'
import { checkGives } from './manifest.js'
import { measure } from './measure.js'
import { buildNet, checkArchitecture } from './net.js'
import { pause } from './pause.js'
import { scoresOf, segment } from './segment.js'
import { Team, threads } from './team.js'
import { layer, trace, transposed } from './trace.js'
import { chooseTiles, compareTiles } from './tuning.js'

/** @typedef {import('./protocol.js').FromWorker} FromWorker */
/** @typedef {import('./protocol.js').ToWorker} ToWorker */
/** @typedef {import('./protocol.js').Replies} Replies */
/** @typedef {import('./segment.js').Wasm} Wasm */
/** @typedef {import('./segment.js').Net} Net */
/** @typedef {{id: number, stopper: AbortController}} Job */

/** A driver that hasn't answered the self-check by then won't. Milliseconds. */
const OPEN_LIMIT = 60_000
/** From here on a pass is slow enough to be waited for on its way. Milliseconds. */
const SLOW_PASS = 700
/** How much work a slow GPU is given before it is waited for. Milliseconds. */
const SYNC_EVERY = 40
/** Weights up to this size are handed to the page, which keeps them for a restart. Bytes. */
const KEPT_BYTES = 64 * 2 ** 20
/** An empty module: compiling it fails only where a policy forbids compiling. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

/** @type {Wasm | null} */
let wasm = null
/** @type {import('./protocol.js').Backend} */
let backend = 'cpu'
/** @type {GpuWatch | null} */
let watch = null
/** @type {{net: Net, manifest: import('./protocol.js').Manifest} | null} */
let model = null
/** The latest pass, and the scores that it left. @type {{pass: number, scores: import('./segment.js').Scores[]}} */
let left = { pass: 0, scores: [] }
/** On the CPU, where workers may share memory. @type {Team | null} */
let team = null
/** @type {WebAssembly.Module | null} */
let program = null
/** How long the latest pass took, milliseconds a pixel of the working size; 0: there was none. */
let pace = 0
/** @type {Job | null} */
let current = null
let isDown = false
/** Whether the kernels' tiles were chosen by more than a rule. */
let tilesKnown = true
/** The comparison of tiles that is under way. @type {Promise<unknown> | null} */
let comparing = null
/** Requests that wait for it to end. */
let waiting = 0

self.addEventListener('message', (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if (data.type === 'stop') {
    if (current?.id === data.id) current.stopper.abort()
  } else {
    answer(data)
  }
})
// A message that can't be read (out of memory while copying) would otherwise never be answered.
self.addEventListener('messageerror', () => down(new FcnError('crashed', 'A message did not arrive whole.')))
// Where a panic happens in a callback of the browser's, no promise of ours ever settles.
self.addEventListener('error', event => {
  event.preventDefault()
  down(toFcnError(event.error ?? event.message))
})
self.addEventListener('unhandledrejection', event => {
  event.preventDefault()
  down(toFcnError(event.reason))
})

/** @param {Exclude<ToWorker, {type: 'stop'}>} request */
async function answer(request) {
  const { id } = request
  const job = current = { id, stopper: new AbortController() }
  waiting++
  await comparing
  waiting--
  try {
    switch (request.type) {
      case 'boot': {
        post({ type: 'done', id, reply: await boot(request) })
        break
      }
      case 'open': {
        post({ type: 'done', id, reply: await open(request) })
        break
      }
      case 'load': {
        post({ type: 'done', id, reply: await load(request, job) })
        break
      }
      case 'segment': {
        const reply = await compute(request, job)
        post({ type: 'done', id, reply }, reply.outcome === 'masks' ? buffersOf(reply.masks) : [])
        if (!tilesKnown && reply.outcome === 'masks') compare()
        break
      }
      case 'scores': {
        const scores = await leftScores(request)
        post({ type: 'done', id, reply: { scores } }, scores ? [scores.data.buffer] : [])
        break
      }
      case 'trace': {
        letGo()
        const traced = await trace(machine(), request, job.stopper.signal, progress => post({ type: 'progress', id, progress })).catch(doubt)
        const reply = traced === 'fits_gpu' ? { outcome: traced } : traced
        post({ type: 'done', id, reply }, reply.outcome === 'maps' ? reply.maps.map(({ data }) => data.buffer) : [])
        break
      }
      case 'heatmap': {
        letGo()
        const map = await heatmap(machine(), request, job.stopper.signal, progress => post({ type: 'progress', id, progress })).catch(doubt)
        const reply = map === 'fits_gpu' ? { outcome: map } : map
        post({ type: 'done', id, reply }, reply.outcome === 'heatmap' ? [reply.scores.buffer] : [])
        break
      }
      case 'layer': {
        const reply = await layer(machine(), request.name)
        post({ type: 'done', id, reply }, [reply.weights.buffer])
        break
      }
      case 'measure': {
        post({ type: 'done', id, reply: measure(booted(), request) })
        break
      }
      case 'transposed': {
        const reply = await transposed({ wasm: booted(), settle }, backend, request)
        post({ type: 'done', id, reply }, [reply.values.buffer])
        break
      }
    }
  } catch (error) {
    post({ type: 'failed', id, error: toFcnError(error).plain() })
  } finally {
    if (current === job) current = null
  }
}

/**
 * @param {import('./protocol.js').Boot} request
 * @returns {Promise<import('./protocol.js').Booted>}
 * @throws {FcnError} wasm_blocked, wasm_failed
 */
async function boot(request) {
  try {
    new WebAssembly.Module(EMPTY_MODULE)
  } catch (error) {
    throw new FcnError('wasm_blocked', undefined, { reason: reasonOf(error) })
  }
  try {
    // Not a static import: a missing file would end the worker before it could say so.
    const pkg = await import('../pkg/fcn_lab.js')
    const module = request.module ?? await compile(new URL('../pkg/fcn_lab_bg.wasm', import.meta.url))
    await pkg.default({ module_or_path: module })
    pkg.start()
    wasm = pkg
    program = module
    return { module }
  } catch (error) {
    if (error instanceof FcnError) throw error
    throw new FcnError('wasm_failed', undefined, { reason: reasonOf(error) })
  }
}

/**
 * @param {URL} url
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(url) {
  const response = await fetch(url, { credentials: 'same-origin' })
  if (!response.ok) throw new FcnError('wasm_failed', undefined, { status: response.status, url: url.href })
  // Compiled while it arrives, where the server names the type as it should.
  return response.headers.get('Content-Type')?.startsWith('application/wasm')
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer())
}

/**
 * @param {import('./protocol.js').Open} request
 * @returns {Promise<import('./protocol.js').Opened>}
 * @throws {FcnError} no_webgpu (the worker can still open the CPU); anything else: it can't be trusted
 */
async function open(request) {
  const pkg = booted()
  if (request.backend === 'webgpu') {
    const limit = setTimeout(() => down(new FcnError('self_check_failed', 'The graphics processor did not answer for a minute.')), OPEN_LIMIT)
    try {
      await findAdapter()
      watch = new GpuWatch(down)
      await pkg.openGpu()
      if (watch.facts) tilesKnown = await chooseTiles(pkg, watch.facts)
      const difference = await pkg.selfCheck()
      await watch.settle()
      // A device that can't be watched can't be trusted either.
      if (!watch.facts) throw new FcnError('gpu_error', 'The graphics device was opened behind our back.')
      // Written so that NaN fails.
      if (!(difference <= pkg.limits().checkTolerance)) {
        throw new FcnError('self_check_failed', undefined, { difference, adapter: watch.facts.name })
      }
    } finally {
      clearTimeout(limit)
    }
  }
  backend = request.backend
  if (backend === 'cpu' && program && threads() > 1) team = new Team(program, threads())
  return { adapter: backend === 'webgpu' && watch?.facts ? watch.facts : CPU_FACTS }
}

/**
 * @param {import('./protocol.js').Load} request
 * @param {Job} job
 * @returns {Promise<import('./protocol.js').Loaded>}
 */
async function load({ source, gives }, { id, stopper: { signal } }) {
  const pkg = booted()
  const checkpoint = await asCheckpoint(source)
  if (checkpoint) {
    const { net, bytes, manifest, notes } = await buildCheckpoint(pkg, checkpoint, backend, {
      gives, settle, signal, tell: (loaded, total) => post({ type: 'progress', id, progress: { phase: 'download', loaded, total } }),
    })
    await take(net, manifest, signal)
    return { manifest, manifestBytes: bytes, isCheckpoint: true, notes, weights: null }
  }
  if (source.from === 'checkpoint') throw new FcnError('crashed')
  const { bytes, manifest } = await bringManifest(source, signal)
  checkArchitecture(pkg, bytes, backend)
  checkGives(manifest, gives)
  const weights = await bringWeights(source, manifest, signal, (loaded, total) =>
    post({ type: 'progress', id, progress: { phase: 'download', loaded, total } }))
  post({ type: 'progress', id, progress: { phase: 'prepare', loaded: 0, total: weights.length } })
  await pause()
  signal.throwIfAborted()
  // The former net is freed only once the new one stands: a load that fails changes nothing.
  const net = await buildNet(pkg, bytes, weights, backend, settle)
  await take(net, manifest, signal)
  team?.load(bytes, weights)
  post({ type: 'progress', id, progress: { phase: 'prepare', loaded: weights.length, total: weights.length } })
  const kept = source.from === 'url' ? null : source.weights
  return { manifest, manifestBytes: bytes, isCheckpoint: false, notes: [], weights: kept ?? (weights.length <= KEPT_BYTES ? new Blob([weights]) : null) }
}

/**
 * The new net takes the former one's place, unless it comes too late.
 * @param {Net} net
 * @param {import('./protocol.js').Manifest} manifest
 * @param {AbortSignal} signal
 */
async function take(net, manifest, signal) {
  await pause()
  if (signal.aborted) freeQuietly(net)
  signal.throwIfAborted()
  letGo()
  team?.forget()
  model?.net.free()
  model = { net, manifest }
  pace = 0
}

/**
 * @param {import('./protocol.js').Segment} request
 * @param {Job} job
 * @returns {Promise<import('./protocol.js').Segmented>}
 */
async function compute(request, { id, stopper: { signal } }) {
  letGo()
  const done = await segment(machine(), request, signal, progress => post({ type: 'progress', id, progress })).catch(doubt)
  if (done === 'fits_gpu') return { outcome: done }
  const { masks, scores } = done
  const [map] = scores
  if (map) pace = (masks[0]?.timings.run ?? 0) / (map.width * map.height)
  left = { pass: left.pass + 1, scores }
  return { outcome: 'masks', masks, pass: left.pass }
}

/** Whoever wants the latest pass's scores comes too late: the next one needs their memory. */
function letGo() {
  left.scores.forEach(freeQuietly)
  left = { pass: left.pass, scores: [] }
}

/**
 * @param {import('./protocol.js').ScoresRequest} request
 * @returns {Promise<import('./protocol.js').ScoreMap | null>}
 */
async function leftScores({ pass, variant }) {
  const scores = left.pass === pass ? left.scores.find(scores => scores.variant === variant) : undefined
  return scores ? await scoresOf(scores).catch(doubt) : null
}

/** Finds out, once and while nobody waits, which tiles suit this adapter. */
function compare() {
  tilesKnown = true
  if (backend !== 'webgpu' || !watch?.facts) return
  const by = { settle, isWanted: () => waiting > 0 }
  // An error of the GPU's is heard by the watch; without an answer the rule holds.
  comparing = compareTiles(booted(), watch.facts, by).then(many => { tilesKnown = many !== null }, () => {})
    .finally(() => { comparing = null })
}

/** What a pass needs to know. @returns {import('./segment.js').Machine} */
function machine() {
  if (!model) throw new FcnError('no_model')
  return {
    wasm: booted(),
    ...model,
    largestBinding: backend === 'webgpu' ? watch?.largestBinding ?? 0 : 0,
    syncEvery,
    software: backend === 'webgpu' && watch?.facts?.software === true,
    team,
    settle,
  }
}

/**
 * @param {import('../pkg/fcn_lab.js').Photo} photo
 * @returns {number} milliseconds
 */
function syncEvery(photo) {
  if (backend === 'cpu') return Infinity
  const { width, height } = photo.size()
  const isSlow = pace === 0 ? watch?.facts?.software === true : pace * width * height > SLOW_PASS
  return isSlow ? SYNC_EVERY : Infinity
}

/** Waits for the GPU and its complaints. */
async function settle() {
  await watch?.settle()
}

/**
 * Scores that aren't numbers, from weights that were checked when they were loaded: on the GPU it is
 * rather the GPU that is to be doubted, so the pass is void like after any of its errors.
 * @param {unknown} error
 * @returns {never}
 */
function doubt(error) {
  const known = toFcnError(error)
  if (backend === 'webgpu' && known.code === 'not_finite') throw new FcnError('gpu_error', undefined, { reason: known.message })
  throw error
}

/** @returns {Wasm} */
function booted() {
  if (!wasm) throw new FcnError('wasm_failed')
  return wasm
}

/**
 * Tells the page, once, that this worker is to be ended.
 * @param {FcnError} error
 */
function down(error) {
  if (isDown) return
  post({ type: 'down', error: error.plain() })
  isDown = true
}

/**
 * @param {FromWorker} message
 * @param {Transferable[]} [transfer]
 */
function post(message, transfer = []) {
  // What comes after `down` is void: a pass may still "finish" on a device that is gone.
  if (!isDown) self.postMessage(message, { transfer })
}

/**
 * @param {import('./protocol.js').Mask[]} masks
 * @returns {Transferable[]}
 */
function buffersOf(masks) {
  return masks.flatMap(({ labels, scores }) => scores ? [labels.buffer, /** @type {ArrayBuffer} */ (scores.data.buffer)] : [labels.buffer])
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function reasonOf(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
