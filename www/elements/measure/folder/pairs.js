/**
 * Which files belong together: they are paired by name. Endings that say what a file is (`_gtFine_labelIds`, `-mask`),
 * and what all names of one side end with, are left off where that pairs more of them; folders tell files of one name
 * apart.
 */
import { PNG, nameIn, stemOf } from '../../common/files/files.js'
import { bare } from './names.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {{name: string, truth: Entry, prediction: Entry}} Pair */
/** A photo, with its truth if there is one. @typedef {{name: string, photo: Entry, truth: Entry | null}} Shot */
/** @typedef {{name: string, entry: Entry}} Named */
/** `name`: how a file is called without its folder. @typedef {{folder: string, name: string, entry: Entry}} Placed */
/**
 * `alone`: those without a partner.
 * @typedef {{both: {name: string, first: Entry, second: Entry}[], alone: [first: Named[], second: Named[]]}} Matched
 */
/** How a side's names are read. @typedef {(stem: string) => string} Reading */

/** @param {readonly string[]} stems @returns {string} what all of them end with, from a `_`, `-` or `.` on */
function commonEnding(stems) {
  if (stems.length < 2) return ''
  let length = 0
  const [first] = stems
  while (length < first.length - 1
    && stems.every(stem => stem.length > length + 1 && stem.at(-1 - length) === first.at(-1 - length))) length++
  return /[_.-].*$/.exec(first.slice(first.length - length))?.[0] ?? ''
}

/** @type {Reading} */
const whole = stem => stem
/** @param {string} ending @returns {Reading} */
const without = ending => stem => stem.slice(0, stem.length - ending.length)

/**
 * @param {readonly Placed[]} first
 * @param {readonly Placed[]} second
 * @returns {[Reading, Reading][]} first what changes least
 */
function waysOf(first, second) {
  const endings = [first, second].map(list => commonEnding(list.map(({ name }) => name)))
  // A number tells frames apart: it is left off only where both sides have the same one.
  const [number, other] = endings.map(ending => /^.*\d/.exec(ending)?.[0] ?? '')
  const [all, others] = endings.map(without)
  const [plain, plainOthers] = endings.map(ending => without(/[_.-]\D*$/.exec(ending)?.[0] ?? ''))
  return [[whole, whole], ...number && number === other ? [/** @type {[Reading, Reading]} */ ([all, others])] : [],
    [plain, whole], [whole, plainOthers], [plain, plainOthers], [bare, bare]]
}

/**
 * With the folders that tell them apart. A system may write an accent or a syllable as one letter or as several.
 * @param {readonly Entry[]} entries
 * @returns {Placed[]}
 */
function placed(entries) {
  const parts = entries.map(({ path }) => stemOf(path.normalize()).split('/'))
  const [first = []] = parts
  // The innermost folder may be the other side's, too.
  const least = parts.reduce((former, { length }) => Math.min(former, length - 2), first.length - 2)
  let shared = 0
  while (shared < least && parts.every(part => part[shared] === first[shared])) shared++
  return entries.map((entry, i) =>
    ({ entry, folder: parts[i].slice(shared, -1).join('/'), name: parts[i].at(-1) ?? '' }))
}

/** @param {readonly Entry[]} first @param {readonly Entry[]} second @returns {Matched} of all ways to read the names the one that pairs most */
function match(first, second) {
  const [ones, others] = [placed(first), placed(second)]
  /** @type {Matched | null} */
  let best = null
  for (const [read, readOther] of waysOf(ones, others)) {
    const found = matched(ones.map(each => ({ ...each, name: read(each.name) })),
      others.map(each => ({ ...each, name: readOther(each.name) })))
    if (!best || found.both.length > best.both.length) best = found
    if (best.both.length === Math.min(first.length, second.length)) break
  }
  return best ?? { both: [], alone: [[], []] }
}

/** @param {Placed} placed */
const pathOf = ({ folder, name }) => folder ? `${folder}/${name}` : name

/** @param {readonly Placed[]} list @param {(each: Placed) => string} keyOf @returns {Map<string, Placed[]>} */
function grouped(list, keyOf) {
  const groups = new Map()
  for (const each of list) {
    const group = groups.get(keyOf(each))
    if (group) group.push(each)
    else groups.set(keyOf(each), [each])
  }
  return groups
}

/**
 * Whether files of several names have one without their endings: two nets' masks of one photo. Nothing says which one
 * belongs to a file of that name.
 * @param {readonly Placed[]} [group] files that are called alike
 */
const isMixed = group => new Set(group?.map(({ entry }) => stemOf(entry.path))).size > 1

/** @param {readonly Placed[]} first @param {readonly Placed[]} second @returns {Matched} */
function matched(first, second) {
  const [own, theirs, places] = [first, second, second].map(list => grouped(list, pathOf))
  const [ones, others] = [first, second].map(list => grouped(list, ({ name }) => name))
  const [folders, otherFolders] = [first, second].map(list => new Set(list.map(({ folder }) => folder)))
  // Neither lies in a folder that has a namesake on the other side: that one's files are its partners.
  const mayMeet = (/** @type {Placed} */ one, /** @type {Placed} */ other) =>
    !(one.folder && otherFolders.has(one.folder)) && !(other.folder && folders.has(other.folder))
  /** @type {[Placed, Placed][]} */
  const both = []
  const left = new Set(second)
  const alone = first.filter(one => {
    const [only, ...more] = ones.get(one.name)?.length === 1 ? others.get(one.name) ?? [] : []
    const there = [own, theirs].some(list => isMixed(list.get(pathOf(one)))) ? null : places.get(pathOf(one))?.shift()
    const other = there ?? (only && !more.length && mayMeet(one, only) ? only : null)
    if (!other) return true
    both.push([one, other])
    left.delete(other)
    return false
  })
  const isShort = [ones, others].every(names => [...names.values()].every(({ length }) => length === 1))
    && !alone.some(({ name }) => others.has(name))
  const nameOf = (/** @type {Placed} */ each) => isShort ? each.name : pathOf(each)
  const named = (/** @type {Placed} */ each) =>
    ({ name: [own, theirs].some(list => isMixed(list.get(pathOf(each)))) ? stemOf(each.entry.path) : nameOf(each),
      entry: each.entry })
  return { both: both.map(([one, other]) => ({ name: nameOf(one), first: one.entry, second: other.entry })),
    alone: [alone.map(named), [...left].map(named)] }
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
