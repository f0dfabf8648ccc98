/**
 * Which files of one folder are photos, which truths, which predictions: by its folders' names, as PASCAL VOC, Cityscapes,
 * ADE20K and most others have them, else by what the files' names end with. What was understood is told.
 */
import { PNG, nameIn, within } from '../../common/files/files.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {'photos' | 'truths' | 'predictions'} Side */
/** So many files lie in folders of that name, and are taken for that side's. @typedef {{side: Side, folder: string, count: number}} Told */
/** So many files of that kind are left aside. @typedef {{what: string, count: number}} Aside */

/**
 * @typedef {object} Layout
 * @property {Record<Side, Entry[]>} sides paths without the folder that says which side it is
 * @property {Entry[]} rest files of which nothing is known
 * @property {Told[]} told
 * @property {Aside[]} aside
 */

/** Names of folders, small, with the side that they tell; the innermost counts. @type {readonly [Side | 'aside', RegExp][]} */
const FOLDERS = [
  // Single things, not classes.
  ['aside', /^segmentationobject$/],
  ['photos', /^(jpegimages|leftimg8bit|images?|imgs?|photos?|pictures?|rgb)$/],
  ['truths',
    /^(segmentationclass\w*|gtfine|gtcoarse|gts?|ground[-_ ]?truths?|truths?|annotations?|labels?|masks?|targets?|segmentations?)$/],
  ['predictions', /^(predictions?|preds?|results?|outputs?)$/],
  ['truths', /(annot|[-_](gt|labels?|masks?|truths?|annotations?))$/],
  ['predictions', /[-_](predictions?|preds?|results?|outputs?)$/],
]

/** As they are told. @type {readonly Side[]} */
const ORDER = ['photos', 'truths', 'predictions']

/** Cityscapes writes a truth five times. */
const CITYSCAPES = /_(labelTrainIds|labelIds|color|instanceTrainIds|instanceIds)\.png$/
const CITY_PHOTO = /_leftImg8bit\.\w+$/
/** Names of masks that lie beside their photos. */
const MASK = /[-_.](masks?|labels?|gt|truths?|annotations?|segmentations?)\.png$/i

/** Thousands of files lie in a few folders. @type {Map<string, Side | 'aside' | null>} */
const known = new Map()

/** @param {string} folder @returns {Side | 'aside' | null} */
function sideOf(folder) {
  if (!known.has(folder)) known.set(folder, FOLDERS.find(([, names]) => names.test(folder.toLowerCase()))?.[0] ?? null)
  return known.get(folder) ?? null
}

/**
 * @param {readonly Entry[]} entries with their whole paths
 * @returns {Layout}
 */
export function layoutOf(entries) {
  const { kept, aside } = onlyIds(entries)
  /** @type {Layout} */
  const layout = { sides: { photos: [], truths: [], predictions: [] }, rest: [], told: [], aside }
  /** By side and folder. @type {Map<string, Told>} */
  const told = new Map()
  for (const entry of kept) {
    const folders = entry.path.split('/').slice(0, -1)
    const at = folders.findLastIndex(folder => sideOf(folder))
    const side = at < 0 ? null : sideOf(folders[at])
    if (side === 'aside') count(layout.aside, folders[at])
    // A JPEG changes ids, so it is no label map.
    else if (side && side !== 'photos' && !PNG.test(entry.path)) count(layout.aside,
      `${folders[at]}/*.${entry.path.split('.').at(-1)}`)
    else if (side) {
      layout.sides[side].push({ file: entry.file,
        path: [...folders.slice(0, at), ...folders.slice(at + 1), nameIn(entry.path)].join('/') })
      const key = `${side}/${folders[at]}`
      const former = told.get(key)
      if (former) former.count++
      else told.set(key, { side, folder: folders[at], count: 1 })
    } else layout.rest.push(entry)
  }
  layout.told = ORDER.flatMap(side => [...told.values()].filter(each => each.side === side))
  if (!layout.told.length) byEnding(layout)
  return joined(layout)
}

/** @param {Aside[]} list @param {string} what */
function count(list, what) {
  const former = list.find(each => each.what === what)
  if (former) former.count++
  else list.push({ what, count: 1 })
}

/** Where no folder says anything, a mask may lie beside its photo: `a.jpg`, `a.png`; `a.png`, `a_mask.png`. @param {Layout} layout */
function byEnding(layout) {
  const all = layout.rest
  const city = all.filter(({ path }) => CITYSCAPES.test(path))
  const pngs = all.filter(({ path }) => PNG.test(path))
  const marked = pngs.filter(({ path }) => MASK.test(path))
  const truths = city.length ? city : pngs.length < all.length ? pngs : marked
  const others = new Set(truths)
  const photos = all.filter(entry => city.length ? CITY_PHOTO.test(entry.path) : !others.has(entry))
  if (!truths.length || !photos.length) return
  layout.sides.truths = truths
  layout.sides.photos = photos
  layout.rest = []
  layout.told = [{ side: 'photos', folder: '', count: photos.length },
    { side: 'truths', folder: '', count: truths.length }]
}

/**
 * Of Cityscapes' maps of one truth the one whose values are class ids.
 * @param {readonly Entry[]} entries
 * @returns {{kept: readonly Entry[], aside: Aside[]}}
 */
export function onlyIds(entries) {
  const kindOf = (/** @type {Entry} */ { path }) => CITYSCAPES.exec(path)?.[1] ?? ''
  const trained = entries.filter(entry => kindOf(entry) === 'labelTrainIds').length
  const plain = entries.filter(entry => kindOf(entry) === 'labelIds').length
  if (!trained && !plain) return { kept: entries, aside: [] }
  const wanted = trained >= plain ? 'labelTrainIds' : 'labelIds'
  /** @type {Aside[]} */
  const aside = []
  const kept = entries.filter(entry => {
    const kind = kindOf(entry)
    if (!kind || kind === wanted) return true
    count(aside, `_${kind}`)
    return false
  })
  return { kept, aside }
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
