/**
 * What all elements of the lab have in common: language and texts, events, and a beginning and an end that a move
 * within the page doesn't disturb. Light on purpose: `<fcn-upsample>` stands on any page in 40 kB.
 *
 * For subclasses: `language`, `texts`, `t`, `emit()`, and the hooks `connected()` and `released()`. A subclass
 * renders nothing while `texts` is null. One with something to tell in a link overrides `fragment`; `fcn-change` (detail
 * {fragment}) is then fired after an update in which it has become another.
 */
import { LitElement } from '../../../vendor/lit.js'
import { pickLanguage } from '../../../lib/i18n.js'

/** @typedef {import('../../../lib/i18n.js').Language} Language */
/** @typedef {import('../../../lib/i18n.js').Translate} Translate */
/** Where texts are, a file a language; or what gives a text by its key. @template T @typedef {Record<Language, () => Promise<{texts: T}>>} TextFiles */

/** An element moved within the page leaves and comes back at once; this long it keeps what it has. Milliseconds. */
const GRACE = 500

/**
 * A property that is on where its attribute is there, as in HTML; but `false` and `0` switch it off, as in links: React 18
 * and Vue write a false one so.
 * @type {import('../../../vendor/lit.js').PropertyDeclaration<boolean>}
 */
export const SWITCH = {
  type: Boolean, converter: { fromAttribute: value => value !== null && value !== 'false' && value !== '0' },
}

/**
 * Registers a tag. Another copy of the script may have come first; its element is as good. On a server there is nowhere to.
 * @param {string} tag
 * @param {CustomElementConstructor} element
 */
export function define(tag, element) {
  if (globalThis.customElements && !customElements.get(tag)) customElements.define(tag, element)
}

/** @template [T=Translate] what its texts come as */
export class FcnElement extends LitElement {
  // So that it may be set before the script came.
  /** @override @type {import('../../../vendor/lit.js').PropertyDeclarations} */
  static properties = { fragment: { attribute: false, noAccessor: true } }

  #files
  /** @type {{language: Language, texts: T} | null} */
  #shown = null
  /** While texts are on their way. @type {Promise<void> | null} */
  #coming = null
  #isHere = false
  /** What was told last. @type {string | null} */
  #fragment = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving

  /** @override */
  static get observedAttributes() {
    return [...super.observedAttributes, 'lang']
  }

  /** @param {TextFiles<T>} files */
  constructor(files) {
    super()
    this.#files = files
  }

  /** The language shown: the former one while another's texts are on their way. @returns {Language} */
  get language() {
    return this.#shown?.language ?? this.#wanted
  }

  /** @returns {Language} */
  get #wanted() {
    return pickLanguage([langOf(this), ...navigator.languages])
  }

  /** Texts in the language shown; null before the first are there. */
  get texts() {
    return this.#shown?.texts ?? null
  }

  /** Gives a text by its key; an empty one before texts are there. @returns {T | (() => '')} */
  get t() {
    return this.texts ?? (() => '')
  }

  /** What is shown, `key=value&…`, for the fragment of a link. Set: shows that; what it doesn't mention is as usual. */
  get fragment() {
    return ''
  }

  /** @param {string} _text */
  set fragment(_text) {}

  /** @param {string} type @param {unknown} [detail] of an event that bubbles, out of shadow trees too */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }

  /** The element has come to the page. Not called when it is only moved there. */
  connected() {}

  /** The element has left the page for good. It may come back; then `connected` is called. */
  released() {}

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    clearTimeout(this.#leaving)
    if (!this.#isHere) this.connected()
    this.#isHere = true
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#leaving = setTimeout(() => {
      this.#isHere = false
      this.released()
    }, GRACE)
  }

  /** @override @param {string} name @param {string | null} old @param {string | null} value */
  attributeChangedCallback(name, old, value) {
    super.attributeChangedCallback(name, old, value)
    if (name === 'lang') this.requestUpdate()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  update(changed) {
    this.#fetchTexts()
    super.update(changed)
  }

  /** @override @param {Map<PropertyKey, unknown>} _changed */
  updated(_changed) {
    const { fragment } = this
    const isOther = this.#fragment !== null && this.#fragment !== fragment
    this.#fragment = fragment
    if (isOther) this.emit('fcn-change', { fragment })
  }

  #fetchTexts() {
    const language = this.#wanted
    if (this.#coming || this.#shown?.language === language) return
    this.#coming = this.#files[language]().then(({ texts }) => {
      this.#shown = { language, texts }
      this.#coming = null
      this.requestUpdate()
    }, () => {
      // The next update asks again.
      this.#coming = null
    })
  }

  /** @override */
  async getUpdateComplete() {
    const done = await super.getUpdateComplete()
    if (!this.#coming) return done
    await this.#coming
    return await super.getUpdateComplete()
  }
}

/**
 * The language around an element, out of shadow trees too.
 * @param {Element} element
 * @returns {string | null} a language tag
 */
function langOf(element) {
  const near = element.closest('[lang]')
  if (near) return near.getAttribute('lang')
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? langOf(root.host) : null
}
