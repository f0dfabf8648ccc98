/** How long each stage of this project's pass takes on the GPU, and how much memory a pass needs. */
import { picture } from '../net.mjs'
import { openDirect } from './direct.js'
import { countBuffers } from './memory.js'

/**
 * @typedef {object} Measured
 * @property {string[]} names of the stages, in order
 * @property {number[][]} stages for each stage, milliseconds of each round, a wait for the GPU included
 * @property {number[]} whole milliseconds of passes without waits
 * @property {{loaded: import('./memory.js').Bytes, loading: import('./memory.js').Bytes, pass: import('./memory.js').Bytes, buffers: number[], wasm: number}} memory
 *   bytes: GPU buffers once the net is loaded, the most while it was, the most in passes, and in
 *   which buffers (those for `storage`); the wasm's memory after all
 */

/**
 * @param {import('./page.js').Case} what
 * @param {{rounds: number, budget_ms: number}} limits
 * @returns {Promise<Measured>}
 */
export async function measure(what, { rounds, budget_ms }) {
  const counter = countBuffers()
  const direct = await openDirect(what, { plain: false })
  if (!direct) throw new Error('no wasm')
  const loaded = counter.live()
  const loading = counter.peak()
  await counter.forget()
  const rgba = picture(what.size)
  /** @type {string[]} */
  const names = []
  // Compiles the shaders, those of the wait included, and tells the stages' names.
  await direct.pass(rgba, 0, name => names.push(name))
  await direct.pass(rgba, Infinity, () => {})

  /** @type {number[][]} */
  const stages = names.map(() => [])
  /** @type {number[]} */
  const whole = []
  const end = performance.now() + budget_ms
  for (let round = 0; round < rounds && (round < 2 || performance.now() < end); round++) {
    const start = performance.now()
    await direct.pass(rgba, Infinity, () => {})
    const middle = performance.now()
    whole.push(middle - start)
    let since = middle
    let next = 0
    await direct.pass(rgba, 0, () => {
      const now = performance.now()
      stages[next++].push(now - since)
      since = now
    })
  }
  return { names, stages, whole, memory: { loaded, loading, pass: counter.peak(), buffers: counter.buffers(),
    wasm: direct.wasmBytes() } }
}
