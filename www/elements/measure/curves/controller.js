/**
 * What "training curves" does: brings a model's curves, or reads a person's own logs; which column is what; where the curves
 * part ways.
 */
import { toFcnError } from '../../../lib/errors.js'
import { whole } from '../../../lib/format.js'
import { pause } from '../../../lib/pause.js'
import { cardOf, finestOf, readLog } from '../../../lib/training-log.js'
import { ROLES } from '../../../lib/training-log/columns.js'
import { guess, optionsOf, stepsOf } from '../../../lib/training-log/series.js'
import { EVERYDAY, readManifest } from '../../common/model/list.js'
import { BEFORE } from './confidence.js'
import { EXAMPLE } from './example.js'
import { Beside } from './runs/controller.js'
import { offers, read, readFiles } from './sources.js'

/** @typedef {import('../../../lib/training-log.js').Table} Table */
/** @typedef {import('../../../lib/training-log/series.js').Assignment} Assignment */
/** @typedef {import('./sources.js').Choice} Choice */
/** @typedef {import('./sources.js').Reading} Reading */
/** What is shown. `isOwn`: a person's own. @typedef {{tables: readonly Table[], assignment: Assignment, isOwn: boolean}} Given */
/** @typedef {Curves['state']} State */
/** @typedef {Curves['actions']} Actions */

/**
 * The element.
 * @typedef {object} Host
 * @property {string} model address of a model.json
 * @property {string} runs address of two runs to show instead; '' for none
 * @property {string} baseURI
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {import('../../../lib/i18n.js').Language} language
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 */

/** The made-up log, as links say it. */
export const EXAMPLE_NAME = 'example'
/** Rows of the table of all numbers that are shown at once. */
export const ROWS = 100

/** What a model may be called. */
const PLAIN = /^[\w.-]{0,60}$/

