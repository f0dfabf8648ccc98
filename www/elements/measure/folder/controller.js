/**
 * What "a folder" does: takes photos, truths and predictions, chosen or dropped, and says what it took them for; pairs them
 * by name; has predictions compared (compare.js) or photos put through a net (net-run.js).
 */
import { areWeights, lackWeights } from '../../common/model/own.js'
import { valueOf } from '../masks/controller.js'
import { codingOf } from './coding.js'
import { Compare } from './compare.js'
import { chosen, walk } from '../../common/files/files.js'
import { filesIn, heldBy } from '../../common/files/held.js'
import { pairsOf, shotsOf } from './pairs.js'
import { saveCsv, saveJson } from './save.js'
import { SIDES, take } from './take.js'

/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {import('./layout.js').Side} Side */
/** @typedef {import('./net-model.js').Host} Host */
/** @typedef {import('../masks/controller.js').Unlabelled} Unlabelled */
/** @typedef {import('./take.js').Mode} Mode */
/** @typedef {Folder['state']} State */
/** @typedef {Folder['actions']} Actions */

/**
 * Shows one picture by itself.
 * @typedef {object} Open
 * @property {(truth: File, prediction: File, how: {unlabelled: Unlabelled} & ReturnType<Compare['waysOf']>) => void} pair
 * @property {(pair: import('./net-run.js').Pair) => void} photo
 */

/** @type {readonly Mode[]} */
export const MODES = ['files', 'net']
/**
 * Files that came in together, and what they were taken for.
 * @typedef {Pick<import('./take.js').Taken, 'told' | 'aside'> & {sides: readonly string[]}} Intake
 */

/** A model is its description, its weights and the names of its classes. */
const MOST_OF_MODEL = 4

export class Folder {
  #host
  #runner
  #open
  #compare
  /** Once it was wanted. @type {{run: import('./net-run.js').NetRun, draw: typeof import('./net.js')} | null} */
  #net = null
  /** @type {Promise<void> | null} */
  #coming = null
  #hasFailed = false
  /** @type {Mode} */
  #mode = 'files'
  /** @type {Record<Side, readonly Entry[]>} */
  #entries = { photos: [], truths: [], predictions: [] }
  #paired = pairsOf([], [])
  #shots = shotsOf([], [])
  /** Those of which a side still has files. @type {readonly Intake[]} */
  #intakes = []
  /** What was wrong with the files that came in last. */
  #flaws = { isCut: false, lost: 0, isNothing: false, unclear: /** @type {readonly string[]} */ ([]) }
  /** While a dropped folder is read. @type {{stop: AbortController, count: number} | null} */
  #reading = null
  /** @type {Unlabelled} */
  #void = '255'
  /** @type {import('./coding.js').Coding} */
  #coding = ''
  /** Whether the predictions' names say that their values stand for something else. */
  #areMixed = false
  /** Whether values are taken for what the files' names say; null: as is usual in a mode. @type {boolean | null} */
  #isDecoded = null
  /** The picture that was shown by itself last. */
  opened = ''

  /** @param {Host} host @param {import('../runner.js').Runner} runner @param {Open} open */
  constructor(host, runner, open) {
    this.#host = host
    this.#runner = runner
    this.#open = open
    this.#compare = new Compare(() => host.requestUpdate(), runner)
  }

