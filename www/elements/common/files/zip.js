/** Label maps as one file: names that every system unpacks where it should, and a stream that is never held whole. */
import { download } from '../ui/download.js'
import { stemOf } from './files.js'

/** @typedef {{name: string, input: Uint8Array<ArrayBuffer> | string}} Packed */

/** Letters of a name; systems take about 255 bytes. */
const LONGEST = 80
/** Names that Windows keeps for itself. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** @param {string} part of a path @returns {string} '' for what is none */
function safe(part) {
  const plain = part.normalize('NFC').replace(/[\p{Cc}\p{Cs}<>:"|?*]/gu, '_').trim().replace(/[. ]+$/, '').slice(0,
    LONGEST)
  return RESERVED.test(plain) ? `_${plain}` : plain
}

/**
 * Where each photo's map lies in the archive: in the photo's folders, none twice, nothing outside.
 * @param {readonly string[]} paths of photos, as anybody may have named them
 * @returns {string[]}
 */
export function namesIn(paths) {
  const taken = new Set()
  return paths.map(path => {
    const parts = stemOf(path.replaceAll('\\', '/')).split('/').map(safe).filter(Boolean)
    const stem = parts.join('/') || 'photo'
    let name = `${stem}.png`
    // Some systems take two names for one that differ in capitals alone.
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${stem} (${i}).png`
    taken.add(name.toLowerCase())
    return name
  })
}

/** @typedef {{createWritable: () => Promise<WritableStream<Uint8Array>>}} Place where a file is written */

/**
 * Asks where the archive goes, where the browser can write to the disk.
 * @param {string} name proposed
 * @returns {Promise<Place | null | 'stopped'>} null: it becomes a download
 */
export async function askPlace(name) {
  const { showSaveFilePicker } = /** @type {{showSaveFilePicker?: (options: object) => Promise<Place>}} */ (window)
  if (!showSaveFilePicker) return null
  try {
    return await showSaveFilePicker.call(window, { suggestedName: name,
      types: [{ accept: { 'application/zip': ['.zip'] } }] })
  } catch (error) {
    // In frames of other sites it isn't allowed.
    return error instanceof DOMException && error.name === 'AbortError' ? 'stopped' : null
  }
}

/**
 * @param {AsyncIterable<Packed>} files
 * @param {string} name
 * @param {Place | null} place
 */
export async function saveZip(files, name, place) {
  const { makeZip } = await import('../../../vendor/client-zip.js')
  const stream = makeZip(files)
  if (place) return await stream.pipeTo(await place.createWritable())
  download(await new Response(stream, { headers: { 'Content-Type': 'application/zip' } }).blob(), name)
}
