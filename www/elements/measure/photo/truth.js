/** The truth of a photo: a sample's, a file's or one that was painted; what its values mean; and what masks are worth by it. */
import { FcnError } from '../../../lib/errors.js'
import { fetchFile } from '../../../lib/fetching.js'
import { VOID } from '../../../lib/metrics.js'
import { PALETTES } from '../../../lib/palettes.js'
import { asClasses, binary } from '../masks/agree.js'
import { OWN } from '../masks/colours.js'
import { FROM_1, classMap, mapped } from './class-map.js'

/** @typedef {import('../../../engine/engine.js').Result} Result */
/** @typedef {import('../../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../runner.js').Runner} Runner */
/** @typedef {import('../masks/colours.js').Values} Values */
/** @typedef {import('./class-map.js').ModelClass & {color: string, names?: Record<string, string>}} ModelClass */
/** How well one head did. @typedef {import('../score.js').Score & {variant: string}} Score */

/**
 * @typedef {object} Truth
 * @property {string} name of its file; '' for one that was painted here
 * @property {number} width pixels
 * @property {number} height
 * @property {Values} values [height, width]
 * @property {readonly string[] | null} names of its classes by value; null: the values are the model's own ids
 * @property {string} credit
 * @property {boolean} isShipped with the sample
 * @property {'' | 'void' | 'class'} two what 255 means in a truth of 0 and 255 alone, once it was said
 * @property {{ids: IdsOf, unlabelled: number | null, values: Values} | null} plain the values as the file has them, where it
 *   doesn't say what they mean, whose ids they were taken for, and which of them for no label; null: none
 * @property {ReadonlyMap<number, number | null>} byHand the model's class of a value; null: left out
 * @property {{changed: number, left: number, ignored: number, shared: string}} notes pixels that were given another colour's
 *   class, or none for their colour; shapes that have no inside; classes that have one colour
 */

/** @typedef {import('./class-map.js').IdsOf} IdsOf */

/** @type {Pick<Truth, 'credit' | 'isShipped' | 'two' | 'plain' | 'byHand' | 'notes'>} */
const USUAL = { credit: '', isShipped: false, two: '', plain: null, byHand: new Map(),
  notes: { changed: 0, left: 0, ignored: 0, shared: '' } }

/** @typedef {Awaited<ReturnType<typeof scored>>} Scored */
/** A class of the truth. @typedef {{value: number, name: string, pixels: number, id: number | null, isByHand: boolean}} TruthClass */

/**
 * @param {Sample | null} sample
 * @param {URL} list the samples.json
 * @param {Runner} runner
 * @param {AbortSignal} signal
 * @returns {Promise<Truth | null>} what is shipped with it
 */
export async function truthOf(sample, list, runner, signal) {
  if (!sample?.truth) return null
  const { file, classes, credit } = sample.truth
  const response = await fetchFile(new URL(file, list).href, signal)
  const { width, height, readings: [{ values }] } = await runner.run('read', await response.blob())
  return { ...USUAL, width, height, values, name: file, names: classes, credit, isShipped: true }
}

/** @param {import('../masks/read.js').LabelMap} map of one reading @param {string} name @returns {Truth} */
export function truthFrom({ width, height, readings: [{ values, palette, changed = 0, left = 0 }] }, name) {
  const truth = { ...USUAL, width, height, values, name, names: palette?.classes.map(({ name }) => name) ?? null }
  const notes = { ...USUAL.notes, changed, left, shared: palette ? sharedIn(values, palette) : '' }
  return { ...truth, notes, plain: palette ? null : { ids: 'model', unlabelled: VOID, values } }
}

/** Classes that a palette paints alike, where they occur. @param {Values} values @param {import('../../../lib/palettes.js').Palette} palette */
function sharedIn(values, { name, classes }) {
  if (name === OWN) return ''
  const used = new Set(values)
  return classes.filter(({ id, color }) =>
    used.has(id) && classes.some(other => other.id !== id && other.color === color))
    .map(({ id, color }) => classes.filter(other => other.color === color).map(({ name }) => name).join(' = ')
      + ` → ${classes[id].name}`).join(', ')
}

/** @param {import('../masks/annotations.js').Annotated} annotated @param {string} name @returns {Truth} */
export const truthOfShapes = ({ ignored, ...map }, name) =>
  ({ ...USUAL, ...map, name, notes: { ...USUAL.notes, ignored } })

/** @param {Values} values ids of the classes @param {{width: number, height: number}} size @param {readonly ModelClass[]} classes @returns {Truth} */
export const paintedTruth = (values, { width, height }, classes) =>
  ({ ...USUAL, width, height, values, name: '', names: namesOf(classes) })

/** @param {readonly ModelClass[]} classes @returns {string[]} by id */
function namesOf(classes) {
  const names = new Array(Math.max(0, ...classes.map(({ id }) => id + 1))).fill('')
  for (const { id, name } of classes) names[id] = name
  return names
}

/** @param {readonly string[]} a @param {readonly string[]} b */
const isSame = (a, b) => a.length === b.length && a.every((name, i) => name === b[i])

