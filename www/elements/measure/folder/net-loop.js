/**
 * Photos through the net, one after the other: while the worker counts a mask, the engine has the next photo already, and
 * more than two are never under way. What is wrong with a photo is its own row, and the run goes on; a failure of the engine
 * is tried once more, with the new worker that the engine has by then.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { rowOf } from './compare.js'

/** @typedef {import('./pairs.js').Shot} Shot */
/** A mask, made now or before. @typedef {Pick<import('../../../engine/engine.js').Result, 'width' | 'height' | 'labels'> & {timings: {run: number}}} Masked */

/** Failures that are a photo's own. @type {readonly string[]} */
const OWN = ['empty_file', 'not_an_image', 'truncated_image', 'svg_unsupported', 'heic_unsupported', 'decode_failed', 'image_too_large',
  'size_too_large', 'adapter_limits', 'invalid_input']
/** Those of the engine, which another try may not have. @type {readonly string[]} */
const LOST = ['crashed', 'device_lost', 'gpu_error']
/** So many photos in a row for which the engine was lost, twice each: it isn't the photos. */
const MOST_LOST = 4

/**
 * @typedef {object} Steps
 * @property {(shot: Shot, at: number) => Promise<Masked>} segment
 * @property {(result: Masked, at: number) => Promise<void>} count takes the labels; all is settled when it is done
 * @property {(at: number, row: import('./save.js').Row) => void} fail the photo has no mask
 */

/**
 * @param {readonly Shot[]} shots
 * @param {readonly number[]} places those that are to be done
 * @param {Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 * @throws {FcnError} what would be wrong with every photo; aborted
 */
export async function segmentShots(shots, places, { segment, count, fail }, signal) {
  let lost = 0
  /** @param {number} at @returns {Promise<Masked | FcnError>} */
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
  /** @param {number} at @param {Masked} result counted, or once more from the photo where the worker was lost */
  const settle = async (at, result) => {
    try {
      await count(result, at)
    } catch {
      if (signal.aborted) return
      const again = await mask(at)
      if (again instanceof FcnError) return fail(at, rowOf(shots[at].name, again))
      await count(again, at).catch(error => { if (!signal.aborted) fail(at, rowOf(shots[at].name, toFcnError(error))) })
    }
  }
  let former = Promise.resolve()
  try {
    for (const at of places) {
      const result = await mask(at)
      await former
      if (signal.aborted) throw new FcnError('aborted')
      if (result instanceof FcnError) fail(at, rowOf(shots[at].name, result))
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
  return await file.slice(0, 1).arrayBuffer().then(() => failure, () => new FcnError('decode_failed', undefined, { kind: 'pair_gone' }))
}
