/**
 * What `<fcn-inside>` does: which panel is shown, and what a link tells of all of them. Each panel has a controller of
 * its own in its folder; the ruler and the calculator need neither engine nor network, and those about a net come when
 * one of them is first shown.
 */
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { Later } from '../common/later.js'
import { Calculator } from './calculator/controller.js'
import { numbered } from './calculator/numbers.js'
import { Ruler } from './ruler/controller.js'
import { USUAL } from './usual.js'

/** @typedef {import('../common/ui/failure.js').Failure} Failure */
/** @typedef {import('./net-panels.js').NetPanel} NetPanel */
/** @typedef {NetPanel | 'ruler' | 'calculator'} PanelName */

/**
 * The element, with what an embedder sets.
 * @typedef {object} Own
 * @property {string} panel
 * @property {string} upsample address
 * @property {import('../../lib/i18n.js').Language} language
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 */

/** @typedef {ConstructorParameters<typeof import('./net-panels.js').NetPanels>[0] & Own} Host */

/** What the panels about a net say, and the ruler. @typedef {import('./net-panels.js').Reading | {panel: 'ruler'} & Ruler['reading']} Reading */
/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */
/** What every panel's template reads beside its own state. @typedef {Controller['page']} Page */

/** Those that can be chosen, in the order shown; the first is shown at first. @type {readonly PanelName[]} */
const PANELS = ['stages', 'tail', 'pixel', 'occlusion', 'ruler', 'calculator']
/** Those that need a photo and a net. @type {readonly PanelName[]} */
const OF_NET = PANELS.slice(0, 4)

export class Controller {
  #host
  /** CSS pixels. */
  #width = 0
  /** @type {Failure | null} */
  #failure = null
  #ruler
  #calculator
  /** The panels about a net. @type {Later<import('./net-panels.js').NetPanels>} */
  #net

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    const changed = () => host.requestUpdate()
    this.#ruler = new Ruler(changed)
    this.#calculator = new Calculator({ changed, fail: code => this.#fail(code) })
    this.#net = new Later({
      bring: async () => new (await import('./net-panels.js')).NetPanels(host), usual: USUAL, changed,
      fail: () => this.#fail('panel_failed'), take: async (panels, files) => await panels.opening.takeFiles(files),
    })
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
      failure: this.#failure, canRetry: this.#failure?.code === 'panel_failed',
      ruler: this.#ruler, calculator: this.#calculator, net: this.#net.part,
    }
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
      void this.#net.fetch()
    },
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

  /** For the element's getter of that name. @returns {Reading | null} */
  get reading() {
    return this.#panel === 'ruler' ? { panel: 'ruler', ...this.#ruler.reading } : this.#net.part?.reading ?? null
  }

  /** For the element's getter of that name. */
  get layers() {
    const { t, language } = this.#host
    return this.#calculator.layers.map(({ row: { name, label, line, shape }, note }) => ({
      name, label, line, shape: shape && [shape.channels, ...shape.size ?? []],
      problem: note && { code: note.code, message: t(`note.${note.code}`, numbered(note.values, language)) },
    }))
  }

  /** What is set in all panels. */
  get #values() {
    return { ...this.#ruler.values, ...this.#calculator.values, ...this.#net.values }
  }

  get #usual() {
    return { ...this.#ruler.usual, ...this.#calculator.usual, ...USUAL }
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
    this.#net.values = values
    this.#host.requestUpdate()
  }

  // ---- life ----

  connect() {
    this.#net.connect()
  }

  dispose() {
    this.#net.dispose()
  }

  /** The element was drawn: the panel shown gets what it needs. */
  drawn() {
    const panel = this.#panel
    const wanted = OF_NET.includes(panel) ? /** @type {NetPanel} */ (panel) : null
    if (this.#net.part) this.#net.part.show(wanted)
    else if (wanted && !this.#failure) this.#net.want()
  }

  /** @param {readonly File[]} files a user's: a photo, or a model's files */
  async takeFiles(files) {
    if (!OF_NET.includes(this.#panel)) this.actions.show(PANELS[0])
    await this.#net.takeFiles(files)
  }

  /** @param {number} width CSS pixels */
  setWidth(width) {
    // Of no width: another view is shown.
    if (width === 0 || width === this.#width) return
    this.#width = width
    this.#host.requestUpdate()
  }
}
