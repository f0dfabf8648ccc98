/**
 * Two folders of label maps, compared pair by pair in the worker. Of each pair is kept what a row shows: of several hundred
 * pictures only counts are in memory.
 */
import { toFcnError } from '../../../lib/errors.js'
import { Confusion, MOST_CLASSES, classesUsed, metricsOf, withClasses } from '../../../lib/metrics.js'
import { PALETTES, classesOf } from '../../../lib/palettes.js'
import { titleOf } from '../masks/agree.js'
import { codingOf } from './coding.js'
import { paced, summaryOf } from './summary.js'

/** @typedef {import('./pairs.js').Pair} Pair */
/** @typedef {import('./save.js').Row} Row */
/** What 255 means in truths of 0 and 255 alone; null: it wasn't said. @typedef {'void' | 'class' | null} Two */

export class Compare {
  #changed
  #runner
  /** @type {readonly Pair[]} */
  #pairs = []
  /** @type {Row[]} */
  #rows = []
  // Those that don't occur change nothing.
  #pooled = new Confusion(MOST_CLASSES)
  /** What was made of so many rows. @type {{rows: number, result: import('./save.js').Result} | null} */
  #summary = null
  /** Whether every truth so far has only 0 and 255, and whether one has 255. */
  #isBinary = true
  #hasVoid = false
  /** @type {Two} */
  #two = null
  #palette = ''
  /** Of the truths so far, by number. @type {readonly string[] | null} */
  #colors = null
  /** Pairs whose classes were matched by colour. */
  #matched = 0
  /** Whether 255 was the second class of some prediction, as its truth has 0 and 1. */
  #isTwo = false
  /** Whether some pair's grey pixels were taken for ids while no palette was known, by which they would be colours. */
  #isUnsure = false
  /** @type {number | null} */
  #unlabelled = 255
  /** Whether Cityscapes' label ids are counted as its 19 train ids. */
  #isTrained = false
  /** The run at hand; another number, another run. */
  #run = 0
  #isRunning = false
  #isPaused = false

  /** @param {() => void} changed @param {import('../runner.js').Runner} runner */
  constructor(changed, runner) {
    this.#changed = changed
    this.#runner = runner
  }

  get state() {
    const rows = this.#rows
    const total = this.#pairs.length
    const isDone = rows.length > 0 && this.#next < 0
    const asksTwo = isDone && this.#isBinary && this.#hasVoid && this.#two === null
    return {
      rows, total, isDone, asksTwo, two: this.#two, isRunning: this.#isRunning, isPaused: this.#isPaused,
        isClass: this.#two === 'class' || this.#isTwo, matched: this.#matched,
      result: asksTwo ? null : this.#result, remaining: null,
    }
  }

