/**
 * Registers the page's elements; with it, type checkers know each tag's class
 * (`document.querySelector('fcn-segment')` is an FcnSegment).
 * `<fcn-upsample>` stands on its own, as `<fcn-heatmap>` does; both are loaded when first shown (page/views.js).
 */
export { FcnSegment } from './fcn-segment.js'
