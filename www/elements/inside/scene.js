/**
 * What the panels about a net look at: a photo, the net in use, and what was told of the photo's pass.
 */

/** @typedef {import('../../engine/engine.js').Net} Net */
/** @typedef {import('../../engine/engine.js').Inspected} Inspected */
/** @typedef {import('../../engine/engine.js').SegmentOptions} SegmentOptions */

/**
 * @typedef {object} Scene
 * @property {import('../common/photo/source.js').Photo} photo
 * @property {import('../common/photo/image-tasks.js').Shown} picture for the screen
 * @property {Net} net
 * @property {Inspected} inspected
 * @property {import('../../engine/protocol.js').Size} size that was asked for
 */

/**
 * What a panel is given.
 * @typedef {object} Panel
 * @property {() => void} changed
 * @property {() => Scene | null} scene
 * @property {<T>(question: (net: Net, source: Blob | ImageBitmap, options: SegmentOptions) => Promise<T>) => Promise<T | null>} ask
 *   about the photo's pass; a failure is shown, and null returned; null too when another photo came
 * @property {(code: string) => void} fail shows a failure of the panel's own
 */

/**
 * What every panel's template reads beside its own state.
 * @typedef {object} Page
 * @property {import('../../lib/i18n.js').Language} language
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {string} upsample address of where a reader sees a transposed convolution step by step
 * @property {number} width of the element, CSS pixels
 */
/** The same for the panels about a net. @typedef {Page & {charts: typeof import('./stages/charts.js') | null}} NetPage */

export {}
