/**
 * The page for teachers: a plan for a lesson, what each station shows with questions and their answers, what a class needs,
 * and recipes for other people's pages. `?lang=ko` for Korean. Texts: teachers.{en,ko}.js; numbers: teaching.js; code:
 * recipes.js; how it looks: styles/teachers.css.
 */
import { pickLanguage, translator } from '../lib/i18n.js'
import { html, live, nothing, render } from '../vendor/lit.js'
import { linksOf } from './links.js'
import { TRIED, recipesFor } from './recipes.js'
import { STATIONS } from './stations.js'
import { FACTS, FIRST_VIEW, NETS, PLANS, netOf } from './teaching.js'

/** @typedef {import('./stations.js').Station} Station */
/** @typedef {keyof typeof TRIED} Tried */

const TEXTS = { en: () => import('./teachers.en.js'), ko: () => import('./teachers.ko.js') }
const STORIES = { en: () => import('./stations.en.js'), ko: () => import('./stations.ko.js') }
const CHAPTERS = { en: () => import('./upsampling.en.js'), ko: () => import('./upsampling.ko.js') }
/** What a recipe was tried in, where that has a version. @type {Record<string, readonly [name: string, version: Tried][]>} */
const TOOLS = {
  reveal: [['Reveal.js', 'reveal']], jupyter: [['IPython', 'ipython']], react19: [['React', 'react19']],
  react18: [['React', 'react18']], vue: [['Vue', 'vue']],
}

const site = new URL('../', import.meta.url).href
const lang = pickLanguage([new URLSearchParams(location.search).get('lang'), ...navigator.languages])
const [{ texts }, { texts: stories }, { texts: { stories: chapters } }] = await Promise.all([TEXTS[lang](),
  STORIES[lang](), CHAPTERS[lang]()])
const { plan, needs, answers, recipes } = texts

/** Bytes that are downloaded, by the folder of the net, and of what computes; null: not told. @type {Record<string, number | null>} */
const bytes = {}
/** What the time is computed for, as typed. */
const wished = { devices: '30', line: '100' }
/** Which lines were copied last, and whether the browser let it. */
let copied = { code: '', isDone: false }

/** @param {string} text @param {Record<string, string | number>} values */
const filled = (text, values) => translator({ text })('text', values)
/** @param {string} id */
const numberOf = id => STATIONS.findIndex(station => station.id === id) + 1
/** @param {number} value of bytes @returns {string} in MB */
const megabytes = value =>
  new Intl.NumberFormat(lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value / 1e6)

/** @param {string} code @param {Event} event */
async function copy(code, event) {
  const button = /** @type {HTMLElement} */ (event.currentTarget)
  const isDone = await navigator.clipboard.writeText(code).then(() => true, () => false)
  const lines = button.closest('.line')?.querySelector('pre')
  if (!isDone && lines) getSelection()?.selectAllChildren(lines)
  copied = { code, isDone }
  draw()
}

/** Code to take away. @param {string} title @param {string} code @param {unknown} heading of the lines */
function lines(title, code, heading) {
  return html`<div class="line">${heading}<pre tabindex="0" aria-label=${title}>${code}</pre>
    <div class="row"><button @click=${(/** @type {Event} */ event) => copy(code, event)}
      aria-label=${`${texts.copy}: ${title}`}>${texts.copy}</button>
      <span role="status">${copied.code === code ? copied.isDone ? texts.copied : texts.selected
        : nothing}</span></div></div>`
}

// ---- the plan ----

/** @param {'whole' | 'short'} which */
function table(which) {
  const stretches = PLANS[which]
  const { caption, text, rows } = plan[which]
  const sum = stretches.reduce((minutes, stretch) => minutes + stretch.minutes, 0)
  return html`<p>${text}</p><table><caption>${filled(caption, { sum })}</caption>
    <thead><tr><th class="num" scope="col">${plan.minutes}</th><th scope="col">${plan.stations}</th><th
      scope="col">${plan.does}</th></tr></thead>
    <tbody>${stretches.map(({ id, minutes, stations }) => html`<tr><td class="num">${minutes}</td>
      <td>${stations.length ? html`<ul>${stations.map(station => html`<li><a
        href=${`#${station}`}>${numberOf(station)}. ${stories[station].title}</a></li>`)}</ul>` : plan.none}</td>
      <td>${/** @type {Record<string, string>} */ (rows)[id]}</td></tr>`)}</tbody>
    <tfoot><tr><td class="num">${sum}</td><th scope="row" colspan="2">${plan.total}</th></tr></tfoot></table>`
}

