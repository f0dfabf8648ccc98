/**
 * The sandbox's puzzles: a truth, a prediction to begin with, and what the numbers must come to. What each shows is in the
 * texts, `puzzle.ID.*`; a test holds that each can be solved, and isn't from the beginning.
 */
import { boundaryOf, meanBoundary } from '../../../lib/boundary.js'
import { Confusion, VOID, meanOf } from '../../../lib/metrics.js'
import { SIDE, gridOf } from './grids.js'

/** @typedef {Uint8Array<ArrayBuffer>} Grid */

/**
 * A reading and the least and the most it may be; `start`: compared with what it was at the beginning.
 * @typedef {{reading: keyof Readings, least?: number, most?: number, start?: 'above' | 'below'}} Goal
 */

/**
 * @typedef {object} Puzzle
 * @property {string} id
 * @property {number} classes
 * @property {number} pictures side by side
 * @property {Grid} truth
 * @property {Grid} prediction at the beginning
 * @property {Grid} solution one of them; without goals the same as the prediction
 * @property {readonly Goal[]} goals all of them; none: to play with
 */

/** How far an edge may lie from the true one, cells. */
export const TOLERANCE = 2

const FREE = 'A'.repeat(SIDE)
/** @param {number} count of rows without anything */
const none = count => Array(count).fill(FREE)

const PERSON = [...none(4), 'AAAABBBAAAAA', 'AAAABBBAAAAA', 'AAAABBBAAAAA', 'AAAABBBAAAAA', ...none(4)]
const SQUARE = [...none(3), ...Array(6).fill('AAABBBBBBAAA'), ...none(3)]
const RING = [
  ...none(2), 'AAA......AAA', 'AA........AA', ...Array(4).fill('AA..BBBB..AA'), 'AA........AA',
    'AAA......AAA', ...none(2),
]

/** VOC's proportions: 73 of 100 pixels are background, and twenty classes share the rest. */
const MANY = [
  ...none(2), 'AABBAACCAAAA', 'AAAADDAAEEAA', 'AAFFAAGGAAAA', 'AAAAHHAAIIAA', 'AAJJAAKKAAAA',
    'AAAALLAAMMAA', 'AANNAAOOAAAA',
  'AAAAPPAAQQAA', 'AARRAASSAAAA', 'AAAATTAAUAAA',
]

/** Left half and right half are two photos. */
const TWO = [...none(3), ...Array(6).fill('BBBBBBAAAAAA'), 'AAAAAAAABBAA', ...none(2)]

/** @type {readonly {id: string, classes?: number, pictures?: number, truth: readonly string[], prediction?: readonly string[],
 *   solution?: readonly string[], goals?: readonly Goal[]}[]} */
const WRITTEN = [
  { id: 'free', classes: 4, truth: PERSON, prediction: none(SIDE) },
  {
    id: 'accurate', truth: PERSON, solution: none(SIDE),
    goals: [{ reading: 'pixelAccuracy', least: 0.9 }, { reading: 'meanIoU', most: 0.5 }],
  },
  {
    id: 'apart', truth: [...none(2), ...Array(4).fill('AABBBBAAAAAA'), ...none(6)],
    prediction: [...none(2), 'AABBAAAAAAAA', 'AABBAAAAAAAA', 'AABBAAAAAAAA', 'AABBAAAAAAAA',
      ...none(3), 'AAAAABBBBBAA', 'AAAAABBBBBAA', FREE],
    solution: none(SIDE),
    goals: [{ reading: 'pixelAccuracy', start: 'above' }, { reading: 'meanIoU', start: 'below' }],
  },
  {
    id: 'rare', classes: 3, truth: [...SQUARE.slice(0, 10), 'AAAAAAAAACCA', FREE], solution: SQUARE,
    goals: [{ reading: 'pixelAccuracy', least: 0.98 }, { reading: 'meanIoU', most: 0.7 }],
  },
  {
    id: 'absent', classes: 4, truth: PERSON, solution: [`C${FREE.slice(1)}`, ...PERSON.slice(1)],
    goals: [{ reading: 'wrong', least: 1, most: 1 }, { reading: 'meanIoU', most: 0.7 }],
  },
  {
    id: 'background', classes: 21, truth: MANY, solution: none(SIDE),
    goals: [{ reading: 'pixelAccuracy', least: 0.72 }, { reading: 'meanIoU', most: 0.04 }],
  },
  {
    id: 'weighted', classes: 4, truth: [...none(2), 'AABBAAAACCAA', 'AABBAAAACAAA', ...none(4),
      'AAAAADDDAAAA', ...none(3)],
    solution: none(SIDE),
    goals: [{ reading: 'frequencyWeightedIoU', least: 0.85 }, { reading: 'meanIoU', most: 0.35 }],
  },
  {
    id: 'generous', truth: [...none(4), ...Array(3).fill('AAAABBBAAAAA'), ...none(5)],
    solution: [...none(2), ...Array(5).fill('AABBBBBBBBBA'), ...none(5)],
    goals: [{ reading: 'meanAccuracy', least: 0.85 }, { reading: 'meanIoU', most: 0.5 }],
  },
  {
    id: 'edges', truth: SQUARE, solution: [...none(4), ...Array(4).fill('AAAABBBBAAAA'), ...none(4)],
    goals: [{ reading: 'boundary', least: 0.95 }, { reading: 'meanIoU', most: 0.7 }],
  },
  {
    id: 'unlabelled', truth: RING,
    prediction: RING.map(row => row.replaceAll('.', 'A')), solution: RING.map(row => row.replaceAll('.', 'B')),
    goals: [{ reading: 'changed', least: 20 }, { reading: 'pixelAccuracy', least: 1 }],
  },
  {
    id: 'pooled', pictures: 2, truth: TWO, solution: [...TWO.slice(0, 9), ...none(3)],
    goals: [{ reading: 'lead', least: 0.15 }],
  },
]

