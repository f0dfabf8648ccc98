/** Colours that are no one data set's: what a person is asked about them, and how that looks. */
import { html, nothing } from '../../../vendor/lit.js'
import { percent, whole } from '../../../lib/format.js'
import { PALETTES } from '../../../lib/palettes.js'
import { MOST_OWN } from './colours.js'

/** @typedef {import('./colours.js').How} How */
/** A palette that would do, and how many pixels have none of its colours. @typedef {{name: string, title: string, pixels: number}} Offer */
/** `isExact`: the colours are all those of each palette offered. @typedef {{file: File, all: number, distinct: number, isExact: boolean, offers: readonly Offer[]}} Ask */

/** Offers that are shown; the others change still more. */
const OFFERS = 4

/**
 * @param {import('../../../lib/errors.js').FcnError} failure of reading the file
 * @param {File} file
 * @returns {Ask | null} null: something else is wrong
 */
export function askOf({ details }, file) {
  if (details['kind'] !== 'label_colours') return null
  const offers = PALETTES.map(({ name, title }) => ({ name, title, pixels: Number(details[name]) })).sort((a, b) =>
    a.pixels - b.pixels)
  return { file, all: Number(details['all']), distinct: Number(details['distinct']), isExact: false,
    offers: offers.slice(0, OFFERS) }
}

/**
 * @param {import('./read.js').LabelMap} map
 * @param {File} file
 * @returns {Ask | null} null: its colours are those of one data set at most
 */
export function askAmong({ readings, width, height }, file) {
  if (readings.length < 2) return null
  const offers = readings.flatMap(({ palette }) => palette ? [{ name: palette.name, title: palette.title, pixels: 0 }]
    : [])
  return { file, all: width * height, distinct: 0, isExact: true, offers }
}

/** With more of its pixels changed, a file is hardly a label map. */
const MOST_CHANGED = 0.5

/** @param {Ask} ask @param {(how: How) => void} choose @param {import('../results.js').Page} page */
export function askColours({ file, all, distinct, isExact, offers }, choose, { t, language }) {
  const isPhoto = !isExact && offers.every(({ pixels }) => pixels > MOST_CHANGED * all)
  return html`<div class="notice" role="status" part="question"><div>
      <p><b>${file.name}</b>: ${isExact ? t('colours.among')
        : t('colours.ask', { count: whole(distinct, language) })} ${isPhoto ? t('colours.photo') : nothing}</p>
      <ul class="offers">${offers.filter(({ pixels }) =>
        isExact || pixels <= MOST_CHANGED * all).map(({ name, title, pixels }) => html`<li>${isExact
        ? html`<button @click=${() => choose({ nearest: name })}>${title}</button>`
        : html`<b>${title}</b> <span
          class="hint num">${t('colours.change', { count: whole(pixels, language),
            share: percent(pixels / all, language) })}</span>
          <button @click=${() => choose({ only: name })}>${t('colours.void')}</button>
          <button @click=${() => choose({ nearest: name })}>${t('colours.nearest')}</button>`}</li>`)}
      ${isExact || distinct > MOST_OWN ? nothing : html`<li><button
        @click=${() => choose('own')}>${t('colours.own')}</button></li>`}</ul></div></div>`
}
