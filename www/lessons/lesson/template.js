/** What `<fcn-lesson>` looks like: the way through the stations, what is told, the question, the figure, the answer. */
import { html, live, nothing } from '../../vendor/lit.js'
import { translator } from '../../lib/i18n.js'

/** @typedef {import('./controller.js').State & {texts: import('../stations.js').LessonTexts}} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../stations.js').PartStory} PartStory */

/** What stands before a part of each mark, beside its word. */
const SIGNS = { right: '✓', wrong: '✗', shown: '◦' }

/** @param {State} state @param {Actions} actions */
export function template(state, actions) {
  const { texts: { t, stations }, language, alone, station, part, at } = state
  const own = stations[station.id]
  const story = storyOf(state)
  return html`<div class="root" part="root" lang=${language}>
    ${alone ? nothing : way(state, actions)}
    <article aria-labelledby="title">
      <header>
        <p class="where">${t('station.of', { n: at.station + 1, all: state.stations.length })}${station.parts.length > 1
          ? html` · ${t('part.of', { n: at.part + 1, all: station.parts.length })}` : nothing}</p>
        <h3 id="title" tabindex="-1">${own.title}<span class="colon">: </span><span
          class="part">${story.title}</span></h3>
      </header>
      <div class="told" part="text">${story.text.map(each => html`<p>${each}</p>`)}</div>
      ${question(state, story, actions)}
      ${shown(state)}
      ${state.isCovered ? html`<p class="wait">${t('covered')}</p>` : nothing}
      <div class="figure" part="figure" ?hidden=${state.coming !== 'here' || state.isCovered}></div>
      ${turning(state, actions)}
      <footer>
        <p class="sources"><span>${t('sources')}</span> ${own.sources.map(({ text, href }, i) =>
          html`${i ? '; ' : ''}${href
          ? html`<a href=${href} rel="noopener">${text}</a>` : text}`)}</p>
        ${taking(state, actions)}
      </footer>
    </article>
  </div>`
}

/** What is told of the part: its own, or that of a chapter of the Upsample view. @param {State} state */
function storyOf({ texts: { stations, chapters }, station, part }) {
  const chapter = part.chapter ? chapters[part.chapter] : { title: '', text: [] }
  return { ...chapter, ...stations[station.id].parts[part.id] }
}

/** @param {State} state @param {Actions} actions */
function way({ texts: { t, stations }, stations: all, at, done, marks }, actions) {
  return html`<nav aria-label=${t('stations')} part="stations"><ol>${all.map((each, i) => {
    const isDone = done[i] === each.parts.length
    const isRight = each.parts.every(({ id }) => marks.of(`${each.id}.${id}`) === 'right')
    return html`<li><button aria-current=${i === at.station ? 'step' : 'false'} @click=${() => actions.open(i)}>
      <span class="n">${i + 1}</span> <span class="name">${stations[each.id].title}</span>${done[i]
        ? html` <span
          class="mark">${isDone ? SIGNS[isRight ? 'right' : 'shown'] : `${done[i]}/${each.parts.length}`}<span
            class="sr">${isDone ? t(isRight ? 'done.right' : 'done')
          : t('done.some', { done: done[i], all: each.parts.length })}</span></span>` : nothing}</button></li>`
  })}</ol>
    ${marks.isEmpty ? nothing : html`<p class="kept">${marks.isKept ? t('kept') : t('unkept')}
      <button class="quiet" @click=${actions.forget}>${t('forget')}</button></p>`}</nav>`
}

