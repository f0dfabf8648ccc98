/**
 * What many photos do: they go through the net in use, one after the other, and each has its masks to take away. They can be
 * paused and gone on with, opened in the figure, and saved together. What is wrong with a photo is told of it alone.
 */
import { areas, areasJson } from '../../../lib/areas.js'
import { toFcnError } from '../../../lib/errors.js'
import { chosen, walk } from '../../common/files/files.js'
import { askPlace, namesIn, saveZip } from '../../common/files/zip.js'
import { Jobs, quietly, race } from '../../common/jobs.js'
import { keyOfNet } from '../../common/model/key.js'
import { segmentAll } from '../../common/photo/series.js'
import { table } from './table.js'
import { thumbOf } from './thumb.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../../engine/engine.js').Result} Result */
/** @typedef {import('../../../engine/protocol.js').Size} Size */
/** @typedef {import('../../common/files/files.js').Entry} Entry */
/** @typedef {import('../../common/files/held.js').Held} Held */
/** @typedef {import('../../common/ui/failure.js').Failure} Failure */
/** @typedef {Batch['state']} State */
/** @typedef {Batch['actions']} Actions */

/**
 * The figure.
 * @typedef {object} Figure
 * @property {(signal: AbortSignal) => Promise<Net>} useNet the net in use, started
 * @property {{variant: string, size: Size, model: string}} wished what is chosen; model: tells one choice from another
 * @property {import('../../common/photo/image-client.js').ImageClient} images
 * @property {(file: File) => void} showOne a photo by itself
 * @property {(key: string, values?: Record<string, string | number>) => void} say to screen readers
 * @property {() => void} requestUpdate
 */

/**
 * What masks were made with. `wished`: as it was chosen then; `key`: tells the net from others.
 * @typedef {{net: Net, key: string, variant: string, size: Size, wished: Figure['wished']}} Means
 */

/**
 * What came of a photo.
 * @typedef {object} Done
 * @property {HTMLCanvasElement} thumb the photo with its mask, small
 * @property {Pick<Result, 'width' | 'height' | 'variant' | 'classes'>} result
 * @property {import('../../../lib/areas.js').Area[]} areas
 * @property {Blob} labels PNG
 * @property {Blob} colors PNG
 * @property {string} json areas
 */

/** @typedef {{photo: Entry, done: Done | null, failure: Failure | null}} Item */

/** Photos that are taken: each keeps its small picture and its masks in memory. */
export const MOST = 1000
/** The times of so many photos say how long the rest takes. */
const RECENT = 20

export class Batch {
  #figure
  #jobs = new Jobs(() => this.#figure.requestUpdate())
  /** @type {Item[]} */
  #items = []
  /** What was wrong with what came in. */
  #flaws = { isCut: false, lost: 0, isNothing: false }
  /** @type {Means | null} */
  #means = null
  /** @type {Failure | null} */
  #failure = null
  /** Photos go through a net, which isn't only on its way. */
  #isGoing = false
  #isSaving = false
  /** What the latest photos took, milliseconds. @type {number[]} */
  #times = []
  /** While a folder is read. @type {AbortController | null} */
  #reading = null

  /** @param {Figure} figure */
  constructor(figure) {
    this.#figure = figure
  }

  dispose() {
    this.#reading?.abort()
    this.#jobs.drop()
  }

  get state() {
    const items = this.#items
    const done = items.filter(item => item.done).length
    const failed = items.filter(item => item.failure).length
    const left = items.length - done - failed
    const isRunning = this.#jobs.isBusy
    const { wished } = this.#figure
    const then = this.#means?.wished
    const times = this.#times
    return {
      items, done, failed, left, isRunning, isReading: this.#reading !== null, isSaving: this.#isSaving,
        means: this.#means,
      flaws: this.#flaws, failure: this.#failure,
      /** Something else is chosen now than made the masks. */
      isOther: !isRunning && done > 0 && then !== undefined
        && (then.model !== wished.model || then.variant !== wished.variant || then.size !== wished.size),
      remaining: isRunning && times.length > 2 ? left * times.reduce((sum, each) => sum + each, 0) / times.length
        : null,
    }
  }

  actions = {
    start: () => void this.start(),
    pause: () => {
      this.#jobs.drop()
      this.#figure.requestUpdate()
    },
    /** All of them once more, as it is set now. */
    again: () => {
      this.#forget()
      void this.start()
    },
    clear: () => {
      this.#reading?.abort()
      this.#jobs.drop()
      this.#set([])
    },
    /** @param {Item} item */
    open: item => this.#figure.showOne(item.photo.file),
    save: () => void this.#save(),
  }

  /** @param {readonly File[]} files chosen or dropped, without a folder */
  async takeFiles(files) {
    this.#reading?.abort()
    this.#reading = null
    this.#take(chosen(files, MOST))
  }

