/** Which of the site's models is wished for: the markup's, or one of those offered, by hand or by a link. */
import { readModels } from '../common/model/list.js'

/** @typedef {import('../common/model/list.js').Offer} Offer */

export class ModelWish {
  #host
  /** The model's address in the markup; '' for the usual one. */
  #markup
  /** A model from a link, until those offered are known. */
  #linked = ''
  /** @type {readonly Offer[]} */
  offers = []

  /** @param {{model: string, models: string, baseURI: string}} host */
  constructor(host) {
    this.#host = host
    this.#markup = this.address
  }

  /** The address wished for; '' for the usual one. */
  get address() {
    const { model, baseURI } = this.#host
    return model ? new URL(model, baseURI).href : ''
  }

  /** The model chosen among those offered, by its folder, for links; '' for the one of the markup. */
  get told() {
    const offer = this.offers.find(({ url }) => url === this.address)
    return offer && offer.url !== this.#markup ? folderOf(offer.url) : this.#linked
  }

  /** @param {string} name from a link; '' for the one of the markup @returns {boolean} whether that is another one */
  take(name) {
    this.#linked = this.offers.length ? '' : name
    const offer = this.offers.find(({ url }) => folderOf(url) === name)
    const wanted = name && offer ? offer.url : this.#markup
    if ((name && !offer) || wanted === this.address) return false
    this.#host.model = wanted
    return true
  }

  /** Reads the models to choose from. @returns {Promise<boolean>} whether the one that a link named is another one */
  async load() {
    const { models, baseURI } = this.#host
    if (models) this.offers = await readModels(new URL(models, baseURI).href)
    return this.#linked !== '' && this.take(this.#linked)
  }
}

/** @param {string} url of a model.json @returns {string} the folder that it lies in */
function folderOf(url) {
  return new URL('.', url).pathname.split('/').at(-2) ?? ''
}