  /** How a pair is read, so that it is the same by itself. @param {Pair} pair */
  waysOf({ truth, prediction }) {
    return { two: this.#two, palette: this.#palette,
      codings: { truth: this.#coding(truth), prediction: this.#coding(prediction) } }
  }

  /** The place of the next pair: after all come those that can be read by a palette found since; -1: none is left. */
  get #next() {
    const at = this.#rows.length
    if (at < this.#pairs.length) return at
    return this.#palette ? this.#rows.findIndex(({ problem }) => problem?.kind === 'pair_palette') : -1
  }

  get #result() {
    const rows = this.#rows
    if (!rows.some(({ metrics }) => metrics)) return null
    if (this.#summary?.rows === rows.length) return this.#summary.result
    const palette = PALETTES.find(({ name }) => name === this.#palette)
    const counts = this.#pooled.counts
    const classes = Math.max(palette?.classes.length ?? 2, classesUsed(counts, MOST_CLASSES))
    const metrics = metricsOf(withClasses(counts, MOST_CLASSES, classes), classes, this.#pooled.void)
    this.#summary = { rows: rows.length, result: summaryOf(metrics, classesOf(palette, classes), rows) }
    return this.#summary.result
  }

  /**
   * Other files, or other ways to read them; what was counted is of no use then.
   * @param {{pairs?: readonly Pair[], unlabelled?: number | null, isTrained?: boolean, two?: Two}} wish
   */
  set({ pairs, unlabelled, isTrained, two }) {
    if (pairs) [this.#pairs, this.#two] = [pairs, null]
    if (unlabelled !== undefined) this.#unlabelled = unlabelled
    if (isTrained !== undefined) this.#isTrained = isTrained
    if (two !== undefined) this.#two = two
    this.#reset()
  }

  pause() {
    this.#isPaused = true
    this.stop()
    this.#changed()
  }

  /** The element has left the page, or other files are compared. */
  stop() {
    this.#run++
    this.#isRunning = false
  }

  #reset() {
    this.stop()
    this.#palette = ''
    this.#forget()
    this.#isPaused = false
    this.#changed()
  }

  /** What was counted; all pairs are counted anew. */
  #forget() {
    this.#rows = []
    this.#pooled = new Confusion(MOST_CLASSES)
    this.#summary = null
    this.#isBinary = true
    this.#hasVoid = false
    this.#colors = null
    this.#matched = 0
    this.#isTwo = false
    this.#isUnsure = false
  }

  /** Goes on with the pair after the last row. */
  async start() {
    const pairs = this.#pairs
    this.#isPaused = false
    if (this.#isRunning || !pairs.length) return this.#changed()
    if (this.#next < 0) this.#reset()
    const run = ++this.#run
    this.#isRunning = true
    const show = paced(this.#changed)
    for (let at = this.#next; at >= 0; at = this.#next) {
      const { name, truth, prediction } = pairs[at]
      const row = await this.#runner.run('pair', { truth: truth.file, prediction: prediction.file,
        unlabelled: this.#unlabelled, colors: this.#colors, ...this.waysOf(pairs[at]) }).then(
        counted => () => this.#count(name, counted), error => () => rowOf(name, toFcnError(error)))
      // Paused, or of other files: the pair is compared again then.
      if (this.#run !== run) return
      const palette = this.#palette
      this.#rows[at] = row()
      this.#summary = null
      // By this palette what was grey may be colours: the same, whichever pair comes first.
      if (this.#palette !== palette && this.#isUnsure) this.#forget()
      show()
    }
    this.stop()
    this.#changed()
  }

  /** @param {import('../../common/files/files.js').Entry} entry @returns {import('./coding.js').Coding} */
  #coding({ path }) {
    return this.#isTrained ? codingOf([path]) : ''
  }

  /** @param {string} name @param {import('../tasks.js').Counted} counted @returns {Row} */
  #count(name, { matrix, problem, isBinary, hasVoid, palette, colors, isMatched, isTwo, isUnsure }) {
    this.#isBinary &&= isBinary
    this.#hasVoid ||= hasVoid
    if (problem || !matrix) return rowOf(name, problem ?? { code: 'invalid_input' })
    // Ids of one palette don't mean the classes of another.
    if (palette && this.#palette && palette !== this.#palette) {
      return rowOf(name, { code: 'invalid_input', details: { kind: 'pair_other', palette: titleOf(palette),
        first: titleOf(this.#palette) } })
    }
    this.#palette ||= palette
    this.#colors = colors
    this.#matched += Number(isMatched)
    this.#isTwo ||= isTwo
    this.#isUnsure ||= isUnsure
    const { classes, counts, void: left } = matrix
    this.#pooled.addCounts(withClasses(counts, classes, MOST_CLASSES), left)
    const { confusion: _, ...metrics } = metricsOf(counts, classes, left)
    return { name, metrics, problem: null }
  }
}

/** A picture that can't be compared. @param {string} name @param {{code: string, details?: Record<string, unknown>}} error @returns {Row} */
export function rowOf(name, { code, details = {} }) {
  return { name, metrics: null, problem: { kind: String(details['kind'] ?? code), details } }
}
