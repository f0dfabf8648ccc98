/** The hints in English. */
import { translator } from '../../../lib/i18n.js'
import { hints as hintsIn } from './hints.js'
import { texts } from './texts.en.js'

/** @param {import('../model.js').Model} model */
export const hints = model => hintsIn(model, translator(texts))
