/**
 * The documentation page of `<fcn-upsample>`, written from docs.json: every attribute,
 * property, event and part, and examples that run. `?lang=ko` for Korean.
 */
import '../fcn-upsample.js'
import { html, nothing, render } from '../../vendor/lit.js'

/** @typedef {{name: string, values?: string, default?: string, type?: string, en: string, ko: string}} Entry */
/** @typedef {{attributes: Record<string, string>, en: string, ko: string}} Example */
/** @typedef {{attributes: Entry[], properties: Entry[], methods: Entry[], events: Entry[], parts: Entry[], properties_css: Entry[], examples: Example[]}} Docs */

const WORDS = {
  en: {
    intro: 'A transposed convolution, step by step, on your own page. One script tag, no build step, no other files to host; nothing is fetched from anywhere else.',
    other: '한국어', back: 'FCN Lab', frame: 'In an iframe: the same names as parameters; the frame says how high it is.',
    attributes: 'Attributes', properties: 'Properties', methods: 'Methods', events: 'Events', parts: 'Parts', properties_css: 'Custom properties', examples: 'Examples',
    usual: 'default', note: 'Events bubble and cross shadow roots. Cells are counted from 0, rows first. For TypeScript, elements/fcn-upsample.d.ts lies beside the script.',
  },
  ko: {
    intro: '전치 합성곱을 한 단계씩 보여 주는 그림을 내 페이지에 넣습니다. 스크립트 태그 하나면 되고, 빌드도 따로 올릴 파일도 없으며, 다른 곳에서 아무것도 가져오지 않습니다.',
    other: 'English', back: 'FCN Lab', frame: 'iframe으로 넣기: 같은 이름을 매개변수로 쓰고, 프레임이 자기 높이를 알려 줍니다.',
    attributes: '속성', properties: '프로퍼티', methods: '메서드', events: '이벤트', parts: '파트', properties_css: 'CSS 사용자 속성', examples: '예',
    usual: '기본값', note: '이벤트는 버블링되며 섀도 루트를 넘습니다. 칸은 0부터, 행을 먼저 셉니다. 타입스크립트용 선언은 스크립트와 같은 곳의 elements/fcn-upsample.d.ts에 있습니다.',
  },
}

const wish = new URLSearchParams(location.search).get('lang') ?? navigator.language
const lang = wish.toLowerCase().startsWith('ko') ? 'ko' : 'en'
const words = WORDS[lang]
const other = lang === 'ko' ? 'en' : 'ko'
document.documentElement.lang = lang

/** @type {Docs} */
const docs = await (await fetch(new URL('./docs.json', import.meta.url))).json()
const script = new URL('../fcn-upsample.js', import.meta.url).href
const embed = new URL('../../embed.html', import.meta.url).href

/** @param {Record<string, string>} attributes */
function markup(attributes) {
  return `<fcn-upsample${Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`).join('')}></fcn-upsample>`
}

/** @param {Example} example */
function live({ attributes, en, ko }) {
  const element = document.createElement('fcn-upsample')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return html`<section class="example"><h3>${lang === 'ko' ? ko : en}</h3><pre tabindex="0">${markup(attributes)}</pre>${element}</section>`
}

/** @param {'attributes' | 'properties' | 'methods' | 'events' | 'parts' | 'properties_css'} kind */
function section(kind) {
  return html`<h2>${words[kind]}</h2><dl>${docs[kind].map(entry => html`<dt>${entry.name}</dt><dd>${entry[lang]}
    ${entry.values || entry.type ? html`<small>${entry.values ?? entry.type}${entry.default ? ` (${words.usual}: ${entry.default})` : ''}</small>` : nothing}</dd>`)}</dl>`
}

const main = document.getElementById('docs')
if (main) {
  main.replaceChildren()
  render(html`
    <nav><a href="../../index.html#upsample">${words.back}</a> <a href="?lang=${other}" lang=${other} hreflang=${other}>${words.other}</a></nav>
    <h1>&lt;fcn-upsample&gt;</h1>
    <p>${words.intro}</p>
    <pre tabindex="0">&lt;script type="module" src="${script}"&gt;&lt;/script&gt;
${markup({ input: '3x3', kernel: '3x3', stride: '2', view: 'all' })}</pre>
    <p>${words.frame}</p>
    <pre tabindex="0">&lt;iframe id="figure" src="${embed}?stride=2&amp;view=gather&amp;lang=${lang}" title="…" width="100%" height="700"&gt;&lt;/iframe&gt;
&lt;script&gt;
  addEventListener('message', ({ source, data }) =&gt; {
    const figure = document.getElementById('figure')
    if (source === figure.contentWindow &amp;&amp; data.type === 'fcn-resize') figure.height = data.height
  })
&lt;/script&gt;</pre>
    <p>${words.note}</p>
    ${section('attributes')}${section('properties')}${section('methods')}${section('events')}${section('parts')}${section('properties_css')}
    <h2>${words.examples}</h2>
    ${docs.examples.map(live)}`, main)
}
