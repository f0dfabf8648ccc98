/**
 * Which files of one folder are photos, which truths, which predictions: by its folders' names, as PASCAL VOC, Cityscapes,
 * ADE20K and most others have them, else by what the files' names end with. Folders of masks or labels are truths, but
 * predictions beside truths that are called so. What was understood is told.
 */
import { PNG, nameIn, stemOf, within } from '../../common/files/files.js'
import { ANNOTATION, MASK, NET, PREDICTION, TRUTH, bare } from './names.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {'photos' | 'truths' | 'predictions'} Side */
/** `masks`: truths or predictions, as the other folders have it. @typedef {Side | 'masks' | 'aside'} Kind */
/** So many files lie in folders of that name, and are taken for that side's. @typedef {{side: Side, folder: string, count: number}} Told */
/** So many files of that kind are left aside. @typedef {{what: string, count: number}} Aside */
/**
 * A file in a folder that says what it is; `place`: that folder's path.
 * @typedef {Entry & {kind: Kind, folder: string, place: string}} Found
 */

/**
 * @typedef {object} Layout
 * @property {Record<Side, Entry[]>} sides paths without the folder that says which side it is
 * @property {Entry[]} rest files of which nothing is known
 * @property {Told[]} told
 * @property {Aside[]} aside
 * @property {string[]} unclear folders that would be the same side, with files of the same names
 */

/** Names of folders, with what they tell; the first that fits counts. @type {readonly [Kind, RegExp][]} */
const FOLDERS = /** @type {[Kind, string][]} */ ([
  // Single things, not classes.
  ['aside', '^segmentationobject$'],
  ['photos', '^(jpegimages|leftimg8bit|images?|imgs?|photos?|pictures?|rgb)$'],
  ['truths', `^(segmentationclass\\w*|gtfine|gtcoarse|${ANNOTATION})$|(^|[-_ ])(${TRUTH})$`],
  ['predictions', `^(pred|output|result|out$)|(^|[-_ ])(${PREDICTION})$|예측`],
  ['predictions', `^(${NET}|net|model|baseline|ours)[\\w.-]*[-_ ](${MASK})$`],
  ['truths', `^(${TRUTH})[-_ ]|annot$|[-_ ](${ANNOTATION})$|정답`],
  ['masks', `(^|[-_ ])(${MASK})$`],
]).map(([kind, names]) => [kind, new RegExp(names, 'i')])

/** As they are told. @type {readonly Side[]} */
const ORDER = ['photos', 'truths', 'predictions']

/** Cityscapes writes a truth five times. */
const CITYSCAPES = /_(labelTrainIds|labelIds|color|instanceTrainIds|instanceIds)\.png$/
const CITY_PHOTO = /_leftImg8bit\.\w+$/
/** Names of maps that lie beside their photos. */
const TRUTH_FILE = new RegExp(`[-_.](${TRUTH}|${ANNOTATION}|${MASK})\\.png$`, 'i')
const PREDICTION_FILE = new RegExp(`[-_.](${PREDICTION})\\.png$`, 'i')

/** Thousands of files lie in a few folders. @type {Map<string, Kind | null>} */
const known = new Map()

/** @param {string} folder @returns {Kind | null} */
function kindOf(folder) {
  if (!known.has(folder)) known.set(folder, FOLDERS.find(([, names]) => names.test(folder))?.[0] ?? null)
  return known.get(folder) ?? null
}

/**
 * @param {readonly Entry[]} given with their whole paths
 * @returns {Layout}
 */
export function layoutOf(given) {
  // Some systems write a syllable's letters one by one.
  const entries = given.map(({ file, path }) => ({ file, path: path.normalize() }))
  /** @type {Layout} */
  const layout = { sides: { photos: [], truths: [], predictions: [] }, rest: [], told: [], aside: [], unclear: [] }
  const found = foundIn(entries, layout)
  const has = (/** @type {Kind} */ kind) => found.some(each => each.kind === kind)
  const masks = has('truths') && !has('predictions') ? 'predictions' : 'truths'
  for (const side of ORDER) {
    const all = found.filter(({ kind }) => (kind === 'masks' ? masks : kind) === side)
    const kept = side === 'photos' ? all : onlyIds(all, layout.aside)
    const unclear = side === 'photos' ? [] : alike(kept)
    layout.unclear.push(...unclear)
    if (unclear.length) continue
    layout.sides[side] = kept.map(({ file, path }) => ({ file, path }))
    /** @type {Map<string, Told>} */
    const told = new Map()
    for (const { folder } of kept) told.set(folder, { side, folder, count: (told.get(folder)?.count ?? 0) + 1 })
    layout.told.push(...told.values())
  }
  // Unknown folders may become a side each.
  const ids = [...partsOf(layout.rest).values()].flatMap(part => onlyIds(part, layout.aside))
  const files = new Set(ids.map(({ file }) => file))
  layout.rest = layout.rest.filter(({ file }) => files.has(file))
  if (!found.length) byEnding(layout)
  return joined(layout)
}

/**
 * @param {readonly Entry[]} entries
 * @param {Layout} layout is told what is put aside, and of what nothing is known
 * @returns {Found[]}
 */