// ---- what a class needs ----

/** @param {string} net @returns {string} where it is needed */
function needing(net) {
  if (net === FIRST_VIEW) return needs.firstView
  return STATIONS.filter(({ parts }) => parts.some(part => netOf(part) === net))
    .map(({ id }) => filled(needs.station, { n: numberOf(id) })).join(', ')
}

/** How long the class's devices wait; what isn't told isn't counted. */
function waiting() {
  const [devices, line] = [Number(wished.devices), Number(wished.line)]
  if (!(devices > 0 && line > 0)) return needs.timeUnread
  const one = Object.values(bytes).reduce((/** @type {number} */ sum, each) => sum + (each ?? 0), 0)
  const seconds = Math.ceil(8 * one * devices / (line * 1e6))
  return filled(needs.time, { one: megabytes(one), all: megabytes(one * devices),
    seconds: seconds.toLocaleString(lang) })
}

/** @param {'devices' | 'line'} name */
function asked(name) {
  const input = (/** @type {Event} */ event) => {
    wished[name] = /** @type {HTMLInputElement} */ (event.target).value
    draw()
  }
  return html`<label class="field"><span>${needs[name]}</span><input type="number" min="1"
    .value=${live(wished[name])} @input=${input}></label>`
}

function downloads() {
  const row = (/** @type {string} */ title, /** @type {string} */ name, /** @type {string} */ forWhat) => {
    const size = bytes[name]
    return html`<tr><td>${title}</td><td
      class="num">${size == null ? needs.unknown
        : filled(needs.megabytes, { n: megabytes(size) })}</td><td>${forWhat}</td></tr>`
  }
  return html`<h3>${needs.downloads}</h3><p>${needs.downloadsText}</p>
    <table><thead><tr><th scope="col">${needs.what}</th><th class="num" scope="col">${needs.size}</th><th
      scope="col">${needs.forWhat}</th></tr></thead>
      <tbody>${row(needs.engine, 'engine', needs.everyNet)}${NETS.map(net =>
        row(net, net, needing(net)))}</tbody></table>
    <div class="row">${asked('devices')}${asked('line')}</div><p role="status" class="waiting">${waiting()}</p>`
}

/** Asks how large the downloads are. */
async function weigh() {
  const sizes = NETS.map(async net => {
    /** @type {{files: {bytes: number}[]}} */
    const { files } = await (await fetch(new URL(`models/${net}/model.json`, site))).json()
    bytes[net] = files.reduce((sum, file) => sum + file.bytes, 0)
  })
  const engine = fetch(new URL('pkg/fcn_lab_bg.wasm', site), { method: 'HEAD' }).then(({ ok, headers }) => {
    bytes['engine'] = ok ? Number(headers.get('Content-Length')) || null : null
  })
  await Promise.allSettled([...sizes, engine])
  draw()
}

// ---- the stations ----

