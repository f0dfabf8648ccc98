/**
 * What students ask about FCN's upsampling layers, and which layer the question is about: why the output is longer than
 * stride times input, why the kernel is twice the stride where once would give the size, why the border is dimmer.
 *
 * FCN (Long, Shelhamer & Darrell, CVPR 2015) has kernel 64 with stride 32 and no padding, and crops the output to the photo.
 */
import { AXES, outputLength } from './geometry.js'

/** @typedef {import('./geometry.js').Layer} Layer */
/** @typedef {{key: 'crop' | 'crop_odd' | 'apart' | 'overlapping', values: Record<string, string | number>}} Hint */

/**
 * The kernel and the padding that enlarge `stride` times bilinearly, as in Caffe's filler.
 * @param {number} stride
 * @returns {{kernel: number, padding: number}}
 */
export function bilinearLayer(stride) {
  return { kernel: 2 * stride - stride % 2, padding: Math.floor(stride / 2) }
}

/**
 * @param {Layer} layer may be too large for a figure
 * @param {boolean} isBilinear whether that is its kernel
 * @returns {Hint | null} of rows; of columns where nothing is to be said of rows
 */
export function hintOf({ input, kernel, stride, padding, outputPadding, dilation }, isBilinear) {
  const sizes = AXES.map(axis =>
    outputLength(input[axis], kernel[axis], stride[axis], padding[axis], outputPadding[axis], dilation[axis]))
  for (const axis of AXES) {
    const [k, s, p] = [kernel[axis], stride[axis], padding[axis]]
    if (s === 1 || dilation[axis] !== 1 || outputPadding[axis] !== 0) continue
    const usual = bilinearLayer(s)
    const rest = sizes[axis] - input[axis] * s
    if (p === 0 && rest > 0) {
      const values = { output: sizes.join('×'), meant: AXES.map(each => input[each] * stride[each]).join('×'),
        rest, padding: rest / 2 }
      return { key: rest % 2 ? 'crop_odd' : 'crop', values }
    }
    // Of length 2 the kernel is flat: it repeats each value, and falls towards nothing.
    if (isBilinear && p === 0 && k === s && k > 2) return { key: 'apart', values: { stride: s, ...usual } }
    if (isBilinear && p === usual.padding && k === usual.kernel) return { key: 'overlapping',
      values: { stride: s, border: p } }
  }
  return null
}
