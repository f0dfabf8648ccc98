/**
 * What `<fcn-heatmap>` looks like: photo and classifier on top, then the three steps; one function a region.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { largestDifference, largestOf } from '../../lib/feature-maps.js'
import { percent, whole } from '../../lib/format.js'
import { HEAT_GRADIENT, best, scoresOf, surgery, windowOf } from '../../lib/windows.js'
import { failed } from '../common/ui/failure.js'
import { intake } from '../segment/sidebar.js'
import { styled } from '../common/ui/styled.js'
import { swatch } from '../common/stage/swatch.js'
import { badgeParts, progressText, reasonText } from '../segment/words.js'
import { controls, sizeWished } from './controls.js'

/** @typedef {import('../fcn-heatmap.js').FcnHeatmap} FcnHeatmap */
/** @typedef {import('../../engine/engine.js').Heatmap} Heatmap */
/** @typedef {import('./controller.js').Scene} Scene */

/**
 * @param {FcnHeatmap} host
 * @param {import('../common/photo/intake.js').Intake} source
 */
export function template(host, source) {
  const { t, failure, pending, scene } = host
  const shown = pending ?? scene
  return html`
    <div class=${classMap({ root: true, dropping: host.isDropping })} part="root" lang=${host.language}>
      <p class="told">${t('intro')}</p>
      <div class="top">${intake(host, source)} ${classifier(host)}</div>
      ${failure ? failed(host, failure, scene !== null) : nothing} ${progressCard(host)}
      ${shown ? html`
        <div class="pair">${labelStep(host, shown)} ${shown.label && shown.map ? surgeryStep(host, shown.label, shown.map) : nothing}</div>
        ${mapStep(host, shown)}` : html`<p class="empty">${t('stage.empty')}</p>`}
      ${card(host)}
      <p class="sr" role="status">${host.saying}</p>
      ${host.isDropping ? html`<div class="drop">${t('drop')}</div>` : nothing}
      <fcn-segment-camera .t=${t} @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) => host.take(event.detail)}
        @camera-error=${(/** @type {CustomEvent<string>} */ event) => host.fail(event.detail)}></fcn-segment-camera>
    </div>`
}

/** @param {FcnHeatmap} host */
function classifier(host) {
  const { t, language, desk } = host
  const { manifest, notes = [] } = host.engine?.model ?? {}
  return html`
    <section class="panel net" part="classifier" aria-label=${t('model')}>
      <p>${t('model')}: <b>${manifest ? manifest.title?.[language] ?? manifest.name : '…'}</b> <button class="quiet" @click=${() => host.openCard()}>${t('card.open')}</button></p>
      ${notes.length ? html`<p class="hint">${t('own.notes', { notes: notes.join('; ') })}</p>` : nothing}
      <details class="own">
        <summary>${t('own')}</summary>
        <p class="hint">${t('own.hint')}</p>
        <div class="row"><label class="button file">${t('own.choose')}<input type="file" multiple accept=".safetensors,.pth,.pt,.json,.txt" aria-label=${t('own.choose')}
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target)
            const files = [...input.files ?? []]
            if (files.length) void host.openClassifier(files)
            input.value = ''
          }}></label></div>
      </details>
      ${desk.hasOwn ? html`<div class="row"><button @click=${() => desk.open(null)}>${t('model.site')}</button></div>` : nothing}
      ${badge(host)}
    </section>`
}

/** What the classifier was trained on, how well it does, where it fails. @param {FcnHeatmap} host */
function card(host) {
  const { t, language, desk } = host
  return html`<details class="about" part="card" ?open=${host.isCardOpen} @toggle=${(/** @type {Event} */ event) => { host.isCardOpen = /** @type {HTMLDetailsElement} */ (event.currentTarget).open }}>
    <summary>${t('card')}</summary>
    ${host.isCardOpen ? html`<fcn-model-card lang=${language} .own=${desk.own} .model=${desk.own ? '' : desk.address}></fcn-model-card>` : nothing}
  </details>`
}

/** @param {FcnHeatmap} host */
function badge(host) {
  const { t, language, engine, scene } = host
  if (!engine?.adapter) return nothing
  const why = reasonText(engine.adapter, t)
  const ms = scene?.map?.timings.run ?? null
  return html`<p class="badge" part="badge"><strong>${badgeParts(engine, ms, t, language).join(' · ')}</strong>${why ? html`<br>${t('badge.why')}: ${why}` : nothing}</p>`
}

