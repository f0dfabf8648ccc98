/**
 * Fetching files with the lab's errors: a server that answers badly, a connection that fails and a
 * stop can be told apart.
 */
import { FcnError, toFcnError } from './errors.js'

/**
 * @param {string | URL} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>} with a 2xx status
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
  if (response.ok) return response
  const { status } = response
  throw new FcnError('http_error', `The server answered ${status} for ${url}. Check the address or try again later.`,
    { status, url })
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
