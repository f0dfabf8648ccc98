/**
 * What `<fcn-upsample-photo>` shows: where photos come from, progress, failures, what is in the figure
 * and how it compares.
 */
import { html, live, nothing } from '../../../vendor/lit.js'
import { percent } from '../../../lib/format.js'
import { licenceText } from '../../common/photo/gallery.js'
import { variantName } from '../../common/stage/classes.js'
import { failed } from '../../common/ui/failure.js'
import { progressCard } from '../../common/ui/progress.js'
import { burnText, doesAgree, near } from './agreement.js'
import { SIZE, classesBySize, mapOf } from './maps.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Own} Own */
/** @typedef {import('./controller.js').Showing} Showing */
/** @typedef {import('./maps.js').Layer} Layer */

/** @param {State} state @param {Actions} actions */
export function template(state, actions) {
  const { t, own, showing, canLend, saying } = state
  return html`
    <p>${t('intro', { size: SIZE })}</p>
    <div class="row">
      <label class="button"><input type="file" accept="image/*" class="sr" @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.currentTarget)
        const file = input.files?.[0]
        // The same file chosen again is to be a choice as well.
        input.value = ''
        if (file) actions.take(file)
      }}>${t('choose')}</label>
      ${canLend ? html`<button type="button" @click=${actions.lend}>${t('lent')}</button>` : nothing}
      <button type="button" @click=${actions.useSample}>${t('sample')}</button>
    </div>
    ${progressCard({ ...state, cancel: actions.cancel })}
    ${failed(state, actions)}
    ${own && showing ? shown(state, actions, own, showing) : nothing}
    <p class="sr" role="status" aria-live="polite">${saying}</p>`
}

/** @param {State} state @param {Actions} actions @param {Own} own @param {Showing} showing */
function shown(state, actions, own, { layer, from, to, comparison }) {
  const { t, language, nameOf, seesPhoto, isEdited } = state
  const order = classesBySize(own.trace, own.layers)
  /** @param {number} id @param {number} chosen @param {string} text */
  const option = (id, chosen, text) => html`<option value=${id} .selected=${live(id === chosen)}>${text}</option>`
  const number = (/** @type {Event} */ event) => Number(/** @type {HTMLSelectElement} */ (event.currentTarget).value)
  return html`
    <div class="row">
      <label>${t('layer')} <select @change=${(/** @type {Event} */ event) => {
        actions.choose(own.layers[number(event)], to, to)
      }}>
        ${own.layers.map((each, i) =>
          option(i, own.layers.indexOf(layer), layerText(state, own, each)))}</select></label>
      <label>${t('class')} <select @change=${(/** @type {Event} */ event) => {
        actions.choose(layer, number(event), number(event))
      }}>
        ${order.map(({ id, share }) =>
          option(id, to, t('share', { name: nameOf(id), share: percent(share, language) })))}</select></label>
      <label>${t('from')} <select @change=${(/** @type {Event} */ event) => actions.choose(layer, number(event), to)}>
        ${order.map(({ id }) => option(id, from, nameOf(id)))}</select></label>
      <label><input type="checkbox" .checked=${live(seesPhoto)} @change=${(/** @type {Event} */ event) => {
        actions.see(/** @type {HTMLInputElement} */ (event.currentTarget).checked)
      }}>${t('through')}</label>
    </div>
    ${isEdited ? html`<div class="row"><span>${t('edited')}</span>
        <button type="button" @click=${() => actions.choose(layer, from, to)}>${t('back')}</button></div>`
      : html`<p>${sourceText(state, own, layer, from, to)} ${t('scrub', { class: nameOf(to) })}</p>
        ${comparison ? compared(state, layer, from, to, comparison) : nothing}
        ${own.sample ? html`<p class="credit">${creditText(own.sample, t)}</p>` : nothing}`}`
}

/** @param {import('../../common/photo/intake.js').Sample} sample @param {import('../../../lib/i18n.js').Translate} t */
function creditText(sample, t) {
  const { credit, source } = sample
  return t('credit', { credit, source, licence: licenceText(sample, t) })
}

/** @param {State} state @param {Own} own @param {Layer} layer */
function layerText({ t }, { trace }, { name, input, heads }) {
  const [small, large] = [mapOf(trace, input), mapOf(trace, name)]
  return t('option', {
    name, input, from: `${small.height}×${small.width}`, factor: large.height / small.height,
    head: heads.map(variantName).join(', '),
  })
}

/** @param {State} state @param {Own} own @param {Layer} layer @param {number} from @param {number} to */
function sourceText({ t, language, nameOf }, own, layer, from, to) {
  const { manifest } = own.net
  const { work } = own.trace
  const { height, width } = mapOf(own.trace, layer.input)
  const kernels = own.kernels.get(layer.name)
  return t('source', {
    input: layer.input, rows: height, columns: width, width: work.width, height: work.height, ...padded(work),
    layer: layer.name, model: manifest.title?.[language] ?? manifest.name, from: nameOf(from), class: nameOf(to),
    kernel: kernels?.kernel.join('×') ?? '', stride: kernels?.stride[0] ?? '', padding: kernels?.padding[0] ?? '',
  })
}

/**
 * @param {State} state
 * @param {Layer} layer
 * @param {number} from
 * @param {number} to
 * @param {import('./maps.js').Comparison} comparison
 */
function compared(state, layer, from, to, { backend, burn, largest, net, netLargest, mixed }) {
  const { t, nameOf } = state
  const agrees = doesAgree({ burn, largest })
  const names = { class: nameOf(to), from: nameOf(from), layer: layer.name, largest: near(largest) }
  const inNet = from !== to ? t('cross', { ...names, net: near(netLargest) })
    : mixed ? t('part', { ...names, difference: near(net), largest: near(netLargest) })
      : t('whole', { ...names, difference: near(net) })
  return html`
    <p class=${agrees ? 'good' : 'problem'}>${burnText(state, { backend, burn, largest }, names)}</p>
    <p>${inNet}${layer.skip ? ` ${t('then', { skip: layer.skip })}` : nothing}</p>`
}

/**
 * The net halves five times, so its input is padded to multiples of 32.
 * @param {{width: number, height: number}} size pixels
 */
function padded({ width, height }) {
  return { paddedWidth: 32 * Math.ceil(width / 32), paddedHeight: 32 * Math.ceil(height / 32) }
}
