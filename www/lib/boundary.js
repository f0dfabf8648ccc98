/**
 * How well the edges of a mask lie: the boundary F-score of Csurka, Larlus & Perronnin, "What is a good evaluation measure
 * for semantic segmentation?" (BMVC 2013). Per class: of the predicted edge pixels those within a tolerance of a true one
 * (precision), of the true ones those within it of a predicted one (recall), and F = 2·P·R / (P + R).
 */

/** The paper's tolerance. @param {number} width pixels @param {number} height @returns {number} pixels, at least 1 */
export function usualTolerance(width, height) {
  return Math.max(1, Math.round(0.0075 * Math.hypot(width, height)))
}

/**
 * Pixels of a class that have a neighbour (above, below, left or right) of another; the picture's own border is no edge,
 * and neither is that to what isn't labelled.
 * @param {Uint8Array} labels [height, width]
 * @param {number} width
 * @param {number} id
 * @param {Uint8Array | null} isVoid 1 where the truth isn't known
 * @returns {Uint8Array} 1 at edges
 */
export function edgesOf(labels, width, id, isVoid = null) {
  const height = labels.length / width
  const edges = new Uint8Array(labels.length)
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (labels[at] !== id || isVoid?.[at]) continue
      if ((column > 0 && labels[at - 1] !== id && !isVoid?.[at - 1])
        || (column < width - 1 && labels[at + 1] !== id && !isVoid?.[at + 1])
        || (row > 0 && labels[at - width] !== id && !isVoid?.[at - width])
        || (row < height - 1 && labels[at + width] !== id && !isVoid?.[at + width])) edges[at] = 1
    }
  }
  return edges
}

/**
 * @typedef {object} Boundary
 * @property {number} truth edge pixels
 * @property {number} truthHit of those, within the tolerance of a predicted one
 * @property {number} predicted
 * @property {number} predictedHit
 * @property {number | null} score F, 0..1; null where neither has an edge of this class
 */

/**
 * @param {{truth: Uint8Array, prediction: Uint8Array, width: number}} maps [height, width]
 * @param {{id: number, tolerance: number, isVoid?: Uint8Array | null}} of tolerance: whole pixels, as the crow flies
 * @returns {Boundary}
 */
export function boundaryOf({ truth, prediction, width }, { id, tolerance, isVoid = null }) {
  const own = edgesOf(truth, width, id, isVoid)
  const found = edgesOf(prediction, width, id, isVoid)
  const [truthEdges, truthHit] = within(own, found, width, tolerance)
  const [predicted, predictedHit] = within(found, own, width, tolerance)
  const [recall, precision] = [truthEdges && truthHit / truthEdges, predicted && predictedHit / predicted]
  const score = truthEdges + predicted === 0 ? null : recall + precision === 0 ? 0
    : 2 * recall * precision / (recall + precision)
  return { truth: truthEdges, truthHit, predicted, predictedHit, score }
}

/**
 * The mean over classes.
 * @param {readonly Boundary[]} each
 * @returns {number | null} null where the truth has no edges: it is one class, or its edges are void, as VOC marks them
 */
export function meanBoundary(each) {
  const scores = each.map(({ score }) => score).filter(score => score !== null)
  const hasEdges = each.some(({ truth }) => truth > 0)
  return hasEdges ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null
}

/**
 * For each pixel how many rows away the nearest is that is set in its column, and at an edge pixel then the columns beside
 * it: exact, and linear in the picture.
 * @param {Uint8Array} edges
 * @param {Uint8Array} others
 * @param {number} width
 * @param {number} tolerance
 * @returns {[all: number, near: number]} edge pixels, and those within the tolerance of another's
 */
export function within(edges, others, width, tolerance) {
  const away = rowsAway(others, width, tolerance + 1)
  const most = tolerance * tolerance
  let [all, near] = [0, 0]
  for (let at = 0; at < edges.length; at++) {
    if (!edges[at]) continue
    all++
    const column = at % width
    const [from, to] = [Math.max(-tolerance, -column), Math.min(tolerance, width - 1 - column)]
    for (let step = from; step <= to; step++) {
      const rows = away[at + step]
      if (step * step + rows * rows <= most) {
        near++
        break
      }
    }
  }
  return [all, near]
}

/** @param {Uint8Array} set @param {number} width @param {number} far what is farther counts as this @returns {Uint16Array} */
function rowsAway(set, width, far) {
  const away = new Uint16Array(set.length).fill(far)
  for (let at = 0; at < set.length; at++) away[at] = set[at] ? 0 : at < width ? far
    : Math.min(away[at - width] + 1, far)
  for (let at = set.length - width - 1; at >= 0; at--) away[at] = Math.min(away[at], away[at + width] + 1)
  return away
}
