/**
 * A map as it is looked at: which class is shown, which window, in which colours; and what became of label and peak where
 * the photo was moved.
 */
import { percent } from '../../lib/format.js'
import { keptOf, movementOf, peakOf } from '../../lib/shift.js'
import { best, planeOf, ranking, winners } from '../../lib/windows.js'
import { paint } from './paint.js'

/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../../lib/windows.js').Cell} Cell */
/** @typedef {import('../../lib/i18n.js').Language} Language */
/** @typedef {import('../../lib/shift.js').Peak} Peak */
/** @typedef {import('./job.js').Scene} Scene */

/** @typedef {'heat' | 'winner'} View */
/** @typedef {'probability' | 'score'} Value */

/**
 * How it is looked at. `chosen`: the class; null: the best one. `cell`: the window; null: the class's best.
 * @typedef {{view: View, value: Value, chosen: number | null, cell: Cell | null}} Look
 */

/**
 * @typedef {object} Reading
 * @property {ReturnType<typeof ranking>} ranking of the classes
 * @property {Uint16Array} winners class of each cell
 * @property {number} shown the class that is shown
 * @property {number | null} onMap the class whose cells are shown, if one class's are
 * @property {Cell} cell of the window that is shown
 * @property {import('./paint.js').Painted} painted what lies over the photo
 */

/**
 * What became of label and peak.
 * @typedef {object} Move
 * @property {number} shown the class whose peak it is
 * @property {import('../../lib/shift.js').Shift} shift of the photo
 * @property {{label: Ranked, peak: Peak}} before the photo was moved
 * @property {{label: Ranked, peak: Peak}} after
 * @property {import('../../lib/shift.js').Movement} movement of the peak
 * @property {import('../../lib/shift.js').Kept | null} kept
 */
/** @typedef {import('../../lib/windows.js').Ranked} Ranked */

/**
 * What is read off, for those who ask the element: names of classes as the model has them, probabilities 0..1; `peak`: the
 * cell with the most of `class`, rows and columns from 0, its middle in pixels of the working size; `shift`: pixels.
 * @typedef {{label: string, probability: number, peak: Peak}} Facts
 * @typedef {Facts & {class: string, shift: [number, number], before: Facts}} Told
 */

/** Keeps what is worked out of a map, so that a move of the cursor works out nothing. */
export class Reader {
  /** @type {WeakMap<Heatmap, Pick<Reading, 'ranking' | 'winners'>>} */
  #known = new WeakMap()
  /** What was painted last. @type {{map: Heatmap, key: string, painted: Reading['painted'], best: Cell} | null} */
  #latest = null
  /** What was worked out last of a moved photo. @type {{moved: Scene['moved'], key: string, move: Move} | null} */
  #move = null

  /** @param {Heatmap} map */
  #of(map) {
    let known = this.#known.get(map)
    if (!known) this.#known.set(map, known = { ranking: ranking(map), winners: winners(map) })
    return known
  }

  /**
   * The class that is shown where none is chosen: the one with the highest window, before the photo was moved.
   * @param {Heatmap} map
   */
  usual(map) {
    return this.#of(map).ranking[0].id
  }

  /** @param {Scene} scene @param {number} shown the class @param {Value} value by which its peak is highest @returns {Move | null} */
  move({ label, map, moved }, shown, value) {
    if (!label || !map || !moved) return null
    const key = [shown, value].join()
    if (this.#move?.moved === moved && this.#move.key === key) return this.#move.move
    const [before, after] = [{ label, map }, moved].map(({ label, map }) =>
      ({ label: best(label.scores, 1)[0], peak: peakOf(map, shown, value) }))
    const { shift } = moved
    const move = { shown, shift, before, after, movement: movementOf(before.peak, after.peak, shift, map),
      kept: keptOf(map, moved.map, shift) }
    this.#move = { moved, key, move }
    return move
  }

  /** @param {Heatmap} map @param {Look} look @returns {Reading} */
  read(map, { view, value, chosen, cell }) {
    const known = this.#of(map)
    const shown = chosen !== null && chosen < map.classes.length ? chosen : known.ranking[0].id
    const onMap = view === 'heat' ? shown : null
    const key = [onMap, shown, value].join()
    if (this.#latest?.map !== map || this.#latest.key !== key) {
      const painted = paint(map, onMap, value, known.winners)
      this.#latest = { map, key, painted, best: planeOf(map, shown, value).cell }
    }
    const { painted, best } = this.#latest
    const isInside = cell && cell.column < map.width && cell.row < map.height
    return { ...known, shown, onMap, cell: isInside ? cell : best, painted }
  }
}

/**
 * @param {Scene} scene
 * @param {number} shown the class whose peak is told
 * @param {Value} value by which it is highest
 * @returns {Told | null} null before label and map are there
 */
export function told({ label, map, moved }, shown, value) {
  if (!label || !map) return null
  /** @param {Heatmap} label @param {Heatmap} map @returns {Facts} */
  const facts = (label, map) => {
    const [{ id, probability }] = best(label.scores, 1)
    return { label: label.classes[id].name, probability, peak: peakOf(map, shown, value) }
  }
  const before = facts(label, map)
  const { x, y } = moved?.shift ?? { x: 0, y: 0 }
  return { ...moved ? facts(moved.label, moved.map) : before, class: map.classes[shown].name, shift: [x, y], before }
}

/** @param {number} number a score or a probability @param {Value} value which of them @param {Language} language */
export function numberText(number, value, language) {
  return value === 'probability' ? percent(number, language) : number.toFixed(2)
}
