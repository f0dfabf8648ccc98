/**
 * What is right, by the name that a question gives its answer: read off the figure beside it, or computed by the same
 * functions that the figure draws with. Null while the figure has nothing to read it off: it still computes what is asked,
 * which a link's parameters say.
 */
import { EDGE_REACH as REACH, PASSES, atEdges } from '../../lib/dropout.js'
import { className } from '../../lib/i18n.js'
import { footprint, overlaps, roundTripMatrix, tapsAt, trim } from '../../lib/transposed/compute.js'
import { area, cellAt, geometry, outputLength } from '../../lib/transposed/geometry.js'

/** @typedef {HTMLElement & Record<string, unknown>} Figure what a figure's docs.json says of it */
/**
 * `right`: the number, or the option's id; `values`: for the sentences that tell of it.
 * @typedef {{right: number | string, values: Record<string, number | string>}} Answer
 */
/** @typedef {import('../../elements/fcn-upsample.js').FcnUpsample} Upsample */

/** A kernel that lies no further from one that is known has become it. */
const CLOSE = 0.05
/** So many times as much is more; less is about the same. */
const CLEARLY = 1.5

/** @param {number} value @param {number} [digits] after the point, at most @returns {string} */
function shown(value, digits = 2) {
  return String(Number(value.toFixed(digits)))
}

/** @param {number} share of 1 @returns {string} percent, to one decimal */
const percent = share => shown(100 * share, 1)

/** @param {number} value @returns {string} with thousands parted, in either language */
const whole = value => value.toLocaleString('en')

/** @param {number} right @param {Record<string, number | string>} [values] @returns {Answer} */
const number = (right, values = {}) =>
  ({ right, values: { right: Number.isInteger(right) ? whole(right) : shown(right), ...values } })

// ---- transposed convolutions ----

/** The layer that the figure shows. @param {Upsample} figure @returns {import('../../lib/transposed/geometry.js').Layer} */
function layerOf({ input, kernel, stride, padding, outputPadding, dilation }) {
  return { input: [input.length, input[0].length], kernel, stride, padding, outputPadding, dilation }
}

/** How many stamps lie on each cell of the output. @param {import('../../lib/transposed/geometry.js').Layer} layer */
const stampsOn = layer => trim(layer, overlaps(layer))

/** The output's size along one side, written out. @param {import('../../lib/transposed/geometry.js').Layer} layer */
function formula({ input: [n], kernel: [k], stride: [s], padding: [p] }) {
  return `(${n} − 1)·${s}${p ? ` − 2·${p}` : ''} + ${k}`
}

/** Stamps on cells that no border is near. @param {import('../../lib/transposed/geometry.js').Layer} layer @returns {number[]} */
function stampsInside(layer) {
  const { output: [rows, columns] } = geometry(layer)
  const border = Math.max(...layer.kernel)
  return [...stampsOn(layer)].filter((_, at) => {
    const [row, column] = cellAt(at, [rows, columns])
    return row >= border && column >= border && row < rows - border && column < columns - border
  })
}

/** @param {Upsample} figure @returns {Answer} */
function width(figure) {
  const layer = layerOf(figure)
  const [padding] = layer.padding
  return number(figure.output[0].length, { formula: formula(layer), full: figure.output[0].length + 2 * padding })
}

