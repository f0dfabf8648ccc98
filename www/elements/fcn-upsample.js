/**
 * `<fcn-upsample>`: how a transposed convolution enlarges a feature map, step by step.
 *
 *     <script type="module" src="https://example.org/elements/fcn-upsample.js"></script>
 *     <fcn-upsample input="3x3" kernel="3x3" stride="2" view="all"></fcn-upsample>
 *
 * Works by itself on any page. Attributes, properties, events and parts: upsample/docs.json.
 * This file is the element's public face; upsample/control.js holds what it can do.
 */
/// <reference path="./upsample/tags.d.ts" preserve="true" />
import { LitElement, html, nothing } from '../vendor/lit.js'
import { toRows } from '../lib/transposed/codec.js'
import { Appearance } from './upsample/drawing/appearance.js'
import { COLOURS } from './upsample/drawing/colours.js'
import { Control } from './upsample/control.js'
import { choices, problems, settings, sizeFormula, topBar } from './upsample/controls.js'
import { explain } from './upsample/explain.js'
import { layOut, layOutRoundTrip } from './upsample/drawing/layout.js'
import { STATE_KEYS } from './upsample/links.js'
import { boards, now, prediction, roundTrip, sharing, tables, transportBar } from './upsample/panels.js'
import { OwnPhoto } from './upsample/photo/slot.js'
import { Player } from './upsample/player.js'
import { pointing } from './upsample/pointing.js'
import { paint, pixelRatio } from './upsample/drawing/scene.js'
import { Speech } from './upsample/speech.js'
import { styles } from './upsample/styles.js'
import { Taking } from './upsample/taking.js'

/** @typedef {import('../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('../lib/transposed/geometry.js').Field} Field */
/** @typedef {import('./upsample/model.js').View} View */
/** @typedef {import('./upsample/photo/slot.js').Lender} Lender */
/** @typedef {import('./upsample/drawing/grid.js').Backdrop} Backdrop */

/** Properties that may have been set before the script came. */
const PROPERTIES = /** @type {const} */ ([
  'preset', 'input', 'weights', 'kernel', 'stride', 'padding', 'outputPadding', 'dilation', 'view', 'fragment', 'linkBase', 'step',
  'backdrop', 'lender',
])

/** Milliseconds between two announcements while playing; a voice needs time. */
const ANNOUNCE_EVERY = 2500

export class FcnUpsample extends LitElement {
  /** @override */
  static styles = styles

  /** @override */
  static get observedAttributes() {
    return [...super.observedAttributes, ...STATE_KEYS, 'lang']
  }

