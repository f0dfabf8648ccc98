/**
 * What `<fcn-heatmap>` looks like: photo and classifier on top, then the three steps; one function a region.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { largestDifference } from '../../lib/feature-maps.js'
import { percent, whole } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { HEAT_GRADIENT, best, inputAt, scoresOf, surgery, windowOf } from '../../lib/windows.js'
import { failed } from '../common/ui/failure.js'
import { assumed } from '../common/model/assumed.js'
import { intake } from '../common/photo/gallery.js'
import { styled } from '../common/ui/styled.js'
import { swatch } from '../common/stage/swatch.js'
import { badge } from '../common/ui/badge.js'
import { progressCard } from '../common/ui/progress.js'
import { controls, sizeWished } from './controls.js'
import { seenOf } from './job.js'
import { moved, shifter } from './moving.js'
import { numberText } from './reading.js'
import { sameText } from './sentences.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('./controller.js').Scene} Scene */
/** @typedef {import('./reading.js').Reading} Reading */

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {import('../common/photo/intake.js').Intake} source
 */
export function template(state, actions, source) {
  const { t, pending, scene } = state
  const at = pending ?? scene
  const shown = at && seenOf(at)
  return html`
    <div class=${classMap({ root: true, dropping: state.isDropping })} part="root" lang=${state.language}>
      <p class="told">${t('intro')}</p>
      <div class="top">${intake(state, actions, source)} ${classifier(state, actions)}</div>
      ${failed(state, actions, { hasFormer: scene !== null })} ${progressCard({ ...state, cancel: actions.cancel })}
      ${shown ? html`
        <div class="pair">${labelStep(state, shown)}
          ${shown.label && shown.map ? surgeryStep(state, shown.label, shown.map) : nothing}</div>
        ${mapStep(state, actions, shown)}` : html`<p class="empty">${t('stage.empty')}</p>`}
      ${card(state, actions)}
      <p class="sr" role="status">${state.saying}</p>
      ${state.isDropping ? html`<div class="drop">${t('drop')}</div>` : nothing}
      <fcn-segment-camera lang=${state.language}
        @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) => actions.take(event.detail)}
        @camera-error=${(/** @type {CustomEvent<string>} */ event) => actions.fail(event.detail)}></fcn-segment-camera>
    </div>`
}

/** @param {State} state @param {Actions} actions */
function classifier(state, actions) {
  const { t, language, known, own } = state
  const { manifest, assumptions = [] } = known ?? {}
  return html`
    <section class="panel net" part="classifier" aria-label=${t('model')}>
      <p>${t('model')}: <b>${manifest ? manifest.title?.[language] ?? manifest.name : '…'}</b>
        <button class="quiet" @click=${actions.openCard}>${t('card.open')}</button></p>
      ${assumed({ assumptions, t }, actions)}
      <details class="own">
        <summary>${t('own')}</summary>
        <p class="hint">${t('own.hint')}</p>
        <div class="row"><label class="button file">${t('own.choose')}<input type="file"
          multiple aria-label=${t('own.choose')}
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target)
            const files = [...input.files ?? []]
            if (files.length) actions.openClassifier(files)
            input.value = ''
          }}></label></div>
      </details>
      ${own ? html`<div class="row"><button @click=${actions.useSite}>${t('model.site')}</button></div>` : nothing}
      ${badge(state, { ms: state.scene?.map?.timings.run ?? null })}
    </section>`
}

/**
 * What the classifier was trained on, how well it does, where it fails.
 * @param {State} state
 * @param {Actions} actions
 */
function card({ t, language, isCardOpen, own, model }, actions) {
  return html`<details class="about" part="card" ?open=${isCardOpen} @toggle=${(/** @type {Event} */ event) => {
    actions.unfoldCard(/** @type {HTMLDetailsElement} */ (event.currentTarget).open)
  }}>
    <summary>${t('card')}</summary>
    ${isCardOpen
      ? html`<fcn-model-card lang=${language} .own=${own} .model=${own ? '' : model}></fcn-model-card>` : nothing}
  </details>`
}

/** @param {State} state @param {Scene} scene */
function photoText({ t, language }, { photo }) {
  const name = photo.name === 'photo' ? t('photo.untitled') : photo.name
  return t('pane.photo', { photo: photo.sample?.alt[language] ?? name })
}

/**
 * How far the photo is moved, shares of its frame.
 * @param {Scene} scene
 */
function movedBy({ moved }) {
  return moved ? sharesOf(moved) : undefined
}

/** Of each, once: a board is painted anew when it is given another. @type {WeakMap<object, {x: number, y: number}>} */
const shares = new WeakMap()

