/**
 * One photo's way to its label and its heat map. What is done of it is kept, so that a job that is tried again goes on
 * from there.
 */
import { FcnError } from '../../lib/errors.js'
import { isMoved, scaledShift } from '../../lib/shift.js'
import { race } from '../common/jobs.js'

/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('../common/photo/image-tasks.js').Shown} Picture */
/** @typedef {import('../common/photo/source.js').Photo} Photo */
/** @typedef {import('../../lib/shift.js').Shift} Shift */

/**
 * What is shown.
 * @typedef {object} Scene
 * @property {Photo} photo
 * @property {Picture} picture for the screen
 * @property {Heatmap | null} label of the photo squeezed into one window; null while it is computed
 * @property {Heatmap | null} map of the photo at the size asked for; null while it is computed
 * @property {Moved | null} moved the same of the photo moved within its frame; null where it isn't
 */
/** `shift`: pixels of the map's working size. @typedef {{shift: Shift, label: Heatmap, map: Heatmap}} Moved */

/**
 * What a job is to do, and what of it is done.
 * @typedef {object} Task
 * @property {((signal: AbortSignal) => Promise<unknown>) | null} [load] brings another classifier first
 * @property {(signal: AbortSignal) => Promise<Photo>} [bring]
 * @property {import('../common/photo/intake.js').Sample} [sample] that is brought
 * @property {Photo} [photo]
 * @property {Picture} [picture]
 * @property {Heatmap | null} [label]
 * @property {Heatmap | null} [map] at the size asked for
 */

/**
 * What a job works with.
 * @typedef {object} Tools
 * @property {() => Pick<import('../common/session.js').Session, 'images' | 'bitmaps'>} session
 * @property {() => Promise<import('../../engine/engine.js').Net>} net the classifier, started
 * @property {() => import('../../engine/protocol.js').Size} longSide to compute the map at
 * @property {() => Shift} shift to compute the moved photo's with
 * @property {(progress: import('../common/jobs.js').Progress) => void} tell
 * @property {() => void} brought the photo is there
 * @property {(scene: Scene | null) => void} pend shows a photo whose label is being computed
 * @property {(scene: Scene) => void} show
 */

/** The size at which there is but one window, pixels. */
const ONE_WINDOW = 224

/** @param {Task} task @param {AbortSignal} signal @param {Tools} tools */
export async function carryOut(task, signal, tools) {
  // The photo is that of this moment, also where a classifier comes first.
  const brought = bringPhoto(task, signal, tools)
  brought.catch(() => {})
  await task.load?.(signal)
  task.load = null
  await brought
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
  pend({ photo, picture: task.picture, label: null, map: null, moved: null })
}

/** @param {Task} task a label and a map that are there already stay @param {AbortSignal} signal @param {Tools} tools */
async function compute(task, signal, { net: start, longSide, shift, tell, pend, show }) {
  const { photo, picture } = task
  if (!photo || !picture) return
  const options = { signal, onProgress: tell }
  for (;;) {
    const net = await race(start(), signal)
    try {
      if (!task.label) {
        task.label = await net.heatmap(photo.source, { ...options, size: ONE_WINDOW })
        pend(null)
        show({ photo, picture, label: task.label, map: null, moved: null })
      }
      task.map ??= await net.heatmap(photo.source, { ...options, size: longSide() })
      const { label, map } = task
      const moved = await moveIt(shift, map.work, async (size, shift) =>
        await net.heatmap(photo.source, { ...options, size: size ?? longSide(), shift }))
      return show({ photo, picture, label, map, moved })
    } catch (error) {
      if (signal.aborted || !net.isDisposed) throw error
      // Another net came by hand meanwhile: once more, with that.
      task.label = task.map = null
    }
  }
}

/**
 * @param {Tools['shift']} wished asked again at the end: it may be another by then
 * @param {{width: number, height: number}} work
 * @param {(size: number | null, shift: Shift) => Promise<Heatmap>} pass size: null for the map's
 * @returns {Promise<Moved | null>}
 */
async function moveIt(wished, work, pass) {
  for (;;) {
    const shift = wished()
    if (!isMoved(shift)) return null
    const label = await pass(ONE_WINDOW, scaledShift(shift, work, { width: ONE_WINDOW, height: ONE_WINDOW }))
    const map = await pass(null, shift)
    const { x, y } = wished()
    if (x === shift.x && y === shift.y) return { shift, label, map }
  }
}

/** The photo, its label and its map as they are shown: moved, if it is. @param {Scene} scene @returns {Scene} */
export const seenOf = scene => scene.moved ? { ...scene, label: scene.moved.label, map: scene.moved.map } : scene
