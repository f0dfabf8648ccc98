/**
 * What `<fcn-upsample>` does between its public face and what a person can do with it (control.js): takes over what
 * attributes say, plays, draws, announces, and tells what has changed.
 */
import { Control } from './control.js'
import { Appearance } from './drawing/appearance.js'
import { layOut, layOutRoundTrip } from './drawing/layout.js'
import { paint, pixelRatio } from './drawing/scene.js'
import { explain } from './explain.js'
import { STATE_KEYS } from './links.js'
import { Player } from './player.js'
import { pointing } from './pointing.js'
import { Slot } from './slot.js'

/** What its panels need of the figure around them. @typedef {import('./photo/controller.js').Figure & import('./learn/controller.js').Figure} Figure */
/** @typedef {import('../../lib/transposed/geometry.js').Field} Field */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */

/**
 * The element.
 * @typedef {object} Host
 * @property {import('./texts.en.js').Words | null} texts
 * @property {import('../../lib/i18n.js').Language} language
 * @property {HTMLElement | DocumentFragment} renderRoot
 * @property {boolean} hasUpdated
 * @property {Promise<unknown>} updateComplete
 * @property {() => void} requestUpdate
 * @property {(type: string, detail: object) => void} emit
 */

/** What the template reads. @typedef {NonNullable<Controller['state']>} State */
/** What the template does. @typedef {Controller['actions']} Actions */

/** The page for iframes. */
export const EMBED = `${new URL('../../embed.html', import.meta.url)}#`

/** Milliseconds between two announcements while playing; a voice needs time. */
const ANNOUNCE_EVERY = 2500

