/**
 * Fetching files with the lab's errors: a server that answers badly, a connection that fails and a
 * stop can be told apart.
 */
import { FcnError, toFcnError } from './errors.js'

/**
 * @param {string | URL} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>} with a 2xx status; no web page
 * @throws {FcnError} http_error, network_error, or the signal's reason as an FcnError
 */
export async function fetchFile(address, signal) {
  const url = String(address)
  /** @type {Response} */
  let response
  try {
    response = await fetch(url, { signal })
  } catch (error) {
    throw readingFailed(error, url, signal)
  }
  const { status } = response
  if (response.ok && await isPage(response)) {
    throw new FcnError('http_error', `${url}: a web page came instead. The server has to have this file.`,
      { kind: 'http_error.page', status, url })
  }
  if (response.ok) return response
  throw new FcnError('http_error', `The server answered ${status} for ${url}. Check the address or try again later.`,
    { status, url })
}

/**
 * Whether a host answered with a web page, as some do for whatever they haven't got.
 * @param {Response} response stays to be read
 */
async function isPage(response) {
  if (!response.headers.get('Content-Type')?.startsWith('text/html')) return false
  // A file that is merely called a page is none.
  const reader = response.clone().body?.getReader()
  const beginning = new TextDecoder().decode((await reader?.read().catch(() => null))?.value)
  // Not awaited: it waits for the other reader.
  reader?.cancel().catch(() => {})
  return /^\s*<(!doctype|!--|html|head|meta|script|title|body|\?xml)/i.test(beginning)
}

/**
 * @param {string | URL} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<unknown>}
 * @throws {FcnError} as {@link fetchFile}
 * @throws {SyntaxError} what came is no JSON
 */
export async function fetchJson(address, signal) {
  const response = await fetchFile(address, signal)
  const text = await response.text().catch(error => { throw readingFailed(error, String(address), signal) })
  return JSON.parse(text)
}

/**
 * Why a file could not be fetched, or its body not be read to the end.
 * @param {unknown} error
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {FcnError} network_error, or the signal's reason
 */
export function readingFailed(error, url, signal) {
  if (signal?.aborted) return toFcnError(signal.reason)
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The connection failed while loading ${url}. Check the network and try again.`
  return new FcnError('network_error', message, { url, reason })
}
