/** What the sandbox looks like: the puzzle, truth, prediction and errors side by side, the brushes, the numbers. */
import { classMap, html, live, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { VOID } from '../../../lib/metrics.js'
import { swatch } from '../../common/stage/swatch.js'
import { results, share } from '../results.js'
import { SIDE } from './grids.js'
import { TOLERANCE } from './puzzles.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Which} Which */
/** @typedef {import('../results.js').Page} Page */

/** Readings that count cells; all others are shares. */
const COUNTS = new Set(['wrong', 'changed'])

/** @param {import('./controller.js').Sandbox} sandbox @param {Page} page */
export function sandbox({ state, actions }, page) {
  const { t } = page
  const { puzzle, puzzles, hasFree } = state
  const value = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value
  return html`<p class="told">${t('sandbox.lead')}</p>
    <div class="controls">
      <label class="field"><span>${t('sandbox.puzzle')}</span><select .value=${live(puzzle.id)}
        @change=${(/** @type {Event} */ event) => actions.choose(value(event))}>${puzzles.map(({ id }) => html`
          <option value=${id} .selected=${id === puzzle.id}>${t(`puzzle.${id}.title`)}</option>`)}</select></label>
      ${brushes(state, actions, page)} ${tools(state, actions, page)}
    </div>
    <p class="told task">${t(`puzzle.${puzzle.id}.task`)}</p>
    ${goals(state, actions, page)}
    <div class="boards">
      ${board('truth', state, actions, page)} ${board('prediction', state, actions, page)}
      <figure><figcaption class="heading">${t('sandbox.errors')}</figcaption>
        <fcn-measure-board .values=${state.truth} .columns=${SIDE} .classes=${state.classes} .marks=${state.misses}
          .split=${splitOf(state)} .label=${t('sandbox.errors.label', { wrong: state.now.wrong })}></fcn-measure-board>
        <p class="hint">${t('sandbox.errors.hint')}</p></figure>
    </div>
    <p class="hint">${t(hasFree ? 'sandbox.keys.free' : 'sandbox.keys')}</p>
    <p class="sr" role="status">${at(state, page)}</p>
    ${results(state.now, state.classes, page, more(state, page))}`
}

/** What is at the keyboard's cell. @param {State} state @param {Page} page */
function at({ told, truth, prediction, classes }, { t, language }) {
  if (told < 0) return nothing
  const nameOf = (/** @type {number} */ id) => classes[id] ? className(classes[id], language) : t('sandbox.void')
  return t('sandbox.at', {
    row: Math.floor(told / SIDE), column: told % SIDE, truth: nameOf(truth[told]), prediction: nameOf(prediction[told]),
  })
}

/** Where two photos part. @param {State} state */
const splitOf = ({ puzzle }) => puzzle.pictures > 1 ? SIDE / puzzle.pictures : 0

/** @param {State} state @param {Actions} actions @param {Page} page */
function brushes({ classes, brush, hasFree }, actions, { t, language }) {
  const voids = { id: VOID, name: t('sandbox.void'), color: '' }
  return html`<fieldset class="segments brushes"><legend>${t('sandbox.brush')}</legend><div>${[...classes,
    ...hasFree ? [voids] : []].map(one => html`
    <label><input type="radio" name="brush" .checked=${brush === one.id} @change=${() => actions.setBrush(one.id)}>
      <span class="named">${one.id === VOID ? nothing : swatch(one, true)}
        ${className(one, language)}</span></label>`)}</div></fieldset>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function tools({ tool, canUndo, canRedo, puzzle }, actions, { t }) {
  return html`<fieldset
    class="segments"><legend>${t('sandbox.tool')}</legend><div>${/** @type {const} */ (['brush', 'fill']).map(each =>
      html`
      <label><input type="radio" name="tool" .checked=${tool === each}
        @change=${() => actions.setTool(each)}>${t(`tool.${each}`)}</label>`)}</div></fieldset>
    <div class="row">
      <button ?disabled=${!canUndo} @click=${actions.undo}>${t('sandbox.undo')}</button>
      <button ?disabled=${!canRedo} @click=${actions.redo}>${t('sandbox.redo')}</button>
      <button @click=${() => actions.setAll('truth')}>${t('sandbox.all.truth')}</button>
      <button @click=${() => actions.setAll('background')}>${t('sandbox.all.background')}</button>
      <button @click=${actions.again}>${t('sandbox.again')}</button>
      ${puzzle.goals.length ? html`<button @click=${actions.solve}>${t('sandbox.solve')}</button>` : nothing}</div>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function goals({ goals, isSolved, isShown, puzzle }, actions, { t, language }) {
  if (!goals.length) return nothing
  /** @param {string} reading @param {number | null | undefined} value */
  const said = (reading, value) => typeof value !== 'number' ? '–' : COUNTS.has(reading)
    ? whole(value, language) : share(value, language)
  return html`<ul class="goals"
    part="goals">${goals.map(({ reading, least, most, start, value, before, isReached }) => {
      const wish = start ? t(`goal.${start}`, { value: said(reading, numberOf(before)) })
        : least !== undefined && most !== undefined ? t('goal.just', { value: said(reading, least) })
          : least !== undefined ? t('goal.least', { value: said(reading, least) })
            : t('goal.most', { value: said(reading, most) })
      return html`<li class=${classMap({ reached: isReached })}><span aria-hidden="true">${isReached ? '✓' : '○'}</span>
        <span>${t(`metric.${reading}`)} ${wish}</span>
        <span class="num">${t(isReached ? 'goal.reached' : 'goal.now',
          { value: said(reading, numberOf(value)) })}</span></li>`
    })}</ul>
    <div role="status">${isSolved ? html`<div class="notice info"
      part="solved"><div><p><b>${t(isShown ? 'sandbox.shown' : 'sandbox.solved')}</b>
      ${t(`puzzle.${puzzle.id}.why`)}</p></div></div>` : nothing}</div>`
}

/** @param {unknown} value */
const numberOf = value => typeof value === 'number' ? value : null

/** @param {Which} which @param {State} state @param {Actions} actions @param {Page} page */
function board(which, state, actions, { t }) {
  const isEditable = which === 'prediction' || state.hasFree
  return html`<figure><figcaption class="heading">${t(`sandbox.${which}`)}</figcaption>
    <fcn-measure-board .values=${state[which]} .columns=${SIDE} .classes=${state.classes}
      .cursor=${state.cursors[which]}
      .isEditable=${isEditable} .split=${splitOf(state)} .label=${t(`sandbox.${which}`)}
        .help=${t(state.hasFree ? 'sandbox.keys.free' : 'sandbox.keys')}
      @board-paint=${(/** @type {CustomEvent} */ event) => actions.paint(which, event.detail)}
      @board-key=${(/** @type {CustomEvent} */ event) =>
        actions.key(which, event.detail)}></fcn-measure-board></figure>`
}

/** Readings that only the sandbox has. @param {State} state @param {Page} page */
function more({ now, puzzle }, { t, language }) {
  return html`<tr><th scope="row">${t('metric.boundary')}</th><td
    class="num value">${share(now.boundary, language)}</td>
      <td class="sum">${now.boundary === null ? t('boundary.none')
        : t('boundary.how.small', { tolerance: TOLERANCE })}</td></tr>
    ${puzzle.pictures > 1 ? html`<tr><th scope="row">${t('metric.perPhoto')}</th><td
      class="num value">${share(now.perPhoto, language)}</td>
      <td class="sum">${t('perPhoto.how')}</td></tr>` : nothing}`
}
