/**
 * What a model.json says beyond what the engine needs, checked field by field: anybody may have
 * written it. What is missing or malformed is left out of the card.
 */
import { isClassifier } from '../common/model/list.js'
import { readCurves } from '../../lib/curves.js'
import { className } from '../../lib/i18n.js'
import { list, number, record, spoken, square, text } from '../../lib/fields.js'
import { readLabelCurves, readLabels } from './labels.js'
import { readNet, readTraining } from './recipe.js'
import { readReliability } from './reliability.js'

/** @typedef {import('../../engine/protocol.js').Manifest} Manifest */
/** @typedef {import('../../engine/protocol.js').ModelClass} ModelClass */
/** @typedef {import('../../lib/curves.js').Point} Point */
/** @typedef {import('../../lib/i18n.js').Language} Language */

/**
 * A head on a split; 0..1.
 * @typedef {object} HeadScores
 * @property {string} head
 * @property {number | null} pixelAccuracy
 * @property {number | null} meanAccuracy
 * @property {number | null} miou
 * @property {number | null} frequencyWeightedIou
 * @property {Record<string, number | null>} iou by the class's English name
 * @property {number[][] | null} confusion pixels; rows truth, columns prediction
 */

/** @typedef {{name: string, photos: number | null, heads: HeadScores[]}} Split */

/** @typedef {{text: string, picture: string | null, alt: string, credit: string}} Failure */

/**
 * @typedef {object} Card
 * @property {string} title
 * @property {string} description
 * @property {(ModelClass & {includes: string[]})[]} classes
 * @property {string} terms of the weights
 * @property {{name: string, terms: string}[]} data
 * @property {string} provenance
 * @property {string} teacher
 * @property {{url: string, bytes: number} | null} weights null for a person's own, which aren't on the site
 * @property {boolean} isUntold nothing is said of its training: no data, no account, no scores
 * @property {string} intended what it is for
 * @property {import('./recipe.js').Net} net
 * @property {import('./recipe.js').Training} training
 * @property {string[]} variants none for a classifier, which has but its score
 * @property {string} note on the metrics
 * @property {Split[]} splits
 * @property {import('./reliability.js').Reliability | null} reliability
 * @property {Point[]} curves
 * @property {boolean} isClassifier then there are `labels` in place of `splits`
 * @property {import('./labels.js').LabelSplit[]} labels
 * @property {import('./labels.js').LabelPoint[]} labelCurves
 * @property {Failure[]} failures
 * @property {string[]} neverSeen
 * @property {number | null} seed
 * @property {boolean} warmStart whether training began with weights of another training
 */

/**
 * @param {Manifest} manifest checked by engine/formats/manifest.js
 * @param {string | null} url its address; null for a person's own model
 * @param {Language} language
 * @returns {Card}
 */
export function readCard(manifest, url, language) {
  const all = record(manifest)
  const metrics = record(all['metrics'])
  const license = record(all['license'])
  const teacher = record(all['teacher'])
  const [file] = manifest.files
  const labelled = isClassifier(manifest)
  const say = (/** @type {unknown} */ value) => spoken(value, language)
  const data = list(all['data']).map(entry =>
    ({ name: say(record(entry)['name']), terms: say(record(entry)['terms']) }))
    .filter(({ name }) => name)
  const provenance = spoken(all['provenance'], language)
  const splits = ['val', 'test'].flatMap(name => {
    const split = readSplit(name, record(metrics[name]), manifest)
    return split.heads.length ? [split] : []
  })
  const labels = labelled ? ['val', 'test'].flatMap(name => readLabels(name, metrics[name], manifest) ?? []) : []
  const curves = readCurves(all['curves'])
  return {
    title: spoken(manifest.title, language) || manifest.name,
    description: spoken(all['description'], language),
    classes: manifest.classes.map(each =>
      ({ ...each, includes: list(record(each)['includes']).map(text).filter(Boolean) })),
    terms: text(license[language === 'en' ? 'weights' : language]) || text(license['weights']),
    data,
    provenance,
    teacher: ['name', 'pretrained', 'terms'].map(key => say(teacher[key])).filter(Boolean).join('; '),
    weights: url === null ? null : { url: new URL(file.path, url).href, bytes: file.bytes },
    isUntold: !data.length && !provenance && !splits.length && !labels.length && !curves.length,
    intended: spoken(all['intendedUse'], language),
    net: readNet(manifest),
    training: readTraining(all['recipe']),
    variants: labelled ? [] : manifest.config.variants,
    note: spoken(metrics['note'], language),
    splits,
    reliability: labelled ? null : readReliability(all['calibration'], manifest.config.variants),
    curves,
    isClassifier: labelled,
    labels,
    labelCurves: labelled ? readLabelCurves(all['curves'], manifest) : [],
    failures: list(all['knownFailures']).map(entry => readFailure(entry, url, language)).filter(({ text }) => text),
    neverSeen: list(all['neverSeen']).map(entry => spoken(entry, language)).filter(Boolean),
    seed: number(all['seed']),
    warmStart: Boolean(record(record(all['recipe'])['net'])['warm_start']),
  }
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} entry
 * @param {Manifest} manifest
 * @returns {Split}
 */
function readSplit(name, entry, { config, classes }) {
  const heads = config.variants.flatMap(head => {
    const scores = record(entry[head])
    if (number(scores['miou']) === null) return []
    /** @type {Record<string, number | null>} */
    const iou = {}
    for (const { name } of classes) if (name in record(scores['iou'])) iou[name] = number(record(scores['iou'])[name])
    return [{
      head, pixelAccuracy: number(scores['pixel_accuracy']), meanAccuracy: number(scores['mean_accuracy']),
      miou: number(scores['miou']),
      frequencyWeightedIou: number(scores['fw_iou']), iou, confusion: square(scores['confusion'], classes.length),
    }]
  })
  return { name, photos: number(entry['photos']), heads }
}

/**
 * @param {unknown} entry `{en, ko, picture, alt: {en, ko}, credit}`, or a text
 * @param {string | null} url the manifest's: pictures lie beside it
 * @param {Language} language
 * @returns {Failure}
 */
function readFailure(entry, url, language) {
  const { picture, alt, credit } = record(entry)
  const address = url !== null && text(picture) ? new URL(text(picture), url) : null
  // A picture from elsewhere would tell that elsewhere who reads this.
  const isHere = address && address.origin === new URL(url ?? '').origin && /^https?:$/.test(address.protocol)
  return {
    text: spoken(entry, language),
    picture: isHere ? address.href : null,
    alt: spoken(alt, language), credit: text(credit),
  }
}

/**
 * Classes by the part that they take of a split's labelled pixels.
 * @param {Split} split
 * @param {readonly ModelClass[]} classes
 * @returns {{name: string, share: number}[]} empty without a confusion matrix
 */
export function classShares({ heads }, classes) {
  const matrix = heads.find(({ confusion }) => confusion)?.confusion
  if (!matrix) return []
  const sums = matrix.map(row => row.reduce((sum, count) => sum + count, 0))
  const all = sums.reduce((sum, count) => sum + count, 0)
  return all ? classes.map(({ name }, i) => ({ name, share: sums[i] / all })) : []
}

/**
 * A class's name by its English one.
 * @param {readonly ModelClass[]} classes
 * @param {string} name
 * @param {Language} language
 */
export function classLabel(classes, name, language) {
  const found = classes.find(each => each.name === name)
  return found ? className(found, language) : name
}
