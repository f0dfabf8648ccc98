/**
 * `<fcn-upsample-view lang>`: the page's *Upsample* view. Chapters in the order of the lecture,
 * told in a few sentences each, around one `<fcn-upsample>`. The address keeps what is shown:
 * `#upsample?chapter=…&…`.
 */
import '../elements/fcn-upsample.js'
import { LitElement, css, html, live } from '../vendor/lit.js'
import { CHAPTERS } from './upsampling.js'

/** Milliseconds of rest before the address is rewritten; browsers limit how often that may be. */
const ADDRESS_AFTER = 400

const PLACE = '#upsample'

const WORDS = {
  en: { chapters: 'Chapters', previous: 'Previous chapter', next: 'Next chapter', embed: 'Put this figure on your own page', of: (/** @type {number} */ n, /** @type {number} */ all) => `Chapter ${n} of ${all}` },
  ko: { chapters: '차례', previous: '이전 장', next: '다음 장', embed: '이 그림을 내 페이지에 넣기', of: (/** @type {number} */ n, /** @type {number} */ all) => `${all}장 중 ${n}장` },
}

export class FcnUpsampleView extends LitElement {
  /** @override */
  static styles = css`
    :host { display: block; container-type: inline-size; color: var(--fcn-ink, inherit); }
    .view { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--fcn-space-4, 1rem); }
    nav ol { display: flex; flex-wrap: wrap; gap: 0.35rem; list-style: none; margin: 0; padding: 0; }
    button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--fcn-edge, #857d6d); border-radius: var(--fcn-radius, 3px); min-height: 2.4rem; padding: 0.2rem 0.75rem; cursor: pointer; }
    button:hover { border-color: var(--fcn-accent, currentColor); color: var(--fcn-accent, inherit); }
    button[aria-current='step'] { background: var(--fcn-accent, #1d5a9e); border-color: var(--fcn-accent, #1d5a9e); color: var(--fcn-accent-ink, #fff); }
    button:disabled { color: var(--fcn-ink-soft, #5a5c5f); border-color: var(--fcn-line, #d8d1c2); cursor: default; }
    :focus-visible { outline: var(--fcn-focus, 2px solid currentColor); outline-offset: 2px; }
    .text { display: grid; gap: 0.5rem; max-width: 68ch; }
    h3, p { margin: 0; }
    .view:lang(ko) { word-break: keep-all; overflow-wrap: anywhere; }
    h3 { font-size: var(--fcn-text-lg, 1.1875rem); }
    .told { display: grid; gap: 0.5rem 2.5rem; }
    @container (min-width: 60rem) { .text { max-width: none; } .told { grid-template-columns: repeat(2, minmax(0, 68ch)); } }
    .turn { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
    .soft { color: var(--fcn-ink-soft, #5a5c5f); }
    a { color: var(--fcn-accent, #1d5a9e); }
    a:hover { text-decoration-thickness: 2px; }
  `

  /** @override */
  static properties = { lang: { type: String }, lender: { attribute: false } }

  constructor() {
    super()
    this.lang = ''
    /** Who lends the figure an engine and a photo. @type {import('../elements/upsample/photo/slot.js').Lender | null} */
    this.lender = null
  }

  #chapter = 0
  /** Whether any chapter was shown yet. */
  #hasTurned = false
  #timer = 0
  /** @type {AbortController | null} */
  #connection = null
  #language = new MutationObserver(() => this.requestUpdate())

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    this.#connection = new AbortController()
    addEventListener('hashchange', () => this.#read(), { signal: this.#connection.signal })
    this.#language.observe(document.documentElement, { attributeFilter: ['lang'] })
    if (this.hasUpdated) this.#read()
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#connection?.abort()
    this.#language.disconnect()
    clearTimeout(this.#timer)
  }

  /** @override */
  firstUpdated() {
    const figure = this.#figure
    if (!figure) return
    figure.linkBase = `${location.href.split('#')[0]}${PLACE}?`
    this.#read()
  }

  get #figure() {
    return this.renderRoot.querySelector('fcn-upsample')
  }

  /** Shows what the address says; nothing said: the first chapter. */
  #read() {
    const figure = this.#figure
    if (!figure || (location.hash && !location.hash.startsWith(PLACE))) return
    const state = location.hash.slice(PLACE.length).replace(/^\?/, '')
    if (state === '') {
      // Back from another view: what was shown there is still here.
      if (this.#hasTurned) return this.#write()
      return this.#turn(this.#chapter)
    }
    this.#hasTurned = true
    const named = CHAPTERS.findIndex(({ id }) => id === new URLSearchParams(state).get('chapter'))
    if (named >= 0) this.#chapter = named
    const rest = state.split('&').filter(part => !part.startsWith('chapter=')).join('&')
    const target = rest || named < 0 ? rest : CHAPTERS[named].state
    if (target !== figure.fragment) figure.fragment = target
    this.requestUpdate()
  }

  /** @param {number} chapter */
  #turn(chapter) {
    this.#chapter = chapter
    this.#hasTurned = true
    const figure = this.#figure
    if (figure) figure.fragment = CHAPTERS[chapter].state
    this.requestUpdate()
  }

  /** Writes the address once things have come to rest. */
  #write() {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => {
      const figure = this.#figure
      if (!figure || !this.isConnected || !location.hash.startsWith(PLACE)) return
      const state = [`chapter=${CHAPTERS[this.#chapter].id}`, figure.fragment].filter(Boolean).join('&')
      if (location.hash !== `${PLACE}?${state}`) history.replaceState(history.state, '', `${PLACE}?${state}`)
    }, ADDRESS_AFTER)
  }

  /** @override */
  render() {
    const lang = (this.lang || document.documentElement.lang).toLowerCase().startsWith('ko') ? 'ko' : 'en'
    const words = WORDS[lang]
    const chapter = CHAPTERS[this.#chapter]
    const turn = (/** @type {number} */ by) => html`<button type="button" ?disabled=${!CHAPTERS[this.#chapter + by]}
      @click=${() => {
        this.#turn(this.#chapter + by)
        // The buttons are below the figure, the chapter's text above it.
        this.renderRoot.querySelector('nav')?.scrollIntoView({ block: 'nearest' })
      }}>${by < 0 ? words.previous : words.next}</button>`
    return html`
      <div class="view" lang=${lang}>
        <nav aria-label=${words.chapters}><ol>${CHAPTERS.map((each, i) => html`<li><button type="button" aria-current=${i === this.#chapter ? 'step' : 'false'}
          @click=${() => this.#turn(i)}>${i + 1}. ${each[lang].title}</button></li>`)}</ol></nav>
        <div class="text" role="region" aria-live="polite" aria-label=${words.of(this.#chapter + 1, CHAPTERS.length)}>
          <h3>${chapter[lang].title}</h3>
          <div class="told">${chapter[lang].text.map(text => html`<p>${text}</p>`)}</div>
        </div>
        <fcn-upsample lang=${live(lang)} .lender=${this.lender} @fcn-change=${() => this.#write()} @fcn-step=${() => this.#write()}></fcn-upsample>
        <div class="turn">${turn(-1)}${turn(1)}<span class="soft">${words.of(this.#chapter + 1, CHAPTERS.length)}</span></div>
        <p><a href=${new URL(`../elements/upsample/index.html?lang=${lang}`, import.meta.url).href}>${words.embed}</a></p>
      </div>`
  }
}

if (!customElements.get('fcn-upsample-view')) customElements.define('fcn-upsample-view', FcnUpsampleView)