/** @param {FcnHeatmap} host */
function progressCard(host) {
  const { progress, t } = host
  if (!progress) return nothing
  const { title, detail, value } = progressText(progress, t, host.language)
  return html`
    <div class="progress" part="progress">
      <p><span>${title}</span><span class="num">${detail}</span></p>
      ${value === null ? html`<progress aria-label=${title}></progress>` : html`<progress max="1" .value=${value} aria-label=${title}></progress>`}
      <button @click=${() => host.cancel()}>${t('cancel')}</button>
    </div>`
}

/** @param {FcnHeatmap} host @param {Scene} scene */
function photoText({ t, language }, { photo }) {
  return t('pane.photo', { photo: photo.sample?.alt[language] ?? (photo.name === 'photo' ? t('photo.untitled') : photo.name) })
}

/** @param {FcnHeatmap} host @param {Scene} scene */
function labelStep(host, scene) {
  const { t, language } = host
  const { label, picture } = scene
  const side = label?.window ?? 224
  return html`
    <section class="step" part="label">
      <h3>${t('step.label')}</h3>
      ${label ? html`<p>${t('label.text', { side, classes: whole(label.classes.length, language) })}</p>` : nothing}
      <div class="one">
        <fcn-heatmap-board class="squeezed" .picture=${picture} .label=${t('label.picture', { side, photo: photoText(host, scene) })}></fcn-heatmap-board>
        ${label ? bars(host, label, label.scores, t('label.best')) : nothing}
      </div>
    </section>`
}

/**
 * A window's best classes: probabilities as bars, and their scores where those are asked for.
 * @param {FcnHeatmap} host
 * @param {Heatmap} map
 * @param {ArrayLike<number>} scores
 * @param {string} label
 * @param {number | null} [shown] the class on the map: it is always listed
 */
function bars(host, map, scores, label, shown = null) {
  const { t, language } = host
  const columns = (host.value === 'score' ? ['score', 'probability'] : ['probability']).map(value => t(`value.${value}`))
  return html`<div class=${classMap({ bars: true, scored: columns.length > 1 })}>
    <p class="columns" aria-hidden="true"><span></span>${columns.map(name => html`<span>${name}</span>`)}</p>
    <ol aria-label=${t('bars', { label, columns: columns.join(', ') })}>${best(scores, 5, shown).map(({ id, score, probability }) => html`<li aria-current=${id === shown ? 'true' : nothing}>
      <span class="name">${host.nameOf(id, map)}${id === shown ? html` <span class="mark">${t('bars.shown')}</span>` : nothing}</span>
      ${columns.length > 1 ? html`<span class="num">${score.toFixed(2)}</span>` : nothing}<span class="num">${percent(probability, language)}</span>
      <span class="bar"><i ${styled({ width: `${100 * probability}%` })}></i></span></li>`)}</ol></div>`
}

/** @param {FcnHeatmap} host @param {Heatmap} label @param {Heatmap} map */
function surgeryStep({ t, language }, label, map) {
  const rows = surgery(label.shapes, map.shapes)
  const sizes = (/** @type {readonly number[]} */ shape) => shape.map(size => whole(size, language)).join('\u00a0×\u00a0')
  const { width, height } = map.work
  const side = label.window
  const difference = label.linear ? largestDifference(label.scores, label.linear) : null
  return html`
    <section class="step" part="surgery">
      <h3>${t('step.surgery')}</h3>
      <p>${t('surgery.text')}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t('surgery.table')}><table class="shapes">
        <thead><tr><th scope="col">${t('surgery.layer')}</th><th scope="col">${t('surgery.matrix')}</th><th scope="col">${t('surgery.kernel')}</th>
          <th scope="col">${t('surgery.label', { side })}</th><th scope="col">${t('surgery.photo', { width, height })}</th></tr></thead>
        <tbody>${rows.map(row => html`<tr><th scope="row"><code>${row.stage}</code></th><td>${sizes(row.matrix)}</td><td>${sizes(row.kernel)}</td>
          <td>${sizes(row.label)}</td><td>${sizes(row.photo)}</td></tr>`)}</tbody>
      </table></div>
      <p class="hint">${t('surgery.order')}</p>
      ${difference === null ? nothing : html`<p class="same">${difference === 0 ? t('surgery.exact', { side })
        : t(difference > TOLERANCE * largestOf(label.scores) ? 'surgery.wrong' : 'surgery.same', { side, difference: power(difference), largest: largestOf(label.scores).toPrecision(3) })}</p>`}
    </section>`
}

/** @param {number} value above 0 @returns {string} '1.4 × 10⁻⁶' */
function power(value) {
  const [mantissa, exponent] = value.toExponential(1).split('e')
  return `${mantissa}\u00a0×\u00a010${exponent.replace('+', '').replace('-', '⁻').replace(/\d/g, digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])}`
}

