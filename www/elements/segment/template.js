/**
 * What `<fcn-segment>` looks like: one function a region, each a plain reading of the element's state.
 */
import { classMap, html, nothing, repeat } from '../../vendor/lit.js'
import { WHOLE } from '../../lib/viewport.js'
import { legend, settings } from './sidebar.js'
import { styled } from '../common/ui/styled.js'
import { failed } from '../common/ui/failure.js'
import { progressCard } from '../common/ui/progress.js'
import { badge, reasonText } from '../common/ui/badge.js'
import { areasText, faintClasses, variantName } from '../common/stage/classes.js'
import { intake } from '../common/photo/gallery.js'
import { duration, percent } from '../../lib/format.js'
import { readout } from './readout.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./job.js').Scene} Scene */
/** @typedef {import('../common/photo/intake.js').Intake} Intake */
/** @typedef {import('../common/stage/pane.js').Layer} Layer */

/** One differs, all differ: an orange and a purple that colour-blind eyes tell apart by lightness. @type {[string, string]} */
const DIFFER = ['#e69f00', '#8b1a6b']

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {Intake} source
 */
export function template(state, actions, source) {
  const { t, isNarrow } = state
  const photos = intake(state, actions, source)
  return html`
    <div class=${classMap({ root: true, dropping: state.isDropping })} part="root" lang=${state.language}>
      <div class="work" part="work" role="group" aria-label=${t('stage')}>
        ${failureNotice(state, actions)} ${notice(state, actions)}
        ${stage(state, actions)}
        <div class="under">
          <div class="readout" part="readout" aria-live=${state.byKeys ? 'polite' : 'off'}>${readout(state)}</div>
          ${zoom(state, actions)}
        </div>
        ${state.moving?.render(state) ?? nothing}
        ${isNarrow ? photos : nothing}
        ${controls(state, actions)}
        ${state.many?.render({ t, language: state.language,
          shown: (state.pending ?? state.scene)?.photo.source ?? null }) ?? nothing}
        <div class="foot">${computed(state)} ${saveMenu(state, actions)}</div>
        <p class="sr" role="status">${state.saying}</p>
      </div>
      <div class="side" part="side">
        ${isNarrow ? nothing : photos} ${settings(state, actions)} ${legend(state, actions)}
      </div>
      <fcn-segment-camera lang=${state.language} watching
        @camera-live=${(/** @type {CustomEvent<MediaStream>} */ event) => actions.watch(event.detail)}
        @camera-photo=${(/** @type {CustomEvent<Blob>} */ event) => actions.take(event.detail)}
        @camera-error=${(/** @type {CustomEvent<string>} */ event) => actions.fail(event.detail)}></fcn-segment-camera>
    </div>`
}

/** The stage while texts are on their way: the poster is there from the beginning. */
export function poster() {
  return html`<div class="root" part="root"><div class="work"><div class="stage" part="stage"><slot
    name="poster"></slot></div></div></div>`
}

/** @param {State} state @param {Actions} actions */
function stage(state, actions) {
  const { t, language, pending, scene, view, split } = state
  const shown = pending ?? scene
  const picture = shown?.picture
  const comparing = state.isComparing && !pending
  const ratio = picture ? picture.width / picture.height : 1.5
  return html`
    <div class=${classMap({ stage: true, compare: comparing })} part="stage"
      ${styled({ '--ratio': String(Math.min(Math.max(ratio, 0.6), 2.4)) })}>
      ${picture && shown ? html`<div class="panes">${panes(state, actions, shown, comparing)}</div>`
        : html`<slot name="poster"><p class="nothing">${t('stage.empty')}</p></slot>`}
      ${view === 'split' && picture && !comparing && shown.masks.size ? html`
        <input class="divider" type="range" min="0" max="1" step="0.005" .value=${String(split)}
          aria-label=${t('split')}
          aria-valuetext=${percent(split, language)}
          @input=${(/** @type {Event} */ event) => {
            actions.set({ split: Number(/** @type {HTMLInputElement} */ (event.target).value) }) }}>` : nothing}
      ${progressCard({ ...state, cancel: actions.cancel })}
      ${state.isDropping ? html`<div class="drop">${t('drop')}</div>` : nothing}
    </div>`
}

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {Scene} shown
 * @param {boolean} comparing
 */