export class Controller {
  control = new Control()
  player = new Player(() => this.control.model, () => this.stepped(true))
  /** What is fetched when somebody opens it, or when there is a hint to give. */
  slots = {
    photo: this.#slot(() => import('./photo/panel.js')),
    learn: this.#slot(() => import('./learn/panel.js')),
    en: this.#slot(() => import('./hints/en.js')),
    ko: this.#slot(() => import('./hints/ko.js')),
    tables: this.#slot(() => import('./tables.js')),
    share: this.#slot(async () => {
      const { Sharing } = await import('./sharing.js')
      return new Sharing(() => this.#host.requestUpdate())
    }),
  }
  /** What the state is appended to in copied links. */
  linkBase = EMBED
  #host
  /** Attributes that changed since they were last taken over. @type {Record<string, string | null>} */
  #said = {}
  /** The step asked for since the last update: another view or layer set after it moves it no more. @type {number | undefined} */
  #step
  #appearance = new Appearance()
  /** What is announced to screen readers. */
  #live = ''
  #announcedAt = 0
  #reported = { version: 0, step: 0 }
  /** @type {import('./drawing/layout.js').Layout | null} */
  #layout = null
  /** @type {AbortController | null} */
  #listening = null
  #width = 0
  #sizes = new ResizeObserver(entries => {
    const { width } = entries[entries.length - 1].contentRect
    if (width === this.#width) return
    this.#width = width
    this.#repaint()
  })

  /** @param {HTMLElement & Host & Figure} host */
  constructor(host) {
    this.#host = host
  }

  /** @template Module @param {() => Promise<Module>} load */
  #slot(load) {
    return new Slot(load, () => this.#host.requestUpdate())
  }

  // Life

  connect() {
    const { renderRoot, hasUpdated } = this.#host
    const { signal } = this.#listening = new AbortController()
    const resolution = `(resolution: ${window.devicePixelRatio}dppx)`
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', resolution]) {
      matchMedia(query).addEventListener('change', () => this.#repaint(), { signal })
    }
    renderRoot.addEventListener('transitionend', event => {
      if (event.target instanceof Element && event.target.classList.contains('probe')) this.#repaint()
    }, { signal })
    this.#sizes.observe(this.#host)
    pointing(renderRoot, {
      signal,
      board: name => this.#layout?.boards.get(name),
      point: (target, aloud) => { if (this.control.model.point(target)) this.act(() => {}, aloud) },
    })
    // Back from elsewhere: colours and width may be others.
    if (hasUpdated) this.#repaint()
  }

  disconnect() {
    this.player.pause()
    this.#listening?.abort()
    this.#sizes.disconnect()
  }

  // What is asked from outside

  /** What a person can do, with all that attributes said taken over. */
  get settled() {
    this.settle()
    return this.control
  }

  /** @param {string} name of an attribute that has changed @param {string | null} value */
  say(name, value) {
    this.#said[name] = value
    this.#host.requestUpdate()
  }

  /** Takes over what attributes said, all at once: singly, some would be impossible. */
  settle() {
    const said = this.#said
    if (Object.keys(said).length === 0) return
    this.#said = {}
    const host = this.#host
    const names = STATE_KEYS.filter(name => host.hasAttribute(name))
    // A new preset is only the ground on which the other attributes stand.
    const isAnew = Boolean(said['preset'])
    this.control.apply(isAnew ? Object.fromEntries(names.map(name => [name, host.getAttribute(name)])) : said)
  }

  /** @param {'input' | 'kernel'} role @param {number[][] | string | null | undefined} rows */
  setMap(role, rows) {
    this.act(control => rows == null || typeof rows === 'string' ? control.apply({ [role]: rows })
      : control.setRows(role, rows))
  }

  /** @param {string} name of the attribute @param {Field} field @param {Pair | number | string | null | undefined} value */
  setPair(name, field, value) {
    const [rows, cols] = Array.isArray(value) ? value : [value, value]
    this.act(control => value == null || typeof value === 'string' ? control.apply({ [name]: value })
      : control.setLayer({ [field]: [Number(rows), Number(cols)] }))
  }

  /** @param {number} step */
  goTo(step) {
    this.settled.goTo(this.#step = Number(step))
    this.stepped(false)
  }

  play() {
    if (!this.settled.covered) this.player.play()
    this.#host.requestUpdate()
  }

  pause() {
    this.player.pause()
    this.stepped(false)
  }

  /** What the panel that learns has come to; null before it stands. */
  get learning() {
    return this.settled.isLearning && this.#host.renderRoot.querySelector('fcn-upsample-learn')?.learning || null
  }

  /** @param {import('../../engine/engine.js').PhotoSource} source */
  async stampPhoto(source) {
    this.act(control => control.setPhoto(true))
    await this.slots.photo.load()
    await this.#host.updateComplete
    const panel = this.#host.renderRoot.querySelector('fcn-upsample-photo')
    // Written out: all of lib/errors.js would be more than this figure may weigh.
    const error = new Error('The script for own photos could not be loaded.')
    if (!panel) throw Object.assign(error, { code: 'network_error' })
    await panel.stamp(source)
  }

  // What is done

  /** @param {(control: Control) => void} action @param {boolean} [announce] */
  act(action, announce = false) {
    action(this.settled)
    if (this.#step !== undefined) this.control.goTo(this.#step)
    if (announce) this.#announce()
    this.#host.requestUpdate()
  }

  /** @param {boolean} played by the player, not by hand */
  stepped(played) {
    const { step, steps } = this.control.model
    if (!played || step === steps || performance.now() - this.#announcedAt > ANNOUNCE_EVERY) this.#announce()
    this.#host.requestUpdate()
  }

  /** Tells a screen reader what is seen now. */
  #announce() {
    const { hasUpdated, texts } = this.#host
    if (!hasUpdated) return
    this.#announcedAt = performance.now()
    const { covered, model, secret } = this.control
    this.#live = !texts || covered ? '' : explain(model, texts, secret).aloud
  }

  /** What the template does. */
  actions = {
    /** @param {(control: Control) => void} action @param {boolean} [announce] */
    act: (action, announce) => this.act(action, announce),
    transport: {
      first: () => this.goTo(0),
      back: () => this.goTo(this.control.model.step - 1),
      toggle: () => this.player.playing ? this.pause() : this.play(),
      forward: () => this.goTo(this.control.model.step + 1),
      last: () => this.goTo(this.control.model.steps),
      seek: (/** @type {number} */ step) => {
        this.player.pause()
        this.goTo(step)
      },
      speed: (/** @type {number} */ factor) => this.act(() => { this.player.speed = factor }),
    },
  }

  // What is drawn

  /** All that the template reads; null before there are texts. */
  get state() {
    const { covered, inverse, model, secret } = this.settled
    const { texts: words, language } = this.#host
    if (covered) this.player.pause()
    if (!words) return null
    this.#layout = layOut(model, this.#look, this.#appearance)
    return {
      control: this.control, words, language,
      player: this.player, slots: this.slots, appearance: this.#appearance,
      figure: this.#host,
      layout: this.#layout,
      explanation: covered ? { lead: words.ask.covered, sum: '', note: '', aloud: '' } : explain(model, words, secret),
      roundTrip: inverse ? layOutRoundTrip(model, this.#look, this.#appearance).map(({ name }) => name) : [],
      link: this.#link,
      live: this.#live,
    }
  }

  get #look() {
    const { heat, secret, backdrop } = this.control
    return { palette: this.#appearance.palette, heat, secret, backdrop, still: pixelRatio() }
  }

  get #link() {
    const lang = this.#host.getAttribute('lang')
    const also = this.linkBase === EMBED && lang ? `lang=${encodeURIComponent(lang)}` : ''
    return this.linkBase + [this.control.fragment, also].filter(Boolean).join('&')
  }

  #repaint() {
    this.#appearance.stale = true
    this.#host.requestUpdate()
  }

  /** Draws what the template left places for, and tells what has changed. */
  updated() {
    const { renderRoot, isConnected } = this.#host
    const { control } = this
    this.#step = undefined
    if (isConnected && this.#appearance.refresh(renderRoot)) this.#host.requestUpdate()
    for (const place of renderRoot.querySelectorAll('[data-board]')) {
      const name = /** @type {import('./drawing/layout.js').BoardName} */ (place.getAttribute('data-board'))
      const board = this.#layout?.boards.get(name)
      if (board) paint(/** @type {HTMLElement} */ (place), board.scene)
    }
    if (control.inverse && renderRoot.querySelector('[data-scene]')) {
      for (const { name, scene } of layOutRoundTrip(control.model, this.#look, this.#appearance)) {
        const place = renderRoot.querySelector(`[data-scene="${name}"]`)
        if (place instanceof HTMLElement) paint(place, scene)
      }
    }
    this.#report()
  }

  #report() {
    const { version, model: { step, steps, view, layer, geometry, problems } } = this.control
    const before = this.#reported
    this.#reported = { version, step }
    if (before.version === 0 && before.step === 0 && !this.#host.hasUpdated) return
    if (before.version !== version) {
      const output = [...geometry.output]
      this.#host.emit('fcn-change', { valid: problems.length === 0, layer: structuredClone(layer), output, view })
    }
    if (before.step !== step) this.#host.emit('fcn-step', { step, steps })
  }
}
