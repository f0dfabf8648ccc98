/**
 * A truth's classes as a model's: by name, and where a model's class is made of several ("animal" of cat, dog and cow), by
 * what it includes, or by what is a kind of what. What has no class in the model is left out, and told.
 */
import { VOID } from '../../../lib/metrics.js'
import { PALETTES } from '../../../lib/palettes.js'

/** @typedef {{id: number, name: string, includes?: unknown}} ModelClass */

/** Whose ids: the model's, a palette's by name, or ADE20K's as its files have them, counted from 1. @typedef {string} IdsOf */

/** ADE20K's files count from 1: 0 is what isn't labelled. */
export const FROM_1 = 'ade20k_from_1'

/** @type {readonly IdsOf[]} */
export const IDS = ['model', ...PALETTES.map(({ name }) => name), FROM_1]

/**
 * What is a kind of what, among the names of known data sets. Not what is only near: a data set's "background" is whatever
 * it hasn't named, which a model may well name.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const KINDS = {
  animal: ['bear', 'bird', 'cat', 'cow', 'dog', 'elephant', 'giraffe', 'horse', 'sheep', 'zebra'],
  vehicle: ['aeroplane', 'airplane', 'boat', 'bus', 'car', 'minibike', 'motorbike', 'motorcycle',
    'ship', 'train', 'truck', 'van'],
  person: ['pedestrian', 'rider'],
  furniture: ['armchair', 'bed', 'bench', 'bookcase', 'cabinet', 'chair', 'coffeetable',
    'couch', 'desk', 'diningtable', 'sofa', 'swivelchair', 'table', 'wardrobe'],
  food: ['apple', 'banana', 'broccoli', 'cake', 'carrot', 'donut', 'hotdog', 'orange', 'pizza', 'sandwich'],
  building: ['house', 'skyscraper'],
  water: ['lake', 'river', 'sea'],
  plant: ['flower', 'palm', 'pottedplant', 'vegetation', 'tree'],
}

/** Names that differ in spelling alone are the same. @param {string} name */
const plain = name => name.toLowerCase().replace(/[\s_-]+/g, '')

/**
 * @param {readonly string[]} names of the truth's classes, by value
 * @param {readonly ModelClass[]} classes the model's
 * @returns {(number | null)[]} the model's class for each; null: it has none
 */
export function classMap(names, classes) {
  const own = new Map(classes.map(({ id, name }) => [plain(name), id]))
  const parts = new Map(classes.flatMap(({ id, includes }) =>
    Array.isArray(includes) ? includes.filter(part => typeof part === 'string').map(part =>
      /** @type {[string, number]} */ ([plain(part), id])) : []))
  const kinds = new Map(Object.entries(KINDS).flatMap(([kind, names]) =>
    names.map(name => /** @type {const} */ ([plain(name), kind]))))
  return names.map(name => {
    const key = plain(name)
    const named = own.get(key)
    if (named !== undefined || key === 'background') return named ?? null
    return parts.get(key) ?? own.get(kinds.get(key) ?? '') ?? null
  })
}

/**
 * @param {Uint8Array} values of a truth
 * @param {readonly (number | null)[]} map
 * @returns {{values: Uint8Array<ArrayBuffer>, left: number}} in the model's ids, void where there is none; left: pixels of
 *   classes that the model hasn't got
 */
export function mapped(values, map) {
  let left = 0
  const out = Uint8Array.from(values, value => {
    if (value === VOID) return VOID
    const id = map[value] ?? null
    if (id === null) left++
    return id ?? VOID
  })
  return { values: out, left }
}
