/**
 * Files as people choose or drop them, each with its path: a dropped file itself knows only its name. What is no picture
 * (lists, annotations, what systems leave behind) is passed over.
 */
import { fileOf, isFolder, isPicture } from './held.js'

/** `path`: within what was chosen or dropped, with slashes. @typedef {{file: File, path: string}} Entry */
/** @typedef {import('./held.js').Held} Held */
/**
 * `isCut`: there were more than are taken; `lost`: files that couldn't be opened.
 * @typedef {{entries: Entry[], isCut: boolean, lost: number}} Found
 */

/** Pictures that are taken: Cityscapes' 5,000 with all their maps are as many. */
export const MOST_FILES = 20_000
/** Files of any kind that are looked at; whoever drops a whole disk waits no longer. */
const MOST_SEEN = 200_000
/** Folders within folders. */
const MOST_DEPTH = 12
/** Files that are opened at a time. */
const AT_ONCE = 64

export const PNG = /\.png$/i
/** `.DS_Store`, `._x.png`, `.git`, `__MACOSX`. */
const LEFTOVER = /(^|\/)(\.|__MACOSX(\/|$))/i

/** @param {string} path */
const isTaken = path => isPicture(path) && !LEFTOVER.test(path)

/** @param {Iterable<File>} files of a file input @param {number} [most] @returns {Found} */
export function chosen(files, most = MOST_FILES) {
  /** @type {Entry[]} */
  const entries = []
  for (const file of files) {
    const path = file.webkitRelativePath || file.name
    if (!isTaken(path)) continue
    if (entries.length === most) return { entries, isCut: true, lost: 0 }
    entries.push({ file, path })
  }
  return { entries, isCut: false, lost: 0 }
}

/**
 * All pictures in what was dropped, folders walked through.
 * @param {readonly Held[]} held
 * @param {{signal: AbortSignal, told?: (count: number) => void, most?: number}} options told: how many were found so far
 * @returns {Promise<Found>} rejects when the signal is aborted
 */
export async function walk(held, { signal, told = () => {}, most = MOST_FILES }) {
  /** @type {Found} */
  const found = { entries: [], isCut: false, lost: 0 }
  /** Pictures that were seen and aren't opened yet. @type {{entry: FileSystemFileEntry, path: string}[]} */
  let closed = []
  const open = async () => {
    const files = await Promise.all(closed.map(({ entry }) => fileOf(entry).catch(() => null)))
    signal.throwIfAborted()
    files.forEach((file, i) => {
      if (file) found.entries.push({ file, path: closed[i].path })
      else found.lost++
    })
    closed = []
    told(found.entries.length)
  }
  /** The next one last. @type {{each: Held, depth: number}[]} */
  const waiting = held.map(each => ({ each, depth: 0 })).reverse()
  for (let seen = 0, next = waiting.pop(); next; next = waiting.pop()) {
    signal.throwIfAborted()
    const { each, depth } = next
    if (++seen > MOST_SEEN) {
      found.isCut = true
      break
    }
    if (isFolder(each)) {
      if (depth === MOST_DEPTH || LEFTOVER.test(each.fullPath)) continue
      const inside = await childrenOf(each, signal)
      for (const child of inside.reverse()) waiting.push({ each: child, depth: depth + 1 })
      continue
    }
    const path = each instanceof File ? each.name : each.fullPath.replace(/^\/+/, '')
    if (!isTaken(path)) continue
    if (found.entries.length + closed.length === most) {
      found.isCut = true
      break
    }
    if (each instanceof File) found.entries.push({ file: each, path })
    else closed.push({ entry: /** @type {FileSystemFileEntry} */ (each), path })
    if (closed.length === AT_ONCE) await open()
  }
  await open()
  return found
}

/**
 * A browser gives a folder's entries a hundred at a time, and none at the end. One that can't be read is taken for empty.
 * @param {FileSystemDirectoryEntry} folder
 * @param {AbortSignal} signal
 */
async function childrenOf(folder, signal) {
  const reader = folder.createReader()
  /** @type {FileSystemEntry[]} */
  const all = []
  while (all.length < MOST_SEEN) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => [])
    signal.throwIfAborted()
    if (!some.length) break
    all.push(...some)
  }
  return all
}

/**
 * The paths without the folder that all of them lie in.
 * @param {readonly Entry[]} entries
 * @returns {Entry[]}
 */
export function within(entries) {
  const [top] = entries[0]?.path.split('/') ?? []
  const start = `${top}/`
  if (!entries.every(({ path }) => path.startsWith(start))) return [...entries]
  return entries.map(({ file, path }) => ({ file, path: path.slice(start.length) }))
}

/** @param {string} path @returns {string} the file's name */
export const nameIn = path => path.slice(path.lastIndexOf('/') + 1)

/** @param {string} path @returns {string} without its ending */
export const stemOf = path => path.replace(/\.[^./]+$/, '')
