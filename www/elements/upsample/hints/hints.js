/**
 * A hint below the size formula of `<fcn-upsample>`, for layers that students ask about. Fetched when there is one.
 */
import { html, nothing } from '../../../vendor/lit.js'
import { translator } from '../../../lib/i18n.js'
import { hintOf } from '../../../lib/transposed/hints.js'
import { texts as en } from './texts.en.js'
import { texts as ko } from './texts.ko.js'

/** @param {import('../model.js').Model} model @param {import('../../../lib/i18n.js').Language} language */
export function hints({ draft, layer, problems, weightsSource }, language) {
  // Of what can't be drawn, too.
  const asked = problems.every(({ code }) => code === 'figure_too_large') ? draft : layer
  const hint = hintOf(asked, weightsSource.fill === 'bilinear')
  return hint ? html`<p class="note" part="note">${translator(language === 'ko' ? ko : en)(hint.key, hint.values)}</p>` : nothing
}
