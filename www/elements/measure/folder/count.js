/**
 * A net's mask as a file, and held against its truth; in the worker, so that pixels never pass through the page's thread.
 * The truth's classes become the net's by name; what the net hasn't got is left out, and told.
 */
import { paletteBytes } from '../../../lib/colors.js'
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { Confusion, VOID } from '../../../lib/metrics.js'
import { PALETTES } from '../../../lib/palettes.js'
import { encodePng } from '../../../lib/png.js'
import { asClasses, binary } from '../masks/agree.js'
import { readingsOfGrey } from '../masks/colours.js'
import { readFile } from '../masks/read.js'
import { FROM_1, classMap } from '../photo/class-map.js'
import { decoding } from './coding.js'
import { countsOf } from './done.js'

/** @typedef {import('./done.js').Done} Done */
/** @typedef {{id: number, name: string, color: string, includes?: unknown}} ModelClass */

/**
 * How truths are read.
 * @typedef {object} How
 * @property {number | null} unlabelled the value of pixels that are left out; null: none are
 * @property {string} palette whose colours the folder's truths have; '' for nobody's
 * @property {import('./coding.js').Coding} coding what their names say of their values
 * @property {import('../photo/class-map.js').IdsOf} ids whose ids the values are of truths that don't say it
 * @property {Readonly<Record<string, number | null>>} byHand the net's class by the truth's, where a person said so; null: left out
 */

/** @typedef {{labels: Uint8Array, width: number, height: number, classes: readonly ModelClass[], truth: Blob | null, how: How}} Mask */
/** @typedef {{done: Done, png: Uint8Array<ArrayBuffer>}} Counted */
/** @typedef {{truth: Blob, classes: readonly ModelClass[], how: How, isTwo: boolean}} TruthWanted */

/**
 * A truth in the net's ids, void where it is left out; `isPlain`: of 0 and 255 alone, which stand for nothing known.
 * @typedef {{width: number, height: number, values: Uint8Array<ArrayBuffer>, file: Uint8Array, isPlain: boolean, hasVoid: boolean,
 *   missing: Done['missing'], joined: Done['joined']}} Truth
 */

/** @param {Mask} mask @returns {Promise<Counted>} what is wrong with a truth is told in it */
export async function countOf({ labels, width, height, classes, truth, how }) {
  const png = await encodePng({
    width, height, palette: paletteBytes(classes),
      strip: (first, rows) => labels.subarray(first * width, (first + rows) * width),
  })
  /** @type {Done} */
  const done = { width, height, hasTruth: truth !== null, counts: null, two: null, hasVoid: false,
    missing: [], joined: [], problem: null }
  try {
    if (truth) Object.assign(done, against(labels, { width, height }, await truthOf(truth, classes, how),
      [classes.length, how.byHand]))
  } catch (error) {
    const { code, details } = toFcnError(error)
    const said = Object.entries(details).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    done.problem = { kind: String(details['kind'] ?? code),
      details: /** @type {Record<string, string | number>} */ (Object.fromEntries(said)) }
  }
  return { done, png: new Uint8Array(await png.arrayBuffer()) }
}

/**
 * @param {Uint8Array} labels
 * @param {{width: number, height: number}} photo
 * @param {Truth} truth
 * @param {readonly [classes: number, byHand: How['byHand']]} how
 * @throws {FcnError} invalid_input for another size
 */
function against(labels, { width, height }, truth, [classes, byHand]) {
  if (truth.width !== width || truth.height !== height) {
    throw new FcnError('invalid_input', 'the truth has another size than the photo',
      { kind: 'truth_size', truth: `${truth.width}×${truth.height}`, photo: `${width}×${height}` })
  }
  const { values, file, isPlain, hasVoid, missing, joined } = truth
  const counted = (/** @type {Uint8Array} */ truths) => {
    const matrix = new Confusion(classes)
    matrix.add(truths, labels, VOID)
    return countsOf(matrix.counts, matrix.void)
  }
  return { counts: counted(values), two: isPlain && classes > 1 ? counted(asTwo(file, classes, byHand)) : null,
    hasVoid, missing, joined }
}

/**
 * @param {Blob} file
 * @param {readonly ModelClass[]} classes
 * @param {How} how
 * @returns {Promise<Truth>}
 * @throws {FcnError} as `readFile`; invalid_input for colours of several palettes, or a value that is no class
 */
