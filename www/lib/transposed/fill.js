/**
 * Ready-made inputs and kernels: small ones whose numbers can be followed by eye, and the
 * bilinear kernels with which FCN's upsampling layers start.
 */
import { area } from './geometry.js'

/** @typedef {import('./geometry.js').Pair} Pair */

/** @typedef {'sample' | 'ones' | 'bilinear' | 'blob' | 'dot'} Fill */

/** Which fills an input and a kernel can have, by name. */
export const INPUT_FILLS = /** @type {readonly Fill[]} */ (['sample', 'ones', 'blob', 'dot'])
export const KERNEL_FILLS = /** @type {readonly Fill[]} */ (['sample', 'ones', 'bilinear'])

/**
 * One axis of a bilinear kernel, as in `upsample_filt` of the FCN authors' surgery.py.
 * @param {number} length in cells
 * @returns {number[]} weights, at most 1
 */
function tent(length) {
  const factor = Math.floor((length + 1) / 2)
  const centre = length % 2 === 1 ? factor - 1 : factor - 0.5
  return Array.from({ length }, (_, i) => 1 - Math.abs(i - centre) / factor)
}

/**
 * The kernel that upsamples bilinearly when stride is half its (even) length.
 * @param {Pair} size
 * @returns {Float64Array} row by row
 */
export function bilinearKernel(size) {
  const rows = tent(size[0])
  const cols = tent(size[1])
  return Float64Array.from({ length: area(size) }, (_, at) => rows[Math.floor(at / size[1])] * cols[at % size[1]])
}

/**
 * Small whole numbers without symmetry, so that a flipped kernel looks flipped.
 * @param {Pair} size
 * @returns {Float64Array} values 0..3
 */
function sampleKernel(size) {
  return Float64Array.from({ length: area(size) }, (_, at) => {
    const r = Math.floor(at / size[1])
    const c = at % size[1]
    return (1 + r * r + 2 * c + r * c) % 4
  })
}

/**
 * Small whole numbers, some of them 0.
 * @param {Pair} size
 * @returns {Float64Array} values 0..3
 */
function sampleInput(size) {
  return Float64Array.from({ length: area(size) }, (_, at) => {
    const r = Math.floor(at / size[1])
    const c = at % size[1]
    return (1 + c + 2 * r + (r * c) % 3) % 4
  })
}

/**
 * A smooth hill in a shallow valley, like the score map of a class that is in the photo once.
 * @param {Pair} size
 * @returns {Float64Array} values -1..4, to one decimal
 */
function blob(size) {
  return Float64Array.from({ length: area(size) }, (_, at) => {
    const y = (Math.floor(at / size[1]) + 0.5) / size[0] - 0.42
    const x = (at % size[1] + 0.5) / size[1] - 0.56
    return Math.round(10 * (5 * Math.exp(-(y * y + x * x + 0.6 * x * y) / 0.06) - 1)) / 10
  })
}

/**
 * @param {Pair} size
 * @returns {Float64Array} 1 in the middle, 0 elsewhere
 */
function dot(size) {
  const values = new Float64Array(area(size))
  values[Math.floor(size[0] / 2) * size[1] + Math.floor(size[1] / 2)] = 1
  return values
}

/**
 * @param {Fill} fill
 * @param {Pair} size
 * @param {'input' | 'kernel'} role a sample differs for the two
 * @returns {Float64Array} row by row
 */
export function filled(fill, size, role) {
  switch (fill) {
    case 'ones': return new Float64Array(area(size)).fill(1)
    case 'bilinear': return bilinearKernel(size)
    case 'blob': return blob(size)
    case 'dot': return dot(size)
    default: return role === 'input' ? sampleInput(size) : sampleKernel(size)
  }
}

/**
 * Changes a map's size; what fits stays, new cells come from a fill.
 * @param {ArrayLike<number>} values
 * @param {Pair} from size of `values`
 * @param {Pair} to
 * @param {Float64Array} rest values of size `to`
 * @returns {Float64Array}
 */
export function resized(values, from, to, rest) {
  const result = Float64Array.from(rest)
  for (let r = 0; r < Math.min(from[0], to[0]); r++) {
    for (let c = 0; c < Math.min(from[1], to[1]); c++) result[r * to[1] + c] = values[r * from[1] + c]
  }
  return result
}
