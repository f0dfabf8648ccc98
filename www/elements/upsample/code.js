/** The code that makes the figure's layer elsewhere. */

/** @typedef {import('../../lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */

/**
 * The layer in PyTorch and in Burn, one map in, one map out, without bias.
 * @param {Layer} layer
 * @returns {{pytorch: string, burn: string}}
 */
export function code({ kernel, stride, padding, outputPadding, dilation }) {
  const python = (/** @type {Pair} */ [a, b]) => a === b ? `${a}` : `(${a}, ${b})`
  const rust = (/** @type {Pair} */ pair) => `[${pair.join(', ')}]`
  return {
    pytorch: `nn.ConvTranspose2d(1, 1, kernel_size=${python(kernel)}, stride=${python(stride)}, padding=${python(padding)}, output_padding=${python(outputPadding)}, dilation=${python(dilation)}, bias=False)`,
    burn: `ConvTranspose2dConfig::new([1, 1], ${rust(kernel)}).with_stride(${rust(stride)}).with_padding(${rust(padding)}).with_padding_out(${rust(outputPadding)}).with_dilation(${rust(dilation)}).with_bias(false).init(&device)`,
  }
}
