/**
 * A person's own weights: chosen or dropped, loaded in place of the net in use, kept for the next visit if the person
 * says so, and removed again.
 */
import { WEIGHTS_BYTES, isJsonName, isListName, isWeights, isWeightsName } from '../../../lib/weights.js'
import { Jobs, quietly } from '../jobs.js'
import { canKeep, keep, keepSaid, listKept, removeKept, takeKept } from './storage.js'

/** @typedef {import('./in-use.js').NetInUse} NetInUse */

/**
 * The element.
 * @typedef {object} Host
 * @property {() => void} requestUpdate
 * @property {(progress: import('../jobs.js').Progress) => void} tellProgress
 * @property {() => void} endProgress unless something else is under way
 * @property {(code: string) => void} fail a failure of the element's own
 * @property {(failure: import('../../../lib/errors.js').FcnError, again: (() => void) | null) => void} failWith
 * @property {() => void} dismiss takes down the failure shown
 * @property {(net: import('../../../engine/engine.js').Net) => void} note what is assumed of the weights has changed
 */

/** What belongs to weights. @param {File} file */
const isBeside = file => isJsonName(file) || isListName(file)

/** @param {File} file */
const isNamed = file => isWeightsName(file) || isBeside(file)

/**
 * Whether these are a model's files, or what belongs to them, by their names.
 * @param {readonly File[]} files
 */
export function areNamedWeights(files) {
  return files.length > 0 && files.every(isNamed)
}

/**
 * Whether these are a model's files, or what belongs to them, and not a photo: by their names, else by their bytes.
 * @param {readonly File[]} files
 * @returns {Promise<boolean>}
 */
export async function areWeights(files) {
  const found = await Promise.all(files.map(async file => isNamed(file) || isWeights(await beginning(file), file.size)))
  return files.length > 0 && found.every(Boolean)
}

/** @param {File} file @returns {Promise<Uint8Array>} empty where it can't be read: whoever takes it says so */
async function beginning(file) {
  return await file.slice(0, WEIGHTS_BYTES).arrayBuffer().then(buffer => new Uint8Array(buffer), () => new Uint8Array())
}

/**
 * Whether these only belong to weights, which are missing.
 * @param {readonly File[]} files
 */
export function lackWeights(files) {
  return files.every(isBeside)
}

/** The choice of whatever model the page would begin with. */
export const PAGE_MODEL = 'page'

/** @param {readonly File[]} some @param {readonly File[]} others */
const areSame = (some, others) => some.length === others.length && some.every((file, i) => file === others[i])

/** What leads the name of kept weights where models are chosen. */
const KEPT = 'kept:'

/** Kept weights as a choice among addresses of models. @param {string} name */
export const choiceOf = name => KEPT + name

/** @param {string} choice @returns {string | null} null for an address */
export const nameOf = choice => choice.startsWith(KEPT) ? choice.slice(KEPT.length) : null

export class OwnWeights {
  #net
  #host
  #jobs
  /** Keeping goes on while something else is assumed of the same weights. */
  #keeping
  /** The kept weights that are on their way. @type {string | null} */
  #opening = null
  /** @type {readonly import('./storage.js').Kept[]} */
  kept = []
  /** The files asked for last, until they are open. @type {readonly File[]} */
  asked = []
  /** Whether this part of the panel is unfolded. */
  isOpen = false