function panes(state, actions, shown, comparing) {
  const { t, language, view, opacity, current: one, unsureOf } = state
  /** @type {{key: string, layer: Layer | null, label: string, caption: unknown, unsure?: import('../../lib/unsure.js').Unsure | null}[]} */
  const list = []
  const photo = photoText(state, shown)
  if (comparing) {
    for (const [variant, { result, areas }] of shown.masks) {
      const found = areasText(areas, result.classes, language, 4)
      list.push({
        key: variant, layer: maskLayer(result), unsure: unsureOf(result), caption: html`<b>${variantName(variant)}</b>`,
        label: `${photo} ${t('pane.mask', { variant: variantName(variant), areas: found })}`,
      })
    }
    list.push(differPane(state, shown))
  } else {
    const mask = shown === state.scene ? one : null
    list.push({
      key: 'one', layer: mask && maskLayer(mask.result), unsure: mask && unsureOf(mask.result), caption: nothing,
      label: `${photo} ${mask ? t('pane.mask', { variant: variantName(mask.result.variant),
        areas: areasText(mask.areas, mask.result.classes, language) }) : t('pane.none')}`,
    })
  }
  return repeat(list, ({ key }) => key, ({ key, layer, label, caption, unsure = null }) => html`
    <figure>
      <fcn-segment-pane exportparts="pane" part="pane" .photo=${shown.picture} .layer=${layer}
        .label=${label} .help=${t('pane.help')}
        .mode=${key === 'differ' && view === 'mask' ? 'mask' : view}
          .opacity=${key === 'differ' ? Math.max(opacity, 0.75) : opacity}
        .split=${comparing ? state.split : actions.splitShare(state.split)} .off=${state.off}
          .lit=${state.lit} .patterns=${state.patterns}
        .unsure=${unsure} .view=${state.window} .cursor=${state.cursor}
        @keydown=${() => actions.show({ byKeys: true })}
          @pointermove=${() => { if (state.byKeys) actions.show({ byKeys: false }) }}
        @pane-cursor=${(/** @type {CustomEvent} */ event) => actions.show({ cursor: event.detail })}
        @pane-view=${(/** @type {CustomEvent} */ event) => actions.show({ window: event.detail })}></fcn-segment-pane>
      ${comparing ? html`<figcaption>${caption}</figcaption>` : nothing}
    </figure>`)
}

/** @type {WeakMap<object, Layer>} one layer a result, so that panes see when nothing changed */
const layers = new WeakMap()

/** @param {import('../../engine/engine.js').Result} result @returns {Layer} */
function maskLayer(result) {
  let layer = layers.get(result)
  if (!layer) layers.set(result, layer = { kind: 'mask', labels: result.labels, classes: result.classes,
    faint: faintClasses(result.classes) })
  return layer
}

/** @param {State} state @param {Scene} shown */
function differPane({ t, language }, shown) {
  let layer = layers.get(shown)
  if (!layer) layers.set(shown,
    layer = { kind: 'differ', masks: [...shown.masks.values()].map(({ result }) => result.labels), colors: DIFFER })
  const [one = 0, two = 0, three = 0] = shown.differ ?? []
  const shares = { one: percent(one, language), two: percent(two, language), three: percent(three, language) }
  const caption = html`<b>${t('pane.differ')}</b>
    <span class="key"><i class="dot"
      ${styled({ background: DIFFER[0] })}></i>${t('differ.two', { share: shares.two })}</span>
    <span class="key"><i class="dot"
      ${styled({ background: DIFFER[1] })}></i>${t('differ.three', { share: shares.three })}</span>`
  return { key: 'differ', layer, caption, label: `${t('pane.differ')}. ${t('pane.differ.text', shares)}` }
}

/** @param {State} state @param {Scene} shown */
function photoText({ t, language }, { photo }) {
  return t('pane.photo',
    { photo: photo.sample?.alt[language] ?? (photo.name === 'photo' ? t('photo.untitled') : photo.name) })
}

