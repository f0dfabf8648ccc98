/**
 * Models that a person wants to keep for the next visit, in the browser's own file system for this
 * site (origin private file system): a folder each, named after the model. Nothing leaves the device.
 */
import { FcnError } from '../../../lib/errors.js'

const FOLDER = 'fcn-weights'
/** An empty file that says that the others were copied to their end. */
const WHOLE = '.whole'
/** What the person said of the weights, as JSON; what was kept by an earlier version has none. */
const SAID = '.said'

/** @typedef {{name: string, bytes: number}} Kept */
/** @typedef {import('../../../engine/protocol.js').Said} Said */

/** Whether this browser can keep files. */
export function canKeep() {
  return typeof navigator.storage?.getDirectory === 'function'
    && typeof globalThis.FileSystemFileHandle?.prototype.createWritable === 'function'
}

/** @param {boolean} create @returns {Promise<FileSystemDirectoryHandle>} */
async function keptFolder(create) {
  return await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create })
}

/** What is kept, by name. @returns {Promise<Kept[]>} empty too where nothing can be kept */
export async function listKept() {
  /** @type {Kept[]} */
  const found = []
  try {
    for await (const folder of (await keptFolder(false)).values()) {
      if (folder.kind !== 'directory') continue
      const files = await filesIn(folder)
      if (files.some(({ name }) => name === WHOLE)) found.push({ name: folder.name,
        bytes: files.reduce((sum, { size }) => sum + size, 0) })
    }
  } catch {
    // Nothing kept yet, or a browser (or a private window) without such files.
  }
  return found.sort((a, b) => a.name.localeCompare(b.name))
}

/** @param {FileSystemDirectoryHandle} folder */
async function filesIn(folder) {
  /** @type {File[]} */
  const files = []
  for await (const handle of folder.values()) if (handle.kind === 'file') files.push(await handle.getFile())
  return files
}

/**
 * Copies a model's files, in pieces.
 * @param {string} model its name
 * @param {readonly File[]} files
 * @param {Said} said what the person says of them
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the name under which they are kept: the model's, with a number where that is taken
 * @throws {FcnError} keep_failed, aborted
 */
export async function keep(model, files, said, signal) {
  const base = model.replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim().slice(0, 80) || 'model'
  const taken = new Set((await listKept()).map(kept => kept.name))
  let name = base
  for (let i = 2; taken.has(name); i++) name = `${base} (${i})`
  try {
    await removeKept(name) // what an interrupted copy left
    const folder = await (await keptFolder(true)).getDirectoryHandle(name, { create: true })
    for (const file of files) {
      const handle = await folder.getFileHandle(file.name, { create: true })
      await file.stream().pipeTo(await handle.createWritable(), { signal })
    }
    await writeSaid(folder, said)
    await folder.getFileHandle(WHOLE, { create: true })
    return name
  } catch (error) {
    await removeKept(name)
    if (signal.aborted) throw new FcnError('aborted')
    throw notKept(error)
  }
}

/** @param {unknown} error */
function notKept(error) {
  return new FcnError('keep_failed', undefined, { reason: error instanceof Error ? error.message : String(error) })
}

/** @param {FileSystemDirectoryHandle} folder @param {Said} said */
async function writeSaid(folder, said) {
  const file = await (await folder.getFileHandle(SAID, { create: true })).createWritable()
  await file.write(JSON.stringify(said))
  await file.close()
}

/**
 * What the person says of kept weights has changed.
 * @param {string} name
 * @param {Said} said
 * @throws {FcnError} keep_failed
 */
export async function keepSaid(name, said) {
  try {
    await writeSaid(await (await keptFolder(false)).getDirectoryHandle(name), said)
  } catch (error) {
    throw notKept(error)
  }
}

/** @param {File | undefined} file @returns {Promise<Said>} nothing for what can't be read */
async function readSaid(file) {
  try {
    const said = file ? JSON.parse(await file.text()) : {}
    return Object.fromEntries(Object.entries(said ?? {}).filter(([, value]) => typeof value === 'string'))
  } catch {
    return {}
  }
}

/**
 * @param {string} name
 * @returns {Promise<{files: File[], said: Said}>}
 * @throws {FcnError} weights_invalid when they are gone
 */
export async function takeKept(name) {
  try {
    const all = await filesIn(await (await keptFolder(false)).getDirectoryHandle(name))
    const files = all.filter(file => file.name !== WHOLE && file.name !== SAID)
    if (files.length) return { files, said: await readSaid(all.find(file => file.name === SAID)) }
  } catch {
    // As below.
  }
  throw new FcnError('weights_invalid', 'The kept files are gone. Choose them again.', { kind: 'weights.gone' })
}

/** @param {string} name */
export async function removeKept(name) {
  try {
    await (await keptFolder(false)).removeEntry(name, { recursive: true })
  } catch {
    // It isn't there.
  }
}
