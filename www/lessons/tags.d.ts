/** The tags, for TypeScript: `document.querySelector('fcn-lesson')` is typed. */
import type { FcnLesson } from './fcn-lesson.js'
import type { FcnUpsampleView } from './fcn-upsample-view.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-lesson': FcnLesson
    'fcn-upsample-view': FcnUpsampleView
  }
}
