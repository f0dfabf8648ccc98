/**
 * The page's wiring: language, theme, which view is shown, and files dropped beside the element.
 */
import './elements/index.js'
import { pickLanguage, translator } from './lib/i18n.js'
import { PAGE_TEXTS } from './page/texts.js'

/** @typedef {import('./elements/fcn-segment.js').FcnSegment} FcnSegment */
/** @typedef {import('./lib/i18n.js').Language} Language */

const VIEWS = ['segment', 'upsample', 'heatmap', 'model']

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

// ---- language ----

/** @type {Language} */
let language = pickLanguage([new URLSearchParams(location.search).get('lang'), recall('fcn-lang'), ...navigator.languages])

function speak() {
  const t = translator(PAGE_TEXTS, language)
  document.documentElement.lang = language
  document.title = t('title')
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = t(element.getAttribute('data-text') ?? '')
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.getAttribute('data-label') ?? ''))
  for (const element of document.querySelectorAll('[data-alt]')) element.setAttribute('alt', t(element.getAttribute('data-alt') ?? ''))
  for (const button of document.querySelectorAll('[data-lang]')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-lang') === language))
  }
  for (const element of document.querySelectorAll('fcn-segment, fcn-upsample-view, fcn-heatmap, fcn-model-card')) element.setAttribute('lang', language)
}

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
    speak()
  })
}

// ---- theme ----

const themes = /** @type {HTMLSelectElement} */ (document.getElementById('theme'))
themes.value = recall('fcn-theme') ?? 'auto'
if (themes.selectedIndex < 0) themes.value = 'auto'
themes.addEventListener('change', () => {
  remember('fcn-theme', themes.value)
  if (themes.value === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = themes.value
})

// ---- back end: `?backend=cpu` for comparisons and for machines with a troubled GPU ----

const backend = new URLSearchParams(location.search).get('backend')
if (backend === 'cpu' || backend === 'webgpu') document.querySelector('fcn-segment')?.setAttribute('backend', backend)

// ---- a classifier makes no mask: its files go on to where it can be seen ----

/** On their way to a view that may not be there yet. @type {readonly File[] | null} */
let classifier = null

function passClassifier() {
  const element = document.querySelector('fcn-heatmap')
  if (!classifier || !element) return
  // A sample needn't come before it.
  void element.openClassifier(classifier)
  classifier = null
}

{
  const segment = document.querySelector('fcn-segment')
  if (segment) {
    segment.classifiers = files => {
      classifier = files
      location.hash = '#heatmap'
      passClassifier()
    }
  }
}

// ---- views ----

/**
 * The element's engine, started and with its model.
 * @param {FcnSegment} segment
 * @param {(progress: import('./elements/common/session.js').Progress) => void} tell
 */
async function started(segment, tell) {
  const hear = (/** @type {Event} */ event) => tell(/** @type {CustomEvent} */ (event).detail)
  segment.addEventListener('fcn-progress', hear)
  try {
    return await segment.start()
  } finally {
    segment.removeEventListener('fcn-progress', hear)
  }
}

/**
 * Views beyond the first come when they are first shown.
 * @type {Record<string, () => Promise<HTMLElement>>}
 */
const LATER = {
  async upsample() {
    await import('./lessons/fcn-lesson.js')
    const element = document.createElement('fcn-upsample-view')
    // One engine for the whole page; the photo at hand is the one on the Segment view.
    const segment = document.querySelector('fcn-segment')
    if (segment) element.lender = { engine: tell => started(segment, tell), photo: () => segment.scene?.photo ?? null }
    return element
  },
  async heatmap() {
    await import('./elements/fcn-heatmap.js')
    const element = document.createElement('fcn-heatmap')
    for (const [name, value] of Object.entries({ samples: 'samples/samples.json', sample: 'astronaut', upsample: '#upsample' })) element.setAttribute(name, value)
    if (backend) element.setAttribute('backend', backend)
    return element
  },
  async model() {
    await import('./elements/fcn-model-card.js')
    const element = document.createElement('fcn-model-card')
    element.models = 'models/models.json'
    // The card of the model in use, until the reader chooses one.
    const segment = document.querySelector('fcn-segment')
    const follow = () => {
      const own = element.own = segment?.own.inUse ?? null
      if (!element.wasChosen) element.model = own ? '' : segment?.engine?.model?.url ?? element.model
    }
    for (const type of ['fcn-ready', 'fcn-result']) segment?.addEventListener(type, follow)
    addEventListener('hashchange', follow)
    follow()
    return element
  },
}

/** @param {string} view */
async function load(view) {
  const wait = document.querySelector(`#${view} .wait`)
  if (!wait || !LATER[view]) return
  try {
    const element = await LATER[view]()
    element.setAttribute('lang', language)
    // Asked for twice while it was on its way: once is enough.
    if (wait.isConnected) wait.replaceWith(element)
    passClassifier()
  } catch {
    wait.setAttribute('data-text', 'view.failed')
    speak()
  }
}

/** @param {boolean} byUser */
function showView(byUser) {
  const name = location.hash.slice(1).split(/[?&]/)[0]
  // '#content' and the like are places within a view.
  if (byUser && !VIEWS.includes(name)) return
  const view = VIEWS.includes(name) ? name : VIEWS[0]
  for (const one of VIEWS) {
    const section = document.getElementById(one)
    if (section) section.hidden = one !== view
  }
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.getAttribute('data-view') === view) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  void load(view)
  if (byUser) scrollTo({ top: 0 })
}

addEventListener('hashchange', () => showView(true))

// ---- files dropped beside the element would replace the page ----

document.addEventListener('dragover', event => event.preventDefault())
document.addEventListener('drop', event => {
  if (event.defaultPrevented) return
  event.preventDefault()
  const element = /** @type {FcnSegment | import('./elements/fcn-heatmap.js').FcnHeatmap | null} */ (
    document.querySelector('#heatmap:not([hidden]) fcn-heatmap, #segment:not([hidden]) fcn-segment'))
  const files = [...event.dataTransfer?.files ?? []]
  if (element && files.length) void element.takeFiles(files)
})

speak()
showView(false)
