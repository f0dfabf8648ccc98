/**
 * A hint below the size formula of `<fcn-upsample>`, for layers that students ask about. Fetched when there is one.
 */
import { html, nothing } from '../../../vendor/lit.js'
import { hintOf } from '../../../lib/transposed/hints.js'

/** @param {import('../model.js').Model} model @param {import('../../../lib/i18n.js').Translate} t */
export function hints({ told: { layer, kernel } }, t) {
  const hint = hintOf(layer, kernel.fill === 'bilinear')
  return hint ? html`<p class="note" part="note">${t(hint.key, hint.values)}</p>` : nothing
}
