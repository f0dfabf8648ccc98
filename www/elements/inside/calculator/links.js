/** The way from a transposed convolution to the figure that shows it step by step. */
import { formatMap, formatPair } from '../../../lib/transposed/codec.js'
import { check } from '../../../lib/transposed/geometry.js'
import { DEFAULT_ATTRIBUTES } from '../../../lib/transposed/presets.js'
import { pair } from '../../common/fragment.js'

/** @typedef {import('../../../lib/layers/compute.js').Row} Row */

/** The page for iframes. */
const EMBED = `${new URL('../../../embed.html', import.meta.url)}`

/**
 * @param {Row} row
 * @returns {string} the layer as that figure's link tells it; '' where it can't show the layer: it is none, its map is
 *   large, or it can't be
 */
export function layerFragment({ meaning, from }) {
  if (meaning?.kind !== 'transposed' || !from?.size) return ''
  const { kernel, stride, padding, more, dilation } = meaning
  const settings = { input: from.size, kernel, stride, padding, outputPadding: more, dilation }
  return check(settings).length ? '' : told(settings)
}

/** Rows and columns of the map on which a net's own layer is shown. @type {[number, number]} */
const SMALL = [3, 3]

/**
 * The same of a net's own layer, on a small map.
 * @param {Pick<import('../../../engine/protocol.js').UpsamplingLayer, 'kernel' | 'stride' | 'padding'>} layer
 * @returns {string} '' where the figure can't show it
 */
export function stampFragment({ kernel, stride, padding }) {
  const settings = { input: SMALL, kernel, stride, padding, outputPadding: NONE, dilation: ONE }
  return check(settings).length ? '' : told(settings)
}

/** @type {[number, number]} */
const NONE = [0, 0]
/** @type {[number, number]} */
const ONE = [1, 1]

/** @param {Parameters<typeof check>[0]} settings that the figure takes */
function told({ input, kernel, stride, padding, outputPadding, dilation }) {
  const values = {
    input: formatMap({ size: input, fill: 'blob', values: null }),
    kernel: formatMap({ size: kernel, fill: 'bilinear', values: null }),
    stride: formatPair(stride), padding: formatPair(padding), 'output-padding': formatPair(outputPadding),
    dilation: formatPair(dilation),
  }
  const usual = /** @type {Readonly<Record<string, string>>} */ (DEFAULT_ATTRIBUTES)
  const unusual = Object.entries(values).filter(([key, value]) => usual[key] !== value)
  return unusual.map(([key, value]) => pair(key, value)).join('&')
}

/** @param {string} fragment @param {string} upsample where the figure is; '': this site's page for iframes */
export function linkTo(fragment, upsample) {
  return upsample ? `${upsample}?${fragment}` : `${EMBED}#${fragment}`
}
