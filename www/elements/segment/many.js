/** Several photos that come in together, and the panel that has them, whose script is fetched then. */
import { filesIn, heldBy } from '../common/files/held.js'
import { Later } from '../common/later.js'

/** @typedef {import('./batch/controller.js').Figure} Batched */
/** @typedef {Batched & {takeFiles: (files: readonly File[]) => Promise<void>, fail: (code: string, again: () => void) => void}} Figure */

export class Many {
  #figure
  #later
  /** A dropped folder, until it is read. @type {readonly import('../common/files/held.js').Held[]} */
  #held = []

  /** @param {Figure} figure */
  constructor(figure) {
    this.#figure = figure
    this.#later = new Later({
      bring: async () => new (await import('./panels.js')).BatchPanel(figure),
      changed: () => figure.requestUpdate(), fail: () => figure.fail('panel_failed', () => void this.#bring()),
      take: async (panel, files) => panel.takeFiles(files),
    })
  }

  /** The panel, once it was wanted. */
  get panel() {
    return this.#later.part
  }

  connect() {
    this.#later.connect()
  }

  dispose() {
    this.#later.dispose()
  }

  /** @param {readonly File[]} files several photos, or all of a folder */
  async takeFiles(files) {
    await this.#later.takeFiles(files)
  }

  /** @param {DataTransfer} transfer files, or folders; called while the event is handled @returns {Promise<boolean>} whether there was a folder */
  async takeDropped(transfer) {
    const held = heldBy(transfer)
    const files = await filesIn(held)
    if (files.length) {
      await this.#figure.takeFiles(files)
      return false
    }
    this.#held = held
    await this.#bring()
    return true
  }

  async #bring() {
    await this.#later.fetch()
    const held = this.#held
    if (!this.#later.part || !held.length) return
    this.#held = []
    await this.#later.part.takeHeld(held)
  }
}
