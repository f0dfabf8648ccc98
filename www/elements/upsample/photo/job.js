/**
 * A photo's way through the net: the maps, the first kernel, and the photo to show through the figure's output.
 */
import { FcnError } from '../../../lib/errors.js'
import { fetchJson } from '../../../lib/fetching.js'
import { race } from '../../common/jobs.js'
import { bringSample } from '../../common/photo/source.js'
import { SIZE, layersOf, mapsFor } from './maps.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../common/photo/source.js').Photo} Photo */

/**
 * A photo that went through the net.
 * @typedef {object} Traced
 * @property {Net} net
 * @property {import('../../../engine/engine.js').Trace} trace
 * @property {import('./maps.js').Layer[]} layers
 * @property {import('./maps.js').Layer} layer the one to show first
 * @property {HTMLCanvasElement} picture of the photo
 * @property {import('../../common/photo/intake.js').Sample | null} sample whose credit is due
 * @property {Map<string, import('../../../engine/engine.js').UpsamplingLayer>} kernels those fetched so far
 */

/**
 * @typedef {object} Tools
 * @property {import('../../common/session.js').Session['images']} images
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {AbortSignal} signal
 * @property {(progress: import('../../common/jobs.js').Progress) => void} onProgress
 */

const SAMPLES = new URL('../../../samples/samples.json', import.meta.url)

/** The other nets crop after enlarging, or don't enlarge by transposed convolutions. */
const SUITABLE = ['fcn-vgg16', 'fcn-efficientnet-lite']

/** Photo pixels to one of the net's, in the picture that shows through. */
const PICTURE_SCALE = 2

/**
 * @param {Net} net
 * @param {Photo} photo
 * @param {() => string | undefined} wished the layer to show first, where the net has it
 * @param {Tools} tools
 * @returns {Promise<Traced>}
 */
export async function tracePhoto(net, { source, sample }, wished, { images, t, signal, onProgress }) {
  const { architecture, config } = net.manifest
  const layers = SUITABLE.includes(architecture) ? layersOf(config.variants) : []
  if (layers.length === 0) throw new FcnError('no_model', t('error.unsuitable'), { kind: 'unsuitable' })
  const trace = await net.trace(source, { maps: mapsFor(layers), size: SIZE, signal, onProgress })
  const picture = await pictureOf(source, trace.work, { images, signal })
  const layer = layers.find(({ name }) => name === wished()) ?? layers[0]
  const kernels = new Map([[layer.name, await net.upsamplingLayer(layer.name, { signal })]])
  signal.throwIfAborted()
  return { net, trace, layers, layer, picture, sample, kernels }
}

/**
 * The photo, small, to show through the output.
 * @param {Blob | ImageBitmap} source
 * @param {{width: number, height: number}} work size that the net saw, pixels
 * @param {Pick<Tools, 'images' | 'signal'>} tools
 * @returns {Promise<HTMLCanvasElement>}
 */
async function pictureOf(source, { width, height }, { images, signal }) {
  const size = source instanceof Blob ? await race(images.look(source), signal) : null
  const showing = images.show(source, size)
  try {
    const { bitmap } = await race(showing, signal)
    const canvas = document.createElement('canvas')
    canvas.width = width * PICTURE_SCALE
    canvas.height = height * PICTURE_SCALE
    const context = canvas.getContext('2d')
    if (context) {
      context.imageSmoothingQuality = 'high'
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    }
    return canvas
  } finally {
    showing.then(({ bitmap }) => { if (bitmap !== source) bitmap.close() }, () => {})
  }
}

/**
 * The first of the site's samples.
 * @param {AbortSignal} signal
 * @returns {Promise<Photo>}
 */
export async function firstSample(signal) {
  /** @typedef {import('../../common/photo/intake.js').Sample} Sample */
  const { samples } = /** @type {{samples: Sample[]}} */ (await fetchJson(SAMPLES, signal))
  return await bringSample(samples[0], SAMPLES, signal)
}
