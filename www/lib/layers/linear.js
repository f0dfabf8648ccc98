/**
 * What is worth saying of a fully connected layer: how many numbers it gets and wants, which sizes of the input give
 * them, and that it is a convolution whose kernel is as large as the map it was made for, which takes any size (Long,
 * Shelhamer & Darrell, CVPR 2015, section 3.1).
 */
import { count, shapeAfter } from './shape.js'

/** @typedef {import('./read.js').Meaning} Meaning */
/** @typedef {import('./read.js').Linear} Linear */
/** @typedef {import('./read.js').Pair} Pair */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('./diagnose.js').Note} Note */

/** Sizes of a square input tried, to find which fits. */
const SIDES = 1024

/**
 * What is known of the layers before. `flattened`: the map that was made numbers in a row of, if there was one;
 * `hasTold`: whether it was said which sizes fit, which is set here.
 * @typedef {object} Before
 * @property {Shape} input of all
 * @property {readonly Meaning[]} meanings
 * @property {Shape | null} flattened
 * @property {boolean} seesAll whether another fully connected layer came before
 * @property {boolean} hasTold
 */

/** @param {Before} before @param {Linear} meaning @param {Shape} from what comes @returns {Note[]} */
export function fullyConnected(before, meaning, from) {
  const [want] = meaning.features
  const got = count(from)
  // After another one a row of numbers comes that is no map any more.
  const map = from.size ? from : before.seesAll ? null : before.flattened
  /** @type {Note[]} */
  const notes = []
  if (from.size) notes.push({ level: 'note', code: 'unflattened', values: {} })
  if (want !== got) {
    notes.push({ level: 'bad', ...map ? { code: 'linear', values: { want, got, map: sides(map) } }
      : { code: 'linear_row', values: { want, got } } })
  }
  if (before.hasTold || before.seesAll) return notes
  before.hasTold = true
  return [...notes, ...sizesFor(before, want), ...map ? asConvolution(meaning, map) : []]
}

/** @param {Shape} map */
const sides = ({ channels, size }) => [channels, ...size ?? []].join('×')

/** Which square inputs give so many numbers. @param {Before} before @param {number} want @returns {Note[]} */
function sizesFor(before, want) {
  if (before.meanings.some(({ kind }) => kind === 'adaptive')) return [{ level: 'note',
    code: 'linear_any', values: {} }]
  // The larger the input, the more numbers come: the first side with enough, and the first with too many.
  const [first, after] = [firstSide(before, want), firstSide(before, want + 1)]
  if (first === after) return [{ level: 'bad', code: 'linear_none', values: { want, most: SIDES } }]
  if (after === first + 1) return [{ level: 'note', code: 'linear_one', values: { side: first } }]
  return [{ level: 'note', code: 'linear_some', values: { from: first, to: after - 1 } }]
}

/**
 * The same layer as a convolution, where its numbers make a square map of the channels that come.
 * @param {Linear} meaning
 * @param {Shape} map
 * @returns {Note[]}
 */
function asConvolution({ features: [want, to] }, { channels, size }) {
  const side = Math.sqrt(want / channels)
  if (!size || !Number.isInteger(side)) return []
  const values = { side, layer: `nn.Conv2d(${channels}, ${to}, ${side})` }
  const [rows, columns] = size.map(cells => cells - side + 1)
  if (rows < 1 || columns < 1) return [{ level: 'note', code: 'linear_conv', values }]
  return [{ level: 'note', code: 'linear_conv_here', values: { ...values, rows, columns } }]
}

/**
 * @param {Before} before
 * @param {number} want
 * @returns {number} the side of a square input from which at least that many numbers come
 */
function firstSide(before, want) {
  let [low, high] = [1, SIDES + 1]
  while (low < high) {
    const side = Math.floor((low + high) / 2)
    if (numbersFrom(before, side) >= want) high = side
    else low = side + 1
  }
  return low
}

/**
 * @param {Before} before
 * @param {number} side of a square input
 * @returns {number} numbers that come to the layer
 */
function numbersFrom({ input, meanings }, side) {
  /** @type {Shape} */
  let shape = { channels: input.channels, size: [side, side] }
  for (const meaning of meanings) {
    const next = shapeAfter(meaning, shape)
    if ('code' in next) return 0
    shape = next
  }
  return count(shape)
}
