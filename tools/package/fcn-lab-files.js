/**
 * Where the files lie that a page fetches while it runs: the engine's worker, the wasm, models, sample photos. Where the
 * package is served as it is, beside this script. In a bundle, where the page says, `<meta name="fcn-lab-files"
 * content="/static/fcn-lab/">`, or else at `/fcn-lab/`. tools/package.mjs has all scripts of the package ask here.
 */

/** @returns {URL | null} of this script where it is served as it is; a bundle has another name, or no address at all */
function own() {
  try {
    // The remarks keep bundlers from taking it for the address of a file that they should copy.
    const url = new URL(/* webpackIgnore: true */ /* @vite-ignore */ '', import.meta.url)
    return /^https?:$/.test(url.protocol) && url.pathname.endsWith('/fcn-lab-files.js') ? url : null
  } catch {
    return null
  }
}

/** @returns {string} with a closing slash */
function folder() {
  const told = globalThis.document?.querySelector('meta[name="fcn-lab-files"]')?.getAttribute('content')
  if (told) return told.replace(/\/?$/, '/')
  const url = own()
  return url ? new URL('.', url).href : '/fcn-lab/'
}

const FOLDER = folder()

/**
 * @param {string} path below the package, as `samples/samples.json`
 * @returns {string} its address; on a server the one that a page will have if it says nothing else
 */
export function file(path) {
  return FOLDER + path
}

/**
 * @param {string} path below the package
 * @returns {string} its address, absolute
 */
export function address(path) {
  return new URL(file(path), globalThis.document?.baseURI ?? 'file:///').href
}
