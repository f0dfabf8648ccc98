/** The tags and their events, for TypeScript: `document.querySelector('fcn-upsample')` is typed. */
import type { FcnUpsample } from '../fcn-upsample.js'
import type { FcnUpsampleLearn } from './learn/panel.js'
import type { FcnUpsamplePhoto } from './photo/panel.js'
import type { Layer, Pair } from '../../lib/transposed/geometry.js'
import type { View } from './model.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-upsample': FcnUpsample
    'fcn-upsample-learn': FcnUpsampleLearn
    'fcn-upsample-photo': FcnUpsamplePhoto
  }
  interface HTMLElementEventMap {
    'fcn-change': CustomEvent<{ valid: boolean, layer: Layer, output: Pair, view: View }>
    'fcn-step': CustomEvent<{ step: number, steps: number }>
  }
}
