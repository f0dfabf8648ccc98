/**
 * A worker's helper on the CPU: a program of its own that runs the same passes at the same time and
 * does its part of them. It answers `ready` or `failed` to a `load`, and nothing to a `pass`: its
 * part is in the shared memory then, or the pass has failed there.
 */
import init, { Net, Photo, joinTeam, start } from '../../../pkg/fcn_lab.js'
import { freeQuietly } from '../free.js'
import { Meeting } from './meeting.js'

/** @typedef {import('./meeting.js').Shared} Shared */

/**
 * `pixels`: the photo at its working size, [height, width, 3], f32. `net`: what the net goes by.
 * @typedef {{type: 'load', net: number, module: WebAssembly.Module, manifest: Uint8Array, weights: Uint8Array}
 *   | {type: 'drop', net: number}
 *   | {type: 'pass', net: number, rank: number, size: number, shared: Shared, pixels: SharedArrayBuffer, width: number,
 *     height: number, variants: string[]}} ToLane
 */
/** @typedef {{net: number, type: 'ready' | 'failed'}} FromLane */

/** The program, once it was started. @type {Promise<unknown> | null} */
let started = null
/** @type {Map<number, Net>} */
const nets = new Map()
/** Settles when everything asked so far is done: one thing at a time. @type {Promise<void>} */
let last = Promise.resolve()

self.addEventListener('message', (/** @type {MessageEvent<ToLane>} */ { data }) => {
  last = last.then(async () => {
    if (data.type === 'pass') return await pass(data)
    if (data.type === 'load') await load(data)
    else drop(data.net)
  })
})

/** @param {Extract<ToLane, {type: 'load'}>} request */
async function load({ net, module, manifest, weights }) {
  /** @type {FromLane['type']} */
  let type = 'failed'
  try {
    await (started ??= init({ module_or_path: module }).then(start))
    nets.set(net, new Net(manifest, weights, 'cpu'))
    type = 'ready'
  } catch {
    // The worker goes on without.
  }
  self.postMessage(/** @type {FromLane} */ ({ net, type }))
}

/** @param {number} net */
function drop(net) {
  freeQuietly(nets.get(net))
  nets.delete(net)
}

/** @param {Extract<ToLane, {type: 'pass'}>} request */
async function pass({ net, rank, size, shared, pixels, width, height, variants }) {
  const meeting = new Meeting(shared, rank, size)
  const member = nets.get(net)
  if (!member) return meeting.fail()
  try {
    joinTeam(rank, size, (map, piece, cuts) => meeting.exchange(map, piece, cuts))
    const photo = Photo.ofPixels(width, height, new Float32Array(pixels))
    const scores = await member.run(photo, variants, Infinity, index => meeting.mayGoOn(index))
    scores.forEach(freeQuietly)
  } catch {
    meeting.fail()
  }
}
