/**
 * What the colours of a label map stand for: those of a known data set; or, if a person says so, the nearest of one set's,
 * or each colour a class of its own.
 */
import { FcnError } from '../../../lib/errors.js'
import { VOID } from '../../../lib/metrics.js'
import { PALETTES } from '../../../lib/palettes.js'

/** @typedef {import('../../../lib/palettes.js').Palette} Palette */
/** @typedef {Uint8Array<ArrayBuffer>} Values */
/** `changed`: pixels that had another colour than the one they were taken for; `left`: those that are void for that. @typedef {{palette: Palette | null, values: Values, changed?: number, left?: number}} Reading */
/** How colours are taken: for the nearest of a palette, named; those of a palette, and void for others; or each as a class. @typedef {{nearest: string} | {only: string} | 'own'} How */

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
  if (how) {
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
    const list = best.missed.sort((a, b) => b[1] - a[1]).slice(0, NAMED).map(([color]) => hex(color)).join(', ')
    throw new FcnError('invalid_input',
      `${best.pixels} of ${colors.length} pixels have none of ${best.palette.title}'s colours: ${list}`, {
      kind: 'label_colours', all: colors.length, distinct: counts.size, list,
      ...Object.fromEntries(fits.map(({ palette, pixels }) => [palette.name, pixels])),
    })
  }
  return fits.filter(({ pixels }) => pixels === 0)
    .map(({ palette, ids }) => ({ palette, values: Uint8Array.from(colors, color => ids.get(color) ?? VOID) }))
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
  return { palette, values: Uint8Array.from(colors, color => ids.get(color) ?? VOID), changed }
}

/** @param {Uint32Array} colors @param {ReadonlyMap<number, number>} counts @param {Palette} palette @returns {Reading} */
function onlyReading(colors, counts, palette) {
  const ids = idsOf(palette)
  const left = [...counts].reduce((sum, [color, count]) => ids.has(color) ? sum : sum + count, 0)
  return { palette, values: Uint8Array.from(colors, color => ids.get(color) ?? VOID), left }
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
  return { palette: ownPalette(sorted.map(hex)), values: Uint8Array.from(colors, color => ids.get(color) ?? VOID) }
}

/** @param {readonly string[]} colors by id @returns {Palette} */
export const ownPalette = colors =>
  ({ name: OWN, title: '', classes: colors.map((color, id) => ({ id, name: color, color })), unlabelled: [] })
