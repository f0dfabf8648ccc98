/**
 * What the page for teachers counts and computes: the minutes of a lesson, which model a station fetches, and the numbers of
 * the answers, with the functions that the figures compute with. What is told: teachers.en.js, teachers.ko.js.
 */
import { toNumber } from '../lib/fraction.js'
import { Confusion } from '../lib/metrics.js'
import { INPUT, placeAfter, receptiveField, sizeAfter, stamped, windowed } from '../lib/receptive.js'
import { convMatrix, overlaps } from '../lib/transposed/compute.js'
import { cellAt, outputLength } from '../lib/transposed/geometry.js'

/** @typedef {import('../lib/receptive.js').Layer} Layer */
/** @typedef {import('./stations.js').Station['id']} StationId */
/** A stretch of a lesson. @typedef {{id: string, minutes: number, stations: readonly StationId[]}} Stretch */

/** A lesson of 50 minutes, and one of 25. */
export const PLANS = /** @satisfies {Record<string, readonly Stretch[]>} */ ({
  whole: [
    { id: 'begin', minutes: 4, stations: [] },
    { id: 'place', minutes: 6, stations: ['place'] },
    { id: 'backbone', minutes: 4, stations: ['backbone'] },
    { id: 'upsampling', minutes: 7, stations: ['upsampling'] },
    { id: 'size', minutes: 7, stations: ['size'] },
    { id: 'matrix', minutes: 3, stations: ['matrix'] },
    { id: 'learn', minutes: 4, stations: ['learn'] },
    { id: 'skips', minutes: 6, stations: ['skips'] },
    { id: 'dropout', minutes: 3, stations: ['dropout'] },
    { id: 'metrics', minutes: 4, stations: ['metrics'] },
    { id: 'end', minutes: 2, stations: ['paper'] },
  ],
  short: [
    { id: 'begin', minutes: 2, stations: [] },
    { id: 'place', minutes: 5, stations: ['place'] },
    { id: 'enlarge', minutes: 8, stations: ['upsampling', 'size'] },
    { id: 'skips', minutes: 5, stations: ['skips'] },
    { id: 'metrics', minutes: 4, stations: ['metrics'] },
    { id: 'end', minutes: 1, stations: ['backbone', 'matrix', 'learn', 'dropout', 'paper'] },
  ],
})

/** The nets of the site that the lesson needs, by their folders, and that of the page's first view. */
export const NETS = /** @type {const} */ (['everyday-labels', 'everyday-vgg', 'everyday'])
/** The net of the page's first view, which no station needs. */
export const FIRST_VIEW = 'everyday'

/**
 * @param {{tag: string, state: string}} part
 * @returns {string} the folder of the net that its figure fetches for a photo; '' for none
 */
export function netOf({ tag, state }) {
  const said = new URLSearchParams(state)
  const panel = said.get('panel')
  if (tag === 'fcn-heatmap') return 'everyday-labels'
  const isOpened = tag === 'fcn-inside' && panel !== 'calculator' && panel !== 'ruler'
  const isUnsure = tag === 'fcn-dropout' && panel === 'uncertainty'
  const isStamped = tag === 'fcn-upsample' && said.has('photo')
  return isOpened || isUnsure || isStamped ? 'everyday-vgg' : ''
}

// ---- numbers of the answers ----

/** @param {number} value @returns {string} with thousands parted, in either language */
const whole = value => value.toLocaleString('en')
/** @param {number} share of 1 @returns {string} percent, to one decimal */
const percent = share => (100 * share).toFixed(1)

/** One side after a transposed convolution. @param {number} n @param {number} k @param {number} s @param {number} p */
const enlarged = (n, k, s, p) => outputLength(n, k, s, p, 0, 1)

/** How many stamps lie on each cell, away from the border. @param {number} n @param {number} k @param {number} s */
function stampsInside(n, k, s) {
  const size = enlarged(n, k, s, 0)
  const isInside = (/** @type {number} */ at) => cellAt(at, [size, size]).every(place => place >= k && place < size - k)
  return [...square(n, k, s)].filter((_, at) => isInside(at))
}

/** How many stamps lie on each cell. @param {number} n @param {number} k @param {number} s */
function square(n, k, s) {
  return overlaps({ input: [n, n], kernel: [k, k], stride: [s, s], padding: [0, 0], outputPadding: [0, 0],
    dilation: [1, 1] })
}

/** Convolutions of VGG16's blocks, and their channels. */
const BLOCKS = [[2, 64], [2, 128], [3, 256], [3, 512], [3, 512]]
/** Of VGG16's fully connected layers. */
const WIDTH = 4096
/** The classifier's photo, pixels a side. */
const SIDE = 224

/** VGG16 with fc6 as a convolution, along one side. @param {{pad?: number, ceil?: boolean, fc6?: number}} [how] @returns {Layer[]} */
function vgg({ pad = 1, ceil = false, fc6 = 0 } = {}) {
  const blocks = BLOCKS.flatMap(([depth], block) => [
    ...Array.from({ length: depth }, (_, at) => windowed(3, { padding: block + at === 0 ? pad : 1 })),
    windowed(2, { stride: 2, ceil }),
  ])
  return fc6 ? [...blocks, windowed(fc6)] : blocks
}

/** @param {readonly Layer[]} layers @param {number} [pixels] */
const cellsOf = (layers, pixels = SIDE) => layers.reduce((cells, layer) => sizeAfter(layer, cells), pixels)

