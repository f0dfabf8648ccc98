/**
 * The doors between the rooms of www/: which script may import which. An import of a type counts like any other.
 * Someone who adds a room adds a line here, and thereby says what it may touch.
 */
import { graph, withoutComments } from './imports.js'

/** @typedef {import('./imports.js').Source} Source */
/** @typedef {import('./imports.js').Import} Import */

/**
 * The rooms, from the top of the house down, each with its files and the rooms that it may import beside itself.
 * `class` is the script of an element, elements/fcn-NAME.js. NAME in a pattern is the element's, and a file of one
 * element may import none of another's.
 * @type {{room: string, files: RegExp, may: string[]}[]}
 */
export const ROOMS = [
  { room: 'main', files: /^(main|theme)\.js$/, may: ['views', 'page', 'lessons', 'lib'] },
  // The page for iframes.
  { room: 'embed', files: /^embed(-failed)?\.js$/, may: ['class', 'lessons', 'lib'] },
  // The table of views: all that the page knows of elements.
  { room: 'views', files: /^page\/views\.js$/, may: ['page', 'lessons', 'index', 'class', 'common', 'lib'] },
  { room: 'page', files: /^page\//, may: ['views', 'common', 'lib'] },
  { room: 'lessons', files: /^lessons\//, may: ['class', 'common', 'lib', 'vendor'] },
  { room: 'index', files: /^elements\/index\.js$/, may: ['class'] },
  // The page that shows every element's docs.json.
  { room: 'docs', files: /^elements\/docs\.js$/, may: ['lib', 'vendor'] },
  // Which class a tag has, for TypeScript.
  { room: 'tags', files: /^elements\/(?<NAME>[^/]+)\/tags\.d\.ts$/, may: ['class', 'element', 'common', 'lib'] },
  {
    room: 'class', files: /^elements\/fcn-(?<NAME>[^/]+)\.js$/,
    may: ['element', 'common', 'engine', 'protocol', 'lib', 'vendor'],
  },
  { room: 'common', files: /^elements\/common\//, may: ['engine', 'protocol', 'formats', 'lib', 'vendor'] },
  {
    room: 'element', files: /^elements\/(?<NAME>[^/]+)\//,
    may: ['common', 'engine', 'protocol', 'lib', 'vendor'],
  },
  { room: 'engine', files: /^engine\/engine\.js$/, may: ['protocol', 'engine/page', 'formats', 'lib'] },
  { room: 'engine/page', files: /^engine\/page\//, may: ['protocol', 'formats', 'engine/worker', 'lib'] },
  { room: 'engine/worker', files: /^engine\/worker\//, may: ['protocol', 'formats', 'lib', 'pkg'] },
  { room: 'formats', files: /^engine\/formats\//, may: ['protocol', 'lib', 'vendor'] },
  { room: 'protocol', files: /^engine\/protocol\.js$/, may: ['formats', 'lib'] },
  { room: 'lib', files: /^lib\//, may: [] },
  // Generated: the libraries, and the crate as wasm.
  { room: 'vendor', files: /^vendor\//, may: [] },
  { room: 'pkg', files: /^pkg\//, may: [] },
]

/**
 * An element that shows another: its script is fetched when it is wanted, and used by its tag and what its docs.json
 * says.
 * @type {Record<string, string>}
 */
const SHOWN = { heatmap: 'model-card' }

/** Doors that only one kind of import goes through. @type {[from: RegExp, to: string, kind: string, why: string][]} */
const ONLY_AS = [
  [/^(?!engine\/)/, 'protocol', 'type', 'engine/protocol.js is for types'],
  [/^engine\/page\//, 'engine/worker', 'worker', 'it runs in a worker of its own'],
]

/** @param {string} file @returns {{room: string, may: string[], name: string}} '' for a file in no room */
export function roomOf(file) {
  for (const { room, files, may } of ROOMS) {
    const found = files.exec(file)
    if (found) return { room, may, name: found.groups?.['NAME'] ?? '' }
  }
  return { room: '', may: [], name: '' }
}

/** @param {Import} one @returns {string} what is wrong with it; '' for nothing */
function forbidden({ from, to, kind, text }) {
  if (!/^\.\.?\//.test(text)) return 'not a relative path, written out, as a browser needs and this test can read'
  const [here, there] = [roomOf(from), roomOf(to)]
  // Told once, of the file itself.
  if (!here.room) return ''
  if (!there.room) return 'it is in no room'
  const only = ONLY_AS.find(([files, room]) => files.test(from) && room === there.room)
  if (only && kind !== only[2]) return only[3]
  if (kind === 'later' && there.room === 'class' && SHOWN[here.name] === there.name) return ''
  if (there.name && here.name && there.name !== here.name) return 'an element may import nothing of another'
  if (here.room === there.room || here.may.includes(there.room)) return ''
  if (there.room === 'class') return 'only the page, lessons and index.js know an element\'s class'
  return `${here.room} may import ${here.may.join(', ') || 'nothing outside itself'}`
}

/** @param {readonly Source[]} files @returns {string[]} which import opens a door that there isn't, a line each */
export function violations(files) {
  const known = new Set(files.map(({ file }) => file))
  const wrong = files.filter(({ file }) => !roomOf(file).room).map(({ file }) => `www/${file}: it is in no room`)
  for (const one of graph(files)) {
    const { room } = roomOf(one.to)
    const isThere = known.has(one.to) || room === 'pkg' || room === 'vendor'
    const why = forbidden(one) || (isThere ? '' : 'there is no such file')
    if (why) wrong.push(`www/${one.from} -> ${one.to}${one.kind === 'type' ? ' (type)' : ''}: ${why}`)
  }
  return [...new Set(wrong)].sort()
}

/**
 * @param {readonly Source[]} files
 * @returns {string[]} the circles in which files import each other: of each file that is in one, its shortest
 */
export function circles(files) {
  /** @type {Map<string, Set<string>>} */
  const next = new Map(files.map(({ file }) => [file, new Set()]))
  for (const { from, to } of graph(files)) if (next.has(to)) next.get(from)?.add(to)
  /** @param {string} start @returns {string[]} the files of a circle in order; none: `start` is in no circle */
  const around = start => {
    /** @type {Map<string, string[]>} */
    const ways = new Map([[start, [start]]])
    // A map may grow while it is walked: nearest files first.
    for (const [file, way] of ways) {
      for (const to of next.get(file) ?? []) {
        if (to === start) return way
        if (!ways.has(to)) ways.set(to, [...way, to])
      }
    }
    return []
  }
  const found = files.map(({ file }) => around(file)).filter(way => way.length).map(way => {
    const first = way.indexOf([...way].sort()[0] ?? '')
    return [...way.slice(first), ...way.slice(0, first + 1)].join(' -> ')
  })
  return [...new Set(found)].sort()
}

/**
 * A tag is a way to another's element too: to its class's members, without an import.
 * @param {readonly Source[]} files
 * @returns {string[]} where the page outside its table of views, or an element, names the tag of an element not its own
 */
export function namedTags(files) {
  const texts = files.map(({ file, text }) => ({ file, ...roomOf(file), code: withoutComments(text) }))
  const tags = texts.flatMap(({ name: owner, code }) =>
    [...code.matchAll(/\bcustomElements\.define\(\s*'([^']+)'/g)].map(([, tag = '']) => ({ owner, tag })))
  return texts.flatMap(({ file, room, name, code }) => tags.filter(({ owner, tag }) => {
    const isOthers = name ? owner && owner !== name && SHOWN[name] !== owner : ['main', 'page'].includes(room)
    // The name of a container in a style sheet is no tag.
    return isOthers && new RegExp(`(?<![\\w-]|container(?:-name)?:?\\s*)${tag}(?![\\w-])`).test(code)
  }).map(({ tag }) => `www/${file}: names <${tag}>, ${name ? 'of another element' : 'which only page/views.js may'}`))
}

/**
 * @param {readonly Source[]} files
 * @param {string} start
 * @param {string} [except] a file whose own imports don't count
 * @returns {string[]} every file that loading `start` can load, sorted
 */
export function reachable(files, start, except = '') {
  const loads = graph(files).filter(({ kind, from }) => kind !== 'type' && from !== except)
  const seen = new Set([start])
  // A set may grow while it is walked.
  for (const file of seen) for (const { from, to } of loads) if (from === file) seen.add(to)
  return [...seen].sort()
}
