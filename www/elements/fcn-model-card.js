/**
 * `<fcn-model-card model models lang>`: what a model was trained on, on what terms, how well it does, how it
 * learned, and where it fails. All of it is read from the model's model.json.
 *
 * `model`: address of a model.json; default the site's everyday model. `models`: address of a models.json, whose
 * models can then be chosen from. Property `own`: a person's own model, whose card is shown while `model` is ''.
 */
/// <reference path="./model-card/tags.d.ts" preserve="true" />
import { LitElement, html, nothing } from '../vendor/lit.js'
import { parseManifest } from '../engine/formats/manifest.js'
import { learned, rankCorrelation, risesTogether } from '../lib/curves.js'
import { FcnError, toFcnError } from '../lib/errors.js'
import { megabytes, percent, whole } from '../lib/format.js'
import { className, pickLanguage, translator } from '../lib/i18n.js'
import { classLabel, classShares, readCard } from './model-card/card.js'
import { classChart } from './model-card/charts.js'
import { labelSections } from './model-card/labels-view.js'
import { cardStyles } from './model-card/styles.js'
import { CARD_TEXTS } from './model-card/texts.js'
import { confusionSection, curveCharts, netRows, row, trainingRows } from './model-card/views.js'
import { EVERYDAY, readModels } from './common/model/list.js'
import { styled } from './common/ui/styled.js'
import { variantName } from './segment/words.js'

/** @typedef {import('./model-card/card.js').Card} Card */
/** @typedef {import('./model-card/card.js').Split} Split */
/**
 * A person's own model: what was made of the files, or what their model.json says. `notes`: assumptions, English.
 * @typedef {{manifest: import('../engine/protocol.js').Manifest, files: readonly {name: string, size: number}[], notes: readonly string[]}} Own
 */

export class FcnModelCard extends LitElement {
  /** @override */
  static properties = { model: {}, models: {}, lang: {}, own: { attribute: false }, offers: { state: true }, manifest: { state: true }, failure: { state: true }, width: { state: true } }

  /** @override */
  static styles = cardStyles

  /** @type {AbortController | null} */
  #fetching = null
  #widths = new ResizeObserver(([entry]) => { this.width = Math.round(entry.contentRect.width) })

  constructor() {
    super()
    this.model = ''
    this.models = ''
    /** @type {Own | null} */
    this.own = null
    /** Whether the reader chose the card. */
    this.wasChosen = false
    /** The models to choose from. @type {import('./common/model/list.js').Offer[]} */
    this.offers = []
    this.lang = ''
    /** `url`: null for an own model. @type {{url: string | null, manifest: import('../engine/protocol.js').Manifest} | null} */
    this.manifest = null
    /** @type {FcnError | null} */
    this.failure = null
    /** CSS pixels. */
    this.width = 0
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    this.#widths.observe(this)
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#widths.disconnect()
    this.#fetching?.abort()
    this.#fetching = null
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('models')) void this.#loadOffers()
    const own = this.#shownOwn
    if (own) {
      this.#fetching?.abort()
      this.failure = null
      if (this.manifest?.manifest !== own.manifest) this.manifest = { url: null, manifest: own.manifest }
      return
    }
    if (this.manifest?.url === null) {
      this.manifest = null
      void this.#load()
    } else if (changed.has('model') || (!this.manifest && !this.failure && !this.#fetching)) void this.#load()
  }

  async #loadOffers() {
    const { models } = this
    // Without the list there is still the card.
    const offers = models ? await readModels(new URL(models, this.baseURI).href).catch(() => []) : []
    if (models === this.models) this.offers = offers
  }

