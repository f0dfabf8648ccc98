/** Styles of the layer calculator. */
import { css } from '../../../vendor/lit.js'

export const calculatorStyles = css``
