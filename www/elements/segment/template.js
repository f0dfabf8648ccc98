/**
 * What `<fcn-segment>` looks like: one function a region, each a plain reading of the element's state.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { WHOLE } from '../../lib/viewport.js'
import { intake, legend, settings } from './sidebar.js'
import { styled } from '../common/ui/styled.js'
import { failed } from '../common/ui/failure.js'
import { areasText, badgeParts, faintClasses, progressText, reasonText, variantName } from './words.js'
import { duration, percent } from '../../lib/format.js'
import { readout } from './readout.js'

/** @typedef {import('../fcn-segment.js').FcnSegment} FcnSegment */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('../common/photo/intake.js').Intake} Intake */
/** @typedef {import('../common/stage/pane.js').Layer} Layer */

/** One differs, all differ: an orange and a purple that colour-blind eyes tell apart by lightness. @type {[string, string]} */
const DIFFER = ['#e69f00', '#8b1a6b']

/**
 * @param {FcnSegment} host
 * @param {Intake} source
 */
export function template(host, source) {
  const { t } = host
  return html`
    <div class=${classMap({ root: true, dropping: host.isDropping })} part="root" lang=${host.language}>
      <div class="work" part="work" role="group" aria-label=${t('stage')}>
        ${failureNotice(host)} ${notice(host)}
        ${stage(host)}
        <div class="under">
          <div class="readout" part="readout" aria-live=${host.byKeys ? 'polite' : 'off'}>${readout(host)}</div>
          ${zoom(host)}
        </div>
        ${host.isNarrow ? intake(host, source) : nothing}
        ${controls(host)}
        <div class="foot">${badge(host)} ${saveMenu(host)}</div>
        <p class="sr" role="status">${host.saying}</p>
      </div>
      <div class="side" part="side">
        ${host.isNarrow ? nothing : intake(host, source)} ${settings(host)} ${legend(host)}
      </div>
      <fcn-segment-camera .t=${t} @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) => host.take(event.detail)}
        @camera-error=${(/** @type {CustomEvent<string>} */ event) => host.fail(event.detail)}></fcn-segment-camera>
    </div>`
}

/** @param {FcnSegment} host */
function stage(host) {
  const { t, pending, scene } = host
  const shown = pending ?? scene
  const picture = shown?.picture
  const comparing = host.isComparing && !pending
  const ratio = picture ? picture.width / picture.height : 1.5
  return html`
    <div class=${classMap({ stage: true, compare: comparing })} part="stage" ${styled({ '--ratio': String(Math.min(Math.max(ratio, 0.6), 2.4)) })}>
      ${picture && shown ? html`<div class="panes">${panes(host, shown, comparing)}</div>`
        : html`<slot name="poster"><p class="nothing">${t('stage.empty')}</p></slot>`}
      ${host.view === 'split' && picture && !comparing && shown.masks.size ? html`
        <input class="divider" type="range" min="0" max="1" step="0.005" .value=${String(host.split)} aria-label=${t('split')}
          aria-valuetext=${percent(host.split, host.language)}
          @input=${(/** @type {Event} */ event) => { host.split = Number(/** @type {HTMLInputElement} */ (event.target).value) }}>` : nothing}
      ${progressCard(host)}
      ${host.isDropping ? html`<div class="drop">${t('drop')}</div>` : nothing}
    </div>`
}

/**
 * @param {FcnSegment} host
 * @param {Scene} shown
 * @param {boolean} comparing
 */