  /** @param {readonly Held[]} held dropped, with folders */
  async takeHeld(held) {
    this.#reading?.abort()
    const reading = this.#reading = new AbortController()
    this.#figure.requestUpdate()
    try {
      const found = await walk(held, { signal: reading.signal, most: MOST })
      if (this.#reading === reading) this.#take(found)
    } catch (error) {
      if (!reading.signal.aborted) this.#failure = toFcnError(error)
    } finally {
      if (this.#reading === reading) this.#reading = null
      this.#figure.requestUpdate()
    }
  }

  /** @param {import('../../common/files/files.js').Found} found */
  #take({ entries, isCut, lost }) {
    const isNothing = entries.length === 0
    if (!isNothing) {
      this.#jobs.drop()
      this.#set(entries)
    }
    this.#flaws = { isCut, lost, isNothing }
    this.#figure.requestUpdate()
    if (!isNothing) void this.start()
  }

  /** @param {readonly Entry[]} entries */
  #set(entries) {
    this.#items = entries.map(photo => ({ photo, done: null, failure: null }))
    this.#flaws = { isCut: false, lost: 0, isNothing: false }
    this.#means = null
    this.#failure = null
    this.#times = []
    this.#figure.requestUpdate()
  }

  #forget() {
    for (const item of this.#items) item.done = item.failure = null
    this.#means = null
    this.#times = []
  }

  /** @param {Net | null} net in use now: with another than before what is under way would be a mixture */
  netChanged(net) {
    if (this.#isGoing && this.#means?.net !== net) this.actions.pause()
  }

  /** Begins, or goes on with the photos that are still to do; all of them, where something else was chosen meanwhile. */
  async start() {
    const figure = this.#figure
    this.#failure = null
    this.#flaws = { ...this.#flaws, isNothing: false }
    await quietly(this.#jobs.run(async signal => {
      const net = await race(figure.useNet(signal), signal)
      const { wished } = figure
      const { variants } = net.manifest.config
      const variant = variants.includes(wished.variant) ? wished.variant : variants.at(-1) ?? wished.variant
      const means = { net, key: keyOfNet(net), variant, size: wished.size, wished }
      if (this.#means && !areSame(this.#means, means)) this.#forget()
      this.#means = means
      figure.requestUpdate()
      this.#isGoing = true
      await this.#go(means, signal).finally(() => { this.#isGoing = false })
      const { done, items: { length: total } } = this.state
      figure.say('batch.done', { done, total })
    }, failure => { this.#failure = failure.code === 'aborted' ? null : failure }))
  }

  /** @param {Means} means @param {AbortSignal} signal */
  async #go({ net, variant, size }, signal) {
    const items = this.#items
    const places = items.flatMap(({ done, failure }, at) => done || failure ? [] : [at])
    let last = performance.now()
    const took = () => {
      const now = performance.now()
      this.#times = [...this.#times, now - last].slice(-RECENT)
      last = now
        this.#figure.requestUpdate()
    }
    await segmentAll(items, places, {
      segment: async ({ photo: { file } }) => await net.segment(file, { variant, size, signal }),
      count: async (result, at) => {
        const done = await this.#doneOf(items[at].photo, result, net.manifest.name, signal)
        signal.throwIfAborted()
        items[at].done = done
        took()
      },
      fail: (at, failure) => {
        items[at].failure = failure
        took()
      },
    }, signal)
  }

  /** @param {Entry} photo @param {Result} result @param {string} model @param {AbortSignal} signal @returns {Promise<Done>} */
  async #doneOf({ file, path }, result, model, signal) {
    const { images } = this.#figure
    const { width, height, labels, classes, variant } = result
    const picture = { width, height, labels, classes, opacity: 1, hidden: [], faint: [], source: null }
    const found = await areas(labels, signal)
    const { bitmap } = await images.show(file, await images.look(file))
    let thumb
    try {
      signal.throwIfAborted()
      thumb = thumbOf(bitmap, result)
    } finally {
      bitmap.close()
    }
    return {
      thumb, result: { width, height, variant, classes }, areas: found,
        json: areasJson(result, found, { photo: path, model }),
      labels: await images.make({ ...picture, kind: 'labels' }),
        colors: await images.make({ ...picture, kind: 'colors' }),
    }
  }

  async #save() {
    this.#isSaving = true
    this.#failure = null
    this.#figure.requestUpdate()
    try {
      const name = 'masks.zip'
      // Asked first: browsers want the question within the click.
      const place = await askPlace(name)
      if (place !== 'stopped') await saveZip(packed([...this.#items], this.#means), name, place)
    } catch (error) {
      this.#failure = { code: 'save_failed', message: String(error) }
    } finally {
      this.#isSaving = false
      this.#figure.requestUpdate()
    }
  }
}

/** @param {Means} a @param {Means} b */
const areSame = (a, b) => a.key === b.key && a.variant === b.variant && a.size === b.size

/** @param {readonly Item[]} items @param {Means | null} means @returns {AsyncGenerator<import('../../common/files/zip.js').Packed>} */
async function* packed(items, means) {
  const model = means?.net.manifest
  yield { name: 'summary.csv', input: table(items, {
    model: model?.name ?? '', size: String(means?.size === 'model' ? model?.input.long_side : means?.size ?? ''),
  }) }
  const made = items.flatMap(({ photo, done }) => done ? [{ path: photo.path, done }] : [])
  const names = namesIn(made.map(({ path }) => path))
  for (const [at, { done: { labels, colors, json } }] of made.entries()) {
    yield { name: `labels/${names[at]}`, input: new Uint8Array(await labels.arrayBuffer()) }
    yield { name: `colors/${names[at]}`, input: new Uint8Array(await colors.arrayBuffer()) }
    yield { name: `areas/${names[at].replace(/png$/, 'json')}`, input: json }
  }
}
