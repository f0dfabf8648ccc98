/**
 * A hint below the size formula of `<fcn-upsample>`, for layers that students ask about. Fetched when there is one.
 */
import { html, nothing } from '../../../vendor/lit.js'
import { hintOf } from '../../../lib/transposed/hints.js'

/** @param {import('../model.js').Model} model @param {import('../../../lib/i18n.js').Translate} t */
export function hints({ draft, layer, problems, weightsSource }, t) {
  // Of what can't be drawn, too.
  const asked = problems.every(({ code }) => code === 'figure_too_large') ? draft : layer
  const hint = hintOf(asked, weightsSource.fill === 'bilinear')
  return hint ? html`<p class="note" part="note">${t(hint.key, hint.values)}</p>` : nothing
}
