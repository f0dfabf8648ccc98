/** The tag, for TypeScript: `document.querySelector('fcn-upsample-view')` is typed. */
import type { FcnUpsampleView } from './fcn-lesson.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-upsample-view': FcnUpsampleView
  }
}
