/**
 * How well the edges of a mask lie: the boundary F-score of Csurka, Larlus & Perronnin, "What is a good evaluation measure
 * for semantic segmentation?" (BMVC 2013). Per class: of the predicted edge pixels those within a tolerance of a true one
 * (precision), of the true ones those within it of a predicted one (recall), and F = 2·P·R / (P + R).
 */

/** Farther than any picture is wide, squared. */
const FAR = 1e20

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
  const differs = (/** @type {number} */ at) => labels[at] !== id && !isVoid?.[at]
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (labels[at] !== id || isVoid?.[at]) continue
      const isEdge = (column > 0 && differs(at - 1)) || (column < width - 1 && differs(at + 1))
        || (row > 0 && differs(at - width)) || (row < height - 1 && differs(at + width))
      if (isEdge) edges[at] = 1
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
 * @param {{id: number, tolerance: number, isVoid?: Uint8Array | null}} of tolerance: pixels, as the crow flies
 * @returns {Boundary}
 */
export function boundaryOf({ truth, prediction, width }, { id, tolerance, isVoid = null }) {
  const own = edgesOf(truth, width, id, isVoid)
  const found = edgesOf(prediction, width, id, isVoid)
  const [truthEdges, truthHit] = within(own, found, width, tolerance)
  const [predicted, predictedHit] = within(found, own, width, tolerance)
  const [recall, precision] = [truthEdges && truthHit / truthEdges, predicted && predictedHit / predicted]
  const score = truthEdges + predicted === 0 ? null : recall + precision === 0 ? 0 : 2 * recall * precision / (recall + precision)
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
 * @param {Uint8Array} edges
 * @param {Uint8Array} others
 * @param {number} width
 * @param {number} tolerance
 * @returns {[all: number, near: number]} edge pixels, and those within the tolerance of another's
 */
function within(edges, others, width, tolerance) {
  const away = squaredDistances(others, width)
  const most = tolerance * tolerance
  let [all, near] = [0, 0]
  for (let at = 0; at < edges.length; at++) {
    if (!edges[at]) continue
    all++
    if (away[at] <= most) near++
  }
  return [all, near]
}

/**
 * From each pixel to the nearest that is set, squared: exact, in linear time (Felzenszwalb & Huttenlocher, "Distance
 * Transforms of Sampled Functions", Theory of Computing 2012).
 * @param {Uint8Array} set [height, width]
 * @param {number} width
 * @returns {Float64Array} at least FAR where none is set
 */
export function squaredDistances(set, width) {
  const height = width ? set.length / width : 0
  const away = Float64Array.from(set, value => value ? 0 : FAR)
  const line = new Float64Array(Math.max(width, height))
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < height; row++) line[row] = away[row * width + column]
    envelope(line, height, (row, value) => { away[row * width + column] = value })
  }
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) line[column] = away[row * width + column]
    envelope(line, width, (column, value) => { away[row * width + column] = value })
  }
  return away
}

/**
 * The lower envelope of parabolas rooted at (i, line[i]).
 * @param {Float64Array} line
 * @param {number} length
 * @param {(place: number, value: number) => void} give
 */
function envelope(line, length, give) {
  const roots = new Int32Array(length)
  const from = new Float64Array(length + 1)
  let last = 0
  from[0] = -Infinity
  from[1] = Infinity
  for (let at = 1; at < length; at++) {
    const meets = () => (line[at] + at * at - line[roots[last]] - roots[last] ** 2) / (2 * (at - roots[last]))
    while (last > 0 && meets() <= from[last]) last--
    const cut = meets()
    if (cut <= from[last]) roots[last] = at
    else roots[++last] = at
    from[last] = last === 0 ? -Infinity : cut
    from[last + 1] = Infinity
  }
  for (let at = 0, root = 0; at < length; at++) {
    while (from[root + 1] < at) root++
    give(at, (at - roots[root]) ** 2 + line[roots[root]])
  }
}
