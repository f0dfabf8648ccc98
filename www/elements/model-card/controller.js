/**
 * What `<fcn-model-card>` does: finds out whose card to show, the reader's choice, the embedder's, or that of the net
 * in use on the page, and reads it.
 */
import { FcnError, toFcnError } from '../../lib/errors.js'
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { EVERYDAY, readManifest, readModels } from '../common/model/list.js'
import { Session } from '../common/session.js'

/** @typedef {import('../../engine/protocol.js').Manifest} Manifest */

/**
 * A person's own model: what was made of the files, or what their model.json says. `notes`: assumptions, English; in
 * their place `assumptions`: the same as data, where they can be changed.
 * @typedef {{manifest: Manifest, files: readonly {name: string, size: number}[], notes: readonly string[],
 *   assumptions?: readonly import('../../engine/protocol.js').Assumption[]}} Own
 */

/**
 * The element, with what an embedder sets.
 * @typedef {object} Host
 * @property {string} model address of a model.json
 * @property {string} models address of a models.json
 * @property {Own | null} own
 * @property {string} baseURI
 * @property {import('../../lib/i18n.js').Language} language
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 */

/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** As usual, in a link. */
const USUAL = { model: '' }
/** Widths of a chart and of the gap between two, CSS pixels. */
const [CHART, LEAST_CHART, GAP] = [336, 250, 20]

