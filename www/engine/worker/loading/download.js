/**
 * Brings a model's bytes in: from the network with progress by bytes, or from files that the
 * person chose. Runs in the worker.
 */
import { FcnError } from '../../../lib/errors.js'
import { fetchFile, readingFailed } from '../../../lib/fetching.js'
import { parseManifest } from '../../formats/manifest.js'

/** @typedef {import('../../protocol.js').Manifest} Manifest */
/**
 * Where a model with a model.json comes from.
 * @typedef {Exclude<import('../../protocol.js').ModelSource, {from: 'checkpoint'}>} ModelSource
 */
/** @typedef {(loaded: number, total: number) => void} OnBytes */

/** No sensible model.json is longer; a wrong address is noticed before a film is in memory. Bytes. */
const MAX_MANIFEST_BYTES = 4 * 2 ** 20
/** What tells a pointer or a page from weights. Bytes. */
const HEAD_BYTES = 1024
/** Progress is told at most this often, milliseconds. */
const TELL_EVERY = 50

/**
 * @param {ModelSource} source
 * @param {AbortSignal} signal
 * @returns {Promise<{bytes: Uint8Array, manifest: Manifest}>}
 */
export async function bringManifest(source, signal) {
  /** @type {Uint8Array} */
  let bytes
  if (source.from === 'kept') {
    bytes = source.manifest
  } else if (source.from === 'files') {
    bytes = await readText(source.manifest)
  } else {
    const chunks = await collect(await fetchFile(source.url, signal), source.url, signal)
    bytes = new Uint8Array(await new Blob(chunks).arrayBuffer())
  }
  signal.throwIfAborted()
  return { bytes, manifest: parseManifest(bytes) }
}

/**
 * A model.json, or a list of classes, that a person chose.
 * @param {Blob} file
 * @returns {Promise<Uint8Array>}
 * @throws {FcnError} manifest_invalid
 */
export async function readText(file) {
  if (file.size > MAX_MANIFEST_BYTES) throw tooLong()
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw new FcnError('manifest_invalid', 'The file can no longer be read. Choose it again.', { kind: 'weights.gone' })
  }
}

/**
 * @param {ModelSource} source
 * @param {Manifest} manifest
 * @param {AbortSignal} signal
 * @param {OnBytes} onBytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>} exactly as many bytes as the manifest announces
 */
export async function bringWeights(source, manifest, signal, onBytes) {
  const [file] = manifest.files
  const kept = source.from === 'url' ? null : source.weights
  if (kept) {
    if (kept.size !== file.bytes) {
      const head = await kept.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0))
      throw placeholder(new Uint8Array(head)) ?? wrongSize(file, kept.size)
    }
    return await fill(kept.stream(), file, null, signal, onBytes)
  }
  const base = source.from === 'files' ? null : source.url
  if (base === null) {
    throw new FcnError('weights_invalid', 'The weights file is no longer at hand. Choose it again.',
      { kind: 'weights.gone' })
  }
  const url = new URL(file.path, base)
  if (url.origin !== new URL(base).origin) {
    throw new FcnError('manifest_invalid',
      `The model description (model.json) is not valid: "${file.path}" lies on another site.`,
      { kind: 'manifest.elsewhere' })
  }
  const response = await fetchFile(url, signal)
  return await fill(streamOf(response), file, url.href, signal, onBytes)
}

