/** What occlude-and-see looks like: the settings, how far it is, the map of changes over the photo. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { significant } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { SIGNED_GRADIENT, colorsOf } from '../../../lib/planes.js'
import { styled } from '../../common/ui/styled.js'
import { SQUARES, fieldOf } from './controller.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../scene.js').Page} Page */

/** @param {import('./controller.js').Occlusion} panel @param {Page} page */
export function occlusion({ state, actions }, page) {
  const { t, language } = page
  const { scene, classId, target, squares, isRunning, run } = state
  if (!scene) return nothing
  const { classes, gives } = scene.net
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value
  return html`<p class="told">${t('occlusion.lead')}</p>
    <div class="controls">
      <label class="field"><span>${t('tail.class')}</span><select
        .value=${live(classId === null ? '' : classes[classId].name)}
        @change=${(/** @type {Event} */ event) => actions.choose(value(event))}>
        ${classes.map(each => html`<option value=${each.name}
          .selected=${each.id === classId}>${className(each, language)}</option>`)}</select></label>
      <label class="field"><span>${t('occlusion.squares')}</span><select .value=${live(String(squares))}
        @change=${(/** @type {Event} */ event) => actions.setSquares(Number(value(event)))}>
        ${SQUARES.map(each => html`<option value=${each}
          .selected=${each === squares}>${t('occlusion.side', { count: each })}</option>`)}</select></label>
      ${gives === 'labels' ? nothing : html`<fieldset class="segments"><legend>${t('occlusion.target')}</legend><div>${
        /** @type {const} */ (['pixel', 'photo']).map(each => html`<label><input type="radio" name="score" .checked=${target === each}
          @change=${() => actions.setTarget(each)}>${t(each === 'pixel' ? 'occlusion.target.pixel'
            : 'occlusion.target.photo')}</label>`)}</div></fieldset>`}
      <div class="row">${isRunning ? html`<button @click=${actions.cancel}>${t('cancel')}</button>`
        : html`<button class="main" ?disabled=${classId === null}
          @click=${actions.start}>${t('occlusion.start')}</button>`}</div>
    </div>
    ${run ? html`<p class="hint num"
      role="status">${t(run.done < run.changes.length ? 'occlusion.progress' : 'occlusion.done', {
        done: run.done, all: run.changes.length })}</p>
      ${isRunning ? html`<progress max=${run.changes.length} .value=${run.done}
        aria-label=${t('occlusion.start')}></progress>` : nothing}` : nothing}
    <div class="looked"><figure>${board(state, actions, page)}<figcaption
      class="hint">${target === 'photo' && gives !== 'labels' ? t('occlusion.hint.photo') : t('pixel.hint')}
      ${run ? t('occlusion.pin') : nothing}</figcaption></figure>
      ${run ? result(state, page) : nothing}</div>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function board({ scene, pixel, run, target: wished, classId, stage }, actions, { t, language }) {
  if (!scene) return nothing
  const { work } = scene.inspected
  /** @type {import('../../common/stage/board.js').Mark[]} */
  const marks = []
  const target = scene.net.gives === 'labels' ? 'pixel' : wished
  const field = fieldOf(run ?? { scene, pixel, target, stage })
  if (field) marks.push({ kind: 'sees', box: field })
  /** @param {'point' | 'pin'} kind @param {{x: number, y: number}} at */
  const mark = (kind, { x, y }) =>
    marks.push({ kind, box: { left: x / work.width, top: y / work.height, width: 1 / work.width,
      height: 1 / work.height } })
  // The map is of the pixel that was asked about; the next may be another.
  const isOther = run?.target === 'pixel' && (target === 'photo' || run.pixel.x !== pixel.x || run.pixel.y !== pixel.y)
  if (isOther) mark('pin', run.pixel)
  if (target === 'pixel') mark('point', pixel)
  const shown = run?.classId ?? classId
  const at = run?.pixel ?? pixel
  const name = shown === null ? '' : className(scene.net.classes[shown], language)
  const isMean = run ? run.target === 'photo' : target === 'photo'
  return html`<fcn-photo-board .picture=${scene.picture} .work=${work} .plane=${run ? planeOf(run) : null}
    .marks=${marks} .opacity=${0.7}
    .label=${isMean ? t('occlusion.label.photo', { name }) : t('occlusion.label', { name, ...at })}
      .help=${t('pixel.help')}
    @board-point=${(/** @type {CustomEvent} */ event) => actions.point(event.detail)}
    @board-move=${(/** @type {CustomEvent} */ event) => actions.move(event.detail)}></fcn-photo-board>`
}

/** @param {import('./controller.js').Run} run */
function planeOf({ changes, columns, rows, side, scene }) {
  const { work } = scene.inspected
  const most = changes.reduce((most, change) => Number.isNaN(change) ? most : Math.max(most, Math.abs(change)), 0)
  // A copy: these are written to while the squares are tried. Where nothing is known yet the photo shows.
  const colors = colorsOf(changes.slice(), { least: -most || -1, most: most || 1 })
  return { width: columns, height: rows, colors, box: { left: 0, top: 0, width: columns * side / work.width,
    height: rows * side / work.height } }
}

/** @param {State} state @param {Page} page */
function result({ run, seen, scene }, { t, language }) {
  if (!run || !scene) return nothing
  const { changes, base, columns, classId, pixel, side } = run
  const { work } = scene.inspected
  const known = [...changes.keys()].filter(at => !Number.isNaN(changes[at]))
  const order = known.sort((a, b) => Math.abs(changes[b]) - Math.abs(changes[a])).slice(0, 5)
  const most = order.length ? Math.abs(changes[order[0]]) : 0
  const name = className(scene.net.classes[classId], language)
  return html`<div class="panel">
    <p>${t(run.target === 'pixel' ? 'occlusion.base.pixel' : 'occlusion.base.photo',
      { name, ...pixel, score: significant(base, language, 4) })}</p>
    <span class="gradient" ${styled({ background: SIGNED_GRADIENT })}></span>
    <span class="ends num"><span>${t('occlusion.more', { value: significant(most, language) })}</span>
      <span>${t('occlusion.less', { value: significant(most, language) })}</span></span>
    <ol class="strongest">${order.map(at => html`<li class="num">${t('occlusion.square', {
      ...extent(at % columns, side, work.width, 'x'), ...extent(Math.floor(at / columns), side, work.height, 'y'),
      change: `${changes[at] < 0 ? '+' : ''}${significant(-changes[at], language)}` })}</li>`)}</ol>
    ${seen ? html`<p class="told">${t('occlusion.seen', seen)}</p>` : nothing}
  </div>`
}

/**
 * From which pixel to which a square reaches, both within it.
 * @param {number} place
 * @param {number} side
 * @param {number} size of the photo
 * @param {'x' | 'y'} axis
 */
function extent(place, side, size, axis) {
  return { [`${axis}0`]: place * side, [`${axis}1`]: Math.min((place + 1) * side, size) - 1 }
}