function panes(host, shown, comparing) {
  const { t, language } = host
  const one = host.current
  /** @type {{key: string, layer: Layer | null, label: string, caption: unknown, unsure?: import('../../lib/unsure.js').Unsure | null}[]} */
  const list = []
  const photo = photoText(host, shown)
  if (comparing) {
    for (const [variant, { result, areas }] of shown.masks) {
      const found = areasText(areas, result.classes, language, 4)
      list.push({
        key: variant, layer: maskLayer(result), unsure: host.unsureOf(result), caption: html`<b>${variantName(variant)}</b>`,
        label: `${photo} ${t('pane.mask', { variant: variantName(variant), areas: found })}`,
      })
    }
    list.push(differPane(host, shown))
  } else {
    const mask = shown === host.scene ? one : null
    list.push({
      key: 'one', layer: mask && maskLayer(mask.result), unsure: mask && host.unsureOf(mask.result), caption: nothing,
      label: `${photo} ${mask ? t('pane.mask', { variant: variantName(mask.result.variant), areas: areasText(mask.areas, mask.result.classes, language) }) : t('pane.none')}`,
    })
  }
  return repeat(list, ({ key }) => key, ({ key, layer, label, caption, unsure = null }) => html`
    <figure>
      <fcn-segment-pane exportparts="pane" part="pane" .photo=${shown.picture} .layer=${layer} .label=${label} .help=${t('pane.help')}
        .mode=${key === 'differ' && host.view === 'mask' ? 'mask' : host.view} .opacity=${key === 'differ' ? Math.max(host.opacity, 0.75) : host.opacity}
        .split=${splitShare(host)} .off=${host.off} .lit=${host.lit} .patterns=${host.patterns} .unsure=${unsure} .view=${host.window} .cursor=${host.cursor}
        @keydown=${() => { host.byKeys = true }} @pointermove=${() => { host.byKeys = false }}
        @pane-cursor=${(/** @type {CustomEvent} */ event) => { host.cursor = event.detail }}
        @pane-view=${(/** @type {CustomEvent} */ event) => { host.window = event.detail }}></fcn-segment-pane>
      ${comparing ? html`<figcaption>${caption}</figcaption>` : nothing}
    </figure>`)
}

/** @type {WeakMap<object, Layer>} one layer a result, so that panes see when nothing changed */
const layers = new WeakMap()

/** @param {import('../../engine/engine.js').Result} result @returns {Layer} */
function maskLayer(result) {
  let layer = layers.get(result)
  if (!layer) layers.set(result, layer = { kind: 'mask', labels: result.labels, classes: result.classes, faint: faintClasses(result.classes) })
  return layer
}

/** @param {FcnSegment} host @param {Scene} shown */
function differPane(host, shown) {
  const { t, language } = host
  let layer = layers.get(shown)
  if (!layer) layers.set(shown, layer = { kind: 'differ', masks: [...shown.masks.values()].map(({ result }) => result.labels), colors: DIFFER })
  const [one = 0, two = 0, three = 0] = shown.differ ?? []
  const shares = { one: percent(one, language), two: percent(two, language), three: percent(three, language) }
  const caption = html`<b>${t('pane.differ')}</b>
    <span class="key"><i class="dot" ${styled({ background: DIFFER[0] })}></i>${t('differ.two', { share: shares.two })}</span>
    <span class="key"><i class="dot" ${styled({ background: DIFFER[1] })}></i>${t('differ.three', { share: shares.three })}</span>`
  return { key: 'differ', layer, caption, label: `${t('pane.differ')}. ${t('pane.differ.text', shares)}` }
}

/** The divider's thumb is 32 px wide and stays within the stage; the cut goes through its middle. @param {FcnSegment} host */
function splitShare(host) {
  const width = host.renderRoot instanceof ShadowRoot ? host.renderRoot.querySelector('.stage')?.clientWidth ?? 0 : 0
  return width > 64 && !host.isComparing ? (16 + host.split * (width - 32)) / width : host.split
}

/** @param {FcnSegment} host @param {Scene} shown */
function photoText({ t, language }, { photo }) {
  return t('pane.photo', { photo: photo.sample?.alt[language] ?? (photo.name === 'photo' ? t('photo.untitled') : photo.name) })
}

/** @param {FcnSegment} host */
function progressCard(host) {
  const { progress, t } = host
  if (!progress) return nothing
  const { title, detail, value } = progressText(progress, t, host.language)
  return html`
    <div class="progress" part="progress">
      <p><span>${title}</span><span class="num">${detail}</span></p>
      <progress max="1" .value=${value ?? 0} ?indeterminate=${value === null} aria-label=${title}></progress>
      <button @click=${() => host.cancel()}>${t('cancel')}</button>
    </div>`
}

/** @param {FcnSegment} host */
function failureNotice(host) {
  const { failure, scene, t } = host
  const files = host.own.asked
  return failure ? failed(host, failure, Boolean(scene?.masks.size), failure.code === 'is_classifier' && host.classifiers && files.length ? html`<button @click=${() => {
    host.failure = null
    host.classifiers?.(files)
  }}>${t('classifier.open')}</button>` : nothing) : nothing
}

/** @param {FcnSegment} host */
function notice(host) {
  const { t, engine } = host
  if (!host.notice) return nothing
  const { key, values } = host.notice
  const text = key === 'text' ? values?.text : t(key, { ...values, reason: engine?.adapter ? reasonText(engine.adapter, t) ?? '' : '' })
  return html`
    <div class=${classMap({ notice: true, info: key === 'text' })} part="notice">
      <div><p>${text}</p></div>
      <button class="quiet" @click=${() => { host.notice = null }} aria-label=${t('dismiss')}>✕</button>
    </div>`
}