/** Of `<fcn-upsample>`. @satisfies {Record<string, (figure: Upsample) => Answer | null>} */
const UPSAMPLE = {
  /** The most stamps that lie on one cell. */
  most: figure => {
    const stamps = stampsOn(layerOf(figure))
    const edge = stamps[figure.output[0].length >> 1]
    return number(Math.max(...stamps), { least: Math.min(...stamps), edge })
  },
  /** The value in the middle, and how it comes about. */
  middle: figure => {
    const { output, input, weights } = figure
    const layer = layerOf(figure)
    const [row, column] = [output.length >> 1, output[0].length >> 1]
    const [inputs, kernel] = [input.flat(), weights.flat()]
    const sum = tapsAt(layer, row + layer.padding[0], column + layer.padding[1]).map(tap =>
      `${shown(inputs[tap.input])}·${shown(kernel[tap.kernel])}`).join(' + ')
    return number(output[row][column], { sum })
  },
  /** Whether all cells away from the border get as many stamps. */
  evenness: figure => {
    const layer = layerOf(figure)
    const stamps = stampsInside(layer)
    const [min, max] = [Math.min(...stamps), Math.max(...stamps)]
    const even = 2 * layer.stride[0]
    const [each] = stampsInside({ ...layer, input: [2 * even, 2 * even], kernel: [even, even] })
    return { right: min === max ? 'even' : 'uneven',
      values: { min, max, kernel: layer.kernel[0], stride: layer.stride[0], even, each } }
  },
  width,
  /** The width where the input has a ring of zeros, and how many cells are as without it. */
  ringed: figure => {
    const layer = layerOf(figure)
    const [rows, columns] = layer.input
    const inner = outputLength(rows - 2, layer.kernel[0], layer.stride[0], layer.padding[0], 0, 1)
    const isRing = (/** @type {number} */ at) => {
      const [row, column] = cellAt(at, layer.input)
      return row === 0 || column === 0 || row === rows - 1 || column === columns - 1
    }
    const touched = new Set(Array.from({ length: area(layer.input) }, (_, at) => at).filter(at => !isRing(at))
      .flatMap(at => footprint(layer, at).map(({ output }) => output)))
    const all = area(geometry(layer).output)
    return number(figure.output[0].length, { before: inner, all, same: touched.size, zeros: all - touched.size })
  },
  /** The width that a slip of the pen gives, and what would have been wanted. */
  slip: figure => {
    const layer = layerOf(figure)
    const [n, stride] = [layer.input[0], layer.stride[0]]
    return number(figure.output[0].length, { formula: formula(layer), wanted: n * stride, fixed: 2 * stride })
  },
  /** How many numbers of the kernel stand in the matrix. */
  rows: figure => {
    const layer = layerOf(figure)
    const columns = area(layer.input)
    const places = Array.from({ length: columns }, (_, at) => footprint(layer, at).length)
    return number(places.reduce((sum, each) => sum + each, 0), { columns, kernel: area(layer.kernel) })
  },
  /** Whether convolution and transposed convolution cancel. */
  identity: figure => {
    const layer = layerOf(figure)
    const product = roundTripMatrix(layer, figure.weights.flat())
    const size = area(geometry(layer).output)
    const isIdentity = product.every((value, at) =>
      Math.abs(value - Number(at % size === Math.floor(at / size))) < 1e-9)
    return { right: isIdentity ? 'values' : 'shape',
      values: { size, row: [...product.slice(0, 5)].map(value => shown(value)).join(', ') } }
  },
}

/** Of its panel that learns the kernel. @satisfies {Record<string, (figure: Upsample) => Answer | null>} */
const LEARNING = {
  /** Which kernel it has become, or is nearest to. */
  learned: ({ learning }) => {
    if (!learning || learning.steps === 0) return null
    const { bilinear, nearest } = learning.distance
    const right = Math.min(bilinear, nearest) > CLOSE ? 'random' : bilinear < nearest ? 'bilinear' : 'nearest'
    return { right, values: { steps: learning.steps, loss: learning.loss < 1e-12 ? '< 10⁻¹²'
      : learning.loss.toPrecision(2), bilinear: shown(bilinear, 3), nearest: shown(nearest, 3) } }
  },
}

/** @satisfies {Record<string, (figure: import('../../elements/fcn-heatmap.js').FcnHeatmap, asked: URLSearchParams) => Answer | null>} */
const HEATMAP = {
  /** What goes along when the photo is moved. */
  shift: ({ reading, result, language }, asked) => {
    if (!reading || !result || reading.shift.join() !== asked.get('shift')) return null
    const { label, peak, before } = reading
    const named = (/** @type {string} */ name) =>
      className(result.label.classes.find(cls => cls.name === name) ?? { name }, language)
    const [isOther, isMoved] = [label !== before.label, peak.x !== before.peak.x || peak.y !== before.peak.y]
    return {
      right: isOther ? isMoved ? 'both' : 'label' : isMoved ? 'place' : 'none',
      values: { before: named(before.label), after: named(label), from: shown(before.peak.x),
        to: shown(peak.x), cell: result.map.stride },
    }
  },
}

