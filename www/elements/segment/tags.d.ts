/** Tells type checkers which class each tag makes; JSDoc has no way to add to a global interface. */
import type { FcnSegment } from '../fcn-segment.js'
import type { FcnSegmentCamera } from '../common/photo/camera.js'
import type { FcnSegmentPane } from '../common/stage/pane.js'

declare global {
  interface HTMLElementTagNameMap {
    'fcn-segment': FcnSegment
    'fcn-segment-camera': FcnSegmentCamera
    'fcn-segment-pane': FcnSegmentPane
  }
}
