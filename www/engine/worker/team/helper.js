/**
 * A helper thread on the CPU: a second program that runs the same passes as the worker at the same
 * time, and computes its part of each large layer. It answers a `load` with `ready` or `failed`, and a
 * `pass` with nothing: its part is in the shared memory then, or the pass has failed there.
 */
import init, { Net, Photo, joinTeam, start } from '../../../pkg/fcn_lab.js'
import { freeQuietly } from '../free.js'
import { Exchange } from './exchange.js'

/** @typedef {import('./exchange.js').Shared} Shared */

/**
 * `pixels`: the photo at its working size, [height, width, 3], f32. `net`: what the net goes by. `everyMap`: whether
 * the worker computes each stage by itself.
 * @typedef {{type: 'load', net: number, module: WebAssembly.Module, manifest: Uint8Array, weights: Uint8Array}
 *   | {type: 'drop', net: number}
 *   | {type: 'pass', net: number, rank: number, size: number, shared: Shared, pixels: SharedArrayBuffer, width: number,
 *     height: number, variants: string[], everyMap: boolean}} ToHelper
 */
/** @typedef {{net: number, type: 'ready' | 'failed'}} FromHelper */

/** The program, once it was started. @type {Promise<unknown> | null} */
let started = null
/** @type {Map<number, Net>} */
const nets = new Map()
/** Settles when everything asked so far is done: one thing at a time. @type {Promise<void>} */
let last = Promise.resolve()

self.addEventListener('message', (/** @type {MessageEvent<ToHelper>} */ { data }) => {
  last = last.then(async () => {
    if (data.type === 'pass') return await pass(data)
    if (data.type === 'load') await load(data)
    else drop(data.net)
  })
})

/** @param {Extract<ToHelper, {type: 'load'}>} request */
async function load({ net, module, manifest, weights }) {
  /** @type {FromHelper['type']} */
  let type = 'failed'
  try {
    await (started ??= init({ module_or_path: module }).then(start))
    nets.set(net, new Net(manifest, weights, 'cpu'))
    type = 'ready'
  } catch {
    // The worker computes without this thread.
  }
  self.postMessage(/** @type {FromHelper} */ ({ net, type }))
}

/** @param {number} net */
function drop(net) {
  freeQuietly(nets.get(net))
  nets.delete(net)
}

/** @param {Extract<ToHelper, {type: 'pass'}>} request */
async function pass({ net, rank, size, shared, pixels, width, height, variants, everyMap }) {
  const exchange = new Exchange(shared, rank, size)
  const ours = nets.get(net)
  if (!ours) return exchange.fail()
  try {
    joinTeam(rank, size, (map, piece, cuts) => exchange.gather(map, piece, cuts))
    const photo = Photo.ofPixels(width, height, new Float32Array(pixels))
    const scores = await ours.run(photo, variants, Infinity, index => exchange.mayGoOn(index), everyMap)
    scores.forEach(freeQuietly)
  } catch {
    exchange.fail()
  }
}
