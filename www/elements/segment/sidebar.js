/**
 * The column beside the stage: photos in, the net's settings, the legend.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { megabytes, percent } from '../../lib/format.js'
import { className } from '../../lib/i18n.js'
import { SLIM, isSlow } from '../common/model/list.js'
import { styled } from '../common/ui/styled.js'
import { swatch } from '../common/stage/swatch.js'
import { PAGE_MODEL, choiceOf } from '../common/model/own.js'
import { variantName } from './words.js'

/** @typedef {import('../fcn-segment.js').FcnSegment} FcnSegment */
/** @typedef {import('../common/photo/intake.js').Intake} Intake */

/** Working sizes offered, long side in pixels. */
const SIZES = [512, 768, 1024]

/**
 * What the panel for photos shows.
 * @typedef {import('../common/photo/intake.js').Host & {t: import('../../lib/i18n.js').Translate, language: import('../../lib/i18n.js').Language,
 *   scene: {photo: import('./scene.js').Photo} | null, pending: {photo: import('./scene.js').Photo} | null, openCamera: () => void}} IntakeHost
 */

/**
 * @param {IntakeHost} host
 * @param {Intake} source
 */
export function intake(host, source) {
  const { t } = host
  return html`
    <section class="panel intake" part="intake" aria-label=${t('intake')}>
      <p class="hint">${t('intake.hint')}</p>
      <div class="row">
        <label class="button main file">${t('choose')}<input type="file" accept="image/*" aria-label=${t('choose')} @change=${source.chosen}></label>
        <button @click=${() => host.openCamera()}>${t('camera')}</button>
        <button @click=${source.pasteButton}>${t('paste')}</button>
      </div>
      ${gallery(host)}
    </section>`
}

/** @param {IntakeHost} host */
function gallery(host) {
  const { t, language } = host
  if (!host.gallery.length) return nothing
  const shown = (host.pending ?? host.scene)?.photo.sample ?? null
  const base = new URL(host.samples, host.baseURI)
  return html`
    <ul class="gallery" aria-label=${t('samples')}>
      ${repeat(host.gallery, ({ id }) => id, sample => html`<li>
        <button aria-pressed=${sample.id === shown?.id} title=${sample.title[language]} @click=${() => host.showSample(sample)}>
          <img src=${new URL(sample.thumb, base).href} alt=${sample.title[language]} width="72" height="72" loading="lazy" decoding="async">
        </button></li>`)}
    </ul>
    <p class="credit">${shown ? html`${t('sample.credit', { credit: shown.credit, source: shown.source })}${shown.licenceUrl
      ? html`<a href=${shown.licenceUrl} rel="license noreferrer">${shown.licence}</a>` : shown.licence}` : nothing}</p>`
}

/** @param {FcnSegment} host */
export function settings(host) {
  const { t, language } = host
  const { manifest } = host.engine?.model ?? {}
  const own = manifest?.input.long_side ?? 512
  const most = manifest?.input.max_long_side ?? 1024
  const sizes = SIZES.filter(size => size !== own && size <= most)
  const chosen = String(host.size) === String(own) ? 'model' : String(host.size)
  return html`
    <section class="panel net" part="settings" aria-label=${t('net')}>
      <div class="pairs">
        ${modelField(host)}
        <label class="field" title=${t('size.hint')}><span>${t('size')}</span>
          <select @change=${(/** @type {Event} */ event) => { host.size = /** @type {HTMLSelectElement} */ (event.target).value }}>
            <option value="model" ?selected=${chosen === 'model'}>${t('size.model', { pixels: own })}</option>
            ${sizes.map(size => html`<option value=${size} ?selected=${chosen === String(size)}>${t('size.pixels', { pixels: size })}</option>`)}
          </select></label>
      </div>
      <p class="hint">${modelHint(host)}</p>
      ${keptInUse(host)}
      ${ownWeights(host)}
    </section>`
}

/** @param {FcnSegment} host */
function modelField(host) {
  const { t, language, offers } = host
  const manifest = host.engine?.model?.manifest
  const title = manifest ? manifest.title?.[language] ?? manifest.name : '…'
  const { kept } = host.own
  if (!offers.length && !kept.length) return html`<div class="field"><span>${t('model')}</span><span class="value">${title}</span></div>`
  const isPageModel = host.modelChoice === PAGE_MODEL
  return html`<label class="field"><span>${t('model')}</span>
    <select class="model" @change=${(/** @type {Event} */ event) => host.chooseModel(/** @type {HTMLSelectElement} */ (event.target).value)}>
      ${host.modelChoice === '' ? html`<option value="" disabled>${title}</option>` : nothing}
      ${offers.length ? offers.map(offer => html`<option value=${offer.url}>${offer.title[language] ?? offer.title.en}</option>`)
        : html`<option value=${PAGE_MODEL}>${isPageModel ? title : t('model.page')}</option>`}
      ${kept.length ? html`<optgroup label=${t('own.kept')}>${kept.map(({ name }) => html`<option value=${choiceOf(name)}>${name}</option>`)}</optgroup>` : nothing}
    </select></label>`
}

/** Kept weights in use can be removed where they were chosen. @param {FcnSegment} host */
function keptInUse({ own, t }) {
  const name = own.inUse?.keptAs
  return name ? html`<p><button class="quiet" @click=${() => own.remove(name)}>${t('own.remove.chosen', { name })}</button></p>` : nothing
}

/** What the model at hand is for, and why it is this one. @param {FcnSegment} host */
function modelHint(host) {
  const { engine, language, model, modelUrl, offers, t } = host
  const hint = offers.find(({ url }) => url === modelUrl)?.hint[language]
  const isOurChoice = engine && !model && modelUrl === SLIM && isSlow(engine)
  return isOurChoice ? t('model.slim') : hint ?? ''
}

