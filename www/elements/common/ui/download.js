/** Files that an element hands to the browser's downloads. */

/** The browser takes hold of the blob at the click; a minute is for slow dialogs. Milliseconds. */
const KEPT = 60_000

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT)
}
