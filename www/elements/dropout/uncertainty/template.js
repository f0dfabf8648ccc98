/** What the panel about a photo looks like: photo and settings, the mean mask beside a map of doubt, the pixel pointed at. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { tableOf } from '../../../lib/colors.js'
import { EDGE_REACH } from '../../../lib/dropout.js'
import { duration, percent, significant, whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { colorsOf, counted, maskColors, rangeOf } from '../../../lib/planes.js'
import { HEAT_GRADIENT } from '../../../lib/windows.js'
import { intake } from '../../common/photo/gallery.js'
import { swatch } from '../../common/stage/swatch.js'
import { badge } from '../../common/ui/badge.js'
import { failed } from '../../common/ui/failure.js'
import { progressCard } from '../../common/ui/progress.js'
import { styled } from '../../common/ui/styled.js'
import { MAPS, MOST } from './controller.js'

/** @typedef {import('./controller.js').Uncertain} Uncertain */
/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Scene} Scene */
/** @typedef {import('../page.js').Page} Page */

/** Digits of a probability and its spread. */
const DIGITS = 2
/** Classes named beside the mask. */
const NAMED = 6

/** @param {Uncertain} panel @param {Page} page */
export function uncertainty(panel, page) {
  const { actions } = panel
  const state = { ...page, ...panel.state }
  const { t, language } = page
  const { scene } = state
  return html`<p class="told">${t('unsure.lead')}</p>
    <div class="top">${intake(state, actions, panel.intake)}
      <section class="panel" part="settings" aria-label=${t('unsure.settings')}>
        ${settings(state, actions, page)}
        ${badge(state, { ms: scene?.found.timings.total ?? null })}
      </section></div>
    ${failed(state, actions, { hasFormer: scene !== null })} ${progressCard({ ...state, cancel: actions.cancel })}
    ${state.isDropping ? html`<div class="drop">${t('drop')}</div>` : nothing}
    <fcn-segment-camera lang=${language} @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) =>
      actions.take(event.detail)}
      @camera-error=${(/** @type {CustomEvent<string>} */ event) => actions.fail(event.detail)}></fcn-segment-camera>
    ${scene ? result(state, scene, actions, page) : html`<p class="hint">${t('unsure.empty')}</p>`}`
}

/** @param {Event} event */
const numberOf = event => Number(/** @type {HTMLInputElement} */ (event.target).value)

/** @param {State} state @param {Actions} actions @param {Page} page */
function settings({ how, rate, trained, net, scene, isBusy, isOther }, actions, { t, language }) {
  /** @param {'passes' | 'masks'} key @param {number} least */
  const number = (key, least) => html`<label class="field"><span>${t(`unsure.${key}`)}</span>
    <input class="number" type="number" min=${least} max=${MOST[key]} step="1" .value=${live(String(how[key]))}
      @change=${(/** @type {Event} */ event) => {
        const value = numberOf(event)
        actions.set(Number.isInteger(value) && value >= least && value <= MOST[key] ? { [key]: value } : {})
      }}></label>`
  const origin = how.rate !== null || !net ? '' : t(trained === null ? 'unsure.rate.paper' : 'unsure.rate.trained')
  return html`<div class="row">
      ${number('passes', 1)} ${number('masks', 0)}
      <label class="field grow"><span>${t('unsure.rate', { rate: percent(rate, language) })} ${origin}</span>
        <input type="range" min="0" max=${MOST.rate} step="0.05" .value=${live(String(rate))}
          aria-valuetext=${percent(rate, language)}
          @input=${(/** @type {Event} */ event) => actions.set({ rate: numberOf(event) })}></label>
    </div>
    <div class="row">
      <button class="main" ?disabled=${!scene || isBusy} @click=${actions.run}>${t('unsure.run',
        { count: whole(how.passes, language) })}</button>
      ${how.rate === null ? nothing : html`<button
        @click=${() => actions.set({ rate: null })}>${t('unsure.rate.reset')}</button>`}
    </div>
    <p class="hint">${isOther ? t('unsure.other') : t('unsure.cost')}</p>`
}

/** @param {State} state @param {Scene} scene @param {Actions} actions @param {Page} page */
function result(state, scene, actions, page) {
  const { t, language } = page
  const { found } = scene
  return html`<div class="looked">
      ${maskFigure(state, scene, actions, page)}
      ${mapFigure(state, scene, actions, page)}
    </div>
    ${pixelFacts(state, scene, page)}
    <ul class="facts">
      <li>${edgesText(scene, page)}</li>
      <li>${t('unsure.changed', {
        share: percent(scene.changed / found.labels.length, language), pixels: whole(scene.changed, language) })}</li>
      <li>${t('unsure.times', {
        count: whole(found.passes, language), open: duration(found.timings.open, language),
        passes: duration(found.timings.passes, language),
          each: duration(found.timings.passes / found.passes, language) })}</li>
      <li>${t('unsure.meaning')}</li>
    </ul>`
}

const ALL = { left: 0, top: 0, width: 1, height: 1 }

