/** The window of a layer on the map before it: which of its places lie on the map, and which of those holds the most. */

/** @typedef {Pick<import('../../../engine/engine.js').Made, 'from' | 'size' | 'window'>} Placed */

/**
 * Whether a place of the window lies on the map: padding is no value of it, and a max pool never takes it.
 * @param {Placed} placed
 * @param {number} place row by row, from 0
 */
export function isOnMap({ from, size, window: { kernel, dilation } }, place) {
  const at = [Math.floor(place / kernel), place % kernel].map((tap, axis) => from[axis] + tap * dilation)
  return at.every((cell, axis) => cell >= 0 && cell < size[axis])
}

/**
 * The place that a max pool took: the first on the map with its largest value.
 * @param {Placed & {values: ArrayLike<number>}} made
 * @returns {number} −1 where the window lies beyond the map
 */
export function winnerOf(made) {
  let winner = -1
  for (let place = 0; place < made.values.length; place++) {
    if (isOnMap(made, place) && (winner < 0 || made.values[place] > made.values[winner])) winner = place
  }
  return winner
}