/**
 * The same values as ids of another list, or with another value for what isn't labelled.
 * @param {Truth} truth one that is read already isn't changed
 * @param {{ids?: IdsOf, unlabelled?: number | null}} change
 * @returns {Truth}
 */
export function reread(truth, change) {
  if (!truth.plain) return truth
  const { ids, unlabelled, values } = { ...truth.plain, ...change }
  const isFrom1 = ids === FROM_1
  const names = PALETTES.find(({ name }) => name === (isFrom1 ? 'ade20k' : ids))?.classes.map(({ name }) => name)
    ?? null
  const isTwo = !names && binary(values).isBinary
  return {
    ...truth, plain: { ids, unlabelled, values }, names,
    // 0 is what isn't labelled where ids are counted from 1.
    values: values.map(value => value === unlabelled || value === VOID ? VOID
      : isFrom1 ? (value || VOID + 1) - 1 : value),
    two: !isTwo || unlabelled === VOID ? '' : unlabelled === null ? 'class' : 'void',
    byHand: isTwo || ids !== truth.plain.ids ? new Map() : truth.byHand,
  }
}

/**
 * The same with the answer what 255 means in it, whatever was taken for not labelled before.
 * @param {Truth} truth @param {'void' | 'class'} two @returns {Truth}
 */
export const answered = (truth, two) => ({ ...reread(truth, { unlabelled: VOID }), two })

/** Whether that was asked and answered. @param {Truth} truth */
export const isAnswered = ({ two, plain }) => two !== '' && plain?.unlabelled === VOID

/**
 * What must be said before anything is counted: what 255 means in a truth of 0 and 255 alone; whose ids the values are,
 * where they can't be those they were taken for.
 * @param {Truth} truth
 * @param {readonly ModelClass[]} classes
 * @returns {{kind: 'two'} | {kind: 'ids', value: number, classes: number} | null}
 */
export function unclear({ values, names, two, plain }, classes) {
  const most = names?.length ?? classes.length
  // No label of the model's, where nothing means that there is none.
  const isId = !names && !two && plain?.unlabelled === null
  let [isBinary, hasVoid, stray] = [true, false, -1]
  for (const value of values) {
    if (value === VOID && !isId) hasVoid = true
    else if (value >= most) stray = Math.max(stray, value)
    if (value !== VOID && value !== 0) isBinary = false
  }
  if (stray >= 0) return { kind: 'ids', value: stray, classes: most }
  return !names && !two && isBinary && hasVoid ? { kind: 'two' } : null
}

/**
 * What the heads' masks are worth; null where something must be said first.
 * @param {readonly Result[]} results
 * @param {Truth} truth
 * @param {Runner} runner
 * @throws {FcnError} invalid_input; `details.kind` truth_size where the sizes differ
 */
export async function scored(results, truth, runner) {
  const [{ width, height, classes }] = results
  if (truth.width !== width || truth.height !== height) {
    throw new FcnError('invalid_input', 'the truth has another size than the photo',
      { kind: 'truth_size', truth: `${truth.width}×${truth.height}`, photo: `${width}×${height}` })
  }
  if (unclear(truth, classes)) return null
  const values = truth.two === 'class' ? asClasses(truth.values) : truth.values
  // Which of many classes 255 stands for, a person has to say; of two it is the second.
  const isUnnamed = truth.two === 'class' && !truth.names && classes.length > 2
  const names = truth.names ?? (isUnnamed ? ['0', '255'] : namesOf(classes))
  // The net's own classes are themselves, whatever they are called.
  const isOwn = !isUnnamed && (!truth.names || isSame(truth.names, namesOf(classes)))
  const usual = isOwn ? names.map((_, id) => id) : classMap(names, classes)
  const map = names.map((_, value) => truth.byHand.has(value) ? truth.byHand.get(value) ?? null : usual[value])
  const { values: target, left } = mapped(values, map)
  const given = { truth: target, width, classes: classes.length, unlabelled: VOID }
  const scores = await Promise.all(results.map(async ({ variant, labels }) =>
    ({ variant, ...await runner.run('score', { ...given, prediction: labels }) })))
  const counts = new Float64Array(256)
  for (const value of values) counts[value]++
  /** @type {TruthClass[]} */
  const occurring = names.flatMap((name, value) =>
    counts[value] ? [{ value, name, pixels: counts[value], id: map[value], isByHand: truth.byHand.has(value) }] : [])
  return {
    scores, tolerance: scores[0].tolerance, left, classes: occurring,
    /** In the model's ids: what was counted. */
    target,
    /** Classes of the truth that the model hasn't got, and those that a person left out. */
    missing: occurring.filter(({ id, isByHand }) => id === null && !isByHand).map(({ name }) => name),
    leftOut: occurring.filter(({ id, isByHand }) => id === null && isByHand).map(({ name }) => name),
    /** Those that are part of another class. */
    joined: occurring.flatMap(({ name, id }) => id !== null && classes[id] && classes[id].name !== name
      ? [{ name, as: classes[id] }] : []),
  }
}
