/**
 * One photo through the net: decode, scale strip by strip, run, enlarge the scores strip by strip.
 * On the GPU the scores stay there, and only the mask comes back.
 * Runs in the worker; everything it makes in wasm it frees.
 */
import { FcnError } from '../../../lib/errors.js'
import { checkPixels, decode, isOpaque } from '../../formats/decode.js'
import { isClassifier } from '../../formats/manifest.js'
import { freeQuietly } from '../free.js'
import { pause } from '../../../lib/pause.js'
import { eachStrip } from './strips.js'

/** @typedef {import('../../protocol.js').Mask} Mask */
/** @typedef {import('../../protocol.js').Manifest} Manifest */
/** @typedef {import('../../protocol.js').SegmentProgress} SegmentProgress */
/** @typedef {typeof import('../../../pkg/fcn_lab.js')} Wasm */
/** @typedef {import('../../../pkg/fcn_lab.js').Net} Net */
/** @typedef {import('../../../pkg/fcn_lab.js').Photo} WasmPhoto */
/** @typedef {import('../../../pkg/fcn_lab.js').Scores} Scores */
/** @typedef {Omit<import('../../protocol.js').Segment, 'type' | 'net'>} Job */

/**
 * What a pass needs to know of the back end.
 * @typedef {object} Machine
 * @property {Wasm} wasm
 * @property {number} id the net's
 * @property {Net} net
 * @property {Manifest} manifest
 * @property {number} largestBinding bytes a GPU buffer may have; 0 on the CPU
 * @property {(photo: WasmPhoto) => number} syncEvery how much work the GPU is given before it is waited for, so that
 *   progress tells the truth and a stop is heard, milliseconds; Infinity: it is never waited for
 * @property {import('../opened.js').Keeper} kept where the net keeps the pass opened last
 * @property {boolean} software whether the GPU is a program on the CPU
 * @property {import('../team/team.js').Team | null} team who computes together on the CPU
 * @property {() => Promise<void>} settle waits for the GPU and its complaints
 */

/**
 * How a photo is scaled for the net.
 * @typedef {object} Scaling
 * @property {(width: number, height: number, longSide: number) => {width: number, height: number}} size the working size
 * @property {(width: number, height: number, workWidth: number, workHeight: number) => WasmPhoto} photo
 */

/** Class scores above this size aren't handed out, bytes. */
const MAX_SCORES_BYTES = 64 * 2 ** 20
/**
 * How long a pass goes on without a turn of the event loop, in which a stop would be heard. During such a turn the GPU
 * gets no work. Milliseconds.
 */
const TURN = 12
/** How often a photo is decoded that isn't drawn. */
const MOST_TRIES = 3
/** Mask pixels made between two turns of the event loop. */
const MASK_STRIP_PIXELS = 2 ** 19
/** A software adapter takes 90 ns a pixel for what takes the CPU 15, but reading the scores has its price too. */
const SOFTWARE_MASK_PIXELS = 2 ** 18
/** Pixels of a strip on the GPU, where each costs a wait, and bytes of two buffers. */
const GPU_STRIP_PIXELS = 2 ** 22

/**
 * @param {Machine} machine
 * @param {Job} job a bitmap in it is closed here
 * @param {AbortSignal} signal
 * @param {(progress: SegmentProgress) => void} tell
 * @returns {Promise<{outcome: 'masks', masks: Mask[], scores: Scores[]} | 'fits_gpu'>} one of each a variant, in the
 *   order asked for; the caller frees the scores
 */
export async function segment(machine, job, signal, tell) {
  const started = performance.now()
  const ready = await prepare(machine, job, signal, tell)
  if (ready === 'fits_gpu') return ready
  const { photo, width, height, decoded } = ready
  const shrunk = performance.now()

  const { scores, threads } = await run(machine, photo, job.variants, signal, tell)
  try {
    // Until then nothing is computed but handed over.
    await machine.settle()
    const ran = performance.now()
    signal.throwIfAborted()
    /** @type {Mask[]} */
    const masks = []
    for (const [i, map] of scores.entries()) {
      const from = performance.now()
      if (machine.software && width * height > SOFTWARE_MASK_PIXELS) await map.bring()
      const labels = await enlarge(map, width, height, signal, row =>
        tell({ phase: 'mask', stage: map.variant, index: i * height + row, total: scores.length * height }))
      const now = performance.now()
      masks.push({
        variant: map.variant,
        width,
        height,
        labels,
        threads,
        ...job.scores ? { scores: await scoresOf(map) } : {},
        timings: {
          decode: decoded - started, preprocess: shrunk - decoded, run: ran - shrunk,
          mask: now - from, total: now - started,
        },
      })
    }
    // A mask that the GPU had something against is none.
    await machine.settle()
    return { outcome: 'masks', masks, scores }
  } catch (error) {
    scores.forEach(freeQuietly)
    throw error
  }
}

