/**
 * The worker: owns the wasm instance, and through it Burn and the GPU. The only importer of pkg/.
 *
 * It answers one request at a time (protocol.js). After a panic, a lost device or a GPU error the
 * instance can't be trusted any more: it says `down` and expects to be ended; host.js starts a new one.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { asCheckpoint, buildCheckpoint } from './loading/checkpoint.js'
import { bringManifest, bringWeights } from './loading/download.js'
import { boot } from './boot.js'
import { freeQuietly } from './free.js'
import { CPU_FACTS, GpuWatch, findAdapter, isSlow, isUnnamed } from './gpu/gpu.js'
import { heatmap } from './passes/heatmap.js'
import { checkGives } from '../formats/manifest.js'
import { inside, stagesOf } from './passes/inside.js'
import { measure } from './passes/measure.js'
import { buildNet, checkArchitecture } from './loading/net.js'
import { Nets, freeScores } from './nets.js'
import { close } from './opened.js'
import { pause } from '../../lib/pause.js'
import { scoresOf, segment } from './passes/segment.js'
import { Team, threads } from './team/team.js'
import { layer, trace, transposed } from './passes/trace.js'
import { chooseTiles, compareTiles } from './gpu/tuning.js'

/** @typedef {import('../protocol.js').FromWorker} FromWorker */
/** @typedef {import('../protocol.js').ToWorker} ToWorker */
/** @typedef {import('../protocol.js').Replies} Replies */
/** @typedef {import('./passes/segment.js').Wasm} Wasm */
/** @typedef {import('./passes/segment.js').Net} Net */
/** @typedef {import('./passes/segment.js').Machine} Machine */
/** @typedef {(progress: import('../protocol.js').SegmentProgress) => void} Tell */
/** @typedef {{id: number, stopper: AbortController}} Job */

/** A driver that hasn't answered the self-check by then won't. Milliseconds. */
const OPEN_LIMIT = 60_000
/** From here on a pass is slow enough to be waited for on its way. Milliseconds. */
const SLOW_PASS = 700
/** How much work a slow GPU is given before it is waited for. Milliseconds. */
const SYNC_EVERY = 40
/** Weights up to this size are handed to the page, which keeps them for a restart. Bytes. */
const KEPT_BYTES = 64 * 2 ** 20

/** @type {Wasm | null} */
let wasm = null
/** @type {import('../protocol.js').Backend} */
let backend = 'cpu'
/** @type {GpuWatch | null} */
let watch = null
const nets = new Nets()
let latestPass = 0
/** On the CPU, where workers may share memory. @type {Team | null} */
let team = null
/** @type {WebAssembly.Module | null} */
let program = null
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
    const { reply, transfer = [] } = await carryOut(request, job)
    post({ type: 'done', id, reply }, transfer)
    if (request.type === 'segment' && !tilesKnown) compare()
  } catch (error) {
    post({ type: 'failed', id, error: toFcnError(error).plain() })
  } finally {
    if (current === job) current = null
  }
}

/**
 * @param {Exclude<ToWorker, {type: 'stop'}>} request
 * @param {Job} job
 * @returns {Promise<{reply: Replies[keyof Replies], transfer?: Transferable[]}>}
 */
async function carryOut(request, job) {
  switch (request.type) {
    case 'boot': {
      const { wasm: started, module } = await boot(request.module)
      wasm = started
      program = module
      return { reply: { module } }
    }
    case 'open': return { reply: await open(request) }
    case 'load': return { reply: await load(request, job) }
    case 'drop': {
      team?.drop(request.net)
      nets.drop(request.net)
      return { reply: {} }
    }
    case 'segment': return await masks(request, job)
    case 'trace': {
      const reply = await pass(request, job, trace)
      return { reply, transfer: reply.outcome === 'maps' ? reply.maps.map(({ data }) => data.buffer) : [] }
    }
    case 'heatmap': {
      const reply = await pass(request, job, heatmap)
      return { reply, transfer: reply.outcome === 'heatmap' ? [reply.scores.buffer] : [] }
    }
    case 'inside': {
      const reply = await pass(request, job, inside)
      return { reply, transfer: reply.outcome === 'inside' ? buffersOf(reply.answer) : [] }
    }
    case 'stages': {
      const [height, width] = request.size
      return { reply: { stages: stagesOf(nets.get(request.net).net.shapes(width, height)) } }
    }
    case 'close': {
      const held = nets.find(request.net)
      if (held) close(held.kept)
      return { reply: {} }
    }
    case 'scores': {
      const scores = await readScores(request)
      return { reply: { scores }, transfer: scores ? [scores.data.buffer] : [] }
    }
    case 'layer': {
      const reply = await layer(machine(nets.get(request.net)), request.name)
      return { reply, transfer: [reply.weights.buffer] }
    }
    case 'measure': return { reply: measure(booted(), request) }
    case 'transposed': {
      const reply = await transposed({ wasm: booted(), settle }, backend, request)
      return { reply, transfer: [reply.values.buffer] }
    }
  }
}