/** Sums of f32 in another order differ by less than this, relative to the largest score. */
const TOLERANCE = 1e-4

/** @param {FcnHeatmap} host @param {Scene} scene */
function mapStep(host, scene) {
  const { t } = host
  const { map } = scene
  if (!map) return html`<section class="step" part="map"><h3>${t('step.map')}</h3><p class="hint">${t('map.wait')}</p></section>`
  const { work, window: side, stride, width, height } = map
  const over = (/** @type {number} */ pixels, /** @type {number} */ cells) => pixels - side - stride * (cells - 1)
  const [right, bottom] = [over(work.width, width), over(work.height, height)]
  const isOne = width * height === 1
  const wished = sizeWished(host, map)
  const isSmaller = Math.max(work.width, work.height) < wished
  return html`
    <section class="step" part="map">
      <h3>${t('step.map')}</h3>
      <p class="told">${isOne ? t(right || bottom ? 'map.first' : 'map.one', { width: work.width, height: work.height })
        : t('map.text', { width: work.width, height: work.height, columns: width, rows: height, stride, side })}${right || bottom ? t('map.rest', { right, bottom }) : nothing}${isSmaller ? t('map.own', { photo: Math.max(map.photo.width, map.photo.height), wished }) : nothing}</p>
      ${controls(host, map)}
      <div class="large" ${styled({ '--ratio': String(work.width / work.height) })}>
        ${board(host, scene, map)}
        ${windowPanel(host, map)}
      </div>
      <p class="told">${isOne && !right && !bottom ? nothing : t('map.border')}</p>
      <p class="told">${t('map.coarse', { stride })} ${host.upsample ? html`<a href=${host.upsample}>${t('map.next')}</a>` : nothing}</p>
    </section>`
}

/** @param {FcnHeatmap} host @param {Scene} scene @param {Heatmap} map */
function board(host, scene, map) {
  const { t, language } = host
  const { colors, least, most } = host.colorsOf(map)
  const name = host.nameOf(host.classShown(map), map)
  const what = t(`value.${host.value}`)
  const counts = host.view === 'winner' ? tally(host.knownOf(map).winners) : []
  const facts = { photo: photoText(host, scene), columns: map.width, rows: map.height }
  const all = map.width * map.height
  const label = host.view === 'winner'
    ? t('board.winner', { ...facts, found: counts.slice(0, 6).map(([id, count]) => `${host.nameOf(id, map)} ${percent(count / all, language)}`).join(', ') })
    : t('board.heat', { ...facts, name, what, least: host.numberText(least), most: host.numberText(most) })
  return html`<div class="seen">
    <fcn-heatmap-board .picture=${scene.picture} .map=${map} .colors=${colors} .cell=${host.cellShown(map)} .opacity=${host.opacity}
      .label=${label} .help=${t('board.help')} @board-cell=${host.point}></fcn-heatmap-board>
    ${all > 1 ? html`<p class="hint">${t('board.hint')}</p>` : nothing}
    ${host.view === 'heat' ? html`<figure class="key" part="legend"><figcaption>${t('legend.heat', { what, name })}</figcaption>
        <span class="gradient" ${styled({ background: HEAT_GRADIENT })}></span>
        <span class="ends num"><span>${t('legend.least', { value: host.numberText(least) })}</span><span>${t('legend.most', { value: host.numberText(most) })}</span></span></figure>`
      : html`<ul class="key won" part="legend" aria-label=${t('legend.winner')}>${repeat(counts.slice(0, 12), ([id]) => id, ([id, count]) => html`<li>${swatch(map.classes[id], false)}
          <span>${host.nameOf(id, map)}</span> <span class="num">${t('legend.cells', { count, all })}</span></li>`)}</ul>`}
  </div>`
}

/** @param {Uint16Array} winners @returns {[number, number][]} class and its cells, most first */
function tally(winners) {
  /** @type {Map<number, number>} */
  const counts = new Map()
  for (const id of winners) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
}

/** @param {FcnHeatmap} host @param {Heatmap} map */
function windowPanel(host, map) {
  const { t } = host
  const cell = host.cellShown(map)
  const { left, top, side } = windowOf(map, cell)
  const title = t('window', { row: cell.row + 1, column: cell.column + 1, rows: map.height, columns: map.width })
  return html`
    <section class="at" part="window" aria-label=${title}>
      <h4>${title}</h4>
      <p class="hint num">${t('window.place', { left, right: left + side, top, bottom: top + side })}</p>
      ${bars(host, map, scoresOf(map, cell), t('window.best'), host.classOnMap(map))}
    </section>`
}
