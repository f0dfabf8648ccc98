/**
 * The doors between the rooms of src/: which module may use which, read from the `use crate::` paths.
 * Someone who adds a room adds a line to a table here, and thereby says what it may touch. For www/: doors.test.js.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
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

describe('doors', () => {
  it('every_rust_room_uses_only_what_it_may', () => {
    const files = sources('src', '.rs')
    assert.ok(files.length > 5)
    assert.deepEqual(rustViolations(files), [])
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
})
