/**
 * Prints the rooms of www/, from the top of the house down, and which of them each really imports.
 *
 *     node tests/doors/draw.js              a line a room; * marks an arrow that only types go along
 *     node tests/doors/draw.js --mermaid    the same as a diagram
 */
import { graph, scripts } from './imports.js'
import { ROOMS, roomOf } from './rules.js'

/** @param {string} file @returns {string} a room as the picture calls it: most are folders */
function folder(file) {
  const { room, name } = roomOf(file)
  if (name) return `elements/${name}`
  return { views: 'page', index: 'elements', docs: 'elements', common: 'elements/common', formats: 'engine/formats',
    protocol: 'engine/protocol' }[room] ?? room
}

const files = scripts()
const ordered = ROOMS.flatMap(({ room }) => files.filter(({ file }) => roomOf(file).room === room))
/** Room to room, and whether something is loaded along the way. @type {Map<string, Map<string, boolean>>} */
const arrows = new Map([...ordered.map(({ file }) => folder(file)), 'vendor', 'pkg'].map(room => [room, new Map()]))
for (const { from, to, kind } of graph(files)) {
  const [here, there] = [folder(from), folder(to)]
  const known = arrows.get(here)
  if (here !== there) known?.set(there, kind !== 'type' || known.get(there) === true)
}
const rank = [...arrows.keys()]
const rows = rank.map(room => ({
  room, uses: [...arrows.get(room) ?? []].sort(([a], [b]) => rank.indexOf(a) - rank.indexOf(b)),
}))

if (process.argv.includes('--mermaid')) {
  console.log('flowchart TD')
  for (const { room, uses } of rows) {
    for (const [to, loads] of uses) console.log(`  ${room} ${loads ? '-->' : '-.->'} ${to}`)
  }
} else {
  for (const { room, uses } of rows) {
    console.log(`${room.padEnd(20)} ${uses.map(([to, loads]) => `${to}${loads ? '' : '*'}`).join('  ')}`.trimEnd())
  }
}
