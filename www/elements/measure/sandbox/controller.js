/**
 * What the sandbox does: a truth and a prediction that are painted cell by cell, and puzzles about what the metrics make of
 * them.
 */
import { VOID } from '../../../lib/metrics.js'
import { SIDE, readGrid, writeGrid } from './grids.js'
import { PUZZLES, isReached, readingsOf } from './puzzles.js'

/** @typedef {'prediction' | 'truth'} Which */
/** @typedef {'brush' | 'fill'} Tool */
/** @typedef {Sandbox['state']} State */
/** @typedef {Sandbox['actions']} Actions */

/** What a link needn't tell; '': the puzzle's own. */
export const USUAL = { puzzle: 'free', truth: '', prediction: '' }

/** Steps that can be undone. */
const KEPT = 200

/** Classes of small grids; a person can't tell more than a few at a glance. */
const FEW = [
  { id: 0, name: 'background', names: { en: 'background', ko: '배경' }, color: '#f4efe2' },
  { id: 1, name: 'person', names: { en: 'person', ko: '사람' }, color: '#c8102e' },
  { id: 2, name: 'dog', names: { en: 'dog', ko: '개' }, color: '#3b7dd8' },
  { id: 3, name: 'car', names: { en: 'car', ko: '자동차' }, color: '#dfa83b' },
]

/** Classes by number, with as many hues. @param {number} count */
function many(count) {
  return Array.from({ length: count }, (_, id) => id === 0 ? FEW[0] : {
    id, name: `class ${id}`, names: { en: `class ${id}`, ko: `클래스 ${id}` },
    color: `#${[0, 8, 4].map(shift => Math.round(150 + 90 * Math.cos(0.9 * id + shift)).toString(16).padStart(2,
      '0')).join('')}`,
  })
}

