/** The tag, for TypeScript: `document.querySelector('fcn-model-card')` is typed. */
import type { FcnModelCard } from '../fcn-model-card.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-model-card': FcnModelCard
  }
}
