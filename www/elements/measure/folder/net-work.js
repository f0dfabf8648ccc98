/**
 * One run of a net over a folder: what tells it from others, what came of its photos, and their masks as files, kept on the
 * device where that is allowed and in memory otherwise.
 */
import { namesIn } from '../../common/files/zip.js'
import { filesOf, keyOfNet } from '../../common/model/key.js'
import { doneFrom } from './done.js'
import { NetTally } from './net-tally.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('./pairs.js').Shot} Shot */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').KeptRun} KeptRun */
/** @typedef {{variant: string, size: 'model' | number, how: import('./count.js').How}} Settings */

/** The times of so many photos say how long the rest takes. */
const RECENT = 20
/** A PNG's first bytes. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** @param {Shot} shot @returns {string} which files they are */
const keyOfShot = ({ photo, truth }) =>
  JSON.stringify([photo, truth].map(entry => entry && [entry.path, entry.file.size, entry.file.lastModified]))

export class Work {
  /** Where it is kept on the device; null: in memory alone. @type {KeptRun | null} */
  #kept = null
  /** Masks that aren't kept on the device, by place. @type {Map<number, Blob>} */
  #maps = new Map()
  /** What the latest photos took, milliseconds. @type {{all: number, net: number}[]} */
  #times = []
  /** How many were done before. */
  restored = 0
  /** Whether something could not be kept. */
  isUnkept = false
  /** Photos whose masks were there and are gone, as they were when the masks were last taken away. @type {readonly string[]} */
  gone = []

  /** @param {Net} net @param {readonly Shot[]} shots @param {Settings} settings */
  constructor(net, shots, settings) {
    this.net = keyOfNet(net)
    this.name = nameOf(net, settings)
    this.masks = masksOf(net, settings)
    this.settings = settings
    this.classes = net.classes
    this.tally = new NetTally(shots, net.classes)
    const { name, title, files, input } = net.manifest
    this.model = {
      name, title, url: net.url, files: files.map(({ path, sha256 }) => ({ path, sha256 })),
        own: filesOf(net).map(file => file.name),
    }
    this.longSide = settings.size === 'model' ? input.long_side : settings.size
  }

  /** Takes over what was done before. @param {Store | null} store null: the browser keeps nothing */
  async restore(store) {
    const found = await store?.begin(this.name).catch(() => null)
    if (!found) return void (this.isUnkept = true)
    this.#kept = found.run
    this.tally.shots.forEach((shot, at) => {
      const done = doneFrom(found.rows.get(keyOfShot(shot)), this.classes.length)
      if (!done || done.hasTruth !== (shot.truth !== null)) return
      this.tally.put(at, done)
      this.restored++
    })
  }

  /** @param {number} at @param {import('./count.js').Counted} counted */
  async keep(at, { done, png }) {
    const isKept = await this.#kept?.put(keyOfShot(this.tally.shots[at]), done, png).then(() => true, () => false)
    if (isKept === false) this.isUnkept = true
    if (!isKept) this.#maps.set(at, new Blob([png]))
    this.tally.put(at, done)
  }

  /** From now on nothing more is kept on the device; what is there already is taken into memory. */
  async leave() {
    for (const at of this.tally.masked) {
      const png = this.#maps.has(at) ? null : await this.#mapAt(at)
      if (png) this.#maps.set(at, new Blob([png]))
    }
    this.#kept = null
  }

  /** Removes its photos, to begin anew. */
  async clear() {
    await this.#kept?.clear().catch(() => {})
  }

  /** @param {number} at @returns {Promise<Blob | null>} the mask as a label PNG; null: there is none, or not any more */
  async maskAt(at) {
    const map = this.tally.masked.includes(at) ? await this.#mapAt(at).catch(() => null) : null
    return map && new Blob([map])
  }

  /** @param {number} at @returns {Promise<Uint8Array<ArrayBuffer> | null>} null: it is gone, or isn't what it was */
  async #mapAt(at) {
    const blob = this.#maps.get(at)
    if (blob) return new Uint8Array(await blob.arrayBuffer())
    const map = await this.#kept?.map(keyOfShot(this.tally.shots[at])) ?? null
    return map && PNG.every((byte, i) => map[i] === byte) ? map : null
  }

  /** The masks and what their values mean. @returns {AsyncGenerator<import('../../common/files/zip.js').Packed>} */
  async *packed() {
    const { masked, shots } = this.tally
    this.gone = []
    const names = namesIn(masked.map(at => shots[at].photo.path))
    yield { name: 'classes.json',
      input: `${JSON.stringify(this.classes.map(({ id, name, color }) => ({ id, name, color })), null, 2)}\n` }
    for (const [i, at] of masked.entries()) {
      const png = await this.#mapAt(at)
      if (png) yield { name: names[i], input: png }
      else this.gone = [...this.gone, shots[at].name]
    }
  }

  /** @param {{all: number, net: number}} took milliseconds */
  time(took) {
    this.#times.push(took)
    if (this.#times.length > RECENT) this.#times.shift()
  }

  /** What a photo takes, and all that are left, milliseconds; null: it isn't known yet. */
  get remaining() {
    const times = this.#times
    if (!times.length) return null
    const mean = (/** @type {'all' | 'net'} */ part) => times.reduce((sum, took) => sum + took[part], 0) / times.length
    const each = mean('all')
    return { each, net: mean('net'), left: each * this.tally.open.length }
  }

  /** What the JSON says of the run. */
  get about() {
    const { joined, missing, shots } = this.tally
    const { variant, how } = this.settings
    return {
      model: this.model, head: variant, longSide: this.longSide,
        truths: { ...how, of: shots.filter(({ truth }) => truth).length },
      classes: this.classes.map(({ name }) => name),
      classMap: [
        ...joined.map(({ name, as }) => ({ truth: name, model: as.name })),
        ...missing.map(([name, pixels]) => ({ truth: name, model: null, pixels })),
      ],
    }
  }
}

/** @param {Net} net @param {Settings} settings @returns {string} what the masks depend on */
const masksOf = (net, { variant, size }) => JSON.stringify([keyOfNet(net), variant, size])

/** @param {Net} net @param {Settings} settings @returns {string} what tells a run from others */
export function nameOf(net, settings) {
  const { unlabelled, palette, coding, ids, byHand } = settings.how
  return JSON.stringify([masksOf(net, settings), unlabelled, palette, coding, ids, Object.entries(byHand).sort()])
}
