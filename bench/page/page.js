/**
 * The page that holds the engines. run.mjs calls `bench.open(name)` once and `bench.pass(name)`
 * as often as it likes. A pass is the whole way: RGBA bytes in, label map out.
 */
import { SIZE, picture } from '../net.mjs'

/**
 * @typedef {object} Contender
 * @property {string} engine
 * @property {string} backend
 * @property {string} version
 * @property {string} note what it really runs on
 * @property {(rgba: Uint8ClampedArray<ArrayBuffer>) => Promise<Uint8Array>} labels one pass, [SIZE * SIZE]
 */

/** @type {Record<string, () => Promise<Contender>>} */
const OPENERS = {
  'fcn-lab:webgpu': async () => (await import('./fcn-lab.js')).open('webgpu'),
  'fcn-lab:cpu': async () => (await import('./fcn-lab.js')).open('cpu'),
  'onnxruntime-web:webgpu': async () => (await import('./onnxruntime.js')).open('webgpu'),
  'onnxruntime-web:wasm': async () => (await import('./onnxruntime.js')).open('wasm'),
  'tfjs:webgpu': async () => (await import('./tfjs.js')).open(),
}

const rgba = picture()
/** @type {Map<string, Contender>} */
const contenders = new Map()
/** @type {Map<string, Uint8Array>} */
const masks = new Map()

const bench = {
  /** @param {string} name a key of OPENERS */
  async open(name) {
    const start = performance.now()
    const { labels, ...facts } = await OPENERS[name]()
    contenders.set(name, { labels, ...facts })
    return { ...facts, ms: performance.now() - start }
  },

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
    if (labels.length !== SIZE * SIZE) throw new Error(`${name}: ${labels.length} labels`)
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
