/** The hints in Korean. */
import { translator } from '../../../lib/i18n.js'
import { hints as hintsIn } from './hints.js'
import { texts } from './texts.ko.js'

/** @param {import('../model.js').Model} model */
export const hints = model => hintsIn(model, translator(texts))