export class Sandbox {
  #changed
  #puzzle = PUZZLES[0]
  #grids = { truth: PUZZLES[0].truth, prediction: PUZZLES[0].prediction }
  #brush = 1
  /** @type {Tool} */
  #tool = 'brush'
  /** @type {Record<Which, number>} */
  #cursors = { truth: -1, prediction: -1 }
  /** The cell that the keyboard is at, for screen readers; −1: it was the pointer. */
  #told = -1
  /** What was painted before, and what was undone. @type {{past: Grids[], future: Grids[]}} */
  #history = { past: [], future: [] }
  /** The stroke under way has been kept already. */
  #isStroke = false
  /** A solution was shown. */
  #isShown = false

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed
  }

  get usual() {
    return USUAL
  }

  get values() {
    const { id, truth, prediction } = this.#puzzle
    const told = (/** @type {Which} */ which, /** @type {Uint8Array} */ own) =>
      isSame(this.#grids[which], own) ? '' : writeGrid(this.#grids[which])
    return { puzzle: id, truth: told('truth', truth), prediction: told('prediction', prediction) }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values({ puzzle, truth, prediction }) {
    this.#begin(String(puzzle))
    const { id, classes } = this.#puzzle
    const grid = readGrid(String(prediction), classes)
    // Void belongs to truths alone, and a puzzle's truth is its own.
    if (grid && !grid.includes(VOID)) this.#grids.prediction = grid
    const own = id === 'free' ? readGrid(String(truth), classes) : null
    if (own) this.#grids.truth = own
    this.#changed()
  }

  get #now() {
    return readingsOf(this.#puzzle, this.#grids.truth, this.#grids.prediction)
  }

  /** What the metrics say of the two grids. */
  get metrics() {
    return this.#now.matrix.metrics
  }

  get state() {
    const puzzle = this.#puzzle
    const { truth, prediction } = this.#grids
    const first = readingsOf(puzzle, puzzle.truth, puzzle.prediction)
    const now = this.#now
    const goals = puzzle.goals.map(goal => ({ ...goal, value: now[goal.reading], before: first[goal.reading],
      isReached: isReached(goal, now, first) }))
    return {
      puzzle, puzzles: PUZZLES, truth, prediction, now, goals,
      isSolved: goals.length > 0 && goals.every(goal => goal.isReached), isShown: this.#isShown,
      classes: puzzle.classes <= FEW.length ? FEW.slice(0, puzzle.classes) : many(puzzle.classes),
      misses: Uint8Array.from(truth, (label, at) => Number(label !== VOID && label !== prediction[at])),
      brush: this.#brush, tool: this.#tool, cursors: this.#cursors, told: this.#told, hasFree: puzzle.id === 'free',
      canUndo: this.#history.past.length > 0, canRedo: this.#history.future.length > 0,
    }
  }

  actions = {
    /** @param {string} id */
    choose: id => {
      this.#begin(id)
      this.#changed()
    },
    /** @param {number} brush a class, or VOID */
    setBrush: brush => {
      this.#brush = brush
      this.#changed()
    },
    /** @param {Tool} tool */
    setTool: tool => {
      this.#tool = tool
      this.#changed()
    },
    /** @param {Which} which @param {{at: number, isFirst: boolean}} where */
    paint: (which, { at, isFirst }) => {
      // A drag over an edge would flood the next area too.
      if (!isFirst && this.#tool === 'fill') return
      if (isFirst) this.#isStroke = false
      this.#paint(which, at)
    },
    /** @param {Which} which @param {string} key */
    key: (which, key) => this.#key(which, key),
    undo: () => this.#turn('past', 'future'),
    redo: () => this.#turn('future', 'past'),
    /** The prediction becomes the truth, or all background. @param {'truth' | 'background'} what */
    setAll: what => {
      this.#keep()
      const { truth } = this.#grids
      this.#set('prediction', what === 'truth' ? truth.map(label => label === VOID ? 0 : label)
        : new Uint8Array(truth.length))
    },
    again: () => {
      this.#begin(this.#puzzle.id)
      this.#changed()
    },
    solve: () => {
      this.#keep()
      this.#isShown = true
      this.#set('prediction', this.#puzzle.solution)
    },
  }

  /** @param {string} id of a puzzle; another is as the first */
  #begin(id) {
    const puzzle = this.#puzzle = PUZZLES.find(each => each.id === id) ?? PUZZLES[0]
    this.#grids = { truth: puzzle.truth, prediction: puzzle.prediction }
    this.#history = { past: [], future: [] }
    this.#cursors = { truth: -1, prediction: -1 }
    this.#isShown = false
    if (this.#brush >= puzzle.classes) this.#brush = 1
  }

  /** @param {Which} which @param {string} key */
  #key(which, key) {
    const at = this.#cursors[which]
    const [column, row] = at < 0 ? [0, 0] : [at % SIDE, Math.floor(at / SIDE)]
    /** @type {Record<string, [number, number]>} */
    const steps = {
      ArrowLeft: [column - 1, row], ArrowRight: [column + 1, row], ArrowUp: [column, row - 1],
        ArrowDown: [column, row + 1],
      Home: [0, row], End: [SIDE - 1, row],
    }
    const step = steps[key]
    if (step) {
      const within = (/** @type {number} */ place) => Math.min(Math.max(place, 0), SIDE - 1)
      this.#told = at < 0 ? 0 : within(step[1]) * SIDE + within(step[0])
      this.#cursors = { ...this.#cursors, [which]: this.#told }
      return this.#changed()
    }
    if (/\d/.test(key)) {
      if (Number(key) < this.#puzzle.classes) this.#brush = Number(key)
      return this.#changed()
    }
    // The first key shows where it is.
    if (at < 0) {
      this.#told = 0
      this.#cursors = { ...this.#cursors, [which]: 0 }
      return this.#changed()
    }
    this.#isStroke = false
    this.#told = at
    this.#paint(which, at)
  }

  /** @param {Which} which @param {number} at */
  #paint(which, at) {
    const { id } = this.#puzzle
    const grid = this.#grids[which]
    const brush = this.#brush
    if ((which === 'truth' && id !== 'free') || (which === 'prediction' && brush === VOID) || grid[at] === brush) return
    if (!this.#isStroke) this.#keep()
    this.#isStroke = true
    const next = grid.slice()
    if (this.#tool === 'fill') fill(next, at, brush)
    else next[at] = brush
    this.#set(which, next)
  }

  #keep() {
    const { past } = this.#history
    this.#history = { past: [...past.slice(1 - KEPT), this.#grids], future: [] }
  }

  /** @param {'past' | 'future'} from @param {'past' | 'future'} to */
  #turn(from, to) {
    const grids = this.#history[from].at(-1)
    if (!grids) return
    const here = this.#grids
    this.#history = { ...this.#history, [from]: this.#history[from].slice(0, -1), [to]: [...this.#history[to], here] }
    this.#grids = grids
    this.#changed()
  }

  /** @param {Which} which @param {Uint8Array<ArrayBuffer>} grid */
  #set(which, grid) {
    this.#grids = { ...this.#grids, [which]: grid }
    this.#changed()
  }
}

/** @typedef {{truth: Uint8Array<ArrayBuffer>, prediction: Uint8Array<ArrayBuffer>}} Grids */

/** @param {Uint8Array} a @param {Uint8Array} b */
const isSame = (a, b) => a.length === b.length && a.every((value, at) => value === b[at])

/**
 * Gives a cell, and all that hang together with it and have its value, another value.
 * @param {Uint8Array} grid [SIDE, SIDE]
 * @param {number} at
 * @param {number} value another than it has
 */
function fill(grid, at, value) {
  const old = grid[at]
  const open = [at]
  while (open.length) {
    const here = /** @type {number} */ (open.pop())
    if (grid[here] !== old) continue
    grid[here] = value
    const column = here % SIDE
    if (column > 0) open.push(here - 1)
    if (column < SIDE - 1) open.push(here + 1)
    if (here >= SIDE) open.push(here - SIDE)
    if (here < grid.length - SIDE) open.push(here + SIDE)
  }
}
