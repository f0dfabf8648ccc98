/** What the peers' users write themselves: how many threads, pixels to normalised numbers, scores to labels. */
import { scalesOf } from '../net.mjs'

/** How many threads every engine has on the CPU: all cores of an isolated page, up to as many as this project's takes. */
export const THREADS = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, 4) : 1

/** For the printed notes. @param {number} threads */
export const threadsTold = threads => `${threads} thread${threads > 1 ? 's' : ''}`

/**
 * @param {Uint8ClampedArray} rgba opaque, size × size
 * @param {import('../net.mjs').Model} model
 * @returns {Float32Array<ArrayBuffer>} normalised, [3, size, size]
 */
export function planes(rgba, model) {
  const { mean, std } = scalesOf(model)
  const count = rgba.length / 4
  const out = new Float32Array(3 * count)
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * std[c])
    const shift = mean[c] / std[c]
    for (let i = 0; i < count; i++) out[c * count + i] = rgba[i * 4 + c] * scale - shift
  }
  return out
}

/**
 * @param {Uint8ClampedArray} rgba opaque, size × size
 * @param {import('../net.mjs').Model} model
 * @returns {Float32Array} normalised, [size, size, 3]
 */
export function pixels(rgba, model) {
  const { mean, std } = scalesOf(model)
  const count = rgba.length / 4
  const out = new Float32Array(3 * count)
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * std[c])
    const shift = mean[c] / std[c]
    for (let i = 0; i < count; i++) out[i * 3 + c] = rgba[i * 4 + c] * scale - shift
  }
  return out
}

/**
 * @param {Float32Array} scores [classes, size, size]
 * @param {number} count pixels, size × size
 * @returns {Uint8Array} the best class of each pixel; the first of equals
 */
export function labelsOfPlanes(scores, count) {
  const labels = new Uint8Array(count)
  const best = scores.slice(0, count)
  for (let c = 1; c < scores.length / count; c++) {
    const start = c * count
    for (let i = 0; i < count; i++) {
      if (scores[start + i] > best[i]) {
        best[i] = scores[start + i]
        labels[i] = c
      }
    }
  }
  return labels
}

/**
 * @param {Float32Array | Int32Array | Uint8Array} scores [size, size, classes]
 * @param {number} count pixels, size × size
 * @returns {Uint8Array} the best class of each pixel; the first of equals
 */
export function labelsOfPixels(scores, count) {
  const labels = new Uint8Array(count)
  const classes = scores.length / count
  for (let i = 0; i < count; i++) {
    let best = 0
    for (let c = 1; c < classes; c++) {
      if (scores[i * classes + c] > scores[i * classes + best]) best = c
    }
    labels[i] = best
  }
  return labels
}
