/**
 * What `<fcn-dropout>` does: which panel is shown, and what a link tells of both. The small net needs neither engine nor
 * network; the panel about a photo comes when it is first shown.
 */
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { Later } from '../common/later.js'
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
  /** The panel about a photo. @type {Later<PhotoPanel>} */
  #photo

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    this.#units = new Units(() => host.requestUpdate())
    this.#photo = new Later({
      bring: async () => new (await import('./uncertainty/panel.js')).Panel(host), usual: USUAL,
      changed: () => host.requestUpdate(), fail: () => this.#fail(),
      take: async (panel, files) => await panel.takeFiles(files),
    })
  }

  /** The panel shown. @returns {PanelName} */
  get #panel() {
    return PANELS.find(name => name === this.#host.panel) ?? PANELS[0]
  }

  /** All that the template reads. */
  get state() {
    const { language, t } = this.#host
    return {
      language, t, panels: PANELS, panel: this.#panel, units: this.#units, photo: this.#photo.part,
      failure: this.#failure, canRetry: this.#failure !== null,
    }
  }

  get units() {
    return this.#units.told
  }

  get uncertainty() {
    return this.#photo.part?.result ?? null
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
      void this.#photo.fetch()
    },
    dismiss: () => this.#show(null),
  }

  /** @param {Failure | null} failure */
  #show(failure) {
    this.#failure = failure
    this.#host.requestUpdate()
  }

  get #values() {
    return { ...this.#units.values, ...this.#photo.values }
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
    this.#photo.values = values
    this.#host.requestUpdate()
  }

  // ---- life ----

  connect() {
    this.#photo.connect()
  }

  dispose() {
    this.#photo.dispose()
  }

  /** The element was drawn: the panel shown gets what it needs. */
  drawn() {
    if (this.#panel !== 'uncertainty') return
    if (this.#photo.part) this.#photo.part.want()
    else if (!this.#failure) this.#photo.want()
  }

  /** @param {readonly File[]} files a user's: a photo, or a model's files */
  async takeFiles(files) {
    this.actions.show('uncertainty')
    await this.#photo.takeFiles(files)
  }

  #fail() {
    const [code, message] = ['panel_failed', this.#host.t('error.panel_failed')]
    this.#show({ code, message })
    this.#host.emit('fcn-error', { code, message })
  }
}
