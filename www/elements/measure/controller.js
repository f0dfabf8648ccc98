/** What `<fcn-measure>` does: which panel is shown, and what a link tells of all of them. */
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { Folder } from './folder/controller.js'
import { Masks } from './masks/controller.js'
import { Sandbox } from './sandbox/controller.js'

/** @typedef {import('../common/ui/failure.js').Failure} Failure */
/** @typedef {'sandbox' | 'masks' | 'folder'} PanelName */

/**
 * The element.
 * @typedef {object} Host
 * @property {string} panel
 * @property {import('../../lib/i18n.js').Language} language
 * @property {import('../../lib/i18n.js').Translate} t
 * @property {(type: string, detail: object) => void} emit
 * @property {() => void} requestUpdate
 */

/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** Those that can be chosen, in the order shown; the first is shown at first. @type {readonly PanelName[]} */
const PANELS = ['sandbox', 'masks', 'folder']

export class Controller {
  #host
  #masks
  #folder
  #sandbox
  /** @type {Failure | null} */
  #failure = null
  #isDropping = false

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    const changed = () => host.requestUpdate()
    this.#masks = new Masks({ changed: () => this.#show(null), fail: failure => this.#fail(failure) })
    this.#sandbox = new Sandbox(changed)
    this.#folder = new Folder(changed, (truth, prediction, unlabelled) => {
      this.actions.show('masks')
      this.#masks.actions.setVoid(unlabelled)
      void this.#masks.takeFiles([truth, prediction])
    })
  }

  /** The panel shown. @returns {PanelName} */
  get #panel() {
    return PANELS.find(name => name === this.#host.panel) ?? PANELS[0]
  }

  get masks() {
    return this.#masks
  }

  get state() {
    const { language, t } = this.#host
    return {
      language, t, panels: PANELS, panel: this.#panel, failure: this.#failure, canRetry: false, isDropping: this.#isDropping,
      masks: this.#masks, folder: this.#folder, sandbox: this.#sandbox,
    }
  }

  actions = {
    /** @param {PanelName} panel */
    show: panel => {
      this.#host.panel = panel
      this.#host.requestUpdate()
    },
    retry: () => {},
    dismiss: () => this.#show(null),
    /** @param {boolean} isDropping whether a file is held over it */
    hold: isDropping => {
      if (isDropping === this.#isDropping) return
      this.#isDropping = isDropping
      this.#host.requestUpdate()
    },
    /** @param {readonly File[]} files */
    drop: files => void this.takeFiles(files),
  }

  get fragment() {
    const told = fragmentOf({ ...this.#sandbox.values, ...this.#masks.values }, this.#usual)
    const panel = this.#panel
    return told || panel !== PANELS[0] ? [`panel=${panel}`, told].filter(Boolean).join('&') : ''
  }

  set fragment(text) {
    const { panel, ...values } = valuesIn(text, { panel: '', ...this.#usual })
    this.#host.panel = String(panel)
    this.#sandbox.values = values
    this.#masks.values = values
    this.#host.requestUpdate()
  }

  /** @returns {import('../common/fragment.js').Values} */
  get #usual() {
    return { ...this.#sandbox.usual, ...this.#masks.usual }
  }

  /** @param {readonly File[]} files a user's label maps; failures are shown, not thrown */
  async takeFiles(files) {
    this.actions.show('masks')
    await this.#masks.takeFiles(files)
  }

  /** The element has left the page. */
  dispose() {
    this.#folder.stop()
  }

  /** @param {Failure} failure */
  #fail(failure) {
    this.#show(failure)
    this.#host.emit('fcn-error', { code: failure.code, message: failure.message })
  }

  /** @param {Failure | null} failure */
  #show(failure) {
    this.#failure = failure
    this.#host.requestUpdate()
  }
}
