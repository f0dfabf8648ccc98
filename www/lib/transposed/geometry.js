/**
 * Sizes of a transposed convolution, per dimension, and which combinations are possible.
 *
 * The formula is that of PyTorch's `torch.nn.ConvTranspose2d`; `tests/js` compares with it.
 *
 *     out = (in - 1)*stride - 2*padding + dilation*(kernel - 1) + output_padding + 1
 *
 * Three frames of coordinates occur, all counted in cells from the top left:
 *   output   what the layer returns, `output` rows and columns;
 *   canvas   the output before the border is trimmed: canvas = output + padding;
 *   gathered the input with zeros inserted and a border added, over which the kernel slides.
 */

/** Rows, then columns. @typedef {[number, number]} Pair */

/**
 * A transposed convolution of one map: every field is rows, then columns, in cells.
 * @typedef {object} Layer
 * @property {Pair} input size of the input map
 * @property {Pair} kernel
 * @property {Pair} stride
 * @property {Pair} padding
 * @property {Pair} outputPadding
 * @property {Pair} dilation
 */

/** @typedef {keyof Layer} Field */

/**
 * What follows from a {@link Layer}; every pair is rows, then columns, in cells.
 * @typedef {object} Geometry
 * @property {Pair} output size of the result
 * @property {Pair} stamped size of the area that the stamps can reach
 * @property {Pair} canvas stamped area and output together
 * @property {Pair} span cells from the first to the last tap of the kernel, dilation included
 * @property {Pair} stretched size of the input with stride - 1 zeros between its cells
 * @property {Pair} before border added above and to the left for gathering; negative: cropped
 * @property {Pair} after the same below and to the right
 * @property {Pair} gathered size of the map over which the flipped kernel slides
 */

/** Fields in the order in which they are shown and checked. @type {readonly Field[]} */
export const FIELDS = ['input', 'kernel', 'stride', 'padding', 'outputPadding', 'dilation']

/** Least and greatest value of each field, in cells. Greatest: what a figure can still show. */
export const LIMITS = /** @type {Readonly<Record<Field, Pair>>} */ ({
  input: [1, 32], kernel: [1, 64], stride: [1, 64], padding: [0, 128], outputPadding: [0, 63], dilation: [1, 16],
})

/** The longest side of the canvas that a figure may have, in cells. */
export const LONGEST_SIDE = 640

/**
 * @param {number} n input length
 * @param {number} k kernel length
 * @param {number} s stride
 * @param {number} p padding
 * @param {number} op output padding
 * @param {number} d dilation
 * @returns {number} output length in cells; 0 or negative when padding eats everything
 */
export function outputLength(n, k, s, p, op, d) {
  return (n - 1) * s - 2 * p + d * (k - 1) + op + 1
}

/**
 * Applies a function to rows, then to columns.
 * @param {(axis: 0 | 1) => number} f
 * @returns {Pair}
 */
function both(f) {
  return [f(0), f(1)]
}

/**
 * @param {Layer} layer a layer that {@link check} finds no fault with
 * @returns {Geometry}
 */
export function geometry(layer) {
  const { input: n, kernel: k, stride: s, padding: p, outputPadding: op, dilation: d } = layer
  const span = both(a => d[a] * (k[a] - 1) + 1)
  const stretched = both(a => (n[a] - 1) * s[a] + 1)
  const stamped = both(a => stretched[a] + span[a] - 1)
  const output = both(a => outputLength(n[a], k[a], s[a], p[a], op[a], d[a]))
  return {
    output, stamped, span, stretched,
    canvas: both(a => Math.max(stamped[a], p[a] + output[a])),
    before: both(a => span[a] - 1 - p[a]),
    after: both(a => span[a] - 1 - p[a] + op[a]),
    gathered: both(a => output[a] + span[a] - 1),
  }
}