function foundIn(entries, layout) {
  const seen = entries.map(entry => {
    const folders = entry.path.split('/').slice(0, -1)
    const kinds = folders.map(kindOf)
    const at = kinds.findLastIndex(kind => kind)
    // `output/labels`: masks are what a folder around them says.
    const outer = kinds[at] === 'masks' ? kinds.findLastIndex(kind => kind === 'truths' || kind === 'predictions') : -1
    return { entry, folders, kinds, at, outer }
  })
  // A folder around everything says nothing, unless all that is in it is masks.
  const [first] = seen
  const shared = seen.reduce((least, { folders }) => {
    const other = folders.slice(0, least).findIndex((folder, i) => folder !== first.folders[i])
    return other < 0 ? Math.min(least, folders.length) : other
  }, first?.folders.length ?? 0)
  const isMasks = seen.every(({ kinds, at }) => kinds[at] === 'masks')
  return seen.flatMap(({ entry: { file, path }, folders, kinds, at, outer: around }) => {
    const outer = isMasks || around >= shared ? around : -1
    const kind = kinds[outer < 0 ? at : outer]
    const folder = folders.filter((_, i) => i === at || i === outer).join('/')
    // A JPEG changes ids, so it is no label map.
    const isAside = kind === 'aside' || (kind && kind !== 'photos' && !PNG.test(path))
    if (isAside) count(layout.aside, kind === 'aside' ? folder : `${folder}/*.${path.split('.').at(-1)}`)
    else if (!kind) layout.rest.push({ file, path })
    return !kind || isAside ? [] : [{ file, kind, folder, place: folders.slice(0, at + 1).join('/'),
      path: [...folders.filter((_, i) => i !== at && i !== outer), nameIn(path)].join('/') }]
  })
}

/** @param {readonly Found[]} found of one side @returns {string[]} its folders that have files of the same names */
function alike(found) {
  /** @type {Map<string, Found>} */
  const names = new Map()
  const folders = new Set()
  for (const each of found) {
    const name = bare(stemOf(each.path))
    const former = names.get(name) ?? each
    names.set(name, former)
    if (former.place !== each.place) folders.add(former.folder).add(each.folder)
  }
  return [...folders]
}

/**
 * @param {readonly Entry[]} entries
 * @returns {Map<string, Entry[]>} by the first folder that not all of them lie in, paths from there on
 */
export function partsOf(entries) {
  let inner = within(entries)
  for (let outer = entries; inner[0]?.path !== outer[0]?.path; inner = within(inner)) outer = inner
  /** @type {Map<string, Entry[]>} */
  const parts = new Map()
  for (const entry of inner) {
    const top = entry.path.split('/').slice(0, -1)[0] ?? ''
    parts.set(top, parts.get(top) ?? [])
    parts.get(top)?.push(entry)
  }
  return parts
}

/** @param {Aside[]} list @param {string} what */
function count(list, what) {
  const former = list.find(each => each.what === what)
  if (former) former.count++
  else list.push({ what, count: 1 })
}

/**
 * Where no folder says anything, a mask may lie beside its photo (`a.jpg`, `a.png`; `a.png`, `a_mask.png`), or a truth
 * beside its prediction (`a_gt.png`, `a_pred.png`).
 * @param {Layout} layout
 */
function byEnding(layout) {
  const predictions = layout.rest.filter(({ path }) => PREDICTION_FILE.test(path))
  const all = layout.rest.filter(({ path }) => !PREDICTION_FILE.test(path))
  const city = all.filter(({ path }) => CITYSCAPES.test(path))
  const pngs = all.filter(({ path }) => PNG.test(path))
  const marked = pngs.filter(({ path }) => TRUTH_FILE.test(path))
  const truths = city.length ? city : pngs.length < all.length ? pngs : marked
  const others = new Set(truths)
  const photos = all.filter(entry => city.length ? CITY_PHOTO.test(entry.path) : !others.has(entry))
  if (!predictions.length && !(truths.length && photos.length)) return
  // Beside predictions alone it is a photo or a truth, as is wanted.
  const isKnown = truths.length > 0
  layout.sides = { photos: isKnown ? photos : [], truths, predictions }
  layout.rest = isKnown ? [] : all
  layout.told = ORDER.flatMap(side => layout.sides[side].length
    ? [{ side, folder: '', count: layout.sides[side].length }] : [])
}

/**
 * Of Cityscapes' maps of one truth the one whose values are class ids.
 * @template {Entry} T
 * @param {readonly T[]} entries of one side
 * @param {Aside[]} [aside] is told of the others
 * @returns {readonly T[]}
 */
export function onlyIds(entries, aside = []) {
  const kindOf = (/** @type {Entry} */ { path }) => CITYSCAPES.exec(path)?.[1] ?? ''
  const trained = entries.filter(entry => kindOf(entry) === 'labelTrainIds').length
  const plain = entries.filter(entry => kindOf(entry) === 'labelIds').length
  if (!trained && !plain) return entries
  const wanted = trained >= plain ? 'labelTrainIds' : 'labelIds'
  return entries.filter(entry => {
    const kind = kindOf(entry)
    if (!kind || kind === wanted) return true
    count(aside, `_${kind}`)
    return false
  })
}

/** The sides' paths without the folder that all of them lie in. @param {Layout} layout @returns {Layout} */
function joined(layout) {
  const { photos, truths, predictions } = layout.sides
  const all = within([...photos, ...truths, ...predictions])
  const [first, second] = [photos.length, photos.length + truths.length]
  layout.aside.sort((a, b) => a.what < b.what ? -1 : 1)
  return { ...layout, sides: { photos: all.slice(0, first), truths: all.slice(first, second),
    predictions: all.slice(second) } }
}