/**
 * A board with something over the photo.
 * @param {State} state
 * @param {Scene} scene
 * @param {Actions} actions
 * @param {{colors: Uint8ClampedArray<ArrayBuffer>, label: string, help: string, opacity: number}} what
 */
function board({ pixel }, { picture, found: { width, height } }, actions, { colors, label, help, opacity }) {
  /** @type {import('../../common/stage/board.js').Mark[]} */
  const marks = pixel
    ? [{ kind: 'point', box: { left: pixel.x / width, top: pixel.y / height, width: 1 / width, height: 1 / height } }]
      : []
  return html`<fcn-photo-board .picture=${picture} .work=${{ width, height }} .marks=${marks} .opacity=${opacity}
    .plane=${{ width, height, colors, box: ALL }} .label=${label} .help=${help}
    @board-point=${(/** @type {CustomEvent} */ event) => actions.point(event.detail)}
    @board-move=${(/** @type {CustomEvent} */ event) => actions.move(event.detail)}></fcn-photo-board>`
}

/** @param {State} state @param {Scene} scene @param {Actions} actions @param {Page} page */
function maskFigure(state, scene, actions, { t, language }) {
  const { found: { labels, classes, width, height } } = scene
  const most = counted(labels).slice(0, NAMED)
  const text = most.map(([id, count]) =>
    `${className(classes[id], language)} ${percent(count / labels.length, language)}`).join(', ')
  return html`<figure part="mask">
    <figcaption class="heading">${t('unsure.mask')}</figcaption>
    ${board(state, scene, actions, {
      colors: maskColors(labels, tableOf(classes)), label: t('unsure.mask.label', { found: text }),
        help: t('unsure.help'), opacity: 0.6,
    })}
    <ul class="found">${most.map(([id, count]) =>
      html`<li>${swatch(classes[id], false)} ${className(classes[id], language)}
      <span class="num">${percent(count / labels.length, language)}</span></li>`)}</ul>
    <p class="hint">${t('unsure.size', { width, height })}</p></figure>`
}

/** @param {State} state @param {Scene} scene @param {Actions} actions @param {Page} page */
function mapFigure(state, scene, actions, { t, language }) {
  const { map } = state
  const values = scene.found[map]
  const { least, most } = rangeOf(values)
  // A spread and an entropy begin with none; of probabilities the range found is shown.
  const low = map === 'mean' ? least : 0
  const say = (/** @type {number} */ value) => significant(value, language, DIGITS)
  return html`<figure part="map">
    <figcaption class="heading">${t(`unsure.map.${map}`)}</figcaption>
    ${board(state, scene, actions, {
      colors: colorsOf(values, { least: low, most }), help: t('unsure.help'), opacity: 1,
      label: t('unsure.map.label', { what: t(`unsure.map.${map}`), least: say(least), most: say(most),
        mean: say(meanOf(values)) }),
    })}
    <div class="key" part="legend"><span class="gradient" ${styled({ background: HEAT_GRADIENT })}></span>
      <span class="ends num"><span>${say(low)}</span><span>${t(`unsure.unit.${map}`)}</span><span>${say(most)}</span></span></div>
    <fieldset class="segments"><legend>${t('unsure.map')}</legend><div>${MAPS.map(each => html`<label>
      <input type="radio" name="map" .checked=${live(each === map)} @change=${() => actions.setMap(each)}>${
        t(`unsure.map.${each}.short`)}</label>`)}</div></fieldset></figure>`
}

/** @param {Float32Array} values */
const meanOf = values => values.reduce((sum, value) => sum + value, 0) / values.length

/** @param {State} state @param {Scene} scene @param {Page} page */
function pixelFacts({ pixel }, { found }, { t, language }) {
  if (!pixel) return nothing
  const { labels, mean, spread, entropy, width, classes } = found
  const at = pixel.y * width + pixel.x
  const cls = classes[labels[at]]
  const say = (/** @type {number} */ value) => significant(value, language, DIGITS)
  return html`<div class="panel" part="pixel" role="status"><p class="heading">${t('unsure.pixel', pixel)}</p><dl>
    <dt>${t('unsure.class')}</dt><dd>${swatch(cls, false)} ${className(cls, language)}</dd>
    <dt>${t('unsure.map.mean.short')}</dt><dd>${percent(mean[at], language, 1)}</dd>
    <dt>${t('unsure.map.spread.short')}</dt><dd>${say(spread[at])}</dd>
    <dt>${t('unsure.map.entropy.short')}</dt><dd>${t('unsure.nats', { value: say(entropy[at]) })}</dd>
  </dl></div>`
}

/** @param {Scene} scene @param {Page} page */
function edgesText({ edges: { near, far }, found: { p, passes } }, { t, language }) {
  if (p === 0 || passes === 1) return t(p === 0 ? 'unsure.edges.nothing' : 'unsure.edges.single')
  if (near.mean === null || far.mean === null) return t('unsure.edges.none')
  const say = (/** @type {number} */ value) => significant(value, language, DIGITS)
  const facts = { reach: EDGE_REACH, near: say(near.mean), far: say(far.mean) }
  return t(near.mean > far.mean ? 'unsure.edges.more' : 'unsure.edges.less', facts)
}