/**
 * Why a layer can't be, and what would do instead.
 * @typedef {object} Problem
 * @property {'not_a_number' | 'not_whole' | 'too_small' | 'too_large' | 'output_padding' | 'output_empty' | 'figure_too_large'} code
 * @property {Field} field the field to blame
 * @property {0 | 1} axis 0: rows, 1: columns
 * @property {number} value what was asked for
 * @property {number} limit the bound that was passed
 * @property {number} [got] the size that comes out
 * @property {number} [side] that with the border that padding trims
 * @property {Offer[]} offers changes that would each make it possible, nearest first
 */

/**
 * A field's other value; `also`: and another one's, along the same axis unless it names one.
 * @typedef {{field: Field, axis: 0 | 1, value: number, also?: {field: Field, axis?: 0 | 1, value: number}}} Offer
 */

/**
 * Checks a layer that a person asked for. Bounds first; only when all of them hold, the
 * conditions between fields, since those make no sense on nonsense.
 * @param {Layer} layer
 * @returns {Problem[]} empty when the layer is possible
 */
export function check(layer) {
  const problems = FIELDS.flatMap(field => AXES.flatMap(axis => checkBounds(field, axis, layer[field][axis])))
  return together(layer, problems.length
    ? problems.map(problem => ({ ...problem, offers: [...meant(layer, problem), ...problem.offers] }))
    : AXES.flatMap(axis => checkAxis(layer, axis)).map(problem => ({ ...problem, offers: mending(layer, problem) })))
}

/**
 * What is wrong with rows and columns is mended in both at once, also where they differ.
 * @param {Layer} layer
 * @param {Problem[]} problems
 * @returns {Problem[]}
 */
function together(layer, problems) {
  return problems.map(problem => {
    const other = problems.find(({ axis, code, field }) =>
      axis > problem.axis && code === problem.code && field === problem.field)
    const offers = problem.offers.map(offer => {
      const same = other?.offers.find(({ field, also }) => field === offer.field && !also)
      if (!other || !same || offer.also) return offer
      const [rows, columns] = layer[offer.field]
      const isAlike = `${rows}` === `${columns}` && same.value === offer.value
      return isAlike ? offer : { ...offer, also: { field: offer.field, axis: other.axis, value: same.value } }
    })
    return { ...problem, offers }
  })
}

/**
 * The layer with an offer taken; null where that is impossible along its axis.
 * @param {Layer} layer
 * @param {Offer} offer
 * @returns {Layer | null}
 */
function taken(layer, { axis, also, ...offer }) {
  const mended = { ...layer }
  for (const { field, value } of also ? [offer, also] : [offer]) {
    if (checkBounds(field, axis, value).length) return null
    mended[field] = axis === 0 ? [value, layer[field][1]] : [layer[field][0], value]
  }
  return checkAxis(mended, axis).length ? null : mended
}

/**
 * What gives the size that half a cell of padding would: "kernel 2n, stride n, padding n/2" enlarges n times, and has no
 * whole padding for an odd n.
 * @param {Layer} layer
 * @param {Problem} problem
 * @returns {Offer[]}
 */
function meant(layer, { code, field, axis, value }) {
  if (code !== 'not_whole' || field !== 'padding') return []
  const size = (/** @type {Layer} */ { input: n, kernel: k, stride: s, padding: p, outputPadding: op, dilation: d }) =>
    outputLength(n[axis], k[axis], s[axis], p[axis], op[axis], d[axis])
  /** @type {Offer[]} */
  const offers = [
    { field, axis, value: Math.ceil(value), also: { field: 'outputPadding', value: layer.outputPadding[axis] + 1 } },
    { field, axis, value: Math.floor(value), also: { field: 'kernel', value: layer.kernel[axis] - 1 } },
  ]
  return offers.filter(offer => {
    const mended = taken(layer, offer)
    return mended && size(mended) === size(layer)
  })
}

/**
 * Keeps the offers that really help: mending one condition can break another. Should none be
 * left, any single change that helps will do, looked for outwards from the present value.
 * @param {Layer} layer
 * @param {Problem} problem
 * @returns {Problem['offers']}
 */
