/**
 * One worker's life, seen from the page: started, asked one thing at a time, ended. Every way in
 * which a worker can go silent becomes an error of the request that is waiting.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { fetchFile } from '../../lib/fetching.js'

/** @typedef {import('../protocol.js').Request} Request */
/** @typedef {import('../protocol.js').Replies} Replies */
/** @typedef {import('../protocol.js').Progress} Progress */
/** @typedef {import('../protocol.js').FromWorker} FromWorker */

/**
 * @typedef {object} Ask
 * @property {Transferable[]} [transfer]
 * @property {AbortSignal} [signal] stops the request at the worker's next step
 * @property {(progress: Progress) => void} [onProgress]
 * @property {number} [limit] milliseconds; a worker that hasn't answered by then is `stuck`
 * @property {FcnError} [stuck] default: crashed
 */

/**
 * @typedef {object} Pending
 * @property {number} id
 * @property {(reply: Replies[keyof Replies]) => void} resolve
 * @property {(error: FcnError) => void} reject
 * @property {((progress: Progress) => void) | undefined} onProgress
 */

/** A worker that was told to stop and hasn't by then is ended. Milliseconds. */
const STOP_GRACE = 5000

export class Link {
  /** The nets that the worker holds, by id; kept by host.js. @type {Set<number>} */
  nets = new Set()
  #worker
  #url
  /** @type {string | null} */
  #shim = null
  #latestId = 0
  /** @type {Pending | null} */
  #pending = null
  /** @type {FcnError | null} */
  #dead = null
  /** Whether the worker has ever said anything: until then, an error means that it didn't load. */
  #heard = false
  #onDown
  #listening = new AbortController()
  /** Whether the page's policy forbade a worker while this one was starting. */
  #isForbidden = false

