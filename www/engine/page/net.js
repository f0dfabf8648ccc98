/**
 * A net that an engine has loaded. Several live in one engine; they share its worker and its GPU, and compute one after
 * another.
 */
import { FcnError } from '../../lib/errors.js'
import { isClassifier } from '../formats/manifest.js'
import { Calls } from './calls.js'

/** @typedef {import('./calls.js').Facts} Facts */
/** @typedef {import('./calls.js').Shared} Shared */

/** A handle on a loaded net; `engine.load` makes it. */
export class Net extends Calls {
  #facts
  #shared
  #free

  /**
   * @param {Shared} shared
   * @param {Facts} facts
   * @param {() => void} free gives its memory back; must not hold on to the handle
   */
  constructor(shared, facts, free) {
    super(shared, () => {
      facts.ended.signal.throwIfAborted()
      return facts
    })
    this.#shared = shared
    this.#facts = facts
    this.#free = free
  }

  /** The model.json's address; null when it came from files. */
  get url() {
    return this.#facts.url
  }

  /** What it was loaded from, as it was given to `engine.load`. */
  get from() {
    return this.#facts.from
  }

  /** Whether it makes a class a pixel or a classifier's labels. @returns {'masks' | 'labels'} */
  get gives() {
    return isClassifier(this.manifest) ? 'labels' : 'masks'
  }

  get manifest() {
    return this.#facts.manifest
  }

  /** What a checkpoint's tensors don't tell, and what is assumed; English. */
  get notes() {
    return this.#facts.notes
  }

  /** The same as data, with what else each could be: `engine.load`'s `assume` changes it. */
  get assumptions() {
    return this.#facts.assumptions
  }

  get classes() {
    return this.#facts.manifest.classes
  }

  get isDisposed() {
    return this.#facts.ended.signal.aborted || this.#shared.host.isEnded
  }

  /** Gives the net's memory back; its calls that run, wait or come later are rejected with `aborted`. */
  dispose() {
    if (this.isDisposed) return
    this.#facts.ended.abort(new FcnError('aborted', 'The net was disposed of.'))
    this.#free()
  }
}