function mending(layer, { axis, offers }) {
  const helps = (/** @type {Offer} */ offer) => taken(layer, offer) !== null
  const good = offers.filter(helps)
  if (good.length) return good
  for (let distance = 1; distance <= LIMITS.padding[1]; distance++) {
    for (const field of FIELDS) {
      for (const value of [layer[field][axis] - distance, layer[field][axis] + distance]) {
        if (helps({ field, axis, value })) return [{ field, axis, value }]
      }
    }
  }
  return FIELDS.map(field => ({ field, axis, value: DEFAULTS[field] }))
}

/** Rows, columns. */
export const AXES = /** @type {readonly (0 | 1)[]} */ ([0, 1])

/**
 * @param {Field} field
 * @param {0 | 1} axis
 * @param {number} value
 * @returns {Problem[]}
 */
function checkBounds(field, axis, value) {
  const [least, greatest] = LIMITS[field]
  const nearest = Number.isNaN(value) ? DEFAULTS[field] : Math.min(Math.max(Math.round(value), least), greatest)
  const offers = [{ field, axis, value: nearest }]
  if (Number.isNaN(value)) return [{ code: 'not_a_number', field, axis, value, limit: least, offers }]
  if (value < least) return [{ code: 'too_small', field, axis, value, limit: least, offers }]
  if (value > greatest) return [{ code: 'too_large', field, axis, value, limit: greatest, offers }]
  if (!Number.isInteger(value)) return [{ code: 'not_whole', field, axis, value, limit: least, offers }]
  return []
}

/** What a field becomes when nothing else is known. @type {Readonly<Record<Field, number>>} */
export const DEFAULTS = { input: 3, kernel: 3, stride: 1, padding: 0, outputPadding: 0, dilation: 1 }

/**
 * @param {Layer} layer with every field in bounds
 * @param {0 | 1} axis
 * @returns {Problem[]}
 */
function checkAxis(layer, axis) {
  const [n, k, s, p, op, d] = FIELDS.map(field => layer[field][axis])
  // PyTorch's condition. More than that and whole rows would belong to the next input cell.
  const opLimit = Math.max(s, d) - 1
  if (op > opLimit) {
    return [{
      code: 'output_padding', field: 'outputPadding', axis, value: op, limit: opLimit,
      offers: [{ field: 'outputPadding', axis, value: opLimit }, { field: 'stride', axis, value: op + 1 }],
    }]
  }
  const out = outputLength(n, k, s, p, op, d)
  if (out < 1) {
    const padding = Math.floor((out - 1 + 2 * p) / 2)
    const kernel = k + Math.ceil((1 - out) / d)
    const offers = [{ field: /** @type {Field} */ ('padding'), axis, value: padding }]
    if (kernel <= LIMITS.kernel[1]) offers.push({ field: 'kernel', axis, value: kernel })
    return [{ code: 'output_empty', field: 'padding', axis, value: p, limit: padding, got: out, offers }]
  }
  const side = Math.max(outputLength(n, k, s, 0, 0, d), p + out)
  if (side > LONGEST_SIDE) {
    const room = LONGEST_SIDE - d * (k - 1) - 1 - op
    // A smaller map asks the same question; another stride would ask another one.
    /** @type {Offer} */
    const offer = room >= 0 && n > 1 ? { field: 'input', axis, value: Math.floor(room / s) + 1 }
      : { field: 'dilation', axis, value: Math.max(1, Math.floor((LONGEST_SIDE - op - (n - 1) * s - 1) / (k - 1))) }
    const { field } = offer
    return [{ code: 'figure_too_large', field, axis, value: layer[field][axis], limit: LONGEST_SIDE,
      got: out, side, offers: [offer] }]
  }
  return []
}

/**
 * @param {number} index position in a map stored row by row
 * @param {Pair} size
 * @returns {Pair} row and column
 */
export function cellAt(index, size) {
  return [Math.floor(index / size[1]), index % size[1]]
}

/**
 * @param {Pair} size
 * @returns {number} cells in a map
 */
export function area(size) {
  return size[0] * size[1]
}