  get state() {
    const { photos, truths, predictions } = this.#entries
    const alone = { photos: this.#shots.alone.photos, truths: this.#alone, predictions: this.#paired.alone.predictions }
    return {
      mode: this.#mode, sides: SIDES[this.#mode], counts: { photos: photos.length, truths: truths.length,
        predictions: predictions.length },
      alone, pairs: this.#mode === 'net' ? this.#shots.shots.filter(({ truth }) => truth).length
        : this.#paired.pairs.length,
      told: this.#intakes.flatMap(({ told }) => told), aside: this.#intakes.flatMap(({ aside }) => aside),
        flaws: this.#flaws,
      reading: this.#reading?.count ?? null, unlabelled: this.#void,
      // Only there does it change what a value stands for, or give it a name.
      coding: this.#mode === 'net' || this.#coding === 'labelIds' || this.#areMixed ? this.#coding : '',
      isDecoded: this.#decodes,
      hasFailed: this.#hasFailed, net: this.#net, matched: this.#mode === 'net' ? 0 : this.#compare.state.matched,
        run: (this.#mode === 'net' ? this.#net?.run : this.#compare)?.state ?? null,
    }
  }

  /** Those of all pictures together that were counted so far; null where none was. */
  get metrics() {
    return (this.#mode === 'net' ? this.#net?.run : this.#compare)?.state.result?.metrics ?? null
  }

  /** The model that photos are given to, as one of those to choose from; null before there is such a choice. */
  get modelChoice() {
    return this.#net?.run.state.modelChoice ?? null
  }

  get #alone() {
    return this.#mode === 'net' ? this.#shots.alone.truths : this.#paired.alone.truths
  }

  /** A net needs the classes' names; predictions from files may have the same values. */
  get #decodes() {
    return this.#isDecoded ?? (this.#mode === 'net' || this.#areMixed)
  }