  /**
   * Starts a worker.
   * @param {(error: FcnError) => void} onDown called once if it dies by itself
   */
  constructor(onDown) {
    this.#onDown = onDown
    this.#url = new URL('../worker/worker.js', import.meta.url)
    const { signal } = this.#listening
    // The worker's own error event doesn't say why. What is forbidden within the worker isn't told here.
    globalThis.document?.addEventListener('securitypolicyviolation', ({ effectiveDirective, disposition }) => {
      if (effectiveDirective === 'worker-src' && disposition === 'enforce' && !this.#heard) this.#isForbidden = true
    }, { signal })
    this.#worker = this.#start()
    this.#worker.addEventListener('message', event => this.#hear(event.data), { signal })
    this.#worker.addEventListener('messageerror', () =>
      this.#fail(new FcnError('crashed', "The worker's answer did not arrive whole.")), { signal })
    this.#worker.addEventListener('error', event => {
      event.preventDefault()
      const reason = event.message ?? ''
      if (this.#heard) this.#fail(new FcnError('crashed', undefined, { reason }))
      else if (this.#isForbidden || hasNoOrigin()) this.#fail(this.#forbidden(reason))
      else void this.#explain(reason)
    }, { signal })
  }

  /** Why the worker is dead; null while it lives. */
  get dead() {
    return this.#dead
  }

  /**
   * Sends a request; only one may be waiting.
   * @template {Request} R
   * @param {R} request
   * @param {Ask} [options]
   * @returns {Promise<Replies[R['type']]>} rejects with FcnError; `aborted` after `signal`
   */
  ask(request, { transfer = [], signal, onProgress, limit, stuck } = {}) {
    const id = ++this.#latestId
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let limitTimer
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let graceTimer
    const stop = () => {
      this.#worker.postMessage({ type: 'stop', id })
      graceTimer = setTimeout(() => this.#fail(new FcnError('aborted')), STOP_GRACE)
    }
    /** @type {Promise<Replies[keyof Replies]>} */
    const answered = new Promise((resolve, reject) => {
      if (this.#dead) return reject(this.#dead)
      if (this.#pending) return reject(new FcnError('crashed', 'The worker was asked twice at once.'))
      if (signal?.aborted) return reject(new FcnError('aborted'))
      this.#pending = { id, resolve, reject, onProgress }
      if (limit) limitTimer = setTimeout(() => this.#fail(stuck ?? new FcnError('crashed')), limit)
      signal?.addEventListener('abort', stop)
      try {
        this.#worker.postMessage({ ...request, id }, transfer)
      } catch (error) {
        this.#pending = null
        reject(uncloneable(error))
      }
    })
    const tidied = answered.finally(() => {
      clearTimeout(limitTimer)
      clearTimeout(graceTimer)
      signal?.removeEventListener('abort', stop)
    })
    return /** @type {Promise<Replies[R['type']]>} */ (tidied)
  }

  /**
   * Ends the worker; whatever waits is rejected.
   * @param {FcnError} [why]
   */
  end(why = new FcnError('aborted')) {
    if (this.#dead) return
    this.#dead = why
    this.#listening.abort()
    this.#worker.terminate()
    if (this.#shim) URL.revokeObjectURL(this.#shim)
    this.#pending?.reject(why)
    this.#pending = null
  }

  /** @param {FcnError} error */
  #fail(error) {
    if (this.#dead) return
    this.end(error)
    this.#onDown(error)
  }

  /** @param {FromWorker} message */
  #hear(message) {
    this.#heard = true
    if (message.type === 'down') return this.#fail(FcnError.from(message.error))
    const pending = this.#pending
    if (!pending || pending.id !== message.id) return
    if (message.type === 'progress') return pending.onProgress?.(message.progress)
    this.#pending = null
    if (message.type === 'done') pending.resolve(message.reply)
    else pending.reject(FcnError.from(message.error))
  }

  /**
   * A worker has to come from the page's own origin. Where the engine is embedded from another one,
   * a two-line module of the page's imports it (which needs that host to allow it by CORS, and the
   * page's policy to allow blob: workers).
   * @returns {Worker}
   */
  #start() {
    try {
      if (this.#url.origin === location.origin) {
        // Written out, so that bundlers find the worker.
        return new Worker(new URL('../worker/worker.js', import.meta.url), { type: 'module' })
      }
      const code = `import ${JSON.stringify(this.#url.href)}\n`
      this.#shim = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
      return new Worker(this.#shim, { type: 'module' })
    } catch (error) {
      this.#listening.abort()
      const reason = toFcnError(error).message
      // Some browsers throw what the policy forbids, others tell it later.
      if (error instanceof DOMException && error.name === 'SecurityError') throw this.#forbidden(reason)
      throw new FcnError('wasm_failed', 'The worker could not be started.', { url: this.#url.href, reason })
    }
  }

  /** Of a script that could not be loaded the browser doesn't say which, nor why. @param {string} reason */
  async #explain(reason) {
    const { href, origin } = this.#url
    const failure = await fetchWhole(href, this.#listening.signal).catch(toFcnError)
    if (failure?.code === 'http_error') {
      return this.#fail(new FcnError('wasm_failed', failure.message, { kind: failure.code, ...failure.details }))
    }
    const policy = `a page with a Content-Security-Policy has to allow ${origin} in script-src and worker-src`
    this.#fail(new FcnError('wasm_failed', `The worker script could not be loaded. Reload the page; ${policy}.`,
      { url: href, reason }))
  }

  /** @param {string} reason */
  #forbidden(reason) {
    if (hasNoOrigin()) {
      return new FcnError('wasm_blocked',
        'This frame allows no worker, for its sandbox takes its origin away. Whoever embeds it has to add allow-same-origin.',
        { url: this.#url.href, reason, kind: 'no_worker' })
    }
    const sources = this.#shim ? `blob: and ${this.#url.origin}` : "'self'"
    return new FcnError('wasm_blocked',
      `This page's security policy does not allow the engine's worker. The host has to allow ${sources} in worker-src.`,
      { url: this.#url.href, reason })
  }
}

/** What a script imports as it is loaded, of its own site; as written, or minified. */
const IMPORT = /(?:^|[;}])\s*(?:import|(?:import|export)\b[^'"`();=]*\bfrom)\s*["'](\.{1,2}\/[^"']+)["']/gm

/**
 * Fetches a script and all that it imports as it is loaded, one after the other; most are in the browser's cache.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {Set<string>} [seen]
 * @returns {Promise<null>} nothing is missing
 * @throws {FcnError} of the first that doesn't come, as fetchFile
 */
async function fetchWhole(url, signal, seen = new Set()) {
  if (seen.has(url)) return null
  seen.add(url)
  const code = await (await fetchFile(url, signal)).text()
  for (const [, path] of code.matchAll(IMPORT)) await fetchWhole(new URL(path, url).href, signal, seen)
  return null
}

/** Whether the page is in a frame with `sandbox="allow-scripts"`, whose origin is no one's. */
function hasNoOrigin() {
  return globalThis.origin === 'null'
}

/**
 * @param {unknown} error thrown by postMessage
 * @returns {FcnError}
 */
function uncloneable(error) {
  const reason = error instanceof Error ? error.message : String(error)
  const why = "it comes from another site that doesn't allow it. Save it and choose the file."
  return new FcnError('decode_failed', `This picture can't be read by the page: ${why}`, { reason })
}