/**
 * A photo at the net's working size. Sizes in pixels; `decoded`: when that was done, milliseconds.
 * @typedef {object} Prepared
 * @property {WasmPhoto} photo
 * @property {number} width the photo's own
 * @property {number} height
 * @property {number} workWidth
 * @property {number} workHeight
 * @property {number} decoded
 */

/**
 * A photo decoded and scaled for the net.
 * @param {Machine} machine
 * @param {Pick<Job, 'photo' | 'size' | 'gpuLimit'>} job
 * @param {AbortSignal} signal
 * @param {(progress: SegmentProgress) => void} tell
 * @returns {Promise<Prepared | 'fits_gpu'>} the caller frees the photo
 */
export async function prepare(machine, job, signal, tell) {
  const scaling = scalingFor(machine)
  for (let tries = 1; ; tries++) {
    const bitmap = job.photo instanceof Blob ? await decode(job.photo, signal) : job.photo
    const decoded = performance.now()
    const { width, height } = bitmap
    try {
      checkPixels(bitmap)
      const { width: workWidth, height: workHeight } = workingSize(machine, scaling, job.size, width, height)
      if (job.gpuLimit !== null && machine.net.bytesNeeded(workWidth, workHeight) <= job.gpuLimit) return 'fits_gpu'
      checkLimits(machine, scaling, width, height, workWidth, workHeight)
      // Progress never goes back.
      const telling = tries === 1 ? tell : () => {}
      const { photo, isDrawn } = await shrink(scaling, bitmap, workWidth, workHeight, signal, telling)
      if (isDrawn || !(job.photo instanceof Blob)) return { photo, width, height, workWidth, workHeight, decoded }
      // A photo that isn't drawn must not get the mask of a white one.
      const isRight = !await isOpaque(job.photo).catch(error => {
        freeQuietly(photo)
        throw error
      })
      if (isRight) return { photo, width, height, workWidth, workHeight, decoded }
      freeQuietly(photo)
      if (tries === MOST_TRIES) {
        throw new FcnError('decode_failed', undefined, { format: 'jpeg', reason: 'drawn as nothing' })
      }
    } finally {
      bitmap.close()
    }
  }
}

/**
 * In the photo's aspect and never larger than it is, but for a classifier, where a side that would be shorter than its
 * window is stretched to that.
 * @param {Machine} machine
 * @returns {Scaling}
 */
function scalingFor({ wasm, manifest }) {
  return isClassifier(manifest) ? { size: wasm.heatmapSize, photo: wasm.Photo.stretched }
    : { size: wasm.workingSize, photo: (...sizes) => new wasm.Photo(...sizes) }
}

/**
 * @param {Machine} machine
 * @param {Scaling} scaling
 * @param {import('../../protocol.js').Size} size
 * @param {number} width the photo's, pixels
 * @param {number} height
 * @returns {{width: number, height: number}} pixels
 * @throws {FcnError} size_too_large
 */
function workingSize({ manifest }, scaling, size, width, height) {
  const { long_side: usual, max_long_side: maxLongSide } = manifest.input
  // Never enlarged: a size above the photo's own means its own.
  const longSide = Math.min(size === 'model' ? usual : size === 'native' ? Infinity : size, Math.max(width, height))
  if (longSide > maxLongSide) {
    throw new FcnError('size_too_large',
      `This net works on at most ${maxLongSide} pixels along the longer side, not ${longSide}. Choose a smaller size.`,
      { maxLongSide, longSide })
  }
  return scaling.size(width, height, longSide)
}

/**
 * @param {Machine} machine
 * @param {Scaling} scaling
 * @param {number} width the photo's, pixels
 * @param {number} height
 * @param {number} workWidth
 * @param {number} workHeight
 * @throws {FcnError} adapter_limits, with the long side that would fit
 */
function checkLimits({ net, largestBinding }, scaling, width, height, workWidth, workHeight) {
  if (largestBinding === 0) return
  const needed = net.bytesNeeded(workWidth, workHeight)
  if (needed <= largestBinding) return
  // The need grows with the size, so the largest size that fits is found by halving.
  let fits = 0
  let tooLarge = Math.max(workWidth, workHeight)
  while (tooLarge - fits > 1) {
    const middle = Math.floor((fits + tooLarge) / 2)
    const work = scaling.size(width, height, middle)
    if (net.bytesNeeded(work.width, work.height) <= largestBinding) fits = middle
    else tooLarge = middle
  }
  // 0: the net itself is too large for this adapter.
  const message = fits === 0 ? "This net does not fit the GPU's limits. Use the CPU." : undefined
  throw new FcnError('adapter_limits', message, { needed, limit: largestBinding, maxLongSide: fits })
}

