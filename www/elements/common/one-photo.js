/**
 * What the controllers have in common that put one photo at a time through a net. While a photo or a person's own net is on
 * its way, the other may be asked for, too, and neither is lost. Where the net fails, that is told, and the photo goes through the
 * one in use; where the photo fails, the net comes with the next one.
 */
import { toFcnError } from '../../lib/errors.js'
import { Control } from './control.js'
import { quietly, race } from './jobs.js'

/** @typedef {import('./photo/source.js').Photo} Photo */
/** @typedef {import('./photo/intake.js').Sample} Sample */
/** @typedef {import('../../engine/engine.js').Net} Net */
/** @typedef {(signal: AbortSignal) => Promise<Photo>} Bring */
/** How a net is brought, and what "Try again" does. @typedef {{bring: (signal: AbortSignal) => Promise<unknown>, again: () => void}} Load */
/** A photo, or the way to it. @typedef {{bring: Bring, photo: Photo | null, sample: Sample | null}} AtHand */
/** @typedef {import('./control.js').CommonShown & {scene: {photo: Photo} | null}} Shown */

/** @param {Photo} photo @returns {AtHand} */
const brought = photo => ({ bring: async () => photo, photo, sample: photo.sample })

/**
 * @template {Shown} S
 * @template Result what a photo gives
 * @extends {Control<S, Photo, Result>}
 */
export class PhotoControl extends Control {
  /** The photo that the present job is about. @type {AtHand | null} */
  #coming = null
  /** A person's own net that isn't there yet. @type {Load | null} */
  #load = null
  /** Whether the failure shown is of something else than the photo that comes next. */
  #keepsFailure = false

  /** @override */
  dispose() {
    this.#coming = this.#load = null
    super.dispose()
  }

  /** @override */
  jobEnded() {
    this.#coming = null
    super.jobEnded()
  }

  /** The photo on its way, once it is known. @protected */
  get coming() {
    return this.#coming?.photo ?? null
  }

  /** The photo on its way, else the one shown. @protected @returns {AtHand | null} */
  get atHand() {
    const { scene } = this.shown
    return this.#coming ?? (scene && brought(scene.photo))
  }

  /** The photo at hand once more, as things are set now. */
  again() {
    const { atHand } = this
    if (atHand) void quietly(this.#runAgain(atHand))
  }

  /** @param {AtHand} atHand */
  async #runAgain({ bring, sample }) {
    return await this.run(bring, sample ?? undefined)
  }

  /**
   * Brings a photo, for the job that begins with it.
   * @protected
   * @param {Bring} bring @param {Sample | undefined} sample that it is @param {AbortSignal} signal
   * @param {() => void} [known] called once it is known, before it is decoded
   */
  async photoFor(bring, sample, signal, known) {
    if (!this.#keepsFailure) this.failures.dismiss()
    this.#keepsFailure = false
    this.#coming = { bring, photo: null, sample: sample ?? null }
    this.show(/** @type {Partial<S>} */ ({ progress: { phase: 'photo' } }))
    return await this.picture(bring, signal, photo => {
      this.#coming = brought(photo)
      known?.()
    })
  }

  /**
   * The net for a photo: a person's own, if that was on its way when the photo was chosen. If it fails, that is told, and it is
   * the one in use.
   * @protected
   * @param {AbortSignal} signal
   * @returns {Promise<Net>}
   */
  async netFor(signal) {
    const load = this.#load
    if (load) {
      try {
        await load.bring(signal)
      } catch (error) {
        if (signal.aborted) throw error
        this.failures.tell(toFcnError(error), load.again)
      }
      if (this.#load === load) this.#load = null
    }
    return await race(this.net.start(), signal)
  }

  /**
   * Shows why the job of a photo failed; it can be tried again. A net on its way waits for the next photo, unless all was
   * stopped.
   * @protected
   * @param {import('../../lib/errors.js').FcnError} failure
   */
  photoFailed(failure) {
    const coming = this.#coming
    if (failure.code === 'aborted') this.#load = null
    this.offerAgain(failure, async () => { if (coming) await this.#runAgain(coming) }, coming?.photo ?? null)
  }

  /**
   * Brings a person's own net, and puts the photo at hand through it; a failure is shown, not thrown.
   * @protected
   * @param {(signal: AbortSignal) => Promise<unknown>} load
   * @param {() => void} again what "Try again" does
   * @returns {Promise<boolean>} whether it is there, and there was no photo
   */
  async bringNet(load, again) {
    const { atHand } = this
    const isWaiting = this.#coming !== null
    let hasFailed = false
    const isThere = await this.jobs.run(async signal => {
      this.failures.dismiss()
      this.#load = { bring: load, again }
      await load(signal)
      this.#load = null
      return true
    }, failure => {
      this.#load = null
      hasFailed = failure.code !== 'aborted'
      this.failures.tell(failure, again)
    }).catch(() => false)
    // A photo that was on its way goes through the net in use instead.
    this.#keepsFailure = hasFailed && isWaiting
    if (atHand && (isThere || this.#keepsFailure)) await quietly(this.#runAgain(atHand))
    return isThere && !atHand
  }

  /** Another net was asked for than the one that a person was bringing; the photo at hand is put through it by `again`. @protected */
  forgetLoad() {
    if (!this.#load) return
    this.#load = null
    if (this.atHand) return
    this.jobs.drop()
    this.endProgress()
  }
}
