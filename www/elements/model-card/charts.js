/** The charts that `<fcn-model-card>` alone has, by Observable Plot; its lines over steps are common/stage/curves-chart.js. */
import { barX, cell, lineY, plot, ruleX, text } from '../../vendor/plot.js'
import { plain } from '../common/stage/curves-chart.js'

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
