/**
 * Two runs of a training beside each other: what their file holds, who is ahead at a step, and when the other got there.
 *
 * The file: `{"runs": [{"name": {"en": …, "ko": …}, "points": […]}, …]}`, two of them; `points` is what a training writes as
 * its curves.json (`step`, `train_loss`, `val_loss`, and `pixel_accuracy` and `miou` of each head, of which the finest
 * counts), or a point's `pixel_accuracy` and `miou` by themselves.
 */
import { list, number, record, texts } from '../fields.js'
import { isLoss } from './columns.js'
import { refused } from './table.js'

/** @typedef {import('./series.js').Dot} Dot */
/** What runs can be compared by. @typedef {'miou' | 'pixelAccuracy' | 'valLoss' | 'trainLoss'} Measure */
/** One validation. Scores 0..1, losses in nats. @typedef {{step: number} & Record<Measure, number | null>} Point */
/** `name` by language; `points` by step, each step once. @typedef {{name: Record<string, string>, points: Point[]}} Run */
/** @typedef {readonly [Run, Run]} Runs */

/** In the order offered. @type {readonly Measure[]} */
export const MEASURES = ['miou', 'pixelAccuracy', 'valLoss', 'trainLoss']
/** Validations of a run: more than a chart shows. */
export const MOST_POINTS = 2000
/** Letters of a name. */
const MOST_LETTERS = 60

/**
 * @param {unknown} json as anybody may have written it
 * @returns {Runs}
 * @throws {import('../errors.js').FcnError} invalid_input; `details.kind`: runs_shape
 */
export function readRuns(json) {
  const runs = list(record(json)['runs']).map(readRun)
  const [first, second] = runs
  const areTwo = runs.length === 2 && runs.every(({ name, points }) => name['en'] && points.length > 1)
  if (!areTwo || !measuresOf([first, second]).length) throw refused('runs_shape')
  return [first, second]
}

/** @param {unknown} json @returns {Run} */
function readRun(json) {
  const { name, points } = record(json)
  const names = Object.entries(texts(name)).map(([language, text]) => [language, text.trim().slice(0, MOST_LETTERS)])
  const all = list(points)
  if (all.length > MOST_POINTS) throw refused('runs_shape')
  /** @type {Map<number, Point>} */
  const found = new Map()
  for (const point of all.map(readPoint)) if (point && !found.has(point.step)) found.set(point.step, point)
  return { name: Object.fromEntries(names), points: [...found.values()].sort((a, b) => a.step - b.step) }
}

/** @param {unknown} json @returns {Point | null} null for what is no validation */
function readPoint(json) {
  const point = record(json)
  const step = number(point['step'])
  if (step === null || step < 0) return null
  // Heads are what has both scores, and the finest stands last.
  const isHead = (/** @type {Record<string, unknown>} */ each) =>
    share(each['pixel_accuracy']) !== null && share(each['miou']) !== null
  const head = Object.values(point).map(record).findLast(isHead) ?? {}
  const loss = (/** @type {string} */ name) => {
    const value = number(point[name])
    return value !== null && value >= 0 ? value : null
  }
  return {
    step, trainLoss: loss('train_loss'), valLoss: loss('val_loss'),
    pixelAccuracy: share(point['pixel_accuracy']) ?? share(head['pixel_accuracy']),
      miou: share(point['miou']) ?? share(head['miou']),
  }
}

/** @param {unknown} value @returns {number | null} 0..1 */
function share(value) {
  const found = number(value)
  return found !== null && found >= 0 && found <= 1 ? found : null
}

/** @param {Run} run @param {Measure} measure @returns {Dot[]} by step */
export function lineOf({ points }, measure) {
  return points.flatMap(({ step, [measure]: value }) => value === null ? [] : [{ step, value }])
}

/** What both have a curve of. @param {Runs} runs @returns {Measure[]} */
export function measuresOf(runs) {
  return MEASURES.filter(measure => runs.every(run => lineOf(run, measure).length > 1)
    && stepsOf(runs, measure).length > 0)
}

/**
 * The steps at which both can be compared: of either run, from where both have begun to where the first ends.
 * @param {Runs} runs
 * @param {Measure} measure
 * @returns {number[]}
 */
export function stepsOf(runs, measure) {
  const lines = runs.map(run => lineOf(run, measure).map(({ step }) => step))
  const from = Math.max(...lines.map(steps => steps[0] ?? Infinity))
  const to = Math.min(...lines.map(steps => steps.at(-1) ?? -Infinity))
  return [...new Set(lines.flat())].filter(step => step >= from && step <= to).sort((a, b) => a - b)
}

/**
 * What two runs say at a step.
 * @typedef {object} Compared
 * @property {number} step
 * @property {readonly [Dot, Dot]} dots the latest validation of each up to that step
 * @property {0 | 1 | null} ahead which of them is better there; null: neither
 * @property {readonly [number | null, number | null]} reached for each, the first step at which it is as good as the other
 *   is at this one; null: never within the run
 * @property {readonly [number, number]} last step of each
 * @property {{step: number, run: 0 | 1}[]} leads who is ahead from which step on; the first entry is where they first differ
 */

/**
 * @param {Runs} runs
 * @param {Measure} measure that both have
 * @param {number | null} [wished] a step; the nearest is taken; null: the last
 * @returns {Compared | null} null where they share no step
 */
export function compared(runs, measure, wished = null) {
  const steps = stepsOf(runs, measure)
  const last = steps.at(-1)
  if (last === undefined) return null
  const step = wished === null ? last : nearest(steps, wished)
  const [a, b] = runs.map(run => lineOf(run, measure))
  const dotsAt = (/** @type {number} */ at) => /** @type {const} */ ([latest(a, at), latest(b, at)])
  const isAsGood = (/** @type {number} */ value, /** @type {number} */ other) =>
    isLoss(measure) ? value <= other : value >= other
  /** @param {readonly [Dot, Dot]} dots @returns {0 | 1 | null} */
  const ahead = ([{ value: one }, { value: other }]) => one === other ? null : isAsGood(one, other) ? 0 : 1
  const dots = dotsAt(step)
  const first = (/** @type {readonly Dot[]} */ line, /** @type {number} */ value) =>
    line.find(dot => isAsGood(dot.value, value))?.step ?? null
  /** @type {Compared['leads']} */
  const leads = []
  for (const at of steps) {
    const run = ahead(dotsAt(at))
    if (run !== null && leads.at(-1)?.run !== run) leads.push({ step: at, run })
  }
  return {
    step, dots, ahead: ahead(dots), reached: [first(a, dots[1].value), first(b, dots[0].value)],
    last: [a[a.length - 1].step, b[b.length - 1].step], leads,
  }
}

/** @param {readonly Dot[]} line by step, begun by then @param {number} step */
function latest(line, step) {
  return line.reduce((found, dot) => dot.step <= step ? dot : found)
}

/** @param {readonly number[]} steps in order @param {number} wished */
export function nearest(steps, wished) {
  return steps.reduce((found, step) => Math.abs(step - wished) < Math.abs(found - wished) ? step : found)
}
