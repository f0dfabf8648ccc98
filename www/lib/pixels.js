/**
 * A canvas's pixels, in browsers, too, that change them for a page that reads them back, against its recognising the
 * machine ("fingerprinting"): Brave and Firefox flip some lowest bits, or, in their strictest settings, give noise. A
 * known pattern, read back once, tells. Reading them as a video's frame is another way, which mostly isn't changed.
 */
import { FcnError } from './errors.js'

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {(context: Context, width: number, height: number) => Promise<Uint8ClampedArray>} Read */

/** Side of the pattern, pixels: some protections change only a few in a hundred. */
const SIDE = 64
/** So little off changes a mask no more than saving the photo once more as a JPEG would. Of 0..255. */
const SMALL = 4

/** @type {Read} */
async function fromCanvas(context, width, height) {
  return context.getImageData(0, 0, width, height).data
}

/** @type {Read} */
async function fromFrame({ canvas }, width, height) {
  const frame = new VideoFrame(canvas, { timestamp: 0 })
  try {
    const pixels = new Uint8ClampedArray(width * height * 4)
    await frame.copyTo(pixels, { rect: { x: 0, y: 0, width, height } })
    if (frame.format?.startsWith('BGR')) {
      for (let i = 0; i < pixels.length; i += 4) [pixels[i], pixels[i + 2]] = [pixels[i + 2], pixels[i]]
    }
    return pixels
  } finally {
    frame.close()
  }
}

/** How this page or worker reads, found once. @type {Promise<Read> | null} */
let way = null

/**
 * @param {Context} context of an opaque picture
 * @param {number} width of the part at its top left, pixels
 * @param {number} height
 * @returns {Promise<Uint8ClampedArray>} RGBA8 [height, width, 4]
 * @throws {FcnError} decode_failed: the browser gives noise
 */
export async function readPixels(context, width, height) {
  const read = await (way ??= findWay())
  return await read(context, width, height)
}

/** @returns {Promise<Read>} */
async function findWay() {
  const off = await worst(fromCanvas)
  if (off === 0) return fromCanvas
  if (await worst(fromFrame) === 0) return fromFrame
  if (off <= SMALL) return fromCanvas
  return async () => {
    throw new FcnError('decode_failed',
      'This browser changes the pixels that a page reads (protection against fingerprinting). '
      + 'Allow this site to read canvases, or use another browser.',
      { kind: 'decode_failed.noise' })
  }
}

/**
 * @param {Read} read
 * @returns {Promise<number>} how far a known pattern is off at most, of 0..255
 */
async function worst(read) {
  const pattern = new ImageData(SIDE, SIDE)
  for (let i = 0; i < pattern.data.length; i++) pattern.data[i] = i % 4 === 3 ? 255 : (i * 37 + (i >> 6) * 101) % 256
  const hasOffscreen = typeof OffscreenCanvas !== 'undefined'
  const canvas = hasOffscreen ? new OffscreenCanvas(SIDE, SIDE) : document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  const context = /** @type {Context | null} */ (canvas.getContext('2d', { willReadFrequently: true }))
  if (!context) return 0
  context.putImageData(pattern, 0, 0)
  try {
    const found = await read(context, SIDE, SIDE)
    return found.reduce((most, value, i) => Math.max(most, Math.abs(value - pattern.data[i])), 0)
  } catch {
    return 255
  }
}
