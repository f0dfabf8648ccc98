/**
 * Weights without a model.json, from any program: opened in place, known by their tensors, read one
 * tensor at a time. Runs in the worker.
 */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { readNames } from './class-names.js'
import { readText, weightsGone } from './download.js'
import { freeQuietly } from '../free.js'
import { otherNumbers } from './net.js'
import { checkGives, parseManifest } from '../../formats/manifest.js'
import { pause } from '../../../lib/pause.js'

/** @typedef {import('../../protocol.js').Backend} Backend */
/** @typedef {import('../../protocol.js').ModelSource} ModelSource */
/** @typedef {import('../passes/segment.js').Wasm} Wasm */
/** @typedef {import('../passes/segment.js').Net} Net */
/** Weights without a model.json. @typedef {Extract<ModelSource, {from: 'checkpoint'}>} Source */

/** Progress is told at most this often, milliseconds. */
const TELL_EVERY = 50

/**
 * A checkpoint's source, if that is what a person's files are: weights alone, or with a list of classes.
 * @param {Wasm} wasm
 * @param {ModelSource} source
 * @returns {Promise<{source: Source, names: string[] | undefined} | null>} null for a model with a model.json
 * @throws {FcnError} manifest_invalid
 */
export async function asCheckpoint(wasm, source) {
  if (source.from === 'checkpoint') {
    const names = source.names ? readNames(wasm, await readText(source.names)) : undefined
    if (source.names && !names) {
      throw new FcnError('manifest_invalid', 'A list of classes is needed beside the weights, and this is none.',
        { kind: 'names.none' })
    }
    return { source, names }
  }
  if (source.from !== 'files' || !(source.weights instanceof File)) return null
  const names = readNames(wasm, await readText(source.manifest))
  const { weights, manifest, said } = source
  if (!names) return null
  return { source: { from: 'checkpoint', name: weights.name, weights, names: manifest, ...said && { said } }, names }
}

/**
 * @typedef {object} Tools
 * @property {import('../../protocol.js').Gives} gives what the net is wanted for
 * @property {() => Promise<void>} settle waits for the GPU and its complaints
 * @property {(loaded: number, total: number) => void} tell bytes
 * @property {AbortSignal} signal
 */

/**
 * @typedef {{net: Net, bytes: Uint8Array, manifest: import('../../protocol.js').Manifest,
 *   assumptions: import('../../protocol.js').Assumption[]}} Built
 */

/**
 * Finds out what a checkpoint is, and builds its net; on the GPU only one that computes what it should.
 * @param {Wasm} wasm
 * @param {{source: Source, names: string[] | undefined}} checkpoint
 * @param {Backend} backend
 * @param {Tools} tools
 * @returns {Promise<Built>} the caller frees the net
 * @throws {FcnError} weights_invalid, weights_unrecognised, is_classifier, not_classifier, unknown_architecture,
 *   not_finite …
 */
export async function buildCheckpoint(wasm, { source, names }, backend, { gives, settle, tell, signal }) {
  const { name, weights, said = {} } = source
  let reached = 0
  let told = -Infinity
  const read = pieces(weights, end => {
    reached = Math.max(reached, end)
    if (performance.now() - told < TELL_EVERY) return
    told = performance.now()
    tell(reached, weights.size)
  })
  tell(0, weights.size)
  const open = () => new wasm.Checkpoint(weights.size, read, said)
  const checkpoint = open()
  /** @type {Uint8Array} */
  let bytes
  /** @type {import('../../protocol.js').Manifest} */
  let manifest
  /** @type {import('../../protocol.js').Assumption[]} */
  let assumptions
  try {
    assumptions = checkpoint.assumptions(names !== undefined, name)
    bytes = manifestOf(checkpoint, titleOf(name), names)
    manifest = parseManifest(bytes, { hasFiles: false })
    checkGives(manifest, gives)
  } catch (error) {
    freeQuietly(checkpoint)
    throw error
  }
  // The list of tensors may lie at the file's end; what counts from here on are the tensors.
  reached = 0
  await pause()
  if (signal.aborted) freeQuietly(checkpoint)
  signal.throwIfAborted()
  // Takes the checkpoint with it.
  const net = checkpoint.build(bytes, backend)
  try {
    if (backend === 'webgpu') {
      const { twinBytes, checkTolerance } = wasm.limits()
      const twin = weights.size <= twinBytes ? open().build(bytes, 'cpu') : null
      const difference = twin ? await net.compare(twin).finally(() => freeQuietly(twin)) : await net.checkArchitecture()
      await settle()
      // Written so that NaN fails.
      if (!(difference <= checkTolerance)) {
        throw otherNumbers(difference)
      }
    }
    tell(weights.size, weights.size)
    return { net, bytes, manifest, assumptions }
  } catch (error) {
    freeQuietly(net)
    throw toFcnError(error)
  }
}

/**
 * @param {InstanceType<Wasm['Checkpoint']>} checkpoint
 * @param {string} name
 * @param {string[] | undefined} names
 * @returns {Uint8Array}
 * @throws {FcnError} classes_mismatch: too few or too many names; invalid_input: more classes than a mask holds
 */
function manifestOf(checkpoint, name, names) {
  try {
    return checkpoint.manifest(name, names)
  } catch (error) {
    const known = toFcnError(error)
    if (known.details['kind'] !== 'weights.names') throw known
    const [given, wanted] = [names?.length ?? 0, checkpoint.labels]
    const kind = given + 1 === wanted ? 'classes_mismatch.background' : undefined
    throw new FcnError('classes_mismatch', known.message, { given, wanted, ...kind && { kind } })
  }
}

/**
 * A net's name: its file's, without the ending (`.pth.tar` is one) and what a browser adds to a second copy.
 * @param {string} file
 */
function titleOf(file) {
  const base = file.replace(/\s*\(\d+\)(?=$|\.)/, '').replace(/\.tar$/i, '')
  return base.replace(/\.[^.]*$/, '') || base || file
}

/**
 * A view of a file that wasm can read from, piece by piece and without waiting.
 * @param {Blob} blob
 * @param {(end: number) => void} onRead how far into the file the latest piece reached, bytes
 * @returns {(offset: number, length: number) => Uint8Array} throws weights_invalid where the file can't be read
 */
export function pieces(blob, onRead) {
  // Only workers have it, and TypeScript's list of what a page has lacks it.
  const scope = /** @type {{FileReaderSync: new () => {readAsArrayBuffer(blob: Blob): ArrayBuffer}}} */ (
    /** @type {unknown} */ (globalThis))
  const reader = new scope.FileReaderSync()
  return (offset, length) => {
    onRead(offset + length)
    try {
      return new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length)))
    } catch (error) {
      throw weightsGone(error)
    }
  }
}
