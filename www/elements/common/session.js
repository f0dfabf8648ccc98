/**
 * The engine's life inside an element: started when first needed, one job at a time, the newest
 * wins, ended when the element has left the page for good.
 */
import { Engine } from '../../engine/engine.js'
import { FcnError, toFcnError } from '../../lib/errors.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/protocol.js').Size} Size */

/**
 * @typedef {{phase: 'photo' | 'engine' | 'keep'}
 *   | import('../../engine/protocol.js').LoadProgress
 *   | import('../../engine/protocol.js').SegmentProgress} Progress
 */

/**
 * @typedef {object} Wishes
 * @property {() => string} model which model: an address, or '' for the one that suits the engine
 * @property {(wish: string, engine: Engine) => string} address of the model.json that fulfils a wish, absolute
 * @property {() => 'auto' | 'webgpu' | 'cpu'} backend
 * @property {(progress: Progress) => void} onProgress
 * @property {() => void} onReady engine and model stand
 * @property {(event: CustomEvent) => void} onEvent the engine's `restart`, `backend`, `model`
 */

export class Runner {
  /** @type {Engine | null} */
  engine = null
  #wishes
  /** While engine and model are being started. @type {Promise<Engine> | null} */
  #starting = null
  #stop = new AbortController()
  /** The element's own load that is under way. @type {{wish: string, address: string, stop: AbortController} | null} */
  #load = null
  /**
   * The wish that the engine's model fulfils. A model loaded by hand fulfils the one of that
   * moment: it stays until the wish changes. So does the one that suited the engine at its start.
   * @type {string | null}
   */
  #fulfilled = null
  /** Whether the wish's own model couldn't be had, and another one stands in for it. */
  #isMissed = false
  /** Whether `onReady` was called for what stands now. */
  #isReady = false

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes
  }

  /**
   * Engine and model, started once; after a failure the next call tries again.
   * @returns {Promise<Engine>} rejects with FcnError
   */
  start() {
    if (this.engine && this.#isReady && this.#hasModel(this.engine)) return Promise.resolve(this.engine)
    if (this.#starting) return this.#starting
    const starting = this.#start(this.#stop = new AbortController()).catch(error => { throw toFcnError(error) })
    const ended = () => { if (this.#starting === starting) this.#starting = null }
    starting.then(ended, ended)
    this.#starting = starting
    return starting
  }

  /** @param {Engine} engine */
  #hasModel(engine) {
    return engine.model !== null && this.#fulfilled === this.#wishes.model()
  }

  /** @param {AbortController} stop */
  async #start({ signal }) {
    this.#isReady = false
    this.#wishes.onProgress({ phase: 'engine' })
    const engine = this.engine ?? await this.#create(signal)
    while (!this.#hasModel(engine)) {
      const wish = this.#wishes.model()
      const load = this.#load = { wish, address: this.#wishes.address(wish, engine), stop: new AbortController() }
      const end = () => load.stop.abort()
      signal.addEventListener('abort', end)
      try {
        await engine.load(load.address, { signal: load.stop.signal, gives: 'masks', onProgress: this.#wishes.onProgress })
        this.#fulfilled = wish
        this.#isMissed = false
      } catch (error) {
        // Another wish meanwhile, or a model that came by hand: then this one isn't missed.
        const isMissed = wish === this.#wishes.model() && !this.#hasModel(engine)
        // The former model stays in use until something else is wished for, or the same once more.
        if (isMissed && engine.model) {
          this.#fulfilled = wish
          this.#isMissed = true
        }
        if (signal.aborted || isMissed) throw error
      } finally {
        signal.removeEventListener('abort', end)
        if (this.#load === load) this.#load = null
      }
      if (signal.aborted) throw new FcnError('aborted')
    }
    this.#isReady = true
    this.#wishes.onReady()
    return engine
  }

  /** @param {AbortSignal} signal */
  async #create(signal) {
    if (typeof Worker === 'undefined' || typeof WebAssembly === 'undefined') throw new FcnError('wasm_failed')
    const engine = await Engine.create({ backend: this.#wishes.backend(), signal })
    if (signal.aborted) {
      engine.dispose()
      throw new FcnError('aborted')
    }
    engine.addEventListener('model', event => {
      const { url } = /** @type {CustomEvent<{url: string | null}>} */ (event).detail
      if (url !== null && url === this.#load?.address) return
      this.#fulfilled = this.#wishes.model()
      this.#isMissed = false
      this.#load?.stop.abort()
    })
    for (const name of ['restart', 'backend', 'model']) {
      engine.addEventListener(name, event => this.#wishes.onEvent(/** @type {CustomEvent} */ (event)))
    }
    this.#fulfilled = null
    this.engine = engine
    return engine
  }

  /** The address of the model that is on its way. */
  get loading() {
    return this.#load?.address ?? null
  }

  /** The model that is there, loaded by hand or not, isn't what is wished for. */
  forget() {
    this.#fulfilled = null
    this.#isMissed = false
  }

  /** Once more: with a model that couldn't be had, if that is what failed. */
  retry() {
    if (this.#isMissed) this.forget()
  }

  /** The element's `model` may have changed: a load of another one is of no use any more. */
  reload() {
    if (this.#load && this.#load.wish !== this.#wishes.model()) this.#load.stop.abort()
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
      const results = all ? await engine.segmentAll(source, options)
        : [await engine.segment(source, { ...options, variant: has.includes(variant) ? variant : undefined })]
      // Whoever goes on with the model that stands in has let the other one be.
      this.#isMissed = false
      return results
    } catch (error) {
      throw toFcnError(signal.aborted ? new FcnError('aborted') : error)
    }
  }

  /**
   * Reads the scores of results, which a mask doesn't need and the readout does.
   * @param {readonly Result[]} results
   * @returns {Promise<void>} also where they can't be had any more
   */
  async readScores(results) {
    try {
      const engine = await this.start()
      for (const result of results) await engine.scores(result)
    } catch {
      // The mask stands without them.
      for (const result of results) result.scores ??= null
    }
  }

  /** Stops a start that is under way; running jobs have their own signals. */
  cancel() {
    this.#stop.abort()
    this.#starting = null
  }

  dispose() {
    this.#stop.abort()
    this.#starting = null
    this.#isReady = false
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
