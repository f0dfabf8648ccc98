/**
 * Lines over the steps of a training, by Observable Plot. Plot writes style sheets into its charts, which the page's
 * content security policy forbids: they are taken out before a chart is shown, and chart-styles.js says the same. Lines
 * differ by dash and by the name at their end, not by colour alone.
 */
import { barX, lineY, plot, ruleX, text } from '../../../vendor/plot.js'

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {readonly {step: number, value: number}[]} points by step
 * @property {number} [look] which of the looks below; left out: its place among the lines
 */

/**
 * A stretch of steps, marked by a numbered bar above the chart, and where it is filled over its height.
 * @typedef {{from: number, to: number, label: string, lane: number, isMain: boolean, isFilled: boolean}} Band
 */

/** How the lines of a chart look, first to third. */
export const LOOKS = /** @type {const} */ ([
  { stroke: 'var(--_line-a)', strokeDasharray: '2 3' },
  { stroke: 'var(--_line-b)', strokeDasharray: '7 3' },
  { stroke: 'var(--_line-c)', strokeDasharray: 'none' },
])

/** Points of a line up to which each has a dot. */
const MOST_DOTS = 60
/** Height of the plot, of the bar of a band, of the lane that it lies in, and of the halo of its number; CSS pixels. */
const [HEIGHT, BAR, LANE, HALO] = [168, 3, 15, 7]
const MARGINS = { marginLeft: 44, marginBottom: 36 }

/**
 * @param {ReturnType<typeof plot>} chart
 * @param {string} label what it shows, for those who don't see it
 */
export function plain(chart, label) {
  for (const style of chart.querySelectorAll('style')) style.remove()
  // Plot names each mark ("bar", "cell"), in English; the whole has one name here.
  for (const mark of chart.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label')
  chart.setAttribute('role', 'img')
  chart.setAttribute('aria-label', label)
  return chart
}

/**
 * Lines over the steps of a training, each named at its end.
 * @param {readonly Line[]} lines
 * @param {object} options
 * @param {number} options.width CSS pixels
 * @param {string} options.label
 * @param {string} options.x
 * @param {(value: number) => string} options.format
 * @param {(value: number) => string} [options.tick] the same at the axis, where it is shorter there
 * @param {readonly [number, number]} [options.steps] first and last, where several charts share them
 * @param {readonly Band[]} [options.bands]
 * @param {number} [options.mark] a step to mark by a rule
 * @param {number} [options.names] room for the names of the lines
 */
export function linesChart(lines, { width, label, x, format, tick = format, steps, bands = [], mark, names = 88 }) {
  const ends = lines.flatMap(({ name, points }) => {
    const last = points.at(-1)
    return last ? [{ ...last, name }] : []
  })
  // Names of lines that end close together are moved apart.
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value))
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity])
  const room = (most - least || 1) * 0.095
  ends.sort((a, b) => a.value - b.value)
  let free = -Infinity
  const placed = ends.map(end => {
    const at = Math.max(end.value, free)
    free = at + room
    return { ...end, at, step: steps?.[1] ?? end.step }
  })
  const lanes = bands.reduce((count, { lane }) => Math.max(count, lane + 1), 0)
  const marginTop = 26 + LANE * lanes
  const height = HEIGHT + marginTop + MARGINS.marginBottom
  const ticks = ticksFor(steps?.[1], width - MARGINS.marginLeft - names) ?? Math.max(2, Math.floor(width / 110))
  return plain(plot({
    width, height, ...MARGINS, marginRight: names, marginTop, className: 'chart',
    style: { background: 'none', overflow: 'visible' },
    x: { label: x, labelAnchor: 'right', ticks, ...steps ? { domain: steps } : {} },
    y: { label: null, grid: true, ticks: 5, tickFormat: tick, domain: [least, Math.max(most, free - room)] },
    marks: [
      ...bandMarks(bands),
      ...mark === undefined ? []
        : [ruleX([mark], { stroke: 'var(--_line-c)', strokeDasharray: '1 3', strokeWidth: 1.5 })],
      ...lines.map(({ points, look }, i) => lineY(points, {
        x: 'step', y: 'value', strokeWidth: 2, ...points.length > MOST_DOTS ? {} : { marker: 'dot' },
          ...LOOKS[(look ?? i) % LOOKS.length],
      })),
      text(placed, {
        x: 'step', y: 'at', text: end => `${end.name} ${format(end.value)}`,
        textAnchor: 'start', dx: 7, fill: 'currentColor',
      }),
    ],
  }), label)
}

/**
 * The step at a place across a chart.
 * @param {number} x CSS pixels from the chart's left
 * @param {{width: number, names?: number, steps: readonly [number, number]}} options as the chart was drawn with
 * @returns {number} also beyond its first and last
 */
export function stepAt(x, { width, names = 88, steps: [from, to] }) {
  return from + (x - MARGINS.marginLeft) / Math.max(1, width - names - MARGINS.marginLeft) * (to - from)
}

/**
 * As many ticks as their numbers have room for.
 * @param {number | undefined} last the longest of them
 * @param {number} room CSS pixels
 * @returns {number | undefined} undefined where the last isn't known
 */
function ticksFor(last, room) {
  return last === undefined ? undefined
    : Math.max(2, Math.min(12, Math.floor(room / (8 * String(Math.round(last)).length + 24))))
}

/** Behind the lines: the fillings, and above them the bars with their numbers. @param {readonly Band[]} bands */
function bandMarks(bands) {
  const span = { x1: 'from', x2: 'to' }
  return bands.length ? [
    barX(bands.filter(({ isFilled }) => isFilled),
      { ...span, fill: band => band.isMain ? 'var(--_band)' : 'var(--_band-other)' }),
    // A bar in its lane above the plot: insets reckon from the plot's own edges.
    ...bands.flatMap(band => {
      const top = LANE * band.lane + 5
      return [
        barX([band], { ...span, insetTop: -top - BAR, insetBottom: HEIGHT + top,
          fill: band.isMain ? 'var(--_band-edge)' : 'var(--_soft)' }),
        text([band], {
          x: ({ from, to }) => (from + to) / 2, text: 'label', frameAnchor: 'top', lineAnchor: 'middle',
            dy: -top - BAR / 2,
          fill: 'currentColor', fontWeight: 'bold', stroke: 'var(--_paper)', strokeWidth: HALO,
        }),
      ]
    }),
  ] : []
}
