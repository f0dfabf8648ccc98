/**
 * What is on the stage: a photo, the copy of it for the screen, and what is known of its pixels.
 */
import { areas, disagreement } from '../../lib/areas.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */

/** A photo as the element keeps it. @typedef {{source: Blob | ImageBitmap, name: string, sample: Sample | null}} Photo */

/**
 * What is shown: a photo, and what is known of it.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {import('../common/photo/image-tasks.js').Shown | null} picture for the screen
 * @property {Map<string, {result: Result, areas: Area[]}>} masks by variant
 * @property {number[] | null} differ shares of the photo with 1, 2, 3 different answers
 */

/**
 * @param {Photo} photo
 * @param {ImageBitmap} bitmap the photo for the screen
 * @param {Result[]} results
 * @param {AbortSignal} signal
 * @returns {Promise<Scene>}
 */
export async function sceneOf(photo, bitmap, results, signal) {
  /** @type {Scene['masks']} */
  const masks = new Map()
  for (const result of results) masks.set(result.variant, { result, areas: await areas(result.labels, signal) })
  const differ = results.length > 1 ? await disagreement(results.map(({ labels }) => labels), signal) : null
  // Which way up the photo is, only decoding tells.
  const { width, height } = results[0]
  return { photo, picture: { bitmap, width, height }, masks, differ }
}

/** @param {Scene | null} scene */
export function classesOf(scene) {
  return scene?.masks.values().next().value?.result.classes
}
