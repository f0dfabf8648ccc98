/**
 * The page without a network: a service worker of its own (sw.js, which the build writes) stores what it needs. Said in the
 * footer: how much is stored, that it can be cleared, and that a new version is there. A page that embeds an element gets none
 * of this.
 */
import { megabytes } from '../lib/format.js'
import { translator } from '../lib/i18n.js'
import { MODEL_MARK } from '../lib/marks.js'
import { PAGE_TEXTS } from './texts.js'

/** Where it is remembered that a person wants nothing stored. */
const KEPT_AS = 'fcn-offline'
/** The first mask has the network to itself; where none comes, the worker waits this long. Milliseconds. */
const PATIENCE = 20_000

/** @typedef {'none' | 'off' | 'storing' | 'stored' | 'update'} State */

export class Offline {
  /** @type {State} */
  state = 'none'
  bytes = 0
  /** @type {ServiceWorkerRegistration | null} */
  #registration = null
  #place
  /** The worker's address; the page as it is written has none. */
  #worker

  /** @param {HTMLElement} place in the footer; the build gives it `data-worker` */
  constructor(place) {
    this.#place = place
    const { worker } = place.dataset
    this.#worker = worker ? new URL(worker, document.baseURI).href : ''
  }

  /** Once there is nothing more urgent. */
  async start() {
    const { serviceWorker } = navigator
    if (!serviceWorker || !this.#worker) return
    // Taken over at another window's wish: this one goes on as it is until it is reloaded.
    const isControlled = serviceWorker.controller !== null
    serviceWorker.addEventListener('controllerchange', () => { if (isControlled) this.#show('update') })
    // Models that are used from now on, by an engine that began before the worker did.
    new PerformanceObserver(() => {
      if (this.state === 'stored') void this.#store().then(() => this.speak()) }).observe({ type: 'mark' })
    if (recall() === 'off') return this.#show('off')
    if (!isControlled) await firstResult()
    await this.#register()
  }

  async #register() {
    const { serviceWorker } = navigator
    try {
      const registration = this.#registration = await serviceWorker.register(this.#worker)
      if (!registration.active) this.#show('storing')
      registration.addEventListener('updatefound', () => this.#follow(registration.installing))
      this.#follow(registration.installing)
      await serviceWorker.ready
      const isStored = await this.#store()
      // Cleared meanwhile.
      if (this.#isOff) return
      if (registration.waiting && serviceWorker.controller) this.#show('update')
      else if (this.state !== 'update') this.#show(isStored ? 'stored' : 'none')
    } catch {
      // Refused, or not whole: the page works with a network as before.
      if (this.state === 'storing') this.#show('none')
    }
  }

  /** @param {ServiceWorker | null} installing */
  #follow(installing) {
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && navigator.serviceWorker.controller) this.#show('update')
      if (installing.state === 'redundant' && this.state === 'storing') this.#show('none')
    })
  }

  /** Has what the page needs, and what it has used so far, stored. @returns {Promise<boolean>} whether it is */
  async #store() {
    const site = new URL('./', this.#worker).href
    const fetched = performance.getEntriesByType('resource').map(({ name }) => name)
    // What an engine's worker fetches isn't among the page's own resources.
    const models = performance.getEntriesByName(MODEL_MARK).map(entry =>
      String(/** @type {PerformanceMark} */ (entry).detail))
    const told = await this.#ask({ kind: 'store', urls: [...fetched, ...models].filter(url => url.startsWith(site)) })
    // Cleared meanwhile: then nothing is stored.
    if (this.#isOff) return false
    this.bytes = Number(told['bytes'] ?? this.bytes)
    return told['bytes'] !== undefined
  }

  /** @param {{kind: string, urls?: string[]}} message @returns {Promise<Record<string, unknown>>} */
  #ask(message) {
    const { port1, port2 } = new MessageChannel()
    return new Promise(resolve => {
      port1.addEventListener('message', ({ data }) => {
        port1.close()
        resolve(data)
      })
      port1.start()
      const worker = this.#registration?.active
      if (worker) worker.postMessage(message, [port2])
      else resolve({})
    })
  }

  actions = {
    /** The new version takes over, and this window shows it. */
    update: () => {
      const { waiting } = this.#registration ?? {}
      // Another window had it taken over already.
      if (!waiting) return location.reload()
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
      waiting.postMessage({ kind: 'take-over' })
    },
    clear: async () => {
      remember('off')
      await this.#ask({ kind: 'clear' })
      await this.#registration?.unregister()
      this.bytes = 0
      this.#show('off')
    },
    keep: async () => {
      remember(null)
      this.#show('storing')
      await this.#register()
    },
  }

  get #isOff() {
    return this.state === 'off'
  }

  /** @param {State} state */
  #show(state) {
    this.state = state
    void this.speak()
  }

  /** Says it in the page's language. */
  async speak() {
    const language = document.documentElement.lang === 'ko' ? 'ko' : 'en'
    const { texts } = await PAGE_TEXTS[language]().catch(() => ({ texts: null }))
    if (!texts || language !== (document.documentElement.lang === 'ko' ? 'ko' : 'en')) return
    const t = translator(texts)
    /** @param {'update' | 'clear' | 'keep'} name */
    const button = name => {
      const element = document.createElement('button')
      element.type = 'button'
      element.textContent = t(`offline.${name}`)
      element.addEventListener('click', () => void this.actions[name]())
      return element
    }
    this.#place.hidden = this.state === 'none'
    const size = megabytes(this.bytes, language)
    const states = this.state === 'none' ? [] : this.state === 'update' && this.bytes ? ['update', 'stored']
      : [this.state]
    const text = states.map(state => t(`offline.is.${state}`, { size })).join(' ')
    const buttons = { none: [], storing: [], off: [button('keep')], stored: [button('clear')],
      update: [button('update'), ' ', button('clear')] }
    this.#place.replaceChildren(text, ' ', ...buttons[this.state])
  }
}

/** @returns {Promise<void>} when the first mask is there, or it takes long */
function firstResult() {
  return new Promise(resolve => {
    document.addEventListener('fcn-result', event => {
      // <fcn-measure> tells of metrics, which need no net.
      if (event.target instanceof Element && event.target.localName !== 'fcn-measure') resolve()
    })
    setTimeout(resolve, PATIENCE)
  })
}

/** @returns {string | null} */
function recall() {
  try {
    return localStorage.getItem(KEPT_AS)
  } catch {
    return null
  }
}

/** @param {string | null} value */
function remember(value) {
  try {
    if (value === null) localStorage.removeItem(KEPT_AS)
    else localStorage.setItem(KEPT_AS, value)
  } catch {
    // Then it is asked anew next time.
  }
}
