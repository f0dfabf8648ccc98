/**
 * Which model the figure uses: the markup's, one of a list, or a person's own weights.
 */
import { PAGE_MODEL, choiceOf, nameOf } from '../common/model/own.js'
import { readModels } from '../common/model/list.js'

/**
 * The element's controller.
 * @typedef {object} Figure
 * @property {import('../common/model/own.js').OwnWeights} own
 * @property {import('./shown.js').Shown} shown
 * @property {(change: {offers: import('../common/model/list.js').Offer[]}) => void} show
 * @property {() => void} recompute
 * @property {(code: string, again: () => void) => void} fail
 */

export class ModelChoice {
  #host
  #net
  #figure
  /** How often a model was chosen: the same one again is another wish. */
  #count = 0

  /**
   * @param {{model: string, models: string, baseURI: string}} host
   * @param {import('../common/model/in-use.js').NetInUse} net
   * @param {Figure} figure
   */
  constructor(host, net, figure) {
    this.#host = host
    this.#net = net
    this.#figure = figure
  }

  /** The address wished for; '' for the usual one. */
  get address() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : ''
  }

  /** Tells one wish from another. */
  get key() {
    return [this.address, this.#count].join()
  }

  /** The model in use or on its way, as one of those to choose from; '' for none of them. */
  get chosen() {
    const { own, shown: { offers } } = this.#figure
    const { url } = this.#net
    if (own.chosen !== null) return choiceOf(own.chosen)
    if (!offers.length) return url === null ? '' : PAGE_MODEL
    return offers.some(offer => offer.url === url) ? url ?? '' : ''
  }

  /** @param {string} choice address of a model.json, kept weights, or the page's model */
  choose(choice) {
    const { own } = this.#figure
    const kept = nameOf(choice)
    if (kept !== null) return void own.openKept(kept)
    own.supersede()
    const url = choice === PAGE_MODEL ? this.address : choice
    this.#net.forget()
    this.#count++
    if (this.address === url) this.#figure.recompute()
    else this.#host.model = url
  }

  /** Reads the models to choose from. @param {() => void} known called when they are there */
  async load(known) {
    const { models, baseURI } = this.#host
    try {
      const offers = models ? await readModels(new URL(models, baseURI).href) : []
      if (models !== this.#host.models) return
      this.#figure.show({ offers })
      known()
    } catch {
      if (models === this.#host.models) this.#figure.fail('models_failed', () => void this.load(known))
    }
  }
}
