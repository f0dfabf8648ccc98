/**
 * The charts of `<fcn-model-card>`, by Observable Plot. Plot writes style sheets into its charts,
 * which the page's content security policy forbids: they are taken out before a chart is shown, and
 * styles.js says the same. Heads differ by dash and by the name at the line's end, not by colour alone.
 */
import { barX, cell, lineY, plot, ruleX, text } from '../../vendor/plot.js'

/** @typedef {import('../../lib/curves.js').Point} Point */
/** @typedef {import('./card.js').HeadScores} HeadScores */

/** One point of a line. @typedef {{step: number, value: number, line: string}} Dot */

/** How the lines of a chart look, first to third. */
const STYLES = /** @type {const} */ ([
  { stroke: 'var(--_line-a)', strokeDasharray: '2 3' },
  { stroke: 'var(--_line-b)', strokeDasharray: '7 3' },
  { stroke: 'var(--_line-c)', strokeDasharray: 'none' },
])

/**
 * @param {ReturnType<typeof plot>} chart
 * @param {string} label what it shows, for those who don't see it
 */
function plain(chart, label) {
  for (const style of chart.querySelectorAll('style')) style.remove()
  // Plot names each mark ("bar", "cell"), in English; the whole has one name here.
  for (const mark of chart.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label')
  chart.setAttribute('role', 'img')
  chart.setAttribute('aria-label', label)
  return chart
}

/**
 * Lines over the steps of a training, each named at its end.
 * @param {{name: string, points: {step: number, value: number}[]}[]} lines
 * @param {{width: number, label: string, x: string, format: (value: number) => string}} options
 */
export function linesChart(lines, { width, label, x, format }) {
  const ends = lines.flatMap(({ name, points }) => {
    const last = points.at(-1)
    return last ? [{ ...last, name }] : []
  })
  // Names of lines that end close together are moved apart.
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = (most - least || 1) * 0.095
  ends.sort((a, b) => a.value - b.value)
  let free = -Infinity
  const placed = ends.map(end => {
    const at = Math.max(end.value, free)
    free = at + room
    return { ...end, at }
  })
  return plain(plot({
    width, height: 230, marginLeft: 44, marginRight: 88, marginBottom: 36, marginTop: 26, className: 'chart',
    style: { background: 'none', overflow: 'visible' },
    x: { label: x, labelAnchor: 'right', ticks: Math.max(2, Math.floor(width / 110)) },
    y: { label: null, grid: true, ticks: 5, tickFormat: format, domain: [least, Math.max(most, free - room)] },
    marks: [
      ...lines.map(({ points }, i) =>
        lineY(points, { x: 'step', y: 'value', strokeWidth: 2, marker: 'dot', ...STYLES[i % STYLES.length] })),
      text(placed, {
        x: 'step', y: 'at', text: end => `${end.name} ${format(end.value)}`,
        textAnchor: 'start', dx: 7, fill: 'currentColor',
      }),
    ],
  }), label)
}

/**
 * IoU of each class by head.
 * @param {{name: string, head: string, value: number}[]} bars in the order of the classes, heads coarse to fine
 * @param {{width: number, label: string, format: (value: number) => string}} options
 */
export function classChart(bars, { width, label, format }) {
  const heads = [...new Set(bars.map(({ head }) => head))]
  const fills = ['var(--_line-a)', 'var(--_line-b)', 'var(--_line-c)']
  const names = [...new Set(bars.map(({ name }) => name))]
  return plain(plot({
    width, height: names.length * (heads.length * 11 + 12) + 40,
    marginLeft: Math.min(96, width * 0.28), marginRight: 40, marginTop: 20, marginBottom: 10, className: 'chart',
    style: { background: 'none', overflow: 'visible' },
    x: { axis: 'top', label: null, domain: [0, 1], ticks: 5, tickFormat: format, grid: true },
    y: { axis: null, domain: heads }, fy: { domain: names, label: null, padding: 0.12 },
    marks: [
      barX(bars, { x: 'value', y: 'head', fy: 'name', fill: bar => fills[heads.indexOf(bar.head) % fills.length] }),
      text(bars.filter(({ head }) => head === heads.at(-1)), {
        x: 'value', y: 'head', fy: 'name', text: bar => format(bar.value),
        textAnchor: 'start', dx: 4, fill: 'currentColor',
      }),
      ruleX([0]),
    ],
  }), label)
}

/**
 * How often a probability is right, against what it says; on the dashed line it is right as often as it says.
 * @param {readonly {pixels: number, probability: number, right: number}[]} bins
 * @param {{width: number, label: string, x: string, y: string, format: (value: number) => string}} options
 */
export function reliabilityChart(bins, { width, label, x, y, format }) {
  const most = Math.max(...bins.map(({ pixels }) => pixels))
  return plain(plot({
    width, height: width, marginLeft: 52, marginRight: 16, marginBottom: 46, marginTop: 28, className: 'chart',
    style: { background: 'none', overflow: 'visible' },
    x: { label: x, labelAnchor: 'right', labelArrow: 'none', domain: [0, 1], ticks: 5, tickFormat: format, grid: true },
    y: { label: y, labelAnchor: 'top', labelArrow: 'none', domain: [0, 1], ticks: 5, tickFormat: format, grid: true },
    marks: [
      lineY([{ at: 0 }, { at: 1 }], { x: 'at', y: 'at', stroke: 'var(--_soft)', strokeDasharray: '4 4' }),
      lineY(bins, { x: 'probability', y: 'right', stroke: 'var(--_line-c)', strokeWidth: 2 }),
      // Larger where more pixels are.
      text(bins, {
        x: 'probability', y: 'right', text: () => '●', fill: 'var(--_line-c)',
        fontSize: bin => 8 + 16 * Math.sqrt(bin.pixels / most),
      }),
    ],
  }), label)
}

/**
 * A confusion matrix, each row as parts of its class.
 * @param {{truth: string, prediction: string, share: number}[]} cells
 * @param {readonly string[]} names in order
 * @param {{width: number, label: string}} options
 */
export function confusionChart(cells, names, { width, label }) {
  const side = Math.max(22, Math.min(54, (width - 96) / names.length))
  return plain(plot({
    width: side * names.length + 96, height: side * names.length + 104,
    marginLeft: 88, marginTop: 88, marginRight: 8, marginBottom: 16, padding: 0.04, className: 'chart',
    style: { background: 'none', overflow: 'visible' },
    x: { axis: 'top', domain: names, label: null, tickRotate: -50 }, y: { domain: names, label: null },
    marks: [
      cell(cells, {
        x: 'prediction', y: 'truth', fill: 'var(--_line-c)', fillOpacity: each => 0.04 + 0.86 * each.share,
      }),
      text(cells.filter(({ share }) => share >= 0.005), {
        x: 'prediction', y: 'truth', text: each => String(Math.round(100 * each.share)),
        fill: each => each.share > 0.55 ? 'var(--_sheet)' : 'var(--_ink)',
      }),
    ],
  }), label)
}
