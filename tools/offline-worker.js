/**
 * The page's service worker, so that it works without a network. The build puts the list of files in (tools/offline.mjs).
 *
 * A file is stored under its path and its hash, and only when it has that hash: an installation that meets half of the next
 * version fails as a whole, and the former version stays. A new version waits until the page says that it may take over.
 */

/** Path, bytes, SHA-256, whether it is stored at once. @type {[path: string, bytes: number, hash: string, isNeeded: boolean][]} */
const FILES = []

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self))
const scope = worker.registration.scope
/** One site's; another may lie under another path of the same origin. */
const CACHE = `fcn-lab ${scope}`
const BY_PATH = new Map(FILES.map(([path, bytes, hash, isNeeded]) => [path, { path, bytes, hash, isNeeded }]))

/** @typedef {{path: string, bytes: number, hash: string, isNeeded: boolean}} Stored */

/** @param {Stored} file @returns {string} what it is stored under */
const keyOf = ({ path, hash }) => `${scope}${path}?stored=${hash}`

/** @param {Response} response its body is read @param {Stored} file */
async function isWhole(response, { hash }) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()))
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('') === hash
}

/** @param {Cache} cache @param {Stored} file stored if it isn't yet */
async function store(cache, file) {
  if (await cache.match(keyOf(file))) return
  const response = await fetch(`${scope}${file.path}`, { cache: 'no-cache' })
  if (!response.ok || !await isWhole(response.clone(), file)) throw new Error(`${file.path} is not of this version`)
  await cache.put(keyOf(file), await plain(response))
}

/** As it can answer any request: one that came by a redirection can't answer a page's. @param {Response} response */
async function plain(response) {
  const { status, headers } = response
  return new Response(await response.arrayBuffer(), { status, headers })
}

/** @param {Cache} cache */
async function install(cache) {
  // One after the other: the page that is open has more use for the network.
  for (const file of BY_PATH.values()) if (file.isNeeded) await store(cache, file)
}

/** What is of another version is of no use any more. */
async function activate() {
  const cache = await caches.open(CACHE)
  const known = new Set([...BY_PATH.values()].map(keyOf))
  for (const request of await cache.keys()) if (!known.has(request.url)) await cache.delete(request)
  await worker.clients.claim()
}

/** @param {Request} request @returns {Stored | undefined} the file of this version that is asked for */
function fileFor({ method, url }) {
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || !`${origin}${pathname}`.startsWith(scope)) return undefined
  const path = decodeURIComponent(`${origin}${pathname}`.slice(scope.length))
  return BY_PATH.get(path === '' || path.endsWith('/') ? `${path}index.html` : path)
}

/** @param {Stored} file @param {Request} request @param {(work: Promise<unknown>) => void} after */
async function answer(file, request, after) {
  // Cleared: nothing is stored until somebody wants it again.
  if (!await caches.has(CACHE)) return await fetch(request)
  const cache = await caches.open(CACHE)
  const stored = await cache.match(keyOf(file))
  if (stored) return stored
  const response = await fetch(request)
  // Part of a file is of no use to others.
  if (response.status === 200) {
    const [forCheck, forCache] = [response.clone(), response.clone()]
    after(isWhole(forCheck, file).then(async isRight => { if (isRight) await cache.put(keyOf(file), await plain(forCache)) }).catch(() => {}))
  }
  return response
}

/** How much is stored. @param {Cache} cache @returns {Promise<{bytes: number}>} */
async function stored(cache) {
  const urls = new Set((await cache.keys()).map(({ url }) => url))
  const files = [...BY_PATH.values()].filter(file => urls.has(keyOf(file)))
  return { bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/**
 * What was fetched before this worker was there: files, and the weights of models.
 * @param {Cache} cache @param {unknown} urls
 */
async function storeUsed(cache, urls) {
  const used = (Array.isArray(urls) ? urls : []).flatMap(url => fileFor(new Request(String(url))) ?? [])
  const weights = used.filter(({ path }) => path.endsWith('/model.json')).flatMap(({ path }) =>
    [...BY_PATH.values()].filter(file => file.path.startsWith(path.replace('model.json', 'weights.'))))
  for (const file of [...used, ...weights]) await store(cache, file).catch(() => {})
}

/** @param {{kind: string, urls?: unknown}} message @returns {Promise<object>} what is answered */
async function asked({ kind, urls }) {
  switch (kind) {
    case 'take-over': await worker.skipWaiting(); return {}
    case 'store': {
      // It may have been cleared, by a person or by the browser. If that is done meanwhile, what is put into this one goes with it.
      const cache = await caches.open(CACHE)
      await install(cache)
      await storeUsed(cache, urls)
      return await stored(cache)
    }
    case 'clear': await caches.delete(CACHE); return {}
    default: return {}
  }
}

worker.addEventListener('install', event => event.waitUntil(caches.open(CACHE).then(install)))
worker.addEventListener('activate', event => event.waitUntil(activate()))
worker.addEventListener('fetch', event => {
  const file = fileFor(event.request)
  if (file) event.respondWith(answer(file, event.request, work => event.waitUntil(work)))
})
worker.addEventListener('message', event => {
  const [port] = event.ports
  event.waitUntil(asked(event.data ?? {}).then(told => port?.postMessage(told), () => port?.postMessage({ hasFailed: true })))
})