/**
 * @param {import('../protocol.js').Open} request
 * @returns {Promise<import('../protocol.js').Opened>}
 * @throws {FcnError} no_webgpu, software_adapter, adapter_limits: the worker can still open the CPU; anything else: it
 *   can't be trusted
 */
async function open(request) {
  if (request.backend === 'webgpu') {
    const { name, software } = await findAdapter()
    if (software && !request.takesSoftware) throw new FcnError('software_adapter', undefined, { adapter: name })
    await openGpu(request.takesSoftware)
  }
  backend = request.backend
  if (backend === 'cpu' && program && threads() > 1) team = new Team(program, threads())
  return { adapter: backend === 'webgpu' && watch?.facts ? watch.facts : CPU_FACTS }
}

/** @param {boolean} takesSoftware */
async function openGpu(takesSoftware) {
  const pkg = booted()
  const limit = setTimeout(() =>
    down(new FcnError('self_check_failed', 'The GPU did not answer for a minute.')), OPEN_LIMIT)
  try {
    watch = new GpuWatch(down)
    await pkg.openGpu()
    try {
      watch.checkLimits()
    } catch (error) {
      giveUpGpu(toFcnError(error))
    }
    if (watch.facts) tilesKnown = await chooseTiles(pkg, watch.facts)
    const difference = await pkg.selfCheck()
    await watch.settle()
    // A device that can't be watched can't be trusted either.
    if (!watch.facts) throw new FcnError('gpu_error', 'The GPU was opened without being watched.')
    // Written so that NaN fails.
    if (!(difference <= pkg.limits().checkTolerance)) {
      throw new FcnError('self_check_failed', undefined, { difference, adapter: watch.facts.name })
    }
    if (isUnnamed(watch.facts) && await isSlow(pkg, watch)) {
      if (!takesSoftware) giveUpGpu(new FcnError('software_adapter'))
      watch.facts.software = true
      tilesKnown = await chooseTiles(pkg, watch.facts)
    }
  } finally {
    clearTimeout(limit)
  }
}

/**
 * The GPU is open by now, so the CPU is opened in another worker.
 * @param {FcnError} why
 * @returns {never}
 */
function giveUpGpu(why) {
  down(why)
  throw why
}

/**
 * @param {import('../protocol.js').Load} request
 * @param {Job} job
 * @returns {Promise<import('../protocol.js').Loaded>}
 */
async function load({ net: netId, source, gives }, { id, stopper: { signal } }) {
  const pkg = booted()
  /** @param {import('../protocol.js').LoadProgress['phase']} phase */
  const tell = phase => (/** @type {number} */ loaded, /** @type {number} */ total) =>
    post({ type: 'progress', id, progress: { phase, loaded, total } })
  const checkpoint = await asCheckpoint(pkg, source)
  if (checkpoint) {
    const tools = { gives, settle, signal, tell: tell('download') }
    const { net, bytes, manifest, assumptions } = await buildCheckpoint(pkg, checkpoint, backend, tools)
    await keep(netId, net, manifest, signal)
    const notes = assumptions.map(({ text }) => text)
    return { manifest, manifestBytes: bytes, isCheckpoint: true, notes, assumptions, weights: null }
  }
  if (source.from === 'checkpoint') throw new FcnError('crashed')
  const { bytes, manifest } = await bringManifest(source, signal)
  checkArchitecture(pkg, bytes, backend)
  checkGives(manifest, gives)
  const weights = await bringWeights(source, manifest, signal, tell('download'))
  tell('prepare')(0, weights.length)
  await pause()
  signal.throwIfAborted()
  const net = await buildNet(pkg, bytes, weights, backend, settle)
  await keep(netId, net, manifest, signal)
  team?.load(netId, bytes, weights)
  tell('prepare')(weights.length, weights.length)
  const given = source.from === 'url' ? null : source.weights
  const kept = given ?? (weights.length <= KEPT_BYTES ? new Blob([weights]) : null)
  return { manifest, manifestBytes: bytes, isCheckpoint: false, notes: [], weights: kept }
}

