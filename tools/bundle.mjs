/**
 * Makes the scripts of dist/ out of those of www/. Every address stays: a page's script, an element
 * (`fcn-*.js`), the engine, a worker. What several of them need lies once in `chunks/`, so that all
 * elements of a page share one engine; what is imported lazily stays a file of its own, fetched when
 * it is needed. All is found by rules: a new element needs no line here.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import { BUNDLES, LIT, WWW } from './vendor.mjs'

/** Folders of www/ without scripts of ours. */
const DATA = ['node_modules', 'models', 'pkg', 'samples', 'styles', 'vendor']
/** What other sites import. */
const PUBLIC = /^(elements\/fcn-[^/]*|elements\/index|lessons\/fcn-[^/]*|engine\/engine)\.js$/
/** Shares no chunk of ours: a figure that other sites embed is one small file, and what it can do later. */
const ALONE = ['elements/fcn-upsample.js', 'elements/fcn-inside.js', 'elements/fcn-measure.js',
  'elements/fcn-dropout.js', 'lessons/fcn-lesson.js', 'lessons/teachers.js']
const CLASSIC_TAG = /<script src="([^"]+)">/g
const PRELOAD = /^ *<link rel="modulepreload" href="([^"]+)">\n/gm
const MODULE_TAG = /^( *)<script type="module" src="([^"]+)">/gm
/** `new URL('relative', import.meta.url)`, also with a template: up to the first thing that is no plain path. */
const RELATIVE_URL = /(new URL\(\s*['"`])(\.{1,2}\/[^'"`$?#]*)(?=[^)]*import\.meta\.url)/g

/**
 * A script of dist/; all paths are below the site.
 * @typedef {object} Script
 * @property {Uint8Array} contents
 * @property {string[]} imports what is loaded with it
 * @property {string[]} sources what it is made of
 */

/** @returns {Promise<Map<string, string>>} texts of the scripts and pages of www/, by path below it, with slashes */
export async function sources() {
  const entries = await readdir(WWW, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && /\.(js|html)$/.test(entry.name))
    .map(entry => below(path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter(file => !DATA.includes(file.split('/')[0]))
  return new Map(await Promise.all(files.sort().map(async file => (
    /** @type {const} */ ([file, await readFile(path.join(WWW, file), 'utf8')])))))
}

/** @param {string} file @returns {string} its path below www/ */
function below(file) {
  return path.relative(WWW, file).split(path.sep).join('/')
}

/** @param {string} file @param {string} relative @returns {string} what the file means by it */
function beside(file, relative) {
  return path.posix.join(path.posix.dirname(file), relative)
}

/** @param {string} file @param {string} target @returns {string} as the file names it */
function relativeFrom(file, target) {
  const relative = path.posix.relative(path.posix.dirname(file), target)
  return `${relative.startsWith('.') ? '' : './'}${relative}${target.endsWith('/') ? '/' : ''}`
}

/** @param {Map<string, string>} files @returns {string[]} the scripts with an address of their own */
function addresses(files) {
  const found = new Set([...files.keys()].filter(file => PUBLIC.test(file)))
  for (const [file, text] of files) {
    const pattern = file.endsWith('.html') ? MODULE_TAG : RELATIVE_URL
    for (const match of text.matchAll(pattern)) found.add(beside(file, match[2] ?? ''))
  }
  return [...found].filter(file => file.endsWith('.js') && files.has(file)).sort()
}

/** @param {string} source @returns {string} without the comments and indentation of its style sheets */
function dense(source) {
  const short = (/** @type {string} */ sheet) => sheet.replace(/\/\*[^]*?\*\//g, '').replace(/\s+/g, ' ')
  return source.replace(/\bcss`[^`]*`/g, short)
}

/**
 * @param {Set<string>} entries
 * @param {Map<string, string>} homes the output in which a source file ends up, by its path and suffix
 * @returns {import('esbuild').Plugin}
 */
function site(entries, homes) {
  return {
    name: 'site',
    setup({ onResolve, onLoad, resolve }) {
      /** @param {string} file @param {string} suffix */
      const home = (file, suffix) => homes.get(file + suffix) ?? file
      onResolve({ filter: /./ }, async ({ path: wanted, importer, namespace, kind, resolveDir, pluginData }) => {
        if (kind === 'entry-point' || pluginData?.isPlain) return undefined
        const suffix = pluginData?.suffix ?? ''
        if (namespace === 'lit' || importer.includes('/node_modules/')) {
          const found = await resolve(wanted, { importer, namespace, kind, resolveDir, pluginData: { isPlain: true } })
          return { ...found, suffix, pluginData: { suffix }, sideEffects: !wanted.startsWith('lit/directives/') }
        }
        const file = below(importer)
        const target = beside(file, wanted)
        // Straight from the package, so that what nobody uses falls away.
        if (target === 'vendor/lit.js') return { path: 'lit', suffix, namespace: 'lit', pluginData: { suffix } }
        // An address is one file wherever it is needed; what others wrote stays as it is.
        if (entries.has(target) || /^(pkg|vendor)\//.test(target)) {
          return { path: relativeFrom(home(file, suffix), target), external: true }
        }
        const next = kind === 'dynamic-import' ? '' : suffix
        return { path: path.join(WWW, target), suffix: next, pluginData: { suffix: next } }
      })
      onLoad({ filter: /./, namespace: 'lit' }, ({ pluginData }) => (
        { contents: BUNDLES['lit'], loader: 'ts', resolveDir: WWW, pluginData }))
      onLoad({ filter: /\.js$/ }, async ({ path: absolute, suffix, pluginData }) => {
        const text = await readFile(absolute, 'utf8')
        if (absolute.includes('/node_modules/')) return { contents: text, pluginData }
        const file = below(absolute)
        // What a file says relative to its own address, it says relative to its output's.
        const contents = text.replace(RELATIVE_URL, (_, head, relative) => (
          head + relativeFrom(home(file, suffix), beside(file, relative))))
        return { contents: dense(contents),
          pluginData: { suffix: ALONE.includes(file) ? `?${path.posix.basename(file, '.js')}` : suffix } }
      })
    },
  }
}

/**
 * @param {Map<string, string>} files from {@link sources}
 * @returns {Promise<Map<string, Script>>} by path below the site
 */
export async function bundle(files) {
  const entryPoints = addresses(files)
  const make = (/** @type {Map<string, string>} */ homes) => build({
    absWorkingDir: WWW, entryPoints, outdir: '.', outbase: '.', write: false, metafile: true,
    bundle: true, splitting: true, chunkNames: 'chunks/[name]-[hash]', minify: true, format: 'esm', target: 'es2022',
    // Licences are in vendor/LICENSES.txt.
    ...LIT, legalComments: 'none', logLevel: 'warning',
    plugins: [site(new Set(entryPoints), homes)],
  })
  // A file's addresses depend on where it ends up, which a first round finds out.
  const { metafile } = await make(new Map())
  const homes = new Map(Object.entries(metafile.outputs).flatMap(([file, { inputs }]) => (
    Object.keys(inputs).map(input => /** @type {const} */ ([input, file])))))
  const { outputFiles, metafile: { outputs } } = await make(homes)
  return new Map(outputFiles.map(({ path: absolute, contents }) => {
    const file = below(absolute)
    const imports = outputs[file].imports.filter(({ kind }) => kind === 'import-statement')
    return [file, {
      contents, sources: Object.keys(outputs[file].inputs),
      imports: imports.map(({ path: target, external }) => external ? beside(file, target) : target),
    }]
  }))
}

/**
 * @param {Map<string, Script>} scripts
 * @param {string} start
 * @returns {string[]} what is loaded with a script, itself first
 */
export function loadedWith(scripts, start) {
  const seen = new Set([start])
  // A set may grow while it is walked.
  for (const file of seen) for (const other of scripts.get(file)?.imports ?? []) seen.add(other)
  return [...seen]
}

/**
 * Has a page's scripts fetched at once instead of one after another: those of its tags, and those that it asks to have
 * preloaded, each with what is loaded with it.
 * @param {string} html
 * @param {string} file
 * @param {Map<string, Script>} scripts
 */
function preloading(html, file, scripts) {
  const tags = [...html.matchAll(MODULE_TAG)].map(([, , source = '']) => beside(file, source))
  const asked = [...html.matchAll(PRELOAD)].map(([, source = '']) => beside(file, source))
  const all = new Set([...tags, ...asked.filter(script => scripts.has(script))].flatMap(script =>
    loadedWith(scripts, script)))
  const links = [...all].filter(script => !tags.includes(script))
    .map(script => `<link rel="modulepreload" href="${path.posix.relative(path.posix.dirname(file), script)}">\n`)
  let isFirst = true
  return html.replace(PRELOAD, '').replace(MODULE_TAG, (tag, indent) => {
    if (!isFirst) return tag
    isFirst = false
    return links.map(link => indent + link).join('') + tag
  })
}

/**
 * Puts the bundled scripts in the place of the sources.
 * @param {string} folder a copy of www/
 */
export async function writeScripts(folder) {
  const files = await sources()
  const scripts = await bundle(files)
  const pages = [...files].filter(([file]) => file.endsWith('.html'))
  const classic = pages.flatMap(([page, html]) => (
    [...html.matchAll(CLASSIC_TAG)].map(([, source = '']) => beside(page, source))))
  const replaced = ['vendor/lit.js', ...files.keys()].filter(file => !classic.includes(file))
  for (const file of replaced) await rm(path.join(folder, file))
  for (const [page, html] of pages) await writeFile(path.join(folder, page), preloading(html, page, scripts))
  for (const [file, { contents }] of scripts) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), contents)
  }
}
