/**
 * The place of the panel "training curves", whose code is fetched when it is first shown: the charts' library is large, and
 * the other panels do without it. A link says whose curves are shown, whether the code is there or not.
 */

/** @typedef {ConstructorParameters<typeof import('./controller.js').Curves>[0]} Host */

/** What a link needn't tell; `runs`: the address of two runs, `of` and `at` how they are looked at. */
const USUAL = { curves: '', runs: '', of: 'miou', at: '' }

export class CurvesSlot {
  #host
  #fail
  /** What a link said before the code was there. @type {import('../../common/fragment.js').Values} */
  #said = USUAL
  /** @type {Promise<void> | null} */
  #coming = null
  /** Whose panel isn't there yet. @type {readonly File[] | null} */
  #files = null
  /** While they are taken, and after. @type {Promise<void> | null} */
  #taking = null
  /** @type {import('./controller.js').Curves | null} */
  panel = null
  /** How it is drawn. @type {typeof import('./template.js').curves | null} */
  draw = null

  /** @param {Host} host @param {() => void} fail its code could not be fetched */
  constructor(host, fail) {
    this.#host = host
    this.#fail = fail
  }

  get usual() {
    return USUAL
  }

  get values() {
    const { curves, of, at } = this.#said
    return { ...this.panel ? this.panel.values : { curves, of, at }, runs: this.#host.runs }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written it */
  set values(said) {
    this.#said = said
    this.#host.runs = String(said['runs'])
    if (this.panel) this.panel.values = said
  }

  /** What is read off two runs; null where none are shown. */
  get told() {
    return this.panel?.told ?? null
  }

  /** Where the curves of one training part ways; null where none is shown. */
  get partings() {
    return this.panel?.partings ?? null
  }

  /** It is shown. */
  want() {
    void this.fetch()
  }

  /** @param {readonly File[]} files a training's logs; failures are shown, not thrown */
  async takeFiles(files) {
    this.#files = files
    await this.fetch()
  }

  dispose() {
    this.panel?.dispose()
  }

  async fetch() {
    await (this.#coming ??= this.#bring())
    const { panel } = this
    // Files are still there for another try.
    if (!panel) return
    panel.want()
    const files = this.#files
    this.#files = null
    if (files) this.#taking = panel.takeFiles(files)
    await this.#taking
  }

  async #bring() {
    try {
      const { Curves, curves } = await import('./panel.js')
      this.panel = new Curves(this.#host, this.#said)
      this.draw = curves
      this.#host.requestUpdate()
    } catch {
      this.#coming = null
      this.#fail()
    }
  }
}

/** Whether these can be nothing but a training's logs: a JSON may be much else. @param {readonly File[]} files */
export const areLogs = files => files.length > 0 && files.every(({ name }) => /\.(csv|tsv|log|jsonl)$/i.test(name))
