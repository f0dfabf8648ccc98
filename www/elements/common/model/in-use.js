/**
 * The net that one element uses: the one wished for by its address, the usual one where none is, or
 * one that came by hand: from a person's own files, or through `engine.load`.
 *
 * A net by hand stays until the wish changes. A wished one that can't be had leaves the former net in use.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { keepSaid } from './storage.js'

/** @typedef {import('../../../engine/engine.js').Engine} Engine */
/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../../engine/protocol.js').Gives} Gives */
/** @typedef {import('../jobs.js').Progress} Progress */

/** @typedef {import('../../../engine/protocol.js').Said} Said */

/**
 * A person's own files that a net came from; `keptAs`: the name under which the browser keeps them; `said`: what the
 * person says of them.
 * @typedef {{files: readonly File[], keptAs: string | null, isGone: boolean, said: Said}} Own
 */

/**
 * What the element wishes.
 * @typedef {object} Wishes
 * @property {Gives} gives what the net is wanted for
 * @property {() => string} model address of a model.json, absolute; '' for the usual one
 * @property {string} usual that of the one without a wish
 * @property {(progress: Progress) => void} [onProgress]
 * @property {() => void} [onReady] engine and net stand
 * @property {() => void} [onEnded] a start has ended, well or not, whoever asked for it
 */

/** Events: `change`, when another net is in use than before; `progress` (detail Progress) of a net on its way. */
export class NetInUse extends EventTarget {
  #start
  #wishes
  /** @type {Net | null} */
  #net = null
  /** @type {Own | null} */
  #own = null
  /** Whether somebody else loaded it, who may go on using it. */
  #isOthers = false
  /** While engine and net are being started. @type {Promise<Net> | null} */
  #starting = null
  #stop = new AbortController()
  /** The wished net that is on its way. @type {{wish: string, from: URL | File | readonly File[], stop: AbortController} | null} */
  #load = null
  /** What `open` is loading from. @type {readonly File[] | null} */
  #opening = null
  /** What is said of the net in use by the load that is under way. @type {{of: Own, said: Said} | null} */
  #saying = null
  /** The wish that the net in use fulfils; a net by hand fulfils the one of that moment. @type {string | null} */
  #fulfilled = null
  /** Whether the wished net couldn't be had, and another one stands in for it. */
  #isMissed = false
  /** Whether `onReady` was called for what stands now. */
  #isReady = false

  /**
   * @param {(signal: AbortSignal) => Promise<Engine>} start brings the engine
   * @param {Wishes} wishes
   */
  constructor(start, wishes) {
    super()
    this.#start = start
    this.#wishes = wishes
  }

  get gives() {
    return this.#wishes.gives
  }

  /** @returns {Net | null} */
  get net() {
    return this.#net?.isDisposed ? null : this.#net
  }

  /** The person's own files that the net in use came from, if it did. */
  get own() {
    return this.net && this.#own
  }

