/**
 * From a model's bytes to a net that is known to compute what it should. Runs in the worker.
 */
import { FcnError, toFcnError } from '../lib/errors.js'
import { freeQuietly } from './free.js'

/** @typedef {import('./protocol.js').Backend} Backend */
/** @typedef {import('./segment.js').Wasm} Wasm */
/** @typedef {import('./segment.js').Net} Net */

/**
 * Asks the registry of architectures (in Rust) about the manifest before megabytes are fetched for
 * it: a net without weights is always refused, and for one of these reasons if they hold.
 * @param {Wasm} wasm
 * @param {Uint8Array} manifest
 * @param {Backend} backend
 * @throws {FcnError} manifest_invalid, unknown_architecture, unknown_variant
 */
export function checkArchitecture(wasm, manifest, backend) {
  try {
    new wasm.Net(manifest, new Uint8Array(0), backend).free()
  } catch (error) {
    const known = toFcnError(error)
    if (['manifest_invalid', 'unknown_architecture', 'unknown_variant', 'crashed'].includes(known.code)) throw known
  }
}

/**
 * @param {Wasm} wasm
 * @param {Uint8Array} manifest
 * @param {Uint8Array} weights
 * @param {Backend} backend
 * @param {() => Promise<void>} settle waits for the GPU and its complaints
 * @returns {Promise<Net>} the caller frees it
 * @throws {FcnError} hash_mismatch, shape_mismatch, not_finite …; gpu_error
 */
export async function buildNet(wasm, manifest, weights, backend, settle) {
  const net = new wasm.Net(manifest, weights, backend)
  try {
    if (backend === 'webgpu') await checkNet(wasm, net, weights, settle)
    return net
  } catch (error) {
    // The worker may well go on, with the former net; this one's weights must not stay.
    freeQuietly(net)
    throw error
  }
}

/**
 * Runs the very net that photos will go through, on the GPU and on the CPU: the check at the start
 * can't know its shapes.
 * @param {Wasm} wasm
 * @param {Net} net
 * @param {Uint8Array} weights
 * @param {() => Promise<void>} settle
 * @throws {FcnError} gpu_error
 */
async function checkNet(wasm, net, weights, settle) {
  const difference = await net.check(weights)
  await settle()
  // Written so that NaN fails.
  if (difference <= wasm.limits().checkTolerance) return
  throw new FcnError('gpu_error', 'The graphics processor gets other numbers than the CPU for this model.', { difference })
}
