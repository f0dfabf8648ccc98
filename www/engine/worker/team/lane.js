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
 * `pixels`: the photo at its working size, [height, width, 3], f32.
 * @typedef {{type: 'load', id: number, module: WebAssembly.Module, rank: number, size: number, manifest: Uint8Array, weights: Uint8Array}
 *   | {type: 'pass', shared: Shared, pixels: SharedArrayBuffer, width: number, height: number, variants: string[]}} ToLane
 */
/** @typedef {{id: number, type: 'ready' | 'failed'}} FromLane */

/** @type {{net: Net, rank: number, size: number} | null} */
let member = null

self.addEventListener('message', async (/** @type {MessageEvent<ToLane>} */ { data }) => {
  if (data.type === 'pass') return await pass(data)
  /** @type {FromLane['type']} */
  let type = 'failed'
  try {
    if (!member) {
      await init({ module_or_path: data.module })
      start()
    }
    freeQuietly(member?.net)
    member = { net: new Net(data.manifest, data.weights, 'cpu'), rank: data.rank, size: data.size }
    type = 'ready'
  } catch {
    // The worker goes on without.
  }
  self.postMessage(/** @type {FromLane} */ ({ id: data.id, type }))
})

/** @param {Extract<ToLane, {type: 'pass'}>} request */
async function pass({ shared, pixels, width, height, variants }) {
  if (!member) return
  const { net, rank, size } = member
  const meeting = new Meeting(shared, rank, size)
  try {
    joinTeam(rank, size, (map, piece, cuts) => meeting.exchange(map, piece, cuts))
    const photo = Photo.ofPixels(width, height, new Float32Array(pixels))
    const scores = await net.run(photo, variants, Infinity, index => meeting.mayGoOn(index))
    scores.forEach(freeQuietly)
  } catch {
    meeting.fail()
  }
}
