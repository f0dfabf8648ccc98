/**
 * Where the curves of a training part ways: stretches in which two of them, which usually mirror or follow each other, do
 * not. Validation loss and mIoU both rise, or both fall; pixel accuracy rises while mIoU falls; the training loss falls
 * while the validation loss rises.
 *
 * The rule. A curve's usual change is the median of the sizes of its changes from one validation to the next, changes of
 * zero left out. A curve rises until it has fallen back from its highest point by more than that, and falls likewise: so
 * small ups and downs don't end a stretch. Two curves part where such stretches overlap and, from the first to the last
 * validation of the overlap, both change by more than their usual change. Noise alone passes that now and then in a long
 * log: with more than 30 validations twice the usual change is asked for.
 */

/** @typedef {import('./columns.js').Role} Role */
/** @typedef {import('./series.js').Dot} Dot */
/** @typedef {import('./series.js').Curves} Curves */
/** @typedef {'bothRise' | 'bothFall' | 'accuracyRises' | 'overfits'} Kind */
/** From the first to the last validation of it. @typedef {{role: Role, from: number, to: number}} Change */
/** @typedef {{kind: Kind, from: number, to: number, first: Change, second: Change, weight: number}} Parting weight: how far beyond the usual */

/**
 * @typedef {object} Found
 * @property {Role | null} loss what is held against the score: the validation loss, where there is none the training loss
 * @property {Role | null} score mIoU, or where there is none an accuracy
 * @property {number} validations at which there are both
 * @property {number} factor of the usual change that is asked for
 * @property {{loss: number, score: number} | null} least what a change has to be more than
 * @property {Parting[]} partings by step
 * @property {{lowest: {step: number, loss: number, score: number}, highest: {step: number, loss: number, score: number}} | null} best
 *   where the loss is lowest, and where the score is highest
 */

/** Validations from which on noise passes the simple rule too often. */
const LONG = 30

/** @param {Curves['lines']} lines @returns {Found} */
export function partingsOf(lines) {
  const has = (/** @type {Role} */ role) => lines[role].length > 1
  const score = /** @type {const} */ (['miou', 'pixelAccuracy', 'meanAccuracy']).find(has) ?? null
  const loss = /** @type {const} */ (['valLoss', 'trainLoss']).find(has) ?? null
  /** @type {Parting[]} */
  const partings = []
  let both = together([], [])
  if (loss && score) {
    both = together(loss === 'trainLoss' ? meanUntil(lines.trainLoss, lines[score]) : lines[loss], lines[score])
    partings.push(...between(both, 'bothRise', [loss, 1], [score, 1]),
      ...between(both, 'bothFall', [loss, -1], [score, -1]))
  }
  if (has('pixelAccuracy') && has('miou')) {
    partings.push(...between(together(lines.pixelAccuracy, lines.miou), 'accuracyRises',
      ['pixelAccuracy', 1], ['miou', -1]))
  }
  if (has('trainLoss') && has('valLoss')) {
    partings.push(...between(together(meanUntil(lines.trainLoss, lines.valLoss), lines.valLoss),
      'overfits', ['trainLoss', -1], ['valLoss', 1]))
  }
  return {
    loss, score, validations: both.steps.length, factor: both.factor,
    least: both.steps.length > 1 ? { loss: both.a.least, score: both.b.least } : null,
    partings: partings.sort((a, b) => a.from - b.from || a.to - b.to),
    best: bestOf(both),
  }
}

/**
 * One curve of a pair. `least`: what a change has to be more than.
 * @typedef {{values: number[], least: number, swings: ReturnType<typeof swings>}} Side
 */
/** @typedef {{steps: number[], factor: number, a: Side, b: Side}} Pair */

/** The steps at which both have a value. @param {readonly Dot[]} first by step @param {readonly Dot[]} second by step @returns {Pair} */
function together(first, second) {
  /** @type {{steps: number[], a: number[], b: number[]}} */
  const { steps, a, b } = { steps: [], a: [], b: [] }
  let at = 0
  for (const { step, value } of first) {
    while (at < second.length && second[at].step < step) at++
    if (second[at]?.step !== step) continue
    steps.push(step)
    a.push(value)
    b.push(second[at].value)
  }
  const factor = steps.length > LONG ? 2 : 1
  return { steps, factor, a: sideOf(a, factor), b: sideOf(b, factor) }
}

