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
 * src/: the rooms from the street to the cellar. A room may use those of the lines below its own, so that there is no
 * circle; everyone may use `error`.
 */
const RUST_FLOORS = [
  ['web', 'bin'],
  ['passes'],
  ['models'],
  ['weights', 'image'],
  ['mask', 'metrics', 'manifest', 'kernels'],
  ['labels', 'upsample', 'device'],
  ['error'],
]
/** What a room further up may not use all the same. @type {Record<string, string[]>} */
const RUST_WALLS = {
  // A program of its own: it uses the library from outside.
  bin: RUST_FLOORS.slice(1).flat(),
  // A net knows tensors, never an image or a mask.
  models: ['image', 'mask', 'metrics'],
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
    const floor = RUST_FLOORS.findIndex(rooms => rooms.includes(room))
    if (floor < 0) {
      wrong.push(`src/${file}: a room without a place in RUST_FLOORS`)
      continue
    }
    const allowed = RUST_FLOORS.slice(floor + 1).flat().filter(below =>
      below === 'error' || !RUST_WALLS[room]?.includes(below))
    for (const used of rustUses(code)) {
      if (used !== room && !allowed.includes(used)) wrong.push(`src/${file}: ${room} may not use ${used}`)
    }
    for (const [crate, rooms] of Object.entries(CRATE_DOORS)) {
      if (new RegExp(`\\b${crate}\\b`).test(code)
        && !rooms.includes(room)) wrong.push(`src/${file}: ${room} may not use the crate ${crate}`)
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
    assert.equal(wrong('models/fcn.rs',
      '//! crate::image\nuse crate::FcnError;\n#[cfg(test)]\nmod tests { use crate::image::Photo; }'), 0)
    assert.equal(wrong('web/mod.rs', 'use crate::{image, models};'), 0)
    // A floor has no doors between its rooms.
    assert.equal(wrong('image.rs', 'use crate::weights::Weights;'), 1)
  })
})
