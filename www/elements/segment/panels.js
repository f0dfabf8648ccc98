/** Panels that most visits do without, fetched when one of them is first wanted: many photos, and a live picture. */
import { Batch } from './batch/controller.js'
import { batch } from './batch/template.js'
import { Live } from './live/controller.js'
import { live } from './live/template.js'

export class BatchPanel extends Batch {
  /** @param {import('./batch/template.js').Page} page */
  render(page) {
    return batch(this, page)
  }
}

export class LivePanel extends Live {
  /** @param {import('./live/template.js').Page} page */
  render(page) {
    return live(this, page)
  }
}
