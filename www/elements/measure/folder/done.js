/**
 * What is kept of a photo that was segmented, in memory and on the device: its counts, not its pixels. What comes from an
 * earlier visit is held against its form before it is believed.
 */

/**
 * Pixels of a confusion matrix, row-major: truth, prediction.
 * @typedef {object} Counts
 * @property {number[]} cells place and pixels, place and pixels …, of the cells that aren't 0
 * @property {number} void pixels that were left out
 */

/**
 * @typedef {object} Done
 * @property {number} width of the mask, pixels
 * @property {number} height
 * @property {boolean} hasTruth
 * @property {Counts | null} counts null: there is no truth, or it doesn't fit
 * @property {Counts | null} two the same with 255 as the second class, of a truth of 0 and 255 alone
 * @property {boolean} hasVoid whether that truth has 255
 * @property {[name: string, pixels: number][]} missing classes of the truth that the net hasn't got
 * @property {[name: string, id: number][]} joined classes that are counted as another one
 * @property {Problem | null} problem what is wrong with the truth
 */

/** A sentence's key, without `error.`, and what it says. @typedef {{kind: string, details: Record<string, string | number>}} Problem */

/** More than any truth has. */
const MOST_NAMES = 256

/** @param {ArrayLike<number>} counts row-major @param {number} left pixels left out @returns {Counts} */
export function countsOf(counts, left) {
  /** @type {number[]} */
  const cells = []
  for (let at = 0; at < counts.length; at++) if (counts[at] > 0) cells.push(at, counts[at])
  return { cells, void: left }
}

/** @param {Counts} counts @param {number} classes @returns {Float64Array} row-major */
export function matrixOf({ cells }, classes) {
  const matrix = new Float64Array(classes * classes)
  for (let i = 0; i < cells.length; i += 2) matrix[cells[i]] = cells[i + 1]
  return matrix
}

/** @param {unknown} value @returns {value is number} */
const isCount = value => Number.isSafeInteger(value) && Number(value) >= 0
/** @param {unknown} value @returns {value is string} */
const isName = value => typeof value === 'string' && value.length <= 200

/** @param {unknown} value @param {number} classes @param {number} pixels @returns {boolean} whether it is such counts, or null */
function areCounts(value, classes, pixels) {
  if (value === null) return true
  const { cells, void: left } = Object(value)
  if (!Array.isArray(cells) || cells.length % 2 || cells.length > 2 * classes * classes || !isCount(left)) return false
  let sum = left
  for (let i = 0; i < cells.length; i += 2) {
    if (!isCount(cells[i]) || cells[i] >= classes * classes || (i && cells[i] <= cells[i - 2])
      || !isCount(cells[i + 1])) return false
    sum += cells[i + 1]
  }
  return sum === pixels
}

/** @param {unknown} value @param {number} most what the number stays below @returns {boolean} */
function arePairs(value, most) {
  return Array.isArray(value) && value.length <= MOST_NAMES
    && value.every(pair => Array.isArray(pair) && pair.length === 2 && isName(pair[0]) && isCount(pair[1])
      && pair[1] < most)
}

/** @param {unknown} value */
function isProblem(value) {
  if (value === null) return true
  const { kind, details } = Object(value)
  return isName(kind) && /^\w+$/.test(kind) && typeof details === 'object' && details !== null
    && Object.values(details).every(each => isName(each) || Number.isFinite(each))
}

/**
 * @param {unknown} value as it was kept by an earlier visit
 * @param {number} classes of the net
 * @returns {Done | null} null for what isn't whole
 */
export function doneFrom(value, classes) {
  const { width, height, hasTruth, counts, two, hasVoid, missing, joined, problem } = Object(value)
  if (!isCount(width) || !isCount(height) || !Number.isSafeInteger(width * height) || width * height < 1) return null
  const pixels = width * height
  const isWhole = typeof hasTruth === 'boolean' && typeof hasVoid === 'boolean'
    && areCounts(counts, classes, pixels) && areCounts(two, classes, pixels)
    && arePairs(missing, pixels + 1) && arePairs(joined, classes) && isProblem(problem)
    && (hasTruth ? (counts === null) !== (problem === null) : counts === null && problem === null)
  return isWhole ? { width, height, hasTruth, counts, two, hasVoid, missing, joined, problem } : null
}
