/** The panel about a photo: what it does and what it looks like. It comes when it is first shown. */
import '../../common/stage/board.js'
import { Uncertain } from './controller.js'
import { uncertainty } from './template.js'

export class Panel {
  #control

  /** @param {ConstructorParameters<typeof Uncertain>[0]} host */
  constructor(host) {
    this.#control = new Uncertain(host)
  }

  /** @returns {import('./controller.js').Uncertainty | null} the one shown */
  get result() {
    return this.#control.shown.scene?.found ?? null
  }

  get values() {
    return this.#control.values
  }

  set values(values) {
    this.#control.values = values
  }

  connect() {
    this.#control.connect()
  }

  dispose() {
    this.#control.dispose()
  }

  want() {
    this.#control.want()
  }

  /** @param {readonly File[]} files */
  async takeFiles(files) {
    await this.#control.takeFiles(files)
  }

  /** @param {import('../page.js').Page} page */
  render(page) {
    return uncertainty(this.#control, page)
  }
}