/**
 * @param {Scaling} scaling
 * @param {ImageBitmap} bitmap
 * @param {number} workWidth pixels
 * @param {number} workHeight
 * @param {AbortSignal} signal
 * @param {(progress: SegmentProgress) => void} tell
 * @returns {Promise<{photo: WasmPhoto, isDrawn: boolean}>} the caller frees it; whether there was anything to see
 */
async function shrink(scaling, bitmap, workWidth, workHeight, signal, tell) {
  const photo = scaling.photo(bitmap.width, bitmap.height, workWidth, workHeight)
  try {
    const isDrawn = await eachStrip(bitmap, (rows, index, total) => {
      photo.pushRows(rows)
      tell({ phase: 'decode', stage: 'scale', index, total })
    }, signal)
    return { photo, isDrawn }
  } catch (error) {
    freeQuietly(photo)
    throw error
  }
}

/**
 * @param {Machine} machine
 * @param {WasmPhoto} photo consumed
 * @param {string[]} variants
 * @param {AbortSignal} signal
 * @param {(progress: SegmentProgress) => void} tell
 * @returns {Promise<{scores: Scores[], threads: number}>} the caller frees the scores
 */
export async function run({ wasm, id, net, syncEvery, team }, photo, variants, signal, tell) {
  const every = syncEvery(photo)
  // Of a mask nothing but the scores is asked for.
  const everyMap = false
  return await passing(photo, () => net.stages(variants), signal, tell, async onStage => {
    if (!team) return { scores: await net.run(photo, variants, every, onStage, everyMap), threads: 1 }
    const { made: scores, threads } = await team.run({ wasm, id, net, photo, variants, signal, onStage, everyMap },
      async (photo, onStage) => await net.run(photo, variants, Infinity, onStage, everyMap),
        scores => scores.forEach(freeQuietly))
    return { scores, threads }
  })
}

/**
 * A pass through the net, told stage by stage.
 * @template T
 * @param {WasmPhoto} photo consumed by `start`; freed here if that doesn't come
 * @param {() => string[]} announce names of the stages, in order; may throw
 * @param {AbortSignal} signal
 * @param {(progress: SegmentProgress) => void} tell
 * @param {(onStage: (index: number, stage: string) => Promise<boolean>) => Promise<T>} start
 * @returns {Promise<T>}
 */
export async function passing(photo, announce, signal, tell, start) {
  /** @type {string[]} */
  let stages
  try {
    stages = announce()
  } catch (error) {
    freeQuietly(photo)
    throw error
  }
  tell({ phase: 'run', stage: stages[0] ?? '', index: 0, total: stages.length })
  return await start(tellingOf(stages, signal, tell))
}

/**
 * What a pass calls after each stage: tells of it, and goes on unless it was stopped.
 * @param {readonly string[]} stages in order
 * @param {AbortSignal} signal
 * @param {(progress: SegmentProgress) => void} tell
 * @returns {(index: number, stage: string) => Promise<boolean>}
 */
export function tellingOf(stages, signal, tell) {
  let turned = performance.now()
  return async (_, stage) => {
    tell({ phase: 'run', stage, index: stages.indexOf(stage) + 1, total: stages.length })
    if (performance.now() - turned > TURN) {
      await pause()
      turned = performance.now()
    }
    return !signal.aborted
  }
}

/**
 * @param {Scores} scores
 * @param {number} width the photo's, pixels
 * @param {number} height
 * @param {AbortSignal} signal
 * @param {(rows: number) => void} [onRows] how many rows are done
 * @returns {Promise<Uint8Array<ArrayBuffer>>} [height, width] class ids
 */
export async function enlarge(scores, width, height, signal, onRows = () => {}) {
  const labels = new Uint8Array(width * height)
  const stripRows = Math.max(1, Math.floor((scores.isOnGpu ? GPU_STRIP_PIXELS : MASK_STRIP_PIXELS) / width))
  for (let row = 0; row < height; row += stripRows) {
    const rows = Math.min(stripRows, height - row)
    labels.set(await scores.labels(width, height, row, rows), row * width)
    onRows(row + rows)
    await pause()
    signal.throwIfAborted()
  }
  return labels
}

/**
 * @param {Scores} scores
 * @returns {Promise<import('../../protocol.js').ScoreMap | null>}
 */
export async function scoresOf(scores) {
  const { width, height, channels } = scores
  if (width * height * channels * 4 > MAX_SCORES_BYTES) return null
  return { width, height, channels, data: await scores.data() }
}
