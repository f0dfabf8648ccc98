/** The tag, for TypeScript: `document.querySelector('fcn-inside')` is typed. */
import type { FcnInside } from '../fcn-inside.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-inside': FcnInside
  }
}
