/**
 * What lies over the photo: a colour a cell.
 */
import { rgb } from '../../lib/colors.js'
import { heatColor, planeOf } from '../../lib/windows.js'

/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */

/**
 * RGBA [height, width, 4], and what the palest and the darkest colour stand for.
 * @typedef {{colors: Uint8ClampedArray<ArrayBuffer>, least: number, most: number}} Painted
 */

/**
 * @param {Heatmap} map
 * @param {number | null} shown the class whose values are painted; null: each cell in the colour of its winning class
 * @param {'probability' | 'score'} value
 * @param {Uint16Array} winners of the map
 * @returns {Painted}
 */
export function paint(map, shown, value, winners) {
  const colors = new Uint8ClampedArray(4 * map.width * map.height)
  if (shown === null) {
    winners.forEach((id, i) => colors.set([...rgb(map.classes[id].color), 255], 4 * i))
    return { colors, least: 0, most: 0 }
  }
  const { values, least, most } = planeOf(map, shown, value)
  values.forEach((value, i) => {
    const share = most > least ? (value - least) / (most - least) : 1
    // Where there is little, the photo shows through more.
    colors.set([...heatColor(share), 255 * (0.45 + 0.55 * share)], 4 * i)
  })
  return { colors, least, most }
}
