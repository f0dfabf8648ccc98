/**
 * `<fcn-upsample-view link-base lang>`: the page's *Upsample* view. Chapters in the order of the lecture,
 * told in a few sentences each, around one `<fcn-upsample>`. Its fragment: `chapter=ID&…`, the rest being the figure's.
 * `link-base`: what the state is appended to in links that are copied from the figure.
 */
/// <reference path="./tags.d.ts" preserve="true" />
import '../elements/fcn-upsample.js'
import { css, html, live, nothing } from '../vendor/lit.js'
import { FcnElement, define } from '../elements/common/ui/element.js'
import { settable } from '../elements/common/ui/settable.js'
import { CHAPTERS, TEXTS } from './upsampling.js'

/** How the figure is put on one's own page. */
const DOCS = new URL('../elements/upsample/index.html', import.meta.url).href

/** @extends {FcnElement<import('./upsampling.js').Texts>} */
export class FcnUpsampleView extends FcnElement {
  /** @override */
  static styles = css`
    :host { display: block; container-type: inline-size; color: var(--fcn-ink, inherit); }
    .view { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--fcn-space-4, 1rem); }
    nav ol { display: flex; flex-wrap: wrap; gap: 0.35rem; list-style: none; margin: 0; padding: 0; }
    button {
      font: inherit; color: inherit; background: transparent; border: 1px solid var(--fcn-edge, #857d6d);
      border-radius: var(--fcn-radius, 3px); min-height: 2.4rem; padding: 0.2rem 0.75rem; cursor: pointer;
    }
    button:hover { border-color: var(--fcn-accent, currentColor); color: var(--fcn-accent, inherit); }
    button[aria-current='step'] {
      background: var(--fcn-accent, #1d5a9e); border-color: var(--fcn-accent, #1d5a9e);
      color: var(--fcn-accent-ink, #fff);
    }
    button:disabled { color: var(--fcn-ink-soft, #5a5c5f); border-color: var(--fcn-line, #d8d1c2); cursor: default; }
    :focus-visible { outline: var(--fcn-focus, 2px solid currentColor); outline-offset: 2px; }
    .text { display: grid; gap: 0.5rem; max-width: 68ch; }
    h3, p { margin: 0; }
    .view:lang(ko) { word-break: keep-all; overflow-wrap: anywhere; }
    h3 { font-size: var(--fcn-text-lg, 1.1875rem); }
    .told { display: grid; gap: 0.5rem 2.5rem; }
    @container (min-width: 60rem) {
      .text { max-width: none; }
      .told { grid-template-columns: repeat(2, minmax(0, 68ch)); }
    }
    .turn { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
    .soft { color: var(--fcn-ink-soft, #5a5c5f); }
    a { color: var(--fcn-accent, #1d5a9e); }
    a:hover { text-decoration-thickness: 2px; }
  `

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static properties = { linkBase: { attribute: 'link-base' } }

  #chapter = 0
  /** What the figure is to show, once it is there; null: it shows it. @type {string | null} */
  #state = CHAPTERS[0].state

  constructor() {
    super(TEXTS)
    /** What the state is appended to in copied links. */
    this.linkBase = ''
  }

  get #figure() {
    return this.renderRoot?.querySelector('fcn-upsample')
  }

  /** @override @returns {string} chapter and figure, `chapter=ID&…` */
  get fragment() {
    const state = this.#state ?? this.#figure?.fragment
    return [`chapter=${CHAPTERS[this.#chapter].id}`, state].filter(Boolean).join('&')
  }

  /**
   * @override
   * @param {string} text without a chapter, the one at hand stays; of a chapter alone, all is as it begins
   */
  set fragment(text) {
    const parts = String(text ?? '').replace(/^[#?]+/, '').split('&').filter(Boolean)
    const named = CHAPTERS.findIndex(({ id }) => parts.includes(`chapter=${id}`))
    const rest = parts.filter(part => !part.startsWith('chapter=')).join('&')
    this.#turn(named < 0 && rest ? this.#chapter : Math.max(named, 0), rest)
  }

  /** @param {number} chapter @param {string} [state] of the figure, another than that with which the chapter begins */
  #turn(chapter, state) {
    this.#chapter = chapter
    this.#state = state || CHAPTERS[chapter].state
    this.requestUpdate()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    const figure = this.#figure
    if (figure && this.#state !== null) {
      if (this.#state !== figure.fragment) figure.fragment = this.#state
      this.#state = null
    }
    const base = this.linkBase && `${new URL(this.linkBase, this.baseURI)}chapter=${CHAPTERS[this.#chapter].id}&`
    if (figure && base && figure.linkBase !== base) figure.linkBase = base
    super.updated(changed)
  }

  /** The figure shows something else. @param {Event} event */
  #heard = event => {
    // This element tells of it in its own way.
    event.stopPropagation()
    this.requestUpdate()
  }

  /** @override */
  render() {
    const { texts, language } = this
    if (!texts) return nothing
    const { title, text } = texts.stories[CHAPTERS[this.#chapter].id]
    const of = texts.of(this.#chapter + 1, CHAPTERS.length)
    const turn = (/** @type {number} */ by) => html`<button type="button" ?disabled=${!CHAPTERS[this.#chapter + by]}
      @click=${() => {
        this.#turn(this.#chapter + by)
        // The buttons are below the figure, the chapter's text above it.
        this.renderRoot.querySelector('nav')?.scrollIntoView({ block: 'nearest' })
      }}>${by < 0 ? texts.previous : texts.next}</button>`
    return html`
      <div class="view" lang=${language}>
        <nav aria-label=${texts.chapters}><ol>${CHAPTERS.map((each, i) => html`<li><button type="button"
          aria-current=${i === this.#chapter ? 'step' : 'false'}
          @click=${() => this.#turn(i)}>${i + 1}. ${texts.stories[each.id].title}</button></li>`)}</ol></nav>
        <div class="text" role="region" aria-live="polite" aria-label=${of}>
          <h3>${title}</h3>
          <div class="told">${text.map(each => html`<p>${each}</p>`)}</div>
        </div>
        <fcn-upsample lang=${live(language)} @fcn-change=${this.#heard}
          @fcn-step=${() => this.requestUpdate()}></fcn-upsample>
        <div class="turn">${turn(-1)}${turn(1)}<span class="soft">${of}</span></div>
        <p><a href=${`${DOCS}?lang=${language}`}>${texts.embed}</a></p>
      </div>`
  }
}

define('fcn-upsample-view', FcnUpsampleView)
