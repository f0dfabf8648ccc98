/**
 * What a layer makes of a shape, as PyTorch 2.x and Burn 0.22 do.
 */
import { sizeAfter, span, stamped, windowed } from '../receptive.js'

/** @typedef {import('./read.js').Meaning} Meaning */
/** @typedef {import('./read.js').Pair} Pair */
/** @typedef {import('../receptive.js').Layer} Layer */

/**
 * Channels of a map of rows and columns; or, with `size` null, that many numbers in a row.
 * @typedef {{channels: number, size: Pair | null}} Shape
 */
/** Why there is no map. @typedef {{code: string, values: Record<string, string | number>}} Refusal */

/** Longest side that is followed, cells. */
const LONGEST = 10_000_000

/** @param {Shape} shape @returns {number} how many numbers it holds */
export function count({ channels, size }) {
  return size ? channels * size[0] * size[1] : channels
}

/**
 * A layer of maps along rows and along columns.
 * @param {Meaning} meaning
 * @param {Pair} size of the map that goes in
 * @returns {[Layer, Layer] | null} null: it can't be told by kernel and stride
 */
export function layersOf(meaning, size) {
  const both = (/** @type {(axis: 0 | 1) => Layer | null} */ make) => {
    const [rows, columns] = [make(0), make(1)]
    return rows && columns ? /** @type {[Layer, Layer]} */ ([rows, columns]) : null
  }
  switch (meaning.kind) {
    case 'conv': case 'pool': return both(a => {
      const [kernel, stride, dilation] = [meaning.kernel[a], meaning.stride[a], meaning.dilation[a]]
      const [before, after] = sides(meaning, a, size[a])
      return windowed(kernel, { stride, dilation, before, after, ceil: meaning.kind === 'pool' && meaning.ceil })
    })
    case 'transposed': return both(a => stamped(meaning.kernel[a], {
      stride: meaning.stride[a], padding: meaning.padding[a], dilation: meaning.dilation[a], more: meaning.more[a],
    }))
    case 'pad': return both(a => windowed(1, { before: meaning.padding[a][0], after: meaning.padding[a][1] }))
    case 'adaptive': return both(a => {
      const kernel = size[a] / (meaning.size[a] ?? size[a])
      return Number.isInteger(kernel) ? windowed(kernel, { stride: kernel }) : null
    })
    case 'resize': return both(a => enlarging(meaning, factorOf(meaning, a, size[a])))
    case 'norm': case 'keep': return both(() => windowed(1))
    default: return null
  }
}

/**
 * Enlarging by a whole factor as stamps: nearest copies a cell, bilinear blends two.
 * @param {import('./read.js').Resize} meaning
 * @param {number} factor
 */
function enlarging({ mode, corners }, factor) {
  if (!Number.isInteger(factor)) return null
  if (mode === 'nearest' || factor === 1) return stamped(factor, { stride: factor })
  if (mode !== 'bilinear' || corners) return null
  const isEven = factor % 2 === 0
  return stamped(isEven ? 2 * factor : 2 * factor - 1, { stride: factor, padding: Math.floor(factor / 2) })
}

/** @param {import('./read.js').Resize} meaning @param {0 | 1} axis @param {number} n */
function factorOf({ factor, size }, axis, n) {
  return factor ? factor[axis] : (size?.[axis] ?? n) / n
}

/**
 * @param {import('./read.js').Conv | import('./read.js').Pool} meaning
 * @param {0 | 1} axis
 * @param {number} n
 * @returns {Pair} padding before and after
 */
function sides({ padding, kernel, stride, dilation }, axis, n) {
  const [k, s, d] = [kernel[axis], stride[axis], dilation[axis]]
  if (typeof padding !== 'string') return padding[axis]
  // PyTorch keeps the size at stride 1; Burn makes n / stride, rounded up, and takes no notice of dilation.
  const all = padding === 'same' ? d * (k - 1) : Math.max(0, (Math.ceil(n / s) - 1) * s + k - n)
  const before = Math.floor(all / 2)
  return [before, all - before]
}

/**
 * @param {Meaning} meaning
 * @param {Shape} shape
 * @returns {Shape | Refusal}
 */
export function shapeAfter(meaning, shape) {
  const { channels, size } = shape
  if (meaning.kind === 'linear') return { channels: meaning.features[1], size: null }
  if (meaning.kind === 'flatten') {
    // From another dimension on it would keep the channels, or mix the photos of a batch.
    return meaning.from === 1 ? { channels: count(shape), size: null }
      : { code: 'flatten', values: { from: meaning.from } }
  }
  if (meaning.kind === 'keep') return shape
  if (meaning.kind === 'norm') return { channels: meaning.channels, size }
  if (!size) return { code: 'needs_map', values: { count: channels } }
  const layers = layersOf(meaning, size)
  const side = (/** @type {0 | 1} */ axis) => after(meaning, layers?.[axis] ?? null, axis, size[axis])
  /** @type {Pair} */
  const next = [side(0), side(1)]
  const gone = next.findIndex(side => side < 1)
  if (gone >= 0) return vanished(meaning, layers?.[gone] ?? null, size[gone], next[gone])
  if (Math.max(...next) > LONGEST) return { code: 'too_large', values: { most: LONGEST } }
  const out = meaning.kind === 'conv' || meaning.kind === 'transposed' ? meaning.channels[1] : channels
  return { channels: out, size: next }
}

/** @param {Meaning} meaning @param {Layer | null} layer @param {0 | 1} axis @param {number} n @returns {number} */
function after(meaning, layer, axis, n) {
  if (meaning.kind === 'adaptive') return meaning.size[axis] ?? n
  if (meaning.kind === 'resize') return meaning.size?.[axis] ?? Math.floor(n * factorOf(meaning, axis, n))
  return layer ? sizeAfter(layer, n) : n
}

/** @param {Meaning} meaning @param {Layer | null} layer @param {number} n @param {number} got @returns {Refusal} */
function vanished(meaning, layer, n, got) {
  if (!layer || meaning.kind === 'resize') return { code: 'gone', values: { cells: n } }
  if (layer.kind === 'stamp') return { code: 'gone_trimmed', values: { padding: layer.before, got } }
  return { code: 'gone_kernel', values: { kernel: span(layer), cells: n + layer.before + layer.after } }
}