/**
 * The new net joins the others, unless it comes too late.
 * @param {number} id
 * @param {Net} net
 * @param {import('../protocol.js').Manifest} manifest
 * @param {AbortSignal} signal
 */
async function keep(id, net, manifest, signal) {
  await pause()
  if (signal.aborted) freeQuietly(net)
  signal.throwIfAborted()
  nets.add(id, net, manifest)
}

/**
 * @param {import('../protocol.js').Segment} request
 * @param {Job} job
 * @returns {Promise<{reply: Replies['segment'], transfer: Transferable[]}>}
 */
async function masks(request, job) {
  const held = nets.get(request.net)
  const done = await pass(request, job, segment)
  if (done.outcome === 'fits_gpu') return { reply: done, transfer: [] }
  const { masks, scores } = done
  const [map] = scores
  if (map) held.pace = (masks[0]?.timings.run ?? 0) / (map.width * map.height)
  Object.assign(held, { pass: ++latestPass, scores })
  const buffers = masks.flatMap(({ labels, scores }) => scores ? [labels.buffer, scores.data.buffer] : [labels.buffer])
  return { reply: { outcome: 'masks', masks, pass: held.pass }, transfer: buffers }
}

/**
 * A photo through a net, which forgets what its earlier pass has left.
 * @template {import('../protocol.js').PassRequest} R
 * @template {{outcome: string}} T
 * @param {R} request
 * @param {Job} job
 * @param {(machine: Machine, request: R, signal: AbortSignal, tell: Tell) => Promise<T | 'fits_gpu'>} run
 * @returns {Promise<T | import('../protocol.js').FitsGpu>}
 */
async function pass(request, { id, stopper: { signal } }, run) {
  const held = nets.get(request.net)
  // A question about an open pass runs none of its own, mostly.
  if (request.type !== 'inside') freeScores(held)
  /** @type {Tell} */
  const tell = progress => post({ type: 'progress', id, progress })
  const done = await run(machine(held), request, signal, tell).catch(blameGpu)
  return typeof done === 'string' ? { outcome: done } : done
}

/**
 * @param {import('../protocol.js').ScoresRequest} request
 * @returns {Promise<import('../protocol.js').ScoreMap | null>} null when they are gone
 */
async function readScores({ net, pass, variant }) {
  const held = nets.find(net)
  const scores = held?.pass === pass ? held.scores.find(scores => scores.variant === variant) : undefined
  return scores ? await scoresOf(scores).catch(blameGpu) : null
}

/** Finds out, once and while no request waits, which tiles suit this adapter. */
function compare() {
  tilesKnown = true
  if (backend !== 'webgpu' || !watch?.facts) return
  const by = { settle, isWanted: () => waiting > 0 }
  // An error of the GPU's is heard by the watch; without an answer the rule holds.
  comparing = compareTiles(booted(), watch.facts, by).then(many => { tilesKnown = many !== null }, () => {})
    .finally(() => { comparing = null })
}

/**
 * What a pass needs to know.
 * @param {import('./nets.js').Held} held
 * @returns {Machine}
 */
function machine({ id, net, manifest, pace, kept }) {
  return {
    wasm: booted(),
    id,
    net,
    manifest,
    kept,
    largestBinding: backend === 'webgpu' ? watch?.largestBinding ?? 0 : 0,
    syncEvery: photo => syncEvery(photo, pace),
    software: backend === 'webgpu' && watch?.facts?.software === true,
    team,
    settle,
  }
}

/**
 * @param {import('../../pkg/fcn_lab.js').Photo} photo
 * @param {number} pace of the net's latest pass
 * @returns {number} milliseconds
 */
function syncEvery(photo, pace) {
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
 * Scores that aren't numbers, from weights that were checked when they were loaded: on the GPU that
 * is the GPU's fault, so the pass is void as after any of its errors.
 * @param {unknown} error
 * @returns {never}
 */
function blameGpu(error) {
  const { code, message: reason } = toFcnError(error)
  if (backend === 'webgpu' && code === 'not_finite') throw new FcnError('gpu_error', undefined, { reason })
  throw error
}

/** @returns {Wasm} */
function booted() {
  if (!wasm) throw new FcnError('wasm_failed')
  return wasm
}

/**
 * What of an answer needn't be copied.
 * @param {object} answer
 * @returns {Transferable[]}
 */
function buffersOf(answer) {
  const parts = 'maps' in answer && Array.isArray(answer.maps) ? [answer, ...answer.maps] : [answer]
  return parts.flatMap(part => Object.values(part)).filter(ArrayBuffer.isView).map(({ buffer }) => buffer)
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
