/**
 * Several threads on the CPU, where the page is cross-origin isolated, so that workers may share
 * memory: helpers (lane.js) that run the same passes as the worker, each its part of a layer.
 */
import { freeQuietly } from './free.js'
import { Meeting, share } from './meeting.js'

/** @typedef {import('./segment.js').Wasm} Wasm */
/** @typedef {import('./segment.js').Net} Net */
/** @typedef {import('./segment.js').Scores} Scores */
/** @typedef {import('../pkg/fcn_lab.js').Photo} Photo */

/** More members would want memory for maps of their own, and bring little. */
const MOST = 4
/** Helpers have weights of their own: only of nets whose file is no larger. Bytes. */
const MOST_WEIGHTS = 32 * 2 ** 20

/** How many threads a pass may have here. @returns {number} 1 where workers can't share memory */
export function threads() {
  return self.crossOriginIsolated ? Math.max(1, Math.min(navigator.hardwareConcurrency, MOST)) : 1
}

export class Team {
  /** @type {Worker[]} */
  #lanes = []
  #size
  #module
  #load = 0
  #ready = 0
  /** For the next pass's maps: new memory is slow. @type {SharedArrayBuffer | null} */
  #data = null

  /**
   * Of `size` members, the worker among them.
   * @param {WebAssembly.Module} module
   * @param {number} size
   */
  constructor(module, size) {
    this.#module = module
    this.#size = size
  }

  /** How many would run a pass now. */
  get size() {
    return this.#lanes.length > 0 && this.#ready === this.#lanes.length ? this.#size : 1
  }

  /**
   * Gives the helpers a net; until they have it, passes run without them.
   * @param {Uint8Array} manifest
   * @param {Uint8Array} weights
   */
  load(manifest, weights) {
    this.forget()
    if (this.#size < 2 || weights.length > MOST_WEIGHTS) return
    try {
      this.#start()
      const shared = new Uint8Array(new SharedArrayBuffer(weights.length))
      shared.set(weights)
      const id = this.#load
      this.#lanes.forEach((lane, i) => {
        /** @type {import('./lane.js').ToLane} */
        const request = { type: 'load', id, module: this.#module, rank: i + 1, size: this.#size, manifest, weights: shared }
        lane.postMessage(request)
      })
    } catch {
      // No memory, or files of another origin, of which no worker can be made here.
      this.end()
    }
  }

  /** The helpers' net isn't the worker's any more. */
  forget() {
    this.#load++
    this.#ready = 0
  }

  /** Without helpers from now on. */
  end() {
    this.forget()
    for (const lane of this.#lanes) lane.terminate()
    this.#lanes = []
    this.#size = 1
  }

  #start() {
    while (this.#lanes.length < this.#size - 1) {
      const lane = new Worker(new URL('./lane.js', import.meta.url), { type: 'module' })
      this.#lanes.push(lane)
      lane.addEventListener('message', (/** @type {MessageEvent<import('./lane.js').FromLane>} */ { data }) => {
        if (data.id !== this.#load) return
        if (data.type === 'ready') this.#ready++
        else this.end()
      })
      for (const trouble of ['error', 'messageerror']) {
        lane.addEventListener(trouble, event => {
          event.preventDefault()
          this.end()
        })
      }
    }
  }

  /**
   * A pass by all members, or by the worker alone where they aren't there, or fail.
   * @param {Wasm} wasm
   * @param {Net} net
   * @param {Photo} photo consumed
   * @param {string[]} variants
   * @param {AbortSignal} signal
   * @param {(index: number, stage: string) => Promise<boolean>} onStage
   * @returns {Promise<{scores: Scores[], threads: number}>} the caller frees the scores
   */
  async run(wasm, net, photo, variants, signal, onStage) {
    const alone = async (/** @type {Photo} */ photo) => ({ scores: await net.run(photo, variants, Infinity, onStage), threads: 1 })
    const { size } = this
    if (size === 1) return await alone(photo)
    const { width, height } = photo.size()
    const pixels = photo.pixels()
    /** @type {Meeting} */
    let meeting
    /** @type {SharedArrayBuffer} */
    let data
    try {
      const shared = share(net.bytesNeeded(width, height), this.#data)
      this.#data = null
      data = shared.data
      const copy = new SharedArrayBuffer(pixels.byteLength)
      new Float32Array(copy).set(pixels)
      meeting = new Meeting(shared, 0, size)
      /** @type {import('./lane.js').ToLane} */
      const request = { type: 'pass', shared, pixels: copy, width, height, variants }
      for (const lane of this.#lanes) lane.postMessage(request)
    } catch {
      // Not enough memory for all.
      return await alone(photo)
    }
    /** @type {Scores[]} */
    let scores = []
    wasm.joinTeam(0, size, (map, piece, cuts) => meeting.exchange(map, piece, cuts))
    try {
      scores = await net.run(photo, variants, Infinity, async (index, stage) => {
        const goesOn = await onStage(index, stage) && !meeting.hasFailed
        if (goesOn) meeting.goOn(index)
        return goesOn
      })
      if (!meeting.hasFailed) {
        this.#data = data
        return { scores, threads: size }
      }
    } catch (error) {
      // Its own failure, or a stop; else another member's, and there is nothing wrong with the photo.
      if (signal.aborted || !meeting.hasFailed) throw error
    } finally {
      // In case they wait.
      meeting.fail()
      wasm.leaveTeam()
    }
    scores.forEach(freeQuietly)
    this.end()
    return await alone(wasm.Photo.ofPixels(width, height, pixels))
  }
}
