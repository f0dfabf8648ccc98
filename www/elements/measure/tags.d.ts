/** The tag, for TypeScript: `document.querySelector('fcn-measure')` is typed. */
import type { FcnMeasure } from '../fcn-measure.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-measure': FcnMeasure
  }
}
