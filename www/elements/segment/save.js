/**
 * What one takes away: pictures and numbers of a result, as files or on the clipboard.
 */
import { faintClasses } from './words.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {'labels' | 'colors' | 'overlay'} Kind */

/**
 * Makes a file of a photo and its mask, and hands it over.
 * @param {import('../fcn-segment.js').FcnSegment} host how the mask is shown
 * @param {import('./scene.js').Photo} photo
 * @param {{result: Result, areas: readonly Area[]}} mask
 * @param {Kind | 'areas'} kind
 * @param {{toClipboard: boolean, studio: import('../common/photo/image-client.js').Studio}} how
 * @returns {Promise<string>} what was done, in the host's language
 */
export async function saveAs(host, photo, { result, areas }, kind, { toClipboard, studio }) {
  const model = host.engine?.model?.manifest.name ?? null
  const made = kind === 'areas'
    ? Promise.resolve(new Blob([areasJson(result, areas, { photo: photo.name, model })], { type: toClipboard ? 'text/plain' : 'application/json' }))
    : studio.make(pictureOf(kind, result, photo.source, host.view === 'mask' ? 1 : host.opacity, host.off))
  if (toClipboard) {
    // The promise goes in as it is: browsers want the call within the click.
    await navigator.clipboard.write([new ClipboardItem({ [kind === 'areas' ? 'text/plain' : 'image/png']: made })])
    return host.t('copied')
  }
  const file = `${baseName(photo.name)}-${kind}.${kind === 'areas' ? 'json' : 'png'}`
  download(await made, file)
  return host.t('saved', { file })
}

/**
 * @param {Kind} kind
 * @param {Result} result
 * @param {Blob | ImageBitmap} source
 * @param {number} opacity
 * @param {ReadonlySet<number>} hidden
 * @returns {import('../common/photo/image-tasks.js').Picture}
 */
function pictureOf(kind, result, source, opacity, hidden) {
  const { width, height, labels, classes } = result
  return {
    kind, width, height, labels, classes, opacity, hidden: [...hidden], faint: [...faintClasses(classes)],
    source: kind === 'overlay' ? source : null,
  }
}

/**
 * @param {Result} result
 * @param {readonly Area[]} found
 * @param {{photo: string, model: string | null}} about
 * @returns {string} JSON; areas in pixels and as shares (0..1) of the photo
 */
function areasJson(result, found, { photo, model }) {
  const { width, height, variant, backend, classes, timings } = result
  const rows = found.map(({ id, pixels, share }) => {
    const cls = classes.find(one => one.id === id)
    return { id, name: cls?.name ?? null, names: cls?.names, color: cls?.color, pixels, share: Number(share.toFixed(6)) }
  })
  return JSON.stringify({ photo, width, height, model, variant, backend, timings, classes: rows }, null, 2) + '\n'
}

/**
 * Hands a file to the browser's downloads.
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser takes hold of the blob at the click; a minute is for slow dialogs.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/**
 * A name that every file system takes.
 * @param {string} name of the photo, with or without an ending
 */
function baseName(name) {
  return name.replace(/\.[^.]{1,5}$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '').slice(0, 60) || 'photo'
}
