/**
 * A browser by W3C WebDriver (https://www.w3.org/TR/webdriver2/): the few commands that the steps need. How a command
 * gets to the browser is the browser's own affair: firefox.js, webkit.js.
 */
import { setTimeout as rest } from 'node:timers/promises'

/** Only what hangs takes longer. Milliseconds. */
export const LIMIT = 240_000
/** Between two looks. */
export const LOOK_EVERY = 50

/** Keys that are no characters, by their names in the page. */
const KEYS = /** @type {const} */ ({ Tab: '\uE004', Enter: '\uE007', End: '\uE010', ArrowLeft: '\uE012' })

/** @typedef {(command: string, parameters: Readonly<Record<string, unknown>>) => Promise<unknown>} Send */
/** @typedef {{stop: () => Promise<void>, report: () => string}} Running */

/** Ends what hangs. @template T @param {Promise<T>} work @param {string} what @returns {Promise<T>} */
export async function within(work, what) {
  const clock = new AbortController()
  const late = rest(LIMIT, undefined, { signal: clock.signal }).then(() => {
    throw new Error(`${what}: no answer for ${LIMIT / 1000} s`)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    late.catch(() => {})
    clock.abort()
  }
}

/**
 * Waits until the page gives something.
 * @template T
 * @param {{run: Browser['run']}} browser
 * @param {(...args: any[]) => T} look closes over nothing
 * @param {...unknown} args JSON
 * @returns {Promise<NonNullable<Awaited<T>>>}
 */
export async function until(browser, look, ...args) {
  const from = Date.now()
  for (;;) {
    const seen = await browser.run(look, ...args)
    if (seen) return seen
    if (Date.now() - from > LIMIT) throw new Error(`in vain: ${look} of ${JSON.stringify(args)}`)
    await rest(LOOK_EVERY)
  }
}

export class Browser {
  #send
  #running
  /** Why nothing more is asked of it. @type {Error | null} */
  #dead = null
  /** @type {string[]} */
  #faults = []

  /**
   * @param {object} how
   * @param {string} how.name
   * @param {string} how.downloads folder into which it saves
   * @param {Send} how.send
   * @param {Running} how.running
   */
  constructor({ name, downloads, send, running }) {
    this.name = name
    this.downloads = downloads
    this.#send = send
    this.#running = running
  }

  /** @param {string} command @param {Readonly<Record<string, unknown>>} parameters */
  async #ask(command, parameters) {
    if (this.#dead) throw this.#dead
    try {
      return await within(this.#send(command, parameters), command)
    } catch (error) {
      if (error instanceof Refused) throw error
      throw this.#dead = new Error(`${this.name} does not answer any more: ${this.#running.report()}`, { cause: error })
    }
  }

  /** @param {string} url */
  async goto(url) {
    await this.#gather()
    await this.#ask('Navigate', { url })
  }

  /** Leaves the page, and says what went wrong in it and in those before. @returns {Promise<string[]>} */
  async leave() {
    await this.goto('about:blank')
    return this.#faults.splice(0)
  }

  async #gather() {
    this.#faults.push(...await this.run(() => typeof faults === 'undefined' ? [] : faults))
  }

  /**
   * Runs a function in the page.
   * @template T
   * @param {(...args: any[]) => T} work closes over nothing
   * @param {...unknown} args JSON
   * @returns {Promise<Awaited<T>>}
   */
  async run(work, ...args) {
    const script = `const done = arguments[arguments.length - 1]
      const args = [...arguments].slice(0, -1)
      Promise.resolve().then(() => (${work})(...args)).then(
        value => done({ value }), error => done({ error: String(error) }))`
    const answer = await this.#ask('ExecuteAsyncScript', { script, args })
    const { value, error } = /** @type {{value: Awaited<T>, error?: string}} */ (answer)
    if (error) throw new Error(error)
    return value
  }

  /**
   * Does something with the first element that watch.js finds.
   * @param {string} command
   * @param {object} parameters
   * @param {string} selector
   * @param {string} [text] which it has
   */
  async #onElement(command, parameters, selector, text = '') {
    const from = Date.now()
    for (;;) {
      const element = await until(this, (selector, text) => found(selector, text), selector, text)
      const [id] = Object.values(/** @type {Record<string, string>} */ (/** @type {unknown} */ (element)))
      try {
        await this.#ask(command, { id, ...parameters })
        return
      } catch (error) {
        // What was drawn anew, or moved, in between is looked for again.
        if (!(error instanceof Refused) || Date.now() - from > LIMIT) throw error
        await rest(LOOK_EVERY)
      }
    }
  }

  /** @param {string} selector @param {string} [text] which it has */
  async click(selector, text) {
    await this.#onElement('ElementClick', {}, selector, text)
  }

  /** Chooses files. @param {string[]} files paths @param {string} selector @param {string} [text] */
  async choose(files, selector, text) {
    await this.#onElement('ElementSendKeys', { text: files.join('\n') }, selector, text)
  }

  /** Presses keys, one after the other, wherever the focus is. @param {...(keyof typeof KEYS | ' ')} keys */
  async press(...keys) {
    const values = keys.map(key => key === ' ' ? key : KEYS[key])
    const actions = values.flatMap(value => ['keyDown', 'keyUp'].map(type => ({ type, value })))
    await this.#ask('PerformActions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
  }

  async close() {
    this.#dead ??= new Error(`${this.name} is closed`)
    await this.#running.stop()
  }
}

/** The browser answers, and says no. */
export class Refused extends Error {}
