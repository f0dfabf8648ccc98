/** A live picture, all in one: what it does and what it looks like. */
import { Live } from './controller.js'
import { live } from './template.js'

export class Panel extends Live {
  /** @param {import('./template.js').Page} page */
  render(page) {
    return live(this, page)
  }
}
