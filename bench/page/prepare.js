/** What the peers' users write themselves: pixels to normalised numbers, scores to labels. */
import { MEAN, SIZE, STD } from '../net.mjs'

const PIXELS = SIZE * SIZE

/**
 * @param {Uint8ClampedArray} rgba opaque, SIZE × SIZE
 * @returns {Float32Array<ArrayBuffer>} normalised, [3, SIZE, SIZE]
 */
export function planes(rgba) {
  const out = new Float32Array(3 * PIXELS)
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * STD[c])
    const shift = MEAN[c] / STD[c]
    for (let i = 0; i < PIXELS; i++) out[c * PIXELS + i] = rgba[i * 4 + c] * scale - shift
  }
  return out
}

/**
 * @param {Uint8ClampedArray} rgba opaque, SIZE × SIZE
 * @returns {Float32Array} normalised, [SIZE, SIZE, 3]
 */
export function pixels(rgba) {
  const out = new Float32Array(3 * PIXELS)
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * STD[c])
    const shift = MEAN[c] / STD[c]
    for (let i = 0; i < PIXELS; i++) out[i * 3 + c] = rgba[i * 4 + c] * scale - shift
  }
  return out
}

/**
 * @param {Float32Array} scores [classes, SIZE, SIZE]
 * @returns {Uint8Array} the best class of each pixel; the first of equals
 */
export function labelsOfPlanes(scores) {
  const labels = new Uint8Array(PIXELS)
  const best = scores.slice(0, PIXELS)
  for (let c = 1; c < scores.length / PIXELS; c++) {
    const start = c * PIXELS
    for (let i = 0; i < PIXELS; i++) {
      if (scores[start + i] > best[i]) {
        best[i] = scores[start + i]
        labels[i] = c
      }
    }
  }
  return labels
}

/**
 * @param {Float32Array | Int32Array | Uint8Array} scores [SIZE, SIZE, classes]
 * @returns {Uint8Array} the best class of each pixel; the first of equals
 */
export function labelsOfPixels(scores) {
  const labels = new Uint8Array(PIXELS)
  const classes = scores.length / PIXELS
  for (let i = 0; i < PIXELS; i++) {
    let best = 0
    for (let c = 1; c < classes; c++) {
      if (scores[i * classes + c] > scores[i * classes + best]) best = c
    }
    labels[i] = best
  }
  return labels
}
