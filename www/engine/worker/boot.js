/**
 * Starts the wasm program: the one place that imports pkg/ as code.
 */
import { FcnError } from '../../lib/errors.js'
import { fetchFile } from '../../lib/fetching.js'

/** @typedef {typeof import('../../pkg/fcn_lab.js')} Wasm */

/** An empty module: compiling it fails only where a policy forbids compiling. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

const SCRIPT = new URL('../../pkg/fcn_lab.js', import.meta.url).href
const PROGRAM = new URL('../../pkg/fcn_lab_bg.wasm', import.meta.url).href

/** The script and the program aren't of one build: a cache gave one of them as it was before an update. */
class Mixed extends Error {}

/**
 * @param {WebAssembly.Module | null} compiled the program, from an earlier worker
 * @returns {Promise<{wasm: Wasm, module: WebAssembly.Module}>}
 * @throws {FcnError} wasm_blocked, wasm_failed; of its kind `wasm_failed.mixed`: another worker may do better, as both
 *   files have been fetched past the cache
 */
export async function boot(compiled) {
  try {
    new WebAssembly.Module(EMPTY_MODULE)
  } catch (error) {
    throw new FcnError('wasm_blocked', undefined, { reason: reasonOf(error) })
  }
  try {
    return await start(compiled)
  } catch (error) {
    const reason = reasonOf(error)
    if (error instanceof FcnError) {
      // A server's answer has words of its own; where none came, a policy may have forbidden to ask.
      const { code, message, details } = error
      throw new FcnError('wasm_failed', message, code === 'http_error' ? { kind: code, ...details } : details)
    }
    if (!(error instanceof Mixed)) throw new FcnError('wasm_failed', undefined, { reason })
    await Promise.all([SCRIPT, PROGRAM].map(refresh)).catch(() => {})
    throw new FcnError('wasm_failed',
      "The page's script and its program are of different versions. Reload the page without the browser's cache.",
      { kind: 'wasm_failed.mixed', reason })
  }
}

/**
 * @param {WebAssembly.Module | null} compiled
 * @returns {Promise<{wasm: Wasm, module: WebAssembly.Module}>}
 */
async function start(compiled) {
  // Not a static import: a missing file would end the worker before it could say so. The import doesn't say why.
  const wasm = await import('../../pkg/fcn_lab.js').catch(async error => {
    await fetchFile(SCRIPT)
    throw error
  })
  const module = compiled ?? await compile()
  const [mark] = WebAssembly.Module.customSections(module, 'version')
  const version = 'version' in wasm ? wasm.version : undefined
  if (version !== (mark && new TextDecoder().decode(mark))) throw new Mixed('the versions differ')
  try {
    await wasm.default({ module_or_path: module })
    wasm.start()
  } catch (error) {
    // What one of them has not got. Of one version, they fit; without marks, that is all there is to go by.
    const isMixed = error instanceof WebAssembly.LinkError || (error instanceof TypeError && !mark)
    if (isMixed) throw new Mixed(reasonOf(error))
    throw error
  }
  return { wasm, module }
}

/** Has the browser's cache hold a file as it is now. @param {string} url */
async function refresh(url) {
  await (await fetch(url, { cache: 'reload' })).arrayBuffer()
}

/** @returns {Promise<WebAssembly.Module>} */
async function compile() {
  const response = await fetchFile(PROGRAM)
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
