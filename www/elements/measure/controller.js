/** What `<fcn-measure>` does: which panel is shown, and what a link tells of all of them. */
import { fragmentOf, valuesIn } from '../common/fragment.js'
import { CurvesSlot, areLogs } from './curves/slot.js'
import { Folder } from './folder/controller.js'
import { Masks } from './masks/controller.js'
import { Runner } from './runner.js'
import { Sandbox } from './sandbox/controller.js'

/** @typedef {import('../common/ui/failure.js').Failure} Failure */
/** @typedef {'sandbox' | 'photo' | 'masks' | 'folder' | 'curves'} PanelName */

/** The element. @typedef {ConstructorParameters<typeof import('./photo/controller.js').OnePhoto>[0] & {panel: string, runs: string, renderRoot: ParentNode, updateComplete: Promise<unknown>}} Host */

/** What the template reads. @typedef {Controller['state']} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** Those that can be chosen, in the order shown; the first is shown at first. @type {readonly PanelName[]} */
const PANELS = ['sandbox', 'photo', 'masks', 'folder', 'curves']

/** What a link needn't tell of the photo's panel. */
const PHOTO_USUAL = { sample: '', head: '', errors: '' }

export class Controller {
  #host
  #masks
  #folder
  #sandbox
  #curves
  /** What a link says of the photo's panel, which comes when it is wanted. @type {import('../common/fragment.js').Values} */
  #said = PHOTO_USUAL
  /** The panel that needs an engine, once it was wanted. @type {import('./photo/controller.js').OnePhoto | null} */
  #photo = null
  /** Reads and compares label maps. */
  #runner = new Runner()
  /** How it is drawn. @type {typeof import('./photo/template.js').onePhoto | null} */
  #drawPhoto = null
  /** While it is on its way. @type {Promise<void> | null} */
  #coming = null
  /** A user's, for it. @type {readonly File[] | null} */
  #photoFiles = null
  /** While they are taken, and after. @type {Promise<void> | null} */
  #taking = null
  #isConnected = false
  /** @type {Failure | null} */
  #failure = null
  #isDropping = false
  /** The panel in which a picture of the folder is shown by itself; null: none was asked for. @type {PanelName | null} */
  #ofFolder = null

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
    const changed = () => host.requestUpdate()
    this.#masks = new Masks({ changed, fail: failure => failure ? this.#fail(failure) : this.#show(null) },
      this.#runner)
    this.#sandbox = new Sandbox(changed)
    this.#curves = new CurvesSlot(host,
      () => this.#fail({ code: 'panel_failed', message: host.t('error.panel_failed') }))
    this.#folder = new Folder(host, this.#runner, {
      pair: (truth, prediction, how) => {
        this.#leaveFolder('masks')
        void this.#masks.take({ truth, prediction }, how)
      },
      photo: async pair => {
        this.#leaveFolder('photo')
        this.#photoFiles = null
        await (this.#coming ??= this.#bring())
        await this.#photo?.showPair(pair)
      },
    })
  }

  /** The panel shown. @returns {PanelName} */
  get #panel() {
    return PANELS.find(name => name === this.#host.panel) ?? PANELS[0]
  }

  /** Of what the panel shows: what is painted, the head chosen of a photo, two masks, or a folder's maps together. */
  get metrics() {
    const panel = this.#panel
    if (panel === 'photo') return this.#photo?.state.score?.metrics ?? null
    if (panel === 'curves') return null
    return (panel === 'folder' ? this.#folder : panel === 'masks' ? this.#masks : this.#sandbox).metrics
  }

  get partings() {
    return this.#panel === 'curves' ? this.#curves.partings : null
  }

  get masks() {
    return this.#masks
  }

  /** What is read off two runs of a training; null where none are shown. */
  get curves() {
    return this.#panel === 'curves' ? this.#curves.told : null
  }

  /** The model that a folder is given to, as one of those that it can be given to. */
  get modelChoice() {
    return this.#folder.modelChoice
  }

  get state() {
    const { language, t } = this.#host
    return {
      language, t, panels: PANELS, panel: this.#panel, failure: this.#failure,
        canRetry: this.#failure?.code === 'panel_failed', isDropping: this.#isDropping,
      canGoBack: this.#panel === this.#ofFolder,
      masks: this.#masks, folder: this.#folder, sandbox: this.#sandbox, curves: this.#curves,
      photo: this.#photo, drawPhoto: this.#drawPhoto,
    }
  }

  actions = {
    /** @param {PanelName} panel */
    show: panel => {
      this.#ofFolder = null
      this.#host.panel = panel
      // What failed in another panel is of no use here.
      this.#show(null)
    },
    /** To the folder, and to the row of the picture that was looked at. */
    back: () => {
      this.actions.show('folder')
      void this.#focus(`[data-row="${CSS.escape(this.#folder.opened)}"]`)
    },
    retry: () => {
      this.#show(null)
      void (this.#panel === 'curves' ? this.#curves.fetch() : this.#fetch())
    },
    dismiss: () => this.#show(null),
    /** @param {boolean} isDropping whether a file is held over it */
    hold: isDropping => {
      if (isDropping === this.#isDropping) return
      this.#isDropping = isDropping
      this.#host.requestUpdate()
    },
    /** @param {DataTransfer} transfer @param {string | null} side of a folder's panel that it was dropped on */
    drop: (transfer, side) => {
      if (this.#panel === 'folder') return this.#folder.actions.drop(transfer, side)
      const files = [...transfer.files]
      if (files.length) void this.takeFiles(files)
    },
  }

  /** One of its pictures is shown by itself. @param {PanelName} panel */
  #leaveFolder(panel) {
    this.actions.show(panel)
    this.#ofFolder = panel
    void this.#focus('.back')
  }

  /** What was pressed is gone with its panel. @param {string} selector */
  async #focus(selector) {
    await this.#host.updateComplete
    const found = this.#host.renderRoot.querySelector(selector)
    if (found instanceof HTMLElement) found.focus()
  }

  get fragment() {
    // What a link said of the photo's panel it said of the others too: what these show now goes before that.
    const values = { ...this.#photo?.values ?? this.#said, ...this.#sandbox.values, ...this.#masks.values,
      ...this.#curves.values }
    const told = fragmentOf(values, this.#usual)
    const panel = this.#panel
    return told || panel !== PANELS[0] ? [`panel=${panel}`, told].filter(Boolean).join('&') : ''
  }

  set fragment(text) {
    const { panel, ...values } = valuesIn(text, { panel: '', ...this.#usual })
    this.#host.panel = String(panel)
    this.#sandbox.values = values
    this.#masks.values = values
    this.#curves.values = values
    this.#said = values
    if (this.#photo) this.#photo.values = values
    this.#host.requestUpdate()
  }

  /** @returns {import('../common/fragment.js').Values} */
  get #usual() {
    return { ...this.#sandbox.usual, ...this.#masks.usual, ...this.#curves.usual, ...PHOTO_USUAL }
  }

  /** @param {readonly File[]} files a user's label maps, a photo, a folder's pictures, or a training's logs; failures are shown, not thrown */
  async takeFiles(files) {
    this.#ofFolder = null
    if (this.#panel === 'curves' || areLogs(files)) {
      if (this.#panel !== 'curves') this.actions.show('curves')
      return await this.#curves.takeFiles(files)
    }
    if (this.#panel === 'photo') {
      this.#photoFiles = files
      return await this.#fetch()
    }
    if (this.#panel === 'folder') return await this.#folder.takeFiles(files)
    if (this.#panel !== 'masks') this.actions.show('masks')
    await this.#masks.takeFiles(files)
  }

  // ---- life ----

  /** The element was drawn: the panel shown gets what it needs. */
  drawn() {
    // It may be drawn once more after it has left the page.
    if (!this.#host.isConnected) return
    if (this.#panel === 'curves' && this.#failure?.code !== 'panel_failed') this.#curves.want()
    const isWanted = this.#panel === 'photo'
    if (isWanted && !this.#photo && this.#failure?.code !== 'panel_failed') void this.#fetch()
    // Photos that are dropped or pasted are for that panel alone.
    if (this.#photo && isWanted !== this.#isConnected) {
      this.#isConnected = isWanted
      if (isWanted) this.#photo.connect()
      else this.#photo.disconnect()
    }
    if (isWanted) this.#photo?.want()
  }

  /** The element has left the page. */
  dispose() {
    this.#folder.stop()
    this.#curves.dispose()
    this.#runner.close()
    this.#isConnected = false
    this.#photo?.dispose()
  }

  /** Fetches the panel that needs an engine. */
  async #fetch() {
    await (this.#coming ??= this.#bring())
    const files = this.#photoFiles
    // They are still there for another try.
    if (!this.#photo) return
    if (!files) return void await this.#taking
    this.#photoFiles = null
    await (this.#taking = this.#photo.takeFiles(files))
  }

  async #bring() {
    try {
      const { OnePhoto, onePhoto } = await import('./photo/panel.js')
      this.#photo = new OnePhoto(this.#host, this.#runner, this.#said)
      this.#drawPhoto = onePhoto
      this.#host.requestUpdate()
    } catch {
      this.#coming = null
      this.#fail({ code: 'panel_failed', message: this.#host.t('error.panel_failed') })
    }
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
