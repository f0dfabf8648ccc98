/**
 * What the net thinks of one pixel: the class under the cursor, its probability, the runner-up.
 *
 * The scores at the working size are enlarged exactly as the mask's were (bilinear,
 * `align_corners=false`, edges clamped; src/mask.rs), so the class is the one in the mask, but for
 * ties; then softmax turns them into probabilities.
 */

/**
 * Class scores at the working size.
 * @typedef {object} ScoreMap
 * @property {number} width pixels at the working size
 * @property {number} height
 * @property {number} channels number of classes
 * @property {Float32Array} data [height, width, channels], channel last
 */

/**
 * @typedef {object} Probed
 * @property {number} id class id, as in `labels`
 * @property {number} probability 0..1
 * @property {{id: number, probability: number} | null} second the runner-up; null with one class
 */

/**
 * @param {{width: number, height: number, scores?: ScoreMap | null}} result of `engine.segment`;
 *   width and height are the photo's
 * @param {number} x column in the photo, 0 to width - 1
 * @param {number} y row in the photo, 0 to height - 1
 * @returns {Probed | null} null outside the photo, and when the result carries no scores
 */
export function probe(result, x, y) {
  const column = Math.floor(x)
  const row = Math.floor(y)
  if (!result.scores || !(column >= 0 && row >= 0 && column < result.width && row < result.height)) return null
  const scores = scoresAt(result.scores, result.width, result.height, column, row)

  let first = 0
  let second = -1
  for (let c = 1; c < scores.length; c++) {
    if (scores[c] > scores[first]) {
      second = first
      first = c
    } else if (second < 0 || scores[c] > scores[second]) {
      second = c
    }
  }
  // The largest score is taken off first, so that exp() can't overflow.
  let sum = 0
  for (const score of scores) sum += Math.exp(score - scores[first])
  return {
    id: first,
    probability: 1 / sum,
    second: second < 0 ? null : { id: second, probability: Math.exp(scores[second] - scores[first]) / sum },
  }
}

/**
 * Bilinearly enlarged scores of one pixel.
 * @param {ScoreMap} scores
 * @param {number} width the photo's, pixels
 * @param {number} height
 * @param {number} x whole column of the photo
 * @param {number} y whole row
 * @returns {Float64Array} [channels]
 */
export function scoresAt(scores, width, height, x, y) {
  const { channels, data } = scores
  const across = neighbours(x, scores.width, width)
  const down = neighbours(y, scores.height, height)
  const topLeft = (down.low * scores.width + across.low) * channels
  const topRight = (down.low * scores.width + across.high) * channels
  const bottomLeft = (down.high * scores.width + across.low) * channels
  const bottomRight = (down.high * scores.width + across.high) * channels
  const out = new Float64Array(channels)
  for (let c = 0; c < channels; c++) {
    const top = data[topLeft + c] * (1 - across.part) + data[topRight + c] * across.part
    const bottom = data[bottomLeft + c] * (1 - across.part) + data[bottomRight + c] * across.part
    out[c] = top * (1 - down.part) + bottom * down.part
  }
  return out
}

/**
 * The two cells around a pixel, and how far it lies towards the second (0..1).
 * @param {number} at whole position in the output
 * @param {number} cells cells in the input
 * @param {number} pixels pixels in the output
 */
function neighbours(at, cells, pixels) {
  const source = Math.min(Math.max((at + 0.5) * cells / pixels - 0.5, 0), cells - 1)
  const low = Math.floor(source)
  return { low, high: Math.min(low + 1, cells - 1), part: source - low }
}
