/**
 * Writes the page's service worker, sw.js, into the built site: tools/offline-worker.js with the list of the site's files,
 * their sizes and their hashes. What the page needs to start is stored when the worker is installed; the rest (models,
 * photos) when it is first used. Of two versions no scripts mix: each file is stored under its hash.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = path.dirname(fileURLToPath(import.meta.url))

/** Not for browsers: types, and what only editors and curious people read. */
const LEFT_OUT = /\.d\.ts$|\.md$|^sw\.js$|^custom-elements\.|^screenshot\.|^LICENSE-|\/(LICENSES|CRATES)\.txt$/
/** Fetched when wanted: weights, photos but the first sample, the documentation's pages. */
const LATER = /^models\/[^/]+\/weights\.|^models\/[^/]+\/.*\.jpg$|^samples\/(?!cow).*(?<!-thumb)\.(jpg|png)$|^elements\/.*\.html$/

/** Path, bytes, SHA-256 in hexadecimal, whether it is stored at once. @typedef {[path: string, bytes: number, hash: string, isNeeded: boolean]} File */

/** @param {string} folder the built site @returns {File[]} */
export function listed(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
    .map(entry =>
      path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'))
    .filter(file => !LEFT_OUT.test(file) && !file.split('/').some(part => part.startsWith('.')))
  return files.sort().map(file => {
    const bytes = readFileSync(path.join(folder, file))
    return [file, bytes.length, createHash('sha256').update(bytes).digest('hex'), !LATER.test(file)]
  })
}

/** @param {string} folder the built site */
export function writeOffline(folder) {
  const page = path.join(folder, 'index.html')
  writeFileSync(page, readFileSync(page, 'utf8').replace('<p id="offline"', '<p id="offline" data-worker="sw.js"'))
  const files = listed(folder)
  const lines = files.map(file => `  ${JSON.stringify(file)},`).join('\n')
  const worker = readFileSync(path.join(HERE, 'offline-worker.js'), 'utf8')
  writeFileSync(path.join(folder, 'sw.js'), worker.replace('const FILES = []', `const FILES = [\n${lines}\n]`))
}
