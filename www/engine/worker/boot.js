/**
 * Starts the wasm program: the one place that imports pkg/ as code.
 */
import { FcnError } from '../../lib/errors.js'

/** @typedef {typeof import('../../pkg/fcn_lab.js')} Wasm */

/** An empty module: compiling it fails only where a policy forbids compiling. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

/**
 * @param {WebAssembly.Module | null} compiled the program, from an earlier worker
 * @returns {Promise<{wasm: Wasm, module: WebAssembly.Module}>}
 * @throws {FcnError} wasm_blocked, wasm_failed
 */
export async function boot(compiled) {
  try {
    new WebAssembly.Module(EMPTY_MODULE)
  } catch (error) {
    throw new FcnError('wasm_blocked', undefined, { reason: reasonOf(error) })
  }
  try {
    // Not a static import: a missing file would end the worker before it could say so.
    const wasm = await import('../../pkg/fcn_lab.js')
    const module = compiled ?? await compile(new URL('../../pkg/fcn_lab_bg.wasm', import.meta.url))
    await wasm.default({ module_or_path: module })
    wasm.start()
    return { wasm, module }
  } catch (error) {
    if (error instanceof FcnError) throw error
    throw new FcnError('wasm_failed', undefined, { reason: reasonOf(error) })
  }
}

/**
 * @param {URL} url
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(url) {
  const response = await fetch(url, { credentials: 'same-origin' })
  if (!response.ok) throw new FcnError('wasm_failed', undefined, { status: response.status, url: url.href })
  // Compiled while it arrives, where the server names the type as it should.
  return response.headers.get('Content-Type')?.startsWith('application/wasm')
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer())
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function reasonOf(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
