/** What `<fcn-measure>` looks like: the choice of a panel, and the panel. */
import { html, nothing } from '../../vendor/lit.js'
import { failed } from '../common/ui/failure.js'
import './board.js'
import '../common/stage/picture.js'
import { folder } from './folder/template.js'
import { masks } from './masks/template.js'
import { sandbox } from './sandbox/template.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function template(state, actions) {
  const { t, language, panel, panels, isDropping } = state
  const isPhoto = panel === 'photo'
  const hold = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    if (!isPhoto) actions.hold(true)
  }
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault()
    // That panel has an intake of its own, once it is there.
    if (isPhoto && state.photo) return
    actions.hold(false)
    const side = event.composedPath().find(node => node instanceof HTMLElement && node.dataset.side)
    if (event.dataTransfer) actions.drop(event.dataTransfer, side instanceof HTMLElement
      ? side.dataset.side ?? null : null)
  }
  return html`<div class="root" part="root" lang=${language} @dragenter=${hold} @dragover=${hold} @drop=${drop}
      @dragleave=${(/** @type {DragEvent} */ event) => {
        if (!(event.relatedTarget instanceof Node
          && /** @type {Node} */ (event.currentTarget).contains(event.relatedTarget))) actions.hold(false)
      }}>
    <fieldset class="segments" part="panels"><legend class="sr">${t('panels')}</legend>
      <div>${panels.map(name => html`<label><input type="radio" name="panel" .checked=${name === panel}
        @change=${() => actions.show(name)}>${t(`panel.${name}`)}</label>`)}</div></fieldset>
    ${failed(state, actions)}
    ${state.canGoBack ? html`<div class="row"><button class="back"
      @click=${actions.back}>${t('folder.back')}</button></div>`
      : nothing}
    <section part="panel" aria-label=${t(`panel.${panel}`)}>${shown(state)}</section>
    ${isDropping || (isPhoto && state.photo?.state.isDropping) ? html`<div
      class="drop">${t(isPhoto ? 'drop' : panel === 'curves' ? 'curves.drop'
        : panel === 'folder' ? 'folder.drop' : 'masks.drop')}</div>` : nothing}
  </div>`
}

/** @param {State} state */
function shown(state) {
  switch (state.panel) {
    case 'sandbox': return sandbox(state.sandbox, state)
    case 'photo': return state.photo && state.drawPhoto ? state.drawPhoto(state.photo, state) : html`<p
      class="hint">${state.t('photo.coming')}</p>`
    case 'masks': return masks(state.masks, state)
    case 'folder': return folder(state.folder, state)
    case 'curves': return state.curves.panel && state.curves.draw ? state.curves.draw(state.curves.panel, state)
      : html`<p class="hint">${state.t('curves.coming')}</p>`
  }
}