/** @param {FcnSegment} host */
function controls(host) {
  const { t } = host
  const views = /** @type {const} */ (['overlay', 'split', 'mask'])
  return html`
    <div class="controls net" part="controls">
      <fieldset class="segments">
        <legend>${t('variant')}</legend>
        <div>
          ${host.variants.map(variant => html`<label><input type="radio" name="variant" value=${variant}
            .checked=${!(host.compare && host.canCompare) && host.variantShown === variant} @change=${() => host.choose(variant)}>${variantName(variant)}</label>`)}
          ${host.canCompare ? html`<label><input type="radio" name="variant" value="all" .checked=${host.compare}
            aria-label=${t('compare.all')} @change=${() => host.choose('all')}>${t('compare')}</label>` : nothing}
        </div>
      </fieldset>
      <fieldset class="segments">
        <legend>${t('view')}</legend>
        <div>${views.map(view => html`<label><input type="radio" name="view" value=${view} .checked=${host.view === view}
          @change=${() => { host.view = view }}>${t(`view.${view}`)}</label>`)}</div>
      </fieldset>
      <label class="field grow"><span>${t('opacity')}</span>
        <input type="range" min="0" max="1" step="0.05" .value=${String(host.opacity)} ?disabled=${host.view !== 'overlay'}
          aria-valuetext=${percent(host.opacity, host.language)}
          @input=${(/** @type {Event} */ event) => { host.opacity = Number(/** @type {HTMLInputElement} */ (event.target).value) }}></label>
    </div>`
}

/** @param {FcnSegment} host */
function zoom(host) {
  const { t } = host
  return html`
    <div class="zoom row" role="group" aria-label=${t('zoom')}>
      ${host.window.zoom > 1 ? html`<button class="quiet" @click=${() => { host.window = WHOLE }}>${t('zoom.whole')}</button>` : nothing}
      <button aria-label=${t('zoom.out')} ?disabled=${host.window.zoom <= 1} @click=${() => host.zoomBy(1 / 1.5)}>−</button>
      <output class="num">${percent(host.window.zoom, host.language)}</output>
      <button aria-label=${t('zoom.in')} ?disabled=${!host.scene} @click=${() => host.zoomBy(1.5)}>+</button>
    </div>`
}

/** @param {FcnSegment} host */
function badge(host) {
  const { t, language, engine, current } = host
  if (!engine?.adapter) return html`<p class="badge" part="badge">${host.progress ? t('badge.starting') : nothing}</p>`
  const timings = current?.result.timings ?? null
  const [first, ...rest] = badgeParts(engine, timings?.total ?? null, t, language, current?.result.threads)
  const why = reasonText(engine.adapter, t)
  return html`
    <p class="badge" part="badge">
      <strong>${first}</strong>${rest.map(part => html` · ${part}`)}
      ${why ? html`<br>${t('badge.why')}: ${why}` : nothing}
      ${timings ? html`<br>${t('badge.times', {
        decode: duration(timings.decode, language), preprocess: duration(timings.preprocess, language),
        run: duration(timings.run, language), mask: duration(timings.mask, language),
      })}` : nothing}
    </p>`
}

/** @param {FcnSegment} host */
function saveMenu(host) {
  const { t } = host
  if (!host.current) return nothing
  /** @type {[string, 'labels' | 'colors' | 'overlay' | 'areas', boolean][]} */
  const items = [
    ['save.overlay', 'overlay', false], ['save.labels', 'labels', false], ['save.colors', 'colors', false],
    ['save.areas', 'areas', false], ['copy.overlay', 'overlay', true], ['copy.areas', 'areas', true],
  ]
  /** @param {Event} event */
  const shut = event => /** @type {Element} */ (event.currentTarget).closest('details')?.removeAttribute('open')
  return html`
    <details class="menu" part="save" @keydown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape') return
      shut(event)
      ;/** @type {HTMLElement} */ (event.currentTarget).querySelector('summary')?.focus()
    }} @focusout=${(/** @type {FocusEvent} */ event) => {
      const next = event.relatedTarget
      if (next instanceof Node && !(/** @type {Element} */ (event.currentTarget).contains(next))) shut(event)
    }}>
      <summary>${t('save')}</summary>
      <ul>${items.map(([key, kind, copy]) => html`<li><button @click=${(/** @type {Event} */ event) => {
        shut(event)
        void host.save(kind, copy)
      }}>${t(key)}</button></li>`)}</ul>
    </details>`
}
