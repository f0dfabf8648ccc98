/**
 * What `<fcn-upsample-photo>` shows: where photos come from, progress, failures, what is in the figure
 * and how it compares.
 */
import { html, live, nothing } from '../../../vendor/lit.js'
import { FcnError } from '../../../lib/errors.js'
import { percent } from '../../../lib/format.js'
import { translator } from '../../../lib/i18n.js'
import { bringSample, bringSource } from '../../common/photo/source.js'
import { TEXTS } from '../../segment/texts.js'
import { failureText, progressText, variantName } from '../../segment/words.js'
import { formatNumber } from '../drawing/colours.js'
import { SIZE, classesBySize, mapOf } from './maps.js'

/** @typedef {import('./panel.js').FcnUpsamplePhoto} FcnUpsamplePhoto */
/** @typedef {import('./panel.js').Own} Own */
/** @typedef {import('./panel.js').Showing} Showing */
/** @typedef {import('./maps.js').Layer} Layer */

const SAMPLES = new URL('../../../samples/samples.json', import.meta.url)

/** Largest difference from the engine's result, relative to the largest value: sums of f32 in another order. */
const TOLERANCE = 1e-5

/** @param {FcnUpsamplePhoto} panel */
export function template(panel) {
  const t = panel.t
  const { progress, own, showing, failure } = panel
  const lender = panel.figure?.lender
  // Failures are shown by the panel itself.
  const from = (/** @type {(signal: AbortSignal) => Promise<import('../../segment/scene.js').Photo>} */ take) => () => void panel.bring(take).catch(() => {})
  return html`
    <p>${t('intro', { size: SIZE })}</p>
    <div class="row">
      <label class="button"><input type="file" accept="image/*" class="sr" @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.currentTarget)
        const file = input.files?.[0]
        // The same file chosen again is to be a choice as well.
        input.value = ''
        if (file) from(() => bringSource(file))()
      }}>${t('choose')}</label>
      ${lender ? html`<button type="button" @click=${from(async () => {
        const lent = lender.photo()
        if (!lent) throw new FcnError('decode_failed', t('lentNone'), { own: true })
        return { ...await bringSource(lent.source), sample: lent.sample }
      })}>${t('lent')}</button>` : nothing}
      <button type="button" @click=${from(sampleOf)}>${t('sample')}</button>
    </div>
    ${progress ? progressRow(panel, progress) : nothing}
    ${failure ? html`<div class="problem" role="alert"><p>${failure.details?.['own'] ? failure.message : failureText(failure, translator(TEXTS, panel.language), panel.language)}</p>
      <div class="row"><button type="button" @click=${() => panel.retry()}>${t('again')}</button></div></div>` : nothing}
    ${own && showing ? shown(panel, own, showing) : nothing}
    <p class="sr" role="status" aria-live="polite">${panel.saying}</p>`
}

/**
 * The first of the site's samples.
 * @param {AbortSignal} signal
 * @returns {Promise<import('../../segment/scene.js').Photo>}
 */
async function sampleOf(signal) {
  /** @type {{samples: import('../../common/photo/intake.js').Sample[]}} */
  const { samples: [first] } = await fetch(SAMPLES, { signal }).then(response => {
    if (!response.ok) throw new FcnError('http_error', undefined, { status: response.status, url: SAMPLES.href })
    return response.json()
  }, () => { throw new FcnError(signal.aborted ? 'aborted' : 'network_error', undefined, { url: SAMPLES.href }) })
  return await bringSample(first, SAMPLES, signal)
}

/** @param {FcnUpsamplePhoto} panel @param {import('../../common/session.js').Progress} progress */
function progressRow(panel, progress) {
  const { title, detail, value } = progressText(progress, translator(TEXTS, panel.language), panel.language)
  return html`<div class="row busy"><label>${title} ${value === null ? html`<progress></progress>` : html`<progress max="1" .value=${live(value)}></progress>`}</label><span class="num">${detail}</span>
    <button type="button" @click=${() => panel.cancel()}>${panel.t('cancel')}</button></div>`
}

