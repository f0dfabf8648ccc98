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
    ArrowLeft: [column - 1, row], ArrowRight: [column + 1, row], ArrowUp: [column, row - 1], ArrowDown: [column, row + 1],
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
  const out = Float64Array.from(scores, score => Math.exp(score - most))
  const sum = out.reduce((a, b) => a + b, 0)
  return out.map(value => value / sum)
}

/**
 * A window's best classes.
 * @param {ArrayLike<number>} scores [classes]
 * @param {number} [count]
 * @returns {Ranked[]} best first; of equal ones the lower id
 */
export function best(scores, count = 5) {
  const probabilities = softmax(scores)
  return Array.from(probabilities, (probability, id) => ({ id, score: scores[id], probability }))
    .sort((a, b) => b.score - a.score || a.id - b.id).slice(0, count)
}

/**
 * Classes by the best probability that any window gives them.
 * @param {Cells} map
 * @returns {{id: number, probability: number, cell: Cell}[]} highest first, with the window that gives it
 */
export function ranking(map) {
  const classes = classesOf(map)
  const found = Array.from({ length: classes }, (_, id) => ({ id, probability: -1, cell: { column: 0, row: 0 } }))
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      softmax(scoresOf(map, { column, row })).forEach((probability, id) => {
        if (probability > found[id].probability) found[id] = { id, probability, cell: { column, row } }
      })
    }
  }
  return found.sort((a, b) => b.probability - a.probability || a.id - b.id)
}

/**
 * One class's value in each window.
 * @param {Cells} map
 * @param {number} id
 * @param {'probability' | 'score'} what
 * @returns {{values: Float64Array, least: number, most: number}} values [height, width]
 */
export function planeOf(map, id, what) {
  const values = Float64Array.from({ length: map.width * map.height }, (_, i) => {
    const scores = scoresOf(map, { column: i % map.width, row: Math.floor(i / map.width) })
    return what === 'score' ? scores[id] : softmax(scores)[id]
  })
  return { values, least: values.reduce((a, b) => Math.min(a, b), Infinity), most: values.reduce((a, b) => Math.max(a, b), -Infinity) }
}

/**
 * @param {Cells} map
 * @returns {Uint16Array} [height, width] the class of each window
 */
export function winners(map) {
  return Uint16Array.from({ length: map.width * map.height }, (_, i) =>
    best(scoresOf(map, { column: i % map.width, row: Math.floor(i / map.width) }), 1)[0].id)
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
