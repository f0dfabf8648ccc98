/**
 * Where a net isn't sure: pixels whose best class has a low probability. A softmax is no promise
 * (nets are often surer than they are right), but where even it is low, a plain colour would claim
 * more than the net does.
 */
import { pause } from './areas.js'

/** @typedef {import('./probe.js').ScoreMap} ScoreMap */

/** Best probabilities below this count as unsure: no class has more than all others together. */
export const UNSURE_BELOW = 0.5

/** A photo of which more than this share is unsure is unlike those that the net learned from. */
const MOSTLY = 0.5

/** Scores looked at between two turns of the event loop. */
const SLICE = 1 << 18

/**
 * At the working size of the scores.
 * @typedef {object} Unsure
 * @property {number} width pixels
 * @property {number} height
 * @property {Uint8Array} map [height, width], 1 where unsure
 * @property {number} share 0..1 of the picture
 */

/**
 * @param {ScoreMap} scores
 * @param {number} [below] probability, 0..1
 * @returns {Promise<Unsure>}
 */
export async function unsureMap({ width, height, channels, data }, below = UNSURE_BELOW) {
  const map = new Uint8Array(width * height)
  // p = 1 / Σ exp(score − best) < below  ⇔  Σ exp(score − best) > 1 / below
  const limit = 1 / below
  const step = Math.max(1, Math.floor(SLICE / channels))
  let count = 0
  for (let start = 0; start < map.length; start += step) {
    if (start) await pause()
    for (let i = start; i < Math.min(start + step, map.length); i++) {
      const from = i * channels
      let best = data[from]
      for (let c = 1; c < channels; c++) if (data[from + c] > best) best = data[from + c]
      let sum = 0
      for (let c = 0; c < channels && sum <= limit; c++) sum += Math.exp(data[from + c] - best)
      if (sum > limit) {
        map[i] = 1
        count++
      }
    }
  }
  return { width, height, map, share: count / map.length }
}

/** Whether most of a picture is unsure. @param {Pick<Unsure, 'share'> | null} unsure null: not known */
export function isMostly(unsure) {
  return (unsure?.share ?? 0) > MOSTLY
}
