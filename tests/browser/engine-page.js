/**
 * What the engine's browser tests use inside the page. Served to it by engine-setup.js, which turns
 * the import below into the site's address.
 */
import { Engine } from '../../www/engine/engine.js'

export { Engine }

/** @typedef {import('../../www/engine/engine.js').Result} Result */

export const MODEL = 'models/everyday/model.json'

/** A scene's size in pixels: small, since the software adapter takes seconds for a large one. */
export const WIDTH = 96
export const HEIGHT = 72

/**
 * An engine with the site's model.
 * @param {'auto' | 'webgpu' | 'cpu'} backend
 */
export async function ready(backend) {
  const engine = await Engine.create({ backend })
  await engine.load(MODEL)
  return engine
}

/**
 * A landscape of sorts, different in every corner, so that a turned or mirrored mask is noticed.
 * @param {{width?: number, height?: number, type?: string, holes?: 'clear' | 'white'}} [options]
 *   holes: half-transparent and transparent parts, or the same over white
 * @returns {Promise<Blob>}
 */
export async function scene(options = {}) {
  return await paint(options).convertToBlob({ type: options.type ?? 'image/png', quality: 0.95 })
}

/**
 * @param {{width?: number, height?: number, holes?: 'clear' | 'white'}} [options]
 * @returns {OffscreenCanvas}
 */
export function paint({ width = WIDTH, height = HEIGHT, holes } = {}) {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas')
  if (holes === 'white') {
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
  }
  const sky = context.createLinearGradient(0, 0, 0, height / 2)
  sky.addColorStop(0, '#3b7dd8')
  sky.addColorStop(1, holes ? '#cfe4ff80' : '#cfe4ff')
  context.fillStyle = sky
  context.fillRect(0, 0, width, height / 2)
  context.fillStyle = holes ? '#3d8b2f40' : '#3d8b2f'
  context.fillRect(0, height / 2, width * 0.7, height / 2)
  context.fillStyle = '#777'
  context.fillRect(width * 0.6, height * 0.55, width * 0.4, height * 0.45)
  context.fillStyle = '#c8b49a'
  context.fillRect(width * 0.1, height * 0.25, width * 0.3, height * 0.35)
  context.fillStyle = '#ffd900'
  context.beginPath()
  context.arc(width * 0.8, height * 0.2, height * 0.1, 0, 7)
  context.fill()
  return canvas
}

/**
 * A JPEG with an EXIF orientation (and with a thumbnail's end marker in its metadata).
 * @param {Blob} jpeg
 * @param {number} orientation 1..8
 * @returns {Promise<Blob>}
 */
export async function oriented(jpeg, orientation) {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff, 0xff, 0xd9]
  const segment = [0xff, 0xe1, 0, body.length + 2, ...body]
  return new Blob([await part(jpeg, 0, 2), Uint8Array.from(segment), await part(jpeg, 2)], { type: 'image/jpeg' })
}

/**
 * @param {Blob} blob
 * @param {number} from
 * @param {number} [to]
 * @returns {Promise<ArrayBuffer>}
 */
export async function part(blob, from, to = blob.size) {
  return await blob.slice(from, to).arrayBuffer()
}

/**
 * A PNG whose header claims a size.
 * @param {number} width
 * @param {number} height
 */
export async function claims(width, height) {
  const bytes = new Uint8Array(await (await scene()).arrayBuffer())
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return new Blob([bytes])
}

/**
 * The site's model with changes, as the two files a person would choose.
 * @param {(manifest: Record<string, unknown>) => void} change
 * @param {(weights: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>} [changeWeights]
 * @returns {Promise<File[]>}
 */
export async function modelFiles(change, changeWeights = weights => weights) {
  const manifest = await (await fetch(MODEL)).json()
  const address = new URL(manifest.files[0].path, new URL(MODEL, location.href))
  const weights = changeWeights(new Uint8Array(await (await fetch(address)).arrayBuffer()))
  change(manifest)
  return [new File([JSON.stringify(manifest)], 'model.json'), new File([weights], 'weights.safetensors')]
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<string>} hexadecimal
 */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * A result without its pixels, for comparing on the test's side.
 * @param {Result} result
 */
export async function summary(result) {
  const { width, height, variant, backend, labels, scores } = result
  return { width, height, variant, backend, labels: await sha256(labels),
    working: scores && [scores.width, scores.height] }
}

/**
 * @param {Result} a
 * @param {Result} b
 * @returns {number} share of pixels with different labels
 */
export function difference(a, b) {
  if (a.width !== b.width || a.height !== b.height) return 1
  let different = 0
  for (let i = 0; i < a.labels.length; i++) if (a.labels[i] !== b.labels[i]) different++
  return different / a.labels.length
}

/**
 * How a promise fails.
 * @param {Promise<unknown>} promise
 * @returns {Promise<{name: string, code: unknown, message: string, details: unknown} | null>} null when it doesn't
 */
export async function failure(promise) {
  try {
    await promise
    return null
  } catch (error) {
    const { name, message, code, details } = /** @type {Error & {code?: unknown, details?: unknown}} */ (error)
    return { name, message, code, details }
  }
}

/**
 * Writes down what an engine tells.
 * @param {Engine} engine
 * @returns {{type: string, detail: {code?: string, backend?: string}}[]} grows
 */
export function diary(engine) {
  /** @type {{type: string, detail: {code?: string, backend?: string}}[]} */
  const told = []
  for (const type of ['restart', 'backend', 'model']) {
    engine.addEventListener(type, event => told.push({ type, detail: /** @type {CustomEvent} */ (event).detail }))
  }
  return told
}
