/** The tags, for TypeScript: `document.querySelector('fcn-heatmap')` is typed. */
import type { FcnHeatmap } from '../fcn-heatmap.js'
import type { FcnHeatmapBoard } from './board.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-heatmap': FcnHeatmap
    'fcn-heatmap-board': FcnHeatmapBoard
  }
}
