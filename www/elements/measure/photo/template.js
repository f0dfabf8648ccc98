/** What "one photo" looks like: the photo and the truth, the heads side by side, where the chosen one errs, its numbers. */
import { html, nothing } from '../../../vendor/lit.js'
import { tableOf } from '../../../lib/colors.js'
import { errorsOf } from '../../../lib/error-map.js'
import { percent, whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { VOID } from '../../../lib/metrics.js'
import { maskColors } from '../../../lib/planes.js'
import { intake } from '../../common/photo/gallery.js'
import '../../common/stage/board.js'
import { variantName } from '../../common/stage/classes.js'
import { badge } from '../../common/ui/badge.js'
import { failed } from '../../common/ui/failure.js'
import { progressCard } from '../../common/ui/progress.js'
import { askColours } from '../masks/ask-colours.js'
import { twoQuestion } from '../masks/two-question.js'
import { voidField } from '../masks/void-field.js'
import { isAnswered } from './truth.js'
import { OVER_PHOTO, errorCaption, shownOf } from '../error-map.js'
import { results, share } from '../results.js'
import { idsField, mapTable } from './class-fields.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../results.js').Page} Page */

/** A painted truth of less of the photo says little of what a net paints too much. */
const LITTLE = 0.5

/** The share of the pixels that count. @param {import('../../../lib/metrics.js').Metrics} metrics */
function metricsShare({ confusion, void: left }) {
  const counted = confusion.reduce((sum, count) => sum + count, 0)
  return counted + left > 0 ? counted / (counted + left) : 0
}