/** @param {FcnUpsamplePhoto} panel @param {Own} own @param {Showing} showing */
function shown(panel, own, { layer, from, to, comparison }) {
  const t = panel.t
  const order = classesBySize(own.trace, own.layers)
  const sizes = (/** @type {string} */ name) => { const { height, width } = mapOf(own.trace, name); return `${height}×${width}` }
  const option = (/** @type {number} */ id, /** @type {number} */ chosen, /** @type {string} */ text) => html`<option value=${id} .selected=${live(id === chosen)}>${text}</option>`
  const number = (/** @type {Event} */ event) => Number(/** @type {HTMLSelectElement} */ (event.currentTarget).value)
  return html`
    <div class="row">
      <label>${t('layer')} <select @change=${(/** @type {Event} */ event) => void panel.choose(own.layers[number(event)], to, to)}>
        ${own.layers.map((each, i) => option(i, own.layers.indexOf(layer), t('option', {
          name: each.name, input: each.input, from: sizes(each.input), factor: mapOf(own.trace, each.name).height / mapOf(own.trace, each.input).height,
          head: each.heads.map(variantName).join(', '),
        })))}</select></label>
      <label>${t('class')} <select @change=${(/** @type {Event} */ event) => void panel.choose(layer, number(event), number(event))}>
        ${order.map(({ id, share }) => option(id, to, t('share', { name: panel.nameOf(id), share: percent(share, panel.language) })))}</select></label>
      <label>${t('from')} <select @change=${(/** @type {Event} */ event) => void panel.choose(layer, number(event), to)}>
        ${order.map(({ id }) => option(id, from, panel.nameOf(id)))}</select></label>
      <label><input type="checkbox" .checked=${live(panel.seesPhoto)} @change=${(/** @type {Event} */ event) => {
        panel.seesPhoto = /** @type {HTMLInputElement} */ (event.currentTarget).checked
        panel.showThrough()
      }}>${t('through')}</label>
    </div>
    ${panel.isEdited ? html`<div class="row"><span>${t('edited')}</span> <button type="button" @click=${() => void panel.choose(layer, from, to)}>${t('back')}</button></div>`
      : html`<p>${sourceText(panel, own, layer, from, to)} ${t('scrub', { class: panel.nameOf(to) })}</p>
        ${comparison ? compared(panel, layer, from, to, comparison) : nothing}
        ${own.sample ? html`<p class="credit">${t('credit', { credit: own.sample.credit, source: own.sample.source, licence: own.sample.licence })}</p>` : nothing}`}`
}

/** @param {FcnUpsamplePhoto} panel @param {Own} own @param {Layer} layer @param {number} from @param {number} to */
function sourceText(panel, own, layer, from, to) {
  const { height, width } = mapOf(own.trace, layer.input)
  const kernels = own.kernels.get(layer.name)
  return panel.t('source', {
    input: layer.input, class: panel.nameOf(to), rows: height, columns: width, width: own.trace.work.width, height: own.trace.work.height, ...padded(own.trace.work),
    layer: layer.name, model: own.model, from: panel.nameOf(from), kernel: kernels?.kernel.join('×') ?? '', stride: kernels?.stride[0] ?? '', padding: kernels?.padding[0] ?? '',
  })
}

/**
 * What the engine's own layer says of the figure's sums.
 * @param {FcnUpsamplePhoto} panel
 * @param {Pick<import('./maps.js').Comparison, 'backend' | 'burn' | 'largest'>} comparison
 * @param {Record<string, string>} names
 */
export function burnText(panel, { backend, burn, largest }, names) {
  const adapter = panel.own?.engine.adapter
  const software = adapter?.software ? `, ${translator(TEXTS, panel.language)('badge.software')}` : ''
  return panel.t(doesAgree({ burn, largest }) ? 'burn' : 'burnWrong', {
    ...names, difference: near(burn), largest: near(largest), backend: backend === 'webgpu' ? `WebGPU, ${adapter?.name ?? ''}${software}` : 'CPU',
  })
}

/** @param {FcnUpsamplePhoto} panel @param {Layer} layer @param {number} from @param {number} to @param {import('./maps.js').Comparison} comparison */
function compared(panel, layer, from, to, { backend, burn, largest, net, netLargest, mixed }) {
  const t = panel.t
  const agrees = doesAgree({ burn, largest })
  const names = { class: panel.nameOf(to), from: panel.nameOf(from), layer: layer.name, largest: near(largest) }
  const inNet = from !== to ? t('cross', { ...names, net: near(netLargest) })
    : mixed ? t('part', { ...names, difference: near(net), largest: near(netLargest) }) : t('whole', { ...names, difference: near(net) })
  return html`
    <p class=${agrees ? 'good' : 'problem'}>${burnText(panel, { backend, burn, largest }, names)}</p>
    <p>${inNet}${layer.skip ? ` ${t('then', { skip: layer.skip })}` : nothing}</p>`
}

/** The net halves five times, so its input is padded to multiples of 32. @param {{width: number, height: number}} size pixels */
function padded({ width, height }) {
  return { paddedWidth: 32 * Math.ceil(width / 32), paddedHeight: 32 * Math.ceil(height / 32) }
}

/** @param {{burn: number, largest: number}} comparison */
function doesAgree({ burn, largest }) {
  return burn <= TOLERANCE * Math.max(largest, 1)
}

/** @param {number} value @returns {string} two digits of it: `7.1`, `9·10⁻⁷` */
function near(value) {
  const rounded = Number(value.toPrecision(2))
  if (rounded === 0 || Math.abs(rounded) >= 1e-3) return formatNumber(rounded, 4)
  const [digits, power] = rounded.toExponential().split('e-')
  return `${digits.replace('-', '\u2212')}·10⁻${Array.from(power, digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`
}
