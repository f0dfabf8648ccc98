/** What painting a truth looks like: tools, classes, the photo under the brush. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { VOID } from '../../../lib/metrics.js'
import { WHOLE } from '../../../lib/viewport.js'
import { swatch } from '../../common/stage/swatch.js'
import { styled } from '../../common/ui/styled.js'
import './canvas.js'
import { RADII, TOOLS } from './painting.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../results.js').Page} Page */
/** What stands around it. @typedef {{photo: import('../../common/photo/image-tasks.js').Shown, heads: readonly {variant: string, name: string}[], startFrom: (variant: string) => void, save: () => void, stop: () => void}} Around */

/** @param {{state: State, actions: Actions}} painter @param {Around} around @param {Page} page */
export function painter({ state, actions }, around, page) {
  const { t } = page
  const { tool, corners, canUndo, canRedo, view, isHeld } = state
  const zoom = (/** @type {number} */ factor) => (/** @type {Event} */ event) => {
    const root = /** @type {HTMLElement} */ (event.currentTarget).getRootNode()
    if (root
      instanceof ShadowRoot) /** @type {import('./canvas.js').FcnMeasureCanvas | null} */ (root.querySelector('fcn-measure-canvas'))?.zoomBy(factor)
  }
  return html`<section class="paint" part="painter" aria-label=${t('paint.title')}>
    <p class="told">${t('paint.lead')}</p>
    <div class="controls">
      <fieldset class="segments"><legend>${t('sandbox.tool')}</legend><div>${TOOLS.map(each => html`<label><input
        type="radio" name="paint-tool"
        .checked=${live(tool === each)}
          @change=${() => actions.setTool(each)}>${t(`painting.${each}`)}</label>`)}</div></fieldset>
      ${sizes(state, actions, page)}
      <div class="row">
        <button ?disabled=${!canUndo} @click=${actions.undo}>${t('sandbox.undo')}</button>
        <button ?disabled=${!canRedo} @click=${actions.redo}>${t('sandbox.redo')}</button>
        ${tool === 'polygon' ? html`<button ?disabled=${corners.length < 3}
          @click=${actions.close}>${t('paint.close')}</button>` : nothing}
        <button @click=${zoom(1.5)} aria-label=${t('paint.larger')}>+</button>
        <button ?disabled=${view.zoom <= 1} @click=${zoom(1 / 1.5)} aria-label=${t('paint.smaller')}>−</button>
        <button ?disabled=${view.zoom <= 1} @click=${() => actions.setView(WHOLE)}>${t('paint.whole')}</button></div>
    </div>
    ${classes(state, actions, page)}
    <fcn-measure-canvas .photo=${around.photo} .layer=${state.layer} .classes=${state.classes}
      .opacity=${state.opacity} .view=${view}
      .cursor=${state.cursor} .corners=${corners} .radius=${tool === 'brush' || tool === 'eraser' ? state.radius : 0}
      .label=${t('paint.board')} .help=${t('paint.keys')} ${styled({ '--ratio': String(state.width / state.height) })}
        .patterns=${state.hasPatterns}
      @canvas-point=${(/** @type {CustomEvent} */ event) => actions.point(event.detail)}
      @canvas-key=${(/** @type {CustomEvent} */ event) => actions.key(event.detail)}
      @canvas-view=${(/** @type {CustomEvent} */ event) => actions.setView(event.detail)}></fcn-measure-canvas>
    <p class="sr" role="status">${told(state, page)}</p>
    <p class="hint">${t(isHeld ? 'paint.held' : 'paint.keys')}</p>
    <div class="row"><button class="main" @click=${around.stop}>${t('paint.stop')}</button>
      <button @click=${around.save}>${t('paint.save')}</button>
      ${around.heads.map(({ variant, name }) => html`<button
        @click=${() => around.startFrom(variant)}>${t('paint.from', { head: name })}</button>`)}
      <button @click=${() => actions.set(null)}>${t('paint.clear')}</button></div>
    <p class="hint">${t('paint.from.hint')}</p>
  </section>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function sizes({ tool, radius, opacity, hasPatterns }, actions, { t, language }) {
  const value = (/** @type {Event} */ event) => Number(/** @type {HTMLInputElement} */ (event.target).value)
  return html`${tool === 'brush' || tool === 'eraser' ? html`<label
    class="field"><span>${t('paint.radius', { pixels: whole(radius, language) })}</span>
      <input type="range" min=${RADII.least} max=${RADII.most} .value=${live(String(radius))}
        @input=${(/** @type {Event} */ event) => actions.setRadius(value(event))}></label>` : nothing}
    <label class="field"><span>${t('paint.opacity')}</span><input type="range" min="0"
      max="1" step="0.05" .value=${live(String(opacity))}
      @input=${(/** @type {Event} */ event) => actions.setOpacity(value(event))}></label>
    <label class="check"><input type="checkbox" .checked=${live(hasPatterns)} @change=${(/** @type {Event} */ event) =>
      actions.setPatterns(/** @type {HTMLInputElement} */ (event.target).checked)}>${t('paint.patterns')}</label>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function classes({ classes, id, tool }, actions, { t, language }) {
  return html`<fieldset class="palette"><legend class="sr">${t('paint.class')}</legend>${classes.map(one => html`
    <label class="check"><input type="radio" name="paint-class" .checked=${live(one.id === id && tool !== 'eraser')}
      @change=${() => actions.setClass(one.id)}>
      <span class="named">${swatch(one, true)} ${className(one, language)}</span></label>`)}</fieldset>`
}

/** What is under the keyboard's cursor. @param {State} state @param {Page} page */
function told({ told, classes }, { t, language }) {
  if (!told) return nothing
  const one = classes.find(({ id }) => id === told.id)
  return t('paint.at', { row: told.row, column: told.column, what: one && told.id !== VOID
    ? className(one, language) : t('sandbox.void') })
}