  actions = {
    /** @param {Mode} mode */
    setMode: mode => {
      this.#mode = mode
      this.#hasFailed = false
      if (mode === 'net') void this.#bring()
      this.#tellNet()
      this.#host.requestUpdate()
    },
    retry: () => this.actions.setMode('net'),
    /** @param {Side} side @param {Iterable<File>} files */
    choose: (side, files) => {
      this.#endReading()
      this.#take(chosen(files), side)
    },
    /** @param {DataTransfer} transfer @param {string | null} side that it was dropped on */
    drop: (transfer, side) => void this.#drop(heldBy(transfer), SIDES[this.#mode].find(each => each === side) ?? null),
    stopReading: () => this.#endReading(),
    /** @param {Unlabelled} unlabelled */
    setVoid: unlabelled => {
      this.#void = unlabelled
      this.#readAnew()
    },
    /** @param {boolean} isDecoded */
    setDecoded: isDecoded => {
      this.#isDecoded = isDecoded
      this.#readAnew()
    },
    /** @param {'void' | 'class'} two */
    setTwo: two => {
      const isOther = two === 'void' && this.#void !== '255'
      if (isOther) this.#void = '255'
      if (this.#mode === 'net') {
        this.#net?.run.actions.setTwo(two)
        if (!isOther) return
        this.#readAnew()
        return void this.#net?.run.start()
      }
      this.#compare.set({ two, unlabelled: this.#unlabelled })
      void this.#compare.start()
    },
    start: () => void (this.#mode === 'net' ? this.#net?.run : this.#compare)?.start(),
    pause: () => this.#mode === 'net' ? this.#net?.run.actions.pause() : this.#compare.pause(),
    /** @param {string} name */
    show: name => {
      this.opened = name
      if (this.#mode === 'net') return this.#net?.run.actions.show(name)
      const pair = this.#paired.pairs.find(each => each.name === name)
      if (pair) this.#open.pair(pair.truth.file, pair.prediction.file,
        { unlabelled: this.#void, ...this.#compare.waysOf(pair) })
    },
    saveCsv: () => this.#mode === 'net' ? this.#net?.run.actions.saveCsv() : saveCsv(this.#compare.state.rows),
    saveJson: () => {
      if (this.#mode === 'net') return this.#net?.run.actions.saveJson()
      const { result, rows } = this.#compare.state
      if (result) saveJson(result, rows)
    },
  }

  /** @param {readonly File[]} files as if they were dropped; failures are shown, not thrown */
  async takeFiles(files) {
    await this.#drop(files, null)
  }

  /** The element has left the page. */
  stop() {
    this.#endReading()
    this.#compare.stop()
    this.#net?.run.dispose()
  }

  // ---- files ----

  /** @param {readonly import('../../common/files/held.js').Held[]} held @param {Side | null} side */
  async #drop(held, side) {
    this.#endReading()
    const reading = this.#reading = { stop: new AbortController(), count: 0 }
    const files = held.length <= MOST_OF_MODEL ? await filesIn(held) : []
    if (!lackWeights(files) && await areWeights(files)) {
      this.#endReading()
      this.actions.setMode('net')
      await this.#bring()
      return await this.#net?.run.openModel(files)
    }
    if (this.#reading !== reading) return
    this.#host.requestUpdate()
    /** @type {import('../../common/files/files.js').Found} */
    let found
    try {
      found = await walk(held, {
        signal: reading.stop.signal,
        told: count => {
          reading.count = count
          this.#host.requestUpdate()
        },
      })
    } catch (error) {
      // Stopped, or something else was dropped.
      if (reading.stop.signal.aborted) return
      this.#endReading()
      throw error
    }
    if (this.#reading !== reading) return
    this.#reading = null
    this.#take(found, side)
  }

  #endReading() {
    this.#reading?.stop.abort()
    this.#reading = null
    this.#host.requestUpdate()
  }

  /** @param {import('../../common/files/files.js').Found} found @param {Side | null} side that they were meant for */
  #take({ entries, isCut, lost }, side) {
    const { sides, told, aside, unclear } = take(entries, side, this.#mode, this.#entries)
    const isNothing = !Object.values(sides).some(list => list?.length)
    this.#flaws = { isCut, lost, isNothing: isNothing && !unclear.length, unclear }
    if (isNothing) return this.#host.requestUpdate()
    const isOther = (/** @type {string} */ each) => !(each in sides)
    const former = this.#intakes.map(intake => (
      { ...intake, sides: intake.sides.filter(isOther), told: intake.told.filter(({ side }) => isOther(side)) }))
    this.#intakes = [...former.filter(intake => intake.sides.length), { sides: Object.keys(sides), told, aside }]
    this.#entries = { ...this.#entries, ...sides }
    const { photos, truths, predictions } = this.#entries
    const [coding, other] = [truths, predictions].map(list => codingOf(list.map(({ path }) => path)))
    this.#coding = coding
    this.#areMixed = coding !== '' && other !== '' && coding !== other
    if (sides.truths || sides.predictions) {
      this.#paired = pairsOf(truths, predictions)
      this.#compare.set({ pairs: this.#paired.pairs, ...this.#ways })
    }
    if (sides.photos || sides.truths) this.#shots = shotsOf(photos, truths)
    // Whoever brings photos wants them put through a net.
    if (sides.photos?.length && !predictions.length) this.actions.setMode('net')
    this.#tellNet()
    this.#host.requestUpdate()
  }

  // ---- how they are read ----

  /** The truth of pixels that are left out; null: none are. */
  get #unlabelled() {
    return valueOf(this.#void)
  }

  get #ways() {
    return { unlabelled: this.#unlabelled, isTrained: this.#isDecoded ?? this.#areMixed }
  }

  /** @returns {import('./net-run.js').Reading} */
  get #truthsRead() {
    return { unlabelled: this.#unlabelled, coding: (this.#isDecoded ?? true) ? this.#coding : '' }
  }

  #readAnew() {
    this.#compare.set(this.#ways)
    this.#tellNet()
  }

  /** What isn't asked for loads no net. */
  #tellNet() {
    if (this.#mode === 'net') this.#net?.run.set(this.#shots.shots, this.#truthsRead)
  }

  /** Fetches what a net over a folder needs. */
  async #bring() {
    await (this.#coming ??= this.#fetch())
  }

  async #fetch() {
    try {
      const draw = await import('./net.js')
      this.#net = { run: new draw.NetRun(this.#host, this.#runner, pair => this.#open.photo(pair)), draw }
      this.#tellNet()
    } catch {
      this.#coming = null
      this.#hasFailed = true
    }
    this.#host.requestUpdate()
  }
}
