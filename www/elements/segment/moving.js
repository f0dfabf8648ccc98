/** A camera's live picture or a video file, and the panel that has it, whose script is fetched then. */
import { Later } from '../common/later.js'

/** @typedef {import('./live/controller.js').Figure & {fail: (code: string, again?: () => void) => void}} Figure */

export class Moving {
  #later
  /** Counts what ended it, so that a source whose script came too late isn't started. */
  #ends = 0
  /** A video file for which the script has not come: for another try. @type {Blob | null} */
  #waiting = null

  /** @param {Figure} figure */
  constructor(figure) {
    this.#later = new Later({
      bring: async () => new (await import('./panels.js')).LivePanel(figure),
      changed: () => figure.requestUpdate(),
      fail: () => figure.fail('panel_failed', () =>
        void (this.#waiting ? this.start(this.#waiting) : this.#later.fetch())),
    })
  }

  /** The panel, once it was wanted. */
  get panel() {
    return this.#later.part
  }

  /** Whether frames come to the figure now. */
  get isOn() {
    return this.#later.part?.isOn ?? false
  }

  connect() {
    this.#later.connect()
  }

  dispose() {
    this.#giveUp()
    this.#later.dispose()
  }

  /** @param {MediaStream | Blob} source ends with it */
  async start(source) {
    const ends = ++this.#ends
    this.#waiting = source instanceof Blob ? source : null
    await this.#later.fetch()
    const panel = this.#later.part
    if (panel) this.#waiting = null
    if (panel && ends === this.#ends) await panel.start(source)
    else if (!(source instanceof Blob)) for (const track of source.getTracks()) track.stop()
  }

  #giveUp() {
    this.#ends++
    this.#waiting = null
  }

  /** Other settings, or another net. */
  changed() {
    this.#later.part?.changed()
  }

  stop() {
    this.#giveUp()
    this.#later.part?.stop()
  }
}
