/**
 * A part of an element whose script comes when it is first wanted: until then it is known what a link told of it, and which
 * files were dropped for it. It costs an element that shows other parts nothing.
 */

/** @typedef {import('./fragment.js').Values} Values */
/** What comes; `values`: what a link tells of it. @typedef {{values?: Values, connect?: () => void, dispose: () => void}} Part */

/**
 * @template {Part} P
 * @typedef {object} Around
 * @property {() => Promise<P>} bring fetches the script and makes the part
 * @property {Values} [usual] what a link needn't tell of it
 * @property {() => void} changed called when it has come
 * @property {() => void} fail called when it could not be fetched; it may be asked for again
 * @property {(part: P, files: readonly File[]) => Promise<void>} [take] gives it files
 */

/** @template {Part} P */
export class Later {
  #around
  /** @type {P | null} */
  part = null
  #isHere = false
  /** While it is on its way, and after. @type {Promise<void> | null} */
  #coming = null
  /** @type {Values | null} */
  #told = null
  /** @type {readonly File[] | null} */
  #files = null
  /** While they are taken, and after. @type {Promise<void> | null} */
  #taking = null

  /** @param {Around<P>} around */
  constructor(around) {
    this.#around = around
  }

  get values() {
    return this.part?.values ?? this.#told ?? this.#around.usual ?? {}
  }

  /** @param {Values} values of a whole link: what is of other parts is left out */
  set values(values) {
    if (this.part) this.part.values = values
    else this.#told = Object.fromEntries(Object.keys(this.#around.usual ?? {}).map(key => [key, values[key]]))
  }

  /** The element is on the page. */
  connect() {
    this.#isHere = true
    this.part?.connect?.()
  }

  /** The element has left the page. */
  dispose() {
    this.#isHere = false
    this.part?.dispose()
  }

  /** It is to be shown. */
  want() {
    if (!this.part && this.#isHere) void this.fetch()
  }

  /** @param {readonly File[]} files a user's */
  async takeFiles(files) {
    this.#files = files
    await this.fetch()
  }

  async fetch() {
    await (this.#coming ??= this.#bring())
    // They are still there for another try.
    if (!this.part) return
    const files = this.#files
    this.#files = null
    if (files) this.#taking = this.#around.take?.(this.part, files) ?? null
    await this.#taking
  }

  async #bring() {
    const { bring, changed, fail } = this.#around
    try {
      const part = this.part = await bring()
      if (this.#told) part.values = this.#told
      if (this.#isHere) part.connect?.()
      changed()
    } catch {
      this.#coming = null
      fail()
    }
  }
}