  #control = new Control()
  #player = new Player(() => this.#model, () => this.#stepped(true))
  /** Attributes that changed since they were last taken over. @type {Record<string, string | null>} */
  #said = {}
  #observed = 0
  #appearance = new Appearance()
  #speech = new Speech(this, () => this.requestUpdate())
  #taking = new Taking(() => this.requestUpdate())
  #live = ''
  #announcedAt = 0
  #tables = false
  #linkBase = ''
  /** @type {Lender | null} */
  #lender = null
  #ownPhoto = new OwnPhoto(() => this.requestUpdate())
  #reported = { version: 0, step: 0 }
  /** @type {import('./upsample/drawing/layout.js').Layout | null} */
  #layout = null
  /** @type {AbortController | null} */
  #connection = null
  #sizes = new ResizeObserver(entries => {
    const width = entries[entries.length - 1].contentRect.width
    if (width === this.#observed) return
    this.#observed = width
    this.#appearance.stale = true
    this.requestUpdate()
  })

  get #model() {
    return this.#control.model
  }

  // Life

  /** @override */
  connectedCallback() {
    const own = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this))
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue
      const value = own[name]
      delete own[name]
      own[name] = value
    }
    super.connectedCallback()
    this.#connection = new AbortController()
    const { signal } = this.#connection
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', `(resolution: ${window.devicePixelRatio}dppx)`]) {
      matchMedia(query).addEventListener('change', () => this.#repaint(), { signal })
    }
    this.renderRoot.addEventListener('transitionend', event => {
      if (event.target instanceof Element && event.target.classList.contains('probe')) this.#repaint()
    }, { signal })
    this.#sizes.observe(this)
    pointing(this.renderRoot, { signal, board: name => this.#layout?.boards.get(name), point: (target, aloud) => {
      if (this.#model.point(target)) this.#act(() => {}, aloud)
    } })
    // Back from elsewhere: colours and width may be others.
    if (this.hasUpdated) this.#repaint()
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#player.pause()
    this.#connection?.abort()
    this.#connection = null
    this.#sizes.disconnect()
  }

  /**
   * @override
   * @param {string} name
   * @param {string | null} old
   * @param {string | null} value
   */
  attributeChangedCallback(name, old, value) {
    super.attributeChangedCallback(name, old, value)
    if (old === value) return
    if (name !== 'lang') this.#said[name] = value
    this.requestUpdate()
  }

  /** Takes over what attributes said, all at once: singly, some would be impossible. */
  #settle() {
    const said = this.#said
    if (Object.keys(said).length === 0) return
    this.#said = {}
    // A new preset is only the ground on which the other attributes stand.
    const all = said['preset'] ? Object.fromEntries(STATE_KEYS.filter(name => this.hasAttribute(name)).map(name => [name, this.getAttribute(name)])) : said
    this.#control.apply(all)
  }

  // Public interface; see upsample/docs.json

  /** @returns {number[][]} the input map. Set: number[][], or text as in the attribute */
  get input() {
    this.#settle()
    return toRows(this.#model.input, this.#model.layer.input)
  }

  /** @param {number[][] | string} rows */
  set input(rows) {
    this.#setMap('input', rows)
  }

  /** @returns {number[][]} the kernel's values. Set: number[][], or text as in the attribute `kernel` */
  get weights() {
    this.#settle()
    return toRows(this.#model.weights, this.#model.layer.kernel)
  }

  /** @param {number[][] | string} rows */
  set weights(rows) {
    this.#setMap('kernel', rows)
  }

  /** @param {'input' | 'kernel'} role @param {number[][] | string} rows */
  #setMap(role, rows) {
    this.#settle()
    if (typeof rows === 'string') this.#act(() => this.#control.apply({ [role]: rows }))
    else this.#act(() => this.#control.setRows(role, rows))
  }

  /** @returns {number[][]} the finished output, whatever the step */
  get output() {
    this.#settle()
    return toRows(this.#model.output, this.#model.geometry.output)
  }

  /** @returns {Pair} rows, columns. Set: a pair, one number, or text as in the attribute; so for all of these */
  get kernel() { return this.#pair('kernel') }
  /** @param {Pair | number | string} value */
  set kernel(value) { this.#setPair('kernel', 'kernel', value) }
  /** @returns {Pair} */
  get stride() { return this.#pair('stride') }
  /** @param {Pair | number | string} value */
  set stride(value) { this.#setPair('stride', 'stride', value) }
  /** @returns {Pair} */
  get padding() { return this.#pair('padding') }
  /** @param {Pair | number | string} value */
  set padding(value) { this.#setPair('padding', 'padding', value) }
  /** @returns {Pair} */
  get outputPadding() { return this.#pair('outputPadding') }
  /** @param {Pair | number | string} value */
  set outputPadding(value) { this.#setPair('output-padding', 'outputPadding', value) }
  /** @returns {Pair} */
  get dilation() { return this.#pair('dilation') }
  /** @param {Pair | number | string} value */
  set dilation(value) { this.#setPair('dilation', 'dilation', value) }

  /** @param {Field} field @returns {Pair} */
  #pair(field) {
    this.#settle()
    return [...this.#model.layer[field]]
  }

  /** @param {string} name @param {Field} field @param {Pair | number | string} value */
  #setPair(name, field, value) {
    this.#settle()
    if (typeof value === 'string') return this.#act(() => this.#control.apply({ [name]: value }))
    const [rows, cols] = Array.isArray(value) ? value : [value, value]
    this.#act(() => this.#control.setLayer({ [field]: [Number(rows), Number(cols)] }))
  }

  /** @returns {View} */
  get view() {
    this.#settle()
    return this.#model.view
  }

  /** @param {View} view */
  set view(view) {
    this.#settle()
    this.#act(() => this.#control.apply({ view }))
  }

  /** @returns {string} id of the preset shown as it comes, or '' */
  get preset() {
    this.#settle()
    return this.#control.preset?.id ?? ''
  }

  /** @param {string} id */
  set preset(id) {
    this.#settle()
    this.#act(() => this.#control.choosePreset(id))
  }

  /** @returns {number} 0 (nothing done) to {@link steps} */
  get step() {
    this.#settle()
    return this.#model.step
  }

  /** @param {number} step is clamped */
  set step(step) {
    this.#settle()
    this.#control.goTo(Number(step))
    this.#stepped(false)
  }

  /** @returns {number} */
  get steps() {
    this.#settle()
    return this.#model.steps
  }

  /** @returns {boolean} */
  get playing() {
    return this.#player.playing
  }

  /** Whether what was last asked for is possible; if not, the figure shows the latest that was. @returns {boolean} */
  get valid() {
    this.#settle()
    return this.#model.problems.length === 0
  }

  /** @returns {string} the whole state, `key=value&…`, for the fragment of a link */
  get fragment() {
    this.#settle()
    return this.#control.fragment
  }

  /** @param {string} text */
  set fragment(text) {
    this.#said = {}
    this.#act(() => { this.#control.fragment = text })
  }

  /** @returns {string} what the state is appended to in copied links; default: this site's embed.html */
  get linkBase() {
    return this.#linkBase || `${new URL('../embed.html', import.meta.url)}#`
  }

  /** @param {string} url */
  set linkBase(url) {
    this.#linkBase = url
    this.requestUpdate()
  }

  /** @returns {Backdrop | null} a picture that shows through the output; null: none */
  get backdrop() {
    return this.#control.backdrop
  }

  /** @param {Backdrop | null} backdrop */
  set backdrop(backdrop) {
    this.#act(() => this.#control.setBackdrop(backdrop))
  }

  /** @returns {Lender | null} who lends an engine and a photo for `stampPhoto`; null: the figure starts an engine of its own */
  get lender() {
    return this.#lender
  }

  /** @param {Lender | null} lender */
  set lender(lender) {
    if (lender === this.#lender) return
    this.#lender = lender
    // Set before the element is on any page, there is no panel yet; before its script came, only its tag.
    const panel = this.hasUpdated ? this.#ownPhoto.panel(this.renderRoot) : null
    if (panel?.stamp) panel.requestUpdate()
  }

  /**
   * Opens "your own photo" and shows the net's own score map of it with the net's own kernel.
   * Fetches the engine and a model if there is no lender.
   * @param {import('../engine/page/source.js').PhotoSource} source
   * @returns {Promise<void>} rejects with {code, message}
   */
  async stampPhoto(source) {
    this.#settle()
    this.#control.setPhoto(true)
    await this.#ownPhoto.load()
    await this.updateComplete
    const panel = this.#ownPhoto.panel(this.renderRoot)
    // Written out: all of lib/errors.js would be more than this figure may weigh.
    if (!panel?.stamp) throw Object.assign(new Error('The script for own photos could not be loaded.'), { code: 'network_error' })
    await panel.stamp(source)
  }

  /** One step forward. */
  next() { this.step = this.step + 1 }
  /** One step back. */
  previous() { this.step = this.step - 1 }
  /** Walks on from here; from the start when at the end. */
  play() { this.#settle(); if (!this.#control.covered) this.#player.play(); this.requestUpdate() }
  /** Stops walking. */
  pause() { this.#player.pause(); this.#stepped(false) }

  // Doing and drawing

  /** @param {() => void} action @param {boolean} [announce] */
  #act(action, announce = false) {
    action()
    if (announce) this.#announce()
    this.requestUpdate()
  }

  /** @param {boolean} played by the player, not by hand */
  #stepped(played) {
    if (!played || this.#model.step === this.#model.steps || performance.now() - this.#announcedAt > ANNOUNCE_EVERY) this.#announce()
    this.requestUpdate()
  }

  /** Tells a screen reader what is seen now. */
  #announce() {
    if (!this.hasUpdated) return
    this.#announcedAt = performance.now()
    const { words } = this.#speech
    this.#live = !words || this.#control.covered ? '' : explain(this.#model, words, this.#control.secret).aloud
  }

  /** @override */
  async getUpdateComplete() {
    const done = await super.getUpdateComplete()
    if (!this.#speech.loading) return done
    await this.#speech.loading
    return super.getUpdateComplete()
  }

  get #look() {
    return { palette: this.#appearance.palette, heat: this.#control.heat, secret: this.#control.secret, backdrop: this.#control.backdrop, still: pixelRatio() }
  }

  /** @override */
  render() {
    this.#settle()
    if (this.#control.covered) this.#player.pause()
    const control = this.#control
    const { words, language } = this.#speech
    if (!words) return nothing
    const act = (/** @type {() => void} */ action, announce = false) => this.#act(action, announce)
    const { width } = this.#appearance
    const layout = layOut(this.#model, this.#look, this.#appearance)
    this.#layout = layout
    const context = { control, words, act }
    return html`
      <section class="figure" part="figure" lang=${language} aria-label=${words.title}>
        ${topBar(context)}
        ${this.#ownPhoto.template(this, control.photo, words, language, open => { if (open !== control.photo) this.#act(() => control.setPhoto(open)) })}
        ${settings(context, width >= 560)}
        ${sizeFormula(context)}
        ${problems(context)}
        <div class="dock">${now(control.covered ? { lead: words.ask.covered, sum: '', note: '', aloud: '' } : explain(this.#model, words, control.secret), 'now')}
        ${transportBar({ ...context, playing: this.#player.playing, speed: this.#player.speed, transport: this.#transport })}</div>
        ${boards({ ...context, layout, palette: this.#appearance.palette, helpId: 'now' })}
        ${choices(context)}
        ${prediction(context)}
        ${roundTrip(context, control.inverse ? layOutRoundTrip(this.#model, this.#look, this.#appearance).map(({ name }) => name) : [])}
        <details class="tables" @toggle=${(/** @type {Event} */ event) => { this.#tables = isOpen(event); this.requestUpdate() }}>
          <summary>${words.tables.title}</summary>${tables(context, this.#tables)}</details>
        <details part="share" @toggle=${(/** @type {Event} */ event) => { this.#taking.isOpen = isOpen(event); this.requestUpdate() }}>
          <summary>${words.share.label}</summary>${this.#taking.isOpen ? sharing({ ...context, share: {
            link: this.#link, message: this.#taking.message, busy: this.#taking.isBusy,
            copy: text => void this.#taking.copy(text, words), save: kind => void this.#taking.save(kind, control, this.#appearance.palette, words),
          } }) : nothing}</details>
        <p class="sr" role="status" aria-live="polite">${this.#live}</p>
        ${COLOURS.map(name => html`<span class="probe" data-colour=${name} aria-hidden="true"></span>`)}
      </section>`
  }

  /** @override */
  updated() {
    if (this.isConnected && this.#appearance.refresh(this.renderRoot)) this.requestUpdate()
    for (const host of this.renderRoot.querySelectorAll('[data-board]')) {
      const name = /** @type {import('./upsample/drawing/layout.js').BoardName} */ (host.getAttribute('data-board'))
      const board = this.#layout?.boards.get(name)
      if (board) paint(/** @type {HTMLElement} */ (host), board.scene)
    }
    if (this.#control.inverse && this.renderRoot.querySelector('[data-scene]')) {
      for (const { name, scene } of layOutRoundTrip(this.#model, this.#look, this.#appearance)) {
        const host = this.renderRoot.querySelector(`[data-scene="${name}"]`)
        if (host instanceof HTMLElement) paint(host, scene)
      }
    }
    this.#report()
  }

  #repaint() {
    this.#appearance.stale = true
    this.requestUpdate()
  }

  #report() {
    const { version } = this.#control
    const { step, steps } = this.#model
    const before = this.#reported
    this.#reported = { version, step }
    if (before.version === 0 && before.step === 0 && !this.hasUpdated) return
    const tell = (/** @type {string} */ type, /** @type {object} */ detail) => this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
    if (before.version !== version) tell('fcn-change', { valid: this.valid, layer: structuredClone(this.#model.layer), output: [...this.#model.geometry.output], view: this.#model.view })
    if (before.step !== step) tell('fcn-step', { step, steps })
  }

  #transport = {
    first: () => { this.step = 0 },
    back: () => this.previous(),
    toggle: () => this.#player.playing ? this.pause() : this.play(),
    forward: () => this.next(),
    last: () => { this.step = this.steps },
    seek: (/** @type {number} */ step) => { this.#player.pause(); this.step = step },
    speed: (/** @type {number} */ factor) => { this.#player.speed = factor; this.requestUpdate() },
  }

  // Taking along

  get #link() {
    const lang = this.getAttribute('lang')
    return this.linkBase + [this.#control.fragment, this.#linkBase === '' && lang ? `lang=${encodeURIComponent(lang)}` : ''].filter(Boolean).join('&')
  }
}

/** @param {Event} event */
function isOpen(event) {
  return /** @type {HTMLDetailsElement} */ (event.currentTarget).open
}

// Another copy of this script may have come first; its element is as good.
if (!customElements.get('fcn-upsample')) customElements.define('fcn-upsample', FcnUpsample)
