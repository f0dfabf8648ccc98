/** This project's GPU pass, stage by stage, and its memory: taken from the page and printed. */
import { bytesOf, macsOf, stages } from './costs.mjs'
import { call, median } from './passes.mjs'
import { table } from './report.mjs'

/** @typedef {import('./page/memory.js').Bytes} Bytes */

/**
 * @typedef {object} Layers
 * @property {import('./net.mjs').Model} model
 * @property {number} size side of the picture, pixels
 * @property {number} runs
 * @property {number} pass_ms median of whole passes, without waits
 * @property {number} wait_ms what waiting for the GPU costs a stage; taken off `stages`
 * @property {(import('./costs.mjs').Stage & {median_ms: number, min_ms: number, max_ms: number})[]} stages
 * @property {{weights: number, maps: number, loaded: Bytes, loading: Bytes, pass: Bytes, buffers: number[], wasm: number}} memory bytes; `maps`: the two largest; `buffers`: those at the peak of `pass.storage`
 */

/**
 * @param {import('playwright-core').Page} page fresh
 * @param {import('./cases.mjs').Case} what
 * @param {import('./cases.mjs').Options} options
 * @returns {Promise<Layers>}
 */
export async function layersOf(page, what, { rounds, patience_ms, quick }) {
  /** @type {import('./page/layers.js').Measured} */
  const seen = await call(page, patience_ms, 'measure', what, { rounds, budget_ms: quick ? 5_000 : 15_000 })
  const counted = stages(what.model, what.size)
  if (counted.map(({ name }) => name).join()
    !== seen.names.join()) throw new Error(`other stages than costs.mjs counts: ${seen.names.join(', ')}`)
  // The quickest stages compute next to nothing: what they take is the wait.
  const wait = Math.min(...seen.stages.map(median))
  /** @param {number} ms */
  const rounded = ms => Math.round(Math.max(0, ms) * 1000) / 1000
  return {
    ...what, runs: seen.whole.length, pass_ms: rounded(median(seen.whole)), wait_ms: rounded(wait),
    stages: counted.map((stage, i) => {
      const ms = seen.stages[i].map(value => value - wait)
      return { ...stage, median_ms: rounded(median(ms)), min_ms: rounded(Math.min(...ms)),
        max_ms: rounded(Math.max(...ms)) }
    }),
    memory: { ...bytesOf(what.model, what.size), ...seen.memory },
  }
}

/** @param {Layers} layers */
export function printLayers({ model, size, runs, pass_ms, wait_ms, stages: list, memory }) {
  const sum = list.reduce((total, { median_ms }) => total + median_ms, 0)
  console.log(`\nfcn-lab webgpu by stage (median of ${runs}; each waited for, ${wait_ms.toFixed(1)} ms a wait taken off; together ${sum.toFixed(0)} ms, a pass without waits ${pass_ms.toFixed(0)} ms):`)
  table([
    ['stage', 'map', 'MMAC', 'ms', 'min', 'max', 'GFLOP/s'],
    ...list.map(({ name, map, macs, median_ms, min_ms, max_ms }) => [
      name, map.join('×'), macs > 0 ? (macs / 1e6).toFixed(1) : '',
        ...[median_ms, min_ms, max_ms].map(ms => ms.toFixed(1)),
      macs > 0 && median_ms > 0 ? (2 * macs / median_ms / 1e6).toFixed(1) : '',
    ]),
    ['together', '', (macsOf(model, size) / 1e6).toFixed(1), sum.toFixed(1), '', '',
      (2 * macsOf(model, size) / sum / 1e6).toFixed(1)],
  ])
  const { weights, maps, loaded, loading, pass, buffers, wasm } = memory
  console.log(`GPU buffers: ${mega(pass.storage)} at most in a pass, ${(pass.storage / (weights
    + maps)).toFixed(2)} × weights (${mega(weights)}) and the two largest maps (${mega(maps)}); `
    + `${mega(loaded.storage)} once loaded (${mega(loading.storage)} meanwhile); besides, for copies and parameters, ${mega(pass.other)}; the wasm's memory ${mega(wasm)}`)
  console.log(`the largest of the ${buffers.length} buffers, MB: ${buffers.slice(0, 12).map(bytes =>
    (bytes / 1e6).toFixed(1)).join(', ')}`)
}

/** @param {number} bytes */
const mega = bytes => `${(bytes / 1e6).toFixed(1)} MB`
