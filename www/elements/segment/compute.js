/**
 * From a photo to the scene with its masks: a look at the file's header, the copy for the screen,
 * the engine, the areas; and the engine again while the settings change.
 */
import { FcnError } from '../../lib/errors.js'
import { race } from '../common/session.js'
import { sceneOf } from './scene.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../engine/protocol.js').Size} Size */
/** @typedef {import('../common/photo/image-tasks.js').Shown} Shown */
/** @typedef {import('./scene.js').Photo} Photo */

/** A photo with more pixels isn't decoded for the screen while the engine decodes it too. */
const LARGE = 32e6

/**
 * @typedef {object} Tools
 * @property {import('../common/session.js').Runner} runner
 * @property {import('../common/photo/image-client.js').Studio} studio
 * @property {() => {key: string, variant: string, compare: boolean, size: Size | string}} settings
 *   wanted at this moment; the key tells one set from another
 * @property {(size: import('../common/photo/image-tasks.js').Size | null) => Promise<Shown>} show brings the photo for the screen
 */

/**
 * @param {import('./job.js').Job} job
 * @param {Photo} photo
 * @param {Tools} tools
 * @returns {Promise<{scene: import('./scene.js').Scene, results: Result[]}>} of the settings wanted when it is done
 */
export async function compute(job, photo, { runner, studio, settings, show }) {
  const file = !job.picture && photo.source instanceof Blob ? photo.source : null
  const size = file && await race(studio.look(file), job.signal)
  // A file whose header doesn't tell its size is decoded for the screen once the engine took it.
  let showing = file && !size ? null : show(size)
  if (showing && size && size.width * size.height > LARGE) await race(showing.then(() => {}, () => {}), job.signal)
  for (;;) {
    if (job.isOver) throw new FcnError('aborted')
    const { key, ...wanted } = settings()
    const signal = job.begin(key)
    try {
      const results = await runner.segment(photo.source, wanted.variant, wanted.compare, sizeOf(wanted.size), signal)
      // An error of the engine is the better explained one, so it comes first.
      showing ??= show(size)
      const { bitmap } = await race(showing, signal).catch(error => {
        throw error instanceof FcnError ? error : new FcnError('decode_failed')
      })
      const scene = await sceneOf(photo, bitmap, results, signal)
      // Another model was loaded by hand meanwhile: once more, with that.
      if (results[0].classes === runner.engine?.model?.manifest.classes) return { scene, results }
    } catch (error) {
      if (!signal.aborted || job.isOver) throw error
    }
  }
}

/** @param {Size | string} size attribute or property @returns {Size} */
function sizeOf(size) {
  if (size === 'model' || size === 'native') return size
  const pixels = Number(size)
  return Number.isFinite(pixels) && pixels >= 1 ? Math.round(pixels) : 'model'
}
