/** Other people's pages, of another origin and under no policy, and what they are made with: React, Vue, Reveal.js. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What npm installed for these tests (tools/setup.sh, `hosts`). */
const HOSTS = fileURLToPath(new URL('../hosts/', import.meta.url))
/** Where a framework's packages lie. */
const FOLDERS = { react19: HOSTS, react18: path.join(HOSTS, 'react-18'), vue: HOSTS }

/** @typedef {keyof typeof FOLDERS} Framework */

/** A server of a second origin, with the pages that it is given. */
export class Host {
  /** By path. @type {Map<string, {type: string, body: string | Buffer}>} */
  #files = new Map()
  #server = createServer((request, response) => {
    const file = this.#files.get((request.url ?? '').split('?')[0] ?? '')
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain' }).end(file?.body)
  })
  origin = ''

  async start() {
    await new Promise(resolve => this.#server.listen(0, '127.0.0.1', () => resolve(undefined)))
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address())
    this.origin = `http://127.0.0.1:${port}`
    return this
  }

  async close() {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(() => resolve(undefined)))
  }

  /** @param {string} body of a page @param {string} [head] @returns {string} its address */
  page(body, head = '') {
    this.#files.set('/page', { type: 'text/html; charset=utf-8',
      body: '<!doctype html><html lang="en"><head><meta charset="utf-8">'
      + `<meta name="viewport" content="width=device-width"><title>A blog</title>${head}</head><body>${body}</body></html>` })
    return `${this.origin}/page`
  }

  /** @param {string} name @param {string} body @returns {string} the tag that loads it */
  script(name, body) {
    this.#files.set(`/${name}`, { type: 'text/javascript; charset=utf-8', body })
    return `<script type="module" src="/${name}"></script>`
  }

  /** Reveal.js as it is published, in `/reveal/`. */
  async reveal() {
    for (const name of ['reveal.js', 'reset.css', 'reveal.css', 'theme/white.css']) {
      const body = await readFile(path.join(HOSTS, 'node_modules/reveal.js/dist', name))
      this.#files.set(`/reveal/${name}`, { type: name.endsWith('.css') ? 'text/css' : 'text/javascript', body })
    }
  }
}

/**
 * Bundles a page's script, as a project of that framework would.
 * @param {Framework} framework
 * @param {string} entry source; imports the recipe as `recipe`
 * @param {string} [recipe] source of a module, JSX or, for Vue, a single-file component
 * @param {(tag: string) => boolean} [isCustomElement] for Vue
 * @returns {Promise<string>}
 */
export async function bundled(framework, entry, recipe = '', isCustomElement = () => false) {
  const resolveDir = FOLDERS[framework]
  const contents = framework === 'vue' && recipe ? compiled(recipe, isCustomElement) : recipe
  const { outputFiles: [file] } = await build({
    stdin: { contents: entry, resolveDir, loader: 'jsx' }, bundle: true, write: false,
      format: 'esm', platform: 'browser',
    jsx: 'automatic', logLevel: 'error',
    define: {
      'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [{ name: 'recipe', setup({ onResolve, onLoad }) {
      onResolve({ filter: /^recipe$/ }, () => ({ path: 'recipe', namespace: 'recipe' }))
      onLoad({ filter: /./, namespace: 'recipe' }, () => ({ contents, resolveDir, loader: 'jsx' }))
    } }],
  })
  return file.text
}

/**
 * @typedef {object} Compiler of Vue's single-file components
 * @property {(source: string) => {descriptor: object}} parse
 * @property {(descriptor: object, options: object) => {content: string}} compileScript
 */

/** @param {string} source @param {(tag: string) => boolean} isCustomElement @returns {string} a module, as Vite's plugin makes it */
function compiled(source, isCustomElement) {
  /** @type {Compiler} */
  const { parse, compileScript } = createRequire(path.join(HOSTS, 'package.json'))('vue/compiler-sfc')
  const { descriptor } = parse(source)
  return compileScript(descriptor, { id: 'recipe', inlineTemplate: true,
    templateOptions: { compilerOptions: { isCustomElement } } }).content
}

/**
 * What Vite's settings tell Vue's plugin.
 * @param {string} config source of vite.config.js
 * @returns {Promise<{template: {compilerOptions: {isCustomElement: (tag: string) => boolean}}}>}
 */
export async function vuePluginOptions(config) {
  const { outputFiles: [file] } = await build({
    stdin: { contents: config, loader: 'js' }, bundle: true, write: false, format: 'esm', logLevel: 'error',
    plugins: [{ name: 'vue', setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@vitejs\/plugin-vue$/ }, () => ({ path: 'vue', namespace: 'vue' }))
      onLoad({ filter: /./, namespace: 'vue' }, () => ({ contents: 'export default options => options' }))
    } }],
  })
  const { default: { plugins: [options] } } = await import(`data:text/javascript,${encodeURIComponent(file.text)}`)
  return options
}
