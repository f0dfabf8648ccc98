/**
 * Reading a classifier's heat map: which pixels a cell is about, which classes win where, and the
 * colours of a heat map.
 *
 * A cell (column, row) is of the window of `window` pixels that begins at (stride·column, stride·row) of
 * the photo at its working size. It is drawn where the window's middle is, `stride` pixels wide: that
 * way neighbouring cells touch and each lies over what its window looks at.
 */

/**
 * What is needed of an engine's heat map.
 * @typedef {object} Cells
 * @property {number} width cells
 * @property {number} height
 * @property {Float32Array} scores [height, width, classes]
 * @property {number} window pixels
 * @property {number} stride
 * @property {{width: number, height: number}} work pixels
 */

/** A window's cell also sees this far around it: fc6's receptive field is 404 pixels wide, of which 224 are the window. */
export const AROUND = 90

/** Cells from 0. @typedef {{column: number, row: number}} Cell */
/** Pixels of the working size. @typedef {{left: number, top: number, side: number}} Square */
/** @typedef {{id: number, score: number, probability: number}} Ranked */

/** @param {Pick<Cells, 'window' | 'stride'>} map @param {Cell} cell @returns {Square} */
export function windowOf({ window, stride }, { column, row }) {
  return { left: stride * column, top: stride * row, side: window }
}

/** Where a cell is drawn. @param {Pick<Cells, 'window' | 'stride'>} map @param {Cell} cell @returns {Square} */
export function squareOf({ window, stride }, { column, row }) {
  const border = (window - stride) / 2
  return { left: stride * column + border, top: stride * row + border, side: stride }
}

/**
 * The cell drawn nearest to a pixel.
 * @param {Pick<Cells, 'window' | 'stride' | 'width' | 'height'>} map
 * @param {number} x pixels of the working size
 * @param {number} y
 * @returns {Cell}
 */
export function cellAt({ window, stride, width, height }, x, y) {
  const at = (/** @type {number} */ pixel, /** @type {number} */ cells) =>
    Math.min(Math.max(Math.floor((pixel - (window - stride) / 2) / stride), 0), cells - 1)
  return { column: at(x, width), row: at(y, height) }
}

/**
 * Where a key takes the cursor.
 * @param {Pick<Cells, 'width' | 'height'>} map
 * @param {Cell} cell
 * @param {string} key as `KeyboardEvent.key`
 * @returns {Cell | null} null for a key that moves nothing
 */
export function moved({ width, height }, { column, row }, key) {
  /** @type {Record<string, [number, number]>} */
  const steps = {
    ArrowLeft: [column - 1, row], ArrowRight: [column + 1, row], ArrowUp: [column, row - 1],
      ArrowDown: [column, row + 1],
    Home: [0, row], End: [width - 1, row], PageUp: [column, 0], PageDown: [column, height - 1],
  }
  const to = Object.hasOwn(steps, key) ? steps[key] : null
  return to && { column: Math.min(Math.max(to[0], 0), width - 1), row: Math.min(Math.max(to[1], 0), height - 1) }
}

/** @param {Cells} map @returns {number} */
export function classesOf({ width, height, scores }) {
  return scores.length / (width * height)
}

/** @param {Cells} map @param {Cell} cell @returns {Float32Array} [classes], a view */
export function scoresOf(map, { column, row }) {
  const classes = classesOf(map)
  const at = (row * map.width + column) * classes
  return map.scores.subarray(at, at + classes)
}

/**
 * @param {ArrayLike<number>} scores
 * @returns {Float64Array} softmax: together 1
 */
export function softmax(scores) {
  let most = -Infinity
  for (let i = 0; i < scores.length; i++) most = Math.max(most, scores[i])
  // The largest score is taken off first, so that exp() can't overflow.
  const out = new Float64Array(scores.length)
  let sum = 0
  for (let i = 0; i < out.length; i++) sum += out[i] = Math.exp(scores[i] - most)
  for (let i = 0; i < out.length; i++) out[i] /= sum
  return out
}

/** Of each map, once: a thousand classes take a while. @type {WeakMap<Cells, Float64Array>} */
const probabilities = new WeakMap()

/**
 * Softmax of each cell. A map's scores are taken not to change.
 * @param {Cells} map
 * @returns {Float64Array} [height, width, classes]
 */
export function probabilitiesOf(map) {
  let all = probabilities.get(map)
  if (all) return all
  all = new Float64Array(map.scores.length)
  const classes = classesOf(map)
  for (let at = 0; at < all.length; at += classes) all.set(softmax(map.scores.subarray(at, at + classes)), at)
  probabilities.set(map, all)
  return all
}

/**
 * A window's best classes.
 * @param {ArrayLike<number>} scores [classes]
 * @param {number} [count]
 * @param {number | null} [also] a class that is listed after them, if it isn't among them
 * @returns {Ranked[]} best first; of equal ones the lower id
 */
export function best(scores, count = 5, also = null) {
  const all = Array.from(softmax(scores), (probability, id) => ({ id, score: scores[id], probability }))
  const own = also === null ? undefined : all[also]
  const first = all.sort((a, b) => b.score - a.score || a.id - b.id).slice(0, count)
  return own && !first.includes(own) ? [...first, own] : first
}

