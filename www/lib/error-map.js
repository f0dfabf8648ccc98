/**
 * Where a prediction errs. Of all classes together a pixel is right, wrong or left out; of one class it is a hit (both have
 * it), a miss (only the truth has it), a false alarm (only the prediction has it), or neither: the class's IoU is
 * hits / (hits + misses + false alarms).
 */

/** What a pixel can be, as an error map's value. */
export const ERRORS = /** @type {const} */ ({ none: 0, wrong: 1, left: 2, hit: 3, miss: 4, alarm: 5 })

/**
 * @param {{truth: Uint8Array, prediction: Uint8Array, unlabelled: number | null}} maps of one length; `unlabelled`: the truth
 *   of pixels that are left out, null: none are
 * @param {number | null} [id] the class; null: all
 * @returns {Uint8Array<ArrayBuffer>} of `ERRORS`; `none` is right for all classes, in neither map for one
 */
export function errorsOf({ truth, prediction, unlabelled }, id = null) {
  const map = new Uint8Array(truth.length)
  for (let at = 0; at < map.length; at++) {
    const [label, guess] = [truth[at], prediction[at]]
    if (label === unlabelled) map[at] = ERRORS.left
    else if (id === null) map[at] = label === guess ? ERRORS.none : ERRORS.wrong
    else if (label === id) map[at] = guess === id ? ERRORS.hit : ERRORS.miss
    else map[at] = guess === id ? ERRORS.alarm : ERRORS.none
  }
  return map
}