  /** @param {NetInUse} net @param {Host} host */
  constructor(net, host) {
    this.#net = net
    this.#host = host
    this.#jobs = new Jobs(() => {
      this.#opening = null
      this.#tellRest()
      host.requestUpdate()
    })
    this.#keeping = new Jobs(() => this.#tellRest())
  }

  /** Progress of what is still under way. */
  #tellRest() {
    if (this.#keeping.isBusy) this.#host.tellProgress({ phase: 'keep' })
    else if (!this.#jobs.isBusy) this.#host.endProgress()
  }

  /** Whether weights are being loaded. */
  get isOpening() {
    return this.#jobs.isBusy
  }

  /** What could be kept now: files of the net in use that aren't kept yet. */
  get keepable() {
    const { own } = this.#net
    return own && own.keptAs === null && !own.isGone && canKeep() ? own.files : null
  }

  /** The name under which the net in use is kept. */
  get keptAs() {
    return this.#net.own?.keptAs ?? null
  }

  /** The name of the kept weights that are on their way, else in use. */
  get chosen() {
    return this.#opening ?? this.keptAs
  }

  /** @param {boolean} isOpen */
  unfold(isOpen) {
    this.isOpen = isOpen
    this.#host.requestUpdate()
  }

  /** Reads what is kept. */
  async refresh() {
    this.kept = await listKept()
    this.#host.requestUpdate()
  }

  /**
   * Loads a net from files; failures are shown, not thrown, and leave the former one.
   * @param {readonly File[]} files
   */
  async open(files) {
    if (lackWeights(files)) return this.#host.fail('weights_alone')
    await this.#run(async signal => await this.#load(files, null, signal), () => void this.open(files))
  }

  /** @param {string} name of kept weights; failures are shown, not thrown */
  async openKept(name) {
    await this.#run(async signal => {
      this.#opening = name
      this.#host.requestUpdate()
      const { files, said } = await takeKept(name)
      await this.#loadKept(files, name, signal, said)
    }, () => void this.openKept(name))
    // They may be gone.
    await this.refresh()
  }

  /**
   * @param {readonly File[]} files @param {string | null} keptAs @param {AbortSignal} signal
   * @param {import('../../../engine/protocol.js').Said} [said]
   */
  async #load(files, keptAs, signal, said) {
    this.asked = files
    const net = await this.#net.open(files, keptAs, signal, said)
    this.asked = []
    if (net.notes.length) this.#host.note(net)
  }

  /**
   * Some of what was said of them may be unknown to another version of this page: they open without that, if need be
   * without all of it.
   * @param {readonly File[]} files @param {string} name @param {AbortSignal} signal @param {import('../../../engine/protocol.js').Said} said
   */
  async #loadKept(files, name, signal, said) {
    const all = Object.entries(said)
    const ways = all.length > 1 ? all.map(one => Object.fromEntries(all.filter(each => each !== one))) : []
    for (const way of [said, ...ways]) {
      try {
        return await this.#load(files, name, signal, way)
      } catch (failure) {
        if (/** @type {import('../../../lib/errors.js').FcnError} */ (failure).code !== 'invalid_input'
          || !all.length) throw failure
      }
    }
    await this.#load(files, name, signal)
  }

  /** What is assumed of the net in use. */
  get assumptions() {
    const { own, net } = this.#net
    return own && !own.isGone ? net?.assumptions ?? [] : []
  }

  /**
   * Loads the net in use once more with something else assumed; failures are shown, and leave the former one.
   * @param {import('../../../engine/protocol.js').Said} said
   */
  async assume(said) {
    await this.#assume(this.#net.assuming(said))
  }

  /** @param {(signal: AbortSignal) => Promise<import('../../../engine/engine.js').Net>} load */
  async #assume(load) {
    await this.#run(async signal => this.#host.note(await load(signal)), () => void this.#assume(load))
  }

  /** Keeps the files of the net in use for the next visit. */
  async keep() {
    const { net, own } = this.#net
    const files = this.keepable
    if (!net || !own || !files) return
    this.#host.dismiss()
    await quietly(this.#keeping.run(async signal => {
      this.#host.tellProgress({ phase: 'keep' })
      const name = own.keptAs = await keep(net.manifest.name, files, own.said, signal)
      // Of the same files something else may be assumed by now.
      const now = this.#net.own
      if (!now || now === own || !areSame(now.files, files)) return
      now.keptAs = name
      await keepSaid(name, now.said)
    }, failure => this.#host.failWith(failure, null)))
    await this.refresh()
  }

  /** @param {string} name of kept weights; the net in use stays in use */
  async remove(name) {
    await removeKept(name)
    const { own } = this.#net
    if (own?.keptAs === name) Object.assign(own, { keptAs: null, isGone: true })
    await this.refresh()
  }

  cancel() {
    this.#jobs.stop()
    this.#keeping.stop()
  }

  /** Another net was asked for: what is being loaded ends without a word. */
  supersede() {
    this.#jobs.drop()
    this.#forget()
    this.#tellRest()
  }

  /** The element has left the page. */
  dispose() {
    this.#keeping.drop()
    this.supersede()
  }

  #forget() {
    this.#opening = null
    this.asked = []
  }

  /** @param {(signal: AbortSignal) => Promise<void>} work @param {() => void} again what "Try again" does */
  async #run(work, again) {
    this.#forget()
    this.#host.dismiss()
    await quietly(this.#jobs.run(work, failure => this.#host.failWith(failure, again)))
  }
}
