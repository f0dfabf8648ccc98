/** Prints what was measured. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { macsOf } from './costs.mjs'
import { GOAL } from './live.mjs'
import { CONFIGS } from './net.mjs'

/** Every ratio is against this one. */
const YARDSTICK = 'onnxruntime-web:webgpu'

/** @param {number} bytes @returns {string} */
const kilobytes = bytes => `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 0 })} kB`

/**
 * @param {string[][]} lines the first is the head; the first column is text, the rest numbers
 */
export function table(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map(line => line[column].length)))
  for (const line of lines) {
    console.log(line.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join('  ').trimEnd())
  }
}

/** @param {import('./cases.mjs').Case} what */
export function printCase({ model, size }) {
  const { width, fc_channels, classes } = CONFIGS[model]
  const flops = 2 * macsOf(model, size)
  console.log(`\n${model} FCN-8s (width ${width}, fc ${fc_channels}, ${classes} classes), ${size}×${size} RGBA in, label map out: ${(flops / 1e9).toFixed(2)} GFLOP\n`)
}

/** @param {import('./passes.mjs').Row[]} rows of one case */
export function printPasses(rows) {
  const yardstick = rows.find(row => `${row.engine}:${row.backend}` === YARDSTICK)
  console.log('')
  table([
    ['engine', 'median ms', 'min', 'max', 'runs', 'GFLOP/s', ...yardstick ? [`time / ${YARDSTICK}`] : []],
    ...rows.map(row => [
      `${row.engine} ${row.backend}`, row.median_ms.toFixed(1), row.min_ms.toFixed(1),
        row.max_ms.toFixed(1), String(row.runs),
      (2 * macsOf(row.model, row.size) / row.median_ms / 1e6).toFixed(1),
      ...yardstick ? [`${(row.median_ms / yardstick.median_ms).toPrecision(2)} ×`] : [],
    ]),
  ])
}

/**
 * @param {import('./visit.mjs').Visit} seen
 * @param {string} folder the served site
 * @param {boolean} quick lighter brotli
 */
export function printVisit(seen, folder, quick) {
  const quality = quick ? 5 : 11
  /** @type {Map<string, {raw: number, gzip: number, brotli: number, files: number}>} */
  const kinds = new Map()
  for (const file of seen.files) {
    const body = readFileSync(path.join(folder, file))
    const gzip = gzipSync(body, { level: 9 }).length
    const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }).length
    for (const kind of [kindOf(file), 'together']) {
      const sum = kinds.get(kind) ?? { raw: 0, gzip: 0, brotli: 0, files: 0 }
      kinds.set(kind, { raw: sum.raw + body.length, gzip: sum.gzip + gzip, brotli: sum.brotli + brotli,
        files: sum.files + 1 })
    }
  }
  const order = ['wasm', 'scripts', 'page and styles', 'model', 'samples and pictures', 'other', 'together']
  console.log('\nWhat a first visit up to the first mask loads:')
  table([
    ['', 'files', 'bytes', 'gzip -9', `brotli -${quality}`],
    ...order.flatMap(kind => {
      const sum = kinds.get(kind)
      return sum ? [[kind, String(sum.files), kilobytes(sum.raw), kilobytes(sum.gzip), kilobytes(sum.brotli)]] : []
    }),
  ])
  console.log(`\nnavigation to first mask: ${seen.firstMask_ms.toFixed(0)} ms (empty cache, local server; ${seen.backend})`)
  console.log(`longest main-thread task: ${task(seen.longestStart)} while starting, ${task(seen.longestRun)} during a run of ${seen.run_ms.toFixed(0)} ms (goal: at most 50)`)
}

/** @param {import('./figure.mjs').Frames[]} cases */
export function printFigure(cases) {
  console.log('\n<fcn-upsample>, a step a frame (ms; goals: steps 16.7 a frame, scrub none over 33):')
  table([
    ['case', 'frames', 'median', '95 %', 'max', 'over 33', 'work median', 'work max', 'CPU median', 'CPU max'],
    ...cases.map(({ name, frames, median, p95, max, over, work, cpu }) =>
      [name, String(frames), ...[median, p95, max].map(ms => ms.toFixed(1)), String(over),
        ...[work.median, work.max, cpu.median, cpu.max].map(ms => ms.toFixed(1))]),
  ])
}

/** @param {import('./live.mjs').Live[]} rows */
export function printLive(rows) {
  console.log(`\neveryday-slim at 224² on a camera of 30 frames a second (goal on one thread of two cores: ${GOAL} masks a second):`)
  table([
    ['', 'masks', 'a second', 'delay median ms', 'longest'],
    ...rows.map(({ backend, frames, rate, delay_ms, longest_ms }) =>
      [backend, String(frames), rate.toFixed(1), delay_ms.toFixed(0), longest_ms.toFixed(0)]),
  ])
}

/** @param {import('./visit.mjs').Task} longest */
const task = ({ wall_ms, cpu_ms }) => `${wall_ms.toFixed(0)} ms (by CPU time ${cpu_ms.toFixed(0)} ms)`

/** @param {string} file path below the site @returns {string} */
function kindOf(file) {
  if (file.endsWith('.wasm')) return 'wasm'
  if (/\.m?js$/.test(file)) return 'scripts'
  if (/\.(html|css)$/.test(file)) return 'page and styles'
  if (file.startsWith('models/')) return 'model'
  if (/\.(jpe?g|png|webp|svg|ico)$/.test(file) || file.startsWith('samples/')) return 'samples and pictures'
  return 'other'
}
