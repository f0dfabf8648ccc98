/**
 * What the values of a grey label map stand for, where a data set writes it into its files' names:
 * Cityscapes' `_labelIds` (34 ids) and `_labelTrainIds` (the 19 that are measured; cityscapesScripts, labels.py), and
 * ADE20K's scene parsing maps (`ADE_val_00000001`: 0 is not labelled, then 150 classes counted from 1).
 */
import { VOID } from '../../../lib/metrics.js'
import { PALETTES } from '../../../lib/palettes.js'
import { nameIn } from '../../common/files/files.js'

/** @typedef {'labelIds' | 'labelTrainIds' | 'ade' | ''} Coding '': the names don't say */

/** Of the 34 ids those with a train id; all others are void. @type {readonly [id: number, train: number][]} */
const TRAIN = [[7, 0], [8, 1], [11, 2], [12, 3], [13, 4], [17, 5], [19, 6], [20, 7], [21, 8],
  [22, 9], [23, 10], [24, 11], [25, 12],
  [26, 13], [27, 14], [28, 15], [31, 16], [32, 17], [33, 18]]

/** @param {readonly (readonly [from: number, to: number])[]} pairs @returns {Uint8Array<ArrayBuffer>} by value, void where none is said */
function table(pairs) {
  const ids = new Uint8Array(256).fill(VOID)
  for (const [from, to] of pairs) ids[from] = to
  return ids
}

/** @type {Readonly<Record<Exclude<Coding, ''>, {file: RegExp, palette: string, ids: Uint8Array<ArrayBuffer>}>>} */
const CODINGS = {
  labelIds: { file: /_labelIds\.png$/i, palette: 'cityscapes', ids: table(TRAIN) },
  labelTrainIds: { file: /_labelTrainIds\.png$/i, palette: 'cityscapes', ids: table(TRAIN.map(([, id]) => [id, id])) },
  ade: { file: /^ADE_(train|val|test)_\d+\.png$/i, palette: 'ade20k',
    ids: table(Array.from({ length: 150 }, (_, id) => [id + 1, id])) },
}

const NAMES = /** @type {readonly Exclude<Coding, ''>[]} */ (Object.keys(CODINGS))

/** @param {readonly string[]} paths of label maps @returns {Coding} what all of them are named by */
export function codingOf(paths) {
  const [first] = paths
  if (first === undefined) return ''
  const coding = NAMES.find(name => CODINGS[name].file.test(nameIn(first)))
  return coding && paths.every(path => CODINGS[coding].file.test(nameIn(path))) ? coding : ''
}

/** @param {Coding} coding @returns {{ids: Uint8Array<ArrayBuffer>, palette: import('../../../lib/palettes.js').Palette} | null} ids: by value */
export function decoding(coding) {
  if (!coding) return null
  const { ids, palette } = CODINGS[coding]
  const found = PALETTES.find(({ name }) => name === palette)
  return found ? { ids, palette: found } : null
}

/**
 * A map of values as one of the classes that they stand for; one with colours is left as it is.
 * @param {import('../masks/read.js').LabelMap} map
 * @param {Coding} coding
 * @returns {import('../masks/read.js').LabelMap}
 */
export function decoded(map, coding) {
  const known = decoding(coding)
  if (!known || map.readings.length !== 1 || map.readings[0].palette) return map
  return { ...map, readings: [{ values: map.readings[0].values.map(value => known.ids[value]),
    palette: known.palette }] }
}
