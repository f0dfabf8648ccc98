/**
 * What `<fcn-dropout>` does: which panel is shown, and what a link tells of both. The small net needs neither engine nor
 * network; the panel about a photo comes when it is first shown.
 */
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { Units } from './units/controller.js'
import { USUAL } from './usual.js'

/** @typedef {import('../common/ui/failure.js').Failure} Failure */
/** @typedef {'units' | 'uncertainty'} PanelName */
/** @typedef {import('./uncertainty/panel.js').Panel} PhotoPanel */

/**
 * The element, with what an embedder sets.
 * @typedef {object} Own
 * @property {string} panel
 * @property {import('../../lib/i18n.js').Language} language
 */
/** @typedef {ConstructorParameters<typeof import('./uncertainty/panel.js').Panel>[0] & Own} Host */

/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** In the order shown; the first is shown at first. @type {readonly PanelName[]} */
const PANELS = ['units', 'uncertainty']

export class Controller {
  #host
  /** @type {Failure | null} */
  #failure = null
  #units
  #isHere = false
  /** The panel about a photo, once it was wanted. @type {PhotoPanel | null} */
  #photo = null
  /** While it is on its way. @type {Promise<void> | null} */
  #coming = null
  /** What a link told of it before it came. @type {import('../common/fragment.js').Values | null} */
  #told = null
  /** What was dropped before it came. @type {readonly File[] | null} */
  #files = null

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    this.#units = new Units(() => host.requestUpdate())
  }

  /** The panel shown. @returns {PanelName} */
  get #panel() {
    return PANELS.find(name => name === this.#host.panel) ?? PANELS[0]
  }

  /** All that the template reads. */
  get state() {
    const { language, t } = this.#host
    return {
      language, t, panels: PANELS, panel: this.#panel, units: this.#units, photo: this.#photo,
      failure: this.#failure, canRetry: this.#failure !== null,
    }
  }

  get units() {
    return this.#units.told
  }

  get uncertainty() {
    return this.#photo?.result ?? null
  }

  /** What the template does. */
  actions = {
    /** @param {PanelName} panel */
    show: panel => {
      this.#host.panel = panel
      this.#host.requestUpdate()
    },
    retry: () => {
      this.#show(null)
      void this.#fetch()
    },
    dismiss: () => this.#show(null),
  }

  /** @param {Failure | null} failure */
  #show(failure) {
    this.#failure = failure
    this.#host.requestUpdate()
  }

  get #values() {
    return { ...this.#units.values, ...this.#photo?.values ?? this.#told ?? USUAL }
  }

  get #usual() {
    return { ...this.#units.usual, ...USUAL }
  }

  get fragment() {
    const told = fragmentOf(this.#values, this.#usual)
    const panel = this.#panel
    // A link that tells anything names the panel: which of them comes first may change one day.
    return told || panel !== PANELS[0] ? [`panel=${panel}`, told].filter(Boolean).join('&') : ''
  }

  set fragment(text) {
    /** @type {import('../common/fragment.js').Values} */
    const { panel, ...values } = valuesIn(text, { panel: '', ...this.#usual })
    this.#host.panel = String(panel)
    this.#units.values = values
    if (this.#photo) this.#photo.values = values
    else this.#told = Object.fromEntries(Object.keys(USUAL).map(key => [key, values[key]]))
    this.#host.requestUpdate()
  }

  // ---- life ----

  connect() {
    this.#isHere = true
    this.#photo?.connect()
  }

  dispose() {
    this.#isHere = false
    this.#photo?.dispose()
  }

  /** The element was drawn: the panel shown gets what it needs. */
  drawn() {
    if (this.#panel !== 'uncertainty') return
    if (this.#photo) this.#photo.want()
    else if (this.#isHere && !this.#failure) void this.#fetch()
  }

  /** @param {readonly File[]} files a user's: a photo, or a model's files */
  async takeFiles(files) {
    this.actions.show('uncertainty')
    this.#files = files
    await this.#fetch()
  }

  /** Fetches the panel about a photo. */
  async #fetch() {
    await (this.#coming ??= this.#bring())
    const files = this.#files
    this.#files = null
    if (files) await this.#photo?.takeFiles(files)
  }

  async #bring() {
    try {
      const { Panel } = await import('./uncertainty/panel.js')
      const photo = this.#photo = new Panel(this.#host)
      if (this.#told) photo.values = this.#told
      if (this.#isHere) photo.connect()
      this.#host.requestUpdate()
    } catch {
      this.#coming = null
      const [code, message] = ['panel_failed', this.#host.t('error.panel_failed')]
      this.#show({ code, message })
      this.#host.emit('fcn-error', { code, message })
    }
  }
}
