/** The tag, for TypeScript: `document.querySelector('fcn-dropout')` is typed. */
import type { FcnDropout } from '../fcn-dropout.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-dropout': FcnDropout
  }
}
