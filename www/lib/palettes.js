/** Colours by which data sets paint their label maps, and what they stand for. */
import { ADE20K } from './ade20k.js'

/** @typedef {{id: number, name: string, color: string}} PaletteClass */
/** @typedef {{name: string, title: string, classes: readonly PaletteClass[], unlabelled: readonly string[]}} Palette */

/** @param {readonly number[]} rgb 0..255 */
export const hex = rgb => `#${rgb.map(value => value.toString(16).padStart(2, '0')).join('')}`

/**
 * PASCAL VOC's colour of a class: the bits of its number dealt out to red, green and blue, highest first
 * (Everingham et al., VOC development kit).
 * @param {number} id 0..255
 * @returns {[number, number, number]}
 */
export function vocColor(id) {
  const rgb = [0, 0, 0]
  for (let bit = 0, rest = id; bit < 8; bit++, rest >>= 3) {
    for (const channel of [0, 1, 2]) rgb[channel] |= ((rest >> channel) & 1) << (7 - bit)
  }
  return [rgb[0], rgb[1], rgb[2]]
}

const VOC = ['background', 'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow',
  'diningtable', 'dog', 'horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor']

/** The 19 classes that are measured (Cordts et al., "The Cityscapes Dataset", CVPR 2016). @type {readonly [string, number, number, number][]} */
const CITYSCAPES = [
  ['road', 128, 64, 128], ['sidewalk', 244, 35, 232], ['building', 70, 70, 70], ['wall', 102, 102, 156],
  ['fence', 190, 153, 153], ['pole', 153, 153, 153], ['traffic light', 250, 170, 30], ['traffic sign', 220, 220, 0],
  ['vegetation', 107, 142, 35], ['terrain', 152, 251, 152], ['sky', 70, 130, 180], ['person', 220, 20, 60],
    ['rider', 255, 0, 0],
  ['car', 0, 0, 142], ['truck', 0, 0, 70], ['bus', 0, 60, 100], ['train', 0, 80, 100],
    ['motorcycle', 0, 0, 230], ['bicycle', 119, 11, 32],
]

/** The 11 classes that are usually measured of CamVid, in SegNet's colours (Badrinarayanan, Kendall & Cipolla, 2017). @type {readonly [string, number, number, number][]} */
const CAMVID = [
  ['sky', 128, 128, 128], ['building', 128, 0, 0], ['pole', 192, 192, 128], ['road', 128, 64, 128],
    ['pavement', 60, 40, 222],
  ['tree', 128, 128, 0], ['sign', 192, 128, 128], ['fence', 64, 64, 128], ['car', 64, 0, 128],
    ['pedestrian', 64, 64, 0], ['cyclist', 0, 128, 192],
]

/** @param {readonly [string, number, number, number][]} list */
const listed = list => list.map(([name, ...rgb], id) => ({ id, name, color: hex(rgb) }))

/** @type {readonly Palette[]} */
export const PALETTES = [
  {
    name: 'voc', title: 'PASCAL VOC', classes: VOC.map((name, id) => ({ id, name, color: hex(vocColor(id)) })),
    unlabelled: [hex(vocColor(255))],
  },
  { name: 'cityscapes', title: 'Cityscapes', classes: listed(CITYSCAPES), unlabelled: ['#000000'] },
  { name: 'camvid', title: 'CamVid', classes: listed(CAMVID), unlabelled: ['#000000'] },
  { name: 'ade20k', title: 'ADE20K', classes: listed(ADE20K), unlabelled: ['#000000'] },
]

/**
 * The palette's classes by id, as many as wanted; those it doesn't have are grey and named by their id.
 * @param {Palette | null | undefined} palette
 * @param {number} count
 */
export const classesOf = (palette, count) =>
  Array.from({ length: count }, (_, id) => palette?.classes[id] ?? { id, name: String(id), color: '#808080' })
