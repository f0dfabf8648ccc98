/**
 * The static server of `./build.sh` and of the browser tests: serves one folder, read-only,
 * with the headers the page is built to live under. Any other file server will do for hosting.
 *
 *     node serve.mjs [--root FOLDER] [--base /sub/path/]      default: www/, as it is written; the built site is dist/
 *
 * HOST and PORT are honoured (127.0.0.1, 8000); ISOLATED=1 sends the headers that let workers share
 * memory, so that the CPU computes with several threads. Tests import {@link startServer}.
 */
import { createReadStream, realpathSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The policy the page must run under: nothing inline, nothing from elsewhere, wasm allowed. */
export const CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; media-src 'self' blob:"

/**
 * What makes a page cross-origin isolated, on it and on its workers' files.
 * @type {Readonly<Record<string, string>>}
 */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** @type {Record<string, string>} */
const MIME_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
}

/** How many ports above the wanted one are tried when it is taken. */
const PORTS_TRIED = 10

/**
 * @typedef {object} ServerOptions
 * @property {string} root folder to serve
 * @property {string} [host] address to listen on; default 127.0.0.1
 * @property {number} [port] default 0: any free port
 * @property {number} [portsTried] how many ports, from `port` on, may be tried; default 1
 * @property {string} [base] path the folder is mounted under; default '/'
 * @property {string | null} [csp] Content-Security-Policy; null sends none
 * @property {boolean} [isolated] sends the headers that let workers share memory; default false
 * @property {Respond} [respond] for tests: may answer in the folder's stead
 */

/**
 * The headers that every response has are set.
 * @callback Respond
 * @param {string} file path below the mount, percent-encoded, without query
 * @param {import('node:http').ServerResponse} response
 * @returns {boolean | Promise<boolean>} whether it answers
 */

/**
 * @typedef {object} RunningServer
 * @property {string} url where the folder is, with the base and a trailing slash
 * @property {number} port
 * @property {() => Promise<void>} close stops listening and drops open connections
 */

/**
 * Serves a folder.
 * @param {ServerOptions} options
 * @returns {Promise<RunningServer>} rejects when `root` is no folder or no port is free
 */
