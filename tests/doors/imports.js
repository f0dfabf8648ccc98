/**
 * What the site's scripts import, read from their text: statically, when asked for, as a worker, and in their types.
 */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const WWW = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../www')
/** Folders of www/ without scripts of ours. */
const NOT_OURS = /^(node_modules|pkg|vendor|models|samples)\//

/** `file`: relative to www/, with slashes. @typedef {{file: string, text: string}} Source */
/**
 * `static`: loaded with the file. `later`: fetched when the line runs. `worker`: an address that a worker is started
 * from. `type`: nothing is loaded.
 * @typedef {'static' | 'later' | 'worker' | 'type'} Kind
 */
/** `text`: as written. @typedef {{kind: Kind, text: string}} Written */
/** `from` and `to`: relative to www/. @typedef {{from: string, to: string, kind: Kind, text: string}} Import */

/** A string or a comment, whichever comes first: what looks like a comment inside a string is none. */
const STRING_OR_COMMENT = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/.*$/gm

/** @type {[Kind, RegExp][]} */
const IN_CODE = [
  ['static', /\b(?:import|export)\b(?!\s+type\b)[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/g],
  ['static', /\bimport\s*['"]([^'"]+)['"]/g],
  ['type', /\b(?:import|export)\s+type\b[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/g],
  ['later', /\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g],
  // An address made while running can't be checked; `violations` says so.
  ['later', /\bimport\s*\(\s*([^'"`\s)][^)]*)\)/g],
  ['worker', /\bnew URL\(\s*['"]([^'"]+\.m?js)['"]\s*,\s*import\.meta\.url/g],
]

/** @type {RegExp[]} */
const IN_DOCS = [
  /\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)/g,
  /@import\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]/g,
]

/** @param {string} text @returns {string} without comments */
export function withoutComments(text) {
  return text.replace(STRING_OR_COMMENT, found => found.startsWith('/') ? '' : found)
}

/** @param {string} text @returns {Written[]} a module's imports; those in JSDoc comments are types */
export function imports(text) {
  const code = withoutComments(text)
  const docs = [...text.matchAll(STRING_OR_COMMENT)].map(([found]) => found).filter(found => found.startsWith('/**'))
  /** @param {Kind} kind @param {RegExp} pattern @param {string} where @returns {Written[]} */
  const read = (kind, pattern, where) => [...where.matchAll(pattern)].map(match => ({ kind, text: match[1] ?? '' }))
  return [
    ...IN_CODE.flatMap(([kind, pattern]) => read(kind, pattern, code)),
    ...docs.flatMap(comment => IN_DOCS.flatMap(pattern => read('type', pattern, comment))),
  ]
}

/** @returns {Source[]} the scripts and the type declarations of www/ */
export function scripts() {
  return readdirSync(WWW, { recursive: true, encoding: 'utf8' })
    .map(file => file.split(path.sep).join('/'))
    .filter(file => /\.(js|d\.ts)$/.test(file) && !NOT_OURS.test(file))
    .map(file => ({ file, text: readFileSync(path.join(WWW, file), 'utf8') }))
}

/**
 * @param {readonly Source[]} files
 * @returns {Import[]} each import by a relative path or as written where it is none; a path with `${…}` in it stands
 *   for every file that it can mean
 */
export function graph(files) {
  return files.flatMap(({ file, text }) => imports(text).flatMap(written => {
    const kind = file.endsWith('.d.ts') ? 'type' : written.kind
    if (!/^\.\.?\//.test(written.text)) return [{ from: file, to: written.text, kind, text: written.text }]
    const to = path.posix.join(path.posix.dirname(file), written.text)
    if (!to.includes('${')) return [{ from: file, to, kind, text: written.text }]
    const [before, ...after] = to.split(/\$\{[^}]*\}/).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const pattern = new RegExp(`^${[before, ...after].join('[^/]*')}$`)
    const meant = files.filter(other => pattern.test(other.file))
    return meant.map(other => ({ from: file, to: other.file, kind, text: written.text }))
  }))
}
