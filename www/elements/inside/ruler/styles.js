/** Styles of the offset ruler. */
import { css } from '../../../vendor/lit.js'

export const rulerStyles = css``