/** @type {readonly Puzzle[]} */
export const PUZZLES = WRITTEN.map(({ id, classes = 2, pictures = 1, truth, prediction = truth,
  solution = prediction, goals = [] }) =>
  ({ id, classes, pictures, truth: gridOf(truth), prediction: gridOf(prediction), solution: gridOf(solution), goals }))

/** @typedef {ReturnType<typeof readingsOf>} Readings */

/**
 * What is read off a truth and a prediction.
 * @param {Pick<Puzzle, 'classes' | 'pictures' | 'prediction'>} puzzle prediction: at the beginning
 * @param {Uint8Array} truth
 * @param {Uint8Array} prediction
 */
export function readingsOf({ classes, pictures, prediction: first }, truth, prediction) {
  const pooled = new Confusion(classes)
  const each = Array.from({ length: pictures }, (_, picture) => {
    const matrix = new Confusion(classes)
    const isOf = (/** @type {number} */ at) => Math.floor(at % SIDE / (SIDE / pictures)) === picture
    matrix.add(truth.filter((_, at) => isOf(at)), prediction.filter((_, at) => isOf(at)))
    pooled.plus(matrix)
    return matrix.metrics
  })
  const { metrics } = pooled
  const isVoid = Uint8Array.from(truth, label => Number(label === VOID))
  const edges = Array.from({ length: classes }, (_, id) =>
    boundaryOf({ truth, prediction, width: SIDE }, { id, tolerance: TOLERANCE, isVoid }))
  const perPhoto = meanOf(each.map(({ meanIoU }) => meanIoU))
  const count = (/** @type {(at: number) => boolean} */ is) =>
    prediction.reduce((sum, _, at) => sum + Number(is(at)), 0)
  return {
    ...metrics, matrix: pooled, perPhoto,
    /** How much the pooled mIoU is above the photos' mean. */
    lead: metrics.meanIoU === null || perPhoto === null ? null : metrics.meanIoU - perPhoto,
    boundary: meanBoundary(edges),
    wrong: count(at => truth[at] !== VOID && truth[at] !== prediction[at]),
    changed: count(at => prediction[at] !== first[at]),
  }
}

/**
 * @param {Goal} goal
 * @param {Readings} now
 * @param {Readings} first
 */
export function isReached({ reading, least = -Infinity, most = Infinity, start }, now, first) {
  const [value, before] = [now[reading], first[reading]]
  if (typeof value !== 'number') return false
  // A share such as 0.9 is rarely the same number twice.
  if (value < least - 1e-12 || value > most + 1e-12) return false
  if (!start || typeof before !== 'number') return !start
  return start === 'above' ? value > before + 1e-12 : value < before - 1e-12
}

/** @param {Puzzle} puzzle @param {Uint8Array} truth @param {Uint8Array} prediction */
export function isSolved(puzzle, truth, prediction) {
  const first = readingsOf(puzzle, puzzle.truth, puzzle.prediction)
  const now = readingsOf(puzzle, truth, prediction)
  return puzzle.goals.length > 0 && puzzle.goals.every(goal => isReached(goal, now, first))
}
