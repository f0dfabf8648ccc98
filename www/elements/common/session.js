/**
 * What the elements of a page share: one engine, the nets in use, the photo at hand, the helper that decodes photos.
 *
 * An element joins while it is on the page. When the last one has left, the engine and all it holds is given back.
 */
import { Engine } from '../../engine/engine.js'
import { FcnError } from '../../lib/errors.js'
import { Bitmaps } from './photo/bitmaps.js'
import { ImageClient } from './photo/image-client.js'

/** @typedef {'auto' | import('../../engine/protocol.js').Backend} Backend */
/** @typedef {import('../../engine/protocol.js').Gives} Gives */
/** @typedef {import('./model/in-use.js').NetInUse} NetInUse */

/** @typedef {import('./photo/source.js').Photo} Photo */

/** The page's sessions by back end. @type {Map<Backend, Session>} */
const sessions = new Map()

/** Events: the engine's `restart` and `backend`; `net` (another net is in use), `photo` (another photo is at hand). */
export class Session extends EventTarget {
  #backend
  #createEngine
  /** @type {Engine | null} */
  #engine = null
  /** The engine while it is being created, who waits for it, and how to stop it. @type {{engine: Promise<Engine>, waiting: number, stop: AbortController} | null} */
  #opening = null
  /** The elements on the page. @type {Set<object>} */
  #members = new Set()
  /** Their nets; the one that changed last is the last. @type {Set<NetInUse>} */
  #nets = new Set()
  /** @type {Photo | null} */
  #photo = null
  /** Who opens files of a kind that another element was given. @type {Map<Gives, (files: readonly File[]) => void>} */
  #openers = new Map()
  images = new ImageClient()
  bitmaps = new Bitmaps()

  /**
   * The page's session for a back end. Without a wish of its own, an element shares the one that is there.
   * @param {Backend} [backend]
   */
  static of(backend = 'auto') {
    const own = sessions.get(backend)
    const there = backend === 'auto' && !own?.isUsed ? [...sessions.values()].find(({ isUsed }) => isUsed) ?? own : own
    if (there) return there
    const session = new Session(backend)
    sessions.set(backend, session)
    return session
  }

  /**
   * Use `Session.of`.
   * @param {Backend} backend
   * @param {typeof Engine.create} [createEngine]
   */
  constructor(backend, createEngine = Engine.create) {
    super()
    this.#backend = backend
    this.bitmaps.addUser(this)
    this.#createEngine = createEngine
  }

  get engine() {
    return this.#engine
  }

  /** Whether an element has joined, or the page counts on it. */
  get isUsed() {
    return this.#members.size > 0 || this.#openers.size > 0
  }

  /** The bitmaps that are needed now: an element may ask for the photo at hand. */
  get sources() {
    return [this.#photo?.source]
  }

  /** The photo that was shown last. */
  get photo() {
    return this.#photo
  }

  set photo(photo) {
    if (photo === this.#photo) return
    this.#photo = photo
    this.dispatchEvent(new Event('photo'))
  }

  /**
   * An element is on the page.
   * @param {NetInUse | null} net the one that it uses, if it does
   * @returns {() => void} it has left: its net's memory is given back
   */
  join(net) {
    const latest = () => {
      this.#nets.delete(/** @type {NetInUse} */ (net))
      this.#nets.add(/** @type {NetInUse} */ (net))
      this.dispatchEvent(new Event('net'))
    }
    const member = {}
    this.#members.add(member)
    if (net) this.#nets.add(net)
    net?.addEventListener('change', latest)
    return () => {
      if (!this.#members.delete(member)) return
      net?.removeEventListener('change', latest)
      if (net) this.#nets.delete(net)
      net?.release()
      if (net) this.dispatchEvent(new Event('net'))
      this.bitmaps.sweep()
      if (this.#members.size === 0) this.#end()
    }
  }

  /**
   * The engine, created when it is first needed.
   * @param {AbortSignal} signal of one who waits; the creation is stopped when nobody waits any more
   * @returns {Promise<Engine>}
   * @throws {FcnError}
   */
  async start(signal) {
    if (this.#engine) return this.#engine
    if (signal.aborted) throw new FcnError('aborted')
    const opening = this.#opening ??= this.#open()
    opening.waiting++
    const leave = () => {
      if (--opening.waiting > 0) return
      if (this.#opening === opening) this.#opening = null
      opening.stop.abort()
    }
    return await new Promise((resolve, reject) => {
      const stop = () => {
        leave()
        reject(new FcnError('aborted'))
      }
      signal.addEventListener('abort', stop, { once: true })
      opening.engine.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }

  #open() {
    const stop = new AbortController()
    const opening = { engine: this.#create(stop.signal), waiting: 0, stop }
    const ended = () => { if (this.#opening === opening) this.#opening = null }
    opening.engine.then(ended, ended)
    return opening
  }

  /** @param {AbortSignal} signal */
  async #create(signal) {
    const engine = await this.#createEngine({ backend: this.#backend, signal })
    if (signal.aborted) {
      engine.dispose()
      throw new FcnError('aborted')
    }
    this.#engine = engine
    engine.addEventListener('model', event => {
      const { net } = /** @type {CustomEvent<{net: import('../../engine/engine.js').Net}>} */ (event).detail
      // Loaded by hand, that is, by none of the elements: it is for all that can use it.
      const all = [...this.#nets]
      if (!all.some(one => one.isLoading(net))) for (const one of all) one.adopt(net)
    })
    for (const type of ['restart', 'backend']) {
      engine.addEventListener(type,
        event => this.dispatchEvent(new CustomEvent(type, { detail: /** @type {CustomEvent} */ (event).detail })))
    }
    return engine
  }

  /**
   * What an element of the page uses for that, the latest one.
   * @param {Gives} gives
   * @param {NetInUse | null} [except] the asking element's own
   */
  inUse(gives, except = null) {
    return [...this.#nets].reverse().find(net => net.gives === gives && net !== except) ?? null
  }

  /** Opens files of a kind that this page has an element for. @param {Gives} gives @param {(files: readonly File[]) => void} open */
  opens(gives, open) {
    this.#openers.set(gives, open)
  }

  /** How to open a model of that kind elsewhere on the page, if there is a way. @param {Gives} gives */
  opener(gives) {
    return this.#openers.get(gives) ?? null
  }

  #end() {
    this.#opening?.stop.abort()
    this.#opening = null
    this.#engine?.dispose()
    this.#engine = null
    this.photo = null
    this.images.close()
    this.bitmaps.sweep()
  }
}