export class Controller {
  #host
  /** CSS pixels. */
  #width = 0
  /**
   * The models to choose from; null until their list was read.
   * @type {import('../common/model/list.js').Offer[] | null}
   */
  #offers = null
  /** The model that the reader chose: an address, '' for a person's own; null: none. @type {string | null} */
  #chosen = null
  /** The net in use on the page. @type {{url: string | null, own: Own | null} | null} */
  #used = null
  /** `url`: null for a person's own model. @type {{url: string | null, manifest: Manifest} | null} */
  #shown = null
  /** @type {FcnError | null} */
  #failure = null
  /** Why something else could not be assumed of the net in use, and how that is tried again. @type {{failure: FcnError, again: () => void} | null} */
  #trouble = null
  /** What is being read, was read, or failed to be. @type {string | null} */
  #wanted = null
  #reading = new AbortController()
  #assuming = new AbortController()
  /** @type {AbortController | null} */
  #listening = null

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
  }

  /** The element is on the page. */
  connect() {
    const { signal } = this.#listening = new AbortController()
    const session = Session.of()
    session.addEventListener('net', () => this.#follow(session), { signal })
    this.#follow(session)
  }

  /** The element has left the page. */
  dispose() {
    this.#listening?.abort()
    this.#assuming.abort()
    if (!this.#shown) this.#forget()
  }

  /** @param {Session} session */
  #follow(session) {
    const { net = null, own = null } = session.inUse('masks') ?? {}
    if (net) {
      const { manifest, notes, assumptions } = net
      this.#used = { url: net.url, own: own && { manifest, files: own.files, notes, assumptions } }
    }
    this.#host.requestUpdate()
  }

  // ---- whose card ----

  /** Nothing is set: then it is that of the net in use. */
  get #isFollowing() {
    return this.#host.model === '' && this.#host.own === null
  }

  /** A person's own model, if there is one. */
  get #own() {
    return this.#isFollowing ? this.#used?.own ?? null : this.#host.own
  }

  /** Whether its card is the one to show. */
  get #isOwn() {
    return this.#own !== null && (this.#chosen ?? this.#host.model) === ''
  }

  /** The address of the model whose card is shown, where it isn't a person's own. */
  get #url() {
    const { model, baseURI } = this.#host
    if (this.#chosen) return this.#chosen
    if (model) return new URL(model, baseURI).href
    return (this.#isFollowing && this.#used?.url) || EVERYDAY
  }

  /** All that the template reads. */
  get state() {
    const { language, t } = this.#host
    const columns = Math.max(1, Math.floor((this.#width + GAP) / (CHART + GAP)))
    return {
      language, t,
      width: this.#width,
      /** Columns of charts fit beside each other; a chart is as wide as its column. */
      column: Math.max(LEAST_CHART, Math.floor((this.#width - GAP * (columns - 1)) / columns)),
      offers: this.#offers ?? [],
      own: this.#own, isOwn: this.#isOwn, url: this.#url,
      /** What is assumed of it, where that can be changed: of the net in use. */
      assumptions: (this.#isFollowing && this.#isOwn && this.#own?.assumptions) || [],
      shown: this.#shown,
      failure: this.#failure,
      trouble: this.#trouble?.failure ?? null,
      canRetry: true,
    }
  }

  /** What the template does. */
  actions = {
    /** @param {string} choice address of a model.json; '' for a person's own */
    choose: choice => this.#choose(choice),
    /** @param {import('../../engine/protocol.js').Said} said of the person's own net in use */
    assume: said => {
      const load = Session.of().inUse('masks')?.assuming(said)
      if (load) void this.#assume(load)
    },
    assumeAgain: () => this.#trouble?.again(),
    dismiss: () => this.#tell(null),
    retry: () => {
      this.#forget()
      this.#host.requestUpdate()
    },
  }

  /** Has the net in use loaded with something else assumed; the card follows it. @param {(signal: AbortSignal) => Promise<unknown>} load */
  async #assume(load) {
    this.#assuming.abort()
    this.#tell(null)
    const { signal } = this.#assuming = new AbortController()
    try {
      await load(signal)
    } catch (error) {
      if (signal.aborted) return
      const failure = toFcnError(error)
      this.#tell({ failure, again: () => void this.#assume(load) })
      this.#host.emit('fcn-error', { code: failure.code, message: failure.message })
    }
  }

  /** @param {{failure: FcnError, again: () => void} | null} trouble */
  #tell(trouble) {
    this.#trouble = trouble
    this.#host.requestUpdate()
  }

  /** @param {string | null} choice */
  #choose(choice) {
    this.#chosen = choice
    this.#host.requestUpdate()
  }

  /** The embedder has set another model: the reader's choice is over. */
  setModel() {
    this.#chosen = null
  }

  /** @param {number} width CSS pixels */
  setWidth(width) {
    this.#width = width
    this.#host.requestUpdate()
  }

  /** The chosen model, relative to the page where it is part of it. */
  get fragment() {
    const model = this.#chosen ?? ''
    const folder = new URL('.', this.#host.baseURI).href
    return fragmentOf({ model: model.startsWith(folder) ? model.slice(folder.length) : model }, USUAL)
  }

  set fragment(text) {
    const { model } = valuesIn(text, USUAL)
    const { baseURI } = this.#host
    // Only what the list offers, once that is known: a link may be anybody's.
    this.#choose(model && URL.canParse(model, baseURI) ? new URL(model, baseURI).href : null)
    this.#checkChoice()
  }

  #checkChoice() {
    if (this.#chosen && this.#offers && !this.#offers.some(({ url }) => url === this.#chosen)) this.#choose(null)
  }

  // ---- reading ----

  /** Reads the models to choose from. */
  async loadOffers() {
    const { models, baseURI } = this.#host
    this.#offers = null
    // Without the list there is still the card.
    const offers = models ? await readModels(new URL(models, baseURI).href).catch(() => []) : []
    if (models !== this.#host.models) return
    this.#offers = offers
    this.#checkChoice()
    this.#host.requestUpdate()
  }

  /** Has the card that is wanted read, unless it is there, or on its way. */
  bring() {
    const own = this.#isOwn ? this.#own : null
    if (own) {
      if (this.#shown?.manifest !== own.manifest) this.#trouble = null
      this.#forget()
      this.#shown = { url: null, manifest: own.manifest }
    } else if (this.#wanted !== this.#url && (this.#offers || !this.#chosen)) {
      void this.#read(this.#url)
    }
  }

  #forget() {
    this.#reading.abort()
    this.#wanted = this.#shown = this.#failure = null
  }

  /** @param {string} url */
  async #read(url) {
    this.#forget()
    const { signal } = this.#reading = new AbortController()
    this.#wanted = url
    try {
      const manifest = await readManifest(url, signal)
      if (!signal.aborted) this.#shown = { url, manifest }
    } catch (error) {
      if (signal.aborted) return
      const failure = this.#failure = toFcnError(error)
      this.#host.emit('fcn-error', { code: failure.code, message: failure.message })
    }
    this.#host.requestUpdate()
  }
}
