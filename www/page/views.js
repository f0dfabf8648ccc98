/**
 * The page's views: a row each, of which navigation, section, loading and drop target are made. To add a view, add its
 * element's folder, a row here, and its name, title and sentence to the page's texts.
 *
 * The address keeps what a view shows: `#NAME?FRAGMENT`, the fragment being the element's.
 */
import { Session } from '../elements/common/session.js'
import { backend, speak } from './settings.js'

/**
 * @typedef {object} View
 * @property {string} name in the address, and in the page's texts: `nav.NAME`, `title.NAME`, `text.NAME`
 * @property {string} tag its element
 * @property {() => Promise<unknown>} load its script, when the view is first shown
 * @property {Record<string, string>} [attributes] of the element
 * @property {import('../elements/common/session.js').Gives} [opens] the kind of model whose files other views pass on to it
 */

/** @typedef {HTMLElement & {fragment?: string, takeFiles?: (files: readonly File[]) => Promise<void>}} Element */

const samples = 'samples/samples.json'
const models = 'models/models.json'

/** In the order of the navigation; the first is where a visitor arrives. @type {readonly View[]} */
const VIEWS = [
  // Its element stands in index.html already, with a poster.
  { name: 'segment', tag: 'fcn-segment', load: () => import('../elements/fcn-segment.js') },
  {
    name: 'lesson', tag: 'fcn-lesson', load: () => import('../lessons/fcn-lesson.js'),
    attributes: { 'link-base': '#lesson?' },
  },
  {
    name: 'upsample', tag: 'fcn-upsample-view', load: () => import('../lessons/fcn-upsample-view.js'),
    attributes: { 'link-base': '#upsample?' },
  },
  {
    name: 'heatmap', tag: 'fcn-heatmap', load: () => import('../elements/fcn-heatmap.js'), opens: 'labels',
    attributes: { samples, sample: 'astronaut', upsample: '#upsample' },
  },
  {
    name: 'inside', tag: 'fcn-inside', load: () => import('../elements/fcn-inside.js'),
    attributes: { samples, models, sample: 'cat', upsample: '#upsample' },
  },
  { name: 'measure', tag: 'fcn-measure', load: () => import('../elements/fcn-measure.js'), attributes: { samples } },
  { name: 'model', tag: 'fcn-model-card', load: () => import('../elements/fcn-model-card.js'), attributes: { models } },
]

/** Milliseconds of rest before the address is rewritten; browsers limit how often that may be. */
const ADDRESS_AFTER = 400

/** @type {ReturnType<typeof setTimeout> | undefined} */
let writing
/** The part of the address that the views know: one that differs is on its way to them. @type {string | null} */
let known = null

/** @param {View} view */
const sectionOf = ({ name }) => /** @type {HTMLElement} */ (document.getElementById(name))
/** @param {View} view */
const elementOf = view => /** @type {Element | null} */ (sectionOf(view).querySelector(view.tag))
const shown = () => VIEWS.find(view => !sectionOf(view).hidden) ?? VIEWS[0]

/** What the address names. @returns {{view: View | null, fragment: string}} */
function addressed() {
  const [name, ...rest] = location.hash.slice(1).split('?')
  return { view: VIEWS.find(view => view.name === name) ?? null, fragment: rest.join('?') }
}

/** Makes what index.html leaves to the table. */
function build() {
  const nav = document.querySelector('.nav')
  const main = document.querySelector('main')
  for (const { name } of VIEWS) {
    const link = make('a', `nav.${name}`)
    link.setAttribute('href', `#${name}`)
    link.dataset.view = name
    nav?.append(link)
    if (document.getElementById(name)) continue
    const [intro, title, text, wait] = [make('div'), make('h2', `title.${name}`), make('p', `text.${name}`),
      make('p', 'view.wait')]
    intro.className = 'intro'
    wait.className = 'wait'
    title.id = `${name}-title`
    intro.append(title, text)
    const section = make('section')
    Object.assign(section, { id: name, hidden: true })
    section.setAttribute('aria-labelledby', title.id)
    section.append(intro, wait)
    main?.append(section)
  }
}