/**
 * Reads a stream into one array of the announced length.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {{path: string, bytes: number}} file
 * @param {string | null} url
 * @param {AbortSignal} signal
 * @param {OnBytes} onBytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function fill(stream, file, url, signal, onBytes) {
  /** @type {Uint8Array<ArrayBuffer>} */
  let bytes
  try {
    bytes = new Uint8Array(file.bytes)
  } catch {
    throw new FcnError('weights_invalid',
      `There is not enough memory for ${file.bytes} bytes of weights. Close other tabs and try again.`,
      { kind: 'weights.memory' })
  }
  let loaded = 0
  let told = -Infinity
  // The total is the manifest's: Content-Length counts the compressed bytes.
  onBytes(0, file.bytes)
  for await (const chunk of chunksOf(stream, url, signal)) {
    // A server that sends more than announced isn't read to its end.
    if (loaded + chunk.length > bytes.length) throw wrongSize(file, loaded + chunk.length)
    bytes.set(chunk, loaded)
    loaded += chunk.length
    if (performance.now() - told >= TELL_EVERY) {
      told = performance.now()
      onBytes(loaded, file.bytes)
    }
  }
  if (loaded < bytes.length) throw placeholder(bytes.subarray(0, Math.min(loaded, HEAD_BYTES)))
    ?? wrongSize(file, loaded)
  onBytes(loaded, file.bytes)
  return bytes
}

/**
 * @param {Response} response
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>}
 */
async function collect(response, url, signal) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = []
  let length = 0
  for await (const chunk of chunksOf(streamOf(response), url, signal)) {
    length += chunk.length
    if (length > MAX_MANIFEST_BYTES) throw tooLong()
    chunks.push(chunk)
  }
  return chunks
}

/**
 * A stream's chunks; leaving the loop early cancels the stream, and with it the download.
 * (Safari's streams aren't async iterable.)
 * @param {ReadableStream<Uint8Array>} stream
 * @param {string | null} url null for a file
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>}
 */
async function* chunksOf(stream, url, signal) {
  const reader = stream.getReader()
  let ended = false
  try {
    for (;;) {
      signal.throwIfAborted()
      /** @type {ReadableStreamReadResult<Uint8Array>} */
      let next
      try {
        next = await reader.read()
      } catch (error) {
        ended = true
        throw url === null && !signal.aborted ? weightsGone(error) : readingFailed(error, url ?? '', signal)
      }
      if (next.done) {
        ended = true
        return
      }
      yield /** @type {Uint8Array<ArrayBuffer>} */ (next.value)
    }
  } finally {
    // Not awaited: a slow source must not hold up the error.
    if (!ended) reader.cancel().catch(() => {})
  }
}

/**
 * @param {Response} response
 * @returns {ReadableStream<Uint8Array>}
 */
function streamOf(response) {
  return response.body ?? new Blob().stream()
}

/**
 * A weights file that a person chose, and that was moved or changed since.
 * @param {unknown} error
 * @returns {FcnError}
 */
export function weightsGone(error) {
  const reason = error instanceof Error ? error.message : String(error)
  return new FcnError('weights_invalid', 'The weights file can no longer be read. Choose it again.',
    { kind: 'weights.gone', reason })
}

/**
 * What stands where weights should be: the pointer that Git leaves without its LFS, or a site's page. As
 * src/weights/foreign.rs tells it of weights by themselves.
 * @param {Uint8Array} head
 * @returns {FcnError | null}
 */
function placeholder(head) {
  const text = new TextDecoder().decode(head).trim()
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    const size = /^size (\d+)/m.exec(text)?.[1] ?? '?'
    return new FcnError('weights_invalid',
      `It is a Git LFS pointer, not the file itself, which has ${size} bytes: get it with "git lfs pull".`,
        { kind: 'weights.lfs', size })
  }
  if (!/^<(!doctype|html|head|meta|script|\?xml)/i.test(text)) return null
  return new FcnError('weights_invalid', 'It is a web page, not the weights file: download it again.',
    { kind: 'weights.page' })
}

/**
 * @param {{path: string, bytes: number}} file
 * @param {number} got
 */
function wrongSize(file, got) {
  const more = got > file.bytes
  return new FcnError('weights_size_mismatch',
    `${file.path} has ${more ? `more than ${file.bytes}` : `only ${got} of ${file.bytes}`} bytes. Download it again.`,
    { expected: file.bytes, got })
}

function tooLong() {
  return new FcnError('manifest_invalid',
    'The model description (model.json) is longer than 4 MiB; this is another file.', { kind: 'manifest.long' })
}
