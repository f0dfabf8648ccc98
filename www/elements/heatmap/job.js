/**
 * One photo's way to its label and its heat map. What is done of it is kept, so that a job that is tried again goes on
 * from there.
 */
import { FcnError } from '../../lib/errors.js'
import { race } from '../common/jobs.js'

/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../common/photo/image-tasks.js').Shown} Picture */
/** @typedef {import('../common/photo/source.js').Photo} Photo */

/**
 * What is shown.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {Picture} picture for the screen
 * @property {Heatmap | null} label of the photo squeezed into one window; null while it is computed
 * @property {Heatmap | null} map of the photo at the size asked for; null while it is computed
 */

/**
 * What a job is to do, and what of it is done.
 * @typedef {object} Task
 * @property {((signal: AbortSignal) => Promise<unknown>) | null} [load] brings another classifier first
 * @property {(signal: AbortSignal) => Promise<Photo>} [bring]
 * @property {import('../common/photo/intake.js').Sample} [sample] that is brought
 * @property {Photo} [photo]
 * @property {Picture} [picture]
 * @property {Heatmap | null} [label]
 */

/**
 * What a job works with.
 * @typedef {object} Tools
 * @property {() => Pick<import('../common/session.js').Session, 'images' | 'bitmaps'>} session
 * @property {() => Promise<import('../../engine/engine.js').Net>} net the classifier, started
 * @property {() => import('../../engine/protocol.js').Size} longSide to compute the map at
 * @property {(progress: import('../common/jobs.js').Progress) => void} tell
 * @property {() => void} brought the photo is there
 * @property {(scene: Scene | null) => void} pend shows a photo whose label is being computed
 * @property {(scene: Scene) => void} show
 */

/** The size at which there is but one window, pixels. */
const ONE_WINDOW = 224

/** @param {Task} task @param {AbortSignal} signal @param {Tools} tools */
export async function carryOut(task, signal, tools) {
  await task.load?.(signal)
  task.load = null
  await bringPhoto(task, signal, tools)
  await compute(task, signal, tools)
}

/** @param {Task} task @param {AbortSignal} signal @param {Tools} tools */
async function bringPhoto(task, signal, { session, tell, brought, pend }) {
  const { images, bitmaps } = session()
  const { bring } = task
  if (!task.picture && (task.photo || bring)) tell({ phase: 'photo' })
  if (!task.photo && bring) {
    task.photo = await race(bring(signal).then(photo => {
      bitmaps.keep(photo.source)
      return photo
    }), signal)
    brought()
  }
  const { photo } = task
  if (!photo || task.picture) return
  const { source } = photo
  const size = source instanceof Blob ? await race(images.look(source), signal) : null
  const showing = images.show(source, size).then(picture => {
    bitmaps.keep(picture.bitmap)
    return picture
  }, error => { throw error instanceof FcnError ? error : new FcnError('decode_failed') })
  task.picture = await race(showing, signal)
  pend({ photo, picture: task.picture, label: null, map: null })
}

/** @param {Task} task a label that is there already stays @param {AbortSignal} signal @param {Tools} tools */
async function compute(task, signal, { net: start, longSide, tell, pend, show }) {
  const { photo, picture } = task
  if (!photo || !picture) return
  const options = { signal, onProgress: tell }
  for (;;) {
    const net = await race(start(), signal)
    try {
      if (!task.label) {
        task.label = await net.heatmap(photo.source, { ...options, size: ONE_WINDOW })
        pend(null)
        show({ photo, picture, label: task.label, map: null })
      }
      const map = await net.heatmap(photo.source, { ...options, size: longSide() })
      return show({ photo, picture, label: task.label, map })
    } catch (error) {
      if (signal.aborted || !net.isDisposed) throw error
      // Another net came by hand meanwhile: once more, with that.
      task.label = null
    }
  }
}