/** @param {State} state @param {Actions} actions */
function failureNotice(state, actions) {
  const { failure, scene, canOpenLabels, t } = state
  const more = failure?.code === 'is_classifier' && canOpenLabels
    ? html`<button @click=${actions.openLabels}>${t('classifier.open')}</button>` : nothing
  return failed(state, actions, { hasFormer: Boolean(scene?.masks.size), more })
}

/** @param {State} state @param {Actions} actions */
function notice({ t, engine, notice }, actions) {
  if (!notice) return nothing
  const { key, values } = notice
  const text = key === 'text' ? values?.text
    : t(key, { ...values, reason: engine?.adapter ? reasonText(engine.adapter, t) ?? '' : '' })
  return html`
    <div class=${classMap({ notice: true, info: key === 'text' })} part="notice">
      <div><p>${text}</p></div>
      <button class="quiet" @click=${() => actions.show({ notice: null })} aria-label=${t('dismiss')}>✕</button>
    </div>`
}

/** @param {State} state @param {Actions} actions */
function controls(state, actions) {
  const { t, language, variants, variantShown, compare, canCompare, view: shown, opacity } = state
  const views = /** @type {const} */ (['overlay', 'split', 'mask'])
  return html`
    <div class="controls net" part="controls">
      <fieldset class="segments">
        <legend>${t('variant')}</legend>
        <div>
          ${variants.map(variant => html`<label><input type="radio" name="variant" value=${variant}
            .checked=${!(compare && canCompare) && variantShown === variant}
              @change=${() => actions.choose(variant)}>${variantName(variant)}</label>`)}
          ${canCompare ? html`<label><input type="radio" name="variant" value="all" .checked=${compare}
            aria-label=${t('compare.all')} @change=${() => actions.choose('all')}>${t('compare')}</label>` : nothing}
        </div>
      </fieldset>
      <fieldset class="segments">
        <legend>${t('view')}</legend>
        <div>${views.map(view => html`<label><input type="radio" name="view" value=${view} .checked=${shown === view}
          @change=${() => actions.set({ view })}>${t(`view.${view}`)}</label>`)}</div>
      </fieldset>
      <label class="field grow"><span>${t('opacity')}</span>
        <input type="range" min="0" max="1" step="0.05" .value=${String(opacity)} ?disabled=${shown !== 'overlay'}
          aria-valuetext=${percent(opacity, language)}
          @input=${(/** @type {Event} */ event) => {
            actions.set({ opacity: Number(/** @type {HTMLInputElement} */ (event.target).value) }) }}></label>
    </div>`
}

/** @param {State} state @param {Actions} actions */
function zoom({ t, language, window: { zoom }, scene }, actions) {
  return html`
    <div class="zoom row" role="group" aria-label=${t('zoom')}>
      ${zoom > 1 ? html`<button class="quiet"
        @click=${() => actions.show({ window: WHOLE })}>${t('zoom.whole')}</button>` : nothing}
      <button aria-label=${t('zoom.out')} ?disabled=${zoom <= 1} @click=${() => actions.zoomBy(1 / 1.5)}>−</button>
      <output class="num">${percent(zoom, language)}</output>
      <button aria-label=${t('zoom.in')} ?disabled=${!scene} @click=${() => actions.zoomBy(1.5)}>+</button>
    </div>`
}

/** @param {State} state */
function computed(state) {
  const { t, language, current } = state
  const { timings = null, threads } = current?.result ?? {}
  return badge(state, { ms: timings?.total ?? null, threads }, timings ? html`<br>${t('badge.times', {
    decode: duration(timings.decode, language), preprocess: duration(timings.preprocess, language),
    run: duration(timings.run, language), mask: duration(timings.mask, language),
  })}` : nothing)
}

/** @param {State} state @param {Actions} actions */
function saveMenu({ t, current }, actions) {
  if (!current) return nothing
  /** @type {[string, 'labels' | 'grey' | 'colors' | 'overlay' | 'areas', boolean][]} */
  const items = [
    ['save.overlay', 'overlay', false], ['save.labels', 'labels', false], ['save.grey', 'grey', false],
    ['save.colors', 'colors', false], ['save.areas', 'areas', false],
    ['copy.overlay', 'overlay', true], ['copy.areas', 'areas', true],
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
        actions.save(kind, copy)
      }}>${t(key)}</button></li>`)}</ul>
    </details>`
}
