/**
 * What a training's curves show, read off the numbers: where mIoU rose although the loss rose too,
 * and in which order the classes were learned.
 */

/**
 * One validation. Scores 0..1; losses in nats a pixel.
 * @typedef {object} Point
 * @property {number} step
 * @property {number | null} trainLoss mean since the validation before
 * @property {number} valLoss
 * @property {Record<string, {pixelAccuracy: number, miou: number}>} heads by name
 * @property {Record<string, number | null>} iou of the finest head, by class
 */

/**
 * Reads the `curves` of a model.json; what isn't a validation is left out.
 * @param {unknown} curves
 * @returns {Point[]} by step
 */
export function readCurves(curves) {
  if (!Array.isArray(curves)) return []
  /** @type {Point[]} */
  const points = []
  for (const entry of curves) {
    const { step, train_loss: trainLoss, val_loss: valLoss, iou, ...rest } = Object(entry)
    if (!isNumber(step) || !isNumber(valLoss)) continue
    /** @type {Point['heads']} */
    const heads = {}
    for (const [name, scores] of Object.entries(rest)) {
      const { pixel_accuracy: pixelAccuracy, miou } = Object(scores)
      if (isNumber(pixelAccuracy) && isNumber(miou)) heads[name] = { pixelAccuracy, miou }
    }
    /** @type {Point['iou']} */
    const classes = {}
    for (const [name, value] of Object.entries(Object(iou))) if (value === null
      || isNumber(value)) classes[name] = value
    points.push({ step, trainLoss: isNumber(trainLoss) ? trainLoss : null, valLoss, heads, iou: classes })
  }
  return points.sort((a, b) => a.step - b.step)
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value)
}

/**
 * Where both the validation loss and a head's mIoU rose from one validation to the next: the pair
 * in which mIoU rose most.
 * @param {readonly Point[]} points by step
 * @param {string} head
 * @returns {{from: Point, to: Point} | null}
 */
export function risesTogether(points, head) {
  let best = null
  let most = 0
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]]
    const gain = (to.heads[head]?.miou ?? 0) - (from.heads[head]?.miou ?? Infinity)
    if (to.valLoss > from.valLoss && gain > most) {
      most = gain
      best = { from, to }
    }
  }
  return best
}

/**
 * When each class was learned: the first validation from which on its IoU stays at or above a part
 * of its last one.
 * @param {readonly Point[]} points by step
 * @param {number} [part] 0..1
 * @returns {{name: string, step: number, last: number}[]} in the order of learning; classes that never had a score are left out
 */
export function learned(points, part = 0.8) {
  const end = points.at(-1)
  if (!end) return []
  return Object.entries(end.iou).flatMap(([name, last]) => {
    if (last === null || last <= 0) return []
    let from = points.length - 1
    while (from > 0 && (points[from - 1].iou[name] ?? 0) >= part * last) from--
    return [{ name, step: points[from].step, last }]
  }).sort((a, b) => a.step - b.step || b.last - a.last)
}

/**
 * Ranks as in Spearman's: equal values share the mean of their places.
 * @param {readonly number[]} values
 * @returns {number[]}
 */
function ranks(values) {
  return values.map(value => {
    const below = values.filter(other => other < value).length
    const equal = values.filter(other => other === value).length
    return below + (equal + 1) / 2
  })
}

/**
 * Spearman's rank correlation.
 * @param {readonly number[]} a
 * @param {readonly number[]} b as long as `a`
 * @returns {number | null} -1..1; null for fewer than three values, or where one list is all alike
 */
export function rankCorrelation(a, b) {
  if (a.length < 3 || a.length !== b.length) return null
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length + 1) / 2
  const sum = (/** @type {(i: number) => number} */ of) => x.reduce((total, _, i) => total + of(i), 0)
  const spread = Math.sqrt(sum(i => (x[i] - middle) ** 2) * sum(i => (y[i] - middle) ** 2))
  return spread === 0 ? null : sum(i => (x[i] - middle) * (y[i] - middle)) / spread
}