/** @satisfies {Record<string, (figure: import('../../elements/fcn-inside.js').FcnInside, asked: URLSearchParams) => Answer | null>} */
const INSIDE = {
  /** How many numbers reach the fully connected layer, and how many it was made for. */
  flattened: ({ layers, fragment }) => {
    const linear = layers.findIndex(({ problem }) => problem)
    const [flatten, pool] = [layers[linear - 1], layers[linear - 2]]
    const wanted = Number(/Linear\(\s*(\d+)/.exec(new URLSearchParams(fragment).get('layers') ?? '')?.[1])
    if (linear < 2 || !flatten.shape || !pool.shape) return null
    const [channels, rows] = pool.shape
    const side = Math.sqrt(wanted / channels)
    return number(flatten.shape[0], { wanted: whole(wanted), side, answers: rows - side + 1 })
  },
  /** The stage with most parameters, and the shares of work. */
  largest: ({ reading }) => {
    if (reading?.panel !== 'stages') return null
    const { stages } = reading
    const sum = (/** @type {'parameters' | 'macs'} */ what) => stages.reduce((all, stage) => all + stage[what], 0)
    const work = (/** @type {string} */ name) =>
      percent((stages.find(stage => stage.name === name)?.macs ?? 0) / sum('macs'))
    const most = stages.reduce((best, stage) => stage.parameters > best.parameters ? stage : best)
    const all = sum('parameters')
    return { right: most.name, values: { share: percent(most.parameters / all), all: whole(all),
      fc6: work('fc6'), conv1_2: work('conv1_2') } }
  },
  /** How many pixels get another class without the skips. */
  changed: ({ reading }) => {
    if (reading?.panel !== 'tail' || reading.pool4 !== 0 || reading.pool3 !== 0) return null
    const share = reading.changed / reading.pixels
    return { right: share < 0.02 ? 'few' : share <= 0.2 ? 'some' : 'most', values: { percent: percent(share) } }
  },
  /** How many pixels come out before the crop. */
  enlarged: ({ reading }) => reading?.panel === 'ruler' && reading.enlarged !== null
    ? number(reading.enlarged, { photo: reading.pixels }) : null,
  /** Where the crop begins. */
  crop: ({ reading }) => reading?.panel === 'ruler' && reading.crop !== null ? number(reading.crop) : null,
}

/** @satisfies {Record<string, (figure: import('../../elements/fcn-dropout.js').FcnDropout, asked: URLSearchParams) => Answer | null>} */
const DROPOUT = {
  /** How many parameters a mask takes away: what is dropped are values, and the net is the same one. */
  removed: ({ units: { training, kept, parameters } }) => !training ? null
    : number(0, { parameters, hidden: kept.length, dropped: kept.filter(isKept => !isKept).length }),
  /** Where a photo's answers spread. */
  unsure: ({ uncertainty }, asked) => {
    if (uncertainty?.passes !== Number(asked.get('passes') ?? PASSES)) return null
    const { labels, spread, width, passes } = uncertainty
    const { near, far } = atEdges({ labels, values: spread, width }, REACH)
    if (near.mean === null || far.mean === null) return null
    const right = near.mean > CLEARLY * far.mean ? 'edges' : far.mean > CLEARLY * near.mean ? 'inside' : 'anywhere'
    return { right, values: { distance: REACH, near: shown(near.mean, 3), far: shown(far.mean, 3), passes } }
  },
}

/** @satisfies {Record<string, (figure: import('../../elements/fcn-measure.js').FcnMeasure, asked: URLSearchParams) => Answer | null>} */
const MEASURE = {
  /** mIoU of a prediction that finds nobody. */
  nobody: ({ metrics }) => {
    if (!metrics || metrics.meanIoU === null || metrics.pixelAccuracy === null) return null
    const { meanIoU, pixelAccuracy, iou } = metrics
    const right = meanIoU > 0.8 ? 'same' : meanIoU < 0.2 ? 'zero' : 'half'
    return { right, values: { accuracy: percent(pixelAccuracy), miou: percent(meanIoU),
      background: percent(iou[0] ?? 0), person: percent(iou[1] ?? 0) } }
  },
  /** How a net from random numbers does beside a pre-trained one, at the end of both trainings. */
  pretraining: ({ curves }) => {
    const ends = curves?.runs.map(({ points }) => points[points.length - 1])
    const [pretrained, scratch] = ends?.map(end => end?.miou ?? null) ?? []
    if (pretrained == null || scratch == null) return null
    const share = scratch / pretrained
    const right = share >= 0.9 ? 'same' : share > 0.5 ? 'less' : 'half'
    return { right, values: { step: ends?.[0]?.step ?? 0, pretrained: percent(pretrained), scratch: percent(scratch) } }
  },
  /** Whether loss and mIoU get better and worse together. */
  parting: ({ partings }) => {
    const best = partings?.best
    if (!partings || !best) return null
    const rise = partings.partings.find(({ kind }) => kind === 'bothRise')
    const { lowest, highest } = best
    return { right: rise ? 'parts' : 'together', values: {
      lowest: lowest.step, highest: highest.step, from: percent(lowest.score), to: percent(highest.score) } }
  },
}

/**
 * As what is asked of any figure: a part's figure and its question belong together (stations.js).
 * @template {string} K
 * @template T
 * @param {Record<K, (figure: T, asked: URLSearchParams) => Answer | null>} answers
 */
const of = answers =>
  /** @type {Record<K, (figure: Figure, asked: URLSearchParams) => Answer | null>} */ (/** @type {unknown} */ (answers))

export const ANSWERS = { ...of(UPSAMPLE), ...of(LEARNING), ...of(HEATMAP), ...of(INSIDE),
  ...of(DROPOUT), ...of(MEASURE) }