/** A person's own weights: opened, kept, removed. @param {FcnSegment} host */
function ownWeights(host) {
  const { t, language, own } = host
  const { keepable } = own
  return html`
    <details class="own" part="own-weights" .open=${own.isOpen} @toggle=${(/** @type {Event} */ event) => {
      own.isOpen = /** @type {HTMLDetailsElement} */ (event.currentTarget).open
      host.requestUpdate()
    }}>
      <summary>${t('own')}</summary>
      ${own.isOpen ? html`<p class="hint">${t('own.hint')}</p>
      <div class="row">
        <label class="button file">${t('own.choose')}<input type="file" multiple accept=".safetensors,.pth,.pt,.json,.txt" aria-label=${t('own.choose')}
          @change=${(/** @type {Event} */ event) => {
            const input = /** @type {HTMLInputElement} */ (event.target)
            const files = [...input.files ?? []]
            if (files.length) void own.open(files)
            input.value = ''
          }}></label>
        ${keepable ? html`<button @click=${() => own.keep()}>${t('own.keep', { size: megabytes(keepable.reduce((sum, { size }) => sum + size, 0), language) })}</button>` : nothing}
      </div>
      ${own.kept.length ? html`<ul class="kept" aria-label=${t('own.kept')}>${own.kept.map(({ name, bytes }) => html`<li>
        <button @click=${() => own.openKept(name)}>${name}, ${megabytes(bytes, language)}</button>
        <button class="quiet" @click=${() => own.remove(name)} aria-label=${t('own.remove', { name })}>${t('own.remove.short')}</button></li>`)}</ul>` : nothing}` : nothing}
    </details>`
}

/** How much of the picture is hatched as unsure, once that is known. @param {FcnSegment} host @param {import('../../engine/engine.js').Result} result */
function unsureText(host, result) {
  const known = host.isComparing ? null : host.unsureOf(result)
  return known ? host.t('unsure.share', { share: percent(known.share, host.language) }) : host.t('unsure')
}

/** @param {FcnSegment} host */
export function legend(host) {
  const { t, language, current, scene } = host
  if (!current || !scene) {
    return html`<section class="panel" part="legend"><h3>${t('legend')}</h3><p class="hint">${t('legend.empty')}</p></section>`
  }
  const masks = host.isComparing ? [...scene.masks.values()] : [current]
  const { classes } = current.result
  /** @type {Map<number, (number | undefined)[]>} */
  const shares = new Map()
  masks.forEach(({ areas }, i) => {
    for (const { id, share } of areas) {
      const row = shares.get(id) ?? []
      row[i] = share
      shares.set(id, row)
    }
  })
  const largest = (/** @type {(number | undefined)[]} */ row) => Math.max(...Array.from(row, share => share ?? 0))
  const rows = [...shares].sort(([, a], [, b]) => largest(b) - largest(a))
  /** @param {number} id @param {boolean} isShown */
  const toggle = (id, isShown) => {
    const off = new Set(host.off)
    if (isShown) off.delete(id)
    else off.add(id)
    host.off = off
  }
  return html`
    <section class="panel" part="legend" aria-label=${t('legend')}>
      <h3>${t('legend')}</h3>
      <div class="split-head">
        <label class="check" title=${t('patterns.hint')}><input type="checkbox" .checked=${host.patterns}
          @change=${(/** @type {Event} */ event) => { host.patterns = /** @type {HTMLInputElement} */ (event.target).checked }}>${t('patterns')}</label>
        <label class="check" title=${t('unsure.hint')}><input type="checkbox" .checked=${host.unsure} ?disabled=${current.result.scores === null}
          @change=${(/** @type {Event} */ event) => { host.unsure = /** @type {HTMLInputElement} */ (event.target).checked }}>${unsureText(host, current.result)}</label>
        <span><button class="quiet" @click=${() => { host.off = new Set() }}>${t('legend.all')}</button><button class="quiet"
          @click=${() => { host.off = new Set(shares.keys()) }}>${t('legend.none')}</button></span></div>
      <table class="legend">
        <thead class=${host.isComparing ? '' : 'sr'}><tr><th scope="col">${t('legend.class')}</th>
          ${masks.map(({ result }) => html`<th scope="col" class="area">${host.isComparing ? variantName(result.variant).replace('FCN-', '') : t('legend.area')}</th>`)}</tr></thead>
        <tbody @pointerleave=${() => { host.lit = null }}>
          ${repeat(rows, ([id]) => id, ([id, row]) => {
            const cls = classes.find(one => one.id === id)
            if (!cls) return nothing
            const name = className(cls, language)
            const isOn = !host.off.has(id)
            return html`<tr class=${classMap({ off: !isOn, lit: host.lit === id })} @pointerenter=${(/** @type {PointerEvent} */ event) => {
                if (event.pointerType === 'mouse') host.lit = id
              }}>
              <td><label><input type="checkbox" aria-label=${t('legend.show', { name })} .checked=${isOn}
                  @change=${(/** @type {Event} */ event) => toggle(id, /** @type {HTMLInputElement} */ (event.target).checked)}>
                ${swatch(cls, host.patterns)}<span class="name">${name}</span></label>
                ${host.isComparing ? nothing : html`<span class="bar"><i ${styled({ width: `${(row[0] ?? 0) * 100}%`, background: cls.color })}></i></span>`}</td>
              ${masks.map((_, i) => html`<td class="area num">${percent(row[i] ?? 0, language)}</td>`)}
            </tr>`
          })}
        </tbody>
      </table>
    </section>`
}
