/**
 * A map as it is looked at: which class is shown, which window, in which colours.
 */
import { percent } from '../../lib/format.js'
import { planeOf, ranking, winners } from '../../lib/windows.js'
import { paint } from './paint.js'

/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../../lib/windows.js').Cell} Cell */
/** @typedef {import('../../lib/i18n.js').Language} Language */

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

/** Keeps what is worked out of a map, so that a move of the cursor works out nothing. */
export class Reader {
  /** @type {WeakMap<Heatmap, Pick<Reading, 'ranking' | 'winners'>>} */
  #known = new WeakMap()
  /** What was painted last. @type {{map: Heatmap, key: string, painted: Reading['painted'], best: Cell} | null} */
  #latest = null

  /** @param {Heatmap} map @param {Look} look @returns {Reading} */
  read(map, { view, value, chosen, cell }) {
    let known = this.#known.get(map)
    if (!known) this.#known.set(map, known = { ranking: ranking(map), winners: winners(map) })
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

/** @param {number} number a score or a probability @param {Value} value which of them @param {Language} language */
export function numberText(number, value, language) {
  return value === 'probability' ? percent(number, language) : number.toFixed(2)
}
