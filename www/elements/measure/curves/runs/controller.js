/**
 * Two runs of a training beside each other: brings their file, and says which curve is compared, and at which step. The
 * file is of the page's own origin or of this site's, whoever made the link.
 */
import { toFcnError } from '../../../../lib/errors.js'
import { fetchFile, readingFailed } from '../../../../lib/fetching.js'
import { refused } from '../../../../lib/training-log/table.js'
import { MEASURES, compared, lineOf, measuresOf, readRuns } from '../../../../lib/training-log/runs.js'

/** @typedef {import('../../../../lib/training-log/runs.js').Runs} Runs */
/** @typedef {import('../../../../lib/training-log/runs.js').Measure} Measure */
/** @typedef {import('../../../../lib/training-log/runs.js').Point} Point */

/**
 * The element.
 * @typedef {object} Host
 * @property {string} runs address of the file
 * @property {string} baseURI
 * @property {() => void} requestUpdate
 */
/**
 * What is told to those who ask the element. `value`: of the latest validation up to `step`, which is `validated`; `reached`:
 * the first step at which the run is as good as the other is at `step`, null for never; `ahead`: the better one, 0 or 1, null
 * for neither; `leads`: who is ahead from which step on.
 * @typedef {object} Told
 * @property {Measure} measure
 * @property {number} step
 * @property {0 | 1 | null} ahead
 * @property {{name: Record<string, string>, points: Point[], value: number, validated: number, reached: number | null}[]} runs
 * @property {{step: number, run: 0 | 1}[]} leads
 */
/** @typedef {Beside['state']} State */
/** @typedef {Beside['actions']} Actions */

/** Rows of the table of all numbers that are shown at once. */
export const ROWS = 100

/** Bytes of a file: of two runs with as many points as are read. */
const MOST_BYTES = 4_000_000

export class Beside {
  #host
  #show
  /** The address that the runs are of, or that failed. */
  #address = ''
  /** @type {Runs | null} */
  #runs = null
  /** @type {Measure} */
  #measure = 'miou'
  /** @type {number | null} */
  #step = null
  /** The step under the pointer, for as long as it is there. @type {number | null} */
  #under = null
  #job = new AbortController()
  #isReading = false
  /** First of the rows shown. */
  #row = 0

  /**
   * @param {Host} host
   * @param {(failure: import('../../../../lib/errors.js').FcnError | null, again: (() => void) | null) => void} show
   */
  constructor(host, show) {
    this.#host = host
    this.#show = show
  }

  /** Whether two runs are wished for. */
  get isWanted() {
    return this.#host.runs !== ''
  }

  get values() {
    return { of: this.#measure, at: this.#step === null ? '' : String(this.#step) }
  }

  /** @param {import('../../../common/fragment.js').Values} said as anybody may have written it */
  set values({ of, at }) {
    this.#measure = MEASURES.find(each => each === of) ?? 'miou'
    this.#step = /^\d{1,9}$/.test(String(at)) ? Number(at) : null
  }

  get state() {
    const runs = this.isWanted ? this.#runs : null
    const measures = runs ? measuresOf(runs) : []
    // What these runs have no curve of can't be compared.
    const measure = measures.includes(this.#measure) ? this.#measure : measures[0] ?? this.#measure
    const found = runs && measures.length ? compared(runs, measure, this.#under ?? this.#step) : null
    return { runs, measures, measure, found, isReading: this.#isReading, row: this.#row }
  }

  /** @returns {Told | null} */
  get told() {
    const { runs, measure } = this.state
    const found = runs && compared(runs, measure, this.#step)
    if (!runs || !found) return null
    const { step, dots, ahead, reached, leads } = found
    return {
      measure, step, ahead, leads,
      runs: runs.map(({ name, points }, i) => ({ name, points, value: dots[i].value, validated: dots[i].step,
        reached: reached[i] })),
    }
  }

  actions = {
    /** @param {Measure} measure */
    measure: measure => {
      this.#measure = measure
      this.#row = 0
      this.#host.requestUpdate()
    },
    /** @param {number} step */
    go: step => {
      this.#step = step
      this.#under = null
      this.#host.requestUpdate()
    },
    /** @param {number} row of the table, from 0 */
    turn: row => {
      this.#row = row
      this.#host.requestUpdate()
    },
    /** @param {number | null} step under the pointer */
    hover: step => {
      if (step === this.#under) return
      this.#under = step
      this.#host.requestUpdate()
    },
  }

  /** The panel is shown: what is wished for has to be there. */
  want() {
    if (this.#host.runs === this.#address) return
    this.#address = this.#host.runs
    this.#runs = null
    this.#under = null
    this.#row = 0
    this.#job.abort()
    this.#isReading = false
    // What failed was of the runs before.
    this.#show(null, null)
    if (this.isWanted) void this.#bring()
  }

  /** The element has left the page. */
  dispose() {
    this.#job.abort()
    // What was on its way is asked for again when it comes back.
    if (this.#isReading) this.#address = ''
    this.#isReading = false
  }

  async #bring() {
    const { signal } = this.#job = new AbortController()
    this.#isReading = true
    try {
      const runs = readRuns(await this.#read(this.#address, signal))
      if (!signal.aborted) this.#runs = runs
    } catch (error) {
      if (!signal.aborted) this.#show(toFcnError(error), () => {
        this.#show(null, null)
        void this.#bring()
      })
    }
    if (signal.aborted) return
    this.#isReading = false
    this.#host.requestUpdate()
  }

  /**
   * @param {string} address
   * @param {AbortSignal} signal
   * @returns {Promise<unknown>}
   */
  async #read(address, signal) {
    const url = URL.canParse(address, this.#host.baseURI) ? new URL(address, this.#host.baseURI) : null
    const isNear = url?.origin === location.origin || url?.origin === new URL(import.meta.url).origin
    if (!url || !isNear || !/\.json$/.test(url.pathname)) throw refused('runs_address')
    const response = await fetchFile(url, signal)
    const text = await response.text().catch(error => { throw readingFailed(error, url.href, signal) })
    if (text.length > MOST_BYTES) throw refused('runs_shape')
    try {
      return JSON.parse(text)
    } catch {
      throw refused('runs_shape')
    }
  }
}

/** Both lines. @param {Runs} runs @param {Measure} measure */
export const linesOf = (runs, measure) => runs.map(run => lineOf(run, measure))
