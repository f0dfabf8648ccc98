/**
 * A net over a folder of photos: which head, at which size, how far it is, and what is taken away. Fetched when it is wanted:
 * comparing files needs no engine.
 */
import { toFcnError } from '../../../lib/errors.js'
import { askPlace, saveZip } from '../../common/files/zip.js'
import { quietly, race } from '../../common/jobs.js'
import { keyOfNet } from '../../common/model/key.js'
import { segmentAll } from '../../common/photo/series.js'
import { rowOf } from './compare.js'
import { NetModel } from './net-model.js'
import { Work, nameOf } from './net-work.js'
import { saveCsv, saveJson } from './save.js'
import { Store } from './store.js'
import { paced } from './summary.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('./pairs.js').Shot} Shot */
/** How truths are read, but for the palette, which the run finds out, and what is said here. @typedef {Pick<import('./count.js').How, 'unlabelled' | 'coding'>} Reading */
/**
 * A photo, and its truth in the net's ids, to be shown by themselves.
 * @typedef {{photo: File, truth: {name: string, width: number, height: number, values: Uint8Array<ArrayBuffer>}, net: Net,
 *   size: 'model' | number, variant: string}} Pair
 */
/** @typedef {NetRun['state']} State */
/** @typedef {NetRun['actions']} Actions */

/** Whether the masks are the same: of the same photos, net, head and size. @param {Work} a @param {Work} b */
const areAlike = (a, b) => a.masks === b.masks && a.tally.shots === b.tally.shots

/** Truths of which one has to show the folder's palette. */
const MOST_LOOKED_AT = 20

export class NetRun extends NetModel {
  #runner
  #open
  /** @type {readonly Shot[]} */
  #shots = []
  /** @type {Reading} */
  #reading = { unlabelled: 255, coding: '' }
  /** Of the truths at hand, once it is known. @type {string | null} */
  #palette = null
  /** @type {Work | null} */
  #work = null
  /** The one before, whose masks may still be of use. @type {Work | null} */
  #former = null
  /** Whether photos are under way. */
  #isGoing = false
  /** @type {Promise<Store | null> | null} */
  #store = null

  /**
   * @param {import('./net-model.js').Host} host
   * @param {import('../runner.js').Runner} runner
   * @param {(pair: Pair) => void} open shows a photo by itself
   */
  constructor(host, runner, open) {
    super(host)
    this.#runner = runner
    this.#open = open
    void this.#countKept()
  }

  get state() {
    const work = this.#work
    const tally = work?.tally
    const rows = tally?.rows ?? []
    const total = this.#shots.length
    const isDone = rows.length > 0 && rows.length === total
    const asksTwo = isDone && tally?.asksTwo === true
    return {
      ...this.modelState, rows, total, isDone, asksTwo, two: tally?.two ?? null, isClass: tally?.two === 'class',
        result: asksTwo ? null : tally?.result ?? null,
      isPlain: work ? !work.settings.how.palette && !work.settings.how.coding : false,
      missing: tally?.missing ?? [], joined: tally?.joined ?? [], masks: tally?.masked.length ?? 0,
      restored: work?.restored ?? 0, gone: work?.gone ?? [], isUnkept: work?.isUnkept ?? false,
        remaining: this.shown.isRunning ? work?.remaining ?? null : null,
    }
  }

  actions = {
    ...this.modelActions,
    start: () => void this.start(),
    pause: () => {
      this.show({ isPaused: this.shown.isRunning })
      this.#stop()
    },
    startOver: () => void this.#startOver(),
    /** @param {{variant?: string, size?: 'model' | number}} change */
    set: change => {
      this.show(change)
      this.drop()
    },
    /** Whose ids the truths' values are. @param {import('../photo/class-map.js').IdsOf} ids */
    setIds: ids => this.#countAnew({ ids, byHand: {} }),
    /** What a class of the truths is counted as. @param {string} name @param {number | null} id */
    mapClass: (name, id) => this.#countAnew({ byHand: { ...this.shown.byHand, [name]: id } }),
    /** @param {'void' | 'class'} two */
    setTwo: two => {
      this.#work?.tally.setTwo(two)
      this.requestUpdate()
    },
    /** @param {string} name of a photo */
    show: name => void this.#show(name),
    saveCsv: () => saveCsv(this.state.rows),
    saveJson: () => saveJson(this.state.result, this.state.rows, { ...this.#work?.about,
      backend: this.engine?.backend }),
    saveZip: () => void this.#saveZip(),
    forget: () => void this.#forget(),
  }

  /** @param {readonly Shot[]} shots @param {Reading} reading what was done with other ones is of no use */
  set(shots, reading) {
    const isSame = reading.coding === this.#reading.coding && reading.unlabelled === this.#reading.unlabelled
    if (shots === this.#shots && isSame) return this.prepare()
    if (shots !== this.#shots) {
      this.#palette = null
      this.show({ ids: 'model', byHand: {} })
    }
    this.#shots = shots
    this.#reading = reading
    this.drop()
    this.prepare()
  }

  /** @override */
  get isWanted() {
    return this.#shots.length > 0 && !this.shown.isRunning
  }

  /** @override */
  netChanged() {
    const { net } = this.net
    if (this.#work && (!net || keyOfNet(net) !== this.#work.net)) {
      this.show({ byHand: {}, variant: '', size: 'model' })
      this.drop()
    }
    super.netChanged()
  }

  /** The same masks against truths that are read in another way. @param {Partial<import('./net-shown.js').Shown>} change */
  #countAnew(change) {
    const wasBegun = this.#work !== null
    this.show(change)
    this.drop()
    if (wasBegun) void this.start()
  }

