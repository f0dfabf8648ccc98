/**
 * The page for iframes: one `<fcn-upsample>`, told what to show by the address, telling the
 * page around it how high it is.
 *
 *     <iframe src="https://example.org/embed.html?stride=2&view=all&lang=ko" title="…"></iframe>
 *
 * Parameters, after `?` or `#` (the latter win): every attribute of the element, `lang`, and
 * `theme` (`light`, `dark`; default: as the reader's system). Messages to the parent:
 * `{type: 'fcn-resize', height, width}` in CSS pixels, whenever the height changes, and
 * `{type: 'fcn-step', step, steps}`.
 */
import './elements/fcn-upsample.js'

const sheet = new CSSStyleSheet()
sheet.replaceSync(`
  html { color-scheme: light dark; }
  body { margin: 0; }
  fcn-upsample::part(figure) { border: 0; }
`)
document.adoptedStyleSheets.push(sheet)

const element = document.createElement('fcn-upsample')

/** Shows what the address says. */
function read() {
  const said = new URLSearchParams(location.search)
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) said.set(name, value)
  const lang = said.get('lang') || navigator.language
  document.documentElement.lang = lang.toLowerCase().startsWith('ko') ? 'ko' : 'en'
  element.setAttribute('lang', document.documentElement.lang)
  const theme = said.get('theme')
  document.documentElement.style.colorScheme = theme === 'light' || theme === 'dark' ? theme : ''
  element.fragment = said.toString()
}

/** Any page may embed this one, and nothing that is said is secret: hence any origin. @param {object} message */
function tell(message) {
  if (parent !== window) parent.postMessage(message, '*')
}

read()
addEventListener('hashchange', read)
document.querySelector('main')?.append(element)

let told = 0
new ResizeObserver(() => {
  const height = Math.ceil(element.getBoundingClientRect().height)
  if (height === told) return
  told = height
  tell({ type: 'fcn-resize', height, width: Math.ceil(element.getBoundingClientRect().width) })
}).observe(element)
element.addEventListener('fcn-step', event => tell({ type: 'fcn-step', ...event.detail }))
