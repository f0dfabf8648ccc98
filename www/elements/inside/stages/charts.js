/**
 * Where a net's parameters are and where its time goes, by Observable Plot. Plot writes style sheets into its charts,
 * which the page's content security policy forbids: they are taken out, and styles.js says the same.
 */
import { barX, plot, ruleX, text } from '../../../vendor/plot.js'

/**
 * @param {readonly {name: string, parameters: number, time: number}[]} stages shares, 0..1
 * @param {{width: number, label: string, names: [string, string], format: (share: number) => string}} options names: of
 *   the two bars
 */
export function sharesChart(stages, { width, label, names, format }) {
  const bars = stages.flatMap(({ name, parameters, time }) => [
    { name, what: names[0], share: parameters }, { name, what: names[1], share: time },
  ])
  const most = Math.max(...bars.map(({ share }) => share))
  const chart = plot({
    width, height: 34 * stages.length + 44, marginLeft: Math.min(124, width * 0.34), marginRight: 52, marginTop: 28,
    marginBottom: 6, className: 'chart', style: { background: 'none', overflow: 'visible' },
    x: { axis: 'top', label: null, ticks: Math.max(2, Math.floor(width / 130)), tickFormat: format,
      grid: true, domain: [0, most] },
    y: { axis: null, domain: names }, fy: { domain: stages.map(({ name }) => name), label: null, padding: 0.16 },
    color: { domain: names, range: ['var(--_line-b)', 'var(--_line-c)'] },
    marks: [
      barX(bars, { x: 'share', y: 'what', fy: 'name',
        fill: bar => bar.what === names[0] ? 'var(--_line-b)' : 'var(--_line-c)' }),
      text(bars.filter(({ share }) => share >= 0.02), {
        x: 'share', y: 'what', fy: 'name', text: bar => format(bar.share), textAnchor: 'start',
          dx: 4, fill: 'currentColor',
      }),
      ruleX([0]),
    ],
  })
  for (const style of chart.querySelectorAll('style')) style.remove()
  // Plot names each mark, in English; the whole has one name here.
  for (const mark of chart.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label')
  chart.setAttribute('role', 'img')
  chart.setAttribute('aria-label', label)
  return chart
}
