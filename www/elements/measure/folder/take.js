/** What becomes of files that came in: which sides get them, when they were meant for one and when nobody said. */
import { PNG, nameIn, within } from '../../common/files/files.js'
import { layoutOf, onlyIds, partsOf } from './layout.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {import('./layout.js').Side} Side */
/** @typedef {import('./layout.js').Told} Told */
/** Where predictions come from. @typedef {'files' | 'net'} Mode */
/**
 * `told`: what folders were taken for, where that was found out; `unclear`: folders of which nobody can say it.
 * @typedef {object} Taken
 * @property {Partial<Record<Side, readonly Entry[]>>} sides
 * @property {readonly Told[]} told
 * @property {readonly import('./layout.js').Aside[]} aside
 * @property {readonly string[]} unclear
 */

/** The sides that each mode is given. @type {Readonly<Record<Mode, readonly Side[]>>} */
export const SIDES = { files: ['truths', 'predictions'], net: ['photos', 'truths'] }

/**
 * Paths as files came in: those of a side are without the folder that says which side it is.
 * @type {WeakMap<File, string>}
 */
const paths = new WeakMap()

/**
 * @param {readonly Entry[]} entries
 * @param {Side | null} side that they were meant for
 * @param {Mode} mode
 * @param {Readonly<Record<Side, readonly Entry[]>>} former what the sides have
 * @returns {Taken}
 */
export function take(entries, side, mode, former) {
  for (const { file, path } of entries) paths.set(file, path.normalize())
  const { sides: found, rest, told, aside, unclear } = layoutOf(entries)
  const isFound = (/** @type {Side} */ each) => found[each].length > 0
  if (side) {
    if (!isFound(side) && unclear.length) return { sides: {}, told: [], aside, unclear }
    if (!isFound(side)) {
      const given = within(side === 'photos' ? entries : pngsOf(onlyIds(entries)))
      return { sides: { ...others(given, side, former), [side]: given }, told: [], aside, unclear }
    }
    // Of a folder that holds more than that its part, and what the other side lacks.
    const all = [side, ...SIDES[mode].filter(other => other !== side && isFound(other) && !former[other].length)]
    const isMore = all.length > 1 || told.some(each => each.side !== side)
    const said = isMore ? told.filter(each => all.includes(each.side)) : []
    const sides = Object.fromEntries(all.map(each => [each, found[each]]))
    return { sides: { ...others(found[side], side, former), ...sides }, told: said, aside, unclear }
  }
  const known = Object.fromEntries(Object.entries(found).filter(([, list]) => list.length))
  if (unclear.length) return { sides: known, told, aside, unclear }
  const more = unknown(rest, mode, each => !known[each] && !former[each].length)
  const isNew = Object.keys(more.sides).every(each => !known[each])
  return isNew ? { sides: { ...known, ...more.sides }, told: [...told, ...more.told], aside, unclear }
    : { sides: known, told, aside, unclear }
}

/**
 * Files given to one side leave the other, also where a browser gives another object for the same file.
 * @param {readonly Entry[]} given
 * @param {Side} side that they were given to
 * @param {Readonly<Record<Side, readonly Entry[]>>} former
 * @returns {Partial<Record<Side, readonly Entry[]>>} the sides that lose some
 */
function others(given, side, former) {
  const keyOf = (/** @type {File} */ { name, size, lastModified }) => `${name.normalize()}/${size}/${lastModified}`
  const pathOf = (/** @type {File} */ file) => `/${paths.get(file) ?? file.name.normalize()}`
  /** @type {Map<string, string[]>} */
  const known = new Map()
  for (const { file } of given) known.set(keyOf(file), [...known.get(keyOf(file)) ?? [], pathOf(file)])
  const isGiven = (/** @type {Entry} */ { file }) => {
    const path = pathOf(file)
    const isSame = (/** @type {string} */ other) => path.endsWith(other) || other.endsWith(path)
    // Of two files without a folder nothing says that they are one.
    const isPlaced = (/** @type {string} */ other) => nameIn(path) !== path.slice(1) || nameIn(other) !== other.slice(1)
    return known.get(keyOf(file))?.some(other => isSame(other) && isPlaced(other)) ?? false
  }
  return Object.fromEntries(Object.entries(former).filter(([each, list]) => each !== side && list.some(isGiven))
    .map(([each, list]) => [each, list.filter(entry => !isGiven(entry))]))
}

/** @param {readonly Entry[]} entries */
const pngsOf = entries => entries.filter(({ path }) => PNG.test(path))

/**
 * Files that no name says anything of: two folders are a side each, one goes to the side that lacks something.
 * @param {readonly Entry[]} rest
 * @param {Mode} mode
 * @param {(side: Side) => boolean} isLacking
 * @returns {Pick<Taken, 'sides' | 'told'>}
 */
function unknown(rest, mode, isLacking) {
  if (!rest.length) return { sides: {}, told: [] }
  // Where there is no PNG, nothing can be compared.
  const sides = SIDES[pngsOf(rest).length ? mode : 'net']
  const listed = (/** @type {Side} */ side, /** @type {readonly Entry[]} */ entries) =>
    within(side === 'photos' ? entries : pngsOf(entries))
  const tops = partsOf(rest)
  if (tops.size === 2 && !tops.has('') && sides.every(isLacking)) {
    const parts = [...tops].map(([folder, entries], i) => ({ side: sides[i], folder, list: listed(sides[i], entries) }))
    return { sides: Object.fromEntries(parts.map(({ side, list }) => [side, list])),
      told: parts.map(({ side, folder, list }) => ({ side, folder, count: list.length })) }
  }
  const side = sides.find(isLacking) ?? sides[1]
  return { sides: { [side]: listed(side, rest) }, told: [] }
}
