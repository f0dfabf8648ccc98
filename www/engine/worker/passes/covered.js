/**
 * A score of a photo of which a square is covered. Runs in the worker; everything it makes in wasm it frees.
 */
import { FcnError } from '../../../lib/errors.js'
import { isClassifier } from '../../formats/manifest.js'
import { passing, run } from './segment.js'

/** @typedef {import('./segment.js').Machine} Machine */
/** @typedef {Extract<import('../../protocol.js').Question, {ask: 'covered'}>} Question */

/** Nobody is told of each stage: such passes are many, and short. */
const untold = () => {}

/**
 * @param {Machine} machine
 * @param {Pick<import('../opened.js').Opened, 'picture' | 'work'>} opened stays as it is
 * @param {Question} question
 * @param {AbortSignal} signal
 * @returns {Promise<number>} of the pixel, or the mean over all pixels or windows
 * @throws {FcnError} invalid_input for a pixel beyond the photo
 */
export async function covered(machine, { picture, work }, { variant, classId, at, square }, signal) {
  if (at && (at.x >= work.width || at.y >= work.height)) {
    throw new FcnError('invalid_input', `there is no pixel (${at.x}, ${at.y}) in ${work.width}×${work.height}`)
  }
  const { left, top, width, height } = square
  const photo = picture.covered(left, top, width, height)
  if (isClassifier(machine.manifest)) return await ofWindows(machine, photo, { classId, at }, signal)
  const { scores: [scores] } = await run(machine, photo, [variant], signal, untold)
  try {
    const values = await scores.channel(classId)
    return at ? values[at.y * scores.width + at.x] : mean(values)
  } finally {
    scores.free()
  }
}

/**
 * @param {Machine} machine
 * @param {import('../../../pkg/fcn_lab.js').Photo} photo consumed
 * @param {Pick<Question, 'classId' | 'at'>} question
 * @param {AbortSignal} signal
 * @returns {Promise<number>} of the window whose middle is nearest to the pixel, or the mean over all windows
 */
async function ofWindows({ net, syncEvery }, photo, { classId, at }, signal) {
  const every = syncEvery(photo)
  const pass = await passing(photo, () => net.stages(net.variants), signal, untold,
    onStage => net.open(photo, every, onStage))
  try {
    if (at) return (await pass.autopsy(net.variants[0], classId, at.x, at.y)).score
    const map = await pass.channel('score', classId)
    const values = map.data()
    map.free()
    return mean(values)
  } finally {
    pass.free()
  }
}

/** @param {Float32Array} values */
const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length
