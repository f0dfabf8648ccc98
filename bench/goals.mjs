/** The project's goals for speed and memory, and how this run stands to them. */
import { table } from './report.mjs'

/** Times as fast as another engine, on the same case; the sixth is the goal with --threads, if it is another. @type {[string, number, string, string, number, number?][]} */
const RATIOS = [
  ['slim', 224, 'fcn-lab:webgpu', 'onnxruntime-web:webgpu', 25],
  ['slim', 224, 'fcn-lab:webgpu', 'tfjs:webgpu', 25],
  ['slim', 224, 'fcn-lab:webgpu', 'burn:webgpu', 8],
  ['full', 224, 'fcn-lab:webgpu', 'onnxruntime-web:webgpu', 10],
  ['slim', 224, 'fcn-lab:cpu', 'onnxruntime-web:wasm', 1],
  ['slim', 224, 'fcn-lab:cpu', 'litert:wasm', 1.8, 1.4],
  ['slim', 384, 'fcn-lab:cpu', 'litert:wasm', 1.8, 1.4],
  ['everyday-slim', 224, 'fcn-lab:cpu', 'litert:wasm', 1.8, 1.4],
  ['everyday-slim', 384, 'fcn-lab:cpu', 'litert:wasm', 1.8, 1.4],
  ['everyday', 384, 'fcn-lab:cpu', 'onnxruntime-web:wasm', 1],
  ['everyday', 384, 'fcn-lab:cpu', 'litert:wasm', 1],
]

/** Largest GPU memory of a pass against what it can't do without. */
const MEMORY = 1.3

/** How far the time a pixel may be from that at the smallest size. */
const LINEAR = 0.2

/**
 * Prints those that this run can tell of.
 * @param {import('./passes.mjs').Row[]} rows
 * @param {import('./layers.mjs').Layers[]} layers
 * @param {boolean} threads whether the CPU's engines had several
 */
export function printGoals(rows, layers, threads) {
  /** @param {string} model @param {number} size @param {string} name */
  const time = (model, size, name) =>
    rows.find(row => row.model === model && row.size === size && `${row.engine}:${row.backend}` === name)?.median_ms
  /** @type {string[][]} */
  const lines = []
  for (const [model, size, ours, theirs, alone, together] of RATIOS) {
    const [a, b] = [time(model, size, ours), time(model, size, theirs)]
    const goal = threads ? together ?? alone : alone
    if (a && b) lines.push([`${ours}, times as fast as ${theirs}, ${model} ${size}²`, (b / a).toPrecision(3),
      `≥ ${goal}`])
  }
  const sizes = rows.filter(row => row.model === 'slim' && `${row.engine}:${row.backend}` === 'fcn-lab:webgpu').sort((a,
    b) => a.size - b.size)
  for (const row of sizes.slice(1)) {
    const ratio = (row.median_ms / row.size ** 2) / (sizes[0].median_ms / sizes[0].size ** 2)
    lines.push([`fcn-lab:webgpu, time a pixel, slim ${row.size}² against ${sizes[0].size}²`,
      ratio.toPrecision(3), `${1 - LINEAR} to ${1 + LINEAR}`])
  }
  for (const { model, size, memory: { weights, maps, pass } } of layers) {
    lines.push([`GPU memory / (weights and two largest maps), ${model} ${size}²`,
      (pass.storage / (weights + maps)).toPrecision(3), `≤ ${MEMORY}`])
  }
  if (lines.length === 0) return
  console.log('')
  table([['against the goals', 'seen', 'goal'], ...lines])
}
