/** The small net as a drawing: circles with their values, lines for weights, crosses over what is dropped. */

/** @typedef {import('./controller.js').State} State */

/** In the drawing's own units. */
const [WIDTH, HEIGHT, RADIUS] = [320, 336, 17]
/** Where a circle's text stands below its middle. */
const BASELINE = 4
const COLUMNS = [28, 156, 284]
/** The thickest line is the largest weight's. */
const THICKEST = 2.5

/** @param {string} name @param {Record<string, string | number>} attributes @param {...(Node | string)} children */
function make(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

/** @param {number} count @returns {number[]} middles, top to bottom */
const middles = count => Array.from({ length: count }, (_, at) => HEIGHT * (at + 0.5) / count)

/** @param {State} state @param {(value: number) => string} say */
export function drawing({ net, pass, kept }, say) {
  const [inputs, hidden, outputs] = [net.inputs, net.hidden.bias, net.readout.bias].map(({ length }) => middles(length))
  return make('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    ...lines(net.hidden.weights, [0, inputs, hidden], (_, to) => kept[to]),
    ...lines(net.readout.weights, [1, hidden, outputs], from => kept[from]),
    ...net.inputs.map((value, at) => unit(COLUMNS[0], inputs[at], say(value))),
    ...pass.hidden.map((value, at) => unit(COLUMNS[1], hidden[at], kept[at] ? say(value) : null)),
    ...pass.outputs.map((value, at) => unit(COLUMNS[2], outputs[at], say(value))))
}

/**
 * @param {readonly (readonly number[])[]} weights [to][from]
 * @param {[column: number, from: readonly number[], to: readonly number[]]} place
 * @param {(from: number, to: number) => boolean} isUsed
 */
function lines(weights, [column, from, to], isUsed) {
  const most = Math.max(...weights.flat().map(Math.abs))
  const all = weights.flatMap((row, end) => row.map((weight, start) => ({ weight, start, end })))
  return all.filter(({ weight }) => weight !== 0).map(({ weight, start, end }) => make('line', {
    class: ['weight', weight < 0 ? 'below' : '', isUsed(start, end) ? '' : 'unused'].join(' ').trim(),
    'stroke-width': (THICKEST * Math.abs(weight) / most).toFixed(2),
    x1: COLUMNS[column] + RADIUS, y1: from[start], x2: COLUMNS[column + 1] - RADIUS, y2: to[end],
  }))
}

/** @param {number} x @param {number} y @param {string | null} value null: dropped */
function unit(x, y, value) {
  const arm = RADIUS * Math.SQRT1_2
  const inside = value === null
    ? make('path', { d: `M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}` })
    : make('text', { x, y: y + BASELINE, 'text-anchor': 'middle' }, value)
  return make('g', { class: value === null ? 'unit dropped' : 'unit' },
    make('circle', { cx: x, cy: y, r: RADIUS }), inside)
}
