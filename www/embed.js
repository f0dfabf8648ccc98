/**
 * The page for iframes: one element, told what to show by the address, telling the page around it how high it is.
 *
 *     <iframe src="https://example.org/embed.html?stride=2&view=all&lang=ko" title="…"></iframe>
 *     <iframe src="https://example.org/embed.html?element=lesson&station=skips&alone=1" title="…"></iframe>
 *
 * Parameters, after `?` or `#` (the latter win): `element` (`upsample`, the default; `segment`, `heatmap`, `inside`,
 * `measure`, `model-card`, `dropout`, `lesson`), the element's state as its `fragment` has it, `lang`, `theme` (`light`, `dark`;
 * default: as the reader's system), `backend`, and for a lesson `alone`. Messages to the parent: `{type: 'fcn-resize',
 * height, width}` in CSS pixels, whenever the height changes, and `{type: 'fcn-step', step, steps}`.
 */
import { FIGURES, models, samples } from './lessons/lesson/figures.js'

/** @type {Readonly<Record<string, Pick<import('./lessons/lesson/figures.js').Kind, 'load' | 'attributes'>>>} */
const ELEMENTS = {
  ...FIGURES,
  'fcn-segment': { load: () => import('./elements/fcn-segment.js'), attributes: { samples, models } },
  'fcn-model-card': { load: () => import('./elements/fcn-model-card.js'), attributes: { models } },
  'fcn-lesson': { load: () => import('./lessons/fcn-lesson.js'), attributes: {} },
}
/** What is told apart from the element's state. */
const OWN = ['element', 'lang', 'theme', 'backend', 'alone']

const sheet = new CSSStyleSheet()
sheet.replaceSync(`
  html { color-scheme: light dark; }
  body { margin: 0; }
  main > ::part(figure) { border: 0; }
  fcn-lesson { padding: 0.75rem; }
`)
document.adoptedStyleSheets.push(sheet)

/** @returns {URLSearchParams} what the address says */
function said() {
  const all = new URLSearchParams(location.search)
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) all.set(name, value)
  return all
}

const asked = said()
const tag = `fcn-${asked.get('element')}`
const { load, attributes } = ELEMENTS[tag] ?? FIGURES['fcn-upsample']
const element = /** @type {HTMLElement & {fragment: string}} */ (document.createElement(ELEMENTS[tag]
  ? tag : 'fcn-upsample'))
for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
for (const name of ['backend', 'alone']) {
  const value = asked.get(name)
  if (value !== null) element.setAttribute(name, value)
}

/** Shows what the address says. */
function read() {
  const all = said()
  const lang = all.get('lang') || navigator.language
  document.documentElement.lang = lang.toLowerCase().startsWith('ko') ? 'ko' : 'en'
  element.setAttribute('lang', document.documentElement.lang)
  const theme = all.get('theme')
  document.documentElement.style.colorScheme = theme === 'light' || theme === 'dark' ? theme : ''
  for (const name of OWN) all.delete(name)
  element.fragment = all.toString()
}

/** Any page may embed this one, and nothing that is said is secret: hence any origin. @param {object} message */
function tell(message) {
  if (parent !== window) parent.postMessage(message, '*')
}

if (element.localName !== 'fcn-upsample') document.title = 'FCN Lab'
await load().catch(error => {
  const failed = document.getElementById('failed')
  if (failed) failed.hidden = false
  throw error
})
customElements.upgrade(element)
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
element.addEventListener('fcn-step', event => tell({ type: 'fcn-step', .../** @type {CustomEvent} */ (event).detail }))
