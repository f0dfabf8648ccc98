/**
 * How photos come in: dropped, pasted, chosen, or one of the samples; and when to begin by oneself.
 */

/**
 * What photos come in to: an element's controller.
 * @typedef {object} Host
 * @property {string} samples address of a samples.json
 * @property {string} sample id of the one to begin with
 * @property {readonly Sample[]} gallery
 * @property {boolean} wasUsed whether a photo was asked for; then no sample comes by itself
 * @property {(change: {gallery?: Sample[], isDropping?: boolean}) => void} show
 * @property {(source: import('../../../engine/engine.js').PhotoSource) => Promise<void>} take
 * @property {(files: readonly File[]) => Promise<void>} takeFiles
 * @property {(transfer: DataTransfer) => Promise<void>} [takeDropped] takes folders, too; called while the event is handled
 * @property {(files: readonly File[]) => Promise<void>} [takeFolder] takes all of a folder's files
 * @property {(sample: Sample) => Promise<void>} showSample
 * @property {(code: string, again?: () => void) => void} fail
 */

/**
 * One entry of samples.json.
 * @typedef {object} Sample
 * @property {string} id
 * @property {string} file relative to samples.json
 * @property {string} thumb
 * @property {number} width pixels
 * @property {number} height
 * @property {Record<string, string>} title by language
 * @property {Record<string, string>} alt
 * @property {string} credit who made it
 * @property {string} source the work it was taken from
 * @property {string} licence
 * @property {string | null} licenceUrl
 * @property {{file: string, classes: string[], credit: string}} [truth] which class each pixel is: an indexed PNG of the
 *   photo's size, 255 where it can't be said
 */

/** What text is typed into. */
const TYPED = 'textarea, input:not([type=range]):not([type=checkbox]):not([type=radio])'

/** Of several elements on a page, the one used last gets what is pasted. @type {Intake | null} */
let latest = null

export class Intake {
  #element
  #host
  /** @type {AbortController | null} */
  #listening = null
  /** @type {IntersectionObserver | null} */
  #sight = null
  #isSeen = false
  /** Some browsers forget one that nobody holds. @type {HTMLInputElement | null} */
  #folder = null

  /** @param {HTMLElement} element @param {Host} host */
  constructor(element, host) {
    this.#element = element
    this.#host = host
  }

  connect() {
    const { signal } = this.#listening = new AbortController()
    const element = this.#element
    latest ??= this
    for (const type of ['pointerdown', 'focusin']) element.addEventListener(type, () => { latest = this }, { signal })
    element.addEventListener('dragenter', this.#over, { signal })
    element.addEventListener('dragover', this.#over, { signal })
    element.addEventListener('dragleave', event => {
      if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) this.#host.show({
        isDropping: false })
    }, { signal })
    element.addEventListener('drop', this.#drop, { signal })
    document.addEventListener('paste', this.#pasteEvent, { signal })
    // Engine and weights are megabytes: they come when the element is seen.
    this.#sight = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return
      this.#isSeen = true
      this.#sight?.disconnect()
      this.begin()
    }, { rootMargin: '200px' })
    this.#sight.observe(element)
  }

  disconnect() {
    this.#listening?.abort()
    this.#sight?.disconnect()
    if (latest === this) latest = null
  }

  /** Reads the list of samples. */
  async loadGallery() {
    const host = this.#host
    if (!host.samples) return
    try {
      const response = await fetch(new URL(host.samples, this.#element.baseURI))
      if (!response.ok) throw new Error(String(response.status))
      const samples = (await response.json())?.samples
      if (!Array.isArray(samples) || !samples.every(isSample)) throw new TypeError('not a list of samples')
      host.show({ gallery: samples })
      this.begin()
    } catch {
      host.fail('samples_failed', () => void this.loadGallery())
    }
  }

  /** The sample to begin with, as soon as it is known and seen. */
  begin() {
    const host = this.#host
    const first = host.gallery.find(({ id }) => id === host.sample)
    if (!first || !this.#isSeen || host.wasUsed) return
    void host.showSample(first)
  }

  /** @param {Event} event of a file input */
  chosen = event => {
    const input = /** @type {HTMLInputElement} */ (event.target)
    const files = [...input.files ?? []]
    if (files.length > 1) void this.#host.takeFiles(files)
    else if (files.length) void this.#host.take(files[0])
    // So that the same file can be chosen again.
    input.value = ''
  }

  /** Asks for a folder, which may hold one photo. */
  chooseFolder = () => {
    const input = this.#folder = Object.assign(document.createElement('input'), { type: 'file', webkitdirectory: true })
    input.onchange = () => void this.#host.takeFolder?.([...input.files ?? []])
    input.click()
  }

  /** The button: needs the browser's permission, where it has one. */
  pasteButton = async () => {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find(name => name.startsWith('image/'))
        if (type) return void this.#host.take(await item.getType(type))
      }
      this.#host.fail('nothing_pasted')
    } catch {
      this.#host.fail('clipboard_denied')
    }
  }

  /** @param {ClipboardEvent} event */
  #pasteEvent = event => {
    const target = event.composedPath()[0]
    const isTyping = target instanceof HTMLElement && (target.isContentEditable || target.matches(TYPED))
    // A view of the page that isn't shown takes nothing, and stands in nobody's way.
    if (isTyping || !this.isShown || (latest && latest !== this && latest.isShown)) return
    const file = [...event.clipboardData?.files ?? []][0]
    if (file) void this.#host.take(file)
  }

  get isShown() {
    return this.#element.checkVisibility?.() ?? true
  }

  /** @param {DragEvent} event */
  #over = event => {
    event.preventDefault()
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    this.#host.show({ isDropping: true })
  }

  /** @param {DragEvent} event */
  #drop = event => {
    event.preventDefault()
    latest = this
    this.#host.show({ isDropping: false })
    const files = [...event.dataTransfer?.files ?? []]
    if (!files.length || !event.dataTransfer) this.#host.fail('nothing_dropped')
    else if (this.#host.takeDropped) void this.#host.takeDropped(event.dataTransfer)
    else void this.#host.takeFiles(files)
  }
}

/**
 * Whether an entry has what is shown of it.
 * @param {unknown} entry
 * @returns {entry is Sample}
 */
function isSample(entry) {
  if (typeof entry !== 'object' || entry === null) return false
  const { id, file, thumb, title, alt } = /** @type {Record<string, unknown>} */ (entry)
  return [id, file, thumb].every(value => typeof value === 'string')
    && [title, alt].every(value => typeof value === 'object' && value !== null)
}
