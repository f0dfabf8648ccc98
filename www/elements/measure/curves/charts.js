/** The two charts of "training curves", one above the other over the same steps, with the bands where curves part. */
import { percent } from '../../../lib/format.js'
import { isLoss } from '../../../lib/training-log/columns.js'
import { thinned } from '../../../lib/training-log/series.js'
import { linesChart } from '../../common/stage/curves-chart.js'
import { exact, lossText, roleName, shareText } from './words.js'

/** @typedef {import('./controller.js').Reading} Reading */
/** @typedef {import('../../../lib/training-log/columns.js').Role} Role */
/** @typedef {import('../../../lib/training-log/partings.js').Parting} Parting */
/** @typedef {import('../results.js').Page} Page */

/** Points of a line that a screen can show. */
const MOST_POINTS = 600
/** Partings that are marked and told; of more the largest. */
const MOST_MARKED = 12
/** A range of scores in which whole percentages are too few. */
const NARROW = 0.06
/** Room for the names of the lines, of the width at most. */
const [NAMES, PART] = [128, 0.4]

/** How a line looks is what it is, whatever else there is. @type {Readonly<Record<Role, number>>} */
const LOOKS = { trainLoss: 0, valLoss: 2, pixelAccuracy: 0, meanAccuracy: 1, miou: 2 }

/** The kinds in the order told. @type {readonly Parting['kind'][]} */
export const KINDS = ['bothRise', 'bothFall', 'accuracyRises', 'overfits']

/**
 * Those that are marked, as many as can be told apart; a number is a place in this list.
 * @param {readonly Parting[]} partings by step
 * @returns {Parting[]} in the order told
 */
export function marked(partings) {
  const largest = new Set([...partings].sort((a, b) => b.weight - a.weight).slice(0, MOST_MARKED))
  return KINDS.flatMap(kind => partings.filter(parting => parting.kind === kind && largest.has(parting)))
}

/**
 * Each band in the first lane that is free there.
 * @param {readonly Parting[]} partings in the order told
 * @returns {import('../../common/stage/curves-chart.js').Band[]}
 */
export function bandsOf(partings) {
  /** @type {Parting[][]} */
  const lanes = []
  return partings.map((parting, i) => {
    const { kind, from, to } = parting
    const free = lanes.findIndex(others => others.every(other => other.to < from || other.from > to))
    const lane = free < 0 ? lanes.length : free
    lanes[lane] = [...lanes[lane] ?? [], parting]
    // Overfitting is often most of a run: filled, it would hide the others.
    return { from, to, label: String(i + 1), lane, isMain: kind === 'bothRise' || kind === 'bothFall',
      isFilled: kind !== 'overfits' }
  })
}

/**
 * What was drawn last of a reading: a chart is made anew only when it looks different.
 * @type {WeakMap<Reading, {width: number, t: unknown, charts: Drawn[]}>}
 */
const drawn = new WeakMap()

/** @typedef {{what: string, chart: Element}} Drawn */

/**
 * @param {Reading} reading
 * @param {number} width CSS pixels
 * @param {Page} page
 * @returns {Drawn[]} loss above, scores below; without those that have no lines
 */
export function chartsOf(reading, width, page) {
  const before = drawn.get(reading)
  if (before?.width === width && before.t === page.t) return before.charts
  const charts = draw(reading, width, page)
  drawn.set(reading, { width, t: page.t, charts })
  return charts
}

/** @param {Reading} reading @param {number} width @param {Page} page @returns {Drawn[]} */
function draw({ lines, steps, found, unit, used }, width, page) {
  const { t, language } = page
  const bands = bandsOf(marked(found.partings))
  const names = Math.round(Math.min(NAMES, PART * width))
  const x = t({ step: 'curves.x.step', epoch: 'curves.x.epoch', row: 'curves.x.row' }[unit])
  const { best } = found
  const loss = (/** @type {number} */ value) => lossText(value, language)
  const share = (/** @type {number} */ value) => shareText(value, language)
  const losses = used.filter(isLoss)
  const scores = used.filter(role => !isLoss(role))
  const tick = shareTick(scores.flatMap(role => lines[role]), language)
  return [
    { what: t('curves.loss'), roles: losses, format: loss, tick: loss, mark: best?.lowest.step },
    { what: t('curves.scores'), roles: scores, format: share, tick, mark: best?.highest.step },
  ].filter(({ roles }) => roles.length).map(({ what, roles, format, tick, mark }) => ({
    what,
    chart: linesChart(roles.map(role => ({ name: roleName(role, t, true), points: thinned(lines[role], MOST_POINTS),
      look: LOOKS[role] })), {
      width, label: t('curves.chart', { what, count: exact(bands.length, language) }), x, format, tick, bands, names,
      steps: [steps[0], steps[steps.length - 1]], ...mark === undefined ? {} : { mark },
    }),
  }))
}

/**
 * How the axis of scores writes its numbers: whole percentages, unless these would be too few.
 * @param {readonly {value: number}[]} dots that are drawn
 * @param {string} language
 * @returns {(value: number) => string}
 */
export function shareTick(dots, language) {
  const [least, most] = dots.reduce(([low, high], { value }) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity])
  return most - least < NARROW ? value => shareText(value, language)
    : value => percent(Math.round(100 * value) / 100, language)
}
