/** A worker of ours, also where the page that embeds us is another's. */

/** By then the worker has read its first lines. Milliseconds. */
const READ = 60_000

/**
 * A worker has to come from the page's own origin. Elsewhere two lines of the page's own import it, which needs our host to
 * allow it by CORS and the page's policy to allow `blob:` workers; where one doesn't, the worker tells an error.
 * @param {URL} url of a module
 * @returns {Worker}
 * @throws {DOMException} where the browser tells at once that it is forbidden
 */
export function moduleWorker(url) {
  if (url.origin === location.origin) return new Worker(url, { type: 'module' })
  const shim = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)}\n`], { type: 'text/javascript' }))
  setTimeout(() => URL.revokeObjectURL(shim), READ)
  return new Worker(shim, { type: 'module' })
}