  /** Begins, or goes on with the photos that are still to do. */
  async start() {
    if (!this.isWanted) return
    this.show({ isRunning: true, isPaused: false })
    await quietly(this.jobs.run(async signal => {
      this.failures.dismiss()
      const net = await race(this.net.start(), signal)
      this.net.accept()
      const work = await race(this.#workFor(net, signal), signal)
      this.#isGoing = true
      this.show({ progress: null })
      await this.#go(work, net, signal)
    }, failure => this.offerAgain(failure, () => this.start(), null)))
    await this.#countKept()
  }

  /**
   * @param {Net} net
   * @param {AbortSignal} signal
   * @returns {Promise<Work>} the one at hand, if it is of the same net, files and settings
   */
  async #workFor(net, signal) {
    const shots = this.#shots
    const palette = this.#palette ?? await this.#findPalette(shots, signal)
    signal.throwIfAborted()
    this.#palette = palette
    const { variants } = net.manifest.config
    const { variant, size } = this.shown
    const settings = {
      variant: variants.includes(variant) ? variant : variants.at(-1) ?? '', size,
        how: { ...this.#reading, palette: this.#palette, ids: this.shown.ids, byHand: this.shown.byHand },
    }
    const former = this.#work
    if (former?.tally.shots === shots && former.name === nameOf(net, settings)) return former
    const work = new Work(net, shots, settings)
    // What 255 means was said of the same truths.
    if (this.#former?.tally.shots === shots && this.#former.tally.two) work.tally.setTwo(this.#former.tally.two)
    await work.restore(await this.#opened)
    if (!signal.aborted) this.#work = work
    return work
  }

  /** @param {readonly Shot[]} shots @param {AbortSignal} signal @returns {Promise<string>} of the first truth that shows one */
  async #findPalette(shots, signal) {
    const truths = shots.flatMap(({ truth }) => truth ? [truth.file] : [])
    for (const file of truths.slice(0, MOST_LOOKED_AT)) {
      const palette = await race(this.#runner.run('palette', file), signal).catch(() => '')
      if (palette || signal.aborted) return palette
    }
    return ''
  }

  /** @param {Work} work @param {Net} net @param {AbortSignal} signal */
  async #go(work, net, signal) {
    const { tally, settings: { variant, size, how }, classes } = work
    const former = this.#former && areAlike(this.#former, work) ? this.#former : null
    const show = paced(() => this.requestUpdate())
    let last = performance.now()
    await segmentAll(tally.shots, tally.open, {
      segment: async ({ photo }, at) => {
        const mask = await former?.maskAt(at)
        if (!mask) return await net.segment(photo.file, { variant, size, signal })
        const { width, height, readings: [{ values }] } = await this.#runner.run('read', mask)
        return { width, height, labels: values, timings: { run: 0 } }
      },
      count: async ({ width, height, labels, timings }, at) => {
        const truth = tally.shots[at].truth?.file ?? null
        await work.keep(at, await this.#runner.run('count', { labels, width, height, classes, truth, how },
          [labels.buffer]))
        const now = performance.now()
        work.time({ all: now - last, net: timings.run })
        last = now
        show()
      },
      fail: (at, failure) => {
        tally.fail(at, rowOf(tally.shots[at].name, failure))
        show()
      },
    }, signal)
  }

  /** Ends the run without a word; what is done stays. */
  #stop() {
    this.jobs.drop()
    this.#isGoing = false
    this.show({ isRunning: false, progress: null })
  }

  /** What was done is of other photos, another net, or was read in another way. @override */
  drop() {
    // It may still be on its way to the first photo.
    if (this.#isGoing || this.shown.isRunning) this.#stop()
    const [work, former] = [this.#work, this.#former]
    const hasMore = work && former && areAlike(former, work) && former.tally.masked.length > work.tally.masked.length
    if (work && !hasMore) this.#former = work
    this.#work = null
    this.show({ isPaused: false })
  }

  async #startOver() {
    this.#stop()
    await this.#work?.clear()
    this.#work = this.#former = null
    await this.start()
  }

  /** @override */
  jobEnded() {
    this.#isGoing = false
    this.show({ isRunning: false })
    super.jobEnded()
  }

  /** @override */
  dispose() {
    this.#isGoing = false
    this.show({ isPaused: this.shown.isPaused || this.shown.isRunning, isRunning: false })
    super.dispose()
  }

  // ---- what is taken away, and what is kept ----

  /** @param {string} name */
  async #show(name) {
    const work = this.#work
    const shot = work?.tally.shots.find(each => each.name === name)
    if (!work || !shot?.truth) return
    const { classes, settings: { how, size, variant }, tally } = work
    try {
      const net = await this.net.start()
      const truth = await this.#runner.run('truth', { truth: shot.truth.file, classes,
        how, isTwo: tally.two === 'class' })
      this.#open({ photo: shot.photo.file, truth: { ...truth, name: shot.truth.file.name }, net, size, variant })
    } catch (error) {
      this.failures.tell(toFcnError(error), null)
    }
  }

  async #saveZip() {
    const work = this.#work
    if (!work || this.shown.isSaving) return
    this.show({ isSaving: true })
    try {
      const name = 'label-maps.zip'
      // Asked first: browsers want the question within the click.
      const place = await askPlace(name)
      if (place !== 'stopped') await saveZip(work.packed(), name, place)
    } catch (error) {
      this.failures.tell({ code: 'save_failed', message: String(error) }, () => void this.#saveZip())
    } finally {
      this.show({ isSaving: false })
    }
  }

  get #opened() {
    return this.#store ??= Store.open()
  }

  async #forget() {
    await this.#work?.leave()
    await (await this.#opened)?.forget().catch(() => {})
    await this.#countKept()
  }

  async #countKept() {
    this.show({ kept: await (await this.#opened)?.count() ?? 0 })
  }
}
