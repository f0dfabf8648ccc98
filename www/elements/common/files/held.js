/** What was dropped, before it is known whether there are folders in it. */

/** What was dropped: a folder's entries are still to be read. @typedef {FileSystemEntry | File} Held */

const PICTURE = /\.(png|jpe?g|jfif|webp|avif|gif|bmp|heic|heif)$/i

/** @param {string} path @returns {boolean} whether it is a picture, by its ending */
export const isPicture = path => PICTURE.test(path)

/**
 * Takes hold of what was dropped, which is possible only while the event is handled.
 * @param {DataTransfer} transfer
 * @returns {Held[]}
 */
export function heldBy(transfer) {
  const held = [...transfer.items].flatMap(item => {
    const each = item.kind === 'file' ? item.webkitGetAsEntry?.() ?? item.getAsFile() : null
    return each ? [each] : []
  })
  return held.length ? held : [...transfer.files]
}

/**
 * @param {readonly Held[]} held
 * @returns {Promise<File[]>} the files, if there is no folder among them; none otherwise
 */
export async function filesIn(held) {
  if (held.some(isFolder)) return []
  return await Promise.all(held.map(each => each instanceof File ? each
    : fileOf(/** @type {FileSystemFileEntry} */ (each)))).catch(() => [])
}

/** @param {Held} each @returns {each is FileSystemDirectoryEntry} */
export const isFolder = each => !(each instanceof File) && each.isDirectory

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
export const fileOf = entry => new Promise((resolve, reject) => entry.file(resolve, reject))
