/**
 * The layers worth showing, in the order in which they are taught. Each is a set of the
 * element's attributes; what isn't named takes its default.
 *
 * Sources: the figures of the lecture this project follows; FCN's upsampling layers (Long,
 * Shelhamer & Darrell, CVPR 2015); Odena, Dumoulin & Olah, "Deconvolution and Checkerboard
 * Artifacts", Distill 2016.
 */

/**
 * @typedef {object} Preset
 * @property {string} id
 * @property {Readonly<Record<string, string>>} attributes by the names of `<fcn-upsample>`
 */

/** What an attribute is when nobody says anything. */
export const DEFAULT_ATTRIBUTES = Object.freeze({
  input: '3x3', kernel: '3x3', stride: '1', padding: '0', 'output-padding': '0', dilation: '1',
})

/** @type {readonly Preset[]} */
export const PRESETS = [
  { id: 'stride1', attributes: { input: '3x3', kernel: '3x3', stride: '1' } },
  { id: 'overlap', attributes: { input: '2x2', kernel: '3x3', stride: '2', overlap: '' } },
  { id: 'stride2', attributes: { input: '3x3', kernel: '3x3', stride: '2' } },
  { id: 'padding', attributes: { input: '3x3', kernel: '3x3', stride: '2', padding: '1' } },
  { id: 'output_padding', attributes: { input: '3x3', kernel: '3x3', stride: '2', padding: '1',
    'output-padding': '1' } },
  { id: 'upscore2', attributes: { input: '7x7:blob', kernel: '4x4:bilinear', stride: '2', padding: '1' } },
  { id: 'upscore8', attributes: { input: '7x7:blob', kernel: '16x16:bilinear', stride: '8', padding: '4' } },
  { id: 'upscore16', attributes: { input: '14x14:blob', kernel: '32x32:bilinear', stride: '16', padding: '8' } },
  { id: 'upscore32', attributes: { input: '7x7:blob', kernel: '64x64:bilinear', stride: '32', padding: '16' } },
  { id: 'slip', attributes: { input: '14x14:blob', kernel: '16x16:bilinear', stride: '16',
    padding: '8', predict: 'size' } },
  { id: 'checkerboard', attributes: { input: '6x6:ones', kernel: '3x3:ones', stride: '2', overlap: '' } },
  { id: 'even', attributes: { input: '6x6:ones', kernel: '4x4:ones', stride: '2', overlap: '' } },
  { id: 'dimmed', attributes: { input: '6x6:ones', kernel: '4x4:bilinear', stride: '2', padding: '1' } },
]

/**
 * @param {string} id
 * @returns {Preset | undefined}
 */
export function presetById(id) {
  return PRESETS.find(preset => preset.id === id)
}
