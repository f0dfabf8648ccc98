/**
 * The doors between the rooms: which module may use which, in src/ and in www/. Read from the
 * `use crate::` paths and the import statements; types in comments (JSDoc) open no door.
 * Someone who adds a room adds a line to a table here, and thereby says what it may touch.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * src/: a room and what it may use. Everyone may use `error`; `web` may use every room.
 * `models` never sees an image, a file or JavaScript.
 * @type {Record<string, string[]>}
 */
const RUST_DOORS = {
  // A program of its own: it uses the library from outside.
  bin: [],
  // Masks are made where the scores are.
  segment: ['selfcheck', 'models', 'weights', 'image', 'mask', 'metrics', 'manifest', 'kernels', 'labels', 'device'],
  maps: ['selfcheck', 'models', 'image', 'kernels', 'upsample', 'device'],
  heatmap: ['selfcheck', 'models', 'image', 'manifest'],
  selfcheck: ['models', 'weights', 'manifest', 'kernels', 'device'],
  models: ['weights', 'manifest', 'kernels', 'upsample', 'labels'],
  mask: ['labels', 'upsample'],
  metrics: ['labels'],
  // Normalises pixels, and puts parameters on the device.
  image: ['manifest', 'kernels', 'labels'],
  weights: ['kernels', 'labels'],
  // How pools round is a word of the size arithmetic.
  manifest: ['labels', 'upsample'],
  // A kernel asks whether it is on the GPU; only `device` knows.
  kernels: ['device', 'upsample'],
  device: [],
  upsample: [],
  labels: [],
  error: [],
}

/** Crates that only some rooms may name. @type {Record<string, string[]>} */
const CRATE_DOORS = {
  wasm_bindgen: ['web'],
  wasm_bindgen_futures: ['web'],
  js_sys: ['web'],
  web_sys: ['web'],
  burn_wgpu: ['device', 'kernels'],
  cubecl: ['device', 'kernels'],
}

/**
 * www/: a folder and the other folders it may import; `main` stands for the scripts beside
 * index.html. `vendor` and `pkg` are generated.
 * @type {Record<string, string[]>}
 */
const WWW_DOORS = {
  main: ['page', 'lessons', 'elements', 'lib'],
  page: ['lessons', 'elements', 'lib'],
  lessons: ['elements', 'lib', 'vendor'],
  elements: ['engine', 'lib', 'vendor'],
  engine: ['lib', 'vendor'],
  lib: [],
}
const PKG_IMPORTERS = ['engine/worker/worker.js', 'engine/worker/team/lane.js']

/** @typedef {{file: string, text: string}} Source file: relative to its tree, with slashes */

/**
 * @param {string} tree folder in the repository
 * @param {string} extension
 * @param {string[]} [except] top-level names to leave out
 * @returns {Source[]}
 */
function sources(tree, extension, except = []) {
  const root = path.join(REPOSITORY, tree)
  /** @param {string} folder @returns {string[]} */
  const walk = folder => readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const file = folder ? `${folder}/${entry.name}` : entry.name
    if (except.includes(file) || entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return walk(file)
    return entry.name.endsWith(extension) ? [file] : []
  })
  return walk('').map(file => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
}

/** @param {string} text @returns {string} without comments; a `//` inside a URL stays */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}(),])\/\/.*$/gm, '$1')
}

/** @param {string} file @returns {string} */
function rustRoom(file) {
  return file.replace(/\.rs$/, '').split('/')[0] ?? ''
}

/**
 * The rooms that Rust code names: `crate::a::B`, `use crate::{a, b::C}`.
 * @param {string} text
 * @returns {string[]}
 */
function rustUses(text) {
  const rooms = new Set()
  for (const [, name = ''] of text.matchAll(/\bcrate::(\w+)/g)) rooms.add(name)
  for (const [, group = ''] of text.matchAll(/\bcrate::\{([\s\S]*?)\};/g)) {
    // Only the outermost names of the group are rooms.
    let flat = group
    while (flat !== (flat = flat.replace(/::\{[^{}]*\}/g, '')));
    for (const part of flat.split(',')) if (part.trim()) rooms.add(part.trim().split(/::|\s/)[0])
  }
  return [...rooms].map(name => name === 'FcnError' ? 'error' : name)
}

/** @param {Source[]} files @returns {string[]} what is wrong, a line each */
function rustViolations(files) {
  const wrong = []
  for (const { file, text } of files) {
    const room = rustRoom(file)
    if (room === 'lib') continue
    // A unit test may use anything.
    const code = withoutComments(text).split(/#\[cfg\(test\)\]\s*mod\s/)[0] ?? ''
    const allowed = RUST_DOORS[room]
    if (room !== 'web' && !allowed) {
      wrong.push(`src/${file}: a room without a line in RUST_DOORS`)
      continue
    }
    for (const used of rustUses(code)) {
      if (room === 'web' || used === room || used === 'error' || allowed?.includes(used)) continue
      wrong.push(`src/${file}: ${room} may not use ${used}`)
    }
    for (const [crate, rooms] of Object.entries(CRATE_DOORS)) {
      if (new RegExp(`\\b${crate}\\b`).test(code) && !rooms.includes(room)) wrong.push(`src/${file}: ${room} may not use the crate ${crate}`)
    }
  }
  return wrong
}

/** @param {string} text @returns {string[]} what a module imports, statically or not, or starts as a worker */
function imports(text) {
  const code = withoutComments(text)
  const patterns = [
    /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"]([^'"]+\.m?js)['"]\s*,\s*import\.meta\.url/g,
  ]
  return patterns.flatMap(pattern => [...code.matchAll(pattern)].map(match => match[1] ?? ''))
}

