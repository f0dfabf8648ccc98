/** What the tail looks like: class, two sliders, the maps from coarse to fine, the mask, what differs. */
import { html, live, nothing } from '../../../vendor/lit.js'
import { lookupTable, tableOf } from '../../../lib/colors.js'
import { percent, significant, whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { SIGNED_GRADIENT, colorsOf, counted, maskColors, rangeOf } from '../../../lib/planes.js'
import { variantName } from '../../common/stage/classes.js'
import { swatch } from '../../common/stage/swatch.js'
import { styled } from '../../common/ui/styled.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../scene.js').Page} Page */
/** @typedef {import('../../../engine/engine.js').FeatureMap} FeatureMap */

/** How the maps come about, by stage. @type {Readonly<Record<string, string>>} */
const SIGNS = {
  upscore2: '×2', upscore_pool4: '×2', upscore8: '×8', upscore8c: '×8', score_pool4: '+',
    score_pool3: '+', fuse_pool4: '=',
  fuse_pool3: '=',
}

/** The same, and different. */
const DIFFER = lookupTable([{ id: 0, color: '#d8d1c2' }, { id: 1, color: '#8b1a6b' }])

/** @param {import('./controller.js').Tail} panel @param {Page} page */
export function tail({ state, actions }, page) {
  const { t, language } = page
  const { scene, shown, hasTail, classId } = state
  if (!scene) return nothing
  const { classes } = scene.net
  if (!hasTail) return html`<p class="told">${t(scene.net.gives === 'labels' ? 'tail.classifier' : 'tail.none')}</p>`
  return html`<p class="told">${t('tail.lead')}</p>
    <div class="controls">
      <label class="field"><span>${t('tail.class')}</span><select .value=${live(classes[classId].name)}
        @change=${(/** @type {Event} */ event) =>
          actions.choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${classes.map(({ id, name, names }) => html`<option value=${name}
          .selected=${id === classId}>${className({ name, names }, language)}</option>`)}
      </select></label>
      ${slider('pool4', state, actions, page)} ${slider('pool3', state, actions, page)}
      <div class="row"><button class="main" aria-pressed=${state.isPlaying}
        @click=${actions.play}>${t(state.isPlaying ? 'tail.stop' : 'tail.play')}</button></div>
    </div>
    ${shown ? html`${maps(shown.tail.maps, state, page)} ${mask(state, actions, page)}` : nothing}`
}

/** @param {'pool4' | 'pool3'} name @param {State} state @param {Actions} actions @param {Page} page */
function slider(name, { gains }, actions, { t, language }) {
  const value = gains[name]
  return html`<label class="field grow"><span>${t('tail.gain', { name, value: significant(value, language) })}</span>
    <input type="range" min="0" max="1" step="0.05" .value=${live(String(value))}
      aria-valuetext=${percent(value, language)}
      @input=${(/** @type {Event} */ event) =>
        actions.set({ [name]: Number(/** @type {HTMLInputElement} */ (event.target).value) })}></label>`
}

/** @param {readonly FeatureMap[]} list @param {State} state @param {Page} page */
function maps(list, { scene, shown }, { t, language }) {
  // What is shown may not yet be what is wished.
  const { gains, classId } = shown ?? { gains: { pool4: 1, pool3: 1 }, classId: 0 }
  // One scale for all: what is added can be seen to be little or much.
  const ranges = list.map(({ data }) => rangeOf(data))
  const most = Math.max(...ranges.map(({ least, most }) => Math.max(-least, most)))
  const name = scene ? className(scene.net.classes[classId], language) : ''
  return html`<ol class="play" aria-label=${t('tail.maps', { name })}>${list.map((map, i) => {
    const { least, most: top } = ranges[i]
    const gain = map.name === 'score_pool4' ? gains.pool4 : map.name === 'score_pool3' ? gains.pool3 : 1
    const scaled = gain === 1 ? '' : ` × ${significant(gain, language)}`
    const sign = SIGNS[map.name]
    return html`<li>${sign ? html`<span class="sign" aria-hidden="true">${sign}</span>` : nothing}<figure>
      ${picture(map, { least: -most, most }, t('tail.map', { stage: map.name, name, least: significant(least, language),
        most: significant(top, language) }))}
      <figcaption><code>${map.name}</code>${scaled}<br>
        <span class="hint num">${map.height}×${map.width}, ${significant(least, language)} …
          ${significant(top, language)}</span></figcaption>
    </figure></li>`
  })}</ol>
  <div class="key"><span class="gradient" ${styled({ background: SIGNED_GRADIENT })}></span>
    <span class="ends num"><span>${significant(-most, language)}</span><span>0</span><span>${significant(most,
      language)}</span></span></div>`
}

/** @param {FeatureMap} map @param {{least: number, most: number}} range @param {string} label */
function picture({ data, width, height }, range, label) {
  return html`<fcn-map-picture .width=${width} .height=${height} .colors=${colorsOf(data, range)}
    .label=${label}></fcn-map-picture>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function mask({ scene, shown, gains, twin, hasTwin, difference, differs, changed }, actions, { t, language }) {
  if (!scene || !shown) return nothing
  const { labels, width, height } = shown.tail
  const { classes } = scene.net
  const isOver = differs && difference !== null
  const values = isOver ? difference.where : labels
  const plane = {
    width, height, colors: maskColors(values, isOver ? DIFFER : tableOf(classes)),
      box: { left: 0, top: 0, width: 1, height: 1 },
  }
  const found = counted(labels).slice(0, 6)
  const text = found.map(([id, count]) =>
    `${className(classes[id], language)} ${percent(count / labels.length, language)}`).join(', ')
  const name = twin ? variantName(twin) : ''
  return html`<div class="looked"><figure>
      <fcn-photo-board .picture=${scene.picture} .work=${scene.inspected.work} .plane=${plane}
        .opacity=${differs ? 0.85 : 0.65}
        .label=${t('tail.mask', { found: text })}></fcn-photo-board>
      <figcaption class="hint">${t('tail.mask.size', { width, height })}</figcaption></figure>
    <div class="panel">
      <ul class="found">${found.map(([id, count]) =>
        html`<li>${swatch(classes[id], false)} ${className(classes[id], language)}
        <span class="num">${percent(count / labels.length, language)}</span></li>`)}</ul>
      ${changed !== null && (gains.pool4 < 1 || gains.pool3 < 1) ? html`<p class="told">${t('tail.changed', {
          pixels: whole(changed, language), share: percent(changed / labels.length, language) })}</p>` : nothing}
      ${twin && hasTwin && difference ? html`<p class="told">${t('tail.differs', {
          name, pixels: whole(difference.count, language),
            share: percent(difference.count / labels.length, language) })}</p>
        <label class="check"><input type="checkbox" .checked=${differs}
          @change=${(/** @type {Event} */ event) =>
            actions.showDifference(/** @type {HTMLInputElement} */ (event.target).checked)}>
          ${t('tail.differs.show')}</label>`
        : html`<p class="hint">${t(twin ? 'tail.twin.none' : 'tail.twin', { name })}</p>`}
    </div></div>`
}
