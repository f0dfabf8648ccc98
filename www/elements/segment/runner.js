/**
 * The engine's life inside an element: started when first needed, one job at a time, the newest
 * wins, ended when the element has left the page for good.
 */
import { Engine } from '../../engine/engine.js'
import { FcnError, toFcnError } from '../../lib/errors.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/protocol.js').Size} Size */

/**
 * @typedef {{phase: 'photo' | 'engine'}
 *   | import('../../engine/protocol.js').LoadProgress
 *   | import('../../engine/protocol.js').SegmentProgress} Progress
 */

/**
 * @typedef {object} Wishes
 * @property {() => string} model address of a model.json, absolute
 * @property {() => 'auto' | 'webgpu' | 'cpu'} backend
 * @property {(progress: Progress) => void} onProgress
 * @property {() => void} onReady engine and model stand
 * @property {(event: CustomEvent) => void} onEvent the engine's `restart`, `backend`, `model`
 */

export class Runner {
  /** @type {Engine | null} */
  engine = null
  #wishes
  /** @type {Promise<Engine> | null} */
  #starting = null
  #stop = new AbortController()
  /** What was last loaded by the element itself. */
  #address = ''

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes
  }

  /**
   * Engine and model, started once; after a failure the next call tries again.
   * @returns {Promise<Engine>} rejects with FcnError
   */
  start() {
    if (this.#starting) return this.#starting
    const starting = this.#start().catch(error => {
      if (this.#starting === starting) this.#starting = null
      throw toFcnError(error)
    })
    this.#starting = starting
    return starting
  }

  async #start() {
    const stop = this.#stop = new AbortController()
    this.#wishes.onProgress({ phase: 'engine' })
    if (!this.engine) {
      if (typeof Worker === 'undefined' || typeof WebAssembly === 'undefined') throw new FcnError('wasm_failed')
      const engine = await Engine.create({ backend: this.#wishes.backend(), signal: stop.signal })
      if (stop.signal.aborted) {
        engine.dispose()
        throw new FcnError('aborted')
      }
      for (const name of ['restart', 'backend', 'model']) {
        engine.addEventListener(name, event => this.#wishes.onEvent(/** @type {CustomEvent} */ (event)))
      }
      this.engine = engine
    }
    this.#address = this.#wishes.model()
    await this.engine.load(this.#address, { signal: stop.signal, onProgress: this.#wishes.onProgress })
    this.#wishes.onReady()
    return this.engine
  }

  /** The element's `model` may have changed: load it, if anything was loaded before. */
  reload() {
    if (!this.#starting || this.#address === this.#wishes.model()) return
    this.#stop.abort()
    this.#starting = null
  }

  /**
   * @param {Blob | ImageBitmap} source
   * @param {string} variant wanted; a model without it gives its finest
   * @param {boolean} all every variant of the model
   * @param {Size} size
   * @param {AbortSignal} signal
   * @returns {Promise<Result[]>} rejects with FcnError
   */
  async segment(source, variant, all, size, signal) {
    try {
      const engine = await race(this.start(), signal)
      const options = { size, signal, onProgress: this.#wishes.onProgress }
      const has = engine.model?.manifest.config.variants ?? []
      if (all) return await engine.segmentAll(source, options)
      return [await engine.segment(source, { ...options, variant: has.includes(variant) ? variant : undefined })]
    } catch (error) {
      throw toFcnError(signal.aborted ? new FcnError('aborted') : error)
    }
  }

  /** Stops a start that is under way; running jobs have their own signals. */
  cancel() {
    this.#stop.abort()
  }

  dispose() {
    this.#stop.abort()
    this.#starting = null
    this.engine?.dispose()
    this.engine = null
  }
}

/**
 * A promise that needn't be waited for any longer once the signal is aborted.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function race(promise, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new FcnError('aborted'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
