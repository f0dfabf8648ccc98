/**
 * Makes the npm package `fcn-lab` of the built site: the engine and the elements with all that they fetch, and no pages but
 * embed.html, to which the elements' own links lead. The files are the site's, at the same paths, with one difference: a
 * script of the site finds other files by its own address, which in somebody's bundle it no longer has. Here it asks
 * package/fcn-lab-files.js instead. Workers are never bundled and stay as they are.
 *
 * What is needed is found by following imports from the entries, so that a new element needs no line here.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { at, run } from './build.mjs'

/** What the package exports beside models: the engine and every element. */
const ENTRY = /^(elements\/fcn-[^/]*|engine\/engine)\.js$/
/** Scripts of pages that come along. */
const PAGES = ['embed.js', 'embed-failed.js']
/** The lesson leads to pages of the site, so it is not in the package; the page for iframes asks for it by its tag. */
export const LEFT_OUT = /^lessons\//
/** What runs in workers alone. */
const OF_WORKERS = /worker(\.js$|\/)|^pkg\//
/** Copied whole. */
export const DATA = ['models', 'samples', 'pkg/fcn_lab_bg.wasm', 'embed.html', 'styles/icon.svg', 'pkg/CRATES.txt',
  'vendor/LICENSES.txt', 'LICENSE-MIT', 'LICENSE-APACHE']
const MANIFESTS = ['custom-elements.json', 'custom-elements.ko.json']
export const FILES = 'fcn-lab-files.js'
const MODEL_TYPE = '/** The address of its model.json. */\ndeclare const url: string\nexport default url\n'
/** Imports, lazy ones too, and workers. */
const SCRIPTS = /(?:\bfrom|\bimport\(?|\bnew URL\()\s*["'](\.{1,2}\/[^"']+\.js)["']/g
const TYPES = /(?:\bfrom|\bimport\(?|<reference path=)\s*["'](\.{1,2}\/[^"']+)["']/g

/** @typedef {Record<string, unknown>} Json */

/** @param {string} file @param {string} target @returns {string} as the file names it */
function relativeFrom(file, target) {
  const relative = path.posix.relative(path.posix.dirname(file), target)
  return relative.startsWith('.') ? relative : `./${relative}`
}

/**
 * @param {string} file below the site
 * @param {string} text of a script of the built site
 * @returns {string} as it is in the package
 */
export function settled(file, text) {
  if (OF_WORKERS.test(file) || !text.includes('import.meta.url')) return text
  return `import{address as fcnLabAddress}from"${relativeFrom(file, FILES)}";`
    + text.replaceAll('import.meta.url', `fcnLabAddress("${file}")`)
}

/** @param {string[]} files below the site @returns {string[]} the scripts that the package exports */
export function entriesOf(files) {
  return files.filter(file => ENTRY.test(file)).sort()
}

/**
 * @param {string[]} starts
 * @param {RegExp} pattern of what a file asks for
 * @param {(file: string) => string} read
 * @param {(target: string) => string} [meant] the file that is meant by what is asked for
 * @returns {string[]} them and all that they lead to
 */
function reached(starts, pattern, read, meant = target => target) {
  const seen = new Set(starts)
  // A set may grow while it is walked.
  for (const file of seen) {
    for (const [, relative = ''] of read(file).matchAll(pattern)) {
      const target = path.posix.join(path.posix.dirname(file), relative)
      if (!LEFT_OUT.test(target)) seen.add(meant(target))
    }
  }
  return [...seen]
}

/** @param {string[]} files of the site @param {(file: string) => string} read @returns {string[]} the package's scripts */
export function scriptsOf(files, read) {
  return reached([...entriesOf(files), ...PAGES], SCRIPTS, read)
}

/** @param {string} file a script or its declaration @returns {string} the declaration */
function declarationOf(file) {
  return file.endsWith('.d.ts') ? file : file.replace(/\.js$/, '.d.ts')
}

/**
 * @param {string[]} entries from {@link entriesOf}
 * @param {string[]} models names of folders
 * @returns {Json & {exports: Record<string, string | {types: string, default: string}>}} with package/package.json
 */
export function packageJson(entries, models) {
  const json = (/** @type {string} */ file) => /** @type {Json} */ (JSON.parse(readFileSync(at(file), 'utf8')))
  const { name, version, description } = json('www/package.json')
  const typed = (/** @type {string} */ script) => ({ types: `./${declarationOf(script)}`, default: `./${script}` })
  return {
    name, version, description, ...json('tools/package/package.json'),
    exports: Object.fromEntries([
      ...entries.map(entry => /** @type {const} */ ([`./${path.posix.basename(entry, '.js')}`, typed(entry)])),
      ...models.map(model => /** @type {const} */ ([`./models/${model}`, typed(`models/${model}/index.js`)])),
      /** @type {const} */ (['./files', typed(FILES)]),
      ...[...MANIFESTS, 'package.json'].map(file => /** @type {const} */ ([`./${file}`, `./${file}`])),
    ]),
  }
}

/** @param {string} site @returns {string[]} names of the models' folders */
export function modelsOf(site) {
  const folder = path.join(site, 'models')
  return readdirSync(folder).filter(name => existsSync(path.join(folder, name, 'model.json'))).sort()
}

/** @param {string} model @returns {string} the script that says where it is */
export function modelScript(model) {
  return `import { file } from '../../${FILES}'\n\nexport default file('models/${model}/model.json')\n`
}

/**
 * @param {string} site the built site
 * @param {string} folder replaced
 */
export function writePackage(site, folder) {
  rmSync(folder, { recursive: true, force: true })
  const read = (/** @type {string} */ file) => readFileSync(path.join(site, file), 'utf8')
  const write = (/** @type {string} */ file, /** @type {string} */ text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  const files = readdirSync(site, { recursive: true }).map(file => String(file).split(path.sep).join('/'))
  const entries = entriesOf(files)
  for (const file of DATA) cpSync(path.join(site, file), path.join(folder, file), { recursive: true })
  for (const file of scriptsOf(files, read)) write(file, settled(file, read(file)))
  for (const file of reached(entries.map(declarationOf), TYPES, read, declarationOf)) write(file, read(file))
  for (const name of readdirSync(at('tools/package'))) cpSync(at(`tools/package/${name}`), path.join(folder, name))
  const models = modelsOf(site)
  for (const model of models) {
    write(`models/${model}/index.js`, modelScript(model))
    write(`models/${model}/index.d.ts`, MODEL_TYPE)
  }
  for (const file of MANIFESTS) {
    /** @type {import('custom-elements-manifest/schema.js').Package} */
    const manifest = JSON.parse(read(file))
    const modules = manifest.modules.filter(module => !LEFT_OUT.test(module.path))
    write(file, `${JSON.stringify({ ...manifest, modules })}\n`)
  }
  write('package.json', `${JSON.stringify(packageJson(entries, models), null, 2)}\n`)
}

/**
 * @param {string} site the built site
 * @param {string} folder for the tarball, and for what goes into it
 * @returns {string} the tarball
 */
export function pack(site, folder) {
  // Not `package`: in target/ that is cargo's.
  const content = path.join(folder, 'npm-package')
  writePackage(site, content)
  run('npm', ['pack', content, '--pack-destination', folder, '--ignore-scripts', '--silent', '--update-notifier=false'])
  const { name, version } = JSON.parse(readFileSync(path.join(content, 'package.json'), 'utf8'))
  return path.join(folder, `${name}-${version}.tgz`)
}
