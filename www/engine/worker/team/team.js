/**
 * Several threads on the CPU, where the page is cross-origin isolated, so that workers may share
 * memory: helper threads (helper.js) run the same passes as the worker, each its part of a layer, or of a block of layers.
 */
import { Exchange, share } from './exchange.js'

/** @typedef {typeof import('../../../pkg/fcn_lab.js')} Wasm */
/** @typedef {import('../../../pkg/fcn_lab.js').Net} Net */
/** @typedef {import('../../../pkg/fcn_lab.js').Photo} Photo */
/** @typedef {(index: number, stage: string) => Promise<boolean>} OnStage */
/**
 * What a pass is of. `id`: the net's; `photo`: consumed; `everyMap`: whether each stage is computed by itself, by all
 * threads.
 * @typedef {{wasm: Wasm, id: number, net: Net, photo: Photo, variants: string[], signal: AbortSignal, onStage: OnStage,
 *   everyMap: boolean}} Joined
 */

/** More threads would need memory for maps of their own, and bring little. */
const MOST = 4
/** Helpers have weights of their own, so they are only given nets whose file is no larger. Bytes. */
const MOST_WEIGHTS = 32 * 2 ** 20

/** How many threads a pass may have here. @returns {number} 1 where workers can't share memory */
export function threads() {
  return self.crossOriginIsolated ? Math.max(1, Math.min(navigator.hardwareConcurrency, MOST)) : 1
}

export class Team {
  /** @type {Worker[]} */
  #helpers = []
  #size
  #module
  /** How many helpers have a net, by its id. @type {Map<number, number>} */
  #ready = new Map()
  /** For the next pass's maps, and its photo: new memory is slow. @type {SharedArrayBuffer | null} */
  #data = null
  /** @type {SharedArrayBuffer | null} */
  #pixels = null

  /**
   * Of `size` threads, the worker among them.
   * @param {WebAssembly.Module} module
   * @param {number} size
   */
  constructor(module, size) {
    this.#module = module
    this.#size = size
  }

  /**
   * How many threads would run a pass of a net now.
   * @param {number} net
   */
  #threads(net) {
    return this.#helpers.length > 0 && this.#ready.get(net) === this.#helpers.length ? this.#size : 1
  }

  /**
   * Gives the helpers a net; until they have it, its passes run without them.
   * @param {number} net
   * @param {Uint8Array} manifest
   * @param {Uint8Array} weights
   */
  load(net, manifest, weights) {
    if (this.#size < 2 || weights.length > MOST_WEIGHTS) return
    try {
      this.#start()
      this.#ready.set(net, 0)
      const shared = new Uint8Array(new SharedArrayBuffer(weights.length))
      shared.set(weights)
      this.#tell(() => ({ type: 'load', net, module: this.#module, manifest, weights: shared }))
    } catch {
      // No memory, or files of another origin, of which no worker can be made here.
      this.end()
    }
  }

  /** @param {number} net */
  drop(net) {
    if (this.#ready.delete(net)) this.#tell(() => ({ type: 'drop', net }))
  }

  /** @param {(rank: number) => import('./helper.js').ToHelper} request of each helper */
  #tell(request) {
    this.#helpers.forEach((helper, i) => helper.postMessage(request(i + 1)))
  }

  /** Without helpers from now on. */
  end() {
    this.#ready.clear()
    for (const helper of this.#helpers) helper.terminate()
    this.#helpers = []
    this.#size = 1
    this.#data = this.#pixels = null
  }

  #start() {
    while (this.#helpers.length < this.#size - 1) {
      const helper = new Worker(new URL('./helper.js', import.meta.url), { type: 'module' })
      this.#helpers.push(helper)
      helper.addEventListener('message', (/** @type {MessageEvent<import('./helper.js').FromHelper>} */ { data }) => {
        const ready = this.#ready.get(data.net)
        // Dropped meanwhile.
        if (ready === undefined) return
        if (data.type === 'ready') this.#ready.set(data.net, ready + 1)
        else this.end()
      })
      for (const trouble of ['error', 'messageerror']) {
        helper.addEventListener(trouble, event => {
          event.preventDefault()
          this.end()
        })
      }
    }
  }

  /**
   * A pass by all threads, or by the worker alone where the helpers aren't there, or fail.
   * @template T
   * @param {Joined} joined
   * @param {(photo: Photo, onStage: OnStage) => Promise<T>} work the worker's own pass: through the net, to these heads
   * @param {(made: T) => void} free what it made, where a helper's failure spoilt it
   * @returns {Promise<{made: T, threads: number}>}
   */
  async run({ wasm, id, net, photo, variants, signal, onStage, everyMap }, work, free) {
    const alone = async (/** @type {Photo} */ photo) => ({ made: await work(photo, onStage), threads: 1 })
    const size = this.#threads(id)
    if (size === 1) return await alone(photo)
    const { width, height } = photo.size()
    /** @type {Exchange} */
    let exchange
    /** @type {SharedArrayBuffer} */
    let data
    /** @type {SharedArrayBuffer} */
    let pixels
    const [lastData, lastPixels] = [this.#data, this.#pixels]
    this.#data = this.#pixels = null
    try {
      const shared = share(net.bytesNeeded(width, height), lastData)
      data = shared.data
      const bytes = 3 * Float32Array.BYTES_PER_ELEMENT * width * height
      const copy = lastPixels?.byteLength === bytes ? lastPixels : new SharedArrayBuffer(bytes)
      pixels = copy
      photo.copyTo(new Float32Array(copy))
      exchange = new Exchange(shared, 0, size)
      this.#tell(rank => ({ type: 'pass', net: id, rank, size, shared, pixels: copy, width,
        height, variants, everyMap }))
    } catch {
      // Not enough memory for all.
      return await alone(photo)
    }
    /** @type {{made: T, threads: number} | null} */
    let result = null
    wasm.joinTeam(0, size, (map, piece, cuts) => exchange.gather(map, piece, cuts))
    try {
      const made = await work(photo, async (index, stage) => {
        const goesOn = await onStage(index, stage) && !exchange.hasFailed
        if (goesOn) exchange.goOn(index)
        return goesOn
      })
      result = { made, threads: size }
      if (!exchange.hasFailed) {
        this.#data = data
        this.#pixels = pixels
        return result
      }
    } catch (error) {
      // Its own failure, or a stop; else a helper's, and nothing is wrong with the photo.
      if (signal.aborted || !exchange.hasFailed) throw error
    } finally {
      // In case the helpers wait.
      exchange.fail()
      wasm.leaveTeam()
    }
    if (result) free(result.made)
    this.end()
    return await alone(wasm.Photo.ofPixels(width, height, new Float32Array(pixels)))
  }
}
