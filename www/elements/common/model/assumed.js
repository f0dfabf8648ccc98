/**
 * What is assumed of a person's own weights: sentences, and a choice where it could be otherwise.
 */
import { css, html, live, nothing } from '../../../vendor/lit.js'

/** @typedef {import('../../../engine/protocol.js').Assumption} Assumption */
/** @typedef {import('../../../engine/protocol.js').Said} Said */
/** @typedef {import('../../../lib/i18n.js').Translate} Translate */

export const assumedStyles = css`
  .assumed {
    list-style: none; margin: var(--_2) 0 0; padding: 0; display: grid; grid-template-columns: minmax(0, 1fr);
    gap: var(--_2); font-size: var(--_sm); overflow-wrap: anywhere;
  }
  .assumed p { margin: 0; }
  .assumed .field { grid-template-columns: minmax(0, 1fr); min-width: 0; }
  .assumed select { max-width: 100%; min-width: 0; font-size: inherit; }
`

/** What `Said` can change, and what the choice is called. */
const CHOICES = /** @type {const} */ ({
  set: 'assume.set', input: 'assume.input', form: 'assume.form', skips: 'assume.skips',
})
/** What the options are called, those of `set` apart, which are places in the file. @type {Record<string, string>} */
const OPTIONS = {
  'input.caffe': 'input.caffe', 'input.imagenet': 'input.imagenet', 'input.lite': 'input.lite',
    'input.half': 'input.half',
  'input.unit': 'input.unit', 'input.caffe-rgb': 'input.caffe-rgb', 'input.imagenet-bgr': 'input.imagenet-bgr',
  'input.own': 'input.own', 'form.paper': 'form.paper', 'form.lecture': 'form.lecture',
  'skips.stages': 'skips.stages', 'skips.atonce': 'skips.atonce',
}
/** The sentences: of a value, or of all. @type {Record<string, string>} */
const SENTENCES = {
  'set': 'assumed.set', 'aside': 'assumed.aside', 'beside': 'assumed.beside', 'outputs': 'assumed.outputs',
  'input': 'assumed.input', 'form.paper': 'assumed.form.paper', 'form.lecture': 'assumed.form.lecture',
  'skips.stages': 'assumed.skips.stages', 'skips.atonce': 'assumed.skips.atonce',
  'classes.voc': 'assumed.classes.voc', 'classes.numbers': 'assumed.classes.numbers', 'hint.atonce': 'assumed.hint',
  'hint.caffe': 'assumed.hint.caffe',
}

/** @param {string} about @returns {about is keyof typeof CHOICES} */
const isChoice = about => about in CHOICES

/** @param {string} about @param {string} option @param {Translate} t */
function optionName(about, option, t) {
  const key = OPTIONS[`${about}.${option}`]
  return key ? t(key) : option
}

/** @param {Assumption} one @param {Translate} t */
export function sentence({ about, value, facts, text }, t) {
  const key = SENTENCES[`${about}.${value}`] ?? SENTENCES[about]
  return key ? t(key, { ...facts, value: optionName(about, value, t) }) : text
}

/**
 * The same as notes, in the reader's language.
 * @param {{notes: readonly string[], assumptions: readonly Assumption[]}} net
 * @param {{language: string, t: Translate}} page
 */
export function notesOf({ notes, assumptions }, { language, t }) {
  return language === 'en' || !assumptions.length ? notes : assumptions.map(one => sentence(one, t))
}

/**
 * @param {{assumptions: readonly Assumption[], t: Translate}} state
 * @param {{assume: (said: Said) => void}} actions
 */
export function assumed({ assumptions, t }, { assume }) {
  if (!assumptions.length) return nothing
  return html`<ul class="assumed" part="assumed" aria-label=${t('assumed')}>${assumptions.map(one => {
    const { about, value, options } = one
    const text = sentence(one, t)
    return html`<li><p>${text}${text.endsWith('…') ? '' : '.'}</p>
      ${isChoice(about) && options.length > 1 ? html`<label class="field"><span>${t(CHOICES[about])}</span>
        <select .value=${live(value)} @change=${(/** @type {Event} */ event) =>
          assume({ [about]: /** @type {HTMLSelectElement} */ (event.target).value })}>
          ${[...new Set([...options, value])].map(option => html`<option value=${option} .selected=${option === value}
            ?disabled=${!options.includes(option)}>${optionName(about, option, t)}</option>`)}</select></label>`
              : nothing}</li>`
  })}</ul>`
}
