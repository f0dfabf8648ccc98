/**
 * Photos through the net, one after the other: while the worker counts a mask, the engine has the next photo already, and
 * more than two are never under way. What is wrong with a photo is told of it alone, and the run goes on; a failure of the engine
 * is tried once more, with the new worker that the engine has by then.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'

/** @typedef {{photo: {file: Blob}}} Shot a photo, with whatever belongs to it */
/** A mask, made now or before. @typedef {Pick<import('../../../engine/engine.js').Result, 'width' | 'height' | 'labels'> & {timings: {run: number}}} Masked */

/** Failures that are a photo's own. @type {readonly string[]} */
const OWN = ['empty_file', 'not_an_image', 'truncated_image', 'svg_unsupported', 'heic_unsupported',
  'decode_failed', 'image_too_large',
  'size_too_large', 'adapter_limits', 'invalid_input']
/** Those of the engine, which another try may not have. @type {readonly string[]} */
const LOST = ['crashed', 'device_lost', 'gpu_error']
/** So many photos in a row for which the engine was lost, twice each: it isn't the photos. */
const MOST_LOST = 4

/**
 * @template {Shot} S
 * @template {Masked} M
 * @typedef {object} Steps
 * @property {(shot: S, at: number) => Promise<M>} segment
 * @property {(result: M, at: number) => Promise<void>} count takes the labels; all is settled when it is done
 * @property {(at: number, failure: FcnError) => void} fail the photo has no mask
 */

/**
 * @template {Shot} S
 * @template {Masked} M
 * @param {readonly S[]} shots
 * @param {readonly number[]} places those that are to be done
 * @param {Steps<S, M>} steps
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 * @throws {FcnError} what would be wrong with every photo; aborted
 */
export async function segmentAll(shots, places, { segment, count, fail }, signal) {
  let lost = 0
  /** @param {number} at @returns {Promise<M | FcnError>} */
  const mask = async at => {
    for (let tries = 1; ; tries++) {
      try {
        const result = await segment(shots[at], at)
        lost = 0
        return result
      } catch (error) {
        const failure = toFcnError(error)
        if (signal.aborted) throw new FcnError('aborted')
        if (OWN.includes(failure.code)) return await explained(failure, shots[at].photo.file)
        if (!LOST.includes(failure.code)) throw failure
        if (tries > 1 && ++lost === MOST_LOST) throw failure
        if (tries > 1) return failure
      }
    }
  }
  /** @param {number} at @param {M} result counted, or once more from the photo where the worker was lost */
  const settle = async (at, result) => {
    try {
      await count(result, at)
    } catch {
      if (signal.aborted) return
      const again = await mask(at)
      if (again instanceof FcnError) return fail(at, again)
      await count(again, at).catch(error => { if (!signal.aborted) fail(at, toFcnError(error)) })
    }
  }
  let former = Promise.resolve()
  try {
    for (const at of places) {
      const result = await mask(at)
      await former
      if (signal.aborted) throw new FcnError('aborted')
      if (result instanceof FcnError) fail(at, result)
      else {
        former = settle(at, result)
        // It is waited for below; until then nobody listens.
        former.catch(() => {})
      }
    }
  } finally {
    await former
  }
}

/** @param {FcnError} failure @param {Blob} file @returns {Promise<FcnError>} a file that has gone isn't damaged */
async function explained(failure, file) {
  if (failure.code !== 'decode_failed') return failure
  return await file.slice(0, 1).arrayBuffer().then(() => failure,
    () => new FcnError('decode_failed', undefined, { kind: 'file_gone' }))
}