/** @param {string} file @returns {string} */
function wwwRoom(file) {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : 'main'
}

/** @param {string} file @param {string} specifier @returns {string} relative to www/ */
function resolved(file, specifier) {
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier))
}

/** @param {Source[]} files @returns {string[]} what is wrong, a line each */
function wwwViolations(files) {
  const known = new Set(files.map(({ file }) => file))
  const wrong = []
  for (const { file, text } of files) {
    const room = wwwRoom(file)
    const allowed = WWW_DOORS[room]
    if (!allowed) {
      wrong.push(`www/${file}: a folder without a line in WWW_DOORS`)
      continue
    }
    for (const specifier of imports(text)) {
      if (!/^\.\.?\//.test(specifier)) {
        wrong.push(`www/${file}: '${specifier}' is not a relative path, which a browser needs`)
        continue
      }
      const target = resolved(file, specifier)
      const to = wwwRoom(target)
      const generated = to === 'pkg' || to === 'vendor'
      if (!generated && !known.has(target)) wrong.push(`www/${file}: there is no ${target}`)
      if (to === 'pkg' ? !PKG_IMPORTERS.includes(file) : to !== room && !allowed.includes(to)) wrong.push(`www/${file}: ${room} may not import ${target}`)
    }
  }
  return wrong
}

/**
 * @param {Source[]} files
 * @param {string} start
 * @param {string} [except] a file whose own imports don't count
 * @returns {string[]} every file that loading `start` can load, sorted
 */
function reachable(files, start, except = '') {
  const texts = new Map(files.map(({ file, text }) => [file, text]))
  const seen = new Set([start])
  // A set may grow while it is walked.
  for (const file of seen) {
    if (file === except) continue
    for (const specifier of imports(texts.get(file) ?? '')) seen.add(resolved(file, specifier))
  }
  return [...seen].sort()
}

const wwwFiles = () => sources('www', '.js', ['node_modules', 'pkg', 'vendor', 'models', 'samples'])

describe('doors', () => {
  it('every_rust_room_uses_only_what_it_may', () => {
    const files = sources('src', '.rs')
    assert.ok(files.length > 5)
    assert.deepEqual(rustViolations(files), [])
  })

  it('every_script_imports_only_what_it_may', () => {
    const files = wwwFiles()
    assert.ok(files.length > 5)
    assert.deepEqual(wwwViolations(files), [])
  })

  it('the_upsampling_figure_needs_neither_engine_nor_wasm', () => {
    const start = 'elements/fcn-upsample.js'
    assert.ok(existsSync(path.join(REPOSITORY, 'www', start)))
    // One's own photo needs both: its panel is fetched by this one line, when somebody opens it.
    const panel = 'elements/upsample/photo/panel.js'
    assert.deepEqual(reachable(wwwFiles(), start, panel).filter(file => /^(engine|pkg)\/|segment/.test(file)), [])
    const users = wwwFiles().filter(({ file, text }) => imports(text).some(specifier => resolved(file, specifier) === panel))
    assert.deepEqual(users.map(({ file }) => file), ['elements/upsample/photo/slot.js'])
    assert.match(users[0].text, /= import\('\.\/panel\.js'\)/)
    assert.doesNotMatch(withoutComments(users[0].text), /from '\.\/panel\.js'/)
  })

  it('a_forbidden_use_in_rust_is_noticed', () => {
    /** @param {string} file @param {string} text */
    const wrong = (file, text) => rustViolations([{ file, text }]).length
    assert.equal(wrong('models/fcn.rs', 'use crate::image::Photo;'), 1)
    assert.equal(wrong('models/fcn.rs', 'use crate::{FcnError, weights::{Weights, check_file}, mask};'), 1)
    assert.equal(wrong('mask.rs', 'fn f() { crate::models::g() }'), 1)
    assert.equal(wrong('mask.rs', 'use wasm_bindgen::prelude::*;'), 1)
    assert.equal(wrong('attic.rs', ''), 1)
    assert.equal(wrong('models/fcn.rs', '//! crate::image\nuse crate::FcnError;\n#[cfg(test)]\nmod tests { use crate::image::Photo; }'), 0)
    assert.equal(wrong('web/mod.rs', 'use crate::{image, models};'), 0)
  })

  it('a_forbidden_import_in_javascript_is_noticed', () => {
    /** @param {string} file @param {string} text */
    const wrong = (file, text) => wwwViolations([{ file, text }, { file: 'lib/a.js', text: '' }, { file: 'engine/engine.js', text: '' }]).length
    assert.equal(wrong('lib/b.js', "import { x } from '../vendor/lit.js'"), 1)
    assert.equal(wrong('lib/b.js', "const x = await import('../engine/engine.js')"), 1)
    assert.equal(wrong('engine/protocol.js', "import init from '../pkg/fcn_lab.js'"), 1)
    assert.equal(wrong('elements/x.js', "import {\n  LitElement,\n} from 'lit'"), 1)
    assert.equal(wrong('elements/x.js', "export * from '../lib/missing.js'"), 1)
    assert.equal(wrong('main.js', "import './engine/engine.js'"), 1)
    assert.equal(wrong('attic/x.js', ''), 1)
    assert.equal(wrong('engine/worker/worker.js', "import init from '../../pkg/fcn_lab.js'"), 0)
    assert.equal(wrong('lib/b.js', "/** @typedef {import('../engine/engine.js').Engine} E */\nimport { x } from './a.js' // import '../engine/engine.js'"), 0)
  })
})