  /** The own model, if its card is the one to show. */
  get #shownOwn() {
    return this.model === '' ? this.own : null
  }

  get #url() {
    return this.model ? new URL(this.model, this.baseURI).href : EVERYDAY
  }

  async #load() {
    this.#fetching?.abort()
    const { signal } = this.#fetching = new AbortController()
    const url = this.#url
    this.failure = null
    try {
      const response = await fetch(url, { signal })
      if (!response.ok) throw new FcnError('http_error', undefined, { status: response.status, url })
      const manifest = parseManifest(new Uint8Array(await response.arrayBuffer()))
      if (!signal.aborted) this.manifest = { url, manifest }
    } catch (error) {
      if (signal.aborted) return
      this.manifest = null
      this.failure = error instanceof TypeError ? new FcnError('network_error', undefined, { url }) : toFcnError(error)
    }
  }

  /** @returns {import('../lib/i18n.js').Language} */
  get #language() {
    const near = /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang
    return pickLanguage([this.lang, near, ...navigator.languages])
  }

  get #t() {
    return translator(CARD_TEXTS, this.#language)
  }

  /** @param {number | null | undefined} share */
  #percent(share) {
    return share === null || share === undefined ? '–' : percent(share, this.#language)
  }

  /** Columns of charts fit beside each other; a chart is as wide as its column. */
  get #column() {
    const columns = Math.max(1, Math.floor((this.width + 20) / 356))
    return Math.max(250, Math.floor((this.width - 20 * (columns - 1)) / columns))
  }

  /** @returns {import('./model-card/views.js').Page} */
  get #page() {
    return { t: this.#t, language: this.#language, width: this.width, column: this.#column }
  }

  /** @override */
  render() {
    const t = this.#t
    if (this.failure) return html`<div class="card" lang=${this.#language}>${this.#choice()}<p class="bad" role="alert">${t('failed', { reason: this.failure.message })}</p>
      <div><button type="button" @click=${() => void this.#load()}>${t('again')}</button></div></div>`
    if (!this.manifest || this.width === 0) return html`<p role="status">${t('loading')}</p>`
    const card = readCard(this.manifest.manifest, this.manifest.url, this.#language)
    const test = card.splits.find(({ name }) => name === 'test')
    return html`<div class="card" lang=${this.#language}>
      ${this.#choice()}${this.#about(card)}${this.#terms(card)}
      ${card.splits.length ? html`<section><h3>${t('scores')}</h3>${card.splits.map(split => this.#scores(split))}${card.note ? html`<p class="soft">${card.note}</p>` : nothing}</section>` : nothing}
      ${labelSections(card, this.#page)}
      ${test ? html`${this.#byClass(card, test)}${this.#confusion(card, test)}` : nothing}
      ${card.curves.length > 1 ? this.#curves(card, test) : nothing}
      ${this.#failures(card)}
    </div>`
  }

  #choice() {
    const { own } = this
    if (this.offers.length + Number(own !== null) < 2) return nothing
    const isListed = this.offers.some(({ url }) => url === this.#url)
    return html`<label class="field"><span>${this.#t('model')}</span>
      <select @change=${(/** @type {Event} */ event) => {
        this.model = /** @type {HTMLSelectElement} */ (event.target).value
        this.wasChosen = true
      }}>
        ${own ? html`<option value="" .selected=${this.#shownOwn !== null}>${this.#t('own.option', { name: own.manifest.name })}</option>` : nothing}
        ${isListed || this.#shownOwn ? nothing : html`<option value="" .selected=${true} disabled>${this.manifest?.manifest.name ?? '–'}</option>`}
        ${this.offers.map(({ url, title }) => html`<option value=${url} .selected=${!this.#shownOwn && url === this.#url}>${title[this.#language] ?? title.en}</option>`)}
      </select></label>`
  }

  /** @param {Card} card */
  #about(card) {
    const t = this.#t
    return html`<section>
      <h3>${card.title}</h3>
      ${card.description ? html`<p>${card.description}</p>` : nothing}
      <dl>${this.#ownRows()}${row(t('use'), card.intended)}${netRows(card.net, this.#page)}${row(t('heads'), card.variants.map(variantName).join(', '))}
        ${row(t('how'), card.provenance)}${row(t('teacher'), card.teacher)}${trainingRows(card.training, this.#page)}${row(t('seed'), card.seed === null ? '' : String(card.seed))}</dl>
      <h4>${t('classes')}</h4>
      <ul>${card.classes.map(each => {
        const name = className(each, this.#language)
        const others = each.includes.filter(include => include !== each.name)
        const includes = each.includes.map(include => this.#include(include)).join(', ')
        return html`<li class="chip"><i class="dot" ${styled({ background: each.color })}></i>${others.length ? t('includes', { name, includes }) : name}</li>`
      })}</ul>
    </section>`
  }

  /** What is known of the files of an own model. */
  #ownRows() {
    const t = this.#t
    const own = this.#shownOwn
    if (!own) return nothing
    const files = own.files.map(({ name, size }) => `${name} (${megabytes(size, this.#language)})`).join(', ')
    return html`${row(t('own.files'), files)}${row(t('own.count'), whole(own.manifest.classes.length, this.#language))}${row(t('own.notes'), ...own.notes)}`
  }

  /** A class of the data in the reader's language, where we know it. @param {string} name the data's, English */
  #include(name) {
    const key = `include.${name}`
    const text = this.#t(key)
    return text === key ? name : text
  }

  /** @param {Card} card */
  #terms(card) {
    const t = this.#t
    return html`<section>
      <h3>${t('terms')}</h3>
      ${card.isUntold ? html`<p>${t('untold')}</p>` : nothing}
      <div class="row">${card.weights ? html`<a class="button" href=${card.weights.url} download>${t('download', { size: megabytes(card.weights.bytes, this.#language) })}</a>` : nothing}
        ${card.terms ? html`<strong>${t('download.terms', { terms: card.terms })}</strong>` : nothing}</div>
      ${card.data.length ? html`<div class="scroll" tabindex="0" role="group" aria-label=${t('terms')}><table><thead><tr><th scope="col">${t('dataset')}</th><th scope="col">${t('dataset.terms')}</th></tr></thead>
        <tbody>${card.data.map(({ name, terms }) => html`<tr><th scope="row">${name}</th><td>${terms}</td></tr>`)}</tbody></table></div>` : nothing}
    </section>`
  }

  /** @param {Split} split */
  #scores({ name, photos, heads }) {
    const t = this.#t
    const title = t(`split.${name}`)
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${title}><table>
      <caption>${photos === null ? title : t('photos', { split: title, photos: whole(photos, this.#language) })}</caption>
      <thead><tr><th scope="col">${t('head')}</th>${['pixel', 'mean', 'miou', 'fw'].map(key => html`<th scope="col" class="num">${t(key)}</th>`)}</tr></thead>
      <tbody>${heads.map(scores => html`<tr><th scope="row">${variantName(scores.head)}</th>
        ${[scores.pixelAccuracy, scores.meanAccuracy, scores.miou, scores.frequencyWeightedIou].map(value => html`<td class="num">${this.#percent(value)}</td>`)}</tr>`)}</tbody></table></div>`
  }

  /** @param {Card} card @param {Split} split */
  #byClass(card, { heads }) {
    const t = this.#t
    const language = this.#language
    const bars = card.classes.flatMap(({ name }) => heads.flatMap(({ head, iou }) => {
      const value = iou[name]
      return typeof value === 'number' ? [{ name: classLabel(card.classes, name, language), head: variantName(head), value }] : []
    }))
    if (!bars.length) return nothing
    return html`<section><h3>${t('perclass')}</h3>
      <div class="scroll" tabindex="0" role="group" aria-label=${t('perclass')}>${classChart(bars, { width: Math.min(this.width, 720), label: t('perclass.alt'), format: value => this.#percent(value) })}</div>
      <ul>${heads.map(({ head }, i) => html`<li class="chip"><i class="dot" ${styled({ background: `var(--_line-${'abc'[i % 3]})` })}></i>${variantName(head)}</li>`)}</ul>
      <details><summary>${t('numbers')}</summary><div class="scroll" tabindex="0" role="group" aria-label=${t('perclass')}><table><thead><tr><th scope="col">${t('class')}</th>${heads.map(({ head }) => html`<th scope="col" class="num">${variantName(head)}</th>`)}</tr></thead>
        <tbody>${card.classes.map(({ name }) => html`<tr><th scope="row">${classLabel(card.classes, name, language)}</th>${heads.map(({ iou }) => html`<td class="num">${this.#percent(iou[name])}</td>`)}</tr>`)}</tbody></table></div></details>
    </section>`
  }

  /** @param {Card} card @param {Split} split */
  #confusion(card, { heads }) {
    const t = this.#t
    const found = heads.filter(({ confusion }) => confusion).at(-1)
    if (!found?.confusion) return nothing
    const names = card.classes.map(each => className(each, this.#language))
    return confusionSection(this.#page, found.confusion, names, t('confusion', { head: variantName(found.head) }), t('confusion.text'))
  }

  /** @param {Card} card @param {Split | undefined} test */
  #curves(card, test) {
    const t = this.#t
    const { curves, variants } = card
    const two = (/** @type {number} */ value) => value.toFixed(2)
    const hasTrain = curves.some(({ trainLoss }) => trainLoss !== null)
    /** @param {string} name @param {(point: import('../lib/curves.js').Point) => number | null | undefined} read */
    const line = (name, read) => ({ name, points: curves.flatMap(point => { const value = read(point); return typeof value === 'number' ? [{ step: point.step, value }] : [] }) })
    const heads = (/** @type {'pixelAccuracy' | 'miou'} */ key) => variants.map(head => line(variantName(head), point => point.heads[head]?.[key])).filter(({ points }) => points.length)
    const charts = [
      { what: t('curves.loss'), lines: [...(hasTrain ? [line(t('line.train'), point => point.trainLoss)] : []), line(t('line.val'), point => point.valLoss)], format: two },
      { what: t('curves.pixel'), lines: heads('pixelAccuracy'), format: (/** @type {number} */ value) => this.#percent(value) },
      { what: t('curves.miou'), lines: heads('miou'), format: (/** @type {number} */ value) => this.#percent(value) },
    ].filter(({ lines }) => lines.length)
    return html`<section><h3>${t('curves')}</h3>
      <p>${t('curves.text', { train: hasTrain ? t('curves.train') : '' })}</p>
      ${curveCharts(this.#page, charts, curves.map(({ step }) => step))}
      <div class="told">${this.#told(card, test)}</div></section>`
  }

  /** The lecture's two observations, as far as these curves show them. @param {Card} card @param {Split | undefined} test */
  #told({ curves, variants, classes, warmStart }, test) {
    const t = this.#t
    const head = variants.at(-1) ?? ''
    const rise = risesTogether(curves, head)
    const first = rise ? t('rises', {
      from: rise.from.step, to: rise.to.step, lossFrom: rise.from.valLoss.toFixed(3), lossTo: rise.to.valLoss.toFixed(3), head: variantName(head),
      miouFrom: this.#percent(rise.from.heads[head].miou), miouTo: this.#percent(rise.to.heads[head].miou),
    }) : t('rises.not', { head: variantName(head) })
    const order = learned(curves)
    const shares = new Map(test ? classShares(test, classes).map(({ name, share }) => [name, share]) : [])
    const known = order.filter(({ name }) => shares.has(name))
    const [early, late] = [known[0], known.at(-1)]
    const correlation = rankCorrelation(known.map(({ name }) => -(shares.get(name) ?? 0)), known.map(({ step }) => step))
    const label = (/** @type {string} */ name) => classLabel(classes, name, this.#language)
    const second = !early || !late ? '' : early.step === late.step ? t('rare.not') : [
      t('rare', {
        first: label(early.name), firstShare: this.#percent(shares.get(early.name)), firstStep: early.step,
        last: label(late.name), lastShare: this.#percent(shares.get(late.name)), lastStep: late.step,
      }),
      correlation === null ? '' : t('rare.strength', { correlation: correlation.toFixed(2), weak: correlation < 0.3 ? t('rare.weak') : '' }),
    ].join(' ')
    return html`<p>${first}</p>${second ? html`<p>${second}</p>` : nothing}${warmStart ? html`<p>${t('warm')}</p>` : nothing}`
  }

  /** @param {Card} card */
  #failures({ failures, neverSeen, isClassifier }) {
    const t = this.#t
    return html`${failures.length ? html`<section><h3>${t('failures')}</h3><div class="failures">${failures.map(({ text, picture, alt, credit }) => html`<figure>
        ${picture ? html`<img src=${picture} alt=${alt} loading="lazy" decoding="async">` : nothing}<p>${text}</p>${credit ? html`<figcaption>${t('failures.credit', { credit })}</figcaption>` : nothing}</figure>`)}</div></section>` : nothing}
      ${neverSeen.length ? html`<section><h3>${t('never')}</h3><p>${t(isClassifier ? 'never.text.labels' : 'never.text')}</p><ul class="plain">${neverSeen.map(each => html`<li>${each}</li>`)}</ul></section>` : nothing}`
  }
}

if (!customElements.get('fcn-model-card')) customElements.define('fcn-model-card', FcnModelCard)