/** @param {string} tag @param {string} [key] of its text */
function make(tag, key) {
  const element = document.createElement(tag)
  if (key) element.dataset.text = key
  return element
}

/**
 * Loads a view's script, and puts its element there, once.
 * @param {View} view
 * @returns {Promise<Element | null>} null when that failed
 */
async function load(view) {
  const section = sectionOf(view)
  try {
    await view.load()
    const there = elementOf(view)
    if (there) return there
    const element = /** @type {Element} */ (document.createElement(view.tag))
    adopt(element, view)
    section.querySelector('.wait')?.replaceWith(element)
    void speak()
    return element
  } catch {
    section.querySelector('.wait')?.setAttribute('data-text', 'view.failed')
    void speak()
    return null
  }
}

/** @param {Element} element @param {View} view */
function adopt(element, view) {
  for (const [name, value] of Object.entries(view.attributes ?? {})) element.setAttribute(name, value)
  element.setAttribute('backend', backend)
  element.dataset.element = view.name
  element.addEventListener('fcn-change', () => write(view))
}

/** Shows the view that the address names. @param {boolean} byUser */
async function show(byUser) {
  const { view: named, fragment } = addressed()
  // '#content' and the like are places within a view.
  if (byUser && !named) return
  const view = named ?? VIEWS[0]
  for (const one of VIEWS) sectionOf(one).hidden = one !== view
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.getAttribute('data-view') === view.name) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (byUser) scrollTo({ top: 0 })
  const element = await load(view)
  const now = addressed()
  if (!element || now.view !== named || now.fragment !== fragment) return
  known = location.hash
  // Back from another view: what was shown there is still there.
  if (fragment === '') write(view)
  else if (element.fragment !== undefined && element.fragment !== fragment) element.fragment = fragment
}

/** Writes what a view shows into the address, once things have come to rest. @param {View} view */
function write(view) {
  if (view !== shown()) return
  clearTimeout(writing)
  writing = setTimeout(() => {
    const { view: named } = addressed()
    // A link just followed is not overwritten with what was shown before it: `hashchange` comes after the change.
    if (view !== shown() || location.hash !== known || (known !== '' && named !== view)) return
    const fragment = elementOf(view)?.fragment ?? ''
    const hash = fragment ? `#${view.name}?${fragment}` : named ? `#${view.name}` : ''
    if (location.hash === hash || !hash) return
    history.replaceState(history.state, '', hash)
    known = location.hash
  }, ADDRESS_AFTER)
}

/** Files dropped beside an element would replace the page: they are for the view that is shown. */
function connectDrop() {
  document.addEventListener('dragover', event => event.preventDefault())
  document.addEventListener('drop', event => {
    if (event.defaultPrevented) return
    event.preventDefault()
    const files = [...event.dataTransfer?.files ?? []]
    if (files.length) void elementOf(shown())?.takeFiles?.(files)
  })
}

/** Files of a model that makes something else than the view at hand shows go on to the view that shows it. */
function connectOpeners() {
  for (const view of VIEWS) {
    if (!view.opens) continue
    Session.of(backend).opens(view.opens, async files => {
      location.hash = `#${view.name}`
      await (await load(view))?.takeFiles?.(files)
    })
  }
}

/** The first view's doors: to the view itself, which is below, and to the elements in the language shown. */
function connectDoors() {
  document.querySelector('[data-door="segment"]')?.addEventListener('click', event => {
    event.preventDefault()
    const element = elementOf(VIEWS[0])
    element?.setAttribute('tabindex', '-1')
    element?.focus()
  })
  document.querySelector('[data-door="elements"]')?.addEventListener('click', event => {
    const link = /** @type {HTMLAnchorElement} */ (event.currentTarget)
    link.search = `?lang=${document.documentElement.lang}`
  })
}

export function connectViews() {
  build()
  for (const view of VIEWS) {
    const element = elementOf(view)
    if (element) adopt(element, view)
  }
  connectDrop()
  connectDoors()
  connectOpeners()
  addEventListener('hashchange', () => void show(true))
  void speak()
  void show(false)
}
