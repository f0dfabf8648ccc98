/**
 * Numbers as NumPy's .npy, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

/**
 * @param {Float32Array<ArrayBuffer>} values row-major
 * @param {readonly number[]} shape
 * @returns {Blob} for numpy.load
 */
export function npy(values, shape) {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${size}), }`
  // Magic, version and length take 10 bytes; the values begin at a multiple of 64, after a line's end.
  const padding = ' '.repeat(63 - (10 + header.length) % 64)
  const text = new TextEncoder().encode(`${header}${padding}\n`)
  const head = Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, text.length & 255, text.length >> 8)
  return new Blob([head, text, littleEndian(values)], { type: 'application/octet-stream' })
}

/** @param {Float32Array<ArrayBuffer>} values */
function littleEndian(values) {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return values
  const view = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((value, i) => view.setFloat32(4 * i, value, true))
  return view.buffer
}
