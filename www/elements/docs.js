/**
 * The documentation page of an element, written from its docs.json: every attribute, property, event and part, and
 * examples that run. `?element=` says which, if the page itself doesn't; `?lang=ko` for Korean.
 */
import { KINDS, completed } from '../lib/docs.js'
import { html, nothing, render } from '../vendor/lit.js'

/** @typedef {import('../lib/docs.js').Docs} Docs */
/** @typedef {import('../lib/docs.js').Entry} Entry */
/** @typedef {import('../lib/docs.js').Example} Example */
/** @typedef {import('../lib/docs.js').Kind} Kind */

const WORDS = {
  en: {
    intro: 'One script tag, no build step, no other files to host; nothing is fetched from anywhere else.',
    other: '한국어', back: 'FCN Lab', elements: 'Elements',
    frame: 'In an iframe: the same names as parameters; the frame says how high it is.',
    note: 'Events bubble and cross shadow roots. For TypeScript, declarations (.d.ts) lie beside the script; ' +
      'for editors, custom-elements.json at the root of the site.',
    attributes: 'Attributes', properties: 'Properties', methods: 'Methods', events: 'Events', slots: 'Slots',
    parts: 'Parts', styles: 'Custom properties', examples: 'Examples', usual: 'default', forPart: 'For ::part().',
  },
  ko: {
    intro: '스크립트 태그 하나면 되고, 빌드도 따로 올릴 파일도 없으며, 다른 곳에서 아무것도 가져오지 않습니다.',
    other: 'English', back: 'FCN Lab', elements: '요소',
    frame: 'iframe으로 넣기: 같은 이름을 매개변수로 쓰고, 프레임이 자기 높이를 알려 줍니다.',
    note: '이벤트는 버블링되며 섀도 루트를 넘습니다. 타입스크립트용 선언(.d.ts)은 스크립트와 같은 곳에, ' +
      '편집기용 custom-elements.ko.json은 사이트 맨 위에 있습니다.',
    attributes: '속성', properties: '프로퍼티', methods: '메서드', events: '이벤트', slots: '슬롯',
    parts: '파트', styles: 'CSS 사용자 속성', examples: '예', usual: '기본값', forPart: '::part()로 꾸밀 수 있는 부분.',
  },
}

const asked = new URLSearchParams(location.search)
const lang = (asked.get('lang') ?? navigator.language).toLowerCase().startsWith('ko') ? 'ko' : 'en'
const words = WORDS[lang]
const name = document.documentElement.dataset['element']
  ?? /^[a-z-]+$/.exec(asked.get('element') ?? '')?.[0] ?? 'segment'
document.documentElement.lang = lang

/** @param {string} file of the site */
function address(file) {
  return new URL(`../${file}`, import.meta.url).href
}

/** @param {string} file of the site */
async function read(file) {
  return await (await fetch(address(file))).json()
}

/** @type {Docs} */
const docs = completed(await read(`${name === 'lesson' ? 'lessons' : 'elements'}/${name}/docs.json`),
  await read('elements/common/docs.json'))
/** All elements, where the site is built; else this one. @type {string[]} */
const tags = await read('custom-elements.json').then(
  (/** @type {{modules: {declarations: {tagName: string}[]}[]}} */ { modules }) =>
    modules.flatMap(({ declarations }) => declarations.map(({ tagName }) => tagName)),
  () => [docs.tag])

const script = address(docs.script ?? `elements/${docs.tag}.js`)
// As a page that embeds the element loads it.
document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: script }))

/** @param {Record<string, string>} attributes */
function markup(attributes) {
  const written = Object.entries(attributes).map(([key, value]) => value ? ` ${key}="${value}"` : ` ${key}`).join('')
  return `<${docs.tag}${written}></${docs.tag}>`
}

/** @param {Example} example */
function live({ attributes, [lang]: text }) {
  const element = document.createElement(docs.tag)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return html`<section class="example">
    <h3>${text}</h3><pre tabindex="0">${markup(attributes)}</pre>${element}</section>`
}

/** @param {Entry} entry */
function definition({ name: term, values, type = values, detail = type, default: usual, [lang]: text }) {
  const standard = usual ? ` (${words.usual}: ${usual})` : ''
  return html`<dt>${term}</dt><dd>${text}${detail ? html` <small>${detail}${standard}</small>` : nothing}</dd>`
}

/** @param {Kind} kind */
function section(kind) {
  return docs[kind].length ? html`<h2>${words[kind]}</h2><dl>${docs[kind].map(definition)}</dl>` : nothing
}

const parts = docs.parts.length
  ? html`<h2>${words.parts}</h2><dl><dt>${docs.parts.join(', ')}</dt><dd>${words.forPart}</dd></dl>` : nothing

const frame = docs.frame ? html`<p>${words.frame}</p><pre tabindex="0">${
`<iframe id="figure" src="${address(docs.frame)}?stride=2&view=gather&lang=${lang}"
  title="…" width="100%" height="700"></iframe>
<script>
  addEventListener('message', ({ source, data }) => {
    const figure = document.getElementById('figure')
    if (source === figure.contentWindow && data.type === 'fcn-resize') figure.height = data.height
  })
</script>`}</pre>` : nothing

const other = lang === 'ko' ? 'en' : 'ko'
const translated = new URL(location.href)
translated.searchParams.set('lang', other)
const main = document.getElementById('docs')
if (main) {
  document.title = `<${docs.tag}>`
  main.replaceChildren()
  render(html`
    <nav><a href=${address('index.html')}>${words.back}</a>
      <a href=${translated.href} lang=${other} hreflang=${other}>${words.other}</a></nav>
    <nav aria-label=${words.elements}>${tags.map(tag => html`<a aria-current=${tag === docs.tag ? 'page' : 'false'}
      href=${address(`elements/index.html?element=${tag.replace('fcn-', '')}&lang=${lang}`)}>&lt;${tag}&gt;</a>`)}</nav>
    <h1>&lt;${docs.tag}&gt;</h1>
    <p>${docs[lang]}</p>
    <p>${words.intro}</p>
    <pre tabindex="0">&lt;script type="module" src="${script}"&gt;&lt;/script&gt;
${markup(docs.examples[0]?.attributes ?? {})}</pre>
    ${frame}
    <p>${words.note}</p>
    ${KINDS.filter(kind => kind !== 'styles').map(section)}${parts}${section('styles')}
    <h2>${words.examples}</h2>
    ${docs.examples.map(live)}`, main)
}