/** @param {import('./controller.js').OnePhoto} panel @param {Page} page */
export function onePhoto(panel, page) {
  const { state, actions } = panel
  const { t, language } = page
  const { scene, net } = state
  const title = net?.manifest.title?.[language] ?? net?.manifest.name ?? '…'
  return html`<p class="told">${t('photo.lead')}</p>
    <div class="top">${intake(state, actions, panel.intake)}
      <section class="panel" aria-label=${t('photo.truth')}>
        <p>${t('model')}: <b>${title}</b></p>
        ${scene ? truth(state, actions, page) : nothing}
        ${badge(state, { ms: scene ? scene.results.at(-1)?.timings.run ?? null : null,
          ...scene ? { threads: scene.results[0].threads } : {} })}
      </section></div>
    ${failed(state, actions, { hasFormer: Boolean(scene?.scored) })} ${progressCard({ ...state,
      cancel: actions.cancel })}
    ${questions(state, actions, page)} ${painting(state, actions, page)}
    ${scene?.scored ? outcome(state, actions, page) : plain(state, page)}
    <fcn-segment-camera lang=${language} @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) =>
      actions.take(event.detail)}
      @camera-error=${(/** @type {CustomEvent<string>} */ event) => actions.fail(event.detail)}></fcn-segment-camera>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function truth({ scene, painting }, actions, { t, language }) {
  const given = scene?.truth
  const facts = given && [given.name || t('paint.name'), given.credit && `(${given.credit})`].filter(Boolean).join(' ')
  return html`<div class="field"><span>${t('photo.truth')}</span>
    <div class="row"><label class="button file">${t('photo.choose')}<input type="file"
      accept="image/png,.png,application/json,.json" aria-label=${t('photo.truth')}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target)
        const [file] = input.files ?? []
        if (file) actions.takeTruth(file)
        input.value = ''
      }}></label>
      ${painting ? nothing : html`<button @click=${actions.paint}>${t(given ? 'paint.on' : 'paint.start')}</button>`}
      ${given && !given.isShipped ? html`<button @click=${actions.dropTruth}>${t('photo.drop')}</button>`
        : nothing}</div>
    <span class="hint" role="status">${facts || t('photo.none')}</span></div>
    ${scene?.truth ? notes(scene.truth, { t, language }) : nothing}
    ${scene?.scored ? html`${scene.scored.joined.length ? html`<p class="hint">${t('photo.joined', {
        list: scene.scored.joined.map(({ name, as }) => `${name} → ${className(as, language)}`).join(', ') })}</p>`
          : nothing}
      ${scene.scored.leftOut.length ? html`<p
        class="hint">${t('photo.left_out', { list: scene.scored.leftOut.join(', ') })}</p>` : nothing}
      ${scene.scored.missing.length ? html`<p
        class="hint">${t('photo.missing', { list: scene.scored.missing.join(', '),
          count: whole(scene.scored.left, language) })}</p>` : nothing}
      ${classes(scene, actions, { t, language })}` : nothing}`
}

/** The latest class's error map of each score: drawing again computes nothing. @type {WeakMap<object, {id: number, where: Uint8Array<ArrayBuffer>}>} */
const known = new WeakMap()

/** @param {object} score @param {number} id @param {() => Uint8Array<ArrayBuffer>} compute */
function errorsIn(score, id, compute) {
  const kept = known.get(score)
  if (kept?.id === id) return kept.where
  const where = compute()
  known.set(score, { id, where })
  return where
}

/** What was done to the file to read it. @param {import('./truth.js').Truth} truth @param {Page} page */
function notes({ notes: { changed, left, ignored, shared } }, { t, language }) {
  return html`${changed ? html`<p class="hint num">${t('colours.changed', { count: whole(changed, language) })}</p>`
    : nothing}
    ${left ? html`<p class="hint num">${t('colours.left', { count: whole(left, language) })}</p>` : nothing}
    ${ignored ? html`<p class="hint num">${t('photo.ignored', { count: whole(ignored, language) })}</p>` : nothing}
    ${shared ? html`<p class="hint">${t('photo.shared', { list: shared })}</p>` : nothing}`
}

/** What each class of the truth is counted as, which can be chosen. @param {import('./controller.js').Scene} scene @param {Actions} actions @param {Page} page */
function classes({ truth, scored, results: [{ classes }] }, actions, page) {
  const { t } = page
  // What was painted here has the model's own classes.
  if (!scored || !truth?.name) return nothing
  return html`<details class="more" ?open=${scored.classes.length > 0
    && scored.classes.every(({ id, isByHand }) => id === null || isByHand)}><summary>${t('photo.map')}</summary>
    ${read(truth, actions, page)}
    ${mapTable(scored.classes.map(one => ({ ...one, key: one.value })), classes, actions.mapClass, page)}</details>`
}

/** How values are read of which the file doesn't say what they mean. @param {import('./truth.js').Truth} truth @param {Actions} actions @param {Page} page */
function read({ plain, two }, actions, page) {
  if (!plain) return nothing
  const isClass = two === 'class'
  return html`${idsField(plain.ids, actions.setIds, page)}
    ${voidField(isClass || plain.unlabelled === null ? 'none' : String(plain.unlabelled),
      actions.setVoid, isClass, page)}`
}

/** What must be said before anything is counted. @param {State} state @param {Actions} actions @param {Page} page */
function questions({ scene, ask }, actions, page) {
  const { t } = page
  const { unclear, truth } = scene ?? {}
  return html`${ask ? askColours(ask, actions.setColours, page) : nothing}
    ${twoQuestion({ asksTwo: unclear?.kind === 'two', two: truth && isAnswered(truth) && truth.two || null },
      '255', actions.setTwo, t('masks.two'), page)}
    ${unclear?.kind === 'ids' ? html`<div class="notice" role="status" part="question"><div>
      <p>${t('photo.stray', { value: unclear.value, classes: unclear.classes })}</p>
      ${truth ? read(truth, actions, page) : nothing}</div></div>` : nothing}`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function painting({ scene, painting }, actions, page) {
  if (!scene || !painting) return nothing
  return painting.draw(painting.painter, {
    photo: scene.picture, heads: scene.results.map(({ variant }) => ({ variant, name: variantName(variant) })),
    startFrom: actions.paintFrom, save: actions.savePainted, stop: actions.stopPainting,
  }, page)
}

/** Of a photo without a truth the finest head's mask. @param {State} state @param {Page} page */
function plain({ scene, painting }, { t }) {
  const result = scene?.results.at(-1)
  if (!scene || !result || painting) return nothing
  const { width, height, labels, classes, variant } = result
  const plane = { width, height, colors: maskColors(labels, tableOf(classes)),
    box: { left: 0, top: 0, width: 1, height: 1 } }
  return html`<fcn-photo-board .picture=${scene.picture} .work=${{ width, height }} .plane=${plane}
    .label=${t('photo.mask', { head: variantName(variant) })}></fcn-photo-board>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function outcome({ scene, score, errors }, actions, page) {
  const { t, language } = page
  if (!scene?.scored || !score) return nothing
  const { scores, tolerance, target } = scene.scored
  const [{ width, height, classes }] = scene.results
  const id = shownOf(score.metrics, classes.find(({ name }) => name === errors)?.id ?? null)
  const labels = scene.results.find(({ variant }) => variant === score.variant)?.labels ?? target
  const where = id === null ? score.where
    : errorsIn(score, id, () => errorsOf({ truth: target, prediction: labels, unlabelled: VOID }, id))
  const head = variantName(score.variant)
  const label = id === null ? t('photo.where', { head })
    : t('errors.over', { head, name: className(classes[id], language) })
  const plane = { width, height, colors: maskColors(where, OVER_PHOTO), box: { left: 0, top: 0, width: 1, height: 1 } }
  const edges = html`<tr><th scope="row">${t('metric.boundary')}</th><td
    class="num value">${share(score.boundary, language)}</td>
    <td class="sum">${score.boundary === null ? t('boundary.none') : t('boundary.how', { tolerance })}</td></tr>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('photo.heads')}><table
    class="classes heads">
      <caption>${t('photo.heads')}</caption><thead><tr><th scope="col">${t('photo.head')}</th>
        ${['pixelAccuracy', 'meanAccuracy', 'meanIoU', 'frequencyWeightedIoU', 'boundary'].map(key => html`<th
          scope="col">${t(`metric.${key}`)}</th>`)}</tr></thead>
      <tbody>${scores.map(({ variant, metrics, boundary }) => html`<tr>
        <th scope="row"><button class="quiet" aria-pressed=${variant === score.variant}
          @click=${() => actions.choose(variant)}>${variantName(variant)}</button></th>
        ${[metrics.pixelAccuracy, metrics.meanAccuracy, metrics.meanIoU, metrics.frequencyWeightedIoU,
          boundary].map(value => html`<td>${share(value, language)}</td>`)}</tr>`)}</tbody></table></div>
    ${scene.truth && !scene.truth.name && metricsShare(score.metrics) < LITTLE ? html`<p
      class="hint">${t('photo.little', {
      share: percent(metricsShare(score.metrics), language) })}</p>` : nothing}
    <div class="outcome"><figure><fcn-photo-board .picture=${scene.picture} .work=${{ width, height }}
      .plane=${plane} .opacity=${0.75}
        .label=${label}></fcn-photo-board>
        ${errorCaption({ metrics: score.metrics, classes, id, isOverPhoto: true }, actions.chooseErrors, page)}</figure>
      ${results(score.metrics, classes, page, edges)}</div>`
}
