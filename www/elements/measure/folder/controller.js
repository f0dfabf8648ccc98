/**
 * What "a folder" does: pairs truths with predictions by name, compares one pair after the other, and keeps of each what a
 * row shows: of several hundred pictures only counts are in memory.
 */
import { toFcnError } from '../../../lib/errors.js'
import { Confusion, MOST_CLASSES, classesUsed, meanOf, metricsOf, withClasses } from '../../../lib/metrics.js'
import { PALETTES, classesOf } from '../../../lib/palettes.js'
import { pairsOf } from './pairs.js'
import { saveCsv, saveJson } from './save.js'

/** @typedef {import('./pairs.js').Pair} Pair */
/** @typedef {'truths' | 'predictions'} Side */
/** @typedef {import('../masks/controller.js').Unlabelled} Unlabelled */
/** @typedef {import('./save.js').Row} Row */
/** @typedef {Folder['state']} State */
/** @typedef {Folder['actions']} Actions */

/** At most so often is shown how far it is. Milliseconds. */
const SHOW_EVERY = 150

export class Folder {
  #changed
  #open
  /** @type {{truths: readonly File[], predictions: readonly File[]}} */
  #files = { truths: [], predictions: [] }
  /** @type {ReturnType<typeof pairsOf> | null} */
  #paired = null
  /** @type {Row[]} */
  #rows = []
  // Those that don't occur change nothing.
  #pooled = new Confusion(MOST_CLASSES)
  /** Whether every truth so far has only 0 and 255, and whether one has 255. */
  #isBinary = true
  #hasVoid = false
  /** What 255 means there, once it was said. @type {'void' | 'class' | null} */
  #two = null
  #palette = ''
  /** @type {Unlabelled} */
  #void = '255'
  #runner
  /** The run at hand; another number, another run. */
  #run = 0
  #isRunning = false
  #isPaused = false

  /**
   * @param {() => void} changed
   * @param {(truth: File, prediction: File, how: {unlabelled: Unlabelled, two: 'void' | 'class' | null}) => void} open shows a
   *   pair by itself
   * @param {import('../runner.js').Runner} runner
   */
  constructor(changed, open, runner) {
    this.#changed = changed
    this.#open = open
    this.#runner = runner
  }

  get state() {
    const { pairs = [], alone = { truths: [], predictions: [] } } = this.#paired ?? {}
    const rows = this.#rows
    const isDone = rows.length > 0 && rows.length === pairs.length
    const asksTwo = isDone && this.#isBinary && this.#hasVoid && this.#two === null
    const known = rows.filter(({ metrics }) => metrics)
    return {
      counts: { truths: this.#files.truths.length, predictions: this.#files.predictions.length },
      pairs, alone, rows, isDone, asksTwo, unlabelled: this.#void, isRunning: this.#isRunning, isClass: this.#two === 'class',
      isPaused: this.#isPaused, failed: rows.filter(({ problem }) => problem),
      result: known.length && !asksTwo ? this.#result(known) : null,
    }
  }

  /** @param {readonly Row[]} known those with metrics */
  #result(known) {
    const palette = PALETTES.find(({ name }) => name === this.#palette)
    const counts = this.#pooled.counts
    const classes = Math.max(palette?.classes.length ?? 2, classesUsed(counts, MOST_CLASSES))
    return {
      metrics: metricsOf(withClasses(counts, MOST_CLASSES, classes), classes, this.#pooled.void),
      classes: classesOf(palette, classes),
      perPhoto: meanOf(known.map(({ metrics }) => metrics?.meanIoU ?? null)),
      worst: [...known].sort((a, b) => (a.metrics?.meanIoU ?? 2) - (b.metrics?.meanIoU ?? 2) || (a.name < b.name ? -1 : 1)),
    }
  }

  actions = {
    /** @param {Side} side @param {readonly File[]} files */
    choose: (side, files) => {
      this.#files = { ...this.#files, [side]: files }
      const { truths, predictions } = this.#files
      this.#paired = truths.length && predictions.length ? pairsOf(truths, predictions) : null
      this.#two = null
      this.#reset()
    },
    /** @param {Unlabelled} unlabelled */
    setVoid: unlabelled => {
      this.#void = unlabelled
      this.#reset()
    },
    /** @param {'void' | 'class'} two */
    setTwo: two => {
      this.#two = two
      if (two === 'void') this.#void = '255'
      this.#reset()
      void this.#compare()
    },
    start: () => void this.#compare(),
    pause: () => {
      this.#isPaused = true
      this.stop()
      this.#changed()
    },
    /** @param {string} name */
    show: name => {
      const pair = this.#paired?.pairs.find(each => each.name === name)
      if (pair) this.#open(pair.truth, pair.prediction, { unlabelled: this.#void, two: this.#two })
    },
    saveCsv: () => saveCsv(this.#rows),
    saveJson: () => {
      const { result } = this.state
      if (result) saveJson(result, this.#rows)
    },
  }

  /** The element has left the page, or other files are compared. */
  stop() {
    this.#run++
    this.#isRunning = false
  }

  #reset() {
    this.stop()
    this.#rows = []
    this.#pooled = new Confusion(MOST_CLASSES)
    this.#isBinary = true
    this.#hasVoid = false
    this.#palette = ''
    this.#isPaused = false
    this.#changed()
  }

  /** Goes on with the pair after the last row. */
  async #compare() {
    const { pairs = [] } = this.#paired ?? {}
    this.#isPaused = false
    if (this.#isRunning || !pairs.length) return this.#changed()
    if (this.#rows.length === pairs.length) this.#reset()
    const run = ++this.#run
    this.#isRunning = true
    const isTwo = this.#two === 'class'
    const unlabelled = this.#void === 'none' ? null : Number(this.#void)
    let shown = 0
    for (let at = this.#rows.length; at < pairs.length; at++) {
      const { name, truth, prediction } = pairs[at]
      const row = await this.#runner.run('pair', { truth, prediction, unlabelled, isTwo }).then(
        counted => () => this.#count(name, counted), error => () => rowOf(name, toFcnError(error)))
      // Paused, or of other files: the pair is compared again then.
      if (this.#run !== run) return
      this.#rows.push(row())
      if (performance.now() - shown > SHOW_EVERY) {
        shown = performance.now()
        this.#changed()
      }
    }
    this.stop()
    this.#changed()
  }

  /** @param {string} name @param {import('../tasks.js').Counted} counted @returns {Row} */
  #count(name, { matrix, problem, isBinary, hasVoid, palette }) {
    this.#isBinary &&= isBinary
    this.#hasVoid ||= hasVoid
    if (problem || !matrix) return rowOf(name, problem ?? { code: 'invalid_input' })
    // Ids of one palette don't mean the classes of another.
    if (palette && this.#palette && palette !== this.#palette) {
      const titleOf = (/** @type {string} */ wanted) => PALETTES.find(({ name }) => name === wanted)?.title ?? wanted
      return rowOf(name, { code: 'invalid_input', details: { kind: 'pair_other', palette: titleOf(palette), first: titleOf(this.#palette) } })
    }
    this.#palette ||= palette
    const { classes, counts, void: left } = matrix
    this.#pooled.addCounts(withClasses(counts, classes, MOST_CLASSES), left)
    const { confusion: _, ...metrics } = metricsOf(counts, classes, left)
    return { name, metrics, problem: null }
  }
}

/** A pair that can't be compared. @param {string} name @param {{code: string, details?: Record<string, unknown>}} error @returns {Row} */
function rowOf(name, { code, details = {} }) {
  return { name, metrics: null, problem: { kind: String(details['kind'] ?? code), details } }
}