async function truthOf(file, classes, how) {
  const { width, height, kind, isWide, readings } = await readFile(file)
  // Colours of several palettes are the folder's, and so is a grey that is one of its colours.
  const ofFolder = [...readings, ...isWide ? readingsOfGrey(readings[0].values) : []]
    .find(({ palette }) => palette?.name === how.palette)
  if (readings.length > 1 && !ofFolder) {
    const list = readings.map(({ palette }) => palette?.title ?? '').join(', ')
    throw new FcnError('invalid_input', 'colours of several palettes', { kind: 'pair_palette', list })
  }
  const { values, palette } = ofFolder ?? readings[0]
  const used = countsIn(values)
  // One value alone could be any palette's: it is the folder's.
  const [value] = used.keys()
  const isLone = kind === 'indexed' && used.size === 1
  const folders = PALETTES.find(({ name, classes }) => isLone && name === how.palette
    && (value < classes.length || value === VOID))
  const coded = palette ? null : decoding(how.coding)
  const isFrom1 = how.ids === FROM_1
  const said = PALETTES.find(({ name }) => name === (isFrom1 ? 'ade20k' : how.ids))
  const isSaid = !palette && !coded && !folders && said !== undefined
  const names = (palette ?? coded?.palette ?? folders ?? said)?.classes.map(({ name }) => name) ?? null
  const usual = names ? classMap(names, classes) : classes.map(({ id }) => id)
  const map = usual.map((id, place) => {
    const name = names?.[place] ?? classes[place]?.name ?? ''
    return Object.hasOwn(how.byHand, name) ? how.byHand[name] : id
  })
  /** The net's id by value. */
  const ids = new Uint8Array(256).fill(VOID)
  /** @type {Done['missing']} */
  const missing = []
  /** @type {Done['joined']} */
  const joined = []
  for (const [value, pixels] of used) {
    // 0 is what isn't labelled where ids are counted from 1.
    const place = coded ? coded.ids[value] : isSaid && isFrom1 && value !== VOID ? (value || VOID + 1) - 1 : value
    if (value === how.unlabelled || (place === VOID && (coded || isSaid || how.unlabelled !== null))) continue
    if (place >= map.length) {
      throw new FcnError('invalid_input', `the truth has the value ${value}`,
        { kind: 'pair_value', value, classes: map.length })
    }
    const id = map[place]
    const name = names?.[place] ?? classes[place]?.name ?? ''
    if (id === null) missing.push([name, pixels])
    else {
      ids[value] = id
      if (classes[id].name !== name) joined.push([name, id])
    }
  }
  return { width, height, values: values.map(value => ids[value]), file: values, missing,
    joined, ...plainness(values, names) }
}

/**
 * A truth of 0 and 255 alone, where 255 is a class: of a net of two the second, of others what a person says.
 * @param {Uint8Array} values as the file has them
 * @param {number} classes
 * @param {How['byHand']} byHand
 * @returns {Uint8Array<ArrayBuffer>}
 */
function asTwo(values, classes, byHand) {
  if (classes === 2) return asClasses(Uint8Array.from(values))
  const idOf = (/** @type {number} */ value) => byHand[value] ?? VOID
  const [first, second] = [idOf(0), idOf(VOID)]
  return Uint8Array.from(values, value => value === VOID ? second : first)
}

/** @param {Uint8Array} values @param {readonly string[] | null} names */
function plainness(values, names) {
  const { isBinary, hasVoid } = binary(values)
  const isPlain = isBinary && !names
  return { isPlain, hasVoid: isPlain && hasVoid }
}

/** @param {Uint8Array} values @returns {Map<number, number>} pixels by value, of those that occur */
function countsIn(values) {
  const counts = new Float64Array(256)
  for (const value of values) counts[value]++
  return new Map([...counts].flatMap((count, value) => count ? [/** @type {const} */ ([value, count])] : []))
}

/** Whose colours a truth has; '' for nobody's. @param {Blob} file @returns {Promise<string>} */
export async function paletteIn(file) {
  const { readings } = await readFile(file)
  return readings.length === 1 ? readings[0].palette?.name ?? '' : ''
}

/**
 * A truth in the net's ids, to be shown with its photo.
 * @param {TruthWanted} wanted
 * @returns {Promise<{width: number, height: number, values: Uint8Array<ArrayBuffer>}>}
 */
export async function mappedTruth({ truth, classes, how, isTwo }) {
  const { width, height, values, file } = await truthOf(truth, classes, how)
  return { width, height, values: isTwo ? asTwo(file, classes.length, how.byHand) : values }
}