/** @param {Station} station */
function article({ id, parts }) {
  const { shows, questions } = texts.stations[id]
  const { title, parts: told } = stories[id]
  const { link, frame, script } = linksOf(site, lang, { id, title })
  const nameOf = (/** @type {Station['parts'][number]} */ part) => {
    const own = /** @type {Record<string, {title?: string}>} */ (told)[part.id]
    return own.title ?? (part.chapter ? chapters[part.chapter].title : part.id)
  }
  const line = (/** @type {string} */ what, /** @type {string} */ code) =>
    lines(`${what}: ${title}`, code, html`<h4>${what}</h4>`)
  return html`<article id=${id}><h3>${numberOf(id)}. <a href=${link}>${title}</a></h3>
    <p>${shows.join(' ')}</p>
    <p class="parts"><span class="soft">${answers.parts}</span> ${parts.map((part, at) => html`<a href=${
      linksOf(site, lang, { id, title, part: at ? part.id : '' }).link}>${nameOf(part)}</a>`)}</p>
    <h4>${answers.questions}</h4>
    <ol>${questions.map(([question, answer]) => html`<li class="question"><p>${filled(question, FACTS)}</p>
      <details class="answer"><summary>${answers.answer}</summary><p>${filled(answer, FACTS)}</p></details></li>`)}</ol>
    <details><summary>${answers.take}</summary><div class="lines">${line(answers.link,
      link)}${line(answers.frame, frame)}${
      line(answers.script, script)}</div></details></article>`
}

/** @param {boolean} isOpen */
function openAll(isOpen) {
  for (const details of document.querySelectorAll('details.answer')) details.toggleAttribute('open', isOpen)
}

// ---- recipes ----

/** @param {string} id @param {readonly import('./recipes.js').Block[]} blocks */
function recipe(id, blocks) {
  const { title, text } = /** @type {Record<string, {title: string, text: string[]}>} */ (recipes.all)[id]
  const what = TOOLS[id]?.map(([name, version]) => `${name} ${TRIED[version]}`).join(', ')
  return html`<article id=${`recipe-${id}`}><h3>${title}</h3>${text.map(each => html`<p>${each}</p>`)}
    ${blocks.map(({ file, code }) => lines(`${title}, ${file}`, code, html`<h4 class="file">${file}</h4>`))}
    ${what ? html`<p class="soft">${filled(recipes.tried, { what })}</p>` : nothing}</article>`
}

function page() {
  const other = lang === 'ko' ? 'en' : 'ko'
  const translated = new URL(location.href)
  translated.searchParams.set('lang', other)
  const sections = /** @type {const} */ ([['plan', plan], ['needs', needs], ['stations', answers],
    ['recipes', recipes]])
  return html`<div class="teachers"><header>
      <nav><a href=${`${site}index.html?lang=${lang}`}>${texts.back}</a> <a
        href=${`${site}index.html?lang=${lang}#lesson`}>${texts.lesson}</a>
        <a href=${translated.href} lang=${other} hreflang=${other}>${texts.other}</a></nav>
      <h1>${texts.title}</h1>${texts.intro.map(text => html`<p>${text}</p>`)}
      <nav aria-label=${texts.contents}>${sections.map(([id, { heading }]) => html`<a
        href=${`#${id}`}>${heading}</a>`)}</nav></header>
    <section id="plan" aria-labelledby="plan-title"><h2
      id="plan-title">${plan.heading}</h2>${table('whole')}${table('short')}</section>
    <section id="needs" aria-labelledby="needs-title"><h2 id="needs-title">${needs.heading}</h2>
      <ul>${needs.list.map(each => html`<li>${each}</li>`)}</ul>${downloads()}</section>
    <section id="stations" aria-labelledby="stations-title"><h2
      id="stations-title">${answers.heading}</h2><p>${answers.text}</p>
      <div class="row"><button @click=${() => openAll(true)}>${answers.open}</button><button
        @click=${() => openAll(false)}>${answers.close}</button></div>
      ${STATIONS.map(article)}</section>
    <section id="recipes" aria-labelledby="recipes-title"><h2 id="recipes-title">${recipes.heading}</h2>
      <p>${recipes.text} <a href=${`${site}elements/index.html?lang=${lang}`}>${recipes.docs}</a></p>
      ${Object.entries(recipesFor(site, lang)).map(([id, blocks]) => recipe(id, blocks))}</section></div>`
}

const main = document.getElementById('teachers')

function draw() {
  if (main) render(page(), main)
}

document.documentElement.lang = lang
document.title = `${texts.title} · FCN Lab`
main?.replaceChildren()
draw()
// What the address names is there only now.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
await weigh()
