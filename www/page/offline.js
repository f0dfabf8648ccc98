/**
 * The page without a network: a service worker of its own (sw.js, which the build writes) stores what it needs. Said in the
 * footer: how much is stored, that it can be cleared, and that a new version is there. A page that embeds an element gets none
 * of this.
 */
import { megabytes } from '../lib/format.js'
import { translator } from '../lib/i18n.js'
import { PAGE_TEXTS } from './texts.js'

/** Remembers that a person wants nothing stored. */
const OFF = 'fcn-offline'
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
    if (!navigator.serviceWorker || !this.#worker) return
    if (recall() === 'off') return this.#show('off')
    if (!navigator.serviceWorker.controller) await firstResult()
    await this.#register()
  }

  async #register() {
    try {
      const registration = this.#registration = await navigator.serviceWorker.register(this.#worker)
      this.#show(registration.active ? 'stored' : 'storing')
      registration.addEventListener('updatefound', () => this.#follow(registration.installing))
      this.#follow(registration.installing)
      if (registration.waiting && navigator.serviceWorker.controller) this.#show('update')
      await navigator.serviceWorker.ready
      await this.#used()
      if (this.state !== 'update') this.#show('stored')
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

  /** What was fetched before the worker was there is stored too. */
  async #used() {
    const urls = performance.getEntriesByType('resource').map(({ name }) => name).filter(name => name.startsWith(new URL('./', this.#worker).href))
    await this.#ask({ kind: 'used', urls })
    const told = await this.#ask({ kind: 'stored' })
    this.bytes = Number(told['bytes'] ?? 0)
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
    /** The new version takes over, in every window, and this one shows it. */
    update: () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
      this.#registration?.waiting?.postMessage({ kind: 'take-over' })
    },
    clear: async () => {
      remember('off')
      await this.#ask({ kind: 'clear' })
      await this.#registration?.unregister()
      this.#registration = null
      this.bytes = 0
      this.#show('off')
    },
    keep: async () => {
      remember(null)
      this.#show('storing')
      await this.#register()
    },
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
    if (!texts) return
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
    const text = this.state === 'none' ? '' : t(`offline.is.${this.state}`, { size })
    const buttons = { none: [], storing: [], off: [button('keep')], stored: [button('clear')], update: [button('update')] }
    this.#place.replaceChildren(text, ' ', ...buttons[this.state])
  }
}

/** @returns {Promise<void>} when the first mask is there, or it takes long */
function firstResult() {
  return new Promise(resolve => {
    document.addEventListener('fcn-result', () => resolve(), { once: true })
    setTimeout(resolve, PATIENCE)
  })
}

/** @returns {string | null} */
function recall() {
  try {
    return localStorage.getItem(OFF)
  } catch {
    return null
  }
}

/** @param {string | null} value */
function remember(value) {
  try {
    if (value === null) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, value)
  } catch {
    // Then it is asked anew next time.
  }
}
