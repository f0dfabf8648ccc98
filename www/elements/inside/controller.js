/**
 * What `<fcn-inside>` does: which panel is shown, and what a link tells of all of them. Each panel has a controller of
 * its own in its folder; the ruler and the calculator need neither engine nor network.
 */
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { Calculator } from './calculator/controller.js'
import { Ruler } from './ruler/controller.js'

/** @typedef {import('../common/ui/failure.js').Failure} Failure */
/** @typedef {'ruler' | 'calculator'} PanelName */

/**
 * The element, with what an embedder sets.
 * @typedef {object} Host
 * @property {string} panel
 * @property {string} upsample address
 * @property {import('../../lib/i18n.js').Language} language
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 */

/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */
/** What every panel's template reads beside its own state. @typedef {Controller['page']} Page */

/** Those that can be chosen, in the order shown; the first is shown at first. @type {readonly PanelName[]} */
const PANELS = ['ruler', 'calculator']

export class Controller {
  #host
  /** CSS pixels. */
  #width = 0
  /** @type {Failure | null} */
  #failure = null
  #ruler
  #calculator

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    const changed = () => host.requestUpdate()
    this.#ruler = new Ruler(changed)
    this.#calculator = new Calculator({ changed, fail: code => this.#fail(code) })
  }

  /** The panel shown. @returns {PanelName} */
  get #panel() {
    return PANELS.find(name => name === this.#host.panel) ?? PANELS[0]
  }

  get page() {
    const { language, t, upsample } = this.#host
    return { language, t, upsample, width: this.#width }
  }

  /** All that the template reads. */
  get state() {
    return {
      ...this.page,
      panels: PANELS, panel: this.#panel,
      failure: this.#failure, canRetry: false,
      ruler: this.#ruler, calculator: this.#calculator,
    }
  }

  /** What the template does. */
  actions = {
    /** @param {PanelName} panel */
    show: panel => {
      this.#host.panel = panel
      this.#host.requestUpdate()
    },
    retry: () => {},
    dismiss: () => this.#show(null),
  }

  /** @param {string} code of the element's own: the texts have its sentence */
  #fail(code) {
    const message = this.#host.t(`error.${code}`)
    this.#show({ code, message })
    this.#host.emit('fcn-error', { code, message })
  }

  /** @param {Failure | null} failure */
  #show(failure) {
    this.#failure = failure
    this.#host.requestUpdate()
  }

  /** What is set in all panels. */
  get #values() {
    return { ...this.#ruler.values, ...this.#calculator.values }
  }

  get #usual() {
    return { ...this.#ruler.usual, ...this.#calculator.usual }
  }

  get fragment() {
    const told = fragmentOf(this.#values, this.#usual)
    const panel = this.#panel
    // A link that tells anything names the panel: which of them comes first may change one day.
    return told || panel !== PANELS[0] ? [`panel=${panel}`, told].filter(Boolean).join('&') : ''
  }

  set fragment(text) {
    const { panel, ...values } = valuesIn(text, { panel: '', ...this.#usual })
    this.#host.panel = String(panel)
    this.#ruler.values = values
    this.#calculator.values = values
    this.#host.requestUpdate()
  }

  /** @param {number} width CSS pixels */
  setWidth(width) {
    if (width === this.#width) return
    this.#width = width
    this.#host.requestUpdate()
  }
}
