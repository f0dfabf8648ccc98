/**
 * Which files belong together: they are paired by name. What all names of one side end with (`_gtFine_labelIds`, `-mask`)
 * is left off where that pairs more of them, and folders count only where a name alone isn't enough.
 */
import { PNG, nameIn, stemOf } from '../../common/files/files.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {{name: string, truth: Entry, prediction: Entry}} Pair */
/** A photo, with its truth if there is one. @typedef {{name: string, photo: Entry, truth: Entry | null}} Shot */
/** @typedef {{name: string, entry: Entry}} Named */
/**
 * `alone`: those without a partner.
 * @typedef {{both: {name: string, first: Entry, second: Entry}[], alone: [first: Named[], second: Named[]]}} Matched
 */

/** What Cityscapes' names end with, whichever frames there are. */
const KNOWN = /_(leftImg8bit|gt(Fine|Coarse)_label(Train)?Ids)$/

/**
 * @param {readonly string[]} stems
 * @returns {number} how many letters all of them end with, from a `_`, `-` or `.` on
 */
function commonEnding(stems) {
  if (stems.length < 2) return 0
  let length = 0
  const [first] = stems
  while (length < first.length - 1
    && stems.every(stem => stem.length > length + 1 && stem.at(-1 - length) === first.at(-1 - length))) length++
  const ending = first.slice(first.length - length)
  const from = ending.search(/[_.-]/)
  return from < 0 ? 0 : ending.length - from
}

/** How a side's names are read. @typedef {'whole' | 'cut' | 'known'} Reading */

/** @param {readonly Entry[]} entries @param {Reading} reading @returns {string[]} what pairs them, with folders */
function namesOf(entries, reading) {
  const stems = entries.map(({ path }) => stemOf(path))
  if (reading === 'known') return stems.map(stem => stem.replace(KNOWN, ''))
  const cut = reading === 'cut' ? commonEnding(stems.map(nameIn)) : 0
  return cut ? stems.map(stem => stem.slice(0, stem.length - cut)) : stems
}

/** First what changes least. @type {readonly [Reading, Reading][]} */
const WAYS = [['whole', 'whole'], ['cut', 'whole'], ['whole', 'cut'], ['cut', 'cut'], ['known', 'known']]

/** @param {readonly Entry[]} first @param {readonly Entry[]} second @returns {Matched} of all ways to read the names the one that pairs most */
function match(first, second) {
  /** @type {Matched | null} */
  let best = null
  for (const [a, b] of WAYS) {
    const [names, others] = [namesOf(first, a), namesOf(second, b)]
    const isShort = [names, others].every(list => new Set(list.map(nameIn)).size === list.length)
    const named = (/** @type {readonly Entry[]} */ entries, /** @type {readonly string[]} */ list) =>
      entries.map((entry, i) => ({ name: isShort ? nameIn(list[i]) : list[i], entry }))
    const found = matched(named(first, names), named(second, others))
    if (!best || found.both.length > best.both.length) best = found
    if (best.both.length === Math.min(first.length, second.length)) break
  }
  return best ?? { both: [], alone: [[], []] }
}

/** @param {readonly Named[]} first @param {readonly Named[]} second @returns {Matched} */
function matched(first, second) {
  const others = new Map(second.map(each => [each.name, each]))
  /** @type {Matched} */
  const found = { both: [], alone: [[], []] }
  for (const each of first) {
    const other = others.get(each.name)
    if (other) found.both.push({ name: each.name, first: each.entry, second: other.entry })
    else found.alone[0].push(each)
    others.delete(each.name)
  }
  found.alone[1] = [...others.values()]
  return found
}

/** @param {{name: string}} a @param {{name: string}} b */
const byName = (a, b) => a.name < b.name ? -1 : Number(a.name > b.name)
/** @param {readonly Entry[]} entries */
const pngsOf = entries => entries.filter(({ path }) => PNG.test(path))
/** @param {readonly Named[]} named */
const sorted = named => named.map(({ name }) => name).sort()

/**
 * Label maps that are compared; both sides must be PNGs.
 * @param {readonly Entry[]} truths
 * @param {readonly Entry[]} predictions
 * @returns {{pairs: Pair[], alone: {truths: string[], predictions: string[]}}} in the order of names
 */
export function pairsOf(truths, predictions) {
  const { both, alone } = match(pngsOf(truths), pngsOf(predictions))
  return {
    pairs: both.map(({ name, first, second }) => ({ name, truth: first, prediction: second })).sort(byName),
    alone: { truths: sorted(alone[0]), predictions: sorted(alone[1]) },
  }
}

/**
 * Photos that a net is given, each by a name of its own; a truth is a PNG.
 * @param {readonly Entry[]} photos
 * @param {readonly Entry[]} truths
 * @returns {{shots: Shot[], alone: {photos: string[], truths: string[]}}} in the order of names
 */
export function shotsOf(photos, truths) {
  const { both, alone } = match(photos, pngsOf(truths))
  /** @type {Shot[]} */
  const all = [
    ...both.map(({ name, first, second }) => ({ name, photo: first, truth: second })),
    ...alone[0].map(({ name, entry }) => ({ name, photo: entry, truth: null })),
  ]
  const taken = new Set()
  const shots = all.map(shot => {
    // Two photos that differ in their endings alone.
    const name = taken.has(shot.name) ? shot.photo.path : shot.name
    taken.add(name)
    return { ...shot, name }
  })
  return { shots: shots.sort(byName), alone: { photos: sorted(alone[0]), truths: sorted(alone[1]) } }
}
