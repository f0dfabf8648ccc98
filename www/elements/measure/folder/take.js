/** What becomes of files that came in: which sides get them, when they were meant for one and when nobody said. */
import { PNG, within } from '../../common/files/files.js'
import { layoutOf, onlyIds } from './layout.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {import('./layout.js').Side} Side */
/** @typedef {import('./layout.js').Told} Told */
/** Where predictions come from. @typedef {'files' | 'net'} Mode */
/**
 * `told`: what folders were taken for, where that was found out.
 * @typedef {{sides: Partial<Record<Side, readonly Entry[]>>, told: readonly Told[], aside: readonly import('./layout.js').Aside[]}} Taken
 */

/** The sides that each mode is given. @type {Readonly<Record<Mode, readonly Side[]>>} */
export const SIDES = { files: ['truths', 'predictions'], net: ['photos', 'truths'] }

/**
 * @param {readonly Entry[]} entries
 * @param {Side | null} side that they were meant for
 * @param {Mode} mode
 * @param {Readonly<Record<Side, readonly Entry[]>>} former what the sides have
 * @returns {Taken}
 */
export function take(entries, side, mode, former) {
  const { sides: found, rest, told, aside } = layoutOf(entries)
  const isFound = (/** @type {Side} */ each) => found[each].length > 0
  if (side) {
    if (!isFound(side)) return { sides: { [side]: within(side === 'photos' ? entries : pngsOf(onlyIds(entries).kept)) },
      told: [], aside }
    // Of a folder that holds more than that its part, and what the other side lacks.
    const all = [side, ...SIDES[mode].filter(other => other !== side && isFound(other) && !former[other].length)]
    const isMore = all.length > 1 || told.some(each => each.side !== side)
    const said = isMore ? told.filter(each => all.includes(each.side)) : []
    return { sides: Object.fromEntries(all.map(each => [each, found[each]])), told: said, aside }
  }
  const known = Object.fromEntries(Object.entries(found).filter(([, list]) => list.length))
  const more = unknown(rest, mode, each => !known[each] && !former[each].length)
  const isNew = Object.keys(more.sides).every(each => !known[each])
  return isNew ? { sides: { ...known, ...more.sides }, told: [...told, ...more.told], aside }
    : { sides: known, told, aside }
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
  const tops = [...new Set(rest.map(({ path }) => path.split('/').slice(0, -1)[0] ?? ''))]
  const listed = (/** @type {Side} */ side, /** @type {readonly Entry[]} */ entries) =>
    within(side === 'photos' ? entries : pngsOf(entries))
  if (tops.length === 2 && !tops.includes('') && sides.every(isLacking)) {
    const parts = sides.map((side, i) =>
      /** @type {const} */ ([side, listed(side, rest.filter(({ path }) => path.startsWith(`${tops[i]}/`)))]))
    return { sides: Object.fromEntries(parts),
      told: parts.map(([side, { length }], i) => ({ side, folder: tops[i], count: length })) }
  }
  const side = sides.find(isLacking) ?? sides[1]
  return { sides: { [side]: listed(side, rest) }, told: [] }
}
