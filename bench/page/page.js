/**
 * The page that holds the engines for one case. passes.mjs calls `bench.open(name, case)` once and
 * `bench.pass(name)` as often as it likes. A pass is the whole way: RGBA bytes in, label map out.
 */
import { picture } from '../net.mjs'
import { measure } from './layers.js'
import { live } from './live.js'

/**
 * @typedef {object} Contender
 * @property {string} engine
 * @property {string} backend
 * @property {string} version
 * @property {string} note what it really runs on
 * @property {(rgba: Uint8ClampedArray<ArrayBuffer>) => Promise<Uint8Array>} labels one pass, [size * size]
 */

/** A net and a picture. @typedef {{model: import('../net.mjs').Model, size: number}} Case size: side, pixels */

/** null: it doesn't run this case. @type {Record<string, (what: Case) => Promise<Contender | null>>} */
const OPENERS = {
  'fcn-lab:webgpu': async what => (await import('./fcn-lab.js')).open('webgpu', what),
  'fcn-lab:cpu': async what => (await import('./fcn-lab.js')).open('cpu', what),
  'burn:webgpu': async what => (await import('./burn.js')).open(what),
  'onnxruntime-web:webgpu': async what => (await import('./onnxruntime.js')).open('webgpu', what),
  'onnxruntime-web:wasm': async what => (await import('./onnxruntime.js')).open('wasm', what),
  'litert:webgpu': async what => (await import('./litert.js')).open('webgpu', what),
  'litert:wasm': async what => (await import('./litert.js')).open('wasm', what),
  'tfjs:webgpu': async what => (await import('./tfjs.js')).open(what),
}

/** @type {Uint8ClampedArray<ArrayBuffer>} */
let rgba
/** @type {Map<string, Contender>} */
const contenders = new Map()
/** @type {Map<string, Uint8Array>} */
const masks = new Map()

const bench = {
  /**
   * @param {string} name a key of OPENERS
   * @param {Case} what the same for all of a page
   */
  async open(name, what) {
    rgba ??= picture(what.size)
    const start = performance.now()
    const contender = await OPENERS[name](what)
    if (!contender) return null
    const { labels, ...facts } = contender
    contenders.set(name, contender)
    return { ...facts, ms: performance.now() - start }
  },

  /** In a page of its own, where nothing else holds GPU memory. */
  measure,

  /** In a browser with a camera. */
  live,

  /**
   * @param {string} name
   * @returns {Promise<number>} milliseconds
   */
  async pass(name) {
    const contender = contenders.get(name)
    if (!contender) throw new Error(`${name} isn't open`)
    const start = performance.now()
    const labels = await contender.labels(rgba)
    const ms = performance.now() - start
    if (labels.length !== rgba.length / 4) throw new Error(`${name}: ${labels.length} labels`)
    masks.set(name, labels)
    return ms
  },

  /**
   * Compares the latest masks.
   * @param {string} reference name
   * @returns {{labels: number, largest: number, agreement: Record<string, number>}} number of
   *   different labels in the reference, the share of its commonest one, and for each contender
   *   the share of pixels with the reference's label
   */
  compare(reference) {
    const truth = masks.get(reference)
    if (!truth) throw new Error(`${reference} has made no mask`)
    const areas = new Map()
    for (const label of truth) areas.set(label, (areas.get(label) ?? 0) + 1)
    /** @type {Record<string, number>} */
    const agreement = {}
    for (const [name, mask] of masks) {
      agreement[name] = mask.reduce((same, label, i) => same + Number(label === truth[i]), 0) / truth.length
    }
    return { labels: areas.size, largest: Math.max(...areas.values()) / truth.length, agreement }
  },
}

Object.assign(globalThis, { bench })