/** @param {number[]} values @param {number} factor @returns {Side} */
function sideOf(values, factor) {
  const least = factor * usualChange(values)
  return { values, least, swings: swings(values, least) }
}

/**
 * A curve with many points at the steps of one with few: the mean since the one before.
 * @param {readonly Dot[]} many by step
 * @param {readonly Dot[]} few by step
 * @returns {Dot[]}
 */
export function meanUntil(many, few) {
  let at = 0
  return few.flatMap(({ step }) => {
    let [sum, count] = [0, 0]
    for (; at < many.length && many[at].step <= step; at++) {
      sum += many[at].value
      count++
    }
    return count ? [{ step, value: sum / count }] : []
  })
}

/** The median size of a change that is one. @param {readonly number[]} values @returns {number} 0 where nothing changes */
export function usualChange(values) {
  const changes = Float64Array.from(values.slice(1), (value, i) => Math.abs(value - values[i])).filter(change =>
    change > 0).sort()
  const middle = changes.length >> 1
  if (!changes.length) return 0
  return changes.length % 2 ? changes[middle] : (changes[middle - 1] + changes[middle]) / 2
}

/**
 * Rises and falls in turn: one ends where the curve has come back from its extreme by more than `least`.
 * @param {readonly number[]} values
 * @param {number} least
 * @returns {{from: number, to: number, direction: 1 | -1}[]} places; what is flat at either end belongs to neither
 */
export function swings(values, least) {
  /** @type {{from: number, to: number, direction: 1 | -1}[]} */
  const found = []
  // The last lowest and the last highest until a swing begins; then where it did, and the first and the last of its extremes.
  let [low, high, from, to, last] = [0, 0, 0, 0, 0]
  /** @type {1 | -1 | 0} */
  let direction = 0
  for (let at = 1; at < values.length; at++) {
    const value = values[at]
    const beyond = direction * (value - values[to])
    if (direction === 0) {
      if (value <= values[low]) low = at
      if (value >= values[high]) high = at
      if (value - values[low] > least) [direction, from] = [1, low]
      else if (values[high] - value > least) [direction, from] = [-1, high]
      to = last = at
    } else if (beyond > 0) to = last = at
    else if (beyond === 0) last = at
    else if (-beyond > least) {
      found.push({ from, to, direction })
      direction = direction === 1 ? -1 : 1
      from = last
      to = last = at
    }
  }
  if (direction !== 0) found.push({ from, to, direction })
  return found
}

/**
 * @param {Pair} pair
 * @param {Kind} kind
 * @param {readonly [Role, 1 | -1]} first whose values are `a`, and which way it has to go
 * @param {readonly [Role, 1 | -1]} second
 * @returns {Parting[]}
 */
function between({ steps, a, b }, kind, [firstRole, firstWay], [secondRole, secondWay]) {
  /** @type {Parting[]} */
  const found = []
  let [i, j] = [0, 0]
  while (i < a.swings.length && j < b.swings.length) {
    const [one, other] = [a.swings[i], b.swings[j]]
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)]
    const [changeA, changeB] = [firstWay * (a.values[to] - a.values[from]), secondWay * (b.values[to] - b.values[from])]
    if (from < to && one.direction === firstWay && other.direction === secondWay && changeA > a.least
      && changeB > b.least) {
      found.push({
        kind, from: steps[from], to: steps[to],
        first: { role: firstRole, from: a.values[from], to: a.values[to] },
          second: { role: secondRole, from: b.values[from], to: b.values[to] },
        weight: Math.min(changeA / a.least, changeB / b.least),
      })
    }
    if (one.to <= other.to) i++
    else j++
  }
  return found
}

/** @param {Pair} pair @returns {Found['best']} the first of equals */
function bestOf({ steps, a, b }) {
  if (steps.length < 2) return null
  const place = (/** @type {readonly number[]} */ values, /** @type {1 | -1} */ way) =>
    values.reduce((best, value, at) => way * value > way * values[best] ? at : best, 0)
  const told = (/** @type {number} */ at) => ({ step: steps[at], loss: a.values[at], score: b.values[at] })
  return { lowest: told(place(a.values, -1)), highest: told(place(b.values, 1)) }
}
