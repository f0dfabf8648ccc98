/**
 * What is worth saying of a layer: what PyTorch refuses, what is probably a slip and what would do instead, and how the
 * stamps of a transposed convolution overlap (Odena, Dumoulin & Olah, "Deconvolution and Checkerboard Artifacts",
 * Distill 2016).
 */
import { outputLength } from '../transposed/geometry.js'

/** @typedef {import('./read.js').Meaning} Meaning */
/** @typedef {import('./shape.js').Shape} Shape */

/**
 * `bad`: it stops, or is surely not what was meant; `note`: good to know; `good`: as it should be.
 * @typedef {{level: 'bad' | 'note' | 'good', code: string, values: Record<string, string | number>,
 *   remedies?: Remedy[]}} Note
 */
/**
 * What would give the wanted size, changed alone.
 * @typedef {{key: 'kernel' | 'padding' | 'more', value: number, isBlocky: boolean}} Remedy
 */

/**
 * @param {Meaning} meaning
 * @param {Shape} shape what goes in
 * @returns {Note[]}
 */
export function diagnose(meaning, shape) {
  switch (meaning.kind) {
    case 'conv': return [...channels(meaning.channels[0], shape), ...groups(meaning), ...convolution(meaning)]
    case 'transposed':
      return [...channels(meaning.channels[0], shape), ...groups(meaning), ...transposed(meaning, shape)]
    case 'pool': return pool(meaning, shape)
    case 'norm': return channels(meaning.channels, shape)
    case 'keep': return meaning.what === 'dropout' ? [note('note', 'dropout')] : []
    case 'resize': return meaning.mode === 'bilinear' && meaning.corners ? [note('note', 'corners')] : []
    default: return []
  }
}

/** Surely not what was meant, but it runs. */
const RUNS = ['short', 'linear_none']

/** @param {readonly Note[]} notes of a layer @returns {Note | null} why PyTorch stops there; null where it goes on */
export function breaks(notes) {
  return notes.find(({ level, code }) => level === 'bad' && !RUNS.includes(code)) ?? null
}

/** @param {Note['level']} level @param {string} code @param {Note['values']} [values] @returns {Note} */
function note(level, code, values = {}) {
  return { level, code, values }
}

/** @param {number} want @param {Shape} shape */
function channels(want, { channels: got }) {
  return want === got ? [] : [note('bad', 'channels', { want, got })]
}

/** @param {{channels: readonly [number, number], groups: number}} meaning */
function groups({ channels: [from, to], groups: parts }) {
  return from % parts || to % parts ? [note('bad', 'groups', { groups: parts, from, to })] : []
}

/** @param {import('./read.js').Conv} meaning */
function convolution({ padding, stride }) {
  const most = Math.max(...stride)
  return padding === 'same' && most > 1 ? [note('bad', 'same_stride', { stride: most })] : []
}

/** @param {import('./read.js').Pool} meaning @param {Shape} shape */
function pool({ kernel, stride, padding, dilation, ceil }, { size }) {
  /** @type {Note[]} */
  const notes = []
  if (typeof padding === 'string') return notes
  const wide = [0, 1].find(a => Math.max(...padding[a]) > kernel[a] / 2)
  if (wide !== undefined) {
    notes.push(note('bad', 'pool_padding', { padding: Math.max(...padding[wide]), kernel: kernel[wide] }))
  }
  if (!size || ceil) return notes
  const left = [0, 1].map(a => {
    const room = size[a] + padding[a][0] + padding[a][1] - dilation[a] * (kernel[a] - 1) - 1
    return room < 0 ? 0 : Math.max(0, room % stride[a] - padding[a][1])
  })
  if (Math.max(...left) > 0) notes.push(note('note', 'dropped', { rows: left[0], columns: left[1] }))
  return notes
}

/** @param {import('./read.js').Transposed} meaning @param {Shape} shape */
function transposed(meaning, { size }) {
  const notes = [...sizes(meaning, 0, size?.[0]), ...overlap(meaning, 0)]
  const { kernel, stride, padding, more, dilation } = meaning
  const isSame = [kernel, stride, padding, more, dilation].every(([a, b]) => a === b)
  if (isSame && (!size || size[0] === size[1])) return notes
  // Rows and columns apart: what holds of both is said once.
  const others = [...sizes(meaning, 1, size?.[1]), ...overlap(meaning, 1)]
  const said = new Set(notes.map(each => JSON.stringify(each)))
  return [...notes, ...others.filter(each => !said.has(JSON.stringify(each)))]
}

/**
 * @param {import('./read.js').Transposed} meaning
 * @param {0 | 1} axis
 * @param {number | undefined} n cells that go in
 * @returns {Note[]}
 */
function sizes({ kernel, stride, padding, more, dilation }, axis, n) {
  const [k, s, p, op, d] = [kernel, stride, padding, more, dilation].map(pair => pair[axis])
  if (op >= Math.max(s, d)) return [note('bad', 'more_range', { more: op, most: Math.max(s, d) - 1 })]
  if (n === undefined || s === 1) return []
  const [got, wanted] = [outputLength(n, k, s, p, op, d), n * s]
  if (got === wanted) return [note('good', 'exact', { n, s, got })]
  const values = { got, wanted, n, s, difference: Math.abs(wanted - got) }
  const isShort = got < wanted
  const offers = remedies(k, s, p, op, d)
  return [{ level: isShort ? 'bad' : 'note', code: isShort ? 'short' : 'long', values, remedies: offers }]
}

/**
 * Single changes that make the output exactly s times as large: d·(k − 1) + 1 + op = s + 2p.
 * @param {number} k @param {number} s @param {number} p @param {number} op @param {number} d
 * @returns {Remedy[]}
 */
function remedies(k, s, p, op, d) {
  /** @type {Remedy[]} */
  const found = []
  /** @param {Remedy['key']} key @param {number} value @param {number} kernel */
  const offer = (key, value, kernel) => found.push({ key, value, isBlocky: kernel === s && d === 1 })
  const other = (s + 2 * p - op - 1) / d + 1
  if (Number.isInteger(other) && other >= 1) offer('kernel', other, other)
  const trimmed = (d * (k - 1) + 1 + op - s) / 2
  if (Number.isInteger(trimmed) && trimmed >= 0) offer('padding', trimmed, k)
  const added = s + 2 * p - d * (k - 1) - 1
  if (added >= 0 && added < Math.max(s, d)) offer('more', added, k)
  // What keeps the stamps overlapping comes first.
  return found.sort((a, b) => Number(a.isBlocky) - Number(b.isBlocky))
}

/**
 * How many stamps lie on a cell.
 * @param {import('./read.js').Transposed} meaning
 * @param {0 | 1} axis
 * @returns {Note[]}
 */
function overlap({ kernel, stride, dilation }, axis) {
  const [k, s] = [kernel[axis], stride[axis]]
  if (s === 1 || dilation[axis] > 1) return []
  if (k < s) return [note('bad', 'gaps', { k, s })]
  if (k === s) return [note('note', 'blocks', { k, s })]
  if (k % s) return [note('note', 'uneven', { k, s, less: Math.floor(k / s), more: Math.ceil(k / s) })]
  return [note('good', 'even', { k, s, stamps: k / s })]
}