/** @param {NonNullable<Scene['moved']>} moved */
function sharesOf(moved) {
  const { shift: { x, y }, map: { work } } = moved
  const known = shares.get(moved) ?? { x: x / work.width, y: y / work.height }
  shares.set(moved, known)
  return known
}

/** @param {State} state @param {Scene} scene */
function labelStep(state, scene) {
  const { t, language } = state
  const { label, picture } = scene
  const side = label?.window ?? 224
  return html`
    <section class="step" part="label">
      <h3>${t('step.label')}</h3>
      ${label ? html`<p>${t('label.text', { side, classes: whole(label.classes.length, language) })}</p>` : nothing}
      <div class="one">
        <fcn-heatmap-board class="squeezed" .picture=${picture} .moved=${movedBy(scene)}
          .label=${t('label.picture', { side, photo: photoText(state, scene) })}></fcn-heatmap-board>
        ${label ? bars(state, label, label.scores, t('label.best')) : nothing}
      </div>
    </section>`
}

/**
 * A window's best classes: probabilities as bars, and their scores where those are asked for.
 * @param {State} state
 * @param {Heatmap} map
 * @param {ArrayLike<number>} scores
 * @param {string} label
 * @param {number | null} [shown] the class on the map: it is always listed
 */
function bars({ t, language, value }, map, scores, label, shown = null) {
  const columns = (value === 'score' ? ['score', 'probability'] : ['probability']).map(each => t(`value.${each}`))
  /** @param {{id: number, score: number, probability: number}} one */
  const row = ({ id, score, probability }) => html`<li aria-current=${id === shown ? 'true' : nothing}>
      <span class="name">${className(map.classes[id], language)}${
        id === shown ? html` <span class="mark">${t('bars.shown')}</span>` : nothing}</span>
      ${columns.length > 1 ? html`<span class="num">${score.toFixed(2)}</span>` : nothing}
      <span class="num">${percent(probability, language)}</span>
      <span class="bar"><i ${styled({ width: `${100 * probability}%` })}></i></span></li>`
  return html`<div class=${classMap({ bars: true, scored: columns.length > 1 })}>
    <p class="columns" aria-hidden="true"><span></span>${columns.map(name => html`<span>${name}</span>`)}</p>
    <ol aria-label=${t('bars', { label, columns: columns.join(', ') })}>${best(scores, 5, shown).map(row)}</ol></div>`
}

/** @param {State} state @param {Heatmap} label @param {Heatmap} map */
function surgeryStep({ t, language }, label, map) {
  const rows = surgery(label.shapes, map.shapes)
  const [, ...flat] = rows[0]?.kernel ?? []
  /** @param {readonly number[]} shape */
  const sizes = shape => shape.map(size => whole(size, language)).join('\u00a0×\u00a0')
  const { width, height } = map.work
  const side = label.window
  const difference = label.linear ? largestDifference(label.scores, label.linear) : null
  return html`
    <section class="step" part="surgery">
      <h3>${t('step.surgery')}</h3>
      <p>${t('surgery.text')}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t('surgery.table')}><table class="shapes">
        <thead><tr><th scope="col">${t('surgery.layer')}</th><th scope="col">${t('surgery.matrix')}</th>
          <th scope="col">${t('surgery.kernel')}</th><th scope="col">${t('surgery.label', { side })}</th>
          <th scope="col">${t('surgery.photo', { width, height })}</th></tr></thead>
        <tbody>${rows.map(row => html`<tr><th scope="row"><code>${row.stage}</code></th><td>${sizes(row.matrix)}</td>
          <td>${sizes(row.kernel)}</td><td>${sizes(row.label)}</td><td>${sizes(row.photo)}</td></tr>`)}</tbody>
      </table></div>
      <p class="hint">${t('surgery.order')} ${flat.length === 3 ? flattened(rows[0].stage, flat, t) : nothing}</p>
      ${difference === null ? nothing : html`<p class="same">${sameText(difference, label, t)}</p>`}
    </section>`
}

/**
 * In which order the map before a layer is flattened: an input that isn't at the same index in the other one.
 * @param {string} stage
 * @param {[channels: number, rows: number, columns: number]} size
 * @param {State['t']} t
 */
function flattened(stage, size, t) {
  const [, rows, columns] = size
  const index = rows * columns + columns - 1
  return t('surgery.flat', { stage, index, size: size.join('\u00a0×\u00a0'), ...inputAt(index, size) })
}

/** @param {{width: number, height: number}} size pixels */
const longest = ({ width, height }) => Math.max(width, height)

