/** Which model a folder is given to: the element's, one of this site's, or a person's own weights. */
import { EVERYDAY, readModels } from '../../common/model/list.js'
import { PAGE_MODEL, choiceOf, nameOf } from '../../common/model/own.js'

/** Beside the usual model, wherever this site lies. */
const MODELS = new URL('../models.json', EVERYDAY).href

export class Choice {
  #host
  #net
  #own
  /** What was chosen here, and what the page wished at that moment: a newer wish of the page's counts more. */
  #chosen = { wish: '', url: '' }
  /** @type {readonly import('../../common/model/list.js').Offer[]} */
  offers = []

  /**
   * @param {{model: string, baseURI: string}} host
   * @param {import('../../common/model/in-use.js').NetInUse} net
   * @param {import('../../common/model/own.js').OwnWeights} own
   */
  constructor(host, net, own) {
    this.#host = host
    this.#net = net
    this.#own = own
  }

  /** Reads the models to choose from. Without them the element's own still works. */
  async load() {
    this.offers = await readModels(MODELS).catch(() => [])
  }

  /** Address of the model wished for, absolute; '' for the usual one. */
  get wished() {
    const { model, baseURI } = this.#host
    if (this.#chosen.url && this.#chosen.wish === model) return this.#chosen.url
    return model ? new URL(model, baseURI).href : ''
  }

  /** The model in use, on its way or wished for, as one of those to choose from; '' for none of them. */
  get chosen() {
    if (this.#own.chosen !== null) return choiceOf(this.#own.chosen)
    const { net, url } = this.#net
    const shown = net || url ? url : this.wished || EVERYDAY
    if (shown === null) return ''
    return this.offers.some(offer => offer.url === shown) ? shown : this.offers.length ? '' : PAGE_MODEL
  }

  /** @param {string} choice @returns {boolean} whether another net is wished for now; a person's own comes when it is open */
  choose(choice) {
    const kept = nameOf(choice)
    if (kept !== null) {
      void this.#own.openKept(kept)
      return false
    }
    this.#own.supersede()
    this.#chosen = { wish: this.#host.model, url: choice === PAGE_MODEL ? '' : choice }
    this.#net.forget()
    this.#net.reload()
    return true
  }
}