export class Curves {
  #host
  /** The models to choose from; null until their list was asked for. @type {Promise<readonly Choice[]> | null} */
  #asked = null
  /** @type {readonly Choice[]} */
  #choices = []
  /** As links say it; '' for the usual one, and for a person's own. */
  #name
  /** @type {Given | null} */
  #given = null
  /** @type {Reading | null} */
  #reading = null
  /** @type {import('../../common/ui/failure.js').Failure | null} */
  #failure = null
  /** What "Try again" does. @type {(() => void) | null} */
  #again = null
  #isReading = false
  /** The latest of what was asked for. */
  #job = new AbortController()
  #width = 0
  #widths = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width)
    // Of no width: another view is shown.
    if (width === 0 || width === this.#width) return
    this.#width = width
    this.#host.requestUpdate()
  })
  #page = 0
  #guess = BEFORE

  /** Two runs in place of one. */
  #beside
  /** Where they are, once they were wished for: they can be chosen again. */
  #address = ''

  /** @param {Host} host @param {import('../../common/fragment.js').Values} said by a link, as anybody may have written it */
  constructor(host, said) {
    this.#host = host
    this.#name = String(said['curves'])
    this.#beside = new Beside(host, (error, again) => error ? this.#tell(error, again) : this.#show(null, null))
    this.#beside.values = said
  }

  /** What is read off two runs; null where none are shown. */
  get told() {
    return this.#beside.told
  }

  /** Where the curves of one training part ways; null where none is shown, or two are. */
  get partings() {
    return this.told ? null : this.#reading?.found ?? null
  }

  get values() {
    return { curves: this.#given?.isOwn ? '' : this.#name, ...this.#beside.values }
  }

  /** @param {import('../../common/fragment.js').Values} said what is no model's, and not the example's, is as usual */
  set values(said) {
    this.#beside.values = said
    const name = String(said['curves'])
    if (name === this.values.curves) return
    // What lies behind two runs is brought when it is shown.
    if (this.#beside.isWanted) this.#forget(name)
    else void this.#choose(name)
  }

  /** @param {string} name whose curves are wished for, once */
  #forget(name) {
    this.#job.abort()
    this.#isReading = false
    this.#name = PLAIN.test(name) ? name : ''
    this.#given = this.#reading = null
  }

  get state() {
    return {
      choices: this.#choices, name: this.#name, given: this.#given, reading: this.#reading, isReading: this.#isReading,
      options: this.#given ? optionsOf(this.#given.tables) : [], steps: this.#given ? stepsOf(this.#given.tables) : [],
      failure: this.#failure, canRetry: this.#again !== null, width: this.#width, page: this.#page, guess: this.#guess,
      beside: this.#beside, isBeside: this.#beside.isWanted, hasRuns: this.#address !== '',
    }
  }

  actions = {
    /** @param {string} name */
    choose: name => {
      this.#host.runs = ''
      void this.#choose(name)
    },
    /** The two runs again. */
    chooseRuns: () => {
      this.#host.runs = this.#address
    },
    /** @param {readonly File[]} files */
    take: files => void this.takeFiles(files),
    /** @param {keyof Assignment} what @param {string} value */
    assign: (what, value) => this.#assign(what, value),
    retry: () => this.#again?.(),
    dismiss: () => this.#show(null, null),
    /** @param {number} page */
    turn: page => {
      this.#page = page
      this.#host.requestUpdate()
    },
    /** @param {Partial<import('./confidence.js').Guess>} change */
    suppose: change => {
      this.#guess = { ...this.#guess, ...change }
      this.#host.requestUpdate()
    },
    /** Where the charts are: they are as wide. @param {Element | undefined} place */
    measure: place => {
      this.#widths.disconnect()
      if (place) this.#widths.observe(place)
    },
  }

  /** It is shown: something has to be there. */
  want() {
    this.#beside.want()
    if (this.#beside.isWanted) this.#address = this.#host.runs
    else if (!this.#given && !this.#isReading && !this.#failure) void this.#choose(this.#name)
  }

  /** The element has left the page. */
  dispose() {
    this.#job.abort()
    this.#isReading = false
    this.#beside.dispose()
  }

  // ---- whose curves ----

  /** @param {string} name */
  async #choose(name) {
    // As a link would have it, until it is known what there is.
    this.#name = PLAIN.test(name) ? name : ''
    await this.#run(async signal => {
      const choices = this.#choices = await (this.#asked ??= this.#offered())
      if (signal.aborted) return null
      // Only what is offered: a link may be anybody's.
      const chosen = choices.find(each => each.name === name) ?? choices[0]
      this.#name = name === EXAMPLE_NAME || chosen.name === name ? name : ''
      if (name === EXAMPLE_NAME) return [readLog(new TextEncoder().encode(EXAMPLE), 'example.csv')]
      const manifest = await readManifest(chosen.url, signal)
      return [cardOf(/** @type {{curves?: unknown}} */ (manifest).curves, manifest.name)]
    }, false, () => void this.#choose(name))
  }

  /** @returns {Promise<readonly Choice[]>} */
  async #offered() {
    const { model, baseURI } = this.#host
    const { choices, isWhole } = await offers(model ? new URL(model, baseURI).href : EVERYDAY)
    if (!isWhole) this.#asked = null
    return choices
  }

  /** @param {readonly File[]} files failures are shown, not thrown; what was there stays then */
  async takeFiles(files) {
    if (!files.length) return
    this.#host.runs = ''
    await this.#run(async signal => {
      const tables = await readFiles(files, signal)
      return tables && this.#joined(tables)
    }, true, null)
  }

  /** TensorBoard gives one tag at a time: those that are there stay. @param {readonly Table[]} tables */
  #joined(tables) {
    const areScalars = (/** @type {readonly Table[]} */ all) => all.every(({ kind }) => kind === 'scalars')
    const before = this.#given?.isOwn && areScalars(this.#given.tables) && areScalars(tables) ? this.#given.tables : []
    return [...before.filter(({ file }) => !tables.some(table => table.file === file)), ...tables]
  }

  /**
   * @param {(signal: AbortSignal) => Promise<readonly Table[] | null>} bring null: something else was asked for
   * @param {boolean} isOwn
   * @param {(() => void) | null} again what "Try again" does
   */
  async #run(bring, isOwn, again) {
    this.#job.abort()
    const { signal } = this.#job = new AbortController()
    this.#isReading = true
    this.#show(null, null)
    try {
      const tables = await bring(signal)
      // Of a long log the next takes a while too.
      await pause()
      if (tables && !signal.aborted) {
        const [first] = tables
        this.#set({ tables, isOwn, assignment: { ...guess(tables), ...first.kind === 'card' ? finestOf(first) : {} } })
      }
    } catch (error) {
      if (!signal.aborted) this.#tell(toFcnError(error), again)
    }
    if (signal.aborted) return
    this.#isReading = false
    this.#host.requestUpdate()
  }

  /** @param {import('../../../lib/errors.js').FcnError} error @param {(() => void) | null} again */
  #tell({ code, message, details }, again) {
    const { t, language } = this.#host
    this.#host.emit('fcn-error', { code, message })
    const said = Object.fromEntries(Object.entries(details).map(([name, value]) =>
      [name, typeof value === 'number' ? whole(value, language) : String(value)]))
    // A log's failure has its sentence, and no more behind it.
    this.#show(said.kind ? { code, message: t(`error.${said.kind}`, said), details: said }
      : { code, message, details }, again)
  }

  /** @param {import('../../common/ui/failure.js').Failure | null} failure @param {(() => void) | null} again */
  #show(failure, again) {
    this.#failure = failure
    this.#again = again
    this.#host.requestUpdate()
  }

  // ---- what it says ----

  /** @param {Given} given */
  #set(given) {
    this.#given = given
    this.#reading = read(given)
    this.#page = 0
    this.#host.requestUpdate()
  }

  /** A column is one thing: another that it was is without one then. @param {keyof Assignment} what @param {string} value */
  #assign(what, value) {
    const given = this.#given
    if (!given) return
    const assignment = { ...given.assignment, [what]: value }
    for (const role of ROLES) if (role !== what && what !== 'step' && value
      && assignment[role] === value) assignment[role] = ''
    this.#set({ ...given, assignment })
  }
}
