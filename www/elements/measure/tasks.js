/** What is done away from the page's thread, or on the page where there is no worker. */
import { FcnError } from '../../lib/errors.js'
import { Confusion, MOST_CLASSES, classesUsed, withClasses } from '../../lib/metrics.js'
import { decoded } from './folder/coding.js'
import { countOf, mappedTruth, paletteIn } from './folder/count.js'
import { asClasses, binaryIn, inOrder, isTwoByTruth, together } from './masks/agree.js'
import { readAnnotations } from './masks/annotations.js'
import { besideOf, readFile } from './masks/read.js'
import { scoreOf } from './score.js'

/** @typedef {import('./folder/coding.js').Coding} Coding */

/**
 * `unlabelled`: the truth of pixels that are left out; `two`: what 255 means in truths of 0 and 255, where it was said;
 * `codings`: what each one's values stand for; `palette`: the data set's that the folder has, '' for none that is
 * known; `colors`: of its truths so far, by number.
 * @typedef {{truth: Blob, prediction: Blob, unlabelled: number | null, two: 'void' | 'class' | null,
 *   codings: {truth: Coding, prediction: Coding}, palette: string, colors: readonly string[] | null}} Pair
 */

/**
 * @typedef {object} Counted
 * @property {{classes: number, counts: Float64Array, void: number} | null} matrix row-major: truth, prediction; as many classes
 *   as occur; null: it couldn't be counted
 * @property {import('../../lib/errors.js').PlainError | null} problem
 * @property {boolean} isBinary whether the truth has only 0 and 255
 * @property {boolean} hasVoid whether it has 255
 * @property {string} palette whose colours they have; '' for nobody's
 * @property {readonly string[] | null} colors of the folder's truths, by number
 * @property {boolean} isUnsure whether grey pixels were taken for ids that a palette may make colours
 * @property {boolean} isMatched whether classes are those of one colour, whatever their numbers
 * @property {boolean} isTwo whether 255 is the second class by what the truth has
 */

/** @typedef {{read: [Blob, import('./masks/read.js').LabelMap],
 *   colours: [{file: Blob, how: import('./masks/colours.js').How | null, coding?: Coding},
 *     import('./masks/read.js').LabelMap],
 *   annotations: [{file: Blob, photo: import('./masks/annotations.js').Photo}, import('./masks/annotations.js').Annotated], pair: [Pair, Counted], score: [import('./score.js').Given, import('./score.js').Score],
 *   count: [import('./folder/count.js').Mask, import('./folder/count.js').Counted], palette: [Blob, string],
 *   truth: [import('./folder/count.js').TruthWanted, {width: number, height: number, values: Uint8Array<ArrayBuffer>}]}} Tasks */

/** @type {{[T in keyof Tasks]: (input: Tasks[T][0]) => Promise<Tasks[T][1]>}} */
export const TASKS = {
  read: async file => await readFile(file),
  colours: async ({ file, how, coding = '' }) => decoded(await readFile(file, how), coding),
  annotations: async ({ file, photo }) => await readAnnotations(file, photo),
  score: async given => scoreOf(given),
  count: async mask => await countOf(mask),
  palette: async file => await paletteIn(file),
  truth: async wanted => await mappedTruth(wanted),
  pair: async ({ truth, prediction, unlabelled, two, codings, palette, colors: former }) => {
    const given = decoded(await readFile(truth), codings.truth)
    const theirs = decoded(await readFile(prediction, besideOf(given)), codings.prediction)
    const { truth: ordered, colors } = inOrder(given, theirs, former, palette)
    const maps = together(ordered, theirs, palette)
    const isClass = two === 'class'
    const isTwo = two === null && isTwoByTruth(maps, theirs)
    const told = { ...binaryIn(given), palette: isClass ? '' : maps.palette?.name ?? '', colors, isTwo,
      isUnsure: !maps.palette && (given.isWide === true || theirs.isWide === true),
      isMatched: maps.isMatched || ordered !== given }
    const matrix = new Confusion(MOST_CLASSES)
    try {
      if (isClass) matrix.add(asClasses(maps.truth), asClasses(maps.prediction), null)
      else matrix.add(maps.truth, isTwo ? asClasses(maps.prediction) : maps.prediction, unlabelled)
    } catch (error) {
      const { code, message, details = {} } = /** @type {FcnError} */ (error)
      const kind = details['whose'] === 'truth' ? 'pair_truth' : 'pair_prediction'
      return { ...told, matrix: null, problem: new FcnError(code, message, { ...details, kind }).plain() }
    }
    return { ...told, matrix: { ...trimmed(matrix.counts), void: matrix.void }, problem: null }
  },
}

/** The matrix without the classes after the last that occurs: of many pictures all of it would be much. @param {number[]} all */
function trimmed(all) {
  const classes = Math.max(1, classesUsed(all, MOST_CLASSES))
  return { classes, counts: withClasses(all, MOST_CLASSES, classes) }
}