  /** Address of the net on its way, else of the one in use; null for one from files, or none. */
  get url() {
    if (!this.#load) return this.net?.url ?? null
    return this.#load.from instanceof URL ? this.#load.from.href : null
  }

  /**
   * Engine and net, started once; after a failure the next call tries again.
   * @returns {Promise<Net>} rejects with FcnError
   */
  start() {
    if (this.#isReady && this.#isFulfilled && this.net) return Promise.resolve(this.net)
    if (this.#starting) return this.#starting
    const starting = this.#bring(this.#stop = new AbortController()).catch(error => { throw toFcnError(error) })
    const ended = () => {
      if (this.#starting === starting) this.#starting = null
      this.#wishes.onEnded?.()
    }
    starting.then(ended, ended)
    this.#starting = starting
    return starting
  }

  get #isFulfilled() {
    return this.net !== null && this.#fulfilled === this.#wishes.model()
  }

  /** @param {AbortController} stop */
  async #bring({ signal }) {
    this.#isReady = false
    const { gives, model, usual } = this.#wishes
    const onProgress = (/** @type {Progress} */ progress) => this.#tell(progress)
    onProgress({ phase: 'engine' })
    const engine = await this.#start(signal)
    while (!this.#isFulfilled) {
      const wish = model()
      // A person's own net whose memory was given back is loaded once more.
      const own = wish === this.#fulfilled ? this.#own : null
      const from = own ? loadable(own.files) : new URL(wish || usual)
      const load = this.#load = { wish, from, stop: new AbortController() }
      const end = () => load.stop.abort()
      signal.addEventListener('abort', end)
      try {
        this.#take(await engine.load(load.from, { signal: load.stop.signal, gives, onProgress,
          ...own && { assume: own.said } }), wish, own)
      } catch (error) {
        // Another wish meanwhile, or a net by hand: then this one isn't missed.
        const isMissed = wish === model() && !this.#isFulfilled
        if (isMissed && this.net) {
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
    this.#wishes.onReady?.()
    return /** @type {Net} */ (this.net)
  }

  /**
   * Loads a person's own files in place of the net in use, which stays when this fails.
   * @param {readonly File[]} files @param {string | null} keptAs
   * @param {AbortSignal} signal
   * @param {Said} [said]
   * @returns {Promise<Net>}
   */
  async open(files, keptAs, signal, said = {}) {
    const engine = await this.#start(signal)
    const from = this.#opening = [...files]
    const { gives } = this.#wishes
    try {
      const onProgress = (/** @type {Progress} */ progress) => { if (!signal.aborted) this.#tell(progress) }
      const net = await engine.load(loadable(from), { signal, gives, onProgress, assume: said })
      this.#byHand(net, { files: from, keptAs, isGone: false, said })
      return net
    } finally {
      if (this.#opening === from) this.#opening = null
      this.#wishes.onEnded?.()
    }
  }

  /**
   * The person's own net in use once more, with something else assumed of it, also beside what was said a moment ago and
   * is still loading; kept weights keep that, too.
   * @param {Said} said
   * @returns {(signal: AbortSignal) => Promise<Net>} loads it, after a failure with the same said; rejects with FcnError:
   *   no_model where there is none; keep_failed
   */
  assuming(said) {
    const own = this.#own
    const before = this.#saying && this.#saying.of === own ? this.#saying.said : own?.said
    return async signal => await this.#assume({ ...before, ...said }, signal)
  }

  /** @param {Said} said all of it @param {AbortSignal} signal */
  async #assume(said, signal) {
    // Also of a net whose memory was given back.
    const own = this.#own
    if (!own) throw new FcnError('no_model')
    const saying = this.#saying = { of: own, said }
    try {
      const net = await this.open(own.files, own.keptAs, signal, said)
      const now = this.#own
      if (now?.said === said) {
        // Kept weights may have been removed meanwhile, and more may have been said of them.
        Object.assign(now, { keptAs: own.keptAs, isGone: own.isGone })
        if (this.#saying?.of === own) this.#saying.of = now
      }
      if (own.keptAs) await keepSaid(own.keptAs, said)
      return net
    } finally {
      if (this.#saying === saying) this.#saying = null
    }
  }

  /** @param {Progress} progress */
  #tell(progress) {
    this.#wishes.onProgress?.(progress)
    this.dispatchEvent(new CustomEvent('progress', { detail: progress }))
  }

  /** Whether the net is one that this element is loading. @param {Net} net */
  isLoading(net) {
    return [this.#load?.from, this.#opening, this.#opening?.[0]].some(from => from === net.from)
  }

  /** A net that somebody loaded into the engine: it takes the place of the one in use. @param {Net} net */
  adopt(net) {
    const { gives } = this.#wishes
    if (gives !== 'any' && gives !== net.gives) return
    this.#byHand(net, null, true)
  }

  /** @param {Net} net @param {Own | null} own @param {boolean} [isOthers] */
  #byHand(net, own, isOthers) {
    this.#load?.stop.abort()
    this.#take(net, this.#wishes.model(), own, isOthers)
  }

  /** @param {Net} net @param {string} wish that it fulfils @param {Own | null} own @param {boolean} [isOthers] */
  #take(net, wish, own, isOthers = false) {
    if (net !== this.#net) this.#dispose()
    this.#net = net
    this.#own = own
    this.#isOthers = isOthers
    this.#fulfilled = wish
    this.#isMissed = false
    this.dispatchEvent(new Event('change'))
  }

  #dispose() {
    if (!this.#isOthers) this.#net?.dispose()
  }

  /** The net in use, by hand or not, isn't what is wished for. */
  forget() {
    this.#fulfilled = null
    this.#isMissed = false
  }

  /** Once more: with a net that couldn't be had, if that is what failed. */
  retry() {
    if (this.#isMissed) this.forget()
  }

  /** Whoever goes on with the net that stands in has let the other one be. */
  accept() {
    this.#isMissed = false
  }

  /** The wish may have changed: a load of another net is of no use any more. */
  reload() {
    if (this.#load && this.#load.wish !== this.#wishes.model()) this.#load.stop.abort()
  }

  /** Stops a start that is under way; running jobs have their own signals. */
  cancel() {
    this.#stop.abort()
    this.#starting = null
  }

  /** Gives the net's memory back; the next `start` loads it again. */
  release() {
    this.cancel()
    this.#isReady = false
    this.#dispose()
    this.#net = null
  }
}

/** @param {readonly File[]} files @returns {File | readonly File[]} as the engine takes them */
function loadable(files) {
  return files.length === 1 ? files[0] : files
}