/** @param {State} state @param {Actions} actions @param {Scene} scene */
function mapStep(state, actions, scene) {
  const { t, reading, upsample } = state
  const { map } = scene
  if (!map || !reading) {
    return html`<section class="step" part="map">
      <h3>${t('step.map')}</h3><p class="hint">${t('map.wait')}</p></section>`
  }
  const { work, photo, window: side, stride, width: columns, height: rows } = map
  const over = (/** @type {number} */ pixels, /** @type {number} */ cells) => pixels - side - stride * (cells - 1)
  const [right, bottom] = [over(work.width, columns), over(work.height, rows)]
  const hasRest = right > 0 || bottom > 0
  const isOne = columns * rows === 1
  const wished = sizeWished(state, map)
  const size = { width: work.width, height: work.height }
  const told = [
    isOne ? t(hasRest ? 'map.first' : 'map.one', size) : t('map.text', { ...size, columns, rows, stride, side }),
    hasRest ? t('map.rest', { right, bottom }) : '',
    longest(work) < wished ? t('map.own', { photo: longest(photo), wished }) : '',
  ]
  return html`
    <section class="step" part="map">
      <h3>${t('step.map')}</h3>
      <p class="told">${told.join('')}</p>
      ${controls(state, actions, map, reading)} ${shifter(state, actions, map)}
      <div class="large" ${styled({ '--ratio': String(work.width / work.height) })}>
        ${board(state, actions, scene, map, reading)}
        <div class="beside">${moved(state, map)} ${windowPanel(state, map, reading)}</div>
      </div>
      <p class="told">${isOne && !hasRest ? nothing : t('map.border')}</p>
      <p class="told">${t('map.coarse', { stride })}
        ${upsample ? html`<a href=${upsample}>${t('map.next')}</a>` : nothing}</p>
    </section>`
}

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {Scene} scene
 * @param {Heatmap} map the scene's
 * @param {Reading} reading of it
 */
function board(state, actions, scene, map, { painted, shown, winners, cell }) {
  const { t, language, view, value, opacity, move } = state
  const nameOf = (/** @type {number} */ id) => className(map.classes[id], language)
  const name = nameOf(shown)
  const what = t(`value.${value}`)
  const [least, most] = [painted.least, painted.most].map(number => numberText(number, value, language))
  const counts = view === 'winner' ? tally(winners) : []
  const facts = { photo: photoText(state, scene), columns: map.width, rows: map.height }
  const all = map.width * map.height
  const found = counts.slice(0, 6).map(([id, count]) => `${nameOf(id)} ${percent(count / all, language)}`).join(', ')
  const label = view === 'winner' ? t('board.winner', { ...facts, found })
    : t('board.heat', { ...facts, name, what, least, most })
  /** @param {CustomEvent<{cell: import('../../lib/windows.js').Cell, byKeys: boolean}>} event */
  const point = ({ detail }) => actions.point(detail.cell, detail.byKeys)
  return html`<div class="seen">
    <fcn-heatmap-board .picture=${scene.picture} .map=${map} .colors=${painted.colors} .cell=${cell}
      .moved=${movedBy(scene)} .former=${view === 'heat' ? move?.before.peak ?? null : null}
      .opacity=${opacity} .label=${label} .help=${t('board.help')} @board-cell=${point}></fcn-heatmap-board>
    ${all > 1 ? html`<p class="hint">${t('board.hint')}</p>` : nothing}
    ${view === 'heat' ? html`<figure class="key" part="legend">
        <figcaption>${t('legend.heat', { what, name })}</figcaption>
        <span class="gradient" ${styled({ background: HEAT_GRADIENT })}></span>
        <span class="ends num"><span>${t('legend.least', { value: least })}</span>
          <span>${t('legend.most', { value: most })}</span></span></figure>`
      : html`<ul class="key won" part="legend" aria-label=${t('legend.winner')}>${
        repeat(counts.slice(0, 12), ([id]) => id, ([id, count]) => html`<li>${swatch(map.classes[id], false)}
          <span>${nameOf(id)}</span> <span class="num">${t('legend.cells', { count, all })}</span></li>`)}</ul>`}
  </div>`
}

/** @param {Uint16Array} winners @returns {[number, number][]} class and its cells, most first */
function tally(winners) {
  /** @type {Map<number, number>} */
  const counts = new Map()
  for (const id of winners) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
}

/** @param {State} state @param {Heatmap} map @param {Reading} reading */
function windowPanel(state, map, { cell, onMap }) {
  const { t } = state
  const { left, top, side } = windowOf(map, cell)
  const title = t('window', { ...cell, rows: map.height, columns: map.width })
  return html`
    <section class="at" part="window" aria-label=${title}>
      <h4>${title}</h4>
      <p class="hint num">${t('window.place', { left, right: left + side - 1, top, bottom: top + side - 1 })}</p>
      ${bars(state, map, scoresOf(map, cell), t('window.best'), onMap)}
    </section>`
}
