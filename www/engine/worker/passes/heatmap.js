/**
 * A classifier's scores of a photo's windows; see src/passes/heatmap.rs. Runs in the worker; everything it
 * makes in wasm it frees.
 */
import { movedPixels } from '../../../lib/shift.js'
import { passing, prepare } from './segment.js'
import { owned } from './trace.js'

/** @typedef {import('./segment.js').Machine} Machine */
/** @typedef {import('../../protocol.js').Heatmapped} Heatmapped */
/** @typedef {import('../../../pkg/fcn_lab.js').Photo} WasmPhoto */

/**
 * @param {Machine} machine
 * @param {Omit<import('../../protocol.js').HeatmapRequest, 'type' | 'net'>} job a bitmap in it is closed here
 * @param {AbortSignal} signal
 * @param {(progress: import('../../protocol.js').SegmentProgress) => void} tell
 * @returns {Promise<Heatmapped | 'fits_gpu'>}
 */
export async function heatmap(machine, job, signal, tell) {
  const { wasm, net, manifest, syncEvery } = machine
  const started = performance.now()
  const ready = await prepare(machine, job, signal, tell)
  if (ready === 'fits_gpu') return ready
  const { width, height, workWidth, workHeight, decoded } = ready
  const photo = job.shift ? moved(machine, ready.photo, job.shift) : ready.photo
  const shrunk = performance.now()
  // Asked for within `passing`, which frees the photo should it throw.
  const announce = () => net.stages(manifest.config.variants)
  const map = await passing(photo, announce, signal, tell, onStage => net.heatmap(photo, syncEvery(photo), onStage))
  const ran = performance.now()
  try {
    await machine.settle()
    signal.throwIfAborted()
    const linear = map.linear()
    const { window, windowStride: stride } = wasm.limits()
    return {
      outcome: 'heatmap', width: map.width, height: map.height, scores: owned(map.scores()),
        linear: linear ? owned(linear) : null,
      photo: { width, height }, work: { width: workWidth, height: workHeight }, window, stride,
      shapes: net.shapes(workWidth, workHeight)
        .map(({ stage, channels, rows, columns }) => ({ stage, channels, height: rows, width: columns })),
      timings: {
        decode: decoded - started, preprocess: shrunk - decoded, run: ran - shrunk, total: performance.now() - started,
      },
    }
  } finally {
    map.free()
  }
}

/**
 * The photo moved within its frame at the working size, so that it is moved by whole pixels of what the net sees.
 * @param {Machine} machine
 * @param {WasmPhoto} photo freed
 * @param {{x: number, y: number}} shift
 * @returns {WasmPhoto} the caller frees it
 */
function moved({ wasm }, photo, shift) {
  try {
    const { width, height } = photo.size()
    return wasm.Photo.ofPixels(width, height, movedPixels(photo.pixels(), { width, height }, shift))
  } finally {
    photo.free()
  }
}