export async function startServer({
  root, host = '127.0.0.1', port = 0, portsTried = 1, base = '/', csp = CONTENT_SECURITY_POLICY, isolated = false,
  respond = () => false,
}) {
  const folder = await realpath(root)
  if (!(await stat(folder)).isDirectory()) throw new Error(`${root} is not a folder`)
  const mount = `/${base}/`.replace(/\/+/g, '/')

  const server = createServer((request, response) => {
    if (isolated) for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value)
    answer(request, response, { folder, mount, csp, respond }).catch(error => {
      console.error(`${request.method} ${request.url}: ${error}`)
      if (response.headersSent) response.destroy()
      else plain(response, 500, 'internal error')
    })
  })
  const listening = await listen(server, host, port, portsTried)
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${listening}${mount}`,
    port: listening,
    close: () => new Promise((resolve, reject) => {
      server.close(error => error ? reject(error) : resolve())
      server.closeAllConnections()
    }),
  }
}

/**
 * Listens on the first free port from `port` on.
 * @param {import('node:http').Server} server
 * @param {string} host
 * @param {number} port
 * @param {number} tries
 * @returns {Promise<number>} the port taken
 */
async function listen(server, host, port, tries) {
  for (let i = 0; ; i++) {
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port === 0 ? 0 : port + i, host, () => {
          server.off('error', reject)
          resolve(undefined)
        })
      })
      const address = server.address()
      return typeof address === 'object' && address ? address.port : port + i
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE' || i + 1 >= tries) throw error
    }
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {object} site
 * @param {string} site.folder real path of the root
 * @param {string} site.mount base path with slashes at both ends
 * @param {string | null} site.csp
 * @param {Respond} site.respond
 */
async function answer(request, response, { folder, mount, csp, respond }) {
  if (csp !== null) response.setHeader('Content-Security-Policy', csp)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  // The elements are made to be embedded: pages of other origins may load every file.
  response.setHeader('Access-Control-Allow-Origin', '*')
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  // Kept by the browser, but asked for every time: an edit shows on reload, and the compiled
  // form of an unchanged wasm file is reused.
  response.setHeader('Cache-Control', 'no-cache')

  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return plain(response, 405, 'only GET and HEAD')
  }
  const [rawPath = '/', query] = (request.url ?? '/').split('?', 2)
  if (`${rawPath}/` === mount) return redirect(response, mount, query)
  if (!rawPath.startsWith(mount)) return plain(response, 404, 'not found')
  if (await respond(rawPath.slice(mount.length), response)) return

  const found = await locate(folder, rawPath.slice(mount.length))
  if (found === null) return plain(response, 404, 'not found')
  if (found === 'folder') return redirect(response, `${rawPath}/`, query)

  const etag = `"${found.size.toString(36)}-${Math.floor(found.mtimeMs).toString(36)}"`
  response.setHeader('ETag', etag)
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  response.writeHead(200, {
    'Content-Type': MIME_TYPES[path.extname(found.file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': found.size,
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  // `end` cuts a file that grows while it is sent to the length that was promised.
  const stream = createReadStream(found.file, { end: Math.max(found.size - 1, 0) })
  stream.on('error', () => response.destroy())
  response.on('close', () => stream.destroy())
  stream.pipe(response)
}

/**
 * Finds a file below the root. Hidden names, `..`, and links that lead out are not found.
 * @param {string} folder real path of the root
 * @param {string} rawPath URL path below the mount, still percent-encoded
 * @returns {Promise<{file: string, size: number, mtimeMs: number} | 'folder' | null>}
 *   'folder': a folder named without its closing slash
 */
async function locate(folder, rawPath) {
  let relative
  try {
    relative = decodeURIComponent(rawPath)
  } catch {
    return null
  }
  if (/[\0\\]/.test(relative) || relative.split('/').some(part => part.startsWith('.'))) return null
  const wanted = relative === '' || relative.endsWith('/') ? `${relative}index.html` : relative
  try {
    const file = await realpath(path.join(folder, wanted))
    if (!file.startsWith(folder + path.sep)) return null
    const facts = await stat(file)
    if (facts.isDirectory()) return 'folder'
    return facts.isFile() ? { file, size: facts.size, mtimeMs: facts.mtimeMs } : null
  } catch {
    return null
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} target absolute path on this server
 * @param {string | undefined} query
 */
function redirect(response, target, query) {
  // One leading slash only: '//host' would name another server.
  const here = target.replace(/^\/+/, '/')
  response.setHeader('Location', query === undefined ? here : `${here}?${query}`)
  plain(response, 302, 'moved')
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function plain(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${status} ${text}\n`)
}

/**
 * @param {string[]} args
 * @returns {{root: string, base: string}}
 */
function parseArguments(args) {
  const chosen = { root: path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../www'), base: '/' }
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1]
    if (args[i] === '--root' && value) chosen.root = path.resolve(value)
    else if (args[i] === '--base' && value) chosen.base = value
    else throw new Error(`usage: node serve.mjs [--root FOLDER] [--base /sub/path/]; not understood: ${args[i]}`)
  }
  return chosen
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function main(args, env) {
  const { root, base } = parseArguments(args)
  const host = env['HOST'] || '127.0.0.1'
  const port = Number(env['PORT'] || 8000)
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`PORT=${env['PORT']} is not a port number`)
  // A port that was asked for by name is not swapped for another behind the person's back.
  const portsTried = env['PORT'] ? 1 : PORTS_TRIED
  try {
    const server = await startServer({ root, host, port, portsTried, base, isolated: env['ISOLATED'] === '1' })
    if (port !== 0 && server.port !== port) console.log(`Port ${port} is taken; using ${server.port}.`)
    console.log(`FCN Lab is at ${server.url}   (Ctrl+C ends it)`)
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'EADDRINUSE') {
      const range = portsTried === 1 ? `Port ${port} is` : `Ports ${port} to ${port + portsTried - 1} are`
      throw new Error(`${range} taken. Name another: PORT=9000 ./build.sh`)
    }
    if (code === 'EACCES') {
      throw new Error(`Port ${port} needs more rights (below 1024?). Name another: PORT=9000 ./build.sh`)
    }
    throw new Error(message)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    await main(process.argv.slice(2), process.env)
  } catch (error) {
    console.error(/** @type {Error} */ (error).message)
    process.exitCode = 1
  }
}
