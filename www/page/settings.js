/**
 * What a visitor chooses for the whole page: language and theme, remembered on the device; and, by the address,
 * what computes.
 */
import { pickLanguage, translator } from '../lib/i18n.js'
import { PAGE_TEXTS } from './texts.js'

/** @typedef {import('../lib/i18n.js').Language} Language */

const asked = new URLSearchParams(location.search)

/** `?backend=cpu` or `?backend=webgpu`: for comparisons, and for machines with a troubled GPU. */
export const backend = /** @type {const} */ (['cpu', 'webgpu', 'auto']).find(name => name === asked.get('backend'))
  ?? 'auto'

/** @type {Language} */
let language = pickLanguage([asked.get('lang'), recall('fcn-lang'), ...navigator.languages])

/** @param {string} key @returns {string | null} null also where storage is forbidden */
function recall(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** @param {string} key @param {string} value */
function remember(key, value) {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Then it is chosen anew next time.
  }
}

/** Tells the elements the language chosen, at once, so that they fetch no other one's texts; then writes the page's. */
export async function speak() {
  const wanted = language
  document.documentElement.lang = wanted
  for (const element of document.querySelectorAll('[data-element]')) element.setAttribute('lang', wanted)
  for (const button of document.querySelectorAll('[data-lang]')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-lang') === wanted))
  }
  // Without texts the page stays as it is written.
  const { texts } = await PAGE_TEXTS[wanted]().catch(() => ({ texts: null }))
  if (!texts || wanted !== language) return
  const t = translator(texts)
  document.title = t('title')
  /** @param {string} attribute @param {(element: Element, text: string) => void} write */
  const each = (attribute, write) => {
    for (const element of document.querySelectorAll(`[${attribute}]`)) write(element,
      t(element.getAttribute(attribute) ?? ''))
  }
  each('data-text', (element, text) => { element.textContent = text })
  each('data-label', (element, text) => element.setAttribute('aria-label', text))
  each('data-alt', (element, text) => element.setAttribute('alt', text))
}

/** The switches in the page's header. */
export function connectSettings() {
  for (const button of document.querySelectorAll('[data-lang]')) {
    button.addEventListener('click', () => {
      language = pickLanguage([button.getAttribute('data-lang')])
      remember('fcn-lang', language)
      // The address would bring the other language back on reload.
      const address = new URL(location.href)
      if (address.searchParams.has('lang')) {
        address.searchParams.set('lang', language)
        history.replaceState(null, '', address)
      }
      void speak()
    })
  }
  const themes = /** @type {HTMLSelectElement} */ (document.getElementById('theme'))
  themes.value = recall('fcn-theme') ?? 'auto'
  if (themes.selectedIndex < 0) themes.value = 'auto'
  themes.addEventListener('change', () => {
    remember('fcn-theme', themes.value)
    if (themes.value === 'auto') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = themes.value
  })
}