/** Weights of VGG16's convolutions, without biases. */
function convolutions() {
  let [sum, from] = [0, 3]
  for (const [depth, channels] of BLOCKS) {
    for (let at = 0; at < depth; at++) {
      sum += 9 * from * channels
      from = channels
    }
  }
  return sum
}

/** The paper's net for VOC, FCN-32s, -16s and -8s: mIoU, percent (CVPR 2015, table 2). */
const PAPER = [59.4, 62.4, 62.7]

/** Half of a person found: 144 cells, of which 12 are the person's. */
function half() {
  const truth = Uint8Array.from({ length: 144 }, (_, at) => Number(at < 12))
  const found = Uint8Array.from(truth, (value, at) => at < 6 ? value : 0)
  const counted = new Confusion(2)
  counted.add(truth, found)
  const { pixelAccuracy, iou: [background, person], meanIoU } = counted.metrics
  return { accuracy: percent(pixelAccuracy ?? 0), background: percent(background ?? 0),
    person: percent(person ?? 0), mean: percent(meanIoU ?? 0) }
}

/** @returns {Record<string, string>} what stands in the answers, by name */
function computed() {
  const last = BLOCKS[BLOCKS.length - 1][1]
  const [cells, larger] = [cellsOf(vgg()), cellsOf(vgg(), 256)]
  const fc6 = cells * cells * last * WIDTH
  const uneven = stampsInside(9, 3, 2)
  const even = stampsInside(9, 4, 2)
  const conv = windowed(3, { stride: 2, padding: 1 })
  /** A convolution of 3×3 over a map of 4×4, as a matrix. @type {import('../lib/transposed/geometry.js').Layer} */
  const small = { input: [2, 2], kernel: [3, 3], stride: [1, 1], padding: [0, 0], outputPadding: [0, 0],
    dilation: [1, 1] }
  const matrix = convMatrix(small, new Float64Array(9).fill(1))
  const paper = vgg({ pad: 100, ceil: true, fc6: 7 })
  const upscore = stamped(64, { stride: 32 })
  const [score, out] = [paper, [...paper, upscore]].map(layers => toNumber(layers.reduce(placeAfter, INPUT).start))
  const surplus = cellsOf([...paper, upscore]) - SIDE
  const floor = cellsOf([...vgg({ pad: 100, fc6: 7 }), upscore])
  return {
    cells: whole(cells), cellsLarger: whole(larger), flat: whole(cells * cells * last),
      flatLarger: whole(larger * larger * last),
    fc6: whole(fc6), field1: whole(receptiveField(vgg({ fc6: 1 })) ?? 0),
      field7: whole(receptiveField(vgg({ fc6: 7 })) ?? 0),
    convolutions: whole(convolutions()), work: whole(SIDE * SIDE * 9 * 64 * 64), apart: whole(2 ** BLOCKS.length),
    field: whole(receptiveField(vgg()) ?? 0),
    stamped: whole(enlarged(2, 3, 2, 0)), most: whole(Math.max(...square(2, 3, 2))),
    even: whole(Math.max(...even)), least: whole(Math.min(...uneven)), uneven: whole(Math.max(...uneven)),
    doubled: whole(enlarged(7, 4, 2, 1)), times16: whole(enlarged(14, 32, 16, 8)),
      times32: whole(enlarged(7, 64, 32, 16)),
    slip: whole(enlarged(14, 16, 16, 8)), blocks: whole(enlarged(14, 16, 16, 0)),
    from7: whole(sizeAfter(conv, 7)), from8: whole(sizeAfter(conv, 8)),
    to7: whole(outputLength(sizeAfter(conv, 7), 3, 2, 1, 0, 1)),
      to8: whole(outputLength(sizeAfter(conv, 8), 3, 2, 1, 1, 1)),
    rows: whole(4), columns: whole(matrix.length / 4),
      taps: whole(matrix.subarray(0, matrix.length / 4).reduce((sum, each) => sum + each, 0)),
    learned: whole(4 * 4), judged: whole(enlarged(6, 4, 2, 1) ** 2),
    area32: whole(32 * 32), area16: whole(16 * 16), area8: whole(8 * 8),
    paper32: PAPER[0].toFixed(1), paper16: PAPER[1].toFixed(1), paper8: PAPER[2].toFixed(1),
    gain16: (PAPER[1] - PAPER[0]).toFixed(1), gain8: (PAPER[2] - PAPER[1]).toFixed(1),
    kept: String(0.8 / (1 - 0.5)), mean: String(0.5 * 0 + 0.5 * (0.8 / (1 - 0.5))),
    ...Object.fromEntries(Object.entries(half()).map(([name, value]) => [`half_${name}`, value])),
    mild: (-Math.log(0.4)).toFixed(2), grave: (-Math.log(0.01)).toFixed(2),
    left: whole(cellsOf(vgg({ fc6: 7 }))), made: whole(enlarged(cellsOf(vgg({ fc6: 7 })), 64, 32, 16)),
    smaller: whole(SIDE - 1), none: whole(Math.max(0, cellsOf(vgg({ fc6: 7 }), SIDE - 1))),
    floor: whole(floor), ceil: whole(surplus + SIDE),
    half: whole(surplus / 2), behind: whole(surplus + out), more: whole(surplus + SIDE - floor),
      start: String(score), reach: String(score - out), crop: String(-out),
  }
}

/** What stands in the answers, by name. */
export const FACTS = computed()
