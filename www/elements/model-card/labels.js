/**
 * What a classifier's model.json says of its labels, checked field by field like the rest of a card (card.js).
 *
 * Of each split: labels of crops, `score`, and maps of whole photos, `map`, whose cells are compared with the pixel in
 * the window's middle (centre), with the class of most of its pixels (majority) and with the label that training would
 * have given it (label).
 */
import { list, number, record, square } from '../../lib/fields.js'

/** @typedef {import('../../engine/protocol.js').Manifest} Manifest */

/**
 * Accuracies 0..1; `size`: as the file says it.
 * @typedef {Record<'photos' | 'centre' | 'majority' | 'label', number | null> & {size: string}} MapScores
 */

/**
 * A classifier on a split; accuracies 0..1.
 * @typedef {object} LabelSplit
 * @property {string} name
 * @property {number | null} crops
 * @property {number | null} photos
 * @property {number} accuracy of the crops
 * @property {Record<string, Record<'accuracy' | 'photos', number | null>>} classes by English name; `photos`: that the
 *   crops come from
 * @property {number[][] | null} confusion crops; rows truth, columns prediction
 * @property {MapScores[]} maps
 */

/** A validation. @typedef {{step: number, trainLoss: number | null, accuracy: number | null}} LabelPoint */

/**
 * @param {string} name
 * @param {unknown} entry
 * @param {Manifest} manifest
 * @returns {LabelSplit | null} null where nothing was measured
 */
export function readLabels(name, entry, { config, classes }) {
  const split = record(entry)
  const scores = record(split[config.variants[0]])
  const accuracy = number(scores['accuracy'])
  if (accuracy === null) return null
  const [own, photos] = [record(scores['class_accuracy']), record(scores['class_photos'])]
  return {
    name, crops: number(split['crops']), photos: number(split['photos']), accuracy,
    classes: Object.fromEntries(classes.map(({ name }) =>
      [name, { accuracy: number(own[name]), photos: number(photos[name]) }])),
    confusion: square(scores['confusion'], classes.length),
    maps: Object.entries(record(split['map'])).map(([size, value]) => {
      const of = (/** @type {string} */ truth) => number(record(record(value)[truth])['accuracy'])
      const counted = number(record(value)['photos'])
      return { size, photos: counted, centre: of('centre'), majority: of('majority'), label: of('label') }
    }).sort(bySize),
  }
}

/** The photos' own size first, then small to large. @param {MapScores} a @param {MapScores} b */
function bySize(a, b) {
  return (Number(a.size) || 0) - (Number(b.size) || 0)
}

/**
 * @param {unknown} curves
 * @param {Manifest} manifest
 * @returns {LabelPoint[]} by step
 */
export function readLabelCurves(curves, { config }) {
  return list(curves).flatMap(entry => {
    const point = record(entry)
    const step = number(point['step'])
    const accuracy = number(record(point[config.variants[0]])['accuracy'])
    return step === null || accuracy === null ? [] : [{ step, trainLoss: number(point['train_loss']), accuracy }]
  }).sort((a, b) => a.step - b.step)
}
