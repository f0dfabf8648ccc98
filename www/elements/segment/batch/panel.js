/** Many photos, all in one: what they do and what they look like. */
import { Batch } from './controller.js'
import { batch } from './template.js'

export class Panel extends Batch {
  /** @param {import('./template.js').Page} page */
  render(page) {
    return batch(this, page)
  }
}
