/**
 * Photos as the element keeps them: a file as it is, anything else as a bitmap of this moment.
 */
import { snapshot } from '../../../engine/engine.js'
import { fetchFile, readingFailed } from '../../../lib/fetching.js'

/**
 * A photo as an element keeps it.
 * @typedef {{source: Blob | ImageBitmap, name: string, sample: import('./intake.js').Sample | null}} Photo
 */

/**
 * @param {import('../../../engine/engine.js').PhotoSource} source
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
  const response = await fetchFile(url, signal)
  const source = await response.blob().catch(error => { throw readingFailed(error, url, signal) })
  return { source, name: sample.file, sample }
}