/** @param {State} state @param {PartStory} story @param {Actions} actions */
function question({ texts: { t }, part: { ask }, given, trouble, told, coming, isChecking }, story, actions) {
  const { options = {} } = story
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    actions.check()
  }
  const input = (/** @type {Event} */ event) => actions.predict(/** @type {HTMLInputElement} */ (event.target).value)
  const isReady = coming === 'here' && !isChecking
  return html`<form class="question" part="question" novalidate @submit=${submit}>
    <fieldset ?disabled=${told !== null}><legend>${t('predict')}</legend>
      ${ask.kind === 'number' ? html`<label class="asked"><span>${story.question}</span>
        <input inputmode="decimal" autocomplete="off" size="8" .value=${live(given)} @input=${input}
          aria-invalid=${trouble === 'unread' || trouble === 'empty' ? 'true' : 'false'}
            aria-describedby="verdict"></label>`
      : html`<p class="asked" id="asked">${story.question}</p>
        <div role="radiogroup" aria-labelledby="asked">${ask.options.map(id => html`<label
          class="option"><input type="radio" name="option" value=${id}
          .checked=${live(given === id)} @change=${input}><span>${options[id]}</span></label>`)}</div>`}
    </fieldset>
    ${told ? nothing : html`<div class="row">
      <button class="main" type="submit" ?disabled=${coming !== 'here'}
        aria-disabled=${isReady ? 'false' : 'true'}>${t('check')}</button>
      <button class="quiet" type="button" ?disabled=${coming !== 'here'} aria-disabled=${isReady ? 'false' : 'true'}
        @click=${actions.reveal}>${t('show')}</button></div>`}
    <div class="verdict" id="verdict" role="status" part="verdict" tabindex="-1">${isChecking ? html`<p>${t('checking')}
        <button class="quiet" type="button" @click=${actions.giveUp}>${t('give_up')}</button></p>`
      : trouble ? html`<p class="trouble">${t(`trouble.${trouble}`)}</p>` : nothing}${told
        ? verdict(told, ask, story, t) : nothing}</div>
    ${told ? html`<div class="row"><button type="button"
      @click=${actions.again}>${t('again')}</button></div>` : nothing}
  </form>`
}

/**
 * @param {NonNullable<State['told']>} told
 * @param {State['part']['ask']} ask
 * @param {PartStory} story
 * @param {import('../../lib/i18n.js').Translate} t
 */
function verdict({ answer, mark }, ask, { reveal, options = {} }, t) {
  const right = ask.kind === 'choice' ? options[String(answer.right)] : String(answer.values['right'] ?? answer.right)
  return html`<p class=${mark}><strong><span aria-hidden="true">${SIGNS[mark]}</span> ${t(`verdict.${mark}`,
    { right })}</strong></p>
    ${reveal.map(text => html`<p>${translator({ text })('text', answer.values)}</p>`)}`
}

/** @param {State} state */
function shown({ texts: { t }, coming }) {
  return coming === 'here' ? nothing
    : html`<p class="wait" role="status">${t(coming === 'coming' ? 'coming' : 'failed')}</p>`
}

/** @param {State} state @param {Actions} actions */
function turning({ texts: { t }, isFirst, isLast }, actions) {
  return html`<div class="row turning">
    <button ?disabled=${isFirst} @click=${() => actions.turn(-1)}>${t('previous')}</button>
    <button class="main" ?disabled=${isLast} @click=${() => actions.turn(1)}>${t('next')}</button></div>`
}

/** How the station is taken away: as a link, on another page, on paper. @param {State} state @param {Actions} actions */
function taking({ texts: { t }, links, copied, language }, actions) {
  const teachers = new URL(`../../teachers.html?lang=${language}`, import.meta.url).href
  return html`<details class="taking"><summary>${t('take')}</summary>
    ${/** @type {const} */ (['link', 'frame', 'script']).map(which => html`<label
      class="field"><span>${t(`take.${which}`)}</span>
      <textarea readonly rows=${which === 'link' ? 1 : 2} .value=${links[which]}></textarea></label>
      <div class="row"><button @click=${() => actions.copy(which)}>${t('copy')}</button><span
        role="status">${copied === which
        ? t('copied') : nothing}</span></div>`)}
    <div class="row"><button @click=${actions.print}>${t('print')}</button> <a
      href=${teachers}>${t('teachers')}</a></div></details>
    <p class="address">${links.link}</p>`
}
