/**
 * The figure as a link says it. What a link says of a sample or a model still to come is kept until that is there.
 */
import { addressOf, readLink, writeLink } from './links.js'

/** @typedef {import('./links.js').Linked} Linked */
/** @typedef {import('../common/photo/intake.js').Sample} Sample */
/** @typedef {import('../common/photo/source.js').Photo} Photo */

/**
 * The element's controller.
 * @typedef {object} Figure
 * @property {import('./shown.js').Shown} shown
 * @property {{photo: Photo | null} | null} job the present one
 * @property {boolean} wasUsed whether a photo was asked for
 * @property {(change: Partial<Linked>) => void} show
 * @property {(sample: Sample) => Promise<void>} showSample
 */

export class LinkState {
  #host
  #figure
  /** What the latest link says of a sample still to come. @type {Linked | null} */
  #linked = null
  /** The model that a link names, until the list is there that it must be in. @type {string | null} */
  #model = null

  /** @param {import('./links.js').Host} host @param {Figure} figure */
  constructor(host, figure) {
    this.#host = host
    this.#figure = figure
  }

  /** The sample to begin with. */
  get sample() {
    return this.#linked?.sample || this.#host.sample
  }

  /** All that a link brings back: settings, the sample shown, what is switched off and zoomed into. */
  get fragment() {
    const { scene, off, window } = this.#figure.shown
    const sample = scene ? scene.photo.sample?.id ?? '' : this.sample
    return writeLink(this.#host, this.#model ?? this.#host.model, this.#linked ?? { sample, off, window })
  }

  set fragment(text) {
    const { settings, model, ...linked } = readLink(this.#host, text)
    Object.assign(this.#host, settings)
    const { job, shown: { scene, gallery } } = this.#figure
    const shown = (job?.photo ?? scene?.photo)?.sample?.id ?? ''
    const isShown = !linked.sample || linked.sample === shown
    // What is switched off and zoomed into is of the mask that comes, if one does.
    this.#linked = isShown ? { ...linked, sample: shown } : linked
    this.#model = model
    const changesModel = this.takeModel()
    if (isShown && !job && !changesModel) this.take(shown)
    else if (!isShown && (this.#figure.wasUsed || scene)) {
      const found = gallery.find(({ id }) => id === linked.sample)
      if (found) void this.#figure.showSample(found)
      else if (gallery.length) this.#linked = null
    }
  }

  /** A photo's mask is there: what the latest link says of it is shown. @param {string} sample */
  take(sample) {
    if (this.#linked?.sample === sample) this.#figure.show({ off: this.#linked.off, window: this.#linked.window })
    this.#linked = null
  }

  /** Another photo was asked for. @param {string} [sample] that it is */
  expect(sample) {
    if (this.#linked?.sample !== sample) this.#linked = null
  }

  /** A sample that isn't in the list is as if the link didn't name it. @param {readonly Sample[]} gallery */
  check(gallery) {
    if (this.#linked?.sample && !gallery.some(({ id }) => id === this.#linked?.sample)) this.#linked = null
  }

  /**
   * A link may name the model of the markup, or one of those that can be chosen here, and no other.
   * @returns {boolean} whether the model changes
   */
  takeModel() {
    const model = this.#model
    if (model === null) return false
    const { baseURI } = this.#host
    const wished = model === '' ? '' : addressOf(model, baseURI)
    const usual = this.#host.getAttribute('model') ?? ''
    const isUsual = wished === addressOf(usual, baseURI)
    const { offers } = this.#figure.shown
    // The list may still be on its way.
    if (!isUsual && this.#host.models && !offers.length) return false
    this.#model = null
    if (!isUsual && !offers.some(({ url }) => url === wished)) return false
    if (addressOf(this.#host.model, baseURI) === wished) return false
    this.#host.model = isUsual ? usual : wished
    return true
  }
}
