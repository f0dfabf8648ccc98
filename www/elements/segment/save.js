/**
 * What one takes away: pictures and numbers of a result, as files or on the clipboard.
 */
import { areasJson } from '../../lib/areas.js'
import { faintClasses } from '../common/stage/classes.js'
import { download } from '../common/ui/download.js'

/** @typedef {import('../../engine/engine.js').Result} Result */
/** @typedef {import('../../lib/areas.js').Area} Area */
/** @typedef {import('../common/photo/source.js').Photo} Photo */
/** @typedef {'labels' | 'grey' | 'colors' | 'overlay' | 'areas'} Kind */

/**
 * A photo with its mask, and how they are shown.
 * @typedef {object} What
 * @property {Photo} photo
 * @property {Result} result
 * @property {readonly Area[]} areas
 * @property {ReadonlySet<number>} off classes switched off
 * @property {number} opacity of the mask in an overlay, 0..1
 * @property {string | null} model its name
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {boolean} toClipboard instead of a file
 * @property {import('../common/photo/image-client.js').ImageClient} images
 */

/** A sentence that is shown for a while. @typedef {{key: string, values: {text: string}}} Notice */

/**
 * The element's controller.
 * @typedef {object} Figure
 * @property {{notice: {key: string} | null}} shown
 * @property {(change: {saying?: string, notice?: Notice | null}) => void} show
 * @property {(failure: import('../common/ui/failure.js').Failure, again: (() => void) | null) => void} failWith
 * @property {() => void} sweep closes the bitmaps that nobody uses
 */

/** How long "saved" is shown; it is also said to screen readers. Milliseconds. */
const NOTICE = 6000

export class Saving {
  #figure
  /** The photos that pictures are being made of. @type {Set<Photo>} */
  #photos = new Set()

  /** @param {Figure} figure */
  constructor(figure) {
    this.#figure = figure
  }

  /** The bitmaps that are needed now. */
  get sources() {
    return [...this.#photos].map(photo => photo.source)
  }

  /** @param {Kind} kind @param {What} what @param {() => void} again does it once more, with what is shown then */
  async save(kind, what, again) {
    const figure = this.#figure
    const { photo, t, toClipboard } = what
    this.#photos.add(photo)
    try {
      figure.show({ saying: t('making') })
      const text = await saveAs(kind, what)
      const notice = { key: 'text', values: { text } }
      figure.show({ saying: text, notice })
      setTimeout(() => { if (figure.shown.notice === notice) figure.show({ notice: null }) }, NOTICE)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const isDenied = toClipboard && error instanceof DOMException && error.name === 'NotAllowedError'
      const code = isDenied ? 'clipboard_copy' : 'save_failed'
      figure.failWith({ code, message }, isDenied ? null : again)
    } finally {
      this.#photos.delete(photo)
      figure.sweep()
    }
  }
}

/**
 * Makes a file of a photo and its mask, and hands it over.
 * @param {Kind} kind
 * @param {What} what
 * @returns {Promise<string>} what was done, in the reader's language
 */
async function saveAs(kind, { photo, result, areas, off, opacity, model, t, toClipboard, images }) {
  const made = kind === 'areas'
    ? Promise.resolve(new Blob([areasJson(result, areas, { photo: photo.name, model })],
      { type: toClipboard ? 'text/plain' : 'application/json' }))
    : images.make(pictureOf(kind, result, photo.source, opacity, off))
  if (toClipboard) {
    // The promise goes in as it is: browsers want the call within the click.
    await navigator.clipboard.write([new ClipboardItem({ [kind === 'areas' ? 'text/plain' : 'image/png']: made })])
    return t('copied')
  }
  const file = `${baseName(photo.name)}-${kind}.${kind === 'areas' ? 'json' : 'png'}`
  download(await made, file)
  return t('saved', { file })
}

/**
 * @param {Exclude<Kind, 'areas'>} kind
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
 * A name that every file system takes.
 * @param {string} name of the photo, with or without an ending
 */
function baseName(name) {
  return name.replace(/\.[^.]{1,5}$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '').slice(0,
    60) || 'photo'
}
