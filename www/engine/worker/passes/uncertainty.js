/**
 * Passes with dropout over a photo's pass that is open. Runs in the worker; what it makes in wasm it frees.
 */
import { pause } from '../../../lib/pause.js'
import { owned } from './trace.js'

/** @typedef {Extract<import('../../protocol.js').Question, {ask: 'uncertainty'}>} Asked */
/** @typedef {import('../opened.js').Opened} Opened */
/** @typedef {import('./segment.js').Machine} Machine */

/**
 * Refuses what can't be, before a photo goes through the net.
 * @param {Machine} machine
 * @param {Asked} question
 * @throws what Rust says: no_dropout, invalid_input, unknown_variant
 */
export function checkUncertainty({ net }, { variant, passes, seed, p }) {
  net.checkUncertainty(variant, passes, seed, p)
}

/**
 * @param {Opened} opened
 * @param {Asked} question
 * @param {object} watch
 * @param {AbortSignal} watch.signal
 * @param {(progress: import('../../protocol.js').SegmentProgress) => void} watch.tell
 * @param {number} watch.started when the question came, milliseconds
 * @returns {Promise<import('../../protocol.js').Undecided>}
 */
export async function uncertainty({ pass }, { variant, passes, seed, p }, { signal, tell, started }) {
  const begun = performance.now()
  tell({ phase: 'run', stage: 'dropout', index: 0, total: passes })
  const found = await pass.uncertainty(variant, passes, seed, p, async index => {
    tell({ phase: 'run', stage: 'dropout', index: index + 1, total: passes })
    await pause()
    return !signal.aborted
  })
  try {
    const { width, height } = found
    const now = performance.now()
    return {
      variant, width, height, passes, seed, p,
      labels: /** @type {Uint8Array<ArrayBuffer>} */ (found.labels()),
      mean: owned(found.mean()), spread: owned(found.spread()), entropy: owned(found.entropy()),
      timings: { open: begun - started, passes: now - begun, total: now - started },
    }
  } finally {
    found.free()
  }
}
