/** Small label maps as text: for puzzles a letter a cell, for links a letter a run. `A` is class 0, `.` void. */

/** Cells along a side. */
export const SIDE = 12
const VOID = 255
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTU'

/** @param {string} letter @returns {number} */
const valueOf = letter => letter === '.' ? VOID : LETTERS.indexOf(letter)

/** @param {readonly string[]} rows a letter a cell @returns {Uint8Array<ArrayBuffer>} [SIDE, SIDE] */
export function gridOf(rows) {
  return Uint8Array.from(rows.join(''), valueOf)
}

/** @param {ArrayLike<number>} grid @returns {string} runs: a letter, and how often where that isn't once */
export function writeGrid(grid) {
  let text = ''
  for (let at = 0, length = 0; at < grid.length; at += length) {
    length = 1
    while (at + length < grid.length && grid[at + length] === grid[at]) length++
    text += (grid[at] === VOID ? '.' : LETTERS[grid[at]] ?? '.') + (length > 1 ? length : '')
  }
  return text
}

/**
 * @param {string} text as anybody may have written it
 * @param {number} classes
 * @returns {Uint8Array<ArrayBuffer> | null} null for what is no grid of these classes
 */
export function readGrid(text, classes) {
  const grid = new Uint8Array(SIDE * SIDE)
  let at = 0
  for (const [run, letter, count] of text.matchAll(/([A-U.])(\d{0,3})|./g)) {
    const value = letter ? valueOf(letter) : -1
    const length = count ? Number(count) : 1
    if (run.length === 0 || value < 0 || (value >= classes && value !== VOID) || length < 1
      || at + length > grid.length) return null
    grid.fill(value, at, at + length)
    at += length
  }
  return at === grid.length ? grid : null
}