/**
 * Classes by the best probability that any window gives them.
 * @param {Cells} map
 * @returns {{id: number, probability: number, cell: Cell}[]} highest first, with the window that gives it
 */
export function ranking(map) {
  const classes = classesOf(map)
  const found = Array.from({ length: classes }, (_, id) => ({ id, probability: -1, cell: { column: 0, row: 0 } }))
  const all = probabilitiesOf(map)
  for (let at = 0; at < all.length; at += classes) {
    for (let id = 0; id < classes; id++) {
      const probability = all[at + id]
      if (probability > found[id].probability) found[id] = { id, probability, cell: cellOf(map, at / classes) }
    }
  }
  return found.sort((a, b) => b.probability - a.probability || a.id - b.id)
}

/**
 * One class's value in each window.
 * @param {Cells} map
 * @param {number} id
 * @param {'probability' | 'score'} what
 * @returns {{values: Float64Array, least: number, most: number, cell: Cell}} values [height, width]; `cell`: the first with the most
 */
export function planeOf(map, id, what) {
  const classes = classesOf(map)
  const all = what === 'score' ? map.scores : probabilitiesOf(map)
  const values = Float64Array.from({ length: map.width * map.height }, (_, i) => all[i * classes + id])
  let at = 0
  values.forEach((value, i) => { if (value > values[at]) at = i })
  return { values, least: values.reduce((a, b) => Math.min(a, b), Infinity), most: values[at], cell: cellOf(map, at) }
}

/** @param {Cells} map @param {number} i its place, row by row @returns {Cell} */
function cellOf({ width }, i) {
  return { column: i % width, row: Math.floor(i / width) }
}

/**
 * @param {Cells} map
 * @returns {Uint16Array} [height, width] the class of each window; of equal ones the lower id
 */
export function winners(map) {
  const classes = classesOf(map)
  return Uint16Array.from({ length: map.width * map.height }, (_, i) => {
    let first = 0
    for (let id = 1; id < classes; id++) if (map.scores[i * classes + id] > map.scores[i * classes + first]) first = id
    return first
  })
}

/**
 * One hue from light to dark, so that lightness alone tells more from less, to every eye; a purple, which few photos have.
 * @type {readonly (readonly [number, number, number])[]} RGB
 */
const HEAT = [[250, 238, 250], [222, 165, 222], [184, 88, 190], [128, 28, 140], [66, 2, 78]]

/**
 * @param {number} share 0..1
 * @returns {[number, number, number]} RGB, 0..255
 */
export function heatColor(share) {
  const at = Math.min(Math.max(share, 0), 1) * (HEAT.length - 1)
  const low = Math.min(Math.floor(at), HEAT.length - 2)
  const mix = (/** @type {number} */ i) => Math.round(HEAT[low][i] + (HEAT[low + 1][i] - HEAT[low][i]) * (at - low))
  return [mix(0), mix(1), mix(2)]
}

/** The same as a CSS gradient, left to right. */
export const HEAT_GRADIENT = `linear-gradient(90deg, ${HEAT.map(color => `rgb(${color.join(' ')})`).join(', ')})`

/**
 * The sizes of the layers that were fully connected, read from the shapes of two passes: a kernel is as large as what
 * it leaves of a map says, and its channels are those of the stages.
 * @param {readonly {stage: string, channels: number, height: number, width: number}[]} label of a pass over one window
 * @param {readonly {stage: string, channels: number, height: number, width: number}[]} photo of a pass over a whole photo
 * @returns {{stage: string, matrix: [number, number], kernel: [number, number, number, number], label: number[], photo: number[]}[]}
 *   `matrix` [out, in], `kernel` [out, in, rows, columns], maps [channels, rows, columns]
 */
export function surgery(label, photo) {
  const first = label.findIndex(({ stage }) => stage === 'fc6')
  if (first < 1) return []
  return label.slice(first).map(({ stage, channels, height, width }, i) => {
    const before = label[first + i - 1]
    const [rows, columns] = [before.height - height + 1, before.width - width + 1]
    const large = photo[first + i]
    return {
      stage, matrix: [channels, before.channels * rows * columns], kernel: [channels, before.channels, rows, columns],
      label: [channels, height, width], photo: large ? [large.channels, large.height, large.width] : [],
    }
  })
}

/**
 * Which value of a map an input of the fully connected layer after it is: PyTorch and Caffe flatten channel by channel, and
 * each row by row.
 * @param {number} index
 * @param {readonly [channels: number, rows: number, columns: number]} size
 * @returns {{channel: number, row: number, column: number, other: number}} all counted from 0; `other`: the index where the
 *   map is flattened place by place, with all channels of each, as TensorFlow does
 */
export function inputAt(index, [channels, rows, columns]) {
  const [channel, place] = [Math.floor(index / (rows * columns)), index % (rows * columns)]
  return { channel, row: Math.floor(place / columns), column: place % columns, other: place * channels + channel }
}
