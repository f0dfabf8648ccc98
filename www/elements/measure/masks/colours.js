/**
 * What the colours of a label map stand for: those of a known data set; or, if a person says so, the nearest of one set's,
 * or each colour a class of its own.
 */
import { FcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { PALETTES } from '../../../lib/palettes.js'

/** @typedef {import('../../../lib/palettes.js').Palette} Palette */
/** @typedef {Uint8Array<ArrayBuffer>} Values */
/**
 * `colors`: by value, '' for none, where the file says them; `changed`: pixels that had another colour than the one
 * they were taken for; `left`: those that are void for that.
 * @typedef {object} Reading
 * @property {Palette | null} palette
 * @property {Values} values
 * @property {readonly string[]} [colors]
 * @property {number} [changed]
 * @property {number} [left]
 */
/**
 * How colours are taken: for the nearest of a palette, named; those of a palette, and void for others; each as a class;
 * or so if they are no data set's and all among those of the truth beside them.
 * @typedef {{nearest: string} | {only: string} | 'own' | {beside: readonly string[]}} How
 */

/** A picture with more colours is a photo. */
const MOST_COLORS = 1 << 16
/** Colours that may be classes of their own; with smoothed edges there are many more. */
export const MOST_OWN = 64
/** Colours of a file that are named in an error. */
const NAMED = 3
/** The palette that a map's own colours make. */
export const OWN = 'own'

/** @param {number} color */
const hex = color => `#${color.toString(16).padStart(6, '0')}`
/** @param {string} color '#rrggbb' */
const parse = color => parseInt(color.slice(1), 16)

/** @param {import('../../../vendor/fast-png.js').DecodedPng} png of three or four channels */
function colorsIn({ width, height, channels, depth, data }) {
  const shift = depth === 16 ? 8 : 0
  const opaque = 2 ** depth - 1
  /** Pixels by colour. @type {Map<number, number>} */
  const counts = new Map()
  const colors = new Uint32Array(width * height)
  for (let at = 0; at < colors.length; at++) {
    const from = at * channels
    const color = ((data[from] >> shift) << 16) | ((data[from + 1] >> shift) << 8) | (data[from + 2] >> shift)
    if (channels === 4 && data[from + 3] !== opaque) {
      throw new FcnError('invalid_input', 'a label map is not transparent', { kind: 'label_alpha' })
    }
    colors[at] = color
    counts.set(color, (counts.get(color) ?? 0) + 1)
    if (counts.size > MOST_COLORS) {
      throw new FcnError('invalid_input', `more than ${MOST_COLORS} colours`, { kind: 'label_photo' })
    }
  }
  return { colors, counts }
}

/** @param {Palette} palette @returns {Map<number, number>} ids by colour; of two classes with one colour the first */
function idsOf({ unlabelled, classes }) {
  const ids = new Map(unlabelled.map(color => [parse(color), VOID]))
  for (const { id, color } of classes) if (!ids.has(parse(color))) ids.set(parse(color), id)
  return ids
}

/** The colours of the truth beside it; null: it is by itself, or it is said how it is taken. @param {How | null} how */
export const besideIn = how => how && typeof how === 'object' && 'beside' in how ? how.beside : null

/**
 * @param {import('../../../vendor/fast-png.js').DecodedPng} png of three or four channels
 * @param {How | null} how null: colours must be a palette's own
 * @returns {Reading[]} one for each palette that has all colours
 * @throws {FcnError} invalid_input; `details.kind`: label_alpha, label_photo, label_own; or label_colours, with how many
 *   pixels there are (`all`), of how many colours (`distinct`), and by palette's name how many have none of its colours
 */
export function readingsOf(png, how) {
  const { colors, counts } = colorsIn(png)
  if (how === 'own') return [ownReading(colors, counts)]
  const beside = besideIn(how)
  if (how && !('beside' in how)) {
    const wanted = 'only' in how ? how.only : how.nearest
    const palette = PALETTES.find(({ name }) => name === wanted)
    if (palette) return ['only' in how ? onlyReading(colors, counts, palette) : nearestReading(colors, counts, palette)]
  }
  const fits = PALETTES.map(palette => {
    const ids = idsOf(palette)
    const missed = [...counts].filter(([color]) => !ids.has(color))
    return { palette, ids, missed, pixels: missed.reduce((sum, [, count]) => sum + count, 0) }
  }).sort((a, b) => a.pixels - b.pixels)
  const [best] = fits
  if (best.pixels > 0) {
    if (beside && [...counts.keys()].every(color => beside.includes(hex(color)))) return [ownReading(colors, counts)]
    const list = best.missed.sort((a, b) => b[1] - a[1]).slice(0, NAMED).map(([color]) => hex(color)).join(', ')
    throw new FcnError('invalid_input',
      `${best.pixels} of ${colors.length} pixels have none of ${best.palette.title}'s colours: ${list}`, {
      kind: 'label_colours', all: colors.length, distinct: counts.size, list,
      ...Object.fromEntries(fits.map(({ palette, pixels }) => [palette.name, pixels])),
    })
  }
  return fits.filter(({ pixels }) => pixels === 0)
    .map(({ palette, ids }) => reading(palette, Uint8Array.from(colors, color => ids.get(color) ?? VOID)))
}

/** @param {Palette} palette @param {Values} values @returns {Reading} */
function reading(palette, values) {
  const colors = palette.classes.map(({ color }) => color)
  const [unlabelled] = palette.unlabelled
  return { palette, values, colors: unlabelled
    ? Array.from({ length: VOID + 1 }, (_, id) => id === VOID ? unlabelled : colors[id] ?? '') : colors }
}

/** Grey values as colours. @param {Values} values @returns {Reading[]} one for each palette that has them all */
export function readingsOfGrey(values) {
  const used = [...new Set(values)]
  return PALETTES.flatMap(palette => {
    const ids = idsOf(palette)
    const idOf = (/** @type {number} */ value) => ids.get(value * 0x010101)
    return used.some(value => idOf(value) === undefined) ? []
      : [reading(palette, values.map(value => idOf(value) ?? VOID))]
  })
}

/** @param {Uint32Array} colors @param {ReadonlyMap<number, number>} counts @param {Palette} palette @returns {Reading} */
function nearestReading(colors, counts, palette) {
  const exact = idsOf(palette)
  /** @type {Map<number, number>} */
  const ids = new Map()
  let changed = 0
  for (const [color, count] of counts) {
    const id = exact.get(color)
    ids.set(color, id ?? nearest(color, exact))
    if (id === undefined) changed += count
  }
  return { ...reading(palette, Uint8Array.from(colors, color => ids.get(color) ?? VOID)), changed }
}

/** @param {Uint32Array} colors @param {ReadonlyMap<number, number>} counts @param {Palette} palette @returns {Reading} */
function onlyReading(colors, counts, palette) {
  const ids = idsOf(palette)
  const left = [...counts].reduce((sum, [color, count]) => ids.has(color) ? sum : sum + count, 0)
  return { ...reading(palette, Uint8Array.from(colors, color => ids.get(color) ?? VOID)), left }
}

/** @param {number} color @param {ReadonlyMap<number, number>} ids @returns {number} the id of the colour that is least far in RGB */
function nearest(color, ids) {
  let [best, least] = [VOID, Infinity]
  for (const [other, id] of ids) {
    const away = [16, 8, 0].reduce((sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0)
    if (away < least) [best, least] = [id, away]
  }
  return best
}

/** @param {Uint32Array} colors @param {ReadonlyMap<number, number>} counts @returns {Reading} the most frequent colour first */
function ownReading(colors, counts) {
  if (counts.size > MOST_OWN) throw new FcnError('invalid_input', `${counts.size} colours`,
    { kind: 'label_own', count: counts.size, most: MOST_OWN })
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([color]) => color)
  const ids = new Map(sorted.map((color, id) => [color, id]))
  return reading(ownPalette(sorted.map(hex)), Uint8Array.from(colors, color => ids.get(color) ?? VOID))
}

/** @param {readonly string[]} colors by id @returns {Palette} */
export const ownPalette = colors =>
  ({ name: OWN, title: '', classes: colors.map((color, id) => ({ id, name: color, color })), unlabelled: [] })
