/**
 * Photos as the element keeps them: a file as it is, anything else as a bitmap of this moment.
 */
import { snapshot } from '../../../engine/page/source.js'
import { FcnError } from '../../../lib/errors.js'

/** @typedef {import('../../segment/scene.js').Photo} Photo */

/**
 * @param {import('../../../engine/page/source.js').PhotoSource} source
 * @returns {Promise<Photo>}
 * @throws {FcnError} decode_failed, svg_unsupported
 */
export async function bringSource(source) {
  const name = source instanceof File ? source.name : 'photo'
  const shot = await snapshot(source)
  try {
    const { photo } = await shot.copy()
    return { source: photo, name, sample: null }
  } finally {
    shot.release()
  }
}

/**
 * @param {import('./intake.js').Sample} sample
 * @param {string | URL} list address of its samples.json
 * @param {AbortSignal} signal
 * @returns {Promise<Photo>}
 * @throws {FcnError} network_error, http_error, aborted
 */
export async function bringSample(sample, list, signal) {
  const url = new URL(sample.file, list).href
  try {
    const response = await fetch(url, { signal })
    if (!response.ok) throw new FcnError('http_error', undefined, { status: response.status, url })
    return { source: await response.blob(), name: sample.file, sample }
  } catch (error) {
    if (error instanceof FcnError) throw error
    throw new FcnError(signal.aborted ? 'aborted' : 'network_error', undefined, { url })
  }
}
