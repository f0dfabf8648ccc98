/**
 * What came of the photos of a run: a row each, the counts of all together, and what of the truths' classes the net hasn't
 * got. Truths of 0 and 255 alone are counted both ways, so that nothing is computed again once it is said what 255 means.
 */
import { metricsOf } from '../../../lib/metrics.js'
import { matrixOf } from './done.js'
import { summaryOf } from './summary.js'

/** @typedef {import('./done.js').Done} Done */
/** @typedef {import('./save.js').Row} Row */
/** @typedef {import('./pairs.js').Shot} Shot */
/** @typedef {import('../../../engine/engine.js').ModelClass} ModelClass */
/** @typedef {{done: Done | null, row: Row}} Entry */
/** Counts of all together, row-major. @typedef {{counts: Float64Array, void: number, photos: number}} Sum */

export class NetTally {
  #classes
  /** By place in the run. @type {(Entry | null)[]} */
  #entries
  /** @type {'void' | 'class' | null} */
  #two = null
  /** By what 255 means. @type {Record<'void' | 'class', Sum>} */
  #sums
  /** @type {import('./save.js').Result | null} */
  #result = null

  /** @param {readonly Shot[]} shots @param {readonly ModelClass[]} classes of the net */
  constructor(shots, classes) {
    this.shots = shots
    this.#classes = classes
    this.#entries = shots.map(() => null)
    const none = () => ({ counts: new Float64Array(classes.length ** 2), void: 0, photos: 0 })
    this.#sums = { void: none(), class: none() }
  }

  /** @param {number} at @param {Done} done nothing where that was done already, as after a pause */
  put(at, done) {
    if (this.#entries[at]) return
    this.#entries[at] = { done, row: this.#row(this.shots[at].name, done) }
    this.#result = null
    const { counts, two } = done
    if (counts) add(this.#sums.void, counts)
    if (two ?? counts) add(this.#sums.class, /** @type {import('./done.js').Counts} */ (two ?? counts))
  }

  /** @param {number} at @param {Row} row of a photo that has no mask */
  fail(at, row) {
    this.#entries[at] ??= { done: null, row }
  }

  /** @param {'void' | 'class'} two what 255 means in truths of 0 and 255 alone */
  setTwo(two) {
    this.#two = two
    this.#result = null
    this.#entries.forEach((entry, at) => {
      if (entry?.done) entry.row = this.#row(this.shots[at].name, entry.done)
    })
  }

  get two() {
    return this.#two
  }

  /** Places of the photos that are still to do. */
  get open() {
    return this.#entries.flatMap((entry, at) => entry ? [] : [at])
  }

  /** @returns {Row[]} of those that are done, in their order */
  get rows() {
    return this.#entries.flatMap(entry => entry ? [entry.row] : [])
  }

  /** Places of those that have a mask. */
  get masked() {
    return this.#entries.flatMap((entry, at) => entry?.done ? [at] : [])
  }

  /** Whether it isn't known what the 255 of truths means that have only that and 0. */
  get asksTwo() {
    const truths = this.#dones.filter(({ counts }) => counts)
    return this.#two === null && truths.some(({ hasVoid }) => hasVoid) && truths.every(({ two }) => two)
  }

  get #dones() {
    return this.#entries.flatMap(entry => entry?.done ? [entry.done] : [])
  }

  /** @param {Done} done */
  #countsOf({ counts, two }) {
    return this.#two === 'class' && two ? two : counts
  }

  /** @param {string} name @param {Done} done @returns {Row} */
  #row(name, done) {
    const { hasTruth, missing, problem } = done
    const counts = this.#countsOf(done)
    const classes = this.#classes.length
    const { confusion: _, ...metrics } = counts ? metricsOf(matrixOf(counts, classes), classes, counts.void)
      : { confusion: null }
    return {
      name, hasTruth, problem, metrics: 'iou' in metrics ? metrics : null,
        left: missing.reduce((sum, [, pixels]) => sum + pixels, 0),
    }
  }

  /** The metrics of all together; null where no photo has a truth that fits. */
  get result() {
    const { counts, void: left, photos } = this.#sums[this.#two ?? 'void']
    if (!photos) return null
    return this.#result ??= summaryOf(metricsOf(counts, this.#classes.length, left), this.#classes, this.rows)
  }

  /** What was left out as the net hasn't got it: pixels by the truths' classes, most first. @returns {[name: string, pixels: number][]} */
  get missing() {
    /** @type {Map<string, number>} */
    const all = new Map()
    const left = this.#dones.flatMap(({ counts, missing }) => counts ? missing : [])
    for (const [name, pixels] of left) all.set(name, (all.get(name) ?? 0) + pixels)
    return [...all].sort((a, b) => b[1] - a[1])
  }

  /** What is counted as another class of the net. @returns {{name: string, as: ModelClass}[]} */
  get joined() {
    const all = new Map(this.#dones.flatMap(({ counts, joined }) => counts ? joined : []))
    return [...all].map(([name, id]) => ({ name, as: this.#classes[id] }))
  }
}

/** @param {Sum} sum @param {import('./done.js').Counts} counts */
function add(sum, { cells, void: left }) {
  for (let i = 0; i < cells.length; i += 2) sum.counts[cells[i]] += cells[i + 1]
  sum.void += left
  sum.photos++
}
