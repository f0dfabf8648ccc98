/** How two label maps are read together: their ids must mean the same classes. */
import { FcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { PALETTES, hex } from '../../../lib/palettes.js'
import { MOST_OWN, OWN, ownPalette, readingsOfGrey } from './colours.js'

/** @typedef {import('./read.js').LabelMap} LabelMap */
/** @typedef {import('./colours.js').Reading} Reading */
/** @typedef {import('./read.js').Values} Values */
/** @typedef {import('../../../lib/palettes.js').Palette} Palette */
/**
 * `isMatched`: whether classes are those of one colour, whatever their numbers.
 * @typedef {{truth: Values, prediction: Values, palette: Palette | null, isMatched: boolean}} Together
 */

/** @param {string} kind @param {string} message @param {Record<string, unknown>} [details] */
const refused = (kind, message, details = {}) => new FcnError('invalid_input', message, { kind, ...details })

/**
 * @param {LabelMap} truth
 * @param {LabelMap} prediction
 * @param {string} [wanted] the palette that colours of several data sets are of; '': nothing says so
 * @returns {Together}
 * @throws {FcnError} invalid_input; `details.kind`: pair_sizes, pair_palettes, pair_palette, pair_other, pair_own,
 *   label_own, pair_colour or pair_colour_twice
 */
export function together(truth, prediction, wanted = '') {
  if (truth.width !== prediction.width || truth.height !== prediction.height) {
    const size = (/** @type {LabelMap} */ { width, height }) => `${width}×${height}`
    throw refused('pair_sizes', `${size(truth)} and ${size(prediction)} pixels`,
      { truth: size(truth), prediction: size(prediction) })
  }
  const truths = readingsBeside(truth, prediction, wanted)
  const predictions = readingsBeside(prediction, truth, wanted)
  const [[first], [other]] = [truths, predictions]
  if (isOwn(first)) return byColour(first, other)
  const pairs = truths.flatMap(a => predictions.map(b => ({ a, b })))
  const same = pairs.filter(({ a, b }) => a.palette && a.palette.name === b.palette?.name)
  const matched = same.length ? [] : truths.flatMap(a => matchedTo(a, other) ?? [])
  if (isOwn(other) && !matched.length) throw unknownColours()
  // A plain map of ids takes the other's names; of two with colours both have to be of one palette.
  const plain = (same.length ? same : pairs.filter(({ a, b }) => !a.palette || !b.palette))
    .map(({ a, b }) =>
      ({ truth: a.values, prediction: b.values, palette: a.palette ?? b.palette, isMatched: false }))
  const ways = matched.length ? matched : plain
  const titles = (/** @type {readonly (Palette | null)[]} */ palettes) =>
    palettes.flatMap(palette => palette ? [palette.title] : []).join(', ')
  if (!ways.length) {
    const said = (/** @type {readonly Reading[]} */ readings) => titles(readings.map(({ palette }) => palette))
    throw refused('pair_palettes', 'the colours of the two maps are of different data sets',
      { truth: said(truths), prediction: said(predictions) })
  }
  if (ways.length === 1) return ways[0]
  const found = ways.find(({ palette }) => palette?.name === wanted)
  if (found) return found
  const list = titles(ways.map(({ palette }) => palette))
  if (wanted) throw refused('pair_other', `${list}, not ${wanted}`, { palette: list, first: titleOf(wanted) })
  throw refused('pair_palette', `the colours are in several palettes: ${list}`, { list })
}

/** @param {string} wanted a palette's name */
export const titleOf = wanted => PALETTES.find(({ name }) => name === wanted)?.title ?? wanted

/** @param {Reading} reading */
const isOwn = ({ palette }) => palette?.name === OWN
const unknownColours = () => refused('pair_own', 'nothing says which id has which colour')

/**
 * What a map may be beside another. Grey in three channels is ids, or colours: where an indexed map has them all in its
 * palette; where the other map is of a data set with such colours, and also holds colours or its ids can't be these
 * values; or where the palette is known.
 * @param {LabelMap} map
 * @param {LabelMap} other
 * @param {string} wanted
 * @returns {readonly Reading[]}
 */
function readingsBeside({ readings, isWide }, other, wanted) {
  const [{ values, palette }] = readings
  if (!isWide || palette) return readings
  const theirs = other.kind === 'indexed' ? other.readings[0].colors : undefined
  const greys = Array.from({ length: VOID + 1 }, (_, value) => hex([value, value, value]))
  if (theirs && [...new Set(values)].every(value => theirs.includes(greys[value]))) {
    return [{ values, palette, colors: greys }]
  }
  const names = other.readings.map(({ palette }) => palette?.name)
  const found = readingsOfGrey(values).filter(({ palette }) => palette && (palette.name === wanted
    || (names.includes(palette.name) && (other.kind === 'colour'
      || values.some(value => value !== VOID && value >= palette.classes.length)))))
  return found.length ? found : readings
}

/**
 * Two maps of which the truth's colours are classes of their own: alike are those of one colour.
 * @param {Reading} truth
 * @param {Reading} prediction
 * @returns {Together}
 */
function byColour(truth, prediction) {
  const [own, theirs] = [truth.colors, prediction.colors]
  if (!own || !theirs) throw unknownColours()
  const used = new Set(prediction.values)
  const colors = [...new Set([...own, ...theirs.filter((_, value) => used.has(value))])].filter(Boolean)
  if (colors.length > VOID) throw refused('label_own', `${colors.length} colours`,
    { count: colors.length, most: MOST_OWN })
  const ids = theirs.map(color => colors.indexOf(color))
  return { truth: truth.values, prediction: prediction.values.map(value => ids[value] ?? VOID),
    palette: ownPalette(colors), isMatched: !isOwn(prediction) }
}

/**
 * Whether the colours that are used have other numbers in another palette. One may by chance, in palettes that have
 * nothing to do with each other. What isn't labelled is no class.
 * @param {Reading} reading
 * @param {readonly string[]} theirs the other palette
 */
function isReordered({ values, colors = [] }, theirs) {
  const used = [...new Set(values)].filter(value => colors[value])
  const moved = used.filter(value =>
    theirs[value] !== colors[value] && ![-1, VOID].includes(theirs.indexOf(colors[value])))
  const isMissing = used.some(value => !theirs.includes(colors[value]))
  return moved.length > (isMissing ? 1 : 0)
}

/**
 * The prediction by the truth's palette, where they have the same colours at other numbers.
 * @param {Reading} truth
 * @param {Reading} prediction
 * @returns {Together | null} null: nothing is to be matched
 * @throws {FcnError} invalid_input for a colour that isn't in the truth's palette, or is in it more than once
 */
function matchedTo(truth, prediction) {
  const [theirs, colors] = [truth.colors, prediction.colors]
  if (!theirs || !colors || !(isOwn(prediction) || isReordered(prediction, theirs))) return null
  // Colours of two data sets are alike by chance.
  const [name, other] = [truth, prediction].map(({ palette }) => palette?.name)
  if (name && other && name !== other && !isOwn(prediction)) return null
  const [truths, used] = [new Set(truth.values), [...new Set(prediction.values)]]
  const ids = new Uint8Array(VOID + 1)
  for (const value of used) {
    const alike = used.filter(other => colors[other] === colors[value])
    ids[value] = placeOf(value, colors[value], theirs, truths, alike)
  }
  return { truth: truth.values, prediction: prediction.values.map(value => ids[value]), palette: truth.palette,
    isMatched: true }
}

/**
 * @param {number} value of the prediction
 * @param {string | undefined} color its colour
 * @param {readonly string[]} theirs the truth's palette
 * @param {ReadonlySet<number>} used the truth's values
 * @param {readonly number[]} alike the prediction's values of that colour
 * @returns {number} where the colour is in the truth's palette; of several places the one that the truth uses
 */
function placeOf(value, color, theirs, used, alike) {
  if (theirs[value] === color) return value
  const all = theirs.flatMap((each, place) => each && each === color ? [place] : [])
  const places = all.some(place => used.has(place)) ? all.filter(place => used.has(place)) : all
  if (!places.length) throw refused('pair_colour', `${color} is not in the truth's palette`,
    { color: color ?? '?', value })
  const [twice] = [places, alike].filter(({ length }) => length > 1)
  if (twice) throw refused('pair_colour_twice', `${color} has the numbers ${twice}`,
    { color, places: twice.join(', ') })
  return places[0]
}

/**
 * A folder's truth by one palette for all its truths, so that a class is the same number in every picture.
 * @param {LabelMap} truth
 * @param {LabelMap} prediction
 * @param {readonly string[] | null} colors of the truths before it, by number; null: it is the first
 * @param {string} wanted the data set's palette that the folder has; '': none
 * @returns {{truth: LabelMap, colors: readonly string[] | null}} colors: with those that are new
 * @throws {FcnError} invalid_input; `details.kind`: pair_truths
 */
export function inOrder(truth, prediction, colors, wanted) {
  const [reading] = truth.readings
  const hasColours = prediction.isWide || prediction.readings[0].colors
  if (truth.kind !== 'indexed' || !reading.colors || !hasColours) return { truth, colors }
  const all = [...colors ?? reading.colors]
  const used = [...new Set(reading.values)]
  // Without a data set's names only colours say what a number stands for.
  const isOther = isReordered(reading, all) || (!wanted && !reading.palette
    && used.some(value => value !== VOID && all[value] && all[value] !== reading.colors?.[value]))
  const ids = Uint8Array.from({ length: VOID + 1 }, (_, value) => value)
  for (const value of used) {
    const color = reading.colors[value] ?? ''
    const place = all.indexOf(color)
    // What isn't labelled is no class.
    if (value === VOID || !color) continue
    if (isOther && place < 0 && all.length === VOID) all.push('')
    if (all[value] === color) continue
    if (isOther) ids[value] = place < 0 ? all.push(color) - 1 : place
    else if (!all[value]) all[value] = color
  }
  if (all.length > VOID + 1) throw refused('pair_truths', 'the truths number their colours differently')
  if (!isOther) return { truth, colors: Array.from(all, color => color ?? '') }
  const values = reading.values.map(value => ids[value])
  return { truth: { ...truth, readings: [{ values, palette: null, colors: all }] }, colors: all }
}

/**
 * What a truth's own values say of 255: it isn't known what that means in one of 0 and 255 alone.
 * @param {LabelMap} truth
 */
export function binaryIn({ kind, readings: [{ values, palette }] }) {
  // Colours and names say which class a value is; a palette is often another data set's.
  return palette && kind !== 'indexed' ? { isBinary: false, hasVoid: values.includes(VOID) } : binary(values)
}

/** What values say of 255. @param {Uint8Array} truth @returns {{isBinary: boolean, hasVoid: boolean}} isBinary: 0 and 255 alone */
export function binary(truth) {
  let hasVoid = false
  for (const value of truth) {
    if (value !== 0 && value !== VOID) return { isBinary: false, hasVoid: true }
    hasVoid ||= value === VOID
  }
  return { isBinary: true, hasVoid }
}

/**
 * Whether a prediction has 0 and 255 where its truth has 0 and 1: 255 is the second class then.
 * @param {{truth: Values, prediction: Values}} maps
 * @param {LabelMap} prediction as it was read
 */
export function isTwoByTruth({ truth, prediction }, { readings: [{ palette }] }) {
  const { isBinary, hasVoid } = binary(prediction)
  if (palette || !isBinary || !hasVoid || !truth.every(value => value <= 1 || value === VOID)) return false
  // A truth may be empty, and have a border that isn't labelled.
  return truth.includes(1) || !truth.includes(VOID)
}

/** 255 as the second class. @param {Values} values @returns {Values} */
export const asClasses = values => values.map(value => value === VOID ? 1 : value)
