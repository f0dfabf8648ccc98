/**
 * Weights without a model.json, from any program: opened in place, known by their tensors, read one
 * tensor at a time. Runs in the worker.
 */
import { FcnError, toFcnError } from '../lib/errors.js'
import { readText } from './download.js'
import { freeQuietly } from './free.js'
import { checkGives, parseManifest } from './manifest.js'
import { pause } from './pause.js'

/** @typedef {import('./protocol.js').Backend} Backend */
/** @typedef {import('./protocol.js').ModelSource} ModelSource */
/** @typedef {import('./segment.js').Wasm} Wasm */
/** @typedef {import('./segment.js').Net} Net */
/** Weights without a model.json. @typedef {Extract<ModelSource, {from: 'checkpoint'}>} Source */

/** Lists of classes are short. Bytes. */
const MAX_NAMES_BYTES = 2 ** 20
/** Progress is told at most this often, milliseconds. */
const TELL_EVERY = 50

/**
 * A checkpoint's source, if that is what a person's files are: weights alone, or with a list of classes.
 * @param {ModelSource} source
 * @returns {Promise<{source: Source, names: string[] | undefined} | null>} null for a model with a model.json
 * @throws {FcnError} manifest_invalid
 */
export async function asCheckpoint(source) {
  if (source.from === 'checkpoint') {
    const names = source.names && readNames(await readText(source.names))
    if (source.names && !names) throw new FcnError('manifest_invalid', 'The list of classes is not valid: it must be a list.')
    return { source, names: names ?? undefined }
  }
  if (source.from !== 'files' || !(source.weights instanceof File)) return null
  const names = readNames(await readText(source.manifest))
  return names && { source: { from: 'checkpoint', name: source.weights.name, weights: source.weights, names: source.manifest }, names }
}

/**
 * Finds out what a checkpoint is, and builds its net; on the GPU only one that computes what it should.
 * @param {Wasm} wasm
 * @param {{source: Source, names: string[] | undefined}} checkpoint
 * @param {Backend} backend
 * @param {{gives: import('./protocol.js').Gives, settle: () => Promise<void>, tell: (loaded: number, total: number) => void, signal: AbortSignal}} tools
 * @returns {Promise<{net: Net, bytes: Uint8Array, manifest: import('./protocol.js').Manifest, notes: string[]}>} the caller frees the net
 * @throws {FcnError} weights_invalid, weights_unrecognised, is_classifier, not_classifier, unknown_architecture, not_finite …
 */
export async function buildCheckpoint(wasm, { source: { name, weights }, names }, backend, { gives, settle, tell, signal }) {
  let reached = 0
  let told = -Infinity
  const read = pieces(weights, end => {
    reached = Math.max(reached, end)
    if (performance.now() - told < TELL_EVERY) return
    told = performance.now()
    tell(reached, weights.size)
  })
  tell(0, weights.size)
  const open = () => new wasm.Checkpoint(weights.size, read)
  const checkpoint = open()
  /** @type {Uint8Array} */
  let bytes
  /** @type {import('./protocol.js').Manifest} */
  let manifest
  const { notes } = checkpoint
  try {
    bytes = manifestOf(checkpoint, name.replace(/\.[^.]*$/, '') || name, names)
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
        throw new FcnError('gpu_error', 'The graphics processor gets other numbers than the CPU for this model.', { difference })
      }
    }
    tell(weights.size, weights.size)
    return { net, bytes, manifest, notes }
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
 * @throws {FcnError} classes_mismatch: too few or too many names, or more classes than a mask holds
 */
function manifestOf(checkpoint, name, names) {
  try {
    return checkpoint.manifest(name, names)
  } catch (error) {
    const known = toFcnError(error)
    throw known.code === 'invalid_input' ? new FcnError('classes_mismatch', known.message) : known
  }
}

/**
 * A view of a file that wasm can read from, piece by piece and without waiting.
 * @param {Blob} blob
 * @param {(end: number) => void} onRead how far into the file the latest piece reached, bytes
 * @returns {(offset: number, length: number) => Uint8Array} throws weights_invalid where the file can't be read
 */
export function pieces(blob, onRead) {
  // Only workers have it, and TypeScript's list of what a page has lacks it.
  const reader = new (/** @type {{FileReaderSync: new () => {readAsArrayBuffer(blob: Blob): ArrayBuffer}}} */ (/** @type {unknown} */ (globalThis)).FileReaderSync)()
  return (offset, length) => {
    onRead(offset + length)
    try {
      return new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length)))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new FcnError('weights_invalid', 'The weights file can no longer be read. Choose it again.', { reason })
    }
  }
}

/**
 * The classes' names, from a JSON list of texts or a text with a name a line.
 * @param {Uint8Array} bytes UTF-8
 * @returns {string[] | null} null for JSON that isn't a list, such as a model.json
 * @throws {FcnError} manifest_invalid
 */
export function readNames(bytes) {
  if (bytes.length > MAX_NAMES_BYTES) return null
  const wrong = (/** @type {string} */ what) => new FcnError('manifest_invalid', `The list of classes is not valid: ${what}.`)
  /** @type {string} */
  let text
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch {
    throw wrong('it is not UTF-8 text')
  }
  if (text.startsWith('{')) return null
  /** @type {unknown} */
  let names = text.split(/\r?\n/).map(line => line.trim()).filter(Boolean)
  if (text.startsWith('[')) {
    try {
      names = JSON.parse(text)
    } catch (error) {
      throw wrong(`it is not JSON (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  if (!Array.isArray(names) || !names.length || !names.every(name => typeof name === 'string' && name.trim() && name.length <= 200)) {
    throw wrong('it must name each class, in the order of the ids')
  }
  return names
}
